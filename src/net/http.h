/* http.h - the HTTP server: requests in, replies out, and streams that stay open.
 *
 * Two threads move bytes and nothing else.  For each request they call head() when its
 * headers are in, then request() when its body is; the answer comes from any thread, at any
 * time, by exactly one of http_reply(), http_reply_file() and http_stream_open(), after which
 * the request is gone.  A stream has left the HTTP library: its bytes are written by whoever
 * sends, what does not fit at once by a third thread, which also sees clients leave. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct http_server;
struct http_stream;
struct http_chunk;

enum http_method {
	HTTP_GET, /* HEAD too, see `head` */
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER,
};

enum { HTTP_HEADERS_MAX = 100, HTTP_QUERY_MAX = 64, HTTP_ID_SIZE = 17 };

struct http_pair {
	struct str name, value; /* UTF-8, no NUL */
};

struct http_request {
	struct arena *a;       /* the request's; whatever the reply points at lives here */
	char id[HTTP_ID_SIZE]; /* also sent as X-Request-Id */
	enum http_method method;
	bool head;                     /* HEAD: the reply's body is counted but not sent */
	struct str method_name;        /* as sent */
	struct str path;               /* decoded; begins with '/', has no "." or ".." segment */
	struct str target;             /* path and query as sent: for signatures and logs */
	const struct http_pair *query; /* decoded, in order */
	size_t n_query;
	const struct http_pair *headers; /* in order */
	size_t n_headers;
	struct str peer; /* the address the connection comes from, without port */
	int64_t began;   /* clock_ticks() at its first line */

	uint64_t body_length; /* announced, or UINT64_MAX for a chunked body */
	uint64_t body_max;    /* bytes; head() may change it; more is answered with 413 */
	const char *body_dir; /* head() sets a folder to have the body in a file there */

	struct str body;          /* in memory, when body_dir is NULL */
	const char *file;         /* path of the body's file; removed afterwards unless renamed */
	uint64_t file_size;       /* bytes */
	unsigned char sha256[32]; /* of the file */

	void *user; /* the handler's own */
};

struct http_config {
	const char
	    *listen; /* "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80"; port 0 takes a free one */
	unsigned threads;        /* 0: 2 */
	unsigned connections;    /* most at once, streams apart; 0: 4,000 */
	unsigned streams;        /* most at once; 0: 10,000 */
	unsigned header_bytes;   /* 0: 32 kB for the first line and all headers */
	uint64_t body_max;       /* default of a request's; 0: 1 MB */
	unsigned idle_seconds;   /* a connection that sends nothing; 0: 60 */
	unsigned header_seconds; /* from a request's first line to its last header; 0: 20 */
	size_t stream_queue;     /* bytes a stream may hold back; 0: 256 kB */
	unsigned stream_seconds; /* a client that acknowledges nothing has left; 0: 15 */
	void *arg;
	/* On a server thread; must not block.  It may answer at once (static files, refusals):
	 * then request() is not called.  May be NULL. */
	void (*on_head)(void *arg, struct http_request *);
	/* On a server thread; must not block: hand the request to a pool. */
	void (*on_request)(void *arg, struct http_request *);
	/* A request could not be read: answer it with a problem document of that status
	 * (400, 413, 414, 431, 500 when the disk refuses the body).  NULL: plain text. */
	void (*on_refused)(void *arg, struct http_request *, int status, const char *why);
	/* The reply has left or failed to; for the log.  Bytes of the body, -1 when the client
	 * left before.  The request is still whole.  May be NULL. */
	void (*on_done)(void *arg, const struct http_request *, int status, int64_t bytes);
};

/* Start listening.  Raises the limit of open files as far as it may.  On failure *why is a
 * text ("address in use") that lives for ever. */
enum err http_start(const struct http_config *, struct http_server **, const char **why) MUST;

/* The port it listens on. */
unsigned http_port(const struct http_server *);

/* Stop listening, let running requests end for at most so long, end all streams, free it.
 * A reply that comes later than that is dropped without harm. */
void http_stop(struct http_server *, int64_t grace_ms);

/* Numbers for the system page and tests. */
struct http_stats {
	uint64_t requests, refused;
	unsigned connections, running, streams;
	uint64_t streams_overflowed;
};
void http_stats(struct http_server *, struct http_stats *);

/* The first header of that name in any case, the cookie, the query value; empty when absent
 * (has tells them apart and may be NULL). */
struct str http_header(const struct http_request *, const char *name);
struct str http_cookie(const struct http_request *, const char *name);
struct str http_query(const struct http_request *, const char *name, bool *has);

/* A header of the reply; the value lives in the arena or for ever, and has no line break. */
void http_set(struct http_request *, const char *name, struct str value);

/* Answer.  `type` may be NULL (no Content-Type); the body lives in the arena or for ever.
 * A 200 to a GET whose ETag, set before, the client holds becomes a 304. */
void http_reply(struct http_request *, int status, const char *type, struct str body);

/* Answer with a file; the descriptor is taken.  Honours Range and If-Range. */
void http_reply_file(struct http_request *, int fd, const char *type, uint64_t size);

/* Answer with a stream that stays open.  closed() is called exactly once, on the server's own
 * stream thread, when the client has left, http_stream_end() has sent all, or the server
 * stops; no lock is held.  The caller owns one reference and gives it back with
 * http_stream_release(), in closed() or later.  NULL when there are too many streams or
 * the client has left already: the request was answered with 503, closed() is not called. */
struct http_stream *http_stream_open(struct http_request *, const char *type,
				     void (*closed)(void *arg, struct http_stream *), void *arg);

/* Queue the chunk and write what the socket takes; from any thread; never blocks.  False when
 * the stream is closed or its queue is full: then nothing of the chunk is sent, and the
 * hub should end it (the client comes back with its last seq). */
bool http_stream_send(struct http_stream *, struct http_chunk *);

/* The same to many; ok[i] (when ok is not NULL) says how each went.  Gives the number sent. */
size_t http_stream_broadcast(struct http_stream *const *, size_t n, struct http_chunk *, bool *ok);

/* Close once what is queued has gone. */
void http_stream_end(struct http_stream *);
void http_stream_release(struct http_stream *);

/* Bytes that are written once and shared by all streams that send them; counted. */
struct http_chunk *http_chunk_new(struct str);
void http_chunk_release(struct http_chunk *);

/* For readers of what strangers send: percent-decoding of a path or a query, cookies.  False
 * for what is refused: bad escapes, NUL, control characters, invalid UTF-8, dot segments. */
bool http_decode_path(struct arena *, struct str raw, struct str *out) MUST;
bool http_decode_query(struct arena *, struct str raw, struct http_pair *, size_t *n) MUST;
struct str http_find_cookie(struct str header, struct str name);

/* Read "bytes=..." against a size: 0 no or unusable range, 1 take [*from, *to], -1 a 416. */
int http_read_range(struct str header, uint64_t size, uint64_t *from, uint64_t *to);
