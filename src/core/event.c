/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event.h"
#include "core/event.sql.h"

static const char *const names[] = {
#define X(name, outside) outside,
    EVENT_LIST(X)
#undef X
};

const char *event_name(enum event_kind k)
{
	return names[k];
}

enum event_kind event_find(struct str name)
{
	for (int k = 1; k < EV__MAX; k++)
		if (str_eq(str_of(names[k]), name))
			return (enum event_kind)k;
	return EV_NONE;
}

enum err event_add(struct ctx *c, const struct event *e)
{
	return event_insert(c, &(struct event_insert_in){
				   .at = c->now,
				   .kind = str_of(names[e->kind]),
				   .actor_kind = c->actor.kind,
				   .actor_id = c->actor.id,
				   .conversation_id = e->conversation_id,
				   .inbox_id = e->inbox_id,
				   .customer_id = e->customer_id,
				   .data = e->data.n ? e->data : S("{}"),
			       });
}

enum err event_read(struct ctx *c, int64_t xid, int64_t id, struct event *out, size_t cap,
		    size_t *n)
{
	struct event_after_row *rows = NEWN(c->a, struct event_after_row, cap);

	TRY(event_after(c, xid, id, (int64_t)cap, rows, cap, n));
	for (size_t i = 0; i < *n; i++)
		out[i] = (struct event){
		    .xid = rows[i].xid,
		    .id = rows[i].id,
		    .at = rows[i].at,
		    .kind = event_find(rows[i].kind),
		    .actor_kind = (enum actor_kind)rows[i].actor_kind,
		    .actor_id = rows[i].actor_id,
		    .conversation_id = rows[i].conversation_id,
		    .inbox_id = rows[i].inbox_id,
		    .customer_id = rows[i].customer_id,
		    .data = rows[i].data,
		};
	return E_OK;
}
