/* SPDX-License-Identifier: Apache-2.0 */
#include "core/route.h"
#include "core/module.h"

#include <string.h>

enum { SEGMENTS = 8, BUCKETS = 256 };

/* A route taken apart: fixed segments, or the parameter that stands there. */
struct entry {
	const struct route *route;
	struct str segment[SEGMENTS];
	size_t n;
	struct entry *next; /* with the same first segment and length */
};

struct route_table {
	struct entry *all;
	size_t n;
	struct entry *bucket[BUCKETS];
};

static size_t split(struct str path, struct str *out)
{
	size_t n = 0;
	struct str one;

	if (path.n && path.p[0] == '/')
		path = str_slice(path, 1, path.n);
	while (str_cut(&path, '/', &one)) {
		if (n == SEGMENTS)
			return 0;
		out[n++] = one;
	}
	return n;
}

static size_t bucket_of(struct str first, size_t n)
{
	size_t h = n;

	for (size_t i = 0; i < first.n; i++)
		h = h * 31 + (unsigned char)first.p[i];
	return h % BUCKETS;
}

const struct route *module_route(const struct module *m, size_t n)
{
	for (size_t t = 0; t < COUNT(m->routes) && m->routes[t]; t++)
		for (const struct route *r = m->routes[t]; r->handle; r++)
			if (n-- == 0)
				return r;
	return NULL;
}

struct route_table *route_table_new(struct arena *a, const struct module *const *modules)
{
	struct route_table *t = NEW(a, struct route_table);
	size_t n = 0;

	for (size_t m = 0; modules[m]; m++)
		for (size_t i = 0; module_route(modules[m], i); i++)
			n++;
	t->all = NEWN(a, struct entry, n);
	for (size_t m = 0; modules[m]; m++) {
		const struct route *r;
		for (size_t i = 0; (r = module_route(modules[m], i)); i++) {
			struct entry *e = &t->all[t->n++];
			e->route = r;
			e->n = split(str_of(r->path), e->segment);
			size_t b = bucket_of(e->segment[0], e->n);
			/* At the end, so that a fixed path listed before /{id} is found first. */
			struct entry **at = &t->bucket[b];
			while (*at)
				at = &(*at)->next;
			*at = e;
		}
	}
	return t;
}

const struct route *route_at(const struct route_table *t, size_t n)
{
	return n < t->n ? t->all[n].route : NULL;
}

static bool take_param(struct str name, struct str value, struct req *q)
{
	int64_t v;

	if (str_eq(name, S("{word}"))) {
		q->word = value;
		return value.n > 0 && value.n <= 128;
	}
	if (!str_int(value, &v) || v <= 0)
		return false;
	if (str_eq(name, S("{id}")))
		q->id = v;
	else
		q->id2 = v;
	return true;
}

static bool fits(const struct entry *e, const struct str *path, struct req *q)
{
	for (size_t i = 0; i < e->n; i++) {
		if (e->segment[i].n && e->segment[i].p[0] == '{') {
			if (!take_param(e->segment[i], path[i], q))
				return false;
		} else if (!str_eq(e->segment[i], path[i])) {
			return false;
		}
	}
	return true;
}

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

const struct route *route_find(const struct route_table *t, struct str method, struct str path,
			       struct req *q, bool *other)
{
	struct str segment[SEGMENTS];
	size_t n = split(path, segment);

	*other = false;
	if (n == 0)
		return NULL;
	if (str_eq(method, S("HEAD")))
		method = S("GET");
	for (struct entry *e = t->bucket[bucket_of(segment[0], n)]; e; e = e->next) {
		struct req params = {0};
		if (e->n != n || !fits(e, segment, &params))
			continue;
		if (!str_eq(str_of(methods[e->route->method]), method)) {
			*other = true;
			continue;
		}
		q->id = params.id;
		q->id2 = params.id2;
		q->word = params.word;
		q->route = e->route;
		return e->route;
	}
	return NULL;
}

static bool in_is_query(const struct route *r)
{
	return r->method == GET || r->method == DELETE || (r->flags & (ROUTE_RAW | ROUTE_UPLOAD));
}

static enum err read_query(struct ctx *c, struct req *q, void *in)
{
	struct json_why why = {0};
	struct http_pair p;

	for (size_t i = 0; q->http && http_query_at(q->http, i, &p); i++) {
		const struct field *f = q->route->in ? shape_find(q->route->in, p.name) : NULL;
		if (!f)
			return fail_str(c, E_INVALID, "error.field_unknown", p.name);
		if (!str_utf8_ok(p.value))
			return fail_str(c, E_INVALID, "error.text_invalid", p.name);
		enum err e = json_read_word(c->a, p.value, f, in, &why);
		if (e != E_OK)
			return fail(c, e, why.key, why.arg);
	}
	for (size_t i = 0; q->route->in && i < q->route->in->n; i++) {
		const struct field *f = &q->route->in->fields[i];
		if ((f->flags & FIELD_REQUIRED) && !(q->http && http_query(q->http, f->name).p))
			return fail(c, E_INVALID, "error.field_missing", f->name);
	}
	return E_OK;
}

enum err route_read(struct ctx *c, struct req *q)
{
	const struct shape *in = q->route->in;
	void *to = in ? arena_alloc(c->a, in->size) : NULL;
	struct json_why why = {0};

	q->in = to;
	if (in_is_query(q->route))
		return read_query(c, q, to);
	if (!in) {
		if (str_trim(q->body).n > 2)
			return fail(c, E_INVALID, "error.body_unexpected", NULL);
		return E_OK;
	}
	struct str type = q->http ? http_header(q->http, "Content-Type") : S("application/json");
	if (q->body.n && !str_starts(type, S("application/json")))
		return fail(c, E_MEDIATYPE, "error.media_type", "application/json");
	enum err e = json_read(c->a, q->body, in, to, &why);
	return e == E_OK ? E_OK : fail(c, e, why.key, why.arg);
}

/* ---- replies ---- */

void reply_one(struct reply *r, const void *row)
{
	r->status = r->status ? r->status : 200;
	json_write(&r->body, r->route->out, row);
}

void reply_created(struct reply *r, const void *row, int64_t id)
{
	struct buf b = BUF(r->a);

	r->status = 201;
	buf_fmt(&b, "/api/v1%s", r->route->path);
	buf_fmt(&b, "/%lld", (long long)id);
	reply_header(r, "Location", buf_str(&b));
	json_write(&r->body, r->route->out, row);
}

void reply_many(struct reply *r, const void *rows, size_t n, struct str next)
{
	r->status = 200;
	buf_z(&r->body, "{\"items\":");
	json_write_all(&r->body, r->route->out, rows, n);
	buf_z(&r->body, ",\"next\":");
	if (next.n)
		buf_json(&r->body, next);
	else
		buf_z(&r->body, "null");
	buf_char(&r->body, '}');
}

void reply_none(struct reply *r)
{
	r->status = 204;
}

void reply_header(struct reply *r, const char *name, struct str value)
{
	if (r->n_headers < COUNT(r->headers))
		r->headers[r->n_headers++] = (struct http_pair){str_of(name), value};
}

/* A quoted ASCII name for old clients and the true one after RFC 5987. */
static struct str disposition(struct arena *a, struct str name, bool download)
{
	struct buf b = BUF(a);

	buf_z(&b, download ? "attachment" : "inline");
	buf_z(&b, "; filename=\"");
	for (size_t i = 0; i < name.n && i < 150; i++)
		buf_char(&b, name.p[i] >= ' ' && name.p[i] < 127 && !strchr("\"\\/%", name.p[i])
				 ? name.p[i]
				 : '_');
	buf_z(&b, "\"; filename*=UTF-8''");
	for (size_t i = 0; i < name.n && i < 400; i++) {
		unsigned char ch = (unsigned char)name.p[i];
		if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') ||
		    (ch >= 'a' && ch <= 'z') || ch == '.' || ch == '-' || ch == '_')
			buf_char(&b, (char)ch);
		else
			buf_fmt(&b, "%%%02X", ch);
	}
	return buf_str(&b);
}

void reply_file(struct reply *r, const char *path, struct str type, struct str name, bool download)
{
	r->status = 200;
	r->file = path;
	reply_header(r, "Content-Type", type);
	reply_header(r, "Content-Disposition", disposition(r->a, name, download));
	reply_header(r, "X-Content-Type-Options", S("nosniff"));
	/* A stranger's file never runs as a page of ours. */
	reply_header(r, "Content-Security-Policy", S("default-src 'none'; sandbox"));
	reply_header(r, "Cache-Control", S("private, max-age=31536000, immutable"));
}

struct str req_header(const struct req *q, const char *name)
{
	return q->http ? http_header(q->http, name) : (struct str){NULL, 0};
}

enum err req_cursor(struct ctx *c, struct str given, int64_t first, int64_t *id)
{
	*id = first;
	if (!given.n || (str_int(given, id) && *id > 0))
		return E_OK;
	return fail(c, E_INVALID, "error.cursor", NULL);
}
