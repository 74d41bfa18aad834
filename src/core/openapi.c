/* SPDX-License-Identifier: Apache-2.0 */
#include "core/openapi.h"

#include <string.h>

enum { SHAPES_MAX = 256 };

struct doc {
	struct buf *b;
	const struct shape *shapes[SHAPES_MAX];
	size_t n;
};

/* ---- schemas ---- */

static void remember(struct doc *d, const struct shape *s)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->shapes[i]->name, s->name) == 0)
			return;
	if (d->n == SHAPES_MAX)
		return;
	d->shapes[d->n++] = s;
	for (size_t i = 0; i < s->n; i++)
		if (s->fields[i].of)
			remember(d, s->fields[i].of);
}

static void write_ref(struct buf *b, const struct shape *s)
{
	buf_fmt(b, "{\"$ref\":\"#/components/schemas/%s\"}", s->name);
}

static void write_enum(struct buf *b, const char *values)
{
	struct str rest = str_of(values), one;
	bool first = true;

	buf_z(b, "\"enum\":[");
	while (str_cut(&rest, '|', &one)) {
		if (!first)
			buf_char(b, ',');
		first = false;
		buf_json(b, one);
	}
	buf_char(b, ']');
}

static void write_bounds(struct buf *b, const struct field *f)
{
	if (!f->min && !f->max)
		return;
	if (f->type == F_INT)
		buf_fmt(b, ",\"minimum\":%lld,\"maximum\":%lld", (long long)f->min,
			(long long)f->max);
	else if (f->type == F_TEXT && f->max)
		buf_fmt(b, ",\"minLength\":%lld,\"maxLength\":%lld", (long long)f->min,
			(long long)f->max);
}

static const char *const json_types[] = {"integer", "integer", "number", "boolean",
					 "string",  "string",  NULL,     "array",
					 "array",   NULL,      "array"};

static void write_items(struct buf *b, const struct field *f)
{
	buf_z(b, ",\"items\":");
	if (f->type == F_LIST)
		write_ref(b, f->of);
	else
		buf_z(b, f->type == F_IDS ? "{\"type\":\"integer\",\"format\":\"int64\"}"
					  : "{\"type\":\"string\"}");
}

/* A reply's nullable member and a request's are both `T | null`. */
static void write_field(struct buf *b, const struct field *f)
{
	bool null = (f->flags & FIELD_NULLABLE) != 0;

	if (f->type == F_JSON) {
		buf_z(b, "{");
		if (f->text) {
			buf_z(b, "\"description\":");
			buf_json(b, str_of(f->text));
		}
		buf_z(b, "}");
		return;
	}
	if (f->type == F_OBJ) {
		bool may = !(f->flags & FIELD_REQUIRED) || null;
		if (may)
			buf_z(b, "{\"oneOf\":[");
		write_ref(b, f->of);
		if (may)
			buf_z(b, ",{\"type\":\"null\"}]}");
		return;
	}
	buf_fmt(b, null ? "{\"type\":[\"%s\",\"null\"]" : "{\"type\":\"%s\"", json_types[f->type]);
	if (f->type == F_INT || f->type == F_TIME)
		buf_z(b, ",\"format\":\"int64\"");
	if (f->type == F_ENUM) {
		buf_char(b, ',');
		if (null) {
			struct buf v = BUF(b->a);
			write_enum(&v, f->values);
			v.n--; /* the closing bracket */
			buf_add(b, buf_str(&v));
			buf_z(b, ",null]");
		} else {
			write_enum(b, f->values);
		}
	}
	if (f->type == F_IDS || f->type == F_TEXTS || f->type == F_LIST)
		write_items(b, f);
	write_bounds(b, f);
	if (f->text) {
		buf_z(b, ",\"description\":");
		buf_json(b, str_of(f->text));
	}
	buf_char(b, '}');
}

/* What a reply holds is always there; of a request only what is required. */
static bool always(const struct field *f, bool reply)
{
	return reply || (f->flags & FIELD_REQUIRED);
}

static void write_schema(struct buf *b, const struct shape *s, bool reply)
{
	bool first = true;

	buf_z(b, "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[");
	for (size_t i = 0; i < s->n; i++) {
		if ((s->fields[i].flags & FIELD_SECRET && reply) || !always(&s->fields[i], reply))
			continue;
		buf_fmt(b, "%s\"%s\"", first ? "" : ",", s->fields[i].name);
		first = false;
	}
	buf_z(b, "],\"properties\":{");
	first = true;
	for (size_t i = 0; i < s->n; i++) {
		if (s->fields[i].flags & FIELD_SECRET && reply)
			continue;
		buf_fmt(b, "%s\"%s\":", first ? "" : ",", s->fields[i].name);
		first = false;
		write_field(b, &s->fields[i]);
	}
	buf_z(b, "}}");
}

/* ---- operations ---- */

static bool has_body(const struct route *r)
{
	return r->in && r->method != GET && r->method != DELETE &&
	       !(r->flags & (ROUTE_RAW | ROUTE_UPLOAD));
}

static void write_path_param(struct buf *b, struct str name, bool *first)
{
	bool word = str_eq(name, S("word"));

	buf_fmt(
	    b,
	    "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"%s\"}}",
	    *first ? "" : ",", STR(name), word ? "string" : "integer");
	*first = false;
}

static void write_params(struct buf *b, const struct route *r)
{
	struct str rest = str_of(r->path), one;
	bool first = true;

	buf_z(b, "\"parameters\":[");
	while (str_cut(&rest, '/', &one))
		if (one.n > 2 && one.p[0] == '{')
			write_path_param(b, str_slice(one, 1, one.n - 1), &first);
	for (size_t i = 0; r->in && !has_body(r) && i < r->in->n; i++) {
		const struct field *f = &r->in->fields[i];
		buf_fmt(b, "%s{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"schema\":",
			first ? "" : ",", f->name, f->flags & FIELD_REQUIRED ? "true" : "false");
		write_field(b, f);
		/* ids=1,2,3 */
		if (f->type == F_IDS || f->type == F_TEXTS)
			buf_z(b, ",\"style\":\"form\",\"explode\":false");
		buf_char(b, '}');
		first = false;
	}
	if (r->method == POST && !(r->flags & ROUTE_NO_KEY))
		buf_fmt(b,
			"%s{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":false,"
			"\"schema\":{\"type\":\"string\",\"maxLength\":64}}",
			first ? "" : ",");
	buf_z(b, "]");
}

static void write_reply(struct buf *b, const struct route *r)
{
	int status = r->many == NONE ? 204 : r->method == POST ? 201 : 200;

	buf_z(b, ",\"responses\":{");
	if (r->flags & ROUTE_STREAM) {
		buf_z(
		    b,
		    "\"200\":{\"description\":\"events\",\"content\":{\"text/event-stream\":{}}}");
	} else if (r->many == NONE) {
		buf_fmt(b, "\"%d\":{\"description\":\"done\"}", r->out ? 200 : status);
	} else {
		buf_fmt(
		    b,
		    "\"%d\":{\"description\":\"ok\",\"content\":{\"application/json\":{\"schema\":",
		    status);
		if (r->many == MANY) {
			buf_z(b, "{\"type\":\"object\",\"required\":[\"items\",\"next\"],"
				 "\"properties\":{\"items\":{\"type\":\"array\",\"items\":");
			write_ref(b, r->out);
			buf_z(b, "},\"next\":{\"type\":[\"string\",\"null\"]}}}");
		} else {
			write_ref(b, r->out);
		}
		buf_z(b, "}}}");
	}
	buf_z(b, ",\"default\":{\"description\":\"refused\",\"content\":{\"application/"
		 "problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}");
}

static void write_operation(struct doc *d, const struct module *m, const struct route *r)
{
	static const char *const methods[] = {"get", "post", "put", "patch", "delete"};
	struct buf *b = d->b;

	buf_fmt(b, "\"%s\":{\"tags\":[\"%s\"],\"summary\":", methods[r->method], m->name);
	buf_json(b, str_of(r->doc));
	buf_fmt(b, ",\"x-permission\":\"%s\",",
		r->perm == P_PUBLIC      ? "public"
		: r->perm == P_SIGNED_IN ? "signed-in"
		: r->perm == P_VISITOR   ? "visitor"
					 : perm_name(r->perm));
	write_params(b, r);
	if (has_body(r)) {
		buf_z(b, ",\"requestBody\":{\"required\":true,\"content\":{\"application/"
			 "json\":{\"schema\":");
		write_schema(b, r->in, false);
		buf_z(b, "}}}");
		for (size_t i = 0; i < r->in->n; i++)
			if (r->in->fields[i].of)
				remember(d, r->in->fields[i].of);
	} else if (r->flags & (ROUTE_UPLOAD | ROUTE_RAW) && r->method != GET) {
		buf_z(b, ",\"requestBody\":{\"required\":true,\"content\":{\"application/"
			 "octet-stream\":{}}}");
	}
	write_reply(b, r);
	buf_char(b, '}');
	if (r->out)
		remember(d, r->out);
}

static bool first_of_path(const struct module *const *modules, size_t at, const struct route *r)
{
	const struct route *o;

	for (size_t m = 0; m <= at; m++)
		for (size_t i = 0; (o = module_route(modules[m], i)); i++) {
			if (o == r)
				return true;
			if (strcmp(o->path, r->path) == 0)
				return false;
		}
	return true;
}

static void write_path(struct doc *d, const struct module *const *modules, const char *path)
{
	bool first = true;

	buf_fmt(d->b, "\"/api/v1%s\":{", path);
	for (size_t m = 0; modules[m]; m++) {
		const struct route *r;
		for (size_t i = 0; (r = module_route(modules[m], i)); i++) {
			if (strcmp(r->path, path) != 0)
				continue;
			if (!first)
				buf_char(d->b, ',');
			first = false;
			write_operation(d, modules[m], r);
		}
	}
	buf_char(d->b, '}');
}

void openapi_write(struct buf *b, const struct module *const *modules)
{
	struct doc d = {.b = b};
	bool first = true;

	buf_z(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Aftersail\",\"version\":"
		 "\"" AFTERSAIL_VERSION "\",\"license\":{\"name\":\"Apache-2.0\",\"identifier\":"
		 "\"Apache-2.0\"}},\"servers\":[{\"url\":\"/\"}],\"paths\":{");
	for (size_t m = 0; modules[m]; m++) {
		const struct route *r;
		for (size_t i = 0; (r = module_route(modules[m], i)); i++) {
			if (!first_of_path(modules, m, r))
				continue;
			if (!first)
				buf_char(b, ',');
			first = false;
			write_path(&d, modules, r->path);
		}
	}
	buf_z(b, "},\"components\":{\"schemas\":{\"Problem\":{\"type\":\"object\",\"required\":["
		 "\"status\",\"key\",\"arg\",\"request_id\"],"
		 "\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
		 "\"status\":{\"type\":\"integer\"},"
		 "\"detail\":{\"type\":\"string\"},"
		 "\"key\":{\"type\":\"string\"},\"arg\":{\"type\":[\"string\",\"null\"]},\"request_"
		 "id\":{\"type\":\"string\"}}}");
	for (size_t i = 0; i < d.n; i++) {
		buf_fmt(b, ",\"%s\":", d.shapes[i]->name);
		write_schema(b, d.shapes[i], true);
	}
	buf_z(b, "}}}");
}
