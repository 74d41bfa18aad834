/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/webchat/webchat.h"
#include "base/crypto.h"
#include "core/blob.h"
#include "core/desk.h"
#include "core/hub.h"
#include "core/mail.h"
#include "core/rate.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/webchat/webchat.schema.h"
#include "modules/webchat/webchat.sql.h"

enum { TEXT_LIMIT = 10000, MAIL_AFTER_MS = 2 * MINUTE_MS, PAGE = 100 };

static const struct rate starts = {"chat start", 60, 10 * MINUTE_MS, "error.rate"};
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
};
#undef F
static SHAPE(settings_shape, "ChatSettings", struct webchat_settings, settings_fields);
static const struct webchat_settings settings_default = {
    .greeting = {"{}", 2},
    .prechat_name = {"optional", 8},
    .prechat_email = {"optional", 8},
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

/* ---- tokens: "7.MAC", signed by the desk ---- */

static struct str make_token(struct ctx *c, int64_t id)
{
	unsigned char mac[32];
	struct str word = str_fmt(c->a, "%lld", (long long)id);

	desk_sign(c->desk, "visitor", word, mac);
	return str_fmt(c->a, "%.*s.%.*s", STR(word), STR(str_base64url(c->a, mac, sizeof mac)));
}

static bool token_ok(struct ctx *c, struct str token, int64_t *id)
{
	ptrdiff_t dot = str_find_char(token, '.');

	if (dot <= 0 || token.n > 80 || !str_int(str_slice(token, 0, (size_t)dot), id))
		return false;
	return str_eq_secret(token, make_token(c, *id));
}

static enum err identify(struct ctx *c, const struct req *q, bool *known)
{
	struct str header = req_header(q, "Authorization");
	struct visitor_get_row row;
	int64_t id;
	size_t n;

	if (!header.p || !str_starts(header, S("Bearer ")))
		return E_OK;
	if (!token_ok(c, str_slice(header, 7, header.n), &id))
		return E_OK;
	TRY(visitor_get(c, id, &row, 1, &n));
	if (n == 0)
		return E_OK;
	c->actor = (struct actor){
	    .kind = ACTOR_VISITOR, .id = id, .session_id = row.inbox_id, .name = row.name};
	c->actor.scope.v = NEW(c->a, int64_t);
	c->actor.scope.v[0] = row.inbox_id;
	c->actor.scope.n = 1;
	*known = true;
	return E_OK;
}

/* ---- before the chat ---- */

struct prechat {
	struct str name, email;
};
static const struct field prechat_fields[] = {
    FIELD(struct prechat, name, F_TEXT, 0, 0, 0, "hidden, optional or required"),
    FIELD(struct prechat, email, F_TEXT, 0, 0, 0, NULL),
};
static SHAPE(prechat_shape, "ChatPrechat", struct prechat, prechat_fields);

struct config_view {
	int64_t inbox_id, attachment_max;
	struct str name, color;
	struct opt_str greeting;
	bool online, identity_required;
	const void *prechat;
};
static const struct field config_fields[] = {
    FIELD(struct config_view, inbox_id, F_INT, 0, 0, 0, NULL),
    FIELD(struct config_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct config_view, color, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct config_view, greeting, F_JSON, FIELD_NULLABLE, 0, 0, "By language"),
    FIELD(struct config_view, online, F_BOOL, 0, 0, 0, "Somebody is there to answer"),
    FIELD_OBJ(struct config_view, prechat, FIELD_REQUIRED, &prechat_shape, NULL),
    FIELD(struct config_view, attachment_max, F_INT, 0, 0, 0, "Bytes"),
    FIELD(struct config_view, identity_required, F_BOOL, 0, 0, 0, NULL),
};
static SHAPE(config_shape, "ChatConfig", struct config_view, config_fields);

struct config_in {
	struct str language;
};
static const struct field config_in_fields[] = {
    FIELD(struct config_in, language, F_TEXT, 0, 0, 20, NULL),
};
static SHAPE(config_in_shape, "ChatConfigQuery", struct config_in, config_in_fields);

static enum err find_chat(struct ctx *c, struct str key, struct inbox_link *link)
{
	TRY(inbox_of_key(c, key, link));
	if (link->channel != &webchat_channel || !link->active)
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	return E_OK;
}

static enum err get_config(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbox_link link;
	struct config_view v;
	struct prechat pre;

	TRY(find_chat(c, q->word, &link));
	const struct webchat_settings *s = link.settings;
	pre = (struct prechat){s->prechat_name, s->prechat_email};
	v = (struct config_view){.inbox_id = link.id,
				 .attachment_max = c->desk->config->attachment_max,
				 .name = link.name,
				 .color = S("#0B716D"),
				 .greeting = s->greeting.n > 2 ? SOME_STR(s->greeting) : NULL_STR,
				 .identity_required = s->identity_required,
				 .prechat = &pre};
	if (link.color.n)
		v.color = link.color;
	TRY(account_anybody_there(c, link.id, &v.online));
	reply_one(r, &v);
	return E_OK;
}

struct start_in {
	struct str client_id, language, name, email, zone, page, identity, identity_hash;
};
#define F(m, fl, lo, hi, tx) FIELD(struct start_in, m, F_TEXT, fl, lo, hi, tx)
static const struct field start_fields[] = {
    F(client_id, FIELD_REQUIRED, 16, 64, "Random; the same one twice is one visitor"),
    F(language, FIELD_REQUIRED | FIELD_LANGUAGE, 2, 20, "BCP 47"),
    F(name, 0, 0, 100, NULL),
    F(email, 0, 0, 320, NULL),
    F(zone, 0, 0, 64, "IANA time zone"),
    F(page, 0, 0, 1000, "Address of the shop's page"),
    F(identity, 0, 0, 200, "Who the shop says this is"),
    F(identity_hash, 0, 0, 64, "Hex HMAC-SHA256 of identity under the inbox's secret"),
};
#undef F
static SHAPE(start_shape, "ChatStart", struct start_in, start_fields);

struct started {
	struct str token;
	int64_t visitor_id;
	struct opt_int conversation_id;
};
static const struct field started_fields[] = {
    FIELD(struct started, token, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct started, visitor_id, F_INT, 0, 0, 0, NULL),
    FIELD(struct started, conversation_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),
};
static SHAPE(started_shape, "ChatStarted", struct started, started_fields);

static bool identity_ok(struct ctx *c, const struct webchat_settings *s, const struct start_in *in)
{
	unsigned char mac[32];

	if (!s->identity_secret.n || !in->identity_hash.n)
		return false;
	crypto_hmac_sha256(s->identity_secret, in->identity, mac);
	return str_eq_secret(str_hex(c->a, mac, sizeof mac), str_lower(c->a, in->identity_hash));
}

static enum err check_start(struct ctx *c, const struct webchat_settings *s,
			    const struct start_in *in)
{
	if (in->identity.n && !identity_ok(c, s, in))
		return fail(c, E_DENIED, "chat.identity_forged", NULL);
	if (s->identity_required && !in->identity.n)
		return fail(c, E_DENIED, "chat.identity_required", NULL);
	if (str_eq(s->prechat_name, S("required")) && !in->name.n && !in->identity.n)
		return fail(c, E_INVALID, "error.field_missing", "name");
	if (str_eq(s->prechat_email, S("required")) && !in->email.n && !in->identity.n)
		return fail(c, E_INVALID, "error.field_missing", "email");
	if (in->email.n && !customer_email_ok(in->email))
		return fail_str(c, E_INVALID, "error.email", in->email);
	return E_OK;
}

/* Only a signature ties a visitor to a customer who is known already: anybody can type an address.
 */
static enum err find_customer(struct ctx *c, const struct inbox_link *link,
			      const struct start_in *in, int64_t *id)
{
	struct customer_known k = {
	    .kind = in->identity.n ? S("shop") : S("visitor"),
	    .value = in->identity.n
			 ? str_fmt(c->a, "%lld:%.*s", (long long)link->id, STR(in->identity))
			 : str_fmt(c->a, "%lld:%.*s", (long long)link->id, STR(in->client_id)),
	    .verified = in->identity.n > 0,
	    .name = in->name,
	    .language = in->language,
	    .zone = account_zone_ok(in->zone) ? in->zone : S("")};
	bool blocked, taken;

	TRY(customer_resolve(c, &k, id, &blocked));
	if (in->email.n)
		TRY(customer_add_identity(c, *id, S("email"), str_lower(c->a, in->email), false,
					  &taken));
	return E_OK;
}

enum err webchat_add_visitor(struct ctx *c, int64_t inbox_id, struct str client_id,
			     int64_t customer_id, struct str language, int64_t *id)
{
	struct visitor_insert_row row;
	size_t n;

	TRY(visitor_insert(c,
			   &(struct visitor_insert_in){.inbox_id = inbox_id,
						       .client_id = client_id,
						       .customer_id = customer_id,
						       .language = language,
						       .at = c->now},
			   &row, 1, &n));
	*id = n ? row.id : 0;
	return E_OK;
}

/* Who signed in is another visitor than who was there before on the same browser, and than the
 * next one to sign in: nobody reads on in somebody else's chat. */
static struct str visitor_key(struct ctx *c, const struct start_in *in)
{
	unsigned char hash[16];

	if (!in->identity.n)
		return in->client_id;
	crypto_short_hash(in->client_id, in->identity, hash);
	return str_fmt(c->a, "%.*s#%.*s", STR(in->client_id),
		       STR(str_hex(c->a, hash, sizeof hash)));
}

static enum err add_visitor(struct ctx *c, const struct inbox_link *link, const struct start_in *in,
			    int64_t *id)
{
	struct visitor_insert_row row;
	int64_t customer;
	size_t n;

	TRY(find_customer(c, link, in, &customer));
	TRY(visitor_insert(c,
			   &(struct visitor_insert_in){.inbox_id = link->id,
						       .client_id = visitor_key(c, in),
						       .customer_id = customer,
						       .name = in->name,
						       .email = in->email,
						       .signed_in = in->identity.n > 0,
						       .language = in->language,
						       .page = in->page,
						       .at = c->now},
			   &row, 1, &n));
	*id = row.id;
	return E_OK;
}

static enum err post_start(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct start_in *in = q->in;
	struct inbox_link link;
	struct visitor_by_client_row known;
	struct started s = {.conversation_id = NULL_INT};
	struct str status;
	int64_t conversation;
	size_t n;

	if (q->http)
		TRY(rate_take(c, &starts, q->http->peer));
	TRY(find_chat(c, q->word, &link));
	TRY(check_start(c, link.settings, in));
	TRY(visitor_by_client(c, link.id, visitor_key(c, in), &known, 1, &n));
	if (n)
		s.visitor_id = known.id;
	else
		TRY(add_visitor(c, &link, in, &s.visitor_id));
	s.token = make_token(c, s.visitor_id);
	TRY(inbox_of_visitor(c, s.visitor_id, &conversation, &status));
	if (conversation)
		s.conversation_id = SOME_INT(conversation);
	r->status = 201;
	reply_one(r, &s);
	return E_OK;
}

/* ---- messages ---- */

struct message_view {
	int64_t id, at;
	struct str from, text, state;
	struct opt_str client_id, author;
	struct list attachments;
};
static const struct field message_fields[] = {
    FIELD(struct message_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct message_view, client_id, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD_ENUM(struct message_view, from, 0, "visitor|agent|system", NULL),
    FIELD(struct message_view, author, F_TEXT, FIELD_NULLABLE, 0, 0, "An agent's first name"),
    FIELD(struct message_view, text, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct message_view, at, F_TIME, 0, 0, 0, NULL),
    FIELD_LIST(struct message_view, attachments, 0, 0, &file_shape, NULL),
    FIELD(struct message_view, state, F_TEXT, 0, 0, 0, "undone: take it away again"),
};
static SHAPE(message_shape, "ChatMessage", struct message_view, message_fields);

static enum err view_of(struct ctx *c, const struct inbox_message *m, struct message_view *out)
{
	bool in = str_eq(m->direction, S("in"));
	struct account_brief who = {0};

	if (!in && m->person_id && account_brief(c, m->person_id, &who) == E_OK) {
		ptrdiff_t space = str_find_char(who.name, ' ');
		if (space > 0)
			who.name = str_slice(who.name, 0, (size_t)space);
	}
	*out =
	    (struct message_view){.id = m->id,
				  .at = m->at,
				  .from = in             ? S("visitor")
					  : m->automatic ? S("system")
							 : S("agent"),
				  .text = m->text,
				  .state = m->state,
				  .client_id = m->client_id.n ? SOME_STR(m->client_id) : NULL_STR,
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
    FIELD_LIST(struct history_view, items, 0, 0, &message_shape, "Oldest first"),
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
	struct message_view *views = NEWN(c->a, struct message_view, messages.n + 1);
	for (size_t i = 0; i < messages.n; i++)
		TRY(view_of(c, &m[i], &views[i]));
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
	struct message_view v;

	TRY(inbox_messages(c, t->conversation_id, t->entry_id - 1, 1, &one));
	if (one.n == 0)
		return fail(c, E_INTERNAL, NULL, NULL);
	TRY(view_of(c, one.v, &v));
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

/* ---- telling the visitor ---- */

static enum err tell_message(struct ctx *c, const struct event *e, void *thought)
{
	struct opt_int entry = json_get_int(c->a, e->data, "entry");
	struct inbox_conversation v;
	struct list one;
	struct message_view view;
	struct buf b = BUF(c->a);

	(void)thought;
	if (entry.is != GIVEN || inbox_conversation(c, e->conversation_id, &v) != E_OK ||
	    !v.visitor_id)
		return E_OK;
	TRY(inbox_messages(c, v.id, entry.v - 1, 1, &one));
	const struct inbox_message *m = one.v;
	if (one.n == 0 || m->id != entry.v)
		return E_OK;
	TRY(view_of(c, m, &view));
	json_write(&b, &message_shape, &view);
	struct str members = str_slice(buf_str(&b), 1, b.n - 1);
	ctx_live(
	    c, (struct live){
		   .topic = LIVE_CHAT, .id = v.visitor_id, .kind = S("message"), .data = members});
	if (str_eq(m->direction, S("out")))
		TRY(job_add(
		    c,
		    &(struct job){.kind = S("chat_mail"),
				  .key = str_fmt(c->a, "conversation:%lld", (long long)v.id),
				  .subject = m->id,
				  .inbox_id = v.inbox_id,
				  .conversation_id = v.id,
				  .run_at = c->now + MAIL_AFTER_MS},
		    NULL));
	return E_OK;
}

static enum err tell_undone(struct ctx *c, const struct event *e, void *thought)
{
	struct opt_int entry = json_get_int(c->a, e->data, "entry");
	struct opt_str to = json_get_str(c->a, e->data, "to");
	struct inbox_conversation v;

	(void)thought;
	if (entry.is != GIVEN || !str_eq(to.v, S("undone")) ||
	    inbox_conversation(c, e->conversation_id, &v) != E_OK || !v.visitor_id)
		return E_OK;
	ctx_live(c,
		 (struct live){.topic = LIVE_CHAT,
			       .id = v.visitor_id,
			       .kind = S("undone"),
			       .data = str_fmt(c->a, "\"message_id\":%lld", (long long)entry.v)});
	return E_OK;
}

static const struct reaction listens[] = {
    {EV_MESSAGE_CREATED, NULL, tell_message},
    {EV_MESSAGE_STATE, NULL, tell_undone},
    {0},
};

/* ---- going on by e-mail when the visitor has left ---- */

static enum err start_mail(struct ctx *c, const struct job *j, struct job_run *run)
{
	struct inbox_conversation v;
	struct inbox_link chat, mail;
	struct inbox_outgoing o;
	struct visitor_get_row who;
	struct incoming_address *to;
	size_t n;

	TRY(inbox_conversation(c, j->conversation_id, &v));
	TRY(inbox_link_of(c, v.inbox_id, &chat));
	TRY(visitor_get(c, v.visitor_id, &who, 1, &n));
	const struct webchat_settings *s = chat.settings;
	if (n == 0 || !who.email.n || !s->mail_inbox_id || v.seen_by_customer >= j->subject ||
	    hub_present(c->desk->hub, ACTOR_VISITOR, v.visitor_id))
		return E_NOTFOUND;
	TRY(inbox_outgoing(c, j->subject, &o));
	TRY(inbox_link_of(c, s->mail_inbox_id, &mail));
	if (!mail.active)
		return E_NOTFOUND;
	to = NEW(job_arena(run), struct incoming_address);
	*to = (struct incoming_address){who.name, who.email};
	return mail_send(c, run, &mail,
			 &(struct outgoing){.conversation_id = v.id,
					    .entry_id = j->subject,
					    .at = o.at,
					    .to = to,
					    .n_to = 1,
					    .subject = v.subject.n ? v.subject : chat.name,
					    .text = o.text,
					    .signature = o.signature,
					    .language = who.language});
}

static const struct job_kind jobs[] = {
    {.name = "chat_mail", .start = start_mail, .unknown_retry_ms = MAIL_UNKNOWN_RETRY_MS},
    {0},
};

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
	{GET,  "/chat/{word}/config",  P_PUBLIC,  get_config,   &config_in_shape,  &config_shape,  ONE,  "What a chat window needs to begin", ROUTE_CORS},
	{POST, "/chat/{word}/start",   P_PUBLIC,  post_start,   &start_shape,      &started_shape, ONE,  "Begin, or begin again, as a visitor", ROUTE_CORS | ROUTE_NO_KEY},
	{GET,  "/chat/me/messages",    P_VISITOR, get_messages, &history_in_shape, &history_shape, ONE,  "What was said, oldest first", ROUTE_CORS},
	{POST, "/chat/me/messages",    P_VISITOR, post_message, &message_in_shape, &message_shape, ONE,  "Say something", ROUTE_CORS | ROUTE_NO_KEY},
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
    .routes = {routes},
    .listens = listens,
    .jobs = jobs,
    .identify = identify,
    .merge = merge_visitors,
};
