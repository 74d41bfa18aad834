/* A session's life: away, connecting, catching up, idling; and back to away when anything fails.
 * It speaks one command at a time, but for the fetching of mails. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/imap_session.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIZE_MAX_DEFAULT = 40 * 1024 * 1024,
	BODY_MARGIN = 64 * 1024, /* servers round sizes */
	POLL_MS = 60 * 1000,
	IDLE_RENEW_MS = 9 * 60 * 1000, /* servers hang up after 30 minutes, some routers after 10 */
	BACKOFF_MS = 1000,
	BACKOFF_MAX_MS = 5 * 60 * 1000,
	IMAPS_PORT = 993,
	IMAP_PORT = 143,
};

struct imap_token_wait {
	struct imap *m; /* NULL once the session is gone */
};

static void connect_now(struct imap *);

void imap_arm(struct imap *m, int64_t ms)
{
	net_timer_set(m->net, &m->timer, ms);
}

void imap_command(struct imap *m, enum imap_phase phase, struct str text)
{
	struct arena *a = arena_new();

	m->phase = phase;
	m->tag++;
	imap_arm(m, IMAP_COMMAND_MS);
	wire_write(m->wire, str_fmt(a, "A%lu %.*s\r\n", (unsigned long)m->tag, STR(text)));
	arena_free(a);
}

static void tell(struct imap *m, enum imap_state state, const char *key, const char *detail,
		 int64_t next)
{
	m->on.state(m->on.arg, state, key, detail, next);
}

void imap_say_ok(struct imap *m)
{
	m->failures = 0;
	tell(m, IMAP_OK, NULL, NULL, 0);
}

/* ---- failing and coming back ---- */

static void hang_up(struct imap *m)
{
	imap_append_lost(m);
	imap_fetch_lost(m);
	imap_again_lost(m);
	if (m->wire)
		wire_close(m->wire);
	m->wire = NULL;
	imap_reader_free(m->reader);
	m->reader = NULL;
	imap_drop_found(m);
	m->n_block = m->next_item = 0;
	m->signed_in = false;
	m->phase = PHASE_OFF;
}

static int64_t backoff(const struct imap *m)
{
	int64_t ms = BACKOFF_MS;

	for (int i = 1; i < m->failures && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	/* three quarters to all of it, so that many mailboxes do not come back at once */
	return ms - (int64_t)randombytes_uniform((uint32_t)(ms / 4) + 1);
}

void imap_failed(struct imap *m, const char *key, const char *detail)
{
	struct arena *a = arena_new();
	char *text = str_z(a, str_of(detail)); /* it may be the wire's own */
	int64_t ms;

	if (!str_utf8_ok(str_of(text)))
		text = "";
	if (m->account.oauth && str_eq(str_of(key), S("mail.error.auth")))
		oauth_forget(m->account.oauth);
	hang_up(m);
	m->failures++;
	ms = backoff(m);
	imap_arm(m, ms);
	tell(m, IMAP_FAILING, key, text, clock_now() + ms);
	arena_free(a);
}

/* ---- what the server says ---- */

static void read_abilities(struct imap *m, struct str words)
{
	struct str word;

	while (str_cut(&words, ' ', &word)) {
		if (str_eq_nocase(word, S("IDLE")))
			m->can_idle = true;
		if (str_eq_nocase(word, S("ID")))
			m->can_id = true;
	}
}

static void on_untagged(struct imap *m, const struct imap_response *r)
{
	struct str arg = r->code_arg;
	uint32_t number;

	if (r->status == IMAP_ST_OK) {
		bool validity = str_eq_nocase(r->code, S("UIDVALIDITY"));

		if (m->phase != PHASE_SELECT || !imap_next_number(&arg, &number))
			return;
		if (validity)
			m->handed.uidvalidity = number;
		else if (str_eq_nocase(r->code, S("UIDNEXT")))
			m->uidnext = number;
	} else if (r->status == IMAP_ST_BYE) {
		return; /* the connection will say so itself */
	} else if (str_eq_nocase(r->name, S("CAPABILITY"))) {
		read_abilities(m, r->rest);
	} else if (str_eq_nocase(r->name, S("SEARCH"))) {
		if (m->phase == PHASE_SEARCH)
			imap_found(m, r->rest);
	} else if (str_eq_nocase(r->name, S("FETCH"))) {
		if (m->phase == PHASE_AGAIN)
			imap_again_fetched(m, &r->fetched);
		else
			imap_fetched(m, &r->fetched);
	} else if (str_eq_nocase(r->name, S("LIST"))) {
		if (m->phase == PHASE_LIST)
			imap_append_listed(m, r->rest);
	} else if (str_eq_nocase(r->name, S("EXISTS"))) {
		m->again = true;
		imap_news(m);
	}
}

static void select_folder(struct imap *m)
{
	struct arena *a = arena_new();
	struct str folder = m->account.folder.n ? m->account.folder : S("INBOX");
	struct str name = imap_quote_folder(a, folder);

	m->handed.uidvalidity = 0;
	imap_command(m, PHASE_SELECT, str_fmt(a, "SELECT %.*s", STR(name)));
	arena_free(a);
}

/* Compare what the folder is now with what the cursor knew. */
static void selected(struct imap *m)
{
	uint32_t validity = m->handed.uidvalidity;

	if (validity == 0) {
		imap_failed(m, "mail.error.protocol", "the folder has no UIDVALIDITY");
		return;
	}
	if (validity != m->cursor.uidvalidity) {
		bool first = m->cursor.uidvalidity == 0 && m->cursor.uid == 0;
		uint32_t uid = first && m->account.from_now && m->uidnext > 0 ? m->uidnext - 1 : 0;

		m->cursor = m->handed = (struct imap_cursor){validity, uid};
		if (m->on.cursor)
			m->on.cursor(m->on.arg, m->cursor);
	}
	imap_search(m);
}

static void identify(struct imap *m)
{
	/* Some large providers open no folder for a client that has not said its name. */
	imap_command(m, PHASE_ID,
		     S("ID (\"name\" \"Aftersail\" \"version\" \"" AFTERSAIL_VERSION "\")"));
}

static void command_done(struct imap *m, const struct imap_response *r, const char *text)
{
	bool ok = r->status == IMAP_ST_OK;

	if (!ok && m->phase == PHASE_SIZES) {
		imap_sizes_refused(m, r->code, text);
		return;
	}
	if (!ok && (m->phase == PHASE_SELECT || m->phase == PHASE_SEARCH)) {
		imap_failed(m,
			    m->phase == PHASE_SELECT ? "mail.error.folder" : "mail.error.protocol",
			    text);
		return;
	}
	switch (m->phase) {
	case PHASE_ABLE:
		if (m->can_id)
			identify(m);
		else
			select_folder(m);
		break;
	case PHASE_ID: select_folder(m); break;
	case PHASE_SELECT: selected(m); break;
	case PHASE_SEARCH: imap_search_done(m); break;
	case PHASE_SIZES: imap_sizes_done(m); break;
	case PHASE_IDLE: /* refused, or ended by the server: poll */
		m->can_idle = m->can_idle && ok;
		imap_next_step(m);
		break;
	case PHASE_AGAIN: imap_again_done(m, r->status, r->rest); break;
	case PHASE_STORE: /* a folder that is read only: no matter */
	case PHASE_DONE: imap_next_step(m); break;
	default: break;
	}
}

static bool on_response(void *arg, const struct imap_response *r)
{
	struct imap *m = arg;
	int64_t tag = 0;

	if (r->kind == IMAP_UNTAGGED) {
		on_untagged(m, r);
	} else if (r->kind == IMAP_GO_ON) {
		if (m->phase == PHASE_APPEND)
			imap_append_go_on(m);
	} else if (r->tag.n > 1 && str_int(str_slice(r->tag, 1, r->tag.n), &tag)) {
		struct arena *a = arena_new();

		if (m->phase == PHASE_BODIES)
			imap_fetch_done(m, (uint32_t)tag, r);
		else if (tag != m->tag)
			; /* of a command given up */
		else if (m->phase >= PHASE_LIST)
			imap_append_answered(m, r->status, r->code);
		else
			command_done(m, r, str_z(a, r->rest));
		arena_free(a);
	}
	return m->wire != NULL;
}

static void idle(struct imap *m)
{
	if (m->can_idle) {
		imap_command(m, PHASE_IDLE, S("IDLE"));
		imap_arm(m, IDLE_RENEW_MS);
	} else {
		m->phase = PHASE_WAIT;
		imap_arm(m, m->account.poll_ms);
	}
}

void imap_next_step(struct imap *m)
{
	if (m->appends)
		imap_append_next(m);
	else if (m->wanted)
		imap_again_next(m);
	else if (m->again)
		imap_search(m);
	else
		idle(m);
}

void imap_news(struct imap *m)
{
	if (m->phase == PHASE_IDLE) {
		m->phase = PHASE_DONE;
		imap_arm(m, IMAP_COMMAND_MS);
		wire_write(m->wire, S("DONE\r\n"));
	} else if (m->phase == PHASE_WAIT) {
		imap_next_step(m);
	}
}

/* ---- connecting ---- */

static void on_open(void *arg)
{
	struct imap *m = arg;

	m->reader = imap_reader_new((size_t)m->account.size_max + BODY_MARGIN);
	m->can_idle = m->can_id = m->again = false;
	m->signed_in = true;
	m->tag = 0;
	imap_command(m, PHASE_ABLE, S("CAPABILITY"));
}

static void on_data(void *arg, const char *p, size_t n)
{
	struct imap *m = arg;
	struct imap_reader *r = m->reader;

	if (!r)
		return;
	/* A long mail is progress; what the server owes is due from its last byte. */
	if ((m->phase == PHASE_BODIES || m->phase == PHASE_AGAIN) && m->timer.armed)
		imap_arm(m, IMAP_COMMAND_MS);
	m->reader = NULL; /* ours while it calls back: hang_up() must not free it */
	if (imap_reader_feed(r, p, n, on_response, m) && m->wire && !m->reader) {
		m->reader = r;
		return;
	}
	imap_reader_free(r);
	if (m->wire && !m->reader)
		imap_failed(m, "mail.error.protocol", "the server does not speak IMAP");
}

static void on_closed(void *arg, const char *key, const char *detail)
{
	imap_failed(arg, key, detail);
}

static void open_wire(struct imap *m, struct str bearer)
{
	const struct imap_account *o = &m->account;

	m->phase = PHASE_OPENING;
	net_timer_stop(m->net, &m->timer); /* the wire has a time limit of its own */
	m->wire = wire_open(m->net,
			    &(struct wire_options){.scheme = "imap",
						   .host = o->host,
						   .port = o->port,
						   .tls = o->tls,
						   .user = o->user,
						   .password = o->password,
						   .bearer = bearer},
			    &(struct wire_events){on_open, on_data, on_closed, m});
}

static void on_token(void *arg, struct str token, const char *key, const char *detail)
{
	struct imap_token_wait *w = arg;
	struct imap *m = w->m;

	free(w);
	if (!m)
		return;
	m->token = NULL;
	if (token.n > 0)
		open_wire(m, token);
	else
		imap_failed(m, key, detail);
}

static void connect_now(struct imap *m)
{
	tell(m, IMAP_CONNECTING, NULL, NULL, 0);
	if (!m->account.oauth) {
		open_wire(m, S(""));
		return;
	}
	m->phase = PHASE_TOKEN;
	net_timer_stop(m->net, &m->timer);
	m->token = malloc(sizeof *m->token);
	if (!m->token)
		abort();
	m->token->m = m;
	oauth_get(m->account.oauth, on_token, m->token);
}

static void on_timer(void *arg)
{
	struct imap *m = arg;

	switch (m->phase) {
	case PHASE_OFF: connect_now(m); break;
	case PHASE_IDLE:
	case PHASE_WAIT:
		m->again = true;
		imap_news(m);
		break;
	default: imap_failed(m, "mail.error.timeout", "the server does not answer"); break;
	}
}

/* ---- from outside ---- */

/* Work for a session that may be gone when the work begins. */
struct errand {
	struct net *net;
	struct imap *m;
	void (*run)(struct imap *, struct imap_cursor);
	struct imap_cursor at;
};

static void run_errand(void *arg)
{
	struct errand *e = arg;

	if (net_service_alive(e->net, &e->m->service))
		e->run(e->m, e->at);
	free(e);
}

static void send_errand(struct imap *m, void (*run)(struct imap *, struct imap_cursor),
			struct imap_cursor at)
{
	struct errand *e = malloc(sizeof *e);

	if (!e)
		abort();
	*e = (struct errand){m->net, m, run, at};
	net_post(m->net, run_errand, e);
}

static void try_now(struct imap *m, struct imap_cursor unused)
{
	(void)unused;
	if (m->phase == PHASE_OFF) {
		connect_now(m);
	} else {
		m->again = true;
		imap_news(m);
	}
}

static void want(struct imap *m, struct imap_cursor at)
{
	struct imap_wanted *w = calloc(1, sizeof *w), **end = &m->wanted;

	if (!w)
		abort();
	w->at = at;
	while (*end)
		end = &(*end)->next;
	*end = w;
	try_now(m, at);
}

static void refuse_mails(struct imap *m, struct imap_cursor unused)
{
	(void)unused;
	imap_drop_held(m);
	m->handed = m->cursor;
	m->n_block = m->next_item = 0; /* the line breaks, but no mail is to blame */
	imap_failed(m, "mail.error.store", "a mail could not be stored");
}

static void end_session(void *arg)
{
	struct imap *m = arg;

	if (m->wire && m->signed_in)
		wire_write(m->wire, S("A0 LOGOUT\r\n"));
	hang_up(m);
	net_timer_stop(m->net, &m->timer);
	net_service_remove(m->net, &m->service);
	if (m->token)
		m->token->m = NULL;
	imap_append_end_all(m);
	imap_again_drop(m);
	imap_drop_held(m);
	arena_free(m->words);
	tell(m, IMAP_CLOSED, NULL, NULL, 0);
	free(m->sent_folder);
	arena_free(m->a);
	free(m);
}

static void end_errand(struct imap *m, struct imap_cursor unused)
{
	(void)unused;
	end_session(m);
}

void imap_ack(struct imap *m, struct imap_cursor at)
{
	send_errand(m, imap_acked, at);
}

void imap_nack(struct imap *m)
{
	send_errand(m, refuse_mails, (struct imap_cursor){0, 0});
}

void imap_try_now(struct imap *m)
{
	send_errand(m, try_now, (struct imap_cursor){0, 0});
}

void imap_again(struct imap *m, struct imap_cursor at)
{
	send_errand(m, want, at);
}

void imap_close(struct imap *m)
{
	send_errand(m, end_errand, (struct imap_cursor){0, 0});
}

static void begin(void *arg)
{
	struct imap *m = arg;

	net_service_add(m->net, &m->service);
	connect_now(m);
}

struct imap *imap_open(struct net *n, const struct imap_account *o, const struct imap_handler *on)
{
	struct imap *m = calloc(1, sizeof *m);

	if (!m)
		abort();
	m->net = n;
	m->a = arena_new();
	m->words = arena_new();
	m->account = *o;
	m->account.host = str_dup(m->a, o->host);
	m->account.user = str_dup(m->a, o->user);
	m->account.password = str_dup(m->a, o->password);
	m->account.folder = str_dup(m->a, o->folder);
	if (m->account.port == 0)
		m->account.port = o->tls == NET_TLS_IMPLICIT ? IMAPS_PORT : IMAP_PORT;
	if (m->account.size_max == 0)
		m->account.size_max = SIZE_MAX_DEFAULT;
	if (m->account.poll_ms == 0)
		m->account.poll_ms = POLL_MS;
	m->on = *on;
	m->cursor = m->handed = o->cursor;
	m->timer = (struct net_timer){.run = on_timer, .arg = m};
	m->service = (struct net_service){.stop = end_session, .arg = m};
	net_post(n, begin, m);
	return m;
}
