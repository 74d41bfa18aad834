/* Messages in, lines out: one message a line of the input. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/emotion.h"
#include "text/lang.h"
#include "text/similar.h"
#include "text/spot.h"
#include "text/tone.h"
#include "text/topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Languages that --langs may name; there are not so many that are known. */
enum { PRIORS = 256, SEEN_MAX = 100000 };

/* What one command needs while it streams. */
struct run {
	const struct text_opts *o;
	const struct text_model *model, *mood;
	const struct lang_table *langs;
	struct lang_prior prior[PRIORS];
	size_t priors;
	struct feats *f;
	struct similar_index seen;
	uint64_t *line_of; /* of each message in seen */
	uint64_t line;
	struct arena *a; /* of this line */
	struct answer x;
};

static void run_lang(struct run *r, struct str text)
{
	struct lang_result l;
	struct lang_priors p = {r->prior, r->priors, true};

	lang_detect(r->langs, text, p.n ? &p : NULL, &l);
	answer_text(&r->x, "language", str_of(l.main.code));
	answer_share(&r->x, "p", (double)l.main.p);
	answer_yes(&r->x, "sure", l.sure);
	answer_text(&r->x, "variant", str_of(l.variant));
	struct buf others = BUF(r->a);
	answer_open(&r->x, "others", '[');
	for (size_t i = 0; i < l.other_count; i++) {
		if (r->x.json)
			answer_text(&r->x, NULL, str_of(l.others[i].code));
		buf_fmt(&others, "%s%s", i ? "," : "", l.others[i].code);
	}
	answer_close(&r->x, ']');
	if (!r->x.json)
		answer_text(&r->x, NULL, buf_str(&others));
}

static void run_emotion(struct run *r, struct str text)
{
	struct emotion e;

	if (emotion_read(r->model, r->f, text, &e) != E_OK)
		return;
	answer_text(&r->x, "emotion", str_of(mood_name(e.best)));
	answer_share(&r->x, "p", (double)e.p[e.best]);
	answer_share(&r->x, "negative", (double)e.negative);
	answer_share(&r->x, "intensity", (double)e.intensity);
}

static void run_tone(struct run *r, struct str text)
{
	struct tone t;
	const char *language = text_tone_lang(r->o, r->langs, text);

	tone_read(r->model, r->f, text, language, &t);
	answer_text(&r->x, "tone", str_of(t.harsh ? "harsh" : "ok"));
	answer_share(&r->x, "p", (double)t.p);
	answer_open(&r->x, "why", '[');
	for (size_t i = 0; i < t.hits; i++) {
		struct str words = str_slice(text, t.hit[i].from, t.hit[i].to),
			   reason = str_of(tone_reason_name(t.hit[i].reason)),
			   better = str_of(tone_better(language, t.hit[i].reason));
		if (!r->x.json) {
			answer_text(&r->x, NULL,
				    str_fmt(r->a, "%.*s: %.*s: %.*s", STR(reason), STR(words),
					    STR(better)));
			continue;
		}
		answer_open(&r->x, NULL, '{');
		answer_count(&r->x, "from", t.hit[i].from);
		answer_count(&r->x, "to", t.hit[i].to);
		answer_text(&r->x, "words", words);
		answer_text(&r->x, "reason", reason);
		answer_text(&r->x, "better", better);
		answer_close(&r->x, '}');
	}
	answer_close(&r->x, ']');
}

/* Of a model whose messages may have several labels, those hold that pass their thresholds. */
static const char *decision(const struct text_model *m, const struct topic *t)
{
	static const char *const says[] = {"pass", "suggest", "parent", "answer"};

	if (text_model_kind(m) == MODEL_SEVERAL)
		return t->p[0] >= text_model_label_at(m, t->label[0]) ? "answer" : "pass";
	return says[t->say];
}

static void put_complexity(struct run *r, struct str text)
{
	static const char *const names[] = {"simple", "medium", "complex"};
	struct topic t;
	struct emotion e;
	bool felt = r->mood && emotion_read(r->mood, r->f, text, &e) == E_OK;

	topic_read(r->a, r->model, r->f, S(""), text, felt ? &e : NULL, &t);
	answer_text(&r->x, "complexity", str_of(names[t.complexity]));
}

static void run_classify(struct run *r, struct str text)
{
	float *p = NEWN(r->a, float, text_model_labels(r->model));
	struct topic t;

	text_model_predict(r->model, r->f, text, p);
	topic_rank(r->model, r->f, p, &t);
	answer_text(&r->x, "decision", str_of(decision(r->model, &t)));
	for (size_t k = 0; k < t.count; k++) {
		answer_text(&r->x, str_fmt(r->a, "label%zu", k + 1).p,
			    text_model_label(r->model, t.label[k]));
		answer_share(&r->x, str_fmt(r->a, "p%zu", k + 1).p, (double)t.p[k]);
	}
	if (!r->o->model)
		put_complexity(r, text);
	if (t.parent == TOPIC_PARENTS)
		return;
	answer_text(&r->x, "parent", str_of(topic_parent_name(t.parent)));
	answer_share(&r->x, "parent_p", (double)t.parent_p);
}

/* Each message against those before it in the stream: line of the nearest, and how near.  One
 * that says the same as one before it is not kept: the first stands for all. */
static void run_similar(struct run *r, struct str text)
{
	struct similar_sketch s;
	struct similar_found found;

	similar_sketch(r->f, text, &s);
	bool any = similar_index_nearest(&r->seen, &s, &found);
	bool same =
	    any && found.near >= 1 && r->seen.sketch[found.number % SEEN_MAX].exact == s.exact;
	answer_count(&r->x, "nearest_line", any ? r->line_of[found.number % SEEN_MAX] : 0);
	answer_share(&r->x, "near", any ? (double)found.near : 0);
	if (s.count && !same)
		r->line_of[similar_index_add(&r->seen, &s) % SEEN_MAX] = r->line;
}

static void run_spot(struct run *r, struct str text)
{
	size_t n;
	struct spot *v = text_spots(r->a, text, &n);

	if (r->o->mask)
		answer_text(&r->x, "masked", spot_mask(r->a, text));
	if (r->o->mask && !r->x.json)
		return;
	if (!r->x.json)
		answer_count(&r->x, NULL, n);
	answer_open(&r->x, "spots", '[');
	for (size_t i = 0; i < n; i++) {
		struct str kind = str_of(spot_name(v[i].kind)),
			   is = str_slice(text, v[i].from, v[i].to);
		if (!r->x.json) {
			answer_text(&r->x, NULL,
				    str_fmt(r->a, "%.*s %zu-%zu %.*s", STR(kind), v[i].from,
					    v[i].to, STR(is)));
			continue;
		}
		answer_open(&r->x, NULL, '{');
		answer_text(&r->x, "kind", kind);
		answer_count(&r->x, "from", v[i].from);
		answer_count(&r->x, "to", v[i].to);
		if (!r->o->mask)
			answer_text(&r->x, "text", is);
		answer_close(&r->x, '}');
	}
	answer_close(&r->x, ']');
}

/* The languages of --langs, each once; false when one is not known. */
static bool ready_lang(struct arena *a, struct run *r, const char *model)
{
	struct str rest = str_of(r->o->langs), one;

	(void)model;
	r->langs = text_find_langs(a, r->o);
	while (r->langs && rest.n && str_cut(&rest, ',', &one)) {
		bool twice = false;
		for (size_t i = 0; i < r->priors; i++)
			twice |= str_eq(one, str_of(r->prior[i].code));
		if (twice)
			continue;
		if (!text_lang_known(a, r->langs, one))
			return false;
		if (r->priors == PRIORS) {
			fprintf(stderr, "aftersail text: --langs: at most %d\n", PRIORS);
			return false;
		}
		r->prior[r->priors++] = (struct lang_prior){str_z(a, one), 0};
	}
	for (size_t i = 0; i < r->priors; i++)
		r->prior[i].p = 1.0f / (float)r->priors;
	return r->langs;
}

static bool ready_emotion(struct arena *a, struct run *r, const char *model)
{
	struct emotion e;

	r->model = text_find_model(a, r->o, model);
	return r->model && (emotion_read(r->model, r->f, S(""), &e) == E_OK ||
			    text_no_kind(a, r->o, r->model, "moods", model));
}

static bool ready_tone(struct arena *a, struct run *r, const char *model)
{
	if (!text_tone_langs(a, r->o, &r->langs))
		return false;
	r->model = text_find_model(a, r->o, model);
	return r->model && (text_model_find(r->model, S("harsh")) >= 0 ||
			    text_no_kind(a, r->o, r->model, "tone", model));
}

/* A message's mood helps to tell how hard it will be; it is no loss if there is no such model. */
static bool ready_classify(struct arena *a, struct run *r, const char *model)
{
	const char *why;

	r->model = text_find_model(a, r->o, model);
	if (!r->o->model && text_model_map(a, text_model_path(a, r->o, "emotion.model"), NULL,
					   &r->mood, &why) != E_OK)
		r->mood = NULL;
	return r->model;
}

static void give_back(void *memory)
{
	free(memory);
}

/* Pages of the index that no message came to need cost nothing. */
static bool ready_similar(struct arena *a, struct run *r, const char *model)
{
	void *memory = calloc(1, similar_index_bytes(SEEN_MAX));

	(void)model;
	if (!memory)
		abort();
	arena_defer(a, give_back, memory);
	similar_index_init(&r->seen, SEEN_MAX, memory);
	r->line_of = NEWN(a, uint64_t, SEEN_MAX);
	return true;
}

/* clang-format off */
static const struct command {
	const char *name, *model;
	bool (*ready)(struct arena *, struct run *, const char *model);
	void (*run)(struct run *, struct str text);
} commands[] = {
	{"lang",     NULL,            ready_lang,     run_lang},
	{"emotion",  "emotion.model", ready_emotion,  run_emotion},
	{"tone",     "tone.model",    ready_tone,     run_tone},
	{"classify", "topic.model",   ready_classify, run_classify},
	{"similar",  NULL,            ready_similar,  run_similar},
	{"spot",     NULL,            NULL,           run_spot},
};
/* clang-format on */

static bool stream(const struct command *c, struct run *r, const char *path)
{
	struct text_lines l = {.fd = text_open(path)};
	struct str line;
	bool ok = l.fd >= 0;

	while (ok && text_next_line(&l, &line)) {
		arena_reset(r->a);
		r->x = (struct answer){.json = r->o->json, .b = {.a = r->a, .max = 1ul << 30}};
		r->line++;
		c->run(r, line);
		ok = answer_end(&r->x);
	}
	if (l.failed)
		fprintf(stderr, "aftersail text: cannot read %s: %s\n", path, strerror(l.failed));
	text_close(l.fd);
	free(l.p);
	return ok && !l.failed;
}

int text_run(struct arena *a, const char *name, const struct text_opts *o)
{
	struct run *r = NEW(a, struct run);
	const struct command *c = NULL;
	int rc = 0;

	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			c = &commands[i];
	if (!c)
		return 2;
	r->o = o;
	r->f = NEW(a, struct feats);
	if (c->ready && !c->ready(a, r, c->model))
		return 1;
	r->a = arena_new();
	for (int i = 0; i < o->file_count || (i == 0 && !o->file_count); i++)
		rc |= !stream(c, r, o->file_count ? o->files[i] : "-");
	arena_free(r->a);
	return rc;
}
