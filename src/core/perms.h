/* perms.h - every permission there is, in one list, so that no two modules claim the same bit.
 *
 * The order is the bit; rows are only ever added at the end, because roles in the database hold
 * names and tokens hold nothing else.  The first rows say who may ask at all, and are no
 * permissions a role can hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* name, outside name, what it allows */
/* clang-format off */
#define PERM_LIST(X)                                                                               \
	X(PUBLIC,              "",                     "anybody")                                  \
	X(SIGNED_IN,           "",                     "whoever is signed in to the console")      \
	X(VISITOR,             "",                     "a visitor of the web chat")                \
	X(CONVERSATION_READ,   "conversation.read",    "See conversations of one's inboxes")       \
	X(CONVERSATION_REPLY,  "conversation.reply",   "Answer, write notes, change status and tags") \
	X(CONVERSATION_ASSIGN, "conversation.assign",  "Assign conversations to others")           \
	X(CUSTOMER_READ,       "customer.read",        "See customers")                            \
	X(CUSTOMER_EDIT,       "customer.edit",        "Change, block and annotate customers")     \
	X(CANNED_EDIT,         "canned.edit",          "Change canned replies and macros")         \
	X(TAG_EDIT,            "tag.edit",             "Change tags")                              \
	X(PERSON_EDIT,         "person.edit",          "Add and change people")                    \
	X(ROLE_EDIT,           "role.edit",            "Change roles")                             \
	X(TEAM_EDIT,           "team.edit",            "Change teams")                             \
	X(INBOX_EDIT,          "inbox.edit",           "Connect and change inboxes")               \
	X(QUARANTINE,          "quarantine.handle",    "Handle quarantine and failed work")        \
	X(SETTINGS_EDIT,       "settings.edit",        "Change the desk's settings")               \
	X(SYSTEM_READ,         "system.read",          "See the system's state and sizes")
/* clang-format on */

#define X(name, outside, text) P_##name,
enum perm { PERM_LIST(X) P__MAX };
#undef X

/* The first permission a role can hold. */
enum { P__FIRST = P_CONVERSATION_READ };

struct perms {
	uint64_t w[4];
};

void perm_add(struct perms *, enum perm);
bool perm_has(const struct perms *, enum perm);
const char *perm_name(enum perm);
const char *perm_text(enum perm);
/* The permission of that outside name, or P__MAX. */
enum perm perm_find(struct str name);
