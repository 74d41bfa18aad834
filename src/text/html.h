/* html.h - what a person sees of an HTML mail: its text, its links, and the quoted part apart.
 *
 * Made for classifying, searching and showing as plain text; cleaning markup for display is
 * another matter.  Scripts, styles and hidden elements give nothing.  Markup of any kind and
 * size is read in bounded time: HTML_MAX bytes, nesting of HTML_DEPTH (deeper markup is read
 * by a simpler reader that only drops tags). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum { HTML_MAX = 4 << 20, HTML_DEPTH = 200, HTML_LINKS = 500 };

struct html_link {
	struct str text, href;
};

struct html_text {
	struct str text;   /* UTF-8, lines of visible text, at most one empty line between */
	struct str quoted; /* the text of blockquotes and of mail programs' reply blocks */
	struct html_link *links;
	size_t link_count; /* http, https, mailto and tel only, first HTML_LINKS */
	bool cut;          /* longer than HTML_MAX: the end was not read */
	bool simple;       /* read by the simpler reader: quoted is empty, links are missing */
};

/* Everything in out belongs to the arena. */
void html_to_text(struct arena *, struct str html, struct html_text *out);
