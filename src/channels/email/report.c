/* report.c - delivery reports: RFC 3464, and the ones that older servers write in plain words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/charset.h"
#include "channels/email/mime_internal.h"

#include <string.h>

enum { DELIVERIES_MAX = 100 };

static bool has(struct str lower, const char *word)
{
	return str_find(lower, str_of(word)) >= 0;
}

static struct email_delivery *add_delivery(struct email_reader *r)
{
	struct email_report *report = &r->m->report;

	if (!report->deliveries)
		report->deliveries = NEWN(r->a, struct email_delivery, DELIVERIES_MAX);
	if (report->n >= DELIVERIES_MAX)
		return NULL;
	return &report->deliveries[report->n++];
}

/* "rfc822; someone@shop.example" to the address. */
static struct str typed_value(struct arena *a, struct str value)
{
	ptrdiff_t semi = str_find_char(value, ';');

	return email_words(
	    a, str_trim(semi < 0 ? value : str_slice(value, (size_t)semi + 1, value.n)), S(""));
}

static void take_status_line(struct email_reader *r, struct email_delivery *d, struct str name,
			     struct str value)
{
	if (str_eq_nocase(name, S("Final-Recipient")) && !d->recipient.n)
		d->recipient = typed_value(r->a, value);
	else if (str_eq_nocase(name, S("Original-Recipient")))
		d->recipient = typed_value(r->a, value);
	else if (str_eq_nocase(name, S("Action")))
		d->action = email_value(r->a, value);
	else if (str_eq_nocase(name, S("Status")))
		d->status = str_clip(email_line(r->a, email_utf8(r->a, value, S(""), S(""))), 9);
	else if (str_eq_nocase(name, S("Diagnostic-Code")))
		d->diagnostic = str_clip(typed_value(r->a, value), 500);
}

/* Lines of a delivery-status part, folded ones joined. */
static bool next_line(struct arena *a, struct str *rest, struct str *line)
{
	struct str piece;

	if (!str_cut(rest, '\n', &piece))
		return false;
	*line = str_trim(piece);
	while (line->n && rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t') &&
	       str_cut(rest, '\n', &piece) && str_trim(piece).n)
		*line = str_fmt(a, "%.*s %.*s", STR(*line), STR(str_trim(piece)));
	return true;
}

/* The first group is about the message, each further one about a recipient. */
static void read_status(struct email_reader *r, struct str text)
{
	struct email_delivery one = {0}, *d;
	struct str rest = str_slice(text, 0, 64 << 10), line;

	while (next_line(r->a, &rest, &line)) {
		ptrdiff_t colon = str_find_char(line, ':');

		if (colon > 0)
			take_status_line(r, &one, str_slice(line, 0, (size_t)colon),
					 str_trim(str_slice(line, (size_t)colon + 1, line.n)));
		if ((line.n == 0 || rest.n == 0) && one.recipient.n) {
			d = add_delivery(r);
			if (d)
				*d = one;
			one = (struct email_delivery){0};
		}
	}
}

static void read_original(struct email_reader *r, GMimeObject *o)
{
	struct email_report *report = &r->m->report;
	struct strs id = email_ids(r->a, email_raw_field(o, "Message-ID"));
	struct strs up = email_ids(r->a, email_raw_field(o, "References"));
	struct email_addresses to = email_addresses(r->a, email_raw_field(o, "To"), S(""));

	if (id.n)
		report->original_id = id.v[0];
	report->original_threads = up;
	if (to.n)
		report->original_to = to.v[0].address;
}

static struct str value_at(struct arena *a, struct str text, size_t at)
{
	struct str line, rest = str_slice(text, at, text.n);

	str_cut(&rest, '\n', &line);
	/* A long id is folded: "Message-ID:" and the id on the next line. */
	if (!str_trim(line).n)
		str_cut(&rest, '\n', &line);
	return str_dup(a, str_trim(line));
}

/* A mail quoted in the words of a report: its Message-ID and To lines. */
static void find_original(struct email_reader *r, struct str text)
{
	struct email_report *report = &r->m->report;
	struct str lower = str_lower(r->a, text);
	ptrdiff_t at = str_find(lower, S("message-id:"));

	if (at < 0 || report->original_id.n)
		return;
	struct strs ids = email_ids(r->a, value_at(r->a, text, (size_t)at + 11));
	if (ids.n)
		report->original_id = ids.v[0];
	at = str_find(lower, S("\nto:"));
	if (at >= 0 && !report->original_to.n) {
		struct email_addresses to =
		    email_addresses(r->a, value_at(r->a, text, (size_t)at + 4), S(""));
		if (to.n)
			report->original_to = to.v[0].address;
	}
}

static void read_report_part(struct email_reader *r, GMimeObject *o, int depth)
{
	GMimeContentType *t = g_mime_object_get_content_type(o);

	if (GMIME_IS_MULTIPART(o) && depth < EMAIL_DEPTH_MAX) {
		GMimeMultipart *multi = GMIME_MULTIPART(o);
		for (int i = 0; i < g_mime_multipart_get_count(multi); i++)
			read_report_part(r, g_mime_multipart_get_part(multi, i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
		if (inner)
			read_original(r, GMIME_OBJECT(inner));
	} else if (GMIME_IS_PART(o) && t &&
		   (g_mime_content_type_is_type(t, "message", "delivery-status") ||
		    g_mime_content_type_is_type(t, "message", "global-delivery-status"))) {
		read_status(r, email_part_bytes(r->a, GMIME_PART(o)));
	} else if (GMIME_IS_PART(o) && t &&
		   (g_mime_content_type_is_type(t, "text", "rfc822-headers") ||
		    g_mime_content_type_is_type(t, "message", "disposition-notification"))) {
		find_original(r, email_part_bytes(r->a, GMIME_PART(o)));
	}
}

/* Who writes bounces. */
static bool is_daemon(struct arena *a, struct email_address from)
{
	static const char *const locals[] = {"mailer-daemon@", "postmaster@",   "mail-daemon@",
					     "maildaemon@",    "mailerdaemon@", "mail_daemon@",
					     "bounce@",        "bounces@"};
	struct str address = str_lower(a, from.address);

	for (size_t i = 0; i < COUNT(locals); i++)
		if (str_starts(address, str_of(locals[i])))
			return true;
	return has(str_lower(a, from.name), "mail delivery s");
}

/* What the subjects of bounces say, in the languages of our markets' servers. */
/* clang-format off */
static const char *const bounce_subjects[] = {
	"undeliver", "delivery status notification", "delivery failure", "failure notice",
	"returned mail", "mail delivery failed", "delivery has failed", "returning message to sender",
	"mail system error", "could not be delivered", "not delivered", "delivery report",
	"message delivery delayed", "delayed mail", "delivery delayed", "warning: message",
	"unzustellbar", "nicht zugestellt", "non remis", "échec de la remise", "non distribu",
	"no se puede entregar", "no entregado", "não entregue", "non recapitabile", "mancato recapito",
	"не доставлен", "недоставлен", "配信不能", "配信できません", "返されました", "退信", "投递失败",
	"无法投递", "退信通知", "반송", "전송 실패", "ไม่สามารถส่ง",
};
static const char *const delay_words[] = {
	"delayed", "will retry", "will be retried", "still trying", "not yet been delivered",
	"has not been delivered yet", "warning message only", "延迟", "temporarily",
};
/* clang-format on */

static bool any_of(struct str lower, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has(lower, words[i]))
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of "5.1.1" at i, or of "550 " when plain codes count too; 0 otherwise. */
static size_t status_length(struct str s, size_t i, bool plain)
{
	size_t end = i + 4;

	if (i + 4 >= s.n || (s.p[i] != '5' && s.p[i] != '4') ||
	    (i > 0 && (is_digit(s.p[i - 1]) || s.p[i - 1] == '.')))
		return 0;
	if (plain)
		return is_digit(s.p[i + 1]) && s.p[i + 1] < '6' && is_digit(s.p[i + 2]) &&
			       strchr(" -:", s.p[i + 3])
			   ? 3
			   : 0;
	if (s.p[i + 1] != '.' || !is_digit(s.p[i + 2]) || s.p[i + 3] != '.')
		return 0;
	while (end < s.n && end < i + 7 && is_digit(s.p[end]))
		end++;
	return end > i + 4 && (end == s.n || s.p[end] != '.') ? end - i : 0;
}

/* "5.1.1" in running text, else an SMTP code made into "5.0.0", and the line it stands in. */
static struct str find_status(struct arena *a, struct str s, struct str *line)
{
	for (int plain = 0; plain < 2; plain++)
		for (size_t i = 0; i < s.n; i++) {
			size_t n = status_length(s, i, plain), from = i;
			ptrdiff_t end = n ? str_find_char(str_slice(s, i, s.n), '\n') : 0;

			if (!n)
				continue;
			while (from > 0 && s.p[from - 1] != '\n')
				from--;
			*line = str_slice(s, from, end < 0 ? s.n : i + (size_t)end);
			return plain ? str_fmt(a, "%c.0.0", s.p[i]) : str_slice(s, i, i + n);
		}
	return S("");
}

/* The address alone, when a label of another script touches it. */
static struct str ascii_tail(struct str s)
{
	size_t from = s.n;

	while (from > 0 && (unsigned char)s.p[from - 1] < 0x80)
		from--;
	return str_slice(s, from, s.n);
}

/* The first address in the words that is not ours or the daemon's: "<a@b.example>:". */
static struct str find_recipient(struct email_reader *r, struct str text)
{
	struct str line, rest = str_slice(text, 0, 16 << 10);

	while (str_cut(&rest, '\n', &line)) {
		struct email_addresses list;

		line = str_trim(line);
		if (line.n && line.p[line.n - 1] == ':')
			line.n--;
		if (!line.n || line.n > 300 || str_find_char(line, '@') < 0)
			continue;
		list = email_addresses(r->a, line, S(""));
		if (list.n && !str_eq(list.v[0].address, r->m->from.address) &&
		    str_find_char(list.v[0].address, ':') < 0)
			return ascii_tail(list.v[0].address);
	}
	return S("");
}

static void read_plain_bounce(struct email_reader *r)
{
	struct email_message *m = r->m;
	struct str failed = email_field(m, "X-Failed-Recipients");
	struct email_addresses list = email_addresses(r->a, failed, S(""));
	struct str lower = str_lower(r->a, str_slice(m->text, 0, 8 << 10));
	bool delayed = any_of(str_lower(r->a, m->subject), delay_words, COUNT(delay_words)) ||
		       any_of(lower, delay_words, COUNT(delay_words));
	struct email_delivery *d = add_delivery(r);
	struct str line = str_slice(m->body, 0, 1000);

	d->status = find_status(r->a, str_slice(m->text, 0, 16 << 10), &line);
	d->recipient = list.n ? list.v[0].address : find_recipient(r, m->text);
	if (d->status.n)
		delayed = d->status.p[0] == '4';
	d->action = delayed ? S("delayed") : S("failed");
	d->diagnostic = str_clip(email_line(r->a, line), 300);
	find_original(r, m->text);
}

static bool looks_like_bounce(struct email_reader *r)
{
	struct email_message *m = r->m;
	bool null_path = m->has_return_path && !m->return_path.n;

	if (email_has_field(m, "X-Failed-Recipients"))
		return true;
	return (is_daemon(r->a, m->from) || null_path) &&
	       any_of(str_lower(r->a, m->subject), bounce_subjects, COUNT(bounce_subjects));
}

void email_read_report(struct email_reader *r, GMimeObject *top)
{
	struct str raw = email_raw_field(top, "Content-Type");
	struct str kind = str_lower(r->a, email_parameter(r->a, raw, "report-type", S("")));
	struct email_report *report = &r->m->report;

	if (str_eq(email_value(r->a, raw), S("multipart/report"))) {
		if (str_eq(kind, S("disposition-notification")))
			report->kind = EMAIL_RECEIPT;
		else
			report->kind =
			    str_eq(kind, S("feedback-report")) ? EMAIL_COMPLAINT : EMAIL_DSN;
		read_report_part(r, top, 1);
	} else if (looks_like_bounce(r)) {
		report->kind = EMAIL_DSN;
		read_report_part(r, top, 1);
	}
	if (report->kind == EMAIL_DSN && !report->n)
		read_plain_bounce(r);
	if (report->kind == EMAIL_DSN)
		find_original(r, r->m->text);
}
