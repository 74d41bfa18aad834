/* mail_in.c - the keeper's thread: which mailboxes are open, and what they hand over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "base/log.h"
#include "core/mail_internal.h"

#include <string.h>

enum { LOOK_MS = 5000, ERRANDS_MS = 1000, BATCH = 40, NOTE_MS = 15000 };

/* ---- callbacks, on the outbound thread: they note and wake ---- */

struct mail_item *mail_item_new(struct mailbox *b, int kind)
{
	struct arena *a = arena_new();
	struct mail_item *it = NEW(a, struct mail_item);

	it->a = a;
	it->box = b;
	it->kind = kind;
	return it;
}

void mail_put_locked(struct mail_item *it)
{
	struct mail *m = it->box->mail;

	*m->last = it;
	m->last = &it->next;
	pthread_cond_signal(&m->wake);
}

static void put(struct mail_item *it)
{
	struct mail *m = it->box->mail;

	pthread_mutex_lock(&m->lock);
	mail_put_locked(it);
	pthread_mutex_unlock(&m->lock);
}

static void on_state(void *arg, enum imap_state state, const char *key, const char *detail,
		     int64_t next)
{
	struct mail_item *it = mail_item_new(arg, state == IMAP_CLOSED ? ITEM_CLOSED : ITEM_STATE);

	it->note = (struct link_note){.state = state == IMAP_OK        ? LINK_OK
					       : state == IMAP_FAILING ? LINK_FAILING
								       : LINK_CONNECTING,
				      .key = key ? str_z(it->a, str_of(key)) : NULL,
				      .arg = str_dup(it->a, str_of(detail)),
				      .next_try_at = next};
	put(it);
}

static void put_mail(struct mailbox *b, int kind, const struct imap_mail *mail)
{
	struct mail_item *it = mail_item_new(b, kind);

	it->at = mail->at;
	it->raw = str_dup(it->a, mail->raw);
	it->words = str_dup(it->a, str_utf8_ok(mail->failed) ? mail->failed : S("?"));
	it->too_large = mail->too_large;
	put(it);
}

static void on_mail(void *arg, const struct imap_mail *mail)
{
	put_mail(arg, ITEM_MAIL, mail);
}

static void on_again(void *arg, const struct imap_mail *mail)
{
	put_mail(arg, ITEM_AGAIN, mail);
}

static void on_cursor(void *arg, struct imap_cursor at)
{
	struct mail_item *it = mail_item_new(arg, ITEM_CURSOR);

	it->at = at;
	put(it);
}

static void on_token(void *arg, struct str token)
{
	struct mail_item *it = mail_item_new(arg, ITEM_TOKEN);

	it->raw = str_dup(it->a, token);
	put(it);
}

/* ---- opening and closing ---- */

enum net_tls mail_tls(struct str security)
{
	if (str_eq(security, S("starttls")))
		return NET_TLS_REQUIRED;
	if (str_eq(security, S("optional")))
		return NET_TLS_OPTIONAL;
	return str_eq(security, S("none")) ? NET_TLS_NONE : NET_TLS_IMPLICIT;
}

/* All a session depends on, as one hash. */
static void fingerprint(const struct inbox_link *l, unsigned char print[32])
{
	const struct mail_settings *set = l->settings;
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	buf_fmt(&b, "%.*s\n", STR(l->address));
	for (size_t i = 0; i < mail_settings_shape.n; i++) {
		const struct field *f = &mail_settings_shape.fields[i];
		const void *at = (const char *)set + f->at;

		if (f->type == F_INT)
			buf_int(&b, *(const int64_t *)at);
		else if (f->type == F_BOOL)
			buf_int(&b, *(const bool *)at);
		else
			buf_add(&b, *(const struct str *)at);
		buf_char(&b, '\n');
	}
	crypto_sha256(buf_str(&b), print);
	arena_free(a);
}

/* The settings outlive the snapshot they were read in. */
static void copy_settings(struct arena *a, const struct mail_settings *from,
			  struct mail_settings *to)
{
	*to = *from;
	for (size_t i = 0; i < mail_settings_shape.n; i++) {
		const struct field *f = &mail_settings_shape.fields[i];
		struct str *s = (struct str *)((char *)to + f->at);

		if (f->type == F_TEXT || f->type == F_ENUM)
			*s = str_dup(a, *s);
	}
}

static struct oauth *oauth_of(struct mailbox *b)
{
	const struct mail_settings *s = &b->settings;
	const struct oauth_provider *p = oauth_provider(s->oauth_provider);

	if (!str_eq(s->auth, S("oauth")))
		return NULL;
	return oauth_new(
	    b->mail->desk->net,
	    &(struct oauth_account){.token_url = p ? str_of(p->token_url) : s->oauth_token_url,
				    .client_id = s->oauth_client_id,
				    .client_secret = s->oauth_client_secret,
				    .refresh_token = s->oauth_refresh_token,
				    .scope = p ? str_of(p->scope) : S(""),
				    .renewed = on_token,
				    .arg = b});
}

static struct imap_account account_of(struct mailbox *b)
{
	const struct mail_settings *s = &b->settings;
	const struct oauth_provider *p = oauth_provider(s->oauth_provider);
	bool known = p && !s->imap_host.n;

	return (struct imap_account){.host = known ? str_of(p->imap_host) : s->imap_host,
				     .port = (int)s->imap_port,
				     .tls = mail_tls(s->imap_security),
				     .user = s->imap_user.n ? s->imap_user : b->address,
				     .password = s->imap_password,
				     .oauth = b->oauth,
				     .folder = s->folder,
				     .size_max = INBOUND_MAX,
				     .poll_ms = s->poll_seconds * SECOND_MS,
				     .mark_seen = s->mark_seen,
				     .from_now = !s->fetch_old};
}

static void open_box(struct mail *m, const struct inbox_link *l, const unsigned char print[32])
{
	struct arena *a = arena_new();
	struct mailbox *b = NEW(a, struct mailbox);
	struct imap_account account;

	*b = (struct mailbox){.mail = m,
			      .a = a,
			      .inbox_id = l->id,
			      .address = str_dup(a, l->address),
			      .state = LINK_OFF};
	copy_settings(a, l->settings, &b->settings);
	memcpy(b->print, print, sizeof b->print);
	b->leased = mail_hold_lease(m, l->id);
	b->oauth = oauth_of(b);
	account = account_of(b);
	if (mail_read_cursor(m, b, &account.cursor) != E_OK) {
		if (b->oauth)
			oauth_free(b->oauth);
		arena_free(a);
		return;
	}
	pthread_mutex_lock(&m->lock);
	b->next = m->boxes;
	m->boxes = b;
	pthread_mutex_unlock(&m->lock);
	struct imap *imap = NULL;
	if (account.host.n && b->leased)
		imap = imap_open(m->desk->net, &account,
				 &(struct imap_handler){on_state, on_mail, on_cursor, on_again, b});
	pthread_mutex_lock(&m->lock);
	b->imap = imap;
	b->closed = !imap; /* sends only: no server to watch, or another node does */
	pthread_mutex_unlock(&m->lock);
}

static void close_box(struct mailbox *b)
{
	struct mail *m = b->mail;

	/* First marked: from then on mail_with_box() gives it to nobody who would wake it. */
	pthread_mutex_lock(&m->lock);
	bool first = !b->closing;
	b->closing = true;
	pthread_mutex_unlock(&m->lock);
	if (first && b->imap)
		imap_close(b->imap);
}

/* Open what is new, close what went or changed; it is opened anew once it has closed. */
static void look(struct mail *m)
{
	struct arena *a = arena_new();
	struct inbox_link *links = NULL;
	size_t n = 0;

	if (mail_read_links(m, a, &links, &n) != E_OK) {
		arena_free(a);
		return;
	}
	for (struct mailbox *b = m->boxes; b; b = b->next) {
		bool keep = false;

		for (size_t i = 0; i < n; i++) {
			unsigned char print[32];

			if (links[i].id != b->inbox_id)
				continue;
			fingerprint(&links[i], print);
			keep = !memcmp(print, b->print, sizeof print) &&
			       mail_hold_lease(m, b->inbox_id) == b->leased;
			links[i].active = false;
		}
		if (!keep)
			close_box(b);
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char print[32];

		fingerprint(&links[i], print);
		if (links[i].active)
			open_box(m, &links[i], print);
	}
	arena_free(a);
}

static void free_closed(struct mail *m)
{
	struct mailbox **at = &m->boxes;

	pthread_mutex_lock(&m->lock);
	while (*at) {
		struct mailbox *b = *at;

		if (!b->closing || !b->closed || b->busy) {
			at = &b->next;
			continue;
		}
		*at = b->next;
		if (b->oauth)
			oauth_free(b->oauth);
		arena_free(b->a);
		m->look = true; /* changed settings: open it anew */
	}
	pthread_mutex_unlock(&m->lock);
}

/* ---- writing down ---- */

static void note(struct mail *m, struct mail_item *it)
{
	struct mailbox *b = it->box;
	int64_t now = clock_ticks() / 1000;

	if (it->note.state == LINK_OK && b->state == LINK_OK && now - b->noted_at < NOTE_MS)
		return;
	if (it->note.state == LINK_CONNECTING && b->state == LINK_FAILING)
		return; /* what went wrong stays to be read until it works */
	if (mail_store_note(m, b->inbox_id, &it->note) != E_OK)
		return;
	b->state = it->note.state;
	b->noted_at = now;
}

static void take_mails(struct mailbox *b, struct mail_item **items, size_t n)
{
	if (b->closing || b->behind)
		return;
	if (mail_store_items(b->mail, items, n) == E_OK) {
		imap_ack(b->imap, items[n - 1]->at);
		return;
	}
	log_line(LOG_WARN, "mail not stored, will be fetched again", NULL);
	b->behind = true;
	imap_nack(b->imap);
}

static void take_item(struct mail *m, struct mail_item *it)
{
	switch (it->kind) {
	case ITEM_STATE:
		if (it->note.state != LINK_OK)
			it->box->behind = false;
		note(m, it);
		break;
	case ITEM_CURSOR:
		if (!it->box->closing && !it->box->behind &&
		    mail_store_cursor(m, it->box, it->at) != E_OK)
			imap_nack(it->box->imap);
		break;
	case ITEM_TOKEN:
		if (mail_store_token(m, it->box->inbox_id, it->raw) != E_OK)
			log_line(LOG_WARN, "renewed token not stored", NULL);
		break;
	case ITEM_AGAIN:
		if (mail_store_again(m, it) != E_OK)
			log_line(LOG_WARN, "mail fetched again not stored", NULL);
		break;
	case ITEM_COPY:
		if (mail_store_copy(m, it) != E_OK)
			log_line(LOG_WARN, "own copy not handed on", NULL);
		break;
	case ITEM_DONE: mail_errand_done(m, it->box, it->errand); break;
	case ITEM_CLOSED: it->box->closed = true; break;
	case ITEM_MAIL: break;
	}
}

/* Mails of one mailbox that came together are stored together. */
static void take_all(struct mail *m, struct mail_item *first)
{
	while (first) {
		struct mail_item *batch[BATCH];
		struct mailbox *b = first->box;
		size_t n = 0;

		for (; first && first->kind == ITEM_MAIL && first->box == b && n < BATCH;
		     first = first->next)
			batch[n++] = first;
		if (n) {
			take_mails(b, batch, n);
		} else {
			batch[n++] = first;
			first = first->next;
			take_item(m, batch[0]);
		}
		for (size_t i = 0; i < n; i++)
			arena_free(batch[i]->a);
	}
}

/* What the keeper is to do, taken together. */
struct turn {
	struct mail_item *first;
	bool stopping, look;
};

/* What has come; waits for it, though not long when the end is near. */
static struct turn wait_for_turn(struct mail *m)
{
	struct turn now;
	struct timespec t;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &t);
	pthread_mutex_lock(&m->lock);
	int64_t ms = m->stopping ? 50 : ERRANDS_MS;

	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	while (!m->first && !m->look && !(m->stopping && ms == ERRANDS_MS) && r == 0)
		r = pthread_cond_timedwait(&m->wake, &m->lock, &t);
	now = (struct turn){m->first, m->stopping, m->look};
	m->look = false;
	m->first = NULL;
	m->last = &m->first;
	pthread_mutex_unlock(&m->lock);
	now.look |= clock_ticks() / 1000 - m->looked_at >= LOOK_MS;
	return now;
}

static bool all_closed(struct mail *m)
{
	for (struct mailbox *b = m->boxes; b; b = b->next)
		close_box(b);
	free_closed(m);
	return !m->boxes;
}

static void *run(void *arg)
{
	struct mail *m = arg;

	for (;;) {
		struct turn now = wait_for_turn(m);

		take_all(m, now.first);
		free_closed(m);
		if (now.stopping && all_closed(m))
			return NULL;
		if (now.stopping)
			continue;
		if (now.look) {
			m->looked_at = clock_ticks() / 1000;
			look(m);
		}
		if (clock_ticks() / 1000 - m->errands_at >= ERRANDS_MS) {
			m->errands_at = clock_ticks() / 1000;
			mail_errands(m);
		}
	}
}

struct mail *mail_start(struct desk *d)
{
	struct mail *m = NEW(d->a, struct mail);
	pthread_condattr_t attr;

	m->desk = d;
	m->last = &m->first;
	m->look = true;
	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&m->wake, &attr);
	pthread_create(&m->thread, NULL, run, m);
	return m;
}

void mail_stop(struct mail *m)
{
	pthread_mutex_lock(&m->lock);
	m->stopping = true;
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->lock);
	pthread_join(m->thread, NULL);
}

void mail_changed(struct desk *d)
{
	if (!d->mail)
		return;
	pthread_mutex_lock(&d->mail->lock);
	d->mail->look = true;
	pthread_cond_signal(&d->mail->wake);
	pthread_mutex_unlock(&d->mail->lock);
}

bool mail_with_box(struct desk *d, int64_t inbox_id, void (*fn)(struct mailbox *, void *),
		   void *arg)
{
	struct mailbox *b;

	if (!d->mail)
		return false;
	pthread_mutex_lock(&d->mail->lock);
	for (b = d->mail->boxes; b; b = b->next)
		if (b->inbox_id == inbox_id && !b->closing)
			break;
	if (b)
		fn(b, arg);
	pthread_mutex_unlock(&d->mail->lock);
	return b != NULL;
}
