/* A response is a line; a literal in it, "{n}" at a line's end, is n bytes and then the line goes
 * on.  All of it is collected first and understood afterwards, so understanding never waits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap_reader.h"

#include "base/buf.h"
#include "net/imap.h"

#include <stdlib.h>
#include <string.h>

enum {
	LINES_MAX = 16 * 1024 * 1024, /* all of a response but its literals: long SEARCH answers */
	LITERALS_MAX = 16,            /* in one response */
	KEEP = 64 * 1024,
	DEPTH_MAX = 40,
};

struct imap_reader {
	size_t body_max;
	char *p;
	size_t n, cap;
	size_t line;    /* where the current line begins */
	size_t lines;   /* bytes that are not literals */
	size_t literal; /* bytes of a literal still to come */
	bool skip;      /* ... and to be dropped */
	int literals;
};

struct imap_reader *imap_reader_new(size_t body_max)
{
	struct imap_reader *r = calloc(1, sizeof *r);

	if (!r)
		abort();
	r->body_max = body_max;
	return r;
}

void imap_reader_free(struct imap_reader *r)
{
	if (!r)
		return;
	free(r->p);
	free(r);
}

static void keep(struct imap_reader *r, const char *p, size_t n)
{
	if (r->n + n > r->cap) {
		r->cap = r->n + n > 2 * r->cap ? r->n + n : 2 * r->cap;
		r->p = realloc(r->p, r->cap);
		if (!r->p)
			abort();
	}
	memcpy(r->p + r->n, p, n);
	r->n += n;
}

static void forget(struct imap_reader *r)
{
	r->n = r->line = r->lines = 0;
	r->literals = 0;
	if (r->cap > KEEP) {
		free(r->p);
		r->p = NULL;
		r->cap = 0;
	}
}

/* ---- words ---- */

static struct str cut_word(struct str *s)
{
	size_t i = 0;

	while (i < s->n && s->p[i] != ' ')
		i++;
	struct str word = str_slice(*s, 0, i);
	*s = str_slice(*s, i < s->n ? i + 1 : i, s->n);
	return word;
}

static enum imap_status read_status(struct str word)
{
	static const char *const names[] = {"", "OK", "NO", "BAD", "BYE", "PREAUTH"};

	for (size_t i = 1; i < COUNT(names); i++)
		if (str_eq_nocase(word, str_of(names[i])))
			return (enum imap_status)i;
	return IMAP_NO_STATUS;
}

/* Digits that fit; gives how many there were. */
static size_t read_number(struct str s, int64_t *out)
{
	size_t i = 0;

	*out = 0;
	while (i < s.n && i < 18 && s.p[i] >= '0' && s.p[i] <= '9')
		*out = *out * 10 + (s.p[i++] - '0');
	return i;
}

bool imap_next_number(struct str *rest, uint32_t *out)
{
	int64_t number;
	struct str s = str_trim(*rest);
	size_t n = read_number(s, &number);

	if (n == 0 || number > UINT32_MAX || (n < s.n && s.p[n] != ' '))
		return false;
	*out = (uint32_t)number;
	*rest = str_slice(s, n, s.n);
	return true;
}

/* "{123}" or "{123+}" at the end of a line. */
static bool ends_in_literal(struct str line, int64_t *size)
{
	size_t at = line.n;

	if (at < 3 || line.p[at - 1] != '}')
		return false;
	while (at > 0 && line.p[at - 1] != '{')
		at--;
	if (at == 0)
		return false;
	struct str inner = str_slice(line, at, line.n - 1);
	size_t n = read_number(inner, size);
	return n > 0 && (n == inner.n || (n + 1 == inner.n && inner.p[n] == '+'));
}

/* Only data may hold literals; a status may end in braces by chance. */
static bool may_hold_literal(const struct imap_reader *r)
{
	struct str s = {r->p, r->n};

	if (r->n < 3 || r->p[0] != '*')
		return false;
	cut_word(&s);
	return read_status(cut_word(&s)) == IMAP_NO_STATUS;
}

/* ---- values ---- */

struct cursor {
	struct str s;
	size_t body_max;
};

static bool take_char(struct cursor *c, char want)
{
	if (c->s.n == 0 || c->s.p[0] != want)
		return false;
	c->s = str_slice(c->s, 1, c->s.n);
	return true;
}

static void skip_spaces(struct cursor *c)
{
	while (take_char(c, ' '))
		;
}

static bool take_quoted(struct cursor *c, struct str *out)
{
	size_t i = 1;

	while (i < c->s.n && c->s.p[i] != '"')
		i += c->s.p[i] == '\\' ? 2 : 1;
	if (i >= c->s.n)
		return false;
	*out = str_slice(c->s, 1, i);
	c->s = str_slice(c->s, i + 1, c->s.n);
	return true;
}

static bool take_literal(struct cursor *c, struct str *out, bool *cut)
{
	ptrdiff_t end = str_find_char(c->s, '\n');
	int64_t size;

	if (end < 2)
		return false;
	struct str head = str_slice(c->s, 0, (size_t)end);
	if (head.p[head.n - 1] == '\r')
		head.n--;
	if (!ends_in_literal(head, &size))
		return false;
	c->s = str_slice(c->s, (size_t)end + 1, c->s.n);
	*cut = (uint64_t)size > c->body_max;
	if (*cut)
		size = 0;
	if ((uint64_t)size > c->s.n)
		return false;
	*out = str_slice(c->s, 0, (size_t)size);
	c->s = str_slice(c->s, (size_t)size, c->s.n);
	return true;
}

static bool take_atom(struct cursor *c, struct str *out)
{
	size_t i = 0;

	while (i < c->s.n && !strchr(" ()\r\n", c->s.p[i]))
		i++;
	*out = str_slice(c->s, 0, i);
	c->s = str_slice(c->s, i, c->s.n);
	return i > 0;
}

static bool take_string(struct cursor *c, struct str *out, bool *cut)
{
	*cut = false;
	if (c->s.n == 0)
		return false;
	if (c->s.p[0] == '"')
		return take_quoted(c, out);
	if (c->s.p[0] == '{')
		return take_literal(c, out, cut);
	return take_atom(c, out);
}

/* A parenthesised list, as the text between its parentheses. */
static bool take_list(struct cursor *c, struct str *out)
{
	const char *from = c->s.p + 1;
	int depth = 0;

	do {
		struct str ignored;
		bool cut;

		skip_spaces(c);
		if (take_char(c, '(')) {
			if (++depth > DEPTH_MAX)
				return false;
		} else if (take_char(c, ')')) {
			depth--;
		} else if (!take_string(c, &ignored, &cut)) {
			return false;
		}
	} while (depth > 0);
	*out = (struct str){from, (size_t)(c->s.p - from - 1)};
	return true;
}

static unsigned read_flags(struct str s)
{
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = {{"\\Seen", IMAP_SEEN},
		     {"\\Answered", IMAP_ANSWERED},
		     {"\\Flagged", IMAP_FLAGGED},
		     {"\\Deleted", IMAP_DELETED},
		     {"\\Draft", IMAP_DRAFT}};
	unsigned found = 0;

	while (s.n > 0) {
		struct str word = cut_word(&s);

		for (size_t i = 0; i < COUNT(flags); i++)
			if (str_eq_nocase(word, str_of(flags[i].name)))
				found |= flags[i].flag;
	}
	return found;
}

/* "UID", "FLAGS", "BODY[HEADER.FIELDS (\"A B\")]<0>": up to the space before its value. */
static bool take_attribute(struct cursor *c, struct str *out)
{
	size_t i = 0;
	bool inside = false;

	while (i < c->s.n && (inside || (c->s.p[i] != ' ' && c->s.p[i] != ')'))) {
		if (c->s.p[i] == '[')
			inside = true;
		if (c->s.p[i] == ']')
			inside = false;
		i++;
	}
	*out = str_slice(c->s, 0, i);
	c->s = str_slice(c->s, i, c->s.n);
	return i > 0;
}

static bool take_value(struct cursor *c, struct str name, struct imap_fetched *f)
{
	struct str value = {0};
	int64_t number;
	bool cut = false;
	/* NIL, not quoted: there is no body */
	bool bare = c->s.n > 0 && (c->s.p[0] == 'N' || c->s.p[0] == 'n');

	if (c->s.n > 0 && c->s.p[0] == '(') {
		if (!take_list(c, &value))
			return false;
		if (str_eq_nocase(name, S("FLAGS")))
			f->flags = read_flags(value);
		return true;
	}
	if (!take_string(c, &value, &cut))
		return false;
	if (str_eq_nocase(name, S("UID")) || str_eq_nocase(name, S("RFC822.SIZE"))) {
		if (read_number(value, &number) != value.n)
			return false;
		if (name.n > 3)
			f->size = number;
		else if (number > 0 && number <= UINT32_MAX)
			f->uid = (uint32_t)number;
	} else if (str_eq_nocase(str_slice(name, 0, 5), S("BODY["))) {
		f->has_body = !(bare && str_eq_nocase(value, S("NIL")));
		f->no_body = !f->has_body;
		f->body = f->has_body ? value : S("");
		f->cut = cut;
	}
	return true;
}

static bool read_fetch(struct imap_reader *r, struct str rest, struct imap_fetched *f)
{
	struct cursor c = {rest, r->body_max};

	f->size = -1;
	if (!take_char(&c, '('))
		return false;
	for (;;) {
		struct str name;

		skip_spaces(&c);
		if (take_char(&c, ')'))
			return true;
		if (!take_attribute(&c, &name))
			return false;
		skip_spaces(&c);
		if (!take_value(&c, name, f))
			return false;
	}
}

/* ---- responses ---- */

static void read_code(struct imap_response *o)
{
	ptrdiff_t end = str_find_char(o->rest, ']');

	if (end < 0 || o->rest.p[0] != '[')
		return;
	o->code_arg = str_slice(o->rest, 1, (size_t)end);
	o->code = cut_word(&o->code_arg);
	o->rest = str_trim(str_slice(o->rest, (size_t)end + 1, o->rest.n));
}

static bool read_untagged(struct imap_reader *r, struct str s, struct imap_response *o)
{
	int64_t number;
	struct str first = cut_word(&s);

	o->status = read_status(first);
	o->rest = s;
	if (o->status != IMAP_NO_STATUS) {
		read_code(o);
		return true;
	}
	o->name = first;
	if (first.n > 0 && read_number(first, &number) == first.n) {
		o->number = number;
		o->name = cut_word(&o->rest);
	}
	if (str_eq_nocase(o->name, S("FETCH")))
		return read_fetch(r, o->rest, &o->fetched);
	return o->name.n > 0;
}

static bool understand(struct imap_reader *r, struct imap_response *o)
{
	struct str s = {r->p, r->n};

	*o = (struct imap_response){.number = -1};
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (s.n > 0 && s.p[0] == '+') {
		o->kind = IMAP_GO_ON;
		o->rest = str_slice(s, 1, s.n);
		return true;
	}
	o->tag = cut_word(&s);
	if (str_eq(o->tag, S("*")))
		return read_untagged(r, s, o);
	o->kind = IMAP_TAGGED;
	o->status = read_status(cut_word(&s));
	o->rest = s;
	read_code(o);
	return o->status == IMAP_ST_OK || o->status == IMAP_ST_NO || o->status == IMAP_ST_BAD;
}

/* A line has come to its end: a literal follows, or the response is whole. */
static bool end_line(struct imap_reader *r, bool (*on)(void *, const struct imap_response *),
		     void *arg)
{
	struct str line = {r->p + r->line, r->n - r->line - 1};
	struct imap_response o;
	int64_t size;
	bool go_on;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (may_hold_literal(r) && ends_in_literal(line, &size)) {
		if (++r->literals > LITERALS_MAX)
			return false;
		r->literal = (size_t)size;
		r->skip = r->literal > r->body_max;
		r->line = r->n + (r->skip ? 0 : r->literal);
		return true;
	}
	if (r->n - r->line <= 2 && r->literals == 0) { /* an empty line between responses */
		forget(r);
		return true;
	}
	go_on = understand(r, &o) && on(arg, &o);
	if (go_on)
		forget(r);
	return go_on;
}

bool imap_reader_feed(struct imap_reader *r, const char *p, size_t n,
		      bool (*on)(void *arg, const struct imap_response *), void *arg)
{
	while (n > 0) {
		size_t take = n;

		if (r->literal > 0) {
			if (take > r->literal)
				take = r->literal;
			if (!r->skip)
				keep(r, p, take);
			r->literal -= take;
		} else {
			const char *end = memchr(p, '\n', n);

			if (end)
				take = (size_t)(end - p) + 1;
			keep(r, p, take);
			r->lines += take;
			if (r->lines > LINES_MAX || (end && !end_line(r, on, arg)))
				return false;
		}
		p += take;
		n -= take;
	}
	return true;
}

bool imap_read_list(struct arena *a, struct str rest, struct str *flags, struct str *folder)
{
	struct cursor c = {rest, KEEP};
	struct str delimiter, raw;
	struct buf b = BUF(a);
	bool cut, quoted;

	if (c.s.n == 0 || c.s.p[0] != '(' || !take_list(&c, flags))
		return false;
	skip_spaces(&c);
	if (!take_string(&c, &delimiter, &cut))
		return false;
	skip_spaces(&c);
	quoted = c.s.n > 0 && c.s.p[0] == '"';
	if (!take_string(&c, &raw, &cut) || cut)
		return false;
	for (size_t i = 0; i < raw.n; i++) {
		if (quoted && raw.p[i] == '\\' && i + 1 < raw.n)
			i++;
		buf_char(&b, raw.p[i]);
	}
	*folder = b.p ? buf_str(&b) : S("");
	return true;
}

struct str imap_quote(struct arena *a, struct str s)
{
	struct buf b = BUF(a);

	buf_char(&b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(&b, '\\');
		if ((unsigned char)s.p[i] >= ' ')
			buf_char(&b, s.p[i]);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

/* One code point of valid UTF-8. */
static uint32_t next_point(struct str s, size_t *i)
{
	unsigned char c = (unsigned char)s.p[(*i)++];
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
	uint32_t u = more == 3 ? c & 7u : more == 2 ? c & 15u : more == 1 ? c & 31u : c;

	while (more-- > 0 && *i < s.n)
		u = u << 6 | ((unsigned char)s.p[(*i)++] & 63u);
	return u;
}

static void add_base64(struct buf *b, const unsigned char *p, size_t n)
{
	static const char set[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | p[i];
		for (have += 8; have >= 6; have -= 6)
			buf_char(b, set[bits >> (have - 6) & 63]);
	}
	if (have > 0)
		buf_char(b, set[bits << (6 - have) & 63]);
}

/* The run of characters that are not ASCII from i on, as UTF-16 in base64. */
static size_t add_shifted(struct buf *b, struct str s, size_t i)
{
	struct buf wide = BUF(b->a);

	while (i < s.n && (unsigned char)s.p[i] >= 0x80) {
		uint32_t u = next_point(s, &i);

		if (u >= 0x10000) {
			uint32_t high = 0xd800 + ((u - 0x10000) >> 10);

			buf_char(&wide, (char)(high >> 8));
			buf_char(&wide, (char)(high & 255));
			u = 0xdc00 + ((u - 0x10000) & 0x3ff);
		}
		buf_char(&wide, (char)(u >> 8));
		buf_char(&wide, (char)(u & 255));
	}
	buf_char(b, '&');
	add_base64(b, (const unsigned char *)wide.p, wide.n);
	buf_char(b, '-');
	return i;
}

struct str imap_quote_folder(struct arena *a, struct str s)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < s.n;) {
		if ((unsigned char)s.p[i] >= 0x80) {
			i = add_shifted(&b, s, i);
			continue;
		}
		buf_char(&b, s.p[i]);
		if (s.p[i] == '&')
			buf_char(&b, '-');
		i++;
	}
	return imap_quote(a, b.p ? buf_str(&b) : S(""));
}
