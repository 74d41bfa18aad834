/* account_rules.h - what account's own files share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/account/account.h"

struct perms account_role_perms(struct str name, bool builtin, struct str permissions);
struct strs account_perm_names(struct arena *, const struct perms *);
enum err account_may_grant(struct ctx *, const struct perms *wanted) MUST;
enum err account_check_role(struct ctx *, int64_t role_id) MUST;
enum err account_keep_administrator(struct ctx *) MUST;
/* E_INVALID when one of a request's member_ids is nobody. */
enum err account_check_members(struct ctx *, struct ids) MUST;
enum err account_scope(struct ctx *, int64_t person_id, bool all, struct ids *) MUST;
enum err account_identify(struct ctx *, const struct req *, bool *known) MUST;
struct str account_token_hash(struct arena *, struct str token);

/* A person as the console sees it. */
struct person_view {
	int64_t id, role_id, created_at, version;
	struct str name, email, role_name, locale, zone, theme, send_key, signature, presence;
	bool active, all_inboxes;
	struct list languages; /* struct language */
	struct ids team_ids, inbox_ids;
	struct opt_int last_seen_at;
};
struct language {
	struct str code;
	int64_t grade;
};
extern const struct shape person_shape, language_shape, account_session_shape;

/* One (id given) or all, with their teams, languages and inboxes. */
enum err account_people(struct ctx *, struct opt_int id, struct list *out) MUST;
enum err account_person(struct ctx *, int64_t id, struct person_view *out) MUST;

/* What a request's list of languages is stored as; ABSENT when the request had none. */
struct opt_str account_languages(struct ctx *, const struct list *languages);

/* The desk's own settings. */
struct account_settings {
	struct str desk_name;
	int64_t notice_inbox_id; /* the mailbox that links are mailed through; 0: none */
	bool demo;
};

extern const struct route account_session_routes[], account_people_routes[], account_team_routes[],
    account_link_routes[];
extern const struct job_kind account_jobs[];
/* A password for somebody else lets one be him: only who sees and may do all that he does. */
enum err account_may_enter(struct ctx *, const struct person_view *) MUST;
/* Sign a person in: the reply is the session, with its cookie. */
enum err account_sign_in(struct ctx *, const struct req *, int64_t person_id, struct reply *) MUST;
enum err account_clear_links(struct ctx *, int64_t before, int64_t *n);
enum err account_clear_sessions(struct ctx *, int64_t before, int64_t *n);
enum err account_render_person(struct ctx *, int64_t id, struct buf *);
