/* i18n.h - what the server itself says to a person, in English and Chinese.
 *
 * Errors travel as keys, which the console words by itself; these are for those who have no console
 * before them: the command line, and callers of the API. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum i18n { I18N_EN, I18N_ZH, I18N_LANGUAGES };

struct i18n_row {
	const char *key, *text[I18N_LANGUAGES];
};
extern const struct i18n_row i18n_rows[]; /* by key; made of i18n/ by tools/i18n_table.py */
extern const size_t i18n_count;

/* The language that an Accept-Language header or a LANG variable asks for first; English when it
 * is neither. */
enum i18n i18n_of(struct str wish);
/* The key's text with {arg} filled in; the key itself when it has none.  arg may be NULL. */
struct str i18n_say(struct arena *, enum i18n, const char *key, const char *arg);
