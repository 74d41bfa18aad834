/* The state as bytes: what was said and learned, not how it hangs together.
 *
 * One walk serves both directions.  Lists, heaps and tables are built again on the way in, from
 * parts that are each checked, so no bytes can make an engine that breaks its own rules.  Sums
 * that grew one by one are kept as they were: adding them up again would round differently. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>
#include <string.h>

enum { RETURNS_MAX = 1 << 20 };

static const char magic[16] = "aftersail-rt-04";

struct pack {
	struct buf *out; /* writing */
	struct str in;   /* reading */
	bool bad;
};

/* ---- scalars ---- */

static void raw(struct pack *k, void *p, size_t n)
{
	if (k->out) {
		buf_add(k->out, (struct str){p, n});
	} else if (k->bad || k->in.n < n) {
		k->bad = true;
		memset(p, 0, n);
	} else {
		memcpy(p, k->in.p, n);
		k->in = str_slice(k->in, n, k->in.n);
	}
}

/* Numbers that are none would spread through every value. */
static void reals(struct pack *k, double *v, size_t n)
{
	raw(k, v, n * sizeof *v);
	for (size_t i = 0; i < n; i++)
		k->bad = k->bad || !isfinite(v[i]) || fabs(v[i]) > 1e15;
}

static void real(struct pack *k, double *v)
{
	reals(k, v, 1);
}

/* A time that may lie in no future or no past at all. */
static void moment(struct pack *k, double *v)
{
	raw(k, v, sizeof *v);
	k->bad = k->bad || isnan(*v);
}

static void count(struct pack *k, uint32_t *n, uint32_t max)
{
	raw(k, n, sizeof *n);
	if (*n > max) {
		k->bad = true;
		*n = 0;
	}
}

static void byte(struct pack *k, uint8_t *v, uint8_t max)
{
	raw(k, v, 1);
	k->bad = k->bad || *v > max;
	*v = *v > max ? max : *v;
}

/* ---- settings and names ---- */

static void names(struct pack *k, struct arena *a, struct route_names *n)
{
	uint32_t total = (uint32_t)n->n;

	count(k, &total, COUNT(n->v));
	for (uint32_t i = 0; i < total && !k->bad; i++) {
		char text[ROUTE_NAME_MAX];
		uint32_t len = k->out ? (uint32_t)n->v[i].n : 0;
		count(k, &len, sizeof text);
		if (k->out)
			memcpy(text, n->v[i].p, len);
		raw(k, text, len);
		if (!k->out && route_name(a, n, (struct str){text, len}) != (int)i)
			k->bad = true;
	}
}

static void settings(struct pack *k, struct engine *e)
{
	reals(k, (double *)&e->w, sizeof e->w / sizeof(double));
	reals(k, (double *)&e->set.model, sizeof e->set.model / sizeof(double));
	real(k, &e->set.tick_s);
	real(k, &e->set.horizon);
	names(k, e->a, &e->set.langs);
	names(k, e->a, &e->set.topics);
	names(k, e->a, &e->set.markets);
	names(k, e->a, &e->set.regions);
	real(k, &e->now);
	moment(k, &e->refreshed);
	raw(k, &e->seq, sizeof e->seq);
}

/* ---- people ---- */

static void signatures(struct pack *k, struct engine *e)
{
	uint32_t n = e->n_sigs;

	count(k, &n, ROUTE_PEOPLE_MAX);
	for (uint32_t i = 0; i < n && !k->bad; i++) {
		uint8_t eff[ROUTE_LANGS_MAX];
		if (k->out)
			memcpy(eff, e->sigs[i].eff, sizeof eff);
		raw(k, eff, sizeof eff);
		if (!k->out && desk_sig(e, eff) != i) {
			k->bad = true;
			return;
		}
		moment(k, &e->sigs[i].next_on);
		raw(k, e->sigs[i].coming, sizeof e->sigs[i].coming);
	}
}

static bool person_ok(const struct engine *e, const struct route_person *s)
{
	bool ok = s->id >= 0 && s->n_langs <= ROUTE_SPEAKS_MAX && s->n_on <= ROUTE_SHIFTS_MAX &&
		  s->max_chat <= ROUTE_CHATS_MAX && desk_find(e, s->id) == NONE;

	for (int i = 0; ok && i < s->n_langs; i++)
		ok = s->langs[i].lang < e->set.langs.n;
	for (int i = 0; ok && i < s->n_on; i++)
		ok = isfinite(s->on[i][0]) && isfinite(s->on[i][1]);
	return ok;
}

static void person_state(struct pack *k, struct person *p)
{
	byte(k, &p->draining, 1);
	byte(k, &p->crew, 1);
	raw(k, &p->listed_seq, sizeof p->listed_seq);
	raw(k, &p->mail_seq, sizeof p->mail_seq);
	raw(k, &p->turns, sizeof p->turns);
	double *v[] = {&p->last, &p->chat_clock, &p->mail_clock, &p->busy, &p->present};
	for (size_t i = 0; i < COUNT(v); i++)
		real(k, v[i]);
}

static void people(struct pack *k, struct engine *e)
{
	uint32_t n = e->n_people;

	count(k, &n, ROUTE_PEOPLE_MAX);
	for (uint32_t i = 0; i < n && !k->bad; i++) {
		struct route_person spec = {0};
		uint8_t on = 0;
		if (k->out) {
			spec = e->people[i].spec;
			on = e->people[i].on;
		}
		raw(k, &spec, sizeof spec);
		byte(k, &on, 1);
		if (!k->out) {
			if (k->bad || !person_ok(e, &spec)) {
				k->bad = true;
				return;
			}
			desk_put(e, &spec);
			desk_on(e, i, on);
		}
		person_state(k, &e->people[i]);
	}
}

/* ---- contacts ---- */

static void classes(struct pack *k, struct engine *e)
{
	uint32_t n = e->n_classes;

	count(k, &n, ROUTE_WAITING_MAX);
	for (uint32_t i = 0; i < n && !k->bad; i++) {
		struct route_contact c = {.target_s = 1};
		double best[3] = {0}, at = 0;
		if (k->out) {
			const struct queue_class *s = &e->classes[i];
			c.n_langs = s->n_langs, c.lang = s->lang, c.channel = s->channel;
			c.topic = s->topic, c.complex = s->complex, c.vip = s->vip;
			c.emotion = s->emotion, c.need_lang = s->need_lang;
			c.need_skill = s->need_skill, c.market = s->market;
			memcpy(c.langs, s->langs, sizeof c.langs);
			best[0] = s->best, best[1] = s->later, best[2] = s->best_until;
			at = s->later_at;
		}
		raw(k, &c, sizeof c);
		reals(k, best, 3);
		moment(k, &at);
		if (k->out || k->bad)
			continue;
		if (!engine_contact_ok(e, &c) || queue_class(e, &c) != i) {
			k->bad = true;
			return;
		}
		e->classes[i].best = best[0];
		e->classes[i].later = best[1];
		e->classes[i].best_until = best[2];
		e->classes[i].later_at = at;
	}
}

/* Whether this place of this person is free for one more; and then it is not. */
static bool occupy(struct engine *e, uint32_t who, uint32_t i)
{
	struct person *p = &e->people[who];

	switch (route_place_of(e->items[i].c.channel)) {
	case PLACE_PHONE:
		if (p->phone != NONE || p->n_chats)
			return false;
		p->phone = i;
		return true;
	case PLACE_MAIL:
		if (p->mail != NONE)
			return false;
		p->mail = i;
		return true;
	default:
		if (p->phone != NONE || p->n_chats >= ROUTE_CHATS_MAX)
			return false;
		p->chats[p->n_chats++] = i;
		return true;
	}
}

static void item_fields(struct pack *k, struct item *x, int64_t *agent)
{
	raw(k, &x->c, sizeof x->c);
	double *v[] = {&x->key, &x->since, &x->at, &x->clock, &x->work, &x->fail};
	for (size_t i = 0; i < COUNT(v); i++)
		real(k, v[i]);
	raw(k, &x->seq, sizeof x->seq);
	raw(k, x->refuser, sizeof x->refuser);
	reals(k, x->refused_at, REFUSERS);
	raw(k, agent, sizeof *agent);
	byte(k, &x->state, ITEM_IN_HAND);
	byte(k, &x->gap, GAPS - 1);
	byte(k, &x->skill_gap, GAPS - 1);
	byte(k, &x->asked, ANSWERED);
	byte(k, &x->offered, 1);
}

static void item_in(struct pack *k, struct engine *e)
{
	struct item x = {0};
	int64_t agent;

	item_fields(k, &x, &agent);
	if (k->bad || !engine_contact_ok(e, &x.c) || x.state == ITEM_UNUSED ||
	    queue_find(e, x.c.id) != NONE) {
		k->bad = true;
		return;
	}
	uint32_t i = queue_new(e, &x.c);
	struct item *to = &e->items[i];
	bool offered = x.offered;
	x.class = x.next = x.prev = x.own_next = x.own_prev = x.person = NONE;
	x.offered = 0;
	*to = x;
	if (x.state == ITEM_WAITING) {
		queue_push(e, i);
		to->work = x.work;
		return;
	}
	to->person = desk_find(e, agent);
	to->class = queue_class(e, &to->c);
	e->in_hand++;
	e->calling += to->c.channel == CH_CALLBACK;
	if (to->person == NONE || !occupy(e, to->person, i))
		k->bad = true;
	else if (offered)
		queue_offer(e, i);
}

static void contacts(struct pack *k, struct engine *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->n_items; i++)
		n += e->items[i].state != ITEM_UNUSED;
	count(k, &n, ROUTE_WAITING_MAX);
	if (!k->out) {
		for (uint32_t i = 0; i < n && !k->bad; i++)
			item_in(k, e);
		return;
	}
	for (uint32_t i = 0; i < e->n_items; i++) {
		struct item x = e->items[i];
		int64_t agent = x.person != NONE ? e->people[x.person].spec.id : -1;
		if (x.state != ITEM_UNUSED)
			item_fields(k, &x, &agent);
	}
}

/* The heaps as they lay: a search that stops early depends on where it began. */
static void heaps(struct pack *k, struct engine *e)
{
	for (uint32_t b = 0; b < BINS && !k->bad; b++) {
		struct bin *bin = &e->bins[b];
		uint32_t n = bin->n;
		count(k, &n, e->n_classes);
		k->bad = k->bad || n != bin->n;
		for (uint32_t at = 0; at < n && !k->bad; at++) {
			uint32_t class = bin->v[at];
			count(k, &class, e->n_classes - 1);
			if (!k->out && !queue_lay(e, b, at, class))
				k->bad = true;
		}
	}
}

/* ---- what was learned and counted ---- */

static void language(struct pack *k, struct language *l)
{
	double *v[] = {&l->arriving, &l->arriving_at, &l->waiting, &l->capacity,
		       &l->pressure, &l->calls,       &l->calls_at};

	for (size_t i = 0; i < COUNT(v); i++)
		real(k, v[i]);
	real(k, &l->scale);
	reals(k, l->missed, SEATS_MAX);
	reals(k, l->turned, FREE_MAX);
	moment(k, &l->red_since);
	byte(k, &l->state, ROUTE_RED);
}

static void ratios(struct pack *k, struct ratio *r, size_t n)
{
	reals(k, (double *)r, n * 2);
}

static void learned(struct pack *k, struct engine *e)
{
	ratios(k, &e->work_base[0][0], CH__N * 2);
	ratios(k, e->work_gap, GAPS);
	ratios(k, e->work_skill, GAPS);
	ratios(k, e->fail_base, 2);
	ratios(k, e->fail_gap, GAPS);
	ratios(k, e->fail_skill, GAPS);
	reals(k, &e->f_work[0][0], CH__N * 2);
	reals(k, e->f_work_gap, GAPS);
	reals(k, e->f_work_skill, GAPS);
	reals(k, e->f_fail, 2);
	reals(k, e->f_fail_gap, GAPS);
	reals(k, e->f_fail_skill, GAPS);
	reals(k, e->hazard_waited, CH__N);
	reals(k, e->hazard_left, CH__N);
	reals(k, e->patience, CH__N);
}

static void returns(struct pack *k, struct engine *e)
{
	raw(k, &e->done_at, sizeof e->done_at);
	raw(k, &e->done_from, sizeof e->done_from);
	/* What lies between is walked one by one. */
	k->bad = k->bad || e->done_from > e->done_at || e->done_at - e->done_from > RETURNS_MAX;
	for (uint32_t i = 0; i < DONE_RING && !k->bad; i++) {
		struct done *d = &e->done[i];
		byte(k, &d->used, 1);
		if (!d->used)
			continue;
		raw(k, &d->case_id, sizeof d->case_id);
		real(k, &d->until);
		real(k, &d->fail);
		byte(k, &d->complex, 1);
		byte(k, &d->gap, GAPS - 1);
		byte(k, &d->skill_gap, GAPS - 1);
		byte(k, &d->mail, 1);
		if (d->case_id < 0)
			k->bad = true;
		else if (!k->out)
			table_put(e->a, &e->by_case, (uint64_t)d->case_id + 1, i);
	}
}

static void sums(struct pack *k, struct engine *e)
{
	double *v[] = {&e->needed, &e->calls, &e->calls_at, &e->mean_busy};

	for (size_t i = 0; i < COUNT(v); i++)
		real(k, v[i]);
	byte(k, &e->flood, 1);
	language(k, &e->all);
	for (int l = 0; l < ROUTE_LANGS_MAX; l++)
		language(k, &e->langs[l]);
}

static void count_asked(struct engine *e)
{
	e->asking = e->draining = 0;
	for (uint32_t i = 0; i < e->n_items; i++)
		if (e->items[i].state == ITEM_WAITING && e->items[i].asked == ASKED)
			overflow_asking(e, &e->items[i], 1);
	crew_recount(e);
	for (uint32_t i = 0; i < e->n_people; i++)
		e->draining += e->people[i].draining;
}

static void walk(struct pack *k, struct engine *e)
{
	uint64_t seq;

	settings(k, e);
	seq = e->seq;
	signatures(k, e);
	people(k, e);
	classes(k, e);
	contacts(k, e);
	heaps(k, e);
	learned(k, e);
	returns(k, e);
	sums(k, e);
	if (k->out || k->bad)
		return;
	count_asked(e);
	desk_relist(e, NEWN(e->a, uint32_t, e->n_people + 1));
	e->seq = seq;
}

/* ---- outside ---- */

static uint64_t checksum(struct str s)
{
	uint64_t h = 0xCBF29CE484222325;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3;
	return h;
}

void engine_snapshot(const struct engine *e, struct buf *out)
{
	size_t from = out->n;
	struct pack k = {.out = out};
	struct engine copy = *e; /* the walk takes both directions; writing changes nothing */

	out->max = out->max ? out->max : (size_t)1 << 31;
	buf_add(out, (struct str){magic, sizeof magic});
	walk(&k, &copy);
	uint64_t sum = checksum((struct str){out->p + from, out->n - from});
	buf_add(out, (struct str){(const char *)&sum, sizeof sum});
}

enum err engine_restore(struct arena *a, struct str s, struct engine **out)
{
	struct route_setup *none = NEW(a, struct route_setup);
	uint64_t sum;

	if (s.n < sizeof magic + sizeof sum || memcmp(s.p, magic, sizeof magic) != 0)
		return E_MALFORMED;
	memcpy(&sum, s.p + s.n - sizeof sum, sizeof sum);
	if (sum != checksum(str_slice(s, 0, s.n - sizeof sum)))
		return E_MALFORMED;
	none->model = route_model_default;
	struct engine *e = engine_new(a, none);
	struct pack k = {.in = str_slice(s, sizeof magic, s.n - sizeof sum)};
	walk(&k, e);
	if (k.bad || k.in.n)
		return E_MALFORMED;
	*out = e;
	return E_OK;
}
