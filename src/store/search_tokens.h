/* search_tokens.h - what a text is found by: the tokens of text/token.h with their places, and the
 * forms people write for each other; only src/store includes it.
 *
 * Beyond the tokenizer's tokens the index holds
 *   words of a chain      "order#DY-77-8812" also as "dy778812" and "778812"
 *   numbers               "1,299.50" also as "1299" and "1299.50"
 *   telephone numbers     "+49 (0)30 1234" also as "49301234", at the place of its end
 *   Arabic words          also without the article and what is written together with it
 * and Chinese characters only as simplified ones.  What classifiers count stays as it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/store.h"
#include "text/token.h"

/* Kept with an index; when it differs, the index is made anew.  Raise it whenever a text gives
 * other tokens than before, here or in text/token.h, with a migration as 0003.sql, so that a new
 * desk begins with it. */
enum { SEARCH_VERSION = 3 };

enum { SEARCH_HEAD = '\2', SEARCH_TEXT_MAX = 65536 };

/* What joins words that stand for themselves, as opposed to the parts of one. */
#define SEARCH_WORD_JOINERS ":#@/&+"

/* Tokens with their places.  Tokens of one place stand for the same stretch; tokens of neighbouring
 * places follow each other.  False stops. */
typedef bool (*search_token_fn)(void *arg, struct str token, size_t place, size_t from, size_t to);
void search_tokens(struct str text, search_token_fn, void *arg);

/* Only the groups of digits that may be one number, in one: "138 1234 5678" as "13812345678". */
void search_runs(struct str text, search_token_fn, void *arg);

/* The text with a head that names its inbox and kind as tokens no text can hold. */
struct str search_text(struct arena *, enum search_kind, int64_t inbox_id, struct str text);

/* The token with simplified characters; may point into plain. */
struct str search_simple(struct str token, char plain[TEXT_TOKEN_MAX]);

/* The Arabic word without what is written together with it, or the word. */
struct str search_stem(struct str word, bool query);

/* "1.299.50", as the tokenizer has a number with its thousands parted, as "1299.50"; its length, of
 * which `whole` come before the decimals; 0 when it is no such number. */
size_t search_number(struct str, char plain[TEXT_TOKEN_MAX], size_t *whole);
