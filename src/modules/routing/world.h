/* world.h - the benchmark's world: plays a day against a policy and counts what it cost.
 *
 * Every random quantity is a hash of (seed, case, attempt, stream), so the same decisions give
 * the same day, here and in the benchmark's own scorer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/day.h"

/* Whoever decides.  step answers one event; `out` lives until the next call. */
struct policy {
	void *self;
	void (*step)(void *self, const struct route_event *, struct route_out *out);
};

struct figures {
	size_t cases, contacts, agents, invalid, callbacks, callbacks_kept, events, peak_queue;
	double cost_per_case, fr_mean, fr_p50, fr_p90, fr_p99, sl30, fr_mean_vip, abandon;
	double lang_match, skill_match, fcr, fcr_all, repeat, repeat_lang_share, same_agent;
	double email_sla, util, gini, fr_de, overtime_h;
	/* what cost_per_case is made of */
	double cost_wait, cost_abandoned, cost_unresolved, cost_mail, cost_callback;
	double fr_market[64];
};

/* Called for each decision the world took, in order; may be NULL. */
typedef void world_log(void *self, size_t n, double t, const struct route_decision *);

struct figures world_play(struct arena *, const struct day *, const struct policy *, world_log *,
			  void *log_self);
