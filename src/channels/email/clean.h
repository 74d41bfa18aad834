/* clean.h - a stranger's HTML made safe to show.
 *
 * The output holds only the elements, attributes and inline style of three allow-lists, is
 * well-formed, and is safe even outside the sandboxed frame it is shown in: no script, form,
 * style sheet, frame, event handler or foreign scheme.  Nothing in it loads by itself:
 * remote pictures wait in data-remote, the mail's own in data-cid. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

enum { EMAIL_HTML_MAX = 2 << 20, EMAIL_HTML_DEPTH = 200, EMAIL_CIDS_MAX = 200 };

struct email_clean {
	struct str html;   /* what was written now */
	struct str quoted; /* the mail it answers, to be folded; may be empty */
	bool has_remote;   /* some picture would have to be fetched */
	struct strs cids;  /* the content ids in data-cid, first EMAIL_CIDS_MAX */
	bool cut;          /* too long or too deep: shown as plain text instead */
};

/* Any bytes of valid UTF-8; the result belongs to the arena. */
void email_clean(struct arena *, struct str html, struct email_clean *out);
