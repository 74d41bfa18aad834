/* The store on both engines: types, optional parts, transactions, group commit, faults. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_test.h"

#include "base/json.h"

#include <stdio.h>
#include <unistd.h>

/* ---- values ---- */

static enum err all_types(void *arg, struct db *db, int attempt)
{
	static const double reals[] = {0, -1.5, 1e300, 0.1};
	static const int64_t ints[] = {0, -1, INT64_MAX, INT64_MIN};
	static const char *const texts[] = {"", "it's \"x\" \\ :p $1 ?", "退款 🙂", "a\nb\tc"};
	struct arena *a = arg;

	(void)attempt;
	for (size_t k = 0; k < 4; k++) {
		const struct t_add_in in = {.i = ints[k],
					    .r = reals[k],
					    .b = k % 2,
					    .s = str_of(texts[k]),
					    .j = S("{\"a\": 1}"),
					    .at = 1700000000000};
		struct t_add_row made;
		struct t_get_row got;
		size_t n;

		OK(db, t_add(db, a, &in, &made, 1, &n));
		assert_int_equal(n, 1);
		OK(db, t_get(db, a, made.id, &got, 1, &n));
		assert_int_equal(n, 1);
		assert_true(got.i.is == GIVEN && got.i.v == ints[k]);
		assert_true(got.r.is == GIVEN && got.r.v == reals[k]);
		assert_true(got.b.is == GIVEN && got.b.v == (k % 2 == 1));
		assert_true(got.s.is == GIVEN && str_eq(got.s.v, str_of(texts[k])));
		assert_true(got.j.is == GIVEN && json_get_int(a, got.j.v, "a").v == 1);
		assert_true(got.at.is == GIVEN && got.at.v == 1700000000000);
		assert_true(str_eq(got.kind, S("one")));
	}
	return E_OK;
}

static enum err all_nulls(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	const struct t_add_null_in in = {.i = NULL_INT};
	struct t_add_null_row made;
	struct t_get_row got;
	size_t n;

	(void)attempt;
	OK(db, t_add_null(db, a, &in, &made, 1, &n));
	OK(db, t_get(db, a, made.id, &got, 1, &n));
	assert_true(got.i.is == NULLED && got.r.is == NULLED && got.b.is == NULLED);
	assert_true(got.s.is == NULLED && got.j.is == NULLED && got.at.is == NULLED);

	/* a null where none was declared is a fault, not a zero */
	struct t_strict_row strict;

	assert_int_equal(t_strict(db, a, made.id, &strict, 1, &n), E_INTERNAL);
	assert_non_null(strstr(db_error(db), "null in column i"));
	return E_OK;
}

static void keeps_values(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, all_types, w.a), E_OK);
		/* its fault is noticed although it returned E_OK */
		assert_int_equal(store_write_wait(w.s, all_nulls, w.a), E_INTERNAL);
	}
}

static enum err fill(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;

	(void)attempt;
	for (int64_t i = 1; i <= 6; i++) {
		const struct t_add_null_in in = {.i = SOME_INT(i % 3),
						 .s = i % 2 ? SOME_STR(S("odd")) : NULL_STR};
		struct t_add_null_row made;
		size_t n;

		OK(db, t_add_null(db, a, &in, &made, 1, &n));
		assert_int_equal(made.id, i);
	}
	return E_OK;
}

/* clang-format off */
static const struct {
	struct t_find_in in;
	const char *ids;
} finds[] = {
	{{.lim = 9},                                                  "1 2 3 4 5 6 "},
	{{.lim = 2},                                                  "1 2 "},
	{{.lim = 9, .i = {GIVEN, 1}},                                 "1 4 "},
	{{.lim = 9, .i = {NULLED, 1}},                                "1 2 3 4 5 6 "},
	{{.lim = 9, .s = {GIVEN, {"odd", 3}}},                        "1 3 5 "},
	{{.lim = 9, .i = {GIVEN, 1}, .s = {GIVEN, {"odd", 3}}},       "1 "},
	{{.lim = 9, .some = {GIVEN, {(int64_t[]){2, 5, 99}, 3}}},     "2 5 "},
	{{.lim = 9, .some = {GIVEN, {NULL, 0}}},                      ""},
	{{.lim = 9, .some = {GIVEN, {(int64_t[]){4}, 1}}, .i = {GIVEN, 1}, .s = {GIVEN, {"x", 1}}}, ""},
};
/* clang-format on */

static enum err find(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	struct list rows;

	(void)attempt;
	for (int round = 0; round < 2; round++) {
		for (size_t k = 0; k < COUNT(finds); k++) {
			struct buf b = BUF(a);

			OK(db, t_find(db, a, &finds[k].in, &rows));
			for (size_t i = 0; i < rows.n; i++)
				buf_fmt(&b, "%d ", (int)((struct t_find_row *)rows.v)[i].id);
			assert_string_equal(b.p ? b.p : "", finds[k].ids);
		}
	}
	OK(db, t_any(db, a, (struct ids){(int64_t[]){6, 1}, 2}, &rows));
	assert_int_equal(rows.n, 2);
	OK(db, t_any(db, a, (struct ids){NULL, 0}, &rows));
	assert_int_equal(rows.n, 0);
	return E_OK;
}

static enum err prepares(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	struct t_engine_row row;
	size_t n;

	(void)attempt;
	for (const struct query *const *q = store_test_queries; *q; q++)
		OK(db, db_prepare_all(db, *q));
	OK(db, t_engine(db, a, &row, 1, &n));
	assert_true(str_eq(row.name, db_is_pgsql(db) ? S("pgsql") : S("sqlite")));
	return E_OK;
}

static void leaves_out_optional_parts(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, fill, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, find, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, prepares, w.a), E_OK);
	}
}

static enum err limits(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	struct t_find_row few[2];
	const struct t_find_in in = {.lim = 9};
	struct list rows;
	size_t n;

	(void)attempt;
	OK(db, db_run(db, a, &t_find_query, &in, few, 2, &n));
	assert_int_equal(n, 2);
	assert_int_equal(few[1].id, 2);
	OK(db, t_big(db, a, 99999, &rows));
	assert_int_equal(rows.n, 99999);
	assert_int_equal(((struct t_big_row *)rows.v)[99998].x, 99999);
	assert_int_equal(t_big(db, a, 100001, &rows), E_INTERNAL);
	return E_OK;
}

static void reads_within_limits(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, fill, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, limits, w.a), E_OK);
	}
}

static enum err composed(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	const struct db_value v[] = {
	    {.type = F_TEXT, .s = SOME_STR(S("odd"))},
	    {.type = F_INT, .i = SOME_INT(3)},
	    {.type = F_IDS, .ids = {(int64_t[]){1, 3, 4, 5}, 4}},
	};
	struct t_find_row rows[9];
	size_t n;

	(void)attempt;
	OK(db, db_composed(db, a,
			   db_is_pgsql(db)
			       ? "SELECT id FROM t WHERE id >= $2 AND s = $1 AND id = ANY($3)"
			       : "SELECT id FROM t WHERE id >= $2 AND s = $1 AND id IN "
				 "(SELECT value FROM json_each($3))",
			   v, 3, &t_find_shape, rows, 9, &n));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, 3);
	assert_int_equal(db_composed(db, a, "SELECT nothing", v, 0, &t_find_shape, rows, 9, &n),
			 E_INTERNAL);
	return E_OK;
}

static void runs_composed_text(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, fill, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, composed, w.a), E_OK);
	}
}

/* ---- transactions ---- */

static void rolls_back_what_fails(void **state)
{
	static const enum err ends[] = {E_DENIED, E_CONFLICT, E_INTERNAL, E_OK};

	(void)state;
	EACH_ENGINE(w, NULL)
	for (size_t i = 0; i < COUNT(ends); i++) {
		enum err end = ends[i];

		assert_int_equal(store_write_wait(w.s, put_then, &end), ends[i]);
		assert_int_equal(rows_of(&w), ends[i] == E_OK);
	}
}

static enum err write_in_a_read(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	return t_put(db, arg, 1, S("x"));
}

static void readers_write_nothing(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_not_equal(store_read_wait(w.s, write_in_a_read, w.a), E_OK);
		assert_int_equal(rows_of(&w), 0);
	}
}

static enum err clashes(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	struct t_claim_row row;
	size_t n;

	(void)attempt;
	OK(db, t_claim(db, a, 7, S("first"), &row, 1, &n));
	assert_int_equal(n, 1);
	OK(db, t_claim(db, a, 7, S("second"), &row, 1, &n));
	assert_int_equal(n, 0);

	/* undone in part, and the rest goes on */
	OK(db, db_savepoint(db));
	OK(db, t_put(db, a, 8, S("undone")));
	OK(db, db_savepoint(db));
	assert_int_equal(t_put(db, a, 8, S("again")), E_INTERNAL);
	assert_int_equal(t_put(db, a, 9, S("refused")), E_INTERNAL);
	OK(db, db_rollback_to(db));
	OK(db, db_release(db));
	OK(db, db_rollback_to(db));
	OK(db, db_release(db));
	OK(db, t_put(db, a, 9, S("kept")));
	return E_OK;
}

static void undoes_in_part(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, clashes, w.a), E_OK);
		assert_int_equal(rows_of(&w), 2);
	}
}

/* ---- many at once ---- */

static void joins_commits(void **state)
{
	static struct crowd c;

	(void)state;
	EACH_ENGINE(w, (&(struct store_options){.readers = 2, .writers = 4, .flush_delay_us = 300}))
	{
		crowd_run(&c, w.s);
		for (int i = 0; i < MANY; i++)
			assert_int_equal(c.v[i].end, c.v[i].wanted);
		assert_int_equal(rows_of(&w), MANY - MANY / 5);
		if (!store_is_pgsql(w.s)) {
			assert_true(c.commits >= MANY / 10); /* a task's step each */
			assert_true(c.commits < MANY / 4);
		}
		store_on_commit(w.s, NULL, NULL);
	}
}

static void commits_alone_when_told(void **state)
{
	static struct crowd c;
	struct with w =
	    open_with(0, &(struct store_options){.readers = 1, .group_commit_off = true});

	(void)state;
	crowd_run(&c, w.s);
	assert_int_equal(c.commits, MANY - MANY / 5);
	store_on_commit(w.s, NULL, NULL);
	close_with(&w);
}

/* Two count up one number at the same time; each must see the other's. */
struct counting {
	struct store_work work;
	struct crowd *of;
	int attempts;
	enum err end;
};

static enum err count_up(struct store_work *w, struct db *db, int attempt)
{
	struct counting *k = (struct counting *)w;
	struct arena *a = arena_new();
	struct t_get_row row;
	size_t n;

	k->attempts = attempt;
	enum err e = t_get(db, a, 1, &row, 1, &n);

	if (e == E_OK)
		e = t_set(db, a, 1, row.i.v + 1);
	arena_free(a);
	return e;
}

static void counted(struct store_work *w, enum err e)
{
	struct counting *k = (struct counting *)w;

	pthread_mutex_lock(&k->of->lock);
	k->end = e;
	if (--k->of->left == 0)
		pthread_cond_signal(&k->of->over);
	pthread_mutex_unlock(&k->of->lock);
}

static void runs_again_what_met_another(void **state)
{
	static struct crowd c;
	static struct counting k[40];

	(void)state;
	EACH_ENGINE(w, (&(struct store_options){.readers = 1, .writers = 3}))
	{
		struct t_count_row row;
		int again = 0, good = 0;

		assert_int_equal(store_write_wait(w.s, fill, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, count_rows, &row), E_OK);
		int64_t before = row.total;

		c.left = (int)COUNT(k);
		pthread_mutex_init(&c.lock, NULL);
		pthread_cond_init(&c.over, NULL);
		for (size_t i = 0; i < COUNT(k); i++) {
			k[i] =
			    (struct counting){.work = {.run = count_up, .done = counted}, .of = &c};
			store_write(w.s, &k[i].work);
		}
		crowd_wait(&c);
		for (size_t i = 0; i < COUNT(k); i++) {
			again += k[i].attempts > 1;
			good += k[i].end == E_OK;
			assert_true(k[i].end == E_OK || k[i].end == E_BUSY);
		}
		assert_int_equal(store_read_wait(w.s, count_rows, &row), E_OK);
		assert_int_equal(row.total - before, good);
		assert_true(good >= 30);
		assert_int_equal(again > 0, store_is_pgsql(w.s));
	}
}

/* ---- migrations ---- */

static const struct migration edited[] = {
    {"t", 1, "CREATE TABLE t (id @id);"},
    {NULL, 0, NULL},
};
static const struct migration broken[] = {
    {"u", 1, "CREATE TABLE u (id @id); CREATE TABLE v (id @id); SELECT nonsense FROM nowhere;"},
    {NULL, 0, NULL},
};
static const struct migration more[] = {
    {"u", 1,
     "--@sqlite\nCREATE TABLE only_sqlite (id @id, e TEXT); -- user@id.example stays\n--.\n"
     "--@pgsql\nCREATE TABLE only_pgsql (id @id);\n--.\nCREATE TABLE u (id @rowid, j @json);"},
    {"u", 2, "INSERT INTO u (j) VALUES ('{}');"},
    {NULL, 0, NULL},
};
static const struct migration orphan[] = {
    {"w", 1,
     "CREATE TABLE w (id @id, u BIGINT REFERENCES u(id)); INSERT INTO w (u) VALUES (12345);"},
    {NULL, 0, NULL},
};

static void migrates(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		const char *why = "";

		assert_int_equal(store_migrate(w.s, w.a, test_schema, &why), E_OK);
		assert_int_equal(store_migrate(w.s, w.a, edited, &why), E_CONFLICT);
		assert_non_null(strstr(why, "t/0001: its text was changed"));
		assert_int_equal(store_migrate(w.s, w.a, broken, &why), E_INTERNAL);
		assert_non_null(strstr(why, "u/0001: "));
		/* nothing of the broken one stayed */
		assert_int_equal(store_migrate(w.s, w.a, more, &why), E_OK);
		assert_int_equal(store_migrate(w.s, w.a, more, &why), E_OK);
		assert_int_not_equal(store_migrate(w.s, w.a, orphan, &why), E_OK);
		const struct migration older[] = {more[0], {NULL, 0, NULL}};

		assert_int_equal(store_migrate(w.s, w.a, older, &why), E_CONFLICT);
		assert_non_null(strstr(why, "newer version"));
	}
}

static void expands_marks(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(
	    migrate_expand(a, "a@id @id, @ids @json\n--@pgsql\nx\n--.\ny @blob", false),
	    "a@id INTEGER PRIMARY KEY AUTOINCREMENT, @ids TEXT\ny BLOB\n");
	assert_string_equal(migrate_expand(a, "@json\n--@pgsql\nx\n--.\n--@sqlite\ny\n--.", true),
			    "JSONB\nx\n");
	arena_free(a);
}

/* ---- the rest ---- */

struct heard {
	pthread_mutex_t lock;
	char text[64];
	int n;
};

static void hear(void *arg, const char *channel, struct str text)
{
	struct heard *h = arg;

	pthread_mutex_lock(&h->lock);
	snprintf(h->text, sizeof h->text, "%s=%.*s", channel, STR(text));
	h->n++;
	pthread_mutex_unlock(&h->lock);
}

static int heard_n(struct heard *h)
{
	pthread_mutex_lock(&h->lock);
	int n = h->n;

	pthread_mutex_unlock(&h->lock);
	return n;
}

static void tells_other_nodes(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		struct heard here = {.lock = PTHREAD_MUTEX_INITIALIZER}, there = here;
		const struct store_options o = {.url = store_testing_url(w.a, w.s), .readers = 1};
		struct store *other;
		const char *why;

		assert_int_equal(store_open(w.a, &o, &other, &why), E_OK);
		store_on_notify(w.s, hear, &here);
		store_on_notify(other, hear, &there);
		store_notify(w.s, "hub", S("it's 退款 now"));
		for (int i = 0; store_is_pgsql(w.s) && i < 300 && !heard_n(&there); i++)
			usleep(10000);
		assert_int_equal(heard_n(&there), store_is_pgsql(w.s));
		assert_int_equal(heard_n(&here), 0);
		assert_string_equal(there.text, store_is_pgsql(w.s) ? "hub=it's 退款 now" : "");
		store_close(other);
	}
}

static enum err sizes(void *arg, struct db *db, int attempt)
{
	struct arena *a = arg;
	struct store_sizes found;
	int64_t t_bytes = 0, t_rows = -1;

	(void)attempt;
	OK(db, store_sizes(db, a, &found));
	for (size_t i = 0; i < found.tables.n; i++) {
		const struct store_size *s = (struct store_size *)found.tables.v + i;

		if (!str_eq(s->table, S("t")))
			continue;
		t_bytes = s->bytes;
		t_rows = s->rows;
	}
	assert_true(t_bytes > 0 && found.total >= t_bytes);
	assert_true(found.index > 0 && found.index < found.total);
	assert_true(db_is_pgsql(db) || t_rows == 6);
	return E_OK;
}

static void tells_sizes(void **state)
{
	(void)state;
	EACH_ENGINE(w, NULL)
	{
		assert_int_equal(store_write_wait(w.s, fill, w.a), E_OK);
		assert_int_equal(store_read_wait(w.s, sizes, w.a), E_OK);
	}
}

/* clang-format off */
static const struct {
	const char *url, *why;
} bad_urls[] = {
	{"",                                    "neither sqlite:PATH"},
	{"sqlite:",                             "neither sqlite:PATH"},
	{"mysql://x",                           "neither sqlite:PATH"},
	{"sqlite:/nonexistent/folder/db",       "unable to open database file"},
	{"postgresql://nobody@127.0.0.1:1/x",   "cannot reach PostgreSQL"},
};
/* clang-format on */

static void refuses_bad_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_urls); i++) {
		struct arena *a = arena_new();
		const struct store_options o = {.url = str_of(bad_urls[i].url)};
		struct store *s;
		const char *why = "";

		assert_int_not_equal(store_open(a, &o, &s, &why), E_OK);
		assert_null(s);
		if (!strstr(why, bad_urls[i].why))
			fail_msg("%s: %s", bad_urls[i].url, why);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_values),
	    cmocka_unit_test(leaves_out_optional_parts),
	    cmocka_unit_test(reads_within_limits),
	    cmocka_unit_test(runs_composed_text),
	    cmocka_unit_test(rolls_back_what_fails),
	    cmocka_unit_test(readers_write_nothing),
	    cmocka_unit_test(undoes_in_part),
	    cmocka_unit_test(joins_commits),
	    cmocka_unit_test(commits_alone_when_told),
	    cmocka_unit_test(runs_again_what_met_another),
	    cmocka_unit_test(migrates),
	    cmocka_unit_test(expands_marks),
	    cmocka_unit_test(tells_other_nodes),
	    cmocka_unit_test(tells_sizes),
	    cmocka_unit_test(refuses_bad_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
