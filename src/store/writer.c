/* Work as transactions: the writer that joins what waits into one commit (SQLite), and threads
 * that run a piece again when it met another one (PostgreSQL).
 *
 * On SQLite a batch is run while the one before it is flushed to the disk, and takes in what
 * comes meanwhile; with no timer, an idle desk commits at once.  done() comes after the flush. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "store/store_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void sleep_us(int64_t us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&t, NULL);
}

static void wake(struct store *s)
{
	pthread_mutex_lock(&s->wake_lock);
	if (s->wake)
		s->wake(s->wake_arg);
	pthread_mutex_unlock(&s->wake_lock);
}

/* ---- reading ---- */

static enum err read_once(struct worker *k, struct store_work *w, int attempt)
{
	TRY(db_begin(k->db, BEGIN_READ, k->deadline_ms));
	enum err e = w->run(w, k->db, attempt);

	db_rollback(k->db);
	return e;
}

void *read_main(void *arg)
{
	struct worker *k = arg;
	struct store_work *w;

	while (store_queue_take(k->queue, &w, 1, true)) {
		enum err e = E_RETRY;

		for (int i = 1; i <= ATTEMPTS_MAX && e == E_RETRY; i++)
			e = read_once(k, w, i);
		w->done(w, e == E_RETRY ? E_BUSY : e);
	}
	return NULL;
}

/* ---- SQLite: one writer ---- */

struct batch {
	struct store_work **work;
	size_t n;
	bool grows; /* what comes while it runs joins */
	enum err ends[BATCH_MAX + 1];
	bool lost;      /* the transaction ended by itself: disk full, deadline */
	bool committed; /* something was; the caller sets it back */
};

static enum err run_work(struct db *db, struct store_work *w, int attempt)
{
	enum err e = w->run(w, db, attempt);

	if (e == E_OK && db->failed)
		return E_INTERNAL;
	return e == E_RETRY ? E_BUSY : e;
}

/* One piece under its savepoint.  What it left open inside is undone with it. */
static enum err run_inside(struct db *db, struct store_work *w)
{
	sqlite_deadline(db, WRITE_DEADLINE_MS);
	TRY(db_savepoint(db));
	enum err e = run_work(db, w, 1);

	db->depth = 1;
	if (e != E_OK && db_rollback_to(db) != E_OK)
		return e;
	if (db_release(db) != E_OK)
		return E_BUSY;
	return e;
}

static void spread(struct batch *b, enum err e)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->ends[i] == E_OK)
			b->ends[i] = e;
}

static void finish(struct db *db, struct batch *b)
{
	struct arena *a = arena_new();
	bool any = false;

	for (size_t i = 0; i < b->n; i++)
		any |= b->ends[i] == E_OK;
	sqlite_deadline(db, WRITE_DEADLINE_MS); /* the flush before may have taken long */
	if (!any) {
		db_rollback(db);
	} else if (search_flush(db, a) != E_OK || db_commit(db) != E_OK) {
		db_rollback(db);
		spread(b, E_BUSY);
	} else {
		b->committed = true;
	}
	arena_free(a);
}

/* While the batch before is on its way to the disk nothing is gained by an end: more joins. */
static bool grow(struct store *s, struct batch *b, int64_t from)
{
	size_t room = b->grows ? BATCH_MAX - b->n : 0;
	bool enough = clock_ticks() - from > BATCH_US;

	if (room > JOIN_MAX)
		room = JOIN_MAX;
	room = store_queue_join(&s->writes, &s->flushing, enough, b->work + b->n, room);
	b->n += room;
	return room > 0;
}

static void run_batch(struct store *s, struct db *db, struct batch *b, int attempt)
{
	enum err e = db_begin(db, BEGIN_WRITE, WRITE_DEADLINE_MS);
	int64_t from = clock_ticks();
	size_t i = 0;

	memset(b->ends, 0, sizeof b->ends);
	b->lost = false;
	if (e != E_OK) {
		db_rollback(db);
		spread(b, e);
		return;
	}
	do {
		for (; i < b->n && !b->lost; i++) {
			b->ends[i] = b->grows ? run_inside(db, b->work[i])
					      : run_work(db, b->work[i], attempt);
			b->lost = !db->engine->open(db);
		}
	} while (!b->lost && grow(s, b, from));
	if (b->lost) {
		db_rollback(db);
		spread(b, E_BUSY);
		return;
	}
	finish(db, b);
}

/* When the transaction ended under a batch, each piece gets one of its own: only the one at
 * fault suffers. */
static void run_each(struct store *s, struct db *db, struct batch *b)
{
	struct batch one = {.n = 1};

	for (size_t i = 0; i < b->n; i++) {
		one.work = &b->work[i];
		run_batch(s, db, &one, 2);
		b->ends[i] = one.ends[0];
		b->committed |= one.committed;
	}
}

/* The log's lengths at which something is next to be done about it. */
struct log_limits {
	int call, all;
};

/* Every so many pages the checkpointer is called, which keeps up unless the writer never rests;
 * then the writer itself sees to it that the log starts anew. */
static void look_at_log(struct store *s, struct db *db, struct log_limits *l)
{
	static struct store_work call;
	int pages = sqlite_log_pages(db);

	if (pages >= l->all) {
		sqlite_checkpoint(db, true);
		l->all = pages + LOG_PAGES;
	}
	if (pages < LOG_PAGES)
		*l = (struct log_limits){LOG_PAGES, LOG_PAGES_ALL};
	if (pages < l->call)
		return;
	l->call = pages + LOG_PAGES;
	pthread_mutex_lock(&s->log.lock);
	s->log.head = &call;
	pthread_cond_signal(&s->log.some);
	pthread_mutex_unlock(&s->log.lock);
}

static void pass_on(struct queue *q, struct store_work **work, size_t n)
{
	pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < n; i++) {
		work[i]->next = NULL;
		if (q->head)
			q->tail->next = work[i];
		else
			q->head = work[i];
		q->tail = work[i];
		q->n++;
	}
	pthread_cond_signal(&q->some);
	pthread_mutex_unlock(&q->lock);
}

/* Flushing and telling take time that the next batch need not wait for: other threads do it. */
static void end_batch(struct store *s, struct batch *b)
{
	bool flush = b->committed && (s->durable || s->flush_delay_us);

	for (size_t i = 0; i < b->n; i++)
		b->work[i]->end = b->ends[i];
	if (flush) {
		pthread_mutex_lock(&s->writes.lock);
		s->flushing += b->n;
		pthread_mutex_unlock(&s->writes.lock);
	}
	pass_on(flush ? &s->flushes : &s->ends, b->work, b->n);
}

/* A flush that failed leaves the disk unknown, and asking again would hide it: the program ends,
 * nobody is told that his work is kept, and the next start reads what is there. */
void *sqlite_flush_main(void *arg)
{
	struct store *s = arg;
	struct store_work *work[BATCH_MAX + 1];
	size_t n;

	while ((n = store_queue_take(&s->flushes, work, COUNT(work), true))) {
		if (s->durable && !sqlite_flush_log(s->path, &s->log_fd)) {
			log_line(LOG_ERROR, "the log cannot be flushed: ending", "why",
				 strerror(errno), NULL);
			abort();
		}
		if (s->flush_delay_us)
			sleep_us(s->flush_delay_us);
		pthread_mutex_lock(&s->writes.lock);
		s->flushing -= n;
		pthread_cond_signal(&s->writes.some);
		pthread_mutex_unlock(&s->writes.lock);
		pass_on(&s->ends, work, n);
	}
	return NULL;
}

void *sqlite_end_main(void *arg)
{
	struct store *s = arg;
	struct store_work *work[BATCH_MAX];
	size_t n;

	while ((n = store_queue_take(&s->ends, work, BATCH_MAX, true)))
		for (size_t i = 0; i < n; i++)
			work[i]->done(work[i], work[i]->end);
	return NULL;
}

void *sqlite_write_main(void *arg)
{
	struct worker *k = arg;
	struct store *s = k->store;
	struct store_work *work[BATCH_MAX + 1];
	struct batch b = {.work = work, .grows = !s->alone};
	bool back = true;
	struct log_limits limits = {LOG_PAGES, LOG_PAGES_ALL};

	/* After a crash the log is read from the system's cache, and pages whose flush had failed
	 * stand there as clean ones that are not on the disk: into the file with them, and the log
	 * anew. */
	if (s->durable)
		sqlite_checkpoint(k->db, true);
	while ((b.n = store_queue_take(k->queue, work, s->alone ? 1 : JOIN_MAX, back))) {
		int64_t written = k->db->written;

		b.committed = false;
		back = !work[0]->background;
		run_batch(s, k->db, &b, 1);
		if (b.lost && b.n > 1)
			run_each(s, k->db, &b);
		if (b.committed && k->db->written != written)
			wake(s);
		end_batch(s, &b);
		look_at_log(s, k->db, &limits);
	}
	return NULL;
}

void *sqlite_log_main(void *arg)
{
	struct worker *k = arg;
	struct queue *q = k->queue;
	bool short_log = k->store->durable;

	pthread_mutex_lock(&q->lock);
	while (!q->stop) {
		if (short_log) {
			pthread_mutex_unlock(&q->lock);
			short_log = sqlite_lengthen_log(k->db, k->store->path, LOG_BYTES);
			pthread_mutex_lock(&q->lock);
			continue;
		}
		if (!q->head) {
			pthread_cond_wait(&q->some, &q->lock);
			continue;
		}
		q->head = NULL;
		pthread_mutex_unlock(&q->lock);
		sqlite_checkpoint(k->db, false);
		pthread_mutex_lock(&q->lock);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* ---- PostgreSQL: as many as there are connections ---- */

static enum err write_once(struct db *db, struct store_work *w, int attempt)
{
	enum err e = db_begin(db, BEGIN_WRITE, WRITE_DEADLINE_MS);

	if (e == E_OK)
		e = w->run(w, db, attempt);
	if (e == E_OK)
		return db_commit(db);
	db_rollback(db);
	return e;
}

void *pgsql_write_main(void *arg)
{
	struct worker *k = arg;
	struct store_work *w;
	unsigned seed = (unsigned)(uintptr_t)&w;

	while (store_queue_take(k->queue, &w, 1, true)) {
		int64_t written = k->db->written;
		enum err e = E_RETRY;

		for (int i = 1; i <= ATTEMPTS_MAX && e == E_RETRY; i++) {
			if (i > 1)
				sleep_us(rand_r(&seed) % (500 << i));
			e = write_once(k->db, w, i);
		}
		if (e == E_OK && k->store->flush_delay_us)
			sleep_us(k->store->flush_delay_us);
		if (e == E_OK && k->db->written != written)
			wake(k->store);
		w->done(w, e == E_RETRY ? E_BUSY : e);
	}
	return NULL;
}
