/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html.h"

#include "base/buf.h"
#include "text/html_style.h"
#include "text/html_tame.h"

#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

/* How an element changes the text around it. */
enum { LINK_TEXT = 500 };
enum kind { BLOCK = 1, SKIP = 2, QUOTE = 4, PRE = 8, ITEM = 16, CELL = 32, LINK = 64, PARA = 128 };

/* clang-format off */
static const struct element {
	const char *name;
	unsigned kind;
} elements[] = {
	{"a", LINK},           {"address", BLOCK},    {"article", BLOCK},   {"aside", BLOCK},
	{"blockquote", QUOTE | PARA}, {"dd", BLOCK},  {"details", BLOCK},   {"div", BLOCK},
	{"dl", PARA},
	{"dt", BLOCK},         {"fieldset", BLOCK},   {"figcaption", BLOCK},{"figure", BLOCK},
	{"footer", BLOCK},     {"form", BLOCK},       {"h1", PARA},         {"h2", PARA},
	{"h3", PARA},          {"h4", PARA},          {"h5", PARA},         {"h6", PARA},
	{"header", BLOCK},     {"iframe", SKIP},      {"li", BLOCK | ITEM}, {"main", BLOCK},
	{"nav", BLOCK},        {"noscript", SKIP},    {"object", SKIP},     {"ol", PARA},
	{"option", BLOCK},     {"p", PARA},           {"pre", PARA | PRE},  {"script", SKIP},
	{"section", BLOCK},    {"select", SKIP},      {"style", SKIP},      {"summary", BLOCK},
	{"svg", SKIP},
	{"table", PARA},       {"td", CELL},          {"template", SKIP},   {"textarea", SKIP},
	{"th", CELL},          {"title", SKIP},       {"tr", BLOCK},        {"ul", PARA},
	{"xml", SKIP},
};

/* Attributes by which mail programs mark what they quote. */
static const struct {
	const char *attribute, *has;
	bool to_the_end; /* it stands before the quoted part, not around it */
} quote_marks[] = {
	{"class", "gmail_quote", false},     {"class", "gmail_attr", false},
	{"class", "moz-cite-prefix", false}, {"class", "yahoo_quoted", false},
	{"class", "protonmail_quote", false},{"class", "zmail_extra", false},
	{"class", "foxmail_quote", false},   {"type",  "cite", false},
	{"id",    "divRplyFwdMsg", true},    {"id",    "appendonsend", true},
	{"id",    "isReplyContent", false},  {"id",    "mail-editor-reference-message-container", false},
	{"class", "OutlookMessageHeader", true}, {"name", "messageReplySection", false},
};

static const char *const link_schemes[] = {"http://", "https://", "mailto:", "tel:"};
/* clang-format on */

struct level {
	unsigned kind;
	bool skip, quote, pre; /* in force inside this element */
	bool unseen, tiny;     /* the same, but what is inside may say otherwise */
};

/* One of the two texts being written, with white space held back until something follows. */
struct side {
	struct buf b;
	int lines; /* line ends owed: 0 to 2 */
	bool space;
};

struct reader {
	struct arena *a;
	struct html_text *out;
	xmlParserCtxtPtr ctxt;
	struct side side[2]; /* visible, quoted */
	struct level stack[HTML_DEPTH];
	size_t depth;
	bool too_deep, rest_quoted;
	struct buf link; /* text of the link being read */
	struct str href, title;
};

static const struct element *find_element(const char *name)
{
	size_t lo = 0, hi = COUNT(elements);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = strcasecmp(name, elements[mid].name);
		if (d == 0)
			return &elements[mid];
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static const struct level *top(const struct reader *r)
{
	static const struct level ground;

	return r->depth ? &r->stack[r->depth - 1] : &ground;
}

static struct side *side_of(struct reader *r)
{
	return &r->side[r->rest_quoted || top(r)->quote];
}

static bool is_shown(const struct reader *r)
{
	const struct level *l = top(r);

	return !l->skip && !l->unseen && !l->tiny;
}

static void owe_lines(struct side *s, int n)
{
	if (s->b.n && s->lines < n)
		s->lines = n;
	s->space = false;
}

static void pay(struct side *s)
{
	for (; s->lines > 0; s->lines--)
		buf_char(&s->b, '\n');
	if (s->space && s->b.n && s->b.p[s->b.n - 1] != '\n')
		buf_char(&s->b, ' ');
	s->space = false;
}

static bool space_at(const char *p, size_t n, size_t *len)
{
	static const char *const wide[] = {"\xc2\xa0", "\xe2\x80\x8b", "\xe3\x80\x80",
					   "\xef\xbb\xbf", "\xcd\x8f"};

	*len = 1;
	if ((unsigned char)*p <= ' ' || *p == 0x7f)
		return true;
	for (size_t i = 0; i < COUNT(wide); i++) {
		size_t w = strlen(wide[i]);
		if (n >= w && memcmp(p, wide[i], w) == 0) {
			*len = w;
			return true;
		}
	}
	return false;
}

static void put_text(struct side *s, struct str t, bool pre)
{
	size_t i = 0, len;

	while (i < t.n) {
		if (pre && t.p[i] == '\n') {
			owe_lines(s, s->lines + 1 > 2 ? 2 : s->lines + 1);
			i++;
		} else if (space_at(t.p + i, t.n - i, &len)) {
			s->space = s->space || s->lines == 0;
			i += len;
		} else {
			size_t from = i;
			while (i < t.n && !space_at(t.p + i, t.n - i, &len))
				i++;
			pay(s);
			buf_add(&s->b, (struct str){t.p + from, i - from});
		}
	}
}

static const char *attribute(const xmlChar **atts, const char *name)
{
	for (size_t i = 0; atts && atts[i]; i += 2)
		if (strcasecmp((const char *)atts[i], name) == 0)
			return atts[i + 1] ? (const char *)atts[i + 1] : "";
	return NULL;
}

static struct html_style style_of(const char *name, const xmlChar **atts)
{
	struct html_style s = html_style_read(str_of(attribute(atts, "style")));

	/* mails draw buttons twice: for Outlook in comments, for all others as such a link */
	s.hidden =
	    s.hidden || attribute(atts, "hidden") || (s.mso_hidden && strcasecmp(name, "a") != 0);
	return s;
}

static void hide(struct level *l, const char *name, const xmlChar **atts)
{
	struct html_style s = style_of(name, atts);

	l->skip |= s.hidden;
	if (s.visible)
		l->unseen = s.visible == HTML_SAYS_NO;
	if (s.sized)
		l->tiny = s.sized == HTML_SAYS_NO;
}

static bool is_quote(struct reader *r, const xmlChar **atts)
{
	for (size_t i = 0; i < COUNT(quote_marks); i++) {
		const char *value = attribute(atts, quote_marks[i].attribute);
		if (!value || !strstr(value, quote_marks[i].has))
			continue;
		if (!quote_marks[i].to_the_end)
			return true;
		r->rest_quoted = true;
	}
	return false;
}

/* As browsers read an address: no white space around it nor line ends in it. */
static struct str read_address(struct arena *a, const char *href)
{
	struct str s = str_trim(str_of(href));
	struct buf b = BUF(a);

	if (str_starts(s, S("//")))
		buf_z(&b, "https:");
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\n' && s.p[i] != '\t')
			buf_char(&b, s.p[i]);
	return buf_str(&b);
}

static void begin_link(struct reader *r, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");
	struct str address = read_address(r->a, href ? href : "");

	r->href = S("");
	for (size_t i = 0; i < COUNT(link_schemes) && !top(r)->skip && !top(r)->unseen; i++)
		if (str_eq_nocase(str_slice(address, 0, strlen(link_schemes[i])),
				  str_of(link_schemes[i])))
			r->href = address;
	r->title = str_dup(r->a, str_of(attribute(atts, "title")));
	r->link = BUF(r->a);
}

/* What a link of pictures without words is called: the host, or whom it writes to or calls. */
static struct str name_of(struct str href)
{
	size_t from = (size_t)str_find_char(href, ':') + 1, to;

	while (from < href.n && href.p[from] == '/')
		from++;
	for (to = from; to < href.n && !strchr("/?#", href.p[to]);)
		to++;
	return str_slice(href, from, to);
}

static void end_link(struct reader *r)
{
	struct str text = str_trim(buf_str(&r->link));
	bool seen = r->href.n && (!top(r)->tiny || r->link.n);

	if (!text.n)
		text = str_trim(r->title);
	if (!text.n)
		text = name_of(r->href);
	if (seen && r->out->link_count < HTML_LINKS) {
		if (!r->out->links)
			r->out->links = NEWN(r->a, struct html_link, HTML_LINKS);
		r->out->links[r->out->link_count++] = (struct html_link){text, r->href};
	}
	r->href = S("");
}

static void put_image(struct reader *r, const xmlChar **atts)
{
	struct html_style s = style_of("img", atts);
	struct str alt = str_trim(str_of(attribute(atts, "alt")));

	if (top(r)->skip || s.hidden || s.visible == HTML_SAYS_NO)
		return;
	if (top(r)->unseen && !s.visible)
		return;
	if (r->href.n && r->link.n < LINK_TEXT) {
		buf_char(&r->link, ' ');
		buf_add(&r->link, alt);
	}
	if (!alt.n)
		return;
	put_text(side_of(r), S("["), false);
	put_text(side_of(r), alt, false);
	put_text(side_of(r), S("]"), false);
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **atts)
{
	struct reader *r = arg;
	const struct element *e = find_element((const char *)name);
	struct level l = *top(r);

	if (strcasecmp((const char *)name, "br") == 0) {
		struct side *s = side_of(r);
		owe_lines(s, s->lines + 1 > 2 ? 2 : s->lines + 1);
	}
	if (strcasecmp((const char *)name, "hr") == 0)
		owe_lines(side_of(r), 1);
	if (strcasecmp((const char *)name, "img") == 0)
		put_image(r, atts);
	if (r->depth == HTML_DEPTH) {
		r->too_deep = true;
		xmlStopParser(r->ctxt);
		return;
	}
	l.kind = e ? e->kind : 0;
	l.skip |= (l.kind & SKIP) != 0;
	hide(&l, (const char *)name, atts);
	l.pre |= (l.kind & PRE) != 0;
	bool quote = l.kind & QUOTE || is_quote(r, atts);
	if (quote && !l.quote)
		owe_lines(side_of(r), 2);
	l.quote |= quote;
	r->stack[r->depth++] = l;
	if (l.kind & (BLOCK | PARA) && !l.skip)
		owe_lines(side_of(r), l.kind & PARA ? 2 : 1);
	if (l.kind & ITEM && is_shown(r))
		put_text(side_of(r), S("- "), false);
	if (l.kind & LINK)
		begin_link(r, atts);
}

static void on_end(void *arg, const xmlChar *name)
{
	struct reader *r = arg;

	(void)name;
	if (r->depth == 0)
		return;
	unsigned kind = top(r)->kind;
	struct side *s = side_of(r);
	if (kind & (BLOCK | PARA) && !top(r)->skip)
		owe_lines(s, kind & PARA ? 2 : 1);
	if (kind & CELL && s->lines == 0 && !top(r)->skip)
		s->space = true;
	if (kind & LINK)
		end_link(r);
	r->depth--;
}

static void on_text(void *arg, const xmlChar *p, int n)
{
	struct reader *r = arg;
	struct str t = {(const char *)p, (size_t)n};

	if (!is_shown(r))
		return;
	put_text(side_of(r), t, top(r)->pre);
	if (r->href.n && r->link.n < LINK_TEXT)
		buf_add(&r->link, t);
}

/* Tags dropped, the few commonest entities read. */
static struct str drop_tags(struct arena *a, struct str in)
{
	struct side s = {.b = BUF(a)};
	size_t i = 0;

	while (i < in.n) {
		if (in.p[i] == '<') {
			const char *end = memchr(in.p + i, '>', in.n - i);
			i = end ? (size_t)(end - in.p) + 1 : in.n;
			owe_lines(&s, 1);
			continue;
		}
		size_t from = i;
		while (i < in.n && in.p[i] != '<')
			i++;
		put_text(&s, (struct str){in.p + from, i - from}, false);
	}
	return buf_str(&s.b);
}

static void parse(struct reader *r, struct str in)
{
	htmlSAXHandler sax = {.startElement = on_start,
			      .endElement = on_end,
			      .characters = on_text,
			      .cdataBlock = on_text,
			      .ignorableWhitespace = on_text};
	enum { CHUNK = 16384 };

	r->ctxt = htmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (!r->ctxt) {
		r->too_deep = true;
		return;
	}
	htmlCtxtUseOptions(r->ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
					HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED |
					HTML_PARSE_IGNORE_ENC);
	/* one root, whose end tag nobody else writes: the parser stops reading after the root */
	htmlParseChunk(r->ctxt, "<x-mail>", 8, 0);
	for (size_t i = 0; i < in.n && !r->too_deep; i += CHUNK) {
		size_t n = in.n - i < CHUNK ? in.n - i : CHUNK;
		htmlParseChunk(r->ctxt, in.p + i, (int)n, 0);
	}
	if (!r->too_deep)
		htmlParseChunk(r->ctxt, NULL, 0, 1);
	if (r->ctxt->myDoc)
		xmlFreeDoc(r->ctxt->myDoc);
	htmlFreeParserCtxt(r->ctxt);
}

void html_to_text(struct arena *a, struct str html, struct html_text *out)
{
	struct reader *r = NEW(a, struct reader);
	bool wild;

	*out = (struct html_text){.text = S(""), .quoted = S("")};
	out->cut = html.n > HTML_MAX;
	html = html_tame(a, str_clip(html, HTML_MAX), &wild);
	r->a = a;
	r->out = out;
	r->side[0].b = r->side[1].b = BUF(a);
	if (html.n)
		parse(r, html);
	if (r->too_deep) {
		out->simple = true;
		out->links = NULL;
		out->link_count = 0;
		out->text = str_trim(drop_tags(a, html));
		return;
	}
	out->text = str_trim(buf_str(&r->side[0].b));
	out->quoted = str_trim(buf_str(&r->side[1].b));
}
