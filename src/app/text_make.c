/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include "text/lang.h"

#include <stdio.h>
#include <string.h>

/* Rows gathered from several sources, with the weight each has. */
struct gathered {
	struct arena *a;
	struct rows r;
	float *weight;
	size_t cap;
};

static void gather(struct gathered *g, struct str label, struct str text, float weight)
{
	if (g->r.n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 1 << 14;
		struct rows r = {
		    {NEWN(g->a, struct str, cap), 0}, {NEWN(g->a, struct str, cap), 0}, g->r.n};
		float *w = NEWN(g->a, float, cap);
		if (g->r.n) {
			memcpy(r.labels.v, g->r.labels.v, g->r.n * sizeof(struct str));
			memcpy(r.texts.v, g->r.texts.v, g->r.n * sizeof(struct str));
			memcpy(w, g->weight, g->r.n * sizeof *w);
		}
		g->r = r;
		g->weight = w;
		g->cap = cap;
	}
	g->r.labels.v[g->r.n] = label;
	g->r.texts.v[g->r.n] = text;
	g->weight[g->r.n++] = weight;
	g->r.labels.n = g->r.texts.n = g->r.n;
}

/* Labels of the public sets, and the mood each stands for; "" leaves the row out. */
/* clang-format off */
static const struct {
	const char *from, *to;
} moods[] = {
	{"anger", "angry"},        {"annoyance", "angry"},       {"disgust", "angry"},      {"disapproval", "angry"},
	{"disappointment", "disappointed"}, {"sadness", "disappointed"}, {"grief", "disappointed"},
	{"remorse", ""},           {"embarrassment", ""},
	{"fear", "worried"},       {"nervousness", "worried"},   {"caring", ""},
	{"joy", "pleased"},        {"love", "pleased"},          {"gratitude", "pleased"},  {"admiration", "pleased"},
	{"excitement", "pleased"}, {"relief", "pleased"},        {"pride", "pleased"},      {"approval", ""},
	{"amusement", ""},         {"optimism", ""},             {"neutral", "neutral"},    {"none", "neutral"},
	{"curiosity", "neutral"},  {"confusion", ""},            {"realization", ""},       {"desire", ""},
	{"surprise", ""},
};

static const char *const brighter[] = {
	"eng", "deu", "esp", "ptbr", "ptmz", "chn", "rus", "ukr", "swe", "ron",
};
/* clang-format on */

/* The mood of a row: that of its labels when they agree. */
static struct str mood_of(struct str labels)
{
	struct str one, mood = S("");

	while (str_cut(&labels, ',', &one))
		for (size_t i = 0; i < COUNT(moods); i++) {
			if (!str_eq(one, str_of(moods[i].from)) || !moods[i].to[0])
				continue;
			if (mood.n && !str_eq(mood, str_of(moods[i].to)))
				return S("");
			mood = str_of(moods[i].to);
		}
	return mood;
}

/* The n-th row of several is kept: the neutral rows of a large set would drown the rest. */
static bool gather_moods(struct gathered *g, const char *path, float weight, size_t neutral_every)
{
	struct rows r;
	size_t neutral = 0;

	if (!text_read_rows(g->a, path, &r))
		return false;
	for (size_t i = 0; i < r.n; i++) {
		struct str mood = mood_of(r.labels.v[i]);
		if (mood.n && (!str_eq(mood, S("neutral")) || neutral++ % neutral_every == 0))
			gather(g, mood, r.texts.v[i], weight);
	}
	return true;
}

enum column { MOOD = 1, TOPIC = 2 };

/* Our own rows: language, mood, topic, text; a topic of - says nothing of it. */
static bool gather_own(struct gathered *g, const char *dir, const char *file, enum column column,
		       float weight)
{
	struct str all, line, field[3];

	if (!text_read_file(g->a, str_fmt(g->a, "%s/source/%s", dir, file).p, &all))
		return false;
	while (str_cut(&all, '\n', &line))
		if (!str_starts(line, S("#")) && str_cut(&line, '\t', &field[0]) &&
		    str_cut(&line, '\t', &field[1]) && str_cut(&line, '\t', &field[2]) &&
		    !str_eq(field[column], S("-")))
			gather(g, field[column], line, weight);
	return true;
}

/* Whole messages: every third chooses the factors and thresholds before it is learned from too. */
static bool gather_whole(struct gathered *g, struct gathered *dev, const char *dir,
			 enum column column)
{
	struct gathered all = {.a = g->a};

	if (!gather_own(&all, dir, "whole.tsv", column, 1))
		return false;
	for (size_t i = 0; i < all.r.n; i++)
		gather(i % 3 ? g : dev, all.r.labels.v[i], all.r.texts.v[i], 1);
	return true;
}

/* A topic or a mood, by whether the model that is made has such a label. */
static bool wanted(const char *const *labels, size_t n, struct str label)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(label, str_of(labels[i])))
			return true;
	return false;
}

/* Our own phrases: language, label, phrases apart by |.  Each is a row; so are phrases of our
 * rows that commas part. */
static bool gather_phrases(struct gathered *g, const struct text_opts *o, const char *const *labels,
			   size_t n, float weight)
{
	struct str all, line, language, label, phrase;
	const char *path = str_fmt(g->a, "%s/source/keywords.tsv", o->out).p;

	if (!text_read_file(g->a, path, &all))
		return false;
	while (str_cut(&all, '\n', &line)) {
		if (str_starts(line, S("#")) || !str_cut(&line, '\t', &language) ||
		    !str_cut(&line, '\t', &label) || !wanted(labels, n, label))
			continue;
		while (str_cut(&line, '|', &phrase))
			gather(g, label, phrase, weight);
	}
	return true;
}

static void split_own(struct gathered *g, float weight)
{
	size_t n = g->r.n;

	for (size_t i = 0; i < n; i++) {
		struct str rest = g->r.texts.v[i], piece, label = g->r.labels.v[i];
		if (str_find(rest, S(",")) < 0 && str_find(rest, S("，")) < 0 &&
		    str_find(rest, S("、")) < 0)
			continue;
		while (rest.n) {
			ptrdiff_t at = str_find(rest, S(",")), wide = str_find(rest, S("，")),
				  list = str_find(rest, S("、"));
			size_t len = 1, cut = rest.n;
			cut = at >= 0 ? (size_t)at : cut;
			if (wide >= 0 && (size_t)wide < cut)
				cut = (size_t)wide, len = 3;
			if (list >= 0 && (size_t)list < cut)
				cut = (size_t)list, len = 3;
			piece = str_trim(str_slice(rest, 0, cut));
			if (piece.n)
				gather(g, label, piece, weight);
			rest = str_slice(rest, cut + len, rest.n);
		}
	}
}

static const char *const mood_labels[] = {"angry", "disappointed", "worried", "neutral", "pleased"};
static const char *const topic_labels[] = {"delivery", "customs",   "damaged", "defect",
					   "return",   "refund",    "payment", "order",
					   "product",  "promotion", "account", "service"};

static int write_model(struct arena *a, const struct text_opts *o, struct gathered *g,
		       struct fit_options *f, const char *name, const struct gathered *dev)
{
	struct strs labels = text_labels(a, &g->r);
	struct fit_set set = text_set(a, &g->r, &labels), check;
	struct str bytes;

	set.weight = g->weight;
	if (dev) {
		check = text_set(a, &dev->r, &labels);
		f->also = &check;
	}
	if (fit_model(a, &set, dev ? &check : NULL, f, &bytes) != E_OK) {
		fprintf(stderr, "aftersail text: no rows for %s\n", name);
		return 1;
	}
	printf("%s %zu rows %zu bytes\n", name, g->r.n, bytes.n);
	return !text_write_file(str_fmt(a, "%s/%s", o->out, name).p, bytes);
}

/* What a message is about says nothing of its mood: topics' phrases are neutral rows. */
static void gather_neutral(struct gathered *g, const struct text_opts *o)
{
	size_t from = g->r.n;

	if (!gather_phrases(g, o, topic_labels, COUNT(topic_labels), 0.18f))
		return;
	for (; from < g->r.n; from++)
		g->r.labels.v[from] = S("neutral");
}

static int make_emotion(struct arena *a, const struct text_opts *o)
{
	struct gathered g = {.a = a}, dev = {.a = a};
	struct fit_options f = fit_defaults(MODEL_ONE);

	if (!gather_own(&g, o->out, "messages.tsv", MOOD, 1) ||
	    !gather_whole(&g, &dev, o->out, MOOD) ||
	    !gather_phrases(&g, o, mood_labels, COUNT(mood_labels), 0.5f))
		return 1;
	gather_neutral(&g, o);
	if (!gather_moods(&g, str_fmt(a, "%s/goemotions/train.tsv", o->data).p, 0.06f, 4))
		return 1;
	for (size_t i = 0; i < COUNT(brighter); i++)
		if (!gather_moods(&g, str_fmt(a, "%s/emo25_%s/train.tsv", o->data, brighter[i]).p,
				  0.12f, 2))
			return 1;
	f.flags = FEAT_WORDS | FEAT_GRAMS | FEAT_STYLE | FEAT_NEGATE;
	f.c = 1.2;
	f.layers = 0;
	f.min_df = 4;
	f.prune = 3;
	return write_model(a, o, &g, &f, "emotion.model", &dev);
}

static int make_topic(struct arena *a, const struct text_opts *o)
{
	struct gathered g = {.a = a}, dev = {.a = a};
	struct fit_options f = fit_defaults(MODEL_ONE);

	if (!gather_own(&g, o->out, "messages.tsv", TOPIC, 1))
		return 1;
	split_own(&g, 0.9f);
	if (!gather_whole(&g, &dev, o->out, TOPIC))
		return 1;
	if (!gather_phrases(&g, o, topic_labels, COUNT(topic_labels), 2))
		return 1;
	f.margin = true;
	f.c = 0.3;
	f.layers = 0;
	f.min_df = 1;
	f.prune = 3;
	return write_model(a, o, &g, &f, "topic.model", &dev);
}

/* Public sets of rude and of civil words, all far from a service desk: they weigh little. */
static bool gather_rude(struct gathered *g, const struct text_opts *o)
{
	/* clang-format off */
	static const struct {
		const char *set, *harsh;
		size_t every;
	} sets[] = {
		{"tydipbin_en", "impolite", 1}, {"davidson_en", "offensive", 8},
		{"germeval18_de", "offensive", 2}, {"cold_zh", "offensive", 8},
	};
	/* clang-format on */

	for (size_t k = 0; k < COUNT(sets); k++) {
		struct rows r;
		if (!text_read_rows(g->a, str_fmt(g->a, "%s/%s/train.tsv", o->data, sets[k].set).p,
				    &r))
			return false;
		for (size_t i = 0; i < r.n; i += sets[k].every) {
			bool harsh = str_eq(r.labels.v[i], str_of(sets[k].harsh));
			gather(g, harsh ? S("harsh") : S("ok"), r.texts.v[i], 0.02f);
		}
	}
	return true;
}

static int make_tone(struct arena *a, const struct text_opts *o)
{
	static const char *const labels[] = {"harsh", "ok"};
	struct gathered g = {.a = a};
	struct fit_options f = fit_defaults(MODEL_ONE);
	struct str all, line, language, label, phrase;

	if (!text_read_file(a, str_fmt(a, "%s/source/drafts.tsv", o->out).p, &all))
		return 1;
	while (str_cut(&all, '\n', &line)) {
		if (str_starts(line, S("#")) || !str_cut(&line, '\t', &language) ||
		    !str_cut(&line, '\t', &label) || !wanted(labels, COUNT(labels), label))
			continue;
		while (str_cut(&line, '|', &phrase))
			gather(&g, label, phrase, 1);
	}
	if (!gather_rude(&g, o))
		return 1;
	f.flags = FEAT_WORDS | FEAT_GRAMS | FEAT_STYLE;
	f.layers = 0;
	f.min_df = 2;
	f.prune = 2;
	return write_model(a, o, &g, &f, "tone.model", NULL);
}

/* Word vectors, from texts (--train) and what the teacher makes of each (--model, floats). */
static int make_vectors(struct arena *a, const struct text_opts *o)
{
	struct rows r;
	struct str target, bytes;

	if (!o->train || !o->model || !text_read_rows(a, o->train, &r) ||
	    !text_read_file(a, o->model, &target))
		return 1;
	size_t dims = r.n ? target.n / 4 / r.n : 0;
	if (dims * r.n * 4 != target.n ||
	    text_vectors_fit(a, &r.texts, (const float *)target.p, dims, &bytes) != E_OK) {
		fprintf(stderr, "aftersail text: %s does not fit %s\n", o->model, o->train);
		return 1;
	}
	printf("words.vectors %zu rows %zu bytes\n", r.n, bytes.n);
	return !text_write_file(str_fmt(a, "%s/words.vectors", o->out).p, bytes);
}

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
	printf("lang.table %zu bytes\n", bytes.n);
	return !text_write_file(str_fmt(a, "%s/lang.table", o->out).p, bytes);
}

int text_make(struct arena *a, const struct text_opts *o)
{
	/* clang-format off */
	static const struct {
		const char *task;
		int (*make)(struct arena *, const struct text_opts *);
	} makers[] = {
		{"vectors", make_vectors}, {"lang", make_lang}, {"emotion", make_emotion}, {"topic", make_topic},
		{"tone", make_tone},
	};
	/* clang-format on */

	if (!o->out) {
		fprintf(stderr, "aftersail text make: --out is missing\n");
		return 2;
	}
	for (size_t i = 0; i < COUNT(makers); i++)
		if (strcmp(o->task, makers[i].task) == 0)
			return makers[i].make(a, o);
	fprintf(stderr, "aftersail text make: no such model: %s\n", o->task);
	return 2;
}
