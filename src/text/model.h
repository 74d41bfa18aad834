/* model.h - a trained classifier as one file: int8 weights, mapped and read in place.
 *
 * The file is a head, then sections at offsets the head names, then nothing; its checksum
 * covers all after the head.  A file is checked whole when opened, so that prediction can
 * trust every number in it.  Prediction allocates nothing.  docs/text.md has the layout. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "text/vectors.h"

enum { MODEL_VERSION = 2, MODEL_LABELS_MAX = 4096, MODEL_HIDDEN_MAX = 256 };

enum model_kind { MODEL_ONE, MODEL_SEVERAL }; /* labels a message: exactly one, or any number */

struct text_model;

/* bytes and vectors stay in use and unchanged as long as the model; bytes aligned to 8.  vectors
 * may be NULL for a model that was trained without.  E_MALFORMED with a sentence in *why when the
 * bytes are not a whole model of this version; E_INVALID when the model was trained with word
 * vectors and these are others or none. */
enum err text_model_open(struct arena *, struct str bytes, const struct text_vectors *vectors,
			 const struct text_model **out, const char **why) MUST;

/* The same, from a file that is mapped until the arena ends.  E_NOTFOUND when it cannot be read. */
enum err text_model_map(struct arena *, const char *path, const struct text_vectors *vectors,
			const struct text_model **out, const char **why) MUST;

size_t text_model_labels(const struct text_model *);
struct str text_model_label(const struct text_model *, size_t label);
/* The label's number, or -1. */
ptrdiff_t text_model_find(const struct text_model *, struct str label);
enum model_kind text_model_kind(const struct text_model *);
unsigned text_model_flags(const struct text_model *);

/* The probabilities above which to answer and to suggest (MODEL_ONE); the one above which a
 * label holds (MODEL_SEVERAL). */
float text_model_answer_at(const struct text_model *);
float text_model_suggest_at(const struct text_model *);
float text_model_label_at(const struct text_model *, size_t label);

/* Probability of each label, p has text_model_labels() places; f is scratch. */
void text_model_predict(const struct text_model *, struct feats *f, struct str text, float *p);

/* The same for features that are there already, with the model's flags; they are left alone. */
void text_model_predict_feats(const struct text_model *, const struct feats *f, float *p);

/* The same before they become probabilities, for training to be calibrated upon: the linear
 * part, and the mean of the layers (zero when there are none). */
void text_model_scores(const struct text_model *, const struct feats *f, float *linear,
		       float *layers);
