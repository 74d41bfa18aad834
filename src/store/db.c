/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err db_fail(struct db *db, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (!db->failed) {
		va_start(ap, fmt);
		vsnprintf(db->error, sizeof db->error, fmt, ap);
		va_end(ap);
	}
	db->failed = true;
	return e;
}

/* ---- parameters and columns ---- */

static void param_opt(const struct field *f, const void *at, struct param *p)
{
	p->null = *(const enum given *)at != GIVEN;
	if (p->null)
		return;
	switch (f->type) {
	case F_INT:
	case F_TIME: p->i = ((const struct opt_int *)at)->v; return;
	case F_REAL: p->r = ((const struct opt_real *)at)->v; return;
	case F_BOOL: p->i = ((const struct opt_bool *)at)->v; return;
	case F_IDS: p->ids = ((const struct opt_ids *)at)->v; return;
	default: p->s = ((const struct opt_str *)at)->v;
	}
}

static void param_plain(const struct field *f, const void *at, struct param *p)
{
	switch (f->type) {
	case F_INT:
	case F_TIME: p->i = *(const int64_t *)at; return;
	case F_REAL: p->r = *(const double *)at; return;
	case F_BOOL: p->i = *(const bool *)at; return;
	case F_IDS: p->ids = *(const struct ids *)at; return;
	default: p->s = *(const struct str *)at;
	}
}

/* The members as parameters; gives the mask of the optional ones that are given. */
static uint64_t params_of(const struct shape *s, const void *in, struct param *to)
{
	uint64_t mask = 0;

	for (size_t i = 0; s && i < s->n; i++) {
		const struct field *f = &s->fields[i];
		const void *at = (const char *)in + f->at;

		to[i] = (struct param){.type = f->type};
		if (!field_is_opt(f)) {
			param_plain(f, at, &to[i]);
			continue;
		}
		param_opt(f, at, &to[i]);
		if (!to[i].null)
			mask |= 1ULL << i;
	}
	return mask;
}

void *sink_row(struct sink *k)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 16;
		char *rows;

		if (!k->all || k->n >= ROWS_MAX)
			return NULL;
		rows = arena_alloc(k->a, cap * k->out->size);
		if (k->n)
			memcpy(rows, k->rows, k->n * k->out->size);
		k->rows = rows;
		k->cap = cap;
	}
	void *row = k->rows + k->n++ * k->out->size;

	memset(row, 0, k->out->size);
	return row;
}

bool row_null(const struct field *f, void *row)
{
	if (!field_is_opt(f))
		return false;
	*(enum given *)((char *)row + f->at) = NULLED;
	return true;
}

void row_int(const struct field *f, void *row, int64_t v)
{
	void *at = (char *)row + f->at;

	if (f->type == F_BOOL && field_is_opt(f))
		*(struct opt_bool *)at = SOME_BOOL(v != 0);
	else if (f->type == F_BOOL)
		*(bool *)at = v != 0;
	else if (field_is_opt(f))
		*(struct opt_int *)at = SOME_INT(v);
	else
		*(int64_t *)at = v;
}

void row_real(const struct field *f, void *row, double v)
{
	void *at = (char *)row + f->at;

	if (field_is_opt(f))
		*(struct opt_real *)at = (struct opt_real){GIVEN, v};
	else
		*(double *)at = v;
}

void row_text(struct arena *a, const struct field *f, void *row, const char *p, size_t n)
{
	void *at = (char *)row + f->at;
	struct str s = str_dup(a, (struct str){p, n});

	if (field_is_opt(f))
		*(struct opt_str *)at = SOME_STR(s);
	else
		*(struct str *)at = s;
}

struct str ids_text(struct arena *a, struct ids ids, char open, char close)
{
	struct buf b = BUF(a);

	buf_char(&b, open);
	for (size_t i = 0; i < ids.n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_int(&b, ids.v[i]);
	}
	buf_char(&b, close);
	return buf_str(&b);
}

/* ---- statements ---- */

static size_t slot_of(const struct query *q, uint64_t mask)
{
	uint64_t h = ((uintptr_t)q >> 4) * 0x9E3779B97F4A7C15ULL + mask * 0xC2B2AE3D27D4EB4FULL;

	return (size_t)(h >> 56) % STATEMENT_SLOTS;
}

void db_forget_all(struct db *db)
{
	for (size_t i = 0; i < STATEMENT_SLOTS; i++) {
		while (db->slots[i]) {
			struct statement *s = db->slots[i];

			db->slots[i] = s->next;
			db->engine->forget(db, s);
			free(s);
		}
	}
	db->statements = 0;
}

static const char *text_of(struct arena *a, const struct query_part *part, uint64_t mask)
{
	struct buf b = BUF(a);

	for (; part->text; part++)
		if (part->param < 0 || mask & 1ULL << part->param)
			buf_z(&b, part->text);
	return b.p ? b.p : "";
}

/* Statements whose masks differ only in parameters without a part of their own are one text;
 * they are prepared apart, which costs little and keeps this simple. */
static enum err statement_find(struct db *db, struct arena *a, const struct query *q, uint64_t mask,
			       struct statement **found)
{
	struct statement **slot = &db->slots[slot_of(q, mask)];
	enum field_type types[PARAMS_MAX];

	for (struct statement *s = *slot; s; s = s->next) {
		if (s->q == q && s->mask == mask) {
			*found = s;
			return E_OK;
		}
	}
	if (db->statements >= STATEMENTS_MAX)
		db_forget_all(db);
	struct statement *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->q = q;
	s->mask = mask;
	s->params = q->in ? q->in->n : 0;
	for (size_t i = 0; i < s->params && i < PARAMS_MAX; i++)
		types[i] = q->in->fields[i].type;
	s->types = types;
	enum err e = s->params > PARAMS_MAX
			 ? db_fail(db, E_INTERNAL, "too many parameters")
			 : db->engine->prepare(
			       db, s, text_of(a, db->engine->pgsql ? q->pgsql : q->sqlite, mask));
	s->types = NULL;
	if (e != E_OK) {
		free(s);
		return e;
	}
	s->next = *slot;
	*slot = s;
	db->statements++;
	*found = s;
	return E_OK;
}

static enum err run(struct db *db, struct arena *a, const struct query *q, const void *in,
		    struct sink *k)
{
	/* params_of() fills in as many as are read: the rest need not be cleared each time */
	__attribute__((uninitialized)) struct param params[PARAMS_MAX];
	struct statement *s;

	if (db->failed)
		return E_INTERNAL;
	uint64_t mask = params_of(q->in, in, params);

	TRY(statement_find(db, a, q, mask, &s));
	return db->engine->run(db, a, s, params, k);
}

enum err db_run(struct db *db, struct arena *a, const struct query *q, const void *in, void *rows,
		size_t cap, size_t *n)
{
	struct sink k = {.a = a, .out = q->out, .rows = rows, .cap = cap};
	enum err e = run(db, a, q, in, &k);

	if (n)
		*n = e == E_OK ? k.n : 0;
	return e;
}

enum err db_all(struct db *db, struct arena *a, const struct query *q, const void *in,
		struct list *rows)
{
	struct sink k = {.a = a, .out = q->out, .all = true};

	*rows = (struct list){0};
	TRY(run(db, a, q, in, &k));
	if (k.n >= ROWS_MAX)
		return db_fail(db, E_INTERNAL, "%s: more than %d rows", q->name, ROWS_MAX);
	*rows = (struct list){k.rows, k.n};
	return E_OK;
}

/* The text is prepared for this one use: no two need be the same. */
enum err db_composed(struct db *db, struct arena *a, const char *sql, const struct db_value *values,
		     size_t count, const struct shape *out, void *rows, size_t cap, size_t *n)
{
	struct param params[PARAMS_MAX] = {0};
	enum field_type types[PARAMS_MAX];
	struct statement s = {.params = count, .types = types};
	struct sink k = {.a = a, .out = out, .rows = rows, .cap = cap};

	if (n)
		*n = 0;
	if (db->failed)
		return E_INTERNAL;
	if (count > PARAMS_MAX)
		return db_fail(db, E_INTERNAL, "too many parameters");
	for (size_t i = 0; i < count; i++) {
		const struct db_value *v = &values[i];
		bool number = v->type == F_INT || v->type == F_TIME || v->type == F_BOOL;

		types[i] = v->type;
		params[i] =
		    (struct param){.type = v->type, .i = v->i.v, .s = v->s.v, .ids = v->ids};
		params[i].null = v->type != F_IDS && (number ? v->i.is : v->s.is) != GIVEN;
	}
	TRY(db->engine->prepare(db, &s, sql));
	enum err e = db->engine->run(db, a, &s, params, &k);

	db->engine->forget(db, &s);
	if (n)
		*n = e == E_OK ? k.n : 0;
	return e;
}

enum err db_prepare_all(struct db *db, const struct query *q)
{
	uint64_t optional = 0;
	struct arena *a = arena_new();
	struct statement *s;
	enum err e;

	for (const struct query_part *p = db->engine->pgsql ? q->pgsql : q->sqlite; p->text; p++)
		if (p->param >= 0)
			optional |= 1ULL << p->param;
	e = statement_find(db, a, q, 0, &s);
	if (e == E_OK)
		e = statement_find(db, a, q, optional & ~q->one, &s);
	for (int i = 0; i < PARAMS_MAX && e == E_OK; i++) {
		uint64_t bit = 1ULL << i;

		if (optional & bit)
			e = statement_find(db, a, q, bit, &s);
		if (e == E_OK && optional & bit & q->one)
			e = statement_find(db, a, q, (optional & ~q->one) | bit, &s);
	}
	arena_free(a);
	return e;
}

enum err db_script(struct db *db, const char *sql)
{
	return db->failed ? E_INTERNAL : db->engine->script(db, sql);
}

int64_t db_changes(const struct db *db)
{
	return db->changes;
}

const char *db_error(const struct db *db)
{
	return db->error;
}

bool db_is_pgsql(const struct db *db)
{
	return db->engine->pgsql;
}

/* ---- transactions ---- */

enum err db_begin(struct db *db, enum begin how, int deadline_ms)
{
	db->failed = false;
	db->error[0] = 0;
	db->depth = 0;
	search_forget(db, 0);
	return db->engine->begin(db, how, deadline_ms);
}

enum err db_commit(struct db *db)
{
	if (db->failed) {
		db_rollback(db);
		return E_INTERNAL;
	}
	enum err e = db->engine->commit(db);

	if (e != E_OK)
		db_rollback(db);
	return e;
}

void db_rollback(struct db *db)
{
	db->engine->rollback(db);
	db->failed = false;
	db->depth = 0;
	search_forget(db, 0);
}

enum err db_savepoint(struct db *db)
{
	if (db->failed || db->depth == DEPTH_MAX)
		return db_fail(db, E_INTERNAL, "savepoints too deep");
	TRY(db->engine->savepoint(db, SAVEPOINT_SET, db->depth));
	db->marks[db->depth++] = db->pending_n;
	return E_OK;
}

enum err db_rollback_to(struct db *db)
{
	if (db->depth == 0 || !db->engine->open(db))
		return db_fail(db, E_BUSY, "the transaction has ended");
	db->failed = false;
	db->depth--;
	enum err e = db->engine->savepoint(db, SAVEPOINT_BACK, db->depth);

	search_forget(db, db->marks[db->depth++]);
	return e;
}

enum err db_release(struct db *db)
{
	if (db->depth == 0)
		return db_fail(db, E_INTERNAL, "no savepoint");
	db->depth--;
	return db->engine->savepoint(db, SAVEPOINT_RELEASE, db->depth);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_forget_all(db);
	search_forget(db, 0);
	free(db->pending);
	db->engine->close(db);
}
