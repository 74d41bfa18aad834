/* Who a visitor is: the shop's word, a token, and how long it holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/rate.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/webchat/webchat_rules.h"

static const struct rate starts = {"chat start", 60, 10 * MINUTE_MS, "error.rate"};

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

/* A token nobody has used for the inbox's span lets nobody in again.  A use is written down once a
 * day, so the last one may be a day younger than what stands there. */
static enum err lapsed(struct ctx *c, int64_t inbox_id, int64_t used_at, bool *is)
{
	struct inbox_link link;

	*is = false;
	if (c->now - used_at <= DAY_MS)
		return E_OK;
	TRY(inbox_link_of(c, inbox_id, &link));
	const struct webchat_settings *s = link.settings;
	*is = link.channel != &webchat_channel || c->now - used_at > (s->visitor_days + 1) * DAY_MS;
	return E_OK;
}

enum err webchat_used(struct ctx *c)
{
	return visitor_used(c, c->actor.id, c->now, c->now - DAY_MS);
}

enum err webchat_identify(struct ctx *c, const struct req *q, bool *known)
{
	struct str header = req_header(q, "Authorization");
	struct visitor_get_row row;
	int64_t id;
	size_t n;
	bool over;

	if (!header.p || !str_starts(header, S("Bearer ")))
		return E_OK;
	if (!token_ok(c, str_slice(header, 7, header.n), &id))
		return E_OK;
	TRY(visitor_get(c, id, &row, 1, &n));
	if (n == 0)
		return E_OK;
	TRY(lapsed(c, row.inbox_id, row.used_at, &over));
	if (over)
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
	return E_OK;
}

/* What is asked of who is new. */
static enum err check_prechat(struct ctx *c, const struct webchat_settings *s,
			      const struct start_in *in)
{
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
	if (n == 0) /* the same browser began in another call meanwhile */
		return E_RETRY;
	*id = row.id;
	return E_OK;
}

/* Beginning again is a use like any other.  After the span only a signature leads back to the
 * customer, and then to a chat of its own: no old token opens that one. */
static enum err again(struct ctx *c, const struct start_in *in,
		      const struct visitor_by_client_row *known, int64_t *id)
{
	bool over;

	TRY(lapsed(c, known->inbox_id, known->used_at, &over));
	if (!over) {
		*id = known->id;
		return visitor_used(c, known->id, c->now, c->now - DAY_MS);
	}
	if (!in->identity.n)
		return fail(c, E_UNAUTH, "chat.lapsed", NULL);
	return visitor_retire(c, known->id);
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
		TRY(again(c, in, &known, &s.visitor_id));
	if (!s.visitor_id) {
		TRY(check_prechat(c, link.settings, in));
		TRY(add_visitor(c, &link, in, &s.visitor_id));
	}
	s.token = make_token(c, s.visitor_id);
	TRY(inbox_of_visitor(c, s.visitor_id, &conversation, &status));
	if (conversation)
		s.conversation_id = SOME_INT(conversation);
	r->status = 201;
	reply_one(r, &s);
	return E_OK;
}

/* clang-format off */
const struct route webchat_start_routes[] = {
	{GET,  "/chat/{word}/config",  P_PUBLIC,  get_config,   &config_in_shape,  &config_shape,  ONE,  "What a chat window needs to begin", ROUTE_CORS},
	{POST, "/chat/{word}/start",   P_PUBLIC,  post_start,   &start_shape,      &started_shape, ONE,  "Begin, or begin again, as a visitor", ROUTE_CORS | ROUTE_NO_KEY},
	{0},
};
/* clang-format on */
