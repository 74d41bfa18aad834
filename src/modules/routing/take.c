/* A freed person chooses a contact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

static const double STARVED = 4.0 / 3; /* of the age cap */
static const double ABLE = 0.95;       /* of the best chance that anyone on shift could give */

enum { STACK = 64, TOO_OLD = 1000, MAIL_LOOKS = 48, MAIL_ROUNDS = 16, ABLE_GAP = 2 };

struct found {
	uint32_t item;
	uint64_t seq;
	double index, urgency, scarce, best, effort; /* best: what another could make of it */
	struct pair pair;
	uint8_t whose;
	int rank;
};

struct search {
	uint32_t who;
	double cap; /* what chats side by side gain */
	unsigned looks;
	struct found best, next;
};

static double urgency_of(const struct engine *e, const struct queue_class *c, const struct head *x)
{
	if (c->channel != CH_CALLBACK)
		return value_urgency(e, c, e->now - x->since);
	/* A promise presses as its time runs out, and little once it is broken. */
	double left = x->key - e->now;
	double u = left < 0 ? 0.3 : 0.3 + 2.5 * exp(-left / 400);
	return u * value_weight(e, c->vip, c->emotion);
}

static double divisor(const struct search *s, unsigned channel, double work)
{
	return route_place_of(channel) == PLACE_CHAT ? work / s->cap : work;
}

/* 1: comes before all who have not waited past the cap, which is shorter for the important.
 * 2: before those too, so that however many are important, nobody starves. */
static int rank_of(const struct engine *e, const struct queue_class *c, const struct head *x)
{
	double waited = e->now - x->since, cap = e->w.age_cap_s;

	if (e->flood && c->complex && !c->vip)
		cap *= e->w.cap_complex;
	if (c->channel == CH_CALLBACK)
		return overflow_presses(e, x->key);
	return waited > cap * STARVED ? 2 : waited >= (c->vip ? fmin(e->w.vip_cap_s, cap) : cap);
}

static struct found measure(struct engine *e, const struct search *s, struct queue_class *c,
			    const struct head *x)
{
	const struct person *p = &e->people[s->who];
	struct found f = {.seq = x->seq};

	f.pair = value_pair(e, p, c, x->prev_agent == p->spec.id);
	f.scarce = places_price(e, p, f.pair.lang, &f.whose);
	f.urgency = urgency_of(e, c, x);
	/* What another could make of it is not lost: it speaks for leaving it to her. */
	f.best = value_best(e, c);
	double gain = f.pair.p - e->w.regret * f.best;
	double worth = e->w.urgency * f.urgency +
		       e->w.resolve * value_weight(e, c->vip, c->emotion) * gain -
		       e->w.scarce * f.scarce + e->w.market * choose_knows(p, c);
	f.effort = divisor(s, c->channel, f.pair.work);
	f.index = worth / f.effort;
	/* Where nobody on shift speaks it, who comes nearest must do. */
	f.rank = rank_of(e, c, x);
	if (c->channel != CH_CALLBACK && f.pair.gap >= ABLE_GAP &&
	    (f.rank < 2 || f.pair.p < ABLE * f.best))
		f.rank = 0;
	/* Among those who waited far too long only the wait counts, or the dear ones never end. */
	f.index = f.rank == 2 ? 2 * TOO_OLD + (e->now - x->since) : f.index + f.rank * TOO_OLD;
	return f;
}

static bool ahead(const struct found *a, const struct found *b)
{
	return b->item == NONE || a->index > b->index || (a->index == b->index && a->seq < b->seq);
}

static void keep_best(struct search *s, struct found f)
{
	if (ahead(&f, &s->best)) {
		s->next = s->best;
		s->best = f;
	} else if (ahead(&f, &s->next)) {
		s->next = f;
	}
}

static void look_at(struct engine *e, struct search *s, uint32_t i, struct queue_class *c,
		    const struct head *x)
{
	if (i == s->best.item || i == s->next.item ||
	    (x->declined && queue_declined(e, i, e->people[s->who].spec.id)))
		return;
	e->looking++;
	s->looks++;
	struct found f = measure(e, s, c, x);
	f.item = i;
	keep_best(s, f);
}

/* ---- searching ---- */

/* A bin, and the most that anyone in it can reach: the best this person could do there. */
struct lane {
	const struct bin *bin;
	double p, work, bound;
};

static double bound_of(const struct engine *e, const struct search *s, const struct lane *l,
		       const struct queue_class *c)
{
	if (rank_of(e, c, &c->first))
		return INFINITY;
	double worth = e->w.urgency * urgency_of(e, c, &c->first) +
		       e->w.resolve * value_weight(e, c->vip, c->emotion) * l->p;
	return (worth + (e->people[s->who].spec.markets ? e->w.market : 0)) /
	       divisor(s, c->channel, l->work);
}

/* Down the heap while it can still be first or second: below a head all heads are younger. */
static void search_lane(struct engine *e, struct search *s, const struct lane *l)
{
	uint32_t stack[STACK], n = 0;

	stack[n++] = 0;
	while (n && s->looks < CLASS_LOOK_MAX) {
		uint32_t at = stack[--n];
		struct queue_class *c = queue_head_class(e, l->bin, at);
		if (s->next.item != NONE && bound_of(e, s, l, c) <= s->next.index)
			continue;
		look_at(e, s, c->head, c, &c->first);
		if (2 * at + 2 < l->bin->n && n + 2 <= STACK)
			stack[n++] = 2 * at + 2;
		if (2 * at + 1 < l->bin->n && n + 2 <= STACK)
			stack[n++] = 2 * at + 1;
	}
}

/* The best this person can make of any contact of that channel and complexity. */
static struct pair best_match(const struct engine *e, const struct search *s, unsigned ch,
			      unsigned cx)
{
	const struct person *p = &e->people[s->who];
	struct queue_class ideal = {.channel = (uint8_t)ch, .complex = (uint8_t)cx};
	uint8_t skill = 0;

	for (size_t t = 0; t < e->set.topics.n && t < ROUTE_TOPICS_MAX; t++)
		skill = p->spec.skills[t] > skill ? p->spec.skills[t] : skill;
	if (e->set.topics.n && e->least_skill[ch][cx] > skill)
		ideal.need_skill = (uint8_t)(e->least_skill[ch][cx] - skill);
	return value_ideal(e, &ideal);
}

/* Most promising lanes first: what is found there ends the search in the others at once. */
static void search_place(struct engine *e, struct search *s, enum route_place g)
{
	struct lane lanes[BINS];
	size_t n = 0;

	for (unsigned k = 0; k < CH__N * 2; k++) {
		unsigned ch = k / 2, cx = k % 2;
		struct pair best = {0};
		if (ch == CH_EMAIL || route_place_of(ch) != g)
			continue;
		for (unsigned level = 0; level < WEIGHT_LEVELS; level++) {
			struct lane l = {.bin = queue_bin(e, ch, level, cx)};
			if (!l.bin->n)
				continue;
			if (best.work <= 0)
				best = best_match(e, s, ch, cx);
			l.p = best.p;
			l.work = best.work;
			l.bound = bound_of(e, s, &l, queue_head_class(e, l.bin, 0));
			size_t i = n++;
			for (; i && lanes[i - 1].bound < l.bound; i--)
				lanes[i] = lanes[i - 1];
			lanes[i] = l;
		}
	}
	/* The first of a lane is its oldest: all who starve are seen before the looks are used up.
	 */
	for (size_t i = 0; i < n; i++) {
		struct queue_class *c = queue_head_class(e, lanes[i].bin, 0);
		if (rank_of(e, c, &c->first) == 2)
			look_at(e, s, c->head, c, &c->first);
	}
	for (size_t i = 0; i < n; i++)
		search_lane(e, s, &lanes[i]);
}

static void search_own(struct engine *e, struct search *s, bool calls)
{
	const struct person *p = &e->people[s->who];
	int looks = 0;

	for (uint32_t i = p->own_head; i != NONE && looks < OWN_LOOK_MAX;
	     i = e->items[i].own_next, looks++)
		if (e->items[i].c.channel != CH_EMAIL &&
		    (!calls || route_place_of(e->items[i].c.channel) == PLACE_PHONE) &&
		    desk_can_take(p, route_place_of(e->items[i].c.channel))) {
			struct head x = queue_head(&e->items[i]);
			look_at(e, s, i, &e->classes[e->items[i].class], &x);
		}
}

static void explain_contact(const struct engine *e, const struct search *s, struct route_terms *t)
{
	const struct found *a = &s->best, *b = &s->next;
	const struct route_model *m = &e->set.model;

	t->value = a->index;
	const struct queue_class *c = &e->classes[e->items[a->item].class];
	bool calls = t->crew && e->flood && route_place_of(c->channel) == PLACE_PHONE;
	t->because = calls && e->waiting > 1 ? BECAUSE_CREW : BECAUSE_REST;
	if (b->item == NONE)
		return;
	const struct queue_class *d = &e->classes[e->items[b->item].class];
	double w = value_weight(e, c->vip, c->emotion), v = value_weight(e, d->vip, d->emotion);
	double rw = e->w.resolve * w * a->pair.p;
	enum route_because age = c->channel == CH_CALLBACK ? BECAUSE_PROMISE
				 : a->rank == 1 && c->vip  ? BECAUSE_WEIGHT
							   : BECAUSE_AGE;
	double pull = a->urgency / w - b->urgency / v;
	const struct gain gains[] = {
	    {age, a->rank > b->rank ? TOO_OLD : 0},
	    {BECAUSE_PROMISE, c->channel == CH_CALLBACK ? e->w.urgency * pull * w : 0},
	    {BECAUSE_LANGUAGE, rw * m->lang_fcr * (b->pair.gap - a->pair.gap)},
	    {BECAUSE_TOPIC, rw * m->skill_fcr * (b->pair.skill_gap - a->pair.skill_gap)},
	    {BECAUSE_SAME, rw * fabs(m->same_fcr - 1) * (a->pair.same - b->pair.same)},
	    {BECAUSE_YIELD, fmax(0, fmin(a->index, TOO_OLD)) * (b->effort - a->effort)},
	    {BECAUSE_OTHERS, e->w.regret * e->w.resolve * v * (b->best - a->best)},
	    {BECAUSE_SPARES, e->w.scarce * (b->scarce - a->scarce)},
	    {BECAUSE_WAIT, e->w.urgency * pull * w},
	    {BECAUSE_WEIGHT, (w - v) * (e->w.urgency * a->urgency / w + e->w.resolve * a->pair.p)},
	};
	t->because = (uint8_t)choose_largest(gains, COUNT(gains), BECAUSE_FIRST);
	t->price_lang = b->whose;
	places_left(e, t);
	t->next = e->items[b->item].c.id;
	t->value_next = b->index;
}

/* An important customer calls whom she could serve, and nobody is being kept free for it yet. */
static bool calls_for(struct engine *e, uint32_t who)
{
	struct search s = {.who = who, .cap = 1, .best = {.item = NONE}, .next = {.item = NONE}};

	if (e->draining >= e->vip_calls)
		return false;
	search_place(e, &s, PLACE_PHONE);
	return s.best.item != NONE && s.best.pair.gap < ABLE_GAP && e->items[s.best.item].c.vip;
}

/* A call needs somebody with no chat at all.  While promises need more people than are calling,
 * whoever is down to one chat takes no other until she is free for a call. */
static bool drains(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	bool promised =
	    !e->on_crew && overflow_crew_short(e); /* a crew keeps its promises itself */

	if (!(p->spec.channels & 1 << PLACE_PHONE) || p->n_chats != 1)
		return false;
	if (!promised && !calls_for(e, who))
		return false;
	p->draining = 1;
	e->draining++;
	desk_list(e, who);
	return true;
}

static bool take_one(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];
	struct search s = {.who = who,
			   .cap = p->crew ? 1 : 1 + e->w.side * fmax(0, value_capacity(e, p) - 1),
			   .best = {.item = NONE},
			   .next = {.item = NONE}};
	bool phone = desk_can_take(p, PLACE_PHONE), chat = desk_can_take(p, PLACE_CHAT);
	struct route_terms t;

	search_own(e, &s, p->crew);
	if (phone)
		search_place(e, &s, PLACE_PHONE);
	if (chat && !(p->crew && s.best.item != NONE)) /* the crew's calls come before chats */
		search_place(e, &s, PLACE_CHAT);
	if (s.best.item == NONE)
		return false;
	struct item *x = &e->items[s.best.item];
	struct queue_class *c = &e->classes[x->class];
	if (choose_holds(e, x, c, s.best.pair.p) || (!phone && drains(e, who)))
		return false;
	choose_describe(e, x, c, p, &s.best.pair, &t);
	explain_contact(e, &s, &t);
	choose_give(e, s.best.item, who, &s.best.pair, &t);
	return true;
}

void choose_contacts(struct engine *e, uint32_t who)
{
	if (e->waiting)
		while (e->people[who].listed && take_one(e, who))
			;
	choose_mail(e, who);
}

/* ---- mail ---- */

static void look_at_mail(struct engine *e, struct search *s, uint32_t i)
{
	struct item *x = &e->items[i];
	struct queue_class *c = &e->classes[x->class];
	const struct person *p = &e->people[s->who];
	struct found f = {.item = i, .seq = x->seq};

	e->looking++;
	f.pair = value_pair(e, p, c, x->c.prev_agent == p->spec.id);
	if (queue_declined(e, i, p->spec.id) || !choose_mail_fits(e, x, c, f.pair.p))
		return;
	double w = value_weight(e, c->vip, c->emotion),
	       late = 1 - choose_mail_slack(e, x) / x->c.target_s;
	f.scarce = places_price(e, p, f.pair.lang, &f.whose);
	f.best = value_best(e, c);
	f.effort = f.pair.work;
	f.urgency = 2 * w * late * fmax(0, late);
	f.index = f.urgency + e->w.resolve * w * (f.pair.p - f.best) - e->w.scarce * f.scarce;
	keep_best(s, f);
}

void choose_mail(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];
	struct search s = {.who = who, .cap = 1, .best = {.item = NONE}, .next = {.item = NONE}};
	struct route_terms t;
	int looks = 0;

	if (!p->mail_listed || !e->waiting_mail)
		return;
	for (uint32_t i = p->own_head; i != NONE && looks < OWN_LOOK_MAX;
	     i = e->items[i].own_next, looks++)
		if (e->items[i].c.channel == CH_EMAIL)
			look_at_mail(e, &s, i);
	for (unsigned k = 0; k < WEIGHT_LEVELS * 2; k++) {
		const struct bin *b = &e->bins[CH_EMAIL * WEIGHT_LEVELS * 2 + k];
		for (uint32_t at = 0; at < b->n && at < MAIL_LOOKS; at++)
			look_at_mail(e, &s, queue_head_class(e, b, at)->head);
	}
	if (s.best.item == NONE)
		return;
	struct item *x = &e->items[s.best.item];
	choose_describe(e, x, &e->classes[x->class], p, &s.best.pair, &t);
	explain_contact(e, &s, &t);
	choose_give(e, s.best.item, who, &s.best.pair, &t);
}

/* On ticks, a few of those who could take a mail look again, in turn. */
void choose_waiting_mail(struct engine *e)
{
	uint32_t last = e->mail_tail;

	for (int i = 0; i < MAIL_ROUNDS && e->waiting_mail && e->mail_head != NONE; i++) {
		uint32_t who = e->mail_head;
		choose_mail(e, who);
		if (e->people[who].mail_listed)
			desk_list(e, who);
		if (who == last)
			return;
	}
}
