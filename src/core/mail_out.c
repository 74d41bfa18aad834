/* mail_out.c - one mail on its way: composed, signed in for, handed over, its end told. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/mail_internal.h"

#include <string.h>

/* Lives in the job's arena, until job_finish(). */
struct sending {
	struct job_run *run;
	struct desk *desk;
	struct mailbox *box; /* while a token is asked for */
	int64_t inbox_id;
	struct smtp_account account;
	struct smtp_mail mail;
	struct str external_id, sent_folder;
	bool keep;
};

struct str mail_smtp_user(const struct mail_settings *s, struct str address)
{
	if (str_eq(s->smtp_user, S("-")))
		return S("");
	if (s->smtp_user.n)
		return s->smtp_user;
	return s->imap_user.n ? s->imap_user : address;
}

static void kept(void *arg, bool ok, const char *key)
{
	(void)arg;
	(void)ok;
	(void)key;
}

static void keep_copy(struct mailbox *b, void *arg)
{
	struct sending *s = arg;

	if (b->imap) {
		imap_append(b->imap, s->sent_folder, s->mail.bytes, kept, NULL);
	} else if (!b->leased) {
		struct mail_item *it = mail_item_new(b, ITEM_COPY);

		it->raw = str_dup(it->a, s->mail.bytes);
		it->words = str_dup(it->a, s->sent_folder);
		mail_put_locked(it);
	}
}

/* What was refused for one of several is said although the mail went out. */
static struct str refusals_text(struct arena *a, const struct smtp_result *r)
{
	struct buf b = BUF(a);

	if (!r->n_refusals)
		return r->outcome == SMTP_SENT ? S("") : r->text;
	for (size_t i = 0; i < r->n_refusals && i < 5; i++)
		buf_fmt(&b, "%s%.*s: %d %.*s", i ? "; " : "", STR(r->refusals[i].to),
			r->refusals[i].code, STR(r->refusals[i].text));
	return buf_str(&b);
}

static void forget_token(struct mailbox *b, void *arg)
{
	(void)arg;
	if (b->oauth)
		oauth_forget(b->oauth);
}

static void sent(void *arg, const struct smtp_result *r)
{
	static const enum outcome_kind kinds[] = {[SMTP_SENT] = OUTCOME_SENT,
						  [SMTP_REFUSED] = OUTCOME_REFUSED,
						  [SMTP_LATER] = OUTCOME_LATER,
						  [SMTP_UNKNOWN] = OUTCOME_UNKNOWN};
	struct sending *s = arg;
	struct outcome o = {.kind = kinds[r->outcome],
			    .key = r->key,
			    .arg = refusals_text(job_arena(s->run), r),
			    .id = s->external_id};

	/* A password that is wrong today may be put right tomorrow: the mail waits. */
	if (o.kind != OUTCOME_SENT && r->key && !strcmp(r->key, "mail.error.auth")) {
		o.kind = OUTCOME_LATER;
		mail_with_box(s->desk, s->inbox_id, forget_token, NULL);
	}
	if (o.kind == OUTCOME_SENT && r->n_refusals && !o.key)
		o.key = "mail.error.recipient";
	if (o.kind == OUTCOME_SENT && s->keep)
		mail_with_box(s->desk, s->inbox_id, keep_copy, s);
	job_finish(s->run, &o);
}

static void release(struct mailbox *b)
{
	pthread_mutex_lock(&b->mail->lock);
	b->busy--;
	pthread_mutex_unlock(&b->mail->lock);
}

static void got_token(void *arg, struct str token, const char *key, const char *detail)
{
	struct sending *s = arg;
	struct mailbox *b = s->box;

	if (token.n) {
		s->account.bearer = token;
		smtp_send(s->desk->net, &s->account, &s->mail, sent, s);
	} else {
		job_finish(s->run, &(struct outcome){
				       .kind = OUTCOME_LATER, .key = key, .arg = str_of(detail)});
	}
	release(b);
}

/* The mailbox stays until the token has come. */
static void hold(struct mailbox *b, void *arg)
{
	struct sending *s = arg;

	if (b->oauth) {
		b->busy++;
		s->box = b;
	}
}

static struct smtp_account account_of(struct arena *a, const struct inbox_link *l)
{
	const struct mail_settings *s = l->settings;
	const struct oauth_provider *p = oauth_provider(s->oauth_provider);
	bool known = p && !s->smtp_host.n;

	return (struct smtp_account){
	    .host = str_dup(a, known ? str_of(p->smtp_host) : s->smtp_host),
	    .port = (int)s->smtp_port,
	    .tls = mail_tls(s->smtp_security),
	    .user = str_dup(a, mail_smtp_user(s, l->address)),
	    .password = str_dup(a, s->smtp_password.n ? s->smtp_password : s->imap_password)};
}

static enum err compose(struct ctx *c, struct arena *a, const struct inbox_link *l,
			const struct outgoing *o, struct composed *made)
{
	const char **paths = NEWN(a, const char *, o->n_files + 1);
	struct channel_at at;
	struct json_why why = {0};

	channel_place(c->desk, a, l, &at);
	for (size_t i = 0; i < o->n_files; i++)
		if (blob_path(c->desk->blobs, a, o->files[i].hash, &paths[i]) != E_OK)
			return fail(c, E_INVALID, "email.file_missing", NULL);
	enum err e = l->channel->compose(a, &at, o, paths, made, &why);
	return e == E_OK ? E_OK : fail(c, e, why.key ? why.key : "error.generic", why.arg);
}

/* The caller's texts go with its snapshot; what is still to be sent stays with the job. */
static void own_texts(struct arena *a, struct composed *made)
{
	made->external_id = str_dup(a, made->external_id);
	made->sender = str_dup(a, made->sender);
	for (size_t i = 0; i < made->n_recipients; i++)
		made->recipients[i] = str_dup(a, made->recipients[i]);
}

enum err mail_send(struct ctx *c, struct job_run *run, const struct inbox_link *l,
		   const struct outgoing *o)
{
	struct arena *a = job_arena(run);
	const struct mail_settings *set = l->settings;
	struct sending *s = NEW(a, struct sending);
	struct composed made = {0};

	if (!c->desk->net)
		return fail(c, E_BUSY, "mail.error.not_serving", NULL);
	TRY(compose(c, a, l, o, &made));
	own_texts(a, &made);
	*s = (struct sending){.run = run,
			      .desk = c->desk,
			      .inbox_id = l->id,
			      .account = account_of(a, l),
			      .mail = {made.sender, made.recipients, made.n_recipients, made.bytes},
			      .external_id = made.external_id,
			      .sent_folder = str_dup(a, set->sent_folder),
			      .keep = set->keep_sent};
	if (!s->account.host.n)
		return fail(c, E_INVALID, "mail.error.no_server", NULL);
	if (!str_eq(set->auth, S("oauth"))) {
		smtp_send(c->desk->net, &s->account, &s->mail, sent, s);
		return E_OK;
	}
	mail_with_box(c->desk, l->id, hold, s);
	if (!s->box)
		return fail(c, E_BUSY, "mail.error.not_serving", NULL);
	oauth_get(s->box->oauth, got_token, s);
	return E_OK;
}

/* ---- the test mail ---- */

enum err mail_link(struct ctx *c, int64_t inbox_id, struct inbox_link *l)
{
	enum err e = E_NOTFOUND;

	for (size_t i = 0; c->desk->modules[i] && e == E_NOTFOUND; i++)
		if (c->desk->modules[i]->link)
			e = c->desk->modules[i]->link(c, inbox_id, l);
	if (e == E_OK && l->channel->compose)
		return E_OK;
	return e == E_OK || e == E_NOTFOUND ? fail(c, E_INVALID, "mail.error.no_server", NULL) : e;
}

enum err mail_test_start(struct ctx *c, const struct job *job, struct job_run *run)
{
	struct opt_str to = json_get_str(c->a, job->data, "to");
	struct incoming_address one = {.address = to.v};
	struct inbox_link l;

	TRY(mail_link(c, job->inbox_id, &l));
	return mail_send(
	    c, run, &l,
	    &(struct outgoing){.entry_id = job->id,
			       .at = c->now,
			       .to = &one,
			       .n_to = to.is == GIVEN,
			       .subject = str_fmt(c->a, "Test / 测试: %.*s", STR(l.name)),
			       .text =
				   str_fmt(c->a,
					   "This mail was sent to try the mailbox %.*s. It works.\n"
					   "这封邮件用来测试邮箱 %.*s，发送正常。\n",
					   STR(l.address), STR(l.address))});
}
