/* Any bytes given as a snapshot are refused or make an engine that goes on working; the checksum
 * is put right first, so that the checks behind it are what is tried. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sign(char *p, size_t n)
{
	uint64_t h = 0xCBF29CE484222325;

	for (size_t i = 0; i < n - 8; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001B3;
	memcpy(p + n - 8, &h, 8);
}

static void go_on(struct engine *e, double t)
{
	struct route_contact c = {.id = 1 << 20,
				  .case_id = 5,
				  .prev_agent = 0,
				  .t = t,
				  .target_s = 30,
				  .channel = CH_CHAT,
				  .need_lang = 3};
	struct route_out out;

	for (int64_t i = 0; i < 8; i++) {
		struct route_event on = {.kind = ROUTE_ON, .agent = i, .t = t};
		struct route_event arrive = {.kind = ROUTE_ARRIVE, .contact = &c, .t = t};
		struct route_event done = {.kind = ROUTE_FREE, .agent = i, .id = c.id, .t = t};
		struct route_event tick = {.kind = ROUTE_TICK, .t = t + 60};
		if (engine_step(e, &on, &out) == E_OK && engine_step(e, &arrive, &out) == E_OK)
			c.id++;
		if (engine_step(e, &done, &out) == E_OK || engine_step(e, &tick, &out) == E_OK)
			t += 60;
	}
}

/* A desk of two people with nine contacts, as bytes. */
static struct str sample(struct arena *a)
{
	struct route_setup *s = NEW(a, struct route_setup);
	struct route_person people[2] = {{.id = 0, .channels = 7, .max_chat = 2, .n_langs = 1},
					 {.id = 1, .channels = 7, .max_chat = 2, .n_langs = 1}};
	struct route_out out;
	struct buf b = BUF(a);

	s->model = route_model_default;
	s->weights = route_weights_default;
	route_name(a, &s->langs, S("de"));
	route_name(a, &s->topics, S("tax"));
	route_name(a, &s->markets, S("DE"));
	people[0].langs[0] = people[1].langs[0] = (struct route_speaks){0, 5};
	s->people = people;
	s->n_people = 2;
	struct engine *e = engine_new(a, s);
	for (int64_t i = 0; i < 9; i++) {
		struct route_contact c = {.id = i,
					  .case_id = i,
					  .prev_agent = i % 2,
					  .target_s = 30,
					  .channel = (uint8_t)(i % 5),
					  .need_lang = 3,
					  .n_langs = 1,
					  .langs = {{0, 5}}};
		struct route_event on = {.kind = ROUTE_ON, .agent = i % 2};
		struct route_event arrive = {.kind = ROUTE_ARRIVE, .contact = &c};
		if (engine_step(e, &on, &out) != E_OK || engine_step(e, &arrive, &out) != E_OK)
			abort();
	}
	engine_snapshot(e, &b);
	return buf_str(&b);
}

/* The input is a list of changes to a real snapshot: where, and which byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct str s; /* made once: it is the same every time */
	struct arena *a = arena_new();
	struct engine *e;

	if (!s.p)
		s = sample(arena_new());
	char *p = arena_alloc(a, s.n);

	memcpy(p, s.p, s.n);
	size_t keep = s.n;
	for (size_t i = 0; i + 3 <= size; i += 3) {
		size_t at = ((size_t)data[i] << 8 | data[i + 1]) % s.n;
		if (data[i + 2] == 0xFE && at >= 24)
			keep = at;
		else if (at >= 16)
			p[at] = (char)data[i + 2];
	}
	sign(p, keep);
	if (engine_restore(a, (struct str){p, keep}, &e) == E_OK)
		go_on(e, 1e6);
	arena_free(a);
	return 0;
}
