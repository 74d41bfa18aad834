/* A stream over a real socket: one change that cannot be shown takes no other's card along. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub.h"
#include "core/operate.h"
#include "core/testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { BAD = 7, CHANGES = 12 };

static enum err show(struct ctx *c, int64_t id, struct buf *out)
{
	if (id == BAD) {
		buf_z(out, "\"half\":");
		/* On PostgreSQL nothing more can be read in this snapshot. */
		return db_script(c->db, "SELECT * FROM nowhere") == E_OK ? E_OK : E_INTERNAL;
	}
	buf_fmt(out, "\"card\":%lld", (long long)id);
	return E_OK;
}

static const struct live_source live[] = {{LIVE_LIST, show}, {0}};
static const struct module probe = {.name = "probe", .live = live};
static const struct module *const modules[] = {&core_module, &probe, NULL};
static const struct channel *const channels[] = {NULL};

static struct http_plan plan(void *arg, const struct http_req *q)
{
	(void)arg;
	(void)q;
	return (struct http_plan){.body_max = 0};
}

struct served {
	struct testing t;
	struct actor who;
};

static void handle(void *arg, struct http_req *q)
{
	struct served *s = arg;
	struct arena *a = arena_new();
	struct ctx c = ctx_system(s->t.desk, a, NULL);
	struct reply r = {0};

	c.actor = s->who;
	hub_open(&c, &r, q);
	arena_free(a);
}

static int dial(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 10};
	struct str ask = S("GET /stream?topics=list HTTP/1.1\r\nHost: x\r\n\r\n");
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(fd, ask.p, ask.n, MSG_NOSIGNAL), ask.n);
	return fd;
}

static void hear(int fd, struct buf *b, const char *until)
{
	char piece[4096];
	ssize_t got = 1;

	while (str_find(buf_str(b), str_of(until)) < 0 && got > 0) {
		got = recv(fd, piece, sizeof piece, 0);
		if (got > 0)
			buf_add(b, (struct str){piece, (size_t)got});
	}
}

static enum err change_all(struct ctx *c, void *arg)
{
	(void)arg;
	for (int64_t id = 1; id <= CHANGES; id++)
		ctx_live(c, (struct live){.topic = LIVE_LIST, .id = id, .version = 1});
	return E_OK;
}

static void shows_what_can_be_shown(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct served s;
		struct http_server *http;
		const char *why;
		char want[40];

		testing_open(&s.t, e, modules, channels);
		s.who = testing_agent(&s.t, 1, NULL, 0);
		struct buf heard = BUF(s.t.a);
		struct http_options o = {.listen = S("127.0.0.1:0"),
					 .temporary = str_of(s.t.folder),
					 .plan = plan,
					 .handle = handle,
					 .arg = &s};
		assert_int_equal(http_start(s.t.a, &o, &http, &why), E_OK);
		hub_start(s.t.desk->hub);
		int fd = dial(http_port(http));
		hear(fd, &heard, "event: hello");
		assert_int_equal(testing_do(&s.t, change_all, NULL), E_OK);
		for (int id = 1; id <= CHANGES; id++) {
			snprintf(want, sizeof want, "\"id\":%d,\"version\":1%s", id,
				 id == BAD ? "}" : ",\"card\"");
			hear(fd, &heard, want);
			if (str_find(buf_str(&heard), str_of(want)) < 0)
				fail_msg("engine %d: no %s in %.*s", e, want, STR(buf_str(&heard)));
		}
		assert_true(str_find(buf_str(&heard), S("half")) < 0);
		close(fd);
		http_stop(http, 2000);
		hub_stop(s.t.desk->hub);
		testing_close(&s.t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shows_what_can_be_shown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
