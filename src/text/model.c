/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mapfile.h"
#include "text/model_file.h"
#include "text/scratch.h"

#include <math.h>
#include <string.h>

struct layer {
	const float *in_scale, *bias, *out;
	const int8_t *in;
};

struct text_model {
	const struct model_head *h;
	const struct text_vectors *vectors; /* NULL when the model has no dense columns */
	const uint32_t *name_end;
	const char *names;
	const float *label_at, *scale, *bias, *idf;
	const struct model_slot *slot;
	const uint32_t *start;
	const uint16_t *cell_label;
	const int8_t *cell_weight;
	struct layer layer[8];
};

enum { LAYERS_MAX = 8 };

uint64_t model_sum(const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = 0x9e3779b97f4a7c15u ^ n, w;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&w, b, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	for (; n; n--, b++)
		h = ((h ^ *b) * 0xc4ceb9fe1a85ec53u) ^ (h >> 29);
	return h;
}

size_t model_layer_size(const struct model_head *h)
{
	size_t floats = (size_t)h->columns + h->hidden + (size_t)h->labels * (h->hidden + 1);

	return (floats * 4 + (size_t)h->columns * h->hidden + 7) / 8 * 8;
}

/* Does a section of n things of a size lie inside the file, aligned? */
static bool lies(const struct model_head *h, uint32_t at, size_t n, size_t size)
{
	return at % 8 == 0 && at >= sizeof *h && at <= h->size && n <= (h->size - at) / size;
}

static const char *check_head(struct str b)
{
	const struct model_head *h = (const struct model_head *)b.p;

	if (b.n < sizeof *h || memcmp(h->magic, model_magic, sizeof h->magic) != 0)
		return "this is no text model";
	if (h->version != MODEL_VERSION)
		return "the text model is of another version; make it anew";
	if (h->size != b.n)
		return "the text model is cut short, or has something after its end";
	if (h->sum != model_sum(b.p + sizeof *h, b.n - sizeof *h))
		return "the text model is damaged: its checksum differs";
	return NULL;
}

static bool sizes_ok(const struct model_head *h)
{
	return h->labels >= 1 && h->labels <= MODEL_LABELS_MAX && h->kind <= MODEL_SEVERAL &&
	       h->slots && (h->slots & (h->slots - 1)) == 0 && h->columns < h->slots &&
	       h->dense <= h->columns && h->dense <= VECTORS_DIMS_MAX && isfinite(h->dense_by) &&
	       h->layers <= LAYERS_MAX && h->hidden <= MODEL_HIDDEN_MAX && h->hidden % 8 == 0 &&
	       isfinite(h->linear_by) && isfinite(h->layers_by) && isfinite(h->answer_at) &&
	       isfinite(h->suggest_at);
}

static bool places_ok(const struct model_head *h)
{
	return lies(h, h->names, h->labels, 4) &&
	       lies(h, h->names, 1, h->labels * 4ul + h->names_size) &&
	       lies(h, h->label_at, h->labels, 4) && lies(h, h->scale, h->labels, 4) &&
	       lies(h, h->bias, h->labels, 4) && lies(h, h->slot, h->slots, 8) &&
	       lies(h, h->idf, h->columns - h->dense, 4) &&
	       lies(h, h->start, h->columns + 1ul, 4) && lies(h, h->cell_label, h->cells, 2) &&
	       lies(h, h->cell_weight, h->cells, 1) &&
	       (h->layers == 0 || lies(h, h->layer, h->layers, model_layer_size(h)));
}

static void place(struct text_model *m)
{
	const struct model_head *h = m->h;
	const char *b = (const char *)h;

	m->name_end = (const uint32_t *)(b + h->names);
	m->names = b + h->names + h->labels * 4ul;
	m->label_at = (const float *)(b + h->label_at);
	m->scale = (const float *)(b + h->scale);
	m->bias = (const float *)(b + h->bias);
	m->slot = (const struct model_slot *)(b + h->slot);
	m->idf = (const float *)(b + h->idf);
	m->start = (const uint32_t *)(b + h->start);
	m->cell_label = (const uint16_t *)(b + h->cell_label);
	m->cell_weight = (const int8_t *)(b + h->cell_weight);
	for (size_t i = 0; i < h->layers; i++) {
		struct layer *l = &m->layer[i];
		l->in_scale = (const float *)(b + h->layer + i * model_layer_size(h));
		l->bias = l->in_scale + h->columns;
		l->out = l->bias + h->hidden;
		l->in = (const int8_t *)(l->out + (size_t)h->labels * (h->hidden + 1));
	}
}

static bool finite_all(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(v[i]) || fabsf(v[i]) > 1e9f)
			return false;
	return true;
}

/* Whoever made the file may have made its checksum too: every index is looked at. */
static bool content_ok(const struct text_model *m)
{
	const struct model_head *h = m->h;
	uint32_t end = 0, empty = 0;

	for (size_t i = 0; i < h->labels; i++) {
		if (m->name_end[i] < end || m->name_end[i] > h->names_size)
			return false;
		end = m->name_end[i];
	}
	for (size_t i = 0; i < h->slots; i++) {
		if (m->slot[i].column > h->columns - h->dense)
			return false;
		empty += m->slot[i].column == 0;
	}
	for (size_t i = 0; i < h->columns; i++)
		if (m->start[i] > m->start[i + 1])
			return false;
	if (empty == 0 || m->start[0] != 0 || m->start[h->columns] != h->cells)
		return false;
	for (size_t i = 0; i < h->cells; i++)
		if (m->cell_label[i] >= h->labels)
			return false;
	for (size_t i = 0; i < h->layers; i++)
		if (!finite_all(m->layer[i].in_scale,
				h->columns + h->hidden + (size_t)h->labels * (h->hidden + 1)))
			return false;
	return finite_all(m->label_at, h->labels) && finite_all(m->scale, h->labels) &&
	       finite_all(m->bias, h->labels) && finite_all(m->idf, h->columns - h->dense);
}

static const char *check_vectors(const struct model_head *h, const struct text_vectors *v)
{
	if (!h->dense)
		return NULL;
	if (!v)
		return "the text model needs the word vectors (words.vectors), which are not here";
	if (text_vectors_sum(v) != h->vectors || text_vectors_dims(v) != h->dense)
		return "the text model was trained with other word vectors; train it anew";
	return NULL;
}

enum err text_model_open(struct arena *a, struct str bytes, const struct text_vectors *vectors,
			 const struct text_model **out, const char **why)
{
	struct text_model *m = NEW(a, struct text_model);

	*why = (uintptr_t)bytes.p % 8 ? "the text model is not aligned" : check_head(bytes);
	if (*why)
		return E_MALFORMED;
	m->h = (const struct model_head *)bytes.p;
	*why = "the text model contradicts itself";
	if (!sizes_ok(m->h) || !places_ok(m->h))
		return E_MALFORMED;
	place(m);
	if (!content_ok(m))
		return E_MALFORMED;
	*why = check_vectors(m->h, vectors);
	if (*why)
		return E_INVALID;
	m->vectors = m->h->dense ? vectors : NULL;
	*out = m;
	return E_OK;
}

enum err text_model_map(struct arena *a, const char *path, const struct text_vectors *vectors,
			const struct text_model **out, const char **why)
{
	struct str bytes;

	*why = "the text model's file cannot be read";
	TRY(text_map_file(a, path, &bytes));
	return text_model_open(a, bytes, vectors, out, why);
}

size_t text_model_labels(const struct text_model *m)
{
	return m->h->labels;
}

struct str text_model_label(const struct text_model *m, size_t i)
{
	uint32_t from = i ? m->name_end[i - 1] : 0;

	return (struct str){m->names + from, m->name_end[i] - from};
}

ptrdiff_t text_model_find(const struct text_model *m, struct str label)
{
	for (size_t i = 0; i < m->h->labels; i++)
		if (str_eq(text_model_label(m, i), label))
			return (ptrdiff_t)i;
	return -1;
}

enum model_kind text_model_kind(const struct text_model *m)
{
	return (enum model_kind)m->h->kind;
}

unsigned text_model_flags(const struct text_model *m)
{
	return m->h->flags;
}

float text_model_answer_at(const struct text_model *m)
{
	return m->h->answer_at;
}

float text_model_suggest_at(const struct text_model *m)
{
	return m->h->suggest_at;
}

float text_model_label_at(const struct text_model *m, size_t label)
{
	return m->label_at[label];
}

/* Tables are much larger than the caches: what will be read in a moment is asked for now. */
enum { AHEAD = 12 };

static uint32_t slot_of(const struct text_model *m, uint32_t id)
{
	return (id * 0x9e3779b1u) & (m->h->slots - 1);
}

static uint32_t column_of(const struct text_model *m, uint32_t id)
{
	uint32_t mask = m->h->slots - 1, at = slot_of(m, id);

	while (m->slot[at].column && m->slot[at].id != id)
		at = (at + 1) & mask;
	return m->slot[at].column;
}

struct known {
	uint32_t column;
	float value;
};

/* The features the model knows, weighed as in training. */
static size_t weigh(const struct text_model *m, const struct feats *f, struct known *k)
{
	float sum[FEAT_BLOCKS] = {0}, by[FEAT_BLOCKS];
	SCRATCH uint8_t block[FEAT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (i + AHEAD < f->n)
			__builtin_prefetch(&m->slot[slot_of(m, f->v[i + AHEAD].id)]);
		k[i].column = column_of(m, f->v[i].id);
		if (k[i].column)
			__builtin_prefetch(&m->idf[k[i].column - 1]);
	}
	for (size_t i = 0; i < f->n; i++) {
		uint32_t column = k[i].column;
		if (!column)
			continue;
		__builtin_prefetch(&m->start[column - 1]);
		float v = (f->v[i].value == 1 ? 1 : 1 + logf(f->v[i].value)) * m->idf[column - 1];
		block[n] = f->v[i].id & 1;
		sum[block[n]] += v * v;
		k[n++] = (struct known){column - 1, v};
	}
	for (size_t b = 0; b < FEAT_BLOCKS; b++)
		by[b] = sum[b] > 0 ? 1 / sqrtf(sum[b]) : 0;
	for (size_t i = 0; i < n; i++)
		k[i].value *= by[block[i]];
	return n;
}

/* What the message means, as the last columns. */
static size_t add_dense(const struct text_model *m, const struct feats *f, struct known *k,
			size_t n)
{
	float v[VECTORS_DIMS_MAX];
	uint32_t first = m->h->columns - m->h->dense;

	if (!m->vectors)
		return n;
	text_vectors_read(m->vectors, f, v);
	for (uint32_t d = 0; d < m->h->dense; d++)
		if (v[d] != 0)
			k[n++] = (struct known){first + d, v[d] * m->h->dense_by};
	return n;
}

static void linear_scores(const struct text_model *m, const struct known *k, size_t n, float *s)
{
	memset(s, 0, m->h->labels * sizeof *s);
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n) {
			uint32_t c = m->start[k[i + AHEAD].column];
			__builtin_prefetch(&m->cell_label[c]);
			__builtin_prefetch(&m->cell_weight[c]);
		}
		for (uint32_t c = m->start[k[i].column]; c < m->start[k[i].column + 1]; c++)
			s[m->cell_label[c]] += k[i].value * m->cell_weight[c];
	}
	for (size_t i = 0; i < m->h->labels; i++)
		s[i] = s[i] * m->scale[i] + m->bias[i];
}

static void layer_scores(const struct text_model *m, const struct layer *l, const struct known *k,
			 size_t n, float *s)
{
	float h[MODEL_HIDDEN_MAX];
	size_t size = m->h->hidden;

	memcpy(h, l->bias, size * sizeof *h);
	for (size_t i = 0; i < n; i++) {
		const int8_t *row = l->in + (size_t)k[i].column * size;
		if (i + AHEAD < n) {
			__builtin_prefetch(l->in + (size_t)k[i + AHEAD].column * size);
			__builtin_prefetch(&l->in_scale[k[i + AHEAD].column]);
		}
		float by = k[i].value * l->in_scale[k[i].column];
		for (size_t j = 0; j < size; j++)
			h[j] += by * row[j];
	}
	for (size_t j = 0; j < size; j++)
		h[j] = h[j] > 0 ? h[j] : 0;
	for (size_t i = 0; i < m->h->labels; i++) {
		const float *w = l->out + i * (size + 1);
		float sum = w[size];
		for (size_t j = 0; j < size; j++)
			sum += w[j] * h[j];
		s[i] = sum;
	}
}

static void log_softmax(float *s, size_t n)
{
	float top = s[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		top = s[i] > top ? s[i] : top;
	for (size_t i = 0; i < n; i++)
		sum += expf(s[i] - top);
	for (size_t i = 0; i < n; i++)
		s[i] -= top + logf(sum);
}

void text_model_scores(const struct text_model *m, const struct feats *f, float *linear,
		       float *layers)
{
	SCRATCH struct known k[FEAT_MAX + VECTORS_DIMS_MAX];
	size_t n = add_dense(m, f, k, weigh(m, f, k)), labels = m->h->labels;
	SCRATCH float one[MODEL_LABELS_MAX];

	linear_scores(m, k, n, linear);
	memset(layers, 0, labels * sizeof *layers);
	for (size_t i = 0; i < m->h->layers; i++) {
		layer_scores(m, &m->layer[i], k, n, one);
		if (m->h->kind == MODEL_ONE)
			log_softmax(one, labels);
		for (size_t j = 0; j < labels; j++)
			layers[j] += one[j] / (float)m->h->layers;
	}
}

void text_model_predict_feats(const struct text_model *m, const struct feats *f, float *p)
{
	SCRATCH float layers[MODEL_LABELS_MAX];
	size_t n = m->h->labels;

	text_model_scores(m, f, p, layers);
	for (size_t i = 0; i < n; i++)
		p[i] = p[i] * m->h->linear_by + layers[i] * m->h->layers_by;
	if (m->h->kind == MODEL_ONE)
		log_softmax(p, n);
	for (size_t i = 0; i < n; i++)
		p[i] = m->h->kind == MODEL_ONE ? expf(p[i]) : 1 / (1 + expf(-p[i]));
}

void text_model_predict(const struct text_model *m, struct feats *f, struct str text, float *p)
{
	feat_read(f, text, m->h->flags);
	text_model_predict_feats(m, f, p);
}
