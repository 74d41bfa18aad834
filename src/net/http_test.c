/* The server over real sockets: what it reads, refuses, answers and keeps open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/http_internal.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { BODY_MAX = 1000, FILE_MAX = 3 * 1024 * 1024, STREAMS = 50 };

static struct {
	struct arena *a;
	struct http_server *http;
	int port;
	char folder[64];
	pthread_mutex_t lock;
	struct http_stream *streams[STREAMS];
	int n_streams, n_closed;
	struct http_req *kept;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- a small dispatcher ---- */

static struct http_plan plan(void *arg, const struct http_req *q)
{
	(void)arg;
	if (str_eq(q->path, S("/file")))
		return (struct http_plan){.body_max = FILE_MAX, .to_file = true};
	return (struct http_plan){.body_max = BODY_MAX};
}

static void closed(void *arg, struct http_stream *s)
{
	(void)arg;
	pthread_mutex_lock(&t.lock);
	for (int i = 0; i < t.n_streams; i++)
		if (t.streams[i] == s)
			t.streams[i] = NULL;
	t.n_closed++;
	pthread_mutex_unlock(&t.lock);
}

static void open_stream(struct http_req *q)
{
	struct http_pair type = {S("Content-Type"), S("text/event-stream")};

	pthread_mutex_lock(&t.lock);
	struct http_stream *s = http_stream_open(q, &type, 1, closed, NULL);
	if (s && t.n_streams < STREAMS)
		t.streams[t.n_streams++] = s;
	pthread_mutex_unlock(&t.lock);
}

static void send_file(struct http_req *q)
{
	struct http_pair tag = {S("ETag"), S("\"f1\"")};
	char path[128];

	snprintf(path, sizeof path, "%s/sent", t.folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "0123456789", 10) != 10)
		abort();
	http_send(q, &(struct http_reply){
			 .status = 200, .headers = &tag, .n_headers = 1, .fd = fd, .fd_size = 10});
}

static struct str describe(struct http_req *q)
{
	struct buf b = BUF(q->a);

	buf_fmt(&b, "%.*s %.*s peer=%.*s tls=%d q=%.*s c=%.*s h=%.*s", STR(q->method), STR(q->path),
		STR(q->peer), q->tls, STR(http_query(q, "q")), STR(http_cookie(q, "sid")),
		STR(http_header(q, "x-test")));
	return buf_str(&b);
}

static void answer(struct http_req *q)
{
	struct http_reply r = {.status = 200};
	struct http_pair tag = {S("ETag"), S("\"v1\"")};

	if (str_eq(q->path, S("/echo"))) {
		r.body = q->body;
	} else if (str_eq(q->path, S("/file"))) {
		r.body = str_fmt(q->a, "%lld %.*s %s", (long long)q->body_size,
				 STR(str_hex(q->a, q->body_sha256, 32)),
				 access(q->body_file.p, R_OK) == 0 ? "there" : "missing");
	} else if (str_eq(q->path, S("/tagged"))) {
		r.headers = &tag;
		r.n_headers = 1;
		r.body = S("tagged");
		r.fixed = true;
	} else {
		r.body = describe(q);
	}
	http_send(q, &r);
}

static void *answer_later(void *arg)
{
	usleep(3000);
	answer(arg);
	return NULL;
}

static void handle(void *arg, struct http_req *q)
{
	pthread_t thread;

	(void)arg;
	if (str_eq(q->path, S("/stream"))) {
		open_stream(q);
	} else if (str_eq(q->path, S("/ranged"))) {
		send_file(q);
	} else if (str_eq(q->path, S("/keep"))) {
		pthread_mutex_lock(&t.lock);
		t.kept = q;
		pthread_mutex_unlock(&t.lock);
	} else if (str_eq(http_query(q, "later"), S("1"))) {
		if (pthread_create(&thread, NULL, answer_later, q) != 0)
			abort();
		pthread_detach(thread);
	} else {
		answer(q);
	}
}

/* ---- a small client ---- */

static int dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)t.port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void say(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t put = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (put <= 0)
			return;
		s = str_slice(s, (size_t)put, s.n);
	}
}

/* Read until the text is there, or the other side closes; what came is in the arena. */
static struct str hear(int fd, const char *until)
{
	struct buf b = BUF(t.a);
	char piece[4096];
	ssize_t got;

	while ((!until || str_find(buf_str(&b), str_of(until)) < 0) &&
	       (got = recv(fd, piece, sizeof piece, 0)) > 0)
		buf_add(&b, (struct str){piece, (size_t)got});
	return b.p ? buf_str(&b) : S("");
}

static void expect(struct str got, const char *want, const char *what)
{
	if (str_find(got, str_of(want)) < 0)
		fail_msg("%s: no \"%s\" in: %.*s", what, want, STR(got));
}

/* One request on a connection of its own; what comes back must have the text. */
static struct str ask(struct str request, const char *want, const char *what)
{
	int fd = dial();

	say(fd, request);
	struct str got = hear(fd, want[0] ? want : NULL);
	close(fd);
	expect(got, want, what);
	return got;
}

static bool wait_for(const int *count, int value)
{
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&t.lock);
		bool there = *count >= value;
		pthread_mutex_unlock(&t.lock);
		if (there)
			return true;
		usleep(10000);
	}
	return false;
}

static int start(void **state)
{
	struct str proxy = S("127.0.0.0/8");
	const char *why;

	(void)state;
	t.a = arena_new();
	t.n_streams = t.n_closed = 0;
	t.kept = NULL;
	snprintf(t.folder, sizeof t.folder, "/tmp/http-test-XXXXXX");
	if (!mkdtemp(t.folder))
		return -1;
	struct http_options o = {.listen = S("127.0.0.1:0"),
				 .temporary = str_of(t.folder),
				 .trusted_proxies = {&proxy, 1},
				 .plan = plan,
				 .handle = handle,
				 .streams = STREAMS,
				 .header_seconds = 1,
				 .idle_seconds = 2,
				 .stream_seconds = 15};
	if (http_start(t.a, &o, &t.http, &why) != E_OK)
		return -1;
	t.port = http_port(t.http);
	return 0;
}

static int stop(void **state)
{
	char path[128];

	(void)state;
	if (t.http)
		http_stop(t.http, 2000);
	t.http = NULL;
	snprintf(path, sizeof path, "%s/sent", t.folder);
	unlink(path);
	arena_free(t.a);
	/* Fails when a body's file was left behind. */
	return rmdir(t.folder);
}

/* ---- requests ---- */

/* clang-format off */
static const struct row {
	const char *what, *request, *has;
} rows[] = {
	{"plain",              "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",                          "200 OK"},
	{"request id",         "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",                          "X-Request-Id: "},
	{"later",              "GET /a?later=1 HTTP/1.1\r\nHost: x\r\n\r\n",                  "GET /a peer"},
	{"decoded path",       "GET /%E4%BD%A0%20b HTTP/1.1\r\nHost: x\r\n\r\n",              "/\xe4\xbd\xa0 b peer"},
	{"query",              "GET /a?p=1&q=x+y%21 HTTP/1.1\r\nHost: x\r\n\r\n",             "q=x y! "},
	{"cookie",             "GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=b; sid=\"42\"\r\n\r\n", "c=42 "},
	{"header, any case",   "GET /a HTTP/1.1\r\nHost: x\r\nX-TEST: yes\r\n\r\n",           "h=yes"},
	{"forwarded for",      "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9, 8.8.8.8, 127.0.0.3\r\nX-Forwarded-Proto: https\r\n\r\n", "peer=8.8.8.8 tls=1"},
	{"forwarded nonsense", "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: nobody\r\n\r\n", "peer=127.0.0.1 tls=0"},
	{"HTTP/1.0",           "GET /a HTTP/1.0\r\n\r\n",                                     "200 OK"},
	{"dot segment",        "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n",                     "400 Bad"},
	{"hidden dot segment", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n",                 "400 Bad"},
	{"hidden slash",       "GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n",                      "400 Bad"},
	{"NUL in path",        "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",                      "400 Bad"},
	{"bad UTF-8 in path",  "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",                        "error.malformed"},
	{"bad escape",         "GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n",                        "400 Bad"},
	{"bad UTF-8 in query", "GET /a?q=%c3 HTTP/1.1\r\nHost: x\r\n\r\n",                    "400 Bad"},
	{"bad UTF-8 in header", "GET /a HTTP/1.1\r\nHost: x\r\nX-Test: \xff\r\n\r\n",         "400 Bad"},
	{"foreign target",     "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n",                  "400 Bad"},
	{"no host",            "GET /a HTTP/1.1\r\n\r\n",                                     "400 Bad"},
	{"body",               "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "\r\n\r\nabc"},
	{"chunked body",       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", "\r\n\r\nabcde"},
	{"length too large",   "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n", "413 "},
	{"length absurd",      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n", "413 "},
	{"length not a number", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "400 "},
	{"two lengths",        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400 "},
	{"length and chunks",  "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 "},
	{"unknown coding",     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400 "},
	{"space before colon", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc", "HTTP/1.1 400 Bad Request\r\n"},
	{"version unknown",    "GET /a HTTP/7.1\r\nHost: x\r\n\r\n",                          "505 "},
	{"not a request",      "\x16\x03\x01\x02\r\n\r\n",                                    ""},
	{"tag not held",       "GET /tagged HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\"\r\n\r\n", "200 OK"},
	{"tag held",           "GET /tagged HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n", "304 Not"},
	{"whole file",         "GET /ranged HTTP/1.1\r\nHost: x\r\n\r\n",                     "\r\n\r\n0123456789"},
	{"range",              "GET /ranged HTTP/1.1\r\nHost: x\r\nRange: bytes=2-4\r\n\r\n", "\r\n\r\n234"},
	{"range says where",   "GET /ranged HTTP/1.1\r\nHost: x\r\nRange: bytes=-3\r\n\r\n",  "Content-Range: bytes 7-9/10"},
	{"range past the end", "GET /ranged HTTP/1.1\r\nHost: x\r\nRange: bytes=10-\r\n\r\n", "416 "},
	{"range of another",   "GET /ranged HTTP/1.1\r\nHost: x\r\nRange: bytes=2-4\r\nIf-Range: \"f0\"\r\n\r\n", "200 OK"},
	{"stream by HEAD",     "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n",                    "200 OK"},
};
/* clang-format on */

static void test_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ask(str_of(rows[i].request), rows[i].has, rows[i].what);
}

static void test_head(void **state)
{
	struct str got = ask(S("HEAD /tagged HTTP/1.1\r\nHost: x\r\n\r\n"), "\r\n\r\n", "HEAD");

	(void)state;
	expect(got, "Content-Length: 6", "HEAD");
	assert_true(str_ends(got, S("\r\n\r\n")));
}

static void test_pipeline(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, S("GET /1?later=1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: "
		  "x\r\nContent-Length: 2\r\n\r\nhiGET /3 HTTP/1.1\r\nHost: x\r\n\r\n"));
	struct str got = hear(fd, "/3 peer");
	ptrdiff_t one = str_find(got, S("/1 peer")), two = str_find(got, S("\r\n\r\nhi"));
	assert_true(one > 0 && two > one && str_find(got, S("/3 peer")) > two);
	close(fd);
}

/* What follows a request whose end is unsure is never taken for a request. */
static void test_smuggling(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, S("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length : 33\r\n\r\n"
		  "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"));
	struct str got = hear(fd, NULL);
	assert_true(str_find(got, S("400 Bad Request")) > 0);
	assert_true(str_find(got, S("/hidden")) < 0);
	close(fd);
}

static void test_pieces(void **state)
{
	struct str whole =
	    S("POST /echo?later=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd");
	int fd = dial();

	(void)state;
	for (size_t i = 0; i < whole.n; i++) {
		say(fd, str_slice(whole, i, i + 1));
		if (i % 16 == 0)
			usleep(1000);
	}
	expect(hear(fd, "abcd"), "\r\n\r\nabcd", "byte by byte");
	/* The same connection goes on after a refusal. */
	say(fd, S("GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n"));
	expect(hear(fd, "request_id"), "400 ", "refused");
	say(fd, S("GET /again HTTP/1.1\r\nHost: x\r\n\r\n"));
	expect(hear(fd, "/again"), "200 OK", "after the refusal");
	close(fd);
}

static struct str post(const char *path, size_t n)
{
	struct buf b = BUF(t.a);

	buf_fmt(&b, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", path, n);
	for (size_t i = 0; i < n; i++)
		buf_char(&b, (char)('a' + i % 26));
	return buf_str(&b);
}

static void test_limits(void **state)
{
	struct buf big = BUF(t.a), many = BUF(t.a);

	(void)state;
	buf_z(&big, "GET /a HTTP/1.1\r\nHost: x\r\nX-Big: ");
	for (int i = 0; i < 40000; i++)
		buf_char(&big, 'b');
	buf_z(&big, "\r\n\r\n");
	ask(buf_str(&big), "431 ", "huge header");
	buf_z(&many, "GET /a HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < HTTP_HEADERS_MAX; i++)
		buf_fmt(&many, "X-%d: 1\r\n", i);
	buf_z(&many, "\r\n");
	ask(buf_str(&many), "431 ", "one header too many");
	ask(post("/echo", BODY_MAX), "200 OK", "largest body");
	ask(post("/echo", BODY_MAX + 1), "413 ", "body one too large");
	ask(post("/echo", 200000), "error.too_large", "refused body is read to its end");
	ask(post("/file", FILE_MAX + 1), "413 ", "file one too large");
}

static void test_file(void **state)
{
	struct str request = post("/file", 2000000);
	unsigned char sum[32];

	(void)state;
	crypto_hash_sha256(sum, (const unsigned char *)request.p + request.n - 2000000, 2000000);
	struct str want = str_fmt(t.a, "2000000 %.*s there", STR(str_hex(t.a, sum, 32)));
	ask(request, want.p, "hash of the file");
	/* A client that leaves in the middle: the file goes too (see stop()). */
	int fd = dial();
	say(fd, str_slice(request, 0, 100000));
	usleep(20000);
	close(fd);
}

static void test_slow(void **state)
{
	int64_t began = clock_ticks();
	int fd = dial();

	(void)state;
	/* Never idle, yet never done with its headers. */
	say(fd, S("GET /a HTTP/1.1\r\n"));
	for (int i = 0; i < 40; i++) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		say(fd, S("X: y\r\n"));
		if (poll(&p, 1, 100) > 0)
			break;
	}
	assert_int_equal(hear(fd, NULL).n, 0);
	assert_true(clock_ticks() - began < 3500000);
	close(fd);
}

/* ---- streams ---- */

static void send_all(struct str s)
{
	struct http_chunk *c = http_chunk_new(s);

	pthread_mutex_lock(&t.lock);
	for (int i = 0; i < t.n_streams; i++)
		if (t.streams[i])
			http_stream_send(t.streams[i], c);
	pthread_mutex_unlock(&t.lock);
	http_chunk_release(c);
}

static void test_streams(void **state)
{
	struct http_stats stats;
	int fd[STREAMS + 1];

	(void)state;
	for (int i = 0; i < STREAMS; i++) {
		fd[i] = dial();
		say(fd[i], S("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
		expect(hear(fd[i], "\r\n\r\n"), "text/event-stream", "opening");
	}
	fd[STREAMS] = dial();
	say(fd[STREAMS], S("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
	expect(hear(fd[STREAMS], "\r\n\r\n"), "503 ", "one stream too many");
	close(fd[STREAMS]);
	send_all(S("data: one\n\n"));
	send_all(S("data: two\n\n"));
	for (int i = 0; i < STREAMS; i++)
		expect(hear(fd[i], "two\n\n"), "data: one\n\ndata: two\n\n", "both in order");
	http_stats_get(t.http, &stats);
	assert_int_equal(stats.streams, STREAMS);
	/* Clients leave one way or the other; the server hears of it without writing. */
	for (int i = 0; i < STREAMS; i++)
		if (i % 2)
			close(fd[i]);
		else
			shutdown(fd[i], SHUT_WR);
	assert_true(wait_for(&t.n_closed, STREAMS));
	for (int i = 0; i < STREAMS; i += 2)
		close(fd[i]);
	http_stats_get(t.http, &stats);
	assert_int_equal(stats.streams, 0);
}

static void test_stream_slow(void **state)
{
	struct http_stats stats;
	char block[8192];
	int fd = dial();

	(void)state;
	memset(block, 'x', sizeof block);
	say(fd, S("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
	hear(fd, "\r\n\r\n");
	for (int i = 0; i < 1000; i++)
		send_all((struct str){block, sizeof block});
	assert_true(wait_for(&t.n_closed, 1));
	http_stats_get(t.http, &stats);
	assert_int_equal(stats.overflowed, 1);
	close(fd);
}

static void test_stream_close(void **state)
{
	char block[100000];
	int fd = dial();

	(void)state;
	memset(block, 'x', sizeof block);
	say(fd, S("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
	hear(fd, "\r\n\r\n");
	/* More than the socket takes at once, then the end: all of it must arrive. */
	send_all((struct str){block, sizeof block});
	send_all((struct str){block, sizeof block});
	pthread_mutex_lock(&t.lock);
	http_stream_close(t.streams[0]);
	struct http_chunk *late = http_chunk_new(S("late"));
	assert_false(http_stream_send(t.streams[0], late));
	http_chunk_release(late);
	pthread_mutex_unlock(&t.lock);
	assert_int_equal(hear(fd, NULL).n, 2 * sizeof block);
	assert_true(wait_for(&t.n_closed, 1));
	close(fd);
}

/* ---- stopping ---- */

static void test_stop_busy(void **state)
{
	struct http_req *kept = NULL;
	int keep = dial(), later = dial(), stream = dial(), idle = dial();

	(void)state;
	say(idle, S("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
	hear(idle, "peer");
	say(keep, S("GET /keep HTTP/1.1\r\nHost: x\r\n\r\n"));
	say(stream, S("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"));
	hear(stream, "\r\n\r\n");
	for (int i = 0; i < 200 && !kept; i++) {
		usleep(5000);
		pthread_mutex_lock(&t.lock);
		kept = t.kept;
		pthread_mutex_unlock(&t.lock);
	}
	assert_non_null(kept);
	say(later, S("GET /b?later=1 HTTP/1.1\r\nHost: x\r\n\r\n"));
	usleep(1000);
	int64_t began = clock_ticks();
	http_stop(t.http, 300);
	t.http = NULL;
	assert_in_range(clock_ticks() - began, 250000, 1500000);
	assert_int_equal(t.n_closed, 1);
	expect(hear(later, NULL), "/b peer", "a request that was running is answered");
	assert_int_equal(hear(keep, NULL).n, 0);
	/* The handler that never came back comes back now. */
	http_send(kept, &(struct http_reply){.status = 200, .body = S("too late")});
	close(keep);
	close(later);
	close(stream);
	close(idle);
}

static void test_start_refused(void **state)
{
	const char *why = NULL;
	struct http_server *s;
	struct str busy = str_fmt(t.a, "127.0.0.1:%d", t.port);
	struct http_options o = {.listen = busy, .handle = handle};

	(void)state;
	assert_int_equal(http_start(t.a, &o, &s, &why), E_INVALID);
	assert_string_equal(why, "the address is in use already");
	o.listen = S("8080");
	assert_int_equal(http_start(t.a, &o, &s, &why), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_requests, start, stop),
	    cmocka_unit_test_setup_teardown(test_head, start, stop),
	    cmocka_unit_test_setup_teardown(test_pipeline, start, stop),
	    cmocka_unit_test_setup_teardown(test_smuggling, start, stop),
	    cmocka_unit_test_setup_teardown(test_pieces, start, stop),
	    cmocka_unit_test_setup_teardown(test_limits, start, stop),
	    cmocka_unit_test_setup_teardown(test_file, start, stop),
	    cmocka_unit_test_setup_teardown(test_slow, start, stop),
	    cmocka_unit_test_setup_teardown(test_streams, start, stop),
	    cmocka_unit_test_setup_teardown(test_stream_slow, start, stop),
	    cmocka_unit_test_setup_teardown(test_stream_close, start, stop),
	    cmocka_unit_test_setup_teardown(test_stop_busy, start, stop),
	    cmocka_unit_test_setup_teardown(test_start_refused, start, stop),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
