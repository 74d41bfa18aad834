/* testing.h - a desk for the modules' tests: calls without a network, on both engines, the clock by
 * hand.
 *
 *   struct testing t;
 *   for (int e = 0; e < testing_engines(); e++) {
 *           testing_open(&t, e, modules, channels);
 *           assert_int_equal(testing_call(&t, &who, "POST", "/tags", "{\"name\":\"a\"}"), 201);
 *           testing_close(&t);
 *   } */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

struct testing {
	struct arena *a;
	struct config config;
	struct desk *desk;
	struct store *schema; /* holds PostgreSQL's, for as long as the desk is open */
	int engine;
	int64_t now;     /* the calls' clock; 0: the machine's */
	struct str body; /* of the last reply, or "key arg" of a refusal */
	char folder[64];
};

int testing_engines(void);
void testing_open(struct testing *, int engine, const struct module *const *,
		  const struct channel *const *);
void testing_close(struct testing *);

/* Everything a request goes through but the network; gives the status. */
int testing_call(struct testing *, const struct actor *, const char *method, const char *path,
		 const char *body);
/* Whether the last reply holds the text. */
bool testing_has(const struct testing *, const char *text);
/* fn as the system, in one write transaction. */
enum err testing_do(struct testing *, enum err (*fn)(struct ctx *, void *), void *arg) MUST;

/* How the engine runs a query, with the optional parameters of the mask given: its own words. */
struct str testing_plan(struct testing *, const struct query *, uint64_t mask);

/* Somebody with all permissions, who sees these inboxes. */
struct actor testing_agent(struct testing *, int64_t id, const int64_t *inboxes, size_t n);
