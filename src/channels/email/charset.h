/* charset.h - bytes of whatever charset a mail claims, or fails to claim, into UTF-8.
 *
 * Labels lie: GBK is sent as gb2312, windows-1252 as iso-8859-1, UTF-8 as anything.  Valid
 * UTF-8 is believed first, then the label, then a guess; the result is always valid UTF-8
 * without NUL, in the arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* label may be empty; hint is tried when there is no usable label (the charset of the rest of
 * the mail). */
struct str email_utf8(struct arena *, struct str bytes, struct str label, struct str hint);

/* One line of text: white space and control characters become single spaces, directional
 * overrides go. */
struct str email_line(struct arena *, struct str utf8);

/* Text of many lines: CRLF to LF, control characters out. */
struct str email_lines(struct arena *, struct str utf8);
