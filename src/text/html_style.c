/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html_style.h"

#include <string.h>

enum { PIECE = 32 };

/* A declaration without white space and comments, in lower case; longer pieces are cut. */
struct declaration {
	char name[PIECE], value[PIECE];
};

/* What several declarations together say. */
struct sizes {
	bool none, clear, no_width, no_height, no_max_width, no_max_height, clipped;
};

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* 0, 0.0, .0em, 0%, 0pt!important; not 0.5. */
static bool is_zero(const char *s)
{
	size_t n = strspn(s, "+-");
	size_t digits = strspn(s + n, "0.");

	return memchr(s + n, '0', digits) && !(s[n + digits] >= '0' && s[n + digits] <= '9');
}

/* Sizes that are a share of what stands around: a share of nothing is nothing. */
static bool is_share(const char *s)
{
	static const char *const words[] = {"inherit", "smaller", "larger", "unset"};
	size_t n = strspn(s, "0123456789.");

	for (size_t i = 0; i < COUNT(words); i++)
		if (starts(s, words[i]))
			return true;
	return n && (starts(s + n, "em") || starts(s + n, "%") || starts(s + n, "ex"));
}

static enum html_say read_size(const char *s, enum html_say before)
{
	if (is_zero(s))
		return HTML_SAYS_NO;
	return is_share(s) || !*s ? before : HTML_SAYS_YES;
}

static void read_font(const char *s, struct html_style *out)
{
	if (starts(s, "0/") || starts(s, "0px/"))
		out->sized = HTML_SAYS_NO;
	else if (strpbrk(s, "123456789"))
		out->sized = HTML_SAYS_YES;
}

static void judge(const struct declaration *d, struct sizes *z, struct html_style *out)
{
	const struct {
		const char *name;
		bool *zero;
	} zeros[] = {{"opacity", &z->clear},
		     {"width", &z->no_width},
		     {"height", &z->no_height},
		     {"max-width", &z->no_max_width},
		     {"max-height", &z->no_max_height}};

	for (size_t i = 0; i < COUNT(zeros); i++)
		if (!strcmp(d->name, zeros[i].name))
			*zeros[i].zero = is_zero(d->value);
	if (!strcmp(d->name, "display"))
		z->none = starts(d->value, "none");
	else if (starts(d->name, "overflow"))
		z->clipped = starts(d->value, "hidden");
	else if (!strcmp(d->name, "mso-hide"))
		out->mso_hidden = starts(d->value, "all");
	else if (!strcmp(d->name, "visibility"))
		out->visible = starts(d->value, "hidden") || starts(d->value, "collapse")
				   ? HTML_SAYS_NO
			       : starts(d->value, "inherit") ? HTML_SAYS_NOTHING
							     : HTML_SAYS_YES;
	else if (!strcmp(d->name, "font-size"))
		out->sized = read_size(d->value, out->sized);
	else if (!strcmp(d->name, "font"))
		read_font(d->value, out);
}

/* Past white space and a comment at i; i itself when neither stands there. */
static size_t skip_nothing(struct str s, size_t i, bool *open_comment)
{
	if ((unsigned char)s.p[i] <= ' ')
		return i + 1;
	if (s.p[i] != '/' || i + 1 >= s.n || s.p[i + 1] != '*' || *open_comment)
		return i;
	ptrdiff_t end = str_find(str_slice(s, i + 2, s.n), S("*/"));
	*open_comment = end < 0;
	return end < 0 ? i + 2 : i + 4 + (size_t)end;
}

/* The declaration at *at, which moves behind its ';'. */
static void next_declaration(struct str s, size_t *at, bool *open_comment, struct declaration *d)
{
	char *to = d->name;
	size_t n = 0, i = *at;

	memset(d, 0, sizeof *d);
	while (i < s.n && s.p[i] != ';') {
		size_t next = skip_nothing(s, i, open_comment);
		char c = s.p[i];

		if (next > i) {
			i = next;
			continue;
		}
		i++;
		if (c == ':' && to == d->name) {
			to = d->value;
			n = 0;
		} else if (n + 1 < PIECE) {
			to[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		}
	}
	*at = i + 1;
}

struct html_style html_style_read(struct str style)
{
	struct html_style out = {0};
	struct declaration d;
	struct sizes z = {0};
	bool open_comment = false;

	for (size_t at = 0; at < style.n;) {
		next_declaration(style, &at, &open_comment, &d);
		judge(&d, &z, &out);
	}
	out.hidden = z.none || z.clear || z.no_max_height ||
		     (z.clipped && (z.no_width || z.no_height || z.no_max_width));
	return out;
}
