/* What a pair is worth, and what it costs the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>
#include <string.h>

enum { RATE_S = 600, BEST_S = 60, AHEAD_S = 4 * 3600 };

double value_weight(const struct engine *e, unsigned vip, unsigned emotion)
{
	return 1 + e->w.vip * vip + e->w.emotion * emotion;
}

/* Command of the language they share best, not below what machine translation gives. */
static double shared(const struct engine *e, const uint8_t *eff, const struct queue_class *c,
		     struct pair *out)
{
	double floor = e->set.model.mt_floor[route_place_of(c->channel)];
	uint8_t best = 0;

	out->lang = c->lang;
	out->grade = eff[c->lang];
	for (int i = 0; i < c->n_langs; i++) {
		uint8_t a = eff[c->langs[i].lang], g = c->langs[i].grade, m = a < g ? a : g;
		if (m > best) {
			best = m;
			out->lang = c->langs[i].lang;
			out->grade = a;
			out->theirs = g;
		}
	}
	out->machine = best < floor;
	if (out->machine)
		out->grade = 0;
	return out->machine ? floor : best;
}

static unsigned step(double gap)
{
	return gap <= 0 ? 0 : gap >= GAPS - 1 ? GAPS - 1 : (unsigned)(gap + 0.5);
}

static void expect(const struct engine *e, const struct queue_class *c, struct pair *x)
{
	const struct route_model *m = &e->set.model;
	unsigned gl = step(x->gap), gs = step(x->skill_gap);

	x->work = m->work_s[c->channel] * (c->complex ? m->complex_work : 1) *
		  (1 + m->lang_work * x->gap) * (1 + m->skill_work * x->skill_gap) *
		  (x->same ? m->same_work : 1) * e->f_work[c->channel][c->complex] *
		  e->f_work_gap[gl] * e->f_work_skill[gs];
	double p = (c->complex ? m->p_complex : m->p_simple) *
		   fmax(0.05, 1 - m->lang_fcr * x->gap) *
		   fmax(0.05, 1 - m->skill_fcr * x->skill_gap) * (x->same ? m->same_fcr : 1);
	double fail =
	    (1 - fmin(0.97, p)) * e->f_fail[c->complex] * e->f_fail_gap[gl] * e->f_fail_skill[gs];
	x->p = 1 - fmin(0.97, fmax(0.02, fail));
}

struct pair value_pair(const struct engine *e, const struct person *p, const struct queue_class *c,
		       bool same)
{
	struct pair x = {.same = same};
	double skill = p->spec.skills[c->topic];

	x.gap = fmax(0, c->need_lang - shared(e, p->eff, c, &x));
	x.skill_gap = fmax(0, c->need_skill - skill);
	expect(e, c, &x);
	return x;
}

/* What somebody would make of it who has every language, and lacks need_skill grades of topic. */
struct pair value_ideal(const struct engine *e, const struct queue_class *c)
{
	struct pair x = {.skill_gap = c->need_skill};

	expect(e, c, &x);
	return x;
}

/* Work of a contact in good hands: what it adds to the desk's load. */
double value_work(const struct engine *e, const struct queue_class *c)
{
	struct pair x = {0};

	expect(e, c, &x);
	return x.work;
}

static double chance(const struct engine *e, const struct sig *s, const struct queue_class *c,
		     int skill)
{
	struct pair x = {0};

	x.gap = fmax(0, c->need_lang - shared(e, s->eff, c, &x));
	x.skill_gap = fmax(0, c->need_skill - skill);
	expect(e, c, &x);
	return x.p;
}

static void look_for_best(struct engine *e, struct queue_class *c)
{
	c->best = c->later = 0;
	c->later_at = INFINITY;
	c->best_until = e->now + BEST_S;
	for (uint32_t i = 0; i < e->n_sigs; i++) {
		const struct sig *s = &e->sigs[i];
		int skill = ROUTE_GRADE_MAX;
		while (skill > 0 && !s->skilled[c->topic][skill])
			skill--;
		if (s->on)
			c->best = fmax(c->best, chance(e, s, c, skill));
		double later = isfinite(s->next_on) ? chance(e, s, c, s->coming[c->topic]) : 0;
		if (later > c->later) {
			c->later = later;
			c->later_at = s->next_on;
		}
	}
}

/* The best chance anyone on shift could give, whether free or not. */
double value_best(struct engine *e, struct queue_class *c)
{
	if (e->now >= c->best_until)
		look_for_best(e, c);
	return c->best;
}

/* Or who comes on shift before then. */
double value_best_by(struct engine *e, struct queue_class *c, double by)
{
	double now = value_best(e, c);

	return c->later_at < by ? fmax(now, c->later) : now;
}

/* Work per second a person does when full, in chats' terms. */
double value_capacity(const struct engine *e, const struct person *p)
{
	double n = p->spec.max_chat;

	if (!(p->spec.channels & 1 << PLACE_CHAT) || n < 1)
		return p->spec.channels & 1 << PLACE_PHONE ? 1 : 0;
	return n / (1 + e->set.model.beta * (n - 1));
}

/* Pull of waiting; patience counts because who gives up is lost. */
double value_urgency(const struct engine *e, const struct queue_class *c, double waited)
{
	double x = waited / e->set.model.target_s[c->channel];
	double patience = fmin(e->w.patience_s, e->patience[c->channel]);
	double u = 1 + e->w.growth * (x < 1 ? 0.5 * x : 0.5 + 0.25 * fmin(x - 1, 8));

	return value_weight(e, c->vip, c->emotion) * (0.5 + 150 / patience) * u;
}

double value_arriving_now(const struct engine *e, const struct language *l)
{
	return l->arriving * exp(-(e->now - l->arriving_at) / RATE_S);
}

static void arrived(const struct engine *e, struct language *l, double work)
{
	l->arriving = value_arriving_now(e, l) + work / RATE_S;
	l->arriving_at = e->now;
}

void value_arriving(struct engine *e, unsigned lang, double work)
{
	arrived(e, &e->all, work);
	arrived(e, &e->langs[lang], work);
}

static void press(const struct engine *e, struct language *l)
{
	double demand = value_arriving_now(e, l) + fmax(0, l->waiting) / RATE_S;

	l->pressure = demand / fmax(l->capacity, 0.5);
}

/* Who comes on shift within hours, by the roster. */
static void look_ahead(struct engine *e)
{
	for (uint32_t i = 0; i < e->n_sigs; i++) {
		e->sigs[i].next_on = INFINITY;
		memset(e->sigs[i].coming, 0, sizeof e->sigs[i].coming);
	}
	for (uint32_t i = 0; i < e->n_people; i++) {
		const struct route_person *p = &e->people[i].spec;
		struct sig *s = &e->sigs[e->people[i].sig];
		for (int k = 0; k < p->n_on; k++) {
			if (p->on[k][0] <= e->now || p->on[k][0] > e->now + AHEAD_S)
				continue;
			s->next_on = fmin(s->next_on, p->on[k][0]);
			for (int t = 0; t < ROUTE_TOPICS_MAX; t++)
				if (p->skills[t] > s->coming[t])
					s->coming[t] = p->skills[t];
		}
	}
}

/* Every 10 s: loads, pressures, and how busy people are on average. */
void value_refresh(struct engine *e)
{
	double busy = 0;

	look_ahead(e);
	press(e, &e->all);
	for (size_t l = 0; l < e->set.langs.n; l++)
		press(e, &e->langs[l]);
	for (uint32_t i = 0; i < e->n_people; i++)
		if (e->people[i].on)
			busy += desk_busy(e, &e->people[i]);
	e->mean_busy = e->n_on ? busy / e->n_on : e->mean_busy;
}
