/* imap_session.h - the inside of a mailbox session, for imap.c, imap_fetch.c, imap_append.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/client_internal.h"
#include "net/imap.h"
#include "net/imap_reader.h"

enum { IMAP_COMMAND_MS = 60000, IMAP_BLOCK = 50 };

/* What the session waits for. */
enum imap_phase {
	PHASE_OFF,     /* the time for the next try */
	PHASE_TOKEN,   /* an access token */
	PHASE_OPENING, /* the wire */
	PHASE_ABLE,    /* the answer to CAPABILITY */
	PHASE_ID,      /* to ID */
	PHASE_SELECT,
	PHASE_SEARCH,
	PHASE_SIZES,
	PHASE_BODIES, /* several FETCH at once; or acknowledgements only */
	PHASE_STORE,
	PHASE_IDLE,
	PHASE_DONE,  /* the end of IDLE */
	PHASE_WAIT,  /* the next poll */
	PHASE_AGAIN, /* one mail, asked for by hand */
	PHASE_LIST,
	PHASE_APPEND,
	PHASE_CREATE,
};

/* A mail of the block that is being fetched. */
struct imap_item {
	uint32_t uid;
	unsigned flags;
	int64_t size; /* -1: not said; the mail is gone */
	uint32_t tag; /* of its FETCH, 0 before */
	bool head_only, handed;
	struct str refused; /* the server's words; in the block's arena */
};

/* A mail that was handed over and is not acknowledged. */
struct imap_held {
	struct imap_held *next;
	struct imap_cursor at;
	size_t n;
	char bytes[];
};

struct imap_append_job {
	struct imap_append_job *next;
	char *folder, *bytes; /* folder as the protocol wants it, or NULL */
	size_t n;
	int tries;
	bool created, sending;
	void (*done)(void *arg, bool ok, const char *key);
	void *arg;
};

/* A mail to be fetched once more. */
struct imap_wanted {
	struct imap_wanted *next;
	struct imap_cursor at;
	int tries;
};

struct imap_token_wait;

struct imap {
	struct net *net;
	struct net_service service;
	struct arena *a; /* the account */
	struct imap_account account;
	struct imap_handler on;
	struct net_timer timer;
	struct wire *wire;
	struct imap_reader *reader;
	struct imap_token_wait *token;
	enum imap_phase phase;
	uint32_t tag; /* of the last command */
	int failures; /* since it last worked */
	bool again;   /* look again before idling */
	bool signed_in;

	bool can_idle, can_id;
	char *sent_folder; /* as the protocol wants it, once known */

	uint32_t uidnext;
	struct imap_cursor cursor, handed; /* stored; given to the handler */
	uint32_t *uids;                    /* found and not fetched yet, in order */
	size_t n_uids, next_uid;
	struct imap_item block[IMAP_BLOCK];
	size_t n_block, next_item;
	struct imap_held *held, *held_last;
	size_t held_n, held_bytes;
	/* One mail at a time, since one was refused or the line broke while mails were fetched. */
	bool careful;
	bool redo;          /* what comes of the block is left: it is looked for again, carefully */
	uint32_t fault_uid; /* during which the line broke last, */
	int faults;         /* and how often it did */
	struct arena *words; /* of the block's refusals */
	struct imap_wanted *wanted;
	bool again_told; /* the first of them came, and left the list */

	struct imap_append_job *appends, *appends_last;
};

/* imap.c */
void imap_command(struct imap *, enum imap_phase, struct str text); /* adds tag and line end */
void imap_arm(struct imap *, int64_t ms);
void imap_failed(struct imap *, const char *key, const char *detail);
void imap_next_step(struct imap *); /* nothing is under way: decide what comes */
void imap_news(struct imap *);      /* there is something to do: now, or when it is free */
void imap_say_ok(struct imap *);

/* imap_fetch.c */
void imap_search(struct imap *);
void imap_found(struct imap *, struct str numbers); /* an untagged SEARCH */
void imap_search_done(struct imap *);
void imap_sizes_done(struct imap *);
void imap_fetched(struct imap *, const struct imap_fetched *);
void imap_fetch_done(struct imap *, uint32_t tag, const struct imap_response *);
void imap_sizes_refused(struct imap *, struct str code, const char *text);
void imap_fetch_lost(struct imap *); /* the connection went while mails were fetched */
void imap_acked(struct imap *, struct imap_cursor);
void imap_drop_found(struct imap *); /* what the lost connection had told */
void imap_drop_held(struct imap *);

/* imap_again.c */
void imap_again_next(struct imap *);
void imap_again_fetched(struct imap *, const struct imap_fetched *);
void imap_again_done(struct imap *, enum imap_status, struct str text);
void imap_again_lost(struct imap *); /* with the connection */
void imap_again_drop(struct imap *);

/* imap_append.c */
void imap_append_next(struct imap *);
void imap_append_listed(struct imap *, struct str rest);
void imap_append_go_on(struct imap *);
void imap_append_answered(struct imap *, enum imap_status, struct str code);
void imap_append_lost(struct imap *); /* with the connection */
void imap_append_end_all(struct imap *);
