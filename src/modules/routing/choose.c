/* The two questions: an arrival chooses a person, a freed person chooses a contact. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

enum { STACK = 64, TOO_OLD = 1000, MAIL_LOOKS = 48, MAIL_ROUNDS = 16, ABLE_GAP = 2, HOUR_S = 3600 };

static const double tie = 1e-9;

/* ---- an arrival chooses a person ---- */

struct candidate {
	uint32_t who;
	double base, value, scarce, seat, crowd, busy; /* value: base less fairness */
	struct pair pair;
	uint8_t whose;
	bool market;
};

struct choice {
	struct candidate best, next;
};

static bool knows(const struct person *p, const struct class *c)
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
			      const struct class *c)
{
	const struct person *p = &e->people[who];
	enum route_place g = route_place_of(c->channel);
	double w = value_weight(e, c->vip, c->emotion), load = e->all.pressure;
	struct candidate k = {.who = who, .market = knows(p, c)};

	k.pair = value_pair(e, p, c, x->c.prev_agent == p->spec.id);
	k.scarce = value_scarcity(e, p, k.pair.lang, &k.whose);
	k.busy = desk_busy(e, p) - e->mean_busy;
	double minutes = k.pair.work / 60 * (g == PLACE_CHAT ? 0.55 : 1);
	k.base = e->w.resolve * w * k.pair.p - e->w.work * k.pair.work / 60 -
		 e->w.load * load * minutes - e->w.scarce * k.scarce + e->w.market * k.market;
	if (g == PLACE_CHAT) {
		bool seat = p->n_chats == 0 && (p->spec.channels & 1 << PLACE_PHONE);
		k.crowd = crowding(e, p, &k.pair, w);
		k.seat = seat ? e->w.phone_seat * load : 0;
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

static unsigned sig_gap(const struct engine *e, const struct sig *s, const struct class *c)
{
	uint8_t best = 0;

	for (int i = 0; i < c->n_langs; i++) {
		uint8_t a = s->eff[c->langs[i].lang], g = c->langs[i].grade, m = a < g ? a : g;
		best = m > best ? m : best;
	}
	(void)e;
	return c->need_lang > best ? (unsigned)(c->need_lang - best) : 0;
}

/* Best languages first, longest idle first, at most LOOK_MAX people. */
static void look_for_person(struct engine *e, const struct item *x, const struct class *c,
			    struct choice *ch)
{
	enum route_place g = route_place_of(c->channel);
	unsigned looks = 0;

	for (unsigned gap = 0; gap < GAPS; gap++)
		for (uint32_t s = 0; s < e->n_sigs; s++) {
			if (!e->sig_open[s] || sig_gap(e, &e->sigs[s], c) != gap)
				continue;
			for (uint32_t i = e->sigs[s].head; i != NONE; i = e->people[i].next) {
				const struct person *p = &e->people[i];
				if (!desk_can_take(p, g) || p->spec.id == x->declined_by)
					continue;
				if (looks++ == LOOK_MAX)
					return;
				consider(e, ch, weigh(e, i, x, c));
			}
		}
}

/* ---- reasons ---- */

struct gain {
	enum route_because why;
	double by;
};

static enum route_because largest(const struct gain *g, size_t n)
{
	enum route_because why = BECAUSE_IDLE;
	double most = tie;

	for (size_t i = 0; i < n; i++)
		if (g[i].by > most) {
			most = g[i].by;
			why = g[i].why;
		}
	return why;
}

static void describe(const struct engine *e, const struct item *x, const struct class *c,
		     const struct person *p, const struct pair *pair, struct route_terms *t)
{
	*t = (struct route_terms){.lang = pair->lang,
				  .grade = pair->grade,
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
				  .market = knows(p, c),
				  .machine = pair->machine,
				  .waited = e->now - x->since,
				  .p = pair->p,
				  .work = pair->work,
				  .next = -1,
				  .pressure = e->langs[c->lang].pressure};
}

static void explain_person(const struct engine *e, const struct class *c, const struct choice *ch,
			   struct route_terms *t)
{
	const struct candidate *a = &ch->best, *b = &ch->next;
	const struct route_model *m = &e->set.model;
	double rw = e->w.resolve * value_weight(e, c->vip, c->emotion) * a->pair.p;

	t->arrival = true;
	t->value = a->value;
	t->because = BECAUSE_ONLY;
	if (b->who == NONE)
		return;
	double minute = (e->w.work + e->w.load * e->all.pressure) / 60;
	const struct gain gains[] = {
	    {BECAUSE_LANGUAGE, rw * m->lang_fcr * (b->pair.gap - a->pair.gap)},
	    {BECAUSE_TOPIC, rw * m->skill_fcr * (b->pair.skill_gap - a->pair.skill_gap)},
	    {BECAUSE_SAME, rw * fabs(m->same_fcr - 1) * (a->pair.same - b->pair.same)},
	    {BECAUSE_WORK, minute * (b->pair.work - a->pair.work)},
	    {BECAUSE_SCARCE, e->w.scarce * (b->scarce - a->scarce)},
	    {BECAUSE_SEAT, b->seat - a->seat},
	    {BECAUSE_LOAD, b->crowd - a->crowd + e->w.fair * (b->busy - a->busy)},
	    {BECAUSE_MARKET, e->w.market * (a->market - b->market)},
	};
	t->because = (uint8_t)largest(gains, COUNT(gains));
	t->price_lang = b->whose;
	t->next = e->people[b->who].spec.id;
	t->value_next = b->value;
	if (t->because == BECAUSE_SCARCE)
		t->pressure = e->langs[b->whose].pressure;
}

/* ---- giving ---- */

static void give(struct engine *e, uint32_t i, uint32_t who, const struct pair *pair,
		 const struct route_terms *t)
{
	struct item *x = &e->items[i];
	struct person *p = &e->people[who];
	bool offer = e->w.offer_s > 0 && x->c.channel != CH_EMAIL;

	queue_take(e, i);
	learn_left(e, x, false);
	if (x->asked == ASKED) { /* served before the answer: it is of no use now */
		x->asked = ANSWERED;
		e->asking--;
	}
	x->work = pair->work;
	x->fail = 1 - pair->p;
	x->gap = (uint8_t)fmin(GAPS - 1, pair->gap);
	x->skill_gap = (uint8_t)fmin(GAPS - 1, pair->skill_gap);
	x->offered = offer;
	if (x->c.channel == CH_PHONE || x->c.channel == CH_CALLBACK || p->n_chats == 0) {
		e->draining -= p->draining;
		p->draining = 0;
	}
	e->calling += x->c.channel == CH_CALLBACK;
	if (route_place_of(x->c.channel) == PLACE_PHONE)
		overflow_call(e);
	desk_give(e, who, i);
	struct route_decision *d = engine_decide(e);
	*d = (struct route_decision){.contact = x->c.id,
				     .agent = p->spec.id,
				     .act = offer ? ROUTE_OFFER : ROUTE_ASSIGN,
				     .terms = *t};
}

/* While it may still improve, a contact refuses a match much worse than the best on shift. */
static bool holds(struct engine *e, const struct item *x, struct class *c, double p)
{
	if (!(e->w.hold > 0))
		return false;
	double late = (e->now - x->since) / x->c.target_s;
	double loss = e->w.resolve * (value_best(e, c) - p);

	return loss > e->w.hold * (e->all.state == ROUTE_GREEN ? 1 : 2) * (1 + late * late / 2);
}

static double mail_slack(const struct engine *e, const struct item *x)
{
	return x->since + x->c.target_s - e->now;
}

/* A mail has hours: it takes a worse match only as its deadline comes near. */
static bool mail_accepts(struct engine *e, const struct item *x, struct class *c, double p)
{
	double slack = mail_slack(e, x);

	if (slack < HOUR_S)
		return true;
	return e->w.resolve * (value_best(e, c) - p) <= e->w.mail_loss * x->c.target_s / slack;
}

static void look_for_mailer(struct engine *e, const struct item *x, struct class *c,
			    struct choice *ch)
{
	unsigned looks = 0;

	for (uint32_t i = e->mail_head; i != NONE && looks < LOOK_MAX; i = e->people[i].mail_next) {
		if (e->people[i].spec.id == x->declined_by)
			continue;
		looks++;
		struct candidate k = weigh(e, i, x, c);
		if (mail_accepts(e, x, c, k.pair.p))
			consider(e, ch, k);
	}
}

bool choose_person(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	struct class *c = &e->classes[x->class];
	struct choice ch = {.best = {.who = NONE}, .next = {.who = NONE}};
	struct route_terms t;

	if (c->channel == CH_EMAIL)
		look_for_mailer(e, x, c, &ch);
	else
		look_for_person(e, x, c, &ch);
	if (ch.best.who == NONE || (c->channel != CH_EMAIL && holds(e, x, c, ch.best.pair.p)))
		return false;
	describe(e, x, c, &e->people[ch.best.who], &ch.best.pair, &t);
	explain_person(e, c, &ch, &t);
	give(e, i, ch.best.who, &ch.best.pair, &t);
	return true;
}

/* ---- a freed person chooses a contact ---- */

struct found {
	uint32_t item;
	double index, urgency, scarce;
	struct pair pair;
	uint8_t whose;
	bool old;
};

struct search {
	uint32_t who;
	double cap; /* what chats side by side gain */
	struct found best, next;
};

static double urgency_of(const struct engine *e, const struct class *c, const struct item *x)
{
	if (c->channel != CH_CALLBACK)
		return value_urgency(e, c, e->now - x->since);
	/* A promise presses as its time runs out, and little once it is broken. */
	double left = x->key - e->now;
	double u = left < 0 ? 0.3 : 0.3 + 2.5 * exp(-left / 400);
	return u * value_weight(e, c->vip, c->emotion);
}

static double divisor(const struct search *s, const struct class *c, double work)
{
	return route_place_of(c->channel) == PLACE_CHAT ? work / s->cap : work;
}

static struct found measure(const struct engine *e, const struct search *s, uint32_t i)
{
	const struct item *x = &e->items[i];
	const struct class *c = &e->classes[x->class];
	const struct person *p = &e->people[s->who];
	struct found f = {.item = i};

	f.pair = value_pair(e, p, c, x->c.prev_agent == p->spec.id);
	f.scarce = value_scarcity(e, p, f.pair.lang, &f.whose);
	f.urgency = urgency_of(e, c, x);
	double worth = e->w.urgency * f.urgency +
		       e->w.resolve * value_weight(e, c->vip, c->emotion) * f.pair.p -
		       e->w.scarce * f.scarce + e->w.market * knows(p, c);
	f.index = worth / divisor(s, c, f.pair.work);
	f.old = c->channel != CH_CALLBACK && e->now - x->since > e->w.age_cap_s &&
		f.pair.gap < ABLE_GAP;
	if (f.old)
		f.index += TOO_OLD;
	if (c->channel == CH_CALLBACK && overflow_crew_short(e))
		f.index += TOO_OLD;
	return f;
}

static void look_at(struct engine *e, struct search *s, uint32_t i)
{
	const struct item *x = &e->items[i];

	if (x->declined_by == e->people[s->who].spec.id || i == s->best.item || i == s->next.item)
		return;
	e->looking++;
	struct found f = measure(e, s, i);
	if (s->best.item == NONE || f.index > s->best.index + tie ||
	    (f.index > s->best.index - tie && x->seq < e->items[s->best.item].seq)) {
		s->next = s->best;
		s->best = f;
	} else if (s->next.item == NONE || f.index > s->next.index) {
		s->next = f;
	}
}

/* The most that a class of this bin can reach whose head has this key: a perfect match. */
static double bound_of(const struct engine *e, const struct search *s, const struct class *c,
		       const struct item *head)
{
	const struct person *p = &e->people[s->who];
	struct class perfect = *c;

	perfect.need_lang = perfect.need_skill = 0;
	struct pair x = value_pair(e, p, &perfect, false);
	if (c->channel == CH_CALLBACK ? overflow_crew_short(e)
				      : e->now - head->since > e->w.age_cap_s)
		return INFINITY;
	double worth = e->w.urgency * urgency_of(e, c, head) +
		       e->w.resolve * value_weight(e, c->vip, c->emotion) * x.p + e->w.market;
	return worth / divisor(s, c, x.work);
}

/* Down the heap while it can still win: below a head all heads are younger. */
static void search_bin(struct engine *e, struct search *s, const struct bin *b)
{
	uint32_t stack[STACK], n = 0;

	if (b->n)
		stack[n++] = 0;
	while (n) {
		uint32_t at = stack[--n];
		const struct class *c = queue_head_class(e, b, at);
		const struct item *head = &e->items[c->head];
		if (s->best.item != NONE && bound_of(e, s, c, head) < s->best.index)
			continue;
		look_at(e, s, c->head);
		if (2 * at + 2 < b->n && n + 2 <= STACK)
			stack[n++] = 2 * at + 2;
		if (2 * at + 1 < b->n && n + 2 <= STACK)
			stack[n++] = 2 * at + 1;
	}
}

static void search_place(struct engine *e, struct search *s, enum route_place g)
{
	for (unsigned ch = 0; ch < CH__N; ch++) {
		if (ch == CH_EMAIL || route_place_of(ch) != g)
			continue;
		for (unsigned k = 0; k < WEIGHT_LEVELS * 2; k++)
			search_bin(e, s, &e->bins[ch * WEIGHT_LEVELS * 2 + k]);
	}
}

static void search_own(struct engine *e, struct search *s)
{
	const struct person *p = &e->people[s->who];
	int looks = 0;

	for (uint32_t i = p->own_head; i != NONE && looks < OWN_LOOK_MAX;
	     i = e->items[i].own_next, looks++)
		if (e->items[i].c.channel != CH_EMAIL &&
		    desk_can_take(p, route_place_of(e->items[i].c.channel)))
			look_at(e, s, i);
}

static void explain_contact(const struct engine *e, const struct search *s, struct route_terms *t)
{
	const struct found *a = &s->best, *b = &s->next;
	const struct route_model *m = &e->set.model;

	t->value = a->index;
	t->because = BECAUSE_ONLY;
	if (b->item == NONE)
		return;
	const struct class *c = &e->classes[e->items[a->item].class];
	const struct class *d = &e->classes[e->items[b->item].class];
	double w = value_weight(e, c->vip, c->emotion), v = value_weight(e, d->vip, d->emotion);
	double rw = e->w.resolve * w * a->pair.p;
	double pull = a->urgency / w - b->urgency / v;
	const struct gain gains[] = {
	    {BECAUSE_AGE, a->old && !b->old ? TOO_OLD : 0},
	    {BECAUSE_PROMISE, c->channel == CH_CALLBACK ? e->w.urgency * pull * w : 0},
	    {BECAUSE_LANGUAGE, rw * m->lang_fcr * (b->pair.gap - a->pair.gap)},
	    {BECAUSE_TOPIC, rw * m->skill_fcr * (b->pair.skill_gap - a->pair.skill_gap)},
	    {BECAUSE_SAME, rw * fabs(m->same_fcr - 1) * (a->pair.same - b->pair.same)},
	    {BECAUSE_WORK, s->best.index * (b->pair.work - a->pair.work)},
	    {BECAUSE_SCARCE, e->w.scarce * (b->scarce - a->scarce)},
	    {BECAUSE_WAIT, e->w.urgency * pull * w},
	    {BECAUSE_WEIGHT, (w - v) * (e->w.urgency * a->urgency / w + e->w.resolve * a->pair.p)},
	};
	t->because = (uint8_t)largest(gains, COUNT(gains));
	t->price_lang = b->whose;
	t->next = e->items[b->item].c.id;
	t->value_next = b->index;
}

/* A call needs somebody with no chat at all.  While promises need more people than are calling,
 * whoever is down to one chat takes no other until she is free for a call. */
static bool drains(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	if (!(p->spec.channels & 1 << PLACE_PHONE) || p->n_chats != 1 || !overflow_crew_short(e))
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
			   .cap = 1 + e->w.side * fmax(0, value_capacity(e, p) - 1),
			   .best = {.item = NONE},
			   .next = {.item = NONE}};
	bool phone = desk_can_take(p, PLACE_PHONE), chat = desk_can_take(p, PLACE_CHAT);
	struct route_terms t;

	search_own(e, &s);
	if (phone)
		search_place(e, &s, PLACE_PHONE);
	if (chat)
		search_place(e, &s, PLACE_CHAT);
	if (s.best.item == NONE)
		return false;
	struct item *x = &e->items[s.best.item];
	struct class *c = &e->classes[x->class];
	if (holds(e, x, c, s.best.pair.p) || (!phone && drains(e, who)))
		return false;
	describe(e, x, c, p, &s.best.pair, &t);
	explain_contact(e, &s, &t);
	give(e, s.best.item, who, &s.best.pair, &t);
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
	struct class *c = &e->classes[x->class];
	const struct person *p = &e->people[s->who];
	struct found f = {.item = i};

	e->looking++;
	f.pair = value_pair(e, p, c, x->c.prev_agent == p->spec.id);
	if (x->declined_by == p->spec.id || !mail_accepts(e, x, c, f.pair.p))
		return;
	double w = value_weight(e, c->vip, c->emotion), late = 1 - mail_slack(e, x) / x->c.target_s;
	f.scarce = value_scarcity(e, p, f.pair.lang, &f.whose);
	f.urgency = 2 * w * late * fmax(0, late);
	f.index =
	    f.urgency + e->w.resolve * w * (f.pair.p - value_best(e, c)) - e->w.scarce * f.scarce;
	if (s->best.item == NONE || f.index > s->best.index + tie ||
	    (f.index > s->best.index - tie && x->seq < e->items[s->best.item].seq)) {
		s->next = s->best;
		s->best = f;
	} else if (s->next.item == NONE || f.index > s->next.index) {
		s->next = f;
	}
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
	describe(e, x, &e->classes[x->class], p, &s.best.pair, &t);
	explain_contact(e, &s, &t);
	give(e, s.best.item, who, &s.best.pair, &t);
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
