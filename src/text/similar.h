/* similar.h - is this message one we had before?
 *
 * A sketch (160 bytes) is kept with each message and compared in nanoseconds: equal `exact`
 * means the same words; a near score says how much of the shorter message is in the other, and
 * so finds a message sent again with a greeting or an order number added.  similar_pair()
 * compares two texts themselves: what each has that the other has nothing like, small words of
 * thirteen languages apart, tells "where is my parcel" from "where is my refund".
 * None of them decides alone: the caller knows customer, order, time and intent. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/feat.h"

enum { SIMILAR_KEPT = 36 };

struct similar_sketch {
	uint64_t exact; /* of the folded words without marks; 0 for a message without words */
	uint32_t kept[SIMILAR_KEPT]; /* the smallest hashes of its pieces, ascending */
	uint16_t count;              /* how many of kept are in use */
	uint16_t pieces;             /* different pieces in all */
};

/* f is scratch.  Any bytes. */
void similar_sketch(struct feats *f, struct str text, struct similar_sketch *out);

/* 0 to 1: estimated share of pieces the two have in common, of the smaller one's. */
float similar_near(const struct similar_sketch *, const struct similar_sketch *);

/* 0 to 1 for two texts, 0.5 and more: likely the same; f and g are scratch.  Reads the first
 * 4,096 bytes of each, and the first 64 words. */
float similar_pair(struct feats *f, struct feats *g, struct str a, struct str b);
