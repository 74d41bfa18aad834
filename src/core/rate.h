/* rate.h - how often something may be tried: token buckets in memory, by hashed key.
 *
 * A fixed number of buckets; a stranger who shares one by accident waits a little longer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* Take one of `burst` tokens that come back over `per_ms`; false when none is left. */
bool rate_take(struct str what, struct str key, int burst, int64_t per_ms, int64_t now);
/* Give all back: after a success. */
void rate_reset(struct str what, struct str key);
