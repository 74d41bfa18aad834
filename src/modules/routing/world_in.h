/* world_in.h - the world's insides, shared by its play and its score. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/routing/world.h"

enum { WORLD_ATTEMPTS = 5, WORLD_OUTBOX = 1 << 16 };

enum record_state { R_NONE, R_WAITING, R_ACTIVE, R_DONE, R_ABANDONED };

struct world_record {
	struct route_contact c;
	enum record_state state;
	bool lang_fault, lang_lost, ok, same, offered;
	int64_t agent; /* valid from R_ACTIVE on */
	double t, at, fr, gl, gs, callback_by;
};

struct world_chat {
	struct world_record *r;
	double left;
};

struct world_person {
	bool on;
	int n_chats;
	struct world_chat chats[ROUTE_CHATS_MAX];
	struct world_record *phone, *mail;
	double phone_left, mail_left, last, busy, overtime, rostered;
	uint64_t version;
};

enum world_kind { W_DONE, W_NEW, W_AGAIN, W_ABANDON, W_ON, W_OFF, W_TICK };

struct world_item {
	double t;
	int order;
	enum world_kind kind;
	uint64_t seq, version;
	struct world_person *person;
	int64_t id, prev;
	uint8_t attempt, anger;
	bool repeat, lang_lost;
};

struct world {
	struct arena *a;
	const struct day *day;
	const struct policy *policy;
	world_log *log;
	void *log_self;
	double t, end;
	struct world_item *q; /* heap */
	size_t n_q, cap_q;
	uint64_t seq;
	struct world_person *people;
	struct world_record *records; /* by case and attempt */
	size_t n_records, n_waiting, live;
	struct route_event outbox[WORLD_OUTBOX]; /* ring: one moment never fills it */
	size_t n_out, n_said;
	bool ticking;
	struct figures f;
};

void world_score(struct world *);
double world_gap(const struct route_person *, const struct route_contact *, double floor);
