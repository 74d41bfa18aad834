/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/account/account.h"
#include "core/desk.h"
#include "core/hub.h"
#include "modules/account/account.schema.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

#include <string.h>
#include <sys/stat.h>

/* ---- roles ---- */

/* clang-format off */
static const struct {
	const char *name;
	const char *permissions; /* "*": all there are */
} builtin_roles[] = {
	{"administrator", "*"},
	{"manager",       "conversation.read,conversation.reply,conversation.assign,customer.read,customer.edit,canned.edit,tag.edit,person.edit,team.edit,quarantine.handle,system.read"},
	{"lead",          "conversation.read,conversation.reply,conversation.assign,customer.read,customer.edit,canned.edit,tag.edit,team.edit,quarantine.handle"},
	{"agent",         "conversation.read,conversation.reply,customer.read,customer.edit"},
	{"inspector",     "conversation.read,customer.read"},
	{"trainer",       "conversation.read,customer.read,canned.edit"},
	{"partner",       ""},
	{"guest",         ""},
};
/* clang-format on */

static struct str builtin_permissions(struct str name)
{
	for (size_t i = 0; i < COUNT(builtin_roles); i++)
		if (str_eq(str_of(builtin_roles[i].name), name))
			return str_of(builtin_roles[i].permissions);
	return S("");
}

struct perms account_role_perms(struct str name, bool builtin, struct str permissions)
{
	struct str rest = builtin ? builtin_permissions(name) : permissions, one;
	struct perms set = {0};

	if (str_eq(rest, S("*"))) {
		for (int p = P__FIRST; p < P__MAX; p++)
			perm_add(&set, (enum perm)p);
		return set;
	}
	while (str_cut(&rest, ',', &one)) {
		enum perm p = perm_find(str_trim(one));
		if (p != P__MAX)
			perm_add(&set, p);
	}
	return set;
}

struct strs account_perm_names(struct arena *a, const struct perms *set)
{
	struct strs out = {NEWN(a, struct str, P__MAX), 0};

	for (int p = P__FIRST; p < P__MAX; p++)
		if (perm_has(set, (enum perm)p))
			out.v[out.n++] = str_of(perm_name((enum perm)p));
	return out;
}

enum err account_seed(struct ctx *c)
{
	for (size_t i = 0; i < COUNT(builtin_roles); i++) {
		struct role_insert_row row;
		size_t n;
		TRY(role_insert(c, str_of(builtin_roles[i].name), true, S(""), &row, 1, &n));
	}
	return E_OK;
}

enum err account_administrators(struct ctx *c, int64_t *n)
{
	struct administrators_row row;
	size_t rows;

	TRY(administrators(c, &row, 1, &rows));
	*n = row.n;
	return E_OK;
}

/* Nobody hands out what he does not hold himself. */
enum err account_may_grant(struct ctx *c, const struct perms *wanted)
{
	for (int p = P__FIRST; p < P__MAX; p++)
		if (perm_has(wanted, (enum perm)p) && !ctx_may(c, (enum perm)p))
			return fail(c, E_DENIED, "account.grant_beyond_own",
				    perm_name((enum perm)p));
	return E_OK;
}

enum err account_check_role(struct ctx *c, int64_t role_id)
{
	struct role_get_row row;
	size_t n;

	TRY(role_get(c, role_id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_INVALID, "account.role_unknown", NULL);
	struct perms set = account_role_perms(row.name, row.builtin, row.permissions);
	return account_may_grant(c, &set);
}

/* ---- who asks ---- */

enum err account_scope(struct ctx *c, int64_t person_id, bool all, struct ids *out)
{
	struct list rows;

	if (all)
		TRY(scope_all(c, &rows));
	else
		TRY(scope_of_person(c, person_id, &rows));
	/* Both rows hold one id and nothing else. */
	out->v = NEWN(c->a, int64_t, rows.n + 1);
	out->n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		out->v[i] = all ? ((struct scope_all_row *)rows.v)[i].id
				: ((struct scope_of_person_row *)rows.v)[i].id;
	return E_OK;
}

enum err account_identify(struct ctx *c, const struct req *q, bool *known)
{
	struct str token = q->http ? http_cookie(q->http, "aftersail") : (struct str){0};
	struct session_actor_row row;
	size_t n;

	if (!token.p || token.n < 20 || token.n > 100)
		return E_OK;
	TRY(session_actor(c, account_token_hash(c->a, token), c->now, &row, 1, &n));
	if (n == 0)
		return E_OK;
	c->actor = (struct actor){
	    .kind = ACTOR_AGENT,
	    .id = row.person_id,
	    .session_id = row.session_id,
	    .name = row.name,
	    .perms = account_role_perms(row.role_name, row.builtin, row.permissions)};
	*known = true;
	return account_scope(c, row.person_id, row.all_inboxes, &c->actor.scope);
}

/* ---- people ---- */

bool account_locale_ok(struct str locale)
{
	return field_enum_has("en|zh-CN", locale);
}

/* The system's own list of zones; the name's form is checked before it becomes a path. */
bool account_zone_ok(struct str zone)
{
	char path[128] = "/usr/share/zoneinfo/";
	size_t at = strlen(path);
	struct stat st;

	if (str_eq(zone, S("UTC")))
		return true;
	if (zone.n == 0 || zone.n > 64 || zone.p[0] == '/')
		return false;
	for (size_t i = 0; i < zone.n; i++) {
		char ch = zone.p[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		      (ch >= '0' && ch <= '9') || ch == '/' || ch == '_' || ch == '-' || ch == '+'))
			return false;
		path[at + i] = ch;
	}
	if (stat("/usr/share/zoneinfo", &st) < 0) /* a machine without the list */
		return str_find_char(zone, '/') > 0;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum err account_password_rule(struct ctx *c, struct str password)
{
	if (str_chars(password) < 10 || password.n > 200)
		return fail(c, E_INVALID, "account.password_short", "10");
	return E_OK;
}

static bool email_ok(struct str email)
{
	ptrdiff_t at = str_find_char(email, '@');

	return at > 0 && (size_t)at < email.n - 1 && str_find_char(email, ' ') < 0;
}

enum err account_add(struct ctx *c, const struct account_new *p, int64_t *id)
{
	struct role_find_row role;
	struct person_insert_row row;
	size_t n;

	if (!email_ok(p->email))
		return fail_str(c, E_INVALID, "error.email", p->email);
	TRY(role_find(c, p->role, &role, 1, &n));
	if (n == 0)
		return fail_str(c, E_INVALID, "account.role_unknown", p->role);
	TRY(person_insert(c,
			  &(struct person_insert_in){
			      .name = p->name,
			      .email = str_lower(c->a, p->email),
			      .password_hash = p->password_hash,
			      .role_id = role.id,
			      .locale = p->locale.n ? p->locale : S("en"),
			      .zone = p->zone.n ? p->zone : S("UTC"),
			      .languages = p->languages.n ? p->languages : S("{\"languages\":[]}"),
			      .all_inboxes = p->all_inboxes,
			      .created_at = c->now},
			  &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "account.email_taken", p->email);
	*id = row.id;
	return E_OK;
}

enum err account_brief(struct ctx *c, int64_t id, struct account_brief *out)
{
	struct list rows;

	TRY(person_list(c, SOME_INT(id), &rows));
	if (rows.n == 0)
		return fail(c, E_NOTFOUND, "account.unknown", NULL);
	const struct person_list_row *p = rows.v;
	*out = (struct account_brief){p->id, p->name, p->email, p->signature, p->locale};
	return E_OK;
}

/* The last administrator stays one: otherwise nobody could mend anything. */
enum err account_keep_administrator(struct ctx *c)
{
	struct administrators_row row;
	size_t n;

	TRY(administrators(c, &row, 1, &n));
	return row.n > 0 ? E_OK : fail(c, E_CONFLICT, "account.last_administrator", NULL);
}

enum err account_can_take(struct ctx *c, int64_t person_id, int64_t inbox_id, bool *ok)
{
	struct person_sees_row row;
	size_t n;

	TRY(person_sees(c, person_id, inbox_id, &row, 1, &n));
	*ok = n > 0;
	return E_OK;
}

enum err account_anybody_there(struct ctx *c, int64_t inbox_id, bool *there)
{
	struct list rows;

	TRY(person_online(c, inbox_id, &rows));
	const struct person_online_row *row = rows.v;
	*there = false;
	for (size_t i = 0; i < rows.n && !*there; i++)
		*there = hub_present(c->desk->hub, ACTOR_AGENT, row[i].id);
	return E_OK;
}

/* ---- inboxes ---- */

enum err account_inbox_added(struct ctx *c, int64_t inbox_id)
{
	struct list all;

	TRY(scope_add(c, inbox_id));
	TRY(person_sees_all(c, &all));
	for (size_t i = 0; i < all.n; i++)
		hub_renew(c, ((struct person_sees_all_row *)all.v)[i].id, inbox_id);
	return E_OK;
}

static bool holds(struct ids ids, int64_t id)
{
	for (size_t i = 0; i < ids.n; i++)
		if (ids.v[i] == id)
			return true;
	return false;
}

enum err account_people_of_inbox(struct ctx *c, int64_t inbox_id, struct ids *people)
{
	struct list rows;

	TRY(inbox_people(c, inbox_id, &rows));
	people->v = NEWN(c->a, int64_t, rows.n + 1);
	people->n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		people->v[i] = ((struct inbox_people_row *)rows.v)[i].person_id;
	return E_OK;
}

enum err account_check_members(struct ctx *c, struct ids people)
{
	struct person_exists_row one;
	size_t n;

	for (size_t i = 0; i < people.n; i++) {
		TRY(person_exists(c, people.v[i], &one, 1, &n));
		if (n == 0)
			return fail(c, E_INVALID, "account.unknown", "member_ids");
	}
	return E_OK;
}

enum err account_inbox_people(struct ctx *c, int64_t inbox_id, struct ids people)
{
	struct ids before;

	TRY(account_check_members(c, people));
	TRY(account_people_of_inbox(c, inbox_id, &before));
	for (size_t i = 0; i < before.n; i++) {
		if (holds(people, before.v[i]))
			continue;
		TRY(person_inbox_remove(c, before.v[i], inbox_id));
		hub_renew(c, before.v[i], 0);
	}
	for (size_t i = 0; i < people.n; i++) {
		TRY(person_inbox_add(c, people.v[i], inbox_id));
		if (!holds(before, people.v[i]))
			hub_renew(c, people.v[i], inbox_id);
	}
	return E_OK;
}

/* ---- teams ---- */

enum err account_team_known(struct ctx *c, int64_t team_id, bool *ok)
{
	struct team_exists_row row;
	size_t n;

	TRY(team_exists(c, team_id, &row, 1, &n));
	*ok = n > 0;
	return E_OK;
}

enum err account_team_add(struct ctx *c, struct str name, struct str description, int64_t *id)
{
	struct team_insert_row row;
	size_t n;

	TRY(team_insert(c, name, description, &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "account.team_taken", name);
	*id = row.id;
	return E_OK;
}

enum err account_team_join(struct ctx *c, int64_t team_id, int64_t person_id)
{
	return team_member_add(c, team_id, person_id);
}

/* ---- the module ---- */

static const struct field settings_fields[] = {
    FIELD(struct account_settings, desk_name, F_TEXT, 0, 1, 80, "The desk's name"),
    FIELD(struct account_settings, notice_inbox_id, F_INT, 0, 0, INT64_MAX,
	  "Mailbox that invitations and forgotten passwords are mailed through"),
    FIELD(struct account_settings, demo, F_BOOL, 0, 0, 0, "The demo company is here"),
};
static SHAPE(settings_shape, "AccountSettings", struct account_settings, settings_fields);
static const struct account_settings settings_default = {.desk_name = {"Aftersail", 9}};

static const struct cleanup cleanups[] = {
    {"sessions", 1, account_clear_sessions}, {"links", 30, account_clear_links}, {0}};
static const struct live_source live[] = {{LIVE_PEOPLE, account_render_person}, {0}};

const struct module account_module = {
    .name = "account",
    .schema = account_schema,
    .queries = account_queries,
    .routes = {account_session_routes, account_people_routes, account_team_routes,
	       account_link_routes},
    .jobs = account_jobs,
    .live = live,
    .cleanups = cleanups,
    .settings = &settings_shape,
    .settings_default = &settings_default,
    .identify = account_identify,
};
