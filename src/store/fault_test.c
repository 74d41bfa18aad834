/* What goes wrong outside and passes: a full disk, a locked file, a lost server, no end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_test.h"

#include "base/clock.h"

#include <signal.h>
#include <sys/resource.h>

static enum err slow(void *arg, struct db *db, int attempt)
{
	struct t_slow_row row;
	size_t n;

	(void)attempt;
	return t_slow(db, arg, &row, 1, &n);
}

static void breaks_off_what_takes_too_long(void **state)
{
	(void)state;
	EACH_ENGINE(w, (&(struct store_options){.readers = 1, .writers = 1}))
	{
		int64_t from = clock_ticks();

		for (size_t i = 0; i < w.s->workers_n; i++)
			w.s->workers[i].deadline_ms = 300;
		assert_int_equal(store_read_wait(w.s, slow, w.a), E_BUSY);
		assert_in_range(clock_ticks() - from, 200000, 3000000);
		assert_int_equal(rows_of(&w), 0); /* and the next one runs */
	}
}

static enum err pragma(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	return db_script(db, arg);
}

static enum err fill_disk(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	char *long_text = arena_alloc(a, 100001);

	(void)attempt;
	memset(long_text, 'x', 100000);
	for (int64_t i = 1000; i < 1100; i++)
		TRY(t_put(db, a, i, (struct str){long_text, 100000}));
	return E_OK;
}

/* SQLite ends the transaction by itself when the disk is full: the others of its batch are run
 * again, each alone, and keep what they did. */
static void survives_a_full_disk(void **state)
{
	static struct crowd c;
	struct with w =
	    open_with(0, &(struct store_options){.readers = 1, .flush_delay_us = 20000});
	enum err ok = E_OK;

	(void)state;
	assert_int_equal(store_write_wait(w.s, pragma, "PRAGMA max_page_count=200"), E_OK);
	assert_int_equal(store_write_wait(w.s, fill_disk, w.a), E_BUSY);
	assert_int_equal(rows_of(&w), 0);
	assert_int_equal(store_write_wait(w.s, put_then, &ok), E_OK);

	crowd_run(&c, w.s);
	for (int i = 0; i < MANY; i++)
		if (c.v[i].id != 100)
			assert_int_equal(c.v[i].end, c.v[i].wanted);
	store_on_commit(w.s, NULL, NULL);
	close_with(&w);
}

/* The log itself finds no room: the commit fails, all of the batch is told so, nothing is half
 * there, and with room again it goes on. */
static void survives_a_full_log(void **state)
{
	struct with w = open_with(0, &(struct store_options){.readers = 1});
	struct rlimit small = {700 << 10, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
	enum err ok = E_OK;
	int64_t before;

	(void)state;
	assert_int_equal(store_write_wait(w.s, put_then, &ok), E_OK);
	before = rows_of(&w);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_write_wait(w.s, fill_disk, w.a), E_BUSY);
		assert_int_equal(rows_of(&w), before);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &large), 0);
	assert_int_equal(store_write_wait(w.s, fill_disk, w.a), E_OK);
	assert_int_equal(rows_of(&w), before + 100);
	close_with(&w);
}

static void waits_for_a_locked_file(void **state)
{
	struct with w = open_with(0, NULL);
	struct str path = store_testing_url(w.a, w.s);
	const char *why = "";
	enum err ok = E_OK;
	struct db *other = sqlite_connect(w.a, path.p + strlen("sqlite:"), false, DB_WRITER, &why);

	(void)state;
	assert_non_null(other);
	OK(other, db_begin(other, BEGIN_WRITE, 0));
	assert_int_equal(store_write_wait(w.s, put_then, &ok), E_BUSY);
	assert_int_equal(rows_of(&w), 0);
	db_rollback(other);
	assert_int_equal(store_write_wait(w.s, put_then, &ok), E_OK);
	db_close(other);
	close_with(&w);
}

static enum err end_others(void *arg, struct db *db, int attempt)
{
	(void)arg, (void)attempt;
	return db_script(db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
			     "WHERE pid <> pg_backend_pid() AND application_name = 'aftersail' "
			     "AND datname = current_database() "
			     "AND query NOT LIKE '%pg_notify%'");
}

static void connects_again(void **state)
{
	(void)state;
	for (int engine = 1; engine < store_engines(); engine++) {
		struct with w =
		    open_with(engine, &(struct store_options){.readers = 2, .writers = 2});
		enum err ok = E_OK;

		assert_int_equal(store_write_wait(w.s, end_others, NULL), E_OK);
		for (int i = 0; i < 4; i++)
			assert_int_equal(rows_of(&w), 0);
		assert_int_equal(store_write_wait(w.s, put_then, &ok), E_OK);
		close_with(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(breaks_off_what_takes_too_long),
	    cmocka_unit_test(survives_a_full_disk),
	    cmocka_unit_test(survives_a_full_log),
	    cmocka_unit_test(waits_for_a_locked_file),
	    cmocka_unit_test(connects_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
