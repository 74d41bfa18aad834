/* SPDX-License-Identifier: Apache-2.0 */
#include "text/feat.h"

#include "text/fold.h"

#include <string.h>

enum { GRAM_MIN = 2, GRAM_MAX = 5, DENSE_GRAM_MAX = 4, WORDS_MAX = 2048, WORD_CHARS = 24 };

/* Kinds of sequences never share a hash. */
enum seed {
	SEED_WORD = 11,
	SEED_PAIR = 23,
	SEED_SKIP = 37,
	SEED_GRAM = 53,
	SEED_NOT = 71,
	SEED_NAME = 97
};

static uint32_t mix(uint32_t h, uint32_t v)
{
	h = (h ^ v) * 0x9e3779b1u;
	return h ^ (h >> 15);
}

static uint32_t finish(uint32_t h, enum feat_block block)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	h ^= h >> 16;
	return (h & ~1u) | (uint32_t)block;
}

uint32_t feat_id(enum feat_block block, const char *name)
{
	uint32_t h = SEED_NAME;

	for (; *name; name++)
		h = mix(h, (unsigned char)*name);
	return finish(h, block);
}

void feat_add(struct feats *f, uint32_t id, float value)
{
	size_t at = (id >> 1) & f->mask;

	while (f->slots[at]) {
		struct feat *k = &f->v[f->slots[at] - 1];
		if (k->id == id) {
			k->value += value;
			return;
		}
		at = (at + 1) & f->mask;
	}
	if (f->n == FEAT_MAX || f->n > f->mask / 4 * 3)
		return;
	f->v[f->n] = (struct feat){id, value};
	f->slots[at] = (uint16_t)++f->n;
}

static void add(struct feats *f, uint32_t h, enum feat_block block)
{
	feat_add(f, finish(h, block), 1);
}

static bool is_name_byte(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

/* The character that &name; or &#number; at the start of t stands for; 0 when it is none. */
static uint32_t reference(struct str t, size_t *n)
{
	static const struct {
		const char *name;
		uint32_t c;
	} refs[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
	uint32_t c = 0;
	size_t i = 2;

	for (size_t k = 0; k < COUNT(refs); k++)
		if (str_starts(t, str_of(refs[k].name))) {
			*n = strlen(refs[k].name);
			return refs[k].c;
		}
	if (!str_starts(t, S("&#")))
		return 0;
	for (; i < t.n && i < 9 && t.p[i] >= '0' && t.p[i] <= '9'; i++)
		c = c * 10 + (uint32_t)(t.p[i] - '0');
	*n = i + 1;
	return i < t.n && t.p[i] == ';' && c > ' ' && c <= 0x10ffff ? c : 0;
}

enum { SOMEBODY = 0x1f464, LINK = 0x1f517 };

/* What is read instead of the next *n bytes at `at`: a picture for a @name or a link, a
 * character for its reference; 0 where the text itself is read. */
static uint32_t stand_in(struct str text, size_t at, size_t *n)
{
	struct str t = str_slice(text, at, text.n);
	bool inside = at && is_name_byte(text.p[at - 1]);

	*n = 1;
	if (t.p[0] == '&')
		return reference(t, n);
	if (inside)
		return 0;
	if (t.p[0] == '@') {
		while (*n < t.n && is_name_byte(t.p[*n]))
			++*n;
		return *n > 1 ? SOMEBODY : 0;
	}
	if (!str_starts(t, S("http://")) && !str_starts(t, S("https://")))
		return 0;
	while (*n < t.n && (unsigned char)t.p[*n] > ' ')
		++*n;
	return LINK;
}

/* Folded characters with their classes; one gap between what is apart. */
static void read_chars(struct feats *f, struct str text, unsigned flags)
{
	struct fold k;
	size_t at = 0, n = 0, skip;
	uint32_t out[3], c;

	while (n < FEAT_CHARS && at < text.n) {
		if (flags & FEAT_NAMES && (c = stand_in(text, at, &skip))) {
			f->cps[n] = c;
			f->cls[n] = (uint8_t)fold_class(c);
			n += f->cls[n] != FOLD_NOTHING;
			at += skip;
			continue;
		}
		if (!fold_next(text, &at, &k))
			break;
		for (size_t i = 0; i < k.n && n < FEAT_CHARS; i++) {
			enum fold_class cls = fold_class(k.c[i]);
			size_t bare = flags & FEAT_BARE ? fold_bare(k.c[i], out) : 1;
			if (cls == FOLD_NOTHING || bare == 0)
				continue;
			f->cps[n] = flags & FEAT_BARE ? out[0] : k.c[i];
			f->cls[n++] = (uint8_t)cls;
		}
	}
	f->chars = n;
}

/* Character sequences of the word at [from, to), with a mark at each end. */
static void add_grams(struct feats *f, size_t from, size_t to)
{
	size_t n = to - from > WORD_CHARS ? WORD_CHARS : to - from;

	for (size_t i = 0; i < n + 2; i++) {
		uint32_t h = SEED_GRAM;
		for (size_t k = 0; k < GRAM_MAX && i + k < n + 2; k++) {
			size_t at = i + k;
			h = mix(h, at == 0 ? '^' : at == n + 1 ? '$' : f->cps[from + at - 1]);
			if (k + 1 >= GRAM_MIN)
				add(f, h, FEAT_CHAR);
		}
	}
}

static void add_dense(struct feats *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		uint32_t h = SEED_GRAM + 1;
		for (size_t k = 0; k < DENSE_GRAM_MAX && i + k < to; k++) {
			h = mix(h, f->cps[i + k]);
			add(f, h, FEAT_CHAR);
			if (k < 2)
				add(f, h + SEED_WORD, FEAT_WORD);
		}
	}
}

static uint32_t word_hash(const struct feats *f, size_t from, size_t to)
{
	uint32_t h = SEED_WORD;

	for (size_t i = from; i < to; i++)
		h = mix(h, f->cps[i]);
	return h;
}

static bool is_dense(uint8_t cls)
{
	return cls == FOLD_HAN || (cls >= FOLD_THAI && cls <= FOLD_MYANMAR);
}

static bool is_word(uint8_t cls)
{
	return cls == FOLD_LETTER || cls == FOLD_DIGIT || cls == FOLD_MARK || cls == FOLD_HANGUL;
}

static bool is_apostrophe(const struct feats *f, size_t i, size_t n)
{
	return (f->cps[i] == '\'' || f->cps[i] == 0x2019) && i + 1 < n &&
	       f->cls[i + 1] == FOLD_LETTER;
}

size_t feat_run(const struct feats *f, size_t i)
{
	size_t to = i + 1, n = f->chars;

	if (is_dense(f->cls[i]))
		while (to < n && (is_dense(f->cls[to]) || f->cls[to] == FOLD_MARK))
			to++;
	else if (is_word(f->cls[i]))
		while (to < n && (is_word(f->cls[to]) || is_apostrophe(f, to, n)))
			to++;
	else
		while (to < n && f->cps[to] == f->cps[i])
			to++;
	return to;
}

bool feat_dense(const struct feats *f, size_t i)
{
	return is_dense(f->cls[i]);
}

bool feat_word(const struct feats *f, size_t i)
{
	return is_word(f->cls[i]);
}

bool feat_has_letters(const struct feats *f)
{
	for (size_t i = 0; i < f->chars; i++)
		if (feat_dense(f, i) || (feat_word(f, i) && f->cls[i] != FOLD_DIGIT))
			return true;
	return false;
}

static bool is_mark(uint32_t c)
{
	return c == '?' || c == '!';
}

/* Negations, folded and bare of accents, as word hashes are compared by spelling. */
static const char *const negations[] = {
    "not",
    "no",
    "never",
    "cannot",
    "can't",
    "don't",
    "doesn't",
    "didn't",
    "isn't",
    "wasn't",
    "won't",
    "without",
    "cant",
    "dont",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "nie",
    "ohne",
    "pas",
    "jamais",
    "sans",
    "sin",
    "nunca",
    "nao",
    "n\xc3\xa3o",
    "sem",
    "non",
    "mai",
    "niet",
    "geen",
    "\xd0\xbd\xd0\xb5",
    "\xd0\xbd\xd0\xb5\xd1\x82",
    "\xd0\xb1\xd0\xb5\xd0\xb7",
};

bool feat_negates(const struct feats *f, size_t from, size_t to)
{
	char z[WORD_CHARS * 4 + 4];
	size_t n = 0;

	if (to - from > 8)
		return false;
	for (size_t i = from; i < to; i++)
		n += fold_utf8(f->cps[i], z + n);
	z[n] = 0;
	for (size_t i = 0; i < COUNT(negations); i++)
		if (strcmp(z, negations[i]) == 0)
			return true;
	return false;
}

static void add_pairs(struct feats *f, const uint32_t *words, size_t n, unsigned flags)
{
	for (size_t i = 0; i <= n; i++) {
		uint32_t left = i ? words[i - 1] : 1, right = i < n ? words[i] : 2;
		add(f, mix(mix(SEED_PAIR, left), right), FEAT_WORD);
		if (flags & FEAT_SKIP && i >= 1 && i + 1 < n)
			add(f, mix(mix(SEED_SKIP, left), words[i + 1]), FEAT_WORD);
	}
}

static void add_words(struct feats *f, unsigned flags)
{
	uint32_t words[WORDS_MAX];
	size_t n = 0, to;
	int negated = 0;

	for (size_t i = 0; i < f->chars && n < WORDS_MAX; i = to) {
		to = feat_run(f, i);
		bool picture = f->cls[i] == FOLD_SYMBOL, mark = is_mark(f->cps[i]);
		if (is_dense(f->cls[i])) {
			add_dense(f, i, to);
			f->words += (to - i + 1) / 2;
			continue;
		}
		if (!is_word(f->cls[i]) && !picture && !mark) {
			negated = f->cps[i] == '.' || f->cps[i] == ',' ? 0 : negated;
			continue;
		}
		uint32_t h = word_hash(f, i, mark || picture ? i + 1 : to);
		words[n++] = h;
		if (flags & FEAT_WORDS)
			add(f, h, FEAT_WORD);
		if (flags & FEAT_NEGATE && negated-- > 0)
			add(f, h + SEED_NOT, FEAT_WORD);
		if (flags & FEAT_NEGATE && feat_negates(f, i, to))
			negated = 4;
		if (flags & FEAT_GRAMS && !mark && !picture)
			add_grams(f, i, to);
	}
	f->words += n;
	if (flags & FEAT_WORDS)
		add_pairs(f, words, n, flags);
}

static bool is_sign(const struct feats *f, size_t i)
{
	uint32_t c = f->cps[i];

	return f->cls[i] == FOLD_GAP && c > ' ' && !(c >= 0x7f && c < 0xa0);
}

/* Signs, and whether they stand alone, by two or more: ))) laughs and ((( weeps in Russian. */
static void add_signs(struct feats *f)
{
	size_t to;

	for (size_t i = 0; i < f->chars; i = to) {
		to = feat_run(f, i);
		if (!is_sign(f, i))
			continue;
		uint32_t h = mix(SEED_NAME, f->cps[i]);
		add(f, mix(h, 1), FEAT_WORD);
		if (to - i > 1)
			add(f, mix(h, to - i == 2 ? 2 : 3), FEAT_WORD);
	}
}

/* How a thing is said: capitals in the raw text, marks and letters repeated. */
static void add_style(struct feats *f, struct str text)
{
	size_t upper = 0, lower = 0, caps = 0, run = 0, marks = 0;

	for (size_t i = 0; i < text.n && i < FEAT_CHARS; i++) {
		char c = text.p[i];
		bool up = c >= 'A' && c <= 'Z';
		upper += up;
		lower += c >= 'a' && c <= 'z';
		run = up ? run + 1 : 0;
		caps += run == 3;
		marks += c == '!';
	}
	add_signs(f);
	if (upper > 8 && upper > lower * 2)
		feat_add(f, feat_id(FEAT_WORD, "shouts"), 1);
	if (caps)
		feat_add(f, feat_id(FEAT_WORD, "capitals"), 1);
	if (marks >= 2)
		feat_add(f, feat_id(FEAT_WORD, "exclaims"), 1);
	for (size_t i = 2, n = 0; i < f->chars && n < 3; i++)
		if (f->cps[i] == f->cps[i - 1] && f->cps[i] == f->cps[i - 2] &&
		    is_word(f->cls[i]) && f->cls[i] != FOLD_DIGIT) {
			feat_add(f, feat_id(FEAT_WORD, "draws out"), 1);
			n++;
		}
	for (size_t i = 0; i < f->chars; i++)
		if (f->cls[i] == FOLD_SYMBOL)
			add(f, mix(SEED_NAME, f->cps[i]), FEAT_CHAR);
}

/* As many slots as the text needs, for most are short: no character brings more than 12 features.
 */
static void clear_slots(struct feats *f)
{
	size_t n = 1024;

	while (n < FEAT_SLOTS && n < f->chars * 16)
		n *= 2;
	f->mask = n - 1;
	memset(f->slots, 0, n * sizeof *f->slots);
}

void feat_read(struct feats *f, struct str text, unsigned flags)
{
	f->n = f->words = 0;
	read_chars(f, text, flags);
	clear_slots(f);
	add_words(f, flags);
	if (flags & FEAT_STYLE)
		add_style(f, text);
}
