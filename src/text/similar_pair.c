/* Do two messages ask the same?
 *
 * Overlap alone cannot say: "where is my parcel" and "where is my refund" share most of
 * their letters, a message and the same one after a greeting share fewer.  So what counts most is
 * what each has that the other has nothing like, small words and greetings apart: where both have
 * something left over, something else is asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fold.h"
#include "text/similar.h"
#include "text/similar_words.h"

#include <math.h>
#include <string.h>

enum { WORDS = 64, LETTERS = 24, PAIR_BYTES = 4096 };

static float weight_of(float value)
{
	return 1 + logf(value);
}

static float min_of(float a, float b)
{
	return a < b ? a : b;
}

/* How much of the letter sequences of the one with fewer is in the other, 0 to 1. */
static float shared(const struct feats *f, const struct feats *g)
{
	float both = 0, a = 0, b = 0;

	for (size_t i = 0; i < f->n; i++)
		if ((f->v[i].id & 1) == FEAT_CHAR)
			a += weight_of(f->v[i].value);
	for (size_t i = 0; i < g->n; i++) {
		float w = weight_of(g->v[i].value);
		if ((g->v[i].id & 1) != FEAT_CHAR)
			continue;
		b += w;
		size_t at = (g->v[i].id >> 1) & f->mask;
		for (; f->slots[at]; at = (at + 1) & f->mask)
			if (f->v[f->slots[at] - 1].id == g->v[i].id) {
				both += min_of(w, weight_of(f->v[f->slots[at] - 1].value));
				break;
			}
	}
	return min_of(a, b) > 0 ? both / min_of(a, b) : 0;
}

struct word {
	uint16_t from, to; /* in cps */
	bool content;
};

struct side {
	const struct feats *f;
	size_t n, content, left;  /* content: words that are not small; left: not in the other */
	struct word w[WORDS];     /* of scripts with spaces */
	bool covered[FEAT_CHARS]; /* of dense runs: small, or in the other */
	bool negated;
};

/* Is this spelled in a list of words with blanks around? */
static bool listed(const struct feats *f, const struct word *w)
{
	char z[LETTERS * 4 + 3] = " ";
	size_t n = 1;

	if (w->to - w->from > LETTERS)
		return false;
	for (size_t i = w->from; i < w->to; i++)
		n += fold_utf8(f->cps[i], z + n);
	z[n++] = ' ';
	return memmem(small_words, sizeof small_words - 1, z, n);
}

static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

/* "l'article" is article, "where's" is where. */
static void trim(const struct feats *f, struct word *w)
{
	for (size_t i = w->from; i < w->to; i++)
		if (is_apostrophe(f->cps[i])) {
			if (i - w->from <= 2 && w->to - i > 2)
				w->from = (uint16_t)(i + 1);
			else
				w->to = (uint16_t)i;
			return;
		}
}

static bool spells(const struct feats *f, size_t at, size_t end, const char *z, size_t *n)
{
	char c[4];

	for (*n = 0; *z; ++*n) {
		if (at + *n >= end)
			return false;
		size_t len = fold_utf8(f->cps[at + *n], c);
		if (strncmp(z, c, len) != 0)
			return false;
		z += len;
	}
	return true;
}

/* Small words of a dense run are covered; does it say no? */
static void read_dense(struct side *s, size_t from, size_t to)
{
	size_t n;

	for (size_t i = from; i < to; i++) {
		for (size_t k = 0; k < COUNT(dense_negations); k++)
			s->negated |= spells(s->f, i, to, dense_negations[k], &n);
		for (size_t k = 0; k < COUNT(small_dense); k++)
			if (spells(s->f, i, to, small_dense[k], &n)) {
				memset(s->covered + i, true, n);
				break;
			}
	}
	s->content += memchr(s->covered + from, false, to - from) != NULL;
}

static void read_side(struct side *s, const struct feats *f)
{
	size_t to;

	*s = (struct side){.f = f};
	for (size_t i = 0; i < f->chars; i = to) {
		to = feat_run(f, i);
		if (feat_dense(f, i)) {
			read_dense(s, i, to);
			continue;
		}
		struct word w = {(uint16_t)i, (uint16_t)to, false};
		if (!feat_word(f, i) || s->n == WORDS)
			continue;
		bool no = feat_negates(f, i, to);
		s->negated |= no;
		trim(f, &w);
		w.content = !no && w.to - w.from >= 2 && !listed(f, &w);
		s->content += w.content;
		s->w[s->n++] = w;
	}
}

/* Letters with a mark at each end. */
static uint32_t letter(const struct feats *f, const struct word *w, size_t i)
{
	size_t n = w->to - w->from;

	return i == 0 ? '^' : i > n ? '$' : f->cps[w->from + i - 1];
}

/* How many sequences of two and three letters of a word another has, too. */
static size_t common(const struct feats *f, const struct word *a, const struct feats *g,
		     const struct word *b)
{
	size_t n = (size_t)(a->to - a->from) + 2, m = (size_t)(b->to - b->from) + 2, found = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		bool two = false, three = false;
		for (size_t k = 0; k + 1 < m && !three; k++) {
			if (letter(f, a, i) != letter(g, b, k) ||
			    letter(f, a, i + 1) != letter(g, b, k + 1))
				continue;
			two = true;
			three =
			    i + 2 < n && k + 2 < m && letter(f, a, i + 2) == letter(g, b, k + 2);
		}
		found += (size_t)two + three;
	}
	return found;
}

static bool same(const struct feats *f, const struct word *a, const struct feats *g,
		 const struct word *b)
{
	size_t n = a->to - a->from;

	return n == (size_t)(b->to - b->from) &&
	       memcmp(f->cps + a->from, g->cps + b->from, n * sizeof *f->cps) == 0;
}

static bool has_digit(const struct feats *f, const struct word *w)
{
	return memchr(f->cls + w->from, FOLD_DIGIT, w->to - w->from);
}

/* Of a stem, or mistyped: half of the shorter word's sequences are in the other.  Numbers are the
 * same or are not. */
static bool alike(const struct feats *f, const struct word *a, const struct feats *g,
		  const struct word *b)
{
	bool swap = a->to - a->from > b->to - b->from;
	const struct word *x = swap ? b : a, *y = swap ? a : b;
	size_t n = (size_t)(x->to - x->from), all = 2 * n + 1;

	if (y->to - y->from > LETTERS || has_digit(f, a) || has_digit(g, b))
		return same(f, a, g, b);
	return 2 * common(swap ? g : f, x, swap ? f : g, y) >= all;
}

static bool is_kana(uint32_t c)
{
	return c >= 0x3040 && c <= 0x30ff;
}

/* An ideograph is found wherever it stands, other characters beside a neighbour they had. */
static bool found(const struct feats *f, size_t i, const struct feats *g)
{
	for (size_t k = 0; k < g->chars; k++) {
		if (f->cps[i] != g->cps[k])
			continue;
		if (f->cls[i] == FOLD_HAN && !is_kana(f->cps[i]))
			return true;
		if ((i > 0 && k > 0 && f->cps[i - 1] == g->cps[k - 1]) ||
		    (i + 1 < f->chars && k + 1 < g->chars && f->cps[i + 1] == g->cps[k + 1]))
			return true;
	}
	return false;
}

static void cover(struct side *s, const struct feats *g)
{
	for (size_t i = 0; i < s->f->chars; i++)
		if (feat_dense(s->f, i) && !s->covered[i])
			s->covered[i] = found(s->f, i, g);
}

/* Kana of endings tell little. */
static bool tells(uint32_t c)
{
	return c < 0x3040 || c > 0x309f;
}

static void count_left(struct side *s, const struct side *o)
{
	size_t to, k;

	for (size_t i = 0; i < s->n; i++) {
		for (k = 0; k < o->n && !alike(s->f, &s->w[i], o->f, &o->w[k]); k++)
			;
		s->left += s->w[i].content && k == o->n;
	}
	cover(s, o->f);
	for (size_t i = 0; i < s->f->chars; i = to) {
		to = feat_run(s->f, i);
		bool any = false;
		for (k = i; feat_dense(s->f, i) && k < to; k++)
			any |= !s->covered[k] && tells(s->f->cps[k]);
		s->left += any;
	}
}

/* Logistic regression on tests/text/pairs_tuned.tsv and 50 pairs of unlike messages, rounded. */
static float judge(const struct side *x, const struct side *y, float share)
{
	const struct side *few = x->content < y->content ? x : y, *many = few == x ? y : x;
	float less = (float)(x->left < y->left ? x->left : y->left),
	      more = (float)(x->left > y->left ? x->left : y->left);
	float z = 0.7f + 1.9f * share - 1.9f * min_of(less, 2) - 3.3f * (x->negated != y->negated);

	if (!few->content)
		z -= 2.9f * (1 - share);
	z -= 2.6f * less / (float)(few->content ? few->content : 1);
	z -= 2.3f * more / (float)(many->content ? many->content : 1);
	return 1 / (1 + expf(-z));
}

float similar_pair(struct feats *f, struct feats *g, struct str a, struct str b)
{
	struct side x, y;

	feat_read(f, str_clip(a, PAIR_BYTES), FEAT_GRAMS | FEAT_BARE);
	feat_read(g, str_clip(b, PAIR_BYTES), FEAT_GRAMS | FEAT_BARE);
	if (!f->n || !g->n)
		return 0;
	read_side(&x, f);
	read_side(&y, g);
	count_left(&x, &y);
	count_left(&y, &x);
	return judge(&x, &y, shared(f, g));
}
