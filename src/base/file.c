/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/buf.h"

#include <stdio.h>

bool file_read(struct arena *a, const char *path, size_t max, struct str *out)
{
	FILE *f = fopen(path, "rb");
	struct buf b = {.a = a, .max = max};
	char piece[16384];
	size_t n;

	if (!f)
		return false;
	while (!b.over && (n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&b, (struct str){piece, n});
	bool ok = !ferror(f) && !b.over;
	fclose(f);
	*out = b.n ? buf_str(&b) : S("");
	return ok;
}
