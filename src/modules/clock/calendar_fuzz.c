/* Any bytes given as a calendar either make a table whose answers agree with each other or are
 * refused with a reason. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "modules/clock/hours.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct hours_calendar c;
	struct hours_why why = {0};
	struct hours *h;
	const int64_t now = 1795000000000;

	enum err e = hours_read(a, (struct str){(const char *)data, size}, &c, &why);
	if (e == E_OK)
		e = hours_open(a, &c, 2026, 2026, &h, &why);
	if (e != E_OK && !why.key)
		abort();
	if (e == E_OK) {
		int64_t open = hours_next_open(h, now);
		if (open != HOURS_NEVER && !hours_is_open(h, open))
			abort();
		int64_t due = hours_add(h, now, HOUR_MS);
		if (due != HOURS_NEVER && hours_between(h, now, due) != HOUR_MS)
			abort();
	}
	arena_free(a);
	return 0;
}
