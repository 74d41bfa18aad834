/* Whatever a stranger sends as a path, a query, a cookie or a range is refused, or decodes to
 * UTF-8 without control characters, dot segments and NUL, within its bounds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	char *exact = malloc(size + 1); /* so that reading one past the end is seen */
	struct str raw = {exact, size}, out, cookie;
	struct http_network net;
	int64_t from, to;

	memcpy(exact, data, size);
	exact[size] = '\0';
	raw.p = realloc(exact, size ? size : 1);
	if (http_decode_path(a, raw, &out)) {
		check(out.n <= size && str_utf8_ok(out) && out.p[0] == '/');
		check(str_find(out, S("/../")) < 0 && str_find(out, S("/./")) < 0);
		check(!str_ends(out, S("/..")));
	}
	if (http_decode_word(a, raw, &out))
		check(out.n <= size && str_utf8_ok(out));
	cookie = http_find_cookie(raw, S("a"));
	check(cookie.n <= size);
	if (http_read_range(raw, 1000, &from, &to) == 1)
		check(from >= 0 && from <= to && to < 1000);
	if (http_read_network(raw, &net))
		check(net.bits <= 128);
	free((void *)(uintptr_t)raw.p);
	arena_free(a);
	return 0;
}
