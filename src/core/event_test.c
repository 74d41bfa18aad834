/* Commits in any order: a reader of the log misses no event and sees none twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.schema.h"
#include "core/event.h"
#include "store/engine.h"
#include "store/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WRITERS = 4, STEPS = 600, EVENTS = 2000 };

struct writer {
	struct db *db;
	bool open;
	int mine[EVENTS], n; /* events of the transaction that is open */
};

/* Someone who remembers a place and comes back now and then. */
struct reader {
	int64_t xid, id;
	int seen[EVENTS + 1]; /* how often each event was seen */
};

struct game {
	struct arena *a;
	struct writer writers[WRITERS];
	int writers_n, next;
	bool committed[EVENTS + 1];
	struct db *reading;
	struct reader careful, naive;
	unsigned seed;
};

static unsigned chance(struct game *g, unsigned of)
{
	g->seed = g->seed * 1103515245 + 12345;
	return (g->seed >> 16) % of;
}

static struct ctx with(struct game *g, struct db *db)
{
	return (struct ctx){.a = g->a, .db = db, .now = 1000, .actor = {.kind = ACTOR_SYSTEM}};
}

/* The event's number is its conversation, so that it is known again. */
static void write_one(struct game *g, struct writer *w)
{
	struct ctx c = with(g, w->db);
	const struct event e = {
	    .kind = EV_STATUS_CHANGED, .conversation_id = ++g->next, .data = S("{}")};

	if (!w->open)
		assert_int_equal(db_begin(w->db, BEGIN_WRITE, 0), E_OK);
	w->n = w->open ? w->n : 0;
	w->open = true;
	assert_int_equal(event_add(&c, &e), E_OK);
	w->mine[w->n++] = g->next;
}

static void end_one(struct game *g, struct writer *w, bool commit)
{
	bool kept = commit && db_commit(w->db) == E_OK;

	if (!commit)
		db_rollback(w->db);
	for (int i = 0; i < w->n; i++)
		g->committed[w->mine[i]] = kept;
	w->open = false;
}

static void read_some(struct game *g, struct reader *r, bool by_id_alone)
{
	struct ctx c = with(g, g->reading);
	struct event found[7];
	size_t n;

	assert_int_equal(db_begin(g->reading, BEGIN_READ, 0), E_OK);
	if (by_id_alone) {
		static const struct field fields[] = {
		    {.name = "id", .type = F_INT, .at = offsetof(struct event, id)},
		    {.name = "conversation_id",
		     .type = F_INT,
		     .at = offsetof(struct event, conversation_id)}};
		static SHAPE(shape, "Naive", struct event, fields);
		const struct db_value after = {.type = F_INT, .i = SOME_INT(r->id)};

		assert_int_equal(db_composed(g->reading, g->a,
					     "SELECT id, conversation_id FROM event WHERE id > $1 "
					     "ORDER BY id LIMIT 7",
					     &after, 1, &shape, found, COUNT(found), &n),
				 E_OK);
	} else {
		assert_int_equal(event_read(&c, r->xid, r->id, found, COUNT(found), &n), E_OK);
	}
	db_rollback(g->reading);
	for (size_t i = 0; i < n; i++) {
		r->seen[found[i].conversation_id]++;
		r->xid = found[i].xid;
		r->id = found[i].id;
	}
}

static bool all_seen(const struct game *g)
{
	for (int i = 1; i <= g->next; i++)
		if (g->committed[i] && !g->careful.seen[i])
			return false;
	return true;
}

/* A reader waits for every older transaction of the server, those of other tests too. */
static void read_the_rest(struct game *g)
{
	for (int tries = 0; tries < 6000 && !all_seen(g); tries++) {
		read_some(g, &g->careful, false);
		usleep(10000);
	}
	for (int i = 0; i < STEPS; i++) {
		read_some(g, &g->careful, false);
		read_some(g, &g->naive, true);
	}
}

static void play(struct game *g)
{
	for (int step = 0; step < STEPS; step++) {
		struct writer *w = &g->writers[chance(g, (unsigned)g->writers_n)];
		unsigned what = chance(g, 10);

		if (what < 6 || !w->open)
			write_one(g, w);
		else
			end_one(g, w, what < 9);
		if (chance(g, 3) == 0) {
			read_some(g, &g->careful, false);
			read_some(g, &g->naive, true);
		}
		arena_reset(g->a);
	}
	for (int i = 0; i < g->writers_n; i++)
		if (g->writers[i].open)
			end_one(g, &g->writers[i], true);
	read_the_rest(g);
}

static struct db *connect(struct arena *a, struct str url, enum db_role role)
{
	const char *path = str_z(a, url), *why = "";
	struct db *db = str_starts(url, S("sqlite:"))
			    ? sqlite_connect(a, path + 7, false, role, &why)
			    : pgsql_connect(a, path, role, &why);
	if (!db)
		fail_msg("%s", why);
	return db;
}

static void loses_no_event(void **state)
{
	static struct game g;

	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = store_testing(a, engine, NULL);
		const char *why = "";
		int missed = 0, committed = 0;

		if (store_migrate(s, a, core_schema, &why) != E_OK)
			fail_msg("%s", why);
		g = (struct game){.a = arena_new(), .seed = 20261121};
		g.writers_n = store_is_pgsql(s) ? WRITERS : 1; /* SQLite has one at a time */
		for (int i = 0; i < g.writers_n; i++)
			g.writers[i].db = connect(a, store_testing_url(a, s), DB_WRITER);
		g.reading = connect(a, store_testing_url(a, s), DB_READER);
		play(&g);
		for (int i = 1; i <= g.next; i++) {
			assert_int_equal(g.careful.seen[i], g.committed[i]);
			missed += g.committed[i] && !g.naive.seen[i];
			committed += g.committed[i];
		}
		assert_true(committed > 50 && committed < g.next);
		/* that the commits did cross is shown by who only remembers an id */
		assert_int_equal(missed > 0, store_is_pgsql(s));
		for (int i = 0; i < g.writers_n; i++)
			db_close(g.writers[i].db);
		db_close(g.reading);
		arena_free(g.a);
		store_testing_end(s);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(loses_no_event)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
