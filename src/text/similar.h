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

/* The nearest of the last messages of a stream, without comparing with each of them.
 *
 * Messages are found again by the hashes of their sketches, rarest first, newest first; those that
 * share most, about SIMILAR_LOOKS, are compared, so that a message costs the same however many were
 * seen.  What is very near shares many hashes and is found; of those that share only what half of
 * all messages have, an older one may be missed.  The memory is the caller's:
 * similar_index_bytes(cap) bytes, zeroed, aligned to 8, about 500 for each of cap messages; when it
 * is full the oldest goes. One thread at a time. */
enum { SIMILAR_LOOKS = 48, SIMILAR_CAP_MAX = 1 << 24 };

struct similar_bucket {
	uint32_t newest, count; /* of the messages that are still held */
};

struct similar_index {
	size_t cap;     /* messages held at most */
	uint64_t added; /* messages ever added */
	uint32_t query, bucket_bits;
	struct similar_sketch *sketch; /* [cap]: number n stands at n % cap */
	uint32_t *older;  /* [cap][SIMILAR_KEPT + 1]: the one before it in its bucket */
	uint32_t *looked; /* [cap]: the last query that met it, and how many keys they share */
	struct similar_bucket *bucket;
};

struct similar_found {
	uint64_t number; /* what similar_index_add gave */
	float near;      /* as similar_near, above 0 */
};

/* cap: 1 to SIMILAR_CAP_MAX, clamped. */
size_t similar_index_bytes(size_t cap);
void similar_index_init(struct similar_index *, size_t cap, void *memory);

/* The message's number: 0, 1, 2 and on.  A sketch of nothing is added and never found. */
uint64_t similar_index_add(struct similar_index *, const struct similar_sketch *);

/* False when nothing shares a piece with it.  Marks what it looked at, hence not const. */
bool similar_index_nearest(struct similar_index *, const struct similar_sketch *,
			   struct similar_found *out);

/* 0 to 1 for two texts, 0.5 and more: likely the same; f and g are scratch.  Reads the first
 * 4,096 bytes of each, and the first 64 words. */
float similar_pair(struct feats *f, struct feats *g, struct str a, struct str b);
