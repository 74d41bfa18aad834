/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/compose.h"
#include "channels/email/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS(n, a)                                                                              \
	{                                                                                          \
		S(n), S(a)                                                                         \
	}

static struct email_address buyer[] = {ADDRESS("王芳", "wang@buyer.example")};
static struct email_address more[] = {ADDRESS("", "cc@buyer.example"),
				      ADDRESS("Müller, \"Jo\"", "jo@buyer.example")};

static struct email_outgoing sample(void)
{
	return (struct email_outgoing){
	    .from = ADDRESS("Support 客服", "support@shop.example"),
	    .to = {buyer, 1},
	    .cc = {more, 2},
	    .subject = S("Re: 退款什么时候到账"),
	    .id = S("as.1.2.abc@shop.example"),
	    .date = 1794299400000,
	    .text = S("您好，\n\n退款已经到账。https://shop.example/a?b=1&c=2.\n"),
	    .signature = S("小李"),
	    .language = S("zh"),
	    .instance = S("desk-1")};
}

static void lines_are_short(struct str raw)
{
	struct str line;

	assert_true(str_ends(raw, S("\r\n")));
	raw.n -= 2;
	while (str_cut(&raw, '\n', &line)) {
		assert_true(line.n <= 999);
		if (raw.p && !str_ends(line, S("\r")))
			fail_msg("no CR: %.*s", STR(line));
	}
}

static void compose(struct arena *a, const struct email_outgoing *o, struct str *raw,
		    struct email_message *m)
{
	const char *key;

	assert_int_equal(email_compose(a, o, raw, &key), E_OK);
	lines_are_short(*raw);
	assert_int_equal(email_parse(a, *raw, m, &key), E_OK);
}

#define HAS(s, part)                                                                               \
	do {                                                                                       \
		if (str_find((s), S(part)) < 0)                                                    \
			fail_msg("no \"%s\" in %.*s", part, STR(s));                               \
	} while (0)

static void test_plain_answer(void **state)
{
	struct arena *a = arena_new();
	struct email_outgoing o = sample();
	struct email_message m;
	struct str raw;

	(void)state;
	compose(a, &o, &raw, &m);
	assert_true(str_eq(m.from.name, S("Support 客服")));
	assert_true(str_eq(m.to.v[0].name, S("王芳")));
	assert_true(str_eq(m.cc.v[1].name, S("Müller, \"Jo\"")));
	assert_true(str_eq(m.subject, o.subject));
	assert_true(str_eq(m.id, o.id));
	assert_true(m.date == o.date);
	assert_int_equal(m.in_reply_to.n + m.references.n, 0);
	HAS(m.text, "退款已经到账。");
	HAS(m.html, "<a href=\"https://shop.example/a?b=1&amp;c=2\">");
	HAS(m.html, "lang=\"zh\"");
	HAS(m.html, "dir=\"ltr\"");
	HAS(m.signature, "小李");
	assert_false(email_has_field(&m, "Auto-Submitted"));
	assert_true(str_eq(m.content_type, S("multipart/alternative")));
	arena_free(a);
}

static void test_thread_and_quote(void **state)
{
	struct arena *a = arena_new();
	struct email_outgoing o = sample();
	struct email_message m;
	struct str raw, ids[60];

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = str_fmt(a, "message-number-%zu-with-a-long-name@buyer.example", i);
	o.references = (struct strs){ids, COUNT(ids)};
	o.answers = S("last@buyer.example");
	o.reply_to = S("support+c1-abcdefghijkm@shop.example");
	o.quote_intro = S("王芳 wrote:");
	o.quote = S("Where is it?\n> older");
	compose(a, &o, &raw, &m);
	assert_true(str_eq(m.in_reply_to.v[0], o.answers));
	assert_int_equal(m.references.n, EMAIL_REFERENCES_MAX + 1);
	assert_true(str_eq(m.references.v[0], ids[0]));
	assert_true(str_eq(m.references.v[EMAIL_REFERENCES_MAX], o.answers));
	assert_true(str_eq(m.reply_to.v[0].address, o.reply_to));
	HAS(m.quoted, "> Where is it?\n>> older");
	HAS(m.html, "<blockquote type=\"cite\"");
	HAS(m.body, "退款已经到账。");
	assert_true(str_find(m.body, S("Where is it")) < 0);
	arena_free(a);
}

static void test_files(void **state)
{
	struct arena *a = arena_new();
	struct email_outgoing o = sample();
	struct email_message m;
	struct str raw;
	char bytes[3000];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7);
	const struct email_outgoing_file files[] = {
	    {S("收据 88120.pdf"), S("application/pdf"), {bytes, sizeof bytes}, {0}},
	    {S("../a\r\nb.txt"), S("text/plain\r\nX: y"), S("x"), {0}},
	};
	o.files = files;
	o.files_n = 2;
	compose(a, &o, &raw, &m);
	assert_int_equal(m.files_n, 2);
	assert_true(str_eq(m.files[0].name, S("收据 88120.pdf")));
	assert_true(str_eq(m.files[0].bytes, (struct str){bytes, sizeof bytes}));
	assert_true(str_eq(m.files[1].name, S("a b.txt")));
	assert_true(str_eq(m.files[1].type, S("application/octet-stream")));
	assert_true(str_find(raw, S("\nX: y")) < 0);
	arena_free(a);
}

static void test_automatic(void **state)
{
	struct arena *a = arena_new();
	struct email_outgoing o = sample();
	struct email_message m;
	struct str raw;

	(void)state;
	o.automatic = true;
	o.text = S("نشكركم على رسالتكم.");
	o.language = S("ar");
	o.answers = S("");
	compose(a, &o, &raw, &m);
	assert_true(str_eq(email_field(&m, "Auto-Submitted"), S("auto-generated")));
	o.answers = S("asked@buyer.example");
	compose(a, &o, &raw, &m);
	assert_true(str_eq(email_field(&m, "Auto-Submitted"), S("auto-replied")));
	assert_true(str_eq(email_field(&m, "X-Aftersail-Instance"), S("desk-1")));
	HAS(m.html, "<body dir=\"rtl\"");
	arena_free(a);
}

/* No value can write a line of its own into the header. */
static void test_injection(void **state)
{
	static const char evil[] = "x\r\nBcc: all@buyer.example\r\n\r\nbody";
	struct arena *a = arena_new();
	struct email_outgoing o = sample();
	struct email_message m;
	struct str raw;

	(void)state;
	o.subject = o.from.name = o.instance = o.language = o.quote_intro = str_of(evil);
	o.quote = S("q");
	compose(a, &o, &raw, &m);
	assert_false(email_has_field(&m, "Bcc"));
	assert_true(str_eq(m.subject, S("x Bcc: all@buyer.example body")));
	arena_free(a);
}

static void test_refusals(void **state)
{
	struct email_address bad_to[] = {ADDRESS("x", "a@b.example\r\nBcc: c@d.example")};
	struct email_outgoing o[] = {sample(), sample(), sample(), sample(), sample()};
	static const char *const keys[] = {"email.bad_address", "email.no_recipient",
					   "email.bad_id", "email.bad_address",
					   "email.file_missing"};
	const struct email_outgoing_file gone = {S("a"), S("text/plain"), {0}, S("/nonexistent/x")};
	struct arena *a = arena_new();
	struct str raw;
	const char *key;

	(void)state;
	o[0].to = (struct email_addresses){bad_to, 1};
	o[1].to.n = 0;
	o[2].id = S("a\r\nb@c");
	o[3].reply_to = S("no address");
	o[4].files = &gone;
	o[4].files_n = 1;
	for (size_t i = 0; i < COUNT(o); i++) {
		assert_int_equal(email_compose(a, &o[i], &raw, &key), E_INVALID);
		assert_string_equal(key, keys[i]);
	}
	arena_free(a);
}

static void test_reply_subject(void **state)
{
	/* clang-format off */
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"Order",               "Re: Order"},
		{"Re: Order",           "Re: Order"},
		{"RE: re: AW: Order",   "Re: Order"},
		{"Re[3]: Order",        "Re: Order"},
		{"回复：订单",           "Re: 订单"},
		{"Antw: Bestellung",    "Re: Bestellung"},
		{"Region: west",        "Re: Region: west"},
		{"",                    "Re: "},
	};
	/* clang-format on */
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(str_z(a, email_reply_subject(a, str_of(rows[i].in))),
				    rows[i].out);
	assert_true(email_is_rtl(S("ar"), S("123")));
	assert_true(email_is_rtl(S("en"), S("שלום")));
	assert_false(email_is_rtl(S("ar"), S("DE-88120 مرحبا")));
	assert_false(email_is_rtl(S("zh"), S("您好")));
	assert_false(email_is_rtl(S("th"), S("สวัสดี")));
	arena_free(a);
}

static void test_tokens(void **state)
{
	const struct email_key key = {S("0123456789abcdef"), 3}, other = {S("0123456789abcdef"), 4},
			       foreign = {S("fedcba9876543210"), 3};
	struct arena *a = arena_new();
	struct str address, id;
	int64_t message;

	(void)state;
	address = email_token_address(a, &key, S("support@shop.example"), 17);
	id = email_message_id(a, &key, 17, 99, S("shop.example"));
	assert_true(str_starts(address, S("support+c17-")));
	assert_true(email_token_conversation(&key, address) == 17);
	assert_true(email_token_conversation(&key, str_fmt(a, "SUPPORT+C17-%s", address.p + 12)) ==
		    17);
	assert_true(email_token_conversation(&other, address) == 0);
	assert_true(email_token_conversation(&foreign, address) == 0);
	assert_true(email_token_conversation(&key, S("support+c17-aaaaaaaaaaaa@shop.example")) ==
		    0);
	assert_true(email_token_conversation(&key, S("support+c17@shop.example")) == 0);
	assert_true(email_token_conversation(&key, S("support+c18-")) == 0);
	assert_true(email_token_conversation(&key, S("support@shop.example")) == 0);
	assert_true(email_id_conversation(&key, id, &message) == 17 && message == 99);
	assert_true(email_id_conversation(&other, id, &message) == 0);
	assert_true(
	    email_id_conversation(&key, S("as.17.99.aaaaaaaaaaaa@shop.example"), &message) == 0);
	assert_true(
	    str_eq(email_token_address(a, &key, S("a+b@shop.example"), 17), S("a+b@shop.example")));
	assert_true(email_same_mailbox(address, S("support@SHOP.example")));
	assert_false(email_same_mailbox(S("other@shop.example"), S("support@shop.example")));
	arena_free(a);
}

/* What a reader of our mail sends back names the conversation, the strongest clue first. */
static void test_clues(void **state)
{
	const struct email_key key = {S("0123456789abcdef"), 3};
	struct arena *a = arena_new();
	struct email_message m;
	const char *why;
	struct str raw = str_fmt(
	    a,
	    "From: ann@buyer.example\r\nTo: %.*s, %.*s\r\nSubject: Something else\r\n"
	    "In-Reply-To: <%.*s>\r\nReferences: <old@x.example> <mid@x.example>\r\n\r\nx\r\n",
	    STR(S("support@shop.example")),
	    STR(email_token_address(a, &key, S("support@shop.example"), 5)),
	    STR(email_message_id(a, &key, 6, 7, S("shop.example"))));

	(void)state;
	assert_int_equal(email_parse(a, raw, &m, &why), E_OK);
	struct email_clues clues = email_find_clues(a, &key, &m);
	assert_int_equal(clues.n, 4);
	assert_true(clues.v[0].conversation == 5);
	assert_true(clues.v[1].conversation == 6);
	assert_true(str_eq(clues.v[2].id, S("mid@x.example")));
	assert_true(clues.v[2].conversation == 0);
	assert_true(str_eq(clues.v[3].id, S("old@x.example")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_answer),  cmocka_unit_test(test_thread_and_quote),
	    cmocka_unit_test(test_files),         cmocka_unit_test(test_automatic),
	    cmocka_unit_test(test_injection),     cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_reply_subject), cmocka_unit_test(test_tokens),
	    cmocka_unit_test(test_clues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
