/* lang.h - which language a message is in.
 *
 * The script decides where it can; a table of word pieces (models/lang.table) and CLD2 decide
 * among languages of one script; words that look like names weigh little.  Codes are ISO 639-1:
 * `nb` for Norwegian, `zh` for both scripts; `und` when there is nothing to tell by.  Variants
 * (pt-BR, pt-PT, es-ES, es-MX, zh-Hans, zh-Hant) only where the text shows them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum { LANG_MAX = 96, LANG_OTHERS = 3 };

struct lang_table;

/* As text_model_open and text_model_map: the file is checked whole. */
enum err lang_open(struct arena *, struct str bytes, const struct lang_table **out,
		   const char **why) MUST;
enum err lang_map(struct arena *, const char *path, const struct lang_table **out,
		  const char **why) MUST;

/* What the caller knows: how likely a language is before the text is read.  Languages not
 * listed share what is left; with `only`, they are ruled out. */
struct lang_prior {
	const char *code;
	float p;
};

struct lang_priors {
	const struct lang_prior *v;
	size_t n;
	bool only;
};

struct lang_guess {
	char code[4];
	float p; /* of the main language: probability; of others: share of the letters */
};

struct lang_result {
	struct lang_guess main, second;        /* the likeliest and the next */
	struct lang_guess others[LANG_OTHERS]; /* further languages the message is written in */
	size_t other_count;
	char variant[8]; /* "zh-Hant", or empty */
	bool sure;       /* false: better ask, or keep what was known before */
};

/* Any bytes; reads the first 4096 characters.  priors may be NULL. */
void lang_detect(const struct lang_table *, struct str text, const struct lang_priors *,
		 struct lang_result *out);

/* The languages it can tell, one after the other: NULL after the last. */
const char *lang_code(const struct lang_table *, size_t i);

/* The table's bytes from its source: lines of hex<TAB>code:weight ... and lines of
 * code<TAB>words. */
enum err lang_pack(struct arena *, struct str pieces, struct str words, struct str *out) MUST;
