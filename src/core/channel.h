/* channel.h - a way to write to us and be answered: pure functions and a table of settings.
 *
 * app/channels.c lists them.  Core does the network, retries and rates; so a channel is tested
 * with golden files and fuzzers and needs no socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/inbound.h"
#include "core/job.h"

enum channel_can {
	CAN_MEDIA = 1,
	CAN_RECEIPTS = 2,
	CAN_TYPING = 4,
	CAN_CC = 8,
	CAN_START = 16, /* we may write first */
	CAN_HTML = 32,
};

/* An inbox, as its channel's functions need to know it. */
struct channel_at {
	int64_t inbox_id;
	struct str name, address;
	const void *settings; /* of channel->settings */
	struct str secret;    /* signs this desk's tokens; the same for all inboxes */
	struct str instance;  /* marks what this desk sends, against loops */
};

/* One message to go out, as the module of conversations knows it. */
struct outgoing_file {
	struct str name, type, hash;
	int64_t size;
};

struct outgoing {
	int64_t conversation_id, entry_id; /* conversation 0: belongs to none (a test mail) */
	struct str external_id;            /* empty: the channel makes it of the ids above */
	int64_t at;
	const struct incoming_address *to, *cc;
	size_t n_to, n_cc;
	struct str subject; /* as the thread's; an answer's "Re: " is the channel's business */
	struct str text, signature, language;
	struct str answers;           /* external id of the message it answers, or empty */
	const struct str *references; /* external ids of the thread, oldest first */
	size_t n_references;
	struct str quote_intro, quote; /* empty: nothing is quoted */
	const struct outgoing_file *files;
	size_t n_files;
	bool automatic; /* a machine wrote it */
};

/* What a channel made of it. */
struct composed {
	struct str external_id; /* the same for the same entry, however often it is composed */
	struct str bytes;
	struct str sender;      /* of the envelope */
	struct str *recipients; /* all of them, once each */
	size_t n_recipients;
};

struct channel {
	const char *name;
	unsigned can;
	int64_t file_max, files_max;  /* bytes a file, files a message */
	const struct shape *settings; /* an inbox's settings; the console draws its form from it */
	const void *defaults;
	/* The bytes as kept, to a message.  An error with why->key is for the quarantine. */
	enum err (*parse)(struct arena *, const struct channel_at *, struct str raw,
			  struct incoming *out, struct json_why *why);
	/* A message to the bytes that leave; paths[i] is where files[i] lies.  NULL for
	 * channels that are not mail. */
	enum err (*compose)(struct arena *, const struct channel_at *, const struct outgoing *,
			    const char *const *paths, struct composed *out, struct json_why *why);
	/* The id that compose() gives an entry's message: for the row, before it is sent. */
	struct str (*external_id)(struct arena *, const struct channel_at *,
				  int64_t conversation_id, int64_t entry_id);
};

/* The channels of this program, from app/channels.c, ended by NULL. */
const struct channel *channel_find(const struct desk *, struct str name);

struct inbox_link;
/* Texts live in the arena; settings are the link's. */
void channel_place(const struct desk *, struct arena *, const struct inbox_link *,
		   struct channel_at *);

/* What state an inbox's connection is in; the module of inboxes keeps it (module.link_note). */
enum link_state { LINK_OFF, LINK_CONNECTING, LINK_OK, LINK_FAILING };

struct link_note {
	enum link_state state;
	const char *key;     /* i18n key of what is wrong; NULL when nothing is */
	struct str arg;      /* the server's words */
	int64_t next_try_at; /* 0: not known */
};
