/* Reactors: each module reads the log after its own place and acts once on what it listens to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "core/hub.h"
#include "core/work.sql.h"
#include "core/worker.h"

enum { BATCH = 200, TRIES = 5 };

struct round {
	struct desk *desk;
	const struct module *module;
	struct arena *a;
	struct event events[BATCH];
	size_t n;
	struct reactor_place_row place;
	bool placed; /* the module has read before */
	/* of the step in hand */
	const struct event *event;
	const struct reaction *reaction;
	void *thought;
	enum err failed;
	const char *key;
	struct live *live;
};

static enum err read_events(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);
	size_t n;

	(void)attempt;
	TRY(reactor_place(&c, str_of(r->module->name), &r->place, 1, &n));
	r->placed = n > 0;
	if (!r->placed)
		r->place = (struct reactor_place_row){0};
	return event_read(&c, r->place.xid, r->place.id, r->events, BATCH, &r->n);
}

static enum err think(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);

	(void)attempt;
	return r->reaction->think(&c, r->event, &r->thought);
}

static enum err act(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);

	(void)attempt;
	r->live = NULL;
	if (r->failed) {
		TRY(reactor_fail(&c, &(struct reactor_fail_in){.module = str_of(r->module->name),
							       .event_id = r->event->id,
							       .error_key = str_of(r->key),
							       .at = c.now}));
	} else if (r->reaction) {
		enum err e = r->reaction->act(&c, r->event, r->thought);
		r->key = c.key;
		TRY(e);
	}
	r->live = c.live;
	return reactor_move(&c, str_of(r->module->name), r->event->xid, r->event->id);
}

static const struct reaction *reaction_of(const struct module *m, enum event_kind kind)
{
	for (const struct reaction *r = m->listens; r && r->kind; r++)
		if (r->kind == kind)
			return r;
	return NULL;
}

/* Act on one event, up to five times; then it goes to the failed ones and the line goes on. */
static bool handle(struct round *r)
{
	enum err e = E_OK;

	r->failed = E_OK;
	for (int tries = 0; tries < TRIES; tries++) {
		e = E_OK;
		r->thought = NULL;
		r->key = NULL;
		if (r->reaction && r->reaction->think)
			e = store_read_wait(r->desk->store, think, r);
		if (e == E_OK)
			e = store_write_wait(r->desk->store, act, r);
		if (e == E_OK) {
			hub_publish(r->desk->hub, r->live);
			return true;
		}
		if (e == E_BUSY || e == E_RETRY)
			return false;
	}
	log_line(LOG_ERROR, "reaction failed", "module", r->module->name, "error",
		 r->key ? r->key : err_name(e), NULL);
	r->failed = e;
	r->key = r->key ? r->key : "error.generic";
	return store_write_wait(r->desk->store, act, r) == E_OK;
}

static bool module_round(struct round *r)
{
	if (store_read_wait(r->desk->store, read_events, r) != E_OK || r->n == 0)
		return false;
	for (size_t i = 0; i < r->n; i++) {
		r->event = &r->events[i];
		r->reaction = reaction_of(r->module, r->event->kind);
		/* Events of no interest only move the place, once for the whole batch. */
		if (!r->reaction && i + 1 < r->n)
			continue;
		if (!handle(r))
			return false;
	}
	return r->n == BATCH;
}

bool reactor_round(struct desk *desk)
{
	bool more = false;

	for (size_t m = 0; desk->modules[m]; m++) {
		if (!desk->modules[m]->listens)
			continue;
		struct round r = {.desk = desk, .module = desk->modules[m], .a = arena_new()};
		more |= module_round(&r);
		arena_free(r.a);
	}
	return more;
}
