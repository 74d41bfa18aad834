/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html_tame.h"

#include "base/buf.h"

#include <string.h>
#include <unicode/utf8.h>

enum { NAME_MAX_BYTES = 60 };

/* What an element holds until its end tag. */
enum content { MARKUP, RAW, UNSEEN };

/* clang-format off */
static const struct special {
	const char *name;
	enum content content;
} specials[] = {
	{"script", RAW},    {"style", RAW},     {"title", RAW},     {"textarea", RAW},
	{"iframe", RAW},    {"noembed", RAW},   {"noframes", RAW},
	{"noscript", UNSEEN}, {"select", UNSEEN}, {"object", UNSEEN}, {"svg", UNSEEN},
	{"template", UNSEEN}, {"math", UNSEEN}, {"button", UNSEEN}, {"datalist", UNSEEN},
	{"applet", UNSEEN}, {"audio", UNSEEN},  {"video", UNSEEN},  {"canvas", UNSEEN},
	{"portal", UNSEEN}, {"xml", UNSEEN},    {"xmp", UNSEEN},    {"plaintext", UNSEEN},
	{"option", UNSEEN}, {"frameset", UNSEEN},
};

/* The parser stops reading behind such an end tag, though mails go on there, and gathers the
 * attributes of all of the first, each compared with all others. */
static const char *const roots[] = {"html", "x-mail"};
/* clang-format on */

/* A start tag written to `out` that waits for its end tag. */
struct open {
	size_t from, to;
	struct open *before;
};

struct tamer {
	struct arena *a;
	struct str in;
	size_t at;
	struct buf out;
	struct open *open[COUNT(specials)];
	bool no_end[COUNT(specials)]; /* no end tag of it from here on */
	bool no_double, no_single;    /* no such quote from here on */
	bool no_comment_end, wild;
};

struct tag {
	char name[NAME_MAX_BYTES + 1]; /* lower case; "" when the parser would not read it */
	size_t attributes;
	bool closed; /* ended with "/>" */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || strchr(":-_.", c);
}

/* Bytes the parser may trust: broken UTF-8 and control characters become spaces. */
static struct str clean(struct arena *a, struct str in)
{
	char *out = NEWN(a, char, in.n + 1);
	const uint8_t *p = (const uint8_t *)in.p;
	size_t n = 0;

	for (size_t i = 0; i < in.n;) {
		size_t from = i;
		UChar32 c;
		U8_NEXT(p, i, in.n, c);
		if (c < 0 || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
			out[n++] = ' ';
			continue;
		}
		memcpy(out + n, in.p + from, i - from);
		n += i - from;
	}
	return (struct str){out, n};
}

static char peek(const struct tamer *t, size_t ahead)
{
	return t->at + ahead < t->in.n ? t->in.p[t->at + ahead] : 0;
}

static bool starts_at(struct str in, size_t at, const char *name)
{
	size_t n = strlen(name);

	return in.n - at >= n && str_eq_nocase(str_slice(in, at, at + n), str_of(name));
}

/* Past the next c, or the end. */
static void skip_past(struct tamer *t, char c)
{
	const char *end = memchr(t->in.p + t->at, c, t->in.n - t->at);

	t->at = end ? (size_t)(end - t->in.p) + 1 : t->in.n;
}

static const struct special *find_special(const char *name)
{
	for (size_t i = 0; i < COUNT(specials); i++)
		if (!strcmp(specials[i].name, name))
			return &specials[i];
	return NULL;
}

/* Names the parser can read, in lower case; others as "". */
static void read_name(struct tamer *t, const char *stop, char *name)
{
	size_t n = 0;
	bool good = is_letter(peek(t, 0));

	for (; t->at < t->in.n; t->at++) {
		char c = t->in.p[t->at];

		if (is_blank(c) || (n && strchr(stop, c)))
			break;
		good = good && n < NAME_MAX_BYTES && is_name_char(c);
		if (good)
			name[n] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		n++;
	}
	name[good ? n : 0] = 0;
}

static void read_tag_name(struct tamer *t, char *name)
{
	read_name(t, "/>", name);
	for (size_t i = 0; i < COUNT(roots); i++)
		if (!strcmp(name, roots[i]))
			name[0] = 0;
}

/* A value in quotes; a quote that nothing closes is a character like others. */
static bool read_quoted(struct tamer *t, struct str *value)
{
	char quote = peek(t, 0);
	bool *none = quote == '"' ? &t->no_double : &t->no_single;
	const char *from = t->in.p + t->at + 1, *end;

	if ((quote != '"' && quote != '\'') || *none)
		return false;
	end = memchr(from, quote, t->in.n - t->at - 1);
	if (!end) {
		*none = true;
		return false;
	}
	*value = (struct str){from, (size_t)(end - from)};
	t->at += value->n + 2;
	return true;
}

static struct str read_value(struct tamer *t)
{
	struct str value;
	size_t from = t->at;

	if (read_quoted(t, &value))
		return value;
	while (t->at < t->in.n && !is_blank(t->in.p[t->at]) && t->in.p[t->at] != '>')
		t->at++;
	return str_slice(t->in, from, t->at);
}

static void put_attribute(struct tamer *t, const char *name, struct str value)
{
	struct str piece;

	buf_char(&t->out, ' ');
	buf_z(&t->out, name);
	buf_z(&t->out, "=\"");
	while (value.n) {
		const char *quote = memchr(value.p, '"', value.n);
		size_t n = quote ? (size_t)(quote - value.p) : value.n;

		piece = (struct str){value.p, n};
		buf_add(&t->out, piece);
		if (quote)
			buf_z(&t->out, "&quot;");
		value = str_slice(value, n + (quote != NULL), value.n);
	}
	buf_char(&t->out, '"');
}

static void skip_blanks(struct tamer *t)
{
	while (t->at < t->in.n && is_blank(t->in.p[t->at]))
		t->at++;
}

static void read_attribute(struct tamer *t, struct tag *tag)
{
	char name[NAME_MAX_BYTES + 1];
	struct str value = S("");

	read_name(t, "/>=", name);
	skip_blanks(t);
	if (peek(t, 0) == '=') {
		t->at++;
		skip_blanks(t);
		value = read_value(t);
	}
	if (++tag->attributes <= HTML_ATTRIBUTES_MAX && name[0] && tag->name[0])
		put_attribute(t, name, value);
}

/* From behind '<' to behind '>'; false when the text ends before. */
static bool read_start(struct tamer *t, struct tag *tag)
{
	read_tag_name(t, tag->name);
	if (tag->name[0]) {
		buf_char(&t->out, '<');
		buf_z(&t->out, tag->name);
	}
	while (t->at < t->in.n) {
		char c = t->in.p[t->at];

		if (c == '>') {
			t->at++;
			return true;
		}
		tag->closed = c == '/';
		if (is_blank(c) || c == '/')
			t->at++;
		else
			read_attribute(t, tag);
	}
	return false;
}

/* Does the name of a tag end at i? */
static bool name_ends(const struct tamer *t, size_t i)
{
	return i >= t->in.n || is_blank(t->in.p[i]) || t->in.p[i] == '/' || t->in.p[i] == '>';
}

/* Where the end tag of a raw element begins, or the end when there is none. */
static size_t find_end(struct tamer *t, size_t which)
{
	const char *name = specials[which].name, *p = t->in.p + t->at, *end = t->in.p + t->in.n;

	while (!t->no_end[which] && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		size_t at = (size_t)(p - t->in.p);

		if (at + 1 < t->in.n && p[1] == '/' && starts_at(t->in, at + 2, name) &&
		    name_ends(t, at + 2 + strlen(name)))
			return at;
		p++;
	}
	t->no_end[which] = true;
	return t->in.n;
}

/* Scripts to their end, style sheets that nothing closes to the next tag; others that nothing
 * closes hold nothing. */
static void skip_raw(struct tamer *t, size_t which)
{
	size_t end = find_end(t, which);

	if (end < t->in.n) {
		t->at = end;
		skip_past(t, '>');
	} else if (!strcmp(specials[which].name, "script")) {
		t->at = t->in.n;
	} else if (!strcmp(specials[which].name, "style")) {
		while (t->at < t->in.n && !(t->in.p[t->at] == '<' && is_letter(peek(t, 1))))
			t->at++;
	}
}

static void tame_start(struct tamer *t)
{
	struct tag tag = {0};
	size_t from = t->out.n;
	const struct special *s;
	bool whole = read_start(t, &tag);

	t->wild = t->wild || tag.attributes > HTML_ATTRIBUTES_MAX;
	s = find_special(tag.name);
	if (!whole || (s && s->content == RAW)) {
		t->out.n = from;
		if (whole)
			skip_raw(t, (size_t)(s - specials));
		return;
	}
	if (tag.name[0])
		buf_z(&t->out, tag.closed ? "/>" : ">");
	if (s && !tag.closed) {
		struct open *o = NEW(t->a, struct open);
		struct open **last = &t->open[s - specials];

		*o = (struct open){from, t->out.n, *last};
		*last = o;
	}
}

static void tame_end(struct tamer *t)
{
	char name[NAME_MAX_BYTES + 1];
	const struct special *s;

	t->at += 2;
	read_tag_name(t, name);
	skip_past(t, '>');
	s = find_special(name);
	if (s && s->content == RAW)
		return;
	if (s && t->open[s - specials])
		t->open[s - specials] = t->open[s - specials]->before;
	if (!name[0] || !strcmp(name, "body"))
		return;
	buf_z(&t->out, "</");
	buf_z(&t->out, name);
	buf_char(&t->out, '>');
}

/* Comments, declarations and the like: <!-- -->, <!x>, <?x>, </ x>. */
static void skip_declaration(struct tamer *t)
{
	struct str rest = str_slice(t->in, t->at, t->in.n);
	ptrdiff_t end = -1;

	if (str_starts(rest, S("<!--")) && !str_starts(rest, S("<!-->")) && !t->no_comment_end) {
		end = str_find(str_slice(rest, 4, rest.n), S("-->"));
		t->no_comment_end = end < 0;
	}
	if (end >= 0)
		t->at += (size_t)end + 7;
	else
		skip_past(t, '>');
}

/* Tags of what was never closed go; no clean text holds the byte that marks them. */
static void drop_open(struct tamer *t)
{
	enum { GONE = 1 };
	size_t n = 0;

	for (size_t i = 0; i < COUNT(specials); i++)
		for (const struct open *o = t->open[i]; o; o = o->before)
			if (o->to <= t->out.n)
				memset(t->out.p + o->from, GONE, o->to - o->from);
	for (size_t i = 0; i < t->out.n; i++)
		if (t->out.p[i] != GONE)
			t->out.p[n++] = t->out.p[i];
	t->out.n = n;
}

struct str html_tame(struct arena *a, struct str html, bool *wild)
{
	struct tamer t = {.a = a, .in = clean(a, html), .out = BUF(a)};

	while (t.at < t.in.n) {
		const char *from = t.in.p + t.at, *mark = memchr(from, '<', t.in.n - t.at);
		size_t n = mark ? (size_t)(mark - from) : t.in.n - t.at;
		char next;

		buf_add(&t.out, (struct str){from, n});
		t.at += n;
		if (!mark)
			break;
		next = peek(&t, 1);
		if (is_letter(next)) {
			t.at++;
			tame_start(&t);
		} else if (next == '/' && is_letter(peek(&t, 2))) {
			tame_end(&t);
		} else if (next == '/' || next == '!' || next == '?') {
			skip_declaration(&t);
		} else {
			buf_z(&t.out, "&lt;");
			t.at++;
		}
	}
	drop_open(&t);
	*wild = t.wild;
	return buf_str(&t.out);
}
