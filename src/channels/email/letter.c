/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/letter.h"

#include "base/buf.h"
#include "channels/email/charset.h"

#include <string.h>

/* What stands before a subject that answers, by the mail programs of our markets. */
/* clang-format off */
static const char *const prefixes[] = {
	"re:", "re：", "aw:", "sv:", "vs:", "antw:", "odp:", "rv:", "res:", "rif:", "tr:", "ynt:",
	"回复:", "回复：", "答复:", "答复：", "回覆:", "回覆：", "رد:", "отв:", "ответ:", "返信:", "返信：",
	"답장:", "회신:", "ตอบ:",
};
static const char *const rtl_languages[] = {"ar", "he", "fa", "ur", "ug", "ps", "sd", "yi"};
/* clang-format on */

static bool cut_prefix(struct arena *a, struct str *s)
{
	struct str lower = str_lower(a, str_slice(*s, 0, 24));

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (str_starts(lower, str_of(prefixes[i]))) {
			*s = str_trim(str_slice(*s, strlen(prefixes[i]), s->n));
			return true;
		}
	/* "Re[2]:" counts the answers. */
	if (str_starts(lower, S("re["))) {
		ptrdiff_t end = str_find(lower, S("]:"));
		if (end > 0) {
			*s = str_trim(str_slice(*s, (size_t)end + 2, s->n));
			return true;
		}
	}
	return false;
}

struct str email_reply_subject(struct arena *a, struct str subject)
{
	struct str s = email_line(a, subject);

	while (cut_prefix(a, &s))
		continue;
	return str_fmt(a, "Re: %.*s", STR(str_clip(s, 900)));
}

/* The first letter that has a direction decides; -1 none, 0 left to right, 1 right to left. */
static int first_direction(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], d = (unsigned char)s.p[i + 1];

		if (c < 0x80) {
			if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
				return 0;
		} else if (c >= 0xc3) {
			return (c == 0xd6 && d >= 0x90) || (c >= 0xd7 && c <= 0xdf) ||
			       (c == 0xe0 && d >= 0xa0 && d <= 0xa3) ||
			       (c == 0xef && d >= 0xac && d <= 0xbb);
		}
	}
	return -1;
}

bool email_is_rtl(struct str language, struct str text)
{
	int seen = first_direction(text);

	if (seen >= 0)
		return seen;
	for (size_t i = 0; i < COUNT(rtl_languages); i++)
		if (str_starts(language, str_of(rtl_languages[i])) &&
		    (language.n == 2 || language.p[2] == '-'))
			return true;
	return false;
}

/* Length of the web address at the start of s, or 0. */
static size_t link_length(struct str s)
{
	size_t n = str_starts(s, S("https://")) ? 8 : str_starts(s, S("http://")) ? 7 : 0, from = n;

	if (!n)
		return 0;
	while (n < s.n && (unsigned char)s.p[n] > ' ' && (unsigned char)s.p[n] < 127 &&
	       !strchr("<>\"'`{}|\\^", s.p[n]))
		n++;
	while (n > from && strchr(".,;:!?)]", s.p[n - 1]))
		n--;
	return n > from ? n : 0;
}

struct str email_text_html(struct arena *a, struct str text)
{
	struct buf b = BUF(a);
	size_t done = 0;

	text = email_lines(a, text);
	for (size_t i = 0; i < text.n; i++) {
		size_t n = text.p[i] == 'h' ? link_length(str_slice(text, i, text.n)) : 0;
		struct str link = str_slice(text, i, i + n);

		if (!n && text.p[i] != '\n')
			continue;
		buf_html(&b, str_slice(text, done, i));
		if (n) {
			buf_z(&b, "<a href=\"");
			buf_html(&b, link);
			buf_z(&b, "\">");
			buf_html(&b, link);
			buf_z(&b, "</a>");
			i += n - 1;
		} else {
			buf_z(&b, "<br>\n");
		}
		done = i + 1;
	}
	buf_html(&b, str_slice(text, done, text.n));
	return buf_str(&b);
}

static void quote_lines(struct buf *b, struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		buf_z(b, line.n && line.p[0] == '>' ? ">" : line.n ? "> " : ">");
		buf_add(b, line);
		buf_char(b, '\n');
	}
}

struct str letter_plain(struct arena *a, const struct email_outgoing *o)
{
	struct buf b = BUF(a);

	buf_add(&b, email_lines(a, o->text));
	buf_char(&b, '\n');
	if (o->signature.n) {
		buf_z(&b, "\n-- \n");
		buf_add(&b, email_lines(a, o->signature));
		buf_char(&b, '\n');
	}
	if (o->quote.n) {
		buf_fmt(&b, "\n%.*s\n", STR(email_line(a, o->quote_intro)));
		quote_lines(&b, str_trim(email_lines(a, o->quote)));
	}
	return buf_str(&b);
}

static void open_block(struct buf *b, const char *tag, const struct email_outgoing *o,
		       struct str text)
{
	buf_fmt(b, "<%s dir=\"%s\"", tag, email_is_rtl(o->language, text) ? "rtl" : "ltr");
}

struct str letter_html(struct arena *a, const struct email_outgoing *o)
{
	struct buf b = BUF(a);
	struct str language = email_line(a, o->language);

	buf_z(&b, "<!DOCTYPE html>\n<html");
	if (language.n) {
		buf_z(&b, " lang=\"");
		buf_html(&b, language);
		buf_char(&b, '"');
	}
	buf_z(&b, "><head><meta charset=\"utf-8\"></head>\n");
	open_block(&b, "body", o, o->text);
	buf_z(&b, " style=\"font-family:sans-serif;font-size:15px;line-height:1.5\">\n<div>");
	buf_add(&b, email_text_html(a, o->text));
	buf_z(&b, "</div>\n");
	if (o->signature.n) {
		buf_z(&b, "<br>\n");
		open_block(&b, "div", o, o->signature);
		buf_z(&b, " style=\"color:#5f6368\">-- <br>\n");
		buf_add(&b, email_text_html(a, o->signature));
		buf_z(&b, "</div>\n");
	}
	if (o->quote.n) {
		buf_z(&b, "<br>\n<div>");
		buf_html(&b, email_line(a, o->quote_intro));
		buf_z(&b, "</div>\n");
		open_block(&b, "blockquote type=\"cite\"", o, o->quote);
		buf_z(&b, " style=\"margin:0 0 0 8px;padding:0 0 0 8px;"
			  "border-left:2px solid #dadce0\">\n");
		buf_add(&b, email_text_html(a, o->quote));
		buf_z(&b, "</blockquote>\n");
	}
	buf_z(&b, "</body></html>\n");
	return buf_str(&b);
}
