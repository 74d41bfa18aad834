/* feat.h - a message as numbered features, for the classifiers.
 *
 * Text is folded (fold.h), cut into words and runs of dense scripts, and counted: words and
 * pairs of words in one block; character sequences inside words, and over dense runs, in the
 * other.  A feature is a 32-bit hash whose lowest bit is its block.  Reads the first FEAT_CHARS
 * characters; allocates nothing: the caller keeps one struct feats a thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { FEAT_CHARS = 4096, FEAT_MAX = 12288, FEAT_SLOTS = 32768 };

enum feat_block { FEAT_WORD, FEAT_CHAR, FEAT_BLOCKS };

/* What is counted; kept in a model, so that training and prediction agree. */
enum feat_flags {
	FEAT_WORDS = 1,   /* words, and pairs with marks for first and last */
	FEAT_GRAMS = 2,   /* character sequences of 2 to 5 in words, 1 to 4 in dense runs */
	FEAT_SKIP = 4,    /* pairs with one word between */
	FEAT_STYLE = 8,   /* emoji, signs (how many in a row), capitals, repeated letters */
	FEAT_NEGATE = 16, /* words after a negation count as other words too */
	FEAT_BARE = 32,   /* accents are dropped */
	FEAT_NAMES = 64,  /* a @name counts as any other, a link too; &#33; and &amp; are read */
};

struct feat {
	uint32_t id;
	float value; /* how often it occurs; models turn it into a weight */
};

struct feats {
	size_t n;
	struct feat v[FEAT_MAX];
	size_t chars, words;      /* folded characters and words read */
	uint32_t cps[FEAT_CHARS]; /* the folded characters */
	uint8_t cls[FEAT_CHARS];  /* and what each is, enum fold_class */
	/* what follows is scratch */
	size_t mask;                /* slots in use, less 1 */
	uint16_t slots[FEAT_SLOTS]; /* index + 1 */
};

/* Fill f from text, whatever its bytes. */
void feat_read(struct feats *f, struct str text, unsigned flags);

/* Where the word, dense run or repeated sign at i ends; i is less than f->chars. */
size_t feat_run(const struct feats *f, size_t i);
/* Is the character of a script without spaces; of a word of any other? */
bool feat_dense(const struct feats *f, size_t i);
bool feat_word(const struct feats *f, size_t i);
/* Is there a letter of any script? */
bool feat_has_letters(const struct feats *f);
/* Does the word at [from, to) say no, in one of the languages known here? */
bool feat_negates(const struct feats *f, size_t from, size_t to);

/* Count one more feature: for what callers know beside the text. */
void feat_add(struct feats *f, uint32_t id, float value);

/* The id of a named feature in a block. */
uint32_t feat_id(enum feat_block, const char *name);
