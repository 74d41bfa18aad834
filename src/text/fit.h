/* fit.h - from labelled messages to a model's bytes: learn, calibrate, choose thresholds, pack.
 *
 * One seed and the same rows give the same bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/matrix.h"
#include "text/model.h"

struct fit_set {
	size_t rows;
	struct str *texts;
	uint8_t *y;         /* [row][label]; a row without any label belongs to none of them */
	float *weight;      /* per row; NULL for 1 each */
	struct strs labels; /* the same order in every set that belongs together */
};

struct fit_options {
	enum model_kind kind;
	unsigned flags;
	double c;         /* what a mistake costs the linear part */
	bool margin;      /* the linear part tells labels from each other, not each from the rest */
	int layers;       /* hidden layers to average, 0 for a linear model alone */
	int layer_epochs; /* 0 lets the number of rows decide */
	double idf_power; /* rare features weigh more: 1 as idf says, 0 not at all */
	uint32_t min_df;  /* 0 lets the number of rows decide */
	uint64_t seed;
	double target_wrong; /* of all messages, those that may get a wrong answer */
	int folds;           /* of the cross-validation that calibrates when there is no dev set */
	bool cost_by_label;  /* rare labels' mistakes cost more (MODEL_SEVERAL) */
	int prune;           /* weights of this many steps of 127 or fewer are left out */
	const struct text_vectors *vectors; /* what texts mean, or NULL */
	float dense_by; /* how much that counts, against 1 for words; 0 lets the rows decide */
	const struct fit_set *also; /* learned from too, once thresholds are chosen, or NULL */
};

struct fit_options fit_defaults(enum model_kind);

/* dev may be NULL: then cross-validation on the set itself.  The bytes belong to the arena. */
enum err fit_model(struct arena *, const struct fit_set *set, const struct fit_set *dev,
		   const struct fit_options *, struct str *bytes) MUST;

/* What is measured on held-out rows before thresholds are chosen. */
struct held_out {
	size_t rows, labels;
	float *linear, *layers; /* [row][label] */
	const uint8_t *y;
	bool few;          /* examples of a label, and none set aside to measure on */
	float layers_most; /* the factor of the layers is at most this part of the linear one's */
};

struct calibration {
	float linear_by, layers_by, answer_at, suggest_at;
	float *label_at; /* [labels]: of two that exclude each other, for the best macro-F1 */
};

void calibrate(struct arena *, const struct held_out *, enum model_kind, double target_wrong,
	       struct calibration *out);

/* The bytes of a model that was learned. */
struct learned {
	const struct matrix *x;
	const struct linear *linear;
	const struct layers *layers;
	size_t layer_count;
	float dense_by;
	const struct fit_set *set;
	const struct fit_options *o;
};

struct str pack_model(struct arena *, const struct learned *, const struct calibration *);
