/* SPDX-License-Identifier: Apache-2.0 */
#include "text/vectors.h"

#include "text/mapfile.h"
#include "text/scratch.h"
#include "text/vectors_file.h"

#include <math.h>
#include <string.h>

struct text_vectors {
	const struct vectors_head *h;
	const struct model_slot *slot;
	const float *idf, *scale;
	const int8_t *cell;
};

/* Does a section of n things of a size lie inside the file, aligned? */
static bool lies(const struct vectors_head *h, uint32_t at, size_t n, size_t size)
{
	return at % 8 == 0 && at >= sizeof *h && at <= h->size && n <= (h->size - at) / size;
}

static const char *check_head(struct str b)
{
	const struct vectors_head *h = (const struct vectors_head *)b.p;

	if (b.n < sizeof *h || memcmp(h->magic, vectors_magic, sizeof h->magic) != 0)
		return "this is no file of word vectors";
	if (h->version != VECTORS_VERSION)
		return "the word vectors are of another version; make them anew";
	if (h->size != b.n)
		return "the word vectors are cut short, or have something after their end";
	if (h->sum != model_sum(b.p + sizeof *h, b.n - sizeof *h))
		return "the word vectors are damaged: their checksum differs";
	return NULL;
}

static bool places_ok(const struct vectors_head *h)
{
	return h->dims >= 1 && h->dims <= VECTORS_DIMS_MAX && h->slots &&
	       (h->slots & (h->slots - 1)) == 0 && h->units < h->slots &&
	       lies(h, h->slot, h->slots, sizeof(struct model_slot)) &&
	       lies(h, h->idf, h->units, 4) && lies(h, h->scale, h->units, 4) &&
	       lies(h, h->cell, h->units, h->dims);
}

/* Whoever made the file may have made its checksum too: every index and number is looked at. */
static bool content_ok(const struct text_vectors *v)
{
	size_t empty = 0;

	for (size_t i = 0; i < v->h->slots; i++) {
		if (v->slot[i].column > v->h->units)
			return false;
		empty += v->slot[i].column == 0;
	}
	for (size_t i = 0; i < v->h->units; i++)
		if (!(fabsf(v->idf[i]) < 1e6f && fabsf(v->scale[i]) < 1e6f))
			return false;
	return empty > 0;
}

enum err text_vectors_open(struct arena *a, struct str bytes, const struct text_vectors **out,
			   const char **why)
{
	struct text_vectors *v = NEW(a, struct text_vectors);
	const char *b = bytes.p;

	*why = (uintptr_t)b % 8 ? "the word vectors are not aligned" : check_head(bytes);
	if (*why)
		return E_MALFORMED;
	v->h = (const struct vectors_head *)b;
	*why = "the word vectors contradict themselves";
	if (!places_ok(v->h))
		return E_MALFORMED;
	v->slot = (const struct model_slot *)(b + v->h->slot);
	v->idf = (const float *)(b + v->h->idf);
	v->scale = (const float *)(b + v->h->scale);
	v->cell = (const int8_t *)(b + v->h->cell);
	if (!content_ok(v))
		return E_MALFORMED;
	*why = NULL;
	*out = v;
	return E_OK;
}

enum err text_vectors_map(struct arena *a, const char *path, const struct text_vectors **out,
			  const char **why)
{
	struct str bytes;

	*why = "the word vectors' file cannot be read";
	TRY(text_map_file(a, path, &bytes));
	return text_vectors_open(a, bytes, out, why);
}

size_t text_vectors_dims(const struct text_vectors *v)
{
	return v->h->dims;
}

uint64_t text_vectors_sum(const struct text_vectors *v)
{
	return v->h->sum;
}

/* Tables are much larger than the caches: what will be read in a moment is asked for now. */
enum { AHEAD = 12 };

static uint32_t slot_of(const struct text_vectors *v, uint32_t id)
{
	return (id * 0x9e3779b1u) & (v->h->slots - 1);
}

static uint32_t unit_of(const struct text_vectors *v, uint32_t id)
{
	uint32_t mask = v->h->slots - 1, at = slot_of(v, id);

	while (v->slot[at].column && v->slot[at].id != id)
		at = (at + 1) & mask;
	return v->slot[at].column;
}

/* How much of a message must be known, by its words and pairs, for its vector to count: none at
 * the first share, in full at the second.  Chance finds a tenth of any other language. */
static const float KNOWN_NONE = 0.2f, KNOWN_ALL = 0.35f;

static float cover(size_t known, size_t words)
{
	float share = words ? (float)known / (float)words : 0;
	float c = (share - KNOWN_NONE) / (KNOWN_ALL - KNOWN_NONE);

	return c < 0 ? 0 : c > 1 ? 1 : c;
}

void text_vectors_read(const struct text_vectors *v, const struct feats *f, float *out)
{
	float part[FEAT_BLOCKS][VECTORS_DIMS_MAX] = {{0}}, sum[FEAT_BLOCKS] = {0}, size = 0;
	size_t dims = v->h->dims, words = 0, known = 0;
	SCRATCH uint32_t unit[FEAT_MAX];

	for (size_t i = 0; i < f->n; i++) {
		if (i + AHEAD < f->n)
			__builtin_prefetch(&v->slot[slot_of(v, f->v[i + AHEAD].id)]);
		unit[i] = unit_of(v, f->v[i].id);
		if (!unit[i])
			continue;
		for (size_t d = 0; d < dims; d += 64)
			__builtin_prefetch(v->cell + (size_t)(unit[i] - 1) * dims + d);
		__builtin_prefetch(&v->idf[unit[i] - 1]);
		__builtin_prefetch(&v->scale[unit[i] - 1]);
	}
	for (size_t i = 0; i < f->n; i++) {
		size_t block = f->v[i].id & 1;
		words += block == FEAT_WORD;
		if (!unit[i])
			continue;
		known += block == FEAT_WORD;
		float w = (f->v[i].value == 1 ? 1 : 1 + logf(f->v[i].value)) * v->idf[unit[i] - 1];
		const int8_t *row = v->cell + (size_t)(unit[i] - 1) * dims;
		float by = w * v->scale[unit[i] - 1];
		sum[block] += w * w;
		for (size_t d = 0; d < dims; d++)
			part[block][d] += by * row[d];
	}
	for (size_t d = 0; d < dims; d++) {
		out[d] = 0;
		for (size_t b = 0; b < FEAT_BLOCKS; b++)
			out[d] += sum[b] > 0 ? part[b][d] / sqrtf(sum[b]) : 0;
		size += out[d] * out[d];
	}
	float by = size > 1e-12f ? cover(known, words) / sqrtf(size) : 0;
	for (size_t d = 0; d < dims; d++)
		out[d] *= by;
}
