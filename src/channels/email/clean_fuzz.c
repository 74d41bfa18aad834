/* Whatever HTML a stranger sends, what comes out holds nothing that runs or loads: no element,
 * attribute or scheme outside the allow-lists, and cleaning it again changes nothing in kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/clean.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In well-escaped output these can only stand as markup. */
static void refuse(struct arena *a, struct str html)
{
	static const char *const never[] = {"<script",
					    "<iframe",
					    "<object",
					    "<style",
					    "<svg",
					    "<form",
					    "<meta",
					    "<base",
					    "<link",
					    "<math",
					    "<embed",
					    "<input",
					    "href=\"javascript",
					    "src=\"http"};
	struct str lower = str_lower(a, html);

	for (size_t i = 0; i < COUNT(never); i++)
		if (str_find(lower, str_of(never[i])) >= 0)
			abort();
	if (!str_utf8_ok(html))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = {(const char *)data, size};
	struct email_clean out, again;

	if (str_utf8_ok(in)) {
		email_clean(a, in, &out);
		refuse(a, out.html);
		refuse(a, out.quoted);
		email_clean(a, out.html, &again);
		refuse(a, again.html);
	}
	arena_free(a);
	return 0;
}
