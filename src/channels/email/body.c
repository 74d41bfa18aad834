/* body.c - the tree of parts into one text, one HTML and a list of files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/charset.h"
#include "channels/email/mime_internal.h"
#include "text/html.h"
#include "text/mailstrip.h"

#include <string.h>

/* What a part without a name is called. */
/* clang-format off */
static const struct {
	const char *type, *name;
} names[] = {
	{"text/calendar",          "calendar.ics"},
	{"text/plain",             "text.txt"},
	{"text/html",              "page.html"},
	{"text/rtf",               "text.rtf"},
	{"text/csv",               "table.csv"},
	{"text/vcard",             "contact.vcf"},
	{"text/x-vcard",           "contact.vcf"},
	{"image/jpeg",             "picture.jpg"},
	{"image/png",              "picture.png"},
	{"image/gif",              "picture.gif"},
	{"image/webp",             "picture.webp"},
	{"image/heic",             "picture.heic"},
	{"application/pdf",        "document.pdf"},
	{"application/ms-tnef",    "winmail.dat"},
	{"application/zip",        "archive.zip"},
	{"application/pgp-signature",   "signature.asc"},
	{"application/pkcs7-signature", "smime.p7s"},
	{"message/delivery-status","delivery-status.txt"},
	{"text/rfc822-headers",    "headers.txt"},
	{"message/feedback-report","report.txt"},
	{"message/disposition-notification", "receipt.txt"},
	{"video/mp4",              "video.mp4"},
	{"audio/mpeg",             "sound.mp3"},
	{"",                       "file.bin"},
};
/* clang-format on */

static struct str default_name(struct str type)
{
	size_t i = 0;

	while (names[i].type[0] && !str_eq(type, str_of(names[i].type)))
		i++;
	return str_of(names[i].name);
}

static struct str type_of(struct email_reader *r, GMimeObject *o)
{
	GMimeContentType *t = g_mime_object_get_content_type(o);
	const char *type = t ? g_mime_content_type_get_media_type(t) : NULL;
	const char *sub = t ? g_mime_content_type_get_media_subtype(t) : NULL;
	struct str s = str_fmt(r->a, "%s/%s", type ? type : "text", sub ? sub : "plain");

	return str_clip(email_line(r->a, email_utf8(r->a, str_lower(r->a, s), S(""), S(""))), 100);
}

static struct str name_of(struct email_reader *r, GMimeObject *o)
{
	struct str name =
	    email_parameter(r->a, email_raw_field(o, "Content-Disposition"), "filename", r->hint);

	if (!name.n)
		name = email_parameter(r->a, email_raw_field(o, "Content-Type"), "name", r->hint);
	return email_file_name(r->a, name);
}

static void add_file(struct email_reader *r, struct email_file file)
{
	struct email_message *m = r->m;

	if (!m->files)
		m->files = NEWN(r->a, struct email_file, EMAIL_PARTS_MAX + 1);
	if (m->files_n > EMAIL_PARTS_MAX)
		return;
	if (!file.name.n)
		file.name = default_name(file.type);
	m->files[m->files_n++] = file;
}

static void read_file(struct email_reader *r, GMimePart *part, struct str type)
{
	GMimeObject *o = GMIME_OBJECT(part);
	struct strs cid = email_ids(r->a, email_raw_field(o, "Content-ID"));

	add_file(r, (struct email_file){.name = name_of(r, o),
					.type = type,
					.cid = cid.n ? cid.v[0] : S(""),
					.bytes = email_part_bytes(r->a, part)});
}

static void read_enclosed(struct email_reader *r, GMimeMessagePart *part)
{
	GMimeMessage *inner = g_mime_message_part_get_message(part);
	struct str name = name_of(r, GMIME_OBJECT(part)), bytes = S("");

	if (inner) {
		GMimeStream *stream = g_mime_stream_mem_new();
		GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));

		g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, stream);
		bytes = str_dup(r->a, (struct str){(const char *)array->data, array->len});
		g_object_unref(stream);
		if (!name.n)
			name = email_words(r->a, email_raw_field(GMIME_OBJECT(inner), "Subject"),
					   r->hint);
		if (name.n && !str_ends(name, S(".eml")))
			name = str_fmt(r->a, "%.*s.eml", STR(name));
	}
	if (!name.n)
		name = S("message.eml");
	add_file(r, (struct email_file){.name = email_file_name(r->a, name),
					.type = S("message/rfc822"),
					.bytes = bytes});
}

static size_t quote_depth(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n;
}

/* RFC 3676: a line that ends in a space goes on in the next one of the same depth. */
static struct str unflow(struct arena *a, struct str text, bool delsp)
{
	struct buf out = BUF(a);
	struct str line, rest = text;
	bool open = false;
	size_t depth = 0;

	while (str_cut(&rest, '\n', &line)) {
		size_t d = quote_depth(line);
		struct str body = str_slice(line, d, line.n);
		bool sign = str_eq(body, S("-- ")) || str_eq(body, S(" -- "));

		if (body.n && body.p[0] == ' ')
			body = str_slice(body, 1, body.n);
		if (!open || d != depth || sign) {
			if (out.n)
				buf_char(&out, '\n');
			for (size_t i = 0; i < d; i++)
				buf_char(&out, '>');
			if (d)
				buf_char(&out, ' ');
		}
		open = !sign && body.n && body.p[body.n - 1] == ' ';
		if (open && delsp)
			body.n--;
		buf_add(&out, body);
		depth = d;
	}
	return buf_str(&out);
}

static struct str charset_in_html(struct arena *a, struct str html)
{
	struct str head = str_lower(a, str_slice(html, 0, 2048));
	ptrdiff_t at = str_find(head, S("charset="));
	size_t from, to;

	if (at < 0)
		return S("");
	from = (size_t)at + 8;
	while (from < head.n && strchr("\"' ", head.p[from]))
		from++;
	for (to = from; to < head.n && !strchr("\"' />;", head.p[to]);)
		to++;
	return str_slice(head, from, to);
}

static struct str cut_text(struct email_reader *r, struct str text, struct str type)
{
	if (text.n <= EMAIL_TEXT_MAX)
		return text;
	r->m->text_cut = true;
	add_file(r, (struct email_file){.type = type, .bytes = text});
	return str_clip(text, EMAIL_TEXT_MAX);
}

static void read_text(struct email_reader *r, GMimePart *part, struct str type)
{
	struct str raw = email_raw_field(GMIME_OBJECT(part), "Content-Type");
	struct str label = email_parameter(r->a, raw, "charset", S(""));
	struct str format = email_parameter(r->a, raw, "format", S(""));
	struct str bytes = email_part_bytes(r->a, part), text;
	struct email_segment *s = &r->segments[r->segments_n];
	bool html = str_eq(type, S("text/html"));

	if (!label.n && html)
		label = charset_in_html(r->a, bytes);
	text = email_lines(r->a, email_utf8(r->a, bytes, label, r->hint));
	if (!html && str_eq_nocase(format, S("flowed")))
		text = unflow(r->a, text,
			      str_eq_nocase(email_parameter(r->a, raw, "delsp", S("")), S("yes")));
	if (html)
		s->html = cut_text(r, text, type);
	else
		s->text = cut_text(r, text, type);
	if (str_trim(text).n)
		r->segments_n++;
}

/* A type without a '/' is no type ("Content-Type: text"): the words are what counts. */
static struct str leaf_type(struct email_reader *r, GMimeObject *o)
{
	struct str raw = email_raw_field(o, "Content-Type");
	bool none = raw.n && str_find_char(email_value(r->a, raw), '/') < 0;

	return none ? S("text/plain") : type_of(r, o);
}

static void read_leaf(struct email_reader *r, GMimePart *part)
{
	GMimeObject *o = GMIME_OBJECT(part);
	struct str type = leaf_type(r, o);
	struct str place = email_value(r->a, email_raw_field(o, "Content-Disposition"));
	bool body = str_eq(type, S("text/plain")) || str_eq(type, S("text/html"));

	if (body && !str_eq(place, S("attachment")) && !name_of(r, o).n)
		read_text(r, part, type);
	else
		read_file(r, part, type);
}

/* The alternatives read since `from` say the same: they are one segment. */
static void merge_segments(struct email_reader *r, size_t from)
{
	struct buf text = BUF(r->a), html = BUF(r->a);

	for (size_t i = from; i < r->segments_n; i++) {
		buf_add(&html, r->segments[i].html);
		if (!r->segments[i].html.n || r->segments[i].text.n)
			buf_add(&text, r->segments[i].text);
	}
	if (r->segments_n == from)
		return;
	r->segments[from] = (struct email_segment){buf_str(&text), buf_str(&html)};
	r->segments_n = from + 1;
}

static void read_multipart(struct email_reader *r, GMimeMultipart *multi, int depth)
{
	int n = g_mime_multipart_get_count(multi);
	const char *before = g_mime_multipart_get_prologue(multi);
	size_t first = r->segments_n;

	for (int i = 0; i < n; i++)
		email_read_part(r, g_mime_multipart_get_part(multi, i), depth + 1);
	if (str_eq(type_of(r, GMIME_OBJECT(multi)), S("multipart/alternative")))
		merge_segments(r, first);
	/* A wrong boundary leaves all the words before the first part. */
	if (n == 0 && before && r->segments_n < EMAIL_PARTS_MAX) {
		struct str text = email_utf8(r->a, str_of(before), S(""), r->hint);
		r->segments[r->segments_n++].text =
		    cut_text(r, email_lines(r->a, text), S("text/plain"));
	}
}

void email_read_part(struct email_reader *r, GMimeObject *o, int depth)
{
	if (r->key)
		return;
	if (depth > EMAIL_DEPTH_MAX || ++r->parts > EMAIL_PARTS_MAX) {
		r->key = depth > EMAIL_DEPTH_MAX ? "email.too_deep" : "email.too_many_parts";
	} else if (GMIME_IS_MULTIPART(o)) {
		read_multipart(r, GMIME_MULTIPART(o), depth);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		read_enclosed(r, GMIME_MESSAGE_PART(o));
	} else if (GMIME_IS_PART(o)) {
		read_leaf(r, GMIME_PART(o));
	}
}

static void add_apart(struct buf *b, struct str s)
{
	if (b->n && s.n)
		buf_z(b, "\n");
	buf_add(b, s);
}

/* A segment's words, and what its HTML quotes. */
static void add_text(struct email_reader *r, const struct email_segment *s, struct buf *text,
		     struct buf *quoted)
{
	struct html_text seen;

	if (str_trim(s->text).n) {
		add_apart(text, s->text);
		return;
	}
	html_to_text(r->a, s->html, &seen);
	add_apart(text, seen.text);
	add_apart(quoted, seen.quoted);
	r->m->text_from_html = true;
}

static void mark_inline(struct email_message *m, struct arena *a)
{
	for (size_t i = 0; i < m->files_n; i++) {
		struct str cid = m->files[i].cid;

		m->files[i].is_inline =
		    cid.n && str_find(m->html, str_fmt(a, "cid:%.*s", STR(cid))) >= 0;
	}
}

void email_join_body(struct email_reader *r)
{
	struct buf text = BUF(r->a), quoted = BUF(r->a), html = BUF(r->a);
	struct email_message *m = r->m;
	struct mail_parts parts;
	bool any = false;

	for (size_t i = 0; i < r->segments_n; i++)
		any = any || r->segments[i].html.n;
	for (size_t i = 0; i < r->segments_n; i++) {
		struct email_segment *s = &r->segments[i];

		add_text(r, s, &text, &quoted);
		if (any && s->html.n) {
			buf_add(&html, s->html);
		} else if (any) {
			buf_z(&html, "<div style=\"white-space:pre-wrap\">");
			buf_html(&html, s->text);
			buf_z(&html, "</div>");
		}
	}
	mail_strip(r->a, buf_str(&text), &parts);
	add_apart(&quoted, parts.quoted);
	m->body = str_trim(parts.body);
	m->signature = parts.signature;
	m->quoted = buf_str(&quoted);
	m->text = r->m->text_from_html && quoted.n
		      ? str_fmt(r->a, "%.*s\n%.*s", STR(buf_str(&text)), STR(m->quoted))
		      : buf_str(&text);
	m->html = buf_str(&html);
	mark_inline(m, r->a);
}
