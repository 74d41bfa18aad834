/* hours - due times a second of one core, by a calendar with split days, holidays and summer time,
 * and what building its table costs.  Processor time: others may be at work. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/hours.h"
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 5000000, TABLES = 100 };

static const char calendar[] =
    "{\"zone\":\"Europe/Berlin\",\"week\":{\"mon\":[\"09:00-12:30\",\"13:30-18:00\"],"
    "\"tue\":[\"09:00-12:30\",\"13:30-18:00\"],\"wed\":[\"09:00-18:00\"],\"thu\":[\"09:00-18:00\"],"
    "\"fri\":[\"09:00-16:00\",\"22:00-02:00\"]},\"days\":[{\"date\":\"12-25\"},{\"date\":\"12-26\"}"
    ","
    "{\"date\":\"2026-12-24\",\"open\":[\"09:00-13:00\"]},{\"date\":\"05-01\"}]}";

int main(void)
{
	struct arena *a = arena_new();
	struct hours_calendar c;
	struct hours_why why;
	struct hours *h;
	const int64_t from = 1767225600000; /* 2026 */
	int64_t sum = 0;
	uint64_t s = 88172645463325252u;

	clock_t t0 = clock();
	if (hours_read(a, str_of(calendar), &c, &why) != E_OK)
		return 1;
	for (int i = 0; i < TABLES; i++)
		if (hours_open(a, &c, 2026, 2028, &h, &why) != E_OK)
			return 1;
	clock_t t1 = clock();
	size_t used = arena_used(a);
	for (int i = 0; i < ROUNDS; i++) {
		s ^= s << 13;
		s ^= s >> 7;
		s ^= s << 17;
		sum += hours_add(h, from + (int64_t)(s % (600 * (uint64_t)DAY_MS)),
				 (int64_t)(s >> 40) % (24 * HOUR_MS));
	}
	clock_t t2 = clock();
	printf(
	    "table of three years in %.0f us; %.2f million due times a second (aim: at least 1), "
	    "%zu bytes allocated (check %lld)\n",
	    (double)(t1 - t0) * 1e6 / CLOCKS_PER_SEC / TABLES,
	    (double)ROUNDS / 1e6 / ((double)(t2 - t1) / CLOCKS_PER_SEC), arena_used(a) - used,
	    (long long)(sum % 1000));
	arena_free(a);
	return 0;
}
