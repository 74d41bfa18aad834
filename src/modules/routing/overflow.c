/* Overflow: how full the desk is, in words a lead sees, and callbacks that can be kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

static const double FLOOD = 0.3;

/* OFFER_S: whatever the desk is told, nobody is put off before they have really waited. */
enum { MARGIN_S = 300, NEAR_S = 900, LAST_S = 540, CALL_RATE_S = 1800, OFFER_S = 45 };

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

/* A call begins: at what rate they do is what can be promised. */
void overflow_call(struct engine *e)
{
	e->calls = e->calls * exp(-(e->now - e->calls_at) / CALL_RATE_S) + 1.0 / CALL_RATE_S;
	e->calls_at = e->now;
}

/* An offer of a callback is made, or answered, or of no use any more. */
void overflow_asking(struct engine *e, const struct item *x, int by)
{
	e->asking += (uint32_t)by;
	e->langs[e->classes[x->class].lang].asking += (uint32_t)by;
}

/* Calls that will begin within the window if people get to them as they did of late, less those
 * promised already. */
static double can_promise(const struct engine *e)
{
	if (e->flood && e->on_crew)
		return crew_can_promise(e, e->w.crew_keep * e->on_crew, e->callbacks + e->asking);
	double rate = e->calls * exp(-(e->now - e->calls_at) / CALL_RATE_S);
	/* A flood outlasts the window, and what is promised in it is paid by those who wait: the
	 * fuller the desk, the less is promised, and nothing once it is FLOOD over. */
	double room = fmin(1, fmax(0, 1 - (e->all.pressure - 1) / FLOOD));

	return e->w.keep * room * rate * e->set.model.callback_window_s - e->callbacks - e->asking;
}

/* How many people at once the promises need: each asks for its work over the time it has left,
 * less a margin for the call that is being ended. */
void overflow_crew(struct engine *e)
{
	e->needed = 0;
	if (!e->callbacks)
		return;
	for (unsigned k = 0; k < WEIGHT_LEVELS * 2; k++) {
		const struct bin *b = &e->bins[CH_CALLBACK * WEIGHT_LEVELS * 2 + k];
		for (uint32_t at = 0; at < b->n; at++)
			for (uint32_t i = queue_head_class(e, b, at)->head; i != NONE;
			     i = e->items[i].next) {
				double left = e->items[i].key - e->now - MARGIN_S;
				if (e->items[i].key > e->now && left < NEAR_S)
					e->needed += e->items[i].work / fmax(60, left);
			}
	}
}

/* A promise comes first when too few are at work on promises, and when its time runs out. */
bool overflow_presses(const struct engine *e, double deadline)
{
	return overflow_crew_short(e) || deadline - e->now < LAST_S;
}

bool overflow_crew_short(const struct engine *e)
{
	return e->callbacks > 0 && e->calling + e->draining < e->w.drain * e->needed;
}

static void offer(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	const struct queue_class *c = &e->classes[x->class];
	struct route_decision *d = engine_decide(e);

	x->asked = ASKED;
	overflow_asking(e, x, 1);
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

/* In a flood only calls that are soon done, and in each language as many as those of the crew who
 * speak it could do if they did nothing else. */
static bool may_offer(const struct engine *e, const struct queue_class *c)
{
	const struct language *l = &e->langs[c->lang];

	if (!e->flood || !e->on_crew)
		return true;
	return c->channel == CH_PHONE && !c->complex &&
	       crew_can_promise(e, l->on_crew, l->promised + l->asking) >= 1;
}

/* On ticks: who has waited long enough in a queue that is red is offered a call later, as long as
 * the promises fit into `keep` of the calls that people get to in that time. */
void overflow_callbacks(struct engine *e)
{
	double after = fmax(OFFER_S, e->set.model.callback_after_s);

	if (!(e->w.keep > 0) || !e->waiting)
		return;
	for (unsigned b = 0; b < CH_EMAIL * WEIGHT_LEVELS * 2; b++)
		for (uint32_t at = 0; at < e->bins[b].n; at++) {
			const struct queue_class *c = queue_head_class(e, &e->bins[b], at);
			if (e->items[c->head].since > e->now - after)
				continue;
			if (e->all.state != ROUTE_RED && e->langs[c->lang].state != ROUTE_RED)
				continue;
			for (uint32_t i = c->head; i != NONE; i = e->items[i].next) {
				struct item *x = &e->items[i];
				if (e->now - x->since < after)
					break;
				if (x->asked)
					continue;
				if (can_promise(e) < 1)
					return;
				if (!may_offer(e, c))
					break;
				offer(e, i);
			}
		}
}
