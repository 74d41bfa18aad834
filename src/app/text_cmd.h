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
	bool json, titles, help, linear_only, no_vectors, mask;
	char **files;
	int file_count;
};

/* ---- text_file.c: false, or -1, is said on stderr ---- */

/* "-" is standard input, which text_close leaves open. */
int text_open(const char *path);
void text_close(int fd);
bool text_read_file(struct arena *, const char *path, struct str *out);
/* Beside the file and then in its place: the old one stays whole if anything fails. */
bool text_write_file(const char *path, struct str);
bool text_flush(void);
/* Without the byte order mark that some editors begin a file with. */
struct str text_no_mark(struct str);

/* Lines of an input; what was answered is flushed before waiting for more. */
struct text_lines {
	int fd, failed; /* errno of what went wrong, else 0 */
	char *p;        /* malloced, for the caller to free */
	size_t from, n, cap;
	bool begun, end;
};

/* Without its end; stands until the next call.  False after the last, or when it failed. */
bool text_next_line(struct text_lines *, struct str *out);

/* ---- text_out.c ---- */

void text_print(const char *name, double value); /* one figure */
void text_print_times(double *micro, size_t n);  /* sorts them */
void text_print_f1(double hit, double said, double is);
size_t text_best(const float *p, size_t n);

/* One answer: values between tabs (tab, line end and backslash as \t \n \r \\), or one JSON
 * object, in which answer_open and answer_close make arrays and objects of an array (name NULL). */
struct answer {
	bool json, begun;
	struct buf b;
};

void answer_text(struct answer *, const char *name, struct str value);
void answer_share(struct answer *, const char *name, double); /* three digits */
void answer_count(struct answer *, const char *name, uint64_t);
void answer_yes(struct answer *, const char *name, bool);
void answer_open(struct answer *, const char *name, char bracket);
void answer_close(struct answer *, char bracket);
bool answer_end(struct answer *); /* false when standard output is full or closed */

/* ---- text_rows.c ---- */

/* Labelled rows of a file: label<TAB>text, labels as a comma list. */
struct rows {
	struct strs labels, texts;
	size_t n;
};

bool text_read_rows(struct arena *, const char *path, struct rows *out); /* one row at least */
bool text_is_outside(struct str label); /* oos, out_of_scope, none, other: belongs to no label */

/* Sets whose labels are those of train, sorted; several labels a row only when kind says so. */
struct fit_set text_set(struct arena *, const struct rows *, const struct strs *labels);
struct strs text_labels(struct arena *, const struct rows *train);
double text_cpu_seconds(void);

/* Where a model of that name is: in --models, else AFTERSAIL_MODELS if not empty, else models/ here
 * or beside the program (text_rows.c).  A name where it should have been when it is nowhere. */
const char *text_model_path(struct arena *, const struct text_opts *, const char *name);
/* The word vectors that ship; NULL when they are not there or not wanted, said on stderr. */
const struct text_vectors *text_find_vectors(struct arena *, const struct text_opts *);
/* --model, or the one of that name that ships; with the vectors if it was trained with them. */
const struct text_model *text_find_model(struct arena *, const struct text_opts *,
					 const char *name);

struct lang_table;
const struct lang_table *text_find_langs(struct arena *, const struct text_opts *);
/* Is it a language the table can tell?  If not, that and the list of them are said. */
bool text_lang_known(struct arena *, const struct lang_table *, struct str code);
bool text_lang_told(const struct lang_table *, struct str code); /* the same, without a word */

/* What the drafts' language is told with: NULL when --langs says it, or when there is no table,
 * which is said.  False when --langs is not one language. */
bool text_tone_langs(struct arena *, const struct text_opts *, const struct lang_table **);
const char *text_tone_lang(const struct text_opts *, const struct lang_table *, struct str draft);
/* False; says that the model (--model, or the one of that name) is none of what is needed. */
bool text_no_kind(struct arena *, const struct text_opts *, const struct text_model *,
		  const char *what, const char *name);

struct spot;
/* All spans of the text; a million at most, which is said. */
struct spot *text_spots(struct arena *, struct str text, size_t *n);

/* ---- the commands: 0, 1 when something failed, 2 when they were asked in a wrong way ---- */

int text_eval(struct arena *, const struct text_opts *);
int text_eval_tone(struct arena *, const struct text_opts *);
int text_eval_spans(struct arena *, const struct text_opts *);
int text_eval_mails(struct arena *, const struct text_opts *);
int text_eval_pairs(struct arena *, const struct text_opts *);
int text_run(struct arena *, const char *command, const struct text_opts *);
int text_mail(const char *command, const struct text_opts *);
int text_train(struct arena *, const struct text_opts *);
/* --data: the directory of the sets; --out: where the models go and their sources are. */
int text_make(struct arena *, const struct text_opts *);
