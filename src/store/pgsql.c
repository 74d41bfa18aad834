/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "store/engine.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECONNECT_MS = 1000, IDLE_MS = 60000 };

/* Types as PostgreSQL numbers them. */
enum {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_INT8_ARRAY = 1016,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802,
};

struct pgsql_db {
	struct db db;
	PGconn *c;
	uint64_t last_number;
	int64_t retry_at; /* ticks before which no new connection is tried */
	int timeout_ms;   /* as the server knows it */
	bool gone;        /* the statements went with the connection */
};

static struct pgsql_db *of(struct db *db)
{
	return (struct pgsql_db *)db;
}

static Oid oid_of(enum field_type t)
{
	switch (t) {
	case F_INT:
	case F_TIME: return OID_INT8;
	case F_REAL: return OID_FLOAT8;
	case F_BOOL: return OID_BOOL;
	case F_JSON: return OID_JSONB;
	case F_IDS: return OID_INT8_ARRAY;
	default: return OID_TEXT;
	}
}

/* What passes by itself: a lost connection, no room, a deadline, a server going down. */
static enum err err_of(const char *state)
{
	static const char *const busy[] = {"08", "53", "57", "58", "55P03", "25P03", "25P02"};

	if (!state || !*state)
		return E_BUSY;
	if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
		return E_RETRY;
	for (size_t i = 0; i < COUNT(busy); i++)
		if (strncmp(state, busy[i], strlen(busy[i])) == 0)
			return E_BUSY;
	return E_INTERNAL;
}

static enum err failed(struct db *db, const PGresult *r, const char *what)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *text = r ? PQresultErrorMessage(r) : PQerrorMessage(of(db)->c);

	return db_fail(db, err_of(state), "%s: %.*s (%s)", what, (int)strcspn(text, "\n"), text,
		       state ? state : "connection");
}

static bool fine(const PGresult *r)
{
	ExecStatusType s = PQresultStatus(r);

	return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

static enum err script(struct db *db, const char *sql)
{
	PGresult *r = PQexec(of(db)->c, sql);
	enum err e = fine(r) ? E_OK : failed(db, r, "script");

	PQclear(r);
	db->written++;
	return e;
}

/* ---- statements ---- */

static bool type_fits(enum field_type t, Oid oid)
{
	bool whole = oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_NUMERIC;

	switch (t) {
	case F_INT:
	case F_TIME: return whole;
	case F_REAL: return whole || oid == OID_FLOAT4 || oid == OID_FLOAT8;
	case F_BOOL: return oid == OID_BOOL;
	default: return true;
	}
}

static enum err check_columns(struct db *db, const struct statement *s, const char *name)
{
	const struct shape *out = s->q->out;
	PGresult *r = PQdescribePrepared(of(db)->c, name);
	enum err e = fine(r) ? E_OK : failed(db, r, s->q->name);

	if (e == E_OK && PQnfields(r) != (out ? (int)out->n : 0))
		e = db_fail(db, E_INTERNAL, "%s: gives other columns than declared", s->q->name);
	for (int i = 0; e == E_OK && i < PQnfields(r); i++)
		if (!type_fits(out->fields[i].type, PQftype(r, i)))
			e = db_fail(db, E_INTERNAL, "%s: column %s has type %u", s->q->name,
				    out->fields[i].name, PQftype(r, i));
	PQclear(r);
	return e;
}

static void name_of(const struct statement *s, char name[static 24])
{
	name[0] = 0;
	if (s->number)
		snprintf(name, 24, "s%llu", (unsigned long long)s->number);
}

static enum err prepare(struct db *db, struct statement *s, const char *text)
{
	Oid types[PARAMS_MAX];
	char name[24];

	for (size_t i = 0; i < s->params; i++)
		types[i] = oid_of(s->types[i]);
	s->number = s->q ? ++of(db)->last_number : 0;
	name_of(s, name);
	PGresult *r = PQprepare(of(db)->c, name, text, (int)s->params, types);
	enum err e = fine(r) ? E_OK : failed(db, r, s->q ? s->q->name : "composed");

	PQclear(r);
	return e == E_OK && s->q ? check_columns(db, s, name) : e;
}

static void forget(struct db *db, struct statement *s)
{
	char name[24], sql[40];

	if (of(db)->gone || s->number == 0)
		return;
	name_of(s, name);
	snprintf(sql, sizeof sql, "DEALLOCATE %s", name);
	PQclear(PQexec(of(db)->c, sql));
}

static const char *value(struct arena *a, const struct param *p)
{
	if (p->null)
		return NULL;
	switch (p->type) {
	case F_INT:
	case F_TIME: return str_fmt(a, "%lld", (long long)p->i).p;
	case F_REAL: return str_fmt(a, "%.17g", p->r).p;
	case F_BOOL: return p->i ? "t" : "f";
	case F_IDS: return ids_text(a, p->ids, '{', '}').p;
	default: return str_z(a, p->s);
	}
}

static bool column(struct arena *a, const PGresult *r, int i, int j, const struct field *f,
		   void *row)
{
	const char *text = PQgetvalue(r, i, j);

	if (PQgetisnull(r, i, j))
		return row_null(f, row);
	switch (f->type) {
	case F_INT:
	case F_TIME: row_int(f, row, strtoll(text, NULL, 10)); break;
	case F_BOOL: row_int(f, row, *text == 't'); break;
	case F_REAL: row_real(f, row, strtod(text, NULL)); break;
	default: row_text(a, f, row, text, (size_t)PQgetlength(r, i, j));
	}
	return true;
}

static enum err rows(struct db *db, const PGresult *r, const char *what, struct sink *k)
{
	if (PQnfields(r) && (!k->out || PQnfields(r) != (int)k->out->n))
		return db_fail(db, E_INTERNAL, "%s: gives other columns than declared", what);
	for (int i = 0; i < PQntuples(r); i++) {
		void *row = sink_row(k);

		for (size_t j = 0; row && j < k->out->n; j++)
			if (!column(k->a, r, i, (int)j, &k->out->fields[j], row))
				return db_fail(db, E_INTERNAL, "%s: null in column %s", what,
					       k->out->fields[j].name);
	}
	return E_OK;
}

static enum err run(struct db *db, struct arena *a, struct statement *s, const struct param *params,
		    struct sink *k)
{
	const char *what = s->q ? s->q->name : "composed", *values[PARAMS_MAX];
	char name[24];

	for (size_t i = 0; i < s->params; i++)
		values[i] = value(a, &params[i]);
	name_of(s, name);
	PGresult *r = PQexecPrepared(of(db)->c, name, (int)s->params, values, NULL, NULL, 0);
	enum err e = fine(r) ? rows(db, r, what, k) : failed(db, r, what);

	db->changes = strtoll(PQcmdTuples(r), NULL, 10);
	if (strncmp(PQcmdStatus(r), "SELECT", 6) != 0)
		db->written++;
	PQclear(r);
	return e;
}

/* ---- connections ---- */

static enum err set_timeout(struct db *db, int ms)
{
	char sql[80];

	if (of(db)->timeout_ms == ms)
		return E_OK;
	snprintf(sql, sizeof sql, "SET statement_timeout = %d", ms);
	TRY(script(db, sql));
	of(db)->timeout_ms = ms;
	return E_OK;
}

static enum err set_up(struct db *db)
{
	of(db)->timeout_ms = -1;
	return script(db, "SET TIME ZONE 'UTC'; SET client_min_messages = warning; SET jit = off;"
			  "SET idle_in_transaction_session_timeout = 60000");
}

/* The server went away, or was away the last time: try again, at most once a second. */
static enum err reconnect(struct db *db)
{
	struct pgsql_db *p = of(db);

	if (clock_ticks() < p->retry_at)
		return db_fail(db, E_BUSY, "the connection to PostgreSQL is lost");
	p->gone = true;
	db_forget_all(db);
	PQreset(p->c);
	p->gone = false;
	if (PQstatus(p->c) != CONNECTION_OK || set_up(db) != E_OK) {
		p->retry_at = clock_ticks() + RECONNECT_MS * 1000LL;
		return db_fail(db, E_BUSY, "PostgreSQL: %s", PQerrorMessage(p->c));
	}
	return E_OK;
}

static enum err begin(struct db *db, enum begin how, int deadline_ms)
{
	static const char *const texts[] = {
	    [BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	    [BEGIN_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
	    [BEGIN_PLAIN] = "BEGIN",
	};
	struct pgsql_db *p = of(db);
	enum err e = E_BUSY;

	/* that it went away while nobody asked is seen only now */
	for (int i = 0; i < 2 && e != E_OK; i++) {
		db->failed = false;
		if (PQstatus(p->c) != CONNECTION_OK)
			TRY(reconnect(db));
		e = set_timeout(db, deadline_ms);
		if (e == E_OK)
			e = script(db, texts[how]);
		if (e != E_OK && PQstatus(p->c) == CONNECTION_OK)
			break;
	}
	db->written -= e == E_OK; /* BEGIN changes nothing */
	return e;
}

static enum err commit(struct db *db)
{
	int64_t written = db->written;
	PGresult *r = PQexec(of(db)->c, "COMMIT");
	enum err e = fine(r) ? E_OK : failed(db, r, "commit");

	/* a transaction that had failed before answers COMMIT with ROLLBACK */
	if (e == E_OK && strcmp(PQcmdStatus(r), "COMMIT") != 0)
		e = db_fail(db, E_BUSY, "the transaction has ended");
	PQclear(r);
	db->written = written;
	return e;
}

static enum err savepoint(struct db *db, enum savepoint what, int depth)
{
	static const char *const words[] = {"SAVEPOINT", "ROLLBACK TO", "RELEASE"};
	char sql[32];

	snprintf(sql, sizeof sql, "%s s%d", words[what], depth);
	return script(db, sql);
}

static bool is_open(struct db *db)
{
	PGTransactionStatusType t = PQtransactionStatus(of(db)->c);

	return t == PQTRANS_INTRANS || t == PQTRANS_INERROR;
}

static void rollback(struct db *db)
{
	if (is_open(db))
		PQclear(PQexec(of(db)->c, "ROLLBACK"));
}

static void close_db(struct db *db)
{
	PQfinish(of(db)->c);
	free(of(db));
}

static const struct engine pgsql_engine = {
    .pgsql = true,
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

static PGconn *dial(const char *url)
{
	static const char *const names[] = {"dbname", "application_name", "connect_timeout", NULL};
	const char *const values[] = {url, "aftersail", "5", NULL};

	return PQconnectdbParams(names, values, 1);
}

struct db *pgsql_connect(struct arena *a, const char *url, enum db_role role, const char **why)
{
	struct pgsql_db *p = calloc(1, sizeof *p);

	(void)role;
	if (!p)
		abort();
	p->db.engine = &pgsql_engine;
	p->c = dial(url);
	if (PQstatus(p->c) == CONNECTION_OK && set_up(&p->db) == E_OK)
		return &p->db;
	*why = str_fmt(a, "cannot reach PostgreSQL: %s", PQerrorMessage(p->c)).p;
	p->gone = true;
	db_close(&p->db);
	return NULL;
}
