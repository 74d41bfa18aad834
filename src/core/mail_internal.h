/* mail_internal.h - what the keeper of mailboxes and the sender share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"
#include "core/mail.h"
#include "net/imap.h"
#include "net/smtp.h"

#include <pthread.h>

enum { COPIES_MAX = 32 }; /* own copies of one mailbox that are put into its folder at a time */

/* An errand that was begun; numbers are no order, for they may be committed in another. */
struct begun {
	int64_t errand; /* 0: free */
	bool done;      /* but not deleted yet */
};

/* One watched mailbox; made and freed by the keeper's thread. */
struct mailbox {
	struct mailbox *next;
	struct mail *mail;
	struct arena *a;
	int64_t inbox_id;
	struct mail_settings settings; /* texts in the arena */
	struct str address;
	unsigned char print[32]; /* of all of the above: what differs is opened anew */
	struct imap *imap;
	struct oauth *oauth; /* NULL: passwords */
	int busy;            /* callbacks of ours that are still to come; under mail->lock */
	bool closing, closed;
	bool leased; /* this node watches it; others only send */
	struct begun begun[COPIES_MAX];
	bool behind; /* one was not stored: what came after it waits for the next session */
	enum link_state state; /* as last written down */
	int64_t noted_at;
};

/* What a callback saw, for the keeper to write down; in an arena of its own. */
struct mail_item {
	struct mail_item *next;
	struct arena *a;
	struct mailbox *box;
	enum {
		ITEM_MAIL,
		ITEM_STATE,
		ITEM_CURSOR,
		ITEM_TOKEN,
		ITEM_AGAIN, /* a mail that was asked for once more */
		ITEM_COPY,  /* our own, for the node that watches the mailbox */
		ITEM_DONE,  /* an errand */
		ITEM_CLOSED
	} kind;
	struct imap_cursor at;
	struct str raw;   /* or the renewed token */
	struct str words; /* why it was not handed out; of a copy: the folder */
	bool too_large;
	int64_t errand;
	struct link_note note;
};

struct mail {
	struct desk *desk;
	pthread_t thread;
	pthread_mutex_t lock; /* the list of boxes, the queue, the flags */
	pthread_cond_t wake;
	struct mailbox *boxes;
	struct mail_item *first, **last;
	bool stopping, look;
	int64_t looked_at;     /* milliseconds that only go forward */
	int64_t errands_at;    /* the same, of the last look at the errands */
	int64_t errands_after; /* they are looked through in pages */
	struct arena *a;
};

/* mail_store.c: into the database, on the keeper's thread. */
enum err mail_store_items(struct mail *, struct mail_item **items, size_t n) MUST;
enum err mail_store_cursor(struct mail *, const struct mailbox *, struct imap_cursor) MUST;
enum err mail_read_cursor(struct mail *, struct mailbox *, struct imap_cursor *) MUST;
enum err mail_store_note(struct mail *, int64_t inbox_id, const struct link_note *) MUST;
enum err mail_store_token(struct mail *, int64_t inbox_id, struct str token) MUST;
/* The links of all active mailboxes, in the arena; and whether this node may watch one. */
enum err mail_read_links(struct mail *, struct arena *, struct inbox_link **, size_t *n) MUST;
bool mail_hold_lease(struct mail *, int64_t inbox_id);

/* mail_errand.c: what any node asks of the one that watches a mailbox, on the keeper's thread. */
void mail_errands(struct mail *);
void mail_errand_done(struct mail *, struct mailbox *, int64_t id);
/* Keep a copy of ours through the watching node. */
enum err mail_store_copy(struct mail *, const struct mail_item *) MUST;
/* A mail that was asked for once more has come, or has not. */
enum err mail_store_again(struct mail *, const struct mail_item *) MUST;
/* Any thread: hand the keeper something for an open box, whose lock is held. */
struct mail_item *mail_item_new(struct mailbox *, int kind);
void mail_put_locked(struct mail_item *);

/* Run fn with the open box of an inbox under the lock; false when there is none. */
bool mail_with_box(struct desk *, int64_t inbox_id, void (*fn)(struct mailbox *, void *), void *);

enum net_tls mail_tls(struct str security);
struct str mail_smtp_user(const struct mail_settings *, struct str address);
