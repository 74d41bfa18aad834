/* Whatever somebody types into the search field: the terms are bounded, both engines' languages
 * hold no quote that the text brought along, and a snippet is short and whole UTF-8 when the text
 * is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct search_query q = {.customers = true};
	struct str text = {(const char *)data, size};
	struct arena *a = arena_new();
	struct search_terms *t = NEW(a, struct search_terms);

	search_parse(a, text, t);
	struct str fts = search_match(a, t, &q, false), ts = search_match(a, t, &q, true);

	size_t quotes = 2 * t->n + 2; /* two a term, two for the scope */

	for (size_t i = 0; i < t->n; i++)
		quotes += t->v[i].alt_n ? 2 : 0;
	if (t->n > SEARCH_TERMS_MAX || count(fts, '"') != quotes || count(ts, '\'') != quotes ||
	    count(fts, '(') != count(fts, ')') || memchr(ts.p, '\\', ts.n))
		abort();
	struct str snippet = search_snippet(a, t, text);

	if (str_utf8_ok(text) && !str_utf8_ok(snippet))
		abort();
	if (snippet.n > SEARCH_SNIPPET + 2 * SEARCH_SNIPPET + 16)
		abort();
	search_vector(a, text);
	arena_free(a);
	return 0;
}
