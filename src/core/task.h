/* task.h - long work on this machine, in steps of at most 5 ms through the writer's background
 * queue: reindexing, imports, removing the demo company.
 *
 * A row with its input, a key cursor, done and total; it goes on where it was after a crash. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

struct task {
	int64_t id;
	struct str kind;
	struct str input; /* JSON */
	int64_t cursor;   /* where the next step begins */
	int64_t done, total;
};

struct task_kind {
	const char *name; /* i18n "task.<name>" */
	/* One step: at most 5 ms of work, moving t->cursor and t->done; *over when it was the last.
	 */
	enum err (*step)(struct ctx *, struct task *, bool *over);
};

enum err task_add(struct ctx *, const char *kind, struct str input, int64_t total,
		  int64_t *id) MUST;
