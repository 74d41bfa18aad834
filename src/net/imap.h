/* imap.h - mailboxes, watched: each new mail is handed over once and waits to be acknowledged.
 *
 * A session lives until it is closed: it connects, catches up from its cursor, idles or polls,
 * and after any failure comes back by itself (1 s to 5 minutes, with jitter).  A mail that the
 * server refuses, or that breaks the connection again and again, is handed over as failed and
 * holds nobody up.  All callbacks come
 * on the outbound thread; the functions may be called from any thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/oauth.h"

struct imap;

/* How far a folder was taken: every mail up to uid is stored.  0, 0 takes all there is. */
struct imap_cursor {
	uint32_t uidvalidity, uid;
};

struct imap_account {
	struct str host;
	int port; /* 0: 993 with NET_TLS_IMPLICIT, else 143 */
	enum net_tls tls;
	struct str user;
	struct str password; /* either this ... */
	struct oauth *oauth; /* ... or access tokens; outlives the session */
	struct str folder;   /* empty: INBOX */
	struct imap_cursor cursor;
	int64_t size_max; /* bytes a mail may have; 0: 40 MB */
	int64_t poll_ms;  /* without IDLE; 0: a minute */
	bool mark_seen;   /* flag what was acknowledged as \Seen */
	bool from_now;    /* with a cursor of 0, 0: leave what is there already */
};

enum imap_state { IMAP_CONNECTING, IMAP_OK, IMAP_FAILING, IMAP_CLOSED };

enum imap_flag {
	IMAP_SEEN = 1,
	IMAP_ANSWERED = 2,
	IMAP_FLAGGED = 4,
	IMAP_DELETED = 8,
	IMAP_DRAFT = 16
};

struct imap_mail {
	struct imap_cursor at; /* what the cursor is once this mail is stored */
	unsigned flags;        /* enum imap_flag */
	int64_t size;
	bool too_large; /* larger than size_max: raw holds its header only */
	struct str raw; /* until imap_ack() of it */
	/* The server would not hand it out, in its words: raw is its header or empty.  It is
	 * acknowledged like any other, and can be asked for with imap_again().  Empty otherwise. */
	struct str failed;
};

struct imap_handler {
	/* IMAP_FAILING: key (mail.error.connect, .tls, .auth, .folder, .protocol, .timeout), detail
	 * in English or the server's words, and when it tries again (clock_now()).  IMAP_OK comes
	 * each time the mailbox has been looked through.  IMAP_CLOSED is the last call. */
	void (*state)(void *arg, enum imap_state, const char *key, const char *detail,
		      int64_t next);
	/* A new mail.  Some more may come before the first is acknowledged, never many. */
	void (*mail)(void *arg, const struct imap_mail *);
	/* The cursor moved without a mail: an empty folder seen for the first time, or a new
	 * UIDVALIDITY, after which all mails come again.  May be NULL. */
	void (*cursor)(void *arg, struct imap_cursor);
	/* What imap_again() asked for; nothing is acknowledged.  failed "" and raw empty: it is no
	 * longer there.  May be NULL. */
	void (*again)(void *arg, const struct imap_mail *);
	void *arg;
};

struct imap *imap_open(struct net *, const struct imap_account *, const struct imap_handler *);

/* All mails up to this one are stored; come with their `at`. */
void imap_ack(struct imap *, struct imap_cursor);

/* A mail could not be stored: reconnect with backoff and hand over again from the cursor. */
void imap_nack(struct imap *);

/* Look now instead of at the next try or poll. */
void imap_try_now(struct imap *);

/* Ask once more for a mail that was handed over too large or failed. */
void imap_again(struct imap *, struct imap_cursor);

/* Put a mail into a folder, seen.  Empty: the one the server marks as \Sent, else "Sent".  It is
 * made when it is missing.  ok false: key says why; a session that is not connected tries until
 * it is, or is closed. */
void imap_append(struct imap *, struct str folder, struct str mail,
		 void (*done)(void *arg, bool ok, const char *key), void *arg);

/* End the session.  state(IMAP_CLOSED) is the last callback, after which nothing is touched. */
void imap_close(struct imap *);
