/* engine.h - what the two engines share; only src/store includes it.
 *
 * db.c keeps the statements of a connection and turns structs into parameters and columns
 * into structs; an engine prepares a text, runs it, and begins and ends transactions. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/store.h"

enum {
	PARAMS_MAX = 64,
	ROWS_MAX = 100000,
	STATEMENTS_MAX = 512, /* of one connection; then it starts afresh */
	STATEMENT_SLOTS = 256,
	DEPTH_MAX = 8, /* savepoints inside each other */
	READ_DEADLINE_MS = 5000,
	WRITE_DEADLINE_MS = 5000,
	SLOW_DEADLINE_MS = 600000,
};

/* One parameter's value. */
struct param {
	enum field_type type;
	bool null;
	int64_t i; /* F_INT, F_TIME, F_BOOL */
	double r;
	struct str s;
	struct ids ids;
};

/* A text prepared on one connection. */
struct statement {
	struct statement *next;
	const struct query *q;
	uint64_t mask;
	size_t params;
	const enum field_type *types; /* of the parameters; valid while it is prepared */
	void *handle;                 /* sqlite3_stmt */
	uint64_t number;              /* PostgreSQL's name for it; 0 is unnamed */
	unsigned char at[PARAMS_MAX]; /* SQLite's number of each parameter; 0: not in this text */
};

/* Where rows go. */
struct sink {
	struct arena *a;
	const struct shape *out;
	char *rows;
	size_t cap, n;
	bool all; /* grow instead of stopping at cap */
};

/* PLAIN is a write that sees what others commit meanwhile (PostgreSQL): for migrations. */
enum begin { BEGIN_READ, BEGIN_WRITE, BEGIN_PLAIN };

enum savepoint { SAVEPOINT_SET, SAVEPOINT_BACK, SAVEPOINT_RELEASE };

struct engine {
	bool pgsql;
	enum err (*prepare)(struct db *, struct statement *, const char *text);
	enum err (*run)(struct db *, struct arena *, struct statement *, const struct param *,
			struct sink *);
	void (*forget)(struct db *, struct statement *);
	enum err (*script)(struct db *, const char *sql);
	/* The time after which statements are broken off counts from begin. */
	enum err (*begin)(struct db *, enum begin, int deadline_ms);
	enum err (*commit)(struct db *);
	enum err (*savepoint)(struct db *, enum savepoint, int depth);
	void (*rollback)(struct db *);
	/* Whether a transaction is open; a full disk may have ended it. */
	bool (*open)(struct db *);
	void (*close)(struct db *);
};

/* A document waiting for the end of the batch. */
struct pending {
	struct search_doc doc; /* its text is malloc'd */
	bool remove;
};

struct db {
	const struct engine *engine;
	bool failed; /* refuses all but the end of the transaction */
	char error[400];
	int64_t changes;
	int64_t written; /* rows changed since the connection was made */
	struct statement *slots[STATEMENT_SLOTS];
	size_t statements;
	int depth;
	struct pending *pending; /* malloc'd */
	size_t pending_n, pending_cap;
	size_t marks[DEPTH_MAX]; /* pending_n at each savepoint */
};

/* Made by the engines; NULL with *why, a sentence in the arena, when that fails. */
enum db_role { DB_WRITER, DB_READER, DB_OTHER };
struct db *sqlite_connect(struct arena *, const char *path, bool durable, enum db_role,
			  const char **why);
struct db *pgsql_connect(struct arena *, const char *url, enum db_role, const char **why);
void db_close(struct db *);

enum err db_begin(struct db *, enum begin, int deadline_ms) MUST;
enum err db_commit(struct db *) MUST;
void db_rollback(struct db *);

/* Record what went wrong, unless something did before; gives e back. */
enum err db_fail(struct db *, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), nonnull(3)));
/* Forget all statements: too many, or the connection is a new one. */
void db_forget_all(struct db *);

/* The next row to fill, or NULL when no more are wanted. */
void *sink_row(struct sink *);
/* Columns into members; false when a null has no place. */
bool row_null(const struct field *, void *row);
void row_int(const struct field *, void *row, int64_t);
void row_real(const struct field *, void *row, double);
void row_text(struct arena *, const struct field *, void *row, const char *, size_t);

/* The ids as "[1,2]" or "{1,2}". */
struct str ids_text(struct arena *, struct ids, char open, char close);

/* The writer's: add what search_put() queued, before the commit; forget all but the first n. */
enum err search_flush(struct db *, struct arena *) MUST;
void search_forget(struct db *, size_t n);

const char *migrate_expand(struct arena *, const char *sql, bool pgsql);

/* SQLite: the checkpointer's connection; pages is the log's length now. */
int sqlite_log_pages(const struct db *writer);
/* Copy the log into the database; `all` waits for readers up to 200 ms so that it starts anew. */
void sqlite_checkpoint(struct db *, bool all);
/* Statements are broken off so long after now, not after the transaction's begin. */
void sqlite_deadline(struct db *, int deadline_ms);
/* A writer's commits are on the disk only after this; the file at path is opened at the first
 * call.  False: nobody knows what the disk holds. */
bool sqlite_flush_log(const char *path, int *fd) MUST;
/* Make the log's file longer by a step of zeros, up to a size; false when there is nothing to do.
 * A flush that need not lengthen the file is many times faster. */
bool sqlite_lengthen_log(struct db *, const char *path, int64_t size);
