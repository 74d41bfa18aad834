/* customer_rules.h - what the files of this module share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/customer/customer.h"
#include "modules/customer/customer.sql.h"

/* customer_view() that refuses one who was merged into another. */
enum err customer_standing(struct ctx *, int64_t id, struct customer_view *) MUST;
/* Let search find the customer by name and identities. */
enum err customer_index(struct ctx *, int64_t id) MUST;

/* The address in lists is that of a mail identity: the one that stands, or the first there is. */
enum err customer_settle_email(struct ctx *, const struct customer_view *) MUST;
enum err customer_note_blocked(struct ctx *, int64_t id, bool blocked) MUST;

/* Remember an address or number by which this may be somebody else's other record; or forget it,
 * unless an identity that stands has the same short form. */
enum err customer_note_key(struct ctx *, int64_t id, struct str kind, struct str value) MUST;
enum err customer_forget_key(struct ctx *, const struct customer_view *, struct str kind,
			     struct str value) MUST;

/* The module's own .merge. */
enum err customer_merge_own(struct ctx *, const struct merging *) MUST;

extern const struct route customer_merge_routes[];
