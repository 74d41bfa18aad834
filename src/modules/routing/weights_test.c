/* Each rule of the policy shows: taken away, one of these fails. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/desk_testing.h"

#include <math.h>

/* ---- a freed person ---- */

static void freed_people_take_calls(void **state)
{
	(void)state;
	struct desk d = desk_of(1);

	d.s->people[0].channels = CALLS | CHATS;
	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){1, -1, DE, 0, CH_PHONE, 0, 0}), 0);
	assert_int_equal(arrive(&d, 1, (struct arrival){2, -1, DE, 0, CH_PHONE, 0, 0}), -1);
	assert_int_equal(event(&d, ROUTE_FREE, 60, 0, 1), E_OK);
	assert_int_equal(given(&d), 2);
	arena_free(d.a);
}

/* Two wait, the second more important or more upset: who is taken? */
static int64_t taken(uint8_t vip, uint8_t emotion, double weight_vip, double weight_emotion)
{
	struct desk d = desk_of(1);

	d.s->weights.vip = weight_vip;
	d.s->weights.emotion = weight_emotion;
	d.s->weights.vip_cap_s = d.s->weights.age_cap_s;
	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){1, -1, DE, 0, CH_CHAT, 0, 0}), 0);
	assert_int_equal(arrive(&d, 1, (struct arrival){2, -1, DE, 0, CH_CHAT, 0, 0}), -1);
	assert_int_equal(arrive(&d, 2, (struct arrival){3, -1, DE, 0, CH_CHAT, vip, emotion}), -1);
	assert_int_equal(event(&d, ROUTE_FREE, 60, 0, 1), E_OK);
	int64_t id = given(&d);
	arena_free(d.a);
	return id;
}

static void weighs_customers(void **state)
{
	(void)state;
	assert_int_equal(taken(0, 0, 4, 0.4), 2);
	assert_int_equal(taken(1, 0, 4, 0.4), 3);
	assert_int_equal(taken(0, 2, 4, 0.4), 3);
	assert_int_equal(taken(1, 0, 0, 0.4), 2);
	assert_int_equal(taken(0, 2, 4, 0), 2);
}

/* ---- an arrival ---- */

static void knows_the_market(void **state)
{
	(void)state;
	struct desk d = desk_of(3);

	d.s->people[2].markets = 1u << 5;
	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){1, -1, DE, 5, CH_CHAT, 0, 0}), 2);
	arena_free(d.a);
}

/* Of two who differ by a trifle, the one who worked all day or the one who did nothing? */
static int64_t after_a_day(double fair)
{
	struct desk d = desk_of(2);

	d.s->people[0].markets = 1; /* a trifle better */
	d.s->weights.fair = fair;
	desk_open(&d);
	for (int64_t i = 0; i < 8; i++) {
		double t = (double)i * 3600;
		assert_int_equal(arrive(&d, t, (struct arrival){i, 0, DE, 0, CH_CHAT, 0, 0}), 0);
		assert_int_equal(event(&d, ROUTE_FREE, t + 3500, 0, i), E_OK);
	}
	int64_t who = arrive(&d, 8 * 3600, (struct arrival){9, -1, DE, 0, CH_CHAT, 0, 0});
	arena_free(d.a);
	return who;
}

static void evens_out_the_work(void **state)
{
	(void)state;
	assert_int_equal(after_a_day(0), 0);
	assert_int_equal(after_a_day(0.5), 1);
}

/* Equals: who had two waits until the other has had two, though she is idle for longer. */
static void takes_turns(void **state)
{
	(void)state;
	struct desk d = desk_of(2);

	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){1, -1, DE, 0, CH_CHAT, 0, 0}), 0);
	assert_int_equal(arrive(&d, 1, (struct arrival){2, -1, DE, 0, CH_CHAT, 0, 0}), 1);
	assert_int_equal(event(&d, ROUTE_FREE, 2, 0, 1), E_OK);
	assert_int_equal(arrive(&d, 3, (struct arrival){3, -1, DE, 0, CH_CHAT, 0, 0}), 0);
	assert_int_equal(event(&d, ROUTE_FREE, 10, 0, 3), E_OK);
	assert_int_equal(event(&d, ROUTE_FREE, 20, 1, 2), E_OK);
	assert_int_equal(arrive(&d, 30, (struct arrival){4, -1, DE, 0, CH_CHAT, 0, 0}), 1);
	arena_free(d.a);
}

/* ---- overflow ---- */

struct overflow {
	struct desk d;
	double t;
	int64_t next;
	uint8_t worst, last, of_de; /* states: the worst seen, the last, German's worst */
	bool amber_up, amber_down;
	double left_red_at; /* load when red ended */
};

static void watch(struct overflow *o)
{
	for (size_t i = 0; i < o->d.out.n_changes; i++) {
		const struct route_change *c = &o->d.out.changes[i];
		if (c->lang == DE && c->state > o->of_de)
			o->of_de = c->state;
		if (c->lang >= 0)
			continue;
		o->amber_up |= c->state == ROUTE_AMBER && o->last == ROUTE_GREEN;
		o->amber_down |= c->state == ROUTE_AMBER && o->last == ROUTE_RED;
		if (o->last == ROUTE_RED)
			o->left_red_at = c->pressure;
		o->last = c->state;
		o->worst = c->state > o->worst ? c->state : o->worst;
	}
}

/* A flood that rises and ebbs, one person to serve it: every state on the way up and down. */
static void goes_through_all_states(void **state)
{
	(void)state;
	struct overflow o = {.d = desk_of(1)};

	desk_open(&o.d);
	for (; o.t < 3000; o.t += 10) {
		if (o.t < 900 && fmod(o.t, 100) < 1) {
			arrive(&o.d, o.t, (struct arrival){o.next++, -1, DE, 0, CH_CHAT, 0, 0});
			watch(&o);
		}
		if (o.t >= 1200 && o.next > 1) {
			/* they give up one after the other */
			enum err r = event(&o.d, ROUTE_ABANDON, o.t, 0, --o.next);
			assert_true(r == E_OK || r == E_CONFLICT);
			watch(&o);
		}
		assert_int_equal(event(&o.d, ROUTE_TICK, o.t, 0, 0), E_OK);
		watch(&o);
	}
	assert_int_equal(o.worst, ROUTE_RED);
	assert_int_equal(o.of_de, ROUTE_RED);
	assert_int_equal(o.last, ROUTE_GREEN);
	assert_true(o.amber_up);
	assert_true(o.left_red_at < o.d.s->weights.release);
	arena_free(o.d.a);
}

/* Callbacks offered within an hour to callers who wait, at a desk this full. */
static unsigned callbacks(size_t people, int64_t callers)
{
	struct desk d = desk_of(people);
	unsigned offers = 0;
	int64_t id = 1;

	d.s->people[0].channels = CALLS;
	desk_open(&d);
	arrive(&d, 0, (struct arrival){0, -1, DE, 0, CH_PHONE, 0, 0});
	for (double t = 10; t < 3600; t += 10) {
		if (id <= callers)
			arrive(&d, t, (struct arrival){id++, -1, DE, 0, CH_PHONE, 0, 0});
		assert_int_equal(event(&d, ROUTE_TICK, t, 0, 0), E_OK);
		for (size_t i = 0; i < d.out.n; i++)
			offers += d.out.v[i].act == ROUTE_CALLBACK;
		/* calls of five minutes, so that there is a rate to promise from */
		struct engine_stats s = engine_stats(d.e);
		for (int64_t k = 0; fmod(t, 300) < 1 && s.in_hand && k < id; k++)
			if (event(&d, ROUTE_FREE, t, 0, k) == E_OK)
				break;
	}
	arena_free(d.a);
	return offers;
}

static void offers_callbacks_in_red_only(void **state)
{
	(void)state;
	assert_int_equal(callbacks(40, 3), 0); /* thirty-nine who chat: the desk is green */
	assert_true(callbacks(1, 4) > 0);
}

/* Down to one chat with a promised call near: no other chat, then the call. */
static void keeps_free_for_promises(void **state)
{
	(void)state;
	struct desk d = desk_of(1);
	struct route_event yes = {.kind = ROUTE_CALLBACK_YES, .id = 9, .deadline = 1500};
	bool asked = false;
	double t = 0;

	d.s->people[0].channels = CALLS | CHATS;
	d.s->people[0].max_chat = 2;
	d.s->weights.keep = 50;
	desk_open(&d);
	assert_int_equal(arrive(&d, 0, (struct arrival){0, -1, DE, 0, CH_PHONE, 0, 0}), 0);
	assert_int_equal(event(&d, ROUTE_FREE, 1, 0, 0), E_OK);
	assert_int_equal(arrive(&d, 2, (struct arrival){1, -1, DE, 0, CH_CHAT, 0, 0}), 0);
	assert_int_equal(arrive(&d, 3, (struct arrival){2, -1, DE, 0, CH_CHAT, 0, 0}), 0);
	assert_int_equal(arrive(&d, 4, (struct arrival){9, -1, DE, 0, CH_PHONE, 0, 0}), -1);
	for (t = 10; t < 900 && !asked; t += 10) {
		assert_int_equal(event(&d, ROUTE_TICK, t, 0, 0), E_OK);
		asked = d.out.n && d.out.v[0].act == ROUTE_CALLBACK && given(&d) == 9;
	}
	assert_true(asked);
	yes.t = t;
	assert_int_equal(engine_step(d.e, &yes, &d.out), E_OK);
	assert_int_equal(arrive(&d, t, (struct arrival){3, -1, DE, 0, CH_CHAT, 0, 0}), -1);
	for (; t < 700; t += 10)
		assert_int_equal(event(&d, ROUTE_TICK, t, 0, 0), E_OK);
	assert_int_equal(event(&d, ROUTE_FREE, t, 0, 1), E_OK);
	assert_int_equal(given(&d), -1);
	assert_int_equal(event(&d, ROUTE_FREE, t + 1, 0, 2), E_OK);
	assert_int_equal(given(&d), 9);
	arena_free(d.a);
}

/* ---- learning ---- */

/* The factor of chats' work after n that took `times` as long as was told. */
static double learned(struct desk *d, int64_t *next, int n, double times)
{
	for (int i = 0; i < n; i++, ++*next) {
		double t = (double)*next * 4000;
		assert_int_equal(arrive(d, t, (struct arrival){*next, -1, DE, 0, CH_CHAT, 0, 0}),
				 0);
		assert_int_equal(event(d, ROUTE_FREE, t + 400 * times, 0, *next), E_OK);
	}
	assert_int_equal(event(d, ROUTE_TICK, (double)*next * 4000, 0, 0), E_OK);
	return engine_stats(d->e).work_factor[CH_CHAT];
}

static void learns_with_care(void **state)
{
	(void)state;
	struct desk d = desk_of(1);
	int64_t next = 1;

	desk_open(&d);
	double few = learned(&d, &next, 8, 2);
	assert_true(few > 1.02 && few < 1.2); /* shrunk towards what was told */
	double many = learned(&d, &next, 4000, 6);
	assert_true(many > 2.4 && many <= 2.5);         /* and bounded */
	assert_true(learned(&d, &next, 6000, 1) < 1.4); /* and forgotten */
	arena_free(d.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(freed_people_take_calls),
	    cmocka_unit_test(weighs_customers),
	    cmocka_unit_test(knows_the_market),
	    cmocka_unit_test(evens_out_the_work),
	    cmocka_unit_test(takes_turns),
	    cmocka_unit_test(goes_through_all_states),
	    cmocka_unit_test(offers_callbacks_in_red_only),
	    cmocka_unit_test(keeps_free_for_promises),
	    cmocka_unit_test(learns_with_care),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
