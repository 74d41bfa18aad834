/* All that is read of one message, timed: language, mood, topic, an intent among 100 entries, spans
 * and the sketch of repeats.  Arguments: the models' folder, an intent model, a file of messages.
 * Prints median and p95 processor microseconds a message beside the limit of 500, and resident
 * memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/emotion.h"
#include "text/lang.h"
#include "text/similar.h"
#include "text/spot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MESSAGES = 4000, LIMIT = 500 };

struct readers {
	const struct lang_table *langs;
	const struct text_model *mood, *topic, *intent;
	struct feats *f;
	float *p;
};

static double micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void read_one(const struct readers *r, struct str text)
{
	struct lang_result lang;
	struct emotion mood;
	struct similar_sketch sketch;
	struct spot spots[32];

	lang_detect(r->langs, text, NULL, &lang);
	if (emotion_read(r->mood, r->f, text, &mood) != E_OK)
		exit(1);
	text_model_predict(r->topic, r->f, text, r->p);
	if (text_model_flags(r->intent) == text_model_flags(r->topic))
		text_model_predict_feats(r->intent, r->f, r->p);
	else
		text_model_predict(r->intent, r->f, text, r->p);
	(void)spot_find(text, spots, 32);
	similar_sketch(r->f, text, &sketch);
}

static size_t read_lines(struct arena *a, const char *path, struct str *v)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0, n = 0;
	ssize_t got;

	while (in && n < MESSAGES && (got = getline(&line, &cap, in)) > 0)
		v[n++] = str_dup(a, (struct str){line, (size_t)got - 1});
	if (in)
		fclose(in);
	free(line);
	return n;
}

static void print_memory(void)
{
	FILE *in = fopen("/proc/self/status", "r");
	char line[200];

	while (in && fgets(line, sizeof line, in))
		if (strncmp(line, "RssAnon", 7) == 0 || strncmp(line, "VmRSS", 5) == 0)
			fputs(line, stdout);
	if (in)
		fclose(in);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct readers r = {.f = NEW(a, struct feats), .p = NEWN(a, float, MODEL_LABELS_MAX)};
	struct str *v = NEWN(a, struct str, MESSAGES);
	const char *why = "pipeline MODELS INTENT.model MESSAGES.txt";
	struct arena *paths = arena_new();
	const struct text_vectors *vectors;

	if (argc < 4 ||
	    text_vectors_map(a, str_fmt(paths, "%s/words.vectors", argv[1]).p, &vectors, &why) !=
		E_OK ||
	    lang_map(a, str_fmt(paths, "%s/lang.table", argv[1]).p, &r.langs, &why) != E_OK ||
	    text_model_map(a, str_fmt(paths, "%s/emotion.model", argv[1]).p, vectors, &r.mood,
			   &why) != E_OK ||
	    text_model_map(a, str_fmt(paths, "%s/topic.model", argv[1]).p, vectors, &r.topic,
			   &why) != E_OK ||
	    text_model_map(a, argv[2], vectors, &r.intent, &why) != E_OK) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	size_t n = read_lines(a, argv[3], v);
	double *took = NEWN(a, double, n + 1);
	for (int round = 0; round < 2; round++) /* the first warms the caches */
		for (size_t i = 0; i < n; i++) {
			double from = micros();
			read_one(&r, v[i]);
			took[i] = micros() - from;
		}
	qsort(took, n, sizeof *took, by_value);
	printf("messages %zu median_us %.0f p95_us %.0f limit_us %d ratio %.2f\n", n, took[n / 2],
	       took[n * 95 / 100], LIMIT, took[n * 95 / 100] / LIMIT);
	print_memory();
	arena_free(paths);
	arena_free(a);
	return 0;
}
