/* SPDX-License-Identifier: Apache-2.0 */
#include "text/matrix.h"

#include <math.h>
#include <string.h>

static uint64_t next_random(uint64_t *s)
{
	uint64_t x = *s += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static float unit_random(uint64_t *s)
{
	return (float)(next_random(s) >> 40) / (float)(1 << 24);
}

static void shuffle(uint32_t *v, size_t n, uint64_t *seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = next_random(seed) % i;
		uint32_t t = v[i - 1];
		v[i - 1] = v[k];
		v[k] = t;
	}
}

/* The rows that count, in the order given. */
static size_t used_rows(const struct learn *l, uint32_t *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < l->x->rows; i++)
		if (!l->weight || l->weight[i] > 0)
			rows[n++] = (uint32_t)i;
	return n;
}

static void add_scaled(float *restrict to, const float *restrict from, float by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i] * by;
}

/* One row's step for all labels; the largest change that was wanted. */
static float linear_step(const struct learn *l, struct linear *m, size_t row, float *restrict alpha,
			 float *restrict g)
{
	const struct cell *c = l->x->cells + l->x->start[row];
	size_t n = l->x->start[row + 1] - l->x->start[row];
	float cost = (float)l->c * (l->weight ? l->weight[row] : 1), q = 1;
	float *bias = m->w + m->columns * m->stride, worst = 0;
	const uint8_t *y = l->y + row * l->labels;

	memcpy(g, bias, m->stride * sizeof *g);
	for (size_t k = 0; k < n; k++) {
		add_scaled(g, m->w + c[k].column * m->stride, c[k].value, m->stride);
		q += c[k].value * c[k].value;
	}
	for (size_t k = 0; k < l->labels; k++) {
		float sign = y[k] ? 1.0f : -1.0f;
		float diag = 0.5f / (y[k] ? cost * m->cost[k] : cost);
		float grad = sign * g[k] - 1 + alpha[k] * diag;
		float to = alpha[k] - grad / (q + diag);
		to = to > 0 ? to : 0;
		float d = to - alpha[k];
		alpha[k] = to;
		g[k] = d * sign;
		worst = fabsf(d) > worst ? fabsf(d) : worst;
	}
	if (worst < 1e-5f)
		return worst;
	add_scaled(bias, g, 1, m->stride);
	for (size_t k = 0; k < n; k++)
		add_scaled(m->w + c[k].column * m->stride, g, c[k].value, m->stride);
	return worst;
}

/* The level down to which a vessel of these floors holds so much: the sum of d - level over what
 * rises above the level is room. */
static float level_of(const float *d, size_t n, float room)
{
	float level = -INFINITY, next = level;

	do {
		float sum = -room;
		size_t above = 0;
		level = next;
		for (size_t k = 0; k < n; k++) {
			sum += d[k] > level ? d[k] : 0;
			above += d[k] > level;
		}
		next = above ? sum / (float)above : level;
	} while (next > level);
	return level;
}

static size_t right_label(const struct learn *l, size_t row)
{
	const uint8_t *y = memchr(l->y + row * l->labels, 1, l->labels);

	return y ? (size_t)(y - (l->y + row * l->labels)) : l->labels;
}

/* One row's step: what its labels together may take or give is bounded by the row's cost, so all
 * of them are set at once. */
static float margin_step(const struct learn *l, struct linear *m, size_t row, float *restrict alpha,
			 float *restrict g)
{
	const struct cell *c = l->x->cells + l->x->start[row];
	size_t n = l->x->start[row + 1] - l->x->start[row], right = right_label(l, row);
	float cost = (float)l->c * (l->weight ? l->weight[row] : 1), q = 1;
	float *bias = m->w + m->columns * m->stride, *d = g + m->stride, worst = 0;

	memcpy(g, bias, m->stride * sizeof *g);
	for (size_t k = 0; k < n; k++) {
		add_scaled(g, m->w + c[k].column * m->stride, c[k].value, m->stride);
		q += c[k].value * c[k].value;
	}
	for (size_t k = 0; k < m->trained; k++) {
		g[k] += (k == right ? 0 : 1) - q * alpha[k];
		d[k] = g[k] + (k == right ? q * cost : 0);
	}
	float level = level_of(d, m->trained, q * cost);
	for (size_t k = 0; k < m->trained; k++) {
		float to = (level - g[k]) / q, most = k == right ? cost : 0;
		to = to < most ? to : most;
		g[k] = to - alpha[k];
		alpha[k] = to;
		worst = fabsf(g[k]) > worst ? fabsf(g[k]) : worst;
	}
	if (worst < 1e-5f)
		return worst;
	add_scaled(bias, g, 1, m->stride);
	for (size_t k = 0; k < n; k++)
		add_scaled(m->w + c[k].column * m->stride, g, c[k].value, m->stride);
	return worst;
}

static bool any_outside(const struct learn *l, const uint32_t *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (right_label(l, rows[i]) == l->labels)
			return true;
	return false;
}

/* How much more a row with the label costs than one without: the root of the odds, at most 6. */
static float rarity(const struct learn *l, const uint32_t *rows, size_t n, size_t label)
{
	size_t has = 1;

	for (size_t i = 0; i < n; i++)
		has += l->y[rows[i] * l->labels + label] != 0;
	float odds = sqrtf((float)(n - has + 2) / (float)has);
	return odds < 1 ? 1 : odds > 6 ? 6 : odds;
}

void learn_linear(struct arena *a, const struct learn *l, struct linear *m)
{
	uint64_t seed = l->seed + 1;
	uint32_t *rows = NEWN(a, uint32_t, l->x->rows + 1);
	size_t n = used_rows(l, rows);

	m->labels = l->labels;
	/* outsiders are a label of their own while the margin is learned */
	m->trained = l->labels + (l->margin && any_outside(l, rows, n));
	m->stride = (m->trained + 7) / 8 * 8;
	m->columns = l->x->columns;
	m->w = NEWN(a, float, (m->columns + 1) * m->stride);
	m->cost = NEWN(a, float, l->labels);
	for (size_t k = 0; k < l->labels; k++)
		m->cost[k] = l->by_label ? rarity(l, rows, n, k) : 1;
	float *alpha = NEWN(a, float, l->x->rows * m->stride), *g = NEWN(a, float, m->stride * 2);
	for (int e = 0; e < l->epochs; e++) {
		float worst = 0;
		shuffle(rows, n, &seed);
		for (size_t i = 0; i < n; i++) {
			float *own = alpha + rows[i] * m->stride;
			float d = l->margin ? margin_step(l, m, rows[i], own, g)
					    : linear_step(l, m, rows[i], own, g);
			worst = d > worst ? d : worst;
		}
		if (worst < 0.02f * (float)l->c)
			break;
	}
}

void linear_score(const struct linear *m, const struct cell *c, size_t n, float *score)
{
	const float *bias = m->w + m->columns * m->stride;

	memcpy(score, bias, m->labels * sizeof *score);
	for (size_t k = 0; k < n; k++)
		add_scaled(score, m->w + c[k].column * m->stride, c[k].value, m->labels);
}

/* State of training one hidden layer.  Each weight's step shrinks with what its row has
 * already moved (row-wise AdaGrad). */
struct trainer {
	const struct learn *l;
	struct layers *m;
	float *in_sum, *out_sum, bias_sum; /* squared gradients so far */
	float *h, *dh, *p;
	uint8_t *kept; /* hidden units not dropped in this step */
	struct cell *cells;
	uint64_t seed;
	float rate;
};

enum { H = LAYER_HIDDEN };

static float dot(const float *restrict a, const float *restrict b)
{
	float s[8] = {0};

	for (size_t i = 0; i < H; i += 8)
		for (size_t k = 0; k < 8; k++)
			s[k] += a[i + k] * b[i + k];
	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

static void hidden_of(const struct layers *m, const struct cell *c, size_t n, float *h)
{
	memcpy(h, m->bias, H * sizeof *h);
	for (size_t k = 0; k < n; k++)
		add_scaled(h, m->in + c[k].column * H, c[k].value, H);
	for (size_t i = 0; i < H; i++)
		h[i] = h[i] > 0 ? h[i] : 0;
}

void layers_score(const struct layers *m, const struct cell *c, size_t n, float *score)
{
	float h[H];

	hidden_of(m, c, n, h);
	for (size_t k = 0; k < m->labels; k++)
		score[k] = dot(m->out + k * (H + 1), h) + m->out[k * (H + 1) + H];
}

/* Softmax with smoothed labels: the gradient of each output is p - wanted. */
static void output_gradient(struct trainer *t, const uint8_t *y)
{
	size_t n = t->m->labels;
	float top = t->p[0], sum = 0, eps = 0.1f;

	if (t->l->multi) {
		for (size_t k = 0; k < n; k++)
			t->p[k] = 1 / (1 + expf(-t->p[k])) - (y[k] ? 0.97f : 0.01f);
		return;
	}
	for (size_t k = 1; k < n; k++)
		top = t->p[k] > top ? t->p[k] : top;
	for (size_t k = 0; k < n; k++)
		sum += t->p[k] = expf(t->p[k] - top);
	bool any = memchr(y, 1, n) != NULL;
	eps = any ? eps : 1; /* what belongs to no label should look like none of them */
	for (size_t k = 0; k < n; k++)
		t->p[k] = t->p[k] / sum - (y[k] ? 1 - eps : 0) - eps / (float)n;
}

static void layer_step(struct trainer *t, size_t row)
{
	const struct matrix *x = t->l->x;
	struct layers *m = t->m;
	size_t n = 0;
	float weight = t->l->weight ? t->l->weight[row] : 1;

	for (size_t k = x->start[row]; k < x->start[row + 1]; k++)
		if (unit_random(&t->seed) > 0.3f)
			t->cells[n++] = (struct cell){x->cells[k].column, x->cells[k].value / 0.7f};
	hidden_of(m, t->cells, n, t->h);
	for (size_t i = 0; i < H; i += 8) {
		uint64_t bits = next_random(&t->seed);
		for (size_t k = 0; k < 8; k++, bits >>= 8) {
			t->kept[i + k] = (bits & 255) >= 77 && t->h[i + k] > 0;
			t->h[i + k] = t->kept[i + k] ? t->h[i + k] / 0.7f : 0;
		}
	}
	for (size_t k = 0; k < m->labels; k++)
		t->p[k] = dot(m->out + k * (H + 1), t->h) + m->out[k * (H + 1) + H];
	output_gradient(t, t->l->y + row * t->l->labels);
	memset(t->dh, 0, H * sizeof *t->dh);
	float size = dot(t->h, t->h) + 1;
	for (size_t k = 0; k < m->labels; k++) {
		float g = t->p[k] * weight, *w = m->out + k * (H + 1);
		if (fabsf(g) < 1e-4f)
			continue;
		add_scaled(t->dh, w, g, H);
		t->out_sum[k] += g * g * size / H;
		float step = -t->rate * g / sqrtf(t->out_sum[k] + 1e-3f);
		add_scaled(w, t->h, step, H);
		w[H] += step;
	}
	float norm = 0;
	for (size_t i = 0; i < H; i++) {
		t->dh[i] = t->kept[i] ? t->dh[i] / 0.7f : 0;
		norm += t->dh[i] * t->dh[i];
	}
	norm /= H;
	for (size_t k = 0; k < n; k++) {
		float v = t->cells[k].value, *sum = &t->in_sum[t->cells[k].column];
		*sum += norm * v * v;
		add_scaled(m->in + t->cells[k].column * H, t->dh,
			   -t->rate * v / sqrtf(*sum + 1e-7f), H);
	}
	t->bias_sum += norm;
	add_scaled(m->bias, t->dh, -t->rate / sqrtf(t->bias_sum + 1e-3f), H);
}

void learn_layers(struct arena *a, const struct learn *l, struct layers *m)
{
	struct trainer t = {.l = l, .m = m, .seed = l->seed * 77 + 5};
	uint32_t *rows = NEWN(a, uint32_t, l->x->rows + 1);
	size_t n = used_rows(l, rows), cols = l->x->columns;

	*m = (struct layers){.labels = l->labels, .columns = cols};
	m->in = NEWN(a, float, cols *H);
	m->bias = NEWN(a, float, H);
	m->out = NEWN(a, float, l->labels *(H + 1));
	for (size_t i = 0; i < cols * H; i++)
		m->in[i] = (unit_random(&t.seed) - 0.5f) * 0.2f;
	for (size_t i = 0; i < l->labels * (H + 1); i++)
		m->out[i] = (unit_random(&t.seed) - 0.5f) * 0.2f;
	t.in_sum = NEWN(a, float, cols);
	t.out_sum = NEWN(a, float, l->labels);
	t.h = NEWN(a, float, H);
	t.dh = NEWN(a, float, H);
	t.kept = NEWN(a, uint8_t, H);
	t.p = NEWN(a, float, l->labels);
	t.cells = NEWN(a, struct cell, FEAT_MAX + VECTORS_DIMS_MAX);
	for (int e = 0; e < l->epochs; e++) {
		t.rate = 0.1f * (1 - (float)e / (float)l->epochs * 0.95f);
		shuffle(rows, n, &t.seed);
		for (size_t i = 0; i < n; i++)
			layer_step(&t, rows[i]);
	}
}
