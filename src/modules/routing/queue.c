/* Who waits: slots, classes, bins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <string.h>

uint32_t queue_find(const struct engine *e, int64_t id)
{
	uint32_t *v = id >= 0 ? table_find(&e->by_id, (uint64_t)id + 1) : NULL;

	return v ? *v : NONE;
}

/* ---- bins: heaps of classes by their oldest head ---- */

static unsigned level(const struct queue_class *c)
{
	return c->vip * 3u + c->emotion;
}

struct bin *queue_bin(struct engine *e, unsigned channel, unsigned lvl, unsigned complex)
{
	return &e->bins[(channel * WEIGHT_LEVELS + lvl) * 2 + complex];
}

struct queue_class *queue_head_class(const struct engine *e, const struct bin *b, uint32_t at)
{
	return &e->classes[b->v[at]];
}

static bool first_of(const struct item *a, const struct item *b)
{
	return a->key != b->key ? a->key < b->key : a->seq < b->seq;
}

struct head queue_head(const struct item *x)
{
	return (struct head){x->key, x->since, x->seq, x->c.prev_agent, x->refuser[0] >= 0};
}

/* ---- offers: who refused, and which are not answered ---- */

bool queue_declined(const struct engine *e, uint32_t i, int64_t agent)
{
	const struct item *x = &e->items[i];

	for (int k = 0; k < REFUSERS && x->refuser[k] >= 0; k++)
		if (x->refuser[k] == agent && e->now - x->refused_at[k] < REFUSED_S)
			return true;
	return false;
}

/* The latest first. */
void queue_decline(struct engine *e, uint32_t i, int64_t agent)
{
	struct item *x = &e->items[i];

	memmove(x->refuser + 1, x->refuser, (REFUSERS - 1) * sizeof *x->refuser);
	memmove(x->refused_at + 1, x->refused_at, (REFUSERS - 1) * sizeof *x->refused_at);
	x->refuser[0] = agent;
	x->refused_at[0] = e->now;
}

/* In order of the time they were made, nearly always at the end. */
void queue_offer(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	uint32_t after = e->offer_tail;

	while (after != NONE && (e->items[after].at > x->at ||
				 (e->items[after].at == x->at && e->items[after].seq > x->seq)))
		after = e->items[after].offer_prev;
	x->offered = 1;
	x->offer_prev = after;
	x->offer_next = after != NONE ? e->items[after].offer_next : e->offer_head;
	*(x->offer_next != NONE ? &e->items[x->offer_next].offer_prev : &e->offer_tail) = i;
	*(after != NONE ? &e->items[after].offer_next : &e->offer_head) = i;
}

void queue_unoffer(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];

	if (!x->offered)
		return;
	*(x->offer_prev != NONE ? &e->items[x->offer_prev].offer_next : &e->offer_head) =
	    x->offer_next;
	*(x->offer_next != NONE ? &e->items[x->offer_next].offer_prev : &e->offer_tail) =
	    x->offer_prev;
	x->offered = 0;
}

static bool older(const struct engine *e, uint32_t x, uint32_t y)
{
	const struct head *a = &e->classes[x].first, *b = &e->classes[y].first;

	return a->key != b->key ? a->key < b->key : a->seq < b->seq;
}

static void put_at(struct engine *e, struct bin *b, uint32_t at, uint32_t class)
{
	b->v[at] = class;
	e->classes[class].heap_at = at;
}

static void sift(struct engine *e, struct bin *b, uint32_t at, uint32_t class)
{
	for (; at && older(e, class, b->v[(at - 1) / 2]); at = (at - 1) / 2)
		put_at(e, b, at, b->v[(at - 1) / 2]);
	for (;;) {
		uint32_t k = 2 * at + 1;
		if (k >= b->n)
			break;
		if (k + 1 < b->n && older(e, b->v[k + 1], b->v[k]))
			k++;
		if (!older(e, b->v[k], class))
			break;
		put_at(e, b, at, b->v[k]);
		at = k;
	}
	put_at(e, b, at, class);
}

/* The class's head changed: move it, or take it in or out. */
static void rehead(struct engine *e, uint32_t class)
{
	struct queue_class *c = &e->classes[class];
	struct bin *b = queue_bin(e, c->channel, level(c), c->complex);

	if (c->head != NONE)
		c->first = queue_head(&e->items[c->head]);
	if (c->head != NONE && c->heap_at != NONE) {
		sift(e, b, c->heap_at, class);
	} else if (c->head != NONE) {
		if (b->n == b->cap) {
			uint32_t *v = NEWN(e->a, uint32_t, b->cap * 2 + 16);
			if (b->n)
				memcpy(v, b->v, b->n * sizeof *v);
			b->v = v;
			b->cap = b->cap * 2 + 16;
		}
		b->n++;
		sift(e, b, b->n - 1, class);
	} else if (c->heap_at != NONE) {
		uint32_t at = c->heap_at, last = b->v[--b->n];
		c->heap_at = NONE;
		if (last != class)
			sift(e, b, at, last);
	}
}

/* Put a class of this bin at a place in its heap, in exchange for the one there; places are laid
 * from the top, each below a head that is older.  False when that is not so. */
bool queue_lay(struct engine *e, uint32_t bin, uint32_t at, uint32_t class)
{
	struct bin *b = &e->bins[bin];
	struct queue_class *c = &e->classes[class];
	uint32_t from = c->heap_at;

	if (from == NONE || from < at || queue_bin(e, c->channel, level(c), c->complex) != b ||
	    (at && older(e, class, b->v[(at - 1) / 2])))
		return false;
	put_at(e, b, from, b->v[at]);
	put_at(e, b, at, class);
	return true;
}

/* ---- classes ---- */

static uint64_t class_hash(const struct route_contact *c, unsigned channel)
{
	const uint8_t parts[] = {c->lang,   (uint8_t)channel, c->topic,     c->complex,
				 c->vip,    c->emotion,       c->need_lang, c->need_skill,
				 c->market, c->n_langs};
	uint64_t h = 0xCBF29CE484222325;

	for (size_t i = 0; i < COUNT(parts); i++)
		h = (h ^ parts[i]) * 0x100000001B3;
	for (size_t i = 0; i < c->n_langs; i++)
		h = (h ^ (uint64_t)(c->langs[i].lang * 8 + c->langs[i].grade)) * 0x100000001B3;
	return h ? h : 1;
}

static bool class_is(const struct queue_class *k, const struct route_contact *c)
{
	return k->lang == c->lang && k->channel == c->channel && k->topic == c->topic &&
	       k->complex == c->complex && k->vip == c->vip && k->emotion == c->emotion &&
	       k->need_lang == c->need_lang && k->need_skill == c->need_skill &&
	       k->market == c->market && k->n_langs == c->n_langs &&
	       memcmp(k->langs, c->langs, c->n_langs * sizeof *c->langs) == 0;
}

uint32_t queue_class(struct engine *e, const struct route_contact *c)
{
	uint64_t h = class_hash(c, c->channel);
	uint32_t *v;

	for (; (v = table_find(&e->by_class, h)) != NULL; h += h + 1 ? 1 : 2)
		if (class_is(&e->classes[*v], c))
			return *v;
	if (e->n_classes == e->cap_classes) {
		struct queue_class *k = NEWN(e->a, struct queue_class, e->cap_classes * 2 + 256);
		if (e->n_classes)
			memcpy(k, e->classes, e->n_classes * sizeof *k);
		e->classes = k;
		e->cap_classes = e->cap_classes * 2 + 256;
	}
	struct queue_class *k = &e->classes[e->n_classes];
	*k = (struct queue_class){.n_langs = c->n_langs,
				  .lang = c->lang,
				  .channel = c->channel,
				  .topic = c->topic,
				  .complex = c->complex,
				  .vip = c->vip,
				  .emotion = c->emotion,
				  .need_lang = c->need_lang,
				  .need_skill = c->need_skill,
				  .market = c->market,
				  .head = NONE,
				  .tail = NONE,
				  .heap_at = NONE,
				  .best_until = -1};
	memcpy(k->langs, c->langs, sizeof k->langs);
	uint8_t *skill = &e->least_skill[c->channel][c->complex];
	*skill = c->need_skill < *skill ? c->need_skill : *skill;
	table_put(e->a, &e->by_class, h, e->n_classes);
	return e->n_classes++;
}

/* ---- slots ---- */

uint32_t queue_new(struct engine *e, const struct route_contact *c)
{
	uint32_t i = e->free_item;

	if (i != NONE) {
		e->free_item = e->items[i].next;
	} else {
		if (e->n_items == e->cap_items) {
			uint32_t cap = e->cap_items * 2 + 1024;
			struct item *v = NEWN(e->a, struct item, cap);
			if (e->n_items)
				memcpy(v, e->items, e->n_items * sizeof *v);
			e->items = v;
			e->cap_items = cap;
		}
		i = e->n_items++;
	}
	e->items[i] = (struct item){.c = *c,
				    .key = c->t,
				    .since = c->t,
				    .seq = ++e->seq,
				    .class = NONE,
				    .next = NONE,
				    .prev = NONE,
				    .own_next = NONE,
				    .own_prev = NONE,
				    .person = NONE};
	for (int k = 0; k < REFUSERS; k++)
		e->items[i].refuser[k] = -1;
	table_put(e->a, &e->by_id, (uint64_t)c->id + 1, i);
	return i;
}

void queue_free(struct engine *e, uint32_t i)
{
	table_drop(&e->by_id, (uint64_t)e->items[i].c.id + 1);
	e->items[i].state = ITEM_UNUSED;
	e->items[i].next = e->free_item;
	e->free_item = i;
}

/* ---- waiting and no longer ---- */

static void own_push(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	uint32_t who = x->c.prev_agent >= 0 ? desk_find(e, x->c.prev_agent) : NONE;

	if (who == NONE)
		return;
	struct person *p = &e->people[who];
	uint32_t after = p->own_tail;
	while (after != NONE && e->items[after].seq > x->seq)
		after = e->items[after].own_prev;
	x->own = 1;
	x->own_prev = after;
	x->own_next = after != NONE ? e->items[after].own_next : p->own_head;
	*(x->own_next != NONE ? &e->items[x->own_next].own_prev : &p->own_tail) = i;
	*(after != NONE ? &e->items[after].own_next : &p->own_head) = i;
}

static void own_take(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];

	if (!x->own)
		return;
	struct person *p = &e->people[desk_find(e, x->c.prev_agent)];
	*(x->own_prev != NONE ? &e->items[x->own_prev].own_next : &p->own_head) = x->own_next;
	*(x->own_next != NONE ? &e->items[x->own_next].own_prev : &p->own_tail) = x->own_prev;
	x->own = 0;
}

static void count_waiting(struct engine *e, struct item *x, int by)
{
	const struct queue_class *c = &e->classes[x->class];

	/* What was added is taken away again, though the expectation may have changed since. */
	if (by > 0)
		x->work = value_work(e, c);
	double work = by * x->work;

	if (c->channel == CH_EMAIL) {
		e->waiting_mail += (uint32_t)by;
		return;
	}
	e->waiting += (uint32_t)by;
	if (c->channel == CH_CALLBACK) {
		e->callbacks += (uint32_t)by;
		e->langs[c->lang].promised += (uint32_t)by;
		return; /* promised for later: it does not press now */
	}
	if (c->channel == CH_PHONE)
		e->vip_calls += (uint32_t)(by * c->vip);
	e->langs[c->lang].waiting += work;
	e->all.waiting += work;
}

/* In its class, in order of the key: nearly always at the end; one that comes back after a
 * refused offer goes to the place its wait earned. */
void queue_push(struct engine *e, uint32_t i)
{
	uint32_t k = queue_class(e, &e->items[i].c);
	struct queue_class *c = &e->classes[k];
	struct item *x = &e->items[i];
	uint32_t after = c->tail;

	while (after != NONE && first_of(x, &e->items[after]))
		after = e->items[after].prev;
	x->class = k;
	x->state = ITEM_WAITING;
	x->prev = after;
	x->next = after != NONE ? e->items[after].next : c->head;
	*(x->next != NONE ? &e->items[x->next].prev : &c->tail) = i;
	*(after != NONE ? &e->items[after].next : &c->head) = i;
	c->n++;
	if (c->head == i)
		rehead(e, k);
	own_push(e, i);
	count_waiting(e, x, 1);
}

void queue_take(struct engine *e, uint32_t i)
{
	struct item *x = &e->items[i];
	struct queue_class *c = &e->classes[x->class];
	bool head = c->head == i;

	*(x->prev != NONE ? &e->items[x->prev].next : &c->head) = x->next;
	*(x->next != NONE ? &e->items[x->next].prev : &c->tail) = x->prev;
	c->n--;
	if (head)
		rehead(e, x->class);
	own_take(e, i);
	count_waiting(e, x, -1);
	if (e->waiting == 0) { /* no rounding stays behind */
		e->all.waiting = 0;
		for (int l = 0; l < ROUTE_LANGS_MAX; l++)
			e->langs[l].waiting = 0;
	}
}
