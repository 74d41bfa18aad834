/* SPDX-License-Identifier: Apache-2.0 */
#include "text/matrix.h"

#include <math.h>
#include <string.h>

/* Columns by feature id while they are found: open addressing, doubled when half full. */
struct index {
	struct arena *a;
	uint32_t *ids, *column; /* column + 1 */
	size_t cap, n;
	uint32_t *df, *by_column;
	size_t columns_cap;
};

static size_t slot_of(const struct index *x, uint32_t id)
{
	size_t at = (id * 0x9e3779b1u) & (x->cap - 1);

	while (x->column[at] && x->ids[at] != id)
		at = (at + 1) & (x->cap - 1);
	return at;
}

static void grow(struct index *x)
{
	struct index old = *x;

	x->cap = old.cap ? old.cap * 2 : 1 << 16;
	x->ids = NEWN(x->a, uint32_t, x->cap);
	x->column = NEWN(x->a, uint32_t, x->cap);
	for (size_t i = 0; i < old.cap; i++)
		if (old.column[i]) {
			size_t at = slot_of(x, old.ids[i]);
			x->ids[at] = old.ids[i];
			x->column[at] = old.column[i];
		}
	x->df = NEWN(x->a, uint32_t, x->cap / 2 + 1);
	x->by_column = NEWN(x->a, uint32_t, x->cap / 2 + 1);
	if (x->n) {
		memcpy(x->df, old.df, x->n * sizeof *x->df);
		memcpy(x->by_column, old.by_column, x->n * sizeof *x->by_column);
	}
}

static uint32_t column_of(struct index *x, uint32_t id)
{
	if (x->n >= x->cap / 2)
		grow(x);
	size_t at = slot_of(x, id);
	if (!x->column[at]) {
		x->ids[at] = id;
		x->by_column[x->n] = id;
		x->column[at] = (uint32_t)++x->n;
	}
	return x->column[at] - 1;
}

struct cells {
	struct arena *a;
	struct cell *v;
	size_t n, cap;
};

static void add_cell(struct cells *c, struct cell k)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 1 << 16;
		struct cell *v = NEWN(c->a, struct cell, cap);
		if (c->n)
			memcpy(v, c->v, c->n * sizeof *v);
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n++] = k;
}

/* Dense cells have these columns until the sparse ones are numbered. */
static const uint32_t DENSE = 0xffff0000u;

static void add_dense(struct cells *c, const struct feats *f, const struct matrix_options *o)
{
	float v[VECTORS_DIMS_MAX];

	text_vectors_read(o->vectors, f, v);
	for (size_t d = 0; d < text_vectors_dims(o->vectors); d++)
		if (v[d] != 0)
			add_cell(c, (struct cell){DENSE + (uint32_t)d, v[d] * o->dense_by});
}

static void read_rows(struct matrix *m, struct index *x, struct cells *c, const struct str *texts,
		      const struct matrix_options *o)
{
	struct feats *f = NEW(x->a, struct feats);

	for (size_t i = 0; i < m->rows; i++) {
		feat_read(f, texts[i], o->flags);
		m->start[i] = c->n;
		for (size_t k = 0; k < f->n; k++) {
			uint32_t column = column_of(x, f->v[k].id);
			x->df[column]++;
			add_cell(c, (struct cell){column, f->v[k].value});
		}
		if (o->vectors)
			add_dense(c, f, o);
	}
	m->start[m->rows] = c->n;
}

/* Leave out what is too rare; number the rest anew, in the order found. */
static void drop_rare(struct matrix *m, const struct index *x, struct arena *a,
		      const struct matrix_options *o)
{
	uint32_t *to = NEWN(a, uint32_t, x->n + 1);
	size_t n = 0, out = 0;

	m->ids = NEWN(a, uint32_t, x->n + 1);
	m->df = NEWN(a, uint32_t, x->n + 1);
	m->idf = NEWN(a, float, x->n + 1);
	for (size_t i = 0; i < x->n; i++) {
		if (x->df[i] < o->min_df[x->by_column[i] & 1])
			continue;
		to[i] = (uint32_t)n + 1;
		m->ids[n] = x->by_column[i];
		m->df[n] = x->df[i];
		double idf = log((1.0 + (double)m->rows) / (1.0 + x->df[i])) + 1.0;
		m->idf[n] = (float)(o->idf_power == 1 ? idf : pow(idf, o->idf_power));
		n++;
	}
	m->dense = o->vectors ? text_vectors_dims(o->vectors) : 0;
	m->columns = n + m->dense;
	for (size_t i = 0, from = 0; i < m->rows; i++) {
		size_t end = m->start[i + 1];
		m->start[i] = out;
		for (; from < end; from++) {
			struct cell c = m->cells[from];
			if (c.column >= DENSE)
				m->cells[out++] =
				    (struct cell){(uint32_t)n + c.column - DENSE, c.value};
			else if (to[c.column])
				m->cells[out++] = (struct cell){to[c.column] - 1, c.value};
		}
	}
	m->start[m->rows] = out;
}

/* tf-idf, each block scaled to length 1. */
static void weigh(struct matrix *m)
{
	for (size_t i = 0; i < m->rows; i++) {
		double sum[FEAT_BLOCKS] = {0};
		struct cell *c = m->cells + m->start[i];
		size_t n = m->start[i + 1] - m->start[i];
		while (n && c[n - 1].column >= m->columns - m->dense)
			n--;
		for (size_t k = 0; k < n; k++) {
			c[k].value = (1 + logf(c[k].value)) * m->idf[c[k].column];
			sum[m->ids[c[k].column] & 1] += (double)c[k].value * c[k].value;
		}
		for (size_t k = 0; k < n; k++)
			c[k].value /= (float)sqrt(sum[m->ids[c[k].column] & 1]);
	}
}

struct matrix matrix_of(struct arena *a, const struct str *texts, size_t n,
			const struct matrix_options *o)
{
	struct matrix m = {.rows = n, .start = NEWN(a, size_t, n + 2)};
	struct index x = {.a = a};
	struct cells c = {.a = a};

	grow(&x);
	read_rows(&m, &x, &c, texts, o);
	m.cells = c.v;
	drop_rare(&m, &x, a, o);
	weigh(&m);
	return m;
}
