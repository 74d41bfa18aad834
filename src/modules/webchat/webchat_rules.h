/* webchat_rules.h - what the files of this module share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/inbox/inbox.h"
#include "modules/webchat/webchat.h"
#include "modules/webchat/webchat.sql.h"

/* The module's own .identify: a visitor by the token of a browser that was used of late. */
enum err webchat_identify(struct ctx *, const struct req *, bool *known) MUST;
/* The visitor who asks has just used the chat. */
enum err webchat_used(struct ctx *) MUST;

/* A message as the visitor sees it. */
struct webchat_message {
	int64_t id, at;
	struct str from, text, state;
	struct opt_str client_id, author;
	struct list attachments;
};
extern const struct shape webchat_message_shape;
enum err webchat_view_of(struct ctx *, const struct inbox_message *, struct webchat_message *) MUST;

extern const struct route webchat_start_routes[];
extern const struct reaction webchat_listens[];
extern const struct job_kind webchat_jobs[];
