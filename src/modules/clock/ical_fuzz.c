/* Any bytes given as an iCalendar file either become real dates and times of the years asked for or
 * are refused whole, with a reason. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct hours_calendar c = {.zone = S("America/New_York")};
	int64_t from = date_to_days((struct date){2020, 1, 1}) * DAY_MS;
	int64_t to = date_to_days((struct date){2041, 1, 1}) * DAY_MS;
	struct hours_why why = {0};

	enum err e =
	    hours_read_ical(a, (struct str){(const char *)data, size}, 2020, 2040, &c, &why);
	if (e != E_OK && (c.n_days > 0 || c.n_closed > 0 || !why.key))
		abort();
	for (size_t i = 0; i < c.n_days; i++) {
		struct date d = {c.days[i].year, c.days[i].month, c.days[i].day};
		if (!date_ok(d) || d.year < 2020 || d.year > 2040)
			abort();
	}
	for (size_t i = 0; i < c.n_closed; i++)
		if (c.closed[i].from < from || c.closed[i].from >= c.closed[i].to ||
		    c.closed[i].to > to)
			abort();
	arena_free(a);
	return 0;
}
