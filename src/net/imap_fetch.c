/* Catching up: which mails are new, how large they are, then the mails themselves, a few at a
 * time, as fast as they are acknowledged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap_session.h"

#include <stdlib.h>
#include <string.h>

enum {
	WINDOW = 8,                      /* mails asked for or handed over, not acknowledged */
	WINDOW_BYTES = 16 * 1024 * 1024, /* the same in bytes; one larger mail may go alone */
	FOUND_MAX = 5 * 1000 * 1000,
	FAULTS_MAX = 3, /* so often may the line break during one mail */
};

static void pump(struct imap *);

void imap_search(struct imap *m)
{
	uint32_t after = m->handed.uid;
	struct arena *a = arena_new();

	imap_drop_found(m);
	m->again = false;
	imap_command(m, PHASE_SEARCH,
		     str_fmt(a, "UID SEARCH UID %llu:*", (unsigned long long)after + 1));
	arena_free(a);
}

void imap_found(struct imap *m, struct str numbers)
{
	uint32_t uid;
	size_t cap = m->n_uids;

	while (imap_next_number(&numbers, &uid)) {
		/* "n:*" always gives the last mail, even when it is older */
		if (uid <= m->handed.uid || m->n_uids == FOUND_MAX)
			continue;
		if (m->n_uids == cap) {
			cap = cap ? cap * 2 : 64;
			m->uids = realloc(m->uids, cap * sizeof *m->uids);
			if (!m->uids)
				abort();
		}
		m->uids[m->n_uids++] = uid;
	}
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static void next_block(struct imap *m)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	m->n_block = m->next_item = 0;
	arena_free(m->words);
	m->words = arena_new();
	buf_z(&b, "UID FETCH ");
	while (m->next_uid < m->n_uids && m->n_block < (m->careful ? 1 : IMAP_BLOCK)) {
		uint32_t uid = m->uids[m->next_uid++];

		if (m->n_block > 0 && m->block[m->n_block - 1].uid == uid)
			continue;
		buf_fmt(&b, "%s%lu", m->n_block ? "," : "", (unsigned long)uid);
		m->block[m->n_block++] = (struct imap_item){.uid = uid, .size = -1};
	}
	buf_z(&b, " (UID FLAGS RFC822.SIZE)");
	imap_command(m, PHASE_SIZES, buf_str(&b));
	arena_free(a);
}

void imap_search_done(struct imap *m)
{
	if (m->n_uids == 0) {
		m->careful = false;
		imap_say_ok(m);
		imap_next_step(m);
		return;
	}
	qsort(m->uids, m->n_uids, sizeof *m->uids, by_number);
	m->next_uid = 0;
	next_block(m);
}

void imap_sizes_done(struct imap *m)
{
	m->phase = PHASE_BODIES;
	for (size_t i = 0; i < m->n_block; i++)
		m->block[i].head_only = m->block[i].size > m->account.size_max;
	pump(m);
}

/* From the search on once more, one mail at a time. */
static void go_carefully(struct imap *m)
{
	m->careful = true;
	m->redo = false;
	m->n_block = m->next_item = 0;
	imap_search(m);
}

/* Not all sizes could be told: find out of which mail, and ask for that one without its size. */
void imap_sizes_refused(struct imap *m, struct str code, const char *text)
{
	if (!m->careful) {
		go_carefully(m);
	} else if (m->n_block != 1) {
		imap_failed(m, "mail.error.protocol", text);
	} else {
		m->block[0].size = str_eq_nocase(code, S("EXPUNGEISSUED")) ? -1 : 0;
		imap_sizes_done(m);
	}
}

static void hand_over(struct imap *, struct imap_item *, struct str body);

static void ask_for(struct imap *m, struct imap_item *item)
{
	struct arena *a;

	if (m->careful && item->uid == m->fault_uid && m->faults >= FAULTS_MAX) {
		item->refused = S("the connection broke each time it was fetched");
		hand_over(m, item, S(""));
		return;
	}
	a = arena_new();
	imap_command(m, PHASE_BODIES,
		     str_fmt(a, "UID FETCH %lu (UID FLAGS BODY.PEEK[%s])", (unsigned long)item->uid,
			     item->head_only ? "HEADER" : ""));
	item->tag = m->tag;
	arena_free(a);
}

static void under_way(const struct imap *m, size_t *n, size_t *bytes)
{
	*n = m->held_n;
	*bytes = m->held_bytes;
	for (size_t i = 0; i < m->next_item; i++) {
		const struct imap_item *item = &m->block[i];

		if (item->tag == 0)
			continue;
		*n += 1;
		*bytes += item->head_only ? 0 : (size_t)item->size;
	}
}

/* What was acknowledged is seen, when that is wanted. */
static void store_seen(struct imap *m)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	bool first = true;

	buf_z(&b, "UID STORE ");
	for (size_t i = 0; i < m->n_block; i++) {
		if (!m->block[i].handed || m->block[i].refused.p || m->block[i].flags & IMAP_SEEN)
			continue;
		buf_fmt(&b, "%s%lu", first ? "" : ",", (unsigned long)m->block[i].uid);
		first = false;
	}
	buf_z(&b, " +FLAGS.SILENT (\\Seen)");
	if (first)
		imap_next_step(m);
	else
		imap_command(m, PHASE_STORE, buf_str(&b));
	arena_free(a);
}

static void block_done(struct imap *m)
{
	if (m->next_uid < m->n_uids && !m->account.mark_seen) {
		next_block(m);
		return;
	}
	m->again = true; /* more of what was found, or what came meanwhile */
	imap_drop_found(m);
	if (m->account.mark_seen)
		store_seen(m);
	else
		imap_next_step(m);
}

/* Ask for as many mails as may be under way. */
static void pump(struct imap *m)
{
	size_t n, bytes;

	if (m->phase != PHASE_BODIES)
		return;
	under_way(m, &n, &bytes);
	if (m->redo) {
		if (n == m->held_n)
			go_carefully(m);
		return;
	}
	while (m->next_item < m->n_block && n < (m->careful ? 1 : WINDOW)) {
		struct imap_item *item = &m->block[m->next_item];
		size_t size = item->head_only || item->size < 0 ? 0 : (size_t)item->size;

		if (n > 0 && bytes + size > WINDOW_BYTES)
			break;
		m->next_item++;
		if (item->size < 0) /* it was removed since the search */
			continue;
		ask_for(m, item);
		n++;
		bytes += size;
	}
	if (n == 0 && m->next_item == m->n_block) {
		block_done(m);
		return;
	}
	/* While only acknowledgements are awaited the server owes nothing. */
	if (n == m->held_n)
		net_timer_stop(m->net, &m->timer);
}

static struct imap_item *find_item(struct imap *m, uint32_t uid)
{
	for (size_t i = 0; i < m->n_block; i++)
		if (m->block[i].uid == uid)
			return &m->block[i];
	return NULL;
}

/* Mails are handed over in their order, for the cursor says that all up to it have been.  An
 * answer that overtakes an earlier mail's is left: what is under way is asked for one by one. */
static bool overtakes(struct imap *m, const struct imap_item *item)
{
	for (const struct imap_item *i = m->block; i < item; i++)
		if (i->tag && !i->handed)
			return m->redo = true;
	return false;
}

static void hand_over(struct imap *m, struct imap_item *item, struct str body)
{
	struct imap_held *h = malloc(sizeof *h + body.n);
	struct imap_mail mail = {.flags = item->flags, .size = item->size};

	if (!h)
		abort();
	*h = (struct imap_held){NULL, {m->cursor.uidvalidity, item->uid}, body.n};
	if (body.n > 0)
		memcpy(h->bytes, body.p, body.n);
	if (m->held_last)
		m->held_last->next = h;
	else
		m->held = h;
	m->held_last = h;
	m->held_n++;
	m->held_bytes += body.n;
	m->handed = h->at;
	item->handed = true;
	mail.at = h->at;
	mail.too_large = item->head_only && !item->refused.p;
	mail.raw = (struct str){h->bytes, h->n};
	mail.failed = item->refused;
	m->on.mail(m->on.arg, &mail);
}

void imap_fetched(struct imap *m, const struct imap_fetched *f)
{
	struct imap_item *item = find_item(m, f->uid);

	if (!item || m->redo)
		return; /* of another client's doing, or to be asked for again */
	if (m->phase == PHASE_SIZES) {
		item->flags = f->flags;
		if (f->size >= 0)
			item->size = f->size;
		else if (item->size < 0)
			item->size = 0; /* it is there: how large it is shows when it comes */
	} else if (m->phase == PHASE_BODIES && f->no_body && item->tag && !item->handed) {
		if (!item->refused.p)
			item->refused = S("the server gave no body");
	} else if (m->phase == PHASE_BODIES && f->has_body && item->tag && !item->handed) {
		item->flags = f->flags;
		if (f->cut) { /* larger than it said */
			item->head_only = true;
			item->size = m->account.size_max + 1;
		} else if (!overtakes(m, item)) {
			hand_over(m, item, f->body);
		}
	}
}

/* What may be otherwise in a minute (RFC 5530). */
static bool passes(struct str code)
{
	return str_eq_nocase(code, S("UNAVAILABLE")) || str_eq_nocase(code, S("INUSE")) ||
	       str_eq_nocase(code, S("LIMIT"));
}

/* One was refused.  Several under way: none of them is taken from here on, and they are asked for
 * one by one, so that the order is kept.  That one alone: its header is asked for, so that a
 * person can see what it is, and then it is handed over as failed. */
static void refused(struct imap *m, struct imap_item *item, const struct imap_response *r)
{
	struct arena *a;

	if (!m->careful) {
		m->redo = true;
		return;
	}
	if (str_eq_nocase(r->code, S("EXPUNGEISSUED")))
		return;
	if (passes(r->code)) {
		a = arena_new();
		item->tag = m->tag; /* during this one */
		imap_failed(m, "mail.error.protocol", str_z(a, r->rest));
		arena_free(a);
		return;
	}
	if (!item->refused.p)
		item->refused = str_dup(m->words, r->rest.n ? r->rest : S("no reason given"));
	if (item->head_only) {
		hand_over(m, item, S(""));
	} else {
		item->head_only = true;
		ask_for(m, item);
	}
}

void imap_fetch_done(struct imap *m, uint32_t tag, const struct imap_response *r)
{
	struct imap_item *item = NULL;
	bool gone = str_eq_nocase(r->code, S("EXPUNGEISSUED"));

	for (size_t i = 0; i < m->next_item; i++)
		if (m->block[i].tag == tag)
			item = &m->block[i];
	if (!item)
		return;
	item->tag = 0;
	if (r->status != IMAP_ST_OK && !item->handed)
		refused(m, item, r);
	else if (item->refused.p && !item->handed && !m->redo && !gone && !overtakes(m, item))
		hand_over(m, item, S("")); /* not even its header */
	/* Order is kept: a second, smaller question is asked before anything new. */
	else if (!item->handed && !m->redo && item->head_only && !item->refused.p &&
		 item->size > m->account.size_max && m->handed.uid < item->uid)
		ask_for(m, item);
	pump(m);
}

void imap_fetch_lost(struct imap *m)
{
	m->redo = false;
	if (m->phase != PHASE_BODIES)
		return;
	for (size_t i = 0; i < m->next_item; i++) {
		struct imap_item *item = &m->block[i];

		if (!item->tag)
			continue;
		if (!m->careful || m->fault_uid != item->uid)
			m->faults = 0;
		m->fault_uid = item->uid;
		m->faults += m->careful;
		m->careful = true;
		return;
	}
}

void imap_acked(struct imap *m, struct imap_cursor at)
{
	if (at.uidvalidity == m->cursor.uidvalidity && at.uid > m->cursor.uid) {
		m->cursor.uid = at.uid;
		m->failures = 0; /* it gets on: the next break is not one of a row */
	}
	/* Acknowledged in order: what was held under an older UIDVALIDITY is done too. */
	while (m->held && (m->held->at.uidvalidity == at.uidvalidity
			       ? m->held->at.uid <= at.uid
			       : at.uidvalidity == m->cursor.uidvalidity)) {
		struct imap_held *h = m->held;

		m->held = h->next;
		if (!m->held)
			m->held_last = NULL;
		m->held_n--;
		m->held_bytes -= h->n;
		free(h);
	}
	pump(m);
}

void imap_drop_found(struct imap *m)
{
	free(m->uids);
	m->uids = NULL;
	m->n_uids = m->next_uid = 0;
}

void imap_drop_held(struct imap *m)
{
	while (m->held) {
		struct imap_held *next = m->held->next;

		free(m->held);
		m->held = next;
	}
	m->held_last = NULL;
	m->held_n = m->held_bytes = 0;
}
