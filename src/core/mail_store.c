/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/inbound.h"
#include "core/mail_internal.h"
#include "core/work.sql.h"

enum { LEASE_MS = 30000 };

static struct str folder_of(const struct mailbox *b)
{
	return b->settings.folder.n ? b->settings.folder : S("INBOX");
}

/* ---- mails ---- */

struct storing {
	struct mail *mail;
	struct mail_item **items;
	struct str *hashes;
	size_t n;
};

static enum err put_cursor(struct ctx *c, const struct mailbox *b, struct imap_cursor at)
{
	return mail_cursor_put(c, &(struct mail_cursor_put_in){.inbox_id = b->inbox_id,
							       .folder = folder_of(b),
							       .uidvalidity = at.uidvalidity,
							       .uid = at.uid});
}

/* The bytes are on the disk; the rows and the cursor move in one transaction. */
static enum err store_items(struct ctx *c, void *arg)
{
	struct storing *s = arg;

	for (size_t i = 0; i < s->n; i++) {
		struct mail_item *it = s->items[i];
		struct str id = str_fmt(c->a, "imap:%.*s:%u:%u", STR(folder_of(it->box)),
					it->at.uidvalidity, it->at.uid);
		bool fresh;

		TRY(inbound_add(c, it->box->inbox_id, id, s->hashes[i], (int64_t)it->raw.n,
				&fresh));
		if (fresh && (it->too_large || it->words.n))
			TRY(inbound_partial(c, it->box->inbox_id, id,
					    it->too_large ? "email.too_large" : "email.not_fetched",
					    it->words));
		TRY(put_cursor(c, it->box, it->at));
	}
	return E_OK;
}

enum err mail_store_items(struct mail *m, struct mail_item **items, size_t n)
{
	struct arena *a = arena_new();
	struct storing s = {m, items, NEWN(a, struct str, n), n};
	enum err e = E_OK;

	for (size_t i = 0; i < n && e == E_OK; i++)
		e = blob_put(m->desk->blobs, a, items[i]->raw, &s.hashes[i]);
	if (e == E_OK)
		e = desk_write(m->desk, store_items, &s);
	arena_free(a);
	return e;
}

/* ---- cursor ---- */

struct cursor {
	struct mailbox *box;
	struct imap_cursor at;
};

static enum err store_cursor(struct ctx *c, void *arg)
{
	struct cursor *k = arg;

	return put_cursor(c, k->box, k->at);
}

enum err mail_store_cursor(struct mail *m, const struct mailbox *b, struct imap_cursor at)
{
	struct cursor k = {(struct mailbox *)b, at};

	return desk_write(m->desk, store_cursor, &k);
}

static enum err read_cursor(struct ctx *c, void *arg)
{
	struct cursor *k = arg;
	struct mail_cursor_get_row row;
	size_t n;

	TRY(mail_cursor_get(c, k->box->inbox_id, folder_of(k->box), &row, 1, &n));
	if (n)
		k->at = (struct imap_cursor){(uint32_t)row.uidvalidity, (uint32_t)row.uid};
	return E_OK;
}

enum err mail_read_cursor(struct mail *m, struct mailbox *b, struct imap_cursor *at)
{
	struct cursor k = {.box = b};
	enum err e = desk_read(m->desk, read_cursor, &k);

	*at = k.at;
	return e;
}

/* ---- how it is doing ---- */

struct noting {
	int64_t inbox_id;
	const struct link_note *note;
	struct str token;
};

static enum err store_note(struct ctx *c, void *arg)
{
	struct noting *s = arg;

	for (size_t i = 0; c->desk->modules[i]; i++)
		if (c->desk->modules[i]->link_note)
			TRY(c->desk->modules[i]->link_note(c, s->inbox_id, s->note));
	return E_OK;
}

enum err mail_store_note(struct mail *m, int64_t inbox_id, const struct link_note *note)
{
	struct noting s = {.inbox_id = inbox_id, .note = note};

	return desk_write(m->desk, store_note, &s);
}

static enum err store_token(struct ctx *c, void *arg)
{
	struct noting *s = arg;

	for (size_t i = 0; c->desk->modules[i]; i++)
		if (c->desk->modules[i]->link_put)
			TRY(c->desk->modules[i]->link_put(c, s->inbox_id, "oauth_refresh_token",
							  s->token));
	return E_OK;
}

enum err mail_store_token(struct mail *m, int64_t inbox_id, struct str token)
{
	struct noting s = {.inbox_id = inbox_id, .token = token};

	return desk_write(m->desk, store_token, &s);
}

/* ---- which there are ---- */

struct linking {
	struct arena *a;
	struct inbox_link *v;
	size_t n;
};

static enum err link_of(struct ctx *c, int64_t inbox_id, struct inbox_link *out)
{
	for (size_t i = 0; c->desk->modules[i]; i++)
		if (c->desk->modules[i]->link)
			return c->desk->modules[i]->link(c, inbox_id, out);
	return E_NOTFOUND;
}

static enum err ids_of(struct ctx *c, struct ids *ids)
{
	for (size_t i = 0; c->desk->modules[i]; i++)
		if (c->desk->modules[i]->links)
			return c->desk->modules[i]->links(c, ids);
	return E_OK;
}

static enum err read_links(struct ctx *c, void *arg)
{
	struct linking *l = arg;
	struct ids ids = {0};

	c->a = l->a;
	TRY(ids_of(c, &ids));
	l->v = NEWN(l->a, struct inbox_link, ids.n + 1);
	for (size_t i = 0; i < ids.n; i++) {
		struct inbox_link *one = &l->v[l->n];

		if (link_of(c, ids.v[i], one) == E_OK && one->active && one->channel->compose)
			l->n++;
	}
	return E_OK;
}

enum err mail_read_links(struct mail *m, struct arena *a, struct inbox_link **v, size_t *n)
{
	struct linking l = {.a = a};
	enum err e = desk_read(m->desk, read_links, &l);

	*v = l.v;
	*n = l.n;
	return e;
}

/* ---- several nodes: one of them watches a mailbox ---- */

struct leasing {
	int64_t inbox_id;
	size_t n;
};

static enum err take_lease(struct ctx *c, void *arg)
{
	struct leasing *l = arg;
	struct lease_take_row row;

	return lease_take(
	    c,
	    &(struct lease_take_in){.name = str_fmt(c->a, "mail:%lld", (long long)l->inbox_id),
				    .node = c->desk->node,
				    .now = c->now,
				    .expires = c->now + LEASE_MS},
	    &row, 1, &l->n);
}

bool mail_hold_lease(struct mail *m, int64_t inbox_id)
{
	struct leasing l = {.inbox_id = inbox_id};

	if (!store_is_pgsql(m->desk->store))
		return true;
	return desk_write(m->desk, take_lease, &l) == E_OK && l.n > 0;
}
