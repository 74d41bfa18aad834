/* What must be hidden: mail addresses, telephone numbers, cards, bank accounts; and links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot_scan.h"

#include <string.h>
#include <strings.h>

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255 };

/* Bytes of what may stand in a link at i: signs, and letters of scripts that put blanks between
 * words, but not the Arabic comma, semicolon and question mark. */
static size_t link_char(const struct scan *s, size_t i)
{
	unsigned char c = (unsigned char)peek(s, i), d = (unsigned char)peek(s, i + 1);

	if (c < 0x80)
		return c > ' ' && c < 0x7f && !strchr("<>\"", (char)c);
	bool stop = (c == 0xd8 && (d == 0x8c || d == 0x9b || d == 0x9f)) || (d & 0xc0) != 0x80;
	return wide_letter((char)c) && !stop ? 2 : 0;
}

/* Back over what ends a sentence, not over a bracket that the link opened. */
static size_t trim_link(const struct scan *s, size_t from, size_t to)
{
	size_t open = 0, closed = 0;

	for (size_t i = from; i < to; i++) {
		open += s->t.p[i] == '(';
		closed += s->t.p[i] == ')';
	}
	for (; to > from && strchr(".,;:!?)'", s->t.p[to - 1]); to--) {
		bool bracket = s->t.p[to - 1] == ')';
		if (bracket && closed <= open)
			break;
		closed -= bracket;
	}
	return to;
}

size_t spot_end_url(struct scan *s)
{
	static const char *const heads[] = {"https://", "http://", "www."};
	size_t i = s->at;

	for (size_t k = 0; k < COUNT(heads); k++) {
		size_t n = strlen(heads[k]);
		if (s->t.n - i < n || strncasecmp(s->t.p + i, heads[k], n) != 0)
			continue;
		i += n;
		for (size_t w; (w = link_char(s, i)); i += w)
			;
		i = trim_link(s, s->at, i);
		return i > s->at + n ? i : 0;
	}
	return 0;
}

/* Bytes of a letter or digit of an address, which may be accented. */
static size_t address_letter(const struct scan *s, size_t i)
{
	if (alnum(peek(s, i)))
		return 1;
	return wide_letter(peek(s, i)) && ((unsigned char)peek(s, i + 1) & 0xc0) == 0x80 ? 2 : 0;
}

/* Bytes of a letter of a script of three bytes: kana, Han, Hangul, Thai, Hindi. */
static size_t dense_letter(const struct scan *s, size_t i)
{
	unsigned char c = (unsigned char)peek(s, i), d = (unsigned char)peek(s, i + 1);
	bool lead = c == 0xe0 || c == 0xe1 || (c == 0xe3 && d >= 0x81) || (c >= 0xe4 && c <= 0xed);

	return lead && i + 2 < s->t.n && (d & 0xc0) == 0x80 ? 3 : 0;
}

/* The domain behind the @ before i: where it ends, 0 for none.  One that begins in a dense script
 * may go on in it; to others a sentence may be joined. */
static size_t end_domain(const struct scan *s, size_t i)
{
	size_t from = i, dot = 0, w;
	bool dense = dense_letter(s, i);

	if (!dense && !address_letter(s, i))
		return 0;
	for (; i - from < DOMAIN_MAX; i += w) {
		w = address_letter(s, i);
		w = !w && dense ? dense_letter(s, i) : w;
		if (!w && peek(s, i) != '-' && peek(s, i) != '.')
			break;
		w += !w;
	}
	if (address_letter(s, i))
		return 0;
	while (s->t.p[i - 1] == '-' || s->t.p[i - 1] == '.')
		i--;
	for (size_t k = from; k < i; k++)
		dot = s->t.p[k] == '.' ? k : dot;
	return dot && i > dot + 2 ? i : 0;
}

/* "first last"@shop.example */
static size_t end_quoted_email(const struct scan *s)
{
	size_t i = s->at + 1;

	while (i - s->at <= LOCAL_MAX && (unsigned char)peek(s, i) >= ' ' && peek(s, i) != '"')
		i++;
	bool at = i > s->at + 1 && peek(s, i) == '"' && peek(s, i + 1) == '@';
	return at ? end_domain(s, i + 2) : 0;
}

size_t spot_end_email(struct scan *s)
{
	size_t i = s->at, w;

	if (peek(s, i) == '"')
		return end_quoted_email(s);
	for (; i - s->at < LOCAL_MAX; i += w) {
		w = address_letter(s, i);
		if (!w && (!peek(s, i) || !strchr("._-+%", peek(s, i))))
			break;
		w += !w;
	}
	return i > s->at && peek(s, i) == '@' ? end_domain(s, i + 1) : 0;
}

static bool luhn(const char *d, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int v = d[n - 1 - i] - '0';
		v = i % 2 ? v * 2 : v;
		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

/* First digits and lengths of the card networks. */
static bool card_shape(const char *d, size_t n)
{
	int two = (d[0] - '0') * 10 + (d[1] - '0');

	if (d[0] == '4')
		return n == 16 || n == 13 || n == 19;
	if ((two >= 51 && two <= 55) || (two >= 22 && two <= 27))
		return n == 16;
	if (two == 34 || two == 37)
		return n == 15;
	if (two == 30 || two == 36 || two == 38)
		return n == 14;
	return (two == 35 || two == 62 || two == 60 || two == 64 || two == 65) && n >= 16;
}

/* Groups of three or more before the last, or all alike: two days with points are no card. */
static bool card_groups(const struct digits *g, size_t n)
{
	bool wide = true, alike = true;
	size_t k = 0;

	for (; n > g->len[k]; n -= g->len[k++]) {
		wide &= g->len[k] >= 3;
		alike &= g->len[k] == g->len[0];
	}
	return wide || (alike && n <= g->len[0]);
}

/* The longest of the digits here that is a card's number and ends where a group ends: another
 * number, or the three digits of its back, may follow. */
size_t spot_end_card(struct scan *s)
{
	char d;

	if (!spot_digit(s, s->at, &d) || d < '2' || d > '6')
		return 0;
	const struct digits *g = spot_digits(s, s->at);
	for (size_t n = g->n < 19 ? g->n : 19; n >= 13; n--)
		if (g->last_of[n - 1] && n <= g->plain && card_shape(g->d, n) && luhn(g->d, n) &&
		    card_groups(g, n))
			return g->end[n - 1];
	return 0;
}

/* clang-format off */
static const struct {
	char country[3];
	unsigned char length;
} ibans[] = {
	{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22}, {"BI", 27},
	{"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28},
	{"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23},
	{"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
	{"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25},
	{"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18},
	{"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33},
	{"SA", 24}, {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
	{"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};
/* clang-format on */

static size_t iban_length(const char *country)
{
	for (size_t k = 0; k < COUNT(ibans); k++)
		if (memcmp(ibans[k].country, country, 2) == 0)
			return ibans[k].length;
	return 0;
}

static int iban_mod(const char *v, size_t n)
{
	int mod = 0;

	for (size_t i = 0; i < n; i++) {
		char c = v[(i + 4) % n];
		mod = digit(c) ? (mod * 10 + c - '0') % 97 : (mod * 100 + c - 'A' + 10) % 97;
	}
	return mod;
}

size_t spot_end_iban(struct scan *s)
{
	char v[34];
	size_t i = s->at, n = 0, digits = 0, length = 0, w;

	if (!alnum(peek(s, i)) || digit(peek(s, i)) || !alnum(peek(s, i + 1)) ||
	    !digit(peek(s, i + 2)) || !digit(peek(s, i + 3)))
		return 0;
	while (n < COUNT(v)) {
		char c = peek(s, i);
		if (alnum(c)) {
			v[n++] = lower(c) ? (char)(c & ~32) : c;
			digits += digit(c);
		}
		if (n == 4 && !(length = iban_length(v)))
			return 0;
		if (n >= 4 && n == length)
			break;
		size_t j = i + 1;
		for (int k = 0; k < GAPS_MAX && (w = spot_gap(s, j)); k++)
			j += w;
		if (!alnum(peek(s, j)))
			return 0;
		i = j;
	}
	if (n != length || digits < 8 || alnum(peek(s, i + 1)))
		return 0;
	return iban_mod(v, n) == 1 ? i + 1 : 0;
}

/* clang-format off */
/* Numbers that need no word before them: the first digits (each a set, up to its blank), how many
 * digits, and the groups they stand in (0 for any). */
static const struct phone {
	const char *head;
	unsigned char least, most, groups;
	unsigned char len[5];
	bool hard; /* with a hyphen, a dot or a parenthesis somewhere */
} phones[] = {
	{"1 3456789",           11, 11, 1, {11},            false}, /* China */
	{"1 3456789",           11, 11, 3, {3, 4, 4},       false},
	{"8 6 1 3456789", 13, 13, 2, {2, 11}, false},
	{"8 6 1 3456789", 13, 13, 4, {2, 3, 4, 4}, false},
	{"0",                   9,  12, 0, {0},             false}, /* a trunk 0, in groups */
	{"0 0 123456789",       11, 15, 0, {0},             false}, /* abroad */
	{"23456789",            10, 10, 3, {3, 3, 4},       true},  /* North America */
	{"1 23456789",          11, 11, 4, {1, 3, 3, 4},    true},
	{"8 3489",              11, 11, 5, {1, 3, 3, 2, 2}, false}, /* Russia */
	{"8 3489",              11, 11, 4, {1, 3, 3, 4},    true},
};
/* clang-format on */

static bool phone_head(const char *head, const char *d)
{
	for (; *head; head++, d++) {
		bool in = false;
		for (; *head && *head != ' '; head++)
			in |= *head == *d;
		if (!in)
			return false;
		if (!*head)
			break;
	}
	return true;
}

static bool phone_shape(const struct digits *g)
{
	size_t n = g->tight, groups = g->tight_groups;

	for (size_t k = 0; k < COUNT(phones); k++) {
		const struct phone *p = &phones[k];
		if (n < p->least || n > p->most || (p->groups && groups != p->groups) ||
		    (p->hard && !g->hard) || !phone_head(p->head, g->d))
			continue;
		if (p->groups && memcmp(p->len, g->len, p->groups) != 0)
			continue;
		/* "0532 0130 01" in one piece may be anything. */
		if (!p->groups && groups == 1 && phone_head("0 123456789", g->d))
			continue;
		return true;
	}
	return false;
}

/* Is this the going on of other groups of digits? */
static bool amid_digits(const struct scan *s)
{
	size_t i = s->at;

	while (i && s->at - i < 2 && strchr(" -.", s->t.p[i - 1]) && s->t.p[i - 1])
		i--;
	return i && digit(s->t.p[i - 1]);
}

size_t spot_end_phone(struct scan *s)
{
	char first = peek(s, s->at), d;
	bool plus = first == '+', paren = first == '(';
	size_t i = s->at + (plus || paren);

	i += plus && (peek(s, i) == '(');
	if (!spot_digit(s, i, &d))
		return 0;
	const struct digits *g = spot_digits(s, i);
	size_t n = g->tight, end = n ? g->end[n - 1] : 0;
	if (n < 7 || n > 15)
		return 0;
	if (alnum(peek(s, end)))
		return 0;
	if (paren) { /* (11) 91234-5678 */
		bool area = g->plain == g->len[0] && g->plain >= 2 && g->plain <= 5;
		return area && peek(s, g->end[g->plain - 1]) == ')' && n >= 9 && n <= 12 ? end : 0;
	}
	if (plus || spot_after(s, WORDS_PHONE))
		return end;
	return !amid_digits(s) && phone_shape(g) ? end : 0;
}
