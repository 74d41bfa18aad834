/* store_test.h - what the store's tests share: a database with one table, a crowd of writers. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/store_impl.h"
#include "store/store_test.sql.h"
#include "store/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct migration test_schema[] = {
    {"t", 1,
     "CREATE TABLE t (id @id, i BIGINT, r DOUBLE PRECISION, b BOOLEAN, s TEXT, j @json, at BIGINT,"
     " data @blob);"},
    {NULL, 0, NULL},
};

/* One test on one engine. */
struct with {
	struct arena *a;
	struct store *s;
};

static inline struct with open_with(int engine, const struct store_options *o)
{
	struct with w = {.a = arena_new()};
	const char *why = "";

	w.s = store_testing(w.a, engine, o);
	if (store_migrate(w.s, w.a, test_schema, &why) != E_OK)
		fail_msg("migrate: %s", why);
	return w;
}

static inline void close_with(struct with *w)
{
	store_testing_end(w->s);
	arena_free(w->a);
}

#define EACH_ENGINE(w, o)                                                                          \
	for (int engine_ = 0; engine_ < store_engines(); engine_++)                                \
		for (struct with w = open_with(engine_, (o)); w.s; close_with(&w), w.s = NULL)

#define OK(db, expr)                                                                               \
	do {                                                                                       \
		enum err e_ = (expr);                                                              \
		if (e_ != E_OK)                                                                    \
			fail_msg("%s: %s: %s", #expr, err_name(e_), db_error(db));                 \
	} while (0)

static inline enum err put_then(void *arg, struct db *db, int attempt)
{
	enum err *end = arg;
	struct arena *a = arena_new();

	(void)attempt;
	enum err e = t_put(db, a, 100, S("kept"));

	arena_free(a);
	return e == E_OK ? *end : e;
}

static inline enum err count_rows(void *arg, struct db *db, int attempt)
{
	struct arena *a = arena_new();
	size_t n;

	(void)attempt;
	enum err e = t_count(db, a, arg, 1, &n);

	arena_free(a);
	return e;
}

static inline int64_t rows_of(struct with *w)
{
	struct t_count_row row = {0};

	assert_int_equal(store_read_wait(w->s, count_rows, &row), E_OK);
	return row.number;
}

enum { MANY = 400 };

struct piece {
	struct store_work work;
	int64_t id;
	enum err wanted, end;
	bool ran_inside; /* done() came while its row could not be seen */
	struct crowd *of;
};

struct crowd {
	struct store *s;
	pthread_mutex_t lock;
	pthread_cond_t over;
	int left;
	int commits;
	struct piece v[MANY];
};

static inline enum err piece_run(struct store_work *w, struct db *db, int attempt)
{
	struct piece *p = (struct piece *)w;
	struct arena *a = arena_new();

	(void)attempt;
	enum err e = t_put(db, a, p->id, S("x"));

	arena_free(a);
	return e == E_OK ? p->wanted : e;
}

static inline void piece_done(struct store_work *w, enum err e)
{
	struct piece *p = (struct piece *)w;

	pthread_mutex_lock(&p->of->lock);
	p->end = e;
	if (--p->of->left == 0)
		pthread_cond_signal(&p->of->over);
	pthread_mutex_unlock(&p->of->lock);
}

static inline void crowd_commit(void *arg)
{
	struct crowd *c = arg;

	pthread_mutex_lock(&c->lock);
	c->commits++;
	pthread_mutex_unlock(&c->lock);
}

static inline void crowd_wait(struct crowd *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->left)
		pthread_cond_wait(&c->over, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

/* Every fifth piece fails; every tenth is a task's step. */
static inline void crowd_run(struct crowd *c, struct store *s)
{
	memset(c, 0, sizeof *c);
	c->s = s;
	c->left = MANY;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->over, NULL);
	store_on_commit(s, crowd_commit, c);
	for (int i = 0; i < MANY; i++) {
		struct piece *p = &c->v[i];

		*p = (struct piece){.work = {.run = piece_run, .done = piece_done},
				    .id = i + 1,
				    .wanted = i % 5 == 0 ? E_DENIED : E_OK,
				    .of = c};
		p->work.background = i % 10 == 1;
		store_write(s, &p->work);
	}
	crowd_wait(c);
}
