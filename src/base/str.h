/* str.h - strings by value: a pointer and a length, often a slice of something larger.
 *
 * Not NUL-terminated unless a function says so.  Everything that comes from outside
 * is checked with str_utf8_ok() at the edge, so the inside may assume UTF-8. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct str {
	const char *p;
	size_t n;
};

/* A literal, and the two arguments that "%.*s" wants. */
#define S(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR(s)     (int)(s).n, ((s).p ? (s).p : "")

struct str str_of(const char *z); /* NULL gives the empty string */
bool str_eq(struct str, struct str);
bool str_eq_nocase(struct str, struct str); /* ASCII only */
bool str_starts(struct str, struct str prefix);
bool str_ends(struct str, struct str suffix);
int str_cmp(struct str, struct str);
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(struct str hay, struct str needle);
ptrdiff_t str_find_char(struct str, char);
struct str str_slice(struct str, size_t from, size_t to); /* clamped */
struct str str_trim(struct str);                          /* ASCII white space at both ends */

/* Cut the next piece before sep off *rest; false when nothing is left. */
bool str_cut(struct str *rest, char sep, struct str *piece);

/* Copies in the arena; str_dup's is NUL-terminated, str_z gives that pointer. */
struct str str_dup(struct arena *, struct str);
char *str_z(struct arena *, struct str);
struct str str_lower(struct arena *, struct str); /* ASCII only */
struct str str_fmt(struct arena *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
struct str str_vfmt(struct arena *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* The whole string as a decimal; false when it is anything else or overflows. */
bool str_int(struct str, int64_t *);

/* Valid UTF-8 with no NUL in it; the number of code points; the longest prefix of at most
 * n bytes that does not cut a code point. */
bool str_utf8_ok(struct str);
/* Nothing in it that a person could see; no control character and no end of a line in it. */
bool str_blank(struct str);
bool str_one_line(struct str);
size_t str_chars(struct str);
struct str str_clip(struct str, size_t n);

/* In time that does not depend on where they differ. */
bool str_eq_secret(struct str, struct str);

struct str str_hex(struct arena *, const void *bytes, size_t n);
/* URL-safe base64 without padding; decoding gives false for foreign characters. */
struct str str_base64url(struct arena *, const void *bytes, size_t n);
bool str_from_base64url(struct arena *, struct str, struct str *out);

/* The nearest of n names by edit distance, or NULL when none is near: for "did you mean". */
const char *str_nearest(struct str, const char *const *names, size_t n);

struct strs {
	struct str *v;
	size_t n;
};
