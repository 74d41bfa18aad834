/* People as the console sees them: joined in memory from four short lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/hub.h"
#include "modules/account/account.sql.h"
#include "modules/account/account_rules.h"

static const struct field language_fields[] = {
    FIELD(struct language, code, F_TEXT, FIELD_REQUIRED, 2, 20, "BCP 47"),
    FIELD(struct language, grade, F_INT, FIELD_REQUIRED, 1, 5, "1 knows some, 5 as a native"),
};
SHAPE(language_shape, "Language", struct language, language_fields);

#define F(m, ty, tx) FIELD(struct person_view, m, ty, 0, 0, 0, tx)
static const struct field person_fields[] = {
    F(id, F_INT, NULL),
    F(name, F_TEXT, NULL),
    F(email, F_TEXT, NULL),
    F(role_id, F_INT, NULL),
    F(role_name, F_TEXT, NULL),
    F(active, F_BOOL, NULL),
    F(locale, F_TEXT, "en or zh-CN"),
    F(zone, F_TEXT, "IANA time zone"),
    F(theme, F_TEXT, "auto, light or dark"),
    F(send_key, F_TEXT, "enter or mod_enter"),
    F(signature, F_TEXT, NULL),
    FIELD_ENUM(struct person_view, presence, 0, "online|away|offline",
	       "offline while no console is open"),
    FIELD_LIST(struct person_view, languages, 0, 30, &language_shape, NULL),
    F(team_ids, F_IDS, NULL),
    F(inbox_ids, F_IDS, NULL),
    F(all_inboxes, F_BOOL, "Sees every inbox there is and will be"),
    F(created_at, F_TIME, NULL),
    FIELD(struct person_view, last_seen_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    F(version, F_INT, NULL),
};
#undef F
SHAPE(person_shape, "Person", struct person_view, person_fields);

struct held {
	struct list languages;
};
static const struct field held_fields[] = {
    FIELD_LIST(struct held, languages, 0, 30, &language_shape, NULL),
};
static SHAPE(held_shape, "Held", struct held, held_fields);

struct str account_token_hash(struct arena *a, struct str token)
{
	return crypto_sha256_hex(a, token);
}

static struct list read_languages(struct ctx *c, struct str json)
{
	struct held held = {0};
	struct json_why why;

	if (json_read(c->a, json, &held_shape, &held, &why) != E_OK)
		return (struct list){0};
	return held.languages;
}

/* The right-hand ids of all pairs whose left is `left`; pairs are {left, right} in order. */
static struct ids pick(struct ctx *c, const int64_t (*pairs)[2], size_t n, int left, int64_t id)
{
	struct ids out = {NEWN(c->a, int64_t, n + 1), 0};

	for (size_t i = 0; i < n; i++)
		if (pairs[i][left] == id)
			out.v[out.n++] = pairs[i][1 - left];
	return out;
}

static struct person_view view_of(struct ctx *c, const struct person_list_row *p)
{
	bool here = hub_present(c->desk->hub, ACTOR_AGENT, p->id);

	return (struct person_view){
	    .id = p->id,
	    .role_id = p->role_id,
	    .created_at = p->created_at,
	    .version = p->version,
	    .name = p->name,
	    .email = p->email,
	    .role_name = p->role_name,
	    .locale = p->locale,
	    .zone = p->zone,
	    .theme = p->theme,
	    .send_key = p->send_key,
	    .signature = p->signature,
	    .presence = here ? p->presence : S("offline"),
	    .active = p->active,
	    .all_inboxes = p->all_inboxes,
	    .languages = read_languages(c, p->languages),
	    .last_seen_at = p->last_seen_at,
	};
}

enum err account_people(struct ctx *c, struct opt_int id, struct list *out)
{
	struct list people, teams, inboxes;

	TRY(person_list(c, id, &people));
	TRY(team_members(c, &teams));
	TRY(person_inbox_all(c, &inboxes));
	const struct person_list_row *rows = people.v;
	struct person_view *views = NEWN(c->a, struct person_view, people.n + 1);
	for (size_t i = 0; i < people.n; i++) {
		views[i] = view_of(c, &rows[i]);
		views[i].team_ids = pick(c, (const int64_t(*)[2])teams.v, teams.n, 1, rows[i].id);
		views[i].inbox_ids =
		    pick(c, (const int64_t(*)[2])inboxes.v, inboxes.n, 0, rows[i].id);
	}
	*out = (struct list){views, people.n};
	return E_OK;
}

_Static_assert(sizeof(struct team_members_row) == 2 * sizeof(int64_t) &&
		   sizeof(struct person_inbox_all_row) == 2 * sizeof(int64_t),
	       "pick() reads both as pairs");

enum err account_person(struct ctx *c, int64_t id, struct person_view *out)
{
	struct list one;

	TRY(account_people(c, SOME_INT(id), &one));
	if (one.n == 0)
		return fail(c, E_NOTFOUND, "account.unknown", NULL);
	*out = *(struct person_view *)one.v;
	return E_OK;
}
