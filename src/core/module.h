/* module.h - a feature as the desk sees it: what it keeps, answers, hears and does.
 *
 * app/modules.c lists them in dependency order. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"
#include "core/event.h"
#include "core/inbound.h"
#include "core/job.h"
#include "core/route.h"
#include "core/task.h"

/* Renders what a live topic sends about one id; see core/hub.h. */
struct live_source {
	enum live_topic topic;
	/* JSON members without braces into out; E_NOTFOUND says "removed". */
	enum err (*render)(struct ctx *, int64_t id, struct buf *out);
};

/* Where an inbox's mail, chat, ... comes and goes; the module that owns inboxes tells core. */
struct inbox_link {
	int64_t id;
	const struct channel *channel;
	const void *settings; /* of channel->settings, secrets opened */
	struct str name, address, key, color, language;
	bool active;
};

/* What is old enough is cleared by these rules, each hour in steps. */
struct cleanup {
	const char *name; /* i18n "cleanup.<name>" */
	int days;
	/* Delete at most 500 rows older than `before`; *n says how many went. */
	enum err (*run)(struct ctx *, int64_t before, int64_t *n);
};

/* A customer joined to another in one transaction: each module's rows of `from` become rows of
 * `to`, and it says which; or, with undo, just those go back. */
struct merging {
	int64_t id; /* customer_merge.id */
	int64_t from, to;
	bool undo;
};

struct module {
	const char *name;
	const struct migration *schema;             /* ended by module NULL */
	const struct query *const *queries;         /* ended by NULL */
	const struct query *const *more_queries[3]; /* of a second .sql file, a third, ... */
	const struct route *routes[8];              /* tables, each ended by handle NULL */
	const struct reaction *listens;             /* ended by kind 0 */
	const struct job_kind *jobs;                /* ended by name NULL */
	const struct task_kind *tasks;              /* ended by name NULL */
	const struct live_source *live;             /* ended by render NULL */
	const struct cleanup *cleanups;             /* ended by name NULL */
	const struct shape *settings;               /* the desk's settings this module has */
	const void *settings_default;

	/* Who asks: set c->actor and *known when this module recognises the request. */
	enum err (*identify)(struct ctx *, const struct req *, bool *known);
	/* The link of an inbox; E_NOTFOUND.  One module has it. */
	enum err (*link)(struct ctx *, int64_t inbox_id, struct inbox_link *);
	/* All inboxes that are active, what became of their connection, and a setting of theirs
	 * that changed by itself (a renewed token).  One module has these. */
	enum err (*links)(struct ctx *, struct ids *);
	enum err (*link_note)(struct ctx *, int64_t inbox_id, const struct link_note *);
	enum err (*link_put)(struct ctx *, int64_t inbox_id, const char *field, struct str value);
	/* Take in what a channel parsed; all that have it, in module order. */
	enum err (*receive)(struct ctx *, const struct incoming *);
	/* Keep to one transaction what touches every module. */
	enum err (*merge)(struct ctx *, const struct merging *);
	/* Loops of its own, after the desk opened and before it closes. */
	enum err (*start)(struct desk *);
	void (*stop)(struct desk *);
};

/* The nth route over all of a module's tables, or NULL past the last. */
const struct route *module_route(const struct module *, size_t n);
