/* How often the language is right, ours beside CLD2 asked alone.  Arguments: the language table,
 * rows of code<TAB>text.  Prints shares of right answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/cld2.h"
#include "text/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why = "bench_language LANG.table ROWS.tsv";
	struct lang_result r;
	struct cld2_guess guess[3];
	char *line = NULL;
	size_t cap = 0, rows = 0, ours = 0, cld2 = 0;
	ssize_t got;

	FILE *in = argc == 3 ? fopen(argv[2], "r") : NULL;
	if (!in || lang_map(a, argv[1], &t, &why) != E_OK) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while ((got = getline(&line, &cap, in)) > 0) {
		struct str text = {line, (size_t)got - 1}, code;
		if (!str_cut(&text, '\t', &code))
			continue;
		lang_detect(t, text, NULL, &r);
		cld2_guess(text.p, text.n, guess);
		rows++;
		ours += str_eq(code, str_of(r.main.code));
		cld2 += str_eq(code, str_of(guess[0].code));
	}
	printf("rows %zu right %.3f CLD2 alone %.3f\n", rows,
	       (double)ours / (double)(rows ? rows : 1), (double)cld2 / (double)(rows ? rows : 1));
	free(line);
	fclose(in);
	arena_free(a);
	return 0;
}
