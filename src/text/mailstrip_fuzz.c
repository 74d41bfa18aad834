/* Of any mail, no part is longer than the mail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct mail_parts p;

	mail_strip(a, (struct str){(const char *)data, size}, &p);
	if (p.body.n > size || p.quoted.n > size || p.signature.n > size)
		abort();
	arena_free(a);
	return 0;
}
