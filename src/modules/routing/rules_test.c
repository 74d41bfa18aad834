/* Rules that take several people to show: offers, what is left of a language, who comes on later.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DE, EN, CALLS = 1 << PLACE_PHONE, CHATS = 1 << PLACE_CHAT, MAIL = 1 << PLACE_MAIL };

struct desk {
	struct arena *a;
	struct engine *e;
	struct route_out out;
	int64_t next_id;
};

/* People 0, 1, ... on shift, each with these grades of German and English. */
struct who {
	uint8_t de, en, channels;
	double comes; /* 0: there from the start */
};

static struct desk desk_of(const struct who *w, size_t n, double offer_s)
{
	struct desk d = {.a = arena_new()};
	struct route_setup *s = NEW(d.a, struct route_setup);

	s->model = route_model_default;
	s->weights = route_weights_default;
	s->weights.offer_s = offer_s;
	route_name(d.a, &s->langs, S("de"));
	route_name(d.a, &s->langs, S("en"));
	route_name(d.a, &s->topics, S("tax"));
	route_name(d.a, &s->markets, S("DE"));
	s->people = NEWN(d.a, struct route_person, n);
	s->n_people = n;
	for (size_t i = 0; i < n; i++) {
		struct route_person *p = &s->people[i];
		*p = (struct route_person){.id = (int64_t)i, .channels = w[i].channels};
		p->max_chat = 3;
		p->skills[0] = 4;
		if (w[i].de)
			p->langs[p->n_langs++] = (struct route_speaks){DE, w[i].de};
		if (w[i].en)
			p->langs[p->n_langs++] = (struct route_speaks){EN, w[i].en};
		if (w[i].comes > 0) {
			p->n_on = 1;
			p->on[0][0] = w[i].comes;
			p->on[0][1] = w[i].comes + 8 * 3600;
		}
	}
	d.e = engine_new(d.a, s);
	for (size_t i = 0; i < n; i++) {
		struct route_event on = {.kind = ROUTE_ON, .agent = (int64_t)i};
		if (w[i].comes <= 0)
			assert_int_equal(engine_step(d.e, &on, &d.out), E_OK);
	}
	return d;
}

static enum err event(struct desk *d, enum route_event_kind kind, double t, int64_t agent,
		      int64_t id)
{
	struct route_event v = {.kind = kind, .t = t, .agent = agent, .id = id};

	return engine_step(d->e, &v, &d->out);
}

/* A customer of that language arrives; who takes them, -1: nobody. */
static int64_t arrive(struct desk *d, double t, unsigned lang, enum route_channel ch)
{
	struct route_contact c = {.id = d->next_id,
				  .case_id = d->next_id,
				  .prev_agent = -1,
				  .t = t,
				  .target_s = ch == CH_EMAIL ? 14400 : 30,
				  .channel = (uint8_t)ch,
				  .need_lang = ch == CH_PHONE ? 4 : 3,
				  .need_skill = 2,
				  .n_langs = 1,
				  .lang = (uint8_t)lang,
				  .langs = {{(uint8_t)lang, 5}}};
	struct route_event v = {.kind = ROUTE_ARRIVE, .t = t, .contact = &c};

	d->next_id++;
	assert_int_equal(engine_step(d->e, &v, &d->out), E_OK);
	return d->out.n ? d->out.v[0].agent : -1;
}

static struct desk restored(struct desk *d)
{
	struct buf b = BUF(d->a);
	struct desk r = {.a = arena_new(), .next_id = d->next_id};

	engine_snapshot(d->e, &b);
	assert_int_equal(engine_restore(r.a, buf_str(&b), &r.e), E_OK);
	arena_free(d->a);
	return r;
}

/* ---- offers ---- */

/* An offer nobody answers goes to the next in line, with the wait it had, and not back. */
static void test_offer_expires(void **state)
{
	struct desk d = desk_of((struct who[]){{5, 5, CHATS, 0}, {5, 5, CHATS, 0}}, 2, 20);
	(void)state;

	int64_t first = arrive(&d, 100, DE, CH_CHAT);
	assert_true(first == 0 || first == 1);
	assert_int_equal(d.out.v[0].act, ROUTE_OFFER);
	assert_int_equal(event(&d, ROUTE_TICK, 119, 0, 0), E_OK);
	assert_int_equal(d.out.n, 0);
	d = restored(&d);
	assert_int_equal(event(&d, ROUTE_TICK, 121, 0, 0), E_OK);
	assert_int_equal(d.out.n, 1);
	assert_int_equal(d.out.v[0].agent, 1 - first);
	assert_int_equal(d.out.v[0].act, ROUTE_OFFER);
	assert_true(d.out.v[0].terms.waited > 20 && d.out.v[0].terms.waited < 22);
	assert_int_equal(event(&d, ROUTE_ACCEPT, 122, first, 0), E_CONFLICT);
	assert_int_equal(event(&d, ROUTE_ACCEPT, 122, 1 - first, 0), E_OK);
	assert_int_equal(event(&d, ROUTE_TICK, 500, 0, 0), E_OK);
	assert_int_equal(d.out.n, 0);
	assert_int_equal(engine_stats(d.e).in_hand, 1);
	assert_int_equal(event(&d, ROUTE_DECLINE, 501, 1 - first, 0), E_CONFLICT);
	assert_int_equal(event(&d, ROUTE_FREE, 502, 1 - first, 0), E_OK);
	arena_free(d.a);
}

/* With nobody else there the contact waits; it may still leave, or meet who comes on shift. */
static void test_offer_left_alone(void **state)
{
	struct desk d = desk_of((struct who[]){{5, 5, CHATS, 0}, {5, 5, CHATS, 9e3}}, 2, 20);
	(void)state;

	assert_int_equal(arrive(&d, 0, DE, CH_CHAT), 0);
	assert_int_equal(arrive(&d, 1, DE, CH_CHAT), 0);
	assert_int_equal(event(&d, ROUTE_ABANDON, 2, 0, 1), E_CONFLICT);
	assert_int_equal(event(&d, ROUTE_TICK, 30, 0, 0), E_OK);
	assert_int_equal(d.out.n, 0);
	assert_int_equal(engine_stats(d.e).waiting, 2);
	assert_int_equal(event(&d, ROUTE_ABANDON, 40, 0, 1), E_OK);
	assert_int_equal(event(&d, ROUTE_ON, 50, 1, 0), E_OK);
	assert_int_equal(d.out.n, 1);
	assert_int_equal(d.out.v[0].contact, 0);
	assert_int_equal(d.out.v[0].agent, 1);
	arena_free(d.a);
}

/* A mail is given, not offered: nobody waits at the other end. */
static void test_mail_is_not_offered(void **state)
{
	struct desk d = desk_of((struct who[]){{5, 5, MAIL, 0}}, 1, 20);
	(void)state;

	assert_int_equal(arrive(&d, 0, DE, CH_EMAIL), 0);
	assert_int_equal(d.out.v[0].act, ROUTE_ASSIGN);
	arena_free(d.a);
}

/* ---- what is left of a language ---- */

/* The last place for Germans is not spent on who can be served by another, though it is her turn.
 */
static void test_scarce_place(void **state)
{
	struct who both = {5, 5, CHATS, 0}, english = {0, 5, CHATS, 0};
	struct desk d = desk_of((struct who[]){both, english}, 2, 0);
	struct buf why = BUF(d.a);
	(void)state;

	for (int i = 0; i < 3; i++)
		assert_int_equal(arrive(&d, 60 * i, DE, CH_CHAT), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(arrive(&d, 130 + i, EN, CH_CHAT), 1);
	for (int64_t i = 3; i < 5; i++) /* she takes two more in their place */
		assert_int_equal(event(&d, ROUTE_FREE, 140, 1, i), E_OK);
	assert_int_equal(arrive(&d, 150, EN, CH_CHAT), 1);
	assert_int_equal(event(&d, ROUTE_FREE, 200, 0, 0), E_OK);
	assert_int_equal(arrive(&d, 220, EN, CH_CHAT), 1);
	assert_int_equal(d.out.v[0].terms.because, BECAUSE_SCARCE);
	engine_reason(d.e, &d.out.v[0], false, &why);
	assert_non_null(strstr(why.p, "over agent 0, whose de is scarce now (1 of 3 places left)"));
	assert_int_equal(arrive(&d, 230, DE, CH_CHAT), 0);
	arena_free(d.a);
}

/* Where Germans call, a chat goes to who is chatting already and leaves the other free to answer.
 */
static void test_seat_for_calls(void **state)
{
	struct who one = {5, 5, CHATS | CALLS, 0};
	struct desk d = desk_of((struct who[]){one, one}, 2, 0);
	(void)state;

	for (int i = 0; i < 6; i++) {
		int64_t who = arrive(&d, i * 100, DE, CH_PHONE);
		assert_true(who >= 0);
		assert_int_equal(event(&d, ROUTE_FREE, i * 100 + 90, who, d.next_id - 1), E_OK);
	}
	int64_t first = arrive(&d, 650, DE, CH_CHAT);
	assert_int_equal(arrive(&d, 651, DE, CH_CHAT), first);
	d = restored(&d);
	assert_int_equal(arrive(&d, 652, DE, CH_CHAT), first);
	assert_int_equal(arrive(&d, 653, DE, CH_PHONE), 1 - first);
	arena_free(d.a);
}

/* ---- who comes on later ---- */

/* A mail with hours to go waits for her who speaks its language, and goes to her. */
static void test_mail_waits_for_shift(void **state)
{
	struct desk d = desk_of((struct who[]){{0, 5, MAIL, 0}, {5, 0, MAIL, 3600}}, 2, 0);
	(void)state;

	assert_int_equal(arrive(&d, 10, EN, CH_EMAIL), 0);
	assert_int_equal(event(&d, ROUTE_FREE, 20, 0, 0), E_OK);
	assert_int_equal(arrive(&d, 30, DE, CH_EMAIL), -1);
	d = restored(&d);
	assert_int_equal(event(&d, ROUTE_TICK, 40, 0, 0), E_OK);
	assert_int_equal(d.out.n, 0);
	assert_int_equal(event(&d, ROUTE_ON, 3600, 1, 0), E_OK);
	assert_int_equal(d.out.n, 1);
	assert_int_equal(d.out.v[0].agent, 1);
	arena_free(d.a);
}

/* She did not come: in the last hour before its deadline anyone takes the mail. */
static void test_mail_is_not_forgotten(void **state)
{
	struct desk d = desk_of((struct who[]){{0, 5, MAIL, 0}, {5, 0, MAIL, 3600}}, 2, 0);
	(void)state;

	assert_int_equal(arrive(&d, 30, DE, CH_EMAIL), -1);
	assert_int_equal(event(&d, ROUTE_TICK, 3700, 0, 0), E_OK);
	for (double t = 3700; d.out.n == 0 && t < 14400; t += 60)
		assert_int_equal(event(&d, ROUTE_TICK, t, 0, 0), E_OK);
	assert_int_equal(d.out.n, 1);
	assert_int_equal(d.out.v[0].agent, 0);
	arena_free(d.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offer_expires),
	    cmocka_unit_test(test_offer_left_alone),
	    cmocka_unit_test(test_mail_is_not_offered),
	    cmocka_unit_test(test_scarce_place),
	    cmocka_unit_test(test_seat_for_calls),
	    cmocka_unit_test(test_mail_waits_for_shift),
	    cmocka_unit_test(test_mail_is_not_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
