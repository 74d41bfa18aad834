/* account.h - the people who sign in, their roles, teams and the inboxes they may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

extern const struct module account_module;

/* The built-in roles, once, for a new desk. */
enum err account_seed(struct ctx *) MUST;
/* How many active administrators the desk has. */
enum err account_administrators(struct ctx *, int64_t *n) MUST;

struct account_new {
	struct str name, email, password_hash, role; /* role: a name */
	struct str locale, zone;
	struct str languages; /* {"languages":[...]}, or empty */
	bool all_inboxes;
};
/* E_CONFLICT when the e-mail is taken. */
enum err account_add(struct ctx *, const struct account_new *, int64_t *id) MUST;

/* The module of inboxes tells of each one, so that who sees all sees it too. */
enum err account_inbox_added(struct ctx *, int64_t inbox_id) MUST;
/* Exactly these people see the inbox, beside those who see all; their streams begin anew. */
enum err account_inbox_people(struct ctx *, int64_t inbox_id, struct ids people) MUST;
enum err account_people_of_inbox(struct ctx *, int64_t inbox_id, struct ids *people) MUST;

/* Whether a person who may be given work in this inbox. */
enum err account_can_take(struct ctx *, int64_t person_id, int64_t inbox_id, bool *ok) MUST;
enum err account_team_known(struct ctx *, int64_t team_id, bool *ok) MUST;
/* A person's name and mail, for replies and variables; E_NOTFOUND. */
struct account_brief {
	int64_t id;
	struct str name, email, signature, locale;
};
enum err account_brief(struct ctx *, int64_t id, struct account_brief *) MUST;

/* Whether somebody who sees the inbox is online, with a console open. */
enum err account_anybody_there(struct ctx *, int64_t inbox_id, bool *there) MUST;

/* For the demo company. */
enum err account_team_add(struct ctx *, struct str name, struct str description, int64_t *id) MUST;
enum err account_team_join(struct ctx *, int64_t team_id, int64_t person_id) MUST;

/* Check an IANA time zone name, a locale of the console. */
bool account_zone_ok(struct str zone);
bool account_locale_ok(struct str locale);

/* A password's rule: 10 to 200 characters.  fail()s with account.password_short. */
enum err account_password_rule(struct ctx *, struct str password) MUST;
