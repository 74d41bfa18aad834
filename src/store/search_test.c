/* Search on both engines: languages, phrases, scope, order, snippets, making the index anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "store/engine.h"
#include "store/search.sql.h"
#include "store/search_text.h"
#include "store/testing.h"
#include "text/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct migration no_schema[] = {{NULL, 0, NULL}};

/* clang-format off */
static const struct search_doc docs[] = {
	{SEARCH_MESSAGE,       1, 1, 1, 1, 100, {0}},
	{SEARCH_MESSAGE,       2, 1, 1, 1, 200, {0}},
	{SEARCH_MESSAGE,       3, 2, 2, 2, 300, {0}},
	{SEARCH_MESSAGE,       4, 2, 2, 2, 400, {0}},
	{SEARCH_MESSAGE,       5, 3, 1, 3, 500, {0}},
	{SEARCH_MESSAGE,       6, 3, 1, 3, 600, {0}},
	{SEARCH_MESSAGE,       7, 4, 1, 4, 700, {0}},
	{SEARCH_CONVERSATION,  1, 1, 1, 1, 800, {0}},
	{SEARCH_CUSTOMER,      1, 0, 0, 1, 900, {0}},
	{SEARCH_MESSAGE,       9, 5, 3, 5, 999, {0}},
};
static const char *const texts[] = {
	"你好，我的订单DE-88120还没收到，请尽快退款，谢谢。",
	"注文した靴のサイズが合いません。返品できますか？",
	"주문한 신발 사이즈가 맞지 않아요. 배송 조회 부탁드립니다.",
	"สินค้าชำรุด อยากขอคืนเงินค่ะ",
	"أين الطَّلَب؟ لم يصل الطرد بعد",
	"Где моя посылка? Ёлка пришла сломанной.",
	"Die Größe paßt nicht. Où est mon colis? L'été dernier, a parcel arrived late.",
	"Parcel lost: where is my parcel",
	"Zoë Müller zoe@shop.example Berlin",
	"the parcel of another desk, please refund",
};

/* A query, who asks, and what comes: m is a message, c a conversation, p a customer. */
static const struct {
	const char *text, *found;
	int64_t inboxes[3];
	bool customers;
	int kind;
} asks[] = {
	{"退款",                    "m1",       {1, 2}, true,  0},
	{"尽快退款",                "m1",       {1, 2}, true,  0},
	{"退 款",                   "m1",       {1, 2}, true,  0},
	{"退",                      "m1",       {1, 2}, true,  0},
	{"款退",                    "",         {1, 2}, true,  0},
	{"退订单",                  "",         {1, 2}, true,  0}, /* the characters, but no run of them */
	{"订单 退款",               "m1",       {1, 2}, true,  0},
	{"DE-88120",                "m1",       {1, 2}, true,  0},
	{"de88120",                 "m1",       {1, 2}, true,  0},
	{"88120",                   "m1",       {1, 2}, true,  0},
	{"de881",                   "m1",       {1, 2}, true,  0},
	{"de881 ",                  "",         {1, 2}, true,  0}, /* a space ends the word */
	{"返品",                    "m2",       {1, 2}, true,  0},
	{"ｻｲｽﾞ",                    "m2",       {1, 2}, true,  0},
	{"返品できますか",          "m2",       {1, 2}, true,  0},
	{"사이즈",                  "m3",       {1, 2}, true,  0},
	{"배송 조회",               "m3",       {1, 2}, true,  0},
	{"\"배송 조회\"",           "m3",       {1, 2}, true,  0},
	{"คืนเงิน",                   "m4",       {1, 2}, true,  0},
	{"الطلب",                   "m5",       {1, 2}, true,  0},
	{"посылка",                 "m6",       {1, 2}, true,  0},
	{"ПОСЫЛ",                   "m6",       {1, 2}, true,  0},
	{"елка",                    "m6",       {1, 2}, true,  0},
	{"grosse",                  "m7",       {1, 2}, true,  0},
	{"GRÖSSE ete",              "m7",       {1, 2}, true,  0},
	{"où",                      "m7",       {1, 2}, true,  0},
	{"parcel",                  "c1 m7",    {1, 2}, true,  0}, /* newest first */
	{"PARCEL",                  "m9 c1 m7", {1, 3}, true,  0},
	{"parcel",                  "m9",       {3},    true,  0},
	{"parcel",                  "",         {2},    true,  0},
	{"parcel",                  "",         {0},    true,  0},
	{"parcel",                  "m7",       {1},    true,  SEARCH_MESSAGE},
	{"parcel",                  "c1",       {1},    true,  SEARCH_CONVERSATION},
	{"par",                     "c1 m7",    {1, 2}, true,  0},
	{"pa",                      "",         {1, 2}, true,  0},
	{"parcel refund",           "m9",       {1, 3}, true,  0},
	{"\"my parcel\"",           "c1",       {1, 3}, true,  0},
	{"\"parcel my\"",           "",         {1, 3}, true,  0},
	{"\"a parcel arrived\"",    "m7",       {1, 3}, true,  0},
	{"\"my parcel",             "c1",       {1, 3}, true,  0}, /* an open quote is none */
	{"\"parcel\" \"lost\"",     "c1",       {1, 3}, true,  0},
	{"muller",                  "p1",       {1},    true,  0},
	{"zoe@shop.example",        "p1",       {1},    true,  0},
	{"muller",                  "",         {1},    false, 0},
	{"muller",                  "p1",       {0},    true,  SEARCH_CUSTOMER},
	{"",                        "",         {1, 2}, true,  0},
	{" ?!\"\" ",                "",         {1, 2}, true,  0},
	{"parcel AND",              "",         {1, 2}, true,  0}, /* no operators */
	{"NOT parcel",              "",         {1, 2}, true,  0},
	{"par* NEAR(parcel)",       "",         {1, 2}, true,  0},
	{"' OR 1=1 --",             "",         {1, 2}, true,  0},
	{"\x02k2",                  "",         {1, 2}, true,  0}, /* the head cannot be asked for */
	{"i1",                      "",         {1, 2}, true,  0},
	{"\xff\xfe parcel",         "c1 m7",    {1, 2}, true,  0},
};
/* clang-format on */

static enum err put_all(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	for (size_t i = 0; i < COUNT(docs); i++) {
		struct search_doc d = docs[i];

		d.text = str_of(texts[i]);
		TRY(search_put(db, arg, &d));
	}
	return E_OK;
}

struct ask {
	struct arena *a;
	struct search_query q;
	struct search_hit hits[20];
	size_t n;
};

static enum err ask_run(void *arg, struct db *db, int attempt)
{
	struct ask *k = arg;

	(void)attempt;
	return search_find(db, k->a, &k->q, k->hits, &k->n);
}

static void ask(struct store *s, struct ask *k)
{
	if (k->q.limit == 0)
		k->q.limit = COUNT(k->hits);
	assert_int_equal(store_read_wait(s, ask_run, k), E_OK);
}

static struct str found(struct ask *k)
{
	struct buf b = BUF(k->a);

	for (size_t i = 0; i < k->n; i++)
		buf_fmt(&b, "%s%c%d", i ? " " : "", " cmp"[k->hits[i].kind], (int)k -> hits[i].id);
	return buf_str(&b);
}

static struct store *open_filled(struct arena *a, int engine)
{
	struct store *s = store_testing(a, engine, NULL);
	const char *why = "";

	if (store_migrate(s, a, no_schema, &why) != E_OK)
		fail_msg("migrate: %s", why);
	assert_int_equal(store_write_wait(s, put_all, a), E_OK);
	return s;
}

static void check_asks(struct arena *a, struct store *s)
{
	for (size_t i = 0; i < COUNT(asks); i++) {
		struct ask k = {.a = a};
		size_t n = 0;

		while (n < 3 && asks[i].inboxes[n])
			n++;
		k.q = (struct search_query){.text = str_of(asks[i].text),
					    .inboxes = {(int64_t *)asks[i].inboxes, n},
					    .customers = asks[i].customers,
					    .kind = asks[i].kind};
		ask(s, &k);
		if (!str_eq(found(&k), str_of(asks[i].found)))
			fail_msg("'%s' finds '%.*s', not '%s'", asks[i].text, STR(found(&k)),
				 asks[i].found);
	}
}

static void finds(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);

		check_asks(a, s);
		store_testing_end(s);
		arena_free(a);
	}
}

/* With more inboxes than the index is asked for, the table's column decides. */
static void finds_in_many_inboxes(void **state)
{
	int64_t ids[100];

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = (int64_t)i + 2;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);
		struct ask k = {.a = a, .q = {.text = S("parcel"), .inboxes = {ids, COUNT(ids)}}};

		ask(s, &k);
		assert_string_equal(found(&k).p, "m9");
		store_testing_end(s);
		arena_free(a);
	}
}

/* ---- changes ---- */

static enum err change(void *arg, struct db *db, int attempt)
{
	struct search_doc d = docs[7]; /* the conversation */

	(void)attempt;
	d.text = S("renamed to lantern");
	d.inbox_id = 2;
	TRY(search_put(db, arg, &d));
	TRY(search_remove(db, SEARCH_MESSAGE, 7));
	TRY(search_remove(db, SEARCH_MESSAGE, 12345)); /* never was there */

	/* undone: never happened */
	TRY(db_savepoint(db));
	d.id = 77;
	TRY(search_put(db, arg, &d));
	TRY(search_remove(db, SEARCH_MESSAGE, 1));
	TRY(db_rollback_to(db));
	return db_release(db);
}

static enum err change_and_fail(void *arg, struct db *db, int attempt)
{
	struct search_doc d = {.kind = SEARCH_MESSAGE, .id = 50, .inbox_id = 1, .text = S("ghost")};

	(void)attempt;
	TRY(search_put(db, arg, &d));
	return E_CONFLICT;
}

static void follows_changes(void **state)
{
	static const char *const rows[][2] = {
	    {"parcel", ""}, {"lantern", "c1"}, {"退款", "m1"}, {"grosse", ""}, {"ghost", ""}};

	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);

		assert_int_equal(store_write_wait(s, change, a), E_OK);
		assert_int_equal(store_write_wait(s, change, a), E_OK); /* the same again */
		assert_int_equal(store_write_wait(s, change_and_fail, a), E_CONFLICT);
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct ask k = {
			    .a = a,
			    .q = {.text = str_of(rows[i][0]), .inboxes = {(int64_t[]){1, 2}, 2}}};

			ask(s, &k);
			assert_true(str_eq(found(&k), str_of(rows[i][1])));
		}
		store_testing_end(s);
		arena_free(a);
	}
}

enum { PAGED = 103 };

static enum err put_many(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	for (int i = 1; i <= PAGED; i++) {
		struct search_doc d = {.kind = SEARCH_MESSAGE,
				       .id = 1000 + i,
				       .inbox_id = 1,
				       .text = str_fmt(arg, "lighthouse number %d", i)};
		TRY(search_put(db, arg, &d));
	}
	return E_OK;
}

static void pages(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);
		struct ask k = {
		    .a = a,
		    .q = {.text = S("lighthouse"), .inboxes = {(int64_t[]){1}, 1}, .limit = 10}};
		int64_t expected = 1000 + PAGED;

		assert_int_equal(store_write_wait(s, put_many, a), E_OK);
		for (ask(s, &k); k.n; ask(s, &k)) {
			for (size_t i = 0; i < k.n; i++)
				assert_int_equal(k.hits[i].id, expected--);
			k.q.before = k.hits[k.n - 1].doc;
		}
		assert_int_equal(expected, 1000);
		store_testing_end(s);
		arena_free(a);
	}
}

/* ---- texts that were made to be too much ---- */

enum { HOSTILE = 10 * 1000 * 1000 };

/* Each gives words no two of which are alike, and as many tokens of each byte as it can. */
/* clang-format off */
static const struct {
	const char *what;
	int kind;
} hostile[] = {
	{"distinct words", 0}, {"distinct characters", 1}, {"chains", 2}, {"groups of digits", 3},
	{"one that unfolds to many", 4}, {"long words", 5}, {"squared words", 6}, {"Arabic", 7},
};
/* clang-format on */

static void add_char(struct buf *b, uint32_t c)
{
	char utf8[3] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
			(char)(0x80 | (c & 63))};

	buf_add(b, (struct str){utf8, 3});
}

static void add_hostile(struct buf *b, int kind, uint32_t i)
{
	switch (kind) {
	case 0: buf_fmt(b, "w%07x ", i); break;
	case 1: add_char(b, 0x4e00 + i * 7919 % 20000); break;
	case 2: buf_fmt(b, "a%x-b%x_", i, i); break;
	case 3: buf_fmt(b, "%u-", i); break;
	case 4:
		add_char(b, 0xfdfa);
		buf_fmt(b, "%x", i);
		break;
	case 5: buf_fmt(b, "%0127x ", i); break;
	case 6: add_char(b, 0x3300 + i * 31 % 256); break;
	default: buf_fmt(b, "وال%x", i); buf_z(b, "عين ");
	}
}

static enum err put_hostile(void *arg, struct db *db, int attempt)
{
	const struct search_doc *d = arg;
	struct arena *a = arena_new();
	enum err e = search_put(db, a, d);

	/* Documents are cut before; a vector holds what it can all the same. */
	if (e == E_OK && db_is_pgsql(db))
		e = search_doc_tokens(db, a, 1, search_vector(a, d->text));

	(void)attempt;
	arena_free(a);
	return e;
}

/* The text is found by what stands at its beginning, and what comes after it is indexed too. */
static void takes_any_text(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);

		for (size_t i = 0; i < COUNT(hostile); i++) {
			struct buf text = BUF(a);
			struct search_doc d = {
			    .kind = SEARCH_MESSAGE, .id = 5000 + (int64_t)i, .inbox_id = 1};
			struct ask k = {.a = a,
					.q = {.text = str_fmt(a, "beginning%zu", i),
					      .inboxes = {(int64_t[]){1}, 1}}};

			buf_fmt(&text, "beginning%zu ", i);
			for (uint32_t j = 0; text.n < HOSTILE; j++)
				add_hostile(&text, hostile[i].kind, j);
			d.text = buf_str(&text);
			if (store_write_wait(s, put_hostile, &d) != E_OK)
				fail_msg("engine %d does not take %s", engine, hostile[i].what);
			ask(s, &k);
			if (k.n != 1 || k.hits[0].id != d.id)
				fail_msg("engine %d does not find %s", engine, hostile[i].what);
		}
		store_testing_end(s);
		arena_free(a);
	}
}

/* ---- making the index anew ---- */

static enum err grow_old(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	return search_state_set(db, arg, 0, 0);
}

struct step {
	struct arena *a;
	size_t count;
	int64_t left;
};

static enum err step(void *arg, struct db *db, int attempt)
{
	struct step *k = arg;

	(void)attempt;
	return search_rebuild(db, k->a, k->count, &k->left);
}

static void makes_the_index_anew(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = open_filled(a, engine);
		struct step k = {.a = a};
		int steps = 0;

		while (k.count = COUNT(docs), k.left || !steps++)
			assert_int_equal(store_write_wait(s, step, &k), E_OK);
		k.count = steps = 0;
		assert_int_equal(store_write_wait(s, step, &k), E_OK);
		assert_int_equal(k.left, 0); /* it is of this tokenizer */
		assert_int_equal(store_write_wait(s, grow_old, a), E_OK);
		assert_int_equal(store_write_wait(s, step, &k), E_OK);
		assert_int_equal(k.left, COUNT(docs));
		k.count = 3;
		while (k.left) {
			assert_int_equal(store_write_wait(s, step, &k), E_OK);
			/* what changes meanwhile comes neither twice nor not at all */
			assert_int_equal(store_write_wait(s, put_all, a), E_OK);
			steps++;
		}
		assert_int_equal(steps, 4);
		check_asks(a, s);
		assert_int_equal(store_write_wait(s, change, a), E_OK);
		store_testing_end(s);
		arena_free(a);
	}
}

/* ---- snippets ---- */

/* clang-format off */
static const struct {
	const char *query, *text, *snippet;
} snippets[] = {
	{"parcel",    "where is my parcel?",             "where is my \1parcel\2?"},
	{"退款",      "请尽快退款，谢谢",                "请尽快\1退款\2，谢谢"},
	{"尽快退款",  "请尽快退款，谢谢",                "请\1尽快退款\2，谢谢"},
	{"par",       "Parcels\nand \1parties\2",        "\1Parcels\2 and  \1parties\2 "},
	{"88120",     "no. DE-88120.",                   "no. DE-\1""88120\2."},
	{"de88120",   "no. DE-88120.",                   "no. \1""DE-88120\2."},
	{"nothing",   "else",                            "else"},
	{"GROSSE",    "Größe",                           "\1Größe\2"},
	{"x y",       "x x x y",                         "\1x\2 \1x\2 \1x\2 \1y\2"},
};
/* clang-format on */

static void cuts_snippets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(snippets); i++) {
		struct arena *a = arena_new();
		struct search_terms t;

		search_parse(a, str_of(snippets[i].query), &t);
		struct str got = search_snippet(a, &t, str_of(snippets[i].text));

		if (!str_eq(got, str_of(snippets[i].snippet)))
			fail_msg("'%s' in '%s': '%.*s'", snippets[i].query, snippets[i].text,
				 STR(got));
		arena_free(a);
	}
}

/* From a long text: where the words stand together, short, and no character cut in half. */
static void cuts_long_texts(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct search_terms t;

	(void)state;
	buf_z(&b, "red ");
	for (int i = 0; i < 2000; i++)
		buf_z(&b, "文字 ");
	buf_z(&b, "a red lamp");
	for (int i = 0; i < 2000; i++)
		buf_z(&b, " 文字");
	search_parse(a, S("red lamp"), &t);
	struct str got = search_snippet(a, &t, buf_str(&b));

	assert_true(str_find(got, S("a \1red\2 \1lamp\2")) > 0);
	assert_true(got.n < SEARCH_SNIPPET + 20 && str_utf8_ok(got));
	assert_true(str_starts(got, S("…")) && str_ends(got, S("…")));
	arena_free(a);
}

/* ---- what the engines are asked ---- */

/* clang-format off */
static const struct {
	const char *text, *sqlite, *pgsql;
} matches[] = {
	{"my parcel ",      "\"my\" AND \"parcel\"",                  "'my' & 'parcel'"},
	{"\"my parcel\"",   "(\"my\" + \"parcel\")",                  "('my' <-> 'parcel')"},
	{"退款吗",          "(\"退款\" + \"款吗\")",                  "('退款' <-> '款吗')"},
	{"退",              "\"退\" *",                               "'退':*"},
	{"don't",           "\"don\" *",                              "'don':*"},
};
/* clang-format on */

static void asks_the_engines(void **state)
{
	const struct search_query q = {
	    .inboxes = {(int64_t[]){5}, 1}, .customers = true, .kind = 2};

	(void)state;
	for (size_t i = 0; i < COUNT(matches); i++) {
		struct arena *a = arena_new();
		struct search_terms t;

		search_parse(a, str_of(matches[i].text), &t);
		assert_string_equal(
		    search_match(a, &t, &q, false).p,
		    str_fmt(a, "%s AND \"\2k2\" AND (\"\2i5\" OR \"\2k3\")", matches[i].sqlite).p);
		assert_string_equal(
		    search_match(a, &t, &q, true).p,
		    str_fmt(a, "%s & '\2k2' & ('\2i5' | '\2k3')", matches[i].pgsql).p);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds),
	    cmocka_unit_test(finds_in_many_inboxes),
	    cmocka_unit_test(follows_changes),
	    cmocka_unit_test(pages),
	    cmocka_unit_test(takes_any_text),
	    cmocka_unit_test(makes_the_index_anew),
	    cmocka_unit_test(cuts_snippets),
	    cmocka_unit_test(cuts_long_texts),
	    cmocka_unit_test(asks_the_engines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
