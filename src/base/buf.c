/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

static bool room(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : (size_t)64 << 20;

	if (b->over || more > max || b->n > max - more) {
		b->over = true;
		return false;
	}
	if (b->n + more + 1 > b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 256;
		while (cap < b->n + more + 1)
			cap *= 2;
		char *p = arena_alloc(b->a, cap);
		if (b->n)
			memcpy(p, b->p, b->n);
		b->p = p;
		b->cap = cap;
	}
	return true;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0 || !room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = 0;
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, (struct str){&c, 1});
}

void buf_z(struct buf *b, const char *z)
{
	buf_add(b, str_of(z));
}

void buf_int(struct buf *b, int64_t v)
{
	char t[24];

	buf_add(b, (struct str){t, (size_t)snprintf(t, sizeof t, "%lld", (long long)v)});
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_add(b, str_vfmt(b->a, fmt, ap));
	va_end(ap);
}

static const char *json_escape(unsigned char c, char t[8])
{
	switch (c) {
	case '"': return "\\\"";
	case '\\': return "\\\\";
	case '\n': return "\\n";
	case '\r': return "\\r";
	case '\t': return "\\t";
	default: break;
	}
	if (c >= 0x20 && c != 0x7F)
		return NULL;
	snprintf(t, 8, "\\u%04x", c);
	return t;
}

void buf_json(struct buf *b, struct str s)
{
	size_t from = 0;
	char t[8];

	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *e = json_escape((unsigned char)s.p[i], t);
		if (!e)
			continue;
		buf_add(b, str_slice(s, from, i));
		buf_z(b, e);
		from = i + 1;
	}
	buf_add(b, str_slice(s, from, s.n));
	buf_char(b, '"');
}

void buf_html(struct buf *b, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *e = s.p[i] == '&'    ? "&amp;"
				: s.p[i] == '<'  ? "&lt;"
				: s.p[i] == '>'  ? "&gt;"
				: s.p[i] == '"'  ? "&quot;"
				: s.p[i] == '\'' ? "&#39;"
						 : NULL;
		if (!e)
			continue;
		buf_add(b, str_slice(s, from, i));
		buf_z(b, e);
		from = i + 1;
	}
	buf_add(b, str_slice(s, from, s.n));
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->n};
}
