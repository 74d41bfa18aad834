/* The parts a day's file and the protocol's first line share: model, markets, people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/wire.h"

#include <math.h>
#include <string.h>

/* clang-format off */
const struct route_model route_model_default = {
	.work_s = {330, 400, 430, 430, 330, 300},
	.target_s = {20, 30, 45, 45, 14400, 2700},
	.patience_s = {200, 420, 2400, 2400, 0, 0},
	.complex_work = 1.7, .lang_work = 0.16, .skill_work = 0.10, .same_work = 0.8,
	.p_simple = 0.88, .p_complex = 0.70, .lang_fcr = 0.17, .skill_fcr = 0.09, .same_fcr = 1.06,
	.need_lang = {4, 3, 3}, .need_skill = {2, 4}, .mt_floor = {0, 1, 2},
	.beta = 0.3, .email_yield = 0.35,
	.react_s = {3, 8}, .react_load = 0.35, .react_lang = 0.25,
	.work_cv = 0.7, .return_p = 0.75, .return_s = {2400, 7200}, .redial_p = 0.4, .redial_s = 600,
	.callback_after_s = 45, .callback_accept = 0.6, .callback_window_s = 2700,
	.cost_wait30 = 1, .cost_breach = 1, .cost_abandon = 10, .cost_unresolved = 6,
	.cost_email_late = 3, .cost_email_hour = 1, .cost_callback = 3,
};

#define AT(m) offsetof(struct route_model, m)
static const struct { const char *name; size_t at; } numbers[] = {
	{"complex_work", AT(complex_work)}, {"lang_work", AT(lang_work)},
	{"skill_work", AT(skill_work)},     {"same_work", AT(same_work)},
	{"p_simple", AT(p_simple)},         {"p_complex", AT(p_complex)},
	{"lang_fcr", AT(lang_fcr)},         {"skill_fcr", AT(skill_fcr)},
	{"same_fcr", AT(same_fcr)},         {"beta", AT(beta)},
	{"email_yield", AT(email_yield)},   {"react_load", AT(react_load)},
	{"react_lang", AT(react_lang)},     {"work_cv", AT(work_cv)},
	{"return_p", AT(return_p)},         {"redial_p", AT(redial_p)},
	{"redial_s", AT(redial_s)},         {"callback_after_s", AT(callback_after_s)},
	{"callback_accept", AT(callback_accept)},
	{"callback_window_s", AT(callback_window_s)},
}, costs[] = {
	{"wait30", AT(cost_wait30)},         {"breach", AT(cost_breach)},
	{"abandon", AT(cost_abandon)},       {"unresolved", AT(cost_unresolved)},
	{"email_late", AT(cost_email_late)}, {"email_hour", AT(cost_email_hour)},
	{"callback", AT(cost_callback)},
};

static const char *const channels[CH__N] = {"phone", "chat", "whatsapp", "telegram", "email", "callback"};
static const char *const places[PLACE__N] = {"phone", "chat", "email"};
static const char *const waits[] = {"live", "email"};
/* clang-format on */

int wire_channel(struct str s)
{
	for (int i = 0; i < CH__N; i++)
		if (str_eq(s, str_of(channels[i])))
			return i;
	return -1;
}

const char *route_channel_name(enum route_channel c)
{
	return channels[c];
}

enum route_place route_place_of(enum route_channel c)
{
	return c == CH_PHONE || c == CH_CALLBACK ? PLACE_PHONE
	       : c == CH_EMAIL                   ? PLACE_MAIL
						 : PLACE_CHAT;
}

int route_name(struct arena *a, struct route_names *n, struct str s)
{
	char plain[ROUTE_NAME_MAX + 1];

	s = (struct str){plain, pull_decode(s, plain, sizeof plain)};
	for (size_t i = 0; i < n->n; i++)
		if (str_eq(n->v[i], s))
			return (int)i;
	if (n->n >= COUNT(n->v) - 1 || !s.n || s.n > ROUTE_NAME_MAX || !str_utf8_ok(s))
		return -1;
	n->v[n->n] = str_dup(a, s);
	return (int)n->n++;
}

int route_name_or_rest(struct arena *a, struct route_names *n, struct str s)
{
	int i = route_name(a, n, s), last = COUNT(n->v) - 1;

	if (i >= 0)
		return i;
	while (n->n <= (size_t)last)
		n->v[n->n++] = S("...");
	return last;
}

/* {"phone": 1, ...}: the numbers whose names are known, the others left alone. */
static void read_table(struct pull *p, const char *const *names, size_t n, double *out)
{
	struct str key;

	pull_object(p);
	while (pull_member(p, &key)) {
		size_t i = 0;
		while (i < n && !str_eq(key, str_of(names[i])))
			i++;
		if (i < n)
			out[i] = pull_real_or(p, out[i]);
		else
			pull_skip(p);
	}
}

static void read_costs(struct pull *p, struct route_model *m)
{
	struct str key;

	pull_object(p);
	while (pull_member(p, &key)) {
		size_t i = 0;
		while (i < COUNT(costs) && !str_eq(key, str_of(costs[i].name)))
			i++;
		double *to = i < COUNT(costs) ? (double *)((char *)m + costs[i].at) : NULL;
		double v = pull_real_or(p, to ? *to : 0);
		if (to)
			*to = v;
	}
}

static bool read_number(struct pull *p, struct str key, struct route_model *m)
{
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (str_eq(key, str_of(numbers[i].name))) {
			double *to = (double *)((char *)m + numbers[i].at);
			*to = pull_real_or(p, *to);
			return true;
		}
	return false;
}

void wire_read_model(struct pull *p, struct route_model *m)
{
	struct str key;

	*m = route_model_default;
	pull_object(p);
	while (pull_member(p, &key)) {
		if (read_number(p, key, m))
			continue;
		if (str_eq(key, S("work_s")))
			read_table(p, channels, CH__N, m->work_s);
		else if (str_eq(key, S("target_s")))
			read_table(p, channels, CH__N, m->target_s);
		else if (str_eq(key, S("patience_s")))
			read_table(p, channels, CH__N, m->patience_s);
		else if (str_eq(key, S("need_lang")))
			read_table(p, places, PLACE__N, m->need_lang);
		else if (str_eq(key, S("mt_floor")))
			read_table(p, places, PLACE__N, m->mt_floor);
		else if (str_eq(key, S("react_s")))
			read_table(p, places, 2, m->react_s);
		else if (str_eq(key, S("return_s")))
			read_table(p, waits, 2, m->return_s);
		else if (str_eq(key, S("cost")))
			read_costs(p, m);
		else if (str_eq(key, S("need_skill"))) {
			int i = 0;
			pull_list(p);
			while (pull_item(p)) {
				double v = pull_real_or(p, i < 2 ? m->need_skill[i] : 0);
				if (i < 2)
					m->need_skill[i++] = v;
			}
		} else
			pull_skip(p);
	}
}

void wire_read_regions(struct pull *p, struct arena *a, struct route_setup *s)
{
	pull_list(p);
	while (pull_item(p))
		if (route_name(a, &s->regions, pull_text(p)) < 0)
			pull_fail(p);
}

void wire_read_markets(struct pull *p, struct arena *a, struct route_setup *s)
{
	struct str key, inner;

	pull_object(p);
	while (pull_member(p, &key)) {
		int m = route_name_or_rest(a, &s->markets, key), r = 0;
		pull_object(p);
		while (pull_member(p, &inner)) {
			if (str_eq(inner, S("region")))
				r = route_name(a, &s->regions, pull_text(p));
			else
				pull_skip(p);
		}
		if (m < 0 || r < 0)
			pull_fail(p);
		else
			s->market_region[m] = (uint16_t)r;
	}
}

/* Of 4.5 it is 4 that is sure; of what is no number, nothing. */
static uint8_t grade(struct pull *p)
{
	double g = pull_real_or(p, 0);

	return (uint8_t)(g > 0 ? g < ROUTE_GRADE_MAX ? g : ROUTE_GRADE_MAX : 0);
}

size_t wire_read_langs(struct pull *p, struct arena *a, struct route_names *names,
		       struct route_speaks *out, uint8_t *best)
{
	struct str key;
	size_t n = 0;
	uint8_t top = 0;

	pull_object(p);
	while (pull_member(p, &key)) {
		int l = route_name(a, names, key);
		uint8_t g = grade(p);
		if (l < 0 || n == ROUTE_SPEAKS_MAX)
			continue; /* more than a desk has use for */
		out[n++] = (struct route_speaks){(uint8_t)l, g};
		if (g > top && best) {
			top = g;
			*best = (uint8_t)l;
		}
	}
	return n;
}

static void read_skills(struct pull *p, struct arena *a, struct route_names *topics, uint8_t *out)
{
	struct str key;

	pull_object(p);
	while (pull_member(p, &key)) {
		int t = route_name(a, topics, key);
		uint8_t g = grade(p);
		if (t >= 0 && t < ROUTE_TOPICS_MAX)
			out[t] = g;
	}
}

static void read_places(struct pull *p, struct route_person *x)
{
	pull_list(p);
	while (pull_item(p)) {
		struct str s = pull_text(p);
		for (int i = 0; i < PLACE__N; i++)
			if (str_eq(s, str_of(places[i])))
				x->channels |= (uint8_t)(1 << i);
	}
}

static void read_roster(struct pull *p, struct route_person *x)
{
	pull_list(p);
	while (pull_item(p)) {
		double edge[2] = {0};
		int i = 0;
		pull_list(p);
		while (pull_item(p)) {
			double v = pull_real(p);
			if (i < 2)
				edge[i++] = v;
		}
		if (x->n_on < ROUTE_SHIFTS_MAX && i == 2)
			memcpy(x->on[x->n_on++], edge, sizeof edge);
	}
}

static void read_known_markets(struct pull *p, struct arena *a, struct route_setup *s,
			       struct route_person *x)
{
	pull_list(p);
	while (pull_item(p)) {
		int m = route_name(a, &s->markets, pull_text(p));
		if (m >= 0)
			x->markets |= UINT64_C(1) << m;
	}
}

int64_t wire_id(struct pull *p)
{
	double v = pull_real_or(p, -1);

	return v >= 0 && v <= 9007199254740992.0 && v == floor(v) ? (int64_t)v : -1;
}

static void read_person(struct pull *p, struct arena *a, struct route_setup *s,
			struct route_person *x)
{
	struct str key;

	*x = (struct route_person){.id = -1, .max_chat = 1};
	pull_object(p);
	while (pull_member(p, &key)) {
		if (str_eq(key, S("id")))
			x->id = wire_id(p);
		else if (str_eq(key, S("region"))) {
			int r = route_name(a, &s->regions, pull_text(p));
			x->region = (uint16_t)(r < 0 ? 0 : r);
		} else if (str_eq(key, S("markets")))
			read_known_markets(p, a, s, x);
		else if (str_eq(key, S("langs")))
			x->n_langs = (uint8_t)wire_read_langs(p, a, &s->langs, x->langs, NULL);
		else if (str_eq(key, S("skills")))
			read_skills(p, a, &s->topics, x->skills);
		else if (str_eq(key, S("channels")))
			read_places(p, x);
		else if (str_eq(key, S("max_chat"))) {
			double n = pull_real_or(p, x->max_chat);
			x->max_chat =
			    (uint8_t)(n > 0 ? n < ROUTE_CHATS_MAX ? n : ROUTE_CHATS_MAX : 0);
		} else if (str_eq(key, S("on")))
			read_roster(p, x);
		else
			pull_skip(p);
	}
}

void wire_read_people(struct pull *p, struct arena *a, struct route_setup *s)
{
	size_t cap = s->n_people; /* the list may come twice */

	pull_list(p);
	while (pull_item(p)) {
		if (s->n_people == ROUTE_PEOPLE_MAX) {
			pull_fail(p);
			return;
		}
		if (s->n_people == cap) {
			struct route_person *v = NEWN(a, struct route_person, cap * 2 + 64);
			if (cap)
				memcpy(v, s->people, cap * sizeof *v);
			s->people = v;
			cap = cap * 2 + 64;
		}
		read_person(p, a, s, &s->people[s->n_people++]);
	}
}
