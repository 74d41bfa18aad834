/* html_tame.h - markup spelled anew, so that the parser reads any of it in linear time.
 *
 * The parser compares each attribute of a tag with all others and takes an element that is
 * never closed to the end of the text.  Here tags are read as browsers read them and written
 * with few attributes, each quoted; a lone '<' becomes a character reference; comments,
 * declarations, scripts and style sheets go with all they hold; an element whose content
 * nobody sees loses its tags when no end of it follows. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { HTML_ATTRIBUTES_MAX = 100 };

/* Any bytes, linear time; valid UTF-8 in the arena.  *wild: some tag had more attributes than
 * HTML_ATTRIBUTES_MAX, of which the first are kept. */
struct str html_tame(struct arena *, struct str html, bool *wild);
