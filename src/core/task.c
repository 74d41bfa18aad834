/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task.h"
#include "base/log.h"
#include "core/hub.h"
#include "core/work.sql.h"
#include "core/worker.h"

#include <pthread.h>
#include <string.h>

enum { CLEANUP_EVERY = HOUR_MS };

enum err task_add(struct ctx *c, const char *kind, struct str input, int64_t total, int64_t *id)
{
	struct task_insert_row row;
	size_t n;

	TRY(task_insert(c,
			&(struct task_insert_in){.kind = str_of(kind),
						 .input = input.n ? input : S("{}"),
						 .total = total,
						 .at = c->now},
			&row, 1, &n));
	if (id)
		*id = row.id;
	return E_OK;
}

/* ---- waiting for background work ---- */

struct step {
	struct store_work work; /* first */
	struct desk *desk;
	struct arena *a;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool ended;
	enum err result;
	enum err (*run)(struct step *, struct ctx *);
	struct task task;
	const struct task_kind *kind;
	bool last;
	const struct cleanup *cleanup;
	int64_t n, gone; /* of this step; of the steps before it */
	struct live *live;
	const char *key;
};

static enum err run_step(struct store_work *w, struct db *db, int attempt)
{
	struct step *s = (struct step *)w;
	struct ctx c = ctx_system(s->desk, s->a, db);

	(void)attempt;
	s->last = false;
	s->n = 0;
	enum err e = s->run(s, &c);
	s->live = c.live;
	s->key = c.key;
	return e;
}

static void step_done(struct store_work *w, enum err e)
{
	struct step *s = (struct step *)w;

	pthread_mutex_lock(&s->lock);
	s->result = e;
	s->ended = true;
	pthread_cond_signal(&s->over);
	pthread_mutex_unlock(&s->lock);
}

/* Through the writer's background queue, and wait. */
static enum err step_wait(struct step *s)
{
	s->work = (struct store_work){.run = run_step, .done = step_done, .background = true};
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->over, NULL);
	s->ended = false;
	store_write(s->desk->store, &s->work);
	pthread_mutex_lock(&s->lock);
	while (!s->ended)
		pthread_cond_wait(&s->over, &s->lock);
	pthread_mutex_unlock(&s->lock);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->over);
	if (s->result == E_OK)
		hub_publish(s->desk->hub, s->live);
	return s->result;
}

/* ---- tasks ---- */

static enum err task_step(struct step *s, struct ctx *c)
{
	struct task t = s->task;

	TRY(s->kind->step(c, &t, &s->last));
	TRY(task_save(c, &(struct task_save_in){.id = t.id,
						.state = s->last ? S("done") : S("running"),
						.next = t.cursor,
						.done = t.done}));
	return E_OK;
}

static enum err task_give_up(struct step *s, struct ctx *c)
{
	return task_save(
	    c, &(struct task_save_in){.id = s->task.id,
				      .state = S("failed"),
				      .next = s->task.cursor,
				      .done = s->task.done,
				      .error_key = str_of(s->key ? s->key : "error.generic")});
}

struct running {
	struct desk *desk;
	struct arena *a;
	struct task_running_row rows[4];
	size_t n;
};

static enum err read_running(void *arg, struct db *db, int attempt)
{
	struct running *r = arg;
	struct ctx c = ctx_system(r->desk, r->a, db);

	(void)attempt;
	return task_running(&c, COUNT(r->rows), r->rows, COUNT(r->rows), &r->n);
}

static const struct task_kind *kind_of(const struct desk *desk, struct str name)
{
	for (size_t m = 0; desk->modules[m]; m++)
		for (const struct task_kind *k = desk->modules[m]->tasks; k && k->name; k++)
			if (str_eq(str_of(k->name), name))
				return k;
	return NULL;
}

static void one_step(struct desk *desk, const struct task_running_row *row)
{
	struct step s = {.desk = desk, .a = arena_new(), .run = task_step};

	s.kind = kind_of(desk, row->kind);
	s.task = (struct task){row->id, row->kind, row->input, row->next, row->done, row->total};
	enum err e = s.kind ? step_wait(&s) : E_NOTFOUND;
	if (e != E_OK && e != E_BUSY && e != E_RETRY) {
		log_line(LOG_ERROR, "task failed", "kind", str_z(s.a, row->kind), NULL);
		s.run = task_give_up;
		(void)!step_wait(&s);
	}
	arena_free(s.a);
}

bool task_round(struct desk *desk)
{
	struct running r = {.desk = desk, .a = arena_new()};
	size_t n = store_read_wait(desk->store, read_running, &r) == E_OK ? r.n : 0;

	for (size_t i = 0; i < n; i++)
		one_step(desk, &r.rows[i]);
	arena_free(r.a);
	return n > 0;
}

/* ---- cleanup ---- */

static enum err cleanup_step(struct step *s, struct ctx *c)
{
	TRY(s->cleanup->run(c, c->now - s->cleanup->days * (int64_t)DAY_MS, &s->n));
	return cleanup_noted(c, str_of(s->cleanup->name), c->now, s->gone + s->n);
}

static int64_t cleaned_at;

bool cleanup_round(struct desk *desk)
{
	int64_t now = clock_now();

	if (now - cleaned_at < CLEANUP_EVERY && now >= cleaned_at)
		return false;
	cleaned_at = now;
	for (size_t m = 0; desk->modules[m]; m++) {
		for (const struct cleanup *k = desk->modules[m]->cleanups; k && k->name; k++) {
			struct step s = {.desk = desk, .run = cleanup_step, .cleanup = k};
			enum err e;
			do {
				s.a = arena_new();
				e = step_wait(&s);
				arena_free(s.a);
				s.gone += s.n;
			} while (e == E_OK && s.n >= 500);
		}
	}
	return false;
}
