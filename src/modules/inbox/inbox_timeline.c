/* A customer's timeline: what was said over all channels, and what became of the customer's record.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event.sql.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.sql.h"
#include "modules/inbox/inbox_rules.h"

enum { PAGE = 50 };

struct timeline_row {
	int64_t id, at;
	struct str kind, event, channel, direction, snippet, other_name;
	struct opt_int conversation_id, inbox_id, person_id, other_id;
};
static const struct field timeline_fields[] = {
    FIELD(struct timeline_row, id, F_INT, 0, 0, 0, "Of the message or the event"),
    FIELD_ENUM(struct timeline_row, kind, 0, "message|note|event", NULL),
    FIELD(struct timeline_row, event, F_TEXT, 0, 0, 0, "i18n customer.event.EVENT; else empty"),
    FIELD(struct timeline_row, at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct timeline_row, conversation_id, F_INT, FIELD_NULLABLE, 0, 0, "null: an event"),
    FIELD(struct timeline_row, inbox_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct timeline_row, channel, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct timeline_row, direction, F_TEXT, 0, 0, 0, "in, out or empty"),
    FIELD(struct timeline_row, snippet, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct timeline_row, person_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct timeline_row, other_id, F_INT, FIELD_NULLABLE, 0, 0,
	  "The other customer of a merge"),
    FIELD(struct timeline_row, other_name, F_TEXT, 0, 0, 0, NULL),
};
static SHAPE(timeline_shape, "TimelineRow", struct timeline_row, timeline_fields);

struct timeline_in {
	struct str after;
};
static const struct field timeline_in_fields[] = {
    FIELD(struct timeline_in, after, F_TEXT, 0, 0, 60, "The page before's next"),
};
static SHAPE(timeline_in_shape, "TimelineQuery", struct timeline_in, timeline_in_fields);

/* Two lists are paged as one: "ENTRY.EVENT" says how far each has been read. */
struct place {
	int64_t entry, event;
};

static enum err read_place(struct ctx *c, struct str given, struct place *p)
{
	ptrdiff_t dot = str_find_char(given, '.');
	struct str entry = dot < 0 ? given : str_slice(given, 0, (size_t)dot);
	struct str event = dot < 0 ? S("") : str_slice(given, (size_t)dot + 1, given.n);

	TRY(req_cursor(c, entry, INT64_MAX, &p->entry));
	return req_cursor(c, event, INT64_MAX, &p->event);
}

static struct timeline_row row_of_entry(struct ctx *c, const struct entry_timeline_row *e)
{
	return (struct timeline_row){.id = e->id,
				     .at = e->at,
				     .conversation_id = SOME_INT(e->conversation_id),
				     .inbox_id = SOME_INT(e->inbox_id),
				     .kind = e->kind,
				     .channel = e->channel,
				     .direction = e->direction,
				     .snippet = inbox_snippet(c, e->text),
				     .person_id = e->person_id ? SOME_INT(e->person_id) : NULL_INT,
				     .other_id = NULL_INT};
}

static struct str word_of(struct ctx *c, const struct event_of_customer_row *e)
{
	if (str_eq(e->kind, S("customer_parted")))
		return S("parted");
	if (str_eq(e->kind, S("customer_blocked")))
		return str_find(e->data, S("true")) >= 0 ? S("blocked") : S("unblocked");
	struct opt_int from = json_get_int(c->a, e->data, "from");

	return from.v == e->customer_id ? S("joined") : S("merged");
}

static enum err row_of_event(struct ctx *c, const struct event_of_customer_row *e,
			     struct timeline_row *out)
{
	struct opt_int from = json_get_int(c->a, e->data, "from");
	struct opt_int to = json_get_int(c->a, e->data, "to");
	struct list names;

	*out = (struct timeline_row){
	    .id = e->id,
	    .at = e->at,
	    .kind = S("event"),
	    .event = word_of(c, e),
	    .conversation_id = NULL_INT,
	    .inbox_id = NULL_INT,
	    .person_id = e->actor_kind == ACTOR_AGENT ? SOME_INT(e->actor_id) : NULL_INT,
	    .other_id = NULL_INT};
	if (from.is != GIVEN)
		return E_OK;
	out->other_id = from.v == e->customer_id ? to : from;
	TRY(customer_brief_list(c, (struct ids){&out->other_id.v, 1}, &names));
	if (names.n)
		out->other_name = ((const struct customer_brief *)names.v)->name;
	return E_OK;
}

static enum err get_timeline(struct ctx *c, const struct req *q, struct reply *r)
{
	struct customer_view who;
	struct place at;
	struct list entries, events;
	struct timeline_row *out = NEWN(c->a, struct timeline_row, PAGE);
	size_t n = 0, i = 0, k = 0;

	TRY(customer_view(c, q->id, &who));
	TRY(read_place(c, ((const struct timeline_in *)q->in)->after, &at));
	TRY(entry_timeline(c, &(struct entry_timeline_in){q->id, c->actor.scope, at.entry, PAGE},
			   &entries));
	TRY(event_of_customer(c, q->id, at.event, PAGE, &events));
	const struct entry_timeline_row *e = entries.v;
	const struct event_of_customer_row *v = events.v;

	for (; n < PAGE && (i < entries.n || k < events.n); n++) {
		if (k == events.n || (i < entries.n && e[i].at >= v[k].at)) {
			at.entry = e[i].id;
			out[n] = row_of_entry(c, &e[i++]);
		} else {
			at.event = v[k].id;
			TRY(row_of_event(c, &v[k++], &out[n]));
		}
	}
	reply_many(r, out, n,
		   n == PAGE ? str_fmt(c->a, "%lld.%lld", (long long)at.entry, (long long)at.event)
			     : S(""));
	return E_OK;
}

/* clang-format off */
const struct route inbox_timeline_routes[] = {
	{GET,   "/customers/{id}/timeline",    P_CUSTOMER_READ,      get_timeline, &timeline_in_shape,  &timeline_shape,     MANY, "A customer's messages over all channels, newest first"},
	{0},
};
/* clang-format on */
