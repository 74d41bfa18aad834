/* Macros: several changes of a conversation under one name, and a canned reply to go with them.
 *
 * A macro is a proposal: who uses it makes the changes by PATCH /conversations/{id}, with their own
 * permissions, all or none, and takes them back the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/account/account.h"
#include "modules/inbox/inbox.sql.h"
#include "modules/inbox/inbox_macro.sql.h"
#include "modules/inbox/inbox_rules.h"

enum { MOST_TAGS = 20, MOST_HOURS = 366 * 24 };

#define OPT (FIELD_OPTIONAL | FIELD_NULLABLE)
#define ACTS                                                                                       \
	FIELD(struct inbox_macro, canned_id, F_INT, OPT, 1, INT64_MAX, "Put into the reply box"),  \
	    FIELD_ENUM(struct inbox_macro, status, OPT, "open|pending|snoozed|resolved|spam",      \
		       "null: stays, as for all below"),                                           \
	    FIELD(struct inbox_macro, snooze_hours, F_INT, OPT, 1, MOST_HOURS,                     \
		  "With status snoozed"),                                                          \
	    FIELD_ENUM(struct inbox_macro, priority, OPT, "none|low|medium|high|urgent", NULL),    \
	    FIELD_ENUM(struct inbox_macro, assignee, OPT, "me|nobody", "me: who uses it"),         \
	    FIELD(struct inbox_macro, team_id, F_INT, OPT, 1, INT64_MAX, NULL),                    \
	    FIELD(struct inbox_macro, tag_ids, F_IDS, 0, 0, MOST_TAGS,                             \
		  "Added to those that are there")
static const struct field view_fields[] = {
    FIELD(struct inbox_macro, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct inbox_macro, name, F_TEXT, 0, 0, 0, NULL),
    ACTS,
    FIELD(struct inbox_macro, version, F_INT, 0, 0, 0, NULL),
};
static const struct field post_fields[] = {
    FIELD(struct inbox_macro, name, F_TEXT, FIELD_REQUIRED, 1, 80, NULL),
    ACTS,
};
static const struct field put_fields[] = {
    FIELD(struct inbox_macro, version, F_INT, FIELD_REQUIRED, 1, INT64_MAX, "The version seen"),
    FIELD(struct inbox_macro, name, F_TEXT, FIELD_REQUIRED, 1, 80, NULL),
    ACTS,
};
#undef ACTS
#undef OPT
static SHAPE(view_shape, "Macro", struct inbox_macro, view_fields);
static SHAPE(post_shape, "MacroNew", struct inbox_macro, post_fields);
static SHAPE(put_shape, "MacroChange", struct inbox_macro, put_fields);

/* A team that is gone is none. */
static enum err settle_team(struct ctx *c, struct opt_int *team)
{
	bool known = true;

	if (team->is == GIVEN)
		TRY(account_team_known(c, team->v, &known));
	if (!known)
		*team = NULL_INT;
	return E_OK;
}

static enum err read_macros(struct ctx *c, struct opt_int id, struct list *out)
{
	struct list rows, tags;

	TRY(macro_rows(c, id, &rows));
	TRY(macro_tags(c, id, &tags));
	const struct macro_rows_row *row = rows.v;
	const struct macro_tags_row *tag = tags.v;
	struct inbox_macro *all = NEWN(c->a, struct inbox_macro, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct ids ids = {NEWN(c->a, int64_t, MOST_TAGS), 0};
		for (size_t k = 0; k < tags.n; k++)
			if (tag[k].macro_id == row[i].id && ids.n < MOST_TAGS)
				ids.v[ids.n++] = tag[k].tag_id;
		all[i] = (struct inbox_macro){.id = row[i].id,
					      .version = row[i].version,
					      .name = row[i].name,
					      .status = row[i].status,
					      .priority = row[i].priority,
					      .assignee = row[i].assignee,
					      .canned_id = row[i].canned_id,
					      .snooze_hours = row[i].snooze_hours,
					      .team_id = row[i].team_id,
					      .tag_ids = ids};
		TRY(settle_team(c, &all[i].team_id));
	}
	*out = (struct list){all, rows.n};
	return E_OK;
}

static enum err get_macros(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list all;

	(void)q;
	TRY(read_macros(c, (struct opt_int){0}, &all));
	reply_many(r, all.v, all.n, S(""));
	return E_OK;
}

/* What it names is there, and it does something that can be done. */
static enum err check(struct ctx *c, const struct inbox_macro *m)
{
	bool snoozes = m->status.is == GIVEN && str_eq(m->status.v, S("snoozed")), known = true;

	if (snoozes != (m->snooze_hours.is == GIVEN))
		return fail(c, E_INVALID, "inbox.macro_snooze", NULL);
	if (m->status.is != GIVEN && m->priority.is != GIVEN && m->assignee.is != GIVEN &&
	    m->canned_id.is != GIVEN && m->team_id.is != GIVEN && m->tag_ids.n == 0)
		return fail(c, E_INVALID, "inbox.macro_empty", NULL);
	if (m->team_id.is == GIVEN)
		TRY(account_team_known(c, m->team_id.v, &known));
	if (!known)
		return fail(c, E_INVALID, "account.team_unknown", NULL);
	if (m->canned_id.is == GIVEN) {
		struct list found;
		TRY(canned_rows(c, m->canned_id, &found));
		if (found.n == 0)
			return fail(c, E_INVALID, "inbox.canned_unknown", NULL);
	}
	return E_OK;
}

static enum err put_tags(struct ctx *c, int64_t id, struct ids tags)
{
	struct macro_tag_put_row row;
	size_t n;

	TRY(macro_tag_clear(c, id));
	for (size_t i = 0; i < tags.n; i++) {
		TRY(macro_tag_put(c, id, tags.v[i], &row, 1, &n));
		if (n == 0)
			return fail(c, E_INVALID, "inbox.tag_unknown", NULL);
	}
	return E_OK;
}

static enum err reply_macro(struct ctx *c, int64_t id, bool created, struct reply *r)
{
	struct list one;

	TRY(read_macros(c, SOME_INT(id), &one));
	if (one.n == 0)
		return fail(c, E_NOTFOUND, "inbox.macro_unknown", NULL);
	if (created)
		reply_created(r, one.v, id);
	else
		reply_one(r, one.v);
	return E_OK;
}

enum err inbox_add_macro(struct ctx *c, const struct inbox_macro *m, int64_t *id)
{
	struct macro_insert_row row;
	size_t n;

	TRY(check(c, m));
	TRY(macro_insert(c,
			 &(struct macro_insert_in){m->name, m->canned_id, m->status,
						   m->snooze_hours, m->priority, m->assignee,
						   m->team_id},
			 &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "inbox.macro_taken", m->name);
	*id = row.id;
	return put_tags(c, row.id, m->tag_ids);
}

static enum err post_macro(struct ctx *c, const struct req *q, struct reply *r)
{
	int64_t id;

	TRY(inbox_add_macro(c, q->in, &id));
	return reply_macro(c, id, true, r);
}

static enum err put_macro(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct inbox_macro *in = q->in;
	struct macro_named_row same;
	struct macro_update_row row;
	struct list there;
	size_t n;

	TRY(macro_rows(c, SOME_INT(q->id), &there));
	if (there.n == 0)
		return fail(c, E_NOTFOUND, "inbox.macro_unknown", NULL);
	TRY(check(c, in));
	TRY(macro_named(c, in->name, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "inbox.macro_taken", in->name);
	TRY(macro_update(c,
			 &(struct macro_update_in){q->id, in->version, in->name, in->canned_id,
						   in->status, in->snooze_hours, in->priority,
						   in->assignee, in->team_id},
			 &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(put_tags(c, q->id, in->tag_ids));
	return reply_macro(c, q->id, false, r);
}

static enum err delete_macro(struct ctx *c, const struct req *q, struct reply *r)
{
	struct macro_delete_row row;
	size_t n;

	TRY(macro_delete(c, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.macro_unknown", NULL);
	reply_none(r);
	return E_OK;
}

/* clang-format off */
const struct route inbox_macro_routes[] = {
	{GET,    "/macros",      P_CONVERSATION_READ, get_macros,   NULL,        &view_shape, MANY, "Macros"},
	{POST,   "/macros",      P_CANNED_EDIT,       post_macro,   &post_shape, &view_shape, ONE,  "Add a macro"},
	{PUT,    "/macros/{id}", P_CANNED_EDIT,       put_macro,    &put_shape,  &view_shape, ONE,  "Change a macro: all of it, what is absent stays as it is when it is used"},
	{DELETE, "/macros/{id}", P_CANNED_EDIT,       delete_macro, NULL,        NULL,        NONE, "Remove a macro"},
	{0},
};
/* clang-format on */
