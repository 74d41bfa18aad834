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
