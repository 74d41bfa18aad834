/* Any bytes become a bounded number of features and tokens, spans inside the text, and compare. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/feat.h"
#include "text/similar.h"
#include "text/spot.h"
#include "text/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool check(void *arg, struct str token, size_t from, size_t to)
{
	if (!token.n || token.n > TEXT_TOKEN_MAX || from >= to || to > *(size_t *)arg ||
	    !str_utf8_ok(token))
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct feats f, g;
	struct str text = {(const char *)data, size};
	struct spot v[32];

	text_tokens(text, TEXT_INDEX, check, &size);
	text_tokens(text, TEXT_QUERY, check, &size);
	feat_read(&f, text, 127);
	if (f.n > FEAT_MAX)
		abort();
	size_t end = 0, n = spot_find(text, v, 32);
	for (size_t i = 0; i < n; i++) {
		if (v[i].from < end || v[i].to <= v[i].from || v[i].to > size)
			abort();
		end = v[i].to;
	}
	float p =
	    similar_pair(&f, &g, str_slice(text, 0, size / 2), str_slice(text, size / 2, size));
	if (!(p >= 0 && p <= 1))
		abort();
	return 0;
}
