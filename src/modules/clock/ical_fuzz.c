/* Any bytes given as an iCalendar file either become real dates of the years asked for or are
 * refused whole, with a reason. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/date.h"
#include "modules/clock/hours.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct hours_calendar c = {0};
	struct hours_why why = {0};

	enum err e =
	    hours_read_ical(a, (struct str){(const char *)data, size}, 2020, 2040, &c, &why);
	if (e != E_OK && (c.n_days > 0 || !why.key))
		abort();
	for (size_t i = 0; i < c.n_days; i++) {
		struct date d = {c.days[i].year, c.days[i].month, c.days[i].day};
		if (!date_ok(d) || d.year < 2020 || d.year > 2040)
			abort();
	}
	arena_free(a);
	return 0;
}
