/* buf.h - bytes that grow in an arena, up to a maximum.
 *
 * Going past the maximum sets `over` and drops the rest; whoever builds a reply or a
 * mail looks at it once at the end.  The bytes are always followed by a NUL. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

struct buf {
	struct arena *a;
	char *p;
	size_t n, cap, max; /* max 0 means 64 MB */
	bool over;
};

#define BUF(arena) ((struct buf){.a = (arena)})

void buf_add(struct buf *, struct str);
void buf_char(struct buf *, char);
void buf_z(struct buf *, const char *);
void buf_int(struct buf *, int64_t);
void buf_fmt(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull(2)));

/* A JSON string with its quotes, escaped; text with & < > " ' as HTML entities. */
void buf_json(struct buf *, struct str);
void buf_html(struct buf *, struct str);

struct str buf_str(const struct buf *);
