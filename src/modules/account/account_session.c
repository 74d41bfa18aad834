/* Signing in and out, and one's own profile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/hub.h"
#include "core/rate.h"
#include "core/settings.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

enum { SESSION_DAYS = 30 };

/* Few for one address from one place; many more for it from everywhere, so that a stranger cannot
 * keep a colleague out by guessing wrong on purpose. */
static const struct rate tries = {"sign-in", 10, 15 * MINUTE_MS, "account.too_many_tries"};
static const struct rate tries_on = {"sign-in on", 100, 15 * MINUTE_MS, "account.too_many_tries"};
static const struct rate tries_from = {"sign-in from", 50, 15 * MINUTE_MS,
				       "account.too_many_tries"};
static const struct rate changes = {"password", 10, 15 * MINUTE_MS, "account.too_many_tries"};

/* ---- the session as the console sees it ---- */

struct desk_view {
	struct str name, version;
	int64_t undo_seconds, attachment_max;
	bool demo;
};
#define F(m, ty, tx) FIELD(struct desk_view, m, ty, 0, 0, 0, tx)
static const struct field desk_fields[] = {
    F(name, F_TEXT, NULL),
    F(version, F_TEXT, NULL),
    F(undo_seconds, F_INT, "How long a sending can be undone"),
    F(attachment_max, F_INT, "Bytes"),
    F(demo, F_BOOL, "The demo company is here"),
};
#undef F
static SHAPE(desk_shape, "Desk", struct desk_view, desk_fields);

struct session_view {
	const void *person, *desk;
	struct strs permissions;
	struct ids inbox_ids;
};
static const struct field session_fields[] = {
    FIELD_OBJ(struct session_view, person, FIELD_REQUIRED, &person_shape, NULL),
    FIELD(struct session_view, permissions, F_TEXTS, 0, 0, 0, NULL),
    FIELD(struct session_view, inbox_ids, F_IDS, 0, 0, 0, "The inboxes this person sees"),
    FIELD_OBJ(struct session_view, desk, FIELD_REQUIRED, &desk_shape, NULL),
};
SHAPE(account_session_shape, "Session", struct session_view, session_fields);

static enum err reply_session(struct ctx *c, int64_t person_id, struct reply *r)
{
	struct person_view *p = NEW(c->a, struct person_view);
	struct desk_view *d = NEW(c->a, struct desk_view);
	struct session_view s = {.person = p, .desk = d};
	struct account_settings set;

	TRY(account_person(c, person_id, p));
	TRY(settings_get(c, &account_module, &set));
	*d = (struct desk_view){.name = set.desk_name,
				.version = S(AFTERSAIL_VERSION),
				.undo_seconds = c->desk->config->undo_seconds,
				.attachment_max = c->desk->config->attachment_max,
				.demo = set.demo};
	s.permissions = account_perm_names(c->a, &c->actor.perms);
	s.inbox_ids = c->actor.scope;
	reply_one(r, &s);
	return E_OK;
}

static enum err get_session(struct ctx *c, const struct req *q, struct reply *r)
{
	(void)q;
	return reply_session(c, c->actor.id, r);
}

/* ---- signing in ---- */

struct sign_in {
	struct str email, password;
};
static const struct field sign_in_fields[] = {
    FIELD(struct sign_in, email, F_TEXT, FIELD_REQUIRED, 3, 320, NULL),
    FIELD(struct sign_in, password, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, 200, NULL),
};
static SHAPE(sign_in_shape, "SignIn", struct sign_in, sign_in_fields);

struct checked {
	int64_t person_id; /* 0: wrong */
	struct str password_hash;
};

/* What an unknown address is checked against, so that it takes as long as a known one. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
			     "aWRvbm90bWF0Y2hhbnl0aGluZ2F0YWxsaW50aGlzd28";

static struct str try_key(struct arena *a, struct str peer, struct str email)
{
	return str_fmt(a, "%.*s %.*s", STR(peer), STR(email));
}

static enum err check_password(struct ctx *c, const struct req *q, void **made)
{
	const struct sign_in *in = q->in;
	struct checked *ch = NEW(c->a, struct checked);
	struct person_credentials_row row;
	struct str email = str_lower(c->a, in->email);
	size_t n;

	*made = ch;
	TRY(rate_take(c, &tries_from, q->http->peer));
	TRY(rate_take(c, &tries_on, email));
	TRY(rate_take(c, &tries, try_key(c->a, q->http->peer, email)));
	TRY(person_credentials(c, email, &row, 1, &n));
	bool known = n > 0 && row.active && row.password_hash.n;
	struct str hash = known ? row.password_hash : str_of(nobody);
	if (!crypto_password_ok(c->a, hash, in->password) || !known)
		return fail(c, E_UNAUTH, "account.wrong_password", NULL);
	rate_reset(&tries, try_key(c->a, q->http->peer, email));
	ch->person_id = row.id;
	ch->password_hash = row.password_hash;
	return E_OK;
}

/* Secure as soon as the world reaches the desk by TLS, whatever the proxy says of itself. */
static struct str cookie(struct ctx *c, const struct req *q, struct str token, int64_t seconds)
{
	bool tls =
	    (q->http && q->http->tls) || str_starts(c->desk->config->public_url, S("https://"));

	return str_fmt(c->a, "aftersail=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
		       STR(token), (long long)seconds, tls ? "; Secure" : "");
}

enum err account_sign_in(struct ctx *c, const struct req *q, int64_t person_id, struct reply *r)
{
	struct str token = crypto_token(c->a, 32);
	struct session_insert_row row;
	struct session_actor_row actor;
	size_t n;

	TRY(session_insert(
	    c,
	    &(struct session_insert_in){.token_hash = account_token_hash(c->a, token),
					.person_id = person_id,
					.at = c->now,
					.expires_at = c->now + SESSION_DAYS * (int64_t)DAY_MS},
	    &row, 1, &n));
	TRY(person_seen(c, person_id, c->now));
	/* Read back: the person may have been switched off while the password was checked. */
	TRY(session_actor(c, account_token_hash(c->a, token), c->now, &actor, 1, &n));
	if (n == 0)
		return fail(c, E_UNAUTH, "account.wrong_password", NULL);
	c->actor = (struct actor){.kind = ACTOR_AGENT, .id = person_id, .session_id = row.id};
	c->actor.perms = account_role_perms(actor.role_name, actor.builtin, actor.permissions);
	TRY(account_scope(c, person_id, actor.all_inboxes, &c->actor.scope));
	TRY(event_add(c, &(struct event){.kind = EV_SIGNED_IN}));
	reply_header(r, "Set-Cookie", cookie(c, q, token, SESSION_DAYS * 86400));
	r->status = 201;
	return reply_session(c, person_id, r);
}

static enum err post_session(struct ctx *c, const struct req *q, struct reply *r)
{
	return account_sign_in(c, q, ((const struct checked *)q->made)->person_id, r);
}

static enum err delete_session(struct ctx *c, const struct req *q, struct reply *r)
{
	TRY(session_delete(c, c->actor.session_id));
	TRY(event_add(c, &(struct event){.kind = EV_SIGNED_OUT}));
	hub_end(c, c->actor.id, c->actor.session_id);
	reply_header(r, "Set-Cookie", cookie(c, q, S(""), 0));
	reply_none(r);
	return E_OK;
}

/* ---- oneself ---- */

struct me_in {
	struct opt_str name, locale, zone, theme, send_key, signature;
	struct list languages;
};
static const struct field me_fields[] = {
    FIELD(struct me_in, name, F_TEXT, FIELD_OPTIONAL, 1, 100, NULL),
    FIELD_ENUM(struct me_in, locale, FIELD_OPTIONAL, "en|zh-CN", NULL),
    FIELD(struct me_in, zone, F_TEXT, FIELD_OPTIONAL, 1, 64, "IANA time zone"),
    FIELD_ENUM(struct me_in, theme, FIELD_OPTIONAL, "auto|light|dark", NULL),
    FIELD_ENUM(struct me_in, send_key, FIELD_OPTIONAL, "enter|mod_enter", NULL),
    FIELD(struct me_in, signature, F_TEXT, FIELD_OPTIONAL | FIELD_LONG, 0, 2000, NULL),
    FIELD_LIST(struct me_in, languages, 0, 30, &language_shape, NULL),
};
static SHAPE(me_shape, "MeIn", struct me_in, me_fields);

/* An empty list and none at all look the same in the struct; v tells them apart. */
struct opt_str account_languages(struct ctx *c, const struct list *languages)
{
	struct buf b = BUF(c->a);

	if (!languages->v)
		return (struct opt_str){0};
	buf_z(&b, "{\"languages\":");
	json_write_all(&b, &language_shape, languages->v, languages->n);
	buf_char(&b, '}');
	return SOME_STR(buf_str(&b));
}

static enum err patch_me(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct me_in *in = q->in;
	struct person_view me;
	struct person_update_row row;
	size_t n;

	if (in->zone.is == GIVEN && !account_zone_ok(in->zone.v))
		return fail_str(c, E_INVALID, "account.zone_unknown", in->zone.v);
	TRY(account_person(c, c->actor.id, &me));
	TRY(person_update(
	    c,
	    &(struct person_update_in){.id = c->actor.id,
				       .version = me.version,
				       .name = in->name,
				       .locale = in->locale,
				       .zone = in->zone,
				       .theme = in->theme,
				       .send_key = in->send_key,
				       .signature = in->signature,
				       .languages = account_languages(c, &in->languages)},
	    &row, 1, &n));
	TRY(account_person(c, c->actor.id, &me));
	ctx_live(c, (struct live){.topic = LIVE_PEOPLE, .id = c->actor.id, .version = me.version});
	reply_one(r, &me);
	return E_OK;
}

struct presence_in {
	struct str presence;
};
static const struct field presence_fields[] = {
    FIELD_ENUM(struct presence_in, presence, FIELD_REQUIRED, "online|away|offline", NULL),
};
static SHAPE(presence_shape, "PresenceIn", struct presence_in, presence_fields);

static enum err put_presence(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct presence_in *in = q->in;

	TRY(person_presence(c, c->actor.id, in->presence));
	ctx_live(c, (struct live){.topic = LIVE_PEOPLE, .id = c->actor.id});
	reply_none(r);
	return E_OK;
}

struct password_in {
	struct str old, new_password;
};
static const struct field password_fields[] = {
    {.name = "old",
     .type = F_TEXT,
     .flags = FIELD_REQUIRED | FIELD_LONG,
     .at = offsetof(struct password_in, old),
     .min = 1,
     .max = 200},
    {.name = "new",
     .type = F_TEXT,
     .flags = FIELD_REQUIRED | FIELD_LONG,
     .at = offsetof(struct password_in, new_password),
     .min = 1,
     .max = 200},
};
static SHAPE(password_shape, "PasswordIn", struct password_in, password_fields);

static enum err check_change(struct ctx *c, const struct req *q, void **made)
{
	const struct password_in *in = q->in;
	struct checked *ch = NEW(c->a, struct checked);
	struct person_credentials_row row;
	struct account_brief me;
	size_t n;

	*made = ch;
	TRY(rate_take(c, &changes, str_fmt(c->a, "%lld", (long long)c->actor.id)));
	TRY(account_password_rule(c, in->new_password));
	TRY(account_brief(c, c->actor.id, &me));
	TRY(person_credentials(c, me.email, &row, 1, &n));
	if (n == 0 || !crypto_password_ok(c->a, row.password_hash, in->old))
		return fail(c, E_INVALID, "account.old_password_wrong", NULL);
	ch->password_hash = crypto_password_hash(c->a, in->new_password);
	return E_OK;
}

/* A new password ends every other sign-in. */
static enum err post_password(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct checked *ch = q->made;

	TRY(person_link_end(c, c->actor.id, S("%"), c->now));
	TRY(person_password(c, c->actor.id, ch->password_hash));
	TRY(session_delete_others(c, c->actor.id, c->actor.session_id));
	hub_end(c, c->actor.id, -c->actor.session_id);
	reply_none(r);
	return E_OK;
}

enum err account_clear_sessions(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(session_clear(c, before));
	*n = db_changes(c->db);
	return E_OK;
}

/* What the topic "people" sends of one. */
enum err account_render_person(struct ctx *c, int64_t id, struct buf *out)
{
	struct person_view p;

	TRY(account_person(c, id, &p));
	buf_fmt(out, "\"presence\":\"%.*s\"", STR(p.presence));
	return E_OK;
}

/* ---- before anybody has signed in ---- */

/* Who may be tried in the demo company; the password is the one of demo/people.json. */
struct demo_sign_in {
	struct str name, email, role, password;
};
static const struct field demo_sign_in_fields[] = {
    FIELD(struct demo_sign_in, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct demo_sign_in, email, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct demo_sign_in, role, F_TEXT, 0, 0, 0, "i18n role.NAME"),
    FIELD(struct demo_sign_in, password, F_TEXT, 0, 0, 0, NULL),
};
static SHAPE(demo_sign_in_shape, "DemoSignIn", struct demo_sign_in, demo_sign_in_fields);

struct welcome {
	struct str name;
	bool mails;
	struct list people;
};
static const struct field welcome_fields[] = {
    FIELD(struct welcome, name, F_TEXT, 0, 0, 0, "The desk's name"),
    FIELD(struct welcome, mails, F_BOOL, 0, 0, 0, "A forgotten password can be set by mail"),
    FIELD_LIST(struct welcome, people, 0, 0, &demo_sign_in_shape, "Of the demo company only"),
};
static SHAPE(welcome_shape, "Welcome", struct welcome, welcome_fields);

/* The first two of each role, so that the list stays short. */
static bool stands_twice(const struct demo_sign_in *made, size_t n, struct str role)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		same += str_eq(made[i].role, role);
	return same >= 2;
}

static enum err demo_people(struct ctx *c, struct list *out)
{
	struct list rows;

	TRY(person_list(c, (struct opt_int){0}, &rows));
	const struct person_list_row *p = rows.v;
	struct demo_sign_in *made = NEWN(c->a, struct demo_sign_in, rows.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < rows.n; i++)
		if (p[i].active && str_ends(p[i].email, S("@dengyu.example")) &&
		    !stands_twice(made, n, p[i].role_name))
			made[n++] = (struct demo_sign_in){p[i].name, p[i].email, p[i].role_name,
							  S("aftersail-demo")};
	*out = (struct list){made, n};
	return E_OK;
}

static enum err get_welcome(struct ctx *c, const struct req *q, struct reply *r)
{
	struct account_settings set;
	struct welcome w = {0};

	(void)q;
	TRY(settings_get(c, &account_module, &set));
	w.name = set.desk_name;
	w.mails = set.notice_inbox_id > 0;
	if (set.demo)
		TRY(demo_people(c, &w.people));
	reply_one(r, &w);
	return E_OK;
}

/* clang-format off */
const struct route account_session_routes[] = {
	{GET,    "/welcome",      P_PUBLIC,    get_welcome,    NULL,            &welcome_shape, ONE,  "The desk's name, and whom to try in the demo company"},
	{POST,   "/session",      P_PUBLIC,    post_session,   &sign_in_shape,  &account_session_shape, ONE,  "Sign in", ROUTE_SLOW | ROUTE_NO_KEY, check_password},
	{GET,    "/session",      P_SIGNED_IN, get_session,    NULL,            &account_session_shape, ONE,  "Who is signed in, and what the person may do"},
	{DELETE, "/session",      P_SIGNED_IN, delete_session, NULL,            NULL,           NONE, "Sign out"},
	{PATCH,  "/me",           P_SIGNED_IN, patch_me,       &me_shape,       &person_shape,  ONE,  "Change one's own profile"},
	{PUT,    "/me/presence",  P_SIGNED_IN, put_presence,   &presence_shape, NULL,           NONE, "Be online, away or offline"},
	{POST,   "/me/password",  P_SIGNED_IN, post_password,  &password_shape, NULL,           NONE, "Change one's own password", ROUTE_SLOW | ROUTE_NO_KEY, check_change},
	{0},
};
/* clang-format on */
