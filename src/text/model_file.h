/* model_file.h - the bytes of a model, for model.c that reads and pack.c that writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/model.h"

/* All numbers little-endian, as on every machine we run on; offsets in bytes from the start,
 * each a multiple of 8. */
struct model_head {
	char magic[8];
	uint64_t size, sum; /* of the file; of all bytes after the head */
	uint32_t version, kind, flags;
	uint32_t labels, columns, slots, cells, layers, hidden;
	float linear_by, layers_by; /* what scores are multiplied with before they are added */
	float answer_at, suggest_at;
	uint32_t dense;   /* of the columns, the last ones: what the text means, by the vectors */
	uint64_t vectors; /* the checksum of the word vectors it was trained with, or 0 */
	/* offsets */
	uint32_t names; /* uint32 end[labels], then the bytes */
	uint32_t names_size;
	uint32_t label_at;    /* float[labels] */
	uint32_t scale;       /* float[labels]: of the linear weights */
	uint32_t bias;        /* float[labels] */
	uint32_t slot;        /* struct model_slot[slots], slots a power of two */
	uint32_t idf;         /* float[columns - dense] */
	uint32_t start;       /* uint32[columns + 1] into the cells */
	uint32_t cell_label;  /* uint16[cells] */
	uint32_t cell_weight; /* int8[cells] */
	uint32_t layer;       /* layers times struct of parts below */
	float dense_by;       /* the length of that vector */
};

struct model_slot {
	uint32_t id, column; /* column + 1; 0 for an empty slot */
};

/* One layer: float in_scale[columns], float bias[hidden], float out[labels][hidden + 1], int8
 * in[columns][hidden], the whole rounded up to 8. */
size_t model_layer_size(const struct model_head *);
uint64_t model_sum(const void *, size_t n);

static const char model_magic[8] = "AFTXMDL";
