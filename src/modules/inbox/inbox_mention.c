/* Mentions: who was named in a note, kept until they have opened the conversation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/account/account.h"
#include "modules/inbox/inbox_mention.sql.h"
#include "modules/inbox/inbox_rules.h"

enum { PAGE = 25 };

enum err inbox_check_mentions(struct ctx *c, struct str kind, struct ids people, int64_t inbox_id)
{
	if (people.n && !str_eq(kind, S("note")))
		return fail(c, E_INVALID, "inbox.mention_in_note", NULL);
	for (size_t i = 0; i < people.n; i++) {
		bool sees;
		TRY(account_can_take(c, people.v[i], inbox_id, &sees));
		if (!sees)
			return fail(c, E_INVALID, "inbox.mention_blind", NULL);
	}
	return E_OK;
}

static void tell(struct ctx *c, int64_t person_id, int64_t inbox_id, int64_t conversation_id,
		 int64_t entry_id)
{
	ctx_live(c,
		 (struct live){.topic = LIVE_ME,
			       .id = person_id,
			       .inbox_id = inbox_id,
			       .kind = S("mention"),
			       .data = str_fmt(c->a, "\"conversation_id\":%lld,\"entry_id\":%lld",
					       (long long)conversation_id, (long long)entry_id)});
}

enum err inbox_mention(struct ctx *c, int64_t entry_id, struct ids people)
{
	struct entry_get_row e;
	struct conversation_rows_row v;
	struct buf told = BUF(c->a);
	size_t n;

	if (!people.n)
		return E_OK;
	TRY(entry_get(c, entry_id, &e, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.entry_unknown", NULL);
	TRY(inbox_row(c, e.conversation_id, &v));
	for (size_t i = 0; i < people.n; i++) {
		struct mention_put_row put;
		int64_t who = people.v[i];
		/* Whoever names himself knows it already. */
		bool self = who == e.person_id;
		TRY(mention_put(c,
				&(struct mention_put_in){entry_id, who, v.id, v.inbox_id, e.at,
							 self ? SOME_INT(e.at) : NULL_INT},
				&put, 1, &n));
		if (n == 0 || self)
			continue;
		tell(c, who, v.inbox_id, v.id, entry_id);
		buf_fmt(&told, "%s%lld", told.n ? "," : "", (long long)who);
	}
	if (!told.n)
		return E_OK;
	return inbox_event(c, &v, EV_MENTIONED,
			   str_fmt(c->a, "{\"entry\":%lld,\"people\":[%.*s]}", (long long)entry_id,
				   STR(buf_str(&told))));
}

enum err inbox_mentions_seen(struct ctx *c, int64_t conversation_id, int64_t up_to)
{
	return mention_seen(c,
			    &(struct mention_seen_in){conversation_id, c->actor.id, up_to, c->now});
}

enum err inbox_mentions_unseen(struct ctx *c, int64_t *n)
{
	struct mention_unseen_row row;
	size_t got;

	TRY(mention_unseen(c, c->actor.scope, c->actor.id, &row, 1, &got));
	*n = row.n;
	return E_OK;
}

enum err inbox_mentioned_here(struct ctx *c, int64_t conversation_id, bool *here)
{
	struct mention_unseen_here_row row;
	size_t got;

	TRY(mention_unseen_here(c, conversation_id, c->actor.id, &row, 1, &got));
	*here = row.n > 0;
	return E_OK;
}

/* ---- as an entry shows them ---- */

static const struct field mention_fields[] = {
    FIELD(struct mention_view, person_id, F_INT, 0, 0, 0, NULL),
    FIELD(struct mention_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct mention_view, seen_at, F_TIME, FIELD_NULLABLE, 0, 0,
	  "When they opened the conversation; null: not yet"),
};
SHAPE(mention_shape, "Mention", struct mention_view, mention_fields);

enum err inbox_mentions_of(struct ctx *c, struct ids entries, struct list *out)
{
	struct list rows;

	TRY(mention_rows(c, entries, &rows));
	const struct mention_rows_row *r = rows.v;
	struct mention_view *views = NEWN(c->a, struct mention_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct account_brief who = {0};
		enum err e = account_brief(c, r[i].person_id, &who);
		if (e != E_OK && e != E_NOTFOUND)
			return e;
		views[i] = (struct mention_view){.entry_id = r[i].entry_id,
						 .person_id = r[i].person_id,
						 .name = who.name,
						 .seen_at = r[i].seen_at};
	}
	*out = (struct list){views, rows.n};
	return E_OK;
}

struct list inbox_mentions_in(const struct list *all, int64_t entry_id)
{
	struct mention_view *v = all->v;
	size_t from = 0, n = 0;

	while (from < all->n && v[from].entry_id != entry_id)
		from++;
	while (from + n < all->n && v[from + n].entry_id == entry_id)
		n++;
	return (struct list){n ? v + from : NULL, n};
}

/* ---- the list ---- */

struct list_in {
	struct str status, after;
	struct opt_int inbox_id, team_id, tag_id;
	int64_t limit;
};
static const struct field list_fields[] = {
    FIELD_ENUM(struct list_in, status, 0, "open|pending|snoozed|resolved|spam|any",
	       "any when not given"),
    FIELD(struct list_in, inbox_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, team_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, tag_id, F_INT, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct list_in, after, F_TEXT, 0, 0, 30, "The page before's next"),
    FIELD(struct list_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(list_shape, "MentionQuery", struct list_in, list_fields);

static enum err get_mentions(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct list_in *in = q->in;
	size_t most = in->limit ? (size_t)in->limit : PAGE;
	bool any = !in->status.n || str_eq(in->status, S("any"));
	struct mention_page_in p = {.scope = c->actor.scope,
				    .person_id = c->actor.id,
				    .most = (int64_t)most,
				    .status = any ? (struct opt_str){0} : SOME_STR(in->status),
				    .inbox_id = in->inbox_id,
				    .team_id = in->team_id,
				    .tag_id = in->tag_id};
	struct list rows, cards;

	TRY(req_cursor(c, in->after, INT64_MAX, &p.before));
	TRY(mention_page(c, &p, &rows));
	const struct mention_page_row *m = rows.v;
	struct ids ids = {NEWN(c->a, int64_t, rows.n + 1), rows.n},
		   fresh = {NEWN(c->a, int64_t, rows.n + 1), 0};
	for (size_t i = 0; i < rows.n; i++) {
		ids.v[i] = m[i].id;
		if (m[i].unseen)
			fresh.v[fresh.n++] = m[i].id;
	}
	TRY(inbox_cards(c, ids, &cards));
	inbox_cards_unread(&cards, fresh);
	reply_many(r, cards.v, cards.n,
		   rows.n == most ? str_fmt(c->a, "%lld", (long long)m[rows.n - 1].newest) : S(""));
	return E_OK;
}

/* clang-format off */
const struct route inbox_mention_routes[] = {
	{GET, "/mentions", P_CONVERSATION_READ, get_mentions, &list_shape, &card_shape, MANY, "Conversations that name me in a note, the newest mention first"},
	{0},
};
/* clang-format on */
