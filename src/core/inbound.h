/* inbound.h - everything that arrives from outside, kept raw before it is understood.
 *
 * Storing the raw bytes is the acknowledgement.  A reader off the writer calls the channel's
 * parse(), then the receiver that a module registered, in a transaction.  A row that fails stays
 * with its error: that is the quarantine, listed, read raw, tried again.
 *
 * A row that cannot be taken in now waits by itself, longer each time, and the others go on; only
 * what the same sender wrote to the same inbox later waits with it, so that a customer's words
 * stay in their order.  Whose row cannot be told holds nobody up. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

enum { INBOUND_MAX = 40 << 20, INBOUND_PARTS = 200, INBOUND_DEPTH = 20 };

/* One message as a channel understood it.  Which members are set depends on the channel. */
struct incoming_file {
	struct str name, type, cid;
	bool is_inline;
	struct str bytes; /* or, when the channel kept it in the blob store already: */
	struct str hash;
	int64_t size;
	int64_t width, height; /* of a picture; 0: unknown */
};

struct incoming_address {
	struct str name, address;
};

/* Stands in incoming.html between what was written now and what it quotes.  Cleaned HTML holds no
 * other comment; pictures still to be fetched are data-remote, the mail's own are data-cid. */
#define INCOMING_FOLD "<!--fold-->"

enum incoming_kind {
	INCOMING_MESSAGE, /* a person wrote */
	INCOMING_AUTO,    /* an automatic answer: kept, but opens and answers nothing */
	INCOMING_BOUNCE,  /* what we sent did not arrive */
	INCOMING_IGNORE,  /* our own copy, a loop: kept raw, no message */
};

struct incoming {
	int64_t inbound_id, inbox_id;
	enum incoming_kind kind;
	bool list;              /* came through a mailing list */
	bool spam;              /* the mail server says so */
	int64_t at;             /* when it was sent, as the channel says, bounded by now */
	struct str external_id; /* Message-ID and the like: unique in the inbox */
	struct incoming_address from;
	struct incoming_address *to, *cc;
	size_t n_to, n_cc;
	struct str subject;
	struct str text;     /* what the person wrote, without quotes */
	struct str quoted;   /* the quoted rest, folded in the thread */
	struct str html;     /* cleaned; empty when there is none; see INCOMING_FOLD */
	struct str raw_hash; /* of the source in the blob store */
	struct str language; /* when the channel knows */
	struct incoming_file *files;
	size_t n_files;
	int64_t conversation_id; /* by a signed token; 0: look at references */
	struct str *references;  /* external ids, best evidence first */
	size_t n_references;
	struct str bounced_id; /* INCOMING_BOUNCE: external id of ours that bounced ... */
	/* ... and what its signature says it was, also of another inbox's conversation; or 0 */
	int64_t bounced_conversation_id, bounced_entry_id;
	struct str bounce_reason;
	struct str bounced_address;
	bool may_answer; /* an automatic answer may go out */
	const char *why; /* i18n key of why not; NULL when it may */
};

/* Keep the raw bytes; *fresh is false when this delivery id is there already (it is not stored
 * twice).  The bytes must be in the blob store (blob_put) before. */
enum err inbound_add(struct ctx *, int64_t inbox_id, struct str delivery_id, struct str raw_hash,
		     int64_t size, bool *fresh) MUST;
/* In the transaction that added it: the raw bytes are not the whole mail, because of key and arg.
 * It goes to the quarantine with its sender and subject, as far as they are there. */
enum err inbound_partial(struct ctx *, int64_t inbox_id, struct str delivery_id, const char *key,
			 struct str arg) MUST;
