/* customer.h - the people who buy: who they are on every channel, where they live, what they speak.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

extern const struct module customer_module;

/* What a channel knows of somebody who writes; empty texts are unknown. */
struct customer_known {
	struct str kind, value; /* "email", "a@b.example" */
	bool verified;
	struct str name, country, language, zone;
};

/* Find the customer of an identity, or make one.  What was unknown is filled in, what people
 * entered stays.  *blocked: what this customer writes is spam. */
enum err customer_resolve(struct ctx *, const struct customer_known *, int64_t *id,
			  bool *blocked) MUST;
/* Tie another identity to a customer; *taken when it is somebody else's already. */
enum err customer_add_identity(struct ctx *, int64_t id, struct str kind, struct str value,
			       bool verified, bool *taken) MUST;
/* One more conversation. */
enum err customer_counted(struct ctx *, int64_t id) MUST;

/* For the modules' .merge: say which rows of a table were moved, once a table; with undo, read
 * which ones to move back. */
enum err customer_moved(struct ctx *, const struct merging *, const char *table, struct ids) MUST;
enum err customer_to_move_back(struct ctx *, const struct merging *, const char *table,
			       struct ids *) MUST;

/* As the console sees one. */
struct customer_view {
	int64_t id, conversation_count, created_at, version;
	struct str name, email, country, language, zone;
	bool blocked;
	struct opt_int last_seen_at, merged_into;
	struct list identities, notes;
};
extern const struct shape customer_shape;
enum err customer_view(struct ctx *, int64_t id, struct customer_view *) MUST;

struct customer_brief {
	int64_t id;
	struct str name, country, language, zone;
};
extern const struct shape customer_brief_shape;
/* Those of the ids that exist, in no order. */
enum err customer_brief_list(struct ctx *, struct ids, struct list *) MUST;

/* "email" of somebody whose address it is. */
bool customer_email_ok(struct str email);
