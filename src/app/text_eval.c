/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/emotion.h"
#include "text/lang.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was predicted for each row of a test. */
struct guesses {
	size_t rows, labels;
	float *p;              /* [row][label] */
	double *micro;         /* microseconds each row took */
	unsigned *foreign;     /* [row]: labels of it that were not learned */
	size_t foreign_labels; /* of the whole test */
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Labels whose rows can only count as wrong: what of them is so, and the first of them. */
static void say_labels(const struct strs *l, const char *what)
{
	if (!l->n)
		return;
	fprintf(stderr,
		"aftersail text: %zu labels of the test are %s, their rows count as wrong:", l->n,
		what);
	for (size_t i = 0; i < l->n && i < 20; i++)
		fprintf(stderr, " %.*s", STR(l->v[i]));
	fputs(l->n > 20 ? " ...\n" : "\n", stderr);
}

/* Labels that the test has and what is measured has not. */
static struct strs foreign_labels(struct arena *a, const struct rows *test,
				  const struct strs *labels)
{
	struct strs all = text_labels(a, test), out = {NEWN(a, struct str, all.n + 1), 0};

	for (size_t i = 0; i < all.n; i++)
		if (!bsearch(&all.v[i], labels->v, labels->n, sizeof *labels->v, by_text))
			out.v[out.n++] = all.v[i];
	return out;
}

static unsigned count_foreign(struct str labels, const struct strs *foreign)
{
	struct str one;
	unsigned n = 0;

	while (foreign->n && str_cut(&labels, ',', &one)) {
		one = str_trim(one);
		n += bsearch(&one, foreign->v, foreign->n, sizeof one, by_text) != NULL;
	}
	return n;
}

static struct guesses guess(struct arena *a, const struct text_model *m, const struct fit_set *t,
			    const struct rows *test)
{
	struct guesses g = {.rows = t->rows, .labels = t->labels.n};
	struct feats *f = NEW(a, struct feats);

	g.p = NEWN(a, float, g.rows *g.labels + 1);
	g.micro = NEWN(a, double, g.rows + 1);
	g.foreign = NEWN(a, unsigned, g.rows + 1);
	struct strs foreign = foreign_labels(a, test, &t->labels);
	g.foreign_labels = foreign.n;
	say_labels(&foreign, "not learned");
	for (size_t i = 0; i < g.rows; i++) {
		g.foreign[i] = count_foreign(test->labels.v[i], &foreign);
		double from = text_cpu_seconds();
		text_model_predict(m, f, t->texts[i], g.p + i * g.labels);
		g.micro[i] = (text_cpu_seconds() - from) * 1e6;
	}
	return g;
}

/* At most n rows of each label, chosen by the seed. */
static void keep_shots(struct arena *a, struct rows *r, int n, uint64_t seed)
{
	size_t out = 0, all = r->n;
	struct str *sorted = NEWN(a, struct str, all);
	int *had = NEWN(a, int, all);

	memcpy(sorted, r->labels.v, all * sizeof *sorted);
	qsort(sorted, all, sizeof *sorted, by_text);

	for (size_t i = r->n; i > 1; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t k = (seed >> 33) % i;
		struct str l = r->labels.v[i - 1], t = r->texts.v[i - 1];
		r->labels.v[i - 1] = r->labels.v[k];
		r->texts.v[i - 1] = r->texts.v[k];
		r->labels.v[k] = l;
		r->texts.v[k] = t;
	}
	for (size_t i = 0; i < r->n; i++) {
		/* of equal ones always the same is found: one counter a label */
		struct str *at = bsearch(&r->labels.v[i], sorted, all, sizeof *sorted, by_text);
		if (had[at - sorted]++ >= n)
			continue;
		r->labels.v[out] = r->labels.v[i];
		r->texts.v[out++] = r->texts.v[i];
	}
	r->n = r->labels.n = r->texts.n = out;
}

/* An entry's name, read as words, is one more example of it. */
static struct str title_of(struct arena *a, struct str label)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		bool hump =
		    i && c >= 'A' && c <= 'Z' && label.p[i - 1] >= 'a' && label.p[i - 1] <= 'z';
		if (hump)
			buf_char(&b, ' ');
		buf_char(&b, c == '_' || c == '/' || c == '-' || c == '.' ? ' ' : c);
	}
	return buf_str(&b);
}

static void append(struct arena *a, struct rows *r, const struct rows *more)
{
	size_t n = r->n + more->n, at = r->n;
	struct rows all = {{NEWN(a, struct str, n + 1), n}, {NEWN(a, struct str, n + 1), n}, n};

	for (size_t i = 0; i < n; i++) {
		all.labels.v[i] = i < at ? r->labels.v[i] : more->labels.v[i - at];
		all.texts.v[i] = i < at ? r->texts.v[i] : more->texts.v[i - at];
	}
	*r = all;
}

static void add_titles(struct arena *a, struct rows *r, const struct strs *labels)
{
	struct rows titles = {*labels, {NEWN(a, struct str, labels->n + 1), labels->n}, labels->n};

	for (size_t i = 0; i < labels->n; i++)
		titles.texts.v[i] = title_of(a, labels->v[i]);
	append(a, r, &titles);
}

struct tally {
	double inside, right, top3, answered, correct, wrong, outside, rejected;
	double bin_n[15], bin_p[15], bin_right[15];
};

static void count_row(struct tally *t, const struct guesses *g, size_t i, const uint8_t *y,
		      float at)
{
	const float *p = g->p + i * g->labels;
	size_t n = g->labels, best = text_best(p, n), truth = n, above = 0;

	for (size_t k = 0; k < n; k++)
		truth = y[k] ? k : truth;
	if (truth == n && !g->foreign[i]) {
		t->outside++;
		t->rejected += p[best] < at;
		return;
	}
	for (size_t k = 0; k < n && truth < n; k++)
		above += p[k] > p[truth];
	t->inside++;
	t->right += best == truth;
	t->top3 += truth < n && above < 3;
	t->answered += p[best] >= at;
	t->correct += p[best] >= at && best == truth;
	t->wrong += p[best] >= at && best != truth;
	int bin = (int)(p[best] * 15);
	bin = bin > 14 ? 14 : bin;
	t->bin_n[bin]++;
	t->bin_p[bin] += (double)p[best];
	t->bin_right[bin] += best == truth;
}

/* Mean over labels of F1, each row's best label (ONE) or labels over their thresholds. */
static double macro_f1(struct arena *a, const struct guesses *g, const uint8_t *y, const float *at)
{
	double sum = 0;
	size_t used = g->foreign_labels, *best = NEWN(a, size_t, g->rows + 1);

	for (size_t i = 0; i < g->rows; i++)
		best[i] = text_best(g->p + i * g->labels, g->labels);

	for (size_t k = 0; k < g->labels; k++) {
		double hit = 0, said = 0, is = 0;
		for (size_t i = 0; i < g->rows; i++) {
			bool yes = at ? g->p[i * g->labels + k] >= at[k] : best[i] == k;
			bool truth = y[i * g->labels + k];
			hit += yes && truth;
			said += yes;
			is += truth;
		}
		if (is == 0)
			continue;
		used++;
		sum += said + is > 0 ? 2 * hit / (said + is) : 0;
	}
	return used ? sum / (double)used : 0;
}

static void print_one(struct arena *a, const struct guesses *g, const struct fit_set *test,
		      const struct text_model *m)
{
	struct tally t = {0};
	double ece = 0;
	float at = text_model_answer_at(m),
	      two[2] = {text_model_label_at(m, 0), g->labels == 2 ? text_model_label_at(m, 1) : 0};

	for (size_t i = 0; i < g->rows; i++)
		count_row(&t, g, i, test->y + i * g->labels, at);
	for (int i = 0; i < 15; i++)
		ece += fabs(t.bin_p[i] - t.bin_right[i]);
	double n = t.inside > 0 ? t.inside : 1;
	text_print("rows", (double)g->rows);
	text_print("accuracy", t.right / n);
	text_print("top3", t.top3 / n);
	text_print("answered", t.answered / n);
	text_print("correct_of_all", t.correct / n);
	text_print("wrong_of_all", t.wrong / n);
	if (t.outside > 0) {
		text_print("wrong_of_all_with_out_of_scope",
			   (t.wrong + t.outside - t.rejected) / (t.inside + t.outside));
		text_print("out_of_scope_rejected", t.rejected / t.outside);
	}
	text_print("macro_f1", macro_f1(a, g, test->y, g->labels == 2 ? two : NULL));
	text_print("calibration_error", ece / n);
}

static void print_several(struct arena *a, const struct guesses *g, const struct fit_set *test,
			  const struct text_model *m)
{
	float *at = NEWN(a, float, g->labels);
	double hit = 0, said = 0, is = 0;

	for (size_t k = 0; k < g->labels; k++)
		at[k] = text_model_label_at(m, k);
	for (size_t i = 0; i < g->rows; i++)
		is += g->foreign[i];
	for (size_t i = 0; i < g->rows * g->labels; i++) {
		bool yes = g->p[i] >= at[i % g->labels];
		hit += yes && test->y[i];
		said += yes;
		is += test->y[i];
	}
	text_print("rows", (double)g->rows);
	text_print("macro_f1", macro_f1(a, g, test->y, at));
	text_print("micro_f1", said + is > 0 ? 2 * hit / (said + is) : 0);
}

/* Below this many rows there is time for networks and for more folds. */
enum { MANY_ROWS = 10000 };

static struct fit_options options_of(struct arena *a, const struct text_opts *o, size_t rows)
{
	bool several = strcmp(o->task, "emotion") == 0;
	struct fit_options f = fit_defaults(several ? MODEL_SEVERAL : MODEL_ONE);

	f.seed = o->seed;
	f.target_wrong = o->target_wrong;
	f.vectors = strcmp(o->task, "offensive") ? text_find_vectors(a, o) : NULL;
	f.margin = !several;
	f.c = !several ? 0.5 : rows < MANY_ROWS ? 0.2 : 0.15;
	if (several && rows < MANY_ROWS) {
		f.layers = 2;
		f.folds = 6;
	}
	if (o->linear_only)
		f.layers = 0;
	if (strcmp(o->task, "offensive") == 0) { /* thousands of rows a label know its words */
		f.flags |= FEAT_STYLE | FEAT_NAMES;
		f.c = 0.3;
		f.idf_power = rows < MANY_ROWS ? 1 : 0.3; /* the words that tell are frequent */
		f.layers = 0;
		f.vectors = NULL;
	}
	return f;
}

/* What is trained from: rows, their labels, the dev set if there is one. */
struct lesson {
	struct fit_options f;
	struct strs labels;
	struct fit_set set, dev, also;
	bool has_dev;
};

/* Dev rows whose text stands in the test are not learned from: one may measure on the dev set. */
static struct rows without(struct arena *a, const struct rows *r, const struct rows *test)
{
	struct rows out = {
	    {NEWN(a, struct str, r->n + 1), 0}, {NEWN(a, struct str, r->n + 1), 0}, 0};
	struct str *seen = NEWN(a, struct str, test->n + 1);

	if (test->n) {
		memcpy(seen, test->texts.v, test->n * sizeof *seen);
		qsort(seen, test->n, sizeof *seen, by_text);
	}
	for (size_t i = 0; i < r->n; i++) {
		if (bsearch(&r->texts.v[i], seen, test->n, sizeof *seen, by_text))
			continue;
		out.labels.v[out.n] = r->labels.v[i];
		out.texts.v[out.n++] = r->texts.v[i];
	}
	out.labels.n = out.texts.n = out.n;
	return out;
}

/* A dev set larger than this part of train is there to choose by, not to learn from: few examples
 * stay few. */
static const size_t DEV_SMALL = 4;

/* The dev set's rows are learned from too.  Where a row may have several labels a few hundred are
 * too few to choose each label's threshold on: there cross-validation chooses; elsewhere
 * thresholds are chosen on them first. */
static bool read_lesson(struct arena *a, const struct text_opts *o, const struct rows *test,
			struct lesson *l)
{
	struct rows train, dev = {0};

	l->has_dev = o->dev != NULL;
	if (!text_read_rows(a, o->train, &train) || (o->dev && !text_read_rows(a, o->dev, &dev)))
		return false;
	if (o->shots)
		keep_shots(a, &train, o->shots, o->seed);
	l->f = options_of(a, o, train.n);
	l->labels = text_labels(a, &train);
	if (o->titles && strcmp(o->task, "intent") == 0)
		add_titles(a, &train, &l->labels);
	struct rows more = without(a, &dev, test);
	if (l->has_dev && l->f.kind == MODEL_SEVERAL) {
		append(a, &train, &more);
		l->has_dev = false;
	}
	if (l->labels.n > MODEL_LABELS_MAX) /* fit_lesson says so */
		return true;
	l->set = text_set(a, &train, &l->labels);
	if (!l->has_dev)
		return true;
	l->dev = text_set(a, &dev, &l->labels);
	l->also = text_set(a, &more, &l->labels);
	if (dev.n * DEV_SMALL <= train.n)
		l->f.also = &l->also;
	return true;
}

static bool fit_lesson(struct arena *a, const struct text_opts *o, const struct lesson *l,
		       struct str *bytes)
{
	const struct text_model *m;
	const char *why;

	if (fit_model(a, &l->set, l->has_dev ? &l->dev : NULL, &l->f, bytes) == E_OK) {
		if (text_model_open(a, *bytes, l->f.vectors, &m, &why) == E_OK)
			return true;
		fprintf(stderr, "aftersail text: %s has too few words to learn from\n", o->train);
		return false;
	}
	if (l->labels.n)
		fprintf(stderr,
			"aftersail text: %s has %zu different labels, at most %d can be "
			"learned; are the columns label<TAB>text swapped?\n",
			o->train, l->labels.n, MODEL_LABELS_MAX);
	else
		fprintf(stderr, "aftersail text: %s has rows, but none has a label\n", o->train);
	return false;
}

static int eval_model(struct arena *a, const struct text_opts *o)
{
	struct lesson l;
	struct rows test;
	struct str bytes;
	const char *why;
	const struct text_model *m;

	if (!text_read_rows(a, o->test, &test) || !read_lesson(a, o, &test, &l))
		return 1;
	double from = text_cpu_seconds();
	if (!fit_lesson(a, o, &l, &bytes))
		return 1;
	double took = text_cpu_seconds() - from;
	struct fit_set check = text_set(a, &test, &l.labels);
	if (text_model_open(a, bytes, l.f.vectors, &m, &why) != E_OK) {
		fprintf(stderr, "aftersail text: %s\n", why);
		return 1;
	}
	struct guesses g = guess(a, m, &check, &test);
	if (l.f.kind == MODEL_ONE)
		print_one(a, &g, &check, m);
	else
		print_several(a, &g, &check, m);
	text_print("train_seconds", took);
	text_print("model_bytes", (double)bytes.n);
	text_print_times(g.micro, g.rows);
	return 0;
}

/* Is it a model of moods; or of topics, then it knows some of the test's? */
static bool fits_test(struct arena *a, const struct text_opts *o, const struct text_model *m,
		      const struct rows *test)
{
	struct emotion e;
	size_t known = 0;

	if (strcmp(o->task, "topic") != 0)
		return emotion_read(m, NEW(a, struct feats), S(""), &e) == E_OK ||
		       text_no_kind(a, o, m, "moods", "emotion.model");
	struct strs all = text_labels(a, test);
	for (size_t i = 0; i < all.n; i++)
		known += text_model_find(m, all.v[i]) >= 0;
	return !all.n || known || text_no_kind(a, o, m, "the test's topics", "topic.model");
}

/* A shipped model on the hand-written messages: mood, topic, text in a line. */
static int eval_shipped(struct arena *a, const struct text_opts *o)
{
	bool topic = strcmp(o->task, "topic") == 0;
	const struct text_model *m;
	struct rows test;
	struct str mood;

	if (!text_read_rows(a, o->test, &test) ||
	    !(m = text_find_model(a, o, topic ? "topic.model" : "emotion.model")))
		return 1;
	for (size_t i = 0; i < test.n; i++) {
		(void)str_cut(&test.texts.v[i], '\t', &mood);
		if (topic)
			test.labels.v[i] = mood;
	}
	if (!fits_test(a, o, m, &test))
		return 1;
	struct strs labels = {NEWN(a, struct str, text_model_labels(m)), text_model_labels(m)};
	for (size_t i = 0; i < labels.n; i++)
		labels.v[i] = text_model_label(m, i);
	struct fit_set check = text_set(a, &test, &labels);
	struct guesses g = guess(a, m, &check, &test);
	print_one(a, &g, &check, m);
	text_print_times(g.micro, g.rows);
	return 0;
}

/* Labels of the test that no text is ever told to be in. */
static void say_untold(struct arena *a, const struct lang_table *t, const struct strs *labels)
{
	struct strs out = {NEWN(a, struct str, labels->n + 1), 0};

	for (size_t i = 0; i < labels->n; i++)
		if (!text_lang_told(t, labels->v[i]))
			out.v[out.n++] = labels->v[i];
	say_labels(&out, "no languages that are told");
}

/* Rows of code<TAB>text; with --langs all are in that one language, whatever their labels. */
static int eval_lang(struct arena *a, const struct text_opts *o)
{
	struct rows test;
	struct lang_result r;
	double right = 0, sure = 0, sure_right = 0;
	const struct lang_table *t = text_find_langs(a, o);

	if (!t || !text_read_rows(a, o->test, &test) ||
	    (o->langs && !text_lang_known(a, t, str_of(o->langs))))
		return 1;
	for (size_t i = 0; i < test.n && o->langs; i++)
		test.labels.v[i] = str_of(o->langs);
	struct strs labels = text_labels(a, &test);
	say_untold(a, t, &labels);
	double *micro = NEWN(a, double, test.n + 1), *of = NEWN(a, double, labels.n + 1),
	       *ok = NEWN(a, double, labels.n + 1);
	for (size_t i = 0; i < test.n; i++) {
		double from = text_cpu_seconds();
		lang_detect(t, test.texts.v[i], NULL, &r);
		micro[i] = (text_cpu_seconds() - from) * 1e6;
		bool hit = str_eq(test.labels.v[i], str_of(r.main.code));
		right += hit;
		sure += r.sure;
		sure_right += r.sure && hit;
		for (size_t k = 0; k < labels.n; k++)
			if (str_eq(labels.v[k], test.labels.v[i])) {
				of[k]++;
				ok[k] += hit;
			}
	}
	double n = test.n ? (double)test.n : 1;
	text_print("rows", (double)test.n);
	text_print("accuracy", right / n);
	text_print("answered", sure / n);
	text_print("correct_of_all", sure_right / n);
	text_print("wrong_of_all", (sure - sure_right) / n);
	for (size_t k = 0; k < labels.n; k++)
		printf("accuracy_%.*s %.4f\n", STR(labels.v[k]), ok[k] / of[k]);
	text_print_times(micro, test.n);
	return 0;
}

int text_train(struct arena *a, const struct text_opts *o)
{
	struct lesson l;
	struct rows none = {0};
	struct str bytes;

	if (!o->train || !o->out) {
		fprintf(stderr, "aftersail text train: --train and --out are needed\n");
		return 2;
	}
	return !read_lesson(a, o, &none, &l) || !fit_lesson(a, o, &l, &bytes) ||
	       !text_write_file(o->out, bytes);
}

/* clang-format off */
static const struct {
	const char *task;
	int (*eval)(struct arena *, const struct text_opts *);
} tasks[] = {
	{"lang",  eval_lang},       {"mood",  eval_shipped},    {"topic", eval_shipped}, {"tone", text_eval_tone},
	{"spans", text_eval_spans}, {"mails", text_eval_mails}, {"pairs", text_eval_pairs},
};
/* clang-format on */

int text_eval(struct arena *a, const struct text_opts *o)
{
	if (!o->test) {
		fprintf(stderr, "aftersail text eval: --test is missing\n");
		return 2;
	}
	for (size_t i = 0; i < COUNT(tasks); i++)
		if (strcmp(o->task, tasks[i].task) == 0)
			return tasks[i].eval(a, o);
	if (!o->train) {
		fprintf(stderr, "aftersail text eval: --train is missing\n");
		return 2;
	}
	return eval_model(a, o);
}
