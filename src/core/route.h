/* route.h - one row an endpoint: who may ask, what comes in, what goes out.
 *
 * Dispatch, the permission check, validation, the transaction, OpenAPI, the console's types and
 * the permission test all read the row.  No row, no endpoint. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"
#include "net/http.h"

enum method { GET, POST, PUT, PATCH, DELETE, METHOD__MAX };

struct route;

struct req {
	const struct route *route;
	int64_t id, id2;       /* {id} and {id2} of the path */
	struct str word;       /* {word} of the path */
	const void *in;        /* of route->in, checked */
	void *made;            /* what prepare() made */
	struct str body;       /* RAW routes */
	struct http_req *http; /* headers, cookies, peer, body file; NULL for calls from within */
};

struct reply {
	const struct route *route;
	struct arena *a;
	int status;
	struct buf body;
	struct http_pair headers[8];
	size_t n_headers;
	const char *file; /* send this file instead of the body */
	void (*stream)(struct ctx *, struct reply *,
		       struct http_req *); /* takes the request over */
	void *stream_arg;
};

/* How many come out. */
enum many { NONE, ONE, MANY };

enum route_flag {
	ROUTE_RAW = 1,      /* the handler reads the body's bytes itself */
	ROUTE_UPLOAD = 2,   /* the body goes to a file */
	ROUTE_SLOW = 4,     /* prepare (or a GET's handler) runs on the slow pool */
	ROUTE_CORS = 8,     /* callable from any shop's page */
	ROUTE_STREAM = 16,  /* stays open */
	ROUTE_PASSING = 32, /* not a change: the whole call runs on a read worker */
	ROUTE_NO_KEY = 64, /* POST without Idempotency-Key handling: its reply must not be stored */
};

struct route {
	enum method method;
	const char *path; /* below /api/v1 */
	enum perm perm;
	enum err (*handle)(struct ctx *, const struct req *, struct reply *);
	const struct shape *in;  /* body, or query string for GET and DELETE and RAW, UPLOAD */
	const struct shape *out; /* one item */
	enum many many;
	const char *doc;
	unsigned flags;
	/* Work before a write: on a read worker, its result checked again inside. */
	enum err (*prepare)(struct ctx *, const struct req *, void **made);
};

/* One row of route->out, as the reply. */
void reply_one(struct reply *, const void *row);
/* The same with 201 and a Location ending in the id. */
void reply_created(struct reply *, const void *row, int64_t id);
/* n rows; next is the key to go on from, or empty at the end. */
void reply_many(struct reply *, const void *rows, size_t n, struct str next);
/* 204. */
void reply_none(struct reply *);
void reply_header(struct reply *, const char *name, struct str value);
/* A file of the blob store; the name is what the browser shall call it. */
void reply_file(struct reply *, const char *path, struct str type, struct str name, bool download);

/* The id that a page goes on from; `first` when none was given.  E_INVALID for what no page said.
 */
enum err req_cursor(struct ctx *, struct str given, int64_t first, int64_t *id) MUST;

struct str req_header(const struct req *, const char *name);

/* ---- matching ---- */

struct module;
struct route_table;

struct route_table *route_table_new(struct arena *, const struct module *const *);
/* The route for a path below /api/v1, with its parameters in q; NULL when there is none, and then
 * *other says whether another method would have found one. */
const struct route *route_find(const struct route_table *, struct str method, struct str path,
			       struct req *q, bool *other);
/* The nth row of all. */
const struct route *route_at(const struct route_table *, size_t n);

/* Fill q->in from body or query.  E_INVALID and friends with c->key and c->arg. */
enum err route_read(struct ctx *, struct req *);
