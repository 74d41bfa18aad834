/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email.h"

#include "channels/email/classify.h"
#include "channels/email/clean.h"
#include "channels/email/compose.h"
#include "channels/email/thread.h"
#include "core/mail.h"

#include <string.h>

static struct email_key key_of(const struct channel_at *at)
{
	return (struct email_key){at->secret, at->inbox_id};
}

static bool is_own(const struct channel_at *at, struct str address)
{
	return email_same_mailbox(address, at->address);
}

/* A contact form writes from the shop's own address, a shop system from no-reply@, and both name
 * the buyer in Reply-To.  Mailing lists put themselves there. */
static void unwrap_form(const struct channel_at *at, struct email_message *m)
{
	struct str name = m->from.name;

	if (!m->reply_to.n || is_own(at, m->reply_to.v[0].address) ||
	    email_has_field(m, "List-Id") || email_has_field(m, "X-Aftersail-Instance"))
		return;
	m->from = m->reply_to.v[0];
	if (!m->from.name.n)
		m->from.name = name;
}

/* Only what this mailbox sent itself is nothing new.  What another mailbox of this desk wrote to
 * it is a message like any other, but no machine answers it. */
static enum incoming_kind kind_of(const struct channel_at *at, const struct email_message *m,
				  enum email_kind kind)
{
	struct email_key key = key_of(at);
	bool ours = kind == EMAIL_LOOP && email_has_field(m, "X-Aftersail-Instance");
	int64_t message;

	if (email_id_conversation(&key, m->id, &message) || (ours && is_own(at, m->from.address)))
		return INCOMING_IGNORE;
	if (kind == EMAIL_BOUNCE)
		return INCOMING_BOUNCE;
	if (kind == EMAIL_AUTO_REPLY || kind == EMAIL_DELAY || m->report.kind == EMAIL_RECEIPT ||
	    (ours && email_has_field(m, "Auto-Submitted")))
		return INCOMING_AUTO;
	return INCOMING_MESSAGE;
}

static void take_verdict(struct arena *a, const struct channel_at *at,
			 const struct email_message *m, struct incoming *out)
{
	const struct email_self self = {at->instance, &at->address, 1};
	struct email_verdict verdict;

	email_classify(a, m, &self, &verdict);
	out->kind = kind_of(at, m, verdict.kind);
	out->list = verdict.kind == EMAIL_LIST;
	out->spam = verdict.kind == EMAIL_SPAM;
	out->may_answer = verdict.may_answer && out->kind == INCOMING_MESSAGE;
	out->why = verdict.reason;
}

static void take_clues(struct arena *a, const struct channel_at *at, const struct email_message *m,
		       struct incoming *out)
{
	struct email_key key = key_of(at);
	struct email_clues clues = email_find_clues(a, &key, m);

	out->references = NEWN(a, struct str, clues.n + 1);
	for (size_t i = 0; i < clues.n; i++) {
		if (clues.v[i].conversation && !out->conversation_id)
			out->conversation_id = clues.v[i].conversation;
		if (clues.v[i].id.n)
			out->references[out->n_references++] = clues.v[i].id;
	}
}

static void take_bounce(const struct channel_at *at, const struct email_message *m,
			struct incoming *out)
{
	const struct email_delivery *d = m->report.deliveries;
	struct email_key key = key_of(at);

	out->bounced_id = m->report.original_id;
	out->bounced_conversation_id =
	    email_id_conversation(&key, m->report.original_id, &out->bounced_entry_id);
	out->bounced_address = m->report.original_to;
	if (!m->report.n)
		return;
	out->bounce_reason = d->diagnostic.n ? d->diagnostic : d->status;
	if (d->recipient.n)
		out->bounced_address = d->recipient;
}

static struct incoming_address *addresses(struct arena *a, struct email_addresses list, size_t *n)
{
	struct incoming_address *v = NEWN(a, struct incoming_address, list.n + 1);

	for (size_t i = 0; i < list.n; i++)
		v[i] = (struct incoming_address){list.v[i].name, list.v[i].address};
	*n = list.n;
	return v;
}

static void take_words(struct arena *a, const struct email_message *m, struct incoming *out)
{
	struct email_clean clean;
	struct buf quoted = BUF(a);

	out->text = m->body;
	if (m->body.n && str_trim(m->signature).n)
		buf_fmt(&quoted, "%.*s\n", STR(str_trim(m->signature)));
	if (m->body.n)
		buf_add(&quoted, m->quoted);
	else
		out->text = str_trim(m->text);
	out->quoted = str_trim(buf_str(&quoted));
	if (!m->html.n)
		return;
	email_clean(a, m->html, &clean);
	out->html = clean.quoted.n ? str_fmt(a, "%.*s" INCOMING_FOLD "%.*s", STR(clean.html),
					     STR(clean.quoted))
				   : clean.html;
}

static void take_files(struct arena *a, const struct email_message *m, struct incoming *out)
{
	out->files = NEWN(a, struct incoming_file, m->files_n + 1);
	out->n_files = m->files_n;
	for (size_t i = 0; i < m->files_n; i++) {
		const struct email_file *f = &m->files[i];

		out->files[i] = (struct incoming_file){.name = f->name,
						       .type = f->type,
						       .cid = f->cid,
						       .is_inline = f->is_inline,
						       .bytes = f->bytes,
						       .size = (int64_t)f->bytes.n};
	}
}

static enum err parse(struct arena *a, const struct channel_at *at, struct str raw,
		      struct incoming *out, struct json_why *why)
{
	struct email_message m;

	TRY(email_parse(a, raw, &m, &why->key));
	unwrap_form(at, &m);
	take_verdict(a, at, &m, out);
	take_clues(a, at, &m, out);
	take_bounce(at, &m, out);
	take_words(a, &m, out);
	take_files(a, &m, out);
	out->at = m.date;
	out->external_id = m.id;
	out->from = (struct incoming_address){m.from.name, m.from.address};
	out->to = addresses(a, m.to, &out->n_to);
	out->cc = addresses(a, m.cc, &out->n_cc);
	out->subject = m.subject;
	out->language = str_slice(email_field(&m, "Content-Language"), 0, 35);
	return E_OK;
}

/* ---- out ---- */

static struct str domain_of(const struct channel_at *at)
{
	ptrdiff_t sign = str_find_char(at->address, '@');

	return sign < 0 ? S("localhost") : str_slice(at->address, (size_t)sign + 1, at->address.n);
}

static struct str external_id(struct arena *a, const struct channel_at *at, int64_t conversation,
			      int64_t entry)
{
	struct email_key key = key_of(at);

	return email_message_id(a, &key, conversation, entry, domain_of(at));
}

static struct email_addresses to_addresses(struct arena *a, const struct incoming_address *v,
					   size_t n)
{
	struct email_addresses list = {NEWN(a, struct email_address, n + 1), n};

	for (size_t i = 0; i < n; i++)
		list.v[i] = (struct email_address){v[i].name, v[i].address};
	return list;
}

static void add_recipient(struct composed *out, struct str address)
{
	for (size_t i = 0; i < out->n_recipients; i++)
		if (str_eq_nocase(out->recipients[i], address))
			return;
	out->recipients[out->n_recipients++] = address;
}

static struct email_outgoing_file *out_files(struct arena *a, const struct outgoing *o,
					     const char *const *paths)
{
	struct email_outgoing_file *files = NEWN(a, struct email_outgoing_file, o->n_files + 1);

	for (size_t i = 0; i < o->n_files; i++)
		files[i] = (struct email_outgoing_file){
		    .name = o->files[i].name, .type = o->files[i].type, .path = str_of(paths[i])};
	return files;
}

/* The person's own signature above the mailbox's. */
static struct str signatures(struct arena *a, struct str person, struct str mailbox)
{
	if (!person.n || !mailbox.n)
		return person.n ? person : mailbox;
	return str_fmt(a, "%.*s\n%.*s", STR(person), STR(mailbox));
}

static struct str reply_address(struct arena *a, const struct channel_at *at, int64_t conversation)
{
	const struct mail_settings *set = at->settings;
	struct email_key key = key_of(at);

	if (!set->plus_address || !conversation)
		return S("");
	return email_token_address(a, &key, at->address, conversation);
}

static enum err compose(struct arena *a, const struct channel_at *at, const struct outgoing *o,
			const char *const *paths, struct composed *out, struct json_why *why)
{
	const struct mail_settings *set = at->settings;
	struct email_outgoing mail = {
	    .from = {at->name, at->address},
	    .to = to_addresses(a, o->to, o->n_to),
	    .cc = to_addresses(a, o->cc, o->n_cc),
	    .reply_to = reply_address(a, at, o->conversation_id),
	    .subject = o->answers.n ? email_reply_subject(a, o->subject) : o->subject,
	    .id = o->external_id.n ? o->external_id
				   : external_id(a, at, o->conversation_id, o->entry_id),
	    .answers = o->answers,
	    .references = {(struct str *)o->references, o->n_references},
	    .date = o->at,
	    .text = o->text,
	    .signature = signatures(a, o->signature, set->signature),
	    .quote_intro = set->quote ? o->quote_intro : S(""),
	    .quote = set->quote ? o->quote : S(""),
	    .language = o->language,
	    .files = out_files(a, o, paths),
	    .files_n = o->n_files,
	    .automatic = o->automatic,
	    .instance = at->instance};

	TRY(email_compose(a, &mail, &out->bytes, &why->key));
	out->external_id = mail.id;
	out->sender = at->address;
	out->recipients = NEWN(a, struct str, o->n_to + o->n_cc + 1);
	for (size_t i = 0; i < o->n_to; i++)
		add_recipient(out, o->to[i].address);
	for (size_t i = 0; i < o->n_cc; i++)
		add_recipient(out, o->cc[i].address);
	return E_OK;
}

const struct channel email_channel = {
    .name = "email",
    .can = CAN_MEDIA | CAN_CC | CAN_START | CAN_HTML,
    .file_max = 20 << 20,
    .files_max = 25 << 20,
    .settings = &mail_settings_shape,
    .defaults = &mail_defaults,
    .parse = parse,
    .compose = compose,
    .external_id = external_id,
};
