/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/lang.h"

#include <stdio.h>
#include <string.h>

/* The language table, from the word pieces (--model) and the small words beside the models. */
static int make_lang(struct arena *a, const struct text_opts *o)
{
	struct str pieces, words, bytes;
	const char *source = str_fmt(a, "%s/source/lang_words.tsv", o->out).p;

	if (!o->model || !text_read_file(a, o->model, &pieces) ||
	    !text_read_file(a, source, &words))
		return 1;
	if (lang_pack(a, pieces, words, &bytes) != E_OK) {
		fprintf(stderr, "aftersail text: %s holds no word pieces\n", o->model);
		return 1;
	}
	return !text_write_file(str_fmt(a, "%s/lang.table", o->out).p, bytes);
}

int text_make(struct arena *a, const struct text_opts *o)
{
	if (!o->out) {
		fprintf(stderr, "aftersail text make: --out is missing\n");
		return 2;
	}
	if (strcmp(o->task, "lang") == 0)
		return make_lang(a, o);
	return 2;
}
