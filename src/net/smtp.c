/* A lane is the way to one account's server: a queue of mails and at most a few sessions.  A
 * session takes a mail, walks it through MAIL, RCPT and DATA, and takes the next one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/smtp.h"
#include "net/client_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SESSIONS = 3,
	LINE_MAX_BYTES = 4096,
	TEXT_MAX_BYTES = 2000,
	ADDRESS_MAX = 320,
	COMMAND_MS = 60000,
	FINAL_MS = 180000, /* servers look into a mail before they take it */
	IDLE_MS = 15000,
};

struct job {
	struct job *next;
	struct arena *a;
	struct str from, bytes;
	struct str *to;
	size_t n_to, asked; /* recipients told to the server */
	struct smtp_refusal *refusals;
	size_t n_refusals, taken;
	bool eight_bit, utf8, utf8_head;
	const char *mistake; /* key; never sent */
	struct net *net;
	struct smtp_account account;
	smtp_done *done;
	void *arg;
};

enum step { OPENING, GREETING, IDLE, MAIL, RCPT, DATA, BODY, RESET, QUIT };

struct session {
	struct session *prev, *next;
	struct lane *lane;
	struct wire *wire;
	enum step step;
	struct job *job;
	bool used, replied; /* sent a mail before; answered to this one */
	bool can_size, can_utf8, can_eight;
	int64_t size_max;
	struct net_timer timer;
	size_t unsent; /* at the last look, to see a body move */
	char line[LINE_MAX_BYTES];
	size_t n_line;
	char text[TEXT_MAX_BYTES];
	size_t n_text;
};

struct lane {
	struct lane *prev, *next;
	struct pool *pool;
	struct arena *a;
	struct smtp_account account;
	struct session *sessions;
	size_t n_sessions;
	struct job *first, *last;
};

struct pool {
	struct net *net;
	struct net_service service;
	struct lane *lanes;
	bool stopping;
};

static void lane_work(struct lane *);

/* ---- how a mail ends ---- */

static void end_job(struct job *j, enum smtp_outcome outcome, int code, struct str text,
		    const char *key)
{
	struct smtp_result r = {.outcome = outcome,
				.code = code,
				.text = text,
				.key = key,
				.refusals = j->refusals,
				.n_refusals = j->n_refusals};

	j->done(j->arg, &r);
	arena_free(j->a);
}

/* The server's words decide: 5xx for good, 4xx later.  A sign-in that is asked for is ours to
 * mend, so the mail waits. */
static void end_by_code(struct job *j, int code, struct str text, const char *key)
{
	bool sign_in = code == 530 || code == 534 || code == 535 || code == 538;

	end_job(j, code >= 500 && !sign_in ? SMTP_REFUSED : SMTP_LATER, code, text,
		sign_in ? "mail.error.auth" : key);
}

static void queue_front(struct lane *l, struct job *j)
{
	j->next = l->first;
	l->first = j;
	if (!l->last)
		l->last = j;
}

static void queue_back(struct lane *l, struct job *j)
{
	j->next = NULL;
	if (l->last)
		l->last->next = j;
	else
		l->first = j;
	l->last = j;
}

static struct job *queue_take(struct lane *l)
{
	struct job *j = l->first;

	if (j)
		l->first = j->next;
	if (!l->first)
		l->last = NULL;
	return j;
}

static void free_lane_if_done(struct lane *l)
{
	if (l->sessions || l->first)
		return;
	if (l->prev)
		l->prev->next = l->next;
	else
		l->pool->lanes = l->next;
	if (l->next)
		l->next->prev = l->prev;
	arena_free(l->a);
	free(l);
}

static void free_session(struct session *s)
{
	struct lane *l = s->lane;

	net_timer_stop(l->pool->net, &s->timer);
	if (s->prev)
		s->prev->next = s->next;
	else
		l->sessions = s->next;
	if (s->next)
		s->next->prev = s->prev;
	l->n_sessions--;
	free(s);
}

/* The server cannot be reached or does not let us in: what waits for it need not try too. */
static void fail_queue(struct lane *l, const char *key, struct str why)
{
	struct job *j;

	while ((j = queue_take(l)))
		end_job(j, SMTP_LATER, 0, why, key);
}

/* The connection is gone, or given up.  Where the mail stood decides what became of it. */
static void session_lost(struct session *s, const char *key, const char *detail)
{
	struct lane *l = s->lane;
	struct job *j = s->job;
	enum step step = s->step;
	bool all_left = step == BODY && wire_unsent(s->wire) == 0;
	bool stale = s->used && !s->replied && step == MAIL && !l->pool->stopping;

	wire_close(s->wire);
	free_session(s);
	if (j && stale) /* the server closed a kept connection: a new one */
		queue_front(l, j);
	else if (j && all_left)
		end_job(j, SMTP_UNKNOWN, 0, str_of(detail), "mail.error.lost");
	else if (j)
		end_job(j, SMTP_LATER, 0, str_of(detail), key);
	if (step == OPENING || step == GREETING)
		fail_queue(l, key, str_of(detail));
	lane_work(l);
}

/* ---- the conversation ---- */

static void arm(struct session *s, int64_t ms)
{
	net_timer_set(s->lane->pool->net, &s->timer, ms);
}

static void on_timer(void *arg)
{
	struct session *s = arg;
	size_t unsent = wire_unsent(s->wire);

	if (s->step == BODY && unsent < s->unsent) { /* slow, but it moves */
		s->unsent = unsent;
		arm(s, unsent ? COMMAND_MS : FINAL_MS);
		return;
	}
	if (s->step == IDLE) {
		s->step = QUIT;
		wire_write(s->wire, S("QUIT\r\n"));
		arm(s, COMMAND_MS / 10);
		return;
	}
	session_lost(s, "mail.error.timeout", "the server does not answer");
}

static void command(struct session *s, enum step step, struct str line)
{
	s->step = step;
	arm(s, COMMAND_MS);
	wire_write(s->wire, line);
}

static void send_mail_from(struct session *s)
{
	struct job *j = s->job;
	struct buf b = BUF(j->a);

	buf_fmt(&b, "MAIL FROM:<%.*s>", STR(j->from));
	if (s->can_size)
		buf_fmt(&b, " SIZE=%zu", j->bytes.n);
	if (s->can_eight && j->eight_bit)
		buf_z(&b, " BODY=8BITMIME");
	if (s->can_utf8 && (j->utf8 || j->utf8_head))
		buf_z(&b, " SMTPUTF8");
	buf_z(&b, "\r\n");
	s->replied = false;
	command(s, MAIL, buf_str(&b));
}

static void send_rcpt(struct session *s)
{
	struct job *j = s->job;

	command(s, RCPT, str_fmt(j->a, "RCPT TO:<%.*s>\r\n", STR(j->to[j->asked])));
}

/* Give the mail up, or done; the session takes the next. */
static void settle(struct session *s, enum smtp_outcome outcome, int code, struct str text,
		   const char *key)
{
	struct job *j = s->job;

	s->job = NULL;
	s->used = true;
	if (outcome == SMTP_SENT) {
		s->step = IDLE;
		end_job(j, outcome, code, text, key);
		arm(s, IDLE_MS);
		lane_work(s->lane);
		return;
	}
	command(s, RESET, S("RSET\r\n"));
	if (outcome == SMTP_UNKNOWN)
		end_job(j, outcome, code, text, key);
	else
		end_by_code(j, code, text, key);
}

static void take_job(struct session *s, struct job *j)
{
	s->job = j;
	if (j->utf8 && !s->can_utf8) {
		s->job = NULL;
		end_job(j, SMTP_REFUSED, 0, S("the server takes no such addresses (SMTPUTF8)"),
			"mail.error.address");
	} else if (s->size_max > 0 && (int64_t)j->bytes.n > s->size_max) {
		s->job = NULL;
		end_job(j, SMTP_REFUSED, 552, S("larger than the server takes"),
			"mail.error.too_large");
	}
	if (s->job)
		send_mail_from(s);
}

static void rcpt_answered(struct session *s, int code, struct str text)
{
	struct job *j = s->job;
	struct str to = j->to[j->asked++];

	if (code / 100 == 2)
		j->taken++;
	else
		j->refusals[j->n_refusals++] = (struct smtp_refusal){to, code, str_dup(j->a, text)};
	if (j->asked < j->n_to) {
		send_rcpt(s);
	} else if (j->taken > 0) {
		command(s, DATA, S("DATA\r\n"));
	} else {
		int worst = code;

		for (size_t i = 0; i < j->n_refusals; i++)
			if (j->refusals[i].code < 500)
				worst = j->refusals[i].code; /* one that may go later */
		settle(s, SMTP_REFUSED, worst, text, "mail.error.recipient");
	}
}

static void send_body(struct session *s)
{
	s->step = BODY;
	wire_write(s->wire, s->job->bytes);
	s->unsent = wire_unsent(s->wire);
	arm(s, s->unsent ? COMMAND_MS : FINAL_MS);
}

/* One line of the answer to EHLO, without its code. */
static void read_ability(struct session *s, struct str line)
{
	struct str word;

	if (!str_cut(&line, ' ', &word))
		return;
	if (str_eq_nocase(word, S("SIZE"))) {
		s->can_size = true;
		if (!str_int(str_trim(line), &s->size_max))
			s->size_max = 0;
	} else if (str_eq_nocase(word, S("SMTPUTF8"))) {
		s->can_utf8 = true;
	} else if (str_eq_nocase(word, S("8BITMIME"))) {
		s->can_eight = true;
	}
}

static void answered(struct session *s, int code, struct str text)
{
	bool good = code / 100 == 2;

	s->replied = true;
	switch (s->step) {
	case GREETING:
		if (!good) {
			session_lost(s, "mail.error.protocol", "the server refuses EHLO");
			return;
		}
		s->step = IDLE;
		if (s->job) {
			struct job *j = s->job;
			take_job(s, j);
		}
		if (!s->job) {
			arm(s, IDLE_MS);
			lane_work(s->lane);
		}
		break;
	case MAIL:
		if (good)
			send_rcpt(s);
		else
			settle(s, SMTP_REFUSED, code, text, "mail.error.refused");
		break;
	case RCPT: rcpt_answered(s, code, text); break;
	case DATA:
		if (code == 354)
			send_body(s);
		else
			settle(s, SMTP_REFUSED, code, text, "mail.error.refused");
		break;
	case BODY:
		if (wire_unsent(s->wire) > 0) /* it answers before it has heard all: it is lost */
			session_lost(s, "mail.error.refused", "the server stopped listening");
		else if (good)
			settle(s, SMTP_SENT, code, text,
			       s->job->n_refusals ? "mail.error.recipient" : NULL);
		else
			settle(s, SMTP_REFUSED, code, text, "mail.error.refused");
		break;
	case RESET:
		s->step = IDLE;
		arm(s, IDLE_MS);
		lane_work(s->lane);
		break;
	default: session_lost(s, "mail.error.connect", "the server ends the session"); break;
	}
}

/* A line without its end: "250-more" or "250 last". */
static void line_done(struct session *s)
{
	struct str line = {s->line, s->n_line}, rest;
	int64_t code;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n < 3 || !str_int(str_slice(line, 0, 3), &code) || code < 200 || code > 599) {
		session_lost(s, "mail.error.protocol", "the server does not speak SMTP");
		return;
	}
	rest = str_slice(line, 4, line.n);
	if (s->step == GREETING)
		read_ability(s, rest);
	if (s->n_text + rest.n + 1 < sizeof s->text) {
		if (s->n_text > 0)
			s->text[s->n_text++] = ' ';
		memcpy(s->text + s->n_text, rest.p, rest.n);
		s->n_text += rest.n;
	}
	s->n_line = 0;
	if (line.n > 3 && line.p[3] == '-')
		return;
	struct str text = {s->text, s->n_text};
	s->n_text = 0;
	answered(s, (int)code, str_utf8_ok(text) ? text : S(""));
}

static bool session_alive(const struct lane *l, const struct session *s)
{
	for (const struct session *o = l->sessions; o; o = o->next)
		if (o == s)
			return true;
	return false;
}

static bool lane_alive(const struct pool *p, const struct lane *l)
{
	for (const struct lane *o = p->lanes; o; o = o->next)
		if (o == l)
			return true;
	return false;
}

static void on_data(void *arg, const char *p, size_t n)
{
	struct session *s = arg;
	struct lane *l = s->lane;
	struct pool *pool = l->pool;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			if (s->n_line == sizeof s->line) {
				session_lost(s, "mail.error.protocol", "a line without an end");
				return;
			}
			s->line[s->n_line++] = p[i];
			continue;
		}
		line_done(s);
		if (!lane_alive(pool, l) || !session_alive(l, s))
			return;
	}
}

static void on_open(void *arg)
{
	struct session *s = arg;
	char name[256] = "localhost";

	if (gethostname(name, sizeof name - 1) != 0 || !name[0])
		strncpy(name, "localhost", sizeof name - 1);
	struct arena *a = arena_new();
	command(s, GREETING, str_fmt(a, "EHLO %s\r\n", name));
	arena_free(a);
}

static void on_closed(void *arg, const char *key, const char *detail)
{
	session_lost(arg, key, detail);
}

static void open_session(struct lane *l, struct job *j)
{
	const struct smtp_account *o = &l->account;
	struct session *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->lane = l;
	s->job = j;
	s->timer = (struct net_timer){.run = on_timer, .arg = s};
	s->next = l->sessions;
	if (s->next)
		s->next->prev = s;
	l->sessions = s;
	l->n_sessions++;
	s->wire = wire_open(l->pool->net,
			    &(struct wire_options){.scheme = "smtp",
						   .host = o->host,
						   .port = o->port,
						   .tls = o->tls,
						   .user = o->user,
						   .password = o->password,
						   .bearer = o->bearer},
			    &(struct wire_events){on_open, on_data, on_closed, s});
}

/* Give waiting mails to idle sessions, then to new ones. */
static void lane_work(struct lane *l)
{
	struct session *s, *next;

	if (!lane_alive(l->pool, l) || l->pool->stopping)
		return;
	for (s = l->sessions; s && l->first; s = next) {
		next = s->next;
		while (s->step == IDLE && l->first)
			take_job(s, queue_take(l));
	}
	while (l->first && l->n_sessions < SESSIONS)
		open_session(l, queue_take(l));
	free_lane_if_done(l);
}

/* ---- handing in ---- */

static struct smtp_account copy_account(struct arena *a, const struct smtp_account *o)
{
	struct smtp_account c = *o;

	if (!c.port)
		c.port = c.tls == NET_TLS_IMPLICIT ? 465 : 587;
	c.host = str_dup(a, o->host);
	c.user = str_dup(a, o->user);
	c.password = str_dup(a, o->password);
	c.bearer = str_dup(a, o->bearer);
	return c;
}

static bool same_account(const struct smtp_account *x, const struct smtp_account *y)
{
	return x->port == y->port && x->tls == y->tls && str_eq(x->host, y->host) &&
	       str_eq(x->user, y->user) && str_eq(x->password, y->password) &&
	       str_eq(x->bearer, y->bearer);
}

static void stop_pool(void *arg)
{
	struct pool *p = arg;
	struct lane *l, *next_lane;

	p->stopping = true;
	for (l = p->lanes; l; l = next_lane) {
		next_lane = l->next;
		fail_queue(l, "mail.error.connect", S("the program stops"));
		while (l->sessions)
			session_lost(l->sessions, "mail.error.connect", "the program stops");
		free_lane_if_done(l);
	}
	net_service_remove(p->net, &p->service);
	*net_smtp_pool(p->net) = NULL;
	free(p);
}

static struct pool *pool_of(struct net *n)
{
	struct pool *p = *net_smtp_pool(n);

	if (p)
		return p;
	p = calloc(1, sizeof *p);
	if (!p)
		abort();
	p->net = n;
	p->service = (struct net_service){.stop = stop_pool, .arg = p};
	net_service_add(n, &p->service);
	*net_smtp_pool(n) = p;
	return p;
}

static struct lane *lane_of(struct pool *p, const struct smtp_account *account)
{
	struct lane *l = p->lanes;

	while (l && !same_account(&l->account, account))
		l = l->next;
	if (l)
		return l;
	l = calloc(1, sizeof *l);
	if (!l)
		abort();
	l->pool = p;
	l->a = arena_new();
	l->account = copy_account(l->a, account);
	l->next = p->lanes;
	if (l->next)
		l->next->prev = l;
	p->lanes = l;
	return l;
}

static void job_arrives(void *arg)
{
	struct job *j = arg;
	struct lane *l;

	if (j->mistake) {
		end_job(j, SMTP_REFUSED, 0, S("not an address"), j->mistake);
		return;
	}
	l = lane_of(pool_of(j->net), &j->account);
	queue_back(l, j);
	lane_work(l);
}

/* What may stand between the angle brackets. */
static bool address_ok(struct str s)
{
	if (s.n > ADDRESS_MAX || !str_utf8_ok(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '<' ||
		    s.p[i] == '>')
			return false;
	return true;
}

static bool has_eight_bit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

/* Lines end in CR LF, a dot that begins one is doubled, and the last dot follows. */
static struct str dress(struct arena *a, struct str mail)
{
	size_t n = 0, room = mail.n + 8;
	bool start = true;

	for (size_t i = 0; i < mail.n; i++)
		room += mail.p[i] == '\n' || mail.p[i] == '\r' || mail.p[i] == '.';
	char *p = arena_alloc(a, room);
	for (size_t i = 0; i < mail.n; i++) {
		char c = mail.p[i];

		if (start && c == '.')
			p[n++] = '.';
		if (c == '\r' && i + 1 < mail.n && mail.p[i + 1] == '\n')
			continue;
		start = c == '\n' || c == '\r';
		if (start)
			p[n++] = '\r';
		p[n++] = start ? '\n' : c;
	}
	if (!start) {
		p[n++] = '\r';
		p[n++] = '\n';
	}
	memcpy(p + n, ".\r\n", 3);
	return (struct str){p, n + 3};
}

static struct str head_of(struct str mail)
{
	ptrdiff_t end = str_find(mail, S("\r\n\r\n"));

	return end < 0 ? mail : str_slice(mail, 0, (size_t)end);
}

void smtp_send(struct net *n, const struct smtp_account *account, const struct smtp_mail *m,
	       smtp_done *done, void *arg)
{
	struct arena *a = arena_new();
	struct job *j = NEW(a, struct job);

	j->a = a;
	j->net = n;
	j->account = copy_account(a, account);
	j->done = done;
	j->arg = arg;
	j->from = str_dup(a, m->from);
	j->to = NEWN(a, struct str, m->n_to + 1);
	j->refusals = NEWN(a, struct smtp_refusal, m->n_to + 1);
	j->n_to = m->n_to;
	j->bytes = dress(a, m->bytes);
	j->eight_bit = has_eight_bit(j->bytes);
	j->utf8_head = has_eight_bit(head_of(j->bytes));
	j->utf8 = has_eight_bit(j->from);
	if (m->n_to == 0 || !address_ok(j->from))
		j->mistake = "mail.error.address";
	for (size_t i = 0; i < m->n_to; i++) {
		j->to[i] = str_dup(a, m->to[i]);
		j->utf8 |= has_eight_bit(j->to[i]);
		if (j->to[i].n == 0 || !address_ok(j->to[i]))
			j->mistake = "mail.error.address";
	}
	net_post(n, job_arrives, j);
}
