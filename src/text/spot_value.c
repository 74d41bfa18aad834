/* Amounts of money and days. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot_scan.h"

#include <string.h>
#include <strings.h>

enum { NUMBER_MAX = 40 };

/* A right single quotation mark, as in 1’234.50. */
static size_t apostrophe(const struct scan *s, size_t i)
{
	if (peek(s, i) == '\'')
		return 1;
	return i + 3 <= s->t.n && memcmp(s->t.p + i, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

/* A minus sign, or a dash where a price has no cents. */
static size_t minus(const struct scan *s, size_t i)
{
	if (peek(s, i) == '-')
		return 1;
	if (i + 3 > s->t.n)
		return 0;
	const char *p = s->t.p + i;
	return !memcmp(p, "\xe2\x88\x92", 3) || !memcmp(p, "\xe2\x80\x93", 3) ? 3 : 0;
}

/* Exactly three digits behind the blank at i: where they end, or 0. */
static size_t thousand(const struct scan *s, size_t i)
{
	size_t w = spot_blank(s, i), from = i + w, end = spot_digits_end(s, from, 4);

	if (!w)
		return 0;
	for (size_t k = from, n = 0; k < end; n++) {
		char d;
		k += spot_digit(s, k, &d);
		if (n == 3)
			return 0;
		if (n == 2 && k == end)
			return end;
	}
	return 0;
}

/* A number with thousands and decimals: where it ends, or 0. */
static size_t end_number(const struct scan *s, size_t i)
{
	size_t from = i, end = spot_digits_end(s, i, NUMBER_MAX), w;
	bool blanks = true; /* only blanks between thousands so far */
	char d;

	if (end == i)
		return 0;
	/* "2025 100" is two numbers. */
	blanks = spot_digits_end(s, i, 3) == end;
	while (end - from < NUMBER_MAX) {
		char c = peek(s, end);
		size_t next = blanks ? thousand(s, end) : 0;
		w = c == '.' || c == ',' ? 1 : apostrophe(s, end);
		if (next) {
			end = next;
		} else if (w && spot_digit(s, end + w, &d)) {
			end = spot_digits_end(s, end + w, NUMBER_MAX);
			blanks = false;
		} else {
			break;
		}
	}
	return end;
}

/* 199:- and 5,- and 50.- and 500/- : the end of the dash, or i. */
static size_t skip_no_cents(const struct scan *s, size_t i)
{
	char c = peek(s, i);
	size_t w = c == ':' || c == ',' || c == '.' || c == '/' ? minus(s, i + 1) : 0;

	return w ? i + 1 + w + minus(s, i + 1 + w) : i;
}

static size_t money_word(const struct scan *s, size_t i, enum spot_words loose,
			 enum spot_words exact)
{
	size_t a = spot_word(s, i, loose), b = spot_word(s, i, exact);

	return a > b ? a : b;
}

/* Money's name in front may stand right before the digits, so where it ends is told here. */
static size_t front_word(const struct scan *s, size_t i)
{
	char c = peek(s, i);

	if (digit(c) || lower(c)) /* the exact ones are in capitals */
		return lower(c) ? spot_word(s, i, WORDS_FRONT) : 0;
	return money_word(s, i, WORDS_FRONT, WORDS_FRONT_EXACT);
}

/* 5k, 1.2M, 5万: the end of the multiplier, or i. */
static size_t skip_times(const struct scan *s, size_t i)
{
	size_t j = spot_skip_blank(s, i), w = spot_word(s, j, WORDS_TIMES);

	return w ? j + w : i;
}

/* "Fr." is a Friday as well: an amount has no whole francs below a hundred, and is neither a day
 * (Fr. 20.12.) nor an hour (Fr. 14.30 Uhr). */
static bool friday(const struct scan *s, size_t from, size_t to)
{
	size_t whole = spot_digits_end(s, from, 3), after = spot_skip_blank(s, to);

	if (to <= whole)
		return whole < from + 3;
	bool hour = peek(s, after) == 'h' || peek(s, after) == 'U' || peek(s, after) == 'u';
	bool day = spot_value(s, from, whole) <= 31 && spot_value(s, whole + 1, to) <= 12 &&
		   to == whole + 3 && peek(s, whole + 1) != '0';
	return hour || day || peek(s, to) == '.';
}

/* Money and a number behind: $20, CHF 49.90, US$ 20k, €-5. */
static size_t end_front(const struct scan *s, size_t i)
{
	size_t w = front_word(s, i);

	if (!w)
		return 0;
	bool name = w == 3 && memcmp(s->t.p + i, "Fr.", 3) == 0;
	i = spot_skip_blank(s, i + w);
	i += minus(s, i);
	size_t end = end_number(s, i);
	if (!end)
		return 0;
	size_t dash = skip_no_cents(s, end), times = spot_word(s, end, WORDS_TIMES);
	if (name && dash == end && friday(s, i, end))
		return 0;
	end = dash > end ? dash : end + times;
	if (alnum(peek(s, end)))
		return 0;
	size_t code = spot_skip_blank(s, end); /* "$20 USD" is one amount */
	w = upper(peek(s, code)) ? spot_word(s, code, WORDS_BACK) : 0;
	return w == 3 && upper(peek(s, code + 2)) ? code + w : end;
}

/* A number and money behind: 20 €, 1 234,56 zł, 1.5k USD, 199:- kr. */
static size_t end_back(const struct scan *s, size_t i)
{
	size_t end = end_number(s, i), w;

	if (!end)
		return 0;
	size_t dash = skip_no_cents(s, end);
	size_t times = dash > end ? dash : skip_times(s, end);
	size_t unit = spot_skip_blank(s, times);
	w = money_word(s, unit, WORDS_BACK, WORDS_BACK_EXACT);
	if (w) {
		size_t cents = spot_digits_end(s, unit + w, 3); /* 89€90 */
		bool joined = unit == end && !alnum(s->t.p[unit + w - 1]);
		return joined && cents == unit + w + 2 && !alnum(peek(s, cents)) ? cents : unit + w;
	}
	/* The dash alone is a price where a colon stands before it: not "10:-)". */
	bool price = dash > end && peek(s, end) == ':' &&
		     (dash == s->t.n || peek(s, dash) == ' ' || strchr(".,;!?\n", peek(s, dash)));
	return price ? dash : 0;
}

size_t spot_end_amount(struct scan *s)
{
	size_t i = s->at, sign = minus(s, i);

	if (sign) {
		char d;
		bool free = i == 0 || (!spot_word_ends(s, i) && s->t.p[i - 1] != ')');
		i += sign;
		if (!free || (!spot_digit(s, i, &d) && !front_word(s, i)))
			return 0;
	} else if (i > 1 && strchr(".,'", s->t.p[i - 1]) && s->t.p[i - 1] && digit(s->t.p[i - 2])) {
		return 0; /* amid a number */
	}
	size_t end = end_front(s, i);
	return end ? end : end_back(s, i);
}

static bool is_year(const struct scan *s, size_t from, size_t to)
{
	int v = spot_value(s, from, to);

	return v >= 1990 && v < 2100;
}

/* How many digits there are from one place to another. */
static size_t count(const struct scan *s, size_t from, size_t to)
{
	size_t n = 0;
	char d;

	for (; from < to; n++)
		from += spot_digit(s, from, &d);
	return n;
}

/* 2025年2月3日, 2月3日, 2025년 2월 3일; `at` is behind the first digits. */
static size_t end_han_date(const struct scan *s, size_t at)
{
	size_t i = at, end = 0, w;
	int parts = 0;

	for (; parts < 3 && (w = spot_word(s, i, WORDS_HAN_DATE)); parts++) {
		end = i += w;
		i = spot_skip_blank(s, i);
		size_t d = spot_digits_end(s, i, 5);
		if (d == i)
			break;
		i = d;
	}
	bool day = end && (memcmp(s->t.p + at, "日", 3) == 0 || memcmp(s->t.p + at, "号", 3) == 0 ||
			   memcmp(s->t.p + at, "號", 3) == 0 || memcmp(s->t.p + at, "일", 3) == 0);
	bool year = end && (memcmp(s->t.p + at, "年", 3) == 0 || memcmp(s->t.p + at, "년", 3) == 0);
	bool nought = peek(s, s->at) == '0' && at == s->at + 2; /* 08年 */
	/* three years, the third day */
	if (day || (year && parts == 0 && !nought && !is_year(s, s->at, at)))
		return 0;
	return end;
}

/* 5/11 needs a word or the whole text; 12/2027 needs none, 12/27 one that speaks of an end. */
static size_t end_slash_date(struct scan *s, size_t a, size_t b)
{
	int first = spot_value(s, s->at, a), second = spot_value(s, a + 1, b);
	size_t n = count(s, a + 1, b);

	if (first < 1 || first > 31 || count(s, s->at, a) > 2 || alnum(peek(s, b)) ||
	    peek(s, b) == '/')
		return 0;
	if (n == 4)
		return first <= 12 && is_year(s, a + 1, b) ? b : 0;
	if (n > 2 || second < 1 || (first == 24 && second == 7))
		return 0;
	if (n == 2 && first <= 12 && spot_after(s, WORDS_EXPIRY))
		return b;
	bool day = second <= 31 && (first <= 12 || second <= 12);
	bool whole = s->at == 0 && b == s->t.n;
	bool range = s->day_end && s->at - s->day_end <= 10; /* from 3/1 through 3/5 */
	return day && (whole || range || spot_after(s, WORDS_DAY) || spot_after(s, WORDS_EXPIRY) ||
		       spot_word(s, spot_skip_blank(s, b), WORDS_DAY_BACK))
		   ? b
		   : 0;
}

/* Is the number at hand one in the middle of several with this sign between? */
static bool amid(const struct scan *s, char sep)
{
	return s->at > 1 && s->t.p[s->at - 1] == sep && digit(s->t.p[s->at - 2]);
}

/* 3.2.2025, 2025-02-03, 02/03/25, 3.2. */
static size_t end_plain_date(struct scan *s)
{
	size_t a = spot_digits_end(s, s->at, 5), b, c;
	char sep = peek(s, a), d;

	if (a == s->at)
		return 0;
	if ((unsigned char)sep >= 0x80)
		return end_han_date(s, a);
	if ((sep != '.' && sep != '/' && sep != '-') || amid(s, sep))
		return 0;
	b = spot_digits_end(s, a + 1, 5);
	if (b == a + 1)
		return 0;
	int first = spot_value(s, s->at, a), second = spot_value(s, a + 1, b);
	c = peek(s, b) == sep ? spot_digits_end(s, b + 1, 5) : b;
	if (c <= b + 1) {
		if (sep == '/')
			return end_slash_date(s, a, b);
		bool short_day = sep == '.' && peek(s, b) == '.' && b - a <= 3;
		return short_day && first >= 1 && first <= 31 && second >= 1 && second <= 12 ? b + 1
											     : 0;
	}
	size_t last = count(s, b + 1, c);
	bool year_first = count(s, s->at, a) == 4 && is_year(s, s->at, a);
	if (b - a > 3 || (peek(s, c) == sep && spot_digit(s, c + 1, &d)) || last > 4)
		return 0;
	if (sep == '.' && spot_after(s, WORDS_VERSION))
		return 0;
	if (year_first)
		return second >= 1 && second <= 12 ? c : 0;
	bool ok = count(s, s->at, a) <= 2 && (last == 2 || last == 4) && first >= 1 &&
		  first <= 31 && second >= 1 && second <= 31 && (first <= 12 || second <= 12);
	return ok ? c : 0;
}

/* A list of words to skip at i; the byte behind the one that stands there, or i. */
static size_t skip_one(const struct scan *s, size_t i, const char *const *v, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		size_t w = strlen(v[k]);
		if (s->t.n - i < w || strncasecmp(s->t.p + i, v[k], w) != 0)
			continue;
		if (!alnum(v[k][w - 1]) || !alnum(peek(s, i + w)))
			return i + w;
	}
	return i;
}

static const char *const ordinals[] = {"st", "nd", "rd", "th", ".", "er", "º", "ª"};
static const char *const links[] = {"of ", "de ", "del ", "d'"};

/* Do several things follow: "2 stores", "3 people", "2 more"? */
static bool several(const struct scan *s, size_t i)
{
	static const char *const words[] = {"people", "men",  "women", "children",
					    "of",     "more", "or"};
	size_t end = i;

	if (skip_one(s, i, words, COUNT(words)) > i)
		return true;
	while (lower(peek(s, end)) && end - i < 24)
		end++;
	return end - i > 3 && s->t.p[end - 1] == 's' && s->t.p[end - 2] != 's';
}

/* Months that are words too ("march 2 stores", "may 3 people") when nothing tells them. */
static bool doubtful(struct scan *s, size_t month, size_t w, size_t end)
{
	static const char *const also[] = {"may", "march", "mars", "mart", "mar"};
	bool word = false;

	for (size_t k = 0; k < COUNT(also); k++)
		word |= strlen(also[k]) == w && memcmp(s->t.p + month, also[k], w) == 0;
	return word && several(s, spot_skip_blank(s, end)) && !spot_after(s, WORDS_DAY);
}

/* Behind the year that follows a day and month, or where those end. */
static size_t skip_year(const struct scan *s, size_t i, char sep)
{
	size_t y = i, end;

	if (sep) {
		end = peek(s, i) == sep ? spot_digits_end(s, i + 1, 5) : i;
		bool two = end == i + 3, four = end == i + 5 && is_year(s, i + 1, end);
		return two || four ? end : i;
	}
	if (peek(s, y) == ',' || peek(s, y) == '.')
		y++;
	y = skip_one(s, spot_skip_blank(s, y), links, COUNT(links));
	end = spot_digits_end(s, y, 5);
	return count(s, y, end) == 4 && is_year(s, y, end) ? end : i;
}

/* 3 February 2025, 3. März, 3 de febrero de 2025, 3rd of February, 12-Feb-2025 */
static size_t end_day_month(struct scan *s)
{
	size_t i = s->at, d = spot_digits_end(s, i, 3), w;
	int day = spot_value(s, i, d);
	char sep = 0;

	if (count(s, i, d) > 2 || day < 1 || day > 31)
		return 0;
	size_t th = skip_one(s, d, ordinals, COUNT(ordinals));
	i = skip_one(s, spot_skip_blank(s, th), links, COUNT(links));
	if (i == d && peek(s, i) && strchr("-/", peek(s, i)))
		sep = s->t.p[i++];
	size_t month = i;
	w = spot_word(s, i, WORDS_MONTH);
	if (!w)
		return 0;
	i = skip_year(s, month + w, sep);
	return i == month + w && th == d && doubtful(s, month, w, i) ? 0 : i;
}

/* February 3rd, 2025 */
static size_t end_month_day(struct scan *s)
{
	size_t w = spot_word(s, s->at, WORDS_MONTH), i = s->at + w;

	if (!w)
		return 0;
	i += peek(s, i) == '.' && spot_blank(s, i + 1);
	size_t d = spot_skip_blank(s, i), e = spot_digits_end(s, d, 3);
	if (d == i || e == d || count(s, d, e) > 2 || spot_value(s, d, e) > 31)
		return 0;
	size_t th = skip_one(s, e, ordinals, 4);
	i = skip_year(s, th, 0);
	return i == e && doubtful(s, s->at, w, i) ? 0 : i;
}

size_t spot_end_date(struct scan *s)
{
	char d;

	if (!spot_digit(s, s->at, &d))
		return end_month_day(s);
	size_t end = end_plain_date(s);
	return end ? end : end_day_month(s);
}
