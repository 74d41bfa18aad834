/* Reactors: each module reads the log after its own place and acts once on what it listens to.
 *
 * Events are acted on in batches, one transaction each, which the place moves in.  When one fails
 * the batch ends before it, and it is tried alone, so that it holds up nothing but itself.  What
 * others' transactions keep from committing is tried again with half as many, and grows back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "core/hub.h"
#include "core/work.sql.h"
#include "core/worker.h"

enum {
	BATCH = 200,    /* events read at once */
	ACT_MAX = 50,   /* of interest, acted on in one transaction */
	ACT_US = 10000, /* after this the transaction takes no more */
	TRIES = 5,
};

struct step {
	struct event event;
	const struct reaction *reaction; /* NULL: of no interest */
	void *thought;
	struct live *live;
};

struct round {
	struct desk *desk;
	const struct module *module;
	struct arena *a;
	struct step steps[BATCH];
	size_t n;
	struct reactor_place_row place; /* where those begin */
	size_t from, end;               /* the steps in hand */
	size_t at;                      /* the one that ran last: at fault after an error */
	size_t *most;                   /* of interest, in one transaction */
	bool overtaken;                 /* another node has read on */
	enum err failed;                /* the step in hand is given up */
	const char *key;
};

static const struct reaction *reaction_of(const struct module *m, enum event_kind kind)
{
	for (const struct reaction *r = m->listens; r && r->kind; r++)
		if (r->kind == kind)
			return r;
	return NULL;
}

static enum err read_place(const struct round *r, struct ctx *c, struct reactor_place_row *place)
{
	size_t n;

	*place = (struct reactor_place_row){0};
	return reactor_place(c, str_of(r->module->name), place, 1, &n);
}

static enum err read_events(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);
	struct event *events = NEWN(r->a, struct event, BATCH);

	(void)attempt;
	TRY(read_place(r, &c, &r->place));
	TRY(event_read(&c, r->place.xid, r->place.id, events, BATCH, &r->n));
	for (size_t i = 0; i < r->n; i++)
		r->steps[i] =
		    (struct step){events[i], reaction_of(r->module, events[i].kind), NULL, NULL};
	return E_OK;
}

static enum err think(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;

	(void)attempt;
	for (r->at = r->from; r->at < r->end; r->at++) {
		struct step *s = &r->steps[r->at];
		struct ctx c = ctx_system(r->desk, r->a, db);

		if (!s->reaction || !s->reaction->think)
			continue;
		enum err e = s->reaction->think(&c, &s->event, &s->thought);
		r->key = c.key;
		TRY(e);
	}
	return E_OK;
}

static enum err act_on(struct round *r, struct db *db, struct step *s)
{
	struct ctx c = ctx_system(r->desk, r->a, db);

	s->live = NULL;
	if (r->failed)
		return reactor_fail(&c, &(struct reactor_fail_in){.module = str_of(r->module->name),
								  .event_id = s->event.id,
								  .error_key = str_of(r->key),
								  .at = c.now});
	enum err e = s->reaction->act(&c, &s->event, s->thought);

	r->key = c.key;
	s->live = c.live;
	return e;
}

static enum err act(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);
	int64_t began = clock_ticks();
	struct reactor_place_row place;
	size_t end = r->from;

	(void)attempt;
	r->at = r->from;
	/* A node that was held up may have lost its lease, and another has read on from here. */
	TRY(read_place(r, &c, &place));
	r->overtaken = place.xid != r->place.xid || place.id != r->place.id;
	if (r->overtaken)
		return E_BUSY;
	while (end < r->end && (end == r->from || clock_ticks() - began < ACT_US)) {
		r->at = end++;
		if (r->steps[r->at].reaction)
			TRY(act_on(r, db, &r->steps[r->at]));
	}
	r->at = end;
	const struct event *last = &r->steps[end - 1].event;

	return reactor_move(&c, str_of(r->module->name), last->xid, last->id);
}

static bool thinks(const struct round *r)
{
	for (size_t i = r->from; i < r->end; i++)
		if (r->steps[i].reaction && r->steps[i].reaction->think)
			return true;
	return false;
}

static struct reactor_place_row place_of(const struct step *s)
{
	return (struct reactor_place_row){s->event.xid, s->event.id};
}

/* The steps in hand, or as many as fit; those done are behind r->from afterwards. */
static enum err run(struct round *r)
{
	r->key = NULL;
	if (!r->failed && thinks(r))
		TRY(store_read_wait(r->desk->store, think, r));
	TRY(store_write_wait(r->desk->store, act, r));
	for (; r->from < r->at; r->from++)
		hub_publish(r->desk->hub, r->steps[r->from].live);
	r->place = place_of(&r->steps[r->at - 1]);
	return E_OK;
}

/* What passes by itself is no fault of the event: it is looked at again later. */
static bool passes(enum err e)
{
	return e == E_BUSY || e == E_RETRY;
}

/* One event alone, up to five times; then it goes to the failed ones and the line goes on. */
static enum err run_alone(struct round *r)
{
	enum err e = E_OK;

	r->end = r->from + 1;
	for (int tries = 0; tries < TRIES; tries++) {
		e = run(r);
		if (e == E_OK || passes(e))
			return e;
	}
	log_line(LOG_ERROR, "reaction failed", "module", r->module->name, "error",
		 r->key ? r->key : err_name(e), NULL);
	const char *key = r->key ? r->key : "error.generic";

	r->failed = e;
	r->key = key;
	e = store_write_wait(r->desk->store, act, r);
	r->failed = E_OK;
	if (e == E_OK)
		r->place = place_of(&r->steps[r->from++]);
	return e;
}

/* As many steps as hold so many of interest. */
static size_t batch_end(const struct round *r)
{
	size_t end = r->from;

	for (size_t acts = 0; end < r->n && acts < *r->most; end++)
		acts += r->steps[end].reaction != NULL;
	return end;
}

static enum err run_batch(struct round *r)
{
	r->end = batch_end(r);
	enum err e = run(r);

	if (e == E_OK || passes(e))
		return e;
	size_t bad = r->at;

	r->end = bad;
	e = bad > r->from ? run(r) : E_OK;
	if (passes(e))
		return e;
	/* What fails only at the end, with nothing to say which one it was, is tried one by one. */
	return e != E_OK || r->from == bad ? run_alone(r) : E_OK;
}

/* A shorter transaction meets fewer others. */
static bool halved(struct round *r, enum err e)
{
	if (!passes(e) || r->overtaken || *r->most == 1)
		return false;
	*r->most /= 2;
	return true;
}

static void grow(struct round *r)
{
	*r->most += 1 + *r->most / 8;
	if (*r->most > ACT_MAX)
		*r->most = ACT_MAX;
}

static bool module_round(struct round *r)
{
	if (store_read_wait(r->desk->store, read_events, r) != E_OK)
		return false;
	while (r->from < r->n) {
		enum err e = run_batch(r);

		if (e == E_OK)
			grow(r);
		else if (!halved(r, e))
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
		struct round r = {.desk = desk,
				  .module = desk->modules[m],
				  .a = arena_new(),
				  .most = &desk->acts_at_once[m]};
		if (!*r.most)
			*r.most = ACT_MAX;
		more |= module_round(&r);
		arena_free(r.a);
	}
	return more;
}
