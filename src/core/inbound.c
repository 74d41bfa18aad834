/* SPDX-License-Identifier: Apache-2.0 */
#include "core/inbound.h"
#include "base/log.h"
#include "core/blob.h"
#include "core/channel.h"
#include "core/hub.h"
#include "core/work.sql.h"
#include "core/worker.h"

/* A row that cannot be taken in now is tried again after 1 s, 2 s, 4 s, ... and given to a person
 * after the twelfth time, more than half an hour later. */
enum { BATCH = 20, TRIES = 5, WAITS = 12, PAUSE_MS = SECOND_MS };

enum err inbound_add(struct ctx *c, int64_t inbox_id, struct str delivery_id, struct str raw_hash,
		     int64_t size, bool *fresh)
{
	struct inbound_insert_row row;
	size_t n;

	TRY(inbound_insert(c,
			   &(struct inbound_insert_in){.inbox_id = inbox_id,
						       .delivery_id = delivery_id,
						       .raw_hash = raw_hash,
						       .size = size,
						       .at = c->now},
			   &row, 1, &n));
	*fresh = n > 0;
	return E_OK;
}

enum err inbound_partial(struct ctx *c, int64_t inbox_id, struct str delivery_id, const char *key,
			 struct str arg)
{
	return inbound_set_partial(
	    c, &(struct inbound_set_partial_in){.inbox_id = inbox_id,
						.delivery_id = delivery_id,
						.error_key = str_of(key),
						.error_arg = str_clip(arg, 300)});
}

struct intake {
	struct desk *desk;
	struct arena *a;
	struct inbound_new_ones_row rows[BATCH];
	size_t n;
	/* of the one in hand */
	const struct inbound_new_ones_row *row;
	struct inbox_link link;
	struct incoming in;
	struct json_why why;
	enum err parsed;
	struct live *live;
	const char *key, *arg;
	int64_t tries, next_at;
};

static enum err read_new(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);

	(void)attempt;
	return inbound_new_ones(&c, c.now, BATCH, t->rows, BATCH, &t->n);
}

static enum err read_link(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);

	(void)attempt;
	for (size_t m = 0; t->desk->modules[m]; m++)
		if (t->desk->modules[m]->link)
			return t->desk->modules[m]->link(&c, t->row->inbox_id, &t->link);
	return E_NOTFOUND;
}

/* What hangs on a message is on the disk before the row that names it. */
static enum err keep_files(struct intake *t)
{
	for (size_t i = 0; i < t->in.n_files; i++) {
		struct incoming_file *f = &t->in.files[i];

		if (f->hash.n)
			continue;
		f->size = (int64_t)f->bytes.n;
		f->type = blob_sniff(f->bytes, f->type);
		f->name = blob_name(t->a, f->name);
		if (!blob_image_size(f->bytes, &f->width, &f->height))
			f->width = f->height = 0;
		TRY(blob_put(t->desk->blobs, t->a, f->bytes, &f->hash));
	}
	return E_OK;
}

static void parse(struct intake *t)
{
	struct channel_at at;
	struct str raw;

	t->parsed = blob_read(t->desk->blobs, t->a, t->row->raw_hash, INBOUND_MAX, &raw);
	if (t->parsed != E_OK) {
		t->why = (struct json_why){"inbound.raw_gone", NULL};
		return;
	}
	channel_place(t->desk, t->a, &t->link, &at);
	t->parsed = t->link.channel->parse(t->a, &at, raw, &t->in, &t->why);
	t->in.inbound_id = t->row->id;
	t->in.inbox_id = t->row->inbox_id;
	t->in.raw_hash = t->row->raw_hash;
	if (t->in.at <= 0 || t->in.at > t->row->at)
		t->in.at = t->row->at;
	if (t->parsed == E_OK)
		t->parsed = keep_files(t);
}

static enum err mark(struct ctx *c, const struct intake *t, const char *state, const char *key,
		     const char *arg)
{
	return inbound_set(c, &(struct inbound_set_in){.id = t->row->id,
						       .state = str_of(state),
						       .sender = str_clip(t->in.from.address, 320),
						       .subject = str_clip(t->in.subject, 500),
						       .error_key = str_of(key),
						       .error_arg = str_of(arg)});
}

static enum err receive(struct ctx *c, const struct incoming *in)
{
	for (size_t m = 0; c->desk->modules[m]; m++)
		if (c->desk->modules[m]->receive)
			TRY(c->desk->modules[m]->receive(c, in));
	return E_OK;
}

static enum err take_in(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);

	(void)attempt;
	t->live = NULL;
	enum err e = receive(&c, &t->in);
	t->key = c.key;
	t->arg = c.arg;
	TRY(e);
	TRY(mark(&c, t, "done", NULL, NULL));
	t->live = c.live;
	return E_OK;
}

static enum err quarantine(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);

	(void)attempt;
	return mark(&c, t, "failed", t->key ? t->key : "error.generic", t->arg);
}

/* False when not even that could be written: the store is not there, and nothing goes on. */
static bool give_up(struct intake *t)
{
	log_line(LOG_WARN, "quarantine", "error", t->key ? t->key : "error.generic", NULL);
	enum err e = store_write_wait(t->desk->store, quarantine, t);
	if (e != E_OK && e != E_BUSY) {
		/* its own words were in the way */
		t->in = (struct incoming){0};
		t->arg = NULL;
		e = store_write_wait(t->desk->store, quarantine, t);
	}
	return e == E_OK;
}

static enum err put_wait(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);

	(void)attempt;
	return inbound_wait(&c,
			    &(struct inbound_wait_in){.id = t->row->id,
						      .sender = str_clip(t->in.from.address, 320),
						      .tries = t->tries,
						      .next_at = t->next_at});
}

/* Not now: later, and the others meanwhile.  False when not even that could be written. */
static bool wait_for_later(struct intake *t, const char *key)
{
	t->tries = t->row->tries + 1;
	if (t->tries >= WAITS) {
		t->key = key ? key : "inbound.busy";
		return give_up(t);
	}
	t->next_at = clock_now() + ((int64_t)PAUSE_MS << (t->tries - 1));
	log_line(LOG_WARN, "inbound waits", "error", key ? key : "inbound.busy", NULL);
	return store_write_wait(t->desk->store, put_wait, t) == E_OK;
}

static enum err read_ahead(void *arg, struct db *db, int attempt)
{
	struct intake *t = arg;
	struct ctx c = ctx_system(t->desk, t->a, db);
	struct inbound_ahead_row row;
	size_t n;

	(void)attempt;
	TRY(inbound_ahead(&c, t->row->inbox_id, t->row->id, str_clip(t->in.from.address, 320), &row,
			  1, &n));
	t->next_at = n ? row.next_at : 0;
	return E_OK;
}

/* What this sender wrote before still waits: this waits with it, and that is not counted. */
static bool stands_behind(struct intake *t, bool *ok)
{
	enum err e = store_read_wait(t->desk->store, read_ahead, t);

	*ok = e == E_OK;
	if (*ok && !t->next_at)
		return false;
	t->tries = t->row->tries;
	*ok = *ok && store_write_wait(t->desk->store, put_wait, t) == E_OK;
	return true;
}

static bool receive_it(struct intake *t)
{
	enum err e = E_INTERNAL;
	bool ok;

	if (stands_behind(t, &ok))
		return ok;
	for (int tries = 0; tries < TRIES && e != E_OK; tries++) {
		e = store_write_wait(t->desk->store, take_in, t);
		if (e == E_BUSY || e == E_RETRY)
			return wait_for_later(t, t->key);
	}
	if (e != E_OK)
		return give_up(t);
	hub_publish(t->desk->hub, t->live);
	return true;
}

/* False when the store is not there: the row stays as it is. */
static bool handle(struct intake *t)
{
	enum err e = store_read_wait(t->desk->store, read_link, t);

	if (e == E_BUSY)
		return wait_for_later(t, NULL);
	if (e != E_OK) {
		t->key = "inbound.inbox_gone";
		return give_up(t);
	}
	parse(t);
	t->key = t->why.key;
	t->arg = t->why.arg;
	if (t->row->partial) {
		t->key = str_z(t->a, t->row->error_key);
		t->arg = str_z(t->a, t->row->error_arg);
		return give_up(t);
	}
	if (t->parsed == E_BUSY)
		return wait_for_later(t, t->key);
	return t->parsed == E_OK ? receive_it(t) : give_up(t);
}

bool inbound_round(struct desk *desk)
{
	struct intake list = {.desk = desk, .a = arena_new()};
	bool ok = store_read_wait(desk->store, read_new, &list) == E_OK;

	for (size_t i = 0; ok && i < list.n; i++) {
		struct intake t = {.desk = desk, .a = arena_new(), .row = &list.rows[i]};
		ok = handle(&t);
		arena_free(t.a);
	}
	ok = ok && list.n == BATCH;
	arena_free(list.a);
	return ok;
}
