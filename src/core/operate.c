/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/blob.h"
#include "core/core.schema.h"
#include "core/desk.h"
#include "core/event.sql.h"
#include "core/hub.h"
#include "core/idempotency.sql.h"
#include "core/mail.h"
#include "core/settings.h"
#include "core/work.sql.h"

#include <string.h>

enum { PAGE = 50 };

/* ---- streams ---- */

struct stream_in {
	struct str topics;
	int64_t last;
};
static const struct field stream_fields[] = {
    FIELD(struct stream_in, topics, F_TEXT, 0, 0, 2000, "list,conversation:12,people,inboxes,me"),
    FIELD(struct stream_in, last, F_INT, 0, 0, 0, "The last seq seen, to go on from"),
};
static SHAPE(stream_shape, "StreamIn", struct stream_in, stream_fields);

static enum err get_stream(struct ctx *c, const struct req *q, struct reply *r)
{
	(void)c;
	(void)q;
	r->status = 200;
	r->stream = hub_open;
	return E_OK;
}

struct follow_in {
	struct str stream_id, topics;
};
static const struct field follow_fields[] = {
    FIELD(struct follow_in, stream_id, F_TEXT, FIELD_REQUIRED, 1, 40, "From the stream's hello"),
    FIELD(struct follow_in, topics, F_TEXT, FIELD_REQUIRED, 0, 2000, "Comma list"),
};
static SHAPE(follow_shape, "FollowIn", struct follow_in, follow_fields);

static enum err put_topics(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct follow_in *in = q->in;

	if (!hub_follow(c->desk->hub, &c->actor, in->stream_id, in->topics))
		return fail(c, E_NOTFOUND, "stream.unknown", NULL);
	reply_none(r);
	return E_OK;
}

/* ---- pages by id ---- */

struct page_in {
	struct str after;
	int64_t limit;
};
static const struct field page_fields[] = {
    FIELD(struct page_in, after, F_TEXT, 0, 0, 40, "The page before's next"),
    FIELD(struct page_in, limit, F_INT, 0, 1, 100, "At most so many"),
};
static SHAPE(page_shape, "PageIn", struct page_in, page_fields);

static struct str next_of(struct ctx *c, size_t n, size_t most, int64_t last)
{
	return n == most ? str_fmt(c->a, "%lld", (long long)last) : S("");
}

/* ---- jobs ---- */

static enum err get_job(struct ctx *c, const struct req *q, struct reply *r)
{
	struct job_get_row row;
	size_t n;

	TRY(job_get(c, q->id, &row, 1, &n));
	if (n == 0 || (row.inbox_id && !ctx_sees(c, row.inbox_id)))
		return fail(c, E_NOTFOUND, "job.unknown", NULL);
	reply_one(r, &row);
	return E_OK;
}

/* ---- quarantine ---- */

static enum err get_quarantine(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbound_failed_list_row *rows = NEWN(c->a, struct inbound_failed_list_row, PAGE);
	int64_t after;
	size_t n;

	TRY(req_cursor(c, ((const struct page_in *)q->in)->after, 0, &after));
	TRY(inbound_failed_list(c, c->actor.scope, after, PAGE, rows, PAGE, &n));
	reply_many(r, rows, n, next_of(c, n, PAGE, n ? rows[n - 1].id : 0));
	return E_OK;
}

static enum err find_inbound(struct ctx *c, int64_t id, struct inbound_get_row *row)
{
	size_t n;

	TRY(inbound_get(c, id, row, 1, &n));
	if (n == 0 || !ctx_sees(c, row->inbox_id))
		return fail(c, E_NOTFOUND, "quarantine.unknown", NULL);
	return E_OK;
}

static enum err get_raw(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbound_get_row row;
	const char *path;

	TRY(find_inbound(c, q->id, &row));
	TRY(blob_path(c->desk->blobs, c->a, row.raw_hash, &path));
	reply_file(r, path, S("text/plain; charset=utf-8"), S("message.eml"), false);
	return E_OK;
}

static enum err note_handled(struct ctx *c, const struct inbound_get_row *row, const char *how)
{
	return event_add(c,
			 &(struct event){.kind = EV_QUARANTINE_HANDLED,
					 .inbox_id = row->inbox_id,
					 .data = str_fmt(c->a, "{\"inbound\":%lld,\"how\":\"%s\"}",
							 (long long)row->id, how)});
}

static enum err post_retry(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbound_get_row row;

	TRY(find_inbound(c, q->id, &row));
	if (row.partial)
		TRY(mail_fetch_again(c, row.inbox_id, q->id));
	TRY(inbound_again(c, q->id));
	TRY(note_handled(c, &row, "retried"));
	reply_none(r);
	return E_OK;
}

static enum err delete_inbound(struct ctx *c, const struct req *q, struct reply *r)
{
	struct inbound_get_row row;

	TRY(find_inbound(c, q->id, &row));
	TRY(inbound_drop(c, q->id));
	TRY(note_handled(c, &row, "dropped"));
	reply_none(r);
	return E_OK;
}

/* ---- failed work: jobs, and events a reactor gave up on ---- */

struct failed {
	struct str id, what, kind, state, error_key, error_arg;
	int64_t at, tries, conversation_id;
};
static const struct field failed_fields[] = {
    FIELD(struct failed, id, F_TEXT, 0, 0, 0, "job-12 or event-3"),
    FIELD(struct failed, what, F_TEXT, 0, 0, 0, "job or event"),
    FIELD(struct failed, kind, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct failed, state, F_TEXT, 0, 0, 0, "failed or unknown"),
    FIELD(struct failed, at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct failed, tries, F_INT, 0, 0, 0, NULL),
    FIELD(struct failed, conversation_id, F_INT, 0, 0, 0, "0: none"),
    FIELD(struct failed, error_key, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct failed, error_arg, F_TEXT, 0, 0, 0, NULL),
};
static SHAPE(failed_shape, "Failed", struct failed, failed_fields);

/* "AT.ID.WHAT" of the last row of the page before. */
static enum err failed_after(struct ctx *c, struct str given, struct failed_list_in *in)
{
	struct str at, id;

	if (!given.n)
		return E_OK;
	if (str_cut(&given, '.', &at) && str_cut(&given, '.', &id) && str_int(at, &in->at) &&
	    str_int(id, &in->id) && (str_eq(given, S("job")) || str_eq(given, S("event")))) {
		in->what = given;
		return E_OK;
	}
	return fail(c, E_INVALID, "error.cursor", NULL);
}

static enum err get_failed(struct ctx *c, const struct req *q, struct reply *r)
{
	struct failed_list_row *rows = NEWN(c->a, struct failed_list_row, PAGE);
	struct failed *out = NEWN(c->a, struct failed, PAGE);
	struct failed_list_in in = {.scope = c->actor.scope, .at = INT64_MAX, .most = PAGE};
	size_t n;

	TRY(failed_after(c, ((const struct page_in *)q->in)->after, &in));
	TRY(failed_list(c, &in, rows, PAGE, &n));
	for (size_t i = 0; i < n; i++)
		out[i] = (struct failed){
		    .id = str_fmt(c->a, "%.*s-%lld", STR(rows[i].what), (long long)rows[i].id),
		    .what = rows[i].what,
		    .kind = rows[i].kind,
		    .state = rows[i].state,
		    .at = rows[i].at,
		    .tries = rows[i].tries,
		    .conversation_id = rows[i].conversation_id,
		    .error_key = rows[i].error_key,
		    .error_arg = rows[i].error_arg,
		};
	const struct failed_list_row *last = n ? &rows[n - 1] : NULL;
	reply_many(r, out, n,
		   n == PAGE ? str_fmt(c->a, "%lld.%lld.%.*s", (long long)last->at,
				       (long long)last->id, STR(last->what))
			     : S(""));
	return E_OK;
}

/* "job-12" or "event-3". */
static bool failed_id(struct str word, const char *prefix, int64_t *id)
{
	struct str p = str_of(prefix);

	return str_starts(word, p) && str_int(str_slice(word, p.n, word.n), id);
}

/* What is of an inbox one does not see is not there. */
static enum err failed_seen(struct ctx *c, struct str word, bool *job, int64_t *id)
{
	struct reactor_failed_inbox_row event;
	struct job_get_row row;
	int64_t inbox = 0;
	size_t n = 0;

	*job = failed_id(word, "job-", id);
	if (*job) {
		TRY(job_get(c, *id, &row, 1, &n));
		inbox = n ? row.inbox_id : 0;
	} else if (failed_id(word, "event-", id)) {
		TRY(reactor_failed_inbox(c, *id, &event, 1, &n));
		inbox = n ? event.inbox_id : 0;
	}
	if (n == 0 || (inbox && !ctx_sees(c, inbox)))
		return fail(c, E_NOTFOUND, "failed.unknown", NULL);
	return E_OK;
}

/* Act again on an event that a module failed on, as it stands in the log. */
static enum err retry_event(struct ctx *c, int64_t id)
{
	struct reactor_failed_get_row failed;
	struct event_one_row row;
	size_t n;

	TRY(reactor_failed_get(c, id, &failed, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "failed.unknown", NULL);
	TRY(event_one(c, failed.event_id, &row, 1, &n));
	TRY(reactor_failed_drop(c, id));
	if (n == 0)
		return E_OK;
	struct event e = {.id = row.id,
			  .at = row.at,
			  .kind = event_find(row.kind),
			  .actor_kind = (enum actor_kind)row.actor_kind,
			  .actor_id = row.actor_id,
			  .conversation_id = row.conversation_id,
			  .inbox_id = row.inbox_id,
			  .customer_id = row.customer_id,
			  .data = row.data};
	for (size_t m = 0; c->desk->modules[m]; m++) {
		if (!str_eq(str_of(c->desk->modules[m]->name), failed.module))
			continue;
		for (const struct reaction *re = c->desk->modules[m]->listens; re && re->kind;
		     re++) {
			void *thought = NULL;
			if (re->kind != e.kind)
				continue;
			if (re->think)
				TRY(re->think(c, &e, &thought));
			TRY(re->act(c, &e, thought));
		}
	}
	return E_OK;
}

static enum err post_failed_retry(struct ctx *c, const struct req *q, struct reply *r)
{
	int64_t id;
	bool job;

	reply_none(r);
	TRY(failed_seen(c, q->word, &job, &id));
	return job ? job_retry(c, id) : retry_event(c, id);
}

static enum err delete_failed(struct ctx *c, const struct req *q, struct reply *r)
{
	struct job_drop_row row;
	int64_t id;
	size_t n = 1;
	bool job;

	reply_none(r);
	TRY(failed_seen(c, q->word, &job, &id));
	if (job)
		TRY(job_drop(c, id, &row, 1, &n));
	else
		TRY(reactor_failed_drop(c, id));
	return n ? E_OK : fail(c, E_NOTFOUND, "failed.unknown", NULL);
}

/* ---- the system ---- */

static const struct field size_fields[] = {
    FIELD(struct store_size, table, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct store_size, rows, F_INT, 0, 0, 0, "An estimate on PostgreSQL"),
    FIELD(struct store_size, bytes, F_INT, 0, 0, 0, NULL),
};
static SHAPE(size_shape, "TableSize", struct store_size, size_fields);

struct cleaned {
	struct str name;
	int64_t days, gone;
	struct opt_int run_at;
};
static const struct field cleaned_fields[] = {
    FIELD(struct cleaned, name, F_TEXT, 0, 0, 0, "i18n cleanup.NAME"),
    FIELD(struct cleaned, days, F_INT, 0, 0, 0, "Cleared when older than this"),
    FIELD(struct cleaned, run_at, F_TIME, FIELD_NULLABLE, 0, 0, "It ran last; null: not yet"),
    FIELD(struct cleaned, gone, F_INT, 0, 0, 0, "What it cleared then"),
};
static SHAPE(cleaned_shape, "CleanupRule", struct cleaned, cleaned_fields);

struct system {
	struct str version, engine, node;
	int64_t started_at, database_bytes, index_bytes, blob_bytes, disk_free_bytes, streams;
	struct list tables, cleanup;
};
static const struct field system_fields[] = {
    FIELD(struct system, version, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct system, engine, F_TEXT, 0, 0, 0, "sqlite or postgresql"),
    FIELD(struct system, node, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct system, started_at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct system, database_bytes, F_INT, 0, 0, 0, NULL),
    FIELD(struct system, index_bytes, F_INT, 0, 0, 0, "Of the database: the search index"),
    FIELD(struct system, blob_bytes, F_INT, 0, 0, 0, NULL),
    FIELD(struct system, disk_free_bytes, F_INT, 0, 0, 0, NULL),
    FIELD(struct system, streams, F_INT, 0, 0, 0, "Open live streams"),
    FIELD_LIST(struct system, tables, 0, 0, &size_shape, NULL),
    FIELD_LIST(struct system, cleanup, 0, 0, &cleaned_shape, NULL),
};
static SHAPE(system_shape, "System", struct system, system_fields);

static struct cleaned cleaned_of(const struct cleanup *k, const struct list *runs)
{
	const struct cleanup_runs_row *v = runs->v;
	struct cleaned out = {.name = str_of(k->name), .days = k->days, .run_at = NULL_INT};

	for (size_t i = 0; i < runs->n; i++)
		if (str_eq(v[i].name, out.name)) {
			out.run_at = SOME_INT(v[i].at);
			out.gone = v[i].gone;
		}
	return out;
}

static enum err cleanup_rules(struct ctx *c, struct list *rules)
{
	struct cleaned *out = NEWN(c->a, struct cleaned, 64);
	struct list runs;
	size_t n = 0;

	TRY(cleanup_runs(c, &runs));
	for (size_t m = 0; c->desk->modules[m]; m++)
		for (const struct cleanup *k = c->desk->modules[m]->cleanups;
		     k && k->name && n < 64; k++)
			out[n++] = cleaned_of(k, &runs);
	*rules = (struct list){out, n};
	return E_OK;
}

static enum err get_system(struct ctx *c, const struct req *q, struct reply *r)
{
	struct system s = {.version = S(AFTERSAIL_VERSION),
			   .engine = db_is_pgsql(c->db) ? S("postgresql") : S("sqlite"),
			   .node = c->desk->node,
			   .started_at = c->desk->started_at,
			   .blob_bytes = blobs_size(c->desk->blobs),
			   .disk_free_bytes = blobs_free_space(c->desk->blobs),
			   .streams = (int64_t)hub_streams(c->desk->hub)};
	struct store_sizes sizes;

	(void)q;
	TRY(cleanup_rules(c, &s.cleanup));
	TRY(store_sizes(c->db, c->a, &sizes));
	s.tables = sizes.tables;
	s.database_bytes = sizes.total;
	s.index_bytes = sizes.index;
	reply_one(r, &s);
	return E_OK;
}

/* ---- settings ---- */

struct settings_group {
	struct str module, fields, values;
};
static const struct field group_fields[] = {
    FIELD(struct settings_group, module, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct settings_group, fields, F_JSON, 0, 0, 0, "Rows for the form"),
    FIELD(struct settings_group, values, F_JSON, 0, 0, 0, NULL),
};
static SHAPE(group_shape, "SettingsGroup", struct settings_group, group_fields);

static enum err reply_settings(struct ctx *c, struct reply *r)
{
	struct settings_group out[32];
	size_t n = 0;

	for (size_t m = 0; c->desk->modules[m] && n < COUNT(out); m++) {
		const struct module *mod = c->desk->modules[m];
		struct buf fields = BUF(c->a), values = BUF(c->a);
		if (!mod->settings)
			continue;
		void *now = arena_alloc(c->a, mod->settings->size);
		TRY(settings_get(c, mod, now));
		settings_form(&fields, mod->settings, mod->settings_default);
		settings_values(&values, mod->settings, now);
		out[n++] =
		    (struct settings_group){str_of(mod->name), buf_str(&fields), buf_str(&values)};
	}
	reply_many(r, out, n, S(""));
	return E_OK;
}

static enum err get_settings(struct ctx *c, const struct req *q, struct reply *r)
{
	(void)q;
	return reply_settings(c, r);
}

struct setting_in {
	struct str module, field, value;
};
static const struct field setting_fields[] = {
    FIELD(struct setting_in, module, F_TEXT, FIELD_REQUIRED, 1, 40, NULL),
    FIELD(struct setting_in, field, F_TEXT, FIELD_REQUIRED, 1, 60, NULL),
    FIELD(struct setting_in, value, F_TEXT, FIELD_REQUIRED, 0, 4000, NULL),
};
static SHAPE(setting_shape, "SettingIn", struct setting_in, setting_fields);

static enum err patch_settings(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct setting_in *in = q->in;
	const struct module *found = NULL;

	for (size_t m = 0; c->desk->modules[m]; m++)
		if (c->desk->modules[m]->settings &&
		    str_eq(str_of(c->desk->modules[m]->name), in->module))
			found = c->desk->modules[m];
	if (!found)
		return fail_str(c, E_INVALID, "error.field_unknown", in->module);
	TRY(settings_put(c, found, str_z(c->a, in->field), in->value));
	TRY(event_add(c, &(struct event){.kind = EV_SETTINGS_CHANGED}));
	return reply_settings(c, r);
}

/* ---- cleanup ---- */

static enum err clear_keys(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(idempotency_clear(c, before));
	*n = db_changes(c->db);
	return E_OK;
}

static enum err clear_jobs(struct ctx *c, int64_t before, int64_t *n)
{
	TRY(job_clear(c, before));
	*n = db_changes(c->db);
	return E_OK;
}

static enum err clear_inbound(struct ctx *c, int64_t before, int64_t *n)
{
	struct inbound_clear_row rows[500];
	size_t got;

	TRY(inbound_clear(c, before, rows, COUNT(rows), &got));
	*n = (int64_t)got;
	return E_OK;
}

/* Sign-ins and the like are of no use after a year; what tells the story of a conversation stays.
 */
static enum err clear_events(struct ctx *c, int64_t before, int64_t *n)
{
	static const enum event_kind old[] = {EV_SIGNED_IN, EV_SIGNED_OUT, EV_INBOX_STATE};

	*n = 0;
	for (size_t i = 0; i < COUNT(old); i++) {
		TRY(event_clear(c, before, str_of(event_name(old[i]))));
		*n += db_changes(c->db);
	}
	return E_OK;
}

static const struct cleanup cleanups[] = {
    {"keys", 1, clear_keys},
    {"jobs", 30, clear_jobs},
    {"inbound", 30, clear_inbound},
    {"events", 365, clear_events},
    {0},
};

/* ---- the index, made anew when the tokenizer changed ---- */

enum { REINDEX_STEP = 100 };

static enum err reindex_step(struct ctx *c, struct task *t, bool *over)
{
	int64_t left;

	TRY(search_rebuild(c->db, c->a, REINDEX_STEP, &left));
	t->cursor = left;
	t->done = t->total > left ? t->total - left : t->total;
	*over = left == 0;
	return E_OK;
}

static const struct task_kind tasks[] = {{"reindex", reindex_step}, {0}};

static enum err plan_reindex(struct ctx *c, void *arg)
{
	struct task_running_row running[8];
	int64_t left;
	size_t n;

	(void)arg;
	TRY(search_rebuild(c->db, c->a, 0, &left));
	if (left == 0)
		return E_OK;
	TRY(task_running(c, COUNT(running), running, COUNT(running), &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(running[i].kind, S("reindex")))
			return E_OK;
	return task_add(c, "reindex", S(""), left, NULL);
}

static enum err start(struct desk *d)
{
	return desk_write(d, plan_reindex, NULL);
}

/* clang-format off */
static const struct route routes[] = {
	{GET,    "/stream",                 P_SIGNED_IN,     get_stream,        &stream_shape,  NULL,                       NONE, "Live changes, as server-sent events", ROUTE_STREAM},
	{PUT,    "/stream/topics",          P_SIGNED_IN,     put_topics,        &follow_shape,  NULL,                       NONE, "Change what an open stream follows"},
	{GET,    "/jobs/{id}",              P_CONVERSATION_READ, get_job,       NULL,           &job_get_shape,             ONE,  "One sending and its state"},
	{GET,    "/quarantine",             P_QUARANTINE,    get_quarantine,    &page_shape,    &inbound_failed_list_shape, MANY, "What arrived and could not be read"},
	{GET,    "/quarantine/{id}/raw",    P_QUARANTINE,    get_raw,           NULL,           NULL,                       NONE, "Its source"},
	{POST,   "/quarantine/{id}/retry",  P_QUARANTINE,    post_retry,        NULL,           NULL,                       NONE, "Try to read it again"},
	{DELETE, "/quarantine/{id}",        P_QUARANTINE,    delete_inbound,    NULL,           NULL,                       NONE, "Throw it away"},
	{GET,    "/failed",                 P_QUARANTINE,    get_failed,        &page_shape,    &failed_shape,              MANY, "Sendings and reactions that failed"},
	{POST,   "/failed/{word}/retry",    P_QUARANTINE,    post_failed_retry, NULL,           NULL,                       NONE, "Try again now"},
	{DELETE, "/failed/{word}",          P_QUARANTINE,    delete_failed,     NULL,           NULL,                       NONE, "Give it up"},
	{GET,    "/system",                 P_SYSTEM_READ,   get_system,        NULL,           &system_shape,              ONE,  "Version, sizes and cleanup rules", ROUTE_SLOW},
	{GET,    "/settings",               P_SETTINGS_EDIT, get_settings,      NULL,           &group_shape,               MANY, "The desk's settings"},
	{PATCH,  "/settings",               P_SETTINGS_EDIT, patch_settings,    &setting_shape, &group_shape,               MANY, "Change one setting"},
	{0},
};
/* clang-format on */

static const struct job_kind jobs[] = {
    {.name = "mail_test", .start = mail_test_start, .tries_max = 1},
    {0},
};

const struct module core_module = {
    .name = "core",
    .schema = core_schema,
    .queries = work_queries,
    .more_queries = {event_queries, idempotency_queries},
    .routes = {routes},
    .cleanups = cleanups,
    .tasks = tasks,
    .start = start,
    .jobs = jobs,
};
