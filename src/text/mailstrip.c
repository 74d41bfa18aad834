/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip.h"

#include "base/buf.h"
#include "text/mailstrip_line.h"

static struct str join(struct arena *a, struct mail_lines *ls, enum mail_part part)
{
	struct buf b = BUF(a);
	bool blank = false;

	b.max = SIZE_MAX / 2;
	for (size_t i = 0; i < ls->n; i++) {
		bool here = ls->v[i].part == part;

		if ((here || ls->v[i].text.n < 8) && mail_line_blank(ls, i)) {
			blank = true;
			continue;
		}
		if (!here)
			continue;
		if (b.n)
			buf_z(&b, blank ? "\n\n" : "\n");
		blank = false;
		buf_add(&b, ls->v[i].text);
	}
	return str_trim(buf_str(&b));
}

void mail_strip(struct arena *a, struct str text, struct mail_parts *out)
{
	struct mail_lines *ls = mail_lines_split(a, text);

	mail_mark_quotes(ls);
	mail_mark_signature(ls);
	out->body = join(a, ls, MAIL_BODY);
	out->quoted = join(a, ls, MAIL_QUOTED);
	out->signature = join(a, ls, MAIL_SIGNATURE);
}
