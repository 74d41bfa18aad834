/* Conversations and threads as the console sees them: one indexed read, then lists by ids. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

/* ---- small things ---- */

static const char *const priorities[] = {"none", "low", "medium", "high", "urgent"};

static struct str priority_name(int64_t p)
{
	return str_of(priorities[p >= 0 && p <= 4 ? p : 0]);
}

static struct opt_int or_null(int64_t id)
{
	return id ? SOME_INT(id) : NULL_INT;
}

static struct opt_str text_or_null(struct str s)
{
	return s.n ? SOME_STR(s) : NULL_STR;
}

struct strs inbox_split(struct arena *a, struct str list)
{
	struct strs out = {NEWN(a, struct str, 52), 0};
	struct str one;

	if (!list.n)
		return out;
	while (out.n < 50 && str_cut(&list, ',', &one))
		if (str_trim(one).n)
			out.v[out.n++] = str_trim(one);
	return out;
}

struct str inbox_join(struct arena *a, const struct strs *list)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_z(&b, ", ");
		buf_add(&b, list->v[i]);
	}
	return buf_str(&b);
}

/* ---- files ---- */

static const struct field file_fields[] = {
    FIELD(struct file_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct file_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct file_view, type, F_TEXT, 0, 0, 0, "What its bytes say it is"),
    FIELD(struct file_view, size, F_INT, 0, 0, 0, "Bytes"),
    FIELD(struct file_view, width, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct file_view, height, F_INT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct file_view, url, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct file_view, cid, F_TEXT, 0, 0, 0, "Of a picture inside HTML, or empty"),
};
SHAPE(file_shape, "File", struct file_view, file_fields);

struct file_view inbox_file_view(struct ctx *c, int64_t id, struct str name, struct str type,
				 int64_t size, struct opt_int width, struct opt_int height)
{
	return (struct file_view){.id = id,
				  .name = name,
				  .type = type,
				  .size = size,
				  .width = width,
				  .height = height,
				  .url = str_fmt(c->a, "/api/v1/files/%lld", (long long)id)};
}

enum err inbox_files_of(struct ctx *c, struct str ids, struct list *out)
{
	struct strs words = inbox_split(c->a, ids);
	struct file_view *views = NEWN(c->a, struct file_view, words.n + 1);
	size_t k = 0;

	for (size_t i = 0; i < words.n; i++) {
		struct file_get_row f;
		int64_t id;
		size_t n;
		if (!str_int(words.v[i], &id))
			continue;
		TRY(file_get(c, id, &f, 1, &n));
		if (n)
			views[k++] =
			    inbox_file_view(c, f.id, f.name, f.type, f.size, f.width, f.height);
	}
	*out = (struct list){views, k};
	return E_OK;
}

/* ---- cards ---- */

struct card {
	int64_t id, inbox_id, last_at, message_count, version;
	struct str channel, subject, status, priority, snippet, last_direction;
	struct opt_int assignee_id, team_id, waiting_since, snoozed_until, due_at;
	struct opt_str language, mood;
	const void *customer;
	bool unread, has_failed;
	struct ids tag_ids;
};

#define CARD(st)                                                                                   \
	FIELD(st, id, F_INT, 0, 0, 0, NULL), FIELD(st, inbox_id, F_INT, 0, 0, 0, NULL),            \
	    FIELD(st, channel, F_TEXT, 0, 0, 0, NULL), FIELD(st, subject, F_TEXT, 0, 0, 0, NULL),  \
	    FIELD_ENUM(st, status, 0, "open|pending|snoozed|resolved|spam", NULL),                 \
	    FIELD_ENUM(st, priority, 0, "none|low|medium|high|urgent", NULL),                      \
	    FIELD(st, assignee_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),                             \
	    FIELD(st, team_id, F_INT, FIELD_NULLABLE, 0, 0, NULL),                                 \
	    FIELD(st, language, F_TEXT, FIELD_NULLABLE, 0, 0, "BCP 47"),                           \
	    FIELD(st, snippet, F_TEXT, 0, 0, 0, "Of the last message"),                            \
	    FIELD_ENUM(st, last_direction, 0, "in|out|note", NULL),                                \
	    FIELD(st, last_at, F_TIME, 0, 0, 0, NULL),                                             \
	    FIELD(st, waiting_since, F_TIME, FIELD_NULLABLE, 0, 0, NULL),                          \
	    FIELD(st, unread, F_BOOL, 0, 0, 0, "For me; false in live cards"),                     \
	    FIELD(st, tag_ids, F_IDS, 0, 0, 0, NULL),                                              \
	    FIELD(st, snoozed_until, F_TIME, FIELD_NULLABLE, 0, 0, NULL),                          \
	    FIELD(st, due_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),                                 \
	    FIELD(st, mood, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),                                   \
	    FIELD(st, has_failed, F_BOOL, 0, 0, 0, "A message could not be sent"),                 \
	    FIELD(st, message_count, F_INT, 0, 0, 0, NULL),                                        \
	    FIELD(st, version, F_INT, 0, 0, 0, NULL)

static const struct field card_fields[] = {
    CARD(struct card),
    FIELD_OBJ(struct card, customer, FIELD_REQUIRED, &customer_brief_shape, NULL),
};
SHAPE(card_shape, "Card", struct card, card_fields);

static void fill_card(struct card *k, const struct conversation_rows_row *v)
{
	*k = (struct card){.id = v->id,
			   .inbox_id = v->inbox_id,
			   .last_at = v->last_at,
			   .message_count = v->message_count,
			   .version = v->version,
			   .channel = v->channel,
			   .subject = v->subject,
			   .status = v->status,
			   .priority = priority_name(v->priority),
			   .snippet = v->snippet,
			   .last_direction = v->last_direction,
			   .assignee_id = or_null(v->assignee_id),
			   .team_id = or_null(v->team_id),
			   .waiting_since = v->waiting_since,
			   .snoozed_until = v->snoozed_until,
			   .due_at = v->due_at,
			   .language = text_or_null(v->language),
			   .mood = text_or_null(v->mood),
			   .has_failed = v->failed_count > 0};
}

/* What hangs on the rows: customers, tags, marks. */
struct around {
	struct list customers, tags, marks;
};

static enum err read_around(struct ctx *c, const struct conversation_rows_row *rows, size_t n,
			    struct around *out)
{
	struct ids ids = {NEWN(c->a, int64_t, n + 1), n},
		   customers = {NEWN(c->a, int64_t, n + 1), n};

	for (size_t i = 0; i < n; i++) {
		ids.v[i] = rows[i].id;
		customers.v[i] = rows[i].customer_id;
	}
	TRY(customer_brief_list(c, customers, &out->customers));
	TRY(tag_of_conversations(c, ids, &out->tags));
	return mark_rows(c, ids, c->actor.id, &out->marks);
}

static const void *customer_in(struct ctx *c, const struct around *ar, int64_t id)
{
	const struct customer_brief *b = ar->customers.v;

	for (size_t i = 0; i < ar->customers.n; i++)
		if (b[i].id == id)
			return &b[i];
	return NEW(c->a, struct customer_brief);
}

static struct ids tags_in(struct ctx *c, const struct around *ar, int64_t id)
{
	const struct tag_of_conversations_row *t = ar->tags.v;
	struct ids out = {NEWN(c->a, int64_t, ar->tags.n + 1), 0};

	for (size_t i = 0; i < ar->tags.n; i++)
		if (t[i].conversation_id == id)
			out.v[out.n++] = t[i].tag_id;
	return out;
}

static bool unread_in(const struct ctx *c, const struct around *ar,
		      const struct conversation_rows_row *v)
{
	const struct mark_rows_row *m = ar->marks.v;

	if (c->actor.kind != ACTOR_AGENT || v->last_in_id == 0)
		return false;
	for (size_t i = 0; i < ar->marks.n; i++)
		if (m[i].conversation_id == v->id)
			return m[i].entry_id < v->last_in_id;
	return true;
}

static const struct conversation_rows_row *row_of(const struct list *rows, int64_t id)
{
	const struct conversation_rows_row *r = rows->v;

	for (size_t i = 0; i < rows->n; i++)
		if (r[i].id == id)
			return &r[i];
	return NULL;
}

enum err inbox_cards(struct ctx *c, struct ids ids, struct list *out)
{
	struct list rows;
	struct around ar;
	struct card *cards = NEWN(c->a, struct card, ids.n + 1);
	size_t n = 0;

	TRY(conversation_rows(c, ids, &rows));
	TRY(read_around(c, rows.v, rows.n, &ar));
	for (size_t i = 0; i < ids.n; i++) {
		const struct conversation_rows_row *v = row_of(&rows, ids.v[i]);
		if (!v || !ctx_sees(c, v->inbox_id))
			continue;
		fill_card(&cards[n], v);
		cards[n].customer = customer_in(c, &ar, v->customer_id);
		cards[n].tag_ids = tags_in(c, &ar, v->id);
		cards[n].unread = unread_in(c, &ar, v);
		n++;
	}
	*out = (struct list){cards, n};
	return E_OK;
}

void inbox_cards_unread(struct list *cards, struct ids ids)
{
	struct card *k = cards->v;

	for (size_t i = 0; i < cards->n; i++)
		for (size_t j = 0; j < ids.n; j++)
			k[i].unread |= k[i].id == ids.v[j];
}

/* ---- drafts ---- */

static const struct field draft_fields[] = {
    FIELD(struct draft_view, kind, F_TEXT, 0, 0, 0, "reply or note"),
    FIELD(struct draft_view, text, F_TEXT, 0, 0, 0, NULL),
    FIELD_LIST(struct draft_view, attachments, 0, 0, &file_shape, NULL),
    FIELD(struct draft_view, to, F_TEXTS, 0, 0, 0, NULL),
    FIELD(struct draft_view, cc, F_TEXTS, 0, 0, 0, NULL),
    FIELD(struct draft_view, at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct draft_view, version, F_INT, 0, 0, 0, NULL),
};
SHAPE(draft_shape, "Draft", struct draft_view, draft_fields);

enum err inbox_draft(struct ctx *c, int64_t conversation_id, const void **out)
{
	struct draft_get_row row;
	struct draft_view *d = NEW(c->a, struct draft_view);
	size_t n;

	*out = NULL;
	TRY(draft_get(c, conversation_id, c->actor.id, &row, 1, &n));
	if (n == 0)
		return E_OK;
	*d = (struct draft_view){.kind = row.kind,
				 .text = row.text,
				 .to = inbox_split(c->a, row.recipients),
				 .cc = inbox_split(c->a, row.cc),
				 .at = row.at,
				 .version = row.version};
	*out = d;
	return inbox_files_of(c, row.file_ids, &d->attachments);
}

/* ---- a whole conversation ---- */

struct full {
	struct card card; /* first */
	int64_t created_at, seen_by_customer, last_in_id;
	struct opt_int first_reply_at, resolved_at;
	const void *customer, *draft;
	struct strs reply_to, reply_cc;
	bool can_reply, mentioned;
};
static const struct field full_fields[] = {
    CARD(struct card),
    FIELD_OBJ(struct full, customer, FIELD_REQUIRED, &customer_shape, NULL),
    FIELD(struct full, created_at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct full, first_reply_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct full, resolved_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct full, seen_by_customer, F_INT, 0, 0, 0,
	  "The newest entry of ours the customer has seen"),
    FIELD(struct full, last_in_id, F_INT, 0, 0, 0, "The customer's newest entry"),
    FIELD(struct full, reply_to, F_TEXTS, 0, 0, 0, "Whom an answer goes to"),
    FIELD(struct full, reply_cc, F_TEXTS, 0, 0, 0, "Who else got the last message: for reply-all"),
    FIELD(struct full, can_reply, F_BOOL, 0, 0, 0, NULL),
    FIELD(struct full, mentioned, F_BOOL, 0, 0, 0, "A note names me and I have not looked yet"),
    FIELD_OBJ(struct full, draft, 0, &draft_shape, "My own unfinished answer"),
};
SHAPE(conversation_shape, "Conversation", struct full, full_fields);

/* The mailbox itself, also with a token in its address: name+token@domain. */
static bool is_mailbox(struct str address, struct str us)
{
	ptrdiff_t plus = str_find_char(address, '+'), at = str_find_char(address, '@');
	ptrdiff_t end = str_find_char(us, '@');

	if (str_eq_nocase(address, us))
		return true;
	return plus > 0 && plus < at && plus == end &&
	       str_eq_nocase(str_slice(address, 0, (size_t)plus), str_slice(us, 0, (size_t)end)) &&
	       str_eq_nocase(str_slice(address, (size_t)at, address.n),
			     str_slice(us, (size_t)end, us.n));
}

/* "Name <address>" to the address: a name may hold a comma. */
static struct strs one_address(struct ctx *c, struct str sender)
{
	ptrdiff_t open = str_find_char(sender, '<'), close = str_find_char(sender, '>');
	struct strs out = {NEW(c->a, struct str), 1};

	out.v[0] = open >= 0 && close > open ? str_slice(sender, (size_t)open + 1, (size_t)close)
					     : str_trim(sender);
	return out;
}

/* Everybody of a mail but ourselves. */
static struct strs others(struct ctx *c, struct str a, struct str b, struct str us)
{
	struct strs out = {NEWN(c->a, struct str, 102), 0},
		    lists[] = {inbox_split(c->a, a), inbox_split(c->a, b)};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l].n; i++)
			if (!is_mailbox(lists[l].v[i], us) && out.n < 50)
				out.v[out.n++] = lists[l].v[i];
	return out;
}

static enum err fill_reply(struct ctx *c, struct full *f)
{
	struct entry_last_in_row last;
	struct inbox_link link;
	const struct customer_view *who = f->customer;
	size_t n;

	f->can_reply = ctx_may(c, P_CONVERSATION_REPLY);
	if (!str_eq(f->card.channel, S("email")))
		return E_OK;
	TRY(inbox_link_of(c, f->card.inbox_id, &link));
	TRY(entry_last_in(c, f->card.id, &last, 1, &n));
	if (n) {
		f->reply_to = one_address(c, last.sender);
		f->reply_cc = others(c, last.recipients, last.cc, link.address);
	} else if (who->email.n) {
		f->reply_to = inbox_split(c->a, who->email);
	}
	return E_OK;
}

enum err inbox_full(struct ctx *c, int64_t id, void **out)
{
	struct conversation_rows_row v;
	struct around ar;
	struct full *f = NEW(c->a, struct full);
	struct customer_view *who = NEW(c->a, struct customer_view);

	TRY(inbox_row(c, id, &v));
	TRY(read_around(c, &v, 1, &ar));
	fill_card(&f->card, &v);
	f->card.tag_ids = tags_in(c, &ar, id);
	f->card.unread = unread_in(c, &ar, &v);
	f->created_at = v.created_at;
	f->first_reply_at = v.first_reply_at;
	f->resolved_at = v.resolved_at;
	f->seen_by_customer = v.seen_by_customer;
	f->last_in_id = v.last_in_id;
	TRY(customer_view(c, v.customer_id, who));
	f->customer = who;
	TRY(inbox_draft(c, id, &f->draft));
	TRY(inbox_mentioned_here(c, id, &f->mentioned));
	TRY(fill_reply(c, f));
	*out = f;
	return E_OK;
}

/* ---- entries ---- */

struct entry_view {
	int64_t id, conversation_id, at, version;
	struct str kind, text, state, subject, client_id;
	struct opt_str direction, person_name, language, state_key, state_arg, from, quoted;
	struct opt_int person_id, customer_id, send_at;
	struct strs to, cc;
	bool html, automatic, has_raw;
	struct list attachments, mentions;
	struct opt_str event;
};
#define F(m, ty, tx) FIELD(struct entry_view, m, ty, 0, 0, 0, tx)
#define N(m, ty, tx) FIELD(struct entry_view, m, ty, FIELD_NULLABLE, 0, 0, tx)
static const struct field entry_fields[] = {
    F(id, F_INT, NULL),
    F(conversation_id, F_INT, NULL),
    FIELD_ENUM(struct entry_view, kind, 0, "message|note|event", NULL),
    F(at, F_TIME, NULL),
    F(version, F_INT, NULL),
    N(direction, F_TEXT, "in or out"),
    N(person_id, F_INT, NULL),
    N(person_name, F_TEXT, NULL),
    N(customer_id, F_INT, NULL),
    F(text, F_TEXT, "Without what it quotes"),
    N(quoted, F_TEXT, "The folded rest of a mail"),
    F(html, F_BOOL, "There is HTML to show, at .../html"),
    N(language, F_TEXT, NULL),
    FIELD_ENUM(struct entry_view, state, 0,
	       "received|held|queued|sending|sent|delivered|read|failed|unknown|bounced|undone",
	       NULL),
    N(state_key, F_TEXT, "i18n key of what went wrong"),
    N(state_arg, F_TEXT, NULL),
    N(send_at, F_TIME, "Held until then"),
    N(from, F_TEXT, NULL),
    F(to, F_TEXTS, NULL),
    F(cc, F_TEXTS, NULL),
    F(subject, F_TEXT, NULL),
    F(client_id, F_TEXT, "The sender's own id"),
    FIELD_LIST(struct entry_view, attachments, 0, 0, &file_shape, NULL),
    FIELD_LIST(struct entry_view, mentions, 0, 0, &mention_shape, "Whom a note names"),
    F(automatic, F_BOOL, NULL),
    F(has_raw, F_BOOL, "Its source is kept, at .../raw"),
    N(event, F_JSON, "{kind, from, to} of an event"),
};
#undef F
#undef N
SHAPE(entry_shape, "Entry", struct entry_view, entry_fields);

static enum err name_of(struct ctx *c, int64_t person_id, struct opt_str *out)
{
	struct account_brief b;

	*out = NULL_STR;
	if (!person_id)
		return E_OK;
	enum err e = account_brief(c, person_id, &b);
	if (e == E_OK)
		*out = SOME_STR(b.name);
	return e == E_NOTFOUND ? E_OK : e;
}

static enum err fill_entry(struct ctx *c, const struct entry_page_row *e, const struct list *files,
			   struct entry_view *out)
{
	const struct attachment_rows_row *f = files->v;
	struct file_view *views = NEWN(c->a, struct file_view, files->n + 1);
	size_t k = 0;

	for (size_t i = 0; i < files->n; i++) {
		if (f[i].entry_id != e->id)
			continue;
		views[k] = inbox_file_view(c, f[i].id, f[i].name, f[i].type, f[i].size, f[i].width,
					   f[i].height);
		views[k++].cid = f[i].cid;
	}
	*out = (struct entry_view){.id = e->id,
				   .conversation_id = e->conversation_id,
				   .at = e->at,
				   .version = e->version,
				   .kind = e->kind,
				   .text = e->text,
				   .quoted = text_or_null(e->quoted),
				   .state = e->state,
				   .subject = e->subject,
				   .client_id = e->client_id,
				   .direction = text_or_null(e->direction),
				   .language = text_or_null(e->language),
				   .state_key = text_or_null(e->state_key),
				   .state_arg = text_or_null(e->state_arg),
				   .from = text_or_null(e->sender),
				   .person_id = or_null(e->person_id),
				   .customer_id = or_null(e->customer_id),
				   .send_at = e->send_at,
				   .to = inbox_split(c->a, e->recipients),
				   .cc = inbox_split(c->a, e->cc),
				   .html = e->html,
				   .automatic = e->automatic,
				   .has_raw = e->raw_hash.n > 0,
				   .attachments = {views, k},
				   .event = text_or_null(e->event)};
	return name_of(c, e->person_id, &out->person_name);
}

enum err inbox_thread(struct ctx *c, int64_t conversation_id, int64_t before, size_t most,
		      struct list *out, int64_t *first)
{
	struct list rows, files, mentions;

	TRY(entry_page(c, conversation_id, before, (int64_t)most, &rows));
	const struct entry_page_row *row = rows.v;
	struct ids ids = {NEWN(c->a, int64_t, rows.n + 1), 0},
		   notes = {NEWN(c->a, int64_t, rows.n + 1), 0};
	struct entry_view *views = NEWN(c->a, struct entry_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		if (row[i].file_count)
			ids.v[ids.n++] = row[i].id;
		if (str_eq(row[i].kind, S("note")))
			notes.v[notes.n++] = row[i].id;
	}
	TRY(attachment_rows(c, ids, &files));
	TRY(inbox_mentions_of(c, notes, &mentions));
	for (size_t i = 0; i < rows.n; i++) {
		TRY(fill_entry(c, &row[rows.n - 1 - i], &files, &views[i]));
		views[i].mentions = inbox_mentions_in(&mentions, views[i].id);
	}
	*out = (struct list){views, rows.n};
	*first = rows.n == most ? row[rows.n - 1].id : 0;
	return E_OK;
}

enum err inbox_entry(struct ctx *c, int64_t id, void **out)
{
	struct entry_get_row e;
	struct list one;
	int64_t first;
	size_t n;

	TRY(entry_get(c, id, &e, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.entry_unknown", NULL);
	TRY(inbox_thread(c, e.conversation_id, id + 1, 1, &one, &first));
	*out = one.v;
	return E_OK;
}

/* ---- live ---- */

static enum err render_card(struct ctx *c, int64_t id, struct buf *out)
{
	struct list cards;

	TRY(inbox_cards(c, (struct ids){&id, 1}, &cards));
	if (cards.n == 0)
		return E_NOTFOUND;
	buf_z(out, "\"card\":");
	json_write(out, &card_shape, cards.v);
	return E_OK;
}

const struct live_source inbox_live_sources[] = {{LIVE_LIST, render_card}, {0}};
