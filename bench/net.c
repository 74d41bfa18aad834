/* net - the HTTP server alone: what of a figure is the server's, and what the desk's.
 *
 * Serves a reply of 6 kB at /static, the same through another thread at /parked, and streams at
 * /stream; a line on standard input is sent to all of them.  Prints its port, and how long a
 * broadcast took to be written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS = 10000, REPLY = 6000, LINE_SIZE = 4096 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t come;
	struct http_stream *streams[STREAMS];
	int n;
	struct http_req *parked[STREAMS];
	int n_parked;
	char reply[REPLY];
} t = {.lock = PTHREAD_MUTEX_INITIALIZER, .come = PTHREAD_COND_INITIALIZER};

static void closed(void *arg, struct http_stream *s)
{
	(void)arg;
	pthread_mutex_lock(&t.lock);
	for (int i = 0; i < t.n; i++)
		if (t.streams[i] == s)
			t.streams[i] = t.streams[--t.n];
	pthread_mutex_unlock(&t.lock);
}

static void answer(struct http_req *q)
{
	struct http_pair type = {S("Content-Type"), S("application/json")};

	http_send(q, &(struct http_reply){.status = 200,
					  .headers = &type,
					  .n_headers = 1,
					  .body = {t.reply, REPLY},
					  .fixed = true});
}

static void *work(void *arg)
{
	(void)arg;
	for (;;) {
		pthread_mutex_lock(&t.lock);
		while (t.n_parked == 0)
			pthread_cond_wait(&t.come, &t.lock);
		struct http_req *q = t.parked[--t.n_parked];
		pthread_mutex_unlock(&t.lock);
		answer(q);
	}
	return NULL;
}

static void handle(void *arg, struct http_req *q)
{
	struct http_pair type = {S("Content-Type"), S("text/event-stream")};

	(void)arg;
	if (str_eq(q->path, S("/stream"))) {
		pthread_mutex_lock(&t.lock);
		struct http_stream *s = http_stream_open(q, &type, 1, closed, NULL);
		if (s)
			t.streams[t.n++] = s;
		pthread_mutex_unlock(&t.lock);
	} else if (str_eq(q->path, S("/parked"))) {
		pthread_mutex_lock(&t.lock);
		t.parked[t.n_parked++] = q;
		pthread_cond_signal(&t.come);
		pthread_mutex_unlock(&t.lock);
	} else {
		answer(q);
	}
}

static void broadcast(const char *line)
{
	struct http_chunk *c = http_chunk_new(str_of(line));
	int64_t began = clock_ticks();

	pthread_mutex_lock(&t.lock);
	int n = t.n;
	for (int i = 0; i < n; i++)
		http_stream_send(t.streams[i], c);
	pthread_mutex_unlock(&t.lock);
	http_chunk_release(c);
	printf("{\"streams\":%d,\"written_ms\":%.1f}\n", n, (double)(clock_ticks() - began) / 1000);
	fflush(stdout);
}

int main(void)
{
	struct arena *a = arena_new();
	struct http_options o = {.listen = S("127.0.0.1:0"), .handle = handle};
	struct http_server *http;
	const char *why;
	char line[LINE_SIZE];
	pthread_t worker;

	memset(t.reply, 'x', sizeof t.reply);
	if (http_start(a, &o, &http, &why) != E_OK ||
	    pthread_create(&worker, NULL, work, NULL) != 0)
		return 1;
	printf("%d\n", http_port(http));
	fflush(stdout);
	while (fgets(line, sizeof line, stdin))
		broadcast(line);
	http_stop(http, 1000);
	return 0;
}
