/* day.h - a recorded or made-up day of a desk: its people, its customers, what nobody knew. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/engine.h"

struct day_profile {
	uint8_t n;
	struct route_speaks langs[ROUTE_SPEAKS_MAX];
};

struct day_case {
	double t;
	uint8_t market, channel, topic, complex, vip, emotion;
	uint16_t profile;
};

struct day {
	struct route_setup told;  /* what an engine may know */
	struct route_model model; /* what is true */
	uint64_t seed;
	double drain;
	struct day_profile *profiles;
	size_t n_profiles;
	struct day_case *cases;
	size_t n_cases;
	double *speed, *quality; /* of each person, hidden */
};

/* Read a scenario file.  E_MALFORMED, E_INVALID with a word on what was wrong. */
enum err day_read(struct arena *, struct str json, struct day *, const char **why) MUST;
