/* What agents say reaches the visitor: live, or by e-mail when he has left. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "core/hub.h"
#include "core/mail.h"
#include "modules/webchat/webchat_rules.h"

enum { MAIL_AFTER_MS = 2 * MINUTE_MS };

static enum err tell_message(struct ctx *c, const struct event *e, void *thought)
{
	struct opt_int entry = json_get_int(c->a, e->data, "entry");
	struct inbox_conversation v;
	struct list one;
	struct webchat_message view;
	struct buf b = BUF(c->a);

	(void)thought;
	if (entry.is != GIVEN || inbox_conversation(c, e->conversation_id, &v) != E_OK ||
	    !v.visitor_id)
		return E_OK;
	TRY(inbox_messages(c, v.id, entry.v - 1, 1, &one));
	const struct inbox_message *m = one.v;
	if (one.n == 0 || m->id != entry.v)
		return E_OK;
	TRY(webchat_view_of(c, m, &view));
	json_write(&b, &webchat_message_shape, &view);
	struct str members = str_slice(buf_str(&b), 1, b.n - 1);
	ctx_live(
	    c, (struct live){
		   .topic = LIVE_CHAT, .id = v.visitor_id, .kind = S("message"), .data = members});
	if (str_eq(m->direction, S("out")))
		TRY(job_add(
		    c,
		    &(struct job){.kind = S("chat_mail"),
				  .key = str_fmt(c->a, "conversation:%lld", (long long)v.id),
				  .subject = m->id,
				  .inbox_id = v.inbox_id,
				  .conversation_id = v.id,
				  .run_at = c->now + MAIL_AFTER_MS},
		    NULL));
	return E_OK;
}

static enum err tell_undone(struct ctx *c, const struct event *e, void *thought)
{
	struct opt_int entry = json_get_int(c->a, e->data, "entry");
	struct opt_str to = json_get_str(c->a, e->data, "to");
	struct inbox_conversation v;

	(void)thought;
	if (entry.is != GIVEN || !str_eq(to.v, S("undone")) ||
	    inbox_conversation(c, e->conversation_id, &v) != E_OK || !v.visitor_id)
		return E_OK;
	ctx_live(c,
		 (struct live){.topic = LIVE_CHAT,
			       .id = v.visitor_id,
			       .kind = S("undone"),
			       .data = str_fmt(c->a, "\"message_id\":%lld", (long long)entry.v)});
	return E_OK;
}

const struct reaction webchat_listens[] = {
    {EV_MESSAGE_CREATED, NULL, tell_message},
    {EV_MESSAGE_STATE, NULL, tell_undone},
    {0},
};

/* ---- going on by e-mail when the visitor has left ---- */

static enum err start_mail(struct ctx *c, const struct job *j, struct job_run *run)
{
	struct inbox_conversation v;
	struct inbox_link chat, mail;
	struct inbox_outgoing o;
	struct visitor_get_row who;
	struct incoming_address *to;
	size_t n;

	TRY(inbox_conversation(c, j->conversation_id, &v));
	TRY(inbox_link_of(c, v.inbox_id, &chat));
	TRY(visitor_get(c, v.visitor_id, &who, 1, &n));
	const struct webchat_settings *s = chat.settings;
	if (n == 0 || !who.email.n || !s->mail_inbox_id || v.seen_by_customer >= j->subject ||
	    hub_present(c->desk->hub, ACTOR_VISITOR, v.visitor_id))
		return E_NOTFOUND;
	TRY(inbox_outgoing(c, j->subject, &o));
	TRY(inbox_link_of(c, s->mail_inbox_id, &mail));
	if (!mail.active)
		return E_NOTFOUND;
	to = NEW(job_arena(run), struct incoming_address);
	*to = (struct incoming_address){who.name, who.email};
	return mail_send(c, run, &mail,
			 &(struct outgoing){.conversation_id = v.id,
					    .entry_id = j->subject,
					    .at = o.at,
					    .to = to,
					    .n_to = 1,
					    .subject = v.subject.n ? v.subject : chat.name,
					    .text = o.text,
					    .signature = o.signature,
					    .language = who.language});
}

const struct job_kind webchat_jobs[] = {
    {.name = "chat_mail", .start = start_mail, .unknown_retry_ms = MAIL_UNKNOWN_RETRY_MS},
    {0},
};
