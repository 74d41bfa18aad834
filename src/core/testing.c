/* SPDX-License-Identifier: Apache-2.0 */
#include "core/testing.h"
#include "base/log.h"
#include "core/call.h"
#include "core/hub.h"
#include "store/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int testing_engines(void)
{
	return store_engines();
}

/* Tests have no way on when their own ground is missing. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	log_set_level(LOG_ERROR);
	log_line(LOG_ERROR, "testing", "failed", what, NULL);
	abort();
}

void testing_open(struct testing *t, int engine, const struct module *const *modules,
		  const struct channel *const *channels)
{
	const char *why = "";

	log_set_level(LOG_OFF);
	*t = (struct testing){.a = arena_new(), .engine = engine};
	snprintf(t->folder, sizeof t->folder, "/tmp/aftersail-test-XXXXXX");
	must(mkdtemp(t->folder) != NULL, "a temporary folder");
	char *flags[] = {"--data", t->folder, NULL};
	must(config_read(t->a, 2, flags, &t->config, &why) == E_OK, why);
	if (engine > 0) {
		t->schema = store_testing(t->a, engine, NULL);
		t->config.database = store_testing_url(t->a, t->schema);
	}
	must(desk_open(t->a, &t->config, modules, channels, &t->desk, &why) == E_OK, why);
}

void testing_close(struct testing *t)
{
	desk_close(t->desk);
	if (t->schema)
		store_testing_end(t->schema);
	arena_free(t->a);
}

struct call {
	struct testing *t;
	struct arena *a;
	const struct actor *who;
	struct req q;
	struct reply r;
	struct ctx c;
};

static enum err run(void *arg, struct db *db, int attempt)
{
	struct call *call = arg;

	(void)attempt;
	arena_reset(call->a);
	call->r = (struct reply){0};
	call->c = ctx_system(call->t->desk, call->a, db);
	call->c.actor = *call->who;
	if (call->t->now)
		call->c.now = call->t->now;
	if (call->q.route->prepare && call->q.route->perm != P_PUBLIC) {
		TRY(route_read(&call->c, &call->q));
		TRY(call->q.route->prepare(&call->c, &call->q, &call->q.made));
	}
	return call_run(&call->c, &call->q, &call->r);
}

int testing_call(struct testing *t, const struct actor *who, const char *method, const char *path,
		 const char *body)
{
	struct call call = {.t = t, .a = arena_new(), .who = who, .q = {.body = str_of(body)}};
	bool other;

	if (!route_find(t->desk->routes, str_of(method), str_of(path), &call.q, &other)) {
		arena_free(call.a);
		return 404;
	}
	enum err e = store_write_wait(t->desk->store, run, &call);
	hub_publish(t->desk->hub, e == E_OK ? call.c.live : NULL);
	t->body = e == E_OK ? str_dup(t->a, buf_str(&call.r.body))
			    : str_fmt(t->a, "%s %s", call.c.key ? call.c.key : err_name(e),
				      call.c.arg ? call.c.arg : "");
	int status = e == E_OK ? call.r.status : err_http(e);
	arena_free(call.a);
	return status;
}

bool testing_has(const struct testing *t, const char *text)
{
	return str_find(t->body, str_of(text)) >= 0;
}

enum err testing_do(struct testing *t, enum err (*fn)(struct ctx *, void *), void *arg)
{
	return desk_write(t->desk, fn, arg);
}

/* ---- plans ---- */

struct plan {
	struct testing *t;
	const struct query *q;
	uint64_t mask;
	struct buf out;
	const char *why; /* of the engine, when it has no plan */
};

struct plan_line {
	int64_t ids[3];
	struct str text;
};
#define ID(i)                                                                                      \
	{                                                                                          \
		.name = "id", .type = F_INT,                                                       \
		.at = offsetof(struct plan_line, ids) + (i) * sizeof(int64_t)                      \
	}
static const struct field line_fields[] = {ID(0), ID(1), ID(2),
					   FIELD(struct plan_line, text, F_TEXT, 0, 0, 0, NULL)};
static const struct shape sqlite_line = {"PlanLine", line_fields, 4, sizeof(struct plan_line)};
static const struct shape pgsql_line = {"PlanLine", line_fields + 3, 1, sizeof(struct plan_line)};

static const char *pgsql_type(enum field_type t)
{
	switch (t) {
	case F_INT:
	case F_TIME: return "bigint";
	case F_BOOL: return "boolean";
	case F_REAL: return "double precision";
	case F_IDS: return "bigint[]";
	default: return "text";
	}
}

/* PostgreSQL is asked for the plan it would keep, of tables large enough for an index. */
static enum err prepare_plan(struct ctx *c, struct plan *p, struct str text, struct buf *sql)
{
	size_t n = p->q->in ? p->q->in->n : 0;
	struct buf types = BUF(c->a);

	buf_z(sql, "EXPLAIN EXECUTE plan");
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&types, "%s%s", i ? ", " : "(", pgsql_type(p->q->in->fields[i].type));
		buf_z(sql, i ? ", NULL" : "(NULL");
	}
	buf_z(&types, n ? ")" : "");
	buf_z(sql, n ? ")" : "");
	return db_script(c->db, str_fmt(c->a,
					"SET LOCAL plan_cache_mode = force_generic_plan;"
					"SET LOCAL enable_seqscan = off;"
					"SET LOCAL enable_sort = off;"
					"SET LOCAL enable_bitmapscan = off;"
					"SET LOCAL enable_incremental_sort = off;"
					"PREPARE plan%.*s AS %.*s",
					STR(buf_str(&types)), STR(text))
				    .p);
}

static enum err read_plan(struct ctx *c, void *arg)
{
	struct plan *p = arg;
	bool pgsql = db_is_pgsql(c->db);
	struct buf text = BUF(c->a), sql = BUF(c->a);
	struct plan_line lines[40];
	size_t n;

	for (const struct query_part *q = pgsql ? p->q->pgsql : p->q->sqlite; q->text; q++)
		if (q->param < 0 || p->mask & 1ULL << q->param)
			buf_z(&text, q->text);
	if (pgsql)
		TRY(prepare_plan(c, p, buf_str(&text), &sql));
	else
		buf_fmt(&sql, "EXPLAIN QUERY PLAN %.*s", STR(buf_str(&text)));
	enum err e = db_composed(c->db, c->a, buf_str(&sql).p, NULL, 0,
				 pgsql ? &pgsql_line : &sqlite_line, lines, COUNT(lines), &n);
	p->why = str_z(p->t->a, str_of(db_error(c->db)));
	TRY(e);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&p->out, "%.*s\n", STR(lines[i].text));
	return pgsql ? db_script(c->db, "DEALLOCATE plan") : E_OK;
}

struct str testing_plan(struct testing *t, const struct query *q, uint64_t mask)
{
	struct plan p = {.t = t, .q = q, .mask = mask, .out = BUF(t->a)};

	must(testing_do(t, read_plan, &p) == E_OK, p.why);
	return buf_str(&p.out);
}

struct actor testing_agent(struct testing *t, int64_t id, const int64_t *inboxes, size_t n)
{
	struct actor who = {.kind = ACTOR_AGENT,
			    .id = id,
			    .name = S("Agent"),
			    .scope = {NEWN(t->a, int64_t, n + 1), n}};

	for (int p = P__FIRST; p < P__MAX; p++)
		perm_add(&who.perms, (enum perm)p);
	for (size_t i = 0; i < n; i++)
		who.scope.v[i] = inboxes[i];
	return who;
}
