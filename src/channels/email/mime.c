/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/charset.h"
#include "channels/email/mime_internal.h"

#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_gmime(void)
{
	g_mime_init();
}

static void drop_object(void *object)
{
	g_object_unref(object);
}

struct str email_raw_field(GMimeObject *o, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	GMimeHeader *h = g_mime_header_list_get_header(list, name);

	return h ? str_trim(str_of(g_mime_header_get_raw_value(h))) : S("");
}

struct str email_part_bytes(struct arena *a, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream;
	GByteArray *bytes;
	struct str out;

	if (!content)
		return S("");
	stream = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	out = str_dup(a, (struct str){(const char *)bytes->data, bytes->len});
	g_object_unref(stream);
	return out;
}

static bool is_field_line(struct str line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] > ' ' && line.p[i] < 127 && line.p[i] != ':')
		i++;
	while (i && i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	return i > 0 && i < line.n && line.p[i] == ':';
}

/* Skip what stands before the header: empty lines, a byte order mark, mbox's "From ". */
static struct str skip_head(struct str raw)
{
	if (str_starts(raw, S("\xef\xbb\xbf")))
		raw = str_slice(raw, 3, raw.n);
	while (raw.n && (raw.p[0] == '\r' || raw.p[0] == '\n'))
		raw = str_slice(raw, 1, raw.n);
	if (str_starts(raw, S("From ")) || str_starts(raw, S(">From "))) {
		ptrdiff_t end = str_find_char(raw, '\n');
		raw = end < 0 ? S("") : str_slice(raw, (size_t)end + 1, raw.n);
	}
	return raw;
}

/* Bytes of the header, its empty line not included. */
static size_t header_length(struct str raw)
{
	size_t at = 0;

	while (at < raw.n) {
		ptrdiff_t end = str_find_char(str_slice(raw, at, raw.n), '\n');
		struct str line = str_slice(raw, at, end < 0 ? raw.n : at + (size_t)end);

		if (str_trim(line).n == 0 && (line.n == 0 || line.p[0] == '\r'))
			return at;
		if (end < 0)
			return raw.n;
		at += (size_t)end + 1;
	}
	return at;
}

/* NUL would end a header line early for every C reader. */
static struct str without_nul(struct arena *a, struct str raw, size_t header)
{
	char *p;

	if (!memchr(raw.p, 0, header))
		return raw;
	raw = str_dup(a, raw);
	p = (char *)raw.p;
	for (size_t i = 0; i < header; i++)
		if (!p[i])
			p[i] = ' ';
	return raw;
}

static GMimeMessage *construct(struct arena *a, struct str raw)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw.p, raw.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message;

	g_mime_parser_set_persist_stream(parser, FALSE);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (message)
		arena_defer(a, drop_object, message);
	return message;
}

static void read_fields(struct email_reader *r, GMimeMessage *message)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	int n = g_mime_header_list_get_count(list);

	r->m->fields = NEWN(r->a, struct email_field, (size_t)n + 1);
	for (int i = 0; i < n; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		struct email_field *f = &r->m->fields[r->m->fields_n++];

		f->name = email_utf8(r->a, str_of(g_mime_header_get_name(h)), S(""), S(""));
		f->value = email_words(r->a, str_of(g_mime_header_get_raw_value(h)), r->hint);
	}
}

bool email_has_field(const struct email_message *m, const char *name)
{
	for (size_t i = 0; i < m->fields_n; i++)
		if (str_eq_nocase(m->fields[i].name, str_of(name)))
			return true;
	return false;
}

struct str email_field(const struct email_message *m, const char *name)
{
	for (size_t i = 0; i < m->fields_n; i++)
		if (str_eq_nocase(m->fields[i].name, str_of(name)))
			return m->fields[i].value;
	return S("");
}

/* All lines of a name that may come several times (Delivered-To), joined by commas. */
static void add_lines(GMimeObject *o, const char *name, struct buf *out)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	int n = g_mime_header_list_get_count(list);

	for (int i = 0; i < n; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);

		if (!str_eq_nocase(str_of(g_mime_header_get_name(h)), str_of(name)))
			continue;
		if (out->n)
			buf_char(out, ',');
		buf_add(out, str_trim(str_of(g_mime_header_get_raw_value(h))));
	}
}

static struct email_addresses addresses_of(struct email_reader *r, GMimeObject *o,
					   const char *const *names)
{
	struct buf lines = BUF(r->a);

	for (; *names; names++)
		add_lines(o, *names, &lines);
	return email_addresses(r->a, buf_str(&lines), r->hint);
}

static void read_people(struct email_reader *r, GMimeObject *o)
{
	static const char *const to[] = {"To", NULL}, *const cc[] = {"Cc", NULL},
				 *const reply[] = {"Reply-To", NULL},
				 *const got[] = {"Delivered-To", "X-Original-To", "Envelope-To",
						 NULL};
	static const char *const senders[] = {"From", "Sender", "Reply-To", "Return-Path"};
	struct email_message *m = r->m;

	m->to = addresses_of(r, o, to);
	m->cc = addresses_of(r, o, cc);
	m->reply_to = addresses_of(r, o, reply);
	m->delivered_to = addresses_of(r, o, got);
	m->has_return_path = email_has_field(m, "Return-Path");
	struct email_addresses path =
	    email_addresses(r->a, email_raw_field(o, "Return-Path"), S(""));
	m->return_path = path.n ? path.v[0].address : S("");
	for (size_t i = 0; i < COUNT(senders) && !m->from.address.n; i++) {
		struct email_addresses list =
		    email_addresses(r->a, email_raw_field(o, senders[i]), r->hint);
		if (list.n)
			m->from = list.v[0];
	}
}

/* The envelope's sender is null in a bounce; its From may have no domain at all. */
static void name_the_daemon(struct email_message *m)
{
	if (!m->from.address.n && (m->report.kind || (m->has_return_path && !m->return_path.n)))
		m->from = (struct email_address){S(""), S("mailer-daemon@invalid")};
}

static int64_t read_date(GMimeObject *o)
{
	struct str raw = email_raw_field(o, "Date");
	GDateTime *date = raw.n ? g_mime_utils_header_decode_date(raw.p) : NULL;
	int64_t at = date ? g_date_time_to_unix(date) * 1000 : 0;

	if (date)
		g_date_time_unref(date);
	return at < 0 ? 0 : at;
}

static void read_ids(struct email_reader *r, GMimeObject *o, struct str raw)
{
	struct strs ids = email_ids(r->a, email_raw_field(o, "Message-ID"));
	struct email_message *m = r->m;

	m->in_reply_to = email_ids(r->a, email_raw_field(o, "In-Reply-To"));
	m->references = email_ids(r->a, email_raw_field(o, "References"));
	m->has_id = ids.n > 0;
	if (m->has_id) {
		m->id = ids.v[0];
	} else {
		char *sum =
		    g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)raw.p, raw.n);
		m->id = str_fmt(r->a, "none-%s", sum);
		g_free(sum);
	}
}

/* The charset that the rest of the mail names, for header lines that name none. */
static void find_hint(struct email_reader *r, GMimeObject *o, int depth)
{
	if (GMIME_IS_MULTIPART(o) && depth < EMAIL_DEPTH_MAX) {
		GMimeMultipart *multi = GMIME_MULTIPART(o);
		for (int i = 0; i < g_mime_multipart_get_count(multi) && i < 8 && !r->hint.n; i++)
			find_hint(r, g_mime_multipart_get_part(multi, i), depth + 1);
	} else if (GMIME_IS_TEXT_PART(o)) {
		r->hint =
		    email_parameter(r->a, email_raw_field(o, "Content-Type"), "charset", S(""));
	}
}

static enum err check_size(struct str raw, size_t *header, const char **key)
{
	ptrdiff_t end = str_find_char(raw, '\n');

	if (!is_field_line(end < 0 ? raw : str_slice(raw, 0, (size_t)end))) {
		*key = "email.no_header";
		return E_MALFORMED;
	}
	*header = header_length(raw);
	if (*header > EMAIL_HEADER_MAX) {
		*key = "email.header_too_large";
		return E_TOOLARGE;
	}
	return E_OK;
}

static enum err read_message(struct email_reader *r, GMimeMessage *message, struct str raw)
{
	GMimeObject *top = g_mime_message_get_mime_part(message);
	GMimeObject *o = GMIME_OBJECT(message);
	struct email_message *m = r->m;

	if (top)
		find_hint(r, top, 0);
	read_fields(r, message);
	read_ids(r, o, raw);
	read_people(r, o);
	m->subject = str_clip(email_words(r->a, email_raw_field(o, "Subject"), r->hint), 998);
	m->date = read_date(o);
	m->content_type = top ? email_value(r->a, email_raw_field(top, "Content-Type")) : S("");
	if (top)
		email_read_part(r, top, 1);
	if (r->key)
		return E_TOOLARGE;
	email_join_body(r);
	if (top)
		email_read_report(r, top);
	name_the_daemon(m);
	if (m->from.address.n)
		return E_OK;
	r->key = "email.no_sender";
	return E_MALFORMED;
}

enum err email_parse(struct arena *a, struct str raw, struct email_message *out, const char **key)
{
	struct email_reader *r = NEW(a, struct email_reader);
	size_t header = 0;
	enum err e;

	pthread_once(&once, start_gmime);
	*out = (struct email_message){0};
	*key = NULL;
	if (raw.n > EMAIL_SIZE_MAX) {
		*key = "email.too_large";
		return E_TOOLARGE;
	}
	raw = skip_head(raw);
	TRY(check_size(raw, &header, key));
	raw = without_nul(a, raw, header);
	GMimeMessage *message = construct(a, raw);
	if (!message) {
		*key = "email.no_header";
		return E_MALFORMED;
	}
	*r = (struct email_reader){.a = a, .m = out};
	e = read_message(r, message, raw);
	*key = r->key;
	return e;
}
