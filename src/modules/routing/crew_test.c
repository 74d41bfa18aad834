/* The calling crew: a desk that is flooded for long keeps a few people for calls, promises
 * callbacks to simple calls only, and gives everybody back when it is over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DE, EN, CALLS = 1 << PLACE_PHONE, CHATS = 1 << PLACE_CHAT, PEOPLE = 25, HELD_MAX = 4096 };

struct desk {
	struct arena *a;
	struct engine *e;
	struct route_out out;
	int64_t next_id, agent_of[HELD_MAX]; /* by contact: who has it in hand, -1 nobody */
	double began[HELD_MAX];              /* by contact: when its work did */
	uint8_t channel_of[HELD_MAX], complex_of[HELD_MAX];
	bool crew[PEOPLE];
	int crew_chats_at_once;
	unsigned promised, promised_others, crew_calls;
	struct buf why, why_zh;
};

/* Twenty-five with three places for chats and a phone; every fifth has two places; English is
 * spoken by all, German by the even ones. */
static struct desk desk_new(double crew)
{
	struct desk d = {.a = arena_new()};
	struct route_setup *s = NEW(d.a, struct route_setup);

	s->model = route_model_default;
	s->weights = route_weights_default;
	s->weights.crew = crew;
	route_name(d.a, &s->langs, S("de"));
	route_name(d.a, &s->langs, S("en"));
	route_name(d.a, &s->topics, S("tax"));
	route_name(d.a, &s->markets, S("DE"));
	s->people = NEWN(d.a, struct route_person, PEOPLE);
	s->n_people = PEOPLE;
	for (int i = 0; i < PEOPLE; i++) {
		struct route_person *p = &s->people[i];
		*p = (struct route_person){.id = i, .channels = CALLS | CHATS};
		p->max_chat = i % 5 ? 3 : 2;
		p->skills[0] = 4;
		p->langs[p->n_langs++] = (struct route_speaks){EN, 5};
		if (i % 2 == 0)
			p->langs[p->n_langs++] = (struct route_speaks){DE, 5};
	}
	d.e = engine_new(d.a, s);
	d.why = d.why_zh = (struct buf)BUF(d.a);
	memset(d.agent_of, -1, sizeof d.agent_of);
	for (int i = 0; i < PEOPLE; i++) {
		struct route_event on = {.kind = ROUTE_ON, .agent = i};
		assert_int_equal(engine_step(d.e, &on, &d.out), E_OK);
	}
	return d;
}

static int chats_of(const struct desk *d, int64_t agent)
{
	int n = 0;

	for (int64_t i = 0; i < d->next_id; i++)
		n += d->agent_of[i] == agent && d->channel_of[i] != CH_PHONE;
	return n;
}

static void note(struct desk *d, const struct route_decision *r)
{
	if (r->act == ROUTE_CALLBACK) {
		bool simple_call =
		    d->channel_of[r->contact] == CH_PHONE && !d->complex_of[r->contact];
		d->promised += simple_call;
		d->promised_others += !simple_call;
		return;
	}
	d->agent_of[r->contact] = r->agent;
	if (!r->terms.crew)
		return;
	d->crew[r->agent] = true;
	if (d->channel_of[r->contact] == CH_PHONE && d->crew_calls++ == 0) {
		engine_reason(d->e, r, false, &d->why);
		engine_reason(d->e, r, true, &d->why_zh);
	}
	int chats = chats_of(d, r->agent);
	d->crew_chats_at_once = chats > d->crew_chats_at_once ? chats : d->crew_chats_at_once;
}

static void step(struct desk *d, struct route_event v)
{
	assert_int_equal(engine_step(d->e, &v, &d->out), E_OK);
	for (size_t i = 0; i < d->out.n; i++)
		note(d, &d->out.v[i]);
}

static void arrive(struct desk *d, double t, enum route_channel ch, bool complex)
{
	struct route_contact c = {.id = d->next_id,
				  .case_id = d->next_id,
				  .prev_agent = -1,
				  .t = t,
				  .target_s = 30,
				  .channel = (uint8_t)ch,
				  .complex = complex,
				  .need_lang = ch == CH_PHONE ? 4 : 3,
				  .need_skill = 2,
				  .n_langs = 1,
				  .lang = (uint8_t)(d->next_id % 2 ? EN : DE)};

	assert_true(d->next_id < HELD_MAX);
	c.langs[0] = (struct route_speaks){c.lang, 5};
	d->channel_of[d->next_id] = (uint8_t)ch;
	d->complex_of[d->next_id++] = complex;
	step(d, (struct route_event){.kind = ROUTE_ARRIVE, .t = t, .contact = &c});
}

/* Every `every` seconds somebody, each third a caller; everybody is done 400 s after they began. */
static void run(struct desk *d, double from, double to, double every)
{
	double next = from;

	for (double t = from; t < to; t += 2) {
		for (; next <= t; next += every)
			arrive(d, t, d->next_id % 3 == 1 ? CH_PHONE : CH_CHAT, d->next_id % 4 == 0);
		for (int64_t i = 0; i < d->next_id; i++) {
			if (d->agent_of[i] < 0)
				d->began[i] = t;
			if (d->agent_of[i] < 0 || t - d->began[i] < 400)
				continue;
			struct route_event v = {
			    .kind = ROUTE_FREE, .t = t, .agent = d->agent_of[i], .id = i};
			d->agent_of[i] = -1;
			d->channel_of[i] = CH_EMAIL; /* over */
			d->began[i] = t + 1e9;
			step(d, v);
		}
		step(d, (struct route_event){.kind = ROUTE_TICK, .t = t});
	}
}

static int size_of_crew(const struct desk *d)
{
	int n = 0;

	for (int i = 0; i < PEOPLE; i++)
		n += d->crew[i];
	return n;
}

/* A flood: a crew of the size that is set, with one chat at most, and promises to simple calls. */
static void test_crew_in_a_flood(void **state)
{
	struct desk d = desk_new(0.08);
	(void)state;

	run(&d, 0, 1400, 4);
	assert_int_equal(engine_stats(d.e).state, ROUTE_RED);
	assert_int_equal(size_of_crew(&d), 0); /* a short peak is no flood */
	d.promised = d.promised_others = 0;
	run(&d, 1400, 4000, 4);
	assert_int_equal(size_of_crew(&d), 2);
	assert_true(d.crew_calls >= 6);
	assert_in_range(d.crew_chats_at_once, 0, 1);
	assert_true(d.promised > 0);
	assert_int_equal(d.promised_others, 0);
	assert_non_null(strstr(d.why.p, ", calling crew, desk red"));
	assert_non_null(strstr(d.why_zh.p, "来电小组"));
	arena_free(d.a);
}

/* Those chosen give up the fewest places and speak what is called in. */
static void test_who_joins(void **state)
{
	struct desk d = desk_new(0.08);
	(void)state;

	run(&d, 0, 4000, 4);
	assert_int_equal(size_of_crew(&d), 2);
	for (int i = 0; i < PEOPLE; i++)
		if (d.crew[i])
			assert_int_equal(i % 10, 0); /* two places, German and English */
	arena_free(d.a);
}

/* Off, and where the share is less than half a person; with more than half there is one. */
static void test_size_of_crew(void **state)
{
	static const struct {
		double crew;
		int size;
	} rows[] = {{0, 0}, {0.015, 0}, {0.03, 1}};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk d = desk_new(rows[i].crew);
		run(&d, 0, 4000, 4);
		assert_int_equal(engine_stats(d.e).state, ROUTE_RED);
		assert_int_equal(size_of_crew(&d), rows[i].size);
		arena_free(d.a);
	}
}

/* When it is over, who was of the crew takes chats as before. */
static void test_crew_is_given_back(void **state)
{
	struct desk d = desk_new(0.08);
	int most = 0;
	(void)state;

	run(&d, 0, 4000, 4);
	for (int64_t i = 0; i < d.next_id; i++) /* the queue gives up */
		if (d.agent_of[i] < 0 && d.channel_of[i] != CH_EMAIL) {
			struct route_event v = {.kind = ROUTE_ABANDON, .t = 4000, .id = i};
			d.channel_of[i] = CH_EMAIL;
			step(&d, v);
		}
	run(&d, 4000, 7000, 30);
	assert_int_not_equal(engine_stats(d.e).state, ROUTE_RED);
	for (int k = 0; k < 80; k++)
		arrive(&d, 7000, CH_CHAT, false);
	for (int i = 0; i < PEOPLE; i++)
		most = d.crew[i] && chats_of(&d, i) > most ? chats_of(&d, i) : most;
	assert_int_equal(most, 2);
	arena_free(d.a);
}

/* A restored engine knows its crew, its flood and what it promised: same bytes, same decisions. */
static void test_crew_is_restored(void **state)
{
	struct desk d = desk_new(0.08);
	struct engine *copy;
	struct buf first = BUF(d.a), again = BUF(d.a);
	(void)state;

	run(&d, 0, 4000, 4);
	assert_int_equal(size_of_crew(&d), 2);
	engine_snapshot(d.e, &first);
	assert_int_equal(engine_restore(d.a, buf_str(&first), &copy), E_OK);
	engine_snapshot(copy, &again);
	assert_true(str_eq(buf_str(&first), buf_str(&again)));
	struct desk r = d;
	r.e = copy;
	run(&d, 4000, 4600, 4);
	run(&r, 4000, 4600, 4);
	assert_memory_equal(d.agent_of, r.agent_of, sizeof d.agent_of);
	assert_int_equal(d.promised, r.promised);
	arena_free(d.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_crew_in_a_flood),  cmocka_unit_test(test_who_joins),
	    cmocka_unit_test(test_size_of_crew),     cmocka_unit_test(test_crew_is_given_back),
	    cmocka_unit_test(test_crew_is_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
