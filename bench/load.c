/* load OPTIONS URL: requests from many clients at once, or many streams and how soon each hears.
 *
 *   --clients N --seconds S      N connections that ask again as soon as they are answered
 *   --method POST --body TEXT --header LINE ...    "%d" in the body and headers is a running number
 *   --first ID --spread N        "%d" in the path is one of N ids from ID on
 *   --streams N --until TEXT     N streams; says how long until each holds TEXT, once a line on
 *                                standard input said that what brings it about was just done
 *
 * One thread, epoll, HTTP/1.1 over plain TCP to 127.0.0.1.  Prints one line of JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADERS_MAX = 16, READ_SIZE = 65536, KEEP = 8192, TIMES_MAX = 4000000 };

struct client {
	int fd;
	bool writing, heard;
	char *out;
	size_t out_n, out_at, in_n, body_left;
	bool in_body;
	int64_t asked_at;
	char in[KEEP]; /* the head of the reply, or the tail of a stream */
};

static struct options {
	int clients, seconds, streams, port, headers_n, first, spread;
	const char *method, *body, *until, *path, *headers[HEADERS_MAX];
} opt = {.clients = 1, .seconds = 5, .method = "GET", .body = ""};

static int epoll_fd;
static int64_t running, *times, good, bad, last_bad;
static size_t times_n, bytes;

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void add_numbered(struct buf *b, const char *text, int64_t number)
{
	for (const char *at; (at = strstr(text, "%d")); text = at + 2) {
		buf_add(b, (struct str){text, (size_t)(at - text)});
		buf_int(b, number);
	}
	buf_z(b, text);
}

static void make_request(struct client *c)
{
	struct arena *a = arena_new();
	struct buf body = BUF(a), b = BUF(a);
	int64_t number = ++running;

	add_numbered(&body, opt.body, number);
	buf_fmt(&b, "%s ", opt.method);
	add_numbered(&b, opt.path, opt.first + (opt.spread ? number % opt.spread : 0));
	buf_fmt(&b, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", opt.port);
	for (int i = 0; i < opt.headers_n; i++) {
		add_numbered(&b, opt.headers[i], number);
		buf_z(&b, "\r\n");
	}
	if (body.n)
		buf_fmt(&b, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.n);
	buf_z(&b, "\r\n");
	buf_add(&b, buf_str(&body));
	free(c->out);
	c->out = malloc(b.n);
	memcpy(c->out, b.p, b.n);
	c->out_n = b.n;
	c->out_at = c->in_n = 0;
	c->in_body = false;
	c->asked_at = clock_ticks();
	arena_free(a);
}

static void watch(struct client *c, int how, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = c};

	if (epoll_ctl(epoll_fd, how, c->fd, &e) < 0)
		die("epoll_ctl");
}

static void dial(struct client *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static void flush_out(struct client *c)
{
	while (c->out_at < c->out_n) {
		ssize_t n = send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			die("send");
		c->out_at += (size_t)n;
	}
	bool writing = c->out_at < c->out_n;

	if (writing != c->writing)
		watch(c, EPOLL_CTL_MOD, EPOLLIN | (writing ? EPOLLOUT : 0u));
	c->writing = writing;
}

static void answered(struct client *c)
{
	int status = (int)strtol(c->in + 9, NULL, 10);

	if (status / 100 == 2) {
		good++;
	} else {
		bad++;
		last_bad = status;
	}
	if (times_n < TIMES_MAX)
		times[times_n++] = clock_ticks() - c->asked_at;
	make_request(c);
	flush_out(c);
}

/* The head ends where the body's length is known; replies here have a Content-Length or none. */
static void take_reply(struct client *c, const char *p, size_t n)
{
	bytes += n;
	if (!c->in_body) {
		size_t fit = n < KEEP - 1 - c->in_n ? n : KEEP - 1 - c->in_n;

		memcpy(c->in + c->in_n, p, fit);
		c->in_n += fit;
		c->in[c->in_n] = 0;
		char *end = strstr(c->in, "\r\n\r\n");
		char *length = end ? strcasestr(c->in, "\r\nContent-Length:") : NULL;

		if (!end)
			return;
		size_t head = (size_t)(end - c->in) + 4;
		size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
		size_t here = c->in_n - fit + n - head;

		c->in_body = true;
		c->body_left = body > here ? body - here : 0;
	} else {
		c->body_left -= n < c->body_left ? n : c->body_left;
	}
	if (c->body_left == 0)
		answered(c);
}

static void read_some(struct client *c, void (*take)(struct client *, const char *, size_t))
{
	static char p[READ_SIZE];
	ssize_t n = recv(c->fd, p, sizeof p, 0);

	if (n > 0) {
		take(c, p, (size_t)n);
		return;
	}
	if (n < 0 && errno == EAGAIN)
		return;
	close(c->fd);
	if (opt.streams)
		die("a stream ended");
	c->writing = false;
	dial(c);
	make_request(c);
	flush_out(c);
}

static int by_size(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

static double percentile(double p)
{
	size_t i = (size_t)((double)(times_n - 1) * p);

	return times_n ? (double)times[i] / 1000 : 0;
}

static void run_clients(void)
{
	struct client *all = calloc((size_t)opt.clients, sizeof *all);
	struct epoll_event events[256];
	int64_t from = clock_ticks(), end = from + opt.seconds * 1000000LL;

	for (int i = 0; i < opt.clients; i++) {
		dial(&all[i]);
		make_request(&all[i]);
		flush_out(&all[i]);
	}
	while (clock_ticks() < end) {
		int n = epoll_wait(epoll_fd, events, 256, 100);

		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;

			if (events[i].events & EPOLLOUT)
				flush_out(c);
			if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
				read_some(c, take_reply);
		}
	}
	double seconds = (double)(clock_ticks() - from) / 1e6;

	qsort(times, times_n, sizeof *times, by_size);
	printf("{\"rate\":%.1f,\"good\":%lld,\"bad\":%lld,\"last_bad\":%lld,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f,\"bytes_each\":%.0f}\n",
	       (double)good / seconds, (long long)good, (long long)bad, (long long)last_bad,
	       percentile(0.5), percentile(0.99), good ? (double)bytes / (double)good : 0);
}

/* ---- streams ---- */

static int64_t done_at;
static int heard, begun;

/* Keep the tail, so that what is looked for may come in two pieces. */
static void take_stream(struct client *c, const char *p, size_t n)
{
	begun += c->in_n == 0;
	while (n) {
		if (c->in_n > KEEP / 2) {
			memmove(c->in, c->in + c->in_n - 256, 256);
			c->in_n = 256;
		}
		size_t fit = n < KEEP - 1 - c->in_n ? n : KEEP - 1 - c->in_n;

		memcpy(c->in + c->in_n, p, fit);
		c->in_n += fit;
		c->in[c->in_n] = 0;
		p += fit;
		n -= fit;
		if (!c->heard && done_at && strstr(c->in, opt.until)) {
			c->heard = true;
			times[times_n++] = clock_ticks() - done_at;
			heard++;
		}
	}
}

static void serve_streams(int wait_ms)
{
	struct epoll_event events[256];
	int n = epoll_wait(epoll_fd, events, 256, wait_ms);

	for (int i = 0; i < n; i++) {
		struct client *c = events[i].data.ptr;

		if (!c) {
			char line[64];

			if (read(0, line, sizeof line) > 0 && !done_at)
				done_at = clock_ticks();
			epoll_ctl(epoll_fd, EPOLL_CTL_DEL, 0, NULL);
			continue;
		}
		if (events[i].events & EPOLLOUT)
			flush_out(c);
		read_some(c, take_stream);
	}
}

static void run_streams(void)
{
	struct client *all = calloc((size_t)opt.streams, sizeof *all);
	struct epoll_event e = {.events = EPOLLIN};
	int64_t end = clock_ticks() + 120000000;

	for (int i = 0; i < opt.streams; i++) {
		dial(&all[i]);
		make_request(&all[i]);
		flush_out(&all[i]);
		serve_streams(0);
	}
	while (begun < opt.streams && clock_ticks() < end)
		serve_streams(100);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &e);
	printf("{\"open\":%d}\n", begun);
	fflush(stdout);
	while (heard < opt.streams && clock_ticks() < end &&
	       (!done_at || clock_ticks() < done_at + opt.seconds * 1000000LL))
		serve_streams(100);
	qsort(times, times_n, sizeof *times, by_size);
	printf("{\"heard\":%d,\"p50_ms\":%.1f,\"max_ms\":%.1f}\n", heard, percentile(0.5),
	       percentile(1));
}

static bool take_option(const char *name, const char *value)
{
	struct {
		const char *name;
		int *number;
		const char **text;
	} rows[] = {
	    {"--clients", &opt.clients, NULL}, {"--seconds", &opt.seconds, NULL},
	    {"--streams", &opt.streams, NULL}, {"--method", NULL, &opt.method},
	    {"--first", &opt.first, NULL},     {"--spread", &opt.spread, NULL},
	    {"--body", NULL, &opt.body},       {"--until", NULL, &opt.until},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(name, rows[i].name) != 0)
			continue;
		if (rows[i].number)
			*rows[i].number = (int)strtol(value, NULL, 10);
		else
			*rows[i].text = value;
		return true;
	}
	if (strcmp(name, "--header") != 0 || opt.headers_n == HEADERS_MAX)
		return false;
	opt.headers[opt.headers_n++] = value;
	return true;
}

int main(int argc, char **argv)
{
	struct rlimit files = {200000, 200000};
	char *rest = NULL;

	for (int i = 1; i + 1 < argc; i += 2)
		if (!take_option(argv[i], argv[i + 1]))
			return 2;
	if (argc % 2 || strncmp(argv[argc - 1], "http://127.0.0.1:", 17) != 0)
		return 2;
	opt.port = (int)strtol(argv[argc - 1] + 17, &rest, 10);
	opt.path = rest;
	setrlimit(RLIMIT_NOFILE, &files);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	times = calloc(TIMES_MAX, sizeof *times);
	if (opt.streams)
		run_streams();
	else
		run_clients();
	return 0;
}
