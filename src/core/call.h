/* call.h - one request on its way: read, identified, permitted, run in its transaction, answered.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

/* The HTTP server's callbacks; arg is the desk. */
struct http_plan call_plan(void *arg, const struct http_req *);
void call_handle(void *arg, struct http_req *);

/* Everything between matching and sending, on a given connection: for tests and commands too.
 * With actor NULL the modules identify the request.  Fills r; the error is in c as well. */
enum err call_run(struct ctx *c, struct req *q, struct reply *r);

/* Answer with an RFC 9457 problem, from any thread. */
void call_problem(struct http_req *, enum err, const char *key, const char *arg);
