/* hub.h - live updates: what changed, to the streams that may see it.
 *
 * A stream follows topics: "list", "conversation:12", "people", "inboxes", "me", "chat:7".
 * Changes of one topic and id are joined over 250 ms (the first goes out after 5); what a topic
 * sends is rendered once, on a read worker, by the module that registered it (live_source), and
 * written to all streams whose scope holds the inbox.  Each message has a number; a stream that
 * comes back with its last number gets what it missed, or `reset`.  A beat every 15 s. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/route.h"

struct hub;

struct hub *hub_new(struct desk *);
void hub_start(struct hub *);
void hub_stop(struct hub *);
void hub_free(struct hub *);

/* Send what a committed context queued (newest first), to this node's streams and to the others'.
 */
void hub_publish(struct hub *, const struct live *);

/* Reply handler of a stream's route: opens the stream for c->actor with the topics of the query
 * parameter `topics`; r->stream calls it. */
void hub_open(struct ctx *, struct reply *, struct http_req *);

/* Change what an open stream follows; false when it is not the actor's or not open here. */
bool hub_follow(struct hub *, const struct actor *, struct str stream_id, struct str topics);

/* End the streams of a person, on every node and once the context is committed: signed out.
 * Session 0: all; n: only that one; -n: all but that one. */
void hub_end(struct ctx *, int64_t person_id, int64_t session_id);

/* What a person may see or do has changed: the streams end with `reset`, so that the console comes
 * back with the new rights and reads everything again.  With an inbox: only those that do not see
 * it yet. */
void hub_renew(struct ctx *, int64_t person_id, int64_t inbox_id);

/* Whether a person has a stream open on this node, and how many streams there are. */
bool hub_present(struct hub *, enum actor_kind, int64_t actor_id);
size_t hub_streams(struct hub *);
