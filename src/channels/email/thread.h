/* thread.h - which conversation a mail belongs to, by evidence and never by its subject.
 *
 * Our mails carry the conversation twice, signed: in the Message-ID and in a plus address
 * ("support+c17-Qk3v...@shop.example").  A signature says for which inbox it was made, so that
 * a token copied to another inbox opens nothing.  What is only an id is a candidate: the
 * caller looks it up among the messages of the same inbox. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "channels/email/mime.h"

struct email_key {
	struct str secret; /* of the desk, at least 16 bytes */
	int64_t inbox;
};

/* The address answers should go to; address itself when it cannot carry a token. */
struct str email_token_address(struct arena *, const struct email_key *, struct str address,
			       int64_t conversation);

/* Without brackets.  The same message always has the same id, so a second sending of it is
 * recognised by whoever got the first. */
struct str email_message_id(struct arena *, const struct email_key *, int64_t conversation,
			    int64_t message, struct str domain);

/* The conversation a token of ours names; 0 when it is not one, or not this inbox's. */
int64_t email_token_conversation(const struct email_key *, struct str address);
/* The same of a Message-ID; *message is the message. */
int64_t email_id_conversation(const struct email_key *, struct str id, int64_t *message);

/* Each piece of evidence, the strongest first. */
struct email_clue {
	int64_t conversation; /* of a verified token, or 0 */
	struct str id;        /* else a Message-ID to look up in this inbox */
};

struct email_clues {
	struct email_clue *v;
	size_t n;
};

/* Tokens in To, Cc and Delivered-To; In-Reply-To; References, newest first; for a report the
 * mail it is about before all. */
struct email_clues email_find_clues(struct arena *, const struct email_key *,
				    const struct email_message *);

/* Whether an address is this mailbox, with or without a plus part. */
bool email_same_mailbox(struct str address, struct str mailbox);
