/* SPDX-License-Identifier: Apache-2.0 */
#include "core/i18n.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum i18n i18n_of(struct str wish)
{
	struct str rest = wish, one;

	while (str_cut(&rest, ',', &one)) {
		struct str word = str_trim(one);
		if (word.n >= 2 && str_eq_nocase(str_slice(word, 0, 2), S("zh")))
			return I18N_ZH;
		if (word.n >= 2 && str_eq_nocase(str_slice(word, 0, 2), S("en")))
			return I18N_EN;
	}
	return I18N_EN;
}

static int by_key(const void *key, const void *row)
{
	return strcmp(key, ((const struct i18n_row *)row)->key);
}

struct str i18n_say(struct arena *a, enum i18n language, const char *key, const char *arg)
{
	const struct i18n_row *row = bsearch(key, i18n_rows, i18n_count, sizeof *row, by_key);
	struct buf b = BUF(a);

	if (!row)
		return str_dup(a, str_of(key));
	const char *text = row->text[language], *gap = strstr(text, "{arg}");
	if (!gap)
		return str_of(text);
	buf_add(&b, (struct str){text, (size_t)(gap - text)});
	buf_z(&b, arg ? arg : "");
	buf_z(&b, gap + 5);
	return buf_str(&b);
}
