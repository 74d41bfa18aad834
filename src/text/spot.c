/* Finds what begins at each place, and hides what is private. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot_scan.h"

#include "base/buf.h"

#include <string.h>
#include <strings.h>

const char *spot_name(enum spot_kind k)
{
#define X(name, text) text,
	static const char *const names[] = {SPOT_LIST(X)};
#undef X
	return names[k];
}

/* clang-format off */
static const struct {
	size_t (*end)(struct scan *);
	enum spot_kind kind;
	bool words; /* may begin with a letter */
} finders[] = {
	{spot_end_url, SPOT_URL, true},   {spot_end_email, SPOT_EMAIL, true}, {spot_end_iban, SPOT_IBAN, true},
	{spot_end_card, SPOT_CARD, false}, {spot_end_date, SPOT_DATE, true},   {spot_end_amount, SPOT_AMOUNT, true},
};
/* clang-format on */

static size_t find_token(struct scan *s, enum spot_kind *kind)
{
	bool letter = !digit(peek(s, s->at)) && (unsigned char)peek(s, s->at) < 0x80;

	for (size_t k = 0; k < COUNT(finders); k++) {
		size_t end = letter && !finders[k].words ? 0 : finders[k].end(s);
		*kind = finders[k].kind;
		if (end)
			return end;
	}
	enum spot_kind code;
	size_t code_end = spot_end_code(s, &code), end = 0;
	if ((!code_end || code == SPOT_SKU) && !letter) {
		*kind = SPOT_PHONE;
		end = spot_end_phone(s);
	}
	if (end)
		return end;
	*kind = code;
	return code_end;
}

static size_t find_sign(struct scan *s, enum spot_kind *kind)
{
	char c = peek(s, s->at);
	bool phone = c == '+' || c == '(';

	*kind = phone ? SPOT_PHONE : SPOT_AMOUNT;
	return phone ? spot_end_phone(s) : spot_end_amount(s);
}

/* A mail address, a month or a currency that begins with a letter of two bytes. */
static size_t find_wide(struct scan *s, enum spot_kind *kind)
{
	size_t end = spot_end_email(s);

	*kind = SPOT_EMAIL;
	if (end)
		return end;
	*kind = SPOT_DATE;
	end = spot_end_date(s);
	if (end)
		return end;
	*kind = SPOT_AMOUNT;
	return spot_end_amount(s);
}

/* "IBANDE89...": is the name of it, or does that end, at i, and the account stand there? */
static bool iban_name(const struct scan *s, size_t i)
{
	return s->t.n - i >= 4 && strncasecmp(s->t.p + i, "iban", 4) == 0 && !spot_word_ends(s, i);
}

static size_t named_iban(struct scan *s)
{
	if (iban_name(s, s->at)) {
		struct scan at = {.t = s->t, .at = s->at + 4};
		return spot_end_iban(&at);
	}
	return 0;
}

/* What begins here: where it ends, 0 for nothing. */
static size_t find_here(struct scan *s, enum spot_kind *kind)
{
	unsigned char c = (unsigned char)s->t.p[s->at];
	char d;
	bool letter = alnum((char)c) || wide_letter((char)c), number = spot_digit(s, s->at, &d);

	*kind = SPOT_CARD;
	if (number && spot_digit_ends(s, s->at))
		return 0;
	if (s->at >= 4 && iban_name(s, s->at - 4) && spot_end_iban(s)) {
		*kind = SPOT_IBAN;
		return spot_end_iban(s);
	}
	if (letter && named_iban(s))
		return 0;
	if (letter && spot_word_ends(s, s->at)) /* "card4111..." */
		return number ? spot_end_card(s) : 0;
	if (number || alnum((char)c))
		return find_token(s, kind);
	if (c == '"')
		return find_wide(s, kind);
	if (c < 0x80)
		return c == '+' || c == '(' || c == '-' || c == '$' ? find_sign(s, kind) : 0;
	if (wide_letter((char)c))
		return find_wide(s, kind);
	bool money =
	    c == 0xc2 || c == 0xe2 || c == 0xef || (c == 0xe0 && peek(s, s->at + 2) == '\xbf');
	return money ? find_sign(s, kind) : 0;
}

static bool find_next(struct scan *s, struct spot *out)
{
	for (; s->at < s->t.n; s->at++) {
		size_t end = find_here(s, &out->kind);
		if (end > s->at) {
			out->from = s->at;
			out->to = s->at = end;
			s->day_end = out->kind == SPOT_DATE ? end : s->day_end;
			return true;
		}
	}
	return false;
}

size_t spot_find(struct str text, struct spot *out, size_t max)
{
	struct scan s = {.t = text};
	size_t n = 0;

	while (n < max && find_next(&s, &out[n]))
		n++;
	return n;
}

/* The n characters before `to`: where they begin. */
static size_t back_chars(struct str t, size_t from, size_t to, int n)
{
	while (n-- && to > from) {
		to--;
		while (to > from && ((unsigned char)t.p[to] & 0xc0) == 0x80)
			to--;
	}
	return to;
}

static void hide(char *p, size_t from, size_t to)
{
	for (; from < to; from++)
		p[from] = p[from] == ' ' ? ' ' : '*';
}

/* Every card left, also inside of what is no card by what stands around it, and those that the
 * last digits of one make with what follows; but not the carriers' numbers. */
static void hide_cards(struct str t, char *p, bool carriers)
{
	struct scan s = {.t = t};

	for (; s.at < t.n; s.at++) {
		char d;
		size_t end = 0;
		if (carriers && alnum(p[s.at]) && !spot_word_ends(&s, s.at)) {
			end = spot_end_carrier(&s);
			if (end) {
				s.at = end - 1;
				continue;
			}
		}
		bool begins = spot_digit(&s, s.at, &d) && !spot_digit_ends(&s, s.at);
		end = begins ? spot_end_card(&s) : 0;
		if (end) {
			size_t tail = back_chars(t, s.at, end, 4);
			hide(p, s.at, tail);
			s.at = tail - 1;
			s.digits.at = 0;
		}
	}
}

/* The name and password of a link: http://name:password@shop.example */
static void hide_login(struct str t, char *p, const struct spot *v)
{
	ptrdiff_t head = str_find(str_slice(t, v->from, v->to), S("://"));
	size_t from = v->from + (size_t)(head + 3), at = 0;

	if (head < 0)
		return;
	for (size_t i = from; i < v->to && !strchr("/?#", t.p[i]); i++)
		at = t.p[i] == '@' ? i : at;
	if (at)
		hide(p, from, at);
}

static bool has_card(struct str t)
{
	struct scan s = {.t = t};
	struct spot v;

	while (find_next(&s, &v))
		if (v.kind == SPOT_CARD)
			return true;
	return false;
}

struct str spot_mask(struct arena *a, struct str text)
{
	struct scan s = {.t = text};
	struct str work = str_dup(a, text), out;
	char *p = (char *)work.p;
	struct spot v;

	while (find_next(&s, &v)) {
		bool tail = v.kind == SPOT_CARD || v.kind == SPOT_IBAN;
		if (tail || v.kind == SPOT_EMAIL || v.kind == SPOT_PHONE)
			hide(p, v.from, tail ? back_chars(text, v.from, v.to, 4) : v.to);
		else if (v.kind == SPOT_URL)
			hide_login(text, p, &v);
	}
	hide_cards(work, p, true);
	if (has_card(work)) /* a waybill that no longer looks like one */
		hide_cards(work, p, false);
	/* One mark for a character, whatever its bytes. */
	out = (struct str){p, 0};
	for (size_t i = 0; i < text.n; i++) {
		bool more = i && ((unsigned char)text.p[i] & 0xc0) == 0x80;
		if (!more || p[i] == text.p[i])
			p[out.n++] = p[i];
	}
	p[out.n] = 0;
	return out;
}
