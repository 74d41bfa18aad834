/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/day.h"

#include "modules/routing/wire.h"

#include <string.h>

enum { CASES_MAX = 2000000, PROFILES_MAX = 4096 };

struct reader {
	struct arena *a;
	struct day *d;
	const char *why;
	bool told;
};

/* Make room for one more of an arena's array. */
static void *room(struct arena *a, void *v, size_t n, size_t size)
{
	if (n & (n + 1)) /* full only when n + 1 is a power of two */
		return v;
	void *more = arena_alloc(a, (2 * n + 2) * size);
	if (n)
		memcpy(more, v, n * size);
	return more;
}

static void read_profiles(struct pull *p, struct reader *r)
{
	struct day *d = r->d;

	pull_list(p);
	while (pull_item(p)) {
		if (d->n_profiles == PROFILES_MAX) {
			pull_fail(p);
			return;
		}
		d->profiles = room(r->a, d->profiles, d->n_profiles, sizeof *d->profiles);
		struct day_profile *x = &d->profiles[d->n_profiles++];
		*x = (struct day_profile){0};
		x->n = (uint8_t)wire_read_langs(p, r->a, &d->told.langs, x->langs, NULL);
	}
}

static uint8_t in_range(struct pull *p, int64_t v, int64_t max)
{
	if (v < 0 || v > max)
		pull_fail(p);
	return (uint8_t)v;
}

/* [t, market, profile, channel, topic, complex, vip, emotion] */
static void read_case(struct pull *p, struct reader *r, struct day_case *x)
{
	struct route_setup *s = &r->d->told;

	pull_list(p);
	for (int i = 0; pull_item(p); i++) {
		switch (i) {
		case 0: x->t = pull_real(p); break;
		case 1:
			x->market =
			    in_range(p, route_name_or_rest(r->a, &s->markets, pull_text(p)), 63);
			break;
		case 2: x->profile = (uint16_t)pull_int(p); break;
		case 3: x->channel = in_range(p, wire_channel(pull_text(p)), CH_EMAIL); break;
		case 4:
			x->topic =
			    in_range(p, route_name_or_rest(r->a, &s->topics, pull_text(p)), 63);
			break;
		case 5: x->complex = in_range(p, pull_int(p), 1); break;
		case 6: x->vip = in_range(p, pull_int(p), 1); break;
		case 7: x->emotion = in_range(p, pull_int(p), 2); break;
		default: pull_skip(p);
		}
	}
}

static void read_cases(struct pull *p, struct reader *r)
{
	struct day *d = r->d;

	pull_list(p);
	while (pull_item(p)) {
		if (d->n_cases == CASES_MAX) {
			pull_fail(p);
			return;
		}
		d->cases = room(r->a, d->cases, d->n_cases, sizeof *d->cases);
		struct day_case *x = &d->cases[d->n_cases++];
		*x = (struct day_case){0};
		read_case(p, r, x);
	}
}

static double *read_reals(struct pull *p, struct reader *r, size_t *n)
{
	double *v = NULL;

	*n = 0;
	pull_list(p);
	while (pull_item(p)) {
		v = room(r->a, v, *n, sizeof *v);
		v[(*n)++] = pull_real(p);
	}
	return v;
}

static void read_hidden(struct pull *p, struct reader *r)
{
	struct str key;
	size_t n;

	pull_object(p);
	while (pull_member(p, &key)) {
		if (str_eq(key, S("speed")))
			r->d->speed = read_reals(p, r, &n);
		else if (str_eq(key, S("quality")))
			r->d->quality = read_reals(p, r, &n);
		else {
			pull_skip(p);
			continue;
		}
		if (n != r->d->told.n_people)
			pull_fail(p);
	}
}

/* A seed may use all 64 bits, which a double cannot hold. */
static uint64_t read_seed(struct pull *p)
{
	uint64_t v = 0;

	pull_peek(p);
	while (p->p < p->end && *p->p >= '0' && *p->p <= '9')
		v = v * 10 + (uint64_t)(*p->p++ - '0');
	p->first = false;
	return v;
}

static void read_member(struct pull *p, struct reader *r, struct str key)
{
	struct day *d = r->d;

	if (str_eq(key, S("seed")))
		d->seed = read_seed(p);
	else if (str_eq(key, S("name")))
		d->told.name = str_dup(r->a, pull_text(p));
	else if (str_eq(key, S("horizon")))
		d->told.horizon = pull_real(p);
	else if (str_eq(key, S("drain")))
		d->drain = pull_real(p);
	else if (str_eq(key, S("tick_s")))
		d->told.tick_s = pull_real(p);
	else if (str_eq(key, S("model")))
		wire_read_model(p, &d->model);
	else if (str_eq(key, S("told"))) {
		r->told = true;
		wire_read_model(p, &d->told.model);
	} else if (str_eq(key, S("regions")))
		wire_read_regions(p, r->a, &d->told);
	else if (str_eq(key, S("markets")))
		wire_read_markets(p, r->a, &d->told);
	else if (str_eq(key, S("profiles")))
		read_profiles(p, r);
	else if (str_eq(key, S("agents")))
		wire_read_people(p, r->a, &d->told);
	else if (str_eq(key, S("cases")))
		read_cases(p, r);
	else
		pull_skip(p);
}

/* What one part of the file says of another. */
static const char *wrong(const struct day *d)
{
	double last = 0;

	if (!d->speed || !d->quality)
		return "hidden.speed and hidden.quality must have one number for each agent";
	if (!(d->told.tick_s > 0) || !(d->told.horizon > 0) || d->told.horizon > 1e7 ||
	    d->drain < 0)
		return "tick_s and horizon must be positive";
	for (size_t i = 0; i < d->told.n_people; i++)
		if (d->told.people[i].id != (int64_t)i)
			return "agents are numbered from 0";
	for (size_t i = 0; i < d->n_cases; i++) {
		if (d->cases[i].t < last || d->cases[i].profile >= d->n_profiles)
			return "cases must be in order of time, with profiles that exist";
		last = d->cases[i].t;
	}
	return NULL;
}

enum err day_read(struct arena *a, struct str json, struct day *d, const char **why)
{
	struct reader r = {.a = a, .d = d};
	struct pull p = pull_of(json), again;
	struct str key;

	*d = (struct day){.model = route_model_default};
	d->told.weights = route_weights_default;
	d->told.tick_s = 2;
	pull_object(&p);
	again = p;
	while (pull_member(&p, &key))
		if (str_eq(key, S("hidden")))
			pull_skip(&p);
		else
			read_member(&p, &r, key);
	*why = "the file is no scenario";
	if (!pull_end(&p))
		return E_MALFORMED;
	/* "hidden" may stand before "agents", whose number it is checked against. */
	while (pull_member(&again, &key))
		if (str_eq(key, S("hidden")))
			read_hidden(&again, &r);
		else
			pull_skip(&again);
	if (!pull_end(&again))
		return E_MALFORMED;
	if (!r.told)
		d->told.model = d->model;
	*why = wrong(d);
	return *why ? E_INVALID : E_OK;
}
