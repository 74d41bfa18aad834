/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool whole_run;

static uint64_t draw(uint64_t *s, uint64_t n)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s % n;
}

/* ---- a desk of random people ---- */

enum { LANGS = 7, TOPICS = 5 };

static const char *const tags[LANGS] = {"de", "en", "es-ES", "es-MX", "ja", "pt-BR", "zh"};
static const char *const topics[TOPICS] = {"logistics", "returns", "tax", "payment", "product"};

static struct route_person random_person(uint64_t *s, int64_t id)
{
	struct route_person p = {.id = id, .markets = draw(s, 16)};

	p.n_langs = (uint8_t)(1 + draw(s, 3));
	for (int i = 0; i < p.n_langs; i++)
		p.langs[i] = (struct route_speaks){
		    (uint8_t)((draw(s, 3) + (uint64_t)i * 3) % LANGS), (uint8_t)(1 + draw(s, 5))};
	for (int t = 0; t < TOPICS; t++)
		p.skills[t] = (uint8_t)(1 + draw(s, 5));
	p.channels = (uint8_t)(1 + draw(s, 7));
	p.max_chat = (uint8_t)(1 + draw(s, 4));
	return p;
}

static struct route_setup random_setup(struct arena *a, uint64_t *s, size_t n)
{
	struct route_setup set = {.model = route_model_default,
				  .weights = route_weights_default,
				  .tick_s = 2,
				  .n_people = n};

	for (int i = 0; i < LANGS; i++)
		route_name(a, &set.langs, str_of(tags[i]));
	for (int i = 0; i < TOPICS; i++)
		route_name(a, &set.topics, str_of(topics[i]));
	for (int i = 0; i < 4; i++)
		route_name(a, &set.markets, str_fmt(a, "M%d", i));
	set.people = NEWN(a, struct route_person, n + 1);
	for (size_t i = 0; i < n; i++)
		set.people[i] = random_person(s, (int64_t)i);
	return set;
}

static struct route_contact random_contact(uint64_t *s, int64_t id, double t, size_t people)
{
	struct route_contact c = {.id = id, .case_id = id, .t = t, .target_s = 30};

	c.channel = (uint8_t)draw(s, CH_CALLBACK);
	c.target_s = route_model_default.target_s[c.channel];
	c.market = (uint8_t)draw(s, 4);
	c.topic = (uint8_t)draw(s, TOPICS);
	c.complex = draw(s, 4) == 0;
	c.vip = draw(s, 10) == 0;
	c.emotion = (uint8_t)draw(s, 3);
	c.prev_agent = draw(s, 4) ? -1 : (int64_t)draw(s, people + 2);
	c.repeat = c.prev_agent >= 0;
	c.need_lang = (uint8_t)(3 + draw(s, 3));
	c.need_skill = (uint8_t)(2 + draw(s, 3));
	c.n_langs = (uint8_t)(1 + draw(s, 2));
	for (int i = 0; i < c.n_langs; i++)
		c.langs[i] = (struct route_speaks){
		    (uint8_t)((draw(s, LANGS) + (uint64_t)i) % LANGS), (uint8_t)(5 - 2 * i)};
	c.lang = c.langs[0].lang;
	return c;
}

/* ---- a second book of who has what, kept the slow way ---- */

enum life { UNBORN, WAITS, IN_HAND, ENDED };

enum { LIVE_MAX = 600 };

struct open_contact {
	int64_t id, agent;
	enum life life;
	uint8_t channel;
	bool offer, asked, moot; /* moot: served before the answer to a callback's offer */
	double since, given;
};

struct book {
	struct arena *a;
	struct engine *e, *twin; /* twin: restored from a snapshot now and then */
	struct route_setup set;
	struct open_contact v[LIVE_MAX];
	size_t n, ended, arrived;
	struct {
		bool on;
		int chats, phone, mail;
	} * people;
	uint64_t s;
	double t;
};

static struct open_contact *find(struct book *b, int64_t id)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].id == id)
			return &b->v[i];
	return NULL;
}

static void place(struct book *b, const struct open_contact *c, int by)
{
	enum route_place g = route_place_of(c->channel);

	b->people[c->agent].chats += g == PLACE_CHAT ? by : 0;
	b->people[c->agent].phone += g == PLACE_PHONE ? by : 0;
	b->people[c->agent].mail += g == PLACE_MAIL ? by : 0;
}

static void close_contact(struct book *b, struct open_contact *c)
{
	*c = b->v[--b->n];
	b->ended++;
}

static void check_assign(struct book *b, const struct route_decision *d)
{
	struct open_contact *c = find(b, d->contact);

	assert_non_null(c);
	assert_int_equal(c->life, WAITS);
	assert_in_range(d->agent, 0, b->set.n_people - 1);
	const struct route_person *p = &b->set.people[d->agent];
	enum route_place g = route_place_of(c->channel);
	assert_true(b->people[d->agent].on);
	assert_true(p->channels & 1 << g);
	c->agent = d->agent;
	c->life = IN_HAND;
	c->offer = d->act == ROUTE_OFFER;
	c->given = b->t;
	c->moot = c->asked;
	place(b, c, 1);
	assert_true(b->people[d->agent].phone <= 1);
	assert_true(b->people[d->agent].mail <= 1);
	assert_true(g == PLACE_MAIL || !b->people[d->agent].phone || !b->people[d->agent].chats);
	assert_true(g != PLACE_CHAT || b->people[d->agent].chats <= p->max_chat);
}

static void check_offer(struct book *b, const struct route_decision *d)
{
	struct open_contact *c = find(b, d->contact);

	assert_non_null(c);
	assert_int_equal(c->life, WAITS);
	assert_true(c->channel <= CH_TELEGRAM && !c->asked);
	assert_true(b->t - c->since >= b->set.model.callback_after_s);
	c->asked = true;
}

static void check_reason(struct book *b, const struct route_decision *d)
{
	struct arena *a = arena_new();

	for (int zh = 0; zh < 2; zh++) {
		struct buf r = BUF(a);
		engine_reason(b->e, d, zh, &r);
		assert_in_range(r.n, 3, 299);
		assert_true(str_utf8_ok(buf_str(&r)));
	}
	arena_free(a);
}

static bool same_decision(const struct route_decision *x, const struct route_decision *y)
{
	return x->contact == y->contact && x->agent == y->agent && x->act == y->act &&
	       x->terms.because == y->terms.because && x->terms.next == y->terms.next &&
	       x->terms.value == y->terms.value;
}

static void step(struct book *b, struct route_event v, enum err want)
{
	struct route_out out, twin;

	v.t = b->t;
	enum err got = engine_step(b->e, &v, &out);
	if (got != want)
		fail_msg("event %d: %s, wanted %s", v.kind, err_name(got), err_name(want));
	if (b->twin) {
		assert_int_equal(engine_step(b->twin, &v, &twin), got);
		assert_int_equal(twin.n, out.n);
		for (size_t i = 0; i < out.n; i++)
			if (!same_decision(&out.v[i], &twin.v[i]))
				fail_msg("event %d of %zu: %lld to %lld (%.17g), the twin %lld to "
					 "%lld (%.17g), because %d %d, next %lld %lld",
					 v.kind, b->arrived, (long long)out.v[i].contact,
					 (long long)out.v[i].agent, out.v[i].terms.value,
					 (long long)twin.v[i].contact, (long long)twin.v[i].agent,
					 twin.v[i].terms.value, out.v[i].terms.because,
					 twin.v[i].terms.because, (long long)out.v[i].terms.next,
					 (long long)twin.v[i].terms.next);
	}
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].act == ROUTE_CALLBACK)
			check_offer(b, &out.v[i]);
		else
			check_assign(b, &out.v[i]);
		if (draw(&b->s, 64) == 0)
			check_reason(b, &out.v[i]);
	}
}

static void do_arrive(struct book *b)
{
	struct route_contact c = random_contact(&b->s, (int64_t)b->arrived, b->t, b->set.n_people);

	if (b->n == LIVE_MAX)
		return;
	b->v[b->n++] = (struct open_contact){c.id, -1, WAITS, c.channel, false, false, false, b->t};
	b->arrived++;
	step(b, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &c}, E_OK);
	if (draw(&b->s, 50) == 0)
		step(b, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &c}, E_CONFLICT);
}

static void do_presence(struct book *b)
{
	int64_t who = (int64_t)draw(&b->s, b->set.n_people);
	bool on = b->people[who].on = draw(&b->s, 3) != 0;

	step(b, (struct route_event){.kind = on ? ROUTE_ON : ROUTE_OFF, .agent = who}, E_OK);
}

/* Grades, channels and capacity change under way; what is in hand stays. */
static void do_regrade(struct book *b)
{
	int64_t who = (int64_t)draw(&b->s, b->set.n_people);
	struct route_person p = random_person(&b->s, who);

	b->set.people[who] = p;
	step(b, (struct route_event){.kind = ROUTE_PERSON, .person = &p}, E_OK);
}

static void do_end(struct book *b)
{
	if (!b->n)
		return;
	struct open_contact *c = &b->v[draw(&b->s, b->n)], old = *c;
	if (old.life == WAITS && old.channel == CH_CALLBACK)
		return; /* they never give up */
	if (old.life == WAITS) {
		close_contact(b, c);
		step(b, (struct route_event){.kind = ROUTE_ABANDON, .id = old.id}, E_OK);
		step(b, (struct route_event){.kind = ROUTE_ABANDON, .id = old.id}, E_NOTFOUND);
		return;
	}
	if (old.offer && draw(&b->s, 3) == 0) {
		c->offer = false;
		step(b,
		     (struct route_event){.kind = ROUTE_ACCEPT, .id = old.id, .agent = old.agent},
		     E_OK);
		step(b,
		     (struct route_event){.kind = ROUTE_ACCEPT, .id = old.id, .agent = old.agent},
		     E_CONFLICT);
		return;
	}
	place(b, c, -1);
	if (old.offer && draw(&b->s, 3) == 0) {
		c->life = WAITS;
		c->offer = false;
		step(b,
		     (struct route_event){.kind = ROUTE_DECLINE, .id = old.id, .agent = old.agent},
		     E_OK);
		return;
	}
	close_contact(b, c);
	step(b, (struct route_event){.kind = ROUTE_FREE, .id = old.id, .agent = old.agent}, E_OK);
}

static void do_callback(struct book *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct open_contact *c = &b->v[i];
		if (c->life != WAITS || !c->asked || c->moot || c->channel == CH_CALLBACK)
			continue;
		bool yes = draw(&b->s, 5) < 3;
		int64_t id = c->id;
		if (yes)
			c->channel = CH_CALLBACK;
		else
			c->asked = true;
		enum err want = E_OK;
		step(b,
		     (struct route_event){.kind = yes ? ROUTE_CALLBACK_YES : ROUTE_CALLBACK_NO,
					  .id = id,
					  .deadline = b->t + 2700},
		     want);
		if (!yes) { /* an answer given counts once; leave the queue to keep the book simple
			     */
			c = find(b, id);
			if (c->life == WAITS) {
				close_contact(b, c);
				step(b, (struct route_event){.kind = ROUTE_ABANDON, .id = id},
				     E_OK);
			}
		}
		return;
	}
}

static void do_nonsense(struct book *b)
{
	int64_t id = (int64_t)draw(&b->s, 1 << 20) + (1 << 30);
	struct route_contact c = random_contact(&b->s, id, b->t, b->set.n_people), bad = c;

	bad.lang = 200;
	step(b, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &bad}, E_INVALID);
	bad = c;
	bad.vip = 7;
	step(b, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &bad}, E_INVALID);
	step(b, (struct route_event){.kind = ROUTE_ARRIVE}, E_INVALID);
	step(b, (struct route_event){.kind = ROUTE_FREE, .agent = 0, .id = id}, E_NOTFOUND);
	step(b, (struct route_event){.kind = ROUTE_ON, .agent = 99999}, E_NOTFOUND);
	step(b, (struct route_event){.kind = ROUTE_CALLBACK_YES, .id = id}, E_NOTFOUND);
	step(b, (struct route_event){.kind = ROUTE_PERSON}, E_INVALID);
	step(b, (struct route_event){.kind = (enum route_event_kind)77}, E_INVALID);
	double t = b->t;
	b->t -= 100; /* time steps back: it counts as the time before */
	step(b, (struct route_event){.kind = ROUTE_OFF, .agent = -5}, E_NOTFOUND);
	b->t = t;
}

static void twin_again(struct book *b, struct arena **twin_arena)
{
	struct arena *a = arena_new();
	struct buf s = BUF(a);

	engine_snapshot(b->e, &s);
	assert_int_equal(engine_restore(a, buf_str(&s), &b->twin), E_OK);
	if (*twin_arena)
		arena_free(*twin_arena);
	*twin_arena = a;
}

/* Offers not answered by now are nobody's again. */
static void do_tick(struct book *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct open_contact *c = &b->v[i];
		if (c->life != IN_HAND || !c->offer || b->t - c->given < b->set.weights.offer_s)
			continue;
		place(b, c, -1);
		c->life = WAITS;
		c->offer = false;
	}
	step(b, (struct route_event){.kind = ROUTE_TICK}, E_OK);
}

static void random_event(struct book *b)
{
	uint64_t x = draw(&b->s, 100);

	b->t += (double)draw(&b->s, 100) / 50;
	if (x < 36)
		do_arrive(b);
	else if (x < 80)
		do_end(b);
	else if (x < 86)
		do_tick(b);
	else if (x < 92)
		do_callback(b);
	else if (x < 97)
		do_presence(b);
	else if (x < 99)
		do_regrade(b);
	else
		do_nonsense(b);
}

static void run_book(uint64_t seed, size_t people, size_t events, double offer_s, double hold)
{
	struct arena *a = arena_new(), *twin_arena = NULL;
	struct book *b = NEW(a, struct book);

	b->a = a;
	b->s = seed * 0x9E3779B97F4A7C15u + 1;
	b->set = random_setup(a, &b->s, people);
	b->set.weights.offer_s = offer_s;
	b->set.weights.hold = hold;
	b->people = arena_alloc(a, people * sizeof *b->people + 1);
	b->e = engine_new(a, &b->set);
	for (size_t i = 0; i < events; i++) {
		random_event(b);
		if (i % (whole_run ? 100000 : 4096) == 2000)
			twin_again(b, &twin_arena);
	}
	struct engine_stats st = engine_stats(b->e);
	assert_int_equal(st.waiting + st.waiting_mail + st.in_hand, b->n);
	assert_int_equal(b->arrived, b->ended + b->n);
	assert_true(st.decisions > events / 20);
	if (twin_arena)
		arena_free(twin_arena);
	arena_free(a);
}

/* Capacity is never exceeded, nothing is given twice, every contact ends in one way, and an
 * engine restored from a snapshot decides as the one that went on. */
static void test_random_events(void **state)
{
	(void)state;
	/* Ten million in all; those with offers and holds look again at every tick, so fewer. */
	size_t n = whole_run ? 4500000 : 90000, few = n / 9;

	run_book(1, 12, n, 0, 0);
	run_book(2, 60, n, 0, 0);
	run_book(3, 25, few, 40, 2);
	run_book(4, 1, few, 0, 1);
}

/* ---- small stories ---- */

static struct route_person plain_person(int64_t id)
{
	struct route_person p = {.id = id, .channels = 7, .max_chat = 3, .n_langs = 1};

	p.langs[0] = (struct route_speaks){0, 5};
	memset(p.skills, 4, sizeof p.skills);
	return p;
}

static struct engine *desk_of(struct arena *a, size_t n, uint8_t channels)
{
	uint64_t s = 9;
	struct route_setup set = random_setup(a, &s, n);
	struct route_out out;

	for (size_t i = 0; i < n; i++)
		set.people[i] = plain_person((int64_t)i);
	for (size_t i = 0; i < n; i++)
		set.people[i].channels = channels;
	struct engine *e = engine_new(a, &set);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    engine_step(e, &(struct route_event){.kind = ROUTE_ON, .agent = (int64_t)i},
				&out),
		    E_OK);
	return e;
}

static struct engine *plain_desk(struct arena *a, size_t n)
{
	return desk_of(a, n, 7);
}

static struct route_contact plain_contact(int64_t id, double t)
{
	return (struct route_contact){.id = id,
				      .case_id = id,
				      .prev_agent = -1,
				      .t = t,
				      .target_s = 30,
				      .channel = CH_CHAT,
				      .need_lang = 3,
				      .need_skill = 2,
				      .n_langs = 1,
				      .langs = {{0, 5}}};
}

static void share_alike(enum route_channel channel, uint8_t channels)
{
	struct arena *a = arena_new();
	struct engine *e = desk_of(a, 7, channels);
	int64_t served[7] = {0}, open[7][3];
	int n_open[7] = {0};
	struct route_out out;

	for (int64_t i = 0; i < 7000; i++) {
		struct route_contact c = plain_contact(i, (double)i * 20);
		c.channel = (uint8_t)channel;
		assert_int_equal(
		    engine_step(
			e, &(struct route_event){.kind = ROUTE_ARRIVE, .t = c.t, .contact = &c},
			&out),
		    E_OK);
		assert_int_equal(out.n, 1);
		int64_t who = out.v[0].agent;
		served[who]++;
		open[who][n_open[who]++] = i;
		if (i < 6)
			continue;
		for (int64_t w = 0; w < 7; w++)
			if (n_open[w] && open[w][0] == i - 6) {
				assert_int_equal(
				    engine_step(e,
						&(struct route_event){.kind = ROUTE_FREE,
								      .t = c.t + 10,
								      .agent = w,
								      .id = i - 6},
						&out),
				    E_OK);
				memmove(open[w], open[w] + 1, sizeof open[w][0] * 2);
				n_open[w]--;
			}
	}
	int64_t most = served[0], least = served[0];
	for (int i = 1; i < 7; i++) {
		most = served[i] > most ? served[i] : most;
		least = served[i] < least ? served[i] : least;
	}
	assert_true(most - least <= 1);
	arena_free(a);
}

static void test_equals_share_alike(void **state)
{
	(void)state;
	share_alike(CH_CHAT, 1 << PLACE_CHAT);
	share_alike(CH_PHONE, 7);
	share_alike(CH_EMAIL, 7);
}

static void test_same_agent_and_reason(void **state)
{
	struct arena *a = arena_new();
	struct engine *e = plain_desk(a, 4);
	struct route_contact c = plain_contact(70, 12);
	struct route_out out;
	struct buf en = BUF(a), zh = BUF(a);
	(void)state;

	c.prev_agent = 2;
	c.vip = 1;
	assert_int_equal(
	    engine_step(e, &(struct route_event){.kind = ROUTE_ARRIVE, .t = 12, .contact = &c},
			&out),
	    E_OK);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.v[0].agent, 2);
	engine_reason(e, &out.v[0], false, &en);
	engine_reason(e, &out.v[0], true, &zh);
	assert_string_equal(en.p,
			    "de 5 vs need 3, logistics 4 vs 2, waited 0 s, load 0/3, same agent "
			    "as before, VIP; over agent 0, same agent as before");
	assert_string_equal(zh.p, "de 5 级（需 3），logistics 4 级（需 2），已等 0 秒，负载 0/3，"
				  "上次同一客服，重要客户；优于客服 0：上次由同一客服接待");
	arena_free(a);
}

/* A variant costs a grade, the plain language none. */
static void test_variants(void **state)
{
	struct arena *a = arena_new();
	uint64_t s = 5;
	struct route_setup set = random_setup(a, &s, 3);
	struct route_out out;
	(void)state;

	for (int i = 0; i < 3; i++)
		set.people[i] = plain_person(i);
	set.people[0].langs[0] = (struct route_speaks){2, 5}; /* es-ES */
	set.people[1].langs[0] = (struct route_speaks){3, 5}; /* es-MX */
	struct engine *e = engine_new(a, &set);
	struct route_contact c = plain_contact(1, 0);
	c.lang = c.langs[0].lang = 3;
	c.need_lang = 5;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    engine_step(e, &(struct route_event){.kind = ROUTE_ON, .agent = i}, &out),
		    E_OK);
	assert_int_equal(
	    engine_step(e, &(struct route_event){.kind = ROUTE_ARRIVE, .contact = &c}, &out), E_OK);
	assert_int_equal(out.v[0].agent, 1);
	assert_int_equal(out.v[0].terms.grade, 5);
	c.id = c.case_id = 2;
	assert_int_equal(engine_step(e, &(struct route_event){.kind = ROUTE_OFF, .agent = 1}, &out),
			 E_OK);
	assert_int_equal(
	    engine_step(e, &(struct route_event){.kind = ROUTE_ARRIVE, .contact = &c}, &out), E_OK);
	assert_int_equal(out.v[0].agent, 0);
	assert_int_equal(out.v[0].terms.grade, 4);
	arena_free(a);
}

/* The important come first, but nobody waits much past the age cap for them. */
static void served_at(double at, const int64_t *want)
{
	struct arena *a = arena_new();
	struct engine *e = plain_desk(a, 1);
	struct route_out out;

	for (int64_t i = 0; i < 3; i++) {
		struct route_contact c = plain_contact(i, 0);
		c.channel = i ? CH_WHATSAPP : CH_PHONE;
		assert_int_equal(
		    engine_step(e, &(struct route_event){.kind = ROUTE_ARRIVE, .contact = &c},
				&out),
		    E_OK);
		assert_int_equal(out.n, i == 0);
	}
	struct route_contact vip = plain_contact(9, at - 1);
	vip.vip = 1;
	vip.emotion = 2;
	assert_int_equal(
	    engine_step(
		e, &(struct route_event){.kind = ROUTE_ARRIVE, .t = at - 1, .contact = &vip}, &out),
	    E_OK);
	assert_int_equal(
	    engine_step(e, &(struct route_event){.kind = ROUTE_FREE, .t = at, .agent = 0, .id = 0},
			&out),
	    E_OK);
	assert_int_equal(out.n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(out.v[i].contact, want[i]);
	if (want[1] == 2)
		assert_int_equal(out.v[1].terms.because, BECAUSE_AGE);
	arena_free(a);
}

static void test_age_cap(void **state)
{
	(void)state;
	served_at(850, (const int64_t[]){9, 1, 2});
	served_at(1400, (const int64_t[]){1, 2, 9});
}

/* Work that always takes twice what was told is expected to take that, after a while. */
static void test_learning(void **state)
{
	struct arena *a = arena_new();
	struct engine *e = plain_desk(a, 3);
	struct route_out out;
	(void)state;

	for (int64_t i = 0; i < 600; i++) {
		double t = (double)i * 1000;
		struct route_contact c = plain_contact(i, t);
		assert_int_equal(
		    engine_step(e,
				&(struct route_event){.kind = ROUTE_ARRIVE, .t = t, .contact = &c},
				&out),
		    E_OK);
		int64_t who = out.v[0].agent;
		assert_int_equal(
		    engine_step(e,
				&(struct route_event){
				    .kind = ROUTE_FREE, .t = t + 800, .agent = who, .id = i},
				&out),
		    E_OK);
	}
	struct engine_stats s = engine_stats(e);
	assert_true(s.work_factor[CH_CHAT] > 1.4 && s.work_factor[CH_CHAT] < 2.2);
	assert_true(s.work_factor[CH_PHONE] == 1);
	/* Nobody came back: fewer fail than was told. */
	assert_true(s.fail_factor[0] < 0.9);
	arena_free(a);
}

static void test_desks_with_nobody(void **state)
{
	struct arena *a = arena_new();
	struct engine *e = plain_desk(a, 0);
	struct route_out out;
	(void)state;

	for (int64_t i = 0; i < 1000; i++) {
		struct route_contact c = plain_contact(i, (double)i);
		assert_int_equal(
		    engine_step(
			e,
			&(struct route_event){.kind = ROUTE_ARRIVE, .t = (double)i, .contact = &c},
			&out),
		    E_OK);
		assert_int_equal(out.n, 0);
		assert_int_equal(
		    engine_step(e, &(struct route_event){.kind = ROUTE_TICK, .t = (double)i}, &out),
		    E_OK);
	}
	assert_int_equal(engine_stats(e).waiting, 1000);
	assert_int_equal(engine_stats(e).state, ROUTE_RED);
	arena_free(a);
}

/* Cut or changed snapshots are refused, whatever byte it is. */
static void test_broken_snapshots(void **state)
{
	struct arena *a = arena_new();
	struct engine *e = plain_desk(a, 5), *back;
	struct route_out out;
	struct buf s = BUF(a);
	(void)state;

	for (int64_t i = 0; i < 40; i++) {
		struct route_contact c = plain_contact(i, 1);
		assert_int_equal(
		    engine_step(e,
				&(struct route_event){.kind = ROUTE_ARRIVE, .t = 1, .contact = &c},
				&out),
		    E_OK);
	}
	engine_snapshot(e, &s);
	assert_int_equal(engine_restore(a, buf_str(&s), &back), E_OK);
	for (size_t i = 0; i < s.n; i += 97) {
		assert_int_equal(engine_restore(a, str_slice(buf_str(&s), 0, i), &back),
				 E_MALFORMED);
		s.p[i] ^= 1;
		assert_int_equal(engine_restore(a, buf_str(&s), &back), E_MALFORMED);
		s.p[i] ^= 1;
	}
	arena_free(a);
}

static void test_weights(void **state)
{
	struct route_weights w = route_weights_default;
	(void)state;

	assert_ptr_equal(route_weight_find(&w, S("scarce")), &w.scarce);
	assert_ptr_equal(route_weight_find(&w, S("learn")), &w.learn);
	assert_null(route_weight_find(&w, S("nothing")));
}

int main(int argc, char **argv)
{
	whole_run = argc > 1 && strcmp(argv[1], "slow") == 0;
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_random_events),
	    cmocka_unit_test(test_equals_share_alike),
	    cmocka_unit_test(test_same_agent_and_reason),
	    cmocka_unit_test(test_variants),
	    cmocka_unit_test(test_age_cap),
	    cmocka_unit_test(test_learning),
	    cmocka_unit_test(test_desks_with_nobody),
	    cmocka_unit_test(test_broken_snapshots),
	    cmocka_unit_test(test_weights),
	};
	const struct CMUnitTest slow[] = {cmocka_unit_test(test_random_events)};

	return whole_run ? cmocka_run_group_tests(slow, NULL, NULL)
			 : cmocka_run_group_tests(all, NULL, NULL);
}
