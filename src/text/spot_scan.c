/* Characters, groups of digits, and words by their first or last letter. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot_scan.h"

#include "text/spot_words.h"

#include <assert.h>
#include <string.h>
#include <threads.h>

enum { BEFORE = 48, ENTRIES = 1000, NONE = 0xffff };

static unsigned char byte(const struct scan *s, size_t i)
{
	return (unsigned char)peek(s, i);
}

bool spot_word_ends(const struct scan *s, size_t i)
{
	if (i == 0)
		return false;
	if (alnum(peek(s, i - 1)))
		return true;
	return i > 1 && (byte(s, i - 1) & 0xc0) == 0x80 && wide_letter(peek(s, i - 2));
}

size_t spot_digit(const struct scan *s, size_t i, char *d)
{
	unsigned c = byte(s, i), e = 10;

	if (c < 0x80) {
		*d = (char)c;
		return digit((char)c);
	}
	if (c == 0xef && byte(s, i + 1) == 0xbc)
		e = byte(s, i + 2) - 0x90u;
	else if (c == 0xd9 || c == 0xdb)
		e = byte(s, i + 1) - (c == 0xd9 ? 0xa0u : 0xb0u);
	*d = e < 10 ? (char)('0' + e) : 0;
	return e >= 10 ? 0 : c == 0xef ? 3 : 2;
}

bool spot_digit_ends(const struct scan *s, size_t i)
{
	char d;

	return (i > 0 && digit(peek(s, i - 1))) || (i > 1 && spot_digit(s, i - 2, &d) == 2) ||
	       (i > 2 && spot_digit(s, i - 3, &d) == 3);
}

size_t spot_digits_end(const struct scan *s, size_t i, size_t max)
{
	char d;
	size_t w;

	for (size_t n = 0; n < max && (w = spot_digit(s, i, &d)); n++)
		i += w;
	return i;
}

int spot_value(const struct scan *s, size_t from, size_t to)
{
	int v = 0;
	char d;
	size_t w;

	for (size_t i = from; i < to && v < 100000 && (w = spot_digit(s, i, &d)); i += w)
		v = v * 10 + (d - '0');
	return v;
}

size_t spot_blank(const struct scan *s, size_t i)
{
	unsigned char c = byte(s, i);

	if (c == ' ')
		return 1;
	if (c == 0xc2)
		return byte(s, i + 1) == 0xa0 ? 2 : 0;
	if (c == 0xe2 && byte(s, i + 1) == 0x80)
		return (byte(s, i + 2) >= 0x80 && byte(s, i + 2) <= 0x8f) || byte(s, i + 2) == 0xaf
			   ? 3
			   : 0;
	return c == 0xe3 && byte(s, i + 1) == 0x80 && byte(s, i + 2) == 0x80 ? 3 : 0;
}

size_t spot_gap(const struct scan *s, size_t i)
{
	unsigned char c = byte(s, i), d = byte(s, i + 1), e = byte(s, i + 2);

	if (c < 0x80)
		return c && strchr(" -./_\t", (char)c) != NULL;
	if (c == 0xc2)
		return d == 0xa0 || d == 0xad || d == 0xb7 ? 2 : 0;
	if (c == 0xe2 && d == 0x80 && e >= 0x90 && e <= 0x95) /* hyphens and dashes */
		return 3;
	if ((c == 0xe2 && d == 0x88 && e == 0x92) || (c == 0xef && d == 0xbc && e == 0x8d))
		return 3;
	return spot_blank(s, i);
}

size_t spot_skip_blank(const struct scan *s, size_t i)
{
	return i + spot_blank(s, i);
}

static size_t gap_or_paren(const struct scan *s, size_t i)
{
	return peek(s, i) == '(' || peek(s, i) == ')' ? 1 : spot_gap(s, i);
}

/* Where the next group begins after the separators at i, 0 for none. */
static size_t next_group(const struct scan *s, size_t i, struct digits *g)
{
	size_t j = i, w;
	bool hard = false, paren = false, blank = false;
	char d;

	for (int k = 0; k < GAPS_MAX && (w = gap_or_paren(s, j)); k++) {
		bool is_blank = spot_blank(s, j);
		hard |= !is_blank;
		blank |= is_blank;
		paren |= peek(s, j) == '(' || peek(s, j) == ')';
		j += w;
	}
	if (j == i || !spot_digit(s, j, &d))
		return 0;
	g->hard |= hard;
	if (paren && g->plain == DIGITS_MAX)
		g->plain = g->n;
	if (hard && blank && !paren && g->tight == DIGITS_MAX) {
		g->tight = g->n;
		g->tight_groups = g->groups;
	}
	return j;
}

/* The digits without a separator at i; their number. */
static size_t read_group(const struct scan *s, size_t i, struct digits *g)
{
	size_t w, from = g->n;

	while (g->n < DIGITS_MAX && (w = spot_digit(s, i, &g->d[g->n]))) {
		g->last_of[g->n] = false;
		g->end[g->n++] = i += w;
	}
	if (g->n > from) {
		char more;
		g->len[g->groups++] = (unsigned char)(g->n - from);
		g->last_of[g->n - 1] = !spot_digit(s, i, &more);
	}
	return g->n - from;
}

const struct digits *spot_digits(struct scan *s, size_t i)
{
	struct digits *g = &s->digits;

	if (g->at == i + 1)
		return g;
	g->at = i + 1;
	g->n = g->groups = 0;
	g->plain = g->tight = DIGITS_MAX;
	g->hard = false;
	while (g->n < DIGITS_MAX && read_group(s, i, g)) {
		i = next_group(s, g->end[g->n - 1], g);
		if (!i)
			break;
	}
	if (g->tight == DIGITS_MAX) {
		g->tight = g->n;
		g->tight_groups = g->groups;
	}
	return g;
}

/* clang-format off */
static const struct list {
	const char *const *v;
	size_t n;
	bool exact;
} lists[WORDS_LISTS] = {
#define LIST(words) {words, COUNT(words), false}
	[WORDS_ORDER] = LIST(order_words),     [WORDS_NUMBER] = LIST(number_words),   [WORDS_OTHER] = LIST(other_words),
	[WORDS_WAYBILL] = LIST(waybill_words), [WORDS_CARRIER] = LIST(carrier_words), [WORDS_SKU] = LIST(sku_words),
	[WORDS_PHONE] = LIST(phone_words),     [WORDS_DAY] = LIST(day_words),         [WORDS_EXPIRY] = LIST(expiry_words),
	[WORDS_VERSION] = LIST(version_words), [WORDS_FILLER] = LIST(filler_words),   [WORDS_MONTH] = LIST(months),
	[WORDS_DAY_BACK] = LIST(day_back_words), [WORDS_HAN_DATE] = LIST(han_date_words), [WORDS_FRONT] = LIST(front_words),
	[WORDS_BACK] = LIST(back_words),       [WORDS_TIMES] = LIST(times_words),
	[WORDS_FRONT_EXACT] = {front_exact_words, COUNT(front_exact_words), true},
	[WORDS_BACK_EXACT] = {back_exact_words, COUNT(back_exact_words), true},
#undef LIST
};
/* clang-format on */

/* Every word once: chains by the first letter of those looked for ahead, one list each, and by
 * the last byte of those looked for behind, all lists together. */
static struct {
	struct entry {
		const char *z;
		unsigned char n, list;
		unsigned short next;
	} v[ENTRIES];
	unsigned short first[WORDS_LISTS][256], last[256];
	size_t n;
} words;
static once_flag words_once = ONCE_FLAG_INIT;

/* A letter of two bytes in its small form: Latin, Cyrillic. */
static unsigned small_wide(unsigned char a, unsigned char b)
{
	if (a == 0xc3 && b <= 0x9e)
		b = (unsigned char)(b + 0x20);
	else if ((a == 0xc4 && b < 0xb8) || (a == 0xc5 && b >= 0x8a && b < 0xb8))
		b |= 1;
	else if ((a == 0xc4 || a == 0xc5) && b >= 0x81 && b % 2 == 1 && (a == 0xc5 || b > 0xb8))
		b = (unsigned char)(b + (b < 0xbf));
	else if (a == 0xd0 && b >= 0x90 && b < 0xa0)
		b = (unsigned char)(b + 0x20);
	else if (a == 0xd0 && b < 0xb0)
		return 0xd100u | (unsigned)(b < 0x90 ? b + 0x10 : b - 0x20);
	return (unsigned)a << 8 | b;
}

static unsigned char small_first(const char *p, size_t n)
{
	if (upper(*p))
		return (unsigned char)(*p | 32);
	if (wide_letter(*p) && n > 1)
		return (unsigned char)(small_wide((unsigned char)p[0], (unsigned char)p[1]) >> 8);
	return (unsigned char)*p;
}

/* The last byte of the n at p, of its small form. */
static unsigned char small_last(const char *p, size_t n)
{
	char c = p[n - 1];

	if ((unsigned char)c < 0x80)
		return (unsigned char)(upper(c) ? c | 32 : c);
	if (n > 1 && wide_letter(p[n - 2]))
		return (unsigned char)small_wide((unsigned char)p[n - 2], (unsigned char)c);
	return (unsigned char)c;
}

static void index_words(void)
{
	memset(words.first, 0xff, sizeof words.first);
	memset(words.last, 0xff, sizeof words.last);
	for (size_t list = 0; list < WORDS_LISTS; list++)
		for (size_t k = 0; k < lists[list].n; k++) {
			const char *z = lists[list].v[k];
			size_t n = strlen(z);
			unsigned short *head = list <= WORDS_FILLER
						   ? &words.last[small_last(z, n)]
						   : &words.first[list][small_first(z, n)];
			assert(words.n < ENTRIES);
			words.v[words.n] =
			    (struct entry){z, (unsigned char)n, (unsigned char)list, *head};
			*head = (unsigned short)words.n++;
		}
}

static bool same(const char *p, const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (wide_letter(p[i]) && wide_letter(word[i]) && i + 1 < n) {
			if (small_wide((unsigned char)p[i], (unsigned char)p[i + 1]) !=
			    small_wide((unsigned char)word[i], (unsigned char)word[i + 1]))
				return false;
			i++;
		} else if (p[i] != word[i] && (upper(p[i]) ? p[i] | 32 : p[i]) !=
						  (upper(word[i]) ? word[i] | 32 : word[i])) {
			return false;
		}
	}
	return true;
}

/* Does a word that ends with these bytes go on at i? */
static bool goes_on(const struct scan *s, const char *word, size_t n, size_t i)
{
	bool letter = alnum(word[n - 1]) || (n > 1 && wide_letter(word[n - 2]) &&
					     ((unsigned char)word[n - 1] & 0xc0) == 0x80);

	return letter && !digit(peek(s, i)) && (alnum(peek(s, i)) || wide_letter(peek(s, i)));
}

size_t spot_word(const struct scan *s, size_t i, enum spot_words list)
{
	size_t best = 0;
	bool exact = lists[list].exact;

	if (i >= s->t.n)
		return 0;
	call_once(&words_once, index_words);
	unsigned short k = words.first[list][small_first(s->t.p + i, s->t.n - i)];
	for (; k != NONE; k = words.v[k].next) {
		const struct entry *e = &words.v[k];
		const char *p = s->t.p + i;
		if (e->n <= best || e->n > s->t.n - i || !same(p, e->z, e->n) ||
		    (exact && memcmp(p, e->z, e->n) != 0) || goes_on(s, e->z, e->n, i + e->n))
			continue;
		best = e->n;
	}
	return best;
}

/* Back over what may stand between a word and its number. */
static size_t skip_back(const struct scan *s, size_t end)
{
	static const char *const wide[] = {"\xef\xbc\x9a", "\xc2\xa0", "\xe2\x80\xaf",
					   "\xef\xbc\x88"};

	for (size_t least = end > BEFORE ? end - BEFORE : 0; end > least;) {
		char c = s->t.p[end - 1];
		size_t w = c && strchr(" :#-(\t=\"", c) ? 1 : 0;
		for (size_t k = 0; !w && (unsigned char)c >= 0x80 && k < COUNT(wide); k++) {
			size_t n = strlen(wide[k]);
			w = n <= end && memcmp(s->t.p + end - n, wide[k], n) == 0 ? n : 0;
		}
		if (!w)
			break;
		end -= w;
	}
	return end;
}

/* The lists of the words that end at `end`, as bits; the bytes of the longest filler. */
static unsigned words_ending(const struct scan *s, size_t end, size_t *filler)
{
	unsigned bits = 0;

	*filler = 0;
	for (unsigned short k = words.last[small_last(s->t.p, end)]; k != NONE;
	     k = words.v[k].next) {
		const struct entry *e = &words.v[k];
		if (e->n > end || !same(s->t.p + end - e->n, e->z, e->n))
			continue;
		bool letter = alnum(e->z[0]) || wide_letter(e->z[0]);
		if (letter && spot_word_ends(s, end - e->n))
			continue;
		bits |= 1u << e->list;
		if (e->list == WORDS_FILLER && e->n > *filler)
			*filler = e->n;
	}
	return bits;
}

bool spot_after(struct scan *s, enum spot_words list)
{
	size_t end = s->at, filler = 1;

	if (s->before_at != s->at + 1) {
		call_once(&words_once, index_words);
		s->before_at = s->at + 1;
		s->before = 0;
		for (int round = 0; round < 3 && filler; round++) {
			end = skip_back(s, end);
			if (!end)
				break;
			s->before |= words_ending(s, end, &filler);
			end -= filler;
		}
	}
	return s->before >> list & 1;
}
