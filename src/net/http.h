/* http.h - the HTTP server: bytes in, bytes out; it knows no routes.
 *
 * Two epoll threads of libmicrohttpd only move bytes.  plan() and handle() run on them and must
 * not block: handle() either replies at once or keeps the request and replies later from any
 * thread.  Each request has an arena that lives until the reply is out. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct http_server;
struct http_conn; /* the library's side of a request */

struct http_pair {
	struct str name, value;
};

struct http_req {
	struct arena *a;
	struct str method, path, query; /* path decoded once and UTF-8-checked; query raw */
	struct str peer;                /* address, after trusted proxies */
	bool tls;                       /* the client came by https (a trusted proxy said so) */
	struct str body;                /* empty when it went to a file */
	struct str
	    body_file; /* path of the temporary file; who takes it renames it, else it is removed */
	int64_t body_size;
	unsigned char body_sha256[32]; /* of a body that went to a file */
	char id[24];                   /* request id, also sent as X-Request-Id */
	int64_t started;               /* clock_ticks() */
	void *user;                    /* the handler's own */
	struct http_conn *conn;
};

/* A header of the request by name, or the empty string with p NULL. */
struct str http_header(const struct http_req *, const char *name);
/* A query parameter, decoded; p NULL when it is not there. */
struct str http_query(const struct http_req *, const char *name);
/* The nth query parameter; false past the end. */
bool http_query_at(const struct http_req *, size_t n, struct http_pair *);
/* A cookie by name. */
struct str http_cookie(const struct http_req *, const char *name);

/* What to do with a body, asked once when the headers are there. */
struct http_plan {
	int64_t body_max; /* 413 past this */
	bool to_file;     /* stream it to a temporary file and hash it on the way */
};

struct http_options {
	struct str listen;           /* "127.0.0.1:8080", "[::1]:0"; port 0 picks one */
	int threads;                 /* 0: 2 */
	struct str temporary;        /* folder for bodies that go to files */
	struct strs trusted_proxies; /* addresses or networks whose X-Forwarded-* are believed */
	struct http_plan (*plan)(void *arg, const struct http_req *);
	void (*handle)(void *arg, struct http_req *);
	void *arg;
	/* Limits; 0 takes the default in brackets. */
	unsigned connections;    /* at once, streams apart (4,000, less when files are few) */
	unsigned streams;        /* at once (10,000, the same) */
	unsigned header_bytes;   /* first line and headers together (32 kB); past it 431 */
	unsigned idle_seconds;   /* a connection that sends nothing (60) */
	unsigned header_seconds; /* from a request's first line to its last header (20) */
	unsigned stream_seconds; /* a stream's client that acknowledges nothing has left (15) */
	size_t stream_queue;     /* bytes a stream may hold back before it is closed (256 kB) */
};

enum { HTTP_HEADERS_MAX = 100, HTTP_QUERY_MAX = 100 };

enum err http_start(struct arena *, const struct http_options *, struct http_server **,
		    const char **why) MUST;
int http_port(const struct http_server *);
/* Stop taking connections, let what runs finish (at most ms), close streams, stop. */
void http_stop(struct http_server *, int ms);

/* A reply.  The body is copied unless it is fixed (lives as long as the program, or in the
 * request's arena) or a file.  A 200 to a GET whose ETag the client holds becomes a 304. */
struct http_reply {
	int status;
	const struct http_pair *headers;
	size_t n_headers;
	struct str body;
	bool fixed;
	int fd; /* > 0: send this file instead and close it; Range is honoured */
	int64_t fd_size;
};

/* Answer; from any thread, once.  The request must not be touched afterwards. */
void http_send(struct http_req *, const struct http_reply *);

/* ---- streams (text/event-stream) ---- */

struct http_stream;

/* Bytes shared by many streams; counted. */
struct http_chunk;
struct http_chunk *http_chunk_new(struct str);
void http_chunk_release(struct http_chunk *);

/* Turn the request into a stream that stays open.  closed() is called once, on a network thread,
 * when the client left or fell too far behind (256 kB unsent) or http_stream_close() was called;
 * the stream must not be used after it returned.  Never called from inside http_stream_send() or
 * http_stream_close(), so hold a lock that closed() takes while opening, sending and closing.  NULL
 * when there are too many streams or the client has left: the request was answered, closed() is not
 * called.  A client that vanished is noticed within stream_seconds. */
struct http_stream *http_stream_open(struct http_req *, const struct http_pair *headers, size_t n,
				     void (*closed)(void *arg, struct http_stream *), void *arg);
/* Queue the chunk (keeps a reference); false when it was closed already. */
bool http_stream_send(struct http_stream *, struct http_chunk *);
void http_stream_close(struct http_stream *);

/* ---- figures, and the readers of what strangers send ---- */

struct http_stats {
	int64_t requests, refused, overflowed; /* since the start; the last counts streams */
	int connections, running, streams;     /* now */
};
void http_stats_get(struct http_server *, struct http_stats *);

/* False for what is refused with 400: bad escapes, control characters, invalid UTF-8, dot
 * segments, an escaped '/'. */
bool http_decode_path(struct arena *, struct str raw, struct str *out) MUST;
/* One name or value of a query: '+' is a space. */
bool http_decode_word(struct arena *, struct str raw, struct str *out) MUST;
/* The value of a cookie in a Cookie header; p NULL when it is not there. */
struct str http_find_cookie(struct str header, struct str name);
/* "bytes=a-b" against a size: 1 gives [*from, *to], 0 means the whole, -1 is a 416. */
int http_read_range(struct str header, int64_t size, int64_t *from, int64_t *to);
