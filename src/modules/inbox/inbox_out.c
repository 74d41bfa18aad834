/* What goes out: answers, notes, their sending state, undo. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

#include <string.h>

/* ---- states ---- */

/* clang-format off */
static const struct {
	const char *name;
	int rank; /* a higher one is later; failures of one rank may follow each other */
	bool bad;
} states[] = {
	{"held", 0, false}, {"queued", 1, false}, {"sending", 2, false}, {"unknown", 3, true},
	{"failed", 3, true}, {"sent", 4, false}, {"delivered", 5, false}, {"read", 6, false},
	{"bounced", 7, true}, {"undone", 8, false},
};
/* clang-format on */

static size_t state_of(struct str name)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (str_eq(str_of(states[i].name), name))
			return i;
	return 0;
}

/* Queued and sending come again after a failure that is tried again. */
static bool may_follow(size_t from, size_t to)
{
	if (states[from].bad && states[from].rank == 3)
		return true;
	return states[to].rank >= states[from].rank ||
	       (states[from].rank == 2 && states[to].rank == 1);
}

enum err inbox_entry_state(struct ctx *c, int64_t entry_id, const char *state, const char *key,
			   struct str arg)
{
	struct entry_get_row e;
	struct conversation_rows_row v;
	size_t n;

	TRY(entry_get(c, entry_id, &e, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.entry_unknown", NULL);
	size_t from = state_of(e.state), to = state_of(str_of(state));
	if (from == to || !may_follow(from, to))
		return E_OK;
	TRY(inbox_row(c, e.conversation_id, &v));
	TRY(entry_state(
	    c, &(struct entry_state_in){entry_id, str_of(state), str_of(key), str_clip(arg, 500)}));
	int delta = (int)states[to].bad - (int)states[from].bad;
	if (delta)
		TRY(conversation_failed(c, v.id, delta));
	else
		TRY(conversation_touch(c, v.id));
	inbox_live(c, v.id, v.inbox_id, v.version + 1);
	return inbox_event(c, &v, EV_MESSAGE_STATE,
			   str_fmt(c->a, "{\"entry\":%lld,\"from\":\"%s\",\"to\":\"%s\"}",
				   (long long)entry_id, states[from].name, states[to].name));
}

/* ---- writing ---- */

/* Only one's own uploads, that hang on nothing yet, or what hangs in an inbox one sees. */
static enum err check_files(struct ctx *c, const struct inbox_write *w)
{
	struct file_get_row f;
	size_t n;

	for (size_t i = 0; i < w->files.n; i++) {
		TRY(file_get(c, w->files.v[i], &f, 1, &n));
		bool own = n && f.actor_kind == (int64_t)c->actor.kind && f.actor_id == c->actor.id;
		if (n == 0 || (!own && !(f.inbox_id && ctx_sees(c, f.inbox_id))))
			return fail(c, E_INVALID, "inbox.file_unknown", NULL);
	}
	return E_OK;
}

/* A file hangs in one inbox; sent on from another, the same bytes get a row of their own. */
static enum err own_file(struct ctx *c, int64_t *id, int64_t inbox_id)
{
	struct file_get_row f;
	struct file_insert_row row;
	size_t n;

	TRY(file_get(c, *id, &f, 1, &n));
	if (n == 0 || f.inbox_id == inbox_id)
		return E_OK;
	if (f.inbox_id == 0)
		return file_hang(c, *id, inbox_id);
	TRY(file_insert(c,
			&(struct file_insert_in){.hash = f.hash,
						 .name = f.name,
						 .type = f.type,
						 .size = f.size,
						 .width = f.width,
						 .height = f.height,
						 .actor_kind = f.actor_kind,
						 .actor_id = f.actor_id,
						 .inbox_id = inbox_id,
						 .at = c->now},
			&row, 1, &n));
	*id = row.id;
	return E_OK;
}

static enum err hang_files(struct ctx *c, const struct inbox_write *w, int64_t entry_id,
			   int64_t inbox_id)
{
	for (size_t i = 0; i < w->files.n; i++) {
		int64_t id = w->files.v[i];
		TRY(own_file(c, &id, inbox_id));
		TRY(attachment_add(c,
				   &(struct attachment_add_in){entry_id, (int64_t)i, id, S("")}));
	}
	return E_OK;
}

/* The address part of "Name <address>". */
static struct str bare(struct str sender)
{
	ptrdiff_t open = str_find_char(sender, '<'), close = str_find_char(sender, '>');

	if (open >= 0 && close > open)
		return str_slice(sender, (size_t)open + 1, (size_t)close);
	return str_trim(sender);
}

static enum err check_addresses(struct ctx *c, struct str list)
{
	struct strs all = inbox_split(c->a, list);

	for (size_t i = 0; i < all.n; i++)
		if (!customer_email_ok(bare(all.v[i])))
			return fail_str(c, E_INVALID, "error.email", all.v[i]);
	return E_OK;
}

/* Whom a mail goes to when the agent did not say: who wrote last, or the customer's address. */
static enum err default_to(struct ctx *c, const struct conversation_rows_row *v, struct str *to)
{
	struct entry_last_in_row last;
	struct customer_view customer;
	size_t n;

	TRY(entry_last_in(c, v->id, &last, 1, &n));
	if (n) {
		*to = bare(last.sender);
		return E_OK;
	}
	TRY(customer_view(c, v->customer_id, &customer));
	*to = customer.email;
	return E_OK;
}

/* The channel's id, signed with the conversation; the version is different for each of its
 * messages. */
static struct str message_id(struct ctx *c, const struct inbox_link *link,
			     const struct conversation_rows_row *v)
{
	struct channel_at at;

	if (!link->channel->external_id)
		return S("");
	channel_place(c->desk, c->a, link, &at);
	return link->channel->external_id(c->a, &at, v->id, v->version);
}

static enum err insert_entry(struct ctx *c, const struct inbox_write *w,
			     const struct conversation_rows_row *v, bool hold, int64_t *id)
{
	bool note = str_eq(w->kind, S("note"));
	bool mail = str_eq(v->channel, S("email"));
	struct str to = w->to;
	struct inbox_link link = {0};
	struct entry_insert_row row;
	size_t n;
	int64_t at = w->at ? w->at : c->now;
	int64_t wait = hold ? c->desk->config->undo_seconds * 1000 : 0;

	if (!note && mail)
		TRY(inbox_link_of(c, v->inbox_id, &link));
	if (!note && mail && !to.n)
		TRY(default_to(c, v, &to));
	if (!note && mail && !to.n)
		return fail(c, E_INVALID, "inbox.no_address", NULL);
	TRY(entry_insert(
	    c,
	    &(struct entry_insert_in){
		.conversation_id = v->id,
		.inbox_id = v->inbox_id,
		.kind = note ? S("note") : S("message"),
		.at = at,
		.direction = note ? S("") : S("out"),
		.person_id = w->person_id                   ? w->person_id
			     : c->actor.kind == ACTOR_AGENT ? c->actor.id
							    : 0,
		.text = w->text,
		.state = note || !hold ? (note ? S("received") : S("sent")) : S("held"),
		.send_at = hold ? SOME_INT(at + wait) : NULL_INT,
		.external_id = !note && mail ? message_id(c, &link, v) : S(""),
		.client_id = w->client_id,
		.sender = !note && mail ? link.address : S(""),
		.recipients = note ? S("") : to,
		.cc = w->cc,
		.subject = v->subject,
		.automatic = w->automatic,
		.file_count = (int64_t)w->files.n},
	    &row, 1, &n));
	*id = n ? row.id : 0;
	return n ? hang_files(c, w, row.id, v->inbox_id) : E_OK;
}

enum err inbox_write(struct ctx *c, const struct inbox_write *w, int64_t *entry_id, bool *fresh)
{
	struct conversation_rows_row v;
	struct entry_by_client_row known;
	bool note = str_eq(w->kind, S("note"));
	size_t n;

	TRY(inbox_row(c, w->conversation_id, &v));
	TRY(entry_by_client(c, v.id, w->client_id, &known, 1, &n));
	*fresh = n == 0;
	if (n) {
		*entry_id = known.id;
		return E_OK;
	}
	TRY(check_files(c, w));
	TRY(check_addresses(c, w->to));
	TRY(check_addresses(c, w->cc));
	bool hold = !note && str_eq(v.channel, S("email")) && !w->at;
	TRY(insert_entry(c, w, &v, hold, entry_id));
	struct str snippet = inbox_snippet(c, w->text);
	int64_t at = w->at ? w->at : c->now;
	if (note)
		TRY(conversation_noted(c, v.id, at, snippet));
	else
		TRY(conversation_went_out(c, v.id, at, snippet));
	TRY(inbox_index(c, &v, *entry_id, w->text));
	if (hold)
		TRY(job_add(
		    c,
		    &(struct job){.kind = S("mail"),
				  .key = str_fmt(c->a, "conversation:%lld", (long long)v.id),
				  .subject = *entry_id,
				  .inbox_id = v.inbox_id,
				  .conversation_id = v.id,
				  .run_at = c->now + c->desk->config->undo_seconds * 1000},
		    NULL));
	inbox_live(c, v.id, v.inbox_id, v.version + 1);
	return inbox_event(c, &v, EV_MESSAGE_CREATED,
			   str_fmt(c->a, "{\"entry\":%lld,\"direction\":\"%s\",\"kind\":\"%s\"}",
				   (long long)*entry_id, note ? "" : "out",
				   note ? "note" : "message"));
}

/* ---- undo ---- */

/* While it is held, or just said in a chat; afterwards it is out of our hands. */
enum err inbox_undo(struct ctx *c, const struct entry_get_row *e)
{
	struct conversation_rows_row v;
	struct entry_last_in_row last;
	struct entry_last_message_row before;
	size_t n;
	bool gone = true;

	TRY(inbox_row(c, e->conversation_id, &v));
	bool held = str_eq(e->state, S("held"));
	int64_t window = c->desk->config->undo_seconds * 1000 + 2000;
	bool chat =
	    str_eq(e->state, S("sent")) && str_eq(v.channel, S("chat")) && c->now - e->at <= window;
	if (!held && !chat)
		return fail(c, E_CONFLICT, "inbox.too_late_to_undo", NULL);
	if (held)
		TRY(job_cancel(c, "mail", e->id, &gone));
	if (!gone)
		return fail(c, E_CONFLICT, "inbox.too_late_to_undo", NULL);
	TRY(inbox_entry_state(c, e->id, "undone", NULL, S("")));
	TRY(search_remove(c->db, SEARCH_MESSAGE, e->id));
	TRY(entry_last_in(c, v.id, &last, 1, &n));
	bool waits = n && last.id == v.last_in_id && str_eq(v.status, S("open"));
	struct conversation_unwait_in un = {.id = v.id,
					    .waiting_since = waits ? SOME_INT(last.at) : NULL_INT,
					    .snippet = v.snippet,
					    .last_direction = v.last_direction};
	/* When the list shows the words taken back, it shows those before them again. */
	TRY(entry_last_message(c, v.id, e->id, &before, 1, &n));
	if (n && str_eq(v.snippet, inbox_snippet(c, e->text))) {
		un.snippet = inbox_snippet(c, before.text);
		un.last_direction = before.direction;
	}
	return conversation_unwait(c, &un);
}

/* ---- for the channels ---- */

static enum err read_references(struct ctx *c, const struct entry_get_row *e,
				struct inbox_outgoing *out)
{
	struct list rows;
	struct entry_last_message_row previous;
	size_t n;

	TRY(entry_references(c, e->conversation_id, e->id, &rows));
	const struct entry_references_row *row = rows.v;
	out->references.v = NEWN(c->a, struct str, rows.n + 1);
	for (size_t i = rows.n; i > 0; i--)
		out->references.v[out->references.n++] = row[i - 1].external_id;
	out->in_reply_to = rows.n ? row[0].external_id : S("");
	TRY(entry_last_message(c, e->conversation_id, e->id, &previous, 1, &n));
	if (n) {
		out->previous_text = previous.text;
		out->previous_sender = previous.sender;
		out->previous_at = previous.at;
	}
	return E_OK;
}

static enum err read_files(struct ctx *c, int64_t entry_id, struct inbox_outgoing *out)
{
	struct list rows;

	TRY(attachment_rows(c, (struct ids){&entry_id, 1}, &rows));
	const struct attachment_rows_row *row = rows.v;
	out->files = NEWN(c->a, struct inbox_file, rows.n + 1);
	out->n_files = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		out->files[i] = (struct inbox_file){row[i].name, row[i].type, row[i].hash,
						    row[i].cid, row[i].size};
	return E_OK;
}

enum err inbox_outgoing(struct ctx *c, int64_t entry_id, struct inbox_outgoing *out)
{
	struct entry_get_row e;
	struct conversation_rows_row v;
	struct account_brief person = {0};
	size_t n;

	TRY(entry_get(c, entry_id, &e, 1, &n));
	if (n == 0 || str_eq(e.state, S("undone")))
		return fail(c, E_NOTFOUND, "inbox.entry_unknown", NULL);
	TRY(inbox_row(c, e.conversation_id, &v));
	if (e.person_id)
		TRY(account_brief(c, e.person_id, &person));
	*out = (struct inbox_outgoing){.entry_id = entry_id,
				       .conversation_id = v.id,
				       .inbox_id = v.inbox_id,
				       .at = e.at,
				       .text = e.text,
				       .subject = v.subject,
				       .language = v.language,
				       .external_id = e.external_id,
				       .state = e.state,
				       .to = e.recipients,
				       .cc = e.cc,
				       .person_name = person.name,
				       .signature = person.signature,
				       .automatic = e.automatic};
	TRY(read_references(c, &e, out));
	return read_files(c, entry_id, out);
}

enum err inbox_messages(struct ctx *c, int64_t conversation_id, int64_t after, size_t most,
			struct list *out)
{
	struct list rows, files;

	TRY(entry_after(c, conversation_id, after, (int64_t)most, &rows));
	const struct entry_after_row *row = rows.v;
	struct inbox_message *m = NEWN(c->a, struct inbox_message, rows.n + 1);
	struct ids ids = {NEWN(c->a, int64_t, rows.n + 1), rows.n};
	for (size_t i = 0; i < rows.n; i++)
		ids.v[i] = row[i].id;
	TRY(attachment_rows(c, ids, &files));
	const struct attachment_rows_row *f = files.v;
	for (size_t i = 0; i < rows.n; i++) {
		struct file_view *views = NEWN(c->a, struct file_view, files.n + 1);
		size_t k = 0;
		for (size_t j = 0; j < files.n; j++)
			if (f[j].entry_id == row[i].id)
				views[k++] = inbox_file_view(c, f[j].id, f[j].name, f[j].type,
							     f[j].size, f[j].width, f[j].height);
		m[i] = (struct inbox_message){.id = row[i].id,
					      .at = row[i].at,
					      .person_id = row[i].person_id,
					      .direction = row[i].direction,
					      .text = row[i].text,
					      .state = row[i].state,
					      .client_id = row[i].client_id,
					      .automatic = row[i].automatic,
					      .files = {views, k}};
	}
	*out = (struct list){m, rows.n};
	return E_OK;
}

enum err inbox_seen_by_us(struct ctx *c, int64_t conversation_id, int64_t *entry_id)
{
	struct mark_newest_row row;
	size_t n;

	TRY(mark_newest(c, conversation_id, &row, 1, &n));
	*entry_id = n ? row.entry_id : 0;
	return E_OK;
}
