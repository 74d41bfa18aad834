/* cld2.h - what CLD2 makes of a text, behind a C face. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CLD2_BYTES = 16384 };

struct cld2_guess {
	char code[4]; /* ISO 639-1 as lang.h uses it, or empty */
	int percent;  /* of the text */
};

/* Knows nothing of text with a broken byte or a control character; reads CLD2_BYTES at most. */
void cld2_guess(const char *p, size_t n, struct cld2_guess out[3]);

#ifdef __cplusplus
}
#endif
