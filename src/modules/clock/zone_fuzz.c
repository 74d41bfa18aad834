/* Any bytes given as a zone's file are refused or make a table in order, whose wall clock leads
 * back to an instant that shows it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"
#include "modules/clock/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct zone_table *t, size_t i)
{
	const struct zone_part *p = &t->v[i];
	int64_t wall = p->from + p->offset, at = zone_instant(t, wall);
	/* The time shown at the row's beginning: found there, or at an earlier instant. */
	int64_t shown = at + t->v[zone_row(t, at)].offset;

	if (i > 0 && (p->from <= p[-1].from || p->offset == p[-1].offset))
		abort();
	if (llabs(p->offset) > 26 * (int64_t)HOUR_MS || zone_row(t, p->from) != i)
		abort();
	if (at > p->from || shown != wall)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct zone *z;
	struct zone_table t;
	int64_t from = date_to_days((struct date){HOURS_YEAR_MIN, 1, 1}) * DAY_MS;
	int64_t to = date_to_days((struct date){HOURS_YEAR_MAX + 1, 1, 1}) * DAY_MS;

	if (zone_parse(a, (struct str){(const char *)data, size}, &z) == E_OK) {
		zone_parts(a, z, from, to, &t);
		if (t.n == 0 || t.v[0].from != from || t.v[t.n - 1].from >= to)
			abort();
		for (size_t i = 0; i < t.n; i++)
			check_row(&t, i);
	}
	arena_free(a);
	return 0;
}
