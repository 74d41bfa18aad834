/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "store/engine.h"
#include "store/sqlite_tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BUSY_MS = 2000,       /* another program may hold the lock that long */
	STEPS_A_LOOK = 20000, /* between two looks at the deadline: about a millisecond */
	LOG_LIMIT = 64 << 20, /* the log file is cut to this when it starts anew */
	LENGTHEN_STEP = 2 << 20,
};

struct sqlite_db {
	struct db db;
	sqlite3 *h;
	int64_t deadline; /* in ticks; 0 is none */
	int log_pages;
	sqlite3_stmt *begin_read, *begin_write, *commit, *rollback;
	sqlite3_stmt *savepoints[DEPTH_MAX][3];
};

static struct sqlite_db *of(struct db *db)
{
	return (struct sqlite_db *)db;
}

/* A full disk and a locked file pass; the rest are faults of ours or of the file. */
static enum err failed(struct db *db, int rc, const char *what)
{
	int plain = rc & 0xff;
	bool busy = plain == SQLITE_BUSY || plain == SQLITE_LOCKED || plain == SQLITE_FULL ||
		    plain == SQLITE_IOERR || plain == SQLITE_INTERRUPT ||
		    plain == SQLITE_CANTOPEN || plain == SQLITE_READONLY;

	return db_fail(db, busy ? E_BUSY : E_INTERNAL, "%s: %s (%d)", what,
		       sqlite3_errmsg(of(db)->h), rc);
}

static enum err prepare(struct db *db, struct statement *s, const char *text)
{
	const char *what = s->q ? s->q->name : "composed", *rest;
	unsigned flags = s->q ? SQLITE_PREPARE_PERSISTENT : 0;
	sqlite3_stmt *h;
	int rc = sqlite3_prepare_v3(of(db)->h, text, -1, flags, &h, &rest);

	if (rc != SQLITE_OK)
		return failed(db, rc, what);
	if (!h)
		return db_fail(db, E_INTERNAL, "%s: no statement", what);
	s->handle = h;
	if (rest[strspn(rest, "; \t\n")]) {
		sqlite3_finalize(h);
		return db_fail(db, E_INTERNAL, "%s: more than one statement", what);
	}
	if (s->q && sqlite3_column_count(h) != (s->q->out ? (int)s->q->out->n : 0)) {
		sqlite3_finalize(h);
		return db_fail(db, E_INTERNAL, "%s: gives other columns than declared", what);
	}
	for (size_t i = 0; i < s->params; i++) {
		char name[72];

		if (s->q)
			sqlite3_snprintf(sizeof name, name, ":%s", s->q->in->fields[i].name);
		else
			sqlite3_snprintf(sizeof name, name, "$%d", (int)i + 1);
		s->at[i] = (unsigned char)sqlite3_bind_parameter_index(h, name);
	}
	return E_OK;
}

static void forget(struct db *db, struct statement *s)
{
	(void)db;
	sqlite3_finalize(s->handle);
}

static int bind_text(sqlite3_stmt *h, int at, struct str s)
{
	return sqlite3_bind_text64(h, at, s.p ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static int bind(sqlite3_stmt *h, int at, struct arena *a, const struct param *p)
{
	if (at == 0)
		return SQLITE_OK;
	if (p->null)
		return sqlite3_bind_null(h, at);
	switch (p->type) {
	case F_INT:
	case F_TIME:
	case F_BOOL: return sqlite3_bind_int64(h, at, p->i);
	case F_REAL: return sqlite3_bind_double(h, at, p->r);
	case F_IDS: return bind_text(h, at, ids_text(a, p->ids, '[', ']'));
	default: return bind_text(h, at, p->s);
	}
}

static bool column(struct arena *a, sqlite3_stmt *h, int i, const struct field *f, void *row)
{
	if (sqlite3_column_type(h, i) == SQLITE_NULL)
		return row_null(f, row);
	switch (f->type) {
	case F_INT:
	case F_TIME:
	case F_BOOL: row_int(f, row, sqlite3_column_int64(h, i)); break;
	case F_REAL: row_real(f, row, sqlite3_column_double(h, i)); break;
	default: {
		const char *text = (const char *)sqlite3_column_text(h, i);
		row_text(a, f, row, text, (size_t)sqlite3_column_bytes(h, i));
	}
	}
	return true;
}

/* What changes something is run to its end; a read stops when enough rows are there. */
static enum err rows(struct db *db, struct statement *s, struct sink *k)
{
	const char *what = s->q ? s->q->name : "composed";
	bool reads = sqlite3_stmt_readonly(s->handle);
	int rc;

	if (k->cap == 0 && k->out && !k->all && reads)
		return E_OK;
	while ((rc = sqlite3_step(s->handle)) == SQLITE_ROW) {
		void *row = k->out ? sink_row(k) : NULL;

		for (size_t i = 0; row && i < k->out->n; i++)
			if (!column(k->a, s->handle, (int)i, &k->out->fields[i], row))
				return db_fail(db, E_INTERNAL, "%s: null in column %s", what,
					       k->out->fields[i].name);
		if (reads && (k->all ? !row : k->n == k->cap))
			return E_OK;
	}
	return rc == SQLITE_DONE ? E_OK : failed(db, rc, what);
}

static enum err run(struct db *db, struct arena *a, struct statement *s, const struct param *params,
		    struct sink *k)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < s->params && rc == SQLITE_OK; i++)
		rc = bind(s->handle, s->at[i], a, &params[i]);
	enum err e = rc == SQLITE_OK ? rows(db, s, k) : failed(db, rc, "bind");

	db->changes = sqlite3_changes64(of(db)->h);
	if (!sqlite3_stmt_readonly(s->handle))
		db->written += db->changes;
	sqlite3_reset(s->handle);
	return e;
}

static enum err script(struct db *db, const char *sql)
{
	int rc = sqlite3_exec(of(db)->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? E_OK : failed(db, rc, "script");
}

/* Begin and end are kept prepared: they run with every request. */
static int step_kept(struct sqlite_db *s, sqlite3_stmt **kept, const char *sql)
{
	int rc = SQLITE_OK;

	if (!*kept)
		rc = sqlite3_prepare_v3(s->h, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(*kept);
	sqlite3_reset(*kept);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

void sqlite_deadline(struct db *db, int deadline_ms)
{
	of(db)->deadline = deadline_ms ? clock_ticks() + (int64_t)deadline_ms * 1000 : 0;
}

static enum err begin(struct db *db, enum begin how, int deadline_ms)
{
	struct sqlite_db *s = of(db);
	int rc;

	sqlite_deadline(db, deadline_ms);
	rc = how == BEGIN_READ ? step_kept(s, &s->begin_read, "BEGIN")
			       : step_kept(s, &s->begin_write, "BEGIN IMMEDIATE");
	return rc == SQLITE_OK ? E_OK : failed(db, rc, "begin");
}

static enum err commit(struct db *db)
{
	struct sqlite_db *s = of(db);
	int rc;

	if (sqlite3_get_autocommit(s->h))
		return db_fail(db, E_BUSY, "the transaction has ended");
	s->deadline = 0;
	rc = step_kept(s, &s->commit, "COMMIT");
	return rc == SQLITE_OK ? E_OK : failed(db, rc, "commit");
}

static enum err savepoint(struct db *db, enum savepoint what, int depth)
{
	static const char *const words[] = {"SAVEPOINT", "ROLLBACK TO", "RELEASE"};
	char sql[32];

	sqlite3_snprintf(sizeof sql, sql, "%s s%d", words[what], depth);
	int rc = step_kept(of(db), &of(db)->savepoints[depth][what], sql);

	return rc == SQLITE_OK ? E_OK : failed(db, rc, "savepoint");
}

static void rollback(struct db *db)
{
	struct sqlite_db *s = of(db);

	s->deadline = 0;
	if (!sqlite3_get_autocommit(s->h))
		step_kept(s, &s->rollback, "ROLLBACK");
}

static bool is_open(struct db *db)
{
	return !sqlite3_get_autocommit(of(db)->h);
}

static void close_db(struct db *db)
{
	struct sqlite_db *s = of(db);

	sqlite3_finalize(s->begin_read);
	sqlite3_finalize(s->begin_write);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	for (size_t i = 0; i < COUNT(s->savepoints); i++)
		for (size_t k = 0; k < COUNT(s->savepoints[i]); k++)
			sqlite3_finalize(s->savepoints[i][k]);
	sqlite3_close(s->h);
	free(s);
}

static const struct engine sqlite_engine = {
    .prepare = prepare,
    .run = run,
    .forget = forget,
    .script = script,
    .begin = begin,
    .commit = commit,
    .savepoint = savepoint,
    .rollback = rollback,
    .open = is_open,
    .close = close_db,
};

static int too_late(void *arg)
{
	const struct sqlite_db *s = arg;

	return s->deadline && clock_ticks() > s->deadline;
}

static int log_grew(void *arg, sqlite3 *h, const char *name, int pages)
{
	struct sqlite_db *s = arg;

	(void)h, (void)name;
	s->log_pages = pages;
	return SQLITE_OK;
}

int sqlite_log_pages(const struct db *db)
{
	return ((const struct sqlite_db *)db)->log_pages;
}

void sqlite_checkpoint(struct db *db, bool all)
{
	sqlite3 *h = of(db)->h;

	sqlite3_busy_timeout(h, all ? 200 : 0);
	sqlite3_wal_checkpoint_v2(
	    h, NULL, all ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	sqlite3_busy_timeout(h, BUSY_MS);
}

/* What stands behind the last frame is ignored; who holds the write lock may put zeros there. */
static bool append_zeros(const char *path, int64_t size)
{
	static const char zeros[65536];
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;
	bool more = fd >= 0 && fstat(fd, &st) == 0 && st.st_size < size;

	for (int64_t at = 0; more && at < LENGTHEN_STEP; at += (int64_t)sizeof zeros)
		more = pwrite(fd, zeros, sizeof zeros, st.st_size + at) == (ssize_t)sizeof zeros;
	if (more)
		more = fdatasync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return more;
}

bool sqlite_flush_log(const char *path, int *fd)
{
	int rc;

	if (*fd < 0) {
		struct arena *a = arena_new();

		*fd = open(str_fmt(a, "%s-wal", path).p, O_WRONLY | O_CLOEXEC);
		arena_free(a);
	}
	do
		rc = fdatasync(*fd);
	while (rc < 0 && errno == EINTR);
	return rc == 0;
}

bool sqlite_lengthen_log(struct db *db, const char *path, int64_t size)
{
	struct arena *a = arena_new();
	bool more = db_begin(db, BEGIN_WRITE, 0) == E_OK &&
		    append_zeros(str_fmt(a, "%s-wal", path).p, size);

	db_rollback(db);
	arena_free(a);
	return more;
}

/* Counting every allocation costs a lock, and nobody reads the figure. */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* The writer's commits reach the disk by sqlite_flush_log(); NORMAL keeps the file whole whatever
 * of the log is lost, and the checkpointer flushes the log before it copies from it. */
static int set_up(struct sqlite_db *s, bool durable, enum db_role role)
{
	char sql[400];

	sqlite3_snprintf(
	    sizeof sql, sql,
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s; PRAGMA foreign_keys=%d;"
	    "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=%d; PRAGMA temp_store=MEMORY;"
	    "PRAGMA cache_size=%d; PRAGMA mmap_size=%lld; PRAGMA query_only=%d;",
	    !durable            ? "OFF"
	    : role == DB_WRITER ? "NORMAL"
				: "FULL",
	    role != DB_OTHER, LOG_LIMIT, role == DB_WRITER ? -16000 : -2000,
	    role == DB_READER ? 1LL << 30 : 0, role == DB_READER);
	int rc = sqlite3_exec(s->h, sql, NULL, NULL, NULL);

	/* Plans do not depend on parameters: else SQLite prepares anew for each value that
	 * might meet a partial index.  A query names the index's condition itself. */
	sqlite3_db_config(s->h, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	sqlite3_progress_handler(s->h, STEPS_A_LOOK, too_late, s);
	if (role == DB_WRITER)
		sqlite3_wal_hook(s->h, log_grew, s);
	return rc == SQLITE_OK ? sqlite_tokens_register(s->h) : rc;
}

struct db *sqlite_connect(struct arena *a, const char *path, bool durable, enum db_role role,
			  const char **why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sqlite_db *s = calloc(1, sizeof *s);
	int rc;

	if (!s)
		abort();
	pthread_once(&once, configure);
	s->db.engine = &sqlite_engine;
	rc = sqlite3_open_v2(path, &s->h,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				 SQLITE_OPEN_EXRESCODE,
			     NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(s->h, BUSY_MS);
		rc = set_up(s, durable, role);
	}
	if (rc != SQLITE_OK) {
		*why = str_fmt(a, "cannot open the database %s: %s", path, sqlite3_errmsg(s->h)).p;
		db_close(&s->db);
		return NULL;
	}
	return &s->db;
}
