/* vectors_file.h - the bytes of word vectors, for vectors.c that reads and vectors_fit.c that
 * writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/model_file.h"
#include "text/vectors.h"

/* Little-endian; offsets in bytes from the start, each a multiple of 8. */
struct vectors_head {
	char magic[8];
	uint64_t size, sum; /* of the file; of all bytes after the head */
	uint32_t version, dims, units, slots;
	/* offsets */
	uint32_t slot;  /* struct model_slot[slots], slots a power of two */
	uint32_t idf;   /* float[units] */
	uint32_t scale; /* float[units] */
	uint32_t cell;  /* int8[units][dims] */
};

static const char vectors_magic[8] = "AFTXVEC";
