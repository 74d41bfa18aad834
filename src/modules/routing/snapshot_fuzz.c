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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct engine *e;

	if (size >= 24) {
		char *copy = arena_alloc(a, size);
		memcpy(copy, data, size);
		memcpy(copy, "aftersail-rt-01", 16);
		sign(copy, size);
		if (engine_restore(a, (struct str){copy, size}, &e) == E_OK)
			go_on(e, 1e6);
	}
	arena_free(a);
	return 0;
}
