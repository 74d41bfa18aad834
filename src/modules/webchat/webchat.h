/* webchat.h - the chat window in a shop's page. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"
#include "core/module.h"

extern const struct module webchat_module;
extern const struct channel webchat_channel;

/* The settings of a chat inbox. */
struct webchat_settings {
	struct str greeting;                    /* JSON: {"en":"...","zh":"..."} */
	struct str prechat_name, prechat_email; /* hidden, optional, required */
	struct str identity_secret;
	bool identity_required;
	int64_t mail_inbox_id; /* goes on by e-mail from there; 0: never */
	int64_t visitor_days;  /* a token unused for so long has lapsed */
};

/* For the demo company: a visitor of the past. */
enum err webchat_add_visitor(struct ctx *, int64_t inbox_id, struct str client_id,
			     int64_t customer_id, struct str language, int64_t *id) MUST;
