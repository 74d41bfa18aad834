/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/lang.h"
#include "text/spot.h"
#include "text/tone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool text_read_rows(struct arena *a, const char *path, struct rows *out)
{
	struct str all, line, label;
	size_t cap = 0;

	if (!text_read_file(a, path, &all))
		return false;
	for (size_t i = 0; i < all.n; i++)
		cap += all.p[i] == '\n';
	*out =
	    (struct rows){{NEWN(a, struct str, cap + 1), 0}, {NEWN(a, struct str, cap + 1), 0}, 0};
	all = text_no_mark(all);
	while (str_cut(&all, '\n', &line)) {
		if (str_find_char(line, '\t') < 0 || !str_cut(&line, '\t', &label))
			continue;
		out->labels.v[out->n] = str_trim(label);
		out->texts.v[out->n++] = str_trim(line);
	}
	out->labels.n = out->texts.n = out->n;
	if (!out->n)
		fprintf(stderr, "aftersail text: %s holds no rows of label<TAB>text\n", path);
	return out->n > 0;
}

bool text_is_outside(struct str l)
{
	return str_eq(l, S("oos")) || str_eq(l, S("out_of_scope")) || str_eq(l, S("none")) ||
	       str_eq(l, S("other")) || l.n == 0;
}

static int by_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct strs text_labels(struct arena *a, const struct rows *r)
{
	size_t n = 0, out = 0;

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k <= r->labels.v[i].n; k++)
			n += k == r->labels.v[i].n || r->labels.v[i].p[k] == ',';
	struct strs s = {NEWN(a, struct str, n + 1), 0};
	for (size_t i = 0; i < r->n; i++) {
		struct str rest = r->labels.v[i], one;
		while (str_cut(&rest, ',', &one)) {
			one = str_trim(one);
			if (!text_is_outside(one))
				s.v[s.n++] = one;
		}
	}
	if (s.n)
		qsort(s.v, s.n, sizeof *s.v, by_str);
	for (size_t i = 0; i < s.n; i++)
		if (out == 0 || !str_eq(s.v[out - 1], s.v[i]))
			s.v[out++] = s.v[i];
	s.n = out;
	return s;
}

struct fit_set text_set(struct arena *a, const struct rows *r, const struct strs *labels)
{
	struct fit_set s = {.rows = r->n, .texts = r->texts.v, .labels = *labels};

	s.y = NEWN(a, uint8_t, r->n * labels->n + 1);
	for (size_t i = 0; i < r->n; i++) {
		struct str rest = r->labels.v[i], one;
		while (str_cut(&rest, ',', &one)) {
			one = str_trim(one);
			struct str *at =
			    bsearch(&one, labels->v, labels->n, sizeof *labels->v, by_str);
			if (at)
				s.y[i * labels->n + (size_t)(at - labels->v)] = 1;
		}
	}
	return s;
}

double text_cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Models lie below the folders above the program: of a build, of an installed one. */
static const char *const below[] = {"models", "share/aftersail/models"};

const char *text_model_path(struct arena *a, const struct text_opts *o, const char *name)
{
	const char *dir = o->models ? o->models : getenv("AFTERSAIL_MODELS"), *here;
	char program[4096];

	if (dir && *dir)
		return str_fmt(a, "%s/%s", dir, name).p;
	here = str_fmt(a, "models/%s", name).p;
	if (access(here, R_OK) == 0)
		return here;
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	program[n > 0 ? n : 0] = 0;
	for (char *end; (end = strrchr(program, '/')) && end != program;) {
		*end = 0;
		for (size_t i = 0; i < COUNT(below); i++) {
			const char *path = str_fmt(a, "%s/%s/%s", program, below[i], name).p;
			if (access(path, R_OK) == 0)
				return path;
		}
	}
	return here;
}

const struct text_vectors *text_find_vectors(struct arena *a, const struct text_opts *o)
{
	const char *path = text_model_path(a, o, "words.vectors"), *why;
	const struct text_vectors *v;

	if (o->no_vectors)
		return NULL;
	if (text_vectors_map(a, path, &v, &why) == E_OK)
		return v;
	fprintf(stderr, "aftersail text: %s: %s; going on without\n", path, why);
	return NULL;
}

const struct text_model *text_find_model(struct arena *a, const struct text_opts *o,
					 const char *name)
{
	const char *path = o->model ? o->model : text_model_path(a, o, name), *why;
	const struct text_model *m;
	enum err e = text_model_map(a, path, NULL, &m, &why);

	if (e == E_INVALID)
		e = text_model_map(a, path, text_find_vectors(a, o), &m, &why);
	if (e == E_OK)
		return m;
	fprintf(stderr, "aftersail text: %s: %s\n", path, why);
	return NULL;
}

const struct lang_table *text_find_langs(struct arena *a, const struct text_opts *o)
{
	const char *path = o->model ? o->model : text_model_path(a, o, "lang.table"), *why;
	const struct lang_table *t;

	if (lang_map(a, path, &t, &why) == E_OK)
		return t;
	fprintf(stderr, "aftersail text: %s: %s\n", path, why);
	return NULL;
}

bool text_no_kind(struct arena *a, const struct text_opts *o, const struct text_model *m,
		  const char *what, const char *name)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < text_model_labels(m) && i < 8; i++)
		buf_fmt(&b, "%s%.*s", i ? ", " : "", STR(text_model_label(m, i)));
	fprintf(stderr, "aftersail text: %s is no model of %s: its labels are %.*s%s\n",
		o->model ? o->model : name, what, STR(buf_str(&b)),
		text_model_labels(m) > 8 ? " ..." : "");
	return false;
}

bool text_tone_langs(struct arena *a, const struct text_opts *o, const struct lang_table **out)
{
	const char *langs = o->langs, *why;

	*out = NULL;
	if (langs && (strlen(langs) < 2 || strlen(langs) > 3 || strchr(langs, ','))) {
		fprintf(stderr, "aftersail text: --langs: the drafts' one language, as de\n");
		return false;
	}
	if (langs && !tone_better(langs, TONE_BLAME))
		fprintf(stderr,
			"aftersail text: no phrases of %s are known, only the model's "
			"view: zh en de es ja have them\n",
			langs);
	if (!langs && lang_map(a, text_model_path(a, o, "lang.table"), out, &why) != E_OK)
		fprintf(stderr, "aftersail text: lang.table: %s; drafts are read as English\n",
			why);
	return true;
}

const char *text_tone_lang(const struct text_opts *o, const struct lang_table *t, struct str draft)
{
	return o->langs ? o->langs : t ? tone_language(t, draft) : "en";
}

/* A span has two bytes at least. */
enum { SPOTS_MAX = 1 << 20 };

struct spot *text_spots(struct arena *a, struct str text, size_t *n)
{
	size_t max = text.n / 2 + 1;

	max = max < SPOTS_MAX ? max : SPOTS_MAX;
	struct spot *v = NEWN(a, struct spot, max);
	*n = spot_find(text, v, max);
	if (*n == SPOTS_MAX)
		fprintf(stderr, "aftersail text: no more than %d spots of a message are told\n",
			SPOTS_MAX);
	return v;
}

/* "no" is the table's other name of nb, never given out. */
bool text_lang_told(const struct lang_table *t, struct str code)
{
	const char *one;

	for (size_t i = 0; (one = lang_code(t, i)); i++)
		if (strcmp(one, "no") != 0 && str_eq(code, str_of(one)))
			return true;
	return false;
}

bool text_lang_known(struct arena *a, const struct lang_table *t, struct str code)
{
	struct buf b = BUF(a);
	const char *one;

	if (text_lang_told(t, code))
		return true;
	for (size_t i = 0; (one = lang_code(t, i)); i++)
		if (strcmp(one, "no") != 0)
			buf_fmt(&b, " %s", one);
	fprintf(stderr, "aftersail text: --langs: \"%.*s\" is none of%.*s\n", STR(code),
		STR(buf_str(&b)));
	return false;
}
