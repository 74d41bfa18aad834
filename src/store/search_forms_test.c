/* The forms people write one thing in: each text is found by each of its queries, and marked where
 * it stands; on both engines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine.h"
#include "store/search_text.h"
#include "store/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct migration no_schema[] = {{NULL, 0, NULL}};

/* clang-format off */
static const struct form {
	const char *text, *query;
	const char *marked; /* what stands between the marks; NULL: not found */
} forms[] = {
	/* one of a chain's words */
	{"tracking:LX702606942ZZ",           "LX702606942ZZ",           "LX702606942ZZ"},
	{"tracking:LX702606942ZZ",           "lx7026",                  "LX702606942ZZ"},
	{"tracking:LX702606942ZZ",           "702606942",               "702606942"},
	{"tracking:LX702606942ZZ",           "tracking:LX702606942ZZ",  "tracking:LX702606942ZZ"},
	{"tracking LX702606942ZZ",           "tracking:LX702606942ZZ",  "tracking] [LX702606942ZZ"},
	{"运单号：LX702606942ZZ，请查收",    "LX702606942ZZ",           "LX702606942ZZ"},
	{"order#DY-77-8812",                 "DY-77-8812",              "DY-77-8812"},
	{"order#DY-77-8812",                 "dy778812",                "DY-77-8812"},
	{"order#DY-77-8812",                 "77-8812",                 "77-8812"},
	{"order#DY-77-8812",                 "order#DY-77-8812",        "order#DY-77-8812"},
	{"order#DY-77-8812/return",          "DY-77-8812 ",             "DY-77-8812"},
	{"order#DY-77-8812",                 "77-88129",                NULL},
	{"order＃DY－77－8812",              "DY-77-8812",              "DY－77－8812"},
	{"DE/88120",                         "de88120",                 "DE/88120"},
	{"DE-88120",                         "DE/88120",                "DE-88120"},
	{"https://shop.example/p/lamp-77",   "lamp-77",                 "lamp-77"},
	{"https://shop.example/p/lamp-77",   "shop.example",            "shop.example"},
	{"https://shop.example/p/lamp-77",   "https://shop.example/p/lamp-77", "https://shop.example/p/lamp-77"},
	{"https://shop.example/p/lamp-77?x", "lamp-77 ",                "lamp-77"},
	{"write to zoe.li@shop.example now", "zoe.li@shop.example",     "zoe.li@shop.example"},
	{"write to zoe.li@shop.example now", "shop.example ",           "shop.example"},
	{"write to zoe.li@shop.example now", "zoe@shop.example",        NULL},
	{"an e-mail came",                   "email",                   "e-mail"},
	{"re:e-mail",                        "e-mail",                  "e-mail"},
	{"on 12/05/2026",                    "12/05/2026",              "12/05/2026"},
	{"05/2026, then 12",                 "12/05/2026",              NULL},

	/* numbers */
	{"we paid 1,299 in all",             "1299",                    "1,299"},
	{"wir zahlten 1.299,00 Euro",        "1299",                    "1.299,00"},
	{"wir zahlten 1.299,00 Euro",        "1299.00",                 "1.299,00"},
	{"wir zahlten 1.299,00 Euro",        "1,299.00",                "1.299,00"},
	{"wir zahlten 1.299,50 Euro",        "1299.50",                 "1.299,50"},
	{"nous avons payé 1\xc2\xa0""299,00 €", "1299",                 "1\xc2\xa0""299"},
	{"мы заплатили 12 990 рублей",       "12990",                   "12 990"},
	{"we paid 1299",                     "1,299",                   "1299"},
	{"we paid 1299",                     "1.299",                   "1299"},
	{"we paid 1299.00",                  "1,299.00",                "1299.00"},
	{"we paid 1299 ",                    "1 299",                   "1299"},
	{"we paid 1,299,000",                "1299000",                 "1,299,000"},
	{"we paid 1,299",                    "299",                     "299"},
	{"a lamp for 12.99",                 "1299",                    NULL},
	{"a lamp for 12.99",                 "12,99",                   "12.99"},
	{"订单８８１２０",                   "88120",                   "８８１２０"},
	{"الطلب ٨٨١٢٠",                      "88120",                   "٨٨١٢٠"},

	/* telephone numbers */
	{"call +49 30 1234",                 "+49301234",               "49 30 1234"},
	{"call +49301234",                   "+49 30 1234",             "49301234"},
	{"call +49301234",                   "+49 30 12",               "49301234"},
	{"call +49 (0)30 1234",              "+49 30 1234",             "49 (0)30 1234"},
	{"call 0049 30 1234567",             "+49301234567",            "0049 30 1234567"},
	{"call +49301234567",                "0049301234567",           "49301234567"},
	{"call (555) 123-4567",              "555-123-4567",            "555) 123-4567"},
	{"call (555) 123-4567",              "5551234567",              "555) 123-4567"},
	{"电话13812345678",                  "138 1234 5678",           "13812345678"},
	{"电话138-1234-5678",                "13812345678",             "138-1234-5678"},
	{"电话138 1234 5678",                "13812345678",             "138 1234 5678"},
	{"orders 88120 and 88121",           "88120 88121",             "88120] and [88121"},
	{"rows 00 123 456 789 012 345",      "rows",                    "rows"},
	{"2024 2026 and 2025",               "2024 2025",               "2024] 2026 and [2025"},

	/* Chinese in both scripts */
	{"請問退貨的運費由誰承擔？",         "退货",                    "退貨"},
	{"請問退貨的運費由誰承擔？",         "运费",                    "運費"},
	{"請問退貨的運費由誰承擔？",         "運費",                    "運費"},
	{"请问退货的运费由谁承担？",         "退貨",                    "退货"},
	{"请问退货的运费由谁承担？",         "運費由誰承擔",            "运费由谁承担"},
	{"訂單還沒有收到，請開發票",         "订单 发票",               "訂單]還沒有收到，請開[發票"},
	{"發",                               "发",                      "發"},
	{"三天之後",                         "后",                      "後"},

	/* Japanese, Korean, Thai */
	{"電池が充電できません",             "電池",                    "電池"},
	{"注文した靴のｻｲｽﾞが違います",       "サイズ",                  "ｻｲｽﾞ"},
	{"返金してください",                 "返金",                    "返金"},
	{"\xe1\x84\x87\xe1\x85\xa2\xe1\x84\x89\xe1\x85\xa9\xe1\x86\xbc 조회", "배송", "\xe1\x84\x87\xe1\x85\xa2\xe1\x84\x89\xe1\x85\xa9\xe1\x86\xbc"},
	{"환불을 원합니다",                  "환불",                    "환불"},
	{"อยากขอคืนเงินค่ะ",                   "คืนเงิน",                   "คืนเงิน"},
	{"ราคา ๑,๒๙๙ บาท",                   "1299",                    "๑,๒๙๙"},

	/* Arabic with what is written together with a word */
	{"أين الشحنة الآن",                  "شحنة",                    "الشحنة"},
	{"أين شحنة الأمس",                   "الشحنة",                  "شحنة"},
	{"الطلب والشحنة",                    "شحنة",                    "والشحنة"},
	{"الطلب والشحنة",                    "الشحنة",                  "والشحنة"},
	{"دفعت بالبطاقة",                    "البطاقة",                 "بالبطاقة"},
	{"رسوم للشحنة",                      "شحنة",                    "للشحنة"},
	{"طلب وشحنة",                        "شحنة",                    "وشحنة"},
	{"التهاب",                           "الهاب",                   NULL},
	{"أين الشحنة الآن",                  "الشح",                    "الشحنة"},

	/* accents, sharp s, yo */
	{"gastos de envío",                  "envio",                   "envío"},
	{"gastos de envio",                  "envío",                   "envio"},
	{"die Straße ist weiß",              "strasse WEISS",           "Straße] ist [weiß"},
	{"die Strasse",                      "Straße",                  "Strasse"},
	{"расчёт",                           "расчет",                  "расчёт"},
	{"расчет",                           "РАСЧЁТ",                  "расчет"},
};
/* clang-format on */

static enum err put_all(void *arg, struct db *db, int attempt)
{
	(void)attempt;
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct search_doc d = {.kind = SEARCH_MESSAGE,
					     .id = (int64_t)i + 1,
					     .inbox_id = (int64_t)i + 1,
					     .text = str_of(forms[i].text)};
		TRY(search_put(db, arg, &d));
	}
	return E_OK;
}

struct ask {
	struct arena *a;
	struct search_query q;
	struct search_hit hits[2];
	size_t n;
};

static enum err ask(void *arg, struct db *db, int attempt)
{
	struct ask *k = arg;

	(void)attempt;
	return search_find(db, k->a, &k->q, k->hits, &k->n);
}

/* From the first mark to the last; between two of them "][". */
static struct str marked(struct arena *a, struct str snippet)
{
	size_t from = 0, to = snippet.n;
	struct buf b = BUF(a);

	while (from < to && snippet.p[from] != '\1')
		from++;
	while (to > from && snippet.p[to - 1] != '\2')
		to--;
	for (size_t i = from + 1; i + 1 < to; i++)
		buf_char(&b, snippet.p[i] == '\1'   ? '['
			     : snippet.p[i] == '\2' ? ']'
						    : snippet.p[i]);
	return buf_str(&b);
}

static void check(struct arena *a, struct store *s, size_t i)
{
	int64_t inbox = (int64_t)i + 1;
	struct ask k = {.a = a,
			.q = {.text = str_of(forms[i].query), .inboxes = {&inbox, 1}, .limit = 2}};

	assert_int_equal(store_read_wait(s, ask, &k), E_OK);
	if (k.n != (forms[i].marked ? 1 : 0))
		fail_msg("'%s' by '%s': %zu found", forms[i].text, forms[i].query, k.n);
	struct str got = k.n ? marked(a, k.hits[0].snippet) : S("");

	if (k.n && !str_eq(got, str_of(forms[i].marked)))
		fail_msg("'%s' by '%s' marks '%.*s'", forms[i].text, forms[i].query, STR(got));
}

static void finds_forms(void **state)
{
	(void)state;
	for (int engine = 0; engine < store_engines(); engine++) {
		struct arena *a = arena_new();
		struct store *s = store_testing(a, engine, NULL);
		const char *why = "";

		if (store_migrate(s, a, no_schema, &why) != E_OK)
			fail_msg("migrate: %s", why);
		assert_int_equal(store_write_wait(s, put_all, a), E_OK);
		for (size_t i = 0; i < COUNT(forms); i++)
			check(a, s, i);
		store_testing_end(s);
		arena_free(a);
	}
}

/* ---- what the index holds ---- */

/* clang-format off */
static const struct {
	const char *text, *tokens; /* each with its place */
} tokens[] = {
	{"no. DE-88120",       "no:0 de88120:1 de:1 88120:2"},
	{"order#DY-77-8812",   "orderdy778812:0 order:0 dy778812:1 dy:1 778812:2 77:2 8812:3"},
	{"1,299.50",           "1.299.50:0 1299:0 1299.50:0 1:0 299:1 50:2"},
	{"138 1234 5678 ok",   "138:0 1234:1 5678:2 13812345678:2 ok:3"},
	{"والشحنة",            "والشحنه:0 شحنه:0"},
	{"退貨嗎",             "退货:0 货吗:1 吗:1"},
	{"long-lasting",       "longlasting:0 long:0 lasting:1"},
	{"00 123 456 789 012 345", "00:0 123:1 456:2 789:3 012:4 345:5"}, /* too long for a number */
};
/* clang-format on */

static bool add(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct buf *b = arg;

	assert_true(from < to);
	buf_fmt(b, "%s%.*s:%zu", b->n ? " " : "", STR(token), place);
	return true;
}

static void gives_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);

		search_tokens(str_of(tokens[i].text), add, &b);
		assert_string_equal(str_z(a, buf_str(&b)), tokens[i].tokens);
		arena_free(a);
	}
}

/* Endless chains and runs come in bounded pieces, and in time that grows as they do. */
static void bounds_endless_chains(void **state)
{
	static const char *const units[] = {"a1-", "1,",   "1.000.", "12 ",
					    "a#1", "退貨", "وال",    "1-"};

	(void)state;
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct buf text = BUF(a), all = BUF(a);

		while (text.n < 100000)
			buf_z(&text, units[i]);
		search_tokens(buf_str(&text), add, &all);
		assert_true(all.n < 100 * text.n);
		arena_free(a);
	}
}

/* Two numbers in groups that share a group, which broken bytes can bring about: one other form,
 * not two that cross, for both engines' languages close what they open. */
static void forms_do_not_cross(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct search_terms *t = NEW(a, struct search_terms);
	static const struct search_query q = {.customers = true};

	search_parse(a,
		     S("003\xea\xb8\xc2\xc2\xbc\xaa\xea\xb8"
		       "033\xaa&"),
		     t);
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = i + 1; k < t->n && k < i + t->v[i].alt_n; k++)
			assert_int_equal(t->v[k].alt_n, 0);
	for (int pgsql = 0; pgsql < 2; pgsql++) {
		struct str m = search_match(a, t, &q, pgsql);
		int open = 0;
		for (size_t i = 0; i < m.n; i++)
			open += (m.p[i] == '(') - (m.p[i] == ')');
		assert_int_equal(open, 0);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_forms),
	    cmocka_unit_test(gives_tokens),
	    cmocka_unit_test(bounds_endless_chains),
	    cmocka_unit_test(forms_do_not_cross),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
