/* SPDX-License-Identifier: Apache-2.0 */
#include "core/worker.h"
#include "core/work.sql.h"

#include <pthread.h>
#include <stdlib.h>

enum { POLL_MS = 1000, GATHER_MS = 10, LEASE_MS = 30000 };

/* One thread: its rounds, and the signal that there may be work. */
struct loop {
	struct worker *worker;
	pthread_t thread;
	pthread_cond_t wake;
	bool woken;
	bool leased; /* only the node that holds the lease runs it */
	bool (*round)(struct desk *);
};

struct worker {
	struct desk *desk;
	pthread_mutex_t lock;
	bool stopping;
	struct loop loops[3];
};

static bool read_side(struct desk *desk)
{
	bool more = inbound_round(desk);

	return reactor_round(desk) || more;
}

static bool background_side(struct desk *desk)
{
	bool more = task_round(desk);

	return cleanup_round(desk) || more;
}

struct lease {
	struct desk *desk;
	struct arena *a;
	size_t n;
};

static enum err take_lease(void *arg, struct db *db, int attempt)
{
	struct lease *l = arg;
	struct ctx c = ctx_system(l->desk, l->a, db);
	struct lease_take_row row;

	(void)attempt;
	return lease_take(&c,
			  &(struct lease_take_in){.name = S("worker"),
						  .node = l->desk->node,
						  .now = c.now,
						  .expires = c.now + LEASE_MS},
			  &row, 1, &l->n);
}

/* Asked again every third of the lease; between, the last answer holds. */
static bool hold_lease(struct desk *desk)
{
	static _Thread_local int64_t asked_at;
	static _Thread_local bool held;
	int64_t now = clock_ticks() / 1000;

	if (!store_is_pgsql(desk->store))
		return true;
	if (asked_at && now - asked_at < LEASE_MS / 3)
		return held;
	struct lease l = {.desk = desk, .a = arena_new()};
	held = store_write_wait(desk->store, take_lease, &l) == E_OK && l.n > 0;
	arena_free(l.a);
	asked_at = now;
	return held;
}

static void wait_for_work(struct loop *l)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += POLL_MS / 1000;
	if (!l->woken)
		pthread_cond_timedwait(&l->wake, &l->worker->lock, &t);
	if (l->woken && !l->worker->stopping) {
		/* what the next commits bring is looked at together */
		pthread_mutex_unlock(&l->worker->lock);
		nanosleep(&(struct timespec){0, GATHER_MS * 1000000}, NULL);
		pthread_mutex_lock(&l->worker->lock);
	}
	l->woken = false;
}

static void *run(void *arg)
{
	struct loop *l = arg;
	struct worker *w = l->worker;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		pthread_mutex_unlock(&w->lock);
		bool more = (!l->leased || hold_lease(w->desk)) && l->round(w->desk);
		pthread_mutex_lock(&w->lock);
		if (!more && !w->stopping)
			wait_for_work(l);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void worker_wake(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < COUNT(w->loops); i++) {
		w->loops[i].woken = true;
		pthread_cond_signal(&w->loops[i].wake);
	}
	pthread_mutex_unlock(&w->lock);
}

static void wake(void *arg)
{
	worker_wake(arg);
}

struct worker *worker_start(struct desk *desk)
{
	struct worker *w = calloc(1, sizeof *w);
	pthread_condattr_t attr;

	if (!w)
		abort();
	w->desk = desk;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	w->loops[0] = (struct loop){.worker = w, .round = read_side, .leased = true};
	w->loops[1] = (struct loop){.worker = w, .round = job_round};
	w->loops[2] = (struct loop){.worker = w, .round = background_side, .leased = true};
	desk->worker = w;
	for (size_t i = 0; i < COUNT(w->loops); i++) {
		pthread_cond_init(&w->loops[i].wake, &attr);
		pthread_create(&w->loops[i].thread, NULL, run, &w->loops[i]);
	}
	store_on_commit(desk->store, wake, w);
	return w;
}

void worker_stop(struct worker *w)
{
	store_on_commit(w->desk->store, NULL, NULL);
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	for (size_t i = 0; i < COUNT(w->loops); i++)
		pthread_cond_signal(&w->loops[i].wake);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < COUNT(w->loops); i++)
		pthread_join(w->loops[i].thread, NULL);
}

void worker_free(struct worker *w)
{
	free(w);
}

void worker_settle(struct desk *desk)
{
	while (inbound_round(desk) || reactor_round(desk) || job_round(desk))
		;
}
