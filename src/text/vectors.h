/* vectors.h - what English words, pairs and pieces of words mean, as one file of int8 vectors.
 *
 * A message's vector is the weighed mean of what is known of it: near for messages that mean
 * the same in other words.  Learned from a sentence encoder (models/README.md says which), so
 * that a classifier with few examples knows more than their words.  The file is checked whole
 * when opened; reading allocates nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "text/feat.h"

enum { VECTORS_VERSION = 1, VECTORS_DIMS_MAX = 256 };

struct text_vectors;

/* bytes stay in use and unchanged as long as the vectors; aligned to 8.  E_MALFORMED with a
 * sentence in *why when they are not a whole file of this version. */
enum err text_vectors_open(struct arena *, struct str bytes, const struct text_vectors **out,
			   const char **why) MUST;

/* The same, from a file that is mapped until the arena ends.  E_NOTFOUND when it cannot be read. */
enum err text_vectors_map(struct arena *, const char *path, const struct text_vectors **out,
			  const char **why) MUST;

size_t text_vectors_dims(const struct text_vectors *);
/* The file's checksum: a model keeps that of the vectors it was trained with. */
uint64_t text_vectors_sum(const struct text_vectors *);

/* The message's vector into out[dims]: of length 1, less where few of its words are known, 0
 * where none is. */
void text_vectors_read(const struct text_vectors *, const struct feats *, float *out);

/* Learn vectors from texts and the wanted vector of each, target[row][dims]; at most
 * VECTORS_DIMS_MAX dims.  The bytes belong to the arena. */
enum err text_vectors_fit(struct arena *, const struct strs *texts, const float *target,
			  size_t dims, struct str *bytes) MUST;
