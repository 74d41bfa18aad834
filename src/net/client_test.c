/* The outbound side against our own HTTP server, over real sockets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/client.h"
#include "net/http.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	struct arena *a;
	struct http_server *http;
	struct net *net;
	int port;
	pthread_mutex_t lock; /* of what is held; two threads serve */
	struct http_req *held[8];
	int n_held;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the other side ---- */

static void handle(void *arg, struct http_req *q)
{
	struct http_reply r = {.status = 200};
	struct http_pair h[2] = {{S("Retry-After"), S("7")},
				 {S("X-Echo"), http_header(q, "X-Say")}};

	(void)arg;
	r.headers = h;
	r.n_headers = h[1].value.n ? 2 : 1;
	if (str_eq(q->path, S("/hold"))) {
		pthread_mutex_lock(&t.lock);
		t.held[t.n_held++] = q;
		pthread_mutex_unlock(&t.lock);
		return;
	}
	if (str_eq(q->path, S("/busy")))
		r.status = 503;
	if (str_eq(q->path, S("/moved"))) {
		r.status = 302;
		h[0] = (struct http_pair){S("Location"), S("/echo")};
	}
	if (str_eq(q->path, S("/big")))
		r.body = (struct str){arena_alloc(q->a, 5000), 5000};
	else
		r.body =
		    str_fmt(q->a, "%.*s %.*s %.*s", STR(q->method), STR(q->path), STR(q->body));
	http_send(q, &r);
}

/* ---- waiting for a callback ---- */

struct answer {
	pthread_mutex_t lock;
	pthread_cond_t come;
	bool done;
	enum net_outcome outcome;
	int status;
	char body[8192], key[64], echo[64];
	int64_t retry_after;
	bool sent;
};

static void done(void *arg, const struct net_result *r)
{
	struct answer *w = arg;

	pthread_mutex_lock(&w->lock);
	w->done = true;
	w->outcome = r->outcome;
	w->status = r->status;
	w->retry_after = r->retry_after;
	w->sent = r->sent;
	snprintf(w->body, sizeof w->body, "%.*s", STR(r->body));
	snprintf(w->key, sizeof w->key, "%s", r->key ? r->key : "");
	snprintf(w->echo, sizeof w->echo, "%.*s", STR(net_header(r, "x-echo")));
	pthread_cond_signal(&w->come);
	pthread_mutex_unlock(&w->lock);
}

static void await_answer(struct answer *w)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 8;
	pthread_mutex_lock(&w->lock);
	while (!w->done)
		if (pthread_cond_timedwait(&w->come, &w->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&w->lock);
	assert_true(w->done);
}

static void answer_init(struct answer *w)
{
	memset(w, 0, sizeof *w);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->come, NULL);
}

static void ask(struct net_request *q, const char *path, struct answer *w)
{
	q->url =
	    path[0] == '/' ? str_fmt(t.a, "http://127.0.0.1:%d%s", t.port, path) : str_of(path);
	answer_init(w);
	net_http(t.net, q, done, w);
	await_answer(w);
}

static int start(void **state)
{
	struct http_options o = {.listen = S("127.0.0.1:0"), .handle = handle};
	const char *why;

	(void)state;
	t.a = arena_new();
	t.n_held = 0;
	if (http_start(t.a, &o, &t.http, &why) != E_OK)
		return -1;
	t.port = http_port(t.http);
	t.net = net_start(&(struct net_options){0});
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (t.net)
		net_stop(t.net);
	t.net = NULL;
	pthread_mutex_lock(&t.lock);
	for (int i = 0; i < t.n_held; i++)
		http_send(t.held[i], &(struct http_reply){.status = 200});
	pthread_mutex_unlock(&t.lock);
	http_stop(t.http, 500);
	arena_free(t.a);
	return 0;
}

/* ---- the tests ---- */

/* clang-format off */
static const struct row {
	const char *what, *path;
	struct net_request q;
	enum net_outcome outcome;
	int status;
	const char *has; /* in the body, or the key */
} rows[] = {
	{"get",             "/a",     {.plain = true},                                          NET_ANSWERED, 200, "GET /a "},
	{"post",            "/p",     {.plain = true, .method = {"POST", 4}, .body = {"x=1", 3}}, NET_ANSWERED, 200, "POST /p x=1"},
	{"empty post",      "/p",     {.plain = true, .method = {"POST", 4}},                   NET_ANSWERED, 200, "POST /p "},
	{"delete",          "/p",     {.plain = true, .method = {"DELETE", 6}},                 NET_ANSWERED, 200, "DELETE /p "},
	{"a status is an answer", "/busy", {.plain = true},                                     NET_ANSWERED, 503, "GET"},
	{"not followed",    "/moved", {.plain = true},                                          NET_ANSWERED, 302, "GET /moved"},
	{"followed",        "/moved", {.plain = true, .redirects = 2},                          NET_ANSWERED, 200, "GET /echo"},
	{"too large",       "/big",   {.plain = true, .reply_max = 4999},                       NET_FAILED,   200, "net.error.too_large"},
	{"just fits",       "/big",   {.plain = true, .reply_max = 5000},                       NET_ANSWERED, 200, ""},
	{"slow",            "/hold",  {.plain = true, .timeout_ms = 200},                       NET_FAILED,   0,   "net.error.timeout"},
	{"not secure",      "/a",     {.plain = false},                                         NET_FAILED,   0,   "net.error.refused"},
	{"private address", "/a",     {.plain = true, .public_only = true},                     NET_FAILED,   0,   "net.error.refused"},
	{"private name",    "http://localhost:1/", {.plain = true, .public_only = true},        NET_FAILED,   0,   "net.error.refused"},
	{"another scheme",  "file:///etc/passwd", {.plain = true},                              NET_FAILED,   0,   "net.error.refused"},
	{"odd method",      "/a",     {.plain = true, .method = {"GET /", 5}},                  NET_FAILED,   0,   "net.error.refused"},
	{"nobody there",    "http://127.0.0.1:1/", {.plain = true},                             NET_FAILED,   0,   "net.error.connect"},
	{"no such name",    "http://nowhere.invalid/", {.plain = true},                         NET_FAILED,   0,   "net.error.connect"},
};
/* clang-format on */

static void test_requests(void **state)
{
	static struct answer w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct net_request q = r->q;

		ask(&q, r->path, &w);
		if (w.outcome != r->outcome || w.status != r->status ||
		    !strstr(r->outcome == NET_FAILED ? w.key : w.body, r->has))
			fail_msg("%s: outcome %d, status %d, key %s, body %s", r->what, w.outcome,
				 w.status, w.key, w.body);
	}
}

static void test_headers(void **state)
{
	struct net_pair say = {S("X-Say"), S("hello")}, bad = {S("X-Say"), S("a\r\nX-Evil: 1")};
	struct net_request q = {.plain = true, .headers = &say, .n_headers = 1};
	static struct answer w;

	(void)state;
	ask(&q, "/a", &w);
	assert_string_equal(w.echo, "hello");
	assert_int_equal(w.retry_after, 7000);
	assert_true(w.sent);
	q.headers = &bad;
	ask(&q, "/a", &w);
	assert_string_equal(w.key, "net.error.refused");
	assert_false(w.sent);
}

static void test_cancel(void **state)
{
	struct net_request q = {.plain = true};
	static struct answer one, two;

	(void)state;
	q.url = str_fmt(t.a, "http://127.0.0.1:%d/hold", t.port);
	answer_init(&one);
	answer_init(&two);
	uint64_t number = net_http(t.net, &q, done, &one);
	net_http(t.net, &q, done, &two);
	usleep(50000);
	net_cancel(t.net, number);
	net_cancel(t.net, number); /* harmless */
	await_answer(&one);
	assert_int_equal(one.outcome, NET_CANCELLED);
	assert_false(two.done);
	net_stop(t.net);
	t.net = NULL;
	assert_true(two.done);
	assert_int_equal(two.outcome, NET_CANCELLED);
}

static void test_many(void **state)
{
	enum { MANY = 200 };
	static struct answer w[MANY];
	struct net_request q = {.plain = true};

	(void)state;
	for (int i = 0; i < MANY; i++) {
		q.url = str_fmt(t.a, "http://127.0.0.1:%d/%d", t.port, i);
		answer_init(&w[i]);
		net_http(t.net, &q, done, &w[i]);
	}
	for (int i = 0; i < MANY; i++) {
		char want[32];

		await_answer(&w[i]);
		snprintf(want, sizeof want, "GET /%d ", i);
		assert_string_equal(w[i].body, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_requests, start, stop),
	    cmocka_unit_test_setup_teardown(test_headers, start, stop),
	    cmocka_unit_test_setup_teardown(test_cancel, start, stop),
	    cmocka_unit_test_setup_teardown(test_many, start, stop),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
