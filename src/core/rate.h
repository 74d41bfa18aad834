/* rate.h - how often something may be tried: token buckets in memory, by hashed key.
 *
 * A fixed number of buckets; a stranger who shares one by accident waits a little longer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

struct rate {
	const char *what;
	int burst;           /* so many at once ... */
	int64_t per_ms;      /* ... and as many again over this time */
	const char *refusal; /* i18n key; its {arg} is the seconds to wait */
};

/* Take one token of the key's, or refuse with E_RATE. */
enum err rate_take(struct ctx *, const struct rate *, struct str key) MUST;
/* Give all back: after a success. */
void rate_reset(const struct rate *, struct str key);
