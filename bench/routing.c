/* routing - what a decision costs, in a small desk and in a flooded one, in the same run.
 *
 * Keeps so many waiting while people free up one after the other: each freed person chooses among
 * all who wait, each arrival finds nobody.  Prints microseconds, the ratio of the two medians, how
 * many candidates were looked at, and what was allocated while measuring (nothing, when warm). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANGS = 11, MARKETS = 12, TOPICS = 5, WARM = 120000, ROUNDS = 40000 };

struct bench {
	struct arena *a;
	struct engine *e;
	uint64_t s;
	int64_t next_id;
	double t, freed[ROUNDS], arrived[ROUNDS];
	struct {
		int64_t id, agent;
	} * hand;
	size_t n_hand, chosen;
};

static uint64_t draw(struct bench *b, uint64_t n)
{
	b->s ^= b->s << 13;
	b->s ^= b->s >> 7;
	b->s ^= b->s << 17;
	return b->s % n;
}

static struct route_person person(struct bench *b, int64_t id)
{
	struct route_person p = {.id = id, .n_langs = 2, .max_chat = 3, .channels = 6};

	p.langs[0] = (struct route_speaks){(uint8_t)(1 + draw(b, LANGS - 1)), 5};
	p.langs[1] = (struct route_speaks){0, (uint8_t)(2 + draw(b, 4))};
	p.channels |= draw(b, 4) != 0;
	for (int t = 0; t < TOPICS; t++)
		p.skills[t] = (uint8_t)(1 + draw(b, 5));
	return p;
}

static struct route_contact contact(struct bench *b)
{
	struct route_contact c = {
	    .id = b->next_id, .case_id = b->next_id, .prev_agent = -1, .t = b->t};
	static const double target[] = {20, 30, 45, 45};

	b->next_id++;
	/* No calls: a desk this full answers chats, and calls would only pile up in the queue. */
	c.channel = (uint8_t)(CH_CHAT + draw(b, 3));
	c.target_s = target[c.channel];
	c.market = (uint8_t)draw(b, MARKETS);
	c.topic = (uint8_t)draw(b, TOPICS);
	c.complex = draw(b, 4) == 0;
	c.vip = draw(b, 12) == 0;
	c.emotion = (uint8_t)(draw(b, 4) ? 0 : 1 + draw(b, 2));
	c.need_lang = (uint8_t)(3 + c.complex);
	c.need_skill = (uint8_t)(2 + 2 * c.complex);
	c.n_langs = 2;
	c.lang = (uint8_t)(c.market % (LANGS - 1) + 1);
	c.langs[0] = (struct route_speaks){c.lang, 5};
	c.langs[1] = (struct route_speaks){0, (uint8_t)(1 + draw(b, 3))};
	return c;
}

static double micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double step(struct bench *b, struct route_event v)
{
	struct route_out out;
	double from = micros();

	v.t = b->t;
	if (engine_step(b->e, &v, &out) != E_OK)
		exit(1);
	double took = micros() - from;
	for (size_t i = 0; i < out.n; i++) {
		b->hand[b->n_hand].id = out.v[i].contact;
		b->hand[b->n_hand++].agent = out.v[i].agent;
	}
	b->chosen += out.n;
	return took;
}

static double arrive(struct bench *b)
{
	struct route_contact c = contact(b);

	return step(b, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &c});
}

static double free_one(struct bench *b)
{
	size_t i = draw(b, b->n_hand);
	int64_t id = b->hand[i].id, agent = b->hand[i].agent;

	b->hand[i] = b->hand[--b->n_hand];
	return step(b, (struct route_event){.kind = ROUTE_FREE, .id = id, .agent = agent});
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void open_desk(struct bench *b, size_t people)
{
	struct route_setup *s = NEW(b->a, struct route_setup);

	s->model = route_model_default;
	s->weights = route_weights_default;
	s->weights.keep = 0; /* callbacks are ticks' work, measured apart */
	for (int i = 0; i < LANGS; i++)
		route_name(b->a, &s->langs, str_fmt(b->a, "l%d", i));
	s->people = NEWN(b->a, struct route_person, people);
	s->n_people = people;
	for (size_t i = 0; i < people; i++)
		s->people[i] = person(b, (int64_t)i);
	b->e = engine_new(b->a, s);
	for (size_t i = 0; i < people; i++)
		step(b, (struct route_event){.kind = ROUTE_ON, .agent = (int64_t)i});
}

/* The median of freed people's decisions, in microseconds. */
static double measure(size_t waiting, size_t people)
{
	struct bench *b = calloc(1, sizeof *b);

	if (!b)
		exit(1);
	b->a = arena_new();
	b->s = 88172645463325252u;
	b->hand = calloc(people * 8 + 16, sizeof *b->hand);
	open_desk(b, people);
	while (engine_stats(b->e).waiting < waiting) {
		b->t += 600.0 / (double)waiting;
		arrive(b);
	}
	for (int i = 0; i < WARM; i++) {
		free_one(b);
		arrive(b);
	}
	size_t used = arena_used(b->a);
	struct engine_stats before = engine_stats(b->e);
	for (int i = 0; i < ROUNDS; i++) {
		b->t += 0.01;
		b->freed[i] = free_one(b);
		b->arrived[i] = arrive(b);
	}
	struct engine_stats after = engine_stats(b->e);
	qsort(b->freed, ROUNDS, sizeof *b->freed, by_size);
	qsort(b->arrived, ROUNDS, sizeof *b->arrived, by_size);
	printf("%zu waiting, %zu people: decision median %.2f us, p99 %.2f us; arrival median %.2f "
	       "us, "
	       "p99 %.2f us; %llu decisions, each looked "
	       "at %.1f on average, %llu at most, of %zu classes; %zu bytes allocated\n",
	       after.waiting, after.people_on, b->freed[ROUNDS / 2], b->freed[ROUNDS * 99 / 100],
	       b->arrived[ROUNDS / 2], b->arrived[ROUNDS * 99 / 100],
	       (unsigned long long)(after.decisions - before.decisions),
	       (double)(after.looked - before.looked) /
		   (double)(after.decisions - before.decisions),
	       (unsigned long long)after.looked_max, after.classes, arena_used(b->a) - used);
	double median = b->freed[ROUNDS / 2];
	free(b->hand);
	arena_free(b->a);
	free(b);
	return median;
}

int main(void)
{
	double small = measure(1000, 200), large = measure(100000, 5000);

	printf("ratio of the medians: %.2f (aim: at most 2)\n", large / small);
	return 0;
}
