/* What the index holds beyond the tokenizer's own tokens.
 *
 * Chains are looked at again, because people write a part of one and expect the rest: the number
 * in "order#DY-77-8812", the thousands in 1,299, the digits of a telephone number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_tokens.h"

#include "store/search_han.h"
#include "text/fold.h"
#include "text/token.h"

#include <string.h>

enum { HEAD = SEARCH_HEAD, HEAD_END = '\3' };
/* Digits of a telephone number; a query may have its beginning only. */
enum { PARTS = 64, RUN_MIN = 7, RUN_BEGUN = 4, RUN_MAX = 15 };

struct part {
	size_t at, n; /* bytes of the chain's text */
	size_t from, to;
	bool digits;
};

struct tokens {
	search_token_fn fn;
	void *arg;
	struct str text;
	size_t base; /* where the text begins in what the caller gave */
	bool runs_only, stop;

	/* the last token */
	size_t place, from, to;
	bool any;

	/* the chain being read; its parts come after it */
	char chain[TEXT_TOKEN_MAX];
	size_t n, chain_from, chain_to, parts;
	struct part part[PARTS];

	/* groups of digits that may be one number */
	char digits[RUN_MAX];
	size_t digits_n, groups, run_from, run_to;
	bool thousands; /* all but the first are of three */
};

/* ---- giving ---- */

static void give(struct tokens *t, struct str token, size_t from, size_t to)
{
	if (!t->stop)
		t->stop = !t->fn(t->arg, token, t->place, t->base + from, t->base + to);
}

/* A chain and its first part start together, and the last character of a run ends with the pair
 * before it: these share a place. */
static void give_next(struct tokens *t, struct str token, size_t from, size_t to)
{
	if (t->any && from != t->from && to != t->to)
		t->place++;
	t->any = true;
	t->from = from;
	t->to = to;
	if (!t->runs_only)
		give(t, token, from, to);
}

static void give_word(struct tokens *t, struct str word, size_t from, size_t to)
{
	struct str stem = search_stem(word, false);

	give_next(t, word, from, to);
	if (stem.n != word.n)
		give_next(t, stem, from, to);
}

/* ---- groups of digits ---- */

static void end_run(struct tokens *t)
{
	struct str all = {t->digits, t->digits_n};
	bool abroad = str_starts(all, S("00")) && all.n > RUN_MIN + 2;
	bool kept = all.n <= RUN_MAX; /* of more only the length is known */
	bool number = all.n >= (t->runs_only ? RUN_BEGUN : RUN_MIN) && (t->groups > 1 || abroad);

	if (abroad)
		all = str_slice(all, 2, all.n);
	if (kept && (number || (t->groups > 1 && t->thousands)))
		give(t, all, t->run_from, t->run_to);
	t->groups = t->digits_n = 0;
}

/* How many characters of the gap, wide or not, are of the set, and how many there are. */
static size_t gap_count(struct str gap, const char *set, size_t *all)
{
	struct fold f;
	size_t at = 0, n = 0;

	for (*all = 0; at < gap.n && fold_next(gap, &at, &f);)
		for (size_t i = 0; i < f.n; i++, ++*all) {
			uint32_t c = f.c[i] == 0x2010 ? '-' : f.c[i];

			n += c && c < 0x80 && strchr(set, (int)c);
		}
	return n;
}

/* Does what stands between two groups keep them one number? */
static bool gap_of_number(struct str gap)
{
	size_t all;

	return gap.n > 0 && gap.n <= 6 && gap_count(gap, " ()-./", &all) == all;
}

static void add_group(struct tokens *t, struct str digits, size_t from, size_t to)
{
	bool trunk = from > 0 && t->text.p[from - 1] == '(' && str_eq(digits, S("0"));

	if (t->groups && !gap_of_number(str_slice(t->text, t->run_to, from)))
		end_run(t);
	if (t->groups == 0) {
		t->run_from = from;
		t->thousands = digits.n <= 3;
	} else if (trunk) { /* +49 (0)30 is +49 30 */
		t->run_to = to;
		return;
	} else {
		t->thousands = t->thousands && digits.n == 3;
	}
	if (t->digits_n + digits.n <= sizeof t->digits)
		memcpy(t->digits + t->digits_n, digits.p, digits.n);
	t->digits_n += digits.n;
	t->groups++;
	t->run_to = to;
}

/* ---- chains ---- */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Between "order" and "DY-77" stands what joins two words of their own. */
static bool begins_word(const struct tokens *t, size_t i)
{
	struct str gap = i ? str_slice(t->text, t->part[i - 1].to, t->part[i].from) : S("");

	size_t all;

	return i == 0 || gap_count(gap, SEARCH_WORD_JOINERS, &all);
}

/* The parts i to j - 1 in one. */
static struct str joined(const struct tokens *t, size_t i, size_t j)
{
	const struct part *last = &t->part[j - 1];

	return (struct str){t->chain + t->part[i].at, last->at + last->n - t->part[i].at};
}

/* Does a point or comma of a number stand before part i? */
static bool decimal(const struct tokens *t, size_t i)
{
	return i > 0 && t->part[i].at > t->part[i - 1].at + t->part[i - 1].n;
}

/* A number from part i on, as 1299 and 1299.50 when 1,299.50 is written. */
static void give_number(struct tokens *t, size_t i)
{
	char plain[TEXT_TOKEN_MAX];
	size_t j = i + 1, whole;

	if (!t->part[i].digits || decimal(t, i))
		return;
	while (j < t->parts && decimal(t, j))
		j++;
	size_t n = search_number(joined(t, i, j), plain, &whole);

	if (n)
		give_next(t, (struct str){plain, whole}, t->part[i].from, t->part[j - 1].to);
	if (n > whole)
		give_next(t, (struct str){plain, n}, t->part[i].from, t->part[j - 1].to);
}

static void give_parts(struct tokens *t)
{
	size_t next = 0; /* where the next word of its own begins */
	bool digits = false;

	for (size_t i = 0; i < t->parts; i++) {
		const struct part *p = &t->part[i];
		bool begins = i == next;

		if (begins) {
			for (next = i + 1; next < t->parts && !begins_word(t, next);)
				next++;
			digits = false;
			for (size_t k = i; k < next; k++)
				digits |= t->part[k].digits;
		}
		bool cut = i && p->from > t->part[i - 1].to && !decimal(t, i);

		if (next > i + 1 && (i || next < t->parts) && (begins || (cut && digits)))
			give_next(t, joined(t, i, next), p->from, t->part[next - 1].to);
		give_number(t, i);
		give_word(t, (struct str){t->chain + p->at, p->n}, p->from, p->to);
	}
}

static void end_chain(struct tokens *t)
{
	struct str whole = {t->chain, t->n};
	bool digits = true;

	if (t->n == 0)
		return;
	for (size_t i = 0; i < t->parts; i++)
		digits = digits && t->part[i].digits;
	digits = t->parts ? digits : all_digits(whole);
	if (t->groups && !(digits && gap_of_number(str_slice(t->text, t->run_to, t->chain_from))))
		end_run(t);
	give_word(t, whole, t->chain_from, t->chain_to);
	give_parts(t);
	if (digits && t->parts == 0)
		add_group(t, whole, t->chain_from, t->chain_to);
	for (size_t i = 0; digits && i < t->parts; i++)
		add_group(t, joined(t, i, i + 1), t->part[i].from, t->part[i].to);
	t->n = t->parts = 0;
}

/* False: it stands in the same place, but is none of the chain's; one character of a text may
 * unfold to several words. */
static bool add_part(struct tokens *t, struct str token, size_t from, size_t to)
{
	const struct part *last = t->parts ? &t->part[t->parts - 1] : NULL;
	size_t at = last ? last->at + last->n : 0;

	if (at < t->n && t->chain[at] == '.')
		at++;
	if (at + token.n > t->n || memcmp(t->chain + at, token.p, token.n) != 0)
		return false;
	if (t->parts < PARTS)
		t->part[t->parts++] = (struct part){at, token.n, from, to, all_digits(token)};
	return true;
}

static void begin_chain(struct tokens *t, struct str token, size_t from, size_t to)
{
	end_chain(t);
	t->n = token.n < sizeof t->chain ? token.n : sizeof t->chain;
	memcpy(t->chain, token.p, t->n);
	t->chain_from = from;
	t->chain_to = to;
}

static bool dense(struct str token)
{
	struct fold f;
	size_t at = 0;

	return (unsigned char)token.p[0] >= 0xe0 && fold_next(token, &at, &f) && f.n &&
	       fold_class(f.c[0]) >= FOLD_HAN && fold_class(f.c[0]) <= FOLD_MYANMAR;
}

static bool add_token(void *arg, struct str token, size_t from, size_t to)
{
	struct tokens *t = arg;
	char plain[TEXT_TOKEN_MAX];

	if (dense(token)) {
		end_chain(t);
		end_run(t);
		give_next(t, search_simple(token, plain), from, to);
	} else if (!(t->n && from >= t->chain_from && to <= t->chain_to &&
		     add_part(t, token, from, to))) {
		begin_chain(t, token, from, to);
	}
	return !t->stop;
}

/* ---- texts ---- */

static size_t give_head(struct tokens *t, struct str text)
{
	ptrdiff_t end = text.n && text.p[0] == HEAD ? str_find_char(text, HEAD_END) : -1;

	if (end <= 0)
		return 0;
	struct str rest = str_slice(text, 1, (size_t)end), word;
	char token[32] = {HEAD};

	while (!t->stop && str_cut(&rest, ' ', &word)) {
		size_t n = word.n < sizeof token - 1 ? word.n : sizeof token - 1;

		memcpy(token + 1, word.p, n);
		t->stop = !t->fn(t->arg, (struct str){token, n + 1}, t->place++, 0, 1);
	}
	return (size_t)end + 1;
}

static void run(struct tokens *t, struct str text)
{
	t->base = t->runs_only ? 0 : give_head(t, text);
	t->text = str_slice(text, t->base, text.n);
	if (!t->stop)
		text_tokens(t->text, TEXT_INDEX, add_token, t);
	end_chain(t);
	end_run(t);
}

void search_tokens(struct str text, search_token_fn fn, void *arg)
{
	struct tokens t;

	memset(&t, 0, sizeof t);
	t.fn = fn;
	t.arg = arg;
	run(&t, text);
}

void search_runs(struct str text, search_token_fn fn, void *arg)
{
	struct tokens t;

	memset(&t, 0, sizeof t);
	t.fn = fn;
	t.arg = arg;
	t.runs_only = true;
	run(&t, text);
}

struct str search_text(struct arena *a, enum search_kind kind, int64_t inbox_id, struct str text)
{
	return str_fmt(a, "%ci%lld k%d%c%.*s", HEAD, (long long)inbox_id, (int)kind, HEAD_END,
		       STR(str_clip(text, SEARCH_TEXT_MAX)));
}

/* ---- forms of one token ---- */

struct str search_simple(struct str token, char plain[TEXT_TOKEN_MAX])
{
	size_t n = 0, at = 0;

	if (token.n > TEXT_TOKEN_MAX - 4)
		return token;
	while (at < token.n) {
		unsigned char lead = (unsigned char)token.p[at];

		if (lead < 0xe4 || lead > 0xe9) { /* outside of the Chinese characters */
			plain[n++] = token.p[at++];
			continue;
		}
		if (at + 3 > token.n || n + 4 > TEXT_TOKEN_MAX)
			return token;
		uint32_t c = (uint32_t)(lead & 15) << 12 | (uint32_t)(token.p[at + 1] & 63) << 6 |
			     (uint32_t)(token.p[at + 2] & 63);
		n += fold_utf8(search_han_simple(c), plain + n);
		at += 3;
	}
	return (struct str){plain, n};
}

/* What Arabic writes together with a word: and, with, as, so, to, the.  Longest first; "and"
 * alone begins many words of its own, so a query keeps it. */
/* clang-format off */
static const struct prefix {
	const char *text;
	bool index_only;
} prefixes[] = {
	{"وبال", false}, {"وال", false}, {"بال", false}, {"كال", false}, {"فال", false},
	{"ولل",  false}, {"ال",  false}, {"لل",  false}, {"و",   true},
};
/* clang-format on */

enum { STEM_MIN = 6 }; /* bytes: three letters */

struct str search_stem(struct str word, bool query)
{
	unsigned char lead = word.n > STEM_MIN ? (unsigned char)word.p[0] : 0;

	if (lead != 0xd8 && lead != 0xd9)
		return word;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		struct str p = str_of(prefixes[i].text);

		if (str_starts(word, p) && word.n >= p.n + STEM_MIN)
			return query && prefixes[i].index_only ? word
							       : str_slice(word, p.n, word.n);
	}
	return word;
}

size_t search_number(struct str s, char plain[TEXT_TOKEN_MAX], size_t *whole)
{
	struct str rest = s, group;
	size_t n = 0, groups = 0;

	*whole = 0;
	for (; str_cut(&rest, '.', &group); groups++) {
		bool last = !rest.p, three = group.n == 3;

		if (!all_digits(group) || n + group.n + 1 > TEXT_TOKEN_MAX ||
		    (groups == 0 && group.n > 3) || (groups && !three && !(last && group.n < 3)))
			return 0;
		if (groups > 1 && last && !three) {
			*whole = n;
			plain[n++] = '.';
		} else if (groups && !three) {
			return 0;
		}
		memcpy(plain + n, group.p, group.n);
		n += group.n;
	}
	if (*whole == 0)
		*whole = n;
	return groups > 1 ? n : 0;
}
