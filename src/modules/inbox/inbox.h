/* inbox.h - conversations: what a customer wrote, what we answered, who takes care of it.
 *
 * Everything that changes a conversation goes through the functions here, each writes its event
 * and its live update.  Statuses: open, pending, snoozed, resolved, spam. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

extern const struct module inbox_module;

/* ---- inboxes: the connected channels ---- */

struct inbox_new {
	struct str name, channel, address, key, color, language;
	struct str settings; /* JSON of the channel's shape */
};
/* key empty: a random one is made. */
enum err inbox_add(struct ctx *, const struct inbox_new *, int64_t *id) MUST;
/* The inbox of a public key; E_NOTFOUND. */
enum err inbox_of_key(struct ctx *, struct str key, struct inbox_link *) MUST;
enum err inbox_named(struct ctx *, struct str name, struct inbox_link *) MUST;
enum err inbox_link_of(struct ctx *, int64_t id, struct inbox_link *) MUST;
/* All active inboxes of a channel. */
enum err inbox_of_channel(struct ctx *, const char *channel, struct list *links) MUST;
/* How its connection is; shown in words, and live. */
enum err inbox_connected(struct ctx *, int64_t id, bool ok) MUST;
enum err inbox_disconnected(struct ctx *, int64_t id, const char *key, struct str arg,
			    int64_t next_try_at) MUST;
/* One setting that changed by itself (a renewed token); the version stays. */
enum err inbox_put_setting(struct ctx *, int64_t id, const char *field, struct str value) MUST;

/* ---- what comes in ---- */

struct inbox_taken {
	int64_t conversation_id, entry_id;
	bool fresh; /* not there before */
	bool new_conversation;
};
/* A customer's message.  in->conversation_id, in->references say where it belongs, else it opens
 * a new conversation.  The same external or client id twice is one message. */
enum err inbox_take(struct ctx *, const struct incoming *in, int64_t customer_id,
		    int64_t visitor_id, struct str client_id, bool spam, struct inbox_taken *) MUST;
/* Where a message is by its external id: 0, 0 when it is not there; *first: it opened its
 * conversation and nothing was said after it. */
enum err inbox_of_message(struct ctx *, int64_t inbox_id, struct str external_id,
			  int64_t *conversation_id, int64_t *entry_id, bool *first) MUST;
/* The receiver of what channels parsed (struct module .receive). */
enum err inbox_receive(struct ctx *, const struct incoming *) MUST;

/* ---- what goes out ---- */

struct inbox_write {
	int64_t conversation_id;
	struct str kind; /* reply, note */
	struct str text;
	struct ids files;  /* file.id of own uploads */
	struct str to, cc; /* comma lists; empty: the reply's own */
	struct str client_id;
	bool automatic;
	int64_t at;        /* 0: now; the demo company's past otherwise */
	int64_t person_id; /* 0: the actor */
};
enum err inbox_write(struct ctx *, const struct inbox_write *, int64_t *entry_id, bool *fresh) MUST;

/* Name people in a note: kept until they have opened the conversation, and told at once.  They are
 * known to see the inbox. */
enum err inbox_mention(struct ctx *, int64_t entry_id, struct ids people) MUST;

/* What a channel needs to compose and send an entry. */
struct inbox_file {
	struct str name, type, hash, cid;
	int64_t size;
};
struct inbox_outgoing {
	int64_t entry_id, conversation_id, inbox_id, at;
	struct str text, subject, language, external_id, state;
	struct str to, cc; /* comma lists of addresses */
	struct str person_name, signature;
	struct str in_reply_to;
	struct strs references;                    /* oldest first, at most 20 */
	struct str previous_text, previous_sender; /* to quote */
	int64_t previous_at;
	struct inbox_file *files;
	size_t n_files;
	bool automatic;
};
/* E_NOTFOUND when it was undone or is gone. */
enum err inbox_outgoing(struct ctx *, int64_t entry_id, struct inbox_outgoing *) MUST;
/* Move an entry's sending state: held < queued < sending < sent < delivered < read; failed,
 * unknown, bounced.  Never backwards from a later success.  key and arg say what went wrong. */
enum err inbox_entry_state(struct ctx *, int64_t entry_id, const char *state, const char *key,
			   struct str arg) MUST;

/* ---- changes ---- */

struct inbox_change {
	struct opt_str status, subject;
	struct opt_int snoozed_until, assignee_id, team_id, priority;
	struct opt_ids tag_ids;
};
/* E_CONFLICT when the version moved on (version 0: whatever it is). */
enum err inbox_change(struct ctx *, int64_t id, int64_t version, const struct inbox_change *) MUST;

/* What lists show and sort by, written by the modules that know it. */
enum err inbox_set_seen(struct ctx *, int64_t conversation_id, int64_t entry_id) MUST;

/* A conversation of the actor's scope; E_NOTFOUND otherwise. */
struct inbox_conversation {
	int64_t id, inbox_id, customer_id, visitor_id, assignee_id, version, last_in_id,
	    seen_by_customer;
	struct str channel, status, subject, language;
};
enum err inbox_conversation(struct ctx *, int64_t id, struct inbox_conversation *) MUST;
/* The visitor's latest conversation; id 0 when there is none. */
enum err inbox_of_visitor(struct ctx *, int64_t visitor_id, int64_t *id, struct str *status) MUST;

/* Messages of a conversation as its customer may see them, oldest first. */
struct inbox_message {
	int64_t id, at, person_id;
	struct str direction, text, state, client_id;
	bool automatic;
	struct list files; /* struct file_view */
};
enum err inbox_messages(struct ctx *, int64_t conversation_id, int64_t after, size_t most,
			struct list *) MUST;

/* The customer's newest message that one of us has read; 0: none. */
enum err inbox_seen_by_us(struct ctx *, int64_t conversation_id, int64_t *entry_id) MUST;

/* ---- macros ---- */

/* Several changes under one name; what is not given stays as it is. */
struct inbox_macro {
	int64_t id, version;
	struct str name;
	struct opt_str status, priority, assignee; /* assignee: me, nobody */
	struct opt_int canned_id, snooze_hours, team_id;
	struct ids tag_ids;
};
/* E_CONFLICT when the name is taken, E_INVALID for what names nothing or does nothing. */
enum err inbox_add_macro(struct ctx *, const struct inbox_macro *, int64_t *id) MUST;

/* ---- files ---- */

struct file_view {
	int64_t id, size;
	struct str name, type, url;
	struct opt_int width, height;
	struct str cid;
};
extern const struct shape file_shape;
/* Keep an uploaded body (in prepare(): it touches the disk), then record it (in the handler). */
struct upload {
	struct str hash, name, type;
	int64_t size, width, height;
};
enum err inbox_keep_upload(struct ctx *, const struct req *, struct str name,
			   struct upload **) MUST;
enum err inbox_add_file(struct ctx *, const struct upload *, int64_t inbox_id,
			struct file_view *) MUST;
/* A file the visitor of a conversation may fetch. */
enum err inbox_file_of_conversation(struct ctx *, int64_t file_id, int64_t conversation_id,
				    struct upload *) MUST;

/* For the demo company: tags and canned replies. */
enum err inbox_add_tag(struct ctx *, struct str name, struct str color, int64_t *id) MUST;
enum err inbox_add_canned(struct ctx *, struct str shortcut, struct str title, struct str folder,
			  int64_t *id) MUST;
enum err inbox_add_canned_text(struct ctx *, int64_t id, struct str language, struct str text) MUST;

/* At most one automatic answer a sender, inbox and day; *may is false for the second. */
enum err inbox_claim_auto_answer(struct ctx *, int64_t inbox_id, struct str sender, bool *may) MUST;
