/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"
#include "text/model_file.h"

#include "base/buf.h"

#include <math.h>
#include <string.h>

/* The file while it is put together; sections are added in order, aligned. */
struct file {
	struct arena *a;
	char *p;
	size_t n, cap;
};

static void *room(struct file *f, size_t n, uint32_t *at)
{
	size_t need = f->n + (n + 7) / 8 * 8;

	if (need > f->cap) {
		size_t cap = need * 2;
		char *p = NEWN(f->a, char, cap);
		if (f->n)
			memcpy(p, f->p, f->n);
		f->p = p;
		f->cap = cap;
	}
	*at = (uint32_t)f->n;
	f->n = need;
	return f->p + *at;
}

static void put_floats(struct file *f, const float *v, size_t n, uint32_t *at)
{
	float *to = room(f, n * 4, at);

	if (n)
		memcpy(to, v, n * 4);
}

static void put_names(struct file *f, struct model_head *h, const struct strs *labels)
{
	size_t n = 0;

	for (size_t i = 0; i < labels->n; i++)
		n += labels->v[i].n;
	uint32_t *end = room(f, labels->n * 4 + n, &h->names);
	char *to = (char *)(end + labels->n);
	size_t at = 0;
	for (size_t i = 0; i < labels->n; i++) {
		memcpy(to + at, labels->v[i].p, labels->v[i].n);
		at += labels->v[i].n;
		end[i] = (uint32_t)at;
	}
	h->names_size = (uint32_t)n;
}

static void put_slots(struct file *f, struct model_head *h, const struct matrix *x)
{
	uint32_t slots = 64;

	size_t n = x->columns - x->dense; /* dense columns have no id */

	while (slots < n * 2)
		slots *= 2;
	h->slots = slots;
	struct model_slot *s = room(f, slots * sizeof *s, &h->slot);
	memset(s, 0, slots * sizeof *s);
	for (size_t i = 0; i < n; i++) {
		uint32_t at = (x->ids[i] * 0x9e3779b1u) & (slots - 1);
		while (s[at].column)
			at = (at + 1) & (slots - 1);
		s[at] = (struct model_slot){x->ids[i], (uint32_t)i + 1};
	}
}

static int8_t step_of(float w, float scale)
{
	return (int8_t)lrintf(w / scale);
}

static void put_linear(struct file *f, struct model_head *h, const struct learned *l)
{
	const struct linear *m = l->linear;
	float *scale = NEWN(f->a, float, m->labels), *bias = NEWN(f->a, float, m->labels);
	uint32_t cells = 0;

	for (size_t k = 0; k < m->labels; k++) {
		float top = 1e-9f;
		for (size_t c = 0; c < m->columns; c++)
			top = fmaxf(top, fabsf(m->w[c * m->stride + k]));
		scale[k] = top / 127;
		bias[k] = m->w[m->columns * m->stride + k];
	}
	put_floats(f, scale, m->labels, &h->scale);
	put_floats(f, bias, m->labels, &h->bias);
	uint16_t *label = NEWN(f->a, uint16_t, m->columns * m->labels);
	int8_t *weight = NEWN(f->a, int8_t, m->columns * m->labels);
	uint32_t *start = NEWN(f->a, uint32_t, m->columns + 1);
	for (size_t c = 0; c < m->columns; c++) {
		start[c] = cells;
		for (size_t k = 0; k < m->labels; k++) {
			int8_t q = step_of(m->w[c * m->stride + k], scale[k]);
			if (q > l->o->prune || q < -l->o->prune) {
				label[cells] = (uint16_t)k;
				weight[cells++] = q;
			}
		}
	}
	start[m->columns] = cells;
	h->cells = cells;
	memcpy(room(f, (m->columns + 1) * 4, &h->start), start, (m->columns + 1) * 4);
	memcpy(room(f, cells * 2ul, &h->cell_label), label, cells * 2ul);
	memcpy(room(f, cells, &h->cell_weight), weight, cells);
}

static void put_layer(char *p, const struct layers *m)
{
	enum { H = LAYER_HIDDEN };
	float *scale = (float *)p, *bias = scale + m->columns, *out = bias + H;
	int8_t *in = (int8_t *)(out + m->labels * (H + 1));

	memcpy(bias, m->bias, H * 4);
	memcpy(out, m->out, m->labels * (H + 1) * 4);
	for (size_t c = 0; c < m->columns; c++) {
		const float *row = m->in + c * H;
		float top = 1e-9f;
		for (size_t i = 0; i < H; i++)
			top = fmaxf(top, fabsf(row[i]));
		scale[c] = top / 127;
		for (size_t i = 0; i < H; i++)
			in[c * H + i] = step_of(row[i], scale[c]);
	}
}

struct str pack_model(struct arena *a, const struct learned *l, const struct calibration *k)
{
	struct file f = {.a = a};
	struct model_head h = {.version = MODEL_VERSION,
			       .kind = l->o->kind,
			       .flags = l->o->flags,
			       .labels = (uint32_t)l->set->labels.n,
			       .columns = (uint32_t)l->x->columns,
			       .layers = (uint32_t)l->layer_count,
			       .hidden = LAYER_HIDDEN,
			       .linear_by = k->linear_by,
			       .layers_by = k->layers_by,
			       .answer_at = k->answer_at,
			       .suggest_at = k->suggest_at,
			       .dense = (uint32_t)l->x->dense};
	uint32_t at;

	if (l->o->vectors) {
		h.dense_by = l->dense_by;
		h.vectors = text_vectors_sum(l->o->vectors);
	}
	memcpy(h.magic, model_magic, sizeof h.magic);
	(void)room(&f, sizeof h, &at);
	put_names(&f, &h, &l->set->labels);
	put_floats(&f, k->label_at, h.labels, &h.label_at);
	put_slots(&f, &h, l->x);
	put_floats(&f, l->x->idf, h.columns - h.dense, &h.idf);
	put_linear(&f, &h, l);
	for (size_t i = 0; i < l->layer_count; i++) {
		size_t n = model_layer_size(&h);
		char *p = room(&f, n, &at);
		memset(p, 0, n);
		put_layer(p, &l->layers[i]);
		h.layer = i == 0 ? at : h.layer;
	}
	h.size = f.n;
	h.sum = model_sum(f.p + sizeof h, f.n - sizeof h);
	memcpy(f.p, &h, sizeof h);
	return (struct str){f.p, f.n};
}
