/* SPDX-License-Identifier: Apache-2.0 */
#include "text/token.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	struct buf out;
	size_t n, last_from, text_n;
	bool ok;
};

static bool collect(void *arg, struct str token, size_t from, size_t to)
{
	struct seen *s = arg;

	if (s->n++)
		buf_char(&s->out, ' ');
	buf_add(&s->out, token);
	s->ok = s->ok && from < to && to <= s->text_n && from >= s->last_from && token.n &&
		token.n <= TEXT_TOKEN_MAX && str_utf8_ok(token);
	s->last_from = from;
	return true;
}

/* clang-format off */
static const struct {
	const char *text, *index, *query;
} rows[] = {
	{"",                        "",                                 ""},
	{" \t\n",                   "",                                 ""},
	{"Where is my parcel?",     "where is my parcel",               "where is my parcel"},
	{"Größe ÉTÉ naïve",         "grosse ete naive",                 "grosse ete naive"},
	{"e\xcc\x81te\xcc\x81",     "ete",                              "ete"},
	{"Ørsted Łódź œuvre đồng",  "orsted lodz oeuvre dong",          "orsted lodz oeuvre dong"},
	{"Ώρα",                     "ωρα",                              "ωρα"},
	{"ёлка Мой",                "елка мой",                         "елка мой"},
	{"DE-88120",                "de88120 de 88120",                 "de88120"},
	{"de88120",                 "de88120 de 88120",                 "de88120"},
	{"ＤＥ－８８１２０",        "de88120 de 88120",                 "de88120"},
	{"88120",                   "88120",                            "88120"},
	{"#88120.",                 "88120",                            "88120"},
	{"AB12CD",                  "ab12cd ab 12 cd",                  "ab12cd"},
	{"12.50 1,250.00",          "12.50 12 50 1.250.00 1 250 00",    "12.50 1.250.00"},
	{"yes,no",                  "yes no",                           "yes no"},
	{"5,ten",                   "5 ten",                            "5 ten"},
	{"e-mail",                  "email e mail",                     "email"},
	{"long-lasting",            "longlasting long lasting",         "long lasting"},
	{"l'article don\xe2\x80\x99t", "larticle l article dont don t", "article don"},
	{"a - b",                   "a b",                              "a b"},
	{"-.-",                     "",                                 ""},
	{"ann@shop.example",        "annshopexample ann shop example",  "ann shop example"},
	{"退款吗",                  "退款 款吗 吗",                     "退款 款吗"},
	{"退",                      "退",                               "退"},
	{"订单DE-88120没收到",      "订单 单 de88120 de 88120 没收 收到 到", "订单 de88120 没收 收到"},
	{"ｶﾞﾗｽ",                    "ガラ ラス ス",                     "ガラ ラス"},
	{"配送はいつ",              "配送 送は はい いつ つ",           "配送 送は はい いつ"},
	{"배송 조회요",             "배송 배송 송 조회요 조회 회요 요", "배송 조회 회요"},
	{"ที่ดี",                     "ที่ดี ดี",                             "ที่ดี"},
	{"أين الطَّلَب",             "اين الطلب",                        "اين الطلب"},
	{"مـرحبا مدرسة",            "مرحبا مدرسه",                      "مرحبا مدرسه"},
	{"٨٨١٢٠",                   "88120",                            "88120"},
	{"שָׁלוֹם",                    "שלום",                             "שלום"},
	{"हिन्दी में",                  "हिन्दी में",                           "हिन्दी में"},
	{"😀 ok 👍🏽",                 "ok",                               "ok"},
	{"soft\xc2\xadhyphen",      "softhyphen",                       "softhyphen"},
	{"a\xff\xfe""b \xe4\xb8",   "a b",                              "a b"},
	{"ﬁne Ⅳ ①",                 "fine iv 1",                        "fine iv 1"},
};
/* clang-format on */

static struct seen run(struct arena *a, struct str text, enum text_tokens_for mode)
{
	struct seen s = {.out = BUF(a), .text_n = text.n, .ok = true};

	text_tokens(text, mode, collect, &s);
	return s;
}

static void finds_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct seen x = run(a, str_of(rows[i].text), TEXT_INDEX);
		struct seen q = run(a, str_of(rows[i].text), TEXT_QUERY);

		assert_string_equal(x.out.p ? x.out.p : "", rows[i].index);
		assert_string_equal(q.out.p ? q.out.p : "", rows[i].query);
		assert_true(x.ok && q.ok);
		arena_free(a);
	}
}

static void parts_at_nul_and_controls(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct seen s = run(a, S("one\0two\x01three"), TEXT_INDEX);

	assert_string_equal(s.out.p, "one two three");
	arena_free(a);
}

/* Each must come out in bounded pieces, however long the run. */
static void bounds_endless_runs(void **state)
{
	(void)state;
	static const char *const units[] = {"a", "7", "a-",   "退", "배",           "\xcc\x81",
					    "ที่", "😀", "\xff", "a1", "\xe2\x80\x8d", "ﷺ"};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		while (b.n < 200000)
			buf_z(&b, units[i]);
		struct seen s = run(a, buf_str(&b), TEXT_INDEX);
		assert_true(s.ok);
		assert_true(s.out.n < 32 * b.n);
		arena_free(a);
	}
}

/* A long dense run loses no pair where the window slides. */
static void keeps_every_pair(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	for (int i = 0; i < 1000; i++)
		buf_z(&b, "中");
	assert_int_equal(run(a, buf_str(&b), TEXT_INDEX).n, 1000);
	assert_int_equal(run(a, buf_str(&b), TEXT_QUERY).n, 999);
	arena_free(a);
}

static bool first_only(void *arg, struct str token, size_t from, size_t to)
{
	(void)token, (void)from, (void)to;
	(*(int *)arg)++;
	return false;
}

static void stops_when_told(void **state)
{
	(void)state;
	int n = 0;

	text_tokens(S("one two-three 退款吗"), TEXT_INDEX, first_only, &n);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_tokens),        cmocka_unit_test(parts_at_nul_and_controls),
	    cmocka_unit_test(bounds_endless_runs), cmocka_unit_test(keeps_every_pair),
	    cmocka_unit_test(stops_when_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
