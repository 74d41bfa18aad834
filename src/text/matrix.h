/* matrix.h - training rows as sparse vectors, and the two learners that read them.
 *
 * Everything is single-threaded and in one order, so that one seed gives one result. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/vectors.h"

struct cell {
	uint32_t column;
	float value;
};

/* Rows of cells; row i is cells[start[i]] up to cells[start[i + 1]]. */
struct matrix {
	size_t rows, columns;
	struct cell *cells;
	size_t *start;
	size_t dense;  /* of the columns, those at the end that have no id: what texts mean */
	uint32_t *ids; /* per column: the feature's id */
	float *idf;    /* per column */
	uint32_t *df;  /* rows it occurs in */
};

struct matrix_options {
	unsigned flags;
	uint32_t min_df[FEAT_BLOCKS];       /* features that occur in fewer texts are left out */
	double idf_power;                   /* idf counts to this power */
	const struct text_vectors *vectors; /* NULL for none: what each text means, as one more */
	float dense_by;                     /* block of columns, the last ones, of this length */
};

/* One vector a text, tf-idf, each block of length 1 (or less: see matrix.c). */
struct matrix matrix_of(struct arena *, const struct str *texts, size_t n,
			const struct matrix_options *);

/* What the learners are told.  A row has the labels y[row * labels + label] != 0. */
struct learn {
	const struct matrix *x;
	const uint8_t *y;
	const float *weight; /* per row, or NULL for 1 each; 0 leaves the row out */
	size_t labels;
	double c; /* linear: what a mistake costs */
	int epochs;
	uint64_t seed;
	bool by_label; /* linear: a rare label's rows cost more */
	bool margin;   /* linear: the right label against the others together, not each alone */
	bool multi;    /* layers: several labels a row (logistic) instead of one (softmax) */
};

/* One-against-rest, squared hinge, or (margin) the right label one ahead of the best other, hinge;
 * by dual co-ordinate descent over all labels at once.
 * w[column * stride + label], bias in the last row; stride is `trained` rounded up to 8. */
struct linear {
	size_t labels, stride, columns;
	size_t trained; /* labels, and one for rows without any where the margin was learned */
	float *w;
	float *cost; /* per label: of its own rows, against 1 for others */
};

void learn_linear(struct arena *, const struct learn *, struct linear *out);
void linear_score(const struct linear *, const struct cell *, size_t n, float *score);

/* One hidden layer over the sparse input, softmax or logistic out. */
enum { LAYER_HIDDEN = 64 };

struct layers {
	size_t labels, columns;
	float *in;   /* [column][LAYER_HIDDEN] */
	float *bias; /* [LAYER_HIDDEN] */
	float *out;  /* [label][LAYER_HIDDEN + 1], the bias last */
};

void learn_layers(struct arena *, const struct learn *, struct layers *out);
/* Scores are log-probabilities up to a constant (softmax) or log-odds (logistic). */
void layers_score(const struct layers *, const struct cell *, size_t n, float *score);
