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

static size_t bucket_of(const struct rate *r, struct str key)
{
	unsigned char h[16];
	size_t n;

	crypto_short_hash(str_of(r->what), key, h);
	memcpy(&n, h, sizeof n);
	return n % BUCKETS;
}

/* 0 when one was taken, else the milliseconds until there is one. */
static int64_t take(const struct rate *r, size_t b, int64_t now)
{
	double tokens_per_ms = (double)r->burst / (double)r->per_ms;
	int64_t since = now - buckets[b].at;

	if (since > 0)
		buckets[b].level -= (double)since * tokens_per_ms;
	if (buckets[b].level < 0)
		buckets[b].level = 0;
	buckets[b].at = now;
	if (buckets[b].level + 1 > r->burst)
		return (int64_t)((buckets[b].level + 1 - r->burst) / tokens_per_ms) + 1;
	buckets[b].level += 1;
	return 0;
}

enum err rate_take(struct ctx *c, const struct rate *r, struct str key)
{
	pthread_mutex_lock(&lock);
	int64_t wait = take(r, bucket_of(r, key), c->now);
	pthread_mutex_unlock(&lock);
	if (!wait)
		return E_OK;
	return fail_str(c, E_RATE, r->refusal,
			str_fmt(c->a, "%lld", (long long)((wait + 999) / 1000)));
}

void rate_reset(const struct rate *r, struct str key)
{
	size_t b = bucket_of(r, key);

	pthread_mutex_lock(&lock);
	buckets[b].level = 0;
	pthread_mutex_unlock(&lock);
}
