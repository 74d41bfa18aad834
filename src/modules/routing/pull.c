/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/pull.h"

#include <math.h>
#include <string.h>

struct pull pull_of(struct str s)
{
	return (struct pull){.p = s.p ? s.p : "", .end = (s.p ? s.p : "") + s.n};
}

void pull_fail(struct pull *p)
{
	p->bad = true;
	p->p = p->end;
}

static void space(struct pull *p)
{
	while (p->p < p->end && (*p->p == ' ' || *p->p == '\t' || *p->p == '\n' || *p->p == '\r'))
		p->p++;
}

char pull_peek(struct pull *p)
{
	space(p);
	return p->p < p->end ? *p->p : 0;
}

static bool take(struct pull *p, char c)
{
	if (pull_peek(p) != c)
		return false;
	p->p++;
	return true;
}

static void enter(struct pull *p, char open, char close)
{
	if (p->bad || p->depth == PULL_DEPTH_MAX || !take(p, open)) {
		pull_fail(p);
		return;
	}
	p->open[p->depth++] = close;
	p->first = true;
}

void pull_object(struct pull *p)
{
	enter(p, '{', '}');
}

void pull_list(struct pull *p)
{
	enter(p, '[', ']');
}

/* At the next member or item, or out of the container. */
static bool next(struct pull *p, char close)
{
	if (p->bad || p->depth == 0 || p->open[p->depth - 1] != close) {
		pull_fail(p);
		return false;
	}
	if (take(p, close)) {
		p->depth--;
		p->first = false;
		return false;
	}
	if (!p->first && !take(p, ',')) {
		pull_fail(p);
		return false;
	}
	p->first = false;
	return true;
}

bool pull_item(struct pull *p)
{
	return next(p, ']') && !p->bad;
}

bool pull_member(struct pull *p, struct str *key)
{
	*key = (struct str){0};
	if (!next(p, '}'))
		return false;
	*key = pull_text(p);
	if (!take(p, ':'))
		pull_fail(p);
	return !p->bad;
}

struct str pull_text(struct pull *p)
{
	if (p->bad || !take(p, '"')) {
		pull_fail(p);
		return (struct str){0};
	}
	const char *from = p->p;
	while (p->p < p->end && *p->p != '"') {
		if ((unsigned char)*p->p < ' ')
			break;
		p->p += *p->p == '\\' ? 2 : 1;
	}
	if (p->p >= p->end || *p->p != '"') {
		pull_fail(p);
		return (struct str){0};
	}
	p->first = false;
	return (struct str){from, (size_t)(p->p++ - from)};
}

/* Scanned by hand: no copy, no locale; fifteen digits are exact, which is what times have. */
double pull_real(struct pull *p)
{
	space(p);
	const char *c = p->p;
	bool minus = c < p->end && *c == '-', any = false;
	uint64_t mantissa = 0;
	int scale = 0, exponent = 0;

	for (c += minus; c < p->end && *c >= '0' && *c <= '9'; c++, any = true) {
		if (mantissa < UINT64_MAX / 10 - 1)
			mantissa = mantissa * 10 + (uint64_t)(*c - '0');
		else
			scale++;
	}
	if (c < p->end && *c == '.')
		for (c++; c < p->end && *c >= '0' && *c <= '9'; c++, any = true)
			if (mantissa < UINT64_MAX / 10 - 1) {
				mantissa = mantissa * 10 + (uint64_t)(*c - '0');
				scale--;
			}
	if (any && c < p->end && (*c == 'e' || *c == 'E')) {
		bool down = ++c < p->end && *c == '-';
		c += c < p->end && (*c == '-' || *c == '+');
		for (; c < p->end && *c >= '0' && *c <= '9'; c++)
			exponent = exponent < 1000 ? exponent * 10 + (*c - '0') : exponent;
		exponent = down ? -exponent : exponent;
	}
	if (p->bad || !any) {
		pull_fail(p);
		return 0;
	}
	p->p = c;
	p->first = false;
	scale += exponent;
	double m = (double)mantissa;
	double v = scale < 0 ? m / pow(10, -scale) : m * pow(10, scale);
	if (!isfinite(v))
		pull_fail(p);
	return minus ? -v : v;
}

int64_t pull_int(struct pull *p)
{
	double v = pull_real(p);

	if (v != floor(v) || fabs(v) > 9007199254740992.0) {
		pull_fail(p);
		return 0;
	}
	return (int64_t)v;
}

double pull_real_or(struct pull *p, double otherwise)
{
	char c = pull_peek(p);

	if (c == '-' || (c >= '0' && c <= '9'))
		return pull_real(p);
	pull_skip(p);
	return otherwise;
}

bool pull_null(struct pull *p)
{
	if (p->bad || pull_peek(p) != 'n')
		return false;
	if (p->end - p->p < 4 || memcmp(p->p, "null", 4) != 0) {
		pull_fail(p);
		return false;
	}
	p->p += 4;
	p->first = false;
	return true;
}

static void skip_word(struct pull *p, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(p->end - p->p) < n || memcmp(p->p, word, n) != 0) {
		pull_fail(p);
		return;
	}
	p->p += n;
	p->first = false;
}

/* Nesting is bounded by PULL_DEPTH_MAX, so this is as deep as it recurses. */
void pull_skip(struct pull *p)
{
	struct str key;

	switch (pull_peek(p)) {
	case '{':
		pull_object(p);
		while (pull_member(p, &key))
			pull_skip(p);
		return;
	case '[':
		pull_list(p);
		while (pull_item(p))
			pull_skip(p);
		return;
	case '"': pull_text(p); return;
	case 'n': skip_word(p, "null"); return;
	case 't': skip_word(p, "true"); return;
	case 'f': skip_word(p, "false"); return;
	default: pull_real(p);
	}
}

bool pull_end(struct pull *p)
{
	return !p->bad && p->depth == 0 && pull_peek(p) == 0 && p->p == p->end;
}

static size_t put(uint32_t c, char *out, size_t cap)
{
	char z[4];
	size_t n = 1;

	if (c < 0x80) {
		z[0] = (char)c;
	} else {
		n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		for (size_t i = n; i-- > 1; c >>= 6)
			z[i] = (char)(0x80 | (c & 0x3f));
		z[0] = (char)(0xf00 >> n | c);
	}
	if (n > cap)
		return 0;
	memcpy(out, z, n);
	return n;
}

/* Four hexadecimal digits at s[at], or none. */
static bool hex4(struct str s, size_t at, uint32_t *c)
{
	*c = 0;
	if (at + 4 > s.n)
		return false;
	for (size_t i = at; i < at + 4; i++) {
		char d = s.p[i], low = (char)(d | 32);
		if (d >= '0' && d <= '9')
			*c = *c << 4 | (uint32_t)(d - '0');
		else if (low >= 'a' && low <= 'f')
			*c = *c << 4 | (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* The character of the escape whose letter is at s[*at], which moves past it. */
static uint32_t escaped(struct str s, size_t *at)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	uint32_t c, low;
	const char *k = *at < s.n && s.p[*at] ? strchr(letters, s.p[*at]) : NULL;
	bool u = *at < s.n && s.p[*at] == 'u';

	++*at;
	if (k)
		return (uint32_t)meant[k - letters];
	if (!u || !hex4(s, *at, &c))
		return 0xfffd;
	*at += 4;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || *at + 6 > s.n || s.p[*at] != '\\' || s.p[*at + 1] != 'u' ||
	    !hex4(s, *at + 2, &low) || low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 6;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

size_t pull_decode(struct str s, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		if (s.p[i] != '\\') {
			if (n == cap)
				return n;
			out[n++] = s.p[i++];
			continue;
		}
		i++;
		size_t wrote = put(escaped(s, &i), out + n, cap - n);
		if (!wrote)
			return n;
		n += wrote;
	}
	return n;
}
