/* config.h - aftersail.conf and the command line: one table of rows, flags win. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/field.h"

struct config {
	struct str data;     /* folder */
	struct str database; /* sqlite:PATH or postgresql://... */
	struct str files;    /* folder of attachments and raw mail; empty: data/blobs */
	struct str listen;
	struct str public_url;
	struct str trusted_proxies; /* comma list */
	struct str log_level;
	struct str ca_file; /* more certificate authorities for outgoing connections */
	int64_t readers, attachment_max, undo_seconds;
	int64_t chat_rate; /* messages a visitor may send in a minute; 0: no limit */
	bool new_secret;   /* take this folder's secret though the database knows another */
	bool group_commit_off, sync_off;
	int64_t flush_delay_us;
};

/* Read data/aftersail.conf when it is there, then the flags ("--listen", "127.0.0.1:80", ...).
 * Unknown names refuse with the nearest right one in *why. */
enum err config_read(struct arena *, int argc, char **argv, struct config *, const char **why) MUST;
/* Whether a setting, or the flag of that name without its --, is one of the table's. */
bool config_knows(struct arena *, struct str name);

/* The manual of all rows, or with their values. */
void config_print(struct buf *, const struct config *, bool doc);
