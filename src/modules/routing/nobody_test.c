/* Nobody is forgotten: not the oldest among many classes, not who speaks what nobody does, not the
 * person before among hundreds, not who could still be asked when others refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/desk_testing.h"

/* One person for a flood that never ends; how long the first of it waits. */
static double wait_in_flood(uint8_t lang, uint8_t channel, unsigned classes)
{
	struct desk d = desk_of(1);
	int64_t next = 1, hand = 0;
	double t = 0;

	desk_open(&d);
	assert_int_equal(arrive(&d, t, (struct arrival){0, -1, DE, 0, CH_CHAT}), 0);
	assert_int_equal(arrive(&d, 1, (struct arrival){next++, -1, lang, 0, channel}), -1);
	for (unsigned i = 0; i < 60; i++)
		arrive(&d, 2, (struct arrival){next++, -1, DE, (uint8_t)(i % classes), CH_CHAT});
	for (t = 60; t < 20000; t += 60) {
		assert_int_equal(event(&d, ROUTE_FREE, t, 0, hand), E_OK);
		hand = given(&d);
		if (hand == 1)
			break;
		arrive(&d, t, (struct arrival){next++, -1, DE, (uint8_t)(next % classes), CH_CHAT});
	}
	arena_free(d.a);
	return t;
}

static void serves_the_oldest(void **state)
{
	(void)state;
	assert_true(wait_in_flood(DE, CH_TELEGRAM, 1) < 1400);
	assert_true(wait_in_flood(DE, CH_TELEGRAM, 20) < 1400);
	assert_true(wait_in_flood(DE, CH_TELEGRAM, 60) < 1400);
}

static void serves_whom_nobody_speaks_to(void **state)
{
	(void)state;
	assert_true(wait_in_flood(TH, CH_TELEGRAM, 60) < 1400);
}

static void finds_the_person_before(void **state)
{
	(void)state;
	struct desk d = desk_of(400);

	desk_open(&d);
	assert_int_equal(arrive(&d, 1, (struct arrival){1, 399, DE, 0, CH_CHAT}), 399);
	arena_free(d.a);
}

static void finds_who_knows_the_matter(void **state)
{
	(void)state;
	struct desk d = desk_of(400);

	for (size_t i = 0; i < 400; i++)
		d.s->people[i].skills[TAX] = i == 399 ? 5 : 1;
	desk_open(&d);
	assert_int_equal(arrive(&d, 1, (struct arrival){1, -1, DE, 0, CH_CHAT}), 399);
	arena_free(d.a);
}

/* Each is asked before anyone is asked again, and in time those who refused are. */
static void asks_everyone(void **state)
{
	(void)state;
	struct desk d = desk_of(3);

	for (size_t i = 0; i < 3; i++)
		d.s->people[i].skills[TAX] = (uint8_t)(5 - i);
	d.s->weights.offer_s = 300;
	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){1, -1, DE, 0, CH_CHAT}), 0);
	for (int64_t i = 0; i < 2; i++) {
		assert_int_equal(event(&d, ROUTE_DECLINE, 10 + (double)i, i, 1), E_OK);
		assert_int_equal(d.out.n, 1);
		assert_int_equal(d.out.v[0].agent, i + 1);
	}
	assert_int_equal(event(&d, ROUTE_DECLINE, 13, 2, 1), E_OK);
	assert_int_equal(d.out.n, 0);
	assert_int_equal(event(&d, ROUTE_TICK, 100, 0, 0), E_OK);
	assert_int_equal(d.out.n, 0);
	assert_int_equal(event(&d, ROUTE_TICK, 131, 0, 0), E_OK);
	assert_int_equal(d.out.n, 1);
	assert_int_equal(d.out.v[0].agent, 0);
	arena_free(d.a);
}

/* Offers run out in the order they were made, whatever slots the contacts lie in. */
static void restores_offers(void **state)
{
	(void)state;
	struct desk d = desk_of(3), r = {.a = arena_new()};
	struct buf b = BUF(d.a);

	d.s->weights.offer_s = 20;
	desk_open(&d);
	for (int64_t i = 0; i < 3; i++)
		assert_int_equal(arrive(&d, 0, (struct arrival){i, -1, DE, 0, CH_CHAT}), i);
	assert_int_equal(event(&d, ROUTE_ACCEPT, 1, 1, 1), E_OK);
	assert_int_equal(event(&d, ROUTE_FREE, 2, 0, 0), E_OK);
	assert_int_equal(arrive(&d, 3, (struct arrival){7, -1, DE, 0, CH_CHAT}), 0);
	arrive(&d, 4, (struct arrival){8, -1, DE, 0, CH_CHAT});
	engine_snapshot(d.e, &b);
	assert_int_equal(engine_restore(r.a, buf_str(&b), &r.e), E_OK);
	for (double t = 5; t < 400; t += 2) {
		assert_int_equal(event(&d, ROUTE_TICK, t, 0, 0), E_OK);
		assert_int_equal(event(&r, ROUTE_TICK, t, 0, 0), E_OK);
		assert_int_equal(d.out.n, r.out.n);
		for (size_t i = 0; i < d.out.n; i++) {
			assert_int_equal(d.out.v[i].contact, r.out.v[i].contact);
			assert_int_equal(d.out.v[i].agent, r.out.v[i].agent);
		}
	}
	arena_free(r.a);
	arena_free(d.a);
}

/* A language nobody had named until now, or a change of one's own grades, is no late arrival. */
static void keeps_turns(void **state)
{
	(void)state;
	struct desk d = desk_of(3);

	desk_open(&d);
	for (int64_t i = 0; i < 2; i++) {
		assert_int_equal(arrive(&d, 1, (struct arrival){i, -1, DE, 0, CH_CHAT, 0, 0}), i);
		assert_int_equal(event(&d, ROUTE_FREE, 1, i, i), E_OK);
	}
	assert_true(route_name(d.a, &d.s->langs, S("ko")) > TH);
	engine_names(d.e, d.s);
	struct route_event v = {.kind = ROUTE_PERSON, .t = 2, .person = &d.s->people[2]};
	assert_int_equal(engine_step(d.e, &v, &d.out), E_OK);
	assert_int_equal(arrive(&d, 3, (struct arrival){5, -1, DE, 0, CH_CHAT, 0, 0}), 2);
	arena_free(d.a);
}

/* Who speaks a variant of the new tag is found under it at once. */
static void knows_new_tags(void **state)
{
	(void)state;
	struct desk d = desk_of(2);

	d.s->people[0].langs[0] = (struct route_speaks){TH, 5};
	desk_open(&d);
	int austrian = route_name(d.a, &d.s->langs, S("de-AT"));
	engine_names(d.e, d.s);
	assert_int_equal(
	    arrive(&d, 1, (struct arrival){5, -1, (uint8_t)austrian, 0, CH_CHAT, 0, 0}), 1);
	assert_int_equal(d.out.v[0].terms.grade, 5);
	arena_free(d.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serves_the_oldest),
	    cmocka_unit_test(serves_whom_nobody_speaks_to),
	    cmocka_unit_test(finds_the_person_before),
	    cmocka_unit_test(finds_who_knows_the_matter),
	    cmocka_unit_test(keeps_turns),
	    cmocka_unit_test(knows_new_tags),
	    cmocka_unit_test(asks_everyone),
	    cmocka_unit_test(restores_offers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
