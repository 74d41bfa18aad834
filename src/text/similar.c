/* SPDX-License-Identifier: Apache-2.0 */
#include "text/similar.h"

#include "text/spot.h"
#include "text/token.h"

#include <math.h>
#include <string.h>

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0xff51afd7ed558ccdu;
	return h ^ (h >> 29);
}

static bool add_exact(void *arg, struct str token, size_t from, size_t to)
{
	uint64_t *h = arg;

	(void)from, (void)to;
	for (size_t i = 0; i < token.n; i++)
		*h = mix(*h, (unsigned char)token.p[i]);
	*h = mix(*h, ' ');
	return true;
}

/* Keep the smallest hashes: those of two texts overlap as the texts do. */
static void keep(struct similar_sketch *s, uint32_t h)
{
	size_t i = s->count;

	if (i == SIMILAR_KEPT && h >= s->kept[i - 1])
		return;
	if (i == SIMILAR_KEPT)
		i--;
	else
		s->count++;
	for (; i > 0 && s->kept[i - 1] > h; i--)
		s->kept[i] = s->kept[i - 1];
	s->kept[i] = h;
}

void similar_sketch(struct feats *f, struct str text, struct similar_sketch *out)
{
	memset(out, 0, sizeof *out);
	text_tokens(str_clip(text, FEAT_CHARS * 4), TEXT_QUERY, add_exact, &out->exact);
	feat_read(f, text, FEAT_WORDS | FEAT_GRAMS | FEAT_BARE);
	for (size_t i = 0; i < f->n; i++)
		if ((f->v[i].id & 1) == FEAT_CHAR)
			keep(out, (uint32_t)(mix(1, f->v[i].id) >> 32));
	size_t pieces = 0;
	for (size_t i = 0; i < f->n; i++)
		pieces += (f->v[i].id & 1) == FEAT_CHAR;
	out->pieces = (uint16_t)(pieces < UINT16_MAX ? pieces : UINT16_MAX);
}

float similar_near(const struct similar_sketch *a, const struct similar_sketch *b)
{
	size_t i = 0, k = 0, same = 0, seen = 0;

	if (a->exact && a->exact == b->exact)
		return 1;
	if (!a->count || !b->count)
		return 0;
	/* among the smallest hashes of both together, the share that is in both */
	while (i < a->count && k < b->count && seen < SIMILAR_KEPT) {
		bool equal = a->kept[i] == b->kept[k];
		bool left = a->kept[i] <= b->kept[k];
		same += equal;
		k += equal || !left;
		i += left;
		seen++;
	}
	float jaccard = (float)same / (float)(seen ? seen : 1);
	float all = (float)a->pieces + (float)b->pieces,
	      less = a->pieces < b->pieces ? a->pieces : b->pieces;
	float common = jaccard / (1 + jaccard) * all;
	float share = common / (less > 24 ? less : 24);
	return share > 1 ? 1 : share;
}

static float weight_of(float value)
{
	return 1 + logf(value);
}

struct overlap {
	float both, a, b; /* weights in common, and of each; per block */
};

static void count_overlap(const struct feats *f, const struct feats *g,
			  struct overlap o[FEAT_BLOCKS])
{
	memset(o, 0, sizeof *o * FEAT_BLOCKS);
	for (size_t i = 0; i < f->n; i++)
		o[f->v[i].id & 1].a += weight_of(f->v[i].value) * weight_of(f->v[i].value);
	for (size_t i = 0; i < g->n; i++) {
		struct overlap *p = &o[g->v[i].id & 1];
		float w = weight_of(g->v[i].value);
		p->b += w * w;
		size_t at = (g->v[i].id >> 1) & f->mask;
		for (; f->slots[at]; at = (at + 1) & f->mask)
			if (f->v[f->slots[at] - 1].id == g->v[i].id) {
				p->both += w * weight_of(f->v[f->slots[at] - 1].value);
				break;
			}
	}
}

static float cosine(const struct overlap *o)
{
	return o->a > 0 && o->b > 0 ? o->both / sqrtf(o->a * o->b) : 0;
}

static float share(const struct overlap *o)
{
	float less = o->a < o->b ? o->a : o->b;

	return less > 0 ? o->both / less : 0;
}

/* Do both name a number, and not the same one? */
static bool numbers_differ(struct str a, struct str b)
{
	enum { MANY = 16 };
	struct spot x[MANY], y[MANY];
	size_t n = spot_find(a, x, MANY), m = spot_find(b, y, MANY);
	bool any = false;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			if (x[i].kind != y[k].kind || x[i].kind > SPOT_SKU)
				continue;
			any = true;
			if (str_eq_nocase(str_slice(a, x[i].from, x[i].to),
					  str_slice(b, y[k].from, y[k].to)))
				return false;
		}
	return any;
}

float similar_pair(struct feats *f, struct feats *g, struct str a, struct str b)
{
	struct overlap o[FEAT_BLOCKS];

	feat_read(f, a, FEAT_WORDS | FEAT_GRAMS | FEAT_BARE);
	feat_read(g, b, FEAT_WORDS | FEAT_GRAMS | FEAT_BARE);
	count_overlap(f, g, o);
	float z = -3.2f + 3.4f * cosine(&o[FEAT_CHAR]) + 2.2f * share(&o[FEAT_CHAR]) +
		  1.6f * cosine(&o[FEAT_WORD]) + 0.6f * share(&o[FEAT_WORD]);
	if (numbers_differ(str_clip(a, FEAT_CHARS), str_clip(b, FEAT_CHARS)))
		z -= 2.5f;
	return f->n && g->n ? 1 / (1 + expf(-z)) : 0;
}
