/* worker.h - the threads behind the requests: reactors and inbound, jobs, tasks and cleanup.
 *
 * Woken by the store after each commit, with a poll as the net.  On a database that several
 * nodes share, one node at a time holds the lease for reactors, inbound, tasks and cleanup;
 * jobs are claimed one by one by any node. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

struct worker *worker_start(struct desk *);
/* Finish what is in hand and end the threads. */
void worker_stop(struct worker *);
/* After the store is closed: what it still had in hand may wake the worker. */
void worker_free(struct worker *);
void worker_wake(struct worker *);
/* Return when nothing is left to react to, take in or send now; for tests and commands. */
void worker_settle(struct desk *);

/* One round each; true when there was something to do.  The worker's, and the tests'. */
bool reactor_round(struct desk *);
bool inbound_round(struct desk *);
bool job_round(struct desk *);
bool task_round(struct desk *);
bool cleanup_round(struct desk *);

/* Jobs of a node that is gone: unknown, or queued again, by their kind's rule.  At start. */
enum err job_recover(struct desk *);
