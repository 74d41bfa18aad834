/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/clean_rules.h"

#include "base/buf.h"

#include <string.h>

/* clang-format off */
static const char *const kept[] = {
	"a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote",
	"caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt",
	"em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
	"i", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s",
	"samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
	"tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
};
static const char *const kept_void[] = {"br", "hr", "img", "wbr"};
static const char *const dropped[] = {
	"applet", "audio", "base", "button", "canvas", "datalist", "embed", "frame", "frameset", "head",
	"iframe", "input", "link", "math", "meta", "noembed", "noframes", "noscript", "object", "option",
	"param", "plaintext", "portal", "script", "select", "source", "style", "svg", "template",
	"textarea", "title", "track", "video", "xml", "xmp",
};
static const char *const attributes[] = {
	"abbr", "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan",
	"dir", "face", "height", "lang", "nowrap", "rowspan", "scope", "size", "span", "start", "title",
	"type", "valign", "value", "width",
};
static const char *const properties[] = {
	"background", "background-color", "border", "border-bottom", "border-bottom-color",
	"border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left",
	"border-left-color", "border-left-style", "border-left-width", "border-radius", "border-right",
	"border-right-color", "border-right-style", "border-right-width", "border-spacing",
	"border-style", "border-top", "border-top-color", "border-top-style", "border-top-width",
	"border-width", "clear", "color", "direction", "display", "float", "font", "font-family",
	"font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing",
	"line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
	"margin-top", "max-height", "max-width", "min-height", "min-width", "overflow-wrap", "padding",
	"padding-bottom", "padding-left", "padding-right", "padding-top", "table-layout", "text-align",
	"text-decoration", "text-indent", "text-transform", "unicode-bidi", "vertical-align",
	"white-space", "width", "word-break", "word-spacing", "word-wrap",
};
static const char *const schemes[] = {"http:", "https:", "mailto:", "tel:"};
static const char *const pictures[] = {
	"data:image/png;base64,", "data:image/jpeg;base64,", "data:image/jpg;base64,",
	"data:image/gif;base64,", "data:image/webp;base64,", "data:image/bmp;base64,",
};
/* clang-format on */

static bool in_list(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, list[i]))
			return true;
	return false;
}

enum clean_tag clean_tag(const char *name)
{
	if (in_list(name, kept, COUNT(kept)))
		return CLEAN_KEEP;
	if (in_list(name, kept_void, COUNT(kept_void)))
		return CLEAN_VOID;
	return in_list(name, dropped, COUNT(dropped)) ? CLEAN_DROP : CLEAN_UNWRAP;
}

bool clean_attribute_ok(const char *name)
{
	return in_list(name, attributes, COUNT(attributes));
}

/* Functions of CSS reach outside; only colours may be one. */
static bool function_ok(struct str value, size_t paren)
{
	static const char *const colours[] = {"rgb", "rgba", "hsl", "hsla"};
	size_t from = paren;

	while (from > 0 && ((value.p[from - 1] >= 'a' && value.p[from - 1] <= 'z')))
		from--;
	for (size_t i = 0; i < COUNT(colours); i++)
		if (str_eq(str_slice(value, from, paren), str_of(colours[i])))
			return true;
	return false;
}

static bool value_ok(struct str value)
{
	if (!value.n || value.n > 300)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == '(' && !function_ok(value, i))
			return false;
		/* Backslashes and comments can spell anything. */
		if (c < ' ' || (c < 128 && strchr("\\<>{}@:;`&", c)))
			return false;
		if (c == '/' && i + 1 < value.n && value.p[i + 1] == '*')
			return false;
	}
	return true;
}

struct str clean_style(struct arena *a, struct str style)
{
	struct buf out = BUF(a);
	struct str rest = str_slice(style, 0, 4000), one;

	while (str_cut(&rest, ';', &one)) {
		ptrdiff_t colon = str_find_char(one, ':');
		struct str name, value;

		if (colon <= 0)
			continue;
		name = str_lower(a, str_trim(str_slice(one, 0, (size_t)colon)));
		value = str_lower(a, str_trim(str_slice(one, (size_t)colon + 1, one.n)));
		if (!in_list(str_z(a, name), properties, COUNT(properties)) || !value_ok(value))
			continue;
		buf_fmt(&out, "%s%.*s:%.*s", out.n ? ";" : "", STR(name), STR(value));
	}
	return buf_str(&out);
}

/* Browsers skip white space and control characters inside an address; so do we, first. */
static struct str squeeze(struct arena *a, struct str s)
{
	struct buf b = BUF(a);
	size_t i = 0;

	s = str_trim(s);
	for (; i < s.n; i++)
		if ((unsigned char)s.p[i] > ' ' && s.p[i] != 127)
			buf_char(&b, s.p[i]);
	return buf_str(&b);
}

struct str clean_link(struct arena *a, struct str href)
{
	struct str s = squeeze(a, str_slice(href, 0, 8000));
	struct str lower = str_lower(a, str_slice(s, 0, 16));

	for (size_t i = 0; i < COUNT(schemes); i++)
		if (str_starts(lower, str_of(schemes[i])) && s.n > strlen(schemes[i]))
			return s;
	return S("");
}

static bool base64_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') && !strchr("+/=", s.p[i]))
			return false;
	return s.n > 0;
}

enum clean_picture clean_picture(struct arena *a, struct str src, struct str *out)
{
	struct str s = squeeze(a, src);
	struct str lower = str_lower(a, str_slice(s, 0, 32));

	*out = s;
	if (str_starts(lower, S("http://")) || str_starts(lower, S("https://")))
		return s.n <= 8000 ? PICTURE_REMOTE : PICTURE_NONE;
	if (str_starts(lower, S("//"))) {
		*out = str_fmt(a, "https:%.*s", STR(s));
		return s.n <= 8000 ? PICTURE_REMOTE : PICTURE_NONE;
	}
	if (str_starts(lower, S("cid:"))) {
		*out = str_slice(s, 4, 400);
		return PICTURE_CID;
	}
	for (size_t i = 0; i < COUNT(pictures); i++) {
		size_t n = strlen(pictures[i]);
		if (str_starts(lower, str_of(pictures[i])) && base64_ok(str_slice(s, n, s.n)))
			return PICTURE_DATA;
	}
	return PICTURE_NONE;
}
