/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>
#include <string.h>

enum { REFRESH_S = 10 };

/* clang-format off */
const struct route_weights route_weights_default = {
	.resolve = 12, .urgency = 3, .scarce = 3, .demand = 1.5, .seat = 1.3, .seat_s = 1200, .seat_near = 0.3,
	.load = 0.2, .work = 0.2, .per_chat = 0.08, .fair = 0.5, .vip = 4, .emotion = 0.2, .market = 0.02,
	.regret = 0.7, .hold = 0, .mail_loss = 0.3, .age_cap_s = 720, .vip_cap_s = 0, .patience_s = 200,
	.growth = 0, .side = 1, .drain = 1, .amber = 0.8, .red = 1.0, .red_language = 1.5, .release = 0.8,
	.keep = 0.3, .flood = 1.2, .crew = 0.08, .crew_keep = 0.7, .cap_complex = 16, .offer_s = 0, .learn = 80,
};

#define W(m) {#m, offsetof(struct route_weights, m)}
static const struct { const char *name; size_t at; } weight_names[] = {
	W(resolve), W(urgency), W(scarce), W(demand), W(seat), W(seat_s), W(seat_near), W(load), W(work),
	W(per_chat), W(fair), W(vip), W(emotion), W(market), W(regret), W(hold), W(mail_loss), W(age_cap_s),
	W(vip_cap_s), W(patience_s), W(growth), W(side), W(drain), W(amber), W(red), W(red_language),
	W(release), W(keep), W(flood), W(crew), W(crew_keep), W(cap_complex), W(offer_s), W(learn),
};
#undef W
/* clang-format on */

double *route_weight_find(struct route_weights *w, struct str name)
{
	for (size_t i = 0; i < COUNT(weight_names); i++)
		if (str_eq(name, str_of(weight_names[i].name)))
			return (double *)((char *)w + weight_names[i].at);
	return NULL;
}

struct route_decision *engine_decide(struct engine *e)
{
	if (e->n_out == e->cap_out) {
		struct route_decision *v = NEWN(e->a, struct route_decision, e->cap_out * 2 + 64);
		if (e->n_out)
			memcpy(v, e->out, e->n_out * sizeof *v);
		e->out = v;
		e->cap_out = e->cap_out * 2 + 64;
	}
	e->decisions++;
	return &e->out[e->n_out++];
}

struct engine *engine_new(struct arena *a, const struct route_setup *s)
{
	struct engine *e = NEW(a, struct engine);

	e->a = a;
	e->set = *s;
	e->w = s->weights;
	e->free_item = e->mail_head = e->mail_tail = NONE;
	e->refreshed = -INFINITY;
	e->all.red_since = INFINITY;
	for (int l = 0; l < ROUTE_LANGS_MAX; l++)
		e->langs[l].red_since = INFINITY;
	e->offer_head = e->offer_tail = NONE;
	memset(e->least_skill, ROUTE_GRADE_MAX, sizeof e->least_skill);
	learn_start(e);
	for (size_t i = 0; i < s->n_people; i++)
		if (s->people[i].id >= 0)
			desk_put(e, &s->people[i]);
	e->set.people = NULL; /* the caller's */
	e->set.n_people = 0;
	return e;
}

void engine_names(struct engine *e, const struct route_setup *s)
{
	size_t langs = e->set.langs.n;

	e->set.langs = s->langs;
	e->set.topics = s->topics;
	e->set.markets = s->markets;
	if (s->langs.n > langs)
		desk_know_languages(e, langs);
}

void engine_set_weights(struct engine *e, const struct route_weights *w)
{
	e->w = *w;
}

/* ---- events ---- */

bool engine_contact_ok(const struct engine *e, const struct route_contact *c)
{
	if (!c || c->id < 0 || c->channel >= CH__N || c->market >= ROUTE_MARKETS_MAX ||
	    c->topic >= ROUTE_TOPICS_MAX || c->complex > 1 || c->vip > 1 || c->emotion > 2 ||
	    c->n_langs > ROUTE_SPEAKS_MAX || c->lang >= e->set.langs.n ||
	    c->need_lang > ROUTE_GRADE_MAX + 1 || c->need_skill > ROUTE_GRADE_MAX + 1 ||
	    !(c->target_s > 0) || !isfinite(c->target_s) || !(fabs(c->t) <= ROUTE_TIME_MAX))
		return false;
	for (int i = 0; i < c->n_langs; i++)
		if (c->langs[i].lang >= e->set.langs.n || c->langs[i].grade > ROUTE_GRADE_MAX)
			return false;
	return true;
}

static enum err arrive(struct engine *e, const struct route_contact *c)
{
	if (!engine_contact_ok(e, c) || c->channel == CH_CALLBACK)
		return E_INVALID;
	if (queue_find(e, c->id) != NONE)
		return E_CONFLICT;
	if (e->waiting + e->waiting_mail + e->in_hand >= ROUTE_WAITING_MAX)
		return E_BUSY;
	learn_returned(e, c);
	uint32_t i = queue_new(e, c);
	/* A wait begins when we hear of it at the latest, and never in the future. */
	e->items[i].since = e->items[i].key = fmin(c->t, e->now);
	queue_push(e, i);
	if (c->channel == CH_PHONE)
		places_called(e, c->lang);
	if (c->channel != CH_EMAIL)
		value_arriving(e, c->lang, e->items[i].work);
	choose_person(e, i);
	return E_OK;
}

static enum err abandon(struct engine *e, int64_t id)
{
	uint32_t i = queue_find(e, id);

	if (i == NONE)
		return E_NOTFOUND;
	if (e->items[i].state != ITEM_WAITING)
		return E_CONFLICT;
	queue_take(e, i);
	learn_left(e, &e->items[i], true);
	if (e->items[i].asked == ASKED)
		overflow_asking(e, &e->items[i], -1);
	queue_free(e, i);
	return E_OK;
}

static void undrain(struct engine *e, uint32_t who)
{
	struct person *p = &e->people[who];

	if (p->draining) {
		e->draining--;
		p->draining = 0;
		desk_list(e, who);
	}
}

/* What she had in hand is hers no more; *item stays in its slot. */
static enum err hand_back(struct engine *e, const struct route_event *v, uint32_t *who,
			  uint32_t *item)
{
	*who = desk_find(e, v->agent);
	*item = queue_find(e, v->id);
	if (*who == NONE || *item == NONE)
		return E_NOTFOUND;
	if (e->items[*item].state != ITEM_IN_HAND || e->items[*item].person != *who)
		return E_CONFLICT;
	return E_OK;
}

static enum err free_place(struct engine *e, const struct route_event *v)
{
	uint32_t who, i;

	TRY(hand_back(e, v, &who, &i));
	struct person *p = &e->people[who];
	struct item *x = &e->items[i];
	desk_work(e, p);
	double clock = route_place_of(x->c.channel) == PLACE_CHAT   ? p->chat_clock
		       : route_place_of(x->c.channel) == PLACE_MAIL ? p->mail_clock
								    : e->now;
	queue_unoffer(e, i);
	learn_work(e, x, clock - x->clock);
	learn_finished(e, x);
	desk_clear(e, who, i);
	queue_free(e, i);
	if (p->n_chats == 0)
		undrain(e, who);
	choose_contacts(e, who);
	return E_OK;
}

static enum err answer_offer(struct engine *e, const struct route_event *v, bool taken)
{
	uint32_t who, i;

	TRY(hand_back(e, v, &who, &i));
	struct item *x = &e->items[i];
	if (!x->offered)
		return E_CONFLICT;
	queue_unoffer(e, i);
	if (taken)
		return E_OK;
	queue_decline(e, i, v->agent);
	desk_clear(e, who, i);
	x->person = NONE;
	queue_push(e, i);
	if (!choose_person(e, i) && e->people[who].on)
		choose_contacts(e, who);
	return E_OK;
}

static enum err callback(struct engine *e, const struct route_event *v, bool yes)
{
	uint32_t i = queue_find(e, v->id);

	if (i == NONE)
		return E_NOTFOUND;
	struct item *x = &e->items[i];
	if (x->state != ITEM_WAITING || x->asked != ASKED || x->c.channel == CH_CALLBACK)
		return E_CONFLICT;
	if (yes && !isfinite(v->deadline))
		return E_INVALID;
	x->asked = ANSWERED;
	overflow_asking(e, x, -1);
	if (!yes)
		return E_OK;
	queue_take(e, i);
	x->c.channel = CH_CALLBACK;
	x->c.need_lang = (uint8_t)fmin(ROUTE_GRADE_MAX + 1,
				       fmax(0, e->set.model.need_lang[PLACE_PHONE] + x->c.complex));
	x->key = v->deadline;
	queue_push(e, i);
	choose_person(e, i);
	return E_OK;
}

static enum err person(struct engine *e, const struct route_person *spec)
{
	if (!spec || spec->id < 0)
		return E_INVALID;
	if (desk_find(e, spec->id) == NONE && e->n_people >= ROUTE_PEOPLE_MAX)
		return E_BUSY;
	uint32_t who = desk_put(e, spec);
	if (e->people[who].on)
		choose_contacts(e, who);
	return E_OK;
}

static enum err presence(struct engine *e, int64_t agent, bool on)
{
	uint32_t who = desk_find(e, agent);

	if (who == NONE)
		return E_NOTFOUND;
	if (!on)
		undrain(e, who);
	desk_on(e, who, on);
	if (on)
		choose_contacts(e, who);
	return E_OK;
}

enum { EXPIRE_MAX = 256 }; /* a tick; the others at the next one */

/* Offers nobody answered go back to the queue, oldest first. */
static void expire_offers(struct engine *e)
{
	for (int k = 0; k < EXPIRE_MAX && e->offer_head != NONE; k++) {
		const struct item *x = &e->items[e->offer_head];
		if (e->now - x->at < e->w.offer_s)
			return;
		struct route_event v = {.agent = e->people[x->person].spec.id, .id = x->c.id};
		if (answer_offer(e, &v, false) != E_OK)
			return; /* cannot be: it is in her hand */
	}
}

/* While contacts may hold out for a better match, or were refused, each class's oldest looks again.
 */
static void look_again(struct engine *e)
{
	if (!(e->w.hold > 0) && !(e->w.offer_s > 0))
		return;
	for (unsigned b = 0; b < CH_EMAIL * WEIGHT_LEVELS * 2; b++)
		for (uint32_t at = 0; at < e->bins[b].n; at++)
			if (choose_person(e, queue_head_class(e, &e->bins[b], at)->head))
				break; /* the heap has moved; the rest at the next tick */
}

static void refresh(struct engine *e)
{
	if (e->now - e->refreshed < REFRESH_S)
		return;
	e->refreshed = e->now;
	learn_refresh(e);
	value_refresh(e);
	places_refresh(e);
	overflow_refresh(e);
	overflow_crew(e);
}

static enum err tick(struct engine *e)
{
	expire_offers(e);
	crew_keep(e);
	look_again(e);
	overflow_callbacks(e);
	choose_waiting_mail(e);
	return E_OK;
}

static enum err dispatch(struct engine *e, const struct route_event *v)
{
	switch (v->kind) {
	case ROUTE_ON: return presence(e, v->agent, true);
	case ROUTE_OFF: return presence(e, v->agent, false);
	case ROUTE_PERSON: return person(e, v->person);
	case ROUTE_ARRIVE: return arrive(e, v->contact);
	case ROUTE_ABANDON: return abandon(e, v->id);
	case ROUTE_FREE: return free_place(e, v);
	case ROUTE_ACCEPT: return answer_offer(e, v, true);
	case ROUTE_DECLINE: return answer_offer(e, v, false);
	case ROUTE_CALLBACK_YES: return callback(e, v, true);
	case ROUTE_CALLBACK_NO: return callback(e, v, false);
	case ROUTE_TICK: return tick(e);
	}
	return E_INVALID;
}

enum err engine_step(struct engine *e, const struct route_event *v, struct route_out *out)
{
	e->n_out = e->n_changes = 0;
	e->looking = 0;
	e->steps++;
	*out = (struct route_out){0};
	if (!(fabs(v->t) <= ROUTE_TIME_MAX))
		return E_INVALID;
	e->now = v->t > e->now ? v->t : e->now;
	refresh(e);
	enum err r = dispatch(e, v);
	e->refused += r != E_OK;
	e->looked += e->looking;
	e->looked_max = e->looking > e->looked_max ? e->looking : e->looked_max;
	*out = (struct route_out){e->out, e->n_out, e->changes, e->n_changes};
	return r;
}

struct engine_stats engine_stats(const struct engine *e)
{
	struct engine_stats s = {.waiting = e->waiting,
				 .waiting_mail = e->waiting_mail,
				 .in_hand = e->in_hand,
				 .people_on = e->n_on,
				 .classes = e->n_classes,
				 .contacts = e->n_items,
				 .steps = e->steps,
				 .decisions = e->decisions,
				 .looked = e->looked,
				 .looked_max = e->looked_max,
				 .refused = e->refused,
				 .load = e->all.pressure,
				 .state = e->all.state};

	for (int i = 0; i < CH__N; i++)
		s.work_factor[i] = e->f_work[i][0];
	s.fail_factor[0] = e->f_fail[0];
	s.fail_factor[1] = e->f_fail[1];
	return s;
}
