/* Any bytes: spans inside the text and in its order, and after masking no card is found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = {(const char *)data, size}, masked = spot_mask(a, text);
	struct spot *v = NEWN(a, struct spot, size + 1);
	size_t end = 0, n = spot_find(text, v, size + 1);

	if (n > size || masked.n > size || (str_utf8_ok(text) && !str_utf8_ok(masked)))
		abort();
	for (size_t i = 0; i < n; i++) {
		if (v[i].from < end || v[i].to <= v[i].from || v[i].to > size ||
		    v[i].kind >= SPOT_KINDS)
			abort();
		end = v[i].to;
	}
	n = spot_find(masked, v, size + 1);
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == SPOT_CARD)
			abort();
	arena_free(a);
	return 0;
}
