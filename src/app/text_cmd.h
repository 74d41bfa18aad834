/* text_cmd.h - the parts of `aftersail text`: reading labelled rows, training, measuring. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "text/fit.h"

int text_main(int argc, char **argv);

/* What the command line said. */
struct text_opts {
	const char *task, *train, *dev, *test, *model, *models, *out, *langs, *data;
	int shots;
	double target_wrong;
	uint64_t seed;
	bool json, titles, help, linear_only, no_vectors;
	char **files;
	int file_count;
};

/* Labelled rows of a file: label<TAB>text, labels as a comma list. */
struct rows {
	struct strs labels, texts;
	size_t n;
};

bool text_read_file(struct arena *, const char *path, struct str *out);
bool text_read_rows(struct arena *, const char *path, struct rows *out);
bool text_is_outside(struct str label); /* oos, out_of_scope, none, other: belongs to no label */

/* Sets whose labels are those of train, sorted; several labels a row only when kind says so. */
struct fit_set text_set(struct arena *, const struct rows *, const struct strs *labels);
struct strs text_labels(struct arena *, const struct rows *train);
double text_cpu_seconds(void);

/* Where a model of that name is: in --models, else AFTERSAIL_MODELS, else models/ here or beside
 * the program (text_rows.c).  A name where it should have been when it is nowhere. */
const char *text_model_path(struct arena *, const struct text_opts *, const char *name);
/* The word vectors that ship; NULL when they are not there or not wanted, said on stderr. */
const struct text_vectors *text_find_vectors(struct arena *, const struct text_opts *);
bool text_write_file(const char *path, struct str);

int text_eval(struct arena *, const struct text_opts *);
int text_eval_tone(struct arena *, const struct text_opts *);
int text_eval_spans(struct arena *, const struct text_opts *);
int text_eval_mails(struct arena *, const struct text_opts *);
int text_eval_pairs(struct arena *, const struct text_opts *);
int text_run(struct arena *, const char *command, const struct text_opts *);
int text_train(struct arena *, const struct text_opts *);
/* --data: the directory of the sets; --out: where the models go and their sources are. */
int text_make(struct arena *, const struct text_opts *);
