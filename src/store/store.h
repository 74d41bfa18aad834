/* store.h - the database as a whole: its connections, the writer, migrations, sizes.
 *
 * Work is handed over and runs on the store's own threads; nobody else ever blocks on the
 * database.  On SQLite one writer thread runs what has queued up, each piece under its
 * SAVEPOINT, commits once, and only then calls every done().  On PostgreSQL each piece is a
 * SERIALIZABLE transaction on a pooled connection, run again (attempt 1, 2, ... 10) on
 * 40001 and 40P01. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/db.h"

struct store;

struct store_options {
	struct str url;        /* "sqlite:PATH", "sqlite::memory:" (tests) or "postgresql://..." */
	int readers;           /* 0: twice the cores, 16 on PostgreSQL */
	int writers;           /* PostgreSQL only; 0: 16 */
	bool sync_off;         /* synchronous=OFF: for the test that shows what it loses */
	bool group_commit_off; /* one commit a piece of work, for the benchmark */
	int flush_delay_us;    /* added to each commit, for the benchmark */
};

/* On failure *why is a sentence in the arena that says what happened and what to do. */
enum err store_open(struct arena *, const struct store_options *, struct store **,
		    const char **why) MUST;
/* Drains what was queued, then closes.  Nothing may be handed over any more. */
void store_close(struct store *);

/* One piece of work; embed it first in your own struct.  The store does not own it. */
struct store_work {
	struct store_work *next; /* the store's */
	/* Runs on a store thread inside the transaction (write) or snapshot (read).  It may run
	 * again from the start; make a fresh arena each time.  An error rolls it back. */
	enum err (*run)(struct store_work *, struct db *, int attempt);
	/* Called once, on a store thread, after the commit is on the disk (E_OK) or with the error.
	 */
	void (*done)(struct store_work *, enum err);
	bool background;   /* a task's step: gets at most every second batch */
	int64_t queued_at; /* clock_ticks(), the store's */
	enum err end;      /* the store's */
};

void store_write(struct store *, struct store_work *);
void store_read(struct store *, struct store_work *);
/* Two threads for what takes long and is not a transaction (password hashes, exports): run gets a
 * read connection in a snapshot.  False when 64 wait already: answer 503 with Retry-After. */
bool store_slow(struct store *, struct store_work *) MUST;

/* Hand over and wait, for commands, loops and tests; never from a store thread or a network thread.
 */
enum err store_write_wait(struct store *, enum err (*run)(void *arg, struct db *, int attempt),
			  void *arg) MUST;
enum err store_read_wait(struct store *, enum err (*run)(void *arg, struct db *, int attempt),
			 void *arg) MUST;

/* Called on the writer after each commit that changed something, before its done(): wakes
 * reactors, jobs and the hub.  Must be quick. */
void store_on_commit(struct store *, void (*wake)(void *arg), void *arg);
/* Between nodes: a short text (<= 7,000 bytes) to all other nodes, after commit; on SQLite nothing.
 */
void store_notify(struct store *, const char *channel, struct str text);
void store_on_notify(struct store *, void (*heard)(void *arg, const char *channel, struct str text),
		     void *arg);

bool store_is_pgsql(const struct store *);

/* ---- migrations: one global order of (release, module order, n), one transaction each ---- */

struct migration {
	const char *module;
	int n;           /* the number in schema/NNNN.sql */
	const char *sql; /* with @id, @json, @blob in place of each engine's own types */
};

/* Apply what is missing, in the order given (NULL module ends it).  A changed old one is refused.
 */
enum err store_migrate(struct store *, struct arena *, const struct migration *,
		       const char **why) MUST;

/* ---- search: one tokenizer for both engines (text/token.h) ---- */

enum search_kind { SEARCH_CONVERSATION = 1, SEARCH_MESSAGE = 2, SEARCH_CUSTOMER = 3 };

struct search_doc {
	enum search_kind kind;
	int64_t id;              /* of the conversation, message or customer */
	int64_t conversation_id; /* 0 for a customer */
	int64_t inbox_id;        /* 0 for a customer: seen by all who may read customers */
	int64_t customer_id;
	int64_t at;
	struct str text; /* at most 64 kB are taken */
};

/* Add or replace a document, in this transaction (on SQLite the writer adds them once per batch).
 */
enum err search_put(struct db *, struct arena *, const struct search_doc *) MUST;
enum err search_remove(struct db *, enum search_kind, int64_t id) MUST;

struct search_query {
	struct str text;    /* words; "a phrase"; the last word matches as a prefix */
	struct ids inboxes; /* only these */
	bool customers;     /* customers too */
	int kind;           /* 0 all */
	int64_t before;     /* doc number to page on from; 0 starts at the newest */
	size_t limit;
};

struct search_hit {
	int64_t doc;
	enum search_kind kind;
	int64_t id, conversation_id, customer_id, inbox_id, at;
	struct str snippet; /* \1 and \2 around what matched */
};

/* Newest first.  *n hits; an empty or unsearchable text gives none. */
enum err search_find(struct db *, struct arena *, const struct search_query *, struct search_hit *,
		     size_t *n) MUST;

/* A step of a task: index the next `count` documents anew, newest first.  *left is 0 when the
 * index is whole and of this tokenizer; ask with count 0 after a start. */
enum err search_rebuild(struct db *, struct arena *, size_t count, int64_t *left) MUST;

/* ---- sizes, for the administrator ---- */

struct store_size {
	struct str table;
	int64_t rows, bytes; /* rows may be an estimate on PostgreSQL */
};
struct store_sizes {
	struct list tables;   /* of struct store_size, each with its indices, largest first */
	int64_t total, index; /* bytes of the database; of them, the search index's */
};
enum err store_sizes(struct db *, struct arena *, struct store_sizes *) MUST;
