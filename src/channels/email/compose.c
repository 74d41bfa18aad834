/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/compose.h"

#include "base/buf.h"
#include "channels/email/charset.h"
#include "channels/email/letter.h"

#include <fcntl.h>
#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_gmime(void)
{
	g_mime_init();
}

static void drop(void *object)
{
	g_object_unref(object);
}

static bool id_ok(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if ((unsigned char)id.p[i] <= ' ' || (unsigned char)id.p[i] >= 127 ||
		    strchr("<>", id.p[i]))
			return false;
	return id.n > 0 && id.n <= 250;
}

static bool list_ok(struct email_addresses list)
{
	for (size_t i = 0; i < list.n; i++)
		if (!email_address_ok(list.v[i].address))
			return false;
	return true;
}

static enum err check(const struct email_outgoing *o, const char **key)
{
	bool addresses = email_address_ok(o->from.address) && list_ok(o->to) && list_ok(o->cc) &&
			 (!o->reply_to.n || email_address_ok(o->reply_to));

	*key = NULL;
	if (!addresses)
		*key = "email.bad_address";
	else if (!o->to.n)
		*key = "email.no_recipient";
	else if (o->to.n + o->cc.n > EMAIL_RECIPIENTS_MAX)
		*key = "email.too_many_recipients";
	else if (!id_ok(o->id))
		*key = "email.bad_id";
	return *key ? E_INVALID : E_OK;
}

static void set_field(GMimeMessage *m, const char *name, struct arena *a, struct str value)
{
	g_mime_object_set_header(GMIME_OBJECT(m), name, str_z(a, email_line(a, value)), "utf-8");
}

static void add_mailbox(struct arena *a, GMimeMessage *m, GMimeAddressType type,
			struct email_address who)
{
	struct str name = email_line(a, str_clip(who.name, 200));

	g_mime_message_add_mailbox(m, type, name.n ? str_z(a, name) : NULL, str_z(a, who.address));
}

/* The first says where the thread began, the last ones where it is; the middle may go. */
static struct str references_line(struct arena *a, const struct email_outgoing *o)
{
	struct buf b = BUF(a);
	size_t n = o->references.n, skip = 0;

	if (n > EMAIL_REFERENCES_MAX)
		skip = n - EMAIL_REFERENCES_MAX;
	for (size_t i = 0; i < n; i++)
		if ((i == 0 || i > skip) && id_ok(o->references.v[i]) &&
		    !str_eq(o->references.v[i], o->answers))
			buf_fmt(&b, "<%.*s> ", STR(o->references.v[i]));
	if (id_ok(o->answers))
		buf_fmt(&b, "<%.*s>", STR(o->answers));
	return str_trim(buf_str(&b));
}

static void set_thread(struct arena *a, GMimeMessage *m, const struct email_outgoing *o)
{
	struct str references = references_line(a, o);

	g_mime_message_set_message_id(m, str_z(a, o->id));
	if (id_ok(o->answers))
		set_field(m, "In-Reply-To", a, str_fmt(a, "<%.*s>", STR(o->answers)));
	if (references.n)
		g_mime_object_set_header(GMIME_OBJECT(m), "References", str_z(a, references), NULL);
}

static void set_head(struct arena *a, GMimeMessage *m, const struct email_outgoing *o)
{
	GDateTime *date = g_date_time_new_from_unix_utc(o->date / 1000);

	add_mailbox(a, m, GMIME_ADDRESS_TYPE_FROM, o->from);
	for (size_t i = 0; i < o->to.n; i++)
		add_mailbox(a, m, GMIME_ADDRESS_TYPE_TO, o->to.v[i]);
	for (size_t i = 0; i < o->cc.n; i++)
		add_mailbox(a, m, GMIME_ADDRESS_TYPE_CC, o->cc.v[i]);
	if (o->reply_to.n && !str_eq(o->reply_to, o->from.address))
		add_mailbox(a, m, GMIME_ADDRESS_TYPE_REPLY_TO,
			    (struct email_address){o->from.name, o->reply_to});
	g_mime_message_set_subject(m, str_z(a, email_line(a, str_clip(o->subject, 900))), "utf-8");
	if (date) {
		g_mime_message_set_date(m, date);
		g_date_time_unref(date);
	}
	set_thread(a, m, o);
	if (o->instance.n)
		set_field(m, "X-Aftersail-Instance", a, o->instance);
	if (o->language.n)
		set_field(m, "Content-Language", a, o->language);
	if (o->automatic) {
		set_field(m, "Auto-Submitted", a,
			  o->answers.n ? S("auto-replied") : S("auto-generated"));
		set_field(m, "Precedence", a, S("bulk"));
		set_field(m, "X-Auto-Response-Suppress", a, S("All"));
		set_field(m, "X-Loop", a, o->from.address);
	}
}

static GMimePart *text_part(struct arena *a, const char *subtype, struct str text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
	size_t high = 0;

	for (size_t i = 0; i < text.n; i++)
		high += (unsigned char)text.p[i] >= 0x80;
	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, str_z(a, text));
	g_mime_part_set_content_encoding(
	    GMIME_PART(part), high * 4 > text.n ? GMIME_CONTENT_ENCODING_BASE64
						: GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_PART(part);
}

static GMimeObject *body(struct arena *a, const struct email_outgoing *o)
{
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	GMimePart *plain = text_part(a, "plain", letter_plain(a, o));
	GMimePart *html = text_part(a, "html", letter_html(a, o));

	g_mime_multipart_add(both, GMIME_OBJECT(plain));
	g_mime_multipart_add(both, GMIME_OBJECT(html));
	g_object_unref(plain);
	g_object_unref(html);
	return GMIME_OBJECT(both);
}

static GMimeStream *open_file(struct arena *a, const struct email_outgoing_file *f)
{
	if (f->bytes.p)
		return g_mime_stream_mem_new_with_buffer(f->bytes.p, f->bytes.n);
	return g_mime_stream_fs_open(str_z(a, f->path), O_RDONLY | O_CLOEXEC, 0, NULL);
}

/* "image/png" in two; anything doubtful is a stream of bytes. */
static GMimePart *file_part(struct arena *a, struct str type)
{
	struct str rest = str_lower(a, type), main;
	bool ok = str_cut(&rest, '/', &main) && main.n && rest.n;

	for (size_t i = 0; i < type.n; i++)
		if ((unsigned char)type.p[i] <= ' ' || (unsigned char)type.p[i] > 126 ||
		    strchr("()<>@,;:\\\"[]?=", type.p[i]))
			ok = false;
	if (!ok || str_eq(main, S("multipart")) || str_eq(main, S("message")))
		return g_mime_part_new_with_type("application", "octet-stream");
	return g_mime_part_new_with_type(str_z(a, main), str_z(a, rest));
}

static bool add_file(struct arena *a, GMimeMultipart *mixed, const struct email_outgoing_file *f)
{
	GMimeStream *stream = open_file(a, f);
	struct str name = email_file_name(a, f->name);
	GMimeDataWrapper *content;
	GMimePart *part;

	if (!stream)
		return false;
	part = file_part(a, f->type);
	content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
	g_mime_part_set_filename(part, name.n ? str_z(a, name) : "file.bin");
	g_mime_multipart_add(mixed, GMIME_OBJECT(part));
	g_object_unref(content);
	g_object_unref(stream);
	g_object_unref(part);
	return true;
}

static enum err set_body(struct arena *a, GMimeMessage *m, const struct email_outgoing *o,
			 const char **key)
{
	GMimeObject *words = body(a, o);
	GMimeMultipart *mixed;

	arena_defer(a, drop, words);
	if (!o->files_n) {
		g_mime_message_set_mime_part(m, words);
		return E_OK;
	}
	mixed = g_mime_multipart_new_with_subtype("mixed");
	arena_defer(a, drop, mixed);
	g_mime_multipart_add(mixed, words);
	for (size_t i = 0; i < o->files_n; i++)
		if (!add_file(a, mixed, &o->files[i])) {
			*key = "email.file_missing";
			return E_INVALID;
		}
	g_mime_message_set_mime_part(m, GMIME_OBJECT(mixed));
	return E_OK;
}

/* GMime ends the lines it writes itself with CRLF, but not those inside encoded parts. */
static struct str with_crlf(struct arena *a, struct str s)
{
	struct buf b = BUF(a);
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\n' || (i > 0 && s.p[i - 1] == '\r'))
			continue;
		buf_add(&b, str_slice(s, from, i));
		buf_z(&b, "\r\n");
		from = i + 1;
	}
	if (from == 0)
		return str_dup(a, s);
	buf_add(&b, str_slice(s, from, s.n));
	return buf_str(&b);
}

static enum err write_out(struct arena *a, GMimeMessage *m, struct str *raw, const char **key)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(m), format, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	*raw = bytes->len > EMAIL_SIZE_MAX
		   ? S("")
		   : with_crlf(a, (struct str){(const char *)bytes->data, bytes->len});
	g_object_unref(stream);
	g_mime_format_options_free(format);
	if (raw->n)
		return E_OK;
	*key = "email.too_large";
	return E_TOOLARGE;
}

enum err email_compose(struct arena *a, const struct email_outgoing *o, struct str *raw,
		       const char **key)
{
	GMimeMessage *m;

	pthread_once(&once, start_gmime);
	*raw = S("");
	TRY(check(o, key));
	m = g_mime_message_new(TRUE);
	arena_defer(a, drop, m);
	set_head(a, m, o);
	TRY(set_body(a, m, o, key));
	return write_out(a, m, raw, key);
}
