/* lang_marks.h - what marks a text out beside its word pieces: Han characters that one way of
 * writing alone has, and words of one side of an ocean; only lang.c includes it.  Nothing here
 * allocates. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* Han characters of each class that were met. */
struct lang_han {
	int simple, full;           /* of one way of writing Chinese, Japanese too or not */
	int simple_zh, full_zh, ja; /* those that Chinese alone, or Japanese alone, writes */
	int zh;                     /* common in Chinese, rare in Japanese */
};

/* Counts one Han character, given as its UTF-8 bytes. */
void lang_han_note(struct lang_han *, struct str c);

/* How much more a text of Han characters without kana looks Japanese than Chinese, in log odds. */
float lang_han_japanese(const struct lang_han *, struct str text, size_t letters);

/* The variant a text of the language is in ("pt-BR"), or "". */
const char *lang_variant(const char *code, const struct lang_han *, struct str text);
