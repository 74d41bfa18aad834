/* pull.h - a JSON reader that walks and never builds: for lines that come a million times and
 * for objects whose member names are data (languages, topics), which shapes cannot say.
 *
 *   pull_object(&p);
 *   while (pull_member(&p, &key)) {
 *           if (str_eq(key, S("t"))) t = pull_real(&p); else pull_skip(&p);
 *   }
 *   ok = pull_end(&p);
 *
 * The first fault sticks: every call after it gives nothing, and pull_end() says false. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { PULL_DEPTH_MAX = 12 };

struct pull {
	const char *p, *end;
	bool bad;
	bool first; /* the container just opened has no member read yet */
	int depth;
	char open[PULL_DEPTH_MAX];
};

struct pull pull_of(struct str);

/* Enter an object or a list; fault when there is something else. */
void pull_object(struct pull *);
void pull_list(struct pull *);
/* The next member's name, or whether there is a next item; false leaves the container. */
bool pull_member(struct pull *, struct str *key);
bool pull_item(struct pull *);

double pull_real(struct pull *);     /* a finite number */
int64_t pull_int(struct pull *);     /* a whole number within 2^53 */
struct str pull_text(struct pull *); /* a slice of the input; escapes are left as they are,
				      * in names too: pull_decode() */
bool pull_null(struct pull *);       /* true, and past it, when null is next */
/* What comes if it is a number, else `otherwise`, and past it whatever it is. */
double pull_real_or(struct pull *, double otherwise);
char pull_peek(struct pull *); /* the first character of what is next, 0 at the end */
void pull_skip(struct pull *); /* one value of any kind */
bool pull_end(struct pull *);  /* nothing but white space is left, and no fault */
void pull_fail(struct pull *); /* the caller's own fault: a value out of range */

/* A text without its escapes, as UTF-8, into out; the bytes written, at most cap: what does not fit
 * is left out.  A broken escape becomes U+FFFD. */
size_t pull_decode(struct str, char *out, size_t cap);
