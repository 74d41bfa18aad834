/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/world.h"

#include "modules/routing/world_in.h"

#include <math.h>
#include <string.h>

/* ---- draws ---- */

static uint64_t mix(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t x[4] = {seed, a, b, c};
	uint64_t h = 0x9E3779B97F4A7C15;

	for (int i = 0; i < 4; i++) {
		h = (h ^ x[i]) + 0x9E3779B97F4A7C15;
		h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
		h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
		h ^= h >> 31;
	}
	return h;
}

static double draw(const struct world *w, const struct route_contact *c, unsigned stream)
{
	uint64_t h = mix(w->day->seed, (uint64_t)c->case_id, c->attempt, stream);

	return ((double)(h >> 11) + 0.5) / 9007199254740992.0;
}

/* Log-normal with mean 1. */
static double work_luck(const struct world *w, const struct route_contact *c)
{
	double cv = w->day->model.work_cv, v = log(1 + cv * cv);
	double z = sqrt(-2 * log(draw(w, c, 1))) * cos(2 * M_PI * draw(w, c, 2));

	return exp(sqrt(v) * z - v / 2);
}

/* ---- what will happen, in order of time, kind and making ---- */

static bool before(const struct world_item *a, const struct world_item *b)
{
	if (a->t != b->t)
		return a->t < b->t;
	if (a->order != b->order)
		return a->order < b->order;
	return a->seq < b->seq;
}

static void push(struct world *w, double t, int order, enum world_kind kind, struct world_item x)
{
	x.t = t;
	x.order = order;
	x.kind = kind;
	x.seq = ++w->seq;
	if (w->n_q == w->cap_q) {
		struct world_item *v = NEWN(w->a, struct world_item, w->cap_q * 2 + 4096);
		if (w->n_q)
			memcpy(v, w->q, w->n_q * sizeof *v);
		w->q = v;
		w->cap_q = w->cap_q * 2 + 4096;
	}
	size_t i = w->n_q++;
	for (; i && before(&x, &w->q[(i - 1) / 2]); i = (i - 1) / 2)
		w->q[i] = w->q[(i - 1) / 2];
	w->q[i] = x;
}

static struct world_item pop(struct world *w)
{
	struct world_item top = w->q[0], x = w->q[--w->n_q];
	size_t i = 0;

	for (;;) {
		size_t c = 2 * i + 1;
		if (c >= w->n_q)
			break;
		if (c + 1 < w->n_q && before(&w->q[c + 1], &w->q[c]))
			c++;
		if (!before(&w->q[c], &x))
			break;
		w->q[i] = w->q[c];
		i = c;
	}
	w->q[i] = x;
	return top;
}

/* ---- a person's work: chats share attention, mail is done beside it ---- */

static void rates(const struct world *w, const struct world_person *p, double *chat, double *mail)
{
	const struct route_model *m = &w->day->model;
	double n = p->n_chats;

	*chat = n > 0 ? 1.0 / (1 + m->beta * (n - 1)) : 0;
	*mail = p->phone ? 0 : fmax(0, 1 - m->email_yield * n);
}

static void advance(struct world *w, struct world_person *p)
{
	double dt = w->t - p->last, chat, mail;

	if (dt > 0) {
		rates(w, p, &chat, &mail);
		for (int i = 0; i < p->n_chats; i++)
			p->chats[i].left -= dt * chat;
		p->phone_left -= dt;
		p->mail_left -= dt * mail;
		if (p->n_chats || p->phone || p->mail) {
			p->busy += dt;
			p->overtime += p->on ? 0 : dt;
		}
	}
	p->last = w->t;
}

static void plan_next(struct world *w, struct world_person *p)
{
	double chat, mail, best = INFINITY;

	p->version++;
	rates(w, p, &chat, &mail);
	for (int i = 0; i < p->n_chats; i++)
		best = fmin(best, p->chats[i].left / chat);
	if (p->phone)
		best = fmin(best, p->phone_left);
	if (p->mail && mail > 0)
		best = fmin(best, p->mail_left / mail);
	if (best < INFINITY)
		push(w, p->last + fmax(0, best), 0, W_DONE,
		     (struct world_item){.person = p, .version = p->version});
}

/* ---- contacts ---- */

static void tell(struct world *w, struct route_event e)
{
	e.t = w->t;
	w->outbox[w->n_out++ % WORLD_OUTBOX] = e;
}

static struct world_record *record_of(const struct world *w, int64_t id)
{
	int64_t i = id / 10 * WORLD_ATTEMPTS + id % 10;

	if (id < 0 || id % 10 >= WORLD_ATTEMPTS || i >= (int64_t)w->n_records)
		return NULL;
	return &w->records[i];
}

static void describe(const struct world *w, struct route_contact *c, const struct world_item *x)
{
	const struct day_case *k = &w->day->cases[x->id];
	const struct day_profile *f = &w->day->profiles[k->profile];
	const struct route_model *m = &w->day->model;
	enum route_place g = route_place_of(k->channel);
	uint8_t top = 0;

	*c = (struct route_contact){.id = x->id * 10 + x->attempt,
				    .case_id = x->id,
				    .prev_agent = x->prev,
				    .t = w->t,
				    .target_s = m->target_s[k->channel],
				    .channel = k->channel,
				    .market = k->market,
				    .topic = k->topic,
				    .complex = k->complex,
				    .vip = k->vip,
				    .attempt = x->attempt,
				    .repeat = x->repeat,
				    .n_langs = f->n};
	c->emotion = (uint8_t)(k->emotion + x->anger > 2 ? 2 : k->emotion + x->anger);
	c->need_lang = (uint8_t)(m->need_lang[g] + k->complex);
	c->need_skill = (uint8_t)m->need_skill[k->complex];
	memcpy(c->langs, f->langs, sizeof c->langs);
	for (int i = 0; i < f->n; i++)
		if (f->langs[i].grade > top) {
			top = f->langs[i].grade;
			c->lang = f->langs[i].lang;
		}
}

static void arrive(struct world *w, const struct world_item *x)
{
	struct world_record *r = record_of(w, x->id * 10 + x->attempt);

	*r = (struct world_record){.state = R_WAITING, .t = w->t, .lang_fault = x->lang_lost};
	describe(w, &r->c, x);
	w->n_waiting++;
	if (r->c.channel != CH_EMAIL) {
		double patience = -log(draw(w, &r->c, 3)) * w->day->model.patience_s[r->c.channel];
		push(w, w->t + patience, 4, W_ABANDON, (struct world_item){.id = r->c.id});
		if (++w->live > w->f.peak_queue)
			w->f.peak_queue = w->live;
	}
	tell(w, (struct route_event){.kind = ROUTE_ARRIVE, .contact = &r->c});
}

static void comes_again(struct world *w, const struct world_record *r, double in, int64_t prev,
			bool repeat)
{
	struct world_item x = {.id = r->c.case_id,
			       .attempt = (uint8_t)(r->c.attempt + 1),
			       .prev = prev,
			       .anger = 1,
			       .repeat = repeat,
			       .lang_lost = repeat && r->lang_lost};

	if (w->t + in < w->day->told.horizon)
		push(w, w->t + in, 3, W_AGAIN, x);
}

static void abandon(struct world *w, int64_t id)
{
	struct world_record *r = record_of(w, id);
	const struct route_model *m = &w->day->model;

	if (r->state != R_WAITING || r->c.channel == CH_CALLBACK)
		return;
	r->state = R_ABANDONED;
	w->n_waiting--;
	w->live--;
	tell(w, (struct route_event){.kind = ROUTE_ABANDON, .id = id});
	if (r->c.attempt < 4 && draw(w, &r->c, 9) < m->redial_p)
		comes_again(w, r, 60 - log(draw(w, &r->c, 10)) * m->redial_s, r->c.prev_agent,
			    false);
}

static void finish(struct world *w, struct world_person *p, struct world_record *r)
{
	const struct route_model *m = &w->day->model;

	r->state = R_DONE;
	if (r->c.channel == CH_EMAIL)
		r->fr = w->t - r->t;
	tell(w, (struct route_event){
		    .kind = ROUTE_FREE, .agent = (int64_t)(p - w->people), .id = r->c.id});
	if (!r->ok && r->c.attempt < 4 && draw(w, &r->c, 5) < m->return_p) {
		double s = m->return_s[r->c.channel == CH_EMAIL];
		comes_again(w, r, 300 - log(draw(w, &r->c, 6)) * s, p - w->people, true);
	}
}

static void work_done(struct world *w, struct world_person *p)
{
	struct world_record *fin[ROUTE_CHATS_MAX + 2];
	int n = 0, kept = 0;

	advance(w, p);
	for (int i = 0; i < p->n_chats; i++)
		if (p->chats[i].left <= 1e-6)
			fin[n++] = p->chats[i].r;
		else
			p->chats[kept++] = p->chats[i];
	p->n_chats = kept;
	if (p->phone && p->phone_left <= 1e-6) {
		fin[n++] = p->phone;
		p->phone = NULL;
	}
	if (p->mail && p->mail_left <= 1e-6) {
		fin[n++] = p->mail;
		p->mail = NULL;
	}
	plan_next(w, p);
	for (int i = 0; i < n; i++)
		finish(w, p, fin[i]);
}

/* ---- decisions ---- */

double world_gap(const struct route_person *p, const struct route_contact *c, double floor)
{
	double e = floor;

	for (int i = 0; i < c->n_langs; i++)
		for (int j = 0; j < p->n_langs; j++)
			if (p->langs[j].lang == c->langs[i].lang)
				e = fmax(e, fmin(p->langs[j].grade, c->langs[i].grade));
	return fmax(0, c->need_lang - e);
}

static bool can_take(const struct world_person *p, const struct route_person *spec,
		     enum route_place g)
{
	if (!p->on || !(spec->channels & 1 << g))
		return false;
	if (g == PLACE_MAIL)
		return !p->mail;
	if (p->phone)
		return false;
	return g == PLACE_PHONE ? p->n_chats == 0 : p->n_chats < spec->max_chat;
}

/* The public formulae, with this pair's luck. */
static void serve(struct world *w, struct world_person *p, struct world_record *r)
{
	const struct route_model *m = &w->day->model;
	const struct route_contact *c = &r->c;
	size_t who = (size_t)(p - w->people);
	const struct route_person *spec = &w->day->told.people[who];
	enum route_place g = route_place_of(c->channel);
	double gl = world_gap(spec, c, m->mt_floor[g]);
	double gs = fmax(0, c->need_skill - spec->skills[c->topic]);
	bool same = c->prev_agent == (int64_t)who;
	double lang_loss = fmax(0.05, 1 - m->lang_fcr * gl);

	double work = m->work_s[c->channel] * (c->complex ? m->complex_work : 1.0) *
		      (1 + m->lang_work * gl) * (1 + m->skill_work * gs) *
		      (same ? m->same_work : 1.0);
	double ok = fmin(0.97, (c->complex ? m->p_complex : m->p_simple) * lang_loss *
				   fmax(0.05, 1 - m->skill_fcr * gs) * (same ? m->same_fcr : 1.0));
	work *= work_luck(w, c) * w->day->speed[who];
	double react = g == PLACE_PHONE ? m->react_s[0] : 0;
	if (g == PLACE_CHAT)
		react = m->react_s[1] * (0.5 - log(draw(w, c, 7)) * 0.5) *
			(1 + m->react_load * p->n_chats) * (1 + m->react_lang * gl);
	double ok0 = fmin(0.98, ok / lang_loss * w->day->quality[who]);
	ok = fmin(0.98, ok * w->day->quality[who]);
	double luck = draw(w, c, 4);

	r->state = R_ACTIVE;
	r->agent = (int64_t)who;
	r->at = w->t;
	r->fr = w->t - r->t + react;
	r->gl = gl;
	r->gs = gs;
	r->ok = luck < ok;
	r->lang_lost = ok <= luck && luck < ok0;
	r->same = same;
	if (g == PLACE_PHONE) {
		p->phone = r;
		p->phone_left = work;
	} else if (g == PLACE_CHAT) {
		p->chats[p->n_chats++] = (struct world_chat){r, work};
	} else {
		p->mail = r;
		p->mail_left = work;
	}
}

static void assign(struct world *w, const struct route_decision *d)
{
	struct world_record *r = record_of(w, d->contact);

	if (!r || r->state != R_WAITING || d->agent < 0 ||
	    d->agent >= (int64_t)w->day->told.n_people) {
		w->f.invalid++;
		return;
	}
	struct world_person *p = &w->people[d->agent];
	if (!can_take(p, &w->day->told.people[d->agent], route_place_of(r->c.channel))) {
		w->f.invalid++;
		return;
	}
	advance(w, p);
	serve(w, p, r);
	w->n_waiting--;
	if (r->c.channel <= CH_TELEGRAM)
		w->live--;
	plan_next(w, p);
	if (w->log)
		w->log(w->log_self, w->f.events, w->t, d);
}

static void offer(struct world *w, const struct route_decision *d)
{
	const struct route_model *m = &w->day->model;
	struct world_record *r = record_of(w, d->contact);

	if (!r || r->state != R_WAITING || r->c.channel > CH_TELEGRAM || r->offered ||
	    w->t - r->t < m->callback_after_s) {
		w->f.invalid++;
		return;
	}
	r->offered = true;
	if (w->log)
		w->log(w->log_self, w->f.events, w->t, d);
	if (draw(w, &r->c, 8) >= m->callback_accept) {
		tell(w, (struct route_event){.kind = ROUTE_CALLBACK_NO, .id = d->contact});
		return;
	}
	r->callback_by = w->t + m->callback_window_s;
	r->c.channel = CH_CALLBACK;
	r->c.need_lang = (uint8_t)(m->need_lang[PLACE_PHONE] + r->c.complex);
	r->c.target_s = r->callback_by - r->t;
	w->live--;
	tell(w, (struct route_event){
		    .kind = ROUTE_CALLBACK_YES, .id = d->contact, .deadline = r->callback_by});
}

static void say(struct world *w, const struct route_event *e)
{
	struct route_out out = {0};

	w->f.events++;
	w->policy->step(w->policy->self, e, &out);
	for (size_t i = 0; i < out.n; i++)
		if (out.v[i].act == ROUTE_CALLBACK)
			offer(w, &out.v[i]);
		else
			assign(w, &out.v[i]);
}

/* ---- the day ---- */

static void happen(struct world *w, const struct world_item *x)
{
	switch (x->kind) {
	case W_DONE:
		if (x->person->version == x->version)
			work_done(w, x->person);
		break;
	case W_NEW:
	case W_AGAIN: arrive(w, x); break;
	case W_ABANDON: abandon(w, x->id); break;
	case W_ON:
	case W_OFF:
		advance(w, x->person);
		x->person->on = x->kind == W_ON;
		tell(w, (struct route_event){.kind = x->kind == W_ON ? ROUTE_ON : ROUTE_OFF,
					     .agent = x->person - w->people});
		break;
	case W_TICK:
		w->ticking = false;
		if (w->n_waiting)
			tell(w, (struct route_event){.kind = ROUTE_TICK});
	}
}

static void plan_day(struct world *w)
{
	for (size_t i = 0; i < w->day->n_cases; i++)
		push(w, w->day->cases[i].t, 3, W_NEW,
		     (struct world_item){.id = (int64_t)i, .prev = -1});
	for (size_t i = 0; i < w->day->told.n_people; i++) {
		const struct route_person *s = &w->day->told.people[i];
		for (int k = 0; k < s->n_on; k++) {
			push(w, s->on[k][0], 1, W_ON, (struct world_item){.person = &w->people[i]});
			push(w, s->on[k][1], 2, W_OFF,
			     (struct world_item){.person = &w->people[i]});
			w->people[i].rostered += s->on[k][1] - s->on[k][0];
		}
	}
}

struct figures world_play(struct arena *a, const struct day *d, const struct policy *policy,
			  world_log *log, void *log_self)
{
	struct world *w = NEW(a, struct world);

	*w = (struct world){.a = a, .day = d, .policy = policy, .log = log, .log_self = log_self};
	w->people = NEWN(a, struct world_person, d->told.n_people + 1);
	w->n_records = d->n_cases * WORLD_ATTEMPTS;
	w->records = NEWN(a, struct world_record, w->n_records + 1);
	w->end = d->told.horizon + d->drain;
	w->f.events = 1; /* the protocol's first line, which says who is who */
	plan_day(w);
	while (w->n_q) {
		struct world_item x = pop(w);
		if (x.t > w->end)
			break;
		w->t = x.t;
		happen(w, &x);
		while (w->n_said < w->n_out) {
			struct route_event e = w->outbox[w->n_said++ % WORLD_OUTBOX];
			say(w, &e);
		}
		if (w->n_waiting && !w->ticking) {
			double tick = d->told.tick_s;
			w->ticking = true;
			push(w, floor(w->t / tick + 1) * tick, 5, W_TICK, (struct world_item){0});
		}
	}
	w->t = w->end;
	w->f.events++;
	world_score(w);
	return w->f;
}
