/* db.h - one connection: typed queries, on SQLite or PostgreSQL.
 *
 * Queries live in .sql files; tools/sqlgen.py writes from each a struct query and a typed
 * function around db_run() or db_all().  A connection belongs to one thread at a time.
 * After any error the connection refuses all but the end of the transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/field.h"

struct db;

/* A piece of a query's text: always there (param < 0), or only when the optional
 * parameter of that index in `in` is given.  A NULL text ends the list. */
struct query_part {
	const char *text;
	int param;
};

struct query {
	const char *name;
	const struct query_part *sqlite, *pgsql;
	const struct shape *in;  /* the parameters, in order; NULL when there are none */
	const struct shape *out; /* the columns, in order; NULL when there are none */
	uint64_t one;            /* a bit each parameter: at most one of these is given */
};

/* Run it with the parameters at `in` (a struct of q->in, or NULL).  Up to cap rows go to `rows`,
 * their number to *n (both may be NULL for a query without columns); texts live in the arena.
 * E_CONFLICT never comes from here: an expected clash is ON CONFLICT DO NOTHING RETURNING.
 * E_RETRY: the transaction must be run again from the start (PostgreSQL 40001, 40P01).
 * E_BUSY: locked, disk full, connection lost.  E_INTERNAL: anything else, with db_error(). */
enum err db_run(struct db *, struct arena *, const struct query *, const void *in, void *rows,
		size_t cap, size_t *n) MUST;

/* The same, for all rows there are (at most 100,000; more is E_INTERNAL). */
enum err db_all(struct db *, struct arena *, const struct query *, const void *in,
		struct list *rows) MUST;

/* Rows that the last statement changed. */
int64_t db_changes(const struct db *);
/* What went wrong last, in the engine's words; for the log, never for a person. */
const char *db_error(const struct db *);
bool db_is_pgsql(const struct db *);
/* Prepare every mask of a query: all optional parts that go together, none, and each alone. */
enum err db_prepare_all(struct db *, const struct query *) MUST;
/* Several statements of fixed text: migrations and tests. */
enum err db_script(struct db *, const char *sql) MUST;

/* Inside a write: undo a part of what was done so far.  Used by the writer and by tasks' items.
 * db_rollback_to() leaves the savepoint standing: end it with db_release(). */
enum err db_savepoint(struct db *) MUST;
enum err db_rollback_to(struct db *) MUST;
enum err db_release(struct db *) MUST;

/* SQL that a user composed (core/filter only): the text was put together from a closed list.
 * The values are $1, $2, ... in the text; ids are `IN (SELECT value FROM json_each($1))` on
 * SQLite, `= ANY($1)` on PostgreSQL. */
struct db_value {
	enum field_type type;
	struct opt_int i;
	struct opt_str s;
	struct ids ids;
};
enum err db_composed(struct db *, struct arena *, const char *sql, const struct db_value *, size_t,
		     const struct shape *out, void *rows, size_t cap, size_t *n) MUST;
