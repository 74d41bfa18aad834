/* replay.h - one day under one policy or several, figures side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/world.h"

/* A decision at event n, and why in English; both are valid during the call only. */
typedef void replay_log(void *self, size_t n, double t, const struct route_decision *,
			struct str reason);

/* Play a day with the engine under these weights; log may be NULL. */
struct figures replay_engine(struct arena *, const struct day *, const struct route_weights *,
			     replay_log *, void *log_self);
/* With a peer's rule; false when there is no rule of that name. */
bool replay_peer(struct arena *, const struct day *, struct str rule, struct figures *);

/* One figure's name and value; NULL past the last. */
const char *figure_name(size_t i);
double figure_value(const struct figures *, size_t i);
