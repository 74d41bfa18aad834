/* mailstrip_line.h - the lines of a mail, folded when they are looked at: what mailstrip*.c share.
 *
 * A mail of a million lines costs 24 bytes a line; the folded ones stand in a small ring. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { MAIL_FOLDED = 160, MAIL_TAIL = 32, MAIL_RING = 64 };

enum mail_part { MAIL_BODY, MAIL_QUOTED, MAIL_SIGNATURE };

struct mail_line {
	struct str text; /* without its end */
	enum mail_part part;
};

struct mail_look {
	char folded[MAIL_FOLDED]; /* the beginning, case and accents gone, white space trimmed */
	char tail[MAIL_TAIL];     /* the end of the folded line */
	size_t of;                /* which line this is, plus one */
};

struct mail_lines {
	struct mail_line *v; /* of several blank lines the first */
	size_t n;
	struct mail_look ring[MAIL_RING];
};

struct mail_lines *mail_lines_split(struct arena *, struct str text);

/* The line folded; good until a line MAIL_RING away is looked at. */
const struct mail_look *mail_look(struct mail_lines *, size_t i);

bool mail_line_blank(struct mail_lines *, size_t i);

/* The first line at or after i that is not blank, or n. */
size_t mail_skip_blank(struct mail_lines *, size_t i);

/* All of the body from line i on is this part. */
void mail_mark_from(struct mail_lines *, size_t i, enum mail_part);

/* Questions about folded text. */
static inline bool mail_starts(const char *s, const char *with)
{
	while (*with && *s == *with) {
		s++;
		with++;
	}
	return !*with;
}

static inline bool mail_starts_any(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mail_starts(s, list[i]))
			return true;
	return false;
}

bool mail_ends(const char *s, const char *end);
/* Past dashes, stars, lines drawn and blanks; *marks is how many stood there without blanks. */
const char *mail_past_marks(const char *s, size_t *marks);
/* Ten low lines or more: how a quote or a signature is set apart. */
bool mail_is_rule(const char *s);

/* mailstrip_quote.c and mailstrip_sign.c: find their part of the lines. */
void mail_mark_quotes(struct mail_lines *);
void mail_mark_signature(struct mail_lines *);
