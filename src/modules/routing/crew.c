/* The calling crew: in a flood a few people take calls, and do what was promised as callbacks.
 *
 * A call needs somebody with no chat at all, so on a full desk nobody is ever free for one, and
 * freeing a person for each call wastes her places each time.  While the flood lasts a crew is
 * therefore kept: few, those who have the fewest places for chats and speak what callers speak.
 * Its calls are known ahead, so in that time callbacks are promised to simple calls, as many as
 * the crew can keep. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

enum {
	JOINS = 4,      /* a tick, so that none takes long */
	FLOOD_S = 1500, /* in red, or not below its release: to free a crew takes long itself */
};

static void count(struct engine *e, const struct person *p, int by)
{
	e->on_crew += (uint32_t)by;
	for (int i = 0; i < p->n_strong; i++)
		e->langs[p->strong[i]].on_crew += (uint32_t)by;
}

/* After her languages or the table of them changed, and after a restore. */
void crew_recount(struct engine *e)
{
	e->on_crew = 0;
	for (int l = 0; l < ROUTE_LANGS_MAX; l++)
		e->langs[l].on_crew = 0;
	for (uint32_t i = 0; i < e->n_people; i++)
		if (e->people[i].crew)
			count(e, &e->people[i], 1);
}

static void join(struct engine *e, uint32_t who)
{
	e->people[who].crew = 1;
	count(e, &e->people[who], 1);
	desk_list(e, who);
}

static void leave(struct engine *e, uint32_t who)
{
	e->people[who].crew = 0;
	count(e, &e->people[who], -1);
	desk_list(e, who);
	choose_contacts(e, who);
}

/* Calls that each of the crew would have with her in it, for each place for chats she gives up. */
static double calls_for_place(const struct engine *e, const struct person *p)
{
	double calls = 0;

	for (int i = 0; i < p->n_strong; i++) {
		const struct language *l = &e->langs[p->strong[i]];
		double age = e->now - l->calls_at;
		calls += l->calls * exp(-age / CALLS_S) / (l->on_crew + 1);
	}
	return calls / fmax(1, value_capacity(e, p));
}

static bool fits(const struct person *p)
{
	return p->on && p->spec.channels & 1 << PLACE_PHONE;
}

static uint32_t best_to_join(const struct engine *e)
{
	uint32_t best = NONE;
	double most = 0;

	for (uint32_t i = 0; i < e->n_people; i++) {
		const struct person *p = &e->people[i];
		double v = fits(p) && !p->crew ? calls_for_place(e, p) : 0;
		if (v > most) {
			most = v;
			best = i;
		}
	}
	return best;
}

static bool flooded(const struct engine *e)
{
	if (e->all.state != ROUTE_RED || e->flood)
		return e->all.state == ROUTE_RED;
	return e->all.pressure > e->w.flood && e->now - e->all.red_since >= FLOOD_S;
}

/* On ticks.  The crew stays as it is until the flood is over and the promises are kept. */
void crew_keep(struct engine *e)
{
	e->flood = flooded(e);
	if (!e->flood && !e->on_crew)
		return;
	for (uint32_t i = 0; i < e->n_people && e->on_crew; i++)
		if (e->people[i].crew && (!fits(&e->people[i]) || (!e->flood && !e->callbacks)))
			leave(e, i);
	/* A desk too small for half a person of that share does worse with a crew. */
	double wanted = e->w.crew * e->n_on >= 0.5 ? e->w.crew * e->n_on : 0;
	for (int k = 0; k < JOINS && e->flood && e->on_crew < wanted; k++) {
		uint32_t who = best_to_join(e);
		if (who == NONE)
			return;
		join(e, who);
	}
}

/* Callbacks that so many people can keep within the window, less what is promised already. */
double crew_can_promise(const struct engine *e, double people, uint32_t promised)
{
	const struct route_model *m = &e->set.model;
	double work = m->work_s[CH_CALLBACK] * e->f_work[CH_CALLBACK][0];

	return people * m->callback_window_s / fmax(1, work) - promised;
}
