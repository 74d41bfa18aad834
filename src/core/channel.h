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

struct channel {
	const char *name;
	unsigned can;
	int64_t file_max, files_max;  /* bytes a file, files a message */
	const struct shape *settings; /* an inbox's settings; the console draws its form from it */
	const void *defaults;
	/* The bytes as kept, to a message.  E_INVALID with why->key for the quarantine.
	 * settings is the inbox's, inbox_address its own address. */
	enum err (*parse)(struct arena *, const void *settings, struct str inbox_address,
			  struct str raw, struct incoming *out, struct json_why *why);
};

/* The channels of this program, from app/channels.c, ended by NULL. */
const struct channel *channel_find(const struct desk *, struct str name);

/* What state an inbox's connection is in, kept in the table of inboxes by inbox_set_state(). */
enum link_state { LINK_OFF, LINK_CONNECTING, LINK_OK, LINK_FAILING };
