/* ref DATA CONVERSATION SPREAD SECONDS DELAY_US BATCH...: what the database alone can do.
 *
 * Runs one answer of an agent as the server would, noting every statement with its parameters
 * (session, Idempotency-Key and search index included); then does only those, prepared, on one
 * thread, BATCH answers a commit, with keys of their own, to SPREAD conversations in turn.  No
 * HTTP, no JSON, no rules.  DATA is a desk that nobody serves; it is changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/modules.h"
#include "base/clock.h"
#include "core/call.h"
#include "core/idempotency.sql.h"
#include "modules/account/account.sql.h"
#include "store/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NOTES_MAX = 100, LOG_PAGES = 4000 };

#define KEY    S("bench-ref-key")
#define CLIENT S("bench-ref-client")

/* One statement that was run. */
struct note {
	const struct query *q;
	uint64_t mask;
	struct param params[PARAMS_MAX];
	struct statement s;
};

/* The noted answer itself is undone: the next run notes the same statements. */
#define NOTED E_CONFLICT

static struct arena *kept;
static struct note notes[NOTES_MAX];
static size_t notes_n;
static int64_t conversation, spread;
static struct search_doc docs[8];
static size_t docs_n;
static const struct engine *under;
static const char *path;
static int log_fd = -1;

static enum err note_run(struct db *db, struct arena *a, struct statement *s, const struct param *p,
			 struct sink *k)
{
	if (notes_n == NOTES_MAX || !s->q)
		return db_fail(db, E_INTERNAL, "ref: a statement that cannot be noted");
	struct note *n = &notes[notes_n++];

	n->q = s->q;
	n->mask = s->mask;
	for (size_t i = 0; i < s->params; i++) {
		n->params[i] = p[i];
		n->params[i].s = str_dup(kept, p[i].s);
		n->params[i].ids.v = NEWN(kept, int64_t, p[i].ids.n + 1);
		if (p[i].ids.n)
			memcpy(n->params[i].ids.v, p[i].ids.v, p[i].ids.n * sizeof(int64_t));
	}
	return under->run(db, a, s, p, k);
}

/* What the dispatcher does around the handler, from within. */
static enum err answer(struct ctx *c)
{
	struct session_actor_row session;
	struct idempotency_claim_row claim;
	struct list scope;
	struct reply r = {0};
	struct req q = {0};
	size_t n;
	bool other;

	TRY(session_actor(c, S("no such token"), c->now, &session, 1, &n));
	TRY(scope_all(c, &scope));
	c->actor = (struct actor){.kind = ACTOR_AGENT, .id = 1, .name = S("Bench")};
	for (int p = P__FIRST; p < P__MAX; p++)
		perm_add(&c->actor.perms, (enum perm)p);
	c->actor.scope = (struct ids){NEWN(c->a, int64_t, scope.n + 1), scope.n};
	for (size_t i = 0; i < scope.n; i++)
		c->actor.scope.v[i] = ((struct scope_all_row *)scope.v)[i].id;
	const struct idempotency_claim_in in = {S("1:1"), KEY, S("hash"), c->now};

	TRY(idempotency_claim(c, &in, &claim, 1, &n));
	q.route = route_find(c->desk->routes, S("POST"),
			     str_fmt(c->a, "/conversations/%lld/messages", (long long)conversation),
			     &q, &other);
	q.body = S("{\"kind\":\"reply\",\"text\":\"Your parcel is on its way: DE-88120.\","
		   "\"client_id\":\"bench-ref-client\"}");
	TRY(call_run(c, &q, &r));
	const struct idempotency_store_in out = {S("1:1"), KEY, r.status, buf_str(&r.body), S("")};

	return idempotency_store(c, &out);
}

static enum err note_answer(struct ctx *c, void *arg)
{
	(void)arg;
	struct engine noting = *c->db->engine;

	notes_n = docs_n = 0;
	under = c->db->engine;
	noting.run = note_run;
	c->db->engine = &noting;
	enum err e = answer(c);

	c->db->engine = under;
	for (size_t i = 0; i < c->db->pending_n && docs_n < COUNT(docs); i++) {
		docs[docs_n] = c->db->pending[i].doc;
		docs[docs_n].text = str_dup(kept, docs[docs_n].text);
		docs_n++;
	}
	if (e != E_OK)
		fprintf(stderr, "ref: %s %s %s: %s\n", err_name(e), c->key ? c->key : "",
			c->arg ? c->arg : "", db_error(c->db));
	return e == E_OK ? NOTED : e;
}

/* ---- and again, without anything around it ---- */

static enum err prepare_notes(struct db *db)
{
	static enum field_type types[NOTES_MAX][PARAMS_MAX];

	for (size_t i = 0; i < notes_n; i++) {
		struct note *n = &notes[i];
		struct buf text = BUF(kept);

		for (const struct query_part *p = n->q->sqlite; p->text; p++)
			if (p->param < 0 || n->mask & 1ULL << p->param)
				buf_z(&text, p->text);
		n->s = (struct statement){.q = n->q, .types = types[i]};
		n->s.params = n->q->in ? n->q->in->n : 0;
		for (size_t k = 0; k < n->s.params; k++)
			types[i][k] = n->q->in->fields[k].type;
		TRY(db->engine->prepare(db, &n->s, text.p));
	}
	return E_OK;
}

/* The keys and the conversation of this answer in place of those noted. */
static void renew(struct param *p, struct str key, int64_t to)
{
	static int64_t one;

	if (str_eq(p->s, KEY) || str_eq(p->s, CLIENT))
		p->s = key;
	if (p->type == F_INT && p->i == conversation)
		p->i = to;
	if (p->type == F_IDS && p->ids.n == 1 && p->ids.v[0] == conversation) {
		one = to;
		p->ids.v = &one;
	}
}

/* The same, but for the keys, the conversation and the number that the index knows the message
 * by. */
static enum err again(struct db *db, struct arena *a, int64_t number)
{
	struct str key = str_fmt(a, "ref-%lld", (long long)number);
	int64_t to = conversation + number % spread;

	for (size_t i = 0; i < notes_n; i++) {
		struct note *n = &notes[i];
		struct param params[PARAMS_MAX];
		struct sink k = {.a = a, .out = n->q->out, .all = true};

		memcpy(params, n->params, n->s.params * sizeof *params);
		for (size_t p = 0; p < n->s.params; p++)
			renew(&params[p], key, to);
		TRY(db->engine->run(db, a, &n->s, params, &k));
	}
	for (size_t i = 0; i < docs_n; i++) {
		struct search_doc d = docs[i];

		d.id += d.kind == SEARCH_MESSAGE ? number * 1000 : 0;
		d.conversation_id = to;
		TRY(search_put(db, a, &d));
	}
	return E_OK;
}

static enum err run_batch(struct db *db, struct arena *a, int batch, int64_t *number)
{
	TRY(db_begin(db, BEGIN_WRITE, 0));
	for (int i = 0; i < batch; i++)
		TRY(again(db, a, ++*number));
	TRY(search_flush(db, a));
	TRY(db_commit(db));
	return sqlite_flush_log(path, &log_fd) ? E_OK : E_BUSY;
}

struct log_keeper {
	struct db *writer, *own;
	bool stop;
};

static void *keep_log(void *arg)
{
	struct log_keeper *k = arg;
	int done = 0;

	while (!__atomic_load_n(&k->stop, __ATOMIC_ACQUIRE)) {
		usleep(20000);
		int pages = sqlite_log_pages(k->writer);

		done = pages < done ? 0 : done;
		if (pages < done + LOG_PAGES)
			continue;
		sqlite_checkpoint(k->own, false);
		done = pages;
	}
	return NULL;
}

static void measure(struct db *db, int batch, int seconds, int delay_us)
{
	static int64_t number;
	struct arena *a = arena_new();
	int64_t from = clock_ticks(), end = from + seconds * 1000000LL, first;

	number += clock_now() % 1000000;
	first = number;
	while (clock_ticks() < end) {
		arena_reset(a);
		if (run_batch(db, a, batch, &number) != E_OK) {
			fprintf(stderr, "ref: %s\n", db_error(db));
			exit(1);
		}
		if (delay_us)
			usleep((useconds_t)delay_us);
	}
	printf("{\"batch\":%d,\"rate\":%.1f,\"statements\":%zu}\n", batch,
	       (double)(number - first) * 1e6 / (double)(clock_ticks() - from), notes_n);
	fflush(stdout);
	arena_free(a);
}

static enum err note_all(struct arena *a, char *data, struct str *place)
{
	char *flags[] = {"--data", data};
	struct config config;
	struct desk *d;
	const char *why = "";
	enum err e = config_read(a, 2, flags, &config, &why);

	if (e == E_OK)
		e = desk_open(a, &config, modules, channels, &d, &why);
	if (e != E_OK) {
		fprintf(stderr, "ref: %s\n", why);
		return e;
	}
	*place = str_slice(config.database, sizeof "sqlite:" - 1, config.database.n);
	e = desk_write(d, note_answer, NULL);
	desk_close(d);
	return e == NOTED ? E_OK : e;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	const char *why = "";
	struct str place;
	struct log_keeper k = {0};
	pthread_t keeper;

	kept = arena_new();
	if (argc < 7)
		return 2;
	conversation = strtoll(argv[2], NULL, 10);
	spread = strtoll(argv[3], NULL, 10);
	if (note_all(a, argv[1], &place) != E_OK)
		return 1;
	path = str_z(a, place);
	k.writer = sqlite_connect(a, path, true, DB_WRITER, &why);
	k.own = sqlite_connect(a, path, true, DB_OTHER, &why);
	if (!k.writer || !k.own || prepare_notes(k.writer) != E_OK) {
		fprintf(stderr, "ref: %s %s\n", why, k.writer ? db_error(k.writer) : "");
		return 1;
	}
	while (sqlite_lengthen_log(k.own, path, 20 << 20))
		continue;
	if (pthread_create(&keeper, NULL, keep_log, &k) != 0)
		return 1;
	for (int i = 6; i < argc; i++)
		measure(k.writer, (int)strtol(argv[i], NULL, 10), (int)strtol(argv[4], NULL, 10),
			(int)strtol(argv[5], NULL, 10));
	__atomic_store_n(&k.stop, true, __ATOMIC_RELEASE);
	pthread_join(keeper, NULL);
	for (size_t i = 0; i < notes_n; i++)
		k.writer->engine->forget(k.writer, &notes[i].s);
	db_close(k.own);
	db_close(k.writer);
	arena_free(kept);
	arena_free(a);
	return 0;
}
