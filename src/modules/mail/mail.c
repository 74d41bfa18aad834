/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/mail/mail.h"

#include "core/mail.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"

/* How a quoted message is introduced, by the language of the conversation. */
/* clang-format off */
static const struct {
	const char *language, *before, *after;
} intros[] = {
	{"zh", "", " 写道："},
	{"ja", "", " さんの書き込み："},
	{"ko", "", " 님이 작성:"},
	{"de", "", " schrieb:"},
	{"fr", "", " a écrit :"},
	{"es", "", " escribió:"},
	{"pt", "", " escreveu:"},
	{"it", "", " ha scritto:"},
	{"ru", "", " пишет:"},
	{"th", "", " เขียนว่า:"},
	{"ar", "كتب ", ":"},
	{"",   "", " wrote:"},
};
/* clang-format on */

static struct str intro(struct ctx *c, struct str language, struct str sender)
{
	size_t i = 0;

	while (intros[i].language[0] && !str_starts(language, str_of(intros[i].language)))
		i++;
	return str_fmt(c->a, "%s%.*s%s", intros[i].before, STR(sender), intros[i].after);
}

/* ---- sending ---- */

/* "a@b.example, Name <c@d.example>" to addresses. */
static struct incoming_address *addresses(struct ctx *c, struct str list, size_t *n)
{
	struct incoming_address *v = NEWN(c->a, struct incoming_address, list.n / 3 + 1);
	struct str one;

	*n = 0;
	while (list.n && str_cut(&list, ',', &one)) {
		one = str_trim(one);
		if (!one.n)
			continue;
		ptrdiff_t open = str_find_char(one, '<'), close = str_find_char(one, '>');

		if (open >= 0 && close > open)
			v[(*n)++] = (struct incoming_address){
			    str_trim(str_slice(one, 0, (size_t)open)),
			    str_slice(one, (size_t)open + 1, (size_t)close)};
		else
			v[(*n)++] = (struct incoming_address){S(""), one};
	}
	return v;
}

static struct outgoing_file *files_of(struct ctx *c, const struct inbox_outgoing *o)
{
	struct outgoing_file *files = NEWN(c->a, struct outgoing_file, o->n_files + 1);

	for (size_t i = 0; i < o->n_files; i++)
		files[i] = (struct outgoing_file){o->files[i].name, o->files[i].type,
						  o->files[i].hash, o->files[i].size};
	return files;
}

static enum err start(struct ctx *c, const struct job *job, struct job_run *run)
{
	struct inbox_outgoing o;
	struct inbox_link link;
	struct outgoing out;

	TRY(inbox_outgoing(c, job->subject, &o));
	TRY(inbox_link_of(c, o.inbox_id, &link));
	if (!link.channel->compose)
		return fail(c, E_INVALID, "mail.error.no_server", NULL);
	if (!link.active) /* said at once: it would wait for nobody knows how long */
		return fail(c, E_INVALID, "mail.error.off", NULL);
	out = (struct outgoing){.conversation_id = o.conversation_id,
				.entry_id = o.entry_id,
				.external_id = o.external_id,
				.at = o.at,
				.subject = o.subject,
				.text = o.text,
				.signature = o.automatic ? S("") : o.signature,
				.language = o.language,
				.answers = o.in_reply_to,
				.references = o.references.v,
				.n_references = o.references.n,
				.files = files_of(c, &o),
				.n_files = o.n_files,
				.automatic = o.automatic};
	out.to = addresses(c, o.to, &out.n_to);
	out.cc = addresses(c, o.cc, &out.n_cc);
	if (o.previous_text.n && !o.automatic) {
		out.quote = o.previous_text;
		out.quote_intro = intro(c, o.language, o.previous_sender);
	}
	return mail_send(c, run, &link, &out);
}

static enum err claimed(struct ctx *c, const struct job *job)
{
	return inbox_entry_state(c, job->subject, "sending", NULL, S(""));
}

static enum err done(struct ctx *c, const struct job *job, const struct outcome *o)
{
	static const char *const states[] = {[OUTCOME_SENT] = "sent",
					     [OUTCOME_REFUSED] = "failed",
					     [OUTCOME_LATER] = "queued",
					     [OUTCOME_UNKNOWN] = "unknown"};

	return inbox_entry_state(c, job->subject, states[o->kind], o->key, o->arg);
}

/* Once more with the same Message-ID, unless the mailbox says otherwise. */
static bool may_rerun(struct ctx *c, const struct job *job)
{
	struct inbox_link link;

	if (inbox_link_of(c, job->inbox_id, &link) != E_OK || !link.channel->compose)
		return false;
	return ((const struct mail_settings *)link.settings)->resend_unknown;
}

static const struct job_kind jobs[] = {
    {.name = "mail",
     .may_rerun = may_rerun,
     .start = start,
     .claimed = claimed,
     .done = done,
     .unknown_retry_ms = MAIL_UNKNOWN_RETRY_MS},
    {0},
};

/* ---- automatic answers ---- */

/* To the first message of a conversation, when nothing in its header forbids it, and at most one
 * a sender, inbox and day. */
static enum err receive(struct ctx *c, const struct incoming *in)
{
	const struct mail_settings *set;
	struct inbox_link link;
	int64_t conversation, entry;
	bool may, first, fresh;

	if (in->kind != INCOMING_MESSAGE || !in->may_answer)
		return E_OK;
	TRY(inbox_link_of(c, in->inbox_id, &link));
	set = link.settings;
	if (!link.channel->compose || !str_trim(set->auto_answer).n)
		return E_OK;
	TRY(inbox_of_message(c, in->inbox_id, in->external_id, &conversation, &entry, &first));
	if (!conversation || !first)
		return E_OK;
	TRY(inbox_claim_auto_answer(c, in->inbox_id, str_lower(c->a, in->from.address), &may));
	if (!may)
		return E_OK;
	return inbox_write(
	    c,
	    &(struct inbox_write){.conversation_id = conversation,
				  .kind = S("reply"),
				  .text = set->auto_answer,
				  .to = in->from.address,
				  .client_id = str_fmt(c->a, "auto-%lld", (long long)entry),
				  .automatic = true},
	    &entry, &fresh);
}

/* ---- connections ---- */

static enum err links(struct ctx *c, struct ids *out)
{
	struct list all;

	TRY(inbox_of_channel(c, "email", &all));
	out->v = NEWN(c->a, int64_t, all.n + 1);
	out->n = all.n;
	for (size_t i = 0; i < all.n; i++)
		out->v[i] = ((struct inbox_link *)all.v)[i].id;
	return E_OK;
}

static enum err link_note(struct ctx *c, int64_t inbox_id, const struct link_note *note)
{
	if (note->state == LINK_FAILING)
		return inbox_disconnected(c, inbox_id, note->key ? note->key : "error.generic",
					  note->arg, note->next_try_at);
	return inbox_connected(c, inbox_id, note->state == LINK_OK);
}

/* A mailbox was made, changed or switched off: core looks at once, not in five seconds. */
static enum err hear_change(struct ctx *c, const struct event *e, void *thought)
{
	(void)e;
	(void)thought;
	mail_changed(c->desk);
	return E_OK;
}

static const struct reaction listens[] = {
    {EV_INBOX_CHANGED, NULL, hear_change},
    {0},
};

/* ---- routes ---- */

static enum err check_seen(struct ctx *c, const struct req *q, struct inbox_link *link)
{
	if (!ctx_sees(c, q->id))
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	TRY(inbox_link_of(c, q->id, link));
	return link->channel->compose ? E_OK : fail(c, E_INVALID, "mail.not_a_mailbox", NULL);
}

static enum err post_check(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbox_link link;

	TRY(check_seen(c, q, &link));
	TRY(mail_try_now(c, q->id));
	reply_none(r);
	return E_OK;
}

struct test_in {
	struct str to;
};
static const struct field test_fields[] = {
    FIELD(struct test_in, to, F_TEXT, FIELD_REQUIRED, 3, 254, "Whom to send it to"),
};
static SHAPE(test_shape, "MailTest", struct test_in, test_fields);

struct made {
	int64_t job_id;
};
static const struct field made_fields[] = {
    FIELD(struct made, job_id, F_INT, 0, 0, 0, "See GET /jobs/{id}"),
};
static SHAPE(made_shape, "MailTestSent", struct made, made_fields);

static enum err post_test(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct test_in *in = q->in;
	struct inbox_link link;
	struct buf data = BUF(c->a);
	struct made made;

	TRY(check_seen(c, q, &link));
	if (!customer_email_ok(in->to))
		return fail_str(c, E_INVALID, "error.email", in->to);
	buf_z(&data, "{\"to\":");
	buf_json(&data, in->to);
	buf_char(&data, '}');
	TRY(job_add(
	    c, &(struct job){.kind = S("mail_test"), .inbox_id = q->id, .data = buf_str(&data)},
	    &made.job_id));
	reply_one(r, &made);
	r->status = 202;
	return E_OK;
}

/* clang-format off */
static const struct route routes[] = {
	{POST, "/inboxes/{id}/check", P_INBOX_EDIT, post_check, NULL,        NULL,        NONE, "Connect and look for new mail now"},
	{POST, "/inboxes/{id}/test",  P_INBOX_EDIT, post_test,  &test_shape, &made_shape, ONE,  "Send a test mail through a mailbox"},
	{0},
};
/* clang-format on */

const struct module mail_module = {
    .name = "mail",
    .routes = {routes},
    .jobs = jobs,
    .listens = listens,
    .receive = receive,
    .links = links,
    .link_note = link_note,
    .link_put = inbox_put_setting,
};
