/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rate.h"
#include "base/crypto.h"

#include <pthread.h>
#include <string.h>

enum { BUCKETS = 65536 }; /* 1 MB: two keys that share one slow each other down */

static struct {
	double level; /* tokens taken */
	int64_t at;
} buckets[BUCKETS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t bucket_of(struct str what, struct str key)
{
	unsigned char h[16];
	size_t n;

	crypto_short_hash(what, key, h);
	memcpy(&n, h, sizeof n);
	return n % BUCKETS;
}

bool rate_take(struct str what, struct str key, int burst, int64_t per_ms, int64_t now)
{
	size_t b = bucket_of(what, key);
	bool ok;

	pthread_mutex_lock(&lock);
	int64_t since = now - buckets[b].at;
	if (since > 0)
		buckets[b].level -= (double)since * burst / (double)per_ms;
	if (buckets[b].level < 0)
		buckets[b].level = 0;
	buckets[b].at = now;
	ok = buckets[b].level + 1 <= burst;
	if (ok)
		buckets[b].level += 1;
	pthread_mutex_unlock(&lock);
	return ok;
}

void rate_reset(struct str what, struct str key)
{
	size_t b = bucket_of(what, key);

	pthread_mutex_lock(&lock);
	buckets[b].level = 0;
	pthread_mutex_unlock(&lock);
}
