/* job.h - what leaves the machine: written down with the change that wants it, sent after.
 *
 * A job is a row.  load() (a read) says what to send; core drives the network; done() records
 * the outcome in a transaction.  Jobs with one key run one after the other.  A crash between
 * "sent" and "recorded" leaves the job `unknown` to its kind's rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

struct job {
	int64_t id;
	struct str kind;
	struct str key;  /* "conversation:12"; empty: alone */
	int64_t subject; /* what it is about, the kind's own */
	int64_t inbox_id, conversation_id;
	int64_t run_at;
	int64_t tries;
	struct str data; /* JSON, the kind's own */
};

enum outcome_kind {
	OUTCOME_SENT,    /* taken by the other side */
	OUTCOME_REFUSED, /* will never be taken: shown, not tried again */
	OUTCOME_LATER,   /* try again with backoff */
	OUTCOME_UNKNOWN, /* it may have been taken */
};

struct outcome {
	enum outcome_kind kind;
	const char *key; /* i18n key of what went wrong; NULL when sent */
	struct str arg;
	int64_t retry_after; /* milliseconds; 0: backoff decides */
	struct str id;       /* the other side's id, when it gave one */
};

/* Drives one sending on the outbound thread; calls job_finish() once, from any thread. */
struct job_run;

struct job_kind {
	const char *name;
	/* Read what to send and start it; E_NOTFOUND: nothing to do any more.  Runs on a job thread
	 * in a read snapshot; what it starts must own its memory. */
	enum err (*start)(struct ctx *, const struct job *, struct job_run *);
	/* It begins, in the transaction that claims it: show it as being sent.  May be NULL. */
	enum err (*claimed)(struct ctx *, const struct job *);
	/* Record the outcome, in a transaction. */
	enum err (*done)(struct ctx *, const struct job *, const struct outcome *);
	int tries_max;            /* then OUTCOME_LATER becomes refused; 0: 12 (about a day) */
	int64_t unknown_retry_ms; /* run an unknown one again after this; 0: never by itself */
	/* Whether this one may be; NULL: yes. */
	bool (*may_rerun)(struct ctx *, const struct job *);
};

/* In the transaction of the change.  run_at 0 means now. */
enum err job_add(struct ctx *, const struct job *, int64_t *id) MUST;
/* Take back one that has not started; *gone says whether it was still waiting. */
enum err job_cancel(struct ctx *, const char *kind, int64_t subject, bool *gone) MUST;
/* Run a failed or unknown one again now. */
enum err job_retry(struct ctx *, int64_t id) MUST;

/* The run's outcome.  Copies what it needs. */
void job_finish(struct job_run *, const struct outcome *);
/* Memory that lives until job_finish(). */
struct arena *job_arena(struct job_run *);
struct desk *job_desk(struct job_run *);
