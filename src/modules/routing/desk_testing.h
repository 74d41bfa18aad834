/* desk_testing.h - a small desk for tests of the engine: set up, changed, opened, then told events.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { DE, TH, TAX = 0, CALLS = 1 << PLACE_PHONE, CHATS = 1 << PLACE_CHAT };

struct desk {
	struct arena *a;
	struct route_setup *s;
	struct engine *e;
	struct route_out out;
};

/* n people with German 5, tax 4 and one chat at a time each; desk_open() lets them in. */
static inline struct desk desk_of(size_t n)
{
	struct desk d = {.a = arena_new()};
	struct route_setup *s = NEW(d.a, struct route_setup);

	s->model = route_model_default;
	s->weights = route_weights_default;
	route_name(d.a, &s->langs, S("de"));
	route_name(d.a, &s->langs, S("th"));
	route_name(d.a, &s->topics, S("tax"));
	for (int i = 0; i < 60; i++)
		route_name(d.a, &s->markets, str_fmt(d.a, "M%d", i));
	s->people = NEWN(d.a, struct route_person, n);
	s->n_people = n;
	for (size_t i = 0; i < n; i++) {
		s->people[i] = (struct route_person){
		    .id = (int64_t)i, .channels = CHATS, .max_chat = 1, .n_langs = 1};
		s->people[i].langs[0] = (struct route_speaks){DE, 5};
		s->people[i].skills[TAX] = 4;
	}
	d.s = s;
	return d;
}

static inline void desk_open(struct desk *d)
{
	d->e = engine_new(d->a, d->s);
	for (size_t i = 0; i < d->s->n_people; i++) {
		struct route_event on = {.kind = ROUTE_ON, .agent = (int64_t)i};
		assert_int_equal(engine_step(d->e, &on, &d->out), E_OK);
	}
}

static inline enum err event(struct desk *d, enum route_event_kind kind, double t, int64_t agent,
			     int64_t id)
{
	struct route_event v = {.kind = kind, .t = t, .agent = agent, .id = id};

	return engine_step(d->e, &v, &d->out);
}

/* The first contact that the last event gave somebody; -1: none. */
static inline int64_t given(const struct desk *d)
{
	return d->out.n ? d->out.v[0].contact : -1;
}

struct arrival {
	int64_t id, before; /* before: who served them, -1 nobody */
	uint8_t lang, market, channel, vip, emotion;
};

/* Who takes them; -1: nobody. */
static inline int64_t arrive(struct desk *d, double t, struct arrival a)
{
	struct route_contact c = {.id = a.id,
				  .case_id = a.id,
				  .prev_agent = a.before,
				  .t = t,
				  .target_s = 30,
				  .channel = a.channel,
				  .market = a.market,
				  .vip = a.vip,
				  .emotion = a.emotion,
				  .need_lang = 3,
				  .need_skill = 4,
				  .n_langs = 1,
				  .lang = a.lang,
				  .langs = {{a.lang, 5}}};
	struct route_event v = {.kind = ROUTE_ARRIVE, .t = t, .contact = &c};

	assert_int_equal(engine_step(d->e, &v, &d->out), E_OK);
	return d->out.n ? d->out.v[0].agent : -1;
}
