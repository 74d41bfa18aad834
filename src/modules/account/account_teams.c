/* Roles, permissions and teams. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "core/hub.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

/* The one of the list whose number it is; all rows here begin with theirs. */
static enum err reply_of(struct ctx *c, struct reply *r, const struct list *all, int64_t id,
			 const char *unknown)
{
	const char *row = all->v;

	for (size_t i = 0; i < all->n; i++, row += r->route->out->size) {
		if (*(const int64_t *)row != id)
			continue;
		if (r->route->method == POST)
			reply_created(r, row, id);
		else
			reply_one(r, row);
		return E_OK;
	}
	return fail(c, E_NOTFOUND, unknown, NULL);
}

/* ---- permissions and roles ---- */

struct permission {
	struct str name, text;
};
static const struct field permission_fields[] = {
    FIELD(struct permission, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct permission, text, F_TEXT, 0, 0, 0, "English; i18n permission.NAME"),
};
static SHAPE(permission_shape, "Permission", struct permission, permission_fields);

static enum err get_permissions(struct ctx *c, const struct req *q, struct reply *r)
{
	struct permission *out = NEWN(c->a, struct permission, P__MAX);
	size_t n = 0;

	(void)q;
	for (int p = P__FIRST; p < P__MAX; p++)
		out[n++] = (struct permission){str_of(perm_name((enum perm)p)),
					       str_of(perm_text((enum perm)p))};
	reply_many(r, out, n, S(""));
	return E_OK;
}

struct role_view {
	int64_t id, people, version;
	struct str name;
	bool builtin;
	struct strs permissions;
};
static const struct field role_fields[] = {
    FIELD(struct role_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct role_view, name, F_TEXT, 0, 0, 0, "Built-in ones: i18n role.NAME"),
    FIELD(struct role_view, builtin, F_BOOL, 0, 0, 0, NULL),
    FIELD(struct role_view, permissions, F_TEXTS, 0, 0, 0, NULL),
    FIELD(struct role_view, people, F_INT, 0, 0, 0, "How many have it"),
    FIELD(struct role_view, version, F_INT, 0, 0, 0, NULL),
};
static SHAPE(role_shape, "Role", struct role_view, role_fields);

static enum err read_roles(struct ctx *c, struct list *out)
{
	struct list rows;

	TRY(role_list(c, &rows));
	const struct role_list_row *row = rows.v;
	struct role_view *views = NEWN(c->a, struct role_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct perms set =
		    account_role_perms(row[i].name, row[i].builtin, row[i].permissions);
		views[i] = (struct role_view){.id = row[i].id,
					      .people = row[i].people,
					      .version = row[i].version,
					      .name = row[i].name,
					      .builtin = row[i].builtin,
					      .permissions = account_perm_names(c->a, &set)};
	}
	*out = (struct list){views, rows.n};
	return E_OK;
}

static enum err get_roles(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list all;

	(void)q;
	TRY(read_roles(c, &all));
	reply_many(r, all.v, all.n, S(""));
	return E_OK;
}

static enum err reply_role(struct ctx *c, int64_t id, struct reply *r)
{
	struct list all;

	TRY(read_roles(c, &all));
	return reply_of(c, r, &all, id, "account.role_unknown");
}

struct role_in {
	struct str name;
	struct strs permissions;
	int64_t version;
};
static const struct field role_post_fields[] = {
    FIELD(struct role_in, name, F_TEXT, FIELD_REQUIRED, 1, 60, NULL),
    FIELD(struct role_in, permissions, F_TEXTS, FIELD_REQUIRED, 0, 100, NULL),
};
static const struct field role_patch_fields[] = {
    FIELD(struct role_in, name, F_TEXT, FIELD_REQUIRED, 1, 60, NULL),
    FIELD(struct role_in, permissions, F_TEXTS, FIELD_REQUIRED, 0, 100, NULL),
    FIELD(struct role_in, version, F_INT, FIELD_REQUIRED, 0, 0, NULL),
};
static SHAPE(role_post_shape, "RoleNew", struct role_in, role_post_fields);
static SHAPE(role_patch_shape, "RoleChange", struct role_in, role_patch_fields);

static enum err join_permissions(struct ctx *c, const struct strs *names, struct str *out)
{
	struct buf b = BUF(c->a);
	struct perms set = {0};

	for (size_t i = 0; i < names->n; i++) {
		enum perm p = perm_find(names->v[i]);
		if (p == P__MAX)
			return fail_str(c, E_INVALID, "account.permission_unknown", names->v[i]);
		perm_add(&set, p);
		if (i)
			buf_char(&b, ',');
		buf_add(&b, names->v[i]);
	}
	*out = buf_str(&b);
	return account_may_grant(c, &set);
}

static enum err role_event(struct ctx *c, int64_t id)
{
	return event_add(c,
			 &(struct event){.kind = EV_ROLE_CHANGED,
					 .data = str_fmt(c->a, "{\"role\":%lld}", (long long)id)});
}

static enum err post_role(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct role_in *in = q->in;
	struct role_insert_row row;
	struct str names;
	size_t n;

	TRY(join_permissions(c, &in->permissions, &names));
	TRY(role_insert(c, in->name, false, names, &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "account.role_taken", in->name);
	TRY(role_event(c, row.id));
	return reply_role(c, row.id, r);
}

static enum err patch_role(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct role_in *in = q->in;
	struct role_get_row role;
	struct role_update_row row;
	struct role_find_row same;
	struct list people;
	struct str names;
	size_t n;

	TRY(role_get(c, q->id, &role, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "account.role_unknown", NULL);
	if (role.builtin)
		return fail(c, E_CONFLICT, "account.role_builtin", NULL);
	TRY(account_check_role(c, q->id));
	TRY(join_permissions(c, &in->permissions, &names));
	TRY(role_find(c, in->name, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "account.role_taken", in->name);
	TRY(role_update(c, &(struct role_update_in){q->id, in->version, in->name, names}, &row, 1,
			&n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(role_event(c, q->id));
	TRY(role_people(c, q->id, &people));
	for (size_t i = 0; i < people.n; i++)
		hub_renew(c, ((struct role_people_row *)people.v)[i].id, 0);
	return reply_role(c, q->id, r);
}

static enum err delete_role(struct ctx *c, const struct req *q, struct reply *r)
{
	struct role_delete_row row;
	size_t n;

	TRY(role_delete(c, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "account.role_in_use", NULL);
	TRY(role_event(c, q->id));
	reply_none(r);
	return E_OK;
}

/* ---- teams ---- */

struct team_view {
	int64_t id, version;
	struct str name, description;
	struct ids member_ids;
};
static const struct field team_fields[] = {
    FIELD(struct team_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct team_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct team_view, description, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct team_view, member_ids, F_IDS, 0, 0, 0, NULL),
    FIELD(struct team_view, version, F_INT, 0, 0, 0, NULL),
};
static SHAPE(team_shape, "Team", struct team_view, team_fields);

static enum err read_teams(struct ctx *c, struct list *out)
{
	struct list rows, members;

	TRY(team_list(c, &rows));
	TRY(team_members(c, &members));
	const struct team_list_row *row = rows.v;
	const struct team_members_row *m = members.v;
	struct team_view *views = NEWN(c->a, struct team_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		views[i] = (struct team_view){row[i].id,
					      row[i].version,
					      row[i].name,
					      row[i].description,
					      {NEWN(c->a, int64_t, members.n + 1), 0}};
		for (size_t k = 0; k < members.n; k++)
			if (m[k].team_id == row[i].id)
				views[i].member_ids.v[views[i].member_ids.n++] = m[k].person_id;
	}
	*out = (struct list){views, rows.n};
	return E_OK;
}

static enum err get_teams(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list all;

	(void)q;
	TRY(read_teams(c, &all));
	reply_many(r, all.v, all.n, S(""));
	return E_OK;
}

static enum err reply_team(struct ctx *c, int64_t id, struct reply *r)
{
	struct list all;

	TRY(read_teams(c, &all));
	return reply_of(c, r, &all, id, "account.team_unknown");
}

struct team_in {
	struct opt_str name, description;
	struct opt_ids member_ids;
	int64_t version;
};
static const struct field team_post_fields[] = {
    FIELD(struct team_in, name, F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 80, NULL),
    FIELD(struct team_in, description, F_TEXT, FIELD_OPTIONAL, 0, 500, NULL),
    FIELD(struct team_in, member_ids, F_IDS, FIELD_OPTIONAL, 0, 500, NULL),
};
static const struct field team_patch_fields[] = {
    FIELD(struct team_in, version, F_INT, FIELD_REQUIRED, 0, 0, NULL),
    FIELD(struct team_in, name, F_TEXT, FIELD_OPTIONAL, 1, 80, NULL),
    FIELD(struct team_in, description, F_TEXT, FIELD_OPTIONAL, 0, 500, NULL),
    FIELD(struct team_in, member_ids, F_IDS, FIELD_OPTIONAL, 0, 500, NULL),
};
static SHAPE(team_post_shape, "TeamNew", struct team_in, team_post_fields);
static SHAPE(team_patch_shape, "TeamChange", struct team_in, team_patch_fields);

static enum err set_members(struct ctx *c, int64_t id, const struct opt_ids *members)
{
	if (members->is != GIVEN)
		return E_OK;
	TRY(account_check_members(c, members->v));
	TRY(team_member_clear(c, id));
	for (size_t i = 0; i < members->v.n; i++)
		TRY(team_member_add(c, id, members->v.v[i]));
	return E_OK;
}

static enum err team_event(struct ctx *c, int64_t id)
{
	return event_add(c,
			 &(struct event){.kind = EV_TEAM_EDITED,
					 .data = str_fmt(c->a, "{\"team\":%lld}", (long long)id)});
}

static enum err post_team(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct team_in *in = q->in;
	int64_t id;

	TRY(account_team_add(c, in->name.v, in->description.v, &id));
	TRY(set_members(c, id, &in->member_ids));
	TRY(team_event(c, id));
	return reply_team(c, id, r);
}

static enum err patch_team(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct team_in *in = q->in;
	struct team_named_row same = {0};
	struct team_update_row row;
	size_t n = 0;
	bool known;

	TRY(account_team_known(c, q->id, &known));
	if (!known)
		return fail(c, E_NOTFOUND, "account.team_unknown", NULL);
	if (in->name.is == GIVEN)
		TRY(team_named(c, in->name.v, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "account.team_taken", in->name.v);
	TRY(team_update(c, &(struct team_update_in){q->id, in->version, in->name, in->description},
			&row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(set_members(c, q->id, &in->member_ids));
	TRY(team_event(c, q->id));
	return reply_team(c, q->id, r);
}

static enum err delete_team(struct ctx *c, const struct req *q, struct reply *r)
{
	struct team_delete_row row;
	size_t n;

	TRY(team_delete(c, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "account.team_unknown", NULL);
	TRY(team_event(c, q->id));
	reply_none(r);
	return E_OK;
}

/* clang-format off */
const struct route account_team_routes[] = {
	{GET,    "/permissions", P_SIGNED_IN, get_permissions, NULL,              &permission_shape, MANY, "Every permission there is"},
	{GET,    "/roles",       P_SIGNED_IN, get_roles,       NULL,              &role_shape,       MANY, "Roles and what they may do"},
	{POST,   "/roles",       P_ROLE_EDIT, post_role,       &role_post_shape,  &role_shape,       ONE,  "Add a role"},
	{PATCH,  "/roles/{id}",  P_ROLE_EDIT, patch_role,      &role_patch_shape, &role_shape,       ONE,  "Change a role"},
	{DELETE, "/roles/{id}",  P_ROLE_EDIT, delete_role,     NULL,              NULL,              NONE, "Remove a role nobody has"},
	{GET,    "/teams",       P_SIGNED_IN, get_teams,       NULL,              &team_shape,       MANY, "Teams and their members"},
	{POST,   "/teams",       P_TEAM_EDIT, post_team,       &team_post_shape,  &team_shape,       ONE,  "Add a team"},
	{PATCH,  "/teams/{id}",  P_TEAM_EDIT, patch_team,      &team_patch_shape, &team_shape,       ONE,  "Change a team"},
	{DELETE, "/teams/{id}",  P_TEAM_EDIT, delete_team,     NULL,              NULL,              NONE, "Remove a team"},
	{0},
};
/* clang-format on */
