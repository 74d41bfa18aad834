/* Any bytes given as a day are refused with a word or can be played to the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/day.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct day *d = NEW(a, struct day);
	const char *why = NULL;

	if (day_read(a, (struct str){(const char *)data, size}, d, &why) != E_OK && !why)
		abort();
	for (size_t i = 0; why == NULL && i < d->n_cases; i++)
		if (d->cases[i].profile >= d->n_profiles)
			abort();
	arena_free(a);
	return 0;
}
