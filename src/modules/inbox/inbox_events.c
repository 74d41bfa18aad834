/* What happens later: waking snoozed conversations, clearing what is old. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/desk.h"
#include "core/work.sql.h"
#include "modules/inbox/inbox.schema.h"
#include "modules/inbox/inbox_macro.sql.h"
#include "modules/inbox/inbox_mention.sql.h"
#include "modules/inbox/inbox_merge.sql.h"
#include "modules/inbox/inbox_rules.h"

/* ---- waking ---- */

/* A snooze is a job without a network: its time comes, and done() wakes the conversation. */
static enum err start_wake(struct ctx *c, const struct job *j, struct job_run *run)
{
	(void)c;
	(void)j;
	job_finish(run, &(struct outcome){.kind = OUTCOME_SENT});
	return E_OK;
}

static enum err wake(struct ctx *c, const struct job *j, const struct outcome *o)
{
	struct conversation_rows_row v;
	struct list rows;
	int64_t id = j->subject;

	(void)o;
	TRY(conversation_rows(c, (struct ids){&id, 1}, &rows));
	if (rows.n == 0)
		return E_OK;
	v = *(struct conversation_rows_row *)rows.v;
	/* Opened by hand, or put off again: then another job has the new time. */
	if (!str_eq(v.status, S("snoozed")) || v.snoozed_until.v > c->now)
		return E_OK;
	struct conversation_set_row set;
	size_t n;
	TRY(conversation_set(c,
			     &(struct conversation_set_in){.id = id,
							   .version = v.version,
							   .status = SOME_STR(S("open")),
							   .snooze_clear = SOME_BOOL(true)},
			     &set, 1, &n));
	TRY(inbox_line(c, &v, "woke", S("snoozed"), S("open")));
	TRY(inbox_event(c, &v, EV_STATUS_CHANGED, S("{\"from\":\"snoozed\",\"to\":\"open\"}")));
	inbox_live(c, id, v.inbox_id, set.version);
	return E_OK;
}

static const struct job_kind jobs[] = {
    {.name = "wake", .start = start_wake, .done = wake, .unknown_retry_ms = 1},
    {0},
};

static enum err plan_wake(struct ctx *c, const struct event *e, void *thought)
{
	struct list rows;
	int64_t id = e->conversation_id;

	(void)thought;
	TRY(conversation_rows(c, (struct ids){&id, 1}, &rows));
	const struct conversation_rows_row *v = rows.v;
	if (rows.n == 0 || !str_eq(v->status, S("snoozed")) || v->snoozed_until.is != GIVEN)
		return E_OK;
	return job_add(c,
		       &(struct job){.kind = S("wake"),
				     .subject = id,
				     .inbox_id = v->inbox_id,
				     .conversation_id = id,
				     .run_at = v->snoozed_until.v},
		       NULL);
}

static const struct reaction listens[] = {
    {EV_STATUS_CHANGED, NULL, plan_wake},
    {0},
};

/* ---- clearing ---- */

static enum err clear_files(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(file_loose_clear(c, before));
	*n = db_changes(c->db);
	return E_OK;
}

struct orphans {
	struct ctx *c;
	int64_t n;
};

/* Stored a day ago and nothing refers to it: an upload that was never sent, a raw mail cleared. */
static void drop_orphan(void *arg, struct str hash)
{
	struct orphans *o = arg;
	struct file_uses_hash_row file;
	struct inbound_uses_raw_row raw;
	size_t n;

	if (o->n >= 500 || file_uses_hash(o->c, hash, &file, 1, &n) != E_OK || file.n ||
	    inbound_uses_raw(o->c, hash, &raw, 1, &n) != E_OK || raw.n)
		return;
	blob_remove(o->c->desk->blobs, hash);
	o->n++;
}

enum { BLOB_PARTS = 8 };

static enum err clear_blobs(struct ctx *c, int64_t before, int64_t *n)
{
	struct orphans o = {c, 0};

	/* A few parts an hour, so that the writer is never held up; all of them in a day and a
	 * half. */
	for (unsigned k = 0; k < BLOB_PARTS; k++)
		blobs_walk(c->desk->blobs, (unsigned)(c->now / HOUR_MS) * BLOB_PARTS + k, before,
			   drop_orphan, &o);
	*n = o.n;
	return E_OK;
}

static enum err clear_auto_answers(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(auto_answer_clear(c, before / DAY_MS));
	*n = db_changes(c->db);
	return E_OK;
}

static const struct cleanup cleanups[] = {
    {"uploads", 2, clear_files},
    {"blobs", 1, clear_blobs},
    {"auto_answers", 7, clear_auto_answers},
    {0},
};

const struct module inbox_module = {
    .name = "inbox",
    .schema = inbox_schema,
    .queries = inbox_queries,
    .more_queries = {inbox_macro_queries, inbox_mention_queries, inbox_merge_queries},
    .routes = {inbox_conversation_routes, inbox_message_routes, inbox_setup_routes,
	       inbox_library_routes, inbox_macro_routes, inbox_filter_routes, inbox_mention_routes,
	       inbox_timeline_routes},
    .listens = listens,
    .jobs = jobs,
    .live = inbox_live_sources,
    .cleanups = cleanups,
    .link = inbox_link_of,
    .receive = inbox_receive,
    .merge = inbox_merge,
};
