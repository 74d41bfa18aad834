/* What is worked on behind the requests: events in batches, jobs of one key in their order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/testing.h"
#include "core/work.sql.h"
#include "core/worker.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { EVENTS = 120, BAD = 61, HIDES = 100, JOBS = 3000, COMMITS_AT_ONCE = 6 };

/* ---- a module that writes down what it hears ---- */

static const struct migration probe_schema[] = {
    {"probe", 1, "CREATE TABLE probe (id BIGINT NOT NULL);"}, {0}};

static int acts; /* of the bad one */

static int uncommitted; /* acts of one transaction; -1: nobody counts */
static int64_t last_act;

static enum err hear(struct ctx *c, const struct event *e, void *thought)
{
	(void)thought;
	if (uncommitted > 0 && e->conversation_id <= last_act)
		uncommitted = 0; /* begun anew */
	last_act = e->conversation_id;
	/* Longer than that, and somebody else's commit always comes first. */
	if (uncommitted >= 0 && ++uncommitted > COMMITS_AT_ONCE)
		return E_BUSY;
	TRY(db_script(c->db, str_fmt(c->a, "INSERT INTO probe (id) VALUES (%lld)",
				     (long long)e->conversation_id)
				 .p));
	/* An error that its reaction does not pass on: the transaction is lost all the same. */
	if (e->conversation_id == HIDES && db_script(c->db, "INSERT INTO nowhere (id) VALUES (1)"))
		return E_OK;
	if (e->conversation_id != BAD)
		return E_OK;
	acts++;
	c->key = "probe.bad";
	return c->code = E_INVALID;
}

static bool overtaken; /* another node is still to read on while this one thinks */

static enum err dawdle(struct ctx *c, const struct event *e, void **thought)
{
	(void)e;
	(void)thought;
	if (overtaken) {
		overtaken = false;
		reactor_round(c->desk);
	}
	return E_OK;
}

static const struct reaction listens[] = {{EV_TAGS_CHANGED, dawdle, hear}, {0}};
static const struct module probe = {.name = "probe", .schema = probe_schema, .listens = listens};
static const struct module *const modules[] = {&core_module, &probe, NULL};
static const struct channel *const channels[] = {NULL};

/* ---- events ---- */

static enum err add_events(struct ctx *c, void *arg)
{
	(void)arg;
	for (int i = 1; i <= EVENTS; i++)
		TRY(event_add(c,
			      &(struct event){.kind = i % 3 ? EV_TAGS_CHANGED : EV_SUBJECT_CHANGED,
					      .conversation_id = i}));
	return E_OK;
}

struct found {
	int64_t n, distinct, bad, failed, hidden;
};
#define N(m) FIELD(struct found, m, F_INT, 0, 0, 0, NULL)
static const struct field found_fields[] = {N(n), N(distinct), N(bad), N(failed), N(hidden)};
static SHAPE(found_shape, "Found", struct found, found_fields);

static enum err look(struct ctx *c, void *arg)
{
	size_t n;

	return db_composed(c->db, c->a,
			   "SELECT count(*), count(DISTINCT id), count(CASE WHEN id = 61 "
			   "THEN 1 END), (SELECT count(*) FROM reactor_failed WHERE "
			   "error_key = 'probe.bad'), (SELECT count(*) FROM reactor_failed WHERE "
			   "error_key = 'error.generic') FROM probe",
			   NULL, 0, &found_shape, arg, 1, &n);
}

static void count_commit(void *arg)
{
	++*(int *)arg;
}

/* BAD is one of interest, in the middle of a batch. */
static void acts_on_many_at_once(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		struct found f;
		int commits = 0;

		testing_open(&t, e, modules, channels);
		acts = 0;
		uncommitted = -1;
		overtaken = true;
		assert_int_equal(testing_do(&t, add_events, NULL), E_OK);
		store_on_commit(t.desk->store, count_commit, &commits);
		while (reactor_round(t.desk) || reactor_round(t.desk))
			continue;
		store_on_commit(t.desk->store, NULL, NULL);
		assert_int_equal(testing_do(&t, look, &f), E_OK);
		/* each once, the bad one never, and it did not take the others along */
		assert_int_equal(f.n, EVENTS - EVENTS / 3 - 2);
		assert_int_equal(f.distinct, f.n);
		assert_int_equal(f.bad, 0);
		assert_int_equal(f.failed, 1);
		assert_int_equal(f.hidden, 1);
		assert_in_range(acts, 5,
				10); /* alone, and in its batch unless that took too long */
		assert_in_range(commits, 2, EVENTS / 2);
		testing_close(&t);
	}
}

static void committed(void *arg)
{
	++*(int *)arg;
	uncommitted = 0;
}

/* What never commits as a whole commits in parts, and not one by one. */
static void gets_on_among_others(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		struct found f;
		int commits = 0;

		testing_open(&t, e, modules, channels);
		overtaken = false;
		uncommitted = -1;
		assert_int_equal(testing_do(&t, add_events, NULL), E_OK);
		uncommitted = 0;
		store_on_commit(t.desk->store, committed, &commits);
		for (int round = 0; round < 10; round++)
			reactor_round(t.desk);
		store_on_commit(t.desk->store, NULL, NULL);
		assert_int_equal(testing_do(&t, look, &f), E_OK);
		assert_int_equal(f.n, EVENTS - EVENTS / 3 - 2);
		assert_int_equal(f.distinct, f.n);
		assert_in_range(commits, EVENTS * 2 / 3 / COMMITS_AT_ONCE, EVENTS / 2);
		testing_close(&t);
	}
}

/* ---- jobs ---- */

struct due {
	int64_t ids[4], now;
	struct job_due_row rows[4];
	size_t n;
	bool gone;
};

/* The oldest is put off for an hour; those behind it are due. */
static enum err add_jobs(struct ctx *c, void *arg)
{
	struct due *d = arg;

	for (int i = 0; i < JOBS; i++) {
		const struct job j = {.kind = S("probe"),
				      .key = S("one"),
				      .subject = i,
				      .run_at = d->now + (i ? -1 : HOUR_MS)};
		TRY(job_add(c, &j, i < 4 ? &d->ids[i] : NULL));
	}
	return E_OK;
}

static enum err read_due(struct ctx *c, void *arg)
{
	struct due *d = arg;

	return job_due(c, d->now, COUNT(d->rows), d->rows, COUNT(d->rows), &d->n);
}

static enum err cancel_first(struct ctx *c, void *arg)
{
	return job_cancel(c, "probe", 0, &((struct due *)arg)->gone);
}

static enum err claim_third(struct ctx *c, void *arg)
{
	struct due *d = arg;
	struct job_claim_row row;

	return job_claim(c, &(struct job_claim_in){d->ids[2], d->now, d->now + 1000, S("test")},
			 &row, 1, &d->n);
}

/* Thousands wait behind one of their key: what may start is one look into an index. */
static void finds_the_next_of_a_key(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		struct due d = {.now = 1000000};

		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, add_jobs, &d), E_OK);
		assert_int_equal(testing_do(&t, read_due, &d), E_OK);
		assert_int_equal(d.n, 0);
		assert_int_equal(testing_do(&t, cancel_first, &d), E_OK);
		assert_true(d.gone);
		assert_int_equal(testing_do(&t, read_due, &d), E_OK);
		assert_int_equal(d.n, 1);
		assert_int_equal(d.rows[0].id, d.ids[1]);
		assert_int_equal(testing_do(&t, claim_third, &d), E_OK);
		assert_int_equal(d.n, 0); /* not before its turn */

		struct str plan = testing_plan(&t, &job_due_query, 0);
		assert_true(str_find(plan, S("job_ready")) >= 0);
		assert_true(str_find(plan, S("SCAN job")) < 0);
		assert_true(str_find(plan, S("SUBQUERY")) < 0 && str_find(plan, S("SubPlan")) < 0);
		testing_close(&t);
	}
}

struct two {
	struct due due;
	int64_t ids[4];
};

/* Two of one subject, each with another waiting behind it. */
static enum err add_two_keys(struct ctx *c, void *arg)
{
	struct two *w = arg;

	for (int i = 0; i < 4; i++)
		TRY(job_add(c,
			    &(struct job){.kind = S("probe"),
					  .key = i % 2 ? S("b") : S("a"),
					  .subject = i < 2 ? 7 : i,
					  .run_at = w->due.now + (i < 2 ? HOUR_MS : -1)},
			    &w->ids[i]));
	return E_OK;
}

static enum err cancel_seven(struct ctx *c, void *arg)
{
	return job_cancel(c, "probe", 7, &((struct two *)arg)->due.gone);
}

static enum err read_two(struct ctx *c, void *arg)
{
	return read_due(c, &((struct two *)arg)->due);
}

/* Whoever waited behind one that was taken back may start, whatever its key. */
static void frees_every_key(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		struct two w = {.due.now = 1000000};

		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, add_two_keys, &w), E_OK);
		assert_int_equal(testing_do(&t, read_two, &w), E_OK);
		assert_int_equal(w.due.n, 0);
		assert_int_equal(testing_do(&t, cancel_seven, &w), E_OK);
		assert_true(w.due.gone);
		assert_int_equal(testing_do(&t, read_two, &w), E_OK);
		assert_int_equal(w.due.n, 2);
		assert_int_equal(w.due.rows[0].id, w.ids[2]);
		assert_int_equal(w.due.rows[1].id, w.ids[3]);
		testing_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(acts_on_many_at_once),
	    cmocka_unit_test(gets_on_among_others),
	    cmocka_unit_test(frees_every_key),
	    cmocka_unit_test(finds_the_next_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
