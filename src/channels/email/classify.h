/* classify.h - what kind of mail it is, and whether a machine may answer it.
 *
 * One rule a row, first match wins; the reason is a key of i18n and stays on the message, so
 * that a person sees why no automatic answer went out. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "channels/email/mime.h"

enum email_kind {
	EMAIL_PERSON,     /* somebody wrote it */
	EMAIL_AUTO_REPLY, /* out of office, "we got your mail" */
	EMAIL_BOUNCE,     /* could not be delivered: belongs to the mail it bounces */
	EMAIL_DELAY,      /* not yet delivered */
	EMAIL_NOTICE,     /* sent by a machine: shop, carrier, read receipt, complaint */
	EMAIL_LIST,       /* mailing list, newsletter */
	EMAIL_LOOP,       /* our own mail come back */
	EMAIL_SPAM,       /* the receiving server marked it */
};

struct email_verdict {
	enum email_kind kind;
	bool may_answer;    /* a machine may answer; a person always may */
	const char *reason; /* i18n key of why it may not; NULL when it may */
};

/* What marks our own mail: the value of X-Aftersail-Instance, and our own addresses. */
struct email_self {
	struct str instance;
	const struct str *addresses;
	size_t addresses_n;
};

void email_classify(struct arena *, const struct email_message *, const struct email_self *,
		    struct email_verdict *out);

/* "person", "auto_reply", ...: as stored and shown. */
const char *email_kind_name(enum email_kind);
