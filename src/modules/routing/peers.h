/* peers.h - how other desks assign, written small, to compare with.
 *
 * These are our own short readings of public descriptions, not anybody's code.  Each walks all
 * who wait and all who are there: right for a comparison, wrong for a product. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/world.h"

struct peer_rule;

/* The rule of that name (region, fifo, roundrobin, bullseye, skills, weighted), or NULL. */
const struct peer_rule *peer_find(struct str name);
/* The i-th rule's name, NULL past the last. */
const char *peer_name(size_t i);

struct policy peer_policy(struct arena *, const struct peer_rule *, const struct day *);
