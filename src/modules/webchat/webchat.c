/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/webchat/webchat.h"
#include "core/blob.h"
#include "core/desk.h"
#include "core/hub.h"
#include "core/rate.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/webchat/webchat.schema.h"
#include "modules/webchat/webchat_rules.h"

enum { TEXT_LIMIT = 10000, PAGE = 100 };

static const struct rate uploads = {"chat file", 20, 10 * MINUTE_MS, "error.rate"};

static struct str visitor_word(struct ctx *c)
{
	return str_fmt(c->a, "%lld", (long long)c->actor.id);
}

/* ---- the channel: settings only, its messages come by routes ---- */

#define F(m, ty, fl, hi, tx) FIELD(struct webchat_settings, m, ty, fl, 0, hi, tx)
static const struct field settings_fields[] = {
    F(greeting, F_JSON, FIELD_LONG, 20000, "The line above the first message, by language"),
    FIELD_ENUM(struct webchat_settings, prechat_name, 0, "hidden|optional|required",
	       "Ask for a name first"),
    FIELD_ENUM(struct webchat_settings, prechat_email, 0, "hidden|optional|required",
	       "Ask for an e-mail first"),
    F(identity_secret, F_TEXT, FIELD_SECRET, 200,
      "Signs who the shop's customers are (HMAC-SHA256)"),
    F(identity_required, F_BOOL, 0, 0, "Only customers the shop signed for"),
    F(mail_inbox_id, F_INT, 0, INT64_MAX,
      "The e-mail inbox that goes on when the visitor has left; 0: none"),
    FIELD(struct webchat_settings, visitor_days, F_INT, 0, 1, 3650,
	  "Days without use after which a browser's chat ends and the next one begins anew"),
};
#undef F
static SHAPE(settings_shape, "ChatSettings", struct webchat_settings, settings_fields);
static const struct webchat_settings settings_default = {
    .greeting = {"{}", 2},
    .prechat_name = {"optional", 8},
    .prechat_email = {"optional", 8},
    .visitor_days = 90,
};

static enum err parse_nothing(struct arena *a, const struct channel_at *at, struct str raw,
			      struct incoming *out, struct json_why *why)
{
	(void)a;
	(void)at;
	(void)raw;
	(void)out;
	why->key = "inbound.no_parser";
	return E_INVALID;
}

const struct channel webchat_channel = {
    .name = "chat",
    .can = CAN_MEDIA | CAN_RECEIPTS | CAN_TYPING,
    .file_max = 25 << 20,
    .files_max = 100 << 20,
    .settings = &settings_shape,
    .defaults = &settings_default,
    .parse = parse_nothing,
};

/* ---- messages ---- */

static const struct field message_fields[] = {
    FIELD(struct webchat_message, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct webchat_message, client_id, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD_ENUM(struct webchat_message, from, 0, "visitor|agent|system", NULL),
    FIELD(struct webchat_message, author, F_TEXT, FIELD_NULLABLE, 0, 0, "An agent's first name"),
    FIELD(struct webchat_message, text, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct webchat_message, at, F_TIME, 0, 0, 0, NULL),
    FIELD_LIST(struct webchat_message, attachments, 0, 0, &file_shape, NULL),
    FIELD(struct webchat_message, state, F_TEXT, 0, 0, 0, "undone: take it away again"),
};
SHAPE(webchat_message_shape, "ChatMessage", struct webchat_message, message_fields);

enum err webchat_view_of(struct ctx *c, const struct inbox_message *m, struct webchat_message *out)
{
	bool in = str_eq(m->direction, S("in"));
	struct account_brief who = {0};

	if (!in && m->person_id && account_brief(c, m->person_id, &who) == E_OK) {
		ptrdiff_t space = str_find_char(who.name, ' ');
		if (space > 0)
			who.name = str_slice(who.name, 0, (size_t)space);
	}
	*out = (struct webchat_message){.id = m->id,
					.at = m->at,
					.from = in             ? S("visitor")
						: m->automatic ? S("system")
							       : S("agent"),
					.text = m->text,
					.state = m->state,
					.client_id =
					    m->client_id.n ? SOME_STR(m->client_id) : NULL_STR,
					.author = who.name.n ? SOME_STR(who.name) : NULL_STR,
					.attachments = m->files};
	const struct file_view *files = m->files.v;
	for (size_t i = 0; i < m->files.n; i++)
		((struct file_view *)files)[i].url =
		    str_fmt(c->a, "/api/v1/chat/me/files/%lld", (long long)files[i].id);
	return E_OK;
}

struct history_in {
	struct str after;
	int64_t limit;
};
static const struct field history_in_fields[] = {
    FIELD(struct history_in, after, F_TEXT, 0, 0, 30, "The newest id one has"),
    FIELD(struct history_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(history_in_shape, "ChatHistoryQuery", struct history_in, history_in_fields);

struct history_view {
	struct list items;
	struct opt_int agent_seen_id;
	struct opt_str next;
};
static const struct field history_fields[] = {
    FIELD_LIST(struct history_view, items, 0, 0, &webchat_message_shape, "Oldest first"),
    FIELD(struct history_view, agent_seen_id, F_INT, FIELD_NULLABLE, 0, 0,
	  "The visitor's newest message an agent has seen"),
    FIELD(struct history_view, next, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
};
static SHAPE(history_shape, "ChatHistory", struct history_view, history_fields);

static enum err get_messages(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct history_in *in = q->in;
	struct history_view h = {.agent_seen_id = NULL_INT, .next = NULL_STR};
	struct list messages = {0};
	struct str status;
	size_t most = in->limit ? (size_t)in->limit : PAGE;
	int64_t after, conversation, seen = 0;

	/* A window that knows no message yet asks for those after 0. */
	TRY(req_cursor(c, str_eq(in->after, S("0")) ? S("") : in->after, 0, &after));
	TRY(inbox_of_visitor(c, c->actor.id, &conversation, &status));
	if (conversation) {
		TRY(inbox_messages(c, conversation, after, most, &messages));
		TRY(inbox_seen_by_us(c, conversation, &seen));
	}
	const struct inbox_message *m = messages.v;
	struct webchat_message *views = NEWN(c->a, struct webchat_message, messages.n + 1);
	for (size_t i = 0; i < messages.n; i++)
		TRY(webchat_view_of(c, &m[i], &views[i]));
	h.items = (struct list){views, messages.n};
	if (seen)
		h.agent_seen_id = SOME_INT(seen);
	if (messages.n == most)
		h.next = SOME_STR(str_fmt(c->a, "%lld", (long long)m[messages.n - 1].id));
	reply_one(r, &h);
	return E_OK;
}

struct message_in {
	struct str client_id, text;
	struct ids attachment_ids;
};
static const struct field message_in_fields[] = {
    FIELD(struct message_in, client_id, F_TEXT, FIELD_REQUIRED, 8, 64,
	  "The same one twice is one message"),
    FIELD(struct message_in, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 0, TEXT_LIMIT, NULL),
    FIELD(struct message_in, attachment_ids, F_IDS, 0, 0, 10, NULL),
};
static SHAPE(message_in_shape, "ChatMessageNew", struct message_in, message_in_fields);

static enum err read_files(struct ctx *c, const struct message_in *in, struct incoming *out)
{
	out->files = NEWN(c->a, struct incoming_file, in->attachment_ids.n + 1);
	for (size_t i = 0; i < in->attachment_ids.n; i++) {
		struct upload u;
		TRY(inbox_file_of_conversation(c, in->attachment_ids.v[i], 0, &u));
		out->files[out->n_files++] = (struct incoming_file){.name = u.name,
								    .type = u.type,
								    .hash = u.hash,
								    .size = u.size,
								    .width = u.width,
								    .height = u.height};
	}
	return E_OK;
}

static enum err reply_message(struct ctx *c, const struct inbox_taken *t, struct reply *r)
{
	struct list one;
	struct webchat_message v;

	TRY(inbox_messages(c, t->conversation_id, t->entry_id - 1, 1, &one));
	if (one.n == 0)
		return fail(c, E_INTERNAL, NULL, NULL);
	TRY(webchat_view_of(c, one.v, &v));
	r->status = 201;
	reply_one(r, &v);
	return E_OK;
}

static enum err post_message(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct message_in *in = q->in;
	struct visitor_get_row v;
	struct customer_view who;
	struct inbox_taken taken;
	struct str status;
	struct incoming m = {.kind = INCOMING_MESSAGE, .at = c->now, .text = in->text};
	size_t n;

	if (str_blank(in->text) && !in->attachment_ids.n)
		return fail(c, E_INVALID, "error.field_empty", "text");
	struct rate messages = {"chat", (int)c->desk->config->chat_rate, MINUTE_MS, "error.rate"};
	if (messages.burst)
		TRY(rate_take(c, &messages, visitor_word(c)));
	TRY(webchat_used(c));
	TRY(visitor_get(c, c->actor.id, &v, 1, &n));
	TRY(customer_view(c, v.customer_id, &who));
	m.inbox_id = v.inbox_id;
	m.language = v.language;
	m.from.name = v.name;
	TRY(inbox_of_visitor(c, c->actor.id, &m.conversation_id, &status));
	TRY(read_files(c, in, &m));
	TRY(inbox_take(c, &m, v.customer_id, c->actor.id, in->client_id, who.blocked, &taken));
	return reply_message(c, &taken, r);
}

/* ---- while it goes on ---- */

struct typing_in {
	bool typing;
};
static const struct field typing_fields[] = {
    FIELD(struct typing_in, typing, F_BOOL, FIELD_REQUIRED, 0, 0, NULL),
};
static SHAPE(typing_shape, "ChatTyping", struct typing_in, typing_fields);

static enum err post_typing(struct ctx *c, const struct req *q, struct reply *r)
{
	struct str status;
	int64_t id;

	reply_none(r);
	TRY(inbox_of_visitor(c, c->actor.id, &id, &status));
	if (!id)
		return E_OK;
	ctx_live(
	    c, (struct live){
		   .topic = LIVE_CONVERSATION,
		   .id = id,
		   .inbox_id = c->actor.scope.v[0],
		   .kind = S("typing"),
		   .data = str_fmt(c->a,
				   "\"conversation_id\":%lld,\"person_id\":null,\"visitor\":true,"
				   "\"kind\":\"reply\",\"typing\":%s",
				   (long long)id,
				   ((const struct typing_in *)q->in)->typing ? "true" : "false")});
	return E_OK;
}

struct seen_in {
	int64_t up_to;
};
static const struct field seen_fields[] = {
    FIELD(struct seen_in, up_to, F_INT, FIELD_REQUIRED, 1, INT64_MAX, NULL),
};
static SHAPE(seen_shape, "ChatSeen", struct seen_in, seen_fields);

static enum err post_seen(struct ctx *c, const struct req *q, struct reply *r)
{
	struct str status;
	int64_t id;

	reply_none(r);
	TRY(webchat_used(c));
	TRY(inbox_of_visitor(c, c->actor.id, &id, &status));
	return id ? inbox_set_seen(c, id, ((const struct seen_in *)q->in)->up_to) : E_OK;
}

struct email_in {
	struct str email;
};
static const struct field email_fields[] = {
    FIELD(struct email_in, email, F_TEXT, FIELD_REQUIRED, 3, 320, NULL),
};
static SHAPE(email_shape, "ChatEmail", struct email_in, email_fields);

static enum err post_email(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct email_in *in = q->in;
	struct visitor_get_row v;
	size_t n;
	bool taken;

	reply_none(r);
	if (!customer_email_ok(in->email))
		return fail_str(c, E_INVALID, "error.email", in->email);
	TRY(visitor_get(c, c->actor.id, &v, 1, &n));
	TRY(visitor_email(c, c->actor.id, in->email));
	return customer_add_identity(c, v.customer_id, S("email"), str_lower(c->a, in->email),
				     false, &taken);
}

/* ---- files ---- */

struct upload_in {
	struct str name;
};
static const struct field upload_fields[] = {
    FIELD(struct upload_in, name, F_TEXT, FIELD_REQUIRED, 1, 255, NULL),
};
static SHAPE(upload_shape, "ChatUploadQuery", struct upload_in, upload_fields);

static enum err prepare_upload(struct ctx *c, const struct req *q, void **made)
{
	TRY(rate_take(c, &uploads, visitor_word(c)));
	return inbox_keep_upload(c, q, ((const struct upload_in *)q->in)->name,
				 (struct upload **)made);
}

static enum err post_upload(struct ctx *c, const struct req *q, struct reply *r)
{
	struct file_view f;

	TRY(inbox_add_file(c, q->made, 0, &f));
	f.url = str_fmt(c->a, "/api/v1/chat/me/files/%lld", (long long)f.id);
	r->status = 201;
	reply_one(r, &f);
	return E_OK;
}

struct file_in {
	bool thumb;
};
static const struct field file_in_fields[] = {
    FIELD(struct file_in, thumb, F_BOOL, 0, 0, 0, NULL),
};
static SHAPE(file_in_shape, "ChatFileQuery", struct file_in, file_in_fields);

static enum err get_file(struct ctx *c, const struct req *q, struct reply *r)
{
	struct upload u;
	struct str status;
	const char *path;
	int64_t conversation;

	TRY(inbox_of_visitor(c, c->actor.id, &conversation, &status));
	TRY(inbox_file_of_conversation(c, q->id, conversation, &u));
	enum err e = blob_path(c->desk->blobs, c->a, u.hash, &path);
	if (e != E_OK)
		return fail(c, E_NOTFOUND, "error.file_gone", NULL);
	reply_file(r, path, u.type, u.name, !str_starts(u.type, S("image/")));
	return E_OK;
}

static enum err get_stream(struct ctx *c, const struct req *q, struct reply *r)
{
	(void)c;
	(void)q;
	r->status = 200;
	r->stream = hub_open;
	return E_OK;
}

/* Visitors go with their customer when two are merged, and back again. */
static enum err merge_visitors(struct ctx *c, const struct merging *m)
{
	struct list rows;
	struct ids ids;

	if (m->undo) {
		TRY(customer_to_move_back(c, m, "visitor", &ids));
		return visitor_move_back(c, ids, m->to, m->from);
	}
	TRY(visitor_move(c, m->from, m->to, &rows));
	return customer_moved(c, m, "visitor", (struct ids){rows.v, rows.n});
}

/* clang-format off */
static const struct route routes[] = {
	{GET,  "/chat/me/messages",    P_VISITOR, get_messages, &history_in_shape, &history_shape, ONE,  "What was said, oldest first", ROUTE_CORS},
	{POST, "/chat/me/messages",    P_VISITOR, post_message, &message_in_shape, &webchat_message_shape, ONE,  "Say something", ROUTE_CORS | ROUTE_NO_KEY},
	{POST, "/chat/me/typing",      P_VISITOR, post_typing,  &typing_shape,     NULL,           NONE, "I am writing", ROUTE_CORS | ROUTE_NO_KEY | ROUTE_PASSING},
	{POST, "/chat/me/seen",        P_VISITOR, post_seen,    &seen_shape,       NULL,           NONE, "I have read up to here", ROUTE_CORS | ROUTE_NO_KEY},
	{POST, "/chat/me/email",       P_VISITOR, post_email,   &email_shape,      NULL,           NONE, "Go on by e-mail when I have left", ROUTE_CORS | ROUTE_NO_KEY},
	{POST, "/chat/me/uploads",     P_VISITOR, post_upload,  &upload_shape,     &file_shape,    ONE,  "Upload a file, as the body", ROUTE_CORS | ROUTE_UPLOAD | ROUTE_SLOW | ROUTE_NO_KEY, prepare_upload},
	{GET,  "/chat/me/files/{id}",  P_VISITOR, get_file,     &file_in_shape,    NULL,           NONE, "A file of the chat", ROUTE_CORS},
	{GET,  "/chat/me/stream",      P_VISITOR, get_stream,   NULL,              NULL,           NONE, "Live messages, as server-sent events", ROUTE_CORS | ROUTE_STREAM},
	{0},
};
/* clang-format on */

const struct module webchat_module = {
    .name = "webchat",
    .schema = webchat_schema,
    .queries = webchat_queries,
    .routes = {webchat_start_routes, routes},
    .listens = webchat_listens,
    .jobs = webchat_jobs,
    .identify = webchat_identify,
    .merge = merge_visitors,
};
