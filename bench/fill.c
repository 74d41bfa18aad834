/* fill URL MESSAGES: conversations of ten messages each into a desk that `aftersail demo` made.
 *
 * The rows are written by the database itself, the search index as in use.  One conversation in
 * five is open; the texts are of six languages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/clock.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

enum { EACH = 10, BATCH = 2000 };

static const char *const texts[] = {
    "Where is my parcel? The number is DE-%d and it has not moved for a week.",
    "Die Lampe kam beschädigt an, Bestellung %d. Ich möchte eine Erstattung.",
    "Mon colis %d n'est pas arrivé, pouvez-vous vérifier l'adresse ?",
    "你好，订单%d的物流三天没有更新了，请帮忙查一下，谢谢。",
    "注文番号%dの靴のサイズが合いません。交換できますか？",
    "Посылка %d пришла повреждённой, прошу вернуть деньги.",
};

struct fill {
	struct arena *a;
	int64_t next, most, now;
	struct base {
		int64_t conversation, entry, customer, inbox;
	} base; /* the highest ids before, and the chat inbox */
};

#define ID(m)                                                                                      \
	{                                                                                          \
		.name = #m, .type = F_INT, .flags = FIELD_REQUIRED, .at = offsetof(struct base, m) \
	}
static const struct field base_fields[] = {ID(conversation), ID(entry), ID(customer), ID(inbox)};
static SHAPE(base_shape, "Base", struct base, base_fields);

static enum err find_base(void *arg, struct db *db, int attempt)
{
	struct fill *f = arg;
	size_t n;

	(void)attempt;
	return db_composed(db, f->a,
			   "SELECT (SELECT COALESCE(MAX(id), 0) FROM conversation),"
			   " (SELECT COALESCE(MAX(id), 0) FROM entry),"
			   " (SELECT COALESCE(MAX(id), 0) FROM customer),"
			   " (SELECT MIN(id) FROM inbox WHERE channel = 'chat')",
			   NULL, 0, &base_shape, &f->base, 1, &n);
}

static struct str text_of(struct arena *a, int64_t i)
{
	struct str form = str_of(texts[i % (int64_t)COUNT(texts)]);
	size_t at = (size_t)str_find(form, S("%d"));

	return str_fmt(a, "%.*s%lld%.*s", (int)at, form.p, (long long)(100000 + i * 37 % 900000),
		       (int)(form.n - at - 2), form.p + at + 2);
}

static enum err add_rows(void *arg, struct db *db, int attempt)
{
	static const char *const sql =
	    "INSERT INTO customer (name, email, country, language, conversation_count, created_at)"
	    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %lld / 3 + "
	    "1)"
	    " SELECT 'Customer ' || i, 'c' || i || '@buyer.example', 'DE', 'de', 3, %lld FROM n;"
	    "INSERT INTO conversation (inbox_id, channel, customer_id, subject, status, snippet,"
	    "  last_direction, last_at, waiting_since, message_count, assignee_id, created_at)"
	    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %lld)"
	    " SELECT %lld, 'chat', %lld + i / 3, 'Order ' || i,"
	    "  CASE WHEN i %% 5 = 0 THEN 'open' ELSE 'resolved' END, 'Where is my parcel?', 'in',"
	    "  %lld - (%lld - i) * 60000, CASE WHEN i %% 5 = 0 THEN %lld - i * 1000 END, 10,"
	    "  CASE WHEN i %% 10 = 0 THEN 1 ELSE 0 END, %lld - i * 60000 FROM n;";
	struct fill *f = arg;
	long long n = f->most / EACH, now = f->now;

	(void)attempt;
	return db_script(db, str_fmt(f->a, sql, n, now, n, (long long)f->base.inbox,
				     (long long)f->base.customer + 1, now, n, now, now)
				 .p);
}

static enum err add_batch(void *arg, struct db *db, int attempt)
{
	struct fill *f = arg;
	struct buf b = {.a = f->a, .max = 8 << 20};
	int64_t end = f->next + BATCH < f->most ? f->next + BATCH : f->most;

	(void)attempt;
	arena_reset(f->a);
	buf_z(
	    &b,
	    "INSERT INTO entry (conversation_id, inbox_id, kind, at, direction, customer_id, text,"
	    " state) VALUES ");
	for (int64_t i = f->next; i < end; i++) {
		bool in = i % 2 == 0;
		struct str text = text_of(f->a, i);

		buf_z(&b, i > f->next ? ",\n" : "");
		buf_fmt(&b, "(%lld, %lld, 'message', %lld, '%s', 1, '",
			(long long)(f->base.conversation + i / EACH + 1), (long long)f->base.inbox,
			(long long)(f->now - (f->most - i) * 6000), in ? "in" : "out");
		for (size_t k = 0; k < text.n; k++)
			buf_z(&b, text.p[k] == '\'' ? "''" : (char[]){text.p[k], 0});
		buf_fmt(&b, "', '%s')", in ? "received" : "sent");
		const struct search_doc d = {.kind = SEARCH_MESSAGE,
					     .id = f->base.entry + i + 1,
					     .conversation_id = f->base.conversation + i / EACH + 1,
					     .inbox_id = f->base.inbox,
					     .customer_id = 1,
					     .at = f->now,
					     .text = text};
		TRY(search_put(db, f->a, &d));
	}
	f->next = end;
	return db_script(db, buf_str(&b).p);
}

static int fail_with(const char *what, const char *why)
{
	fprintf(stderr, "fill: %s: %s\n", what, why);
	return 1;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct fill f = {.a = arena_new(), .now = clock_now()};
	const char *why;
	struct store *s;

	if (argc != 3)
		return fail_with("usage", "fill URL MESSAGES");
	f.most = strtoll(argv[2], NULL, 10);
	const struct store_options o = {.url = str_of(argv[1]), .readers = 1};

	if (store_open(a, &o, &s, &why) != E_OK)
		return fail_with("open", why);
	enum err e = store_read_wait(s, find_base, &f);

	if (e == E_OK)
		e = store_write_wait(s, add_rows, &f);

	while (e == E_OK && f.next < f.most)
		e = store_write_wait(s, add_batch, &f);
	store_close(s);
	arena_free(f.a);
	arena_free(a);
	return e == E_OK ? 0 : fail_with("write", err_text(e));
}
