/* What comes in, and what changes a conversation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/inbox/inbox.h"
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.sql.h"
#include "modules/inbox/inbox_rules.h"

/* ---- reading ---- */

enum err inbox_row(struct ctx *c, int64_t id, struct conversation_rows_row *row)
{
	struct list rows;

	TRY(conversation_rows(c, (struct ids){&id, 1}, &rows));
	if (rows.n == 0)
		return fail(c, E_NOTFOUND, "inbox.unknown", NULL);
	*row = *(struct conversation_rows_row *)rows.v;
	if (!ctx_sees(c, row->inbox_id))
		return fail(c, E_NOTFOUND, "inbox.unknown", NULL);
	return E_OK;
}

enum err inbox_conversation(struct ctx *c, int64_t id, struct inbox_conversation *out)
{
	struct conversation_rows_row row;

	TRY(inbox_row(c, id, &row));
	*out = (struct inbox_conversation){.id = row.id,
					   .inbox_id = row.inbox_id,
					   .customer_id = row.customer_id,
					   .visitor_id = row.visitor_id,
					   .assignee_id = row.assignee_id,
					   .version = row.version,
					   .last_in_id = row.last_in_id,
					   .seen_by_customer = row.seen_by_customer,
					   .channel = row.channel,
					   .status = row.status,
					   .subject = row.subject,
					   .language = row.language};
	return E_OK;
}

enum err inbox_of_visitor(struct ctx *c, int64_t visitor_id, int64_t *id, struct str *status)
{
	struct conversation_of_visitor_row row;
	size_t n;

	TRY(conversation_of_visitor(c, visitor_id, &row, 1, &n));
	*id = n ? row.id : 0;
	*status = n ? row.status : S("");
	return E_OK;
}

/* ---- telling ---- */

void inbox_live(struct ctx *c, int64_t id, int64_t inbox_id, int64_t version)
{
	ctx_live(c, (struct live){
			.topic = LIVE_LIST, .id = id, .inbox_id = inbox_id, .version = version});
	ctx_live(
	    c, (struct live){
		   .topic = LIVE_CONVERSATION, .id = id, .inbox_id = inbox_id, .version = version});
}

enum err inbox_event(struct ctx *c, const struct conversation_rows_row *v, enum event_kind kind,
		     struct str data)
{
	return event_add(c, &(struct event){.kind = kind,
					    .conversation_id = v->id,
					    .inbox_id = v->inbox_id,
					    .customer_id = v->customer_id,
					    .data = data});
}

/* A quiet line in the thread. */
enum err inbox_line(struct ctx *c, const struct conversation_rows_row *v, const char *kind,
		    struct str from, struct str to)
{
	struct buf b = BUF(c->a);
	struct entry_insert_row row;
	size_t n;

	buf_fmt(&b, "{\"kind\":\"%s\",\"from\":", kind);
	buf_json(&b, from);
	buf_z(&b, ",\"to\":");
	buf_json(&b, to);
	buf_char(&b, '}');
	return entry_insert(
	    c,
	    &(struct entry_insert_in){.conversation_id = v->id,
				      .inbox_id = v->inbox_id,
				      .kind = S("event"),
				      .at = c->now,
				      .person_id = c->actor.kind == ACTOR_AGENT ? c->actor.id : 0,
				      .state = S("received"),
				      .event = buf_str(&b)},
	    &row, 1, &n);
}

struct str inbox_snippet(struct ctx *c, struct str text)
{
	struct buf b = {.a = c->a, .max = 400};
	bool space = false;

	for (size_t i = 0; i < text.n && b.n < 240; i++) {
		bool white = text.p[i] == ' ' || (text.p[i] >= '\t' && text.p[i] <= '\r');
		if (!white && space && b.n)
			buf_char(&b, ' ');
		if (!white)
			buf_char(&b, text.p[i]);
		space = white;
	}
	return str_clip(buf_str(&b), 200);
}

enum err inbox_index(struct ctx *c, const struct conversation_rows_row *v, int64_t entry_id,
		     struct str text)
{
	return search_put(c->db, c->a,
			  &(struct search_doc){.kind = SEARCH_MESSAGE,
					       .id = entry_id,
					       .conversation_id = v->id,
					       .inbox_id = v->inbox_id,
					       .customer_id = v->customer_id,
					       .at = c->now,
					       .text = text});
}

enum err inbox_index_subject(struct ctx *c, const struct conversation_rows_row *v,
			     struct str subject)
{
	if (!subject.n)
		return E_OK;
	return search_put(c->db, c->a,
			  &(struct search_doc){.kind = SEARCH_CONVERSATION,
					       .id = v->id,
					       .conversation_id = v->id,
					       .inbox_id = v->inbox_id,
					       .customer_id = v->customer_id,
					       .at = c->now,
					       .text = subject});
}

/* ---- what comes in ---- */

/* Where a message belongs: the signed token, then what it refers to, never its subject. */
static enum err find_home(struct ctx *c, const struct incoming *in, int64_t *id)
{
	struct conversation_rows_row row;
	struct entry_by_external_row entry;
	struct list rows;
	size_t n;

	*id = 0;
	if (in->conversation_id) {
		int64_t wanted = in->conversation_id;
		TRY(conversation_rows(c, (struct ids){&wanted, 1}, &rows));
		row = rows.n ? *(struct conversation_rows_row *)rows.v
			     : (struct conversation_rows_row){0};
		/* A chat that goes on by e-mail answers to another inbox; the desk signed the
		 * token. */
		bool chat = rows.n && row.visitor_id != 0;
		if (rows.n && (chat || row.inbox_id == in->inbox_id)) {
			*id = wanted;
			return E_OK;
		}
	}
	for (size_t i = 0; i < in->n_references; i++) {
		TRY(entry_by_external(c, in->inbox_id, in->references[i], &entry, 1, &n));
		if (n) {
			*id = entry.conversation_id;
			return E_OK;
		}
	}
	return E_OK;
}

static enum err open_conversation(struct ctx *c, const struct incoming *in, int64_t customer_id,
				  int64_t visitor_id, bool spam, struct conversation_rows_row *v)
{
	struct inbox_link link;
	struct conversation_insert_row row;
	size_t n;

	TRY(inbox_link_of(c, in->inbox_id, &link));
	TRY(conversation_insert(
	    c,
	    &(struct conversation_insert_in){.inbox_id = in->inbox_id,
					     .channel = str_of(link.channel->name),
					     .customer_id = customer_id,
					     .visitor_id = visitor_id,
					     .subject = str_clip(in->subject, 500),
					     .status = spam                        ? S("spam")
						       : in->kind == INCOMING_AUTO ? S("resolved")
										   : S("open"),
					     .language = in->language,
					     .at = in->at},
	    &row, 1, &n));
	TRY(customer_counted(c, customer_id));
	TRY(inbox_row(c, row.id, v));
	TRY(inbox_index_subject(c, v, v->subject));
	return inbox_event(c, v, EV_CONVERSATION_CREATED,
			   str_fmt(c->a, "{\"channel\":\"%s\"}", link.channel->name));
}

static struct str address_text(struct ctx *c, const struct incoming_address *a)
{
	if (!a->name.n)
		return a->address;
	return str_fmt(c->a, "%.*s <%.*s>", STR(str_clip(a->name, 200)),
		       STR(str_clip(a->address, 320)));
}

static struct str address_list(struct ctx *c, const struct incoming_address *v, size_t n)
{
	struct buf b = BUF(c->a);

	for (size_t i = 0; i < n && i < 50; i++) {
		if (i)
			buf_z(&b, ", ");
		buf_add(&b, v[i].address);
	}
	return buf_str(&b);
}

/* They belong to the inbox of the conversation, which a mail to another inbox may go on. */
static enum err add_incoming_files(struct ctx *c, const struct incoming *in, int64_t inbox_id,
				   int64_t entry_id)
{
	for (size_t i = 0; i < in->n_files; i++) {
		const struct incoming_file *f = &in->files[i];
		struct file_insert_row row;
		size_t n;
		TRY(file_insert(
		    c,
		    &(struct file_insert_in){.hash = f->hash,
					     .name = f->name,
					     .type = f->type,
					     .size = f->size,
					     .width = f->width ? SOME_INT(f->width) : NULL_INT,
					     .height = f->height ? SOME_INT(f->height) : NULL_INT,
					     .actor_kind = ACTOR_CUSTOMER,
					     .inbox_id = inbox_id,
					     .at = c->now},
		    &row, 1, &n));
		TRY(attachment_add(c, &(struct attachment_add_in){entry_id, (int64_t)i, row.id,
								  f->is_inline ? f->cid : S("")}));
	}
	return E_OK;
}

static enum err insert_incoming(struct ctx *c, const struct incoming *in,
				const struct conversation_rows_row *v, int64_t customer_id,
				struct str client_id, int64_t *entry_id)
{
	struct entry_insert_row row;
	size_t n;

	TRY(entry_insert(c,
			 &(struct entry_insert_in){.conversation_id = v->id,
						   .inbox_id = v->inbox_id,
						   .kind = S("message"),
						   .at = in->at,
						   .direction = S("in"),
						   .customer_id = customer_id,
						   .text = in->text,
						   .quoted = in->quoted,
						   .html = in->html.n > 0,
						   .language = in->language,
						   .state = S("received"),
						   .external_id = in->external_id,
						   .client_id = client_id,
						   .sender = address_text(c, &in->from),
						   .recipients = address_list(c, in->to, in->n_to),
						   .cc = address_list(c, in->cc, in->n_cc),
						   .subject = str_clip(in->subject, 500),
						   .automatic = in->kind == INCOMING_AUTO,
						   .raw_hash = in->raw_hash,
						   .file_count = (int64_t)in->n_files},
			 &row, 1, &n));
	*entry_id = n ? row.id : 0;
	if (n && in->html.n)
		TRY(entry_html_put(c, row.id, in->html));
	return n ? add_incoming_files(c, in, v->inbox_id, row.id) : E_OK;
}

/* A customer's word brings a conversation back, an automatic answer does not. */
static struct str status_after(const struct conversation_rows_row *v, const struct incoming *in,
			       bool spam)
{
	if (spam || str_eq(v->status, S("spam")) || in->kind == INCOMING_AUTO)
		return spam ? S("spam") : v->status;
	return S("open");
}

/* The entry there is already, when this one came before. */
static enum err known_before(struct ctx *c, const struct incoming *in, int64_t conversation_id,
			     struct str client_id, struct inbox_taken *out)
{
	struct entry_by_external_row external;
	struct entry_by_client_row client;
	size_t n;

	TRY(entry_by_external(c, in->inbox_id, in->external_id, &external, 1, &n));
	if (n) {
		*out = (struct inbox_taken){.conversation_id = external.conversation_id,
					    .entry_id = external.id};
		return E_OK;
	}
	TRY(entry_by_client(c, conversation_id, client_id, &client, 1, &n));
	if (n)
		*out =
		    (struct inbox_taken){.conversation_id = conversation_id, .entry_id = client.id};
	return E_OK;
}

static enum err known_there(struct ctx *c, const struct incoming *in, int64_t inbox_id,
			    struct inbox_taken *out)
{
	struct entry_by_external_row entry;
	size_t n;

	TRY(entry_by_external(c, inbox_id, in->external_id, &entry, 1, &n));
	if (n == 0)
		return fail(c, E_INTERNAL, NULL, NULL);
	*out = (struct inbox_taken){.conversation_id = entry.conversation_id, .entry_id = entry.id};
	return E_OK;
}

enum err inbox_take(struct ctx *c, const struct incoming *in, int64_t customer_id,
		    int64_t visitor_id, struct str client_id, bool spam, struct inbox_taken *out)
{
	struct conversation_rows_row v;
	int64_t home;

	*out = (struct inbox_taken){0};
	TRY(find_home(c, in, &home));
	TRY(known_before(c, in, home, client_id, out));
	if (out->entry_id)
		return E_OK;
	out->new_conversation = home == 0;
	if (home == 0)
		TRY(open_conversation(c, in, customer_id, visitor_id, spam, &v));
	else
		TRY(inbox_row(c, home, &v));
	TRY(insert_incoming(c, in, &v, customer_id, client_id, &out->entry_id));
	out->conversation_id = v.id;
	out->fresh = out->entry_id != 0;
	if (!out->fresh) /* a mail that went on with a chat and is kept in the chat's inbox */
		return known_there(c, in, v.inbox_id, out);
	struct str status = status_after(&v, in, spam);
	if (!str_eq(status, v.status)) {
		TRY(inbox_line(c, &v, "reopened", v.status, status));
		TRY(inbox_event(c, &v, EV_STATUS_CHANGED,
				str_fmt(c->a, "{\"from\":\"%.*s\",\"to\":\"%.*s\"}", STR(v.status),
					STR(status))));
	}
	TRY(conversation_came_in(
	    c, &(struct conversation_came_in_in){.id = v.id,
						 .entry_id = out->entry_id,
						 .at = in->at,
						 .snippet = inbox_snippet(c, in->text),
						 .status = status,
						 .language = in->language,
						 .waits = in->kind != INCOMING_AUTO}));
	TRY(inbox_index(c, &v, out->entry_id, in->text));
	inbox_live(c, v.id, v.inbox_id, v.version + 1);
	return inbox_event(c, &v, EV_MESSAGE_CREATED,
			   str_fmt(c->a,
				   "{\"entry\":%lld,\"direction\":\"in\",\"kind\":\"message\"}",
				   (long long)out->entry_id));
}

/* The message that bounced: by its id in this mailbox; or by our signature, when a conversation of
 * another channel went on by this mailbox. */
static enum err find_bounced(struct ctx *c, const struct incoming *in, int64_t *entry_id,
			     int64_t *conversation_id)
{
	struct entry_by_external_row known;
	struct entry_get_row entry;
	size_t n;

	TRY(entry_by_external(c, in->inbox_id, in->bounced_id, &known, 1, &n));
	*entry_id = n ? known.id : 0;
	*conversation_id = n ? known.conversation_id : 0;
	if (n || !in->bounced_entry_id)
		return E_OK;
	TRY(entry_get(c, in->bounced_entry_id, &entry, 1, &n));
	if (n && entry.conversation_id == in->bounced_conversation_id &&
	    str_eq(entry.direction, S("out"))) {
		*entry_id = entry.id;
		*conversation_id = entry.conversation_id;
	}
	return E_OK;
}

/* What we sent did not arrive: the message says so, and the agent sees it. */
static enum err take_bounce(struct ctx *c, const struct incoming *in, bool *found)
{
	struct conversation_rows_row v;
	int64_t entry, conversation;

	TRY(find_bounced(c, in, &entry, &conversation));
	*found = entry > 0;
	if (!entry)
		return E_OK;
	TRY(inbox_row(c, conversation, &v));
	TRY(inbox_entry_state(c, entry, "bounced", "mail.bounced",
			      in->bounced_address.n ? in->bounced_address : in->bounce_reason));
	return inbox_line(c, &v, "bounced", in->bounced_address, str_clip(in->bounce_reason, 300));
}

enum err inbox_receive(struct ctx *c, const struct incoming *in)
{
	struct customer_known who = {.kind = S("email"),
				     .value = str_lower(c->a, in->from.address),
				     .verified = true,
				     .name = in->from.name,
				     .language = in->language};
	struct inbox_taken taken;
	int64_t customer;
	bool blocked, found;

	if (in->kind == INCOMING_IGNORE)
		return E_OK;
	if (in->kind == INCOMING_BOUNCE) {
		TRY(take_bounce(c, in, &found));
		if (found)
			return E_OK;
	}
	TRY(customer_resolve(c, &who, &customer, &blocked));
	return inbox_take(c, in, customer, 0, S(""), blocked || in->spam, &taken);
}

/* ---- changes ---- */

static enum err check_snooze(struct ctx *c, const struct inbox_change *ch)
{
	bool snoozing = ch->status.is == GIVEN && str_eq(ch->status.v, S("snoozed"));

	if (ch->snoozed_until.is == GIVEN && !snoozing)
		return fail(c, E_INVALID, "inbox.snooze_status", NULL);
	if (snoozing && (ch->snoozed_until.is != GIVEN || ch->snoozed_until.v <= c->now))
		return fail(c, E_INVALID, "inbox.snooze_past", NULL);
	if (ch->snoozed_until.is == GIVEN && ch->snoozed_until.v > c->now + 366 * (int64_t)DAY_MS)
		return fail(c, E_INVALID, "inbox.snooze_far", NULL);
	return E_OK;
}

static enum err check_people(struct ctx *c, const struct conversation_rows_row *v,
			     const struct inbox_change *ch)
{
	bool ok = true;

	if (ch->assignee_id.is == GIVEN) {
		if (ch->assignee_id.v != c->actor.id && !ctx_may(c, P_CONVERSATION_ASSIGN))
			return fail(c, E_DENIED, "inbox.assign_others", NULL);
		TRY(account_can_take(c, ch->assignee_id.v, v->inbox_id, &ok));
		if (!ok)
			return fail(c, E_INVALID, "inbox.assignee_blind", NULL);
	}
	if (ch->team_id.is == GIVEN) {
		TRY(account_team_known(c, ch->team_id.v, &ok));
		if (!ok)
			return fail(c, E_INVALID, "account.team_unknown", NULL);
	}
	return E_OK;
}

static enum err note_number(struct ctx *c, const struct conversation_rows_row *v,
			    enum event_kind kind, const char *line, int64_t from, struct opt_int to)
{
	int64_t now = to.is == GIVEN ? to.v : 0;

	if (to.is == ABSENT || from == now)
		return E_OK;
	struct str a = str_fmt(c->a, "%lld", (long long)from),
		   b = str_fmt(c->a, "%lld", (long long)now);
	TRY(inbox_line(c, v, line, a, b));
	return inbox_event(c, v, kind,
			   str_fmt(c->a, "{\"from\":%.*s,\"to\":%.*s}", STR(a), STR(b)));
}

static enum err note_changes(struct ctx *c, const struct conversation_rows_row *v,
			     const struct inbox_change *ch)
{
	/* Put off again to another time is a change too: the waking is planned by it. */
	bool again = ch->status.is == GIVEN && str_eq(ch->status.v, S("snoozed")) &&
		     ch->snoozed_until.v != v->snoozed_until.v;

	if (ch->status.is == GIVEN && (again || !str_eq(ch->status.v, v->status))) {
		struct str until = str_eq(ch->status.v, S("snoozed"))
				       ? str_fmt(c->a, "%lld", (long long)ch->snoozed_until.v)
				       : ch->status.v;
		TRY(inbox_line(c, v, str_eq(ch->status.v, S("snoozed")) ? "snoozed" : "status",
			       v->status, until));
		TRY(inbox_event(c, v, EV_STATUS_CHANGED,
				str_fmt(c->a, "{\"from\":\"%.*s\",\"to\":\"%.*s\"}", STR(v->status),
					STR(ch->status.v))));
	}
	TRY(note_number(c, v, EV_ASSIGNED, "assigned", v->assignee_id, ch->assignee_id));
	TRY(note_number(c, v, EV_TEAM_CHANGED, "team", v->team_id, ch->team_id));
	TRY(note_number(c, v, EV_PRIORITY_CHANGED, "priority", v->priority, ch->priority));
	if (ch->subject.is == GIVEN && !str_eq(ch->subject.v, v->subject)) {
		TRY(inbox_event(c, v, EV_SUBJECT_CHANGED, S("")));
		TRY(inbox_index_subject(c, v, ch->subject.v));
	}
	return E_OK;
}

static bool holds(struct ids ids, int64_t id)
{
	for (size_t i = 0; i < ids.n; i++)
		if (ids.v[i] == id)
			return true;
	return false;
}

static enum err change_tags(struct ctx *c, const struct conversation_rows_row *v, struct ids wanted)
{
	struct list rows;
	int64_t id = v->id;
	struct ids had = {NULL, 0};
	struct tag_put_row put;
	bool changed = false;
	size_t n;

	TRY(tag_of_conversations(c, (struct ids){&id, 1}, &rows));
	const struct tag_of_conversations_row *row = rows.v;
	had.v = NEWN(c->a, int64_t, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		had.v[had.n++] = row[i].tag_id;
	for (size_t i = 0; i < wanted.n; i++) {
		if (holds(had, wanted.v[i]) || holds((struct ids){wanted.v, i}, wanted.v[i]))
			continue;
		TRY(tag_put(c, v->id, wanted.v[i], &put, 1, &n));
		if (n == 0)
			return fail(c, E_INVALID, "inbox.tag_unknown", NULL);
		TRY(inbox_line(c, v, "tagged", S(""),
			       str_fmt(c->a, "%lld", (long long)wanted.v[i])));
		changed = true;
	}
	for (size_t i = 0; i < had.n; i++) {
		if (holds(wanted, had.v[i]))
			continue;
		TRY(tag_take(c, v->id, had.v[i]));
		TRY(inbox_line(c, v, "untagged", str_fmt(c->a, "%lld", (long long)had.v[i]),
			       S("")));
		changed = true;
	}
	return changed ? inbox_event(c, v, EV_TAGS_CHANGED, S("")) : E_OK;
}

/* null means nobody, which is 0 in the table. */
static struct opt_int or_zero(struct opt_int v)
{
	return v.is == NULLED ? SOME_INT(0) : v;
}

/* Resolving ended the customer's waiting: who opens it again, or takes the resolving back, finds it
 * waiting when the customer had the last word. */
static enum err waits_again(struct ctx *c, const struct conversation_rows_row *v,
			    const struct inbox_change *ch, struct opt_int *since)
{
	struct entry_last_in_row last;
	size_t n;

	*since = (struct opt_int){0};
	if (ch->status.is != GIVEN || !str_eq(ch->status.v, S("open")) ||
	    !str_eq(v->status, S("resolved")) || !str_eq(v->last_direction, S("in")))
		return E_OK;
	TRY(entry_last_in(c, v->id, &last, 1, &n));
	if (n)
		*since = SOME_INT(last.at);
	return E_OK;
}

enum err inbox_change(struct ctx *c, int64_t id, int64_t version, const struct inbox_change *ch)
{
	struct conversation_rows_row v;
	struct conversation_set_row row;
	struct opt_int since;
	size_t n;
	bool status = ch->status.is == GIVEN;

	TRY(inbox_row(c, id, &v));
	TRY(check_snooze(c, ch));
	TRY(check_people(c, &v, ch));
	TRY(waits_again(c, &v, ch, &since));
	bool snoozed = status && str_eq(ch->status.v, S("snoozed"));
	bool resolved = status && str_eq(ch->status.v, S("resolved"));
	TRY(conversation_set(
	    c,
	    &(struct conversation_set_in){
		.id = id,
		.version = version ? version : v.version,
		.status = ch->status,
		.snoozed_until = snoozed ? ch->snoozed_until : (struct opt_int){0},
		.snooze_clear = status && !snoozed ? SOME_BOOL(true) : (struct opt_bool){0},
		.resolved_at = resolved ? SOME_INT(c->now) : (struct opt_int){0},
		.waiting_since = resolved ? SOME_INT(0) : since,
		.assignee_id = or_zero(ch->assignee_id),
		.team_id = or_zero(ch->team_id),
		.priority = ch->priority,
		.subject = ch->subject},
	    &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(note_changes(c, &v, ch));
	if (ch->tag_ids.is == GIVEN)
		TRY(change_tags(c, &v, ch->tag_ids.v));
	inbox_live(c, id, v.inbox_id, row.version);
	return E_OK;
}

enum err inbox_set_seen(struct ctx *c, int64_t conversation_id, int64_t entry_id)
{
	struct conversation_rows_row v;

	TRY(inbox_row(c, conversation_id, &v));
	if (v.seen_by_customer >= entry_id)
		return E_OK;
	TRY(conversation_seen_by_customer(c, conversation_id, entry_id));
	inbox_live(c, conversation_id, v.inbox_id, v.version + 1);
	return E_OK;
}

enum err inbox_of_message(struct ctx *c, int64_t inbox_id, struct str external_id,
			  int64_t *conversation_id, int64_t *entry_id, bool *first)
{
	struct entry_by_external_row entry;
	struct conversation_rows_row v;
	size_t n;

	*conversation_id = *entry_id = 0;
	*first = false;
	TRY(entry_by_external(c, inbox_id, external_id, &entry, 1, &n));
	if (n == 0)
		return E_OK;
	TRY(inbox_row(c, entry.conversation_id, &v));
	*conversation_id = v.id;
	*entry_id = entry.id;
	*first = v.message_count == 1;
	return E_OK;
}

enum err inbox_claim_auto_answer(struct ctx *c, int64_t inbox_id, struct str sender, bool *may)
{
	struct auto_answer_claim_row row;
	size_t n;

	TRY(auto_answer_claim(c, inbox_id, str_lower(c->a, sender), c->now / DAY_MS, &row, 1, &n));
	*may = n > 0;
	return E_OK;
}
