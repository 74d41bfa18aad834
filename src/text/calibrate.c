/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scores of one row, mixed. */
static void mix_row(const struct held_out *h, size_t row, float a, float b, float *s)
{
	for (size_t k = 0; k < h->labels; k++)
		s[k] = a * h->linear[row * h->labels + k] + b * h->layers[row * h->labels + k];
}

static void softmax(float *s, size_t n)
{
	float top = s[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		top = s[i] > top ? s[i] : top;
	for (size_t i = 0; i < n; i++)
		sum += s[i] = expf(s[i] - top);
	for (size_t i = 0; i < n; i++)
		s[i] /= sum;
}

static double loss_several(const struct held_out *h, const float *s, size_t row)
{
	double loss = 0;

	for (size_t k = 0; k < h->labels; k++) {
		double z = h->y[row * h->labels + k] ? s[k] : -s[k];
		loss += z > 0 ? log1p(exp(-z)) : -z + log1p(exp(z));
	}
	return loss;
}

/* Mean loss of the mix; rows that belong to no label count only where several may hold. */
static double loss_of(const struct held_out *h, enum model_kind kind, float a, float b, float *s)
{
	double loss = 0;
	size_t n = 0;

	for (size_t row = 0; row < h->rows; row++) {
		mix_row(h, row, a, b, s);
		if (kind == MODEL_SEVERAL) {
			loss += loss_several(h, s, row);
			n++;
			continue;
		}
		softmax(s, h->labels);
		for (size_t k = 0; k < h->labels; k++)
			if (h->y[row * h->labels + k]) {
				loss -= log(s[k] + 1e-9f);
				n++;
				break;
			}
	}
	return loss / (double)(n ? n : 1);
}

static const size_t FEW = 40;
static const float LEAST = 0.5f; /* the linear part always has a say */

/* Pattern search over the two factors, steps halved each time nothing helps. */
static void fit_mix(struct arena *a, const struct held_out *h, enum model_kind kind, bool layers,
		    struct calibration *c)
{
	static const float moves[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
	float x[2] = {4, layers ? 0.6f : 0}, step[2] = {2, layers ? 0.3f : 0};
	float *s = NEWN(a, float, h->labels);
	double best = loss_of(h, kind, x[0], x[1], s);

	/* a handful of rows says nothing about how sure to be */
	if (h->rows < FEW)
		step[0] = 0;
	for (int round = 0; round < 40 && step[0] > 0.05f; round++) {
		bool moved = false;
		for (int i = 0; i < 4; i++) {
			float p = x[0] + moves[i][0] * step[0], q = x[1] + moves[i][1] * step[1];
			if (p < LEAST || q < 0 || q > p * h->layers_most ||
			    (moves[i][1] != 0 && !layers))
				continue;
			double loss = loss_of(h, kind, p, q, s);
			if (loss < best - 1e-6) {
				best = loss;
				x[0] = p;
				x[1] = q;
				moved = true;
			}
		}
		if (!moved) {
			step[0] /= 2;
			step[1] /= 2;
		}
	}
	c->linear_by = x[0];
	c->layers_by = x[1];
}

struct call {
	float p;
	bool wrong, missed; /* the first answer is wrong; none of the first three is right */
};

static int by_p_down(const void *a, const void *b)
{
	float x = ((const struct call *)a)->p, y = ((const struct call *)b)->p;

	return (x < y) - (x > y);
}

static struct call call_of(const struct held_out *h, size_t row, float *s)
{
	struct call c = {.wrong = true, .missed = true};
	const uint8_t *y = h->y + row * h->labels;
	size_t right = h->labels, above = 0;

	for (size_t k = 0; k < h->labels; k++) {
		c.p = s[k] > c.p ? s[k] : c.p;
		right = y[k] ? k : right;
	}
	if (right == h->labels)
		return c;
	for (size_t k = 0; k < h->labels; k++)
		above += s[k] > s[right];
	c.wrong = above > 0;
	c.missed = above > 2;
	return c;
}

/* The lowest probability at which what goes wrong stays within the share of all. */
static float lowest(const struct call *v, size_t n, bool missed, double share)
{
	size_t bad = 0;
	float at = 1;

	for (size_t i = 0; i < n; i++) {
		bad += missed ? v[i].missed : v[i].wrong;
		if ((double)bad > share * (double)n)
			break;
		at = v[i].p;
	}
	return at;
}

/* A threshold chosen on some rows does a little worse on others: aim lower than asked, and lower
 * still when rows from outside were seen, for there will be more of those. */
static const double MARGIN = 0.86, MARGIN_OUTSIDE = 0.5;

/* A handful of rows shows no wrong answer and nothing from outside: be sure then.  Of one label
 * alone the probability is always 1 and says nothing: it may be suggested, never answered. */
static const float SURE = 0.9f, NEVER = 2;

static bool has_outside(const struct held_out *h)
{
	for (size_t i = 0; i < h->rows; i++)
		if (!memchr(h->y + i * h->labels, 1, h->labels))
			return true;
	return false;
}

static void choose_one(struct arena *a, const struct held_out *h, double target,
		       struct calibration *c)
{
	struct call *v = NEWN(a, struct call, h->rows + 1);
	float *s = NEWN(a, float, h->labels);

	for (size_t i = 0; i < h->rows; i++) {
		mix_row(h, i, c->linear_by, c->layers_by, s);
		softmax(s, h->labels);
		v[i] = call_of(h, i, s);
	}
	qsort(v, h->rows, sizeof *v, by_p_down);
	bool outside = has_outside(h);
	double margin = outside ? MARGIN_OUTSIDE : MARGIN;
	c->answer_at = lowest(v, h->rows, false, target * margin);
	c->suggest_at = lowest(v, h->rows, true, target);
	if (c->suggest_at > c->answer_at)
		c->suggest_at = c->answer_at;
	if (h->few && !outside)
		c->answer_at = fmaxf(c->answer_at, SURE);
	if (h->labels == 1)
		c->answer_at = NEVER;
}

struct vote {
	float p;
	uint8_t y;
};

static int by_vote_down(const void *a, const void *b)
{
	float x = ((const struct vote *)a)->p, y = ((const struct vote *)b)->p;

	return (x < y) - (x > y);
}

/* The threshold of the best F1 of a label, drawn toward that of the whole when rows are few. */
static float best_f1(const struct vote *v, size_t n, size_t total)
{
	double best = -1;
	float at = 0.5f;

	for (size_t i = 0, hit = 0; i < n; i++) {
		hit += v[i].y;
		if (i + 1 < n && v[i + 1].p == v[i].p)
			continue;
		double f1 = 2.0 * (double)hit / ((double)(i + 1) + (double)total);
		if (f1 > best) {
			best = f1;
			at = i + 1 < n ? (v[i].p + v[i + 1].p) / 2 : v[i].p;
		}
	}
	return at;
}

/* Of two labels, from which probability the first is said for the best mean of both F1; half way
 * from 0.5, for few rows choose badly. */
static void choose_between(struct arena *a, const struct held_out *h, struct calibration *c)
{
	struct vote *v = NEWN(a, struct vote, h->rows + 1);
	double best = -1, n = (double)h->rows, first = 0, hit = 0, at = 0.5;
	float s[2];

	for (size_t i = 0; i < h->rows; i++) {
		mix_row(h, i, c->linear_by, c->layers_by, s);
		softmax(s, 2);
		v[i] = (struct vote){s[0], h->y[i * 2]};
		first += v[i].y;
	}
	qsort(v, h->rows, sizeof *v, by_vote_down);
	for (size_t i = 0; i + 1 < h->rows; i++) {
		hit += v[i].y;
		double said = (double)(i + 1), missed = first - hit;
		double f1 =
		    2 * hit / (said + first) + 2 * (n - said - missed) / (n - said + n - first);
		if (v[i + 1].p < v[i].p && f1 > best) {
			best = f1;
			at = (double)(v[i].p + v[i + 1].p) / 2;
		}
	}
	c->label_at[0] = (float)(at + 0.5) / 2;
	c->label_at[1] = 1 - c->label_at[0];
}

static void choose_several(struct arena *a, const struct held_out *h, struct calibration *c)
{
	struct vote *v = NEWN(a, struct vote, h->rows + 1);
	float *s = NEWN(a, float, h->labels);

	for (size_t k = 0; k < h->labels; k++) {
		size_t total = 0;
		for (size_t i = 0; i < h->rows; i++) {
			mix_row(h, i, c->linear_by, c->layers_by, s);
			v[i] = (struct vote){1 / (1 + expf(-s[k])), h->y[i * h->labels + k]};
			total += v[i].y != 0;
		}
		qsort(v, h->rows, sizeof *v, by_vote_down);
		c->label_at[k] = total ? best_f1(v, h->rows, total) : 0.9f;
	}
}

void calibrate(struct arena *a, const struct held_out *h, enum model_kind kind, double target,
	       struct calibration *c)
{
	bool layers = false;

	for (size_t i = 0; i < h->rows * h->labels && !layers; i++)
		layers = h->layers[i] != 0;
	c->label_at = NEWN(a, float, h->labels);
	c->answer_at = c->suggest_at = 0.5f;
	fit_mix(a, h, kind, layers, c);
	if (kind == MODEL_SEVERAL)
		choose_several(a, h, c);
	else
		choose_one(a, h, target, c);
	if (kind == MODEL_ONE && h->labels == 2)
		choose_between(a, h, c);
}
