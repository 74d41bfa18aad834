/* SPDX-License-Identifier: Apache-2.0 */
#include "core/call.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/blob.h"
#include "core/hub.h"
#include "core/i18n.h"
#include "core/idempotency.sql.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SLOW_WRITE_US = 20000, DISK_LOW = 1 << 20 };

struct call {
	struct store_work work; /* first */
	struct desk *desk;
	struct http_req *http;
	struct req q;
	struct arena *a; /* of the last attempt */
	struct ctx c;
	struct reply r;
	struct arena *made_arena; /* prepare's result outlives its context */
	bool prepared;
	int64_t ran_us;
};

/* ---- problems ---- */

static void write_problem(struct buf *b, enum err e, const char *key, const char *arg,
			  struct http_req *h)
{
	enum i18n language = i18n_of(http_header(h, "Accept-Language"));

	buf_fmt(b,
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":", err_text(e),
		err_http(e));
	buf_json(b, i18n_say(h->a, language, key, arg));
	buf_fmt(b, ",\"key\":\"%s\",\"arg\":", key);
	if (arg)
		buf_json(b, str_of(arg));
	else
		buf_z(b, "null");
	buf_fmt(b, ",\"request_id\":\"%s\"}", h->id);
}

/* The key a person reads when nobody said anything more exact. */
static const char *key_of(enum err e, const char *key)
{
	if (key)
		return key;
	switch (e) {
	case E_UNAUTH: return "error.unauth";
	case E_DENIED: return "error.denied";
	case E_NOTFOUND: return "error.notfound";
	case E_BUSY:
	case E_RETRY: return "error.busy";
	case E_TOOLARGE: return "error.body_large";
	default: return "error.generic";
	}
}

void call_problem(struct http_req *h, enum err e, const char *key, const char *arg)
{
	struct buf b = BUF(h->a);
	struct http_pair headers[] = {
	    {S("Content-Type"), S("application/problem+json")},
	    {S("Cache-Control"), S("no-store")},
	    {S("Access-Control-Allow-Origin"), S("*")},
	    {S("Retry-After"), e == E_RATE && arg ? str_of(arg) : S("1")}};
	bool again = e == E_BUSY || e == E_RETRY || e == E_RATE;

	write_problem(&b, e, key_of(e, key), arg, h);
	http_send(h, &(struct http_reply){.status = err_http(e),
					  .headers = headers,
					  .n_headers = again ? 4 : 3,
					  .body = buf_str(&b)});
}

/* ---- one run ---- */

static struct str actor_word(struct ctx *c)
{
	return str_fmt(c->a, "%d:%lld", (int)c->actor.kind, (long long)c->actor.id);
}

static enum err identify(struct ctx *c, const struct req *q)
{
	bool known = c->actor.kind != ACTOR_NONE;

	for (size_t m = 0; !known && c->desk->modules[m]; m++)
		if (c->desk->modules[m]->identify)
			TRY(c->desk->modules[m]->identify(c, q, &known));
	return E_OK;
}

static enum err permit(struct ctx *c, enum perm p)
{
	switch (p) {
	case P_PUBLIC: return E_OK;
	case P_SIGNED_IN:
		if (c->actor.kind == ACTOR_AGENT || c->actor.kind == ACTOR_TOKEN)
			return E_OK;
		return fail(c, c->actor.kind ? E_DENIED : E_UNAUTH, NULL, NULL);
	case P_VISITOR:
		if (c->actor.kind == ACTOR_VISITOR)
			return E_OK;
		return fail(c, c->actor.kind ? E_DENIED : E_UNAUTH, NULL, NULL);
	default:
		if (c->actor.kind == ACTOR_NONE || c->actor.kind == ACTOR_VISITOR)
			return fail(c, c->actor.kind ? E_DENIED : E_UNAUTH, NULL, NULL);
		if (ctx_may(c, p))
			return E_OK;
		return fail(c, E_DENIED, "error.denied", perm_name(p));
	}
}

static struct str request_hash(struct ctx *c, const struct req *q)
{
	struct str where = str_fmt(c->a, "%.*s?%.*s", STR(q->http->path), STR(q->http->query));
	struct str body = q->body;
	unsigned char h[16];

	if (q->http->body_file.n)
		body = (struct str){(const char *)q->http->body_sha256, 32};
	crypto_short_hash(where, body, h);
	return str_hex(c->a, h, sizeof h);
}

/* The reply of the first time, when this key was used before for the same request. */
static enum err replay(struct ctx *c, struct str key, struct str hash, struct reply *r)
{
	struct idempotency_get_row row;
	size_t n;

	TRY(idempotency_get(c, actor_word(c), key, &row, 1, &n));
	if (n == 0 || row.status == 0)
		return fail(c, E_BUSY, "error.busy", NULL);
	if (!str_eq(row.request, hash))
		return fail(c, E_INVALID, "error.idempotency_reused", NULL);
	r->status = (int)row.status;
	buf_add(&r->body, row.reply);
	if (row.location.n)
		reply_header(r, "Location", row.location);
	return E_OK;
}

static struct str location_of(const struct reply *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_eq(r->headers[i].name, S("Location")))
			return r->headers[i].value;
	return S("");
}

static enum err run_once(struct ctx *c, struct req *q, struct reply *r)
{
	struct str key = req_header(q, "Idempotency-Key"), hash;
	struct idempotency_claim_row claim;
	size_t n;

	if (q->route->method != POST || !key.n || (q->route->flags & ROUTE_NO_KEY))
		return q->route->handle(c, q, r);
	if (key.n > 64 || !str_utf8_ok(key))
		return fail(c, E_MALFORMED, "error.idempotency_key", NULL);
	hash = request_hash(c, q);
	TRY(idempotency_claim(
	    c,
	    &(struct idempotency_claim_in){
		.actor = actor_word(c), .key = key, .request = hash, .at = c->now},
	    &claim, 1, &n));
	if (n == 0)
		return replay(c, key, hash, r);
	TRY(q->route->handle(c, q, r));
	return idempotency_store(c, &(struct idempotency_store_in){.actor = actor_word(c),
								   .key = key,
								   .status = r->status,
								   .reply = buf_str(&r->body),
								   .location = location_of(r)});
}

enum err call_run(struct ctx *c, struct req *q, struct reply *r)
{
	r->route = q->route;
	r->a = c->a;
	r->body = BUF(c->a);
	TRY(identify(c, q));
	TRY(permit(c, q->route->perm));
	TRY(route_read(c, q));
	TRY(run_once(c, q, r));
	if (r->body.over)
		return fail(c, E_INTERNAL, "error.reply_large", NULL);
	r->status = r->status ? r->status : 204;
	return E_OK;
}

/* ---- on the store's threads ---- */

static void fresh_context(struct call *call, struct db *db)
{
	arena_free(call->a);
	call->a = arena_new();
	call->c = (struct ctx){.a = call->a,
			       .db = db,
			       .now = clock_now(),
			       .desk = call->desk,
			       .request_id = call->http->id};
	call->r = (struct reply){0};
}

static enum err run_call(struct store_work *w, struct db *db, int attempt)
{
	struct call *call = (struct call *)w;
	int64_t from = clock_ticks();

	(void)attempt;
	fresh_context(call, db);
	enum err e = call_run(&call->c, &call->q, &call->r);
	call->ran_us = clock_ticks() - from;
	if (e != E_OK && !call->c.key && e == E_INTERNAL)
		log_line(LOG_ERROR, "database", "request", call->http->id, "error", db_error(db),
			 NULL);
	return e;
}

static enum err run_prepare(struct store_work *w, struct db *db, int attempt)
{
	struct call *call = (struct call *)w;
	struct ctx *c = &call->c;

	(void)attempt;
	fresh_context(call, db);
	TRY(identify(c, &call->q));
	TRY(permit(c, call->q.route->perm));
	TRY(route_read(c, &call->q));
	return call->q.route->prepare(c, &call->q, &call->q.made);
}

static void log_call(const struct call *call, int status, enum err e)
{
	char st[16], ms[24], actor[40];
	bool slow = call->q.route->method != GET && call->ran_us > SLOW_WRITE_US;
	enum log_level level = e == E_INTERNAL ? LOG_ERROR : slow ? LOG_WARN : LOG_INFO;

	snprintf(st, sizeof st, "%d", status);
	snprintf(ms, sizeof ms, "%.1f", (double)(clock_ticks() - call->http->started) / 1000);
	snprintf(actor, sizeof actor, "%d:%lld", (int)call->c.actor.kind,
		 (long long)call->c.actor.id);
	log_line(level, slow ? "slow write" : "request", "request", call->http->id, "method",
		 str_z(call->a, call->http->method), "route", call->q.route->path, "actor", actor,
		 "status", st, "ms", ms, "error", call->c.key ? call->c.key : "", NULL);
}

static void call_free(struct call *call)
{
	arena_free(call->made_arena);
	arena_free(call->a);
	free(call);
}

static void add_common_headers(struct call *call)
{
	struct reply *r = &call->r;

	if (!r->file) {
		reply_header(r, "Content-Type", S("application/json"));
		reply_header(r, "Cache-Control", S("no-store"));
	}
	if (call->q.route->flags & ROUTE_CORS)
		reply_header(r, "Access-Control-Allow-Origin", S("*"));
}

static void send_file(struct call *call)
{
	struct stat st;
	int fd = open(call->r.file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		call_problem(call->http, E_NOTFOUND, "error.file_gone", NULL);
		return;
	}
	http_send(call->http, &(struct http_reply){.status = 200,
						   .headers = call->r.headers,
						   .n_headers = call->r.n_headers,
						   .fd = fd,
						   .fd_size = st.st_size});
}

static void finish(struct store_work *w, enum err e)
{
	struct call *call = (struct call *)w;
	struct reply *r = &call->r;

	if (!call->a) /* the transaction could not even begin */
		call->a = call->c.a = arena_new();
	if (e == E_BUSY && !call->c.key && blobs_free_space(call->desk->blobs) < DISK_LOW)
		(void)!fail(&call->c, e, "error.disk_full", NULL);
	log_call(call, e == E_OK ? r->status : err_http(e), e);
	if (e != E_OK) {
		call_problem(call->http, e, call->c.code == e ? call->c.key : NULL, call->c.arg);
	} else if (r->stream) {
		hub_publish(call->desk->hub, call->c.live);
		r->stream(&call->c, r, call->http);
	} else {
		hub_publish(call->desk->hub, call->c.live);
		add_common_headers(call);
		if (r->file)
			send_file(call);
		else
			http_send(call->http, &(struct http_reply){.status = r->status,
								   .headers = r->headers,
								   .n_headers = r->n_headers,
								   .body = buf_str(&r->body)});
	}
	call_free(call);
}

/* prepare() is done: what it made stays in its arena, and the write begins. */
static void prepared(struct store_work *w, enum err e)
{
	struct call *call = (struct call *)w;

	if (e != E_OK) {
		finish(w, e);
		return;
	}
	call->made_arena = call->a;
	call->a = NULL;
	call->work.run = run_call;
	call->work.done = finish;
	store_write(call->desk->store, &call->work);
}

static void hand_over(struct call *call)
{
	const struct route *route = call->q.route;
	bool read = route->method == GET || (route->flags & ROUTE_PASSING);

	call->work.run = route->prepare ? run_prepare : run_call;
	call->work.done = route->prepare ? prepared : finish;
	if (!read && !route->prepare) {
		store_write(call->desk->store, &call->work);
	} else if (!(route->flags & ROUTE_SLOW)) {
		store_read(call->desk->store, &call->work);
	} else if (!store_slow(call->desk->store, &call->work)) {
		call_problem(call->http, E_BUSY, "error.busy", NULL);
		call_free(call);
	}
}

/* ---- on the network's threads ---- */

static const struct str api = {"/api/v1", 7};

static struct str api_path(const struct http_req *h)
{
	return str_slice(h->path, api.n, h->path.n);
}

struct http_plan call_plan(void *arg, const struct http_req *h)
{
	struct desk *desk = arg;
	struct req q = {0};
	bool other;

	if (str_starts(h->path, api)) {
		const struct route *r =
		    route_find(desk->routes, h->method, api_path(h), &q, &other);
		if (r && (r->flags & ROUTE_UPLOAD))
			return (struct http_plan){.body_max = desk->config->attachment_max,
						  .to_file = true};
	}
	return (struct http_plan){.body_max = JSON_SIZE_MAX};
}

/* A page of another site must not act with the console's cookie. */
static bool same_site(const struct http_req *h)
{
	struct str origin = http_header(h, "Origin"), host = http_header(h, "Host");
	ptrdiff_t at;

	if (!origin.p || !http_cookie(h, "aftersail").p)
		return true;
	at = str_find(origin, S("://"));
	return at > 0 && str_eq(str_slice(origin, (size_t)at + 3, origin.n), host);
}

static void answer_preflight(struct http_req *h)
{
	struct http_pair headers[] = {
	    {S("Access-Control-Allow-Origin"), S("*")},
	    {S("Access-Control-Allow-Methods"), S("GET, POST, PUT, PATCH, DELETE")},
	    {S("Access-Control-Allow-Headers"), S("Authorization, Content-Type, Idempotency-Key")},
	    {S("Access-Control-Max-Age"), S("86400")}};

	http_send(h, &(struct http_reply){
			 .status = 204, .headers = headers, .n_headers = COUNT(headers)});
}

static bool cors_path(const struct desk *desk, const struct http_req *h)
{
	struct req q = {0};
	bool other;
	struct str wanted = http_header(h, "Access-Control-Request-Method");
	const struct route *r = route_find(desk->routes, wanted, api_path(h), &q, &other);

	return r && (r->flags & ROUTE_CORS);
}

static void start_call(struct desk *desk, struct http_req *h, const struct req *q)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call)
		abort();
	call->desk = desk;
	call->http = h;
	call->q = *q;
	call->q.http = h;
	call->q.body = h->body;
	call->c.request_id = h->id;
	hand_over(call);
}

void call_handle(void *arg, struct http_req *h)
{
	struct desk *desk = arg;
	struct req q = {0};
	bool other;

	if (!str_starts(h->path, api)) {
		if (!desk->page || !desk->page(desk, h))
			call_problem(h, E_NOTFOUND, NULL, NULL);
		return;
	}
	if (str_eq(h->method, S("OPTIONS")) && cors_path(desk, h)) {
		answer_preflight(h);
		return;
	}
	if (!route_find(desk->routes, h->method, api_path(h), &q, &other)) {
		call_problem(h, E_NOTFOUND, other ? "error.method" : "error.no_route", NULL);
		return;
	}
	if (q.route->method != GET && !same_site(h)) {
		call_problem(h, E_DENIED, "error.origin", NULL);
		return;
	}
	start_call(desk, h, &q);
}
