/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undo percent-encoding; with `form`, '+' is a space. */
static bool decode(struct arena *a, struct str raw, bool form, struct str *out)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '%') {
			int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.n ? hex_digit(raw.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (form && c == '+') {
			c = ' ';
		}
		p[n++] = c;
	}
	*out = (struct str){p, n};
	return str_utf8_ok(*out);
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

static bool has_dot_segment(struct str path)
{
	struct str piece;

	while (str_cut(&path, '/', &piece))
		if (str_eq(piece, S(".")) || str_eq(piece, S("..")))
			return true;
	return false;
}

/* An escaped slash would move the borders of the segments behind the router's back. */
static bool has_escaped_slash(struct str raw)
{
	for (size_t i = 0; i + 2 < raw.n; i++)
		if (raw.p[i] == '%' && hex_digit(raw.p[i + 1]) == 2 &&
		    hex_digit(raw.p[i + 2]) == 15)
			return true;
	return false;
}

bool http_decode_path(struct arena *a, struct str raw, struct str *out)
{
	return raw.n > 0 && raw.p[0] == '/' && !has_escaped_slash(raw) &&
	       decode(a, raw, false, out) && !has_control(*out) && !has_dot_segment(*out);
}

bool http_decode_word(struct arena *a, struct str raw, struct str *out)
{
	return decode(a, raw, true, out);
}

struct str http_find_cookie(struct str header, struct str name)
{
	struct str pair;

	while (str_cut(&header, ';', &pair)) {
		struct str key;

		pair = str_trim(pair);
		if (!memchr(pair.p, '=', pair.n) || !str_cut(&pair, '=', &key) ||
		    !str_eq(str_trim(key), name))
			continue;
		pair = str_trim(pair);
		if (pair.n >= 2 && pair.p[0] == '"' && pair.p[pair.n - 1] == '"')
			pair = str_slice(pair, 1, pair.n - 1);
		if (!pair.p)
			pair.p = "";
		return pair;
	}
	return (struct str){0};
}

/* Digits only, at least one, no overflow. */
static bool read_digits(struct str s, int64_t *out)
{
	return s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9' && str_int(s, out);
}

int http_read_range(struct str header, int64_t size, int64_t *from, int64_t *to)
{
	struct str prefix = S("bytes=");
	ptrdiff_t dash;
	struct str first, last;

	if (!str_starts(header, prefix))
		return 0;
	header = str_trim(str_slice(header, prefix.n, header.n));
	dash = str_find_char(header, '-');
	if (dash < 0 || str_find_char(header, ',') >= 0)
		return 0; /* several ranges: the whole is a right answer too */
	first = str_slice(header, 0, (size_t)dash);
	last = str_slice(header, (size_t)dash + 1, header.n);
	if (first.n == 0) {
		if (!read_digits(last, from))
			return 0;
		if (*from == 0 || size == 0)
			return -1;
		*from = *from > size ? 0 : size - *from;
		*to = size - 1;
		return 1;
	}
	if (!read_digits(first, from))
		return 0;
	*to = size - 1;
	if (last.n > 0 && (!read_digits(last, to) || *to < *from))
		return 0;
	if (*from >= size)
		return -1;
	if (*to >= size)
		*to = size - 1;
	return 1;
}
