/* What happened corrects what was told.
 *
 * Each told figure has a factor: what was seen over what was expected, with `learn` observations
 * of "as told" mixed in (so a few odd cases move little), bounded, and slowly forgotten.  Work is
 * seen when a contact ends; a failure is seen when the customer comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

static const double forget = 0.9995; /* an observation counts half after some 1,400 others */

static double factor(const struct engine *e, const struct ratio *r, double unit, double lo,
		     double hi)
{
	double prior = e->w.learn * unit;

	if (!(e->w.learn > 0))
		return 1;
	return fmin(hi, fmax(lo, (r->seen + prior) / (r->expected + prior)));
}

static void note(struct ratio *r, double seen, double expected)
{
	r->seen = r->seen * forget + seen;
	r->expected = r->expected * forget + expected;
}

void learn_start(struct engine *e)
{
	for (int i = 0; i < CH__N; i++) {
		e->f_work[i][0] = e->f_work[i][1] = 1;
		e->patience[i] = fmax(1, e->set.model.patience_s[i]);
	}
	e->patience[CH_CALLBACK] = e->patience[CH_EMAIL] = 14400;
	for (int i = 0; i < GAPS; i++)
		e->f_work_gap[i] = e->f_work_skill[i] = e->f_fail_gap[i] = e->f_fail_skill[i] = 1;
	e->f_fail[0] = e->f_fail[1] = 1;
	e->done = NEWN(e->a, struct done, DONE_RING);
}

/* Work is counted at full attention, against what the told figures and the person gave. */
void learn_work(struct engine *e, const struct item *x, double work)
{
	unsigned ch = x->c.channel, cx = x->c.complex, gl = x->gap, gs = x->skill_gap;
	double seen = fmin(8, work / fmax(1, x->work));

	note(&e->work_base[ch][cx], seen * e->f_work[ch][cx], 1);
	note(&e->work_gap[gl], seen * e->f_work_gap[gl], 1);
	note(&e->work_skill[gs], seen * e->f_work_skill[gs], 1);
}

static void fail_seen(struct engine *e, const struct done *d, double seen, double expected)
{
	note(&e->fail_base[d->complex], seen, expected / e->f_fail[d->complex]);
	note(&e->fail_gap[d->gap], seen, expected / e->f_fail_gap[d->gap]);
	note(&e->fail_skill[d->skill_gap], seen, expected / e->f_fail_skill[d->skill_gap]);
}

/* The share of those not helped who have come back by the time we stop waiting for them. */
static double heard_of(const struct engine *e, const struct done *d)
{
	double s = fmax(1, e->set.model.return_s[d->mail]);

	return e->set.model.return_p * (1 - exp(-1.5 * 2400 / s));
}

static void settle(struct engine *e, struct done *d, bool returned)
{
	fail_seen(e, d, returned, d->fail * heard_of(e, d));
	table_drop(&e->by_case, (uint64_t)d->case_id + 1);
	d->used = 0;
}

void learn_finished(struct engine *e, const struct item *x)
{
	if (!(e->w.learn > 0) || x->c.case_id < 0 || x->c.attempt >= 4)
		return;
	struct done *d = &e->done[e->done_at++ % DONE_RING];
	if (d->used)
		settle(e, d, false);
	*d = (struct done){.case_id = x->c.case_id,
			   .until = e->now + 300 + 1.5 * 2400,
			   .fail = x->fail,
			   .used = 1,
			   .complex = x->c.complex,
			   .gap = x->gap,
			   .skill_gap = x->skill_gap,
			   .mail = x->c.channel == CH_EMAIL};
	table_put(e->a, &e->by_case, (uint64_t)x->c.case_id + 1, (uint32_t)(d - e->done));
}

void learn_returned(struct engine *e, const struct route_contact *c)
{
	uint32_t *v =
	    c->repeat && c->case_id >= 0 ? table_find(&e->by_case, (uint64_t)c->case_id + 1) : NULL;

	if (v)
		settle(e, &e->done[*v], true);
}

/* A contact stopped waiting, by giving up or by being served: what patience there is. */
void learn_left(struct engine *e, const struct item *x, bool left)
{
	if (x->c.channel > CH_TELEGRAM)
		return;
	double *waited = &e->hazard_waited[x->c.channel], *gone = &e->hazard_left[x->c.channel];

	*waited = *waited * forget + e->now - x->since;
	*gone = *gone * forget + left;
}

void learn_refresh(struct engine *e)
{
	const struct route_model *m = &e->set.model;

	while (e->done_from < e->done_at) {
		struct done *d = &e->done[e->done_from % DONE_RING];
		if (e->done_at - e->done_from <= DONE_RING && d->used && d->until > e->now)
			break;
		if (d->used && d->until <= e->now)
			settle(e, d, false);
		e->done_from++;
	}
	if (!(e->w.learn > 0))
		return;
	for (int ch = 0; ch < CH__N; ch++)
		for (int cx = 0; cx < 2; cx++)
			e->f_work[ch][cx] = factor(e, &e->work_base[ch][cx], 1, 0.4, 2.5);
	for (int g = 0; g < GAPS; g++) {
		e->f_work_gap[g] = g ? factor(e, &e->work_gap[g], 1, 0.6, 1.6) : 1;
		e->f_work_skill[g] = g ? factor(e, &e->work_skill[g], 1, 0.6, 1.6) : 1;
		e->f_fail_gap[g] = g ? factor(e, &e->fail_gap[g], 1, 0.5, 2) : 1;
		e->f_fail_skill[g] = g ? factor(e, &e->fail_skill[g], 1, 0.5, 2) : 1;
	}
	for (int cx = 0; cx < 2; cx++)
		e->f_fail[cx] = factor(e, &e->fail_base[cx], 0.5, 0.3, 3);
	for (int ch = 0; ch <= CH_TELEGRAM; ch++) {
		double told = fmax(1, m->patience_s[ch]), k = e->w.learn;
		double seen = (e->hazard_waited[ch] + k * told) / (e->hazard_left[ch] + k);
		e->patience[ch] = fmin(3 * told, fmax(told / 3, seen));
	}
}
