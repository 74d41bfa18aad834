/* store_impl.h - the store's threads and queues; only src/store includes it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/engine.h"

#include <pthread.h>

enum {
	BATCH_MAX = 256, /* pieces of work in one commit */
	BATCH_US = 4000, /* after this nothing more joins, unless the flush before it still runs */
	JOIN_MAX = 8,    /* pieces that join at once, between two looks at the time */
	ATTEMPTS_MAX = 10, /* of one piece of work on PostgreSQL */
	SLOW_MAX = 64,     /* waiting for the two slow threads */
	SLOW_THREADS = 2,
	THREADS_MAX = 80,
	LOG_PAGES = 4000,      /* of 4 kB: the checkpointer is called each time */
	LOG_BYTES = 20 << 20,  /* what LOG_PAGES take, and some more */
	LOG_PAGES_ALL = 16000, /* the writer itself sees to it that the log starts anew */
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct store_work *head, *tail, *back_head, *back_tail;
	size_t n;
	bool stop;
};

/* A thread and its connection. */
struct worker {
	struct store *store;
	struct queue *queue;
	struct db *db;
	int deadline_ms;
	pthread_t thread;
};

struct store {
	bool pgsql, durable, alone; /* alone: one commit a piece of work */
	int flush_delay_us;
	char *path;   /* SQLite's file or PostgreSQL's address */
	char *folder; /* to be removed at the end; NULL unless the database is for a test */
	struct queue reads, writes, slow, log;
	struct queue flushes; /* SQLite: work that is committed and not yet on the disk */
	struct queue ends;    /* SQLite: work that is over and not yet told so */
	size_t flushing;      /* pieces in `flushes` and in hand; under the lock of `writes` */
	int log_fd;           /* the flusher's, of SQLite's log; -1 before the first flush */
	pthread_t flusher, ender;
	bool has_ender;
	struct worker workers[THREADS_MAX];
	size_t workers_n;
	struct notifier *notifier;
	pthread_mutex_t wake_lock;
	void (*wake)(void *);
	void *wake_arg;
};

void queue_init(struct queue *);
void queue_add(struct queue *, struct store_work *);
/* Up to max pieces, waiting for the first; 0 when the queue was stopped and is empty.  One of
 * the background pieces comes along when *back says so or nothing else waits. */
size_t store_queue_take(struct queue *, struct store_work **, size_t max, bool back);
/* What may still join a batch: up to max pieces, none when `enough` is there already.  While
 * *busy (under the queue's lock) it waits for some rather than give none. */
size_t store_queue_join(struct queue *, const size_t *busy, bool enough, struct store_work **,
			size_t max);
void queue_stop(struct queue *);

/* Connect and start a thread; false with *why. */
bool store_start(struct store *, struct arena *, struct queue *, enum db_role,
		 void *(*main)(void *), int deadline_ms, const char **why);
struct db *store_connect(struct store *, struct arena *, enum db_role, const char **why);

void *read_main(void *worker);
void *sqlite_write_main(void *worker);
void *sqlite_log_main(void *worker);
void *sqlite_flush_main(void *store);
void *sqlite_end_main(void *store);
void *pgsql_write_main(void *worker);

/* LISTEN and NOTIFY on a connection of their own; NULL with *why. */
struct notifier *notifier_start(struct arena *, const char *url, const char **why);
void notifier_send(struct notifier *, const char *channel, struct str text);
void notifier_on(struct notifier *, void (*heard)(void *, const char *, struct str), void *arg);
void notifier_stop(struct notifier *);
