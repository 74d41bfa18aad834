/* Messages in, lines out: one message a line of the input. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/emotion.h"
#include "text/lang.h"
#include "text/similar.h"
#include "text/spot.h"
#include "text/tone.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one command needs while it streams. */
struct run {
	const struct text_opts *o;
	const struct text_model *model;
	const struct lang_table *langs;
	struct feats *f, *g;
	struct similar_sketch *seen;
	size_t seen_count, line;
	struct arena *a; /* of this line */
	struct buf out;
};

enum { SEEN_MAX = 100000 };

/* One field of the answer: a JSON member, or a column. */
static void put(struct run *r, const char *name, struct str value)
{
	if (r->o->json) {
		buf_z(&r->out, r->out.n ? "," : "{");
		buf_json(&r->out, str_of(name));
		buf_char(&r->out, ':');
		buf_json(&r->out, value);
		return;
	}
	if (r->out.n)
		buf_char(&r->out, '\t');
	buf_add(&r->out, value);
}

static void put_number(struct run *r, const char *name, double v)
{
	if (!r->o->json) {
		put(r, name, str_fmt(r->a, "%.3f", v));
		return;
	}
	buf_z(&r->out, r->out.n ? "," : "{");
	buf_json(&r->out, str_of(name));
	buf_fmt(&r->out, ":%.3f", isfinite(v) ? v : 0);
}

static void run_lang(struct run *r, struct str text)
{
	struct lang_result l;
	struct lang_prior prior[16];
	struct lang_priors p = {prior, 0, true};
	struct str rest = str_of(r->o->langs), one;

	while (rest.n && p.n < COUNT(prior) && str_cut(&rest, ',', &one))
		prior[p.n++] = (struct lang_prior){str_z(r->a, one), 0};
	for (size_t i = 0; i < p.n; i++)
		prior[i].p = 1.0f / (float)p.n;
	lang_detect(r->langs, text, p.n ? &p : NULL, &l);
	put(r, "language", str_of(l.main.code));
	put_number(r, "p", (double)l.main.p);
	put(r, "sure", str_of(l.sure ? "yes" : "no"));
	put(r, "variant", str_of(l.variant));
	struct buf others = BUF(r->a);
	for (size_t i = 0; i < l.other_count; i++)
		buf_fmt(&others, "%s%s", i ? "," : "", l.others[i].code);
	put(r, "others", buf_str(&others));
}

static void run_emotion(struct run *r, struct str text)
{
	struct emotion e;

	if (emotion_read(r->model, r->f, text, &e) != E_OK)
		return;
	put(r, "emotion", str_of(mood_name(e.best)));
	put_number(r, "p", (double)e.p[e.best]);
	put_number(r, "negative", (double)e.negative);
	put_number(r, "intensity", (double)e.intensity);
}

static void run_tone(struct run *r, struct str text)
{
	struct tone t;
	const char *language = r->o->langs ? r->o->langs : "en";

	tone_read(r->model, r->f, text, language, &t);
	put(r, "tone", str_of(t.harsh ? "harsh" : "ok"));
	put_number(r, "p", (double)t.p);
	for (size_t i = 0; i < t.hits; i++) {
		const char *better = tone_better(language, t.hit[i].reason);
		put(r, tone_reason_name(t.hit[i].reason),
		    str_fmt(r->a, "%s: %.*s: %s", tone_reason_name(t.hit[i].reason),
			    STR(str_slice(text, t.hit[i].from, t.hit[i].to)),
			    better ? better : ""));
	}
}

static void run_classify(struct run *r, struct str text)
{
	size_t n = text_model_labels(r->model);
	float *p = NEWN(r->a, float, n);

	text_model_predict(r->model, r->f, text, p);
	float top = 0;
	for (size_t i = 0; i < n; i++)
		top = p[i] > top ? p[i] : top;
	put(r, "decision",
	    str_of(top >= text_model_answer_at(r->model)    ? "answer"
		   : top >= text_model_suggest_at(r->model) ? "suggest"
							    : "pass"));
	for (int k = 0; k < 3 && k < (int)n; k++) {
		size_t best = 0;
		for (size_t i = 1; i < n; i++)
			best = p[i] > p[best] ? i : best;
		put(r, str_fmt(r->a, "label%d", k + 1).p, text_model_label(r->model, best));
		put_number(r, str_fmt(r->a, "p%d", k + 1).p, (double)p[best]);
		p[best] = -1;
	}
}

/* Each message against those before it in the stream: line of the nearest, and how near. */
static void run_similar(struct run *r, struct str text)
{
	struct similar_sketch s;
	float best = 0;
	size_t at = 0;

	similar_sketch(r->f, text, &s);
	for (size_t i = 0; i < r->seen_count; i++) {
		float near = similar_near(&s, &r->seen[i]);
		if (near > best) {
			best = near;
			at = i + 1;
		}
	}
	if (r->seen_count < SEEN_MAX)
		r->seen[r->seen_count++] = s;
	put(r, "nearest_line", str_fmt(r->a, "%zu", at));
	put_number(r, "near", (double)best);
}

static void run_spot(struct run *r, struct str text)
{
	enum { MANY = 64 };
	struct spot v[MANY];
	size_t n = spot_find(text, v, MANY);

	put(r, "spots", str_fmt(r->a, "%zu", n));
	for (size_t i = 0; i < n; i++)
		put(r, spot_name(v[i].kind),
		    str_fmt(r->a, "%s %zu-%zu %.*s", spot_name(v[i].kind), v[i].from, v[i].to,
			    STR(str_slice(text, v[i].from, v[i].to))));
}

/* clang-format off */
static const struct command {
	const char *name, *model;
	void (*run)(struct run *, struct str text);
} commands[] = {
	{"lang",     NULL,            run_lang},    {"emotion", "emotion.model", run_emotion},
	{"tone",     "tone.model",    run_tone},    {"classify", "topic.model",  run_classify},
	{"similar",  NULL,            run_similar}, {"spot",    NULL,            run_spot},
};
/* clang-format on */

static bool ready(struct arena *a, const struct command *c, struct run *r)
{
	const char *why = NULL, *name = c->run == run_lang ? "lang.table" : c->model;
	const char *path = r->o->model ? r->o->model : name ? text_model_path(a, r->o, name) : NULL;
	enum err e = E_OK;

	if (c->run == run_lang)
		e = lang_map(a, path, &r->langs, &why);
	else if (c->model)
		e = text_model_map(a, path, text_find_vectors(a, r->o), &r->model, &why);
	if (e != E_OK)
		fprintf(stderr, "aftersail text: %s: %s\n", path, why);
	r->f = NEW(a, struct feats);
	if (c->run == run_similar)
		r->seen = NEWN(a, struct similar_sketch, SEEN_MAX);
	return e == E_OK;
}

static bool stream(const struct command *c, struct run *r, FILE *in)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, in)) >= 0) {
		if (n && line[n - 1] == '\n')
			n--;
		arena_reset(r->a);
		r->out = BUF(r->a);
		r->line++;
		c->run(r, (struct str){line, (size_t)n});
		buf_z(&r->out, r->o->json ? "}\n" : "\n");
		fwrite(r->out.p, 1, r->out.n, stdout);
	}
	free(line);
	return !ferror(in);
}

int text_run(struct arena *a, const char *name, const struct text_opts *o)
{
	struct run r = {.o = o};
	const struct command *c = NULL;
	int rc = 0;

	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			c = &commands[i];
	if (!c)
		return 2;
	if (!ready(a, c, &r))
		return 1;
	r.a = arena_new();
	for (int i = 0; i < o->file_count || (i == 0 && !o->file_count); i++) {
		bool std = !o->file_count || strcmp(o->files[i], "-") == 0;
		FILE *in = std ? stdin : fopen(o->files[i], "rb");
		if (!in)
			fprintf(stderr, "aftersail text: cannot read %s\n", o->files[i]);
		rc |= !in || !stream(c, &r, in);
		if (in && !std)
			fclose(in);
	}
	arena_free(r.a);
	return rc;
}
