/* topic.h - what a mail or chat message is about, and how hard it will be.
 *
 * Topics are a tree of two levels: the model's labels are leaves, each leaf of the twelve that
 * ship has a parent.  What cannot be told apart below (is it damaged, is it a defect?) is often
 * plain above.  The subject line counts twice.  Give the body without quotes and signature
 * (mailstrip.h). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/emotion.h"

enum { TOPIC_BEST = 3 };

/* Simple: one matter, answered by a standard text.  Medium: needs a look at the case.  Complex:
 * several matters, law or authorities, harm to a person, or a long angry history. */
enum complexity { COMPLEXITY_SIMPLE, COMPLEXITY_MEDIUM, COMPLEXITY_COMPLEX };

/* clang-format off */
#define TOPIC_PARENT_LIST(X)                                                              \
	X(SHIPMENT, "shipment") X(GOODS, "goods") X(AFTER_SALES, "after-sales")           \
	X(PURCHASE, "purchase") X(PRESALE, "presale") X(CUSTOMER, "customer")
/* clang-format on */

#define X(name, text) TOPIC_##name,
enum topic_parent { TOPIC_PARENT_LIST(X) TOPIC_PARENTS };
#undef X

/* What may be said of a message: its leaf, at least the leaf's parent, three leaves to choose
 * from, or nothing. */
enum topic_say { TOPIC_SAY_NOTHING, TOPIC_SAY_SUGGEST, TOPIC_SAY_PARENT, TOPIC_SAY_LEAF };

struct topic {
	size_t label[TOPIC_BEST]; /* of the model, likeliest first */
	float p[TOPIC_BEST];
	size_t count;             /* at most the model's labels */
	enum topic_parent parent; /* the likeliest; TOPIC_PARENTS where a label has none */
	float parent_p;           /* the sum of its leaves' */
	enum topic_say say;
	enum complexity complexity;
};

const char *topic_parent_name(enum topic_parent);
/* The parent of a leaf; TOPIC_PARENTS for a label that is none of the twelve. */
enum topic_parent topic_parent_of(struct str leaf);

/* Everything but the complexity, from a message that f was read from with the model's flags and
 * its probabilities. */
void topic_rank(const struct text_model *, const struct feats *f, const float *p,
		struct topic *out);

/* mood may be NULL.  f is scratch; a holds the joined text for the call's sake. */
void topic_read(struct arena *a, const struct text_model *, struct feats *f, struct str subject,
		struct str body, const struct emotion *mood, struct topic *out);
