/* SPDX-License-Identifier: Apache-2.0 */
#include "text/similar.h"

#include <string.h>

/* A message is entered under each kept hash and under its exact one.  Entries of a bucket are a
 * list, newest first; as messages leave in the order they came, those that left are always the
 * end of it, and `count` says where that begins: nothing need be unlinked. */
enum { KEYS = SIMILAR_KEPT + 1, BUCKETS_EACH = 16, STEPS = 512, HIT_BITS = 6 };

static size_t clamp(size_t cap)
{
	return cap < 1 ? 1 : cap > SIMILAR_CAP_MAX ? SIMILAR_CAP_MAX : cap;
}

static uint32_t bits_of(size_t cap)
{
	uint32_t bits = 4;

	while ((1ul << bits) < cap * BUCKETS_EACH)
		bits++;
	return bits;
}

size_t similar_index_bytes(size_t cap)
{
	cap = clamp(cap);
	return cap * (sizeof(struct similar_sketch) + (KEYS + 1) * sizeof(uint32_t)) +
	       (1ul << bits_of(cap)) * sizeof(struct similar_bucket);
}

void similar_index_init(struct similar_index *x, size_t cap, void *memory)
{
	cap = clamp(cap);
	*x = (struct similar_index){.cap = cap, .bucket_bits = bits_of(cap), .sketch = memory};
	x->older = (uint32_t *)(x->sketch + cap);
	x->looked = x->older + cap * KEYS;
	x->bucket = (struct similar_bucket *)(x->looked + cap);
}

static size_t keys_of(const struct similar_sketch *s)
{
	return s->exact || s->count ? 1ul + s->count : 0;
}

/* Kept hashes are small numbers: mixed, so that they spread over all buckets. */
static uint32_t bucket_of(const struct similar_index *x, const struct similar_sketch *s, size_t key)
{
	uint64_t h = key ? s->kept[key - 1] : s->exact ^ 0x5bd1e995u;

	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> (64 - x->bucket_bits));
}

uint64_t similar_index_add(struct similar_index *x, const struct similar_sketch *s)
{
	size_t slot = x->added % x->cap;
	struct similar_sketch *at = &x->sketch[slot];

	if (x->added >= x->cap)
		for (size_t k = 0; k < keys_of(at); k++)
			x->bucket[bucket_of(x, at, k)].count--;
	*at = *s;
	for (size_t k = 0; k < keys_of(s); k++) {
		struct similar_bucket *b = &x->bucket[bucket_of(x, s, k)];
		x->older[slot * KEYS + k] = b->newest;
		b->newest = (uint32_t)(slot * KEYS + k);
		b->count++;
	}
	return x->added++;
}

/* The message's lists, shortest first. */
static size_t lists_of(const struct similar_index *x, const struct similar_sketch *s,
		       struct similar_bucket *out)
{
	uint32_t at[KEYS];
	size_t n = 0, keys = keys_of(s);

	for (size_t k = 0; k < keys; k++) {
		at[k] = bucket_of(x, s, k);
		__builtin_prefetch(&x->bucket[at[k]]);
	}
	for (size_t k = 0; k < keys; k++) {
		struct similar_bucket b = x->bucket[at[k]];
		if (!b.count)
			continue;
		__builtin_prefetch(&x->older[b.newest]);
		size_t i = n++;
		for (; i > 0 && out[i - 1].count > b.count; i--)
			out[i] = out[i - 1];
		out[i] = b;
	}
	return n;
}

static uint64_t number_of(const struct similar_index *x, size_t slot)
{
	size_t last = (x->added - 1) % x->cap;

	return x->added - 1 - (last >= slot ? last - slot : last + x->cap - slot);
}

/* Messages that share a key with the one that is looked for, by how many they share. */
struct candidates {
	uint32_t slot[STEPS];
	size_t n, of[KEYS + 1]; /* of[h]: how many share h keys */
};

static uint32_t next_query(struct similar_index *x)
{
	x->query++;
	if (x->query >> (32 - HIT_BITS)) {
		memset(x->looked, 0, x->cap * sizeof *x->looked);
		x->query = 1;
	}
	return x->query;
}

static void gather(struct similar_index *x, const struct similar_sketch *s, struct candidates *c)
{
	struct similar_bucket lists[KEYS];
	size_t n = lists_of(x, s, lists), steps = 0;
	uint32_t none = next_query(x) << HIT_BITS;

	c->n = 0;
	memset(c->of, 0, sizeof c->of);
	for (size_t i = 0; i < n; i++)
		for (uint32_t at = lists[i].newest; lists[i].count-- && steps++ < STEPS;
		     at = x->older[at]) {
			uint32_t *hits = &x->looked[at / KEYS];
			if (*hits < none || *hits > none + KEYS) {
				*hits = none;
				c->slot[c->n++] = at / KEYS;
			}
			if (*hits < none + KEYS)
				++*hits;
		}
	for (size_t i = 0; i < c->n; i++)
		c->of[x->looked[c->slot[i]] - none]++;
}

/* So many keys must be shared for not more than SIMILAR_LOOKS to be compared, about. */
static size_t enough(const struct candidates *c)
{
	size_t sum = 0;

	for (size_t h = KEYS; h > 1; h--)
		if ((sum += c->of[h]) >= SIMILAR_LOOKS)
			return h;
	return 1;
}

bool similar_index_nearest(struct similar_index *x, const struct similar_sketch *s,
			   struct similar_found *out)
{
	struct candidates c;
	size_t best = 0;

	*out = (struct similar_found){0};
	gather(x, s, &c);
	uint32_t least = (x->query << HIT_BITS) + (uint32_t)enough(&c);
	for (size_t i = 0; i < c.n && out->near < 1; i++) {
		if (i + 4 < c.n && x->looked[c.slot[i + 4]] >= least)
			__builtin_prefetch(&x->sketch[c.slot[i + 4]]);
		if (x->looked[c.slot[i]] < least)
			continue;
		float near = similar_near(s, &x->sketch[c.slot[i]]);
		best = near > out->near ? c.slot[i] : best;
		out->near = near > out->near ? near : out->near;
	}
	if (out->near > 0)
		out->number = number_of(x, best);
	return out->near > 0;
}
