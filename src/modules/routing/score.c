/* What a day cost, in the benchmark's units: the same figures as its scorer prints. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/world_in.h"

#include <math.h>
#include <stdlib.h>

static double weight(const struct route_contact *c)
{
	return 1.0 + 2.0 * c->vip + 0.5 * c->emotion;
}

static double cost_of_wait(const struct world *w, const struct world_record *r)
{
	const struct route_model *m = &w->day->model;
	const struct route_contact *c = &r->c;

	if (c->channel == CH_EMAIL) {
		double late = (r->state == R_DONE ? r->fr : w->end - r->t) - c->target_s;
		return late > 0 ? m->cost_email_late + fmin(6, late / 3600) * m->cost_email_hour
				: 0;
	}
	if (c->channel == CH_CALLBACK)
		return r->at <= r->callback_by ? m->cost_callback : m->cost_abandon;
	return fmin(r->fr, 600) / 30 * m->cost_wait30 + (r->fr > c->target_s ? m->cost_breach : 0);
}

/* Adds one contact to the part of the cost it belongs to. */
static void add_cost(struct world *w, const struct world_record *r)
{
	const struct route_model *m = &w->day->model;
	struct figures *f = &w->f;
	double wt = weight(&r->c);
	double *part = r->c.channel == CH_EMAIL      ? &f->cost_mail
		       : r->c.channel == CH_CALLBACK ? &f->cost_callback
						     : &f->cost_wait;

	if (r->state == R_ABANDONED || (r->state == R_WAITING && r->c.channel <= CH_TELEGRAM)) {
		f->cost_abandoned += wt * m->cost_abandon;
	} else if (r->state == R_WAITING) {
		*part += wt * (r->c.channel == CH_EMAIL ? m->cost_email_late : m->cost_abandon);
	} else {
		*part += wt * cost_of_wait(w, r);
		f->cost_unresolved += r->ok ? 0 : wt * m->cost_unresolved;
	}
}

static void share_cost(struct figures *f)
{
	double *parts[] = {&f->cost_wait, &f->cost_abandoned, &f->cost_unresolved, &f->cost_mail,
			   &f->cost_callback};

	for (size_t i = 0; i < COUNT(parts); i++) {
		*parts[i] /= (double)(f->cases ? f->cases : 1);
		f->cost_per_case += *parts[i];
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t n, double q)
{
	if (!n)
		return 0;
	size_t i = (size_t)ceil(q * (double)n);
	return sorted[i > n ? n - 1 : i ? i - 1 : 0];
}

static double gini(double *v, size_t n)
{
	double total = 0, sum = 0;

	qsort(v, n, sizeof *v, by_size);
	for (size_t i = 0; i < n; i++) {
		total += v[i];
		sum += (double)(i + 1) * v[i];
	}
	return total > 0 ? 2 * sum / ((double)n * total) - ((double)n + 1) / (double)n : 0;
}

struct tally {
	double fr, fr_vip, by_market[64];
	size_t live, live_served, vip, callbacks, kept, served, first, ok, sl30, lost, match, skill;
	size_t mails, mails_ok, repeats, lang_repeats, again, same, in_market[64];
};

static void tally_served(struct tally *k, const struct world_record *r)
{
	k->served++;
	k->match += r->gl < 1;
	k->skill += r->gs < 1;
	k->first += r->c.attempt == 0;
	k->ok += r->c.attempt == 0 && r->ok;
	if (r->c.repeat && r->c.prev_agent >= 0) {
		k->again++;
		k->same += r->same;
	}
}

static void tally_live(struct tally *k, const struct world_record *r, bool served, double *fr)
{
	k->live++;
	k->lost += !served;
	if (!served)
		return;
	fr[k->live_served++] = r->fr;
	k->fr += r->fr;
	k->sl30 += r->fr <= 30;
	k->by_market[r->c.market] += r->fr;
	k->in_market[r->c.market]++;
	if (r->c.vip) {
		k->vip++;
		k->fr_vip += r->fr;
	}
}

static void tally_one(const struct world *w, struct tally *k, const struct world_record *r,
		      double *fr)
{
	bool served = r->state == R_ACTIVE || r->state == R_DONE;

	if (served)
		tally_served(k, r);
	k->repeats += r->c.repeat;
	k->lang_repeats += r->c.repeat && r->lang_fault;
	if (r->c.channel == CH_EMAIL) {
		k->mails++;
		k->mails_ok += r->state == R_DONE && r->fr <= r->c.target_s;
	} else if (r->c.channel == CH_CALLBACK) {
		k->callbacks++;
		k->kept += served && r->at <= r->callback_by;
	} else {
		tally_live(k, r, served, fr);
	}
	(void)w;
}

static double share(double a, size_t b)
{
	return a / (double)(b ? b : 1);
}

static void score_people(struct world *w)
{
	size_t n = 0;
	double *v = NEWN(w->a, double, w->day->told.n_people + 1);

	for (size_t i = 0; i < w->day->told.n_people; i++) {
		w->f.overtime_h += w->people[i].overtime / 3600;
		if (w->people[i].rostered <= 0)
			continue;
		v[n] = w->people[i].busy / w->people[i].rostered;
		w->f.util += v[n++];
	}
	w->f.util = share(w->f.util, n);
	w->f.gini = gini(v, n);
}

void world_score(struct world *w)
{
	struct tally *k = NEW(w->a, struct tally);
	double *fr = NEWN(w->a, double, w->n_records + 1);
	struct figures *f = &w->f;

	for (size_t i = 0; i < w->n_records; i++) {
		if (w->records[i].state == R_NONE)
			continue;
		f->contacts++;
		add_cost(w, &w->records[i]);
		tally_one(w, k, &w->records[i], fr);
	}
	qsort(fr, k->live_served, sizeof *fr, by_size);
	f->cases = w->day->n_cases;
	f->agents = w->day->told.n_people;
	share_cost(f);
	f->fr_mean = share(k->fr, k->live_served);
	f->fr_p50 = percentile(fr, k->live_served, 0.5);
	f->fr_p90 = percentile(fr, k->live_served, 0.9);
	f->fr_p99 = percentile(fr, k->live_served, 0.99);
	f->fr_mean_vip = share(k->fr_vip, k->vip);
	f->sl30 = share((double)k->sl30, k->live + k->callbacks);
	f->abandon = share((double)k->lost, k->live + k->callbacks);
	f->callbacks = k->callbacks;
	f->callbacks_kept = k->kept;
	f->lang_match = share((double)k->match, k->served);
	f->skill_match = share((double)k->skill, k->served);
	f->fcr = share((double)k->ok, k->first);
	f->fcr_all = share((double)k->ok, f->cases);
	f->repeat = share((double)k->repeats, k->served);
	f->repeat_lang_share = share((double)k->lang_repeats, k->repeats);
	f->same_agent = share((double)k->same, k->again);
	f->email_sla = share((double)k->mails_ok, k->mails);
	for (size_t i = 0; i < 64; i++)
		f->fr_market[i] = share(k->by_market[i], k->in_market[i]);
	for (size_t i = 0; i < w->day->told.markets.n; i++)
		if (str_eq(w->day->told.markets.v[i], S("DE")))
			f->fr_de = f->fr_market[i];
	score_people(w);
}
