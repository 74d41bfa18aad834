/* clock.h - the only place that asks the machine for the time.
 *
 * Everything else takes `now` from its context, so that tests can set it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

/* Milliseconds since 1970 UTC; it can step.  `clock_set` adds an offset for tests. */
int64_t clock_now(void);
void clock_set_offset(int64_t ms);

/* Microseconds that only go forward, for measuring. */
int64_t clock_ticks(void);
