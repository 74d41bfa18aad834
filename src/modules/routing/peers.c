/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/peers.h"

#include "modules/routing/world_in.h"

#include <math.h>
#include <string.h>

enum { HANDS = ROUTE_CHATS_MAX + 2 };

struct member {
	const struct route_person *spec;
	bool on;
	int chats, phone, mail;
	double idle_since;
	uint64_t turn; /* when last given something, in assignments */
	int64_t hand[HANDS];
	uint8_t place[HANDS];
	int n_hand;
};

struct peers {
	struct arena *a;
	const struct peer_rule *rule;
	const struct day *day;
	struct member *people, **able; /* able: those with any place now */
	size_t n_able;
	struct route_contact *waiting;
	size_t n, cap;
	double now;
	uint64_t turns;
	struct route_decision *out;
	size_t n_out, cap_out;
};

struct pairing {
	double gap, skill_gap, waited;
};

struct peer_rule {
	const char *name;
	/* Whether this person may serve this contact now, and how well: higher is better. */
	bool (*may)(const struct peers *, const struct member *, const struct route_contact *,
		    const struct pairing *);
	double (*score)(const struct peers *, const struct member *, const struct route_contact *,
			const struct pairing *);
	bool by_priority; /* important customers first, then age */
};

static bool may_anyone(const struct peers *s, const struct member *m, const struct route_contact *c,
		       const struct pairing *x)
{
	(void)s, (void)m, (void)c, (void)x;
	return true;
}

static bool may_region(const struct peers *s, const struct member *m, const struct route_contact *c,
		       const struct pairing *x)
{
	(void)x;
	return m->spec->region == s->day->told.market_region[c->market];
}

/* Languages and topics are required; the topic is let go after a minute, the language after five.
 */
static bool may_skills(const struct peers *s, const struct member *m, const struct route_contact *c,
		       const struct pairing *x)
{
	(void)s, (void)m;
	double patience = c->channel == CH_EMAIL ? 24 : 1;
	return (x->gap < 1 || x->waited > 300 * patience) &&
	       (x->skill_gap < 1 || x->waited > 60 * patience);
}

/* Rings that widen: fully able, then nearly, then anyone. */
static bool may_bullseye(const struct peers *s, const struct member *m,
			 const struct route_contact *c, const struct pairing *x)
{
	(void)s, (void)m;
	double w = c->channel == CH_EMAIL ? x->waited / 60 : x->waited;
	double gap = w < 10 ? 0 : w < 25 ? 1 : w < 60 ? 2 : 9;
	double skill = w < 10 ? 0 : w < 25 ? 2 : 9;
	return x->gap <= gap && x->skill_gap <= skill;
}

static double by_idle(const struct peers *s, const struct member *m, const struct route_contact *c,
		      const struct pairing *x)
{
	(void)c, (void)x;
	return -1e6 * m->chats + (s->now - m->idle_since);
}

static double by_turn(const struct peers *s, const struct member *m, const struct route_contact *c,
		      const struct pairing *x)
{
	(void)s, (void)c, (void)x;
	return -(double)m->turn;
}

static double by_weights(const struct peers *s, const struct member *m,
			 const struct route_contact *c, const struct pairing *x)
{
	return -4 * x->gap - 2 * x->skill_gap - 1.5 * m->chats +
	       (c->prev_agent == m->spec->id ? 1 : 0) + fmin(1, (s->now - m->idle_since) / 600);
}

/* clang-format off */
static const struct peer_rule rules[] = {
	{"region",     may_region,   by_idle,    false},
	{"fifo",       may_anyone,   by_idle,    false},
	{"roundrobin", may_anyone,   by_turn,    false},
	{"bullseye",   may_bullseye, by_idle,    true},
	{"skills",     may_skills,   by_idle,    true},
	{"weighted",   may_anyone,   by_weights, true},
};
/* clang-format on */

const struct peer_rule *peer_find(struct str name)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (str_eq(name, str_of(rules[i].name)))
			return &rules[i];
	return NULL;
}

const char *peer_name(size_t i)
{
	return i < COUNT(rules) ? rules[i].name : NULL;
}

static bool has_place(const struct member *m, enum route_place g)
{
	if (!m->on || !(m->spec->channels & 1 << g))
		return false;
	if (g == PLACE_MAIL)
		return !m->mail && !m->phone && m->chats <= 1;
	if (m->phone)
		return false;
	return g == PLACE_PHONE ? m->chats == 0 : m->chats < m->spec->max_chat;
}

static struct pairing pairing(const struct peers *s, const struct member *m,
			      const struct route_contact *c)
{
	const struct route_model *t = &s->day->told.model;

	return (struct pairing){.gap =
				    world_gap(m->spec, c, t->mt_floor[route_place_of(c->channel)]),
				.skill_gap = fmax(0, c->need_skill - m->spec->skills[c->topic]),
				.waited = s->now - c->t};
}

static double rank(const struct peers *s, const struct route_contact *c)
{
	return (s->rule->by_priority ? 120.0 * c->vip : 0) + (s->now - c->t) -
	       (c->channel == CH_EMAIL ? 1e6 : 0);
}

static void note(struct peers *s, const struct route_contact *c, struct member *m)
{
	enum route_place g = route_place_of(c->channel);

	if (s->n_out == s->cap_out) {
		struct route_decision *v = NEWN(s->a, struct route_decision, s->cap_out * 2 + 64);
		if (s->n_out)
			memcpy(v, s->out, s->n_out * sizeof *v);
		s->out = v;
		s->cap_out = s->cap_out * 2 + 64;
	}
	s->out[s->n_out++] = (struct route_decision){.contact = c->id, .agent = m->spec->id};
	m->hand[m->n_hand] = c->id;
	m->place[m->n_hand++] = (uint8_t)g;
	m->phone += g == PLACE_PHONE;
	m->mail += g == PLACE_MAIL;
	m->chats += g == PLACE_CHAT;
	m->turn = ++s->turns;
	m->idle_since = s->now;
}

static struct member *best_for(struct peers *s, const struct route_contact *c)
{
	struct member *best = NULL;
	double top = 0;

	for (size_t i = 0; i < s->n_able; i++) {
		struct member *m = s->able[i];
		if (!has_place(m, route_place_of(c->channel)))
			continue;
		struct pairing x = pairing(s, m, c);
		if (!s->rule->may(s, m, c, &x))
			continue;
		double v = s->rule->score(s, m, c, &x);
		if (!best || v > top) {
			best = m;
			top = v;
		}
	}
	return best;
}

static void drop(struct peers *s, size_t i)
{
	memmove(&s->waiting[i], &s->waiting[i + 1], (s->n - i - 1) * sizeof *s->waiting);
	s->n--;
}

/* Whoever waits, in the rule's order, takes the best of those free. */
static void serve(struct peers *s)
{
	bool open[PLACE__N] = {false};

	s->n_able = 0;
	for (size_t i = 0; i < s->day->told.n_people; i++) {
		bool any = false;
		for (int g = 0; g < PLACE__N; g++) {
			bool has = has_place(&s->people[i], g);
			open[g] = open[g] || has;
			any = any || has;
		}
		if (any)
			s->able[s->n_able++] = &s->people[i];
	}
	for (size_t i = 1; i < s->n; i++) { /* nearly in order already */
		struct route_contact c = s->waiting[i];
		size_t k = i;
		for (; k && rank(s, &c) > rank(s, &s->waiting[k - 1]); k--)
			s->waiting[k] = s->waiting[k - 1];
		s->waiting[k] = c;
	}
	for (size_t i = 0; i < s->n;) {
		struct route_contact c = s->waiting[i];
		struct member *m = open[route_place_of(c.channel)] ? best_for(s, &c) : NULL;
		if (!m) {
			i++;
			continue;
		}
		note(s, &c, m);
		drop(s, i);
	}
}

static void freed(struct member *m, int64_t id)
{
	for (int i = 0; i < m->n_hand; i++)
		if (m->hand[i] == id) {
			m->phone -= m->place[i] == PLACE_PHONE;
			m->mail -= m->place[i] == PLACE_MAIL;
			m->chats -= m->place[i] == PLACE_CHAT;
			m->n_hand--;
			m->hand[i] = m->hand[m->n_hand];
			m->place[i] = m->place[m->n_hand];
			return;
		}
}

static void step(void *self, const struct route_event *v, struct route_out *out)
{
	struct peers *s = self;

	s->now = v->t;
	s->n_out = 0;
	switch (v->kind) {
	case ROUTE_ON:
	case ROUTE_OFF:
		s->people[v->agent].on = v->kind == ROUTE_ON;
		s->people[v->agent].idle_since = v->t;
		break;
	case ROUTE_ARRIVE:
		if (s->n == s->cap) {
			struct route_contact *w =
			    NEWN(s->a, struct route_contact, s->cap * 2 + 256);
			if (s->n)
				memcpy(w, s->waiting, s->n * sizeof *w);
			s->waiting = w;
			s->cap = s->cap * 2 + 256;
		}
		s->waiting[s->n++] = *v->contact;
		break;
	case ROUTE_ABANDON:
		for (size_t i = 0; i < s->n; i++)
			if (s->waiting[i].id == v->id) {
				drop(s, i);
				break;
			}
		break;
	case ROUTE_FREE: freed(&s->people[v->agent], v->id); break;
	default: break;
	}
	if (v->kind != ROUTE_OFF && v->kind != ROUTE_ABANDON)
		serve(s);
	*out = (struct route_out){.v = s->out, .n = s->n_out};
}

struct policy peer_policy(struct arena *a, const struct peer_rule *rule, const struct day *d)
{
	struct peers *s = NEW(a, struct peers);

	*s = (struct peers){.a = a, .rule = rule, .day = d};
	s->people = NEWN(a, struct member, d->told.n_people + 1);
	s->able = NEWN(a, struct member *, d->told.n_people + 1);
	for (size_t i = 0; i < d->told.n_people; i++)
		s->people[i].spec = &d->told.people[i];
	return (struct policy){s, step};
}
