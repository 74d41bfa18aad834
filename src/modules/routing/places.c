/* What is left of each language's places, and what taking one costs those who come next.
 *
 * A place given away is missed only if the others fill up before it is free again.  For customers
 * who come at random, Erlang's loss formula B says how likely that is: with n places, k of them
 * taken and an offered load a, one more taken turns away B(n,a) / B(k,a) customers.  A call needs
 * somebody with no chat at all, so seats for calls are counted and priced apart. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <math.h>

enum { PLACES_TOLD = 96 };

static void count(struct language *l, const struct held *h, int by)
{
	l->seats += by * h->seat;
	l->places += by * h->places;
	l->taken += by * h->taken;
}

/* Her places as they are now, in the counts of every language she is strong in. */
void places_count(struct engine *e, struct person *p)
{
	struct held now = {0};

	if (p->on) {
		bool chat = p->spec.channels & 1 << PLACE_CHAT;
		now.places = (uint8_t)(chat && !p->crew ? p->spec.max_chat : 1);
		now.taken = p->phone != NONE || p->draining ? now.places : p->n_chats;
		now.taken = now.taken > now.places ? now.places : now.taken;
		now.seat = desk_can_take(p, PLACE_PHONE);
	}
	for (int i = 0; i < p->n_strong; i++) {
		count(&e->langs[p->strong[i]], &p->held, -1);
		count(&e->langs[p->strong[i]], &now, 1);
	}
	p->held = now;
}

void places_called(struct engine *e, unsigned lang)
{
	struct language *l = &e->langs[lang];

	l->calls = l->calls * exp(-(e->now - l->calls_at) / CALLS_S) + 1.0 / CALLS_S;
	l->calls_at = e->now;
}

/* missed[k]: the chance that more than k people call, when calls come as they did of late. */
static void price_seats(const struct engine *e, struct language *l)
{
	double mean = e->w.seat_s * l->calls * exp(-(e->now - l->calls_at) / CALLS_S);
	double term = exp(-mean), more = 1;

	for (int k = 0; k < SEATS_MAX; k++) {
		more -= term;
		l->missed[k] = fmax(0, more);
		term *= mean / (k + 1);
	}
}

/* turned[j]: customers turned away by taking a place when j others are free.  A big desk is seen
 * as a small one at the same load: there it hardly matters. */
static void price_places(const struct engine *e, struct language *l, double arriving)
{
	double n = l->places > PLACES_TOLD ? PLACES_TOLD : l->places, r = 1;
	double rate =
	    l->capacity > 0 ? l->places / l->capacity : 1; /* places a unit of work takes */
	double a = fmax(1e-3, arriving * rate * e->w.demand * (l->places ? n / l->places : 1));

	l->scale = l->places ? n / l->places : 1;
	for (int j = 0; j < FREE_MAX; j++)
		l->turned[j] = 0;
	for (int k = 1; k <= (int)n && r < 1e12; k++) {
		int left = (int)n - k; /* free when k are taken, the new one among them */
		if (left < FREE_MAX)
			l->turned[left] = r;
		r = 1 + r * k / a;
	}
	for (int j = 0; j < FREE_MAX; j++)
		l->turned[j] = r < 1e12 ? fmin(1, l->turned[j] / r) : 0;
}

void places_refresh(struct engine *e)
{
	for (size_t i = 0; i < e->set.langs.n; i++) {
		price_seats(e, &e->langs[i]);
		price_places(e, &e->langs[i], value_arriving_now(e, &e->langs[i]));
	}
}

/* How scarce the language is whose price decided. */
void places_left(const struct engine *e, struct route_terms *t)
{
	const struct language *l = &e->langs[t->price_lang];

	t->places = (uint32_t)(l->places > 0 ? l->places : 0);
	t->left = (uint32_t)(l->places > l->taken ? l->places - l->taken : 0);
}

double places_seat_price(const struct engine *e, const struct person *p, uint8_t *whose)
{
	double most = 0;

	if (!(p->spec.channels & 1 << PLACE_PHONE) || p->n_chats > 1)
		return 0;
	for (int i = 0; i < p->n_strong; i++) {
		const struct language *l = &e->langs[p->strong[i]];
		/* With one chat she has no seat now, but is the next to have one again. */
		int left = l->seats - (p->n_chats == 0);
		double price = left < SEATS_MAX ? l->missed[left < 0 ? 0 : left] : 0;
		if (price > most) {
			most = price;
			*whose = p->strong[i];
		}
	}
	return most * (p->n_chats ? e->w.seat_near : 1);
}

/* Customers of her other strong languages turned away if she takes one of `lang`. */
double places_price(const struct engine *e, const struct person *p, unsigned lang, uint8_t *whose)
{
	double sum = 0, most = 0;

	for (int i = 0; i < p->n_strong; i++) {
		const struct language *l = &e->langs[p->strong[i]];
		int left = (int)((l->places - l->taken - 1) * l->scale);
		double price = left < FREE_MAX ? l->turned[left < 0 ? 0 : left] : 0;
		if (p->strong[i] == lang)
			continue;
		sum += price;
		if (price > most) {
			most = price;
			*whose = p->strong[i];
		}
	}
	return sum;
}
