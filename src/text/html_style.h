/* html_style.h - what an inline style says about being seen at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum html_say { HTML_SAYS_NOTHING, HTML_SAYS_YES, HTML_SAYS_NO };

struct html_style {
	bool hidden;     /* with all it holds, whatever stands in there */
	bool mso_hidden; /* in Outlook alone: how previews hide, and links that Outlook draws */
	enum html_say visible; /* visibility; what is held inside may say otherwise */
	enum html_say sized;   /* font-size above zero; the same */
};

/* Any bytes, linear time, no memory.  A later declaration wins over an earlier one. */
struct html_style html_style_read(struct str style);
