/* Conversations and entries go with their customer when two are merged, and back again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_merge.sql.h"
#include "modules/inbox/inbox_rules.h"

/* Whoever has one of them open, or in the list, sees the other name. */
static struct ids show(struct ctx *c, const struct list *rows)
{
	const struct conversation_move_row *v = rows->v;
	struct ids ids = {NEWN(c->a, int64_t, rows->n + 1), rows->n};

	for (size_t i = 0; i < rows->n; i++) {
		ids.v[i] = v[i].id;
		inbox_live(c, v[i].id, v[i].inbox_id, v[i].version);
	}
	return ids;
}

static enum err back(struct ctx *c, const struct merging *m)
{
	struct ids ids;
	struct list rows;

	_Static_assert(sizeof(struct conversation_move_row) ==
			   sizeof(struct conversation_move_back_row),
		       "both are shown alike");
	TRY(customer_to_move_back(c, m, "conversation", &ids));
	TRY(conversation_move_back(c, ids, m->to, m->from, &rows));
	show(c, &rows);
	TRY(customer_to_move_back(c, m, "entry", &ids));
	return entry_move_back(c, ids, m->to, m->from);
}

enum err inbox_merge(struct ctx *c, const struct merging *m)
{
	struct list rows;

	if (m->undo)
		return back(c, m);
	TRY(conversation_move(c, m->from, m->to, &rows));
	TRY(customer_moved(c, m, "conversation", show(c, &rows)));
	TRY(entry_move(c, m->from, m->to, &rows));
	return customer_moved(c, m, "entry", (struct ids){rows.v, rows.n});
}
