/* Any lines given to the protocol get one line each that is JSON, and never an assignment to
 * somebody who was not named or to a contact that was not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool one_json_line(struct str s)
{
	struct pull p = pull_of(s);

	pull_skip(&p);
	return pull_end(&p) && str_find_char(s, '\n') < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct wire w = {.a = a, .weights = route_weights_default};
	struct str rest = {(const char *)data, size}, line;

	while (rest.n && str_cut(&rest, '\n', &line)) {
		struct buf out = BUF(a);
		wire_line(&w, line, &out);
		if (!one_json_line(buf_str(&out)))
			abort();
	}
	arena_free(a);
	return 0;
}
