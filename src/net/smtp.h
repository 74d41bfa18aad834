/* smtp.h - hand a mail to a server, and know exactly how that ended.
 *
 * The library connects, does TLS and signs in; the rest of the conversation is ours, so that a
 * connection lost after the last dot is told apart from one lost before it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/client.h"

struct smtp_account {
	struct str host;
	int port; /* 0: 465 with NET_TLS_IMPLICIT, else 587 */
	enum net_tls tls;
	struct str user;     /* empty: no sign-in */
	struct str password; /* either this ... */
	struct str bearer;   /* ... or an access token (XOAUTH2) */
};

struct smtp_mail {
	struct str from;      /* envelope; may be empty for bounces */
	const struct str *to; /* envelope */
	size_t n_to;
	struct str bytes; /* the whole mail; line ends are put right, dots are doubled */
};

enum smtp_outcome {
	SMTP_SENT,    /* taken for at least one recipient; see refusals */
	SMTP_REFUSED, /* for good: code and text are the server's */
	SMTP_LATER,   /* nothing was taken; trying again may help */
	SMTP_UNKNOWN, /* the connection went after the whole mail had left: it may have arrived */
};

struct smtp_refusal {
	struct str to;
	int code; /* the server's */
	struct str text;
};

struct smtp_result {
	enum smtp_outcome outcome;
	int code;        /* the server's last, 0 when it did not come to that */
	struct str text; /* the same; English or the server's language */
	const char *key; /* for a person: mail.error.connect, .tls, .auth, .timeout, .protocol,
			    .refused, .recipient, .too_large, .address, .lost; NULL when all went */
	const struct smtp_refusal *refusals; /* recipients that were not taken */
	size_t n_refusals;
};

typedef void smtp_done(void *arg, const struct smtp_result *);

/* From any thread.  At most three connections an account at once, kept a while for the next mail;
 * mails wait for them in turn.  The callback comes on the outbound thread. */
void smtp_send(struct net *, const struct smtp_account *, const struct smtp_mail *, smtp_done *,
	       void *arg);
