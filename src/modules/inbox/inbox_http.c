/* Routes of conversations: lists, one, changes, reading, search, history. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "core/event.sql.h"
#include "core/hub.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

enum { PAGE = 25, COUNT_MOST = 100 };

/* ---- lists ---- */

struct list_in {
	struct str list, status, order, after;
	struct opt_int inbox_id, team_id, tag_id, assignee_id;
	int64_t limit;
};
static const struct field list_fields[] = {
    FIELD_ENUM(struct list_in, list, 0, "mine|unassigned|all", NULL),
    FIELD_ENUM(struct list_in, status, 0, "open|pending|snoozed|resolved|spam|any",
	       "open when not given"),
    FIELD_ENUM(struct list_in, order, 0, "newest|oldest|waiting|priority", NULL),
    FIELD(struct list_in, inbox_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, team_id, F_INT, FIELD_OPTIONAL, 1, INT64_MAX, NULL),
    FIELD(struct list_in, tag_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, assignee_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, after, F_TEXT, 0, 0, 80, "The page before's next"),
    FIELD(struct list_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(list_shape, "ConversationQuery", struct list_in, list_fields);

static struct opt_int assignee_of(struct ctx *c, const struct list_in *in)
{
	if (str_eq(in->list, S("mine")))
		return SOME_INT(c->actor.id);
	if (str_eq(in->list, S("unassigned")))
		return SOME_INT(0);
	return in->assignee_id;
}

static enum err get_list(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct list_in *in = q->in;
	struct inbox_list want = {.order = in->order,
				  .status = in->status.n ? in->status : S("open"),
				  .after = in->after,
				  .inbox_id = in->inbox_id,
				  .team_id = in->team_id,
				  .tag_id = in->tag_id,
				  .assignee_id = assignee_of(c, in),
				  .most = in->limit ? (size_t)in->limit : PAGE};
	struct list cards;
	struct ids ids;
	struct str next;

	TRY(inbox_list(c, &want, &ids, &next));
	TRY(inbox_cards(c, ids, &cards));
	reply_many(r, cards.v, cards.n, next);
	return E_OK;
}

/* ---- counts ---- */

struct inbox_count {
	int64_t id, n;
};
static const struct field inbox_count_fields[] = {
    FIELD(struct inbox_count, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct inbox_count, n, F_INT, 0, 0, 0, NULL),
};
static SHAPE(inbox_count_shape, "InboxCount", struct inbox_count, inbox_count_fields);

struct counts {
	int64_t mine, unassigned, all, mine_unread, mentions;
	struct list by_inbox;
};
static const struct field counts_fields[] = {
    FIELD(struct counts, mine, F_INT, 0, 0, 0, "Open ones; 100 means 99+"),
    FIELD(struct counts, unassigned, F_INT, 0, 0, 0, NULL),
    FIELD(struct counts, all, F_INT, 0, 0, 0, NULL),
    FIELD(struct counts, mine_unread, F_INT, 0, 0, 0, NULL),
    FIELD(struct counts, mentions, F_INT, 0, 0, 0, "Where a note names me and I have not looked"),
    FIELD_LIST(struct counts, by_inbox, 0, 0, &inbox_count_shape, NULL),
};
static SHAPE(counts_shape, "Counts", struct counts, counts_fields);

static enum err count_of(struct ctx *c, int64_t assignee_id, int64_t *n)
{
	struct conversation_count_of_row row;
	size_t got;

	TRY(conversation_count_of(c, c->actor.scope, S("open"), assignee_id, &row, 1, &got));
	*n = row.n;
	return E_OK;
}

static enum err get_counts(struct ctx *c, const struct req *q, struct reply *r)
{
	struct counts k = {0};
	struct conversation_count_unread_row unread;
	struct inbox_count *by = NEWN(c->a, struct inbox_count, c->actor.scope.n + 1);
	size_t n;

	(void)q;
	TRY(count_of(c, c->actor.id, &k.mine));
	TRY(count_of(c, 0, &k.unassigned));
	TRY(conversation_count_unread(c, c->actor.scope, c->actor.id, &unread, 1, &n));
	k.mine_unread = unread.n;
	TRY(inbox_mentions_unseen(c, &k.mentions));
	for (size_t i = 0; i < c->actor.scope.n; i++) {
		struct conversation_count_row row;
		by[i].id = c->actor.scope.v[i];
		TRY(conversation_count(c, by[i].id, S("open"), &row, 1, &n));
		by[i].n = row.n;
		k.all += row.n;
	}
	k.all = k.all < COUNT_MOST ? k.all : COUNT_MOST;
	k.by_inbox = (struct list){by, c->actor.scope.n};
	reply_one(r, &k);
	return E_OK;
}

/* ---- one ---- */

static enum err reply_full(struct ctx *c, int64_t id, struct reply *r)
{
	void *full;

	TRY(inbox_full(c, id, &full));
	reply_one(r, full);
	return E_OK;
}

static enum err get_one(struct ctx *c, const struct req *q, struct reply *r)
{
	return reply_full(c, q->id, r);
}

struct change_in {
	int64_t version;
	struct opt_str status, subject, priority;
	struct opt_int snoozed_until, assignee_id, team_id;
	struct opt_ids tag_ids;
};
static const struct field change_fields[] = {
    FIELD(struct change_in, version, F_INT, FIELD_REQUIRED, 1, INT64_MAX, "The version seen"),
    FIELD_ENUM(struct change_in, status, FIELD_OPTIONAL, "open|pending|snoozed|resolved|spam",
	       NULL),
    FIELD(struct change_in, snoozed_until, F_TIME, FIELD_OPTIONAL, 0, 0, "With status snoozed"),
    FIELD(struct change_in, assignee_id, F_INT, FIELD_OPTIONAL | FIELD_NULLABLE, 0, 0,
	  "null: nobody"),
    FIELD(struct change_in, team_id, F_INT, FIELD_OPTIONAL | FIELD_NULLABLE, 0, 0, "null: none"),
    FIELD_ENUM(struct change_in, priority, FIELD_OPTIONAL, "none|low|medium|high|urgent", NULL),
    FIELD(struct change_in, subject, F_TEXT, FIELD_OPTIONAL, 0, 500, NULL),
    FIELD(struct change_in, tag_ids, F_IDS, FIELD_OPTIONAL, 0, 50, "Exactly these"),
};
static SHAPE(change_shape, "ConversationChange", struct change_in, change_fields);

static struct opt_int priority_number(const struct opt_str *name)
{
	static const char *const names[] = {"none", "low", "medium", "high", "urgent"};

	for (size_t i = 0; i < COUNT(names) && name->is == GIVEN; i++)
		if (str_eq(name->v, str_of(names[i])))
			return SOME_INT((int64_t)i);
	return (struct opt_int){0};
}

static enum err patch_one(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct change_in *in = q->in;

	TRY(inbox_change(c, q->id, in->version,
			 &(struct inbox_change){.status = in->status,
						.subject = in->subject,
						.snoozed_until = in->snoozed_until,
						.assignee_id = in->assignee_id,
						.team_id = in->team_id,
						.priority = priority_number(&in->priority),
						.tag_ids = in->tag_ids}));
	return reply_full(c, q->id, r);
}

/* ---- reading ---- */

struct read_in {
	int64_t up_to;
};
static const struct field read_fields[] = {
    FIELD(struct read_in, up_to, F_INT, FIELD_REQUIRED, 0, INT64_MAX, "The newest entry seen"),
};
static SHAPE(read_shape, "ReadIn", struct read_in, read_fields);

static enum err set_mark(struct ctx *c, int64_t id, int64_t up_to, struct reply *r)
{
	struct conversation_rows_row v;
	int64_t seen = up_to;

	TRY(inbox_row(c, id, &v));
	if (up_to > v.last_in_id)
		up_to = v.last_in_id;
	TRY(mark_read(c, id, c->actor.id, up_to));
	if (seen)
		TRY(inbox_mentions_seen(c, id, seen));
	if (v.visitor_id && up_to && ctx_may(c, P_CONVERSATION_REPLY))
		ctx_live(c,
			 (struct live){.topic = LIVE_CHAT,
				       .id = v.visitor_id,
				       .kind = S("seen"),
				       .data = str_fmt(c->a, "\"up_to\":%lld", (long long)up_to)});
	ctx_live(c, (struct live){.topic = LIVE_ME,
				  .id = c->actor.id,
				  .kind = S("read"),
				  .data = str_fmt(c->a, "\"conversation_id\":%lld,\"up_to\":%lld",
						  (long long)id, (long long)up_to)});
	reply_none(r);
	return E_OK;
}

static enum err post_read(struct ctx *c, const struct req *q, struct reply *r)
{
	return set_mark(c, q->id, ((const struct read_in *)q->in)->up_to, r);
}

static enum err post_unread(struct ctx *c, const struct req *q, struct reply *r)
{
	return set_mark(c, q->id, 0, r);
}

struct typing_in {
	bool typing;
	struct str kind;
};
static const struct field typing_fields[] = {
    FIELD(struct typing_in, typing, F_BOOL, FIELD_REQUIRED, 0, 0, NULL),
    FIELD_ENUM(struct typing_in, kind, 0, "reply|note", NULL),
};
static SHAPE(typing_shape, "TypingIn", struct typing_in, typing_fields);

/* Only a message of the hub: the database does not hear of it. */
static enum err post_typing(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct typing_in *in = q->in;
	struct inbox_conversation v;
	bool note = str_eq(in->kind, S("note"));
	const char *on = in->typing ? "true" : "false";

	TRY(inbox_conversation(c, q->id, &v));
	reply_none(r);
	ctx_live(c, (struct live){.topic = LIVE_CONVERSATION,
				  .id = v.id,
				  .inbox_id = v.inbox_id,
				  .kind = S("typing"),
				  .data = str_fmt(c->a,
						  "\"conversation_id\":%lld,\"person_id\":%lld,"
						  "\"visitor\":false,\"kind\":\"%s\",\"typing\":%s",
						  (long long)v.id, (long long)c->actor.id,
						  note ? "note" : "reply", on)});
	if (v.visitor_id && !note)
		ctx_live(c, (struct live){.topic = LIVE_CHAT,
					  .id = v.visitor_id,
					  .kind = S("typing"),
					  .data = str_fmt(c->a, "\"typing\":%s", on)});
	return E_OK;
}

struct viewing_in {
	bool viewing, ask;
};
static const struct field viewing_fields[] = {
    FIELD(struct viewing_in, viewing, F_BOOL, FIELD_REQUIRED, 0, 0, "False: I leave it"),
    FIELD(struct viewing_in, ask, F_BOOL, 0, 0, 0, "Who has it open, too, shall say so again"),
};
static SHAPE(viewing_shape, "ViewingIn", struct viewing_in, viewing_fields);

/* Like typing, and kept by nobody but the windows that hear it. */
static enum err post_viewing(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct viewing_in *in = q->in;
	struct inbox_conversation v;

	TRY(inbox_conversation(c, q->id, &v));
	reply_none(r);
	ctx_live(c, (struct live){.topic = LIVE_CONVERSATION,
				  .id = v.id,
				  .inbox_id = v.inbox_id,
				  .kind = S("viewing"),
				  .data = str_fmt(c->a,
						  "\"conversation_id\":%lld,\"person_id\":%lld,"
						  "\"viewing\":%s,\"ask\":%s",
						  (long long)v.id, (long long)c->actor.id,
						  in->viewing ? "true" : "false",
						  in->ask ? "true" : "false")});
	return E_OK;
}

/* ---- history ---- */

struct history_row {
	int64_t at, actor_id;
	struct str actor_kind, actor_name, kind, data;
};
static const struct field history_fields[] = {
    FIELD(struct history_row, at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct history_row, actor_kind, F_TEXT, 0, 0, 0, "agent, visitor or system"),
    FIELD(struct history_row, actor_id, F_INT, 0, 0, 0, NULL),
    FIELD(struct history_row, actor_name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct history_row, kind, F_TEXT, 0, 0, 0, "i18n event.KIND"),
    FIELD(struct history_row, data, F_JSON, 0, 0, 0, "Ids, codes and numbers"),
};
static SHAPE(history_shape, "HistoryRow", struct history_row, history_fields);

struct after_in {
	struct str after;
};
static const struct field after_fields[] = {
    FIELD(struct after_in, after, F_TEXT, 0, 0, 30, "The page before's next"),
};
static SHAPE(after_shape, "AfterIn", struct after_in, after_fields);

static enum err get_history(struct ctx *c, const struct req *q, struct reply *r)
{
	struct conversation_rows_row v;
	struct event_of_conversation_row *e = NEWN(c->a, struct event_of_conversation_row, 100);
	struct history_row *out = NEWN(c->a, struct history_row, 100);
	int64_t before;
	size_t n;

	TRY(inbox_row(c, q->id, &v));
	TRY(req_cursor(c, ((const struct after_in *)q->in)->after, INT64_MAX, &before));
	TRY(event_of_conversation(c, q->id, before, 100, e, 100, &n));
	for (size_t i = 0; i < n; i++) {
		struct account_brief who = {0};
		bool agent = e[i].actor_kind == ACTOR_AGENT;
		if (agent && account_brief(c, e[i].actor_id, &who) != E_OK)
			who.name = S("");
		out[i] = (struct history_row){.at = e[i].at,
					      .actor_id = e[i].actor_id,
					      .actor_kind = agent ? S("agent")
							    : e[i].actor_kind == ACTOR_SYSTEM
								? S("system")
								: S("visitor"),
					      .actor_name = who.name,
					      .kind = e[i].kind,
					      .data = e[i].data};
	}
	reply_many(r, out, n, n == 100 ? str_fmt(c->a, "%lld", (long long)e[n - 1].id) : S(""));
	return E_OK;
}

/* ---- search ---- */

struct search_in {
	struct str q, kind, after;
	int64_t limit;
};
static const struct field search_fields[] = {
    FIELD(struct search_in, q, F_TEXT, FIELD_REQUIRED, 1, 200, "Words, or \"a phrase\""),
    FIELD_ENUM(struct search_in, kind, 0, "all|conversation|message|customer", NULL),
    FIELD(struct search_in, after, F_TEXT, 0, 0, 30, NULL),
    FIELD(struct search_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(search_shape, "SearchQuery", struct search_in, search_fields);

struct hit_view {
	struct str kind, customer_name, subject, snippet;
	int64_t id, at;
	struct opt_int conversation_id, customer_id, inbox_id;
};
static const struct field hit_fields[] = {
    FIELD_ENUM(struct hit_view, kind, 0, "conversation|message|customer", NULL),
    FIELD(struct hit_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct hit_view, conversation_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct hit_view, customer_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct hit_view, inbox_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct hit_view, customer_name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct hit_view, subject, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct hit_view, snippet, F_TEXT, 0, 0, 0, "U+0001 and U+0002 stand around what matched"),
    FIELD(struct hit_view, at, F_TIME, 0, 0, 0, NULL),
};
static SHAPE(hit_shape, "SearchHit", struct hit_view, hit_fields);

static const char *const kinds[] = {"all", "conversation", "message", "customer"};

static int kind_number(struct str kind)
{
	for (int i = 1; i < 4; i++)
		if (str_eq(kind, str_of(kinds[i])))
			return i;
	return 0;
}

static enum err hit_names(struct ctx *c, const struct search_hit *h, struct hit_view *out)
{
	struct list rows, briefs;
	int64_t conversation = h->conversation_id, customer = h->customer_id;

	if (conversation) {
		TRY(conversation_rows(c, (struct ids){&conversation, 1}, &rows));
		if (rows.n)
			out->subject = ((struct conversation_rows_row *)rows.v)->subject;
		/* The index keeps who it was; after a merge it is somebody else. */
		if (rows.n)
			customer = ((struct conversation_rows_row *)rows.v)->customer_id;
	}
	out->customer_id = customer ? SOME_INT(customer) : NULL_INT;
	TRY(customer_brief_list(c, (struct ids){&customer, 1}, &briefs));
	if (briefs.n)
		out->customer_name = ((struct customer_brief *)briefs.v)->name;
	return E_OK;
}

static enum err get_search(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct search_in *in = q->in;
	size_t limit = in->limit ? (size_t)in->limit : PAGE, n;
	struct search_hit *hits = NEWN(c->a, struct search_hit, limit);
	struct hit_view *out = NEWN(c->a, struct hit_view, limit);
	struct search_query s = {.text = in->q,
				 .inboxes = c->actor.scope,
				 .customers = ctx_may(c, P_CUSTOMER_READ),
				 .kind = kind_number(in->kind),
				 .limit = limit};

	TRY(req_cursor(c, in->after, 0, &s.before));
	TRY(search_find(c->db, c->a, &s, hits, &n));
	for (size_t i = 0; i < n; i++) {
		const struct search_hit *h = &hits[i];
		out[i] = (struct hit_view){
		    .kind = str_of(kinds[h->kind]),
		    .id = h->id,
		    .conversation_id = h->conversation_id ? SOME_INT(h->conversation_id) : NULL_INT,
		    .customer_id = h->customer_id ? SOME_INT(h->customer_id) : NULL_INT,
		    .inbox_id = h->inbox_id ? SOME_INT(h->inbox_id) : NULL_INT,
		    .snippet = h->snippet,
		    .at = h->at};
		TRY(hit_names(c, h, &out[i]));
	}
	reply_many(r, out, n,
		   n == limit ? str_fmt(c->a, "%lld", (long long)hits[n - 1].doc) : S(""));
	return E_OK;
}

/* clang-format off */
const struct route inbox_conversation_routes[] = {
	{GET,   "/conversations",              P_CONVERSATION_READ,  get_list,     &list_shape,   &card_shape,         MANY, "Conversations of one's inboxes"},
	{GET,   "/conversations/counts",       P_CONVERSATION_READ,  get_counts,   NULL,          &counts_shape,       ONE,  "How many are open: mine, unassigned, all"},
	{GET,   "/conversations/{id}",         P_CONVERSATION_READ,  get_one,      NULL,          &conversation_shape, ONE,  "One conversation with its customer and my draft"},
	{PATCH, "/conversations/{id}",         P_CONVERSATION_REPLY, patch_one,    &change_shape, &conversation_shape, ONE,  "Status, assignee, team, priority, tags, subject"},
	{POST,  "/conversations/{id}/read",    P_CONVERSATION_READ,  post_read,    &read_shape,   NULL,                NONE, "I have read up to here"},
	{POST,  "/conversations/{id}/unread",  P_CONVERSATION_READ,  post_unread,  NULL,          NULL,                NONE, "Show it as unread again"},
	{POST,  "/conversations/{id}/typing",  P_CONVERSATION_REPLY, post_typing,  &typing_shape, NULL,                NONE, "I am writing", ROUTE_NO_KEY | ROUTE_PASSING},
	{POST,  "/conversations/{id}/viewing", P_CONVERSATION_READ,  post_viewing, &viewing_shape, NULL,               NONE, "I have it open", ROUTE_NO_KEY | ROUTE_PASSING},
	{GET,   "/conversations/{id}/history", P_CONVERSATION_READ,  get_history,  &after_shape,  &history_shape,      MANY, "Everything that was changed, newest first"},
	{GET,   "/search",                     P_CONVERSATION_READ,  get_search,   &search_shape, &hit_shape,          MANY, "Full-text search, newest first"},
	{0},
};
/* clang-format on */
