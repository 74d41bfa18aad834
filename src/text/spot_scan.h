/* spot_scan.h - what the finders of spot_*.c share: the text, where we are, characters, words.
 *
 * A finder says where what begins at s->at ends, 0 for nothing.  Each looks at a bounded piece of
 * the text, but for a link, whose bytes are not read again: so the whole takes linear time. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/spot.h"

enum { DIGITS_MAX = 24, GAPS_MAX = 3 };

/* Digits with a few separators between groups. */
struct digits {
	size_t at, n, groups;
	size_t plain;               /* digits before the first parenthesis */
	size_t tight, tight_groups; /* those before the first " - " or the like */
	size_t end[DIGITS_MAX];     /* behind each digit */
	char d[DIGITS_MAX];
	unsigned char len[DIGITS_MAX]; /* digits of each group */
	bool last_of[DIGITS_MAX];      /* does a group end with this digit? */
	bool hard;                     /* a hyphen or a dot stands between */
};

struct scan {
	struct str t;
	size_t at;
	size_t before_at; /* where `before` was read, plus one */
	unsigned before;  /* bits of enum spot_words: what stands before */
	size_t day_end;   /* where the day last found ended, 0 for none */
	struct digits digits;
};

static inline char peek(const struct scan *s, size_t i)
{
	return i < s->t.n ? s->t.p[i] : 0;
}

static inline bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool alnum(char c)
{
	return digit(c) || upper(c) || lower(c);
}

/* The first byte of a letter of two bytes: Latin, Greek, Cyrillic, Hebrew, Arabic. */
static inline bool wide_letter(char c)
{
	return (unsigned char)c >= 0xc3 && (unsigned char)c <= 0xdf;
}

/* Does a letter or digit of a script with spaces end right before i? */
bool spot_word_ends(const struct scan *, size_t i);

/* Bytes of the decimal digit at i (ASCII, full-width, Arabic), 0 for none; *d is it in ASCII. */
size_t spot_digit(const struct scan *, size_t i, char *d);
/* Does a digit end right before i? */
bool spot_digit_ends(const struct scan *, size_t i);
/* Where the digits at i end, at most max of them. */
size_t spot_digits_end(const struct scan *, size_t i, size_t max);
/* What they say, at most 999,999. */
int spot_value(const struct scan *, size_t from, size_t to);

/* Bytes of the blank at i, of any width; of what separates groups of digits; 0 for neither. */
size_t spot_blank(const struct scan *, size_t i);
size_t spot_gap(const struct scan *, size_t i);
size_t spot_skip_blank(const struct scan *, size_t i);

/* The digits at i, kept in the scan until others are asked for. */
const struct digits *spot_digits(struct scan *, size_t i);

/* clang-format off */
enum spot_words {
	WORDS_ORDER, WORDS_NUMBER, WORDS_OTHER, WORDS_WAYBILL, WORDS_CARRIER, WORDS_SKU, WORDS_PHONE,
	WORDS_DAY, WORDS_EXPIRY, WORDS_VERSION, WORDS_FILLER, /* those before a number */
	WORDS_MONTH, WORDS_DAY_BACK, WORDS_HAN_DATE, WORDS_FRONT, WORDS_FRONT_EXACT, WORDS_BACK, WORDS_BACK_EXACT,
	WORDS_TIMES, WORDS_LISTS
};
/* clang-format on */

/* Bytes of the longest word of the list at i that ends where a word ends; 0 for none. */
size_t spot_word(const struct scan *, size_t i, enum spot_words);
/* Does a word of the list stand just before, with only separators and fillers between? */
bool spot_after(struct scan *, enum spot_words);

size_t spot_end_url(struct scan *);
size_t spot_end_email(struct scan *);
size_t spot_end_iban(struct scan *);
size_t spot_end_card(struct scan *);
size_t spot_end_phone(struct scan *);
size_t spot_end_date(struct scan *);
size_t spot_end_amount(struct scan *);
size_t spot_end_code(struct scan *, enum spot_kind *);
/* Is it a code in a carrier's form, whatever stands around it? */
size_t spot_end_carrier(struct scan *);
