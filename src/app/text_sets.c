/* The hand-written sets: spans, mails, pairs, drafts, and shipped models on messages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/mailstrip.h"
#include "text/similar.h"
#include "text/spot.h"
#include "text/tone.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Drafts, of one language (--langs) or each of the one it is told to be: harsh or ok, by phrases
 * and model together; with --linear by phrases alone. */
int text_eval_tone(struct arena *a, const struct text_opts *o)
{
	struct rows test;
	const struct text_model *m = NULL;
	const struct lang_table *langs;
	struct tone t;
	struct feats *f = NEW(a, struct feats);
	double hit = 0, said = 0, is = 0, right = 0;

	if (!text_read_rows(a, o->test, &test) || !text_tone_langs(a, o, &langs))
		return 1;
	double *micro = NEWN(a, double, test.n);
	if (!o->linear_only && !(m = text_find_model(a, o, "tone.model")))
		return 1;
	if (m && text_model_find(m, S("harsh")) < 0)
		return !text_no_kind(a, o, m, "tone", "tone.model");
	for (size_t i = 0; i < test.n; i++) {
		bool harsh = str_eq(test.labels.v[i], S("harsh"));
		const char *language = text_tone_lang(o, langs, test.texts.v[i]);
		double from = text_cpu_seconds();
		tone_read(m, f, test.texts.v[i], language, &t);
		micro[i] = (text_cpu_seconds() - from) * 1e6;
		hit += t.harsh && harsh;
		said += t.harsh;
		is += harsh;
		right += t.harsh == harsh;
	}
	text_print("rows", (double)test.n);
	text_print("accuracy", right / (double)test.n);
	text_print_f1(hit, said, is);
	text_print_times(micro, test.n);
	return 0;
}

/* text<TAB>kind=span|kind=span: a span counts when kind and text are both right. */
int text_eval_spans(struct arena *a, const struct text_opts *o)
{
	struct rows test;
	double hit = 0, said = 0, is = 0;

	if (!text_read_rows(a, o->test, &test))
		return 1;
	double *micro = NEWN(a, double, test.n);
	for (size_t i = 0; i < test.n; i++) {
		size_t n;
		struct str text = test.labels.v[i], rest = test.texts.v[i], want;
		double from = text_cpu_seconds();
		struct spot *v = text_spots(a, text, &n);
		micro[i] = (text_cpu_seconds() - from) * 1e6;
		bool *used = NEWN(a, bool, n + 1);
		said += (double)n;
		while (rest.n && str_cut(&rest, '|', &want)) {
			bool found = false;
			is++;
			for (size_t k = 0; k < n && !found; k++) {
				struct str got = str_fmt(a, "%s=%.*s", spot_name(v[k].kind),
							 STR(str_slice(text, v[k].from, v[k].to)));
				found = !used[k] && str_eq(got, want);
				used[k] |= found;
			}
			hit += found;
			if (!found && o->json)
				printf("missed %.*s in: %.*s\n", STR(want), STR(text));
		}
		for (size_t k = 0; k < n && o->json; k++)
			if (!used[k])
				printf("false %s=%.*s in: %.*s\n", spot_name(v[k].kind),
				       STR(str_slice(text, v[k].from, v[k].to)), STR(text));
	}
	text_print("rows", (double)test.n);
	text_print("spans", is);
	text_print_f1(hit, said, is);
	text_print_times(micro, test.n);
	return 0;
}

static struct str unescape(struct arena *a, struct str s)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < s.n; i++) {
		bool nl = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'n';
		buf_char(&b, nl ? '\n' : s.p[i]);
		i += nl;
	}
	return buf_str(&b);
}

/* mail<TAB>what is new in it, lines as \n: right when the body is exactly that. */
int text_eval_mails(struct arena *a, const struct text_opts *o)
{
	struct rows test;
	double right = 0;

	if (!text_read_rows(a, o->test, &test))
		return 1;
	double *micro = NEWN(a, double, test.n);
	for (size_t i = 0; i < test.n; i++) {
		struct mail_parts p;
		struct str mail = unescape(a, test.labels.v[i]);
		double from = text_cpu_seconds();
		mail_strip(a, mail, &p);
		micro[i] = (text_cpu_seconds() - from) * 1e6;
		bool hit = str_eq(p.body, unescape(a, test.texts.v[i]));
		right += hit;
		if (!hit && o->json)
			printf("wrong: %.*s\n  gives: %.*s\n", STR(test.labels.v[i]), STR(p.body));
	}
	text_print("rows", (double)test.n);
	text_print("accuracy", right / (double)test.n);
	text_print_times(micro, test.n);
	return 0;
}

struct scored {
	float p;
	bool same;
};

static int by_p(const void *x, const void *y)
{
	float a = ((const struct scored *)x)->p, b = ((const struct scored *)y)->p;

	return (a < b) - (a > b);
}

struct curve {
	double area, right; /* under the curve, 0 to 1; right at the best threshold */
};

/* Rows of one score are on the same side of any threshold, and half before each other. */
static struct curve curve_of(struct scored *v, size_t n, double same)
{
	double other = (double)n - same, above = 0, beside = 0;
	struct curve c = {.right = other};

	qsort(v, n, sizeof *v, by_p);
	for (size_t i = 0, end; i < n; i = end) {
		double yes = 0;
		for (end = i; end < n && v[end].p == v[i].p; end++)
			yes += v[end].same;
		double no = (double)(end - i) - yes;
		c.area += no * (above + yes / 2);
		above += yes;
		beside += no;
		c.right = fmax(c.right, above + other - beside);
	}
	c.area = same > 0 && other > 0 ? c.area / (same * other) : 0;
	return c;
}

/* 0|1<TAB>a<TAB>b: at the threshold of 0.5, the best threshold on these rows, and the area
 * under the curve, which needs none. */
int text_eval_pairs(struct arena *a, const struct text_opts *o)
{
	struct rows test;
	struct feats *f = NEW(a, struct feats), *g = NEW(a, struct feats);
	struct str left;
	double same = 0, right = 0;

	if (!text_read_rows(a, o->test, &test))
		return 1;
	struct scored *v = NEWN(a, struct scored, test.n);
	double *micro = NEWN(a, double, test.n), hit = 0, said = 0;
	for (size_t i = 0; i < test.n; i++) {
		v[i].same = str_eq(test.labels.v[i], S("1"));
		double from = text_cpu_seconds();
		if (str_cut(&test.texts.v[i], '\t', &left))
			v[i].p = similar_pair(f, g, left, test.texts.v[i]);
		micro[i] = (text_cpu_seconds() - from) * 1e6;
		said += v[i].p >= 0.5f;
		hit += v[i].p >= 0.5f && v[i].same;
		same += v[i].same;
		right += (v[i].p >= 0.5f) == v[i].same;
	}
	struct curve c = curve_of(v, test.n, same);
	double n = (double)test.n;
	text_print("rows", (double)test.n);
	text_print("accuracy", right / n);
	text_print_f1(hit, said, same);
	text_print("accuracy_best_threshold", c.right / n);
	text_print("auc", c.area);
	text_print_times(micro, test.n);
	return 0;
}
