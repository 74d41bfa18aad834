/* Lists that a user composes: the fields of a conversation that may be filtered and sorted by. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/filter.h"
#include "modules/inbox/inbox_rules.h"

enum { PAGE = 25 };

#define ONE_OF (FILTER_IS | FILTER_NOT | FILTER_IN)
#define WHEN   (FILTER_BEFORE | FILTER_AFTER | FILTER_EMPTY)
/* clang-format off */
static const struct filter_field fields[] = {
	{"status",        "status",        F_ENUM, ONE_OF, "open|pending|snoozed|resolved|spam"},
	{"channel",       "channel",       F_TEXT, ONE_OF, NULL},
	{"inbox_id",      "inbox_id",      F_INT,  ONE_OF, NULL},
	{"assignee_id",   "assignee_id",   F_INT,  ONE_OF | FILTER_EMPTY, NULL},
	{"team_id",       "team_id",       F_INT,  ONE_OF | FILTER_EMPTY, NULL},
	{"priority",      "priority",      F_INT,  ONE_OF | FILTER_BEFORE | FILTER_AFTER, NULL},
	{"language",      "language",      F_TEXT, ONE_OF | FILTER_EMPTY, NULL},
	{"subject",       "subject",       F_TEXT, FILTER_CONTAINS | FILTER_EMPTY, NULL},
	{"last_at",       "last_at",       F_TIME, WHEN, NULL},
	{"created_at",    "created_at",    F_TIME, WHEN, NULL},
	{"waiting_since", "waiting_since", F_TIME, WHEN, NULL},
	{"due_at",        "due_at",        F_TIME, WHEN, NULL},
	{"mood",          "mood",          F_TEXT, ONE_OF | FILTER_EMPTY, NULL},
	{"messages",      "message_count", F_INT,  FILTER_BEFORE | FILTER_AFTER, NULL},
	{"failed",        "failed_count",  F_INT,  FILTER_EMPTY, NULL},
	{0},
};
static const struct filter_order orders[] = {
	{"newest",  "last_at",       true},
	{"oldest",  "last_at",       false},
	{"waiting", "waiting_since", false},
	{0},
};
/* clang-format on */

const struct filter_table inbox_filter = {"conversation", "inbox_id", fields, orders};

struct filtered_in {
	struct str filter, after;
	int64_t limit;
};
static const struct field filtered_fields[] = {
    FIELD(struct filtered_in, filter, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 2, 4000,
	  "JSON; see GET /conversations/filter"),
    FIELD(struct filtered_in, after, F_TEXT, 0, 0, 60, "The page before's next"),
    FIELD(struct filtered_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(filtered_shape, "FilteredQuery", struct filtered_in, filtered_fields);

struct filtered_view {
	struct list items;
	struct opt_str next;
	bool more;
};
static const struct field filtered_view_fields[] = {
    FIELD_LIST(struct filtered_view, items, 0, 0, &card_shape, NULL),
    FIELD(struct filtered_view, next, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct filtered_view, more, F_BOOL, 0, 0, 0,
	  "The search stopped before the end: narrow it"),
};
static SHAPE(filtered_view_shape, "FilteredCards", struct filtered_view, filtered_view_fields);

static enum err read_after(struct ctx *c, struct str after, struct filter_row *row, bool *given)
{
	struct str key, rest = after;

	*given = after.n > 0;
	if (!after.n)
		return E_OK;
	if (!str_cut(&rest, '.', &key) || !str_int(key, &row->key) || !str_int(rest, &row->id))
		return fail(c, E_INVALID, "error.cursor", "after");
	return E_OK;
}

static enum err get_filtered(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct filtered_in *in = q->in;
	size_t limit = in->limit ? (size_t)in->limit : PAGE, n;
	struct filter_row *rows = NEWN(c->a, struct filter_row, limit), after;
	struct filtered_view v = {.next = NULL_STR};
	struct filter f;
	bool given;

	TRY(filter_read(c, &inbox_filter, in->filter, &f));
	TRY(read_after(c, in->after, &after, &given));
	TRY(filter_run(c, &f, given ? &after : NULL, rows, limit, &n, &v.more));
	struct ids ids = {NEWN(c->a, int64_t, n + 1), n};
	for (size_t i = 0; i < n; i++)
		ids.v[i] = rows[i].id;
	TRY(inbox_cards(c, ids, &v.items));
	if (n == limit)
		v.next = SOME_STR(str_fmt(c->a, "%lld.%lld", (long long)rows[n - 1].key,
					  (long long)rows[n - 1].id));
	reply_one(r, &v);
	return E_OK;
}

struct form_view {
	struct str fields;
	struct strs orders;
};
static const struct field form_fields[] = {
    FIELD(struct form_view, fields, F_JSON, 0, 0, 0, "name, type, ops, values"),
    FIELD(struct form_view, orders, F_TEXTS, 0, 0, 0, NULL),
};
static SHAPE(form_shape, "FilterForm", struct form_view, form_fields);

static enum err get_form(struct ctx *c, const struct req *q, struct reply *r)
{
	struct buf b = BUF(c->a);
	struct form_view v = {.orders = {NEWN(c->a, struct str, 8), 0}};

	(void)q;
	filter_form(&b, &inbox_filter);
	v.fields = buf_str(&b);
	for (const struct filter_order *o = orders; o->name; o++)
		v.orders.v[v.orders.n++] = str_of(o->name);
	reply_one(r, &v);
	return E_OK;
}

/* clang-format off */
const struct route inbox_filter_routes[] = {
	{GET, "/conversations/filter",   P_CONVERSATION_READ, get_form,     NULL,            &form_shape,          ONE, "What a list can be composed of"},
	{GET, "/conversations/filtered", P_CONVERSATION_READ, get_filtered, &filtered_shape, &filtered_view_shape, ONE, "Conversations by a composed filter"},
	{0},
};
/* clang-format on */
