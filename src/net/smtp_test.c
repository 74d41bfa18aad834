/* What becomes of a mail when the server refuses, hesitates or vanishes at each point of the
 * conversation: a scripted server on a real socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEARD_MAX = 1 << 20, LINE_SIZE = 4096 };

/* What the server says at each point; NULL hangs up instead, "" says nothing and hangs up. */
struct script {
	const char *mail, *rcpt[3], *data, *end;
};

static struct {
	int listener, port;
	const struct script *_Atomic script;
	pthread_t thread;
	struct net *net;
	struct arena *a;
	_Atomic int connections, open;
	pthread_mutex_t lock;
	char heard[HEARD_MAX]; /* the last mail */
	size_t n_heard;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the server ---- */

struct talk {
	int fd;
	char in[LINE_SIZE];
	size_t n;
};

static void put(struct talk *k, const char *line)
{
	char out[LINE_SIZE];
	int n = snprintf(out, sizeof out, "%s\r\n", line);

	if (send(k->fd, out, (size_t)n, MSG_NOSIGNAL) != n)
		return;
}

static bool get_line(struct talk *k, char *line, size_t size)
{
	for (;;) {
		char *end = memchr(k->in, '\n', k->n);

		if (end) {
			size_t n = (size_t)(end - k->in) + 1;

			if (n >= size)
				abort();
			memcpy(line, k->in, n);
			line[n] = '\0';
			k->n -= n;
			memmove(k->in, k->in + n, k->n);
			return true;
		}
		ssize_t got = recv(k->fd, k->in + k->n, sizeof k->in - k->n, 0);
		if (got <= 0)
			return false;
		k->n += (size_t)got;
	}
}

/* False hangs up. */
static bool say(struct talk *k, const char *line)
{
	if (line)
		put(k, line);
	return line != NULL;
}

static bool take_mail(struct talk *k)
{
	char line[LINE_SIZE];
	bool whole = false;

	pthread_mutex_lock(&t.lock);
	t.n_heard = 0;
	while (!whole && get_line(k, line, sizeof line)) {
		size_t n = strlen(line);

		whole = strcmp(line, ".\r\n") == 0;
		if (whole)
			break;
		memcpy(t.heard + t.n_heard, line, n);
		t.n_heard += n;
	}
	pthread_mutex_unlock(&t.lock);
	return whole;
}

static bool answer(struct talk *k, const char *line, int *n_rcpt)
{
	const struct script *s = t.script;

	if (strncmp(line, "EHLO", 4) == 0) {
		put(k, "250-here");
		put(k, "250-SIZE 100000");
		return say(k, "250 8BITMIME");
	}
	if (strncmp(line, "MAIL", 4) == 0) {
		*n_rcpt = 0;
		return say(k, s->mail);
	}
	if (strncmp(line, "RCPT", 4) == 0)
		return say(k, s->rcpt[(*n_rcpt)++]);
	if (strncmp(line, "DATA", 4) == 0) {
		if (!say(k, s->data))
			return false;
		return s->data[0] != '3' || (take_mail(k) && say(k, s->end));
	}
	return say(k, strncmp(line, "QUIT", 4) == 0 ? "221 bye" : "250 ok");
}

static void *serve_one(void *arg)
{
	struct talk *k = arg;
	char line[LINE_SIZE];
	int n_rcpt = 0;

	put(k, "220 here");
	while (get_line(k, line, sizeof line) && answer(k, line, &n_rcpt))
		;
	shutdown(k->fd, SHUT_RDWR);
	close(k->fd);
	free(k);
	atomic_fetch_sub(&t.open, 1);
	return NULL;
}

static void *serve(void *arg)
{
	pthread_t one;
	int fd;

	(void)arg;
	while ((fd = accept(t.listener, NULL, NULL)) >= 0) {
		struct talk *k = calloc(1, sizeof *k);

		if (!k)
			abort();
		k->fd = fd;
		atomic_fetch_add(&t.connections, 1);
		atomic_fetch_add(&t.open, 1);
		if (pthread_create(&one, NULL, serve_one, k) != 0)
			abort();
		pthread_detach(one);
	}
	while (atomic_load(&t.open) > 0)
		usleep(1000);
	return NULL;
}

static int start(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;

	(void)state;
	t.a = arena_new();
	t.connections = 0;
	t.listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(t.listener, (struct sockaddr *)&at, n) != 0 || listen(t.listener, 16) != 0 ||
	    getsockname(t.listener, (struct sockaddr *)&at, &n) != 0)
		return -1;
	t.port = ntohs(at.sin_port);
	t.net = net_start(&(struct net_options){0});
	return pthread_create(&t.thread, NULL, serve, NULL);
}

static int stop(void **state)
{
	(void)state;
	net_stop(t.net);
	shutdown(t.listener, SHUT_RDWR);
	pthread_join(t.thread, NULL);
	close(t.listener);
	arena_free(t.a);
	return 0;
}

/* ---- sending ---- */

struct end {
	pthread_mutex_t lock;
	pthread_cond_t come;
	bool done;
	enum smtp_outcome outcome;
	int code;
	size_t n_refusals;
	char key[64];
};

static void on_sent(void *arg, const struct smtp_result *r)
{
	struct end *e = arg;

	pthread_mutex_lock(&e->lock);
	e->outcome = r->outcome;
	e->code = r->code;
	e->n_refusals = r->n_refusals;
	snprintf(e->key, sizeof e->key, "%s", r->key ? r->key : "");
	e->done = true;
	pthread_cond_signal(&e->come);
	pthread_mutex_unlock(&e->lock);
}

static void hand_in(const struct smtp_mail *m, struct end *e)
{
	struct smtp_account o = {.host = S("127.0.0.1"), .port = t.port, .tls = NET_TLS_NONE};

	memset(e, 0, sizeof *e);
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->come, NULL);
	smtp_send(t.net, &o, m, on_sent, e);
}

static void await_end(struct end *e)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 8;
	pthread_mutex_lock(&e->lock);
	while (!e->done)
		if (pthread_cond_timedwait(&e->come, &e->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&e->lock);
	assert_true(e->done);
}

/* clang-format off */
static const struct row {
	const char *what;
	struct script script;
	size_t n_to;
	enum smtp_outcome outcome;
	int code;
	size_t n_refusals;
	const char *key;
} rows[] = {
	{"taken",                   {"250 ok", {"250 ok"}, "354 go", "250 taken"},           1, SMTP_SENT,    250, 0, ""},
	{"sender refused",          {"550 no", {"250 ok"}, "354 go", "250 taken"},           1, SMTP_REFUSED, 550, 0, "mail.error.refused"},
	{"sender later",            {"451 wait", {"250 ok"}, "354 go", "250 taken"},         1, SMTP_LATER,   451, 0, "mail.error.refused"},
	{"sign-in wanted",          {"530 who", {"250 ok"}, "354 go", "250 taken"},          1, SMTP_LATER,   530, 0, "mail.error.auth"},
	{"recipient unknown",       {"250 ok", {"550 who"}, "354 go", "250 taken"},          1, SMTP_REFUSED, 550, 1, "mail.error.recipient"},
	{"recipient full",          {"250 ok", {"452 full"}, "354 go", "250 taken"},         1, SMTP_LATER,   452, 1, "mail.error.recipient"},
	{"one of three",            {"250 ok", {"550 a", "250 b", "452 c"}, "354 go", "250 taken"}, 3, SMTP_SENT, 250, 2, "mail.error.recipient"},
	{"none, one may go later",  {"250 ok", {"452 a", "550 b"}, "354 go", "250 taken"},   2, SMTP_LATER,   452, 2, "mail.error.recipient"},
	{"data refused",            {"250 ok", {"250 ok"}, "554 no", "250 taken"},           1, SMTP_REFUSED, 554, 0, "mail.error.refused"},
	{"refused at the end",      {"250 ok", {"250 ok"}, "354 go", "554 spam"},            1, SMTP_REFUSED, 554, 0, "mail.error.refused"},
	{"later at the end",        {"250 ok", {"250 ok"}, "354 go", "451 greylisted"},      1, SMTP_LATER,   451, 0, "mail.error.refused"},
	{"gone after MAIL",         {NULL,     {"250 ok"}, "354 go", "250 taken"},           1, SMTP_LATER,   0,   0, "mail.error.connect"},
	{"gone after RCPT",         {"250 ok", {NULL},     "354 go", "250 taken"},           1, SMTP_LATER,   0,   0, "mail.error.connect"},
	{"gone after DATA",         {"250 ok", {"250 ok"}, NULL,     "250 taken"},           1, SMTP_LATER,   0,   0, "mail.error.connect"},
	{"gone after the last dot", {"250 ok", {"250 ok"}, "354 go", NULL},                  1, SMTP_UNKNOWN, 0,   0, "mail.error.lost"},
	{"not SMTP",                {"hello",  {"250 ok"}, "354 go", "250 taken"},           1, SMTP_LATER,   0,   0, "mail.error.protocol"},
};
/* clang-format on */

static void test_outcomes(void **state)
{
	struct str to[3] = {S("a@x.example"), S("b@x.example"), S("c@x.example")};
	static struct end e;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct smtp_mail m = {S("me@x.example"), to, r->n_to, S("Subject: x\n\nhi\n")};

		t.script = &r->script;
		hand_in(&m, &e);
		await_end(&e);
		if (e.outcome != r->outcome || e.code != r->code || e.n_refusals != r->n_refusals ||
		    strcmp(e.key, r->key) != 0)
			fail_msg("%s: outcome %d, code %d, refusals %zu, key %s", r->what,
				 e.outcome, e.code, e.n_refusals, e.key);
	}
}

static const struct script good = {"250 ok", {"250 ok", "250 ok", "250 ok"}, "354 go", "250 ok"};

static void test_bytes(void **state)
{
	struct str to = S("a@x.example");
	struct smtp_mail m = {S(""), &to, 1, S(".one\n..two\r\nthree\r.four\n\nend")};
	static struct end e;

	(void)state;
	t.script = &good;
	hand_in(&m, &e);
	await_end(&e);
	assert_int_equal(e.outcome, SMTP_SENT);
	t.heard[t.n_heard] = '\0';
	assert_string_equal(t.heard, "..one\r\n...two\r\nthree\r\n..four\r\n\r\nend\r\n");
}

static void test_refused_here(void **state)
{
	struct str bad[] = {S("a b@x.example"), S("a@x.example>\r\nDATA"), S(""),
			    S("\xff@x.example")};
	struct str far = S("\xe5\xae\xa2@x.example"), good_to = S("a@x.example");
	struct smtp_mail m = {S("me@x.example"), bad, 1, S("hi")};
	char *large = arena_alloc(t.a, 200000);
	static struct end e;

	(void)state;
	t.script = &good;
	for (size_t i = 0; i < COUNT(bad); i++) {
		m.to = &bad[i];
		hand_in(&m, &e);
		await_end(&e);
		assert_int_equal(e.outcome, SMTP_REFUSED);
		assert_string_equal(e.key, "mail.error.address");
	}
	assert_int_equal(t.connections, 0);
	m.to = &far; /* the server does not offer SMTPUTF8 */
	hand_in(&m, &e);
	await_end(&e);
	assert_string_equal(e.key, "mail.error.address");
	m.to = &good_to;
	memset(large, 'x', 200000);
	m.bytes = (struct str){large, 200000};
	hand_in(&m, &e);
	await_end(&e);
	assert_string_equal(e.key, "mail.error.too_large");
}

/* Connections are few and kept; one that the server closed while idle costs no mail. */
static void test_many(void **state)
{
	enum { MANY = 60 };
	struct str to = S("a@x.example");
	struct smtp_mail m = {S("me@x.example"), &to, 1, S("hi")};
	static struct end e[MANY];

	(void)state;
	t.script = &good;
	for (int i = 0; i < MANY; i++)
		hand_in(&m, &e[i]);
	for (int i = 0; i < MANY; i++) {
		await_end(&e[i]);
		assert_int_equal(e[i].outcome, SMTP_SENT);
	}
	assert_in_range(t.connections, 1, 3);
}

static void test_nobody(void **state)
{
	struct str to = S("a@x.example");
	struct smtp_mail m = {S("me@x.example"), &to, 1, S("hi")};
	struct smtp_account o = {.host = S("127.0.0.1"), .port = 1, .tls = NET_TLS_NONE};
	static struct end e;

	(void)state;
	memset(&e, 0, sizeof e);
	pthread_mutex_init(&e.lock, NULL);
	pthread_cond_init(&e.come, NULL);
	smtp_send(t.net, &o, &m, on_sent, &e);
	await_end(&e);
	assert_int_equal(e.outcome, SMTP_LATER);
	assert_string_equal(e.key, "mail.error.connect");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_outcomes, start, stop),
	    cmocka_unit_test_setup_teardown(test_bytes, start, stop),
	    cmocka_unit_test_setup_teardown(test_refused_here, start, stop),
	    cmocka_unit_test_setup_teardown(test_many, start, stop),
	    cmocka_unit_test_setup_teardown(test_nobody, start, stop),
	};

	return cmocka_run_group_tests_name("smtp", tests, NULL, NULL);
}
