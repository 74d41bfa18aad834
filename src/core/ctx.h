/* ctx.h - what every handler, rule, reaction and job is given.
 *
 * Who asks, when, on which connection, with memory that lives until the reply is out.  What
 * shall happen once the transaction is on the disk (live updates) is queued here. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "core/perms.h"
#include "store/store.h"

struct desk;

enum actor_kind {
	ACTOR_NONE,
	ACTOR_AGENT,
	ACTOR_TOKEN,
	ACTOR_VISITOR,
	ACTOR_CUSTOMER,
	ACTOR_LINK,
	ACTOR_SYSTEM
};

struct actor {
	enum actor_kind kind;
	int64_t id;         /* person, visitor, ... ; 0 for the system */
	int64_t session_id; /* the sign-in or chat token it came by */
	struct str name;
	struct perms perms;
	struct ids scope; /* the inboxes it may see */
};

/* What a live update is about; see core/hub.h. */
enum live_topic {
	LIVE_LIST,
	LIVE_CONVERSATION,
	LIVE_PEOPLE,
	LIVE_INBOXES,
	LIVE_ME,
	LIVE_CHAT,
	LIVE_END, /* nobody follows it: hub_end() */
};

struct live {
	struct live *next;
	enum live_topic topic;
	int64_t id;       /* conversation, person, ... */
	int64_t inbox_id; /* who may see it; 0: everybody in the console */
	int64_t version;
	struct str kind; /* "change" when empty; "typing", "presence", "signed-out" */
	struct str data; /* JSON members without braces; empty: the hub asks the topic's source */
};

struct ctx {
	struct arena *a;
	struct db *db;
	int64_t now; /* milliseconds since 1970 UTC, read once */
	struct actor actor;
	struct desk *desk;
	const char *request_id;
	struct live *live; /* newest first */
	/* What fail() recorded. */
	enum err code;
	const char *key, *arg;
};

/* Record what went wrong, for a person: key is an entry of i18n/en.json, arg may be NULL.
 * Returns the code, for `return fail(...)`. */
enum err fail(struct ctx *, enum err, const char *key, const char *arg);
enum err fail_str(struct ctx *, enum err, const char *key, struct str arg);

/* Whether the actor may see an inbox. */
bool ctx_sees(const struct ctx *, int64_t inbox_id);
bool ctx_may(const struct ctx *, enum perm);

/* A context for work that nobody asked for: reactions, jobs, commands. */
struct ctx ctx_system(struct desk *, struct arena *, struct db *);

/* Queue a live update; it is sent after the commit. */
void ctx_live(struct ctx *, struct live);
