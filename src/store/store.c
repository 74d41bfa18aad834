/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_impl.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct db *store_connect(struct store *s, struct arena *a, enum db_role role, const char **why)
{
	return s->pgsql ? pgsql_connect(a, s->path, role, why)
			: sqlite_connect(a, s->path, s->durable, role, why);
}

/* Signals are the main thread's. */
static void start_thread(pthread_t *t, void *(*main)(void *), void *arg)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	if (pthread_create(t, NULL, main, arg) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool store_start(struct store *s, struct arena *a, struct queue *q, enum db_role role,
		 void *(*main)(void *), int deadline_ms, const char **why)
{
	struct worker *k = &s->workers[s->workers_n];

	*k = (struct worker){.store = s, .queue = q, .deadline_ms = deadline_ms};
	k->db = store_connect(s, a, role, why);
	if (!k->db)
		return false;
	start_thread(&k->thread, main, k);
	s->workers_n++;
	return true;
}

static bool start_many(struct store *s, struct arena *a, struct queue *q, int n,
		       void *(*main)(void *), int deadline_ms, const char **why)
{
	enum db_role role = q == &s->writes ? DB_WRITER : DB_READER;

	for (int i = 0; i < n; i++)
		if (!store_start(s, a, q, role, main, deadline_ms, why))
			return false;
	return true;
}

static int bounded(int wanted, int otherwise)
{
	int n = wanted > 0 ? wanted : otherwise;

	return n < 1 ? 1 : n > 32 ? 32 : n;
}

/* The writer first: it is the one that makes the file. */
static bool start_all(struct store *s, struct arena *a, const struct store_options *o,
		      const char **why)
{
	int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);

	if (s->pgsql) {
		s->notifier = notifier_start(a, s->path, why);
		return s->notifier &&
		       start_many(s, a, &s->writes, bounded(o->writers, 16), pgsql_write_main, 0,
				  why) &&
		       start_many(s, a, &s->reads, bounded(o->readers, 16), read_main,
				  READ_DEADLINE_MS, why) &&
		       start_many(s, a, &s->slow, SLOW_THREADS, read_main, SLOW_DEADLINE_MS, why);
	}
	start_thread(&s->flusher, sqlite_flush_main, s);
	start_thread(&s->ender, sqlite_end_main, s);
	s->has_ender = true;
	return start_many(s, a, &s->writes, 1, sqlite_write_main, 0, why) &&
	       start_many(s, a, &s->reads, bounded(o->readers, 2 * cores), read_main,
			  READ_DEADLINE_MS, why) &&
	       start_many(s, a, &s->slow, SLOW_THREADS, read_main, SLOW_DEADLINE_MS, why) &&
	       store_start(s, a, &s->log, DB_OTHER, sqlite_log_main, 0, why);
}

/* A test's database is a file like any other, in a folder that goes with it. */
static bool make_folder(struct store *s)
{
	const char *tmp = getenv("TMPDIR");
	char path[200];

	snprintf(path, sizeof path, "%s/aftersail-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return false;
	s->folder = strdup(path);
	if (asprintf(&s->path, "%s/db", path) < 0)
		abort();
	return true;
}

static bool set_place(struct store *s, struct str url)
{
	if (str_starts(url, S("postgresql://")) || str_starts(url, S("postgres://"))) {
		s->pgsql = true;
		s->path = strndup(url.p, url.n);
		return true;
	}
	if (str_eq(url, S("sqlite::memory:")))
		return make_folder(s);
	if (!str_starts(url, S("sqlite:")) || url.n == sizeof "sqlite:" - 1)
		return false;
	s->durable = true;
	s->path = strndup(url.p + 7, url.n - 7);
	return true;
}

enum err store_open(struct arena *a, const struct store_options *o, struct store **opened,
		    const char **why)
{
	struct store *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	*opened = NULL;
	*why = "";
	queue_init(&s->reads);
	queue_init(&s->writes);
	queue_init(&s->slow);
	queue_init(&s->log);
	queue_init(&s->flushes);
	queue_init(&s->ends);
	s->log_fd = -1;
	pthread_mutex_init(&s->wake_lock, NULL);
	s->alone = o->group_commit_off;
	s->flush_delay_us = o->flush_delay_us;
	if (!set_place(s, o->url)) {
		*why = str_fmt(a, "the database '%.*s' is neither sqlite:PATH nor postgresql://...",
			       STR(o->url))
			   .p;
		store_close(s);
		return E_INVALID;
	}
	s->durable = s->durable && !o->sync_off;
	if (!start_all(s, a, o, why)) {
		store_close(s);
		return E_BUSY;
	}
	*opened = s;
	return E_OK;
}

static void remove_folder(struct store *s)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char path[256];

	for (size_t i = 0; i < COUNT(ends); i++) {
		snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
		unlink(path);
	}
	rmdir(s->folder);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	queue_stop(&s->reads);
	queue_stop(&s->slow);
	queue_stop(&s->writes);
	queue_stop(&s->log);
	for (size_t i = 0; i < s->workers_n; i++)
		pthread_join(s->workers[i].thread, NULL);
	queue_stop(&s->flushes);
	if (s->has_ender)
		pthread_join(s->flusher, NULL);
	queue_stop(&s->ends);
	if (s->has_ender)
		pthread_join(s->ender, NULL);
	if (s->log_fd >= 0)
		close(s->log_fd);
	/* The writer's connection last: it folds the log into the file as it closes. */
	for (size_t i = s->workers_n; i-- > 0;)
		db_close(s->workers[i].db);
	notifier_stop(s->notifier);
	if (s->folder)
		remove_folder(s);
	free(s->folder);
	free(s->path);
	free(s);
}

void store_write(struct store *s, struct store_work *w)
{
	queue_add(&s->writes, w);
}

void store_read(struct store *s, struct store_work *w)
{
	queue_add(&s->reads, w);
}

bool store_slow(struct store *s, struct store_work *w)
{
	pthread_mutex_lock(&s->slow.lock);
	bool room = s->slow.n < SLOW_MAX;

	pthread_mutex_unlock(&s->slow.lock);
	if (room)
		queue_add(&s->slow, w);
	return room;
}

/* ---- waiting for work ---- */

struct waiter {
	struct store_work work;
	enum err (*run)(void *, struct db *, int);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
	enum err end;
};

static enum err waiter_run(struct store_work *w, struct db *db, int attempt)
{
	struct waiter *x = (struct waiter *)w;

	return x->run(x->arg, db, attempt);
}

static void waiter_done(struct store_work *w, enum err e)
{
	struct waiter *x = (struct waiter *)w;

	pthread_mutex_lock(&x->lock);
	x->done = true;
	x->end = e;
	pthread_cond_signal(&x->over);
	pthread_mutex_unlock(&x->lock);
}

static enum err hand_over(struct queue *q, enum err (*run)(void *, struct db *, int), void *arg)
{
	struct waiter x = {
	    .work = {.run = waiter_run, .done = waiter_done}, .run = run, .arg = arg};

	pthread_mutex_init(&x.lock, NULL);
	pthread_cond_init(&x.over, NULL);
	queue_add(q, &x.work);
	pthread_mutex_lock(&x.lock);
	while (!x.done)
		pthread_cond_wait(&x.over, &x.lock);
	pthread_mutex_unlock(&x.lock);
	pthread_cond_destroy(&x.over);
	pthread_mutex_destroy(&x.lock);
	return x.end;
}

enum err store_write_wait(struct store *s, enum err (*run)(void *, struct db *, int), void *arg)
{
	return hand_over(&s->writes, run, arg);
}

enum err store_read_wait(struct store *s, enum err (*run)(void *, struct db *, int), void *arg)
{
	return hand_over(&s->reads, run, arg);
}

/* ---- the rest ---- */

void store_on_commit(struct store *s, void (*wake)(void *), void *arg)
{
	pthread_mutex_lock(&s->wake_lock);
	s->wake = wake;
	s->wake_arg = arg;
	pthread_mutex_unlock(&s->wake_lock);
}

void store_notify(struct store *s, const char *channel, struct str text)
{
	if (s->notifier)
		notifier_send(s->notifier, channel, text);
}

void store_on_notify(struct store *s, void (*heard)(void *, const char *, struct str), void *arg)
{
	if (s->notifier)
		notifier_on(s->notifier, heard, arg);
}

bool store_is_pgsql(const struct store *s)
{
	return s->pgsql;
}
