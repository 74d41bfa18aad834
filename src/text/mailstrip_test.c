/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

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
	{"Where is it?\n\nSent from my iPhone", "Where is it?", "", "Sent from my iPhone"},
	{"Thanks\nbut it is broken, and I want to know why nobody answers my mails any more, please?",
	 "Thanks\nbut it is broken, and I want to know why nobody answers my mails any more, please?", "", ""},
	{"Wo ist es?\n\nMit freundlichen Grüßen\nUwe", "Wo ist es?", "", "Mit freundlichen Grüßen\nUwe"},
	{"没有收到。\n\n谢谢！\n小王", "没有收到。", "", "谢谢！\n小王"},
	{"I wrote:\nthis", "I wrote:\nthis", "", ""},
	{"From: the beginning it was bad", "From: the beginning it was bad", "", ""},
};
/* clang-format on */

static void takes_mails_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct mail_parts p;

		mail_strip(a, str_of(rows[i].mail), &p);
		assert_string_equal(str_z(a, p.body), rows[i].body);
		assert_string_equal(str_z(a, p.quoted), rows[i].quoted);
		assert_string_equal(str_z(a, p.signature), rows[i].signature);
		arena_free(a);
	}
}

static void bounds_hostile_mail(void **state)
{
	(void)state;
	static const char *const units[] = {
	    "\n",   "> ",       ">\n",  "on 1\n",         "from:\n", "thanks\n",
	    "\xff", "\xcc\x81", "--\n", "____________\n", "x"};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct mail_parts p;

		while (b.n < 1000000)
			buf_z(&b, units[i]);
		mail_strip(a, buf_str(&b), &p);
		assert_true(p.body.n + p.quoted.n + p.signature.n <= b.n);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_mails_apart),
	    cmocka_unit_test(bounds_hostile_mail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
