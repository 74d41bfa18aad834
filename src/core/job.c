/* SPDX-License-Identifier: Apache-2.0 */
#include "core/job.h"
#include "base/log.h"
#include "core/hub.h"
#include "core/work.sql.h"
#include "core/worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { IN_FLIGHT = 16, LEASE_MS = 15 * MINUTE_MS, TRIES_MAX = 12 };

struct job_run {
	struct store_work work; /* first */
	struct desk *desk;
	struct arena *a;
	struct job job;
	const struct job_kind *kind;
	struct outcome outcome;
	struct arena *done_arena;
	struct live *live;
};

static _Atomic int in_flight;

enum err job_add(struct ctx *c, const struct job *j, int64_t *id)
{
	struct job_insert_row row;
	size_t n;

	TRY(job_insert(c,
		       &(struct job_insert_in){.kind = j->kind,
					       .jobkey = j->key,
					       .subject = j->subject,
					       .inbox_id = j->inbox_id,
					       .conversation_id = j->conversation_id,
					       .run_at = j->run_at ? j->run_at : c->now,
					       .data = j->data.n ? j->data : S("{}"),
					       .at = c->now},
		       &row, 1, &n));
	if (id)
		*id = row.id;
	return E_OK;
}

enum err job_cancel(struct ctx *c, const char *kind, int64_t subject, bool *gone)
{
	struct list dropped;

	TRY(job_drop_queued(c, str_of(kind), subject, &dropped));
	*gone = dropped.n > 0;
	const struct job_drop_queued_row *j = dropped.v;
	for (size_t i = 0; i < dropped.n; i++)
		if (j[i].jobkey.n)
			TRY(job_next(c, j[i].jobkey));
	return E_OK;
}

enum err job_retry(struct ctx *c, int64_t id)
{
	struct job_requeue_row row;
	size_t n;

	TRY(job_requeue(c, id, c->now, &row, 1, &n));
	return n ? E_OK : fail(c, E_CONFLICT, "job.not_failed", NULL);
}

struct arena *job_arena(struct job_run *run)
{
	return run->a;
}

struct desk *job_desk(struct job_run *run)
{
	return run->desk;
}

static const struct job_kind *kind_of(const struct desk *desk, struct str name)
{
	for (size_t m = 0; desk->modules[m]; m++)
		for (const struct job_kind *k = desk->modules[m]->jobs; k && k->name; k++)
			if (str_eq(str_of(k->name), name))
				return k;
	return NULL;
}

/* 5 s, 10 s, 20 s, ... at most two hours. */
static int64_t backoff(int64_t tries)
{
	int64_t ms = 5 * SECOND_MS;

	for (int64_t i = 1; i < tries && ms < 2 * HOUR_MS; i++)
		ms *= 2;
	return ms < 2 * HOUR_MS ? ms : 2 * HOUR_MS;
}

/* When an unknown one goes again by itself; 0: a person decides. */
static int64_t rerun_at(struct ctx *c, const struct job_run *run)
{
	const struct job_kind *k = run->kind;

	if (!k->unknown_retry_ms || (k->may_rerun && !k->may_rerun(c, &run->job)))
		return 0;
	return c->now + k->unknown_retry_ms;
}

static enum err record(struct ctx *c, const struct job_run *run)
{
	const struct outcome *o = &run->outcome;
	int64_t again = c->now + (o->retry_after ? o->retry_after : backoff(run->job.tries));
	struct job_end_row ended;
	size_t n;
	struct job_end_in in = {.id = run->job.id,
				.tries = run->job.tries,
				.run_at = c->now,
				.error_key = str_of(o->key),
				.error_arg = str_clip(o->arg, 500)};

	switch (o->kind) {
	case OUTCOME_SENT: in.state = S("done"); break;
	case OUTCOME_REFUSED: in.state = S("failed"); break;
	case OUTCOME_LATER:
		in.state = S("queued");
		in.run_at = again;
		break;
	case OUTCOME_UNKNOWN:
		in.state = S("unknown");
		in.run_at = rerun_at(c, run);
		break;
	}
	TRY(job_end(c, &in, &ended, 1, &n));
	if (n == 0) /* its lease ran out, and another run has it now */
		return E_OK;
	if (run->job.key.n && !str_eq(in.state, S("queued")))
		TRY(job_next(c, run->job.key));
	return run->kind->done ? run->kind->done(c, &run->job, o) : E_OK;
}

static enum err finish_run(struct store_work *w, struct db *db, int attempt)
{
	struct job_run *run = (struct job_run *)w;

	(void)attempt;
	arena_free(run->done_arena);
	run->done_arena = arena_new();
	struct ctx c = ctx_system(run->desk, run->done_arena, db);
	enum err e = record(&c, run);
	run->live = c.live;
	return e;
}

static void run_free(struct job_run *run)
{
	arena_free(run->done_arena);
	arena_free(run->a);
	free(run);
	in_flight--;
}

static void finished(struct store_work *w, enum err e)
{
	struct job_run *run = (struct job_run *)w;

	if (e == E_OK)
		hub_publish(run->desk->hub, run->live);
	else
		/* The lease runs out, and the job is then lost: unknown, by its kind's rule. */
		log_line(LOG_ERROR, "job outcome not recorded", "kind", run->kind->name, "error",
			 err_name(e), NULL);
	struct worker *worker = run->desk->worker;
	run_free(run);
	if (worker)
		worker_wake(worker);
}

void job_finish(struct job_run *run, const struct outcome *o)
{
	int64_t max = run->kind->tries_max ? run->kind->tries_max : TRIES_MAX;

	run->outcome = *o;
	run->outcome.arg = str_dup(run->a, o->arg);
	run->outcome.id = str_dup(run->a, o->id);
	if (o->kind == OUTCOME_LATER && run->job.tries >= max)
		run->outcome.kind = OUTCOME_REFUSED;
	run->work = (struct store_work){.run = finish_run, .done = finished};
	store_write(run->desk->store, &run->work);
}

struct claim {
	struct desk *desk;
	struct arena *a;
	int64_t id;
	struct job_claim_row row;
	size_t n;
	struct live *live;
	struct job_run *run;
};

static enum err tell_claimed(struct ctx *c, const struct job_claim_row *row)
{
	const struct job_kind *kind = kind_of(c->desk, row->kind);
	struct job job = {.id = row->id,
			  .kind = row->kind,
			  .subject = row->subject,
			  .inbox_id = row->inbox_id,
			  .conversation_id = row->conversation_id,
			  .tries = row->tries,
			  .data = row->data};

	return kind && kind->claimed ? kind->claimed(c, &job) : E_OK;
}

static enum err claim_one(void *arg, struct db *db, int attempt)
{
	struct claim *cl = arg;
	struct ctx c = ctx_system(cl->desk, cl->a, db);

	(void)attempt;
	TRY(job_claim(&c,
		      &(struct job_claim_in){.id = cl->id,
					     .now = c.now,
					     .lease_until = c.now + LEASE_MS,
					     .node = cl->desk->node},
		      &cl->row, 1, &cl->n));
	TRY(cl->n ? tell_claimed(&c, &cl->row) : job_wait(&c, cl->id));
	cl->live = c.live;
	return E_OK;
}

static enum err start_one(void *arg, struct db *db, int attempt)
{
	struct claim *cl = arg;
	struct arena *a = arena_new();
	struct ctx c = ctx_system(cl->desk, a, db);

	(void)attempt;
	enum err e = cl->run->kind->start(&c, &cl->run->job, cl->run);
	if (e != E_OK) {
		struct outcome o = {.kind = e == E_NOTFOUND ? OUTCOME_SENT
					    : e == E_BUSY   ? OUTCOME_LATER
							    : OUTCOME_REFUSED,
				    .key = e == E_NOTFOUND ? NULL
					   : c.key         ? c.key
							   : "error.generic",
				    .arg = str_of(c.arg)};
		job_finish(cl->run, &o);
	}
	arena_free(a);
	return E_OK;
}

static struct job_run *run_new(struct desk *desk, const struct job_claim_row *row)
{
	struct job_run *run = calloc(1, sizeof *run);

	if (!run)
		abort();
	in_flight++;
	run->desk = desk;
	run->a = arena_new();
	run->kind = kind_of(desk, row->kind);
	run->job = (struct job){.id = row->id,
				.kind = str_dup(run->a, row->kind),
				.key = str_dup(run->a, row->jobkey),
				.subject = row->subject,
				.inbox_id = row->inbox_id,
				.conversation_id = row->conversation_id,
				.run_at = row->run_at,
				.tries = row->tries,
				.data = str_dup(run->a, row->data)};
	return run;
}

static void start_job(struct desk *desk, struct arena *a, int64_t id)
{
	struct claim cl = {.desk = desk, .a = a, .id = id};

	if (store_write_wait(desk->store, claim_one, &cl) != E_OK || cl.n == 0)
		return;
	hub_publish(desk->hub, cl.live);
	cl.run = run_new(desk, &cl.row);
	if (!cl.run->kind) {
		static const struct job_kind gone = {.name = "unknown kind"};
		cl.run->kind = &gone;
		job_finish(cl.run,
			   &(struct outcome){
			       OUTCOME_REFUSED, "job.unknown_kind", cl.run->job.kind, 0, {0}});
		return;
	}
	if (store_read_wait(desk->store, start_one, &cl) != E_OK)
		job_finish(cl.run, &(struct outcome){.kind = OUTCOME_LATER, .key = "error.busy"});
}

struct due {
	struct desk *desk;
	struct arena *a;
	struct job_due_row rows[IN_FLIGHT];
	size_t n;
	bool own; /* what this node's former life left running is lost at once */
};

static enum err read_due(void *arg, struct db *db, int attempt)
{
	struct due *d = arg;
	struct ctx c = ctx_system(d->desk, d->a, db);
	int room = IN_FLIGHT - in_flight;

	(void)attempt;
	return room > 0 ? job_due(&c, c.now, room, d->rows, COUNT(d->rows), &d->n) : E_OK;
}

/* A lost one may have been sent: its module hears "unknown". */
static enum err lose(struct ctx *c, const struct job_kind *kind, int64_t id)
{
	struct job_get_row row;
	struct outcome o = {.kind = OUTCOME_UNKNOWN, .key = "job.lost"};
	size_t n;

	TRY(job_get(c, id, &row, 1, &n));
	if (n == 0)
		return E_OK;
	struct job_run run = {.desk = c->desk, .kind = kind, .outcome = o};
	run.job = (struct job){.id = row.id,
			       .kind = row.kind,
			       .key = row.jobkey,
			       .subject = row.subject,
			       .inbox_id = row.inbox_id,
			       .conversation_id = row.conversation_id,
			       .tries = row.tries,
			       .data = row.data};
	return record(c, &run);
}

static enum err recover(void *arg, struct db *db, int attempt)
{
	struct due *d = arg;
	struct ctx c = ctx_system(d->desk, d->a, db);
	struct job_lost_row lost[50];
	struct job_unknown_due_row due[50];
	size_t n;

	(void)attempt;
	TRY(job_lost(&c, c.now, d->own ? d->desk->node : S(""), COUNT(lost), lost, COUNT(lost),
		     &n));
	for (size_t i = 0; i < n; i++) {
		const struct job_kind *kind = kind_of(d->desk, lost[i].kind);
		if (kind)
			TRY(lose(&c, kind, lost[i].id));
	}
	d->n = n;
	TRY(job_unknown_due(&c, c.now, COUNT(due), due, COUNT(due), &n));
	for (size_t i = 0; i < n; i++) {
		struct job_requeue_row row;
		size_t one;
		TRY(job_requeue(&c, due[i].id, c.now, &row, 1, &one));
	}
	return E_OK;
}

enum err job_recover(struct desk *desk)
{
	struct due d = {.desk = desk, .own = true};
	enum err e;

	do {
		d.a = arena_new();
		e = store_write_wait(desk->store, recover, &d);
		arena_free(d.a);
	} while (e == E_OK && d.n == 50);
	return e;
}

static _Atomic int64_t recovered_at;

bool job_round(struct desk *desk)
{
	struct due d = {.desk = desk, .a = arena_new()};
	int64_t now = clock_now();

	if (now - recovered_at > 10 * SECOND_MS || now < recovered_at) {
		recovered_at = now;
		if (store_write_wait(desk->store, recover, &d) != E_OK)
			log_line(LOG_WARN, "lost jobs not looked at", NULL);
		d.n = 0;
	}
	if (store_read_wait(desk->store, read_due, &d) != E_OK)
		d.n = 0;
	for (size_t i = 0; i < d.n; i++)
		start_job(desk, d.a, d.rows[i].id);
	arena_free(d.a);
	return d.n > 0;
}
