/* Any markup becomes valid text, no longer than what it came from by more than its marks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct html_text t;

	html_to_text(a, (struct str){(const char *)data, size}, &t);
	if (!str_utf8_ok(t.text) || !str_utf8_ok(t.quoted) || t.link_count > HTML_LINKS)
		abort();
	arena_free(a);
	return 0;
}
