/* token.h - the words a text is found by, for search and for whoever counts words.
 *
 * Text is folded (NFKC, case, accents of Latin, Greek, Arabic and Hebrew, every script's digits
 * to 0-9).  Then, with the bytes each token came from:
 *
 *   words         as they are: "Größe" gives "grosse"
 *   chains        letters and digits joined by - . / _ ' and the like, or changing between
 *                 letter and digit: "DE-88120" gives "de88120", "de", "88120"; a dot or comma
 *                 between digits stays, so 12.50 is not 1250
 *   dense runs    scripts without spaces (Han with Kana, Thai, Lao, Khmer, Myanmar): overlapping
 *                 pairs, and the last character alone: "退款吗" gives "退款", "款吗", "吗"
 *   Hangul        the word, and the pairs as above
 *
 * TEXT_INDEX gives all of these, ordered by `from`.  TEXT_QUERY gives the fewest that must all
 * be there: the whole chain when it holds a digit, else its parts of two letters or more; pairs
 * of a dense run; a dense run of one character gives that character, which is to be looked up
 * as a prefix (each character of an indexed run begins some token).
 *
 * Any bytes will do; what is not UTF-8, NUL and control characters part words.  Linear time,
 * no memory but the stack, any thread, no lock.  Shipped models count these tokens and search
 * indexes them: a change means new models and a new SEARCH_VERSION (store/search_tokens.h). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* No token is longer, in bytes; what runs on without end is cut. */
enum { TEXT_TOKEN_MAX = 128 };

enum text_tokens_for { TEXT_INDEX, TEXT_QUERY };

/* The token is valid during the call only; from..to are bytes of the text.  False stops. */
typedef bool (*text_token_fn)(void *arg, struct str token, size_t from, size_t to);

void text_tokens(struct str text, enum text_tokens_for, text_token_fn, void *arg);
