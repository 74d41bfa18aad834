/* Search: documents, the index, and finding.
 *
 * On SQLite a savepoint makes FTS5 write out what it holds, so search_put() only queues; the
 * writer adds everything once, after the last RELEASE of its batch and before the COMMIT. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine.h"
#include "store/search.sql.h"
#include "store/search_text.h"

#include <stdlib.h>
#include <string.h>

/* ---- what waits for the end of the batch ---- */

void search_forget(struct db *db, size_t n)
{
	while (db->pending_n > n)
		free((char *)db->pending[--db->pending_n].doc.text.p);
}

static void queue(struct db *db, const struct search_doc *doc, bool remove)
{
	if (db->pending_n == db->pending_cap) {
		db->pending_cap = db->pending_cap ? db->pending_cap * 2 : 64;
		db->pending = realloc(db->pending, db->pending_cap * sizeof *db->pending);
		if (!db->pending)
			abort();
	}
	struct pending *p = &db->pending[db->pending_n++];
	struct str text = str_clip(doc->text, SEARCH_TEXT_MAX);
	char *copy = malloc(text.n + 1);

	if (!copy)
		abort();
	if (text.n)
		memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	*p = (struct pending){.doc = *doc, .remove = remove};
	p->doc.text = (struct str){copy, text.n};
}

/* ---- the index ---- */

static enum err doc_add(struct db *db, struct arena *a, const struct search_doc *d,
			struct opt_str tokens, int64_t *number)
{
	struct search_doc_add_row row;
	const struct search_doc_add_in in = {.kind = d->kind,
					     .id = d->id,
					     .conversation_id = d->conversation_id,
					     .inbox_id = d->inbox_id,
					     .customer_id = d->customer_id,
					     .at = d->at,
					     .text = d->text,
					     .tokens = tokens};
	size_t n;

	TRY(search_doc_add(db, a, &in, &row, 1, &n));
	if (n == 0)
		return db_fail(db, E_INTERNAL, "search: no document was added");
	*number = row.doc;
	return E_OK;
}

/* What a document's change means for SQLite's index: an old text goes, a new one comes. */
struct index_change {
	int64_t doc;
	bool goes, comes;
	struct str old, new;
};

/* The row, without the index; what is still to be indexed anew stays out of it. */
static enum err flush_row(struct db *db, struct arena *a, const struct pending *p, int64_t rest,
			  struct index_change *c)
{
	const struct search_doc *d = &p->doc;
	struct search_doc_get_row old;
	size_t n;

	TRY(search_doc_get(db, a, d->kind, d->id, &old, 1, &n));
	c->goes = n && old.doc > rest;
	if (c->goes)
		c->old = search_text(a, (enum search_kind)old.kind, old.inbox_id, old.text);
	c->doc = old.doc;
	if (p->remove)
		return n ? search_doc_remove(db, a, d->kind, d->id) : E_OK;
	if (n) {
		const struct search_doc_set_in in = {.doc = old.doc,
						     .conversation_id = d->conversation_id,
						     .inbox_id = d->inbox_id,
						     .customer_id = d->customer_id,
						     .at = d->at,
						     .text = d->text};
		TRY(search_doc_set(db, a, &in));
	} else {
		TRY(doc_add(db, a, d, (struct opt_str){0}, &c->doc));
	}
	c->comes = c->doc > rest;
	c->new = search_text(a, d->kind, d->inbox_id, d->text);
	return E_OK;
}

/* All rows first, then all of the index: a statement that writes rows in between would make
 * FTS5 flush each document by itself. */
enum err search_flush(struct db *db, struct arena *a)
{
	struct index_change *c = NEWN(a, struct index_change, db->pending_n + 1);
	struct search_state_get_row state;
	size_t n;

	if (db->pending_n == 0)
		return E_OK;
	TRY(search_state_get(db, a, &state, 1, &n));
	for (size_t i = 0; i < db->pending_n; i++)
		TRY(flush_row(db, a, &db->pending[i], state.rest, &c[i]));
	for (size_t i = 0; i < db->pending_n; i++) {
		if (c[i].goes)
			TRY(search_index_remove(db, a, c[i].doc, c[i].old));
		if (c[i].comes)
			TRY(search_index_add(db, a, c[i].doc, c[i].new));
	}
	search_forget(db, 0);
	return E_OK;
}

enum err search_put(struct db *db, struct arena *a, const struct search_doc *doc)
{
	int64_t number;

	if (!db_is_pgsql(db)) {
		queue(db, doc, false);
		return E_OK;
	}
	struct search_doc d = *doc;

	d.text = str_clip(doc->text, SEARCH_TEXT_MAX);
	return doc_add(db, a, &d,
		       SOME_STR(search_vector(a, search_text(a, d.kind, d.inbox_id, d.text))),
		       &number);
}

enum err search_remove(struct db *db, enum search_kind kind, int64_t id)
{
	const struct search_doc doc = {.kind = kind, .id = id};

	if (!db_is_pgsql(db)) {
		queue(db, &doc, true);
		return E_OK;
	}
	struct arena *a = arena_new();
	enum err e = search_doc_remove(db, a, kind, id);

	arena_free(a);
	return e;
}

/* ---- finding ---- */

static enum err find_rows(struct db *db, struct arena *a, const struct search_query *q,
			  struct str match, struct search_rows_row *rows, size_t *n)
{
	const int64_t before = q->before > 0 ? q->before : INT64_MAX;
	const struct search_rows_recent_in recent = {.match = match,
						     .before = before,
						     .inboxes = q->inboxes,
						     .customers = q->customers,
						     .lim = (int64_t)q->limit};
	const struct search_rows_in all = {.match = match,
					   .before = before,
					   .inboxes = q->inboxes,
					   .customers = q->customers,
					   .lim = (int64_t)q->limit};

	*n = 0;
	if (db_is_pgsql(db)) {
		/* the two have the same columns */
		TRY(db_run(db, a, &search_rows_recent_query, &recent, rows, q->limit, n));
		if (*n == q->limit)
			return E_OK;
	}
	return search_rows(db, a, &all, rows, q->limit, n);
}

enum err search_find(struct db *db, struct arena *a, const struct search_query *q,
		     struct search_hit *hits, size_t *n)
{
	struct search_rows_row *rows = NEWN(a, struct search_rows_row, q->limit);
	struct search_terms terms;

	*n = 0;
	search_parse(a, q->text, &terms);
	if (terms.n == 0 || q->limit == 0 || (q->inboxes.n == 0 && !q->customers))
		return E_OK;
	TRY(find_rows(db, a, q, search_match(a, &terms, q, db_is_pgsql(db)), rows, n));
	for (size_t i = 0; i < *n; i++) {
		const struct search_rows_row *r = &rows[i];

		hits[i] = (struct search_hit){.doc = r->doc,
					      .kind = (enum search_kind)r->kind,
					      .id = r->id,
					      .conversation_id = r->conversation_id,
					      .customer_id = r->customer_id,
					      .inbox_id = r->inbox_id,
					      .at = r->at,
					      .snippet = search_snippet(a, &terms, r->text)};
	}
	return E_OK;
}

/* ---- making the index anew ---- */

static enum err rebuild_one(struct db *db, struct arena *a, const struct search_doc_below_row *r)
{
	struct str text = search_text(a, (enum search_kind)r->kind, r->inbox_id, r->text);

	return db_is_pgsql(db) ? search_doc_tokens(db, a, r->doc, search_vector(a, text))
			       : search_index_add(db, a, r->doc, text);
}

static enum err rebuild_start(struct db *db, struct arena *a, int64_t *rest)
{
	struct search_newest_row newest;
	size_t n;

	TRY(search_newest(db, a, &newest, 1, &n));
	TRY(search_index_empty(db, a));
	*rest = newest.doc;
	return E_OK;
}

enum err search_rebuild(struct db *db, struct arena *a, size_t count, int64_t *left)
{
	struct search_state_get_row state;
	struct list rows;
	size_t n;

	TRY(search_state_get(db, a, &state, 1, &n));
	if (state.version != SEARCH_VERSION)
		TRY(rebuild_start(db, a, &state.rest));
	TRY(search_doc_below(db, a, state.rest, (int64_t)count, &rows));
	const struct search_doc_below_row *v = rows.v;

	for (size_t i = 0; i < rows.n; i++)
		TRY(rebuild_one(db, a, &v[i]));
	*left = rows.n ? v[rows.n - 1].doc - 1 : count ? 0 : state.rest;
	return search_state_set(db, a, SEARCH_VERSION, *left);
}
