/* clean_rules.h - the allow-lists of clean.c, pure questions about names and values. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum clean_tag {
	CLEAN_UNWRAP, /* the element goes, what it holds stays */
	CLEAN_KEEP,
	CLEAN_VOID, /* kept, has no content */
	CLEAN_DROP, /* goes with all it holds */
};

enum clean_tag clean_tag(const char *name);
bool clean_attribute_ok(const char *name);

/* The declarations of a style attribute that may stay, "" when none may. */
struct str clean_style(struct arena *, struct str);

/* The address without white space and control characters when a link may have it, else "". */
struct str clean_link(struct arena *, struct str);

enum clean_picture { PICTURE_NONE, PICTURE_REMOTE, PICTURE_CID, PICTURE_DATA };

/* What a picture's src is; *out is the address, or the content id. */
enum clean_picture clean_picture(struct arena *, struct str src, struct str *out);
