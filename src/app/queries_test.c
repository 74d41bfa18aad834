/* Every query of every module, with all its optional parts, is prepared on both engines: a wrong
 * column stops this run, not production. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/modules.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct str database(struct arena *a, bool pgsql)
{
	const char *url = getenv("AFTERSAIL_TEST_PGSQL");

	if (!pgsql)
		return (struct str){0};
	assert_non_null(url); /* tools/test and tools/with-postgres give it */
	return str_of(str_z(a, str_of(url)));
}

static void prepare_list(struct db *db, const struct query *const *list, size_t *n)
{
	for (; list && *list; list++, ++*n)
		if (db_prepare_all(db, *list) != E_OK)
			fail_msg("%s: %s", (*list)->name, db_error(db));
}

static enum err prepare_all(struct ctx *c, void *arg)
{
	size_t *n = arg;

	for (size_t m = 0; modules[m]; m++) {
		prepare_list(c->db, modules[m]->queries, n);
		for (size_t i = 0; i < COUNT(modules[m]->more_queries); i++)
			prepare_list(c->db, modules[m]->more_queries[i], n);
	}
	return E_OK;
}

static void check(bool pgsql)
{
	struct arena *a = arena_new();
	char folder[] = "/tmp/aftersail-queries-XXXXXX";
	const char *why = "";
	struct config config = {0};
	struct desk *desk;
	size_t n = 0;

	assert_non_null(mkdtemp(folder));
	char *flags[] = {"--data", folder, NULL};
	assert_int_equal(config_read(a, 2, flags, &config, &why), E_OK);
	if (pgsql)
		config.database = database(a, true);
	if (desk_open(a, &config, modules, channels, &desk, &why) != E_OK)
		fail_msg("%s", why);
	assert_int_equal(desk_read(desk, prepare_all, &n), E_OK);
	assert_true(n > 150);
	desk_close(desk);
	arena_free(a);
}

static void test_sqlite(void **state)
{
	(void)state;
	check(false);
}

static void test_pgsql(void **state)
{
	(void)state;
	check(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sqlite),
					   cmocka_unit_test(test_pgsql)};

	log_set_level(LOG_OFF);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
