/* mime_internal.h - what mime.c, body.c and report.c share while one mail is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "channels/email/mime.h"

#include <gmime/gmime.h>

/* A stretch of the mail's body: HTML, text, or both for alternatives. */
struct email_segment {
	struct str text, html;
};

struct email_reader {
	struct arena *a;
	struct email_message *m;
	struct str hint; /* charset of the first text part that names one */
	struct email_segment segments[EMAIL_PARTS_MAX];
	size_t segments_n;
	int parts;
	const char *key; /* why it is refused, or NULL */
};

/* The raw value of a part's header line, unfolded by the caller's readers; "" when missing. */
struct str email_raw_field(GMimeObject *, const char *name);
/* The decoded bytes of a leaf, in the arena. */
struct str email_part_bytes(struct arena *, GMimePart *);

/* body.c: walk the tree, fill segments and files; then join them. */
void email_read_part(struct email_reader *, GMimeObject *, int depth);
void email_join_body(struct email_reader *);

/* report.c: what a multipart/report or a bounce in plain words says. */
void email_read_report(struct email_reader *, GMimeObject *top);
