/* Every module's migrations apply and every query can be prepared, on both engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/modules.h"
#include "store/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MIGRATIONS_MAX = 200 };

struct prepared {
	struct arena *a;
	int queries;
	struct buf wrong;
};

static enum err prepare_list(struct db *db, struct prepared *p, const struct query *const *q)
{
	for (; q && *q; q++) {
		TRY(db_savepoint(db));
		if (db_prepare_all(db, *q) != E_OK)
			buf_fmt(&p->wrong, "\n%s", db_error(db));
		TRY(db_rollback_to(db));
		TRY(db_release(db));
		p->queries++;
	}
	return E_OK;
}

static enum err prepare_modules(void *arg, struct db *db, int attempt)
{
	struct prepared *p = arg;

	(void)attempt;
	for (size_t m = 0; modules[m]; m++) {
		TRY(prepare_list(db, p, modules[m]->queries));
		for (size_t i = 0; i < COUNT(modules[m]->more_queries); i++)
			TRY(prepare_list(db, p, modules[m]->more_queries[i]));
	}
	return E_OK;
}

static void prepares_every_query(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = store_testing(a, engine, NULL);
		struct migration all[MIGRATIONS_MAX] = {0};
		struct prepared p = {.a = a, .wrong = BUF(a)};
		const char *why = "";
		size_t n = 0;

		for (size_t m = 0; modules[m]; m++)
			for (const struct migration *x = modules[m]->schema; x && x->module; x++)
				all[n++] = *x;
		assert_in_range(n, 5, MIGRATIONS_MAX - 1);
		if (store_migrate(s, a, all, &why) != E_OK)
			fail_msg("%s", why);
		assert_int_equal(store_write_wait(s, prepare_modules, &p), E_OK);
		if (p.wrong.n)
			fail_msg("%s:%.*s", store_is_pgsql(s) ? "PostgreSQL" : "SQLite",
				 STR(buf_str(&p.wrong)));
		assert_true(p.queries > 100);
		store_testing_end(s);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(prepares_every_query)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
