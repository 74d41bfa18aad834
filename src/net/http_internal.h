/* http_internal.h - what the pieces of the HTTP server share; nobody else includes it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/http.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <sys/socket.h>

/* ---- http_address.c: addresses and the proxies we believe ---- */

struct http_network {
	unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;
};

/* "10.0.0.0/8", "::1"; false for anything else. */
bool http_read_network(struct str, struct http_network *);
bool http_in_network(struct str address, const struct http_network *, size_t n);
struct str http_show_address(struct arena *, const struct sockaddr *);
/* A listening socket for "address:port", or -1 and why. */
int http_listen(struct str listen, int *port, const char **why);

/* ---- http_stream.c: the sockets of streams, apart from the library ---- */

struct http_streams;

struct http_streams_options {
	unsigned max;
	unsigned seconds;        /* a client that acknowledges nothing has left */
	size_t queue;            /* bytes */
	void (*tick)(void *arg); /* each second, on the stream thread */
	void *arg;
};

struct http_streams *http_streams_start(const struct http_streams_options *);
/* Close all, wait for their closed(), stop the thread, free it. */
void http_streams_stop(struct http_streams *);
/* Take the descriptor over and send `head` on it; NULL (descriptor closed) when there are too
 * many already. */
struct http_stream *http_streams_adopt(struct http_streams *, int fd, struct str head,
				       void (*closed)(void *arg, struct http_stream *), void *arg);
int http_streams_count(struct http_streams *);
int64_t http_streams_overflowed(struct http_streams *);

/* ---- http_request.c and http.c: a request and its connection ---- */

enum { HTTP_PROXIES_MAX = 32 };

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

enum state {
	RUNNING, /* in plan() or handle(), or parked soon */
	PARKED,  /* suspended; http_send() wakes it */
	REPLIED, /* `response` or `streaming` is there */
	DROPPED, /* the server stops; nobody waits for the reply */
};

/* A connection, for the deadlines: a client must not hold one by sending byte after byte. */
struct wire {
	struct wire *prev, *next;
	int fd;
	_Atomic int64_t deadline; /* ticks; 0 for none */
};

struct http_conn {
	struct http_req q;
	struct http_server *server;
	struct MHD_Connection *mhd;
	struct wire *wire;
	struct http_conn *prev, *next; /* of the server's, under its lock */
	_Atomic int state, owners;
	bool seen, handed, head;
	bool broken; /* nobody knows where the request ends: close after the reply */

	struct http_pair *headers, *query;
	size_t n_headers, n_query;

	int64_t announced; /* length of the body, -1 when chunked, 0 for none */
	int64_t body_max, body_began;
	char *body;
	size_t body_cap;
	int fd; /* of the body's file, or -1 */
	crypto_hash_sha256_state sha;

	int refuse; /* a status, when it is not for the handler */
	const char *refuse_key;

	struct MHD_Response *response;
	int status;
};

struct http_server {
	struct http_options o;
	struct MHD_Daemon *daemon;
	struct http_streams *streams;
	struct http_network proxies[HTTP_PROXIES_MAX];
	size_t n_proxies;
	char *temporary;
	int listen_fd, port;
	char boot[9]; /* makes request ids differ between starts */
	pthread_mutex_t lock;
	struct http_conn *running;
	struct wire *wires;
	int n_running, n_wires;
	_Atomic int64_t requests, refused;
	_Atomic bool stopping;
	struct http_server *next_kept;
};

/* Seconds from now by which the client must have gone on; 0 for no hurry. */
void http_conn_deadline(struct http_conn *, int64_t seconds);
/* Settle that the request is answered with a refusal; the first one counts. */
void http_conn_refuse(struct http_conn *, int status, const char *key);
/* The same with 400, and the connection closes: where the request ends is not sure. */
void http_conn_break(struct http_conn *);
/* What a header's name may be. */
bool http_is_token(struct str);
/* Once the headers and the peer's address are there: the rest, and the plan for the body. */
void http_conn_read(struct http_conn *);
void http_body_take(struct http_conn *, const char *, size_t);
void http_body_end(struct http_conn *);
