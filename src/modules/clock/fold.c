/* Response clocks: the state of a promise is nothing but the fold of what happened to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/hours.h"

struct fold {
	const struct clock_rule *rule;
	struct clock_now c;
	int64_t since; /* running: from when `used_ms` does not count yet */
};

/* Sums stop at the ends: a clock never runs round. */
static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? (b > 0 ? INT64_MAX : INT64_MIN) : sum;
}

static int64_t minus(int64_t a, int64_t b)
{
	int64_t d;

	return __builtin_sub_overflow(a, b, &d) ? (b < 0 ? INT64_MAX : INT64_MIN) : d;
}

static int64_t add(const struct clock_rule *r, int64_t from, int64_t ms)
{
	return r->hours ? hours_add(r->hours, from, ms) : plus(from, ms > 0 ? ms : 0);
}

static int64_t between(const struct clock_rule *r, int64_t from, int64_t to)
{
	return r->hours ? hours_between(r->hours, from, to) : minus(to, from);
}

static void start(struct fold *f, int64_t at)
{
	int64_t left = minus(f->rule->budget_ms, f->c.used_ms);
	int64_t early = minus(left, f->rule->warn_ms);

	f->since = at;
	f->c.state = CLOCK_RUNNING;
	f->c.due = add(f->rule, at, left);
	f->c.warn = HOURS_NEVER;
	/* A warning that came before the pause does not come again. */
	if (f->rule->warn_ms > 0 && (early >= 0 || f->c.used_ms == 0))
		f->c.warn = add(f->rule, at, early);
}

/* Count what has run until `at`, and notice the due time passing. */
static void advance(struct fold *f, int64_t at)
{
	if (f->c.state != CLOCK_RUNNING && f->c.state != CLOCK_BREACHED)
		return;
	f->c.used_ms = plus(f->c.used_ms, between(f->rule, f->since, at));
	f->since = at;
	if (f->c.state == CLOCK_RUNNING && at > f->c.due) {
		f->c.state = CLOCK_BREACHED;
		f->c.breached_at = f->c.due;
	}
}

static void stop(struct fold *f, enum clock_state s)
{
	f->c.state = s;
	f->c.warn = HOURS_NEVER;
	if (s == CLOCK_PAUSED || s == CLOCK_CANCELLED)
		f->c.due = HOURS_NEVER;
}

static void activate(struct fold *f, int64_t at)
{
	size_t ignored = f->c.ignored;

	f->c = (struct clock_now){.breached_at = HOURS_NEVER, .ignored = ignored};
	start(f, at);
}

/* One event in the state it met; false when it makes no sense there. */
static bool step(struct fold *f, const struct clock_event *e, int64_t at)
{
	enum clock_state s = f->c.state;
	bool running = s == CLOCK_RUNNING || s == CLOCK_BREACHED,
	     open = running || s == CLOCK_PAUSED;

	if (e->kind == CLOCK_ACTIVATE && !open)
		activate(f, at);
	else if (e->kind == CLOCK_PAUSE && s == CLOCK_RUNNING)
		stop(f, CLOCK_PAUSED);
	else if (e->kind == CLOCK_RESUME && s == CLOCK_PAUSED)
		start(f, at);
	else if (e->kind == CLOCK_FULFIL && open)
		stop(f, s == CLOCK_BREACHED ? CLOCK_LATE : CLOCK_MET);
	else if (e->kind == CLOCK_CANCEL && open)
		stop(f, CLOCK_CANCELLED);
	else
		return e->kind == CLOCK_BREACH && s == CLOCK_BREACHED;
	return true;
}

struct clock_now clock_fold(const struct clock_rule *rule, const struct clock_event *e, size_t n,
			    int64_t now)
{
	struct fold f = {.rule = rule};
	int64_t at = INT64_MIN;

	f.c =
	    (struct clock_now){.due = HOURS_NEVER, .warn = HOURS_NEVER, .breached_at = HOURS_NEVER};
	for (size_t i = 0; i < n; i++) {
		at = e[i].at > at ? e[i].at : at;
		advance(&f, at);
		if (!step(&f, &e[i], at))
			f.c.ignored++;
	}
	if (now > at)
		advance(&f, now);
	f.c.left_ms = minus(rule->budget_ms, f.c.used_ms);
	return f.c;
}

const char *clock_state_name(enum clock_state s)
{
	static const char *const names[] = {"idle", "running", "paused",   "breached",
					    "met",  "late",    "cancelled"};

	return (size_t)s < COUNT(names) ? names[s] : "unknown";
}
