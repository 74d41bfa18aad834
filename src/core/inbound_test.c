/* What arrives and cannot be taken in waits alone; the rest of the line goes on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/inbound.h"
#include "core/operate.h"
#include "core/testing.h"
#include "core/work.sql.h"
#include "core/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Bytes are "SENDER what": "busy" cannot be taken in while the world is busy, "bad" never. */
static bool busy;
static char taken[200];

static enum err parse(struct arena *a, const struct channel_at *at, struct str raw,
		      struct incoming *out, struct json_why *why)
{
	(void)a, (void)at, (void)why;
	str_cut(&raw, ' ', &out->from.address);
	out->subject = out->text = raw;
	return E_OK;
}

static enum err receive(struct ctx *c, const struct incoming *in)
{
	(void)c;
	if (str_eq(in->text, S("busy")) && busy)
		return E_BUSY;
	if (str_eq(in->text, S("bad")))
		return E_INTERNAL;
	size_t n = strlen(taken);
	snprintf(taken + n, sizeof taken - n, "%.*s:%.*s ", STR(in->from.address), STR(in->text));
	return E_OK;
}

static const struct channel mail = {.name = "email", .parse = parse};
static const struct channel *const channels[] = {&mail, NULL};

static enum err link_of(struct ctx *c, int64_t inbox_id, struct inbox_link *out)
{
	(void)c;
	*out = (struct inbox_link){.id = inbox_id, .channel = &mail};
	return E_OK;
}

static const struct module taker = {.name = "taker", .link = link_of, .receive = receive};
static const struct module *const modules[] = {&core_module, &taker, NULL};

struct arrival {
	int64_t inbox;
	const char *bytes;
	bool partial;
};

static enum err arrive(struct ctx *c, void *arg)
{
	const struct arrival *v = arg;
	static int n;
	struct str hash, id = str_fmt(c->a, "d%d", n++);
	bool fresh;

	TRY(blob_put(c->desk->blobs, c->a, str_of(v->bytes), &hash));
	TRY(inbound_add(c, v->inbox, id, hash, 1, &fresh));
	if (v->partial)
		TRY(inbound_partial(c, v->inbox, id, "email.not_fetched", S("it said NO")));
	return E_OK;
}

static void come(struct testing *t, int64_t inbox, const char *bytes)
{
	assert_int_equal(testing_do(t, arrive, &(struct arrival){inbox, bytes, false}), E_OK);
}

static void rounds(struct testing *t)
{
	while (inbound_round(t->desk))
		;
}

/* The pause is over for all that wait. */
static enum err hurry(struct ctx *c, void *arg)
{
	struct inbound_new_ones_row rows[50];
	size_t n;

	(void)arg;
	TRY(inbound_new_ones(c, c->now + 2 * (int64_t)DAY_MS, COUNT(rows), rows, COUNT(rows), &n));
	for (size_t i = 0; i < n; i++)
		TRY(inbound_wait(c, &(struct inbound_wait_in){.id = rows[i].id,
							      .sender = S("ann"),
							      .tries = rows[i].tries,
							      .next_at = 1}));
	return E_OK;
}

static void test_one_waits_alone(int engine)
{
	struct testing t;

	testing_open(&t, engine, modules, channels);
	busy = true;
	taken[0] = '\0';
	come(&t, 1, "ann busy");
	come(&t, 1, "bob one");
	come(&t, 1, "ann after");
	come(&t, 2, "ann elsewhere");
	come(&t, 1, "cat bad");
	come(&t, 1, "cat next");
	rounds(&t);
	/* Ann's second mail to the same inbox waits behind her first; nobody else does. */
	assert_string_equal(taken, "bob:one ann:elsewhere cat:next ");
	rounds(&t);
	assert_string_equal(taken, "bob:one ann:elsewhere cat:next ");
	busy = false;
	taken[0] = '\0';
	assert_int_equal(testing_do(&t, hurry, NULL), E_OK);
	rounds(&t);
	assert_string_equal(taken, "ann:busy ann:after ");
	testing_close(&t);
}

struct failed {
	struct arena *a;
	struct inbound_failed_list_row rows[10];
	size_t n;
};

static enum err list_failed(struct ctx *c, void *arg)
{
	struct failed *f = arg;
	int64_t ids[] = {1, 2};

	c->a = f->a;
	return inbound_failed_list(c, (struct ids){ids, 2}, 0, 10, f->rows, 10, &f->n);
}

static void test_at_last_a_person_sees_it(int engine)
{
	struct testing t;
	struct failed f;
	int rounds_needed = 0;

	testing_open(&t, engine, modules, channels);
	f.a = t.a;
	busy = true;
	taken[0] = '\0';
	come(&t, 1, "ann busy");
	come(&t, 1, "ann after");
	do {
		assert_int_equal(testing_do(&t, hurry, NULL), E_OK);
		rounds(&t);
		assert_int_equal(testing_do(&t, list_failed, &f), E_OK);
	} while (f.n == 0 && ++rounds_needed < 50);
	assert_int_equal(f.n, 1);
	assert_true(rounds_needed >= 5 && rounds_needed < 20);
	assert_true(str_eq(f.rows[0].error_key, S("inbound.busy")));
	assert_true(str_eq(f.rows[0].sender, S("ann")));
	/* What stood behind it goes on. */
	assert_string_equal(taken, "ann:after ");
	testing_close(&t);
}

/* Not the whole mail: who wrote and about what is shown, and nothing is made of it. */
static void test_partial_is_shown(int engine)
{
	struct testing t;
	struct failed f;
	struct arrival half = {1, "ann half of it", true};

	testing_open(&t, engine, modules, channels);
	f.a = t.a;
	taken[0] = '\0';
	assert_int_equal(testing_do(&t, arrive, &half), E_OK);
	come(&t, 1, "bob whole");
	rounds(&t);
	assert_int_equal(testing_do(&t, list_failed, &f), E_OK);
	assert_int_equal(f.n, 1);
	assert_true(str_eq(f.rows[0].error_key, S("email.not_fetched")));
	assert_true(str_eq(f.rows[0].error_arg, S("it said NO")));
	assert_true(str_eq(f.rows[0].subject, S("half of it")));
	assert_string_equal(taken, "bob:whole ");
	testing_close(&t);
}

static void test_all(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		test_one_waits_alone(e);
		test_at_last_a_person_sees_it(e);
		test_partial_is_shown(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
