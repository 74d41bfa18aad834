/* Ways in without a password: an invitation by a colleague, a password forgotten.
 *
 * A link is "ID.SIGNATURE": made of the row and the desk's secret, so that the table holds nothing
 * that opens anything, and a mail that is tried again carries the same link.  It opens once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/hub.h"
#include "core/mail.h"
#include "core/rate.h"
#include "core/settings.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

enum {
	INVITE_MS = 7 * DAY_MS,
	RESET_MS = HOUR_MS,
	SIGNATURE = 20,
};
static const struct rate asks = {"forgot", 3, HOUR_MS, "account.too_many_tries"};
static const struct rate asks_from = {"forgot from", 20, HOUR_MS, "account.too_many_tries"};
static const struct rate opens_from = {"link from", 30, 15 * MINUTE_MS, "account.too_many_tries"};

/* ---- the link itself ---- */

static struct str signature_of(struct ctx *c, const struct person_link_get_row *l)
{
	unsigned char mac[32];

	desk_sign(c->desk, "person link",
		  str_fmt(c->a, "%lld %lld %.*s %lld", (long long)l->id, (long long)l->person_id,
			  STR(l->kind), (long long)l->expires_at),
		  mac);
	return str_hex(c->a, mac, SIGNATURE);
}

/* After the #, which no server and no Referer is told. */
static struct str url_of(struct ctx *c, const struct person_link_get_row *l)
{
	struct str base = c->desk->config->public_url;

	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	return str_fmt(c->a, "%.*s/set-password#%lld.%.*s", STR(base), (long long)l->id,
		       STR(signature_of(c, l)));
}

/* Wrong, used, too old, or of somebody who may not sign in: all the same to who asks. */
static enum err open_link(struct ctx *c, struct str token, struct person_link_get_row *out)
{
	ptrdiff_t dot = str_find_char(token, '.');
	struct str right;
	int64_t id;
	size_t n;

	if (dot <= 0 || !str_int(str_slice(token, 0, (size_t)dot), &id))
		return fail(c, E_INVALID, "account.link_over", NULL);
	token = str_slice(token, (size_t)dot + 1, token.n);
	TRY(person_link_get(c, id, c->now, out, 1, &n));
	if (n == 0)
		return fail(c, E_INVALID, "account.link_over", NULL);
	right = signature_of(c, out);
	if (token.n != right.n || !crypto_equal(token.p, right.p, right.n))
		return fail(c, E_INVALID, "account.link_over", NULL);
	return E_OK;
}

static enum err new_link(struct ctx *c, int64_t person_id, const char *kind, int64_t job_id,
			 int64_t *id)
{
	int64_t lasts = kind[0] == 'i' ? (int64_t)INVITE_MS : RESET_MS;
	struct person_link_insert_row row;
	size_t n;

	/* Anybody can ask for a reset: it ends nobody's invitation. */
	TRY(person_link_end(c, person_id, str_of(kind[0] == 'i' ? "%" : kind), c->now));
	TRY(person_link_insert(c,
			       &(struct person_link_insert_in){.person_id = person_id,
							       .kind = str_of(kind),
							       .job_id = job_id,
							       .at = c->now,
							       .expires_at = c->now + lasts},
			       &row, 1, &n));
	*id = row.id;
	return E_OK;
}

/* ---- the mail ---- */

/* {name}, {desk} and {url} are filled in.  By the person's own language. */
/* clang-format off */
static const struct {
	const char *locale, *kind, *subject, *text;
} letters[] = {
	{"zh-CN", "invite", "邀请您加入{desk}", "{name}，您好：\n\n您已被邀请加入{desk}。请打开下面的链接设置密码并登录：\n\n{url}\n\n链接七天内有效，只能使用一次。"},
	{"zh-CN", "reset",  "重设{desk}的密码", "{name}，您好：\n\n有人为您的账号申请了重设密码。请打开下面的链接设置新密码：\n\n{url}\n\n链接一小时内有效，只能使用一次。如果不是您本人申请，请忽略这封邮件，密码不会改变。"},
	{"en",    "invite", "You are invited to {desk}", "Hello {name},\n\nyou are invited to {desk}. Open this link to choose a password and sign in:\n\n{url}\n\nThe link works once, within seven days."},
	{"en",    "reset",  "Set a new password for {desk}", "Hello {name},\n\nsomebody asked for a new password for your account. Open this link to choose one:\n\n{url}\n\nThe link works once, within an hour. If it was not you, ignore this mail: your password stays as it is."},
};
/* clang-format on */

static struct str fill(struct ctx *c, const char *text, const struct person_link_get_row *l,
		       struct str desk)
{
	const struct {
		const char *word;
		struct str value;
	} words[] = {{"{name}", l->name}, {"{desk}", desk}, {"{url}", url_of(c, l)}};
	struct buf b = BUF(c->a);
	struct str rest = str_of(text);

	while (rest.n) {
		size_t i = 0;
		while (i < COUNT(words) && !str_starts(rest, str_of(words[i].word)))
			i++;
		if (i < COUNT(words))
			buf_add(&b, words[i].value);
		else
			buf_char(&b, rest.p[0]);
		size_t step = i < COUNT(words) ? str_of(words[i].word).n : 1;
		rest = str_slice(rest, step, rest.n);
	}
	return buf_str(&b);
}

static enum err notice_inbox(struct ctx *c, int64_t *id)
{
	struct account_settings set;

	TRY(settings_get(c, &account_module, &set));
	*id = set.notice_inbox_id;
	return E_OK;
}

/* What was forgotten is looked up here and not by the request, which so takes as long for an
 * address that nobody has. */
static enum err claimed(struct ctx *c, const struct job *job)
{
	struct opt_str email = json_get_str(c->a, job->data, "email");
	struct person_link_of_job_row link;
	struct person_credentials_row person;
	int64_t id;
	size_t n;

	TRY(person_link_of_job(c, job->id, &link, 1, &n));
	if (n || email.is != GIVEN)
		return E_OK;
	TRY(person_credentials(c, str_lower(c->a, email.v), &person, 1, &n));
	return n && person.active ? new_link(c, person.id, "reset", job->id, &id) : E_OK;
}

static enum err start(struct ctx *c, const struct job *job, struct job_run *run)
{
	struct arena *a = job_arena(run);
	struct person_link_of_job_row link;
	struct person_link_get_row l;
	struct account_settings set;
	struct inbox_link mailbox;
	struct incoming_address *to = NEW(a, struct incoming_address);
	size_t n, i = 0;

	TRY(person_link_of_job(c, job->id, &link, 1, &n));
	if (n == 0)
		return E_NOTFOUND;
	TRY(person_link_get(c, link.id, c->now, &l, 1, &n));
	if (n == 0)
		return E_NOTFOUND;
	TRY(settings_get(c, &account_module, &set));
	TRY(mail_link(c, set.notice_inbox_id, &mailbox));
	if (!mailbox.active)
		return fail(c, E_INVALID, "mail.error.off", NULL);
	while (i + 1 < COUNT(letters) && !(str_eq(l.locale, str_of(letters[i].locale)) &&
					   str_eq(l.kind, str_of(letters[i].kind))))
		i++;
	*to = (struct incoming_address){l.name, l.email};
	return mail_send(
	    c, run, &mailbox,
	    &(struct outgoing){.entry_id = job->id,
			       .at = c->now,
			       .to = to,
			       .n_to = 1,
			       .subject = fill(c, letters[i].subject, &l, set.desk_name),
			       .text = fill(c, letters[i].text, &l, set.desk_name),
			       .language = l.locale,
			       .automatic = true});
}

const struct job_kind account_jobs[] = {
    {.name = "account_link",
     .claimed = claimed,
     .start = start,
     .tries_max = 6,
     .unknown_retry_ms = MAIL_UNKNOWN_RETRY_MS},
    {0},
};

/* ---- inviting ---- */

struct invitation {
	struct str url;
	int64_t expires_at;
	bool mailed;
};
static const struct field invitation_fields[] = {
    FIELD(struct invitation, url, F_TEXT, 0, 0, 0, "Shown this once: pass it on"),
    FIELD(struct invitation, expires_at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct invitation, mailed, F_BOOL, 0, 0, 0, "It is on its way to the person, too"),
};
static SHAPE(invitation_shape, "Invitation", struct invitation, invitation_fields);

static enum err post_invite(struct ctx *c, const struct req *q, struct reply *r)
{
	struct person_view p;
	struct person_link_get_row l;
	struct invitation made = {0};
	int64_t inbox, job = 0, id;
	size_t n;

	TRY(account_person(c, q->id, &p));
	TRY(account_may_enter(c, &p));
	TRY(notice_inbox(c, &inbox));
	if (inbox)
		TRY(job_add(c, &(struct job){.kind = S("account_link"), .inbox_id = inbox}, &job));
	TRY(new_link(c, q->id, "invite", job, &id));
	TRY(person_link_get(c, id, c->now, &l, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "account.inactive", NULL);
	made = (struct invitation){url_of(c, &l), l.expires_at, job > 0};
	TRY(event_add(
	    c, &(struct event){.kind = EV_PERSON_CHANGED,
			       .data = str_fmt(c->a, "{\"person\":%lld}", (long long)q->id)}));
	reply_one(r, &made);
	r->status = 201;
	return E_OK;
}

/* ---- a password forgotten ---- */

struct forgot_in {
	struct str email;
};
static const struct field forgot_fields[] = {
    FIELD(struct forgot_in, email, F_TEXT, FIELD_REQUIRED, 3, 320, NULL),
};
static SHAPE(forgot_shape, "ForgotIn", struct forgot_in, forgot_fields);

static enum err check_forgot(struct ctx *c, const struct req *q, void **made)
{
	const struct forgot_in *in = q->in;

	*made = NULL;
	TRY(rate_take(c, &asks_from, q->http->peer));
	return rate_take(c, &asks, str_lower(c->a, in->email));
}

/* The same answer, after the same work, whoever has the address. */
static enum err post_forgot(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct forgot_in *in = q->in;
	struct buf data = BUF(c->a);
	int64_t inbox;

	reply_none(r);
	TRY(notice_inbox(c, &inbox));
	if (!inbox)
		return E_OK;
	buf_z(&data, "{\"email\":");
	buf_json(&data, in->email);
	buf_char(&data, '}');
	return job_add(
	    c, &(struct job){.kind = S("account_link"), .inbox_id = inbox, .data = buf_str(&data)},
	    NULL);
}

/* ---- opening ---- */

struct token_in {
	struct str token, password;
};
static const struct field look_fields[] = {
    FIELD(struct token_in, token, F_TEXT, FIELD_REQUIRED, 3, 100, "After the # of the link"),
};
static SHAPE(look_shape, "LinkIn", struct token_in, look_fields);
static const struct field set_fields[] = {
    FIELD(struct token_in, token, F_TEXT, FIELD_REQUIRED, 3, 100, "After the # of the link"),
    FIELD(struct token_in, password, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, 200, NULL),
};
static SHAPE(set_shape, "LinkPassword", struct token_in, set_fields);

struct link_view {
	struct str kind, name, email;
};
static const struct field link_fields[] = {
    FIELD(struct link_view, kind, F_TEXT, 0, 0, 0, "invite or reset"),
    FIELD(struct link_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct link_view, email, F_TEXT, 0, 0, 0, NULL),
};
static SHAPE(link_shape, "LinkView", struct link_view, link_fields);

static enum err post_look(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct token_in *in = q->in;
	struct person_link_get_row l;
	struct link_view v;

	TRY(rate_take(c, &opens_from, q->http->peer));
	TRY(open_link(c, in->token, &l));
	v = (struct link_view){l.kind, l.name, l.email};
	reply_one(r, &v);
	return E_OK;
}

struct opened {
	struct str hash;
};

static enum err hash_new(struct ctx *c, const struct req *q, void **made)
{
	const struct token_in *in = q->in;
	struct opened *o = NEW(c->a, struct opened);
	struct person_link_get_row l;

	*made = o;
	TRY(rate_take(c, &opens_from, q->http->peer));
	TRY(open_link(c, in->token, &l));
	TRY(account_password_rule(c, in->password));
	o->hash = crypto_password_hash(c->a, in->password);
	return E_OK;
}

/* Checked again inside: of two that open one link at once, one does. */
static enum err post_set(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct token_in *in = q->in;
	const struct opened *o = q->made;
	struct person_link_get_row l;

	TRY(open_link(c, in->token, &l));
	TRY(person_link_end(c, l.person_id, S("%"), c->now));
	TRY(person_password(c, l.person_id, o->hash));
	TRY(session_delete_others(c, l.person_id, 0));
	hub_end(c, l.person_id, 0);
	return account_sign_in(c, q, l.person_id, r);
}

enum err account_clear_links(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(person_link_clear(c, before));
	*n = db_changes(c->db);
	return E_OK;
}

/* clang-format off */
const struct route account_link_routes[] = {
	{POST, "/people/{id}/invite", P_PERSON_EDIT, post_invite, NULL,          &invitation_shape,      ONE,  "A link by which a person sets a password; the ones before end", ROUTE_NO_KEY},
	{POST, "/session/forgot",     P_PUBLIC,      post_forgot, &forgot_shape, NULL,                   NONE, "Ask for a link to a new password, by mail; the answer is the same for any address", ROUTE_NO_KEY, check_forgot},
	{POST, "/session/link",       P_PUBLIC,      post_look,   &look_shape,   &link_shape,            ONE,  "Whom a link lets in", ROUTE_NO_KEY | ROUTE_PASSING},
	{POST, "/session/password",   P_PUBLIC,      post_set,    &set_shape,    &account_session_shape, ONE,  "Set a password by a link, which ends, and sign in", ROUTE_SLOW | ROUTE_NO_KEY, hash_new},
	{0},
};
/* clang-format on */
