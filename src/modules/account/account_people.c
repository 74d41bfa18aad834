/* Other people: adding, changing, their passwords and inboxes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/hub.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

static enum err get_people(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list all;

	(void)q;
	TRY(account_people(c, (struct opt_int){0}, &all));
	reply_many(r, all.v, all.n, S(""));
	return E_OK;
}

static enum err get_person(struct ctx *c, const struct req *q, struct reply *r)
{
	struct person_view p;

	TRY(account_person(c, q->id, &p));
	reply_one(r, &p);
	return E_OK;
}

struct person_in {
	struct opt_str name, email, password, locale, zone;
	struct opt_int role_id, version;
	struct opt_bool active, all_inboxes;
	struct list languages;
	struct opt_ids team_ids, inbox_ids;
};
#define F(m, ty, fl, lo, hi, tx) FIELD(struct person_in, m, ty, fl, lo, hi, tx)
/* clang-format off */
static const struct field post_fields[] = {
	F(name,        F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 100, NULL),
	F(email,       F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 3, 320, NULL),
	F(role_id,     F_INT,  FIELD_OPTIONAL | FIELD_REQUIRED, 0, 0, NULL),
	F(password,    F_TEXT, FIELD_OPTIONAL | FIELD_LONG, 1, 200, "Without one the person cannot sign in yet"),
	FIELD_ENUM(struct person_in, locale, FIELD_OPTIONAL, "en|zh-CN", NULL),
	F(zone,        F_TEXT, FIELD_OPTIONAL, 1, 64, "IANA time zone"),
	FIELD_LIST(struct person_in, languages, 0, 30, &language_shape, NULL),
	F(team_ids,    F_IDS,  FIELD_OPTIONAL, 0, 100, NULL),
	F(inbox_ids,   F_IDS,  FIELD_OPTIONAL, 0, 500, NULL),
	F(all_inboxes, F_BOOL, FIELD_OPTIONAL, 0, 0, NULL),
};
static const struct field patch_fields[] = {
	F(version,     F_INT,  FIELD_OPTIONAL | FIELD_REQUIRED, 0, 0, "The version seen"),
	F(name,        F_TEXT, FIELD_OPTIONAL, 1, 100, NULL),
	F(role_id,     F_INT,  FIELD_OPTIONAL, 0, 0, NULL),
	F(active,      F_BOOL, FIELD_OPTIONAL, 0, 0, NULL),
	FIELD_ENUM(struct person_in, locale, FIELD_OPTIONAL, "en|zh-CN", NULL),
	F(zone,        F_TEXT, FIELD_OPTIONAL, 1, 64, "IANA time zone"),
	FIELD_LIST(struct person_in, languages, 0, 30, &language_shape, NULL),
	F(team_ids,    F_IDS,  FIELD_OPTIONAL, 0, 100, NULL),
	F(inbox_ids,   F_IDS,  FIELD_OPTIONAL, 0, 500, NULL),
	F(all_inboxes, F_BOOL, FIELD_OPTIONAL, 0, 0, NULL),
};
/* clang-format on */
#undef F
static SHAPE(post_shape, "PersonNew", struct person_in, post_fields);
static SHAPE(patch_shape, "PersonChange", struct person_in, patch_fields);

/* Nobody opens an inbox to others, or to himself, that he does not see; what a person has stays. */
static enum err check_inboxes(struct ctx *c, const struct person_in *in, int64_t person_id)
{
	struct person_exists_row me;
	struct ids had = {0};
	size_t n;

	if (c->actor.kind == ACTOR_SYSTEM)
		return E_OK;
	TRY(person_exists(c, c->actor.id, &me, 1, &n));
	if (in->all_inboxes.is == GIVEN && in->all_inboxes.v && !(n && me.all_inboxes))
		return fail(c, E_DENIED, "account.grant_beyond_own", "all_inboxes");
	if (person_id)
		TRY(account_scope(c, person_id, false, &had));
	for (size_t i = 0; in->inbox_ids.is == GIVEN && i < in->inbox_ids.v.n; i++) {
		bool ok = ctx_sees(c, in->inbox_ids.v.v[i]);
		for (size_t k = 0; k < had.n && !ok; k++)
			ok = had.v[k] == in->inbox_ids.v.v[i];
		if (!ok)
			return fail(c, E_DENIED, "account.grant_beyond_own", "inbox_ids");
	}
	return E_OK;
}

enum err account_may_enter(struct ctx *c, const struct person_view *p)
{
	struct person_exists_row me;
	size_t n;

	TRY(account_check_role(c, p->role_id));
	TRY(person_exists(c, c->actor.id, &me, 1, &n));
	if (p->all_inboxes && !(n && me.all_inboxes))
		return fail(c, E_DENIED, "account.grant_beyond_own", "all_inboxes");
	for (size_t i = 0; i < p->inbox_ids.n; i++)
		if (!ctx_sees(c, p->inbox_ids.v[i]))
			return fail(c, E_DENIED, "account.grant_beyond_own", "inbox_ids");
	return E_OK;
}

static enum err check(struct ctx *c, const struct person_in *in, int64_t person_id)
{
	TRY(check_inboxes(c, in, person_id));
	if (in->zone.is == GIVEN && !account_zone_ok(in->zone.v))
		return fail_str(c, E_INVALID, "account.zone_unknown", in->zone.v);
	for (size_t i = 0; in->team_ids.is == GIVEN && i < in->team_ids.v.n; i++) {
		bool known;
		TRY(account_team_known(c, in->team_ids.v.v[i], &known));
		if (!known)
			return fail(c, E_INVALID, "account.team_unknown", "team_ids");
	}
	if (in->role_id.is == GIVEN)
		TRY(account_check_role(c, in->role_id.v));
	return E_OK;
}

static enum err set_teams_and_inboxes(struct ctx *c, int64_t id, const struct person_in *in)
{
	if (in->team_ids.is == GIVEN) {
		TRY(team_member_clear_person(c, id));
		for (size_t i = 0; i < in->team_ids.v.n; i++)
			TRY(team_member_add(c, in->team_ids.v.v[i], id));
	}
	if (in->inbox_ids.is == GIVEN) {
		TRY(person_inbox_clear(c, id));
		for (size_t i = 0; i < in->inbox_ids.v.n; i++)
			TRY(person_inbox_add(c, id, in->inbox_ids.v.v[i]));
	}
	return E_OK;
}

struct made {
	struct str hash;
};

static enum err hash_password(struct ctx *c, const struct req *q, void **out)
{
	const struct person_in *in = q->in;
	struct made *m = NEW(c->a, struct made);

	*out = m;
	if (in->password.is != GIVEN)
		return E_OK;
	TRY(account_password_rule(c, in->password.v));
	m->hash = crypto_password_hash(c->a, in->password.v);
	return E_OK;
}

static enum err post_person(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct person_in *in = q->in;
	const struct made *m = q->made;
	struct role_get_row role;
	struct person_view p;
	struct opt_str languages = account_languages(c, &in->languages);
	size_t n;
	int64_t id;

	TRY(check(c, in, 0));
	TRY(role_get(c, in->role_id.v, &role, 1, &n));
	TRY(account_add(c,
			&(struct account_new){.name = in->name.v,
					      .email = in->email.v,
					      .password_hash = m->hash,
					      .role = role.name,
					      .locale = in->locale.v,
					      .zone = in->zone.v,
					      .languages = languages.v,
					      .all_inboxes = in->all_inboxes.v},
			&id));
	TRY(set_teams_and_inboxes(c, id, in));
	TRY(event_add(c,
		      &(struct event){.kind = EV_PERSON_CHANGED,
				      .data = str_fmt(c->a, "{\"person\":%lld}", (long long)id)}));
	ctx_live(c, (struct live){.topic = LIVE_PEOPLE, .id = id, .version = 1});
	TRY(account_person(c, id, &p));
	reply_created(r, &p, id);
	return E_OK;
}

/* A changed role or scope must not live on in an open stream. */
static void end_streams(struct ctx *c, int64_t id, const struct person_in *in)
{
	if (in->active.is == GIVEN && !in->active.v)
		hub_end(c, id, 0);
	else if (in->role_id.is || in->inbox_ids.is || in->all_inboxes.is)
		hub_renew(c, id, 0);
}

static enum err patch_person(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct person_in *in = q->in;
	struct person_update_row row;
	struct person_view p;
	size_t n;

	TRY(check(c, in, q->id));
	TRY(account_person(c, q->id, &p));
	/* Who holds more than oneself is changed by those who hold as much. */
	TRY(account_check_role(c, p.role_id));
	TRY(person_update(
	    c,
	    &(struct person_update_in){.id = q->id,
				       .version = in->version.v,
				       .name = in->name,
				       .role_id = in->role_id,
				       .active = in->active,
				       .locale = in->locale,
				       .zone = in->zone,
				       .languages = account_languages(c, &in->languages),
				       .all_inboxes = in->all_inboxes},
	    &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(set_teams_and_inboxes(c, q->id, in));
	TRY(account_keep_administrator(c));
	if (in->active.is == GIVEN && !in->active.v)
		TRY(session_delete_others(c, q->id, 0));
	TRY(event_add(
	    c, &(struct event){.kind = EV_PERSON_CHANGED,
			       .data = str_fmt(c->a, "{\"person\":%lld}", (long long)q->id)}));
	end_streams(c, q->id, in);
	ctx_live(c, (struct live){.topic = LIVE_PEOPLE, .id = q->id, .version = row.version});
	TRY(account_person(c, q->id, &p));
	reply_one(r, &p);
	return E_OK;
}

struct reset_in {
	struct str password;
};
static const struct field reset_fields[] = {
    FIELD(struct reset_in, password, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, 200, NULL),
};
static SHAPE(reset_shape, "PasswordReset", struct reset_in, reset_fields);

static enum err hash_reset(struct ctx *c, const struct req *q, void **out)
{
	const struct reset_in *in = q->in;
	struct made *m = NEW(c->a, struct made);

	*out = m;
	TRY(account_password_rule(c, in->password));
	m->hash = crypto_password_hash(c->a, in->password);
	return E_OK;
}

static enum err end_sessions(struct ctx *c, int64_t id)
{
	TRY(session_delete_others(c, id, 0));
	hub_end(c, id, 0);
	return E_OK;
}

static enum err post_reset(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct made *m = q->made;
	struct person_view p;

	TRY(account_person(c, q->id, &p));
	TRY(account_may_enter(c, &p));
	TRY(person_link_end(c, q->id, S("%"), c->now));
	TRY(person_password(c, q->id, m->hash));
	TRY(end_sessions(c, q->id));
	reply_none(r);
	return E_OK;
}

static enum err post_sign_out(struct ctx *c, const struct req *q, struct reply *r)
{
	struct person_view p;

	TRY(account_person(c, q->id, &p));
	TRY(account_check_role(c, p.role_id));
	TRY(end_sessions(c, q->id));
	reply_none(r);
	return E_OK;
}

/* clang-format off */
const struct route account_people_routes[] = {
	{GET,   "/people",               P_SIGNED_IN,   get_people,    NULL,         &person_shape, MANY, "Everybody who works here"},
	{POST,  "/people",               P_PERSON_EDIT, post_person,   &post_shape,  &person_shape, ONE,  "Add a person", ROUTE_SLOW, hash_password},
	{GET,   "/people/{id}",          P_SIGNED_IN,   get_person,    NULL,         &person_shape, ONE,  "One person"},
	{PATCH, "/people/{id}",          P_PERSON_EDIT, patch_person,  &patch_shape, &person_shape, ONE,  "Change a person"},
	{POST,  "/people/{id}/password", P_PERSON_EDIT, post_reset,    &reset_shape, NULL,          NONE, "Set a person's password; ends the sign-ins", ROUTE_SLOW | ROUTE_NO_KEY, hash_reset},
	{POST,  "/people/{id}/sign-out", P_PERSON_EDIT, post_sign_out, NULL,         NULL,          NONE, "End all of a person's sign-ins"},
	{0},
};
/* clang-format on */
