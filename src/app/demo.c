/* The demo company, out of the JSON files that the program carries; demo/README.md says what is in
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo.h"
#include "app/assets.h"
#include "app/demo.schema.h"
#include "app/demo.sql.h"
#include "app/demo_shapes.h"
#include "base/crypto.h"
#include "core/blob.h"
#include "core/settings.h"
#include "modules/account/account.h"
#include "modules/account/account.sql.h"
#include "modules/customer/customer.h"
#include "modules/customer/customer.sql.h"
#include "modules/inbox/inbox.h"
#include "modules/inbox/inbox.sql.h"
#include "modules/inbox/inbox_mention.sql.h"
#include "modules/webchat/webchat.h"

enum { KEYS_MAX = 2048 };

/* Which row a file's key became. */
struct key {
	struct str kind, key;
	int64_t id;
};

struct kept {
	struct str file, hash, type;
	int64_t size, width, height;
};

struct loader {
	struct desk *desk;
	struct arena *a; /* the parsed files, longer than one attempt */
	struct ctx *c;
	struct demo_files f;
	struct str password_hash;
	struct kept *files;
	size_t n_files;
	struct key *keys;
	size_t n_keys;
	const char *problem;
};

/* ---- keys ---- */

static enum err put_key(struct loader *l, const char *kind, struct str key, int64_t id)
{
	if (l->n_keys < KEYS_MAX)
		l->keys[l->n_keys++] = (struct key){str_of(kind), key, id};
	return demo_mark(l->c, str_of(kind), id);
}

static int64_t id_of(const struct loader *l, const char *kind, struct str key)
{
	for (size_t i = 0; i < l->n_keys; i++)
		if (str_eq(l->keys[i].key, key) && str_eq(l->keys[i].kind, str_of(kind)))
			return l->keys[i].id;
	return 0;
}

static int64_t minutes_ago(const struct loader *l, int64_t minutes)
{
	return l->c->now - minutes * MINUTE_MS;
}

/* ---- people, inboxes, tags, canned replies, macros ---- */

static enum err load_people(struct loader *l)
{
	struct ctx *c = l->c;
	const struct demo_person *p = l->f.people.v;

	for (size_t i = 0; i < l->f.people.n; i++) {
		struct buf languages = BUF(c->a);
		int64_t id;
		buf_z(&languages, "{\"languages\":");
		json_write_all(&languages, &demo_language_shape, p[i].languages.v,
			       p[i].languages.n);
		buf_char(&languages, '}');
		TRY(account_add(c,
				&(struct account_new){.name = p[i].name,
						      .email = p[i].email,
						      .password_hash = l->password_hash,
						      .role = p[i].role,
						      .locale = p[i].locale,
						      .zone = p[i].zone,
						      .languages = buf_str(&languages),
						      .all_inboxes = p[i].all_inboxes},
				&id));
		TRY(put_key(l, "person", p[i].key, id));
		TRY(demo_person_finish(c, id, p[i].signature, p[i].presence));
		for (size_t t = 0; t < p[i].teams.n; t++)
			TRY(account_team_join(c, id_of(l, "team", p[i].teams.v[t]), id));
		for (size_t t = 0; t < p[i].inboxes.n; t++)
			TRY(person_inbox_add(c, id, id_of(l, "inbox", p[i].inboxes.v[t])));
	}
	return E_OK;
}

static enum err load_teams(struct loader *l)
{
	const struct demo_team *t = l->f.teams.v;
	int64_t id;

	for (size_t i = 0; i < l->f.teams.n; i++) {
		TRY(account_team_add(l->c, t[i].name, t[i].description, &id));
		TRY(put_key(l, "team", t[i].key, id));
	}
	return E_OK;
}

/* The demo company has no live mail server: its mailboxes are switched off. */
static enum err load_inboxes(struct loader *l)
{
	const struct demo_inbox *in = l->f.inboxes.v;
	struct ctx *c = l->c;
	int64_t id;

	for (size_t i = 0; i < l->f.inboxes.n; i++) {
		bool chat = str_eq(in[i].channel, S("chat"));
		struct str settings =
		    chat ? str_fmt(c->a, "{\"greeting\":%.*s}",
				   STR(in[i].greeting.n ? in[i].greeting : S("{}")))
			 : str_fmt(c->a,
				   "{\"address\":\"%.*s\",\"imap_host\":\"mail.example\",\"smtp_"
				   "host\":\"mail.example\"}",
				   STR(in[i].address));
		struct inbox_update_row up;
		size_t n;
		TRY(inbox_add(c,
			      &(struct inbox_new){.name = in[i].name,
						  .channel = in[i].channel,
						  .address = in[i].address,
						  .key = in[i].public_key,
						  .color = in[i].color,
						  .language = in[i].language,
						  .settings = settings},
			      &id));
		TRY(put_key(l, "inbox", in[i].key, id));
		if (!chat)
			TRY(inbox_update(c,
					 &(struct inbox_update_in){
					     .id = id, .version = 1, .active = SOME_BOOL(false)},
					 &up, 1, &n));
	}
	return E_OK;
}

static enum err load_macros(struct loader *l)
{
	const struct demo_macro *m = l->f.macros.v;

	for (size_t i = 0; i < l->f.macros.n; i++) {
		int64_t id, canned = id_of(l, "canned", m[i].canned),
			    team = id_of(l, "team", m[i].team);
		struct inbox_macro add = {.name = m[i].name,
					  .status = m[i].status,
					  .priority = m[i].priority,
					  .assignee = m[i].assignee,
					  .snooze_hours = m[i].snooze_hours,
					  .tag_ids = {NEWN(l->c->a, int64_t, m[i].tags.n + 1), 0}};
		if (canned)
			add.canned_id = SOME_INT(canned);
		if (team)
			add.team_id = SOME_INT(team);
		for (size_t k = 0; k < m[i].tags.n; k++)
			add.tag_ids.v[add.tag_ids.n++] = id_of(l, "tag", m[i].tags.v[k]);
		TRY(inbox_add_macro(l->c, &add, &id));
		TRY(put_key(l, "macro", m[i].key, id));
	}
	return E_OK;
}

static enum err load_library(struct loader *l)
{
	const struct demo_tag *t = l->f.tags.v;
	const struct demo_canned *k = l->f.canned.v;
	int64_t id;

	for (size_t i = 0; i < l->f.tags.n; i++) {
		TRY(inbox_add_tag(l->c, t[i].name, t[i].color, &id));
		TRY(put_key(l, "tag", t[i].key, id));
	}
	for (size_t i = 0; i < l->f.canned.n; i++) {
		const struct demo_text *text = k[i].texts.v;
		TRY(inbox_add_canned(l->c, k[i].shortcut, k[i].title, k[i].folder, &id));
		TRY(put_key(l, "canned", k[i].key, id));
		for (size_t j = 0; j < k[i].texts.n; j++)
			TRY(inbox_add_canned_text(l->c, id, text[j].language, text[j].text));
		for (size_t j = 0; j < k[i].teams.n; j++)
			TRY(canned_team_put(l->c, id, id_of(l, "team", k[i].teams.v[j])));
	}
	return load_macros(l);
}

/* ---- customers ---- */

static enum err load_notes(struct loader *l, const struct demo_customer *d, int64_t id)
{
	const struct demo_note *note = d->notes.v;

	for (size_t i = 0; i < d->notes.n; i++) {
		struct note_insert_row row;
		size_t n;
		TRY(note_insert(l->c,
				&(struct note_insert_in){id, id_of(l, "person", note[i].person),
							 note[i].text, minutes_ago(l, note[i].at)},
				&row, 1, &n));
	}
	return E_OK;
}

/* When a customer wrote last, in minutes before now; nothing when never. */
static struct opt_int last_word_of(const struct loader *l, struct str customer)
{
	const struct demo_conversation *d = l->f.conversations.v;
	struct opt_int found = NULL_INT;

	for (size_t i = 0; i < l->f.conversations.n; i++) {
		const struct demo_entry *e = d[i].entries.v;
		if (!str_eq(d[i].customer, customer))
			continue;
		for (size_t j = 0; j < d[i].entries.n; j++)
			if (str_eq(e[j].direction, S("in")) &&
			    (found.is != GIVEN || e[j].at < found.v))
				found = SOME_INT(e[j].at);
	}
	return found;
}

static enum err load_customers(struct loader *l)
{
	const struct demo_customer *d = l->f.customers.v;
	struct ctx *c = l->c;

	for (size_t i = 0; i < l->f.customers.n; i++) {
		struct customer_known k = {
		    .kind = d[i].email.n ? S("email") : S("visitor"),
		    .value = d[i].email.n ? d[i].email : str_fmt(c->a, "demo:%.*s", STR(d[i].key)),
		    .verified = true,
		    .name = d[i].name,
		    .country = d[i].country,
		    .language = d[i].language,
		    .zone = d[i].zone};
		struct opt_int seen = last_word_of(l, d[i].key);
		int64_t id;
		bool blocked;
		TRY(customer_resolve(c, &k, &id, &blocked));
		TRY(put_key(l, "customer", d[i].key, id));
		TRY(load_notes(l, &d[i], id));
		TRY(demo_customer_finish(
		    c, &(struct demo_customer_finish_in){
			   .id = id,
			   .created_at = minutes_ago(l, d[i].created),
			   .last_seen_at =
			       seen.is == GIVEN ? SOME_INT(minutes_ago(l, seen.v)) : NULL_INT,
			   .blocked = d[i].blocked}));
	}
	return E_OK;
}

/* ---- conversations ---- */

/* What is known of a conversation after its entries. */
struct course {
	struct str snippet, last_direction;
	int64_t last_at, last_in_id, messages, newest;
	struct opt_int first_reply_at, resolved_at;
};

static const struct kept *kept_of(const struct loader *l, struct str file)
{
	for (size_t i = 0; i < l->n_files; i++)
		if (str_eq(l->files[i].file, file))
			return &l->files[i];
	return NULL;
}

static enum err load_attachments(struct loader *l, const struct demo_entry *e, int64_t entry_id,
				 int64_t inbox_id)
{
	const struct demo_attachment *at = e->attachments.v;

	for (size_t i = 0; i < e->attachments.n; i++) {
		const struct kept *k = kept_of(l, at[i].file);
		struct file_insert_row row;
		size_t n;
		if (!k)
			continue;
		TRY(file_insert(
		    l->c,
		    &(struct file_insert_in){.hash = k->hash,
					     .name = at[i].name,
					     .type = k->type,
					     .size = k->size,
					     .width = k->width ? SOME_INT(k->width) : NULL_INT,
					     .height = k->height ? SOME_INT(k->height) : NULL_INT,
					     .actor_kind = ACTOR_SYSTEM,
					     .inbox_id = inbox_id,
					     .at = l->c->now},
		    &row, 1, &n));
		TRY(attachment_add(
		    l->c, &(struct attachment_add_in){entry_id, (int64_t)i, row.id, S("")}));
	}
	return E_OK;
}

/* An event's keys become ids, its codes stay. */
static struct str event_value(const struct loader *l, struct str event, struct str value)
{
	const char *kind = str_eq(event, S("assigned")) ? "person"
			   : str_eq(event, S("team"))   ? "team"
			   : str_eq(event, S("tagged")) ? "tag"
							: NULL;

	return kind && value.n ? str_fmt(l->c->a, "%lld", (long long)id_of(l, kind, value)) : value;
}

static struct str event_json(const struct loader *l, const struct demo_entry *e)
{
	struct buf b = BUF(l->c->a);

	if (!str_eq(e->kind, S("event")))
		return S("");
	buf_z(&b, "{\"kind\":");
	buf_json(&b, e->event);
	buf_z(&b, ",\"from\":");
	buf_json(&b, event_value(l, e->event, e->from));
	buf_z(&b, ",\"to\":");
	buf_json(&b, event_value(l, e->event, e->to));
	buf_char(&b, '}');
	return buf_str(&b);
}

static enum err index_entry(struct loader *l, const struct conversation_rows_row *v, int64_t id,
			    int64_t at, struct str text)
{
	return search_put(l->c->db, l->c->a,
			  &(struct search_doc){.kind = SEARCH_MESSAGE,
					       .id = id,
					       .conversation_id = v->id,
					       .inbox_id = v->inbox_id,
					       .customer_id = v->customer_id,
					       .at = at,
					       .text = text});
}

static void follow(struct course *k, const struct demo_entry *e, int64_t id, int64_t at)
{
	bool in = str_eq(e->direction, S("in")), note = str_eq(e->kind, S("note"));

	k->newest = id;
	if (str_eq(e->kind, S("event"))) {
		if (str_eq(e->event, S("status")) && str_eq(e->to, S("resolved")))
			k->resolved_at = SOME_INT(at);
		return;
	}
	k->snippet = str_clip(e->text, 200);
	k->last_direction = note ? S("note") : in ? S("in") : S("out");
	k->last_at = at;
	if (note)
		return;
	k->messages++;
	if (in)
		k->last_in_id = id;
	else if (k->first_reply_at.is != GIVEN)
		k->first_reply_at = SOME_INT(at);
}

/* What is a day old has been seen. */
static enum err load_mentions(struct loader *l, const struct conversation_rows_row *v,
			      const struct demo_entry *e, int64_t id)
{
	int64_t at = minutes_ago(l, e->at);
	struct mention_put_row put;
	size_t n;

	for (size_t i = 0; i < e->mentions.n; i++)
		TRY(mention_put(l->c,
				&(struct mention_put_in){
				    id, id_of(l, "person", e->mentions.v[i]), v->id, v->inbox_id,
				    at,
				    l->c->now - at > DAY_MS ? SOME_INT(at + MINUTE_MS) : NULL_INT},
				&put, 1, &n));
	return E_OK;
}

static enum err load_entry(struct loader *l, const struct conversation_rows_row *v,
			   const struct demo_entry *e, struct str sender, struct str address,
			   struct course *k)
{
	bool in = str_eq(e->direction, S("in")), message = str_eq(e->kind, S("message"));
	bool mail = message && str_eq(v->channel, S("email"));
	int64_t at = minutes_ago(l, e->at);
	struct entry_insert_row row;
	size_t n;

	TRY(entry_insert(l->c,
			 &(struct entry_insert_in){.conversation_id = v->id,
						   .inbox_id = v->inbox_id,
						   .kind = e->kind,
						   .at = at,
						   .direction = e->direction,
						   .person_id = id_of(l, "person", e->person),
						   .customer_id = in ? v->customer_id : 0,
						   .text = e->text,
						   .language = in ? v->language : S(""),
						   .state = !message || in ? S("received")
							    : mail         ? S("sent")
									   : S("read"),
						   .sender = !mail ? S("")
							     : in  ? sender
								   : address,
						   .recipients = !mail ? S("")
								 : in  ? address
								       : sender,
						   .subject = mail ? v->subject : S(""),
						   .event = event_json(l, e),
						   .file_count = (int64_t)e->attachments.n},
			 &row, 1, &n));
	TRY(load_attachments(l, e, row.id, v->inbox_id));
	TRY(load_mentions(l, v, e, row.id));
	if (e->text.n)
		TRY(index_entry(l, v, row.id, at, e->text));
	follow(k, e, row.id, at);
	return E_OK;
}

static enum err add_conversation(struct loader *l, const struct demo_conversation *d,
				 struct conversation_rows_row *v)
{
	struct ctx *c = l->c;
	struct inbox_link link;
	struct conversation_insert_row row;
	int64_t visitor = 0;
	size_t n;

	v->inbox_id = id_of(l, "inbox", d->inbox);
	v->customer_id = id_of(l, "customer", d->customer);
	v->subject = d->subject;
	v->language = d->language;
	TRY(inbox_link_of(c, v->inbox_id, &link));
	v->channel = str_of(link.channel->name);
	if (str_eq(v->channel, S("chat")))
		TRY(webchat_add_visitor(c, v->inbox_id,
					str_fmt(c->a, "demo-visitor-%.*s", STR(d->key)),
					v->customer_id, d->language, &visitor));
	TRY(conversation_insert(c,
				&(struct conversation_insert_in){.inbox_id = v->inbox_id,
								 .channel = v->channel,
								 .customer_id = v->customer_id,
								 .visitor_id = visitor,
								 .subject = d->subject,
								 .status = S("open"),
								 .language = d->language,
								 .at = minutes_ago(l, d->created)},
				&row, 1, &n));
	v->id = row.id;
	TRY(customer_counted(c, v->customer_id));
	return search_put(c->db, c->a,
			  &(struct search_doc){.kind = SEARCH_CONVERSATION,
					       .id = v->id,
					       .conversation_id = v->id,
					       .inbox_id = v->inbox_id,
					       .customer_id = v->customer_id,
					       .at = c->now,
					       .text = d->subject});
}

static int64_t priority_of(struct str name)
{
	static const char *const names[] = {"none", "low", "medium", "high", "urgent"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_eq(str_of(names[i]), name))
			return (int64_t)i;
	return 0;
}

static enum err finish_conversation(struct loader *l, const struct demo_conversation *d, int64_t id,
				    const struct course *k)
{
	bool snoozed = str_eq(d->status, S("snoozed"));
	struct tag_put_row put;
	size_t n;

	for (size_t i = 0; i < d->tags.n; i++)
		TRY(tag_put(l->c, id, id_of(l, "tag", d->tags.v[i]), &put, 1, &n));
	if (!d->unread && k->last_in_id)
		TRY(demo_read_by_all(l->c, id, k->last_in_id));
	return demo_conversation_finish(
	    l->c,
	    &(struct demo_conversation_finish_in){
		.id = id,
		.status = d->status,
		.priority = priority_of(d->priority),
		.assignee_id = id_of(l, "person", d->assignee),
		.team_id = id_of(l, "team", d->team),
		.snippet = k->snippet,
		.last_direction = k->last_direction,
		.last_at = k->last_at,
		.last_in_id = k->last_in_id,
		.waiting_since =
		    d->waiting.is == GIVEN ? SOME_INT(minutes_ago(l, d->waiting.v)) : NULL_INT,
		.snoozed_until = snoozed ? SOME_INT(minutes_ago(l, -d->snoozed_for)) : NULL_INT,
		.first_reply_at = k->first_reply_at.is == GIVEN ? k->first_reply_at : NULL_INT,
		.resolved_at = str_eq(d->status, S("resolved")) ? SOME_INT(k->last_at) : NULL_INT,
		.message_count = k->messages,
		.created_at = minutes_ago(l, d->created)});
}

static const struct demo_customer *customer_of(const struct loader *l, struct str key)
{
	const struct demo_customer *d = l->f.customers.v;

	for (size_t i = 0; i < l->f.customers.n; i++)
		if (str_eq(d[i].key, key))
			return &d[i];
	return NULL;
}

static enum err load_conversations(struct loader *l)
{
	const struct demo_conversation *d = l->f.conversations.v;

	for (size_t i = 0; i < l->f.conversations.n; i++) {
		struct conversation_rows_row v = {0};
		struct course k = {0};
		struct inbox_link link;
		const struct demo_entry *e = d[i].entries.v;
		const struct demo_customer *who = customer_of(l, d[i].customer);
		TRY(add_conversation(l, &d[i], &v));
		TRY(inbox_link_of(l->c, v.inbox_id, &link));
		struct str sender =
		    who ? str_fmt(l->c->a, "%.*s <%.*s>", STR(who->name), STR(who->email)) : S("");
		k.last_at = minutes_ago(l, d[i].created);
		k.last_direction = S("in");
		for (size_t j = 0; j < d[i].entries.n; j++)
			TRY(load_entry(l, &v, &e[j], sender, link.address, &k));
		TRY(finish_conversation(l, &d[i], v.id, &k));
		if (str_eq(d[i].status, S("snoozed")))
			TRY(job_add(l->c,
				    &(struct job){.kind = S("wake"),
						  .subject = v.id,
						  .inbox_id = v.inbox_id,
						  .conversation_id = v.id,
						  .run_at = minutes_ago(l, -d[i].snoozed_for)},
				    NULL));
	}
	return E_OK;
}

/* ---- all of it ---- */

static enum err load_all(struct ctx *c, void *arg)
{
	struct loader *l = arg;
	struct demo_any_row any;
	size_t n;

	l->c = c;
	l->n_keys = 0;
	TRY(demo_any(c, &any, 1, &n));
	if (any.n) {
		l->problem = "the demo company is here already";
		return E_CONFLICT;
	}
	TRY(account_seed(c));
	TRY(load_teams(l));
	TRY(load_inboxes(l));
	TRY(load_people(l));
	TRY(load_library(l));
	TRY(load_customers(l));
	TRY(load_conversations(l));
	return settings_put(c, &account_module, "demo", S("true"));
}

static enum err read_part(struct loader *l, const char *name, const struct shape *shape)
{
	const struct asset *a = asset_find(str_fmt(l->a, "demo/%s.json", name));
	struct json_why why = {0};

	if (a && json_read(l->a, asset_text(a), shape, &l->f, &why) == E_OK)
		return E_OK;
	l->problem = str_fmt(l->a, "the program's demo/%s.json cannot be read: %s %s", name,
			     why.key ? why.key : "it is not there", why.arg ? why.arg : "")
			 .p;
	return E_INVALID;
}

/* Attachments go to the blob store before the transaction. */
static enum err keep_files(struct loader *l)
{
	struct str prefix = S("demo/files/");

	for (const struct asset *a = assets; a->address; a++) {
		struct str name = str_of(a->address);
		if (!str_starts(name, prefix))
			continue;
		struct kept *k = &l->files[l->n_files++];
		struct str bytes = asset_text(a);
		k->file = str_slice(name, prefix.n, name.n);
		k->size = (int64_t)bytes.n;
		k->type = blob_sniff(bytes, S(""));
		if (!blob_image_size(bytes, &k->width, &k->height))
			k->width = k->height = 0;
		TRY(blob_put(l->desk->blobs, l->a, bytes, &k->hash));
		if (l->n_files == 100)
			break;
	}
	return E_OK;
}

enum err demo_load(struct desk *d, const char **why)
{
	struct loader l = {.desk = d, .a = d->a};
	enum err e = E_OK;

	l.keys = NEWN(d->a, struct key, KEYS_MAX);
	l.files = NEWN(d->a, struct kept, 101);
	for (size_t i = 0; demo_parts[i].name && e == E_OK; i++)
		e = read_part(&l, demo_parts[i].name, demo_parts[i].shape);
	if (e == E_OK) {
		l.password_hash = crypto_password_hash(d->a, l.f.password);
		e = keep_files(&l);
	}
	if (e == E_OK)
		e = desk_write(d, load_all, &l);
	if (e != E_OK)
		*why = l.problem ? l.problem : err_text(e);
	return e;
}

/* ---- taking it away ---- */

static enum err drop_search(struct ctx *c)
{
	struct list rows;

	TRY(demo_search_ids(c, &rows));
	const struct demo_search_ids_row *row = rows.v;
	for (size_t i = 0; i < rows.n; i++)
		TRY(search_remove(c->db, (enum search_kind)row[i].kind, row[i].id));
	return E_OK;
}

static enum err remove_all(struct ctx *c, void *arg)
{
	const char **why = arg;
	struct demo_other_administrators_row other;
	size_t n;

	TRY(demo_other_administrators(c, &other, 1, &n));
	if (other.n == 0) {
		*why = "nobody else could administer the desk: make an administrator of your own "
		       "first (aftersail user --role administrator)";
		return E_CONFLICT;
	}
	static enum err (*const steps[])(struct ctx *) = {
	    drop_search,        demo_customers_of_inboxes, demo_drop_attachments,
	    demo_drop_html,     demo_drop_entries,         demo_drop_files,
	    demo_drop_jobs,     demo_drop_events,          demo_drop_inbound,
	    demo_drop_visitors, demo_drop_conversations,   demo_drop_customers,
	    demo_drop_macros,   demo_drop_canned,          demo_drop_tags,
	    demo_drop_cursors,  demo_drop_person_inbox,    demo_drop_scope,
	    demo_drop_inboxes,  demo_drop_teams,           demo_drop_sessions,
	    demo_free_assigned, demo_drop_people,          demo_drop_marks,
	};
	for (size_t i = 0; i < COUNT(steps); i++)
		TRY(steps[i](c));
	return settings_put(c, &account_module, "demo", S("false"));
}

enum err demo_remove(struct desk *d, const char **why)
{
	enum err e = desk_write(d, remove_all, why);

	return e;
}

const struct module demo_module = {
    .name = "demo",
    .schema = demo_schema,
    .queries = demo_queries,
};
