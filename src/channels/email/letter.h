/* letter.h - the words of an outgoing mail, once as plain text and once as HTML. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "channels/email/compose.h"

struct str letter_plain(struct arena *, const struct email_outgoing *);
struct str letter_html(struct arena *, const struct email_outgoing *);
