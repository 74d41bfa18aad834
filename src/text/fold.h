/* fold.h - text as folded characters: NFKC and case folding, one small cluster at a time.
 *
 * What search and the classifiers share.  Works on any bytes: what is not UTF-8 comes out as a
 * gap.  A cluster is what must be normalised together (a letter and its accents, Hangul jamo);
 * it is at most FOLD_IN code points, so stacked accents cost no more than their length. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { FOLD_IN = 16, FOLD_OUT = 48 };

enum fold_class {
	FOLD_GAP, /* spaces, marks of punctuation, control characters, broken bytes */
	FOLD_LETTER,
	FOLD_DIGIT,
	FOLD_HAN, /* Han, Hiragana, Katakana, Bopomofo */
	FOLD_HANGUL,
	FOLD_THAI,
	FOLD_LAO,
	FOLD_KHMER,
	FOLD_MYANMAR,
	FOLD_MARK,   /* combining: belongs to what stands before it */
	FOLD_SYMBOL, /* emoji and other pictures */
	FOLD_NOTHING /* invisible: joiners, direction marks, variation selectors */
};

struct fold {
	size_t from, to; /* bytes of the text this came from */
	size_t n;        /* folded code points; 0 for what folding removes */
	uint32_t c[FOLD_OUT];
};

/* The next cluster at *at, which moves on; false at the end. */
bool fold_next(struct str text, size_t *at, struct fold *);

/* The class of one folded code point. */
enum fold_class fold_class(uint32_t c);

/* The letter without its accents, in Latin, Greek, Arabic and Hebrew (and e for the Cyrillic e
 * with two dots); Arabic's variant letters become one.  At most three code points; 0 of them
 * when the character is an accent. */
size_t fold_bare(uint32_t c, uint32_t out[3]);

/* Write c as UTF-8; at most 4 bytes; the number written. */
size_t fold_utf8(uint32_t c, char *to);
