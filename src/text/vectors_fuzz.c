/* Word vectors that a forger made, checksum and all, are refused or are safe to read with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/vectors_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str good(struct arena *a)
{
	static struct str one[] = {
	    {"where is it", 11}, {"give my money back", 18}, {"not there", 9}, {"refund", 6}};
	struct strs texts = {NEWN(a, struct str, 32), 32};
	float *target = NEWN(a, float, 32 * 4);
	struct str bytes;

	for (size_t i = 0; i < texts.n; i++) {
		texts.v[i] = one[i % 4];
		target[i * 4 + i % 4] = 1;
	}
	if (text_vectors_fit(a, &texts, target, 4, &bytes) != E_OK)
		abort();
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *kept;
	static struct str base;
	static struct feats f;
	float out[VECTORS_DIMS_MAX];
	const struct text_vectors *v;
	const char *why;

	if (!kept)
		base = good(kept = arena_new());
	struct arena *a = arena_new();
	char *copy = NEWN(a, char, base.n);
	struct vectors_head *h = (struct vectors_head *)copy;
	memcpy(copy, base.p, base.n);
	for (size_t i = 0; i + 3 < size; i += 4)
		copy[(size_t)(data[i] << 16 | data[i + 1] << 8 | data[i + 2]) % base.n] =
		    (char)data[i + 3];
	h->sum = model_sum(copy + sizeof *h, base.n - sizeof *h);
	h->size = base.n;
	feat_read(&f, S("where is my money"), FEAT_WORDS | FEAT_GRAMS);
	if (text_vectors_open(a, (struct str){copy, base.n}, &v, &why) == E_OK)
		text_vectors_read(v, &f, out);
	arena_free(a);
	return 0;
}
