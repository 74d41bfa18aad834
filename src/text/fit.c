/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"

#include <math.h>
#include <string.h>

struct fit_options fit_defaults(enum model_kind kind)
{
	return (struct fit_options){
	    .kind = kind,
	    .flags = FEAT_WORDS | FEAT_GRAMS |
		     (kind == MODEL_ONE ? FEAT_SKIP : FEAT_STYLE | FEAT_NEGATE),
	    .c = kind == MODEL_ONE ? 1 : 0.3,
	    .idf_power = 1,
	    .layers = kind == MODEL_ONE ? 3 : 0,
	    .seed = 1,
	    .target_wrong = 0.05,
	    .folds = 3,
	    .prune = 1,
	};
}

struct fitting {
	const struct fit_set *set;
	const struct fit_options *o;
	struct matrix x;
	struct linear linear;
	struct layers *layers;
	float *weight; /* per row, in this round */
};

static struct learn told(const struct fitting *f)
{
	return (struct learn){.x = &f->x,
			      .y = f->set->y,
			      .weight = f->weight,
			      .labels = f->set->labels.n,
			      .c = f->o->c,
			      .epochs = 20,
			      .seed = f->o->seed,
			      .by_label = f->o->cost_by_label,
			      .margin = f->o->margin && f->o->kind == MODEL_ONE,
			      .multi = f->o->kind == MODEL_SEVERAL};
}

static int epochs_of(const struct fitting *f)
{
	double n = (double)f->set->rows;

	if (f->o->layer_epochs)
		return f->o->layer_epochs;
	return n < 2000 ? 50 : n < 5000 ? 25 : 15;
}

static void learn_all(struct arena *a, struct fitting *f, int layers)
{
	struct learn l = told(f);

	learn_linear(a, &l, &f->linear);
	f->layers = NEWN(a, struct layers, layers + 1);
	l.epochs = epochs_of(f);
	for (int i = 0; i < layers; i++) {
		l.seed = f->o->seed + (uint64_t)i;
		learn_layers(a, &l, &f->layers[i]);
	}
}

static void to_log(float *s, size_t n)
{
	float top = s[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		top = s[i] > top ? s[i] : top;
	for (size_t i = 0; i < n; i++)
		sum += expf(s[i] - top);
	for (size_t i = 0; i < n; i++)
		s[i] -= top + logf(sum);
}

static void score_row(const struct fitting *f, size_t row, int layers, struct held_out *h, float *s)
{
	const struct cell *c = f->x.cells + f->x.start[row];
	size_t n = f->x.start[row + 1] - f->x.start[row];

	linear_score(&f->linear, c, n, h->linear + row * h->labels);
	for (int i = 0; i < layers; i++) {
		layers_score(&f->layers[i], c, n, s);
		if (f->o->kind == MODEL_ONE)
			to_log(s, h->labels);
		for (size_t k = 0; k < h->labels; k++)
			h->layers[row * h->labels + k] += s[k] / (float)layers;
	}
}

/* Which fold a row is in: spread evenly, the same for one seed. */
static int fold_of(const struct fit_options *o, size_t row)
{
	uint64_t x = (row + 1) * 0x9e3779b97f4a7c15u ^ o->seed * 0xff51afd7ed558ccdu;

	x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9u;
	return (int)((x >> 33) % (uint64_t)o->folds);
}

static struct held_out room_for(struct arena *a, const struct fit_set *s)
{
	return (struct held_out){.rows = s->rows,
				 .labels = s->labels.n,
				 .linear = NEWN(a, float, s->rows * s->labels.n + 1),
				 .layers = NEWN(a, float, s->rows * s->labels.n + 1),
				 .y = s->y};
}

/* Rows of weight below 1 (titles, borrowed rows) are learned from but not measured on. */
static struct held_out without(struct arena *a, const struct held_out *all, const struct fit_set *s)
{
	struct held_out h = *all;
	uint8_t *y = NEWN(a, uint8_t, s->rows * h.labels + 1);

	h.rows = 0;
	for (size_t i = 0; i < s->rows; i++) {
		if (s->weight && s->weight[i] < 1)
			continue;
		memmove(h.linear + h.rows * h.labels, all->linear + i * h.labels, h.labels * 4);
		memmove(h.layers + h.rows * h.labels, all->layers + i * h.labels, h.labels * 4);
		memcpy(y + h.rows * h.labels, s->y + i * h.labels, h.labels);
		h.rows++;
	}
	h.y = y;
	return h;
}

static struct held_out cross_validate(struct arena *a, struct fitting *f)
{
	struct held_out h = room_for(a, f->set);
	float *s = NEWN(a, float, h.labels + 8);
	int layers = f->o->layers > 0;

	for (int fold = 0; fold < f->o->folds; fold++) {
		struct arena *round = arena_new();
		for (size_t i = 0; i < h.rows; i++)
			f->weight[i] = fold_of(f->o, i) == fold ? 0
				       : f->set->weight         ? f->set->weight[i]
								: 1;
		learn_all(round, f, layers);
		for (size_t i = 0; i < h.rows; i++)
			if (fold_of(f->o, i) == fold)
				score_row(f, i, layers, &h, s);
		arena_free(round);
	}
	return without(a, &h, f->set);
}

static struct held_out score_dev(struct arena *a, struct str bytes,
				 const struct text_vectors *vectors, const struct fit_set *dev)
{
	struct held_out h = room_for(a, dev);
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);

	if (text_model_open(a, bytes, vectors, &m, &why) != E_OK)
		return h;
	for (size_t i = 0; i < dev->rows; i++) {
		feat_read(f, dev->texts[i], text_model_flags(m));
		text_model_scores(m, f, h.linear + i * h.labels, h.layers + i * h.labels);
	}
	return h;
}

/* With few examples a label, what a message means says more than its words. */
static float dense_of(const struct fit_set *s, const struct fit_options *o)
{
	if (o->dense_by > 0)
		return o->dense_by;
	if (s->rows < 30 * s->labels.n)
		return 2;
	return o->kind == MODEL_ONE ? 1.6f : 0.8f;
}

/* Two sets as one; weights of the first hold on. */
static struct fit_set joined(struct arena *a, const struct fit_set *x, const struct fit_set *y)
{
	size_t labels = x->labels.n, n = x->rows + y->rows;
	struct fit_set s = {.rows = n,
			    .texts = NEWN(a, struct str, n),
			    .y = NEWN(a, uint8_t, n * labels),
			    .weight = NEWN(a, float, n),
			    .labels = x->labels};

	memcpy(s.texts, x->texts, x->rows * sizeof *s.texts);
	memcpy(s.texts + x->rows, y->texts, y->rows * sizeof *s.texts);
	memcpy(s.y, x->y, x->rows * labels);
	memcpy(s.y + x->rows * labels, y->y, y->rows * labels);
	for (size_t i = 0; i < n; i++)
		s.weight[i] = i < x->rows && x->weight ? x->weight[i] : 1;
	return s;
}

static struct matrix_options shape_of(const struct fit_set *s, const struct fit_options *o)
{
	uint32_t min_df = o->min_df ? o->min_df : s->rows > 40 * s->labels.n ? 2 : 1;

	return (struct matrix_options){
	    o->flags, {min_df, min_df}, o->idf_power, o->vectors, dense_of(s, o)};
}

static void read_set(struct arena *a, struct fitting *f, const struct fit_set *s)
{
	struct matrix_options shape = shape_of(s, f->o);

	f->set = s;
	f->x = matrix_of(a, s->texts, s->rows, &shape);
	f->weight = NEWN(a, float, s->rows);
}

static struct learned learn_set(struct arena *a, struct fitting *f)
{
	for (size_t i = 0; i < f->set->rows; i++)
		f->weight[i] = f->set->weight ? f->set->weight[i] : 1;
	learn_all(a, f, f->o->layers);
	return (struct learned){.x = &f->x,
				.linear = &f->linear,
				.layers = f->layers,
				.layer_count = (size_t)f->o->layers,
				.dense_by = dense_of(f->set, f->o),
				.set = f->set,
				.o = f->o};
}

/* Labels that are noisy make likelihood trust the networks more than their answers deserve. */
static const float LAYERS_MOST = 0.25f;

/* Fewer rows a label than this choose no threshold alone. */
static const size_t FEW_EACH = 10;

enum err fit_model(struct arena *a, const struct fit_set *set, const struct fit_set *dev,
		   const struct fit_options *o, struct str *bytes)
{
	struct fitting f = {.o = o};
	struct calibration c = {.linear_by = 4, .layers_by = 0.6f};
	struct held_out h = {0};
	struct fit_set all;

	if (set->rows == 0 || set->labels.n == 0 || set->labels.n > MODEL_LABELS_MAX)
		return E_INVALID;
	read_set(a, &f, set);
	if (!dev)
		h = cross_validate(a, &f);
	struct learned l = learn_set(a, &f);
	c.label_at = NEWN(a, float, set->labels.n);
	if (dev)
		h = score_dev(a, pack_model(a, &l, &c), o->vectors, dev);
	h.few = !dev && set->rows < FEW_EACH * set->labels.n;
	h.layers_most = o->margin ? LAYERS_MOST : INFINITY;
	calibrate(a, &h, o->kind, o->target_wrong, &c);
	if (o->also && o->also->rows) {
		all = joined(a, set, o->also);
		read_set(a, &f, &all);
		l = learn_set(a, &f);
	}
	*bytes = pack_model(a, &l, &c);
	return E_OK;
}
