/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/header.h"

#include "base/buf.h"
#include "channels/email/charset.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Append what =XX or %XX stand for; mark is the '=' or '%'. */
static void decode_hex(struct buf *out, struct str s, char mark)
{
	for (size_t i = 0; i < s.n; i++) {
		int hi = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
		int lo = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;

		if (s.p[i] == mark && hi >= 0 && lo >= 0) {
			buf_char(out, (char)(hi * 16 + lo));
			i += 2;
		} else {
			buf_char(out, mark == '=' && s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static void decode_base64(struct buf *out, struct str s)
{
	unsigned bits = 0;
	int have = 0;

	for (size_t i = 0; i < s.n; i++) {
		int v = base64_value(s.p[i]);

		if (v < 0)
			continue;
		bits = bits << 6 | (unsigned)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_char(out, (char)(bits >> have & 0xff));
		}
	}
}

/* 75 bytes by the book; some mailers put a whole subject into one word. */
enum { WORD_MAX = 4000 };

/* One =?charset?X?text?= at the start of s. */
struct word {
	struct str charset, text;
	char how;
	size_t n; /* bytes of it in s */
};

static bool read_word(struct str s, struct word *w)
{
	ptrdiff_t q1, q2, end;
	struct str rest;

	if (!str_starts(s, S("=?")))
		return false;
	rest = str_slice(s, 2, s.n);
	q1 = str_find_char(rest, '?');
	if (q1 <= 0 || q1 > 60 || (size_t)q1 + 2 >= rest.n || rest.p[q1 + 2] != '?')
		return false;
	w->charset = str_slice(rest, 0, (size_t)q1);
	w->how = (char)(rest.p[q1 + 1] | 0x20);
	q2 = q1 + 3;
	end = str_find(str_slice(rest, (size_t)q2, (size_t)q2 + WORD_MAX), S("?="));
	if (end < 0 || (w->how != 'q' && w->how != 'b'))
		return false;
	w->text = str_slice(rest, (size_t)q2, (size_t)(q2 + end));
	w->n = 2 + (size_t)(q2 + end) + 2;
	/* RFC 2231 lets a language follow the charset. */
	ptrdiff_t star = str_find_char(w->charset, '*');
	if (star >= 0)
		w->charset = str_slice(w->charset, 0, (size_t)star);
	return true;
}

/* Words that touch and share a charset are one run of bytes: some mailers cut a character in
 * two.  Returns what was used up of s. */
static size_t read_words(struct arena *a, struct str s, struct buf *out)
{
	struct buf bytes = BUF(a);
	struct word w;
	struct str charset = {0};
	size_t used = 0, at = 0;

	while (read_word(str_slice(s, at, s.n), &w)) {
		if (used && !str_eq_nocase(charset, w.charset))
			break;
		charset = w.charset;
		if (w.how == 'b')
			decode_base64(&bytes, w.text);
		else
			decode_hex(&bytes, w.text, '=');
		used = at = at + w.n;
		while (at < s.n && is_space(s.p[at]))
			at++;
	}
	buf_add(out, email_utf8(a, buf_str(&bytes), charset, S("")));
	return used;
}

struct str email_words(struct arena *a, struct str raw, struct str hint)
{
	struct buf out = BUF(a), plain = BUF(a);
	struct word w;
	bool after_word = false;

	for (size_t i = 0; i < raw.n;) {
		struct str rest = str_slice(raw, i, raw.n);

		if (raw.p[i] == '=' && read_word(rest, &w)) {
			struct str text = buf_str(&plain);

			/* White space between two words is not text. */
			if (!after_word || str_trim(text).n)
				buf_add(&out, email_utf8(a, text, S(""), hint));
			plain = BUF(a);
			i += read_words(a, rest, &out);
			after_word = true;
		} else {
			buf_char(&plain, raw.p[i++]);
		}
	}
	buf_add(&out, email_utf8(a, buf_str(&plain), S(""), hint));
	return email_line(a, buf_str(&out));
}

bool email_address_ok(struct str s)
{
	ptrdiff_t at = -1;

	if (s.n < 3 || s.n > 254)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127 || strchr("<>,;\"\\()", s.p[i]))
			return false;
		if (s.p[i] == '@') {
			if (at >= 0)
				return false;
			at = (ptrdiff_t)i;
		}
	}
	return at > 0 && (size_t)at + 1 < s.n && s.p[at + 1] != '.' && s.p[s.n - 1] != '.';
}

static struct str address_of(struct arena *a, struct str raw)
{
	struct buf b = BUF(a);
	ptrdiff_t at;
	bool quoted = false;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '"')
			quoted = !quoted;
		else if (!is_space(raw.p[i]))
			buf_char(&b, raw.p[i]);
	}
	struct str s = email_line(a, email_utf8(a, buf_str(&b), S(""), S("")));
	/* A source route, "@a,@b:user@c", ends at its colon. */
	if (s.n && s.p[0] == '@' && (at = str_find_char(s, ':')) > 0)
		s = str_slice(s, (size_t)at + 1, s.n);
	if (str_starts(str_lower(a, s), S("mailto:")))
		s = str_slice(s, 7, s.n);
	at = str_find_char(s, '@');
	if (at < 0)
		return s;
	return str_fmt(a, "%.*s%s", (int)at, s.p, str_lower(a, str_slice(s, (size_t)at, s.n)).p);
}

/* One mailbox of a list, cut out of it: words before the brackets, what stands in them. */
struct mailbox {
	struct buf words, angle, comment;
	bool has_angle;
};

/* Copy a quoted string without quotes and backslashes; i stands on the opening quote. */
static size_t read_quoted(struct str s, size_t i, char end, struct buf *out)
{
	for (i++; i < s.n && s.p[i] != end; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		buf_char(out, s.p[i]);
	}
	return i + 1;
}

static size_t read_mailbox(struct str s, size_t i, struct mailbox *m)
{
	while (i < s.n && s.p[i] != ',' && s.p[i] != ';') {
		if (s.p[i] == '"') {
			i = read_quoted(s, i, '"', &m->words);
		} else if (s.p[i] == '(') {
			i = read_quoted(s, i, ')', &m->comment);
		} else if (s.p[i] == '<') {
			m->has_angle = true;
			i = read_quoted(s, i, '>', &m->angle);
		} else if (s.p[i] == ':' &&
			   !memchr(m->words.p ? m->words.p : "", '@', m->words.n)) {
			m->words.n = 0; /* the name of a group */
			i++;
		} else {
			buf_char(&m->words, s.p[i++]);
		}
	}
	return i + 1;
}

static bool close_mailbox(struct arena *a, struct mailbox *m, struct str hint,
			  struct email_address *out)
{
	struct str words = str_trim(buf_str(&m->words));

	if (m->has_angle) {
		out->address = address_of(a, buf_str(&m->angle));
		out->name = email_words(a, words, hint);
	} else {
		out->address = address_of(a, words);
		out->name = email_words(a, buf_str(&m->comment), hint);
	}
	out->name = str_clip(out->name, 200);
	if (str_eq_nocase(out->name, out->address))
		out->name = S("");
	return email_address_ok(out->address);
}

struct email_addresses email_addresses(struct arena *a, struct str raw, struct str hint)
{
	struct email_addresses list = {0};
	size_t cap = 0;

	for (size_t i = 0; i < raw.n && list.n < EMAIL_ADDRESSES_MAX;) {
		struct mailbox m = {.words = BUF(a), .angle = BUF(a), .comment = BUF(a)};
		struct email_address one = {0};

		i = read_mailbox(raw, i, &m);
		if (!close_mailbox(a, &m, hint, &one))
			continue;
		if (list.n == cap) {
			struct email_address *more = NEWN(a, struct email_address, cap * 2 + 4);
			if (list.n)
				memcpy(more, list.v, list.n * sizeof *more);
			list.v = more;
			cap = cap * 2 + 4;
		}
		list.v[list.n++] = one;
	}
	return list;
}

/* Brackets may be missing, and white space may stand inside an id that was folded. */
static struct str clean_id(struct arena *a, struct str s)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < s.n && b.n < 900; i++)
		if ((unsigned char)s.p[i] > ' ' && s.p[i] != 127 && s.p[i] != '<' && s.p[i] != '>')
			buf_char(&b, s.p[i]);
	return email_utf8(a, buf_str(&b), S(""), S(""));
}

struct strs email_ids(struct arena *a, struct str raw)
{
	struct strs ids = {.v = NEWN(a, struct str, EMAIL_IDS_MAX)};
	bool angled = str_find_char(raw, '<') >= 0;
	struct str rest = raw;

	while (rest.n && ids.n < EMAIL_IDS_MAX) {
		size_t from = 0, to;

		while (from < rest.n && (angled ? rest.p[from] != '<' : is_space(rest.p[from])))
			from++;
		to = from;
		while (to < rest.n && (angled ? rest.p[to] != '>' : !is_space(rest.p[to])))
			to++;
		struct str id = clean_id(a, str_slice(rest, from, to));
		if (id.n)
			ids.v[ids.n++] = id;
		rest = str_slice(rest, to + 1, rest.n);
	}
	return ids;
}

struct str email_value(struct arena *a, struct str raw)
{
	ptrdiff_t semi = str_find_char(raw, ';');

	return email_line(a,
			  str_lower(a, str_trim(semi < 0 ? raw : str_slice(raw, 0, (size_t)semi))));
}

/* One "name=value" after a ';'.  Returns where the next begins. */
static size_t read_parameter(struct arena *a, struct str s, size_t i, struct str *name,
			     struct buf *value)
{
	size_t from = i;

	while (i < s.n && s.p[i] != '=' && s.p[i] != ';')
		i++;
	*name = str_trim(str_slice(s, from, i));
	*value = BUF(a);
	if (i >= s.n || s.p[i] == ';')
		return i + 1;
	for (i++; i < s.n && is_space(s.p[i]);)
		i++;
	if (i < s.n && s.p[i] == '"')
		i = read_quoted(s, i, '"', value);
	for (; i < s.n && s.p[i] != ';'; i++)
		buf_char(value, s.p[i]);
	return i + 1;
}

/* The pieces of one parameter: plain, name*, name*0, name*1*, ... */
struct pieces {
	struct str plain, whole, part[20];
	bool has_plain, has_whole, coded[20];
	size_t n;
};

static void take_piece(struct pieces *p, struct str tail, struct str value)
{
	size_t k = 0, i = 1;

	if (tail.n == 0) {
		p->has_plain = true;
		p->plain = value;
	} else if (str_eq(tail, S("*"))) {
		p->has_whole = true;
		p->whole = value;
	} else if (tail.p[0] == '*') {
		for (; i < tail.n && tail.p[i] >= '0' && tail.p[i] <= '9' && k < 100; i++)
			k = k * 10 + (size_t)(tail.p[i] - '0');
		if (k >= COUNT(p->part) || i == 1)
			return;
		p->part[k] = value;
		p->coded[k] = i < tail.n && tail.p[i] == '*';
		if (p->n <= k)
			p->n = k + 1;
	}
}

static struct str charset_of_piece(struct str *value)
{
	struct str charset, language, rest = *value;

	if (!str_cut(&rest, '\'', &charset) || !str_cut(&rest, '\'', &language))
		return S("");
	*value = rest;
	return charset;
}

static struct str join_pieces(struct arena *a, struct pieces *p, struct str hint)
{
	struct buf bytes = BUF(a);
	struct str charset = {0};

	if (p->has_whole) {
		charset = charset_of_piece(&p->whole);
		decode_hex(&bytes, p->whole, '%');
		return email_line(a, email_utf8(a, buf_str(&bytes), charset, hint));
	}
	if (p->has_plain || !p->n)
		return email_words(a, p->plain, hint);
	for (size_t i = 0; i < p->n; i++) {
		if (i == 0 && p->coded[0])
			charset = charset_of_piece(&p->part[0]);
		if (p->coded[i])
			decode_hex(&bytes, p->part[i], '%');
		else
			buf_add(&bytes, p->part[i]);
	}
	if (charset.n == 0)
		return email_words(a, buf_str(&bytes), hint);
	return email_line(a, email_utf8(a, buf_str(&bytes), charset, hint));
}

struct str email_parameter(struct arena *a, struct str raw, const char *name, struct str hint)
{
	struct pieces pieces = {0};
	ptrdiff_t semi = str_find_char(raw, ';');
	size_t want = strlen(name);

	for (size_t i = semi < 0 ? raw.n : (size_t)semi + 1; i < raw.n;) {
		struct str key;
		struct buf value;

		i = read_parameter(a, raw, i, &key, &value);
		if (key.n >= want && str_eq_nocase(str_slice(key, 0, want), str_of(name)))
			take_piece(&pieces, str_slice(key, want, key.n), buf_str(&value));
	}
	return join_pieces(a, &pieces, hint);
}

static bool is_hostile(char c)
{
	return (unsigned char)c < ' ' || c == 127 || strchr(":*?\"<>|`$;&%\\/", c) != NULL;
}

struct str email_file_name(struct arena *a, struct str s)
{
	struct buf b = BUF(a);
	size_t from = 0, dot;

	s = email_line(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '/' || s.p[i] == '\\')
			from = i + 1;
	for (size_t i = from; i < s.n; i++)
		buf_char(&b, is_hostile(s.p[i]) ? '_' : s.p[i]);
	s = str_trim(buf_str(&b));
	while (s.n && (s.p[0] == '.' || s.p[0] == ' ' || s.p[0] == '-'))
		s = str_slice(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ' '))
		s.n--;
	if (s.n <= EMAIL_NAME_MAX)
		return s;
	for (dot = s.n; dot > 0 && s.p[dot - 1] != '.' && s.n - dot < 12;)
		dot--;
	struct str ext = dot && s.p[dot - 1] == '.' ? str_slice(s, dot - 1, s.n) : S("");
	struct str stem = str_clip(s, EMAIL_NAME_MAX - ext.n);
	return str_fmt(a, "%.*s%.*s", STR(stem), STR(ext));
}
