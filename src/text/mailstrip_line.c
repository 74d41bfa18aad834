/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip_line.h"

#include "text/fold.h"

#include <string.h>

enum { PIECE = 72 };

static size_t add_folded(const struct fold *f, char *to)
{
	size_t n = 0;
	uint32_t bare[3];

	for (size_t i = 0; i < f->n; i++) {
		size_t k = fold_bare(f->c[i], bare);
		for (size_t j = 0; j < k && n < 64; j++)
			n += fold_utf8(bare[j], to + n);
	}
	return n;
}

/* The next folded piece; some programs write &nbsp; into plain text. */
static bool next_piece(struct str text, size_t *at, char *piece, size_t *n)
{
	struct fold f;

	if (*at < text.n && text.p[*at] == '&' &&
	    str_starts(str_slice(text, *at, text.n), S("&nbsp;"))) {
		*at += 6;
		piece[0] = ' ';
		*n = 1;
		return true;
	}
	if (!fold_next(text, at, &f))
		return false;
	*n = add_folded(&f, piece);
	return true;
}

/* The line's beginning, folded; runs of white space become one space. */
static void fold_line(struct str text, char *to)
{
	size_t at = 0, n = 0, k;
	char piece[PIECE];

	while (n < MAIL_FOLDED - PIECE - 1 && next_piece(text, &at, piece, &k)) {
		bool space = k == 1 && ((unsigned char)piece[0] <= ' ' || piece[0] == 0x7f);
		if (space && (n == 0 || to[n - 1] == ' '))
			continue;
		memcpy(to + n, space ? " " : piece, k);
		n += k;
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = 0;
}

static struct str trim(struct str t)
{
	t = str_trim(t);
	while (str_ends(t, S("&nbsp;")))
		t = str_trim(str_slice(t, 0, t.n - 6));
	return t;
}

static void fold_tail(struct str text, char *to)
{
	struct str t = trim(text);
	size_t at = t.n > 28 ? t.n - 28 : 0, n = 0, k;
	char piece[PIECE];

	while (at < t.n && at && ((unsigned char)t.p[at] & 0xc0) == 0x80)
		at++;
	while (next_piece(t, &at, piece, &k)) {
		if (n + k >= MAIL_TAIL)
			break;
		memcpy(to + n, piece, k);
		n += k;
	}
	to[n] = 0;
}

struct mail_lines *mail_lines_split(struct arena *a, struct str text)
{
	struct mail_lines *ls = NEW(a, struct mail_lines);
	struct str rest = text, piece;
	bool blank = false;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	ls->v = NEWN(a, struct mail_line, n);
	while (rest.n && str_cut(&rest, '\n', &piece)) {
		bool was = blank;

		if (piece.n && piece.p[piece.n - 1] == '\r')
			piece.n--;
		blank = str_trim(piece).n == 0;
		if (!blank || !was)
			ls->v[ls->n++].text = piece;
	}
	return ls;
}

const struct mail_look *mail_look(struct mail_lines *ls, size_t i)
{
	struct mail_look *l = &ls->ring[i % MAIL_RING];

	if (l->of != i + 1) {
		fold_line(ls->v[i].text, l->folded);
		fold_tail(ls->v[i].text, l->tail);
		l->of = i + 1;
	}
	return l;
}

bool mail_line_blank(struct mail_lines *ls, size_t i)
{
	struct str text = ls->v[i].text;

	/* most lines begin with a letter: no need to fold them */
	if (text.n && (unsigned char)text.p[0] > ' ' && (unsigned char)text.p[0] < 0x7f &&
	    text.p[0] != '&')
		return false;
	return !mail_look(ls, i)->folded[0];
}

size_t mail_skip_blank(struct mail_lines *ls, size_t i)
{
	while (i < ls->n && mail_line_blank(ls, i))
		i++;
	return i;
}

void mail_mark_from(struct mail_lines *ls, size_t i, enum mail_part part)
{
	for (; i < ls->n; i++)
		if (ls->v[i].part == MAIL_BODY)
			ls->v[i].part = part;
}

bool mail_ends(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a >= b && strcmp(s + a - b, end) == 0;
}

const char *mail_past_marks(const char *s, size_t *marks)
{
	static const char *const drawn[] = {"-", "=", "_", "*", "~", "#",  "+", "‐", "–", "—",
					    "―", "─", "━", "═", "☆", "★",  "◆", "◇", "■", "□",
					    "●", "○", "◎", "▼", "▲", "・", "…", "♪"};

	for (*marks = 0; *s;) {
		size_t i = 0;

		while (i < COUNT(drawn) && !mail_starts(s, drawn[i]))
			i++;
		if (i == COUNT(drawn) && *s != ' ')
			break;
		*marks += i < COUNT(drawn);
		s += i < COUNT(drawn) ? strlen(drawn[i]) : 1;
	}
	return s;
}

bool mail_is_rule(const char *s)
{
	size_t n = strspn(s, "_");

	return n >= 10 && s[n] == 0;
}
