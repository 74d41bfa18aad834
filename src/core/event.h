/* event.h - the one log of what happened; live updates, figures, automations and the audit
 * trail read it.
 *
 * data holds ids, codes and numbers, never a person's words, names or addresses. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

/* kind, outside name; data: see the comment */
/* clang-format off */
#define EVENT_LIST(X)                                                                      \
	X(NONE,                 "")                                                        \
	X(CONVERSATION_CREATED, "conversation_created") /* channel */                      \
	X(MESSAGE_CREATED,      "message_created")      /* entry, direction, kind */       \
	X(MENTIONED,            "mentioned")            /* entry, people: person ids */     \
	X(MESSAGE_STATE,        "message_state")        /* entry, from, to */              \
	X(STATUS_CHANGED,       "status_changed")       /* from, to */                     \
	X(ASSIGNED,             "assigned")             /* from, to: person ids */         \
	X(TEAM_CHANGED,         "team_changed")         /* from, to: team ids */           \
	X(PRIORITY_CHANGED,     "priority_changed")     /* from, to */                     \
	X(TAGS_CHANGED,         "tags_changed")         /* added, removed: tag ids */      \
	X(SUBJECT_CHANGED,      "subject_changed")                                         \
	X(CUSTOMER_CREATED,     "customer_created")                                        \
	X(CUSTOMER_CHANGED,     "customer_changed")     /* fields */                       \
	X(CUSTOMER_MERGED,      "customer_merged")      /* merge, from, to: of both */     \
	X(CUSTOMER_PARTED,      "customer_parted")      /* merge, from, to: of both */     \
	X(CUSTOMER_BLOCKED,     "customer_blocked")     /* blocked */                      \
	X(SIGNED_IN,            "signed_in")                                               \
	X(SIGNED_OUT,           "signed_out")                                              \
	X(PERSON_CHANGED,       "person_changed")       /* person, fields */               \
	X(ROLE_CHANGED,         "role_changed")         /* role */                         \
	X(TEAM_EDITED,          "team_edited")          /* team */                         \
	X(INBOX_CHANGED,        "inbox_changed")        /* fields */                       \
	X(INBOX_STATE,          "inbox_state")          /* state */                        \
	X(SETTINGS_CHANGED,     "settings_changed")     /* fields */                       \
	X(QUARANTINE_HANDLED,   "quarantine_handled")   /* inbound, how */
/* clang-format on */

#define X(name, outside) EV_##name,
enum event_kind { EVENT_LIST(X) EV__MAX };
#undef X

const char *event_name(enum event_kind);
enum event_kind event_find(struct str name);

struct event {
	int64_t xid, id; /* their order; readers remember both */
	int64_t at;
	enum event_kind kind;
	enum actor_kind actor_kind;
	int64_t actor_id;
	int64_t conversation_id, inbox_id, customer_id; /* 0: none */
	struct str data;                                /* a JSON object */
};

/* Write an event in the transaction of the change.  kind, ids and data are read; the rest is
 * filled in from the context. */
enum err event_add(struct ctx *, const struct event *) MUST;

/* Up to cap events after (xid, id) that are certain to have no earlier one still to come. */
enum err event_read(struct ctx *, int64_t xid, int64_t id, struct event *, size_t cap,
		    size_t *n) MUST;

/* What a module does when it hears an event.  think() runs outside the transaction and may be
 * NULL; act() and the reader's place move in one, so each event is acted on exactly once. */
struct reaction {
	enum event_kind kind;
	enum err (*think)(struct ctx *, const struct event *, void **thought);
	enum err (*act)(struct ctx *, const struct event *, void *thought);
};
