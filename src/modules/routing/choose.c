/* An arrival chooses a person. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

enum { HOUR_S = 3600 };

static const double tie = 1e-9;

struct candidate {
	uint32_t who;
	double base, value, scarce, seat, crowd, busy; /* value: base less fairness */
	struct pair pair;
	uint8_t whose, seat_lang;
	bool market;
};

struct choice {
	struct candidate best, next;
};

bool choose_knows(const struct person *p, const struct queue_class *c)
{
	return p->spec.markets >> c->market & 1;
}

/* What each chat in hand costs this customer's first answer. */
static double crowding(const struct engine *e, const struct person *p, const struct pair *x,
		       double w)
{
	const struct route_model *m = &e->set.model;

	return w * m->react_s[1] / 30 * (1 + m->react_load * p->n_chats) *
		   (1 + m->react_lang * x->gap) +
	       e->w.per_chat * p->n_chats;
}

static struct candidate weigh(const struct engine *e, uint32_t who, const struct item *x,
			      const struct queue_class *c)
{
	const struct person *p = &e->people[who];
	enum route_place g = route_place_of(c->channel);
	double w = value_weight(e, c->vip, c->emotion), load = e->all.pressure;
	struct candidate k = {.who = who, .market = choose_knows(p, c)};

	k.pair = value_pair(e, p, c, x->c.prev_agent == p->spec.id);
	k.scarce = places_price(e, p, k.pair.lang, &k.whose);
	k.busy = desk_busy(e, p) - e->mean_busy;
	double minutes = k.pair.work / 60 * (g == PLACE_CHAT ? 0.55 : 1);
	k.base = e->w.resolve * w * k.pair.p - e->w.work * k.pair.work / 60 -
		 e->w.load * load * minutes - e->w.scarce * k.scarce + e->w.market * k.market;
	if (g == PLACE_CHAT) {
		k.crowd = crowding(e, p, &k.pair, w);
		k.seat = e->w.seat * places_seat_price(e, p, &k.seat_lang);
		k.base -= k.crowd + k.seat;
	}
	k.value = k.base - e->w.fair * k.busy;
	return k;
}

/* Equals take turns; among others the better one, less so the busier she has been. */
static bool better(const struct engine *e, const struct candidate *a, const struct candidate *b)
{
	if (b->who == NONE || (fabs(a->base - b->base) > tie && fabs(a->value - b->value) > tie))
		return b->who == NONE || a->value > b->value;
	const struct person *p = &e->people[a->who], *q = &e->people[b->who];
	return p->turns != q->turns ? p->turns < q->turns : p->listed_seq < q->listed_seq;
}

static void consider(struct engine *e, struct choice *ch, struct candidate k)
{
	e->looking++;
	if (better(e, &k, &ch->best)) {
		ch->next = ch->best;
		ch->best = k;
	} else if (better(e, &k, &ch->next)) {
		ch->next = k;
	}
}

static unsigned sig_gap(const struct sig *s, const struct queue_class *c)
{
	uint8_t best = 0;

	for (int i = 0; i < c->n_langs; i++) {
		uint8_t a = s->eff[c->langs[i].lang], g = c->langs[i].grade, m = a < g ? a : g;
		best = m > best ? m : best;
	}
	return c->need_lang > best ? (unsigned)(c->need_lang - best) : 0;
}

static bool may_take(const struct engine *e, uint32_t who, const struct item *x, enum route_place g)
{
	return desk_can_take(&e->people[who], g) &&
	       !queue_declined(e, (uint32_t)(x - e->items), e->people[who].spec.id);
}

/* Who served them before, however many are free; the person, or NONE. */
static uint32_t look_for_former(struct engine *e, const struct item *x, const struct queue_class *c,
				enum route_place g, struct choice *ch)
{
	uint32_t who = desk_find(e, x->c.prev_agent);

	if (who != NONE && may_take(e, who, x, g))
		consider(e, ch, weigh(e, who, x, c));
	return who;
}

/* Best languages first, longest idle first, at most LOOK_MAX people. */
static void look_for_person(struct engine *e, const struct item *x, const struct queue_class *c,
			    struct choice *ch)
{
	enum route_place g = route_place_of(c->channel);
	uint32_t before = look_for_former(e, x, c, g, ch);
	unsigned looks = 0;

	for (unsigned gap = 0; gap < GAPS; gap++)
		for (uint32_t s = 0; s < e->n_sigs; s++) {
			if (!e->sig_open[s] || sig_gap(&e->sigs[s], c) != gap)
				continue;
			for (uint32_t i = e->sigs[s].head; i != NONE; i = e->people[i].next) {
				if (i == before || !may_take(e, i, x, g))
					continue;
				if (looks++ == LOOK_MAX)
					return;
				consider(e, ch, weigh(e, i, x, c));
			}
		}
}

/* ---- reasons ---- */

enum route_because choose_largest(const struct gain *g, size_t n, enum route_because otherwise)
{
	enum route_because why = otherwise;
	double most = tie;

	for (size_t i = 0; i < n; i++)
		if (g[i].by > most) {
			most = g[i].by;
			why = g[i].why;
		}
	return why;
}

void choose_describe(const struct engine *e, const struct item *x, const struct queue_class *c,
		     const struct person *p, const struct pair *pair, struct route_terms *t)
{
	*t = (struct route_terms){.lang = pair->lang,
				  .grade = pair->grade,
				  .theirs = pair->theirs,
				  .need_lang = c->need_lang,
				  .topic = c->topic,
				  .skill = p->spec.skills[c->topic],
				  .need_skill = c->need_skill,
				  .chats = p->n_chats,
				  .max_chat = p->spec.max_chat,
				  .vip = c->vip,
				  .emotion = c->emotion,
				  .state = e->all.state,
				  .same = pair->same,
				  .market = choose_knows(p, c),
				  .crew = p->crew,
				  .machine = pair->machine,
				  .waited = e->now - x->since,
				  .p = pair->p,
				  .work = pair->work,
				  .next = -1,
				  .pressure = e->langs[c->lang].pressure};
}

static void explain_person(const struct engine *e, const struct queue_class *c,
			   const struct choice *ch, struct route_terms *t)
{
	const struct candidate *a = &ch->best, *b = &ch->next;
	const struct route_model *m = &e->set.model;
	double rw = e->w.resolve * value_weight(e, c->vip, c->emotion) * a->pair.p;

	t->arrival = true;
	t->value = a->value;
	t->because = BECAUSE_ONLY;
	if (b->who == NONE)
		return;
	double minute = (e->w.work + e->w.load * e->all.pressure) / 60, crowd = b->crowd - a->crowd;
	bool fuller = e->people[b->who].n_chats > e->people[a->who].n_chats;
	const struct gain gains[] = {
	    {BECAUSE_LANGUAGE,
	     rw * m->lang_fcr * (b->pair.gap - a->pair.gap) + (fuller ? 0 : crowd)},
	    {BECAUSE_TOPIC, rw * m->skill_fcr * (b->pair.skill_gap - a->pair.skill_gap)},
	    {BECAUSE_SAME, rw * fabs(m->same_fcr - 1) * (a->pair.same - b->pair.same)},
	    {BECAUSE_WORK, minute * (b->pair.work - a->pair.work)},
	    {BECAUSE_SCARCE, e->w.scarce * (b->scarce - a->scarce)},
	    {BECAUSE_SEAT, b->seat - a->seat},
	    {BECAUSE_CHATS, fuller ? crowd : 0},
	    {BECAUSE_FAIR, e->w.fair * (b->busy - a->busy)},
	    {BECAUSE_MARKET, e->w.market * (a->market - b->market)},
	};
	t->because = (uint8_t)choose_largest(gains, COUNT(gains), BECAUSE_TURN);
	t->price_lang = t->because == BECAUSE_SEAT ? b->seat_lang : b->whose;
	t->next = e->people[b->who].spec.id;
	t->value_next = b->value;
	places_left(e, t);
}

/* ---- giving ---- */

void choose_give(struct engine *e, uint32_t i, uint32_t who, const struct pair *pair,
		 const struct route_terms *t)
{
	struct item *x = &e->items[i];
	struct person *p = &e->people[who];
	bool offer = e->w.offer_s > 0 && x->c.channel != CH_EMAIL;

	queue_take(e, i);
	learn_left(e, x, false);
	if (x->asked == ASKED) { /* served before the answer: it is of no use now */
		x->asked = ANSWERED;
		overflow_asking(e, x, -1);
	}
	x->work = pair->work;
	x->fail = 1 - pair->p;
	x->gap = (uint8_t)fmin(GAPS - 1, pair->gap);
	x->skill_gap = (uint8_t)fmin(GAPS - 1, pair->skill_gap);
	if (x->c.channel == CH_PHONE || x->c.channel == CH_CALLBACK || p->n_chats == 0) {
		e->draining -= p->draining;
		p->draining = 0;
	}
	e->calling += x->c.channel == CH_CALLBACK;
	if (route_place_of(x->c.channel) == PLACE_PHONE)
		overflow_call(e);
	desk_give(e, who, i);
	if (offer)
		queue_offer(e, i);
	struct route_decision *d = engine_decide(e);
	*d = (struct route_decision){.contact = x->c.id,
				     .agent = p->spec.id,
				     .act = offer ? ROUTE_OFFER : ROUTE_ASSIGN,
				     .terms = *t};
}

/* While it may still improve, a contact refuses a match much worse than the best on shift. */
bool choose_holds(struct engine *e, const struct item *x, struct queue_class *c, double p)
{
	if (!(e->w.hold > 0))
		return false;
	double late = (e->now - x->since) / x->c.target_s;
	double loss = e->w.resolve * (value_best(e, c) - p);

	return loss > e->w.hold * (e->all.state == ROUTE_GREEN ? 1 : 2) * (1 + late * late / 2);
}

double choose_mail_slack(const struct engine *e, const struct item *x)
{
	return x->since + x->c.target_s - e->now;
}

/* A mail has hours: it takes a worse match only as its deadline comes near. */
bool choose_mail_fits(struct engine *e, const struct item *x, struct queue_class *c, double p)
{
	double slack = choose_mail_slack(e, x);

	if (slack < HOUR_S)
		return true;
	double best = value_best_by(e, c, e->now + slack - HOUR_S);
	return e->w.resolve * (best - p) <= e->w.mail_loss * x->c.target_s / slack;
}

static void look_at_mailer(struct engine *e, uint32_t who, const struct item *x,
			   struct queue_class *c, struct choice *ch)
{
	if (queue_declined(e, (uint32_t)(x - e->items), e->people[who].spec.id))
		return;
	struct candidate k = weigh(e, who, x, c);
	if (choose_mail_fits(e, x, c, k.pair.p))
		consider(e, ch, k);
}

static void look_for_mailer(struct engine *e, const struct item *x, struct queue_class *c,
			    struct choice *ch)
{
	uint32_t before = desk_find(e, x->c.prev_agent);
	unsigned looks = 0;

	if (before != NONE && e->people[before].mail_listed)
		look_at_mailer(e, before, x, c, ch);
	for (uint32_t i = e->mail_head; i != NONE && looks++ < LOOK_MAX; i = e->people[i].mail_next)
		if (i != before)
			look_at_mailer(e, i, x, c, ch);
}

bool choose_person(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	struct queue_class *c = &e->classes[x->class];
	struct choice ch = {.best = {.who = NONE}, .next = {.who = NONE}};
	struct route_terms t;

	if (c->channel == CH_EMAIL)
		look_for_mailer(e, x, c, &ch);
	else
		look_for_person(e, x, c, &ch);
	if (ch.best.who == NONE ||
	    (c->channel != CH_EMAIL && choose_holds(e, x, c, ch.best.pair.p)))
		return false;
	choose_describe(e, x, c, &e->people[ch.best.who], &ch.best.pair, &t);
	explain_person(e, c, &ch, &t);
	choose_give(e, i, ch.best.who, &ch.best.pair, &t);
	return true;
}
