/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *mail, *body, *quoted, *signature;
} rows[] = {
	{"", "", "", ""},
	{"Hello", "Hello", "", ""},
	{"Thanks", "Thanks", "", ""},
	{"a\r\n\r\n\r\nb\r\n", "a\n\nb", "", ""},
	{"It broke.\n\nOn Mon, 3 Feb 2025 at 10:01, Ann <ann@shop.example> wrote:\n> old\n> more",
	 "It broke.", "On Mon, 3 Feb 2025 at 10:01, Ann <ann@shop.example> wrote:\n> old\n> more", ""},
	{"No.\n\nOn Mon, 3 Feb 2025 at 10:01, Ann Long Name\n<ann@shop.example> wrote:\n\n> old",
	 "No.", "On Mon, 3 Feb 2025 at 10:01, Ann Long Name\n<ann@shop.example> wrote:\n\n> old", ""},
	{"> question one\nanswer one\n> question two\nanswer two", "answer one\nanswer two",
	 "> question one\n> question two", ""},
	{"Ja bitte.\n\nAm 03.02.2025 um 10:01 schrieb Anna Muster:\nalt",
	 "Ja bitte.", "Am 03.02.2025 um 10:01 schrieb Anna Muster:\nalt", ""},
	{"收到了\n\n发件人: a@b.example\n发送时间: 2025年2月3日\n收件人: c@d.example\n主题: 退款\n\n旧",
	 "收到了", "发件人: a@b.example\n发送时间: 2025年2月3日\n收件人: c@d.example\n主题: 退款\n\n旧", ""},
	{"Oui\n\nLe 3 févr. 2025 à 10:01, Anne a écrit :\n> vieux",
	 "Oui", "Le 3 févr. 2025 à 10:01, Anne a écrit :\n> vieux", ""},
	{"New\n\n-----Original Message-----\nFrom: x\nold", "New", "-----Original Message-----\nFrom: x\nold", ""},
	{"Where is it?\n\nBest regards,\nAnn Lee\n+44 20 7946 0000", "Where is it?", "",
	 "Best regards,\nAnn Lee\n+44 20 7946 0000"},
	{"Where is it?\n-- \nAnn", "Where is it?", "", "-- \nAnn"},
	/* two hyphens without a blank part a signature only from what looks like one */
	{"Where is it?\n--\nAnn Lee\nShop 5", "Where is it?", "", "--\nAnn Lee\nShop 5"},
	{"Where is it?\n--\nann, tel 030 1234", "Where is it?", "", "--\nann, tel 030 1234"},
	{"Where is it?\n-- \nqty 2", "Where is it?", "", "-- \nqty 2"},
	{"Order 123\n--\nqty 2", "Order 123\n--\nqty 2", "", ""},
	{"Where is it?\n\nSent from my iPhone", "Where is it?", "", "Sent from my iPhone"},
	{"Thanks\nbut it is broken, and I want to know why nobody answers my mails any more, please?",
	 "Thanks\nbut it is broken, and I want to know why nobody answers my mails any more, please?", "", ""},
	{"Wo ist es?\n\nMit freundlichen Grüßen\nUwe", "Wo ist es?", "", "Mit freundlichen Grüßen\nUwe"},
	{"没有收到。\n\n谢谢！\n小王", "没有收到。", "", "谢谢！\n小王"},
	{"I wrote:\nthis", "I wrote:\nthis", "", ""},
	{"From: the beginning it was bad", "From: the beginning it was bad", "", ""},
	/* what looks like a header block and is none: a gift card, a journey */
	{"Please print on the card:\nFrom: Anna\nTo: Ben\nSubject: Happy birthday\nand send it to my new address, Mill Lane 5",
	 "Please print on the card:\nFrom: Anna\nTo: Ben\nSubject: Happy birthday\nand send it to my new address, Mill Lane 5", "", ""},
	{"Von: Berlin\nAn: München\nDatum: 12.03.2025\nZwei Personen", "Von: Berlin\nAn: München\nDatum: 12.03.2025\nZwei Personen", "", ""},
	{"De: Madrid\nPara: Sevilla\nFecha: 3 de marzo\nDos cajas", "De: Madrid\nPara: Sevilla\nFecha: 3 de marzo\nDos cajas", "", ""},
	{"主题不错，日期是2025年2月3日\n发件人不知道", "主题不错，日期是2025年2月3日\n发件人不知道", "", ""},
	/* header blocks in other orders */
	{"Geht nicht.\n\nGesendet: Montag, 03. Februar 2025 um 10:01 Uhr\nVon: \"Service\" <help@shop.example>\nAn: uwe@home.example\nBetreff: Re: Lampe\n\nalt",
	 "Geht nicht.", "Gesendet: Montag, 03. Februar 2025 um 10:01 Uhr\nVon: \"Service\" <help@shop.example>\nAn: uwe@home.example\nBetreff: Re: Lampe\n\nalt", ""},
	{"No.\n\nSubject: Re: Lamp\nDate: Mon, 3 Feb 2025\nFrom: Service\nTo: Tom\n\nold", "No.", "Subject: Re: Lamp\nDate: Mon, 3 Feb 2025\nFrom: Service\nTo: Tom\n\nold", ""},
	{"还没收到\n\nFrom: help@shop.example\nDate: 2025-02-03 10:01\nTo: wang\nSubject: 包裹\n\n旧",
	 "还没收到", "From: help@shop.example\nDate: 2025-02-03 10:01\nTo: wang\nSubject: 包裹\n\n旧", ""},
	{"还没收到\n\n发件人： 客服\n发送时间： 2025-02-03 10:01\n收件人： wang\n主题： 包裹\n\n旧",
	 "还没收到", "发件人： 客服\n发送时间： 2025-02-03 10:01\n收件人： wang\n主题： 包裹\n\n旧", ""},
	{"還沒收到\n\n寄件者: 客服 <help@shop.example>\n寄件日期: 2025年2月3日\n收件者: wang\n主旨: 包裹\n\n舊",
	 "還沒收到", "寄件者: 客服 <help@shop.example>\n寄件日期: 2025年2月3日\n收件者: wang\n主旨: 包裹\n\n舊", ""},
	{"还没收到\n\n| 发件人 | 客服<help@shop.example> |\n| 日期 | 2025年02月03日 10:01 |\n| 收件人 | wang |\n| 主题 | 包裹 |\n旧",
	 "还没收到", "| 发件人 | 客服<help@shop.example> |\n| 日期 | 2025年02月03日 10:01 |\n| 收件人 | wang |\n| 主题 | 包裹 |\n旧", ""},
	/* words between dashes */
	{"Nein.\n\n--- Ursprüngliche Nachricht ---\nalt", "Nein.", "--- Ursprüngliche Nachricht ---\nalt", ""},
	{"Non.\n\n----- Mail original -----\nDe: \"Aide\"\nvieux", "Non.", "----- Mail original -----\nDe: \"Aide\"\nvieux", ""},
	{"No.\n\n----- Original Message -----\nold", "No.", "----- Original Message -----\nold", ""},
	{"No.\n\n----- Original Message ----- From: Ann\nold", "No.", "----- Original Message ----- From: Ann\nold", ""},
	{"No.\n\n------------------ Original ------------------\nold", "No.", "------------------ Original ------------------\nold", ""},
	{"No.\n\n---- On Mon, 3 Feb 2025 10:01:00 +0100 Ann <ann@shop.example> wrote ----\n\nold",
	 "No.", "---- On Mon, 3 Feb 2025 10:01:00 +0100 Ann <ann@shop.example> wrote ----\n\nold", ""},
	{"Here is\n--- original packaging, unopened\n--- manual", "Here is\n--- original packaging, unopened\n--- manual", "", ""},
	{"The original message was lost.", "The original message was lost.", "", ""},
	{"还没收到&nbsp;\n\n&nbsp;\n&nbsp;\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;\"客服\"\n旧",
	 "还没收到&nbsp;", "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;\"客服\"\n旧", ""},
	{"No.\n\n&nbsp;\n\n------------------&nbsp;Original&nbsp;------------------\nFrom: &nbsp;\"Ann\"\nold",
	 "No.", "------------------&nbsp;Original&nbsp;------------------\nFrom: &nbsp;\"Ann\"\nold", ""},
	/* day, clock, somebody, an address, and no '>' in what follows */
	{"まだです。\n\n2025年2月3日(月) 10:01 サポート <help@shop.example>:\n\n発送しました", "まだです。", "2025年2月3日(月) 10:01 サポート <help@shop.example>:\n\n発送しました", ""},
	{"Где она?\n\nпн, 3 февр. 2025 г. в 10:01, Помощь <help@shop.example>:\nстарое", "Где она?", "пн, 3 февр. 2025 г. в 10:01, Помощь <help@shop.example>:\nстарое", ""},
	{"Где она?\n\n03.02.2025, 10:01, \"Помощь\" <help@shop.example>:\nстарое", "Где она?", "03.02.2025, 10:01, \"Помощь\" <help@shop.example>:\nстарое", ""},
	{"Где она?\n\n3 февраля 2025 г., 10:01, Помощь магазина\n<help@shop.example>:\nстарое", "Где она?", "3 февраля 2025 г., 10:01, Помощь магазина\n<help@shop.example>:\nстарое", ""},
	{"I sent it to ben@home.example:\nthe photo", "I sent it to ben@home.example:\nthe photo", "", ""},
	/* signatures in frames; addresses that were asked for are none */
	{"まだ届きません。\n\n-----------------------\n田中 太郎\nTEL 03-0000-0000\ntanaka@home.example\n-----------------------", "まだ届きません。", "",
	 "-----------------------\n田中 太郎\nTEL 03-0000-0000\ntanaka@home.example\n-----------------------"},
	{"まだ届きません。\n\n＊＊＊＊＊＊＊＊＊＊\n田中 太郎\n＊＊＊＊＊＊＊＊＊＊\n\n> 古い", "まだ届きません。", "> 古い", "＊＊＊＊＊＊＊＊＊＊\n田中 太郎\n＊＊＊＊＊＊＊＊＊＊"},
	{"まだ届きません。\n\n━━━━━━━━━━\n株式会社サクラ 田中\n〒100-0001 東京都\n━━━━━━━━━━", "まだ届きません。", "", "━━━━━━━━━━\n株式会社サクラ 田中\n〒100-0001 東京都\n━━━━━━━━━━"},
	{"新しい住所は以下の通りです。\n\n-----\n田中 太郎\n〒100-0001 東京都\n-----", "新しい住所は以下の通りです。\n\n-----\n田中 太郎\n〒100-0001 東京都\n-----", "", ""},
	{"Two things.\n-----\nthe lamp is broken\n-----\nthe box was open", "Two things.\n-----\nthe lamp is broken\n-----\nthe box was open", "", ""},
	{"まだ届きません。\n\n----------\nサクラ商事\n田中 太郎\n----------", "まだ届きません。", "", "----------\nサクラ商事\n田中 太郎\n----------"},
	{"二つ。\n-----\n壊れた\n色違い\n-----\n返金を", "二つ。\n-----\n壊れた\n色違い\n-----\n返金を", "", ""},
	{"还没收到货\n\n王小明\nwang@home.example", "还没收到货", "", "王小明\nwang@home.example"},
	/* names as Chinese programs and people put them */
	{"还没收到货\n\n王小明", "还没收到货", "", "王小明"},
	{"还没收到货\n\n王先生\n2025年2月3日", "还没收到货", "", "王先生\n2025年2月3日"},
	{"还没收到货\n\n小王\n\n> 旧", "还没收到货", "> 旧", "小王"},
	{"哪一款？\n\n黄色的", "哪一款？\n\n黄色的", "", ""},
	{"发错了\n\n金色款", "发错了\n\n金色款", "", ""},
	{"还没收到货\n\nwang@home.example\n\n发件人： 客服\n发送时间： 2025-02-03 10:01\n收件人： wang\n主题： 包裹",
	 "还没收到货", "发件人： 客服\n发送时间： 2025-02-03 10:01\n收件人： wang\n主题： 包裹", "wang@home.example"},
	{"Send it to my new address\n\nben@home.example\n\n> Which one?", "Send it to my new address\n\nben@home.example", "> Which one?", ""},
};
/* clang-format on */

static void takes_mails_apart(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct mail_parts p;

		mail_strip(a, str_of(rows[i].mail), &p);
		if (!str_eq(p.body, str_of(rows[i].body)) ||
		    !str_eq(p.quoted, str_of(rows[i].quoted)) ||
		    !str_eq(p.signature, str_of(rows[i].signature))) {
			print_error("%s\n  body %.*s\n  quoted %.*s\n  signature %.*s\n",
				    rows[i].mail, STR(p.body), STR(p.quoted), STR(p.signature));
			bad++;
		}
		arena_free(a);
	}
	assert_int_equal(bad, 0);
}

/* However many lines stand before: the old reader looked at the first twenty thousand. */
static void takes_long_mails_apart(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct mail_parts p;

	for (int i = 0; i < 50000; i++)
		buf_z(&b, "a line\n");
	buf_z(&b, "\nBest regards,\nAnn\n\n-----Original Message-----\nold");
	mail_strip(a, buf_str(&b), &p);
	assert_true(str_ends(p.body, S("a line")));
	assert_int_equal(p.body.n, 50000 * 7 - 1);
	assert_string_equal(str_z(a, p.quoted), "-----Original Message-----\nold");
	assert_string_equal(str_z(a, p.signature), "Best regards,\nAnn");
	arena_free(a);
}

/* Four times the mail takes about four times as long; a millisecond is lost in noise. */
static double seconds_for(const char *unit, size_t size)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct mail_parts p;
	clock_t began;

	while (b.n < size)
		buf_z(&b, unit);
	began = clock();
	mail_strip(a, buf_str(&b), &p);
	assert_true(p.body.n <= b.n && p.quoted.n <= b.n && p.signature.n <= b.n);
	arena_free(a);
	return (double)(clock() - began) / CLOCKS_PER_SEC;
}

static void bounds_hostile_mail(void **state)
{
	(void)state;
	/* clang-format off */
	static const char *const units[] = {
	    "\n", "> ", ">\n", "on 1\n", "from:\n", "thanks\n", "\xff", "\xcc\x81", "--\n", "____________\n", "x",
	    "a\n", "-----\n", "-----\n>\n", "thanks\n\n>\n", "from: a\nx\n", "to: a@b.example\n", "date: 1\n\n",
	    "&nbsp;", "&nbsp;\n", "____________\n&nbsp;\n", "1 2 3:04 a@b.example\n", "on 1 wrote:\n\n>\n", "a@b.example\n\n",
	    "\xe3\x80\x80\n", "thanks\n\n\xe3\x80\x80\n>\n", "\n\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e\n",
	    "- - - - ", "*\n\n", "from: x sent: ",
	};
	/* clang-format on */
	for (size_t i = 0; i < COUNT(units); i++) {
		double quarter = seconds_for(units[i], 100000);
		double whole = seconds_for(units[i], 400000);

		if (whole > 2 || whole > 8 * quarter + 0.2)
			fail_msg("%s: %.3f s, four times as much %.3f s", units[i], quarter, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_mails_apart),
	    cmocka_unit_test(takes_long_mails_apart),
	    cmocka_unit_test(bounds_hostile_mail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
