/* mail.h - mailboxes: what comes in by IMAP, what goes out by SMTP, and how they are doing.
 *
 * A thread of its own keeps one IMAP session for each active inbox whose channel composes mail,
 * and stores what arrives before it acknowledges it.  Sending is a job's: its start() calls
 * mail_send(), which composes, hands over and finishes the job. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

/* The settings of a mailbox; the console draws its form from mail_settings_shape. */
struct mail_settings {
	struct str address; /* the mailbox's own */
	struct str imap_host, imap_security, imap_user, imap_password, folder;
	int64_t imap_port;
	struct str smtp_host, smtp_security, smtp_user, smtp_password;
	int64_t smtp_port;
	struct str auth, oauth_provider, oauth_token_url, oauth_client_id, oauth_client_secret,
	    oauth_refresh_token;
	struct str sent_folder;
	int64_t poll_seconds;
	bool fetch_old, mark_seen, keep_sent, plus_address, quote, resend_unknown;
	struct str signature, auto_answer;
};

extern const struct shape mail_settings_shape;
extern const struct mail_settings mail_defaults;

struct mail;

/* After desk->net is there, and before it goes. */
struct mail *mail_start(struct desk *);
void mail_stop(struct mail *);

/* An inbox was made, changed or switched off: look at the list now. */
void mail_changed(struct desk *);
/* Connect and look for new mail now, whichever node watches the mailbox.  In a transaction. */
enum err mail_try_now(struct ctx *, int64_t inbox_id) MUST;
/* Fetch a mail in quarantine once more, whichever node watches its mailbox.  In a transaction. */
enum err mail_fetch_again(struct ctx *, int64_t inbox_id, int64_t inbound_id) MUST;

/* From a job's start(): composes and sends; calls job_finish() itself, now or later. */
enum err mail_send(struct ctx *, struct job_run *, const struct inbox_link *,
		   const struct outgoing *) MUST;

/* The mailbox of an inbox; E_INVALID when there is none that sends. */
enum err mail_link(struct ctx *, int64_t inbox_id, struct inbox_link *) MUST;

/* The job kind "mail_test": data {"to":"..."}, inbox_id; in core's module. */
enum err mail_test_start(struct ctx *, const struct job *, struct job_run *);

/* How a job that sends mail of this inbox goes on when it may have been sent: the kind's
 * unknown_retry_ms. */
enum { MAIL_UNKNOWN_RETRY_MS = 10 * MINUTE_MS };
