/* Who is there, what they have in hand, and the lists in which they are found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>
#include <string.h>

uint32_t desk_find(const struct engine *e, int64_t agent)
{
	uint32_t *v = agent >= 0 ? table_find(&e->by_agent, (uint64_t)agent + 1) : NULL;

	return v ? *v : NONE;
}

/* ---- languages and their variants ---- */

static struct str base_of(struct str tag)
{
	ptrdiff_t dash = str_find_char(tag, '-');

	return dash < 0 ? tag : str_slice(tag, 0, (size_t)dash);
}

/* es for es-MX is full command; es-ES for es-MX costs a grade. */
static uint8_t across(const struct engine *e, struct route_speaks s, int want)
{
	struct str has = e->set.langs.v[s.lang], to = e->set.langs.v[want];

	if (s.lang == want)
		return s.grade;
	if (!str_eq(base_of(has), base_of(to)))
		return 0;
	bool general = str_find_char(has, '-') < 0 || str_find_char(to, '-') < 0;
	return general ? s.grade : s.grade ? s.grade - 1 : 0;
}

static uint8_t command_of(const struct engine *e, const struct route_person *p, int lang)
{
	uint8_t best = 0;

	for (int i = 0; i < p->n_langs; i++) {
		uint8_t g = across(e, p->langs[i], lang);
		best = g > best ? g : best;
	}
	return best;
}

uint32_t desk_sig(struct engine *e, const uint8_t *eff)
{
	for (uint32_t i = 0; i < e->n_sigs; i++)
		if (memcmp(e->sigs[i].eff, eff, ROUTE_LANGS_MAX) == 0)
			return i;
	if (e->n_sigs == e->cap_sigs) {
		uint32_t cap = e->cap_sigs * 2 + 32;
		struct sig *v = NEWN(e->a, struct sig, cap);
		uint32_t *open = NEWN(e->a, uint32_t, cap);
		if (e->n_sigs) {
			memcpy(v, e->sigs, e->n_sigs * sizeof *v);
			memcpy(open, e->sig_open, e->n_sigs * sizeof *open);
		}
		e->sigs = v;
		e->sig_open = open;
		e->cap_sigs = cap;
	}
	struct sig *s = &e->sigs[e->n_sigs];
	*s = (struct sig){.head = NONE, .tail = NONE, .next_on = INFINITY};
	memcpy(s->eff, eff, sizeof s->eff);
	e->sig_open[e->n_sigs] = 0;
	return e->n_sigs++;
}

/* ---- lists ---- */

bool desk_can_take(const struct person *p, enum route_place g)
{
	if (!p->on || !(p->spec.channels & 1 << g))
		return false;
	if (g == PLACE_MAIL)
		return p->mail == NONE;
	if (p->phone != NONE)
		return false;
	if (g == PLACE_PHONE || (p->crew && p->n_chats))
		return p->n_chats == 0;
	return p->n_chats < p->spec.max_chat && !p->draining;
}

static void unlist(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];
	struct sig *s = &e->sigs[p->sig];

	if (!p->listed)
		return;
	*(p->prev != NONE ? &e->people[p->prev].next : &s->head) = p->next;
	*(p->next != NONE ? &e->people[p->next].prev : &s->tail) = p->prev;
	e->sig_open[p->sig]--;
	p->listed = 0;
}

static void list(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];
	struct sig *s = &e->sigs[p->sig];

	p->prev = s->tail;
	p->next = NONE;
	*(s->tail != NONE ? &e->people[s->tail].next : &s->head) = who;
	s->tail = who;
	e->sig_open[p->sig]++;
	p->listed = 1;
	p->listed_seq = ++e->seq;
}

static void mail_unlist(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	if (!p->mail_listed)
		return;
	*(p->mail_prev != NONE ? &e->people[p->mail_prev].mail_next : &e->mail_head) = p->mail_next;
	*(p->mail_next != NONE ? &e->people[p->mail_next].mail_prev : &e->mail_tail) = p->mail_prev;
	p->mail_listed = 0;
}

static void mail_list(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	p->mail_prev = e->mail_tail;
	p->mail_next = NONE;
	*(e->mail_tail != NONE ? &e->people[e->mail_tail].mail_next : &e->mail_head) = who;
	e->mail_tail = who;
	p->mail_listed = 1;
	p->mail_seq = ++e->seq;
}

static bool takes_mail(const struct person *p)
{
	return desk_can_take(p, PLACE_MAIL) && p->phone == NONE && p->n_chats <= MAIL_CHATS_MAX;
}

void desk_list(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	unlist(e, who);
	mail_unlist(e, who);
	places_count(e, p);
	if (desk_can_take(p, PLACE_PHONE) || desk_can_take(p, PLACE_CHAT))
		list(e, who);
	if (takes_mail(p))
		mail_list(e, who);
}

/* ---- time ---- */

static bool has_work(const struct person *p)
{
	return p->n_chats || p->phone != NONE || p->mail != NONE;
}

void desk_work(struct engine *e, struct person *p)
{
	double dt = e->now - p->last, n = p->n_chats;

	if (dt > 0) {
		p->chat_clock += n > 0 ? dt / (1 + e->set.model.beta * (n - 1)) : 0;
		if (p->phone == NONE)
			p->mail_clock += dt * fmax(0, 1 - e->set.model.email_yield * n);
		p->busy += has_work(p) ? dt : 0;
		p->present += p->on ? dt : 0;
	}
	p->last = e->now;
}

/* Share of her time on shift with something in hand; an hour's worth of the mean is mixed in,
 * so that the first minutes of a shift say little. */
double desk_busy(const struct engine *e, const struct person *p)
{
	double dt = e->now - p->last;
	double busy = p->busy + (has_work(p) ? dt : 0), present = p->present + (p->on ? dt : 0);

	return (busy + e->mean_busy * 3600) / (present + 3600);
}

/* ---- on and off, capacity ---- */

static void count_sig(struct engine *e, const struct person *p, int by)
{
	struct sig *s = &e->sigs[p->sig];

	s->on += (uint32_t)by;
	for (int t = 0; t < ROUTE_TOPICS_MAX; t++)
		s->skilled[t][p->spec.skills[t]] =
		    (uint16_t)(s->skilled[t][p->spec.skills[t]] + by);
}

static void count_capacity(struct engine *e, const struct person *p, int by)
{
	double c = by * value_capacity(e, p);

	e->n_on += (uint32_t)by;
	e->all.capacity += c;
	for (size_t l = 0; l < e->set.langs.n; l++)
		if (p->eff[l] >= STRONG)
			e->langs[l].capacity += c;
	if (e->n_on == 0) { /* no rounding stays behind */
		e->all.capacity = 0;
		for (int l = 0; l < ROUTE_LANGS_MAX; l++)
			e->langs[l].capacity = 0;
	}
}

/* Who comes later than the others does not get everything until she has had as much. */
static void catch_up(const struct engine *e, struct person *p)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < e->n_people; i++)
		if (e->people[i].on && e->people[i].turns < least)
			least = e->people[i].turns;
	if (least != UINT64_MAX && least > p->turns)
		p->turns = least;
}

void desk_on(struct engine *e, uint32_t who, bool on)
{
	struct person *p = &e->people[who];

	if (p->on == on)
		return;
	desk_work(e, p);
	if (on)
		catch_up(e, p);
	p->on = on;
	count_sig(e, p, on ? 1 : -1);
	count_capacity(e, p, on ? 1 : -1);
	desk_list(e, who);
}

static void learn_languages(struct engine *e, struct person *p)
{
	memset(p->eff, 0, sizeof p->eff);
	p->n_strong = 0;
	for (size_t l = 0; l < e->set.langs.n; l++)
		p->eff[l] = command_of(e, &p->spec, (int)l);
	for (int i = 0; i < p->spec.n_langs; i++)
		if (p->spec.langs[i].grade >= STRONG)
			p->strong[p->n_strong++] = p->spec.langs[i].lang;
	p->sig = desk_sig(e, p->eff);
}

static void bound(struct route_person *s)
{
	s->n_langs = s->n_langs > ROUTE_SPEAKS_MAX ? ROUTE_SPEAKS_MAX : s->n_langs;
	s->max_chat = s->max_chat > ROUTE_CHATS_MAX ? ROUTE_CHATS_MAX : s->max_chat;
	s->n_on = s->n_on > ROUTE_SHIFTS_MAX ? ROUTE_SHIFTS_MAX : s->n_on;
	s->channels &= (1 << PLACE__N) - 1;
	for (int i = 0; i < s->n_langs; i++) {
		s->langs[i].lang %= ROUTE_LANGS_MAX;
		if (s->langs[i].grade > ROUTE_GRADE_MAX)
			s->langs[i].grade = ROUTE_GRADE_MAX;
	}
	for (int i = 0; i < ROUTE_TOPICS_MAX; i++)
		if (s->skills[i] > ROUTE_GRADE_MAX)
			s->skills[i] = ROUTE_GRADE_MAX;
}

static uint32_t add(struct engine *e, const struct route_person *spec)
{
	if (e->n_people == e->cap_people) {
		uint32_t cap = e->cap_people * 2 + 64;
		struct person *v = NEWN(e->a, struct person, cap);
		if (e->n_people)
			memcpy(v, e->people, e->n_people * sizeof *v);
		e->people = v;
		e->cap_people = cap;
	}
	e->people[e->n_people] = (struct person){.phone = NONE,
						 .mail = NONE,
						 .own_head = NONE,
						 .own_tail = NONE,
						 .prev = NONE,
						 .next = NONE,
						 .mail_prev = NONE,
						 .mail_next = NONE,
						 .last = e->now};
	table_put(e->a, &e->by_agent, (uint64_t)spec->id + 1, e->n_people);
	return e->n_people++;
}

/* A new person, or one whose grades, capacity or roster changed; what is in hand stays. */
uint32_t desk_put(struct engine *e, const struct route_person *spec)
{
	uint32_t who = desk_find(e, spec->id);

	if (who == NONE)
		who = add(e, spec);
	struct person *p = &e->people[who];
	bool on = p->on;
	uint64_t turns = p->turns; /* she does not come late: she was there */
	if (on)
		desk_on(e, who, false);
	p->spec = *spec;
	bound(&p->spec);
	learn_languages(e, p);
	if (p->crew)
		crew_recount(e);
	if (on) {
		desk_on(e, who, true);
		p->turns = turns;
	}
	return who;
}

static bool knows_any(const struct engine *e, const struct person *p, size_t from)
{
	for (size_t l = from; l < e->set.langs.n; l++)
		if (command_of(e, &p->spec, (int)l))
			return true;
	return false;
}

/* Tags nobody had named until now, from `from`: who speaks a variant of one moves to the people of
 * another signature, and keeps her place among them. */
void desk_know_languages(struct engine *e, size_t from)
{
	bool moved = false;

	for (uint32_t i = 0; i < e->n_people; i++) {
		struct person *p = &e->people[i];
		if (!knows_any(e, p, from))
			continue;
		uint64_t place = p->listed_seq;
		moved = true;
		unlist(e, i);
		if (p->on) {
			count_sig(e, p, -1);
			count_capacity(e, p, -1);
		}
		learn_languages(e, p);
		if (p->on) {
			count_sig(e, p, 1);
			count_capacity(e, p, 1);
		}
		p->listed_seq = place;
	}
	if (moved)
		desk_relist(e, NEWN(e->a, uint32_t, e->n_people + 1));
}

/* ---- work in hand ---- */

void desk_give(struct engine *e, uint32_t who, uint32_t i)
{
	struct person *p = &e->people[who];
	struct item *x = &e->items[i];
	enum route_place g = route_place_of(x->c.channel);

	desk_work(e, p);
	x->state = ITEM_IN_HAND;
	x->person = who;
	x->at = e->now;
	x->clock = g == PLACE_CHAT ? p->chat_clock : g == PLACE_MAIL ? p->mail_clock : e->now;
	if (g == PLACE_PHONE)
		p->phone = i;
	else if (g == PLACE_MAIL)
		p->mail = i;
	else
		p->chats[p->n_chats++] = i;
	p->turns++;
	e->in_hand++;
	desk_list(e, who);
}

void desk_clear(struct engine *e, uint32_t who, uint32_t i)
{
	struct person *p = &e->people[who];

	desk_work(e, p);
	if (p->phone == i) {
		p->phone = NONE;
		e->calling -= e->items[i].c.channel == CH_CALLBACK;
	}
	if (p->mail == i)
		p->mail = NONE;
	for (int k = 0; k < p->n_chats; k++)
		if (p->chats[k] == i) {
			memmove(&p->chats[k], &p->chats[k + 1],
				(size_t)(p->n_chats - k - 1) * sizeof *p->chats);
			p->n_chats--;
			break;
		}
	e->in_hand--;
	desk_list(e, who);
}

/* ---- restoring ---- */

/* Hang everyone into the lists again in the order of the numbers they had there. */
void desk_relist(struct engine *e, uint32_t *order)
{
	for (uint32_t i = 0; i < e->n_sigs; i++) {
		e->sigs[i].head = e->sigs[i].tail = NONE;
		e->sig_open[i] = 0;
	}
	for (uint32_t i = 0; i < e->n_people; i++) {
		e->people[i].listed = e->people[i].mail_listed = 0;
		places_count(e, &e->people[i]);
	}
	e->mail_head = e->mail_tail = NONE;
	for (int mail = 0; mail < 2; mail++) {
		for (uint32_t n = 0; n < e->n_people; n++) {
			uint32_t i = n;
			uint64_t seq = mail ? e->people[n].mail_seq : e->people[n].listed_seq;
			for (; i; i--) {
				const struct person *q = &e->people[order[i - 1]];
				if ((mail ? q->mail_seq : q->listed_seq) <= seq)
					break;
				order[i] = order[i - 1];
			}
			order[i] = n;
		}
		for (uint32_t n = 0; n < e->n_people; n++) {
			struct person *p = &e->people[order[n]];
			uint64_t live_seq = p->listed_seq, mail_seq = p->mail_seq;
			bool live = desk_can_take(p, PLACE_PHONE) || desk_can_take(p, PLACE_CHAT);
			if (!mail && live)
				list(e, order[n]);
			if (mail && takes_mail(p))
				mail_list(e, order[n]);
			p->listed_seq = live_seq;
			p->mail_seq = mail_seq;
		}
	}
}
