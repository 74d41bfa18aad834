/* E-mail as a channel: what core is told of a mail, and what leaves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email.h"
#include "channels/email/thread.h"
#include "core/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mail_settings settings;

static struct channel_at place(int64_t inbox)
{
	settings = mail_defaults;
	return (struct channel_at){.inbox_id = inbox,
				   .name = S("Lamp shop"),
				   .address = S("support@shop.example"),
				   .settings = &settings,
				   .secret = S("0123456789abcdef0123456789abcdef"),
				   .instance = S("desk-1")};
}

/* Header lines and body of a mail, and what becomes of it. */
/* clang-format off */
static const struct {
	const char *what, *raw;
	enum incoming_kind kind;
	bool may_answer, spam;
	const char *from;
} rows[] = {
	{"a person", "From: Ann <ann@buyer.example>\n\nHello", INCOMING_MESSAGE, true, false, "ann@buyer.example"},
	{"a contact form", "From: support@shop.example\nReply-To: Ann <ann@buyer.example>\n\nHello", INCOMING_MESSAGE, true, false, "ann@buyer.example"},
	{"a shop's robot for a buyer", "From: no-reply@market.example\nReply-To: ann@buyer.example\n\nHello", INCOMING_MESSAGE, true, false, "ann@buyer.example"},
	{"a list", "From: ann@buyer.example\nList-Id: <x.example>\nReply-To: list@x.example\n\nHello", INCOMING_MESSAGE, false, false, "ann@buyer.example"},
	{"out of office", "From: ann@buyer.example\nAuto-Submitted: auto-replied\n\nAway", INCOMING_AUTO, false, false, "ann@buyer.example"},
	{"spam", "From: x@buyer.example\nX-Spam-Flag: YES\n\nBuy", INCOMING_MESSAGE, false, true, "x@buyer.example"},
	{"written to oneself", "From: support@shop.example\n\nNote", INCOMING_MESSAGE, false, false, "support@shop.example"},
	{"our own mail come back", "From: support@shop.example\nX-Aftersail-Instance: desk-1\n\nx", INCOMING_IGNORE, false, false, "support@shop.example"},
	{"another mailbox of ours", "From: returns@shop.example\nX-Aftersail-Instance: desk-1\n\nx", INCOMING_MESSAGE, false, false, "returns@shop.example"},
	{"its automatic answer", "From: returns@shop.example\nX-Aftersail-Instance: desk-1\nAuto-Submitted: auto-replied\n\nx", INCOMING_AUTO, false, false, "returns@shop.example"},
	{"another desk's automatic answer", "From: help@other.example\nX-Aftersail-Instance: desk-2\nAuto-Submitted: auto-replied\n\nx", INCOMING_AUTO, false, false, "help@other.example"},
	{"another desk's person", "From: help@other.example\nX-Aftersail-Instance: desk-2\n\nx", INCOMING_MESSAGE, true, false, "help@other.example"},
	{"a bounce", "Return-Path: <>\nX-Failed-Recipients: a@b.example\nFrom: Mailer-Daemon@mx.example\nSubject: failed\n\n550 no", INCOMING_BOUNCE, false, false, "Mailer-Daemon@mx.example"},
};
/* clang-format on */

static void test_kinds(void **state)
{
	struct channel_at at = place(3);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct incoming in = {0};
		struct json_why why = {0};

		assert_int_equal(email_channel.parse(a, &at, str_of(rows[i].raw), &in, &why), E_OK);
		if (in.kind != rows[i].kind || in.may_answer != rows[i].may_answer ||
		    in.spam != rows[i].spam || !str_eq(in.from.address, str_of(rows[i].from)) ||
		    in.may_answer != !in.why)
			fail_msg("%s: kind %d, answer %d, spam %d, from %.*s, %s", rows[i].what,
				 in.kind, in.may_answer, in.spam, STR(in.from.address),
				 in.why ? in.why : "");
		arena_free(a);
	}
}

/* An answer goes out, the buyer's mail program answers it, and it finds its conversation. */
static void test_round_trip(void **state)
{
	struct arena *a = arena_new();
	struct channel_at at = place(3), other = place(4);
	struct incoming_address to = {S("王芳"), S("wang@buyer.example")};
	struct outgoing o = {.conversation_id = 17,
			     .entry_id = 99,
			     .at = 1794299400000,
			     .to = &to,
			     .n_to = 1,
			     .cc = &to,
			     .n_cc = 1,
			     .subject = S("回复：订单"),
			     .text = S("已发货"),
			     .answers = S("q@buyer.example"),
			     .signature = S("小李")};
	struct composed made = {0};
	struct email_message sent;
	struct incoming in = {0};
	struct json_why why = {0};

	(void)state;
	assert_int_equal(email_channel.compose(a, &at, &o, NULL, &made, &why), E_OK);
	assert_int_equal(made.n_recipients, 1);
	assert_true(str_eq(made.external_id, email_channel.external_id(a, &at, 17, 99)));
	assert_int_equal(email_parse(a, made.bytes, &sent, &why.key), E_OK);
	assert_true(str_eq(sent.subject, S("Re: 订单")));
	assert_true(str_eq(email_field(&sent, "X-Aftersail-Instance"), S("desk-1")));
	assert_true(str_find(sent.signature, S("小李")) >= 0);
	struct str back = str_fmt(
	    a, "From: wang@buyer.example\r\nTo: %.*s\r\nSubject: x\r\nIn-Reply-To: <%.*s>\r\n\r\ny",
	    STR(sent.reply_to.v[0].address), STR(sent.id));
	assert_int_equal(email_channel.parse(a, &at, back, &in, &why), E_OK);
	assert_true(in.conversation_id == 17);
	assert_true(str_eq(in.references[0], made.external_id));
	in = (struct incoming){0};
	assert_int_equal(email_channel.parse(a, &other, back, &in, &why), E_OK);
	assert_true(in.conversation_id == 0); /* a token of another mailbox opens nothing */
	in = (struct incoming){0};
	assert_int_equal(email_channel.parse(a, &at, made.bytes, &in, &why), E_OK);
	assert_int_equal(in.kind, INCOMING_IGNORE);
	arena_free(a);
}

static void test_parts_of_a_mail(void **state)
{
	static const char raw[] = "From: ann@buyer.example\nSubject: x\nMIME-Version: 1.0\n"
				  "Content-Type: text/html; charset=utf-8\n\n"
				  "<p onclick=x>New <img src=\"https://t.example/p\"></p>"
				  "<blockquote type=cite>Old</blockquote>";
	struct arena *a = arena_new();
	struct channel_at at = place(3);
	struct incoming in = {0};
	struct json_why why = {0};

	(void)state;
	assert_int_equal(email_channel.parse(a, &at, str_of(raw), &in, &why), E_OK);
	assert_true(str_eq(in.text, S("New")));
	assert_true(str_eq(in.quoted, S("Old")));
	assert_string_equal(str_z(a, in.html),
			    "<p>New <img data-remote=\"https://t.example/p\"></p>" INCOMING_FOLD
			    "<blockquote type=\"cite\">Old</blockquote>");
	assert_int_equal(email_channel.parse(a, &at, S("no mail"), &in, &why), E_MALFORMED);
	assert_string_equal(why.key, "email.no_header");
	arena_free(a);
}

static void test_settings_shape_what_goes_out(void **state)
{
	struct arena *a = arena_new();
	struct channel_at at = place(3);
	struct incoming_address to = {S(""), S("wang@buyer.example")};
	struct outgoing o = {.conversation_id = 1,
			     .entry_id = 2,
			     .to = &to,
			     .n_to = 1,
			     .subject = S("x"),
			     .text = S("Hello"),
			     .quote_intro = S("Wang wrote:"),
			     .quote = S("before")};
	struct composed made = {0};
	struct email_message sent;
	struct json_why why = {0};

	(void)state;
	settings.quote = settings.plus_address = false;
	settings.signature = S("Open 9 to 5");
	assert_int_equal(email_channel.compose(a, &at, &o, NULL, &made, &why), E_OK);
	assert_int_equal(email_parse(a, made.bytes, &sent, &why.key), E_OK);
	assert_int_equal(sent.reply_to.n, 0);
	assert_true(str_find(sent.text, S("before")) < 0);
	assert_true(str_find(sent.text, S("Open 9 to 5")) > 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds),
					   cmocka_unit_test(test_round_trip),
					   cmocka_unit_test(test_parts_of_a_mail),
					   cmocka_unit_test(test_settings_shape_what_goes_out)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
