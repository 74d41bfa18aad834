/* SPDX-License-Identifier: Apache-2.0 */
#include "text/matrix.h"
#include "text/vectors_file.h"

#include <math.h>
#include <string.h>

/* Ridge regression from a text's weighed features to its wanted vector, all dimensions at once by
 * conjugate gradients.  Matrices are [column][dims]. */
struct ridge {
	const struct matrix *x;
	const float *target;
	size_t dims;
	float *w, *residual, *step, *product;
};

static const float RIDGE = 0.5f;
enum { ROUNDS = 40, FLAGS = FEAT_WORDS | FEAT_GRAMS, WORD_DF = 4, GRAM_DF = 30 };

static void add(float *restrict to, const float *restrict from, float by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i] * by;
}

/* out += for each row its features times `of` that row. */
static void spread(const struct ridge *r, size_t row, const float *of, float *out)
{
	for (size_t k = r->x->start[row]; k < r->x->start[row + 1]; k++)
		add(out + r->x->cells[k].column * r->dims, of, r->x->cells[k].value, r->dims);
}

/* product = (features' features + ridge) step */
static void multiply(struct ridge *r)
{
	float sum[VECTORS_DIMS_MAX];

	for (size_t i = 0; i < r->x->columns * r->dims; i++)
		r->product[i] = RIDGE * r->step[i];
	for (size_t row = 0; row < r->x->rows; row++) {
		memset(sum, 0, sizeof sum);
		for (size_t k = r->x->start[row]; k < r->x->start[row + 1]; k++)
			add(sum, r->step + r->x->cells[k].column * r->dims, r->x->cells[k].value,
			    r->dims);
		spread(r, row, sum, r->product);
	}
}

/* Per dimension, the sum over columns of a times b. */
static void dots(const struct ridge *r, const float *a, const float *b, double *out)
{
	memset(out, 0, r->dims * sizeof *out);
	for (size_t c = 0; c < r->x->columns; c++)
		for (size_t d = 0; d < r->dims; d++)
			out[d] += (double)a[c * r->dims + d] * (double)b[c * r->dims + d];
}

static void solve(struct arena *a, struct ridge *r)
{
	double now[VECTORS_DIMS_MAX], then[VECTORS_DIMS_MAX], along[VECTORS_DIMS_MAX];
	size_t n = r->x->columns * r->dims, dims = r->dims;

	r->w = NEWN(a, float, n);
	r->residual = NEWN(a, float, n);
	r->step = NEWN(a, float, n);
	r->product = NEWN(a, float, n);
	for (size_t row = 0; row < r->x->rows; row++)
		spread(r, row, r->target + row * dims, r->residual);
	memcpy(r->step, r->residual, n * sizeof *r->step);
	dots(r, r->residual, r->residual, now);
	for (int round = 0; round < ROUNDS; round++) {
		multiply(r);
		dots(r, r->step, r->product, along);
		for (size_t i = 0; i < n; i++) {
			double by = along[i % dims] > 0 ? now[i % dims] / along[i % dims] : 0;
			r->w[i] += (float)by * r->step[i];
			r->residual[i] -= (float)by * r->product[i];
		}
		memcpy(then, now, sizeof then);
		dots(r, r->residual, r->residual, now);
		for (size_t i = 0; i < n; i++)
			r->step[i] = r->residual[i] +
				     (then[i % dims] > 0
					  ? (float)(now[i % dims] / then[i % dims]) * r->step[i]
					  : 0);
	}
}

static void put_slots(const struct matrix *x, struct model_slot *s, uint32_t slots)
{
	for (size_t i = 0; i < x->columns; i++) {
		uint32_t at = (x->ids[i] * 0x9e3779b1u) & (slots - 1);
		while (s[at].column)
			at = (at + 1) & (slots - 1);
		s[at] = (struct model_slot){x->ids[i], (uint32_t)i + 1};
	}
}

static void put_cells(const struct ridge *r, float *scale, int8_t *cell)
{
	for (size_t c = 0; c < r->x->columns; c++) {
		const float *row = r->w + c * r->dims;
		float top = 1e-9f;
		for (size_t d = 0; d < r->dims; d++)
			top = fmaxf(top, fabsf(row[d]));
		scale[c] = top / 127;
		for (size_t d = 0; d < r->dims; d++)
			cell[c * r->dims + d] = (int8_t)lrintf(row[d] / scale[c]);
	}
}

static uint32_t whole(size_t n)
{
	return (uint32_t)((n + 7) / 8 * 8);
}

static struct str pack(struct arena *a, const struct ridge *r)
{
	size_t n = r->x->columns;
	struct vectors_head h = {.version = VECTORS_VERSION,
				 .dims = (uint32_t)r->dims,
				 .units = (uint32_t)n,
				 .slots = 64,
				 .slot = whole(sizeof h)};

	while (h.slots < n + n / 4)
		h.slots *= 2;
	h.idf = h.slot + whole(h.slots * sizeof(struct model_slot));
	h.scale = h.idf + whole(n * 4);
	h.cell = h.scale + whole(n * 4);
	h.size = h.cell + whole(n * r->dims);
	char *p = NEWN(a, char, h.size);
	memcpy(h.magic, vectors_magic, sizeof h.magic);
	put_slots(r->x, (struct model_slot *)(p + h.slot), h.slots);
	memcpy(p + h.idf, r->x->idf, n * 4);
	put_cells(r, (float *)(p + h.scale), (int8_t *)(p + h.cell));
	h.sum = model_sum(p + sizeof h, h.size - sizeof h);
	memcpy(p, &h, sizeof h);
	return (struct str){p, h.size};
}

enum err text_vectors_fit(struct arena *a, const struct strs *texts, const float *target,
			  size_t dims, struct str *bytes)
{
	const struct matrix_options o = {
	    .flags = FLAGS, .min_df = {WORD_DF, GRAM_DF}, .idf_power = 1};

	if (texts->n == 0 || dims == 0 || dims > VECTORS_DIMS_MAX)
		return E_INVALID;
	struct matrix x = matrix_of(a, texts->v, texts->n, &o);
	if (x.columns == 0)
		return E_INVALID;
	struct ridge r = {.x = &x, .target = target, .dims = dims};
	solve(a, &r);
	*bytes = pack(a, &r);
	return E_OK;
}
