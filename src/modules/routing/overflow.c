/* Overflow: how full the desk is, in words a lead sees, and callbacks that can be kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

static const char *const states[] = {"green", "amber", "red"};

const char *route_state_name(enum route_state s)
{
	return (size_t)s < COUNT(states) ? states[s] : "unknown";
}

void overflow_change(struct engine *e, int lang, uint8_t state, double pressure)
{
	if (e->n_changes < CHANGES_MAX)
		e->changes[e->n_changes++] = (struct route_change){(int16_t)lang, state, pressure};
}

/* Up at the threshold, down only below the release, so that nothing flickers. */
static uint8_t next_state(const struct engine *e, struct language *l, double red)
{
	const struct route_weights *w = &e->w;
	double p = l->pressure;

	if (p > red && l->red_since > e->now)
		l->red_since = e->now;
	if (p < w->release)
		l->red_since = INFINITY;
	if (l->state == ROUTE_RED && p >= w->release)
		return ROUTE_RED;
	if (p > red && (l->capacity < 0.5 || e->now - l->red_since >= 60))
		return ROUTE_RED;
	if (p >= w->amber || (l->state >= ROUTE_AMBER && p >= w->amber * 0.85))
		return ROUTE_AMBER;
	return ROUTE_GREEN;
}

void overflow_refresh(struct engine *e)
{
	uint8_t s = next_state(e, &e->all, e->w.red);

	if (s != e->all.state) {
		e->all.state = s;
		overflow_change(e, -1, s, e->all.pressure);
	}
	for (size_t l = 0; l < e->set.langs.n; l++) {
		s = next_state(e, &e->langs[l], e->w.red_language);
		if (s != e->langs[l].state) {
			e->langs[l].state = s;
			overflow_change(e, (int)l, s, e->langs[l].pressure);
		}
	}
}

/* Seconds of call work that people who take calls have inside the window, by the roster. */
static double call_time(const struct engine *e)
{
	double until = e->now + e->set.model.callback_window_s, sum = 0;

	for (uint32_t i = 0; i < e->n_people; i++) {
		const struct person *p = &e->people[i];
		double on = 0;
		if (!(p->spec.channels & 1 << PLACE_PHONE))
			continue;
		for (int k = 0; k < p->spec.n_on; k++)
			on +=
			    fmax(0, fmin(until, p->spec.on[k][1]) - fmax(e->now, p->spec.on[k][0]));
		if (p->spec.n_on == 0 && p->on)
			on = e->set.model.callback_window_s;
		sum += on;
	}
	return sum;
}

static void offer(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	const struct class *c = &e->classes[x->class];
	struct route_decision *d = engine_decide(e);

	x->asked = 1;
	*d = (struct route_decision){.contact = x->c.id, .agent = -1, .act = ROUTE_CALLBACK};
	d->terms = (struct route_terms){.lang = c->lang,
					.topic = c->topic,
					.need_lang = c->need_lang,
					.vip = c->vip,
					.emotion = c->emotion,
					.state = e->all.state > e->langs[c->lang].state
						     ? e->all.state
						     : e->langs[c->lang].state,
					.waited = e->now - x->since,
					.next = -1,
					.because = BECAUSE_PROMISE,
					.pressure = e->langs[c->lang].pressure};
}

/* On ticks: who has waited long enough in a queue that is red is offered a call later, as long as
 * what is promised fits into `keep` of the call time the roster has until the promise is due. */
void overflow_callbacks(struct engine *e)
{
	const struct route_model *m = &e->set.model;
	double left = -1;

	if (!(e->w.keep > 0) || !e->waiting)
		return;
	for (unsigned b = 0; b < CH_EMAIL * WEIGHT_LEVELS * 2; b++)
		for (uint32_t at = 0; at < e->bins[b].n; at++) {
			const struct class *c = queue_head_class(e, &e->bins[b], at);
			if (e->items[c->head].since > e->now - m->callback_after_s)
				continue;
			if (e->all.state != ROUTE_RED && e->langs[c->lang].state != ROUTE_RED)
				continue;
			for (uint32_t i = c->head; i != NONE; i = e->items[i].next) {
				struct item *x = &e->items[i];
				if (e->now - x->since < m->callback_after_s)
					break;
				if (x->asked)
					continue;
				if (left < 0)
					left = e->w.keep * call_time(e) - e->callback_work;
				left -= m->callback_accept * m->work_s[CH_CALLBACK] *
					(c->complex ? m->complex_work : 1);
				if (left < 0)
					return;
				offer(e, i);
			}
		}
}
