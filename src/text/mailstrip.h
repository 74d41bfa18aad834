/* mailstrip.h - the new words of a mail, apart from what it quotes and how it is signed.
 *
 * Reads plain text (or what html.h made of HTML).  Knows the reply headers, "wrote:" lines,
 * sign-offs and device lines that mail programs write in the languages of our markets. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

struct mail_parts {
	struct str body;      /* what was written now; answers between quoted lines included */
	struct str quoted;    /* earlier mail: '>' lines, reply headers and what follows them */
	struct str signature; /* sign-off, name and address lines, device lines, disclaimers */
};

/* Any bytes; linear time; the parts belong to the arena, lines end in \n. */
void mail_strip(struct arena *, struct str text, struct mail_parts *out);
