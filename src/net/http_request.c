/* What a request says: its target, who sends it, its body.  No call of the library here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/http_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BODY_MAX = 1 << 20,      /* when nobody plans */
	BODY_GRACE_SECONDS = 60, /* a body may be slow for so long, then at least ... */
	BODY_BYTES_A_SECOND = 1024,
};

void http_conn_deadline(struct http_conn *c, int64_t seconds)
{
	if (c->wire)
		atomic_store(&c->wire->deadline, seconds ? clock_ticks() + seconds * 1000000 : 0);
}

struct str http_header(const struct http_req *q, const char *name)
{
	for (size_t i = 0; i < q->conn->n_headers; i++)
		if (str_eq_nocase(q->conn->headers[i].name, str_of(name)))
			return q->conn->headers[i].value;
	return (struct str){0};
}

struct str http_query(const struct http_req *q, const char *name)
{
	for (size_t i = 0; i < q->conn->n_query; i++)
		if (str_eq(q->conn->query[i].name, str_of(name)))
			return q->conn->query[i].value;
	return (struct str){0};
}

bool http_query_at(const struct http_req *q, size_t n, struct http_pair *out)
{
	if (n >= q->conn->n_query)
		return false;
	*out = q->conn->query[n];
	return true;
}

struct str http_cookie(const struct http_req *q, const char *name)
{
	return http_find_cookie(http_header(q, "Cookie"), str_of(name));
}

void http_conn_refuse(struct http_conn *c, int status, const char *key)
{
	if (c->refuse)
		return;
	c->refuse = status;
	c->refuse_key = key;
	atomic_fetch_add(&c->server->refused, 1);
}

void http_conn_break(struct http_conn *c)
{
	c->broken = true;
	http_conn_refuse(c, 400, "error.malformed");
}

bool http_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", s.p[i]))
			return false;
	return s.n > 0;
}

static void read_query(struct http_conn *c)
{
	struct str rest = c->q.query, pair;

	c->query = NULL;
	while (str_cut(&rest, '&', &pair)) {
		struct http_pair *p;
		struct str name;

		if (pair.n == 0)
			continue;
		if (!c->query)
			c->query = NEWN(c->q.a, struct http_pair, HTTP_QUERY_MAX);
		if (c->n_query == HTTP_QUERY_MAX) {
			http_conn_refuse(c, 400, "error.malformed");
			return;
		}
		p = &c->query[c->n_query];
		ptrdiff_t eq = str_find_char(pair, '=');
		name = eq < 0 ? pair : str_slice(pair, 0, (size_t)eq);
		pair = eq < 0 ? S("") : str_slice(pair, (size_t)eq + 1, pair.n);
		if (!http_decode_word(c->q.a, name, &p->name) ||
		    !http_decode_word(c->q.a, pair, &p->value)) {
			http_conn_refuse(c, 400, "error.malformed");
			return;
		}
		c->n_query++;
	}
}

static void read_target(struct http_conn *c)
{
	struct str raw = c->q.path;
	ptrdiff_t mark = str_find_char(raw, '?');

	c->q.query = mark < 0 ? S("") : str_slice(raw, (size_t)mark + 1, raw.n);
	raw = mark < 0 ? raw : str_slice(raw, 0, (size_t)mark);
	if (!str_utf8_ok(c->q.query) || !http_decode_path(c->q.a, raw, &c->q.path)) {
		http_conn_refuse(c, 400, "error.malformed");
		c->q.path = S("/");
		c->q.query = S("");
		return;
	}
	read_query(c);
}

/* The last address in X-Forwarded-For that is not a proxy of ours is who asks. */
static void read_peer(struct http_conn *c)
{
	const struct http_server *s = c->server;
	struct str chain;

	if (!http_in_network(c->q.peer, s->proxies, s->n_proxies))
		return;
	c->q.tls = str_eq_nocase(http_header(&c->q, "X-Forwarded-Proto"), S("https"));
	chain = http_header(&c->q, "X-Forwarded-For");
	while (chain.n > 0 && http_in_network(c->q.peer, s->proxies, s->n_proxies)) {
		size_t at = chain.n;
		struct http_network check;

		while (at > 0 && chain.p[at - 1] != ',')
			at--;
		struct str one = str_trim(str_slice(chain, at, chain.n));
		if (!http_read_network(one, &check))
			return;
		c->q.peer = one;
		chain = str_slice(chain, 0, at > 0 ? at - 1 : 0);
	}
}

/* Two lengths, or two ways of telling it: another server in front may have read it differently. */
static void read_length(struct http_conn *c)
{
	struct str length = {0}, coding = {0};

	for (size_t i = 0; i < c->n_headers; i++) {
		const struct http_pair *h = &c->headers[i];
		bool is_length = str_eq_nocase(h->name, S("Content-Length"));
		struct str *mine = is_length ? &length : &coding;

		if (!is_length && !str_eq_nocase(h->name, S("Transfer-Encoding")))
			continue;
		if (length.p || coding.p)
			http_conn_break(c);
		*mine = h->value;
	}
	if (coding.p)
		c->announced = -1;
	if ((coding.p && !str_eq_nocase(coding, S("chunked"))) ||
	    (length.p && (length.n == 0 || length.p[0] == '+' || !str_int(length, &c->announced) ||
			  c->announced < 0)))
		http_conn_break(c);
}

static void open_body_file(struct http_conn *c)
{
	struct str path = str_fmt(c->q.a, "%s/body-XXXXXX", c->server->temporary);
	char *z = str_z(c->q.a, path);

	c->fd = mkostemp(z, O_CLOEXEC);
	if (c->fd < 0) {
		http_conn_refuse(c, 503, "error.disk");
		return;
	}
	c->q.body_file = str_of(z);
	crypto_hash_sha256_init(&c->sha);
}

static void plan_body(struct http_conn *c)
{
	struct http_plan plan = {.body_max = BODY_MAX};

	if (c->announced == 0 || c->refuse)
		return;
	if (c->server->o.plan)
		plan = c->server->o.plan(c->server->o.arg, &c->q);
	c->body_max = plan.body_max;
	c->body_began = clock_ticks();
	if (c->announced > c->body_max)
		http_conn_refuse(c, 413, "error.too_large");
	else if (plan.to_file)
		open_body_file(c);
	http_conn_deadline(c, BODY_GRACE_SECONDS);
}

static bool body_to_memory(struct http_conn *c, const char *p, size_t n)
{
	size_t need = (size_t)c->q.body_size + n;

	if (need > c->body_cap) {
		size_t cap = c->body_cap ? c->body_cap * 2 : 4096;

		if (c->announced > 0 && c->announced <= 64 * 1024)
			cap = (size_t)c->announced;
		while (cap < need)
			cap *= 2;
		c->body = realloc(c->body, cap);
		if (!c->body)
			abort();
		c->body_cap = cap;
	}
	memcpy(c->body + c->q.body_size, p, n);
	return true;
}

static bool body_to_file(struct http_conn *c, const char *p, size_t n)
{
	crypto_hash_sha256_update(&c->sha, (const unsigned char *)p, n);
	while (n > 0) {
		ssize_t put = write(c->fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

void http_body_take(struct http_conn *c, const char *p, size_t n)
{
	bool ok;

	if (!c->refuse && (int64_t)n > c->body_max - c->q.body_size)
		http_conn_refuse(c, 413, "error.too_large");
	if (!c->refuse) {
		ok = c->fd >= 0 ? body_to_file(c, p, n) : body_to_memory(c, p, n);
		if (!ok)
			http_conn_refuse(c, 503, "error.disk");
	}
	c->q.body_size += (int64_t)n;
	if (c->wire)
		atomic_store(&c->wire->deadline,
			     c->body_began + BODY_GRACE_SECONDS * INT64_C(1000000) +
				 c->q.body_size * (1000000 / BODY_BYTES_A_SECOND));
}

void http_body_end(struct http_conn *c)
{
	if (c->fd >= 0) {
		crypto_hash_sha256_final(&c->sha, c->q.body_sha256);
		if (close(c->fd) != 0)
			http_conn_refuse(c, 503, "error.disk");
		c->fd = -1;
	} else if (c->q.body_size > 0 && !c->refuse) {
		c->q.body = (struct str){c->body, (size_t)c->q.body_size};
	}
}

void http_conn_read(struct http_conn *c)
{
	read_target(c);
	read_peer(c);
	read_length(c);
	http_conn_deadline(c, 0);
	plan_body(c);
}
