/* SPDX-License-Identifier: Apache-2.0 */
#include "text/similar.h"

#include "text/token.h"

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
