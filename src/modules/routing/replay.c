/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/replay.h"

#include "modules/routing/peers.h"

static void engine_policy(void *self, const struct route_event *v, struct route_out *out)
{
	/* What the engine refuses it answers with nothing, which is what the world then sees. */
	if (engine_step(self, v, out) != E_OK)
		*out = (struct route_out){0};
}

struct reasoned {
	const struct engine *engine;
	struct arena *scratch;
	replay_log *log;
	void *self;
};

static void log_with_reason(void *self, size_t n, double t, const struct route_decision *d)
{
	struct reasoned *r = self;
	struct buf reason = BUF(r->scratch);

	engine_reason(r->engine, d, false, &reason);
	r->log(r->self, n, t, d, buf_str(&reason));
	arena_reset(r->scratch);
}

struct figures replay_engine(struct arena *a, const struct day *d, const struct route_weights *w,
			     replay_log *log, void *log_self)
{
	struct route_setup s = d->told;

	s.weights = *w;
	struct policy p = {engine_new(a, &s), engine_policy};
	struct reasoned r = {p.self, arena_new(), log, log_self};
	struct figures f = world_play(a, d, &p, log ? log_with_reason : NULL, &r);
	arena_free(r.scratch);
	return f;
}

bool replay_peer(struct arena *a, const struct day *d, struct str rule, struct figures *out)
{
	const struct peer_rule *r = peer_find(rule);

	if (!r)
		return false;
	struct policy p = peer_policy(a, r, d);
	*out = world_play(a, d, &p, NULL, NULL);
	return true;
}

/* clang-format off */
#define REAL(m)  {#m, offsetof(struct figures, m), true}
#define COUNTS(m) {#m, offsetof(struct figures, m), false}
static const struct { const char *name; size_t at; bool real; } figures[] = {
	COUNTS(cases), COUNTS(contacts), COUNTS(agents), REAL(cost_per_case), REAL(cost_wait),
	REAL(cost_abandoned), REAL(cost_unresolved), REAL(cost_mail), REAL(cost_callback), REAL(fr_mean), REAL(fr_p50),
	REAL(fr_p90), REAL(fr_p99), REAL(sl30), REAL(fr_mean_vip), REAL(fr_de), REAL(abandon),
	COUNTS(callbacks), COUNTS(callbacks_kept), REAL(lang_match), REAL(skill_match), REAL(fcr),
	REAL(fcr_all), REAL(repeat), REAL(repeat_lang_share), REAL(same_agent), REAL(email_sla),
	REAL(util), REAL(gini), REAL(overtime_h), COUNTS(peak_queue), COUNTS(invalid), COUNTS(events),
};
/* clang-format on */

const char *figure_name(size_t i)
{
	return i < COUNT(figures) ? figures[i].name : NULL;
}

double figure_value(const struct figures *f, size_t i)
{
	const char *at = (const char *)f + figures[i].at;

	return figures[i].real ? *(const double *)at : (double)*(const size_t *)at;
}
