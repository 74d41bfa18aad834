/* mail_errand.c - what any node asks of the one that watches a mailbox: rows that the watcher
 * takes up within a second, begins once and deletes when they are done.  One that was begun by a
 * node which then went is begun again by the next that watches: an own copy may so stand twice in
 * the folder, never not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "core/blob.h"
#include "core/inbound.h"
#include "core/mail_internal.h"
#include "core/work.sql.h"

enum { AT_ONCE = 50, KEEP_MS = 3 * DAY_MS, LOOK_KEEP_MS = MINUTE_MS };

/* ---- asking ---- */

static void try_now(struct mailbox *b, void *arg)
{
	bool *here = arg;

	*here = b->leased;
	if (b->imap)
		imap_try_now(b->imap);
}

enum err mail_try_now(struct ctx *c, int64_t inbox_id)
{
	bool here = false;

	if (!mail_with_box(c->desk, inbox_id, try_now, &here))
		mail_changed(c->desk);
	if (here)
		return E_OK;
	return mail_errand_insert(c, &(struct mail_errand_insert_in){
					 .inbox_id = inbox_id, .kind = S("look"), .at = c->now});
}

enum err mail_fetch_again(struct ctx *c, int64_t inbox_id, int64_t inbound_id)
{
	return mail_errand_insert(c, &(struct mail_errand_insert_in){.inbox_id = inbox_id,
								     .kind = S("fetch"),
								     .inbound_id = inbound_id,
								     .at = c->now});
}

struct copying {
	const struct mail_item *it;
	struct str hash;
};

static enum err put_copy(struct ctx *c, void *arg)
{
	const struct copying *k = arg;

	return mail_errand_insert(c,
				  &(struct mail_errand_insert_in){.inbox_id = k->it->box->inbox_id,
								  .kind = S("copy"),
								  .raw_hash = k->hash,
								  .folder = k->it->words,
								  .at = c->now});
}

enum err mail_store_copy(struct mail *m, const struct mail_item *it)
{
	struct copying k = {.it = it};

	TRY(blob_put(m->desk->blobs, it->a, it->raw, &k.hash));
	return desk_write(m->desk, put_copy, &k);
}

/* ---- doing ---- */

struct errands {
	struct mail *mail;
	struct mail_errand_list_row rows[AT_ONCE];
	size_t n;
	struct arena *a;
	int64_t drop; /* an errand that is done */
	struct inbound_get_row inbound;
	bool known;
};

static enum err read_errands(struct ctx *c, void *arg)
{
	struct errands *e = arg;

	c->a = e->a;
	return mail_errand_list(c, e->mail->errands_after, AT_ONCE, e->rows, AT_ONCE, &e->n);
}

static enum err drop_errand(struct ctx *c, void *arg)
{
	const struct errands *e = arg;

	TRY(mail_errand_drop(c, e->drop));
	return mail_errand_clear(c, c->now - KEEP_MS);
}

/* The slot of an errand that was begun, or, for 0, a free one. */
static struct begun *slot_of(struct mailbox *b, int64_t errand)
{
	for (size_t i = 0; b && i < COPIES_MAX; i++)
		if (b->begun[i].errand == errand)
			return &b->begun[i];
	return NULL;
}

/* What cannot be deleted now stays begun, and is deleted when it is looked at again. */
void mail_errand_done(struct mail *m, struct mailbox *b, int64_t id)
{
	struct errands e = {.mail = m, .drop = id};
	struct begun *slot = slot_of(b, id);
	bool gone = desk_write(m->desk, drop_errand, &e) == E_OK;

	if (!gone)
		log_line(LOG_WARN, "errand not ended", NULL);
	if (slot)
		*slot = gone ? (struct begun){0} : (struct begun){id, true};
}

static enum err read_inbound(struct ctx *c, void *arg)
{
	struct errands *e = arg;
	size_t n;

	c->a = e->a;
	TRY(inbound_get(c, e->rows[0].inbound_id, &e->inbound, 1, &n));
	e->known = n > 0 && e->inbound.partial;
	return E_OK;
}

/* "imap:FOLDER:UIDVALIDITY:UID"; a folder's name may hold colons. */
static bool place_of(struct str id, struct imap_cursor *at)
{
	int64_t n[2];

	for (int i = 1; i >= 0; i--) {
		size_t colon = id.n;

		while (colon > 0 && id.p[colon - 1] != ':')
			colon--;
		if (colon == 0 || !str_int(str_slice(id, colon, id.n), &n[i]))
			return false;
		id.n = colon - 1;
	}
	*at = (struct imap_cursor){(uint32_t)n[0], (uint32_t)n[1]};
	return true;
}

static void fetch(struct mail *m, struct mailbox *b, const struct mail_errand_list_row *row)
{
	struct errands e = {.mail = m, .a = arena_new(), .rows = {*row}};
	struct imap_cursor at;

	if (desk_read(m->desk, read_inbound, &e) == E_OK && e.known &&
	    place_of(e.inbound.delivery_id, &at))
		imap_again(b->imap, at);
	arena_free(e.a);
	mail_errand_done(m, b, row->id); /* should this node go now, a person asks once more */
}

/* On the outbound thread, before the box goes.  What the server refuses for good is not tried again
 * either, for the mail itself is sent; what only the closing ended is begun again. */
static void appended(void *arg, bool ok, const char *key)
{
	struct mail_item *it = arg;
	struct mail *m = it->box->mail;

	if (!ok)
		log_line(LOG_WARN, "own copy not kept", "error", key ? key : "", NULL);
	pthread_mutex_lock(&m->lock);
	bool over = ok || !it->box->closing;
	if (over)
		mail_put_locked(it);
	pthread_mutex_unlock(&m->lock);
	if (!over)
		arena_free(it->a);
}

static void copy(struct mail *m, struct mailbox *b, const struct mail_errand_list_row *row)
{
	struct begun *slot = slot_of(b, row->id);
	struct mail_item *it;
	struct str raw;

	if (slot && slot->done)
		mail_errand_done(m, b, row->id);
	if (slot || !(slot = slot_of(b, 0)))
		return; /* under way; or enough of them are */
	*slot = (struct begun){row->id, false};
	it = mail_item_new(b, ITEM_DONE);
	it->errand = row->id;
	if (blob_read(m->desk->blobs, it->a, row->raw_hash, INBOUND_MAX, &raw) == E_OK) {
		imap_append(b->imap, row->folder, raw, appended, it);
		return;
	}
	log_line(LOG_WARN, "own copy is gone", NULL);
	mail_errand_done(m, b, row->id);
	arena_free(it->a);
}

static struct mailbox *watched(struct mail *m, int64_t inbox_id)
{
	for (struct mailbox *b = m->boxes; b; b = b->next)
		if (b->inbox_id == inbox_id && b->imap && !b->closing)
			return b;
	return NULL;
}

/* Only the keeper's thread changes the list of boxes, so it reads it without the lock. */
void mail_errands(struct mail *m)
{
	struct errands e = {.mail = m, .a = arena_new()};
	int64_t now = clock_now();

	if (desk_read(m->desk, read_errands, &e) != E_OK)
		e.n = 0;
	m->errands_after = e.n == AT_ONCE ? e.rows[e.n - 1].id : 0;
	for (size_t i = 0; i < e.n; i++) {
		const struct mail_errand_list_row *row = &e.rows[i];
		struct mailbox *b = watched(m, row->inbox_id);

		if (str_eq(row->kind, S("look")) && (b || row->at < now - LOOK_KEEP_MS)) {
			if (b)
				imap_try_now(b->imap);
			mail_errand_done(m, b, row->id);
		} else if (b && str_eq(row->kind, S("fetch"))) {
			fetch(m, b, row);
		} else if (b) {
			copy(m, b, row);
		}
	}
	arena_free(e.a);
}

/* ---- a mail that was asked for once more ---- */

struct again {
	const struct mail_item *it;
	struct str hash;
};

static enum err store_again(struct ctx *c, void *arg)
{
	const struct again *g = arg;
	const struct mail_item *it = g->it;
	struct str folder = it->box->settings.folder.n ? it->box->settings.folder : S("INBOX");
	struct inbound_of_delivery_row row;
	size_t n;

	TRY(inbound_of_delivery(
	    c, it->box->inbox_id,
	    str_fmt(c->a, "imap:%.*s:%u:%u", STR(folder), it->at.uidvalidity, it->at.uid), &row, 1,
	    &n));
	if (n == 0)
		return E_OK;
	if (it->raw.n)
		return inbound_whole(c, row.id, g->hash, (int64_t)it->raw.n);
	return inbound_tried(c, row.id,
			     it->too_large ? S("email.too_large")
			     : it->words.n ? S("email.not_fetched")
					   : S("email.gone"),
			     it->words);
}

enum err mail_store_again(struct mail *m, const struct mail_item *it)
{
	struct again g = {.it = it};

	if (it->raw.n)
		TRY(blob_put(m->desk->blobs, it->a, it->raw, &g.hash));
	return desk_write(m->desk, store_again, &g);
}
