/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/classify.h"
#include "channels/email/mime.h"

#include "base/buf.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Each mail of tests/corpus/mail and what must come out of it; `words` is in the body,
 * `files` are names joined by '|'.  A mail without a row fails the test. */
/* clang-format off */
static const struct row {
	const char *file, *kind, *name, *address, *subject, *words, *files;
} rows[] = {
#include "channels/email/email_corpus.h"
};
/* clang-format on */

static struct str slurp(struct arena *a, const char *file)
{
	struct str path = str_fmt(a, "%s/%s.eml", getenv("MAIL_CORPUS"), file);
	struct buf b = BUF(a);
	FILE *f = fopen(path.p, "rb");
	char chunk[4096];
	size_t n;

	if (!f)
		fail_msg("no %s", path.p);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, (struct str){chunk, n});
	fclose(f);
	return buf_str(&b);
}

static struct str file_names(struct arena *a, const struct email_message *m)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < m->files_n; i++)
		buf_fmt(&b, "%s%.*s", i ? "|" : "", STR(m->files[i].name));
	return buf_str(&b);
}

static const char *kind_of(struct arena *a, const struct email_message *m)
{
	const struct str own[] = {S("support@shop.example")};
	const struct email_self self = {S("desk-1"), own, COUNT(own)};
	struct email_verdict v;

	email_classify(a, m, &self, &v);
	assert_true(v.may_answer == (v.reason == NULL));
	return v.kind == EMAIL_PERSON && !v.may_answer ? "suppressed" : email_kind_name(v.kind);
}

#define SAME(what, got, want)                                                                      \
	do {                                                                                       \
		struct str got_ = (got);                                                           \
		if (!str_eq(got_, str_of(want))) {                                                 \
			print_error("%s %s: got \"%.*s\", want \"%s\"\n", r->file, what,           \
				    STR(got_), want);                                              \
			bad++;                                                                     \
		}                                                                                  \
	} while (0)

static int check_row(const struct row *r)
{
	struct arena *a = arena_new();
	struct email_message m;
	const char *key;
	int bad = 0;

	if (email_parse(a, slurp(a, r->file), &m, &key) != E_OK) {
		SAME("key", str_of(key), r->kind);
	} else {
		SAME("kind", str_of(kind_of(a, &m)), r->kind);
		SAME("name", m.from.name, r->name);
		SAME("address", m.from.address, r->address);
		SAME("subject", str_clip(m.subject, 60), r->subject);
		SAME("files", file_names(a, &m), r->files);
		if (str_find(m.body, str_of(r->words)) < 0) {
			print_error("%s: no \"%s\" in \"%.*s\"\n", r->file, r->words, STR(m.body));
			bad++;
		}
		if (!str_utf8_ok(m.text) || !str_utf8_ok(m.html) || !str_utf8_ok(m.subject))
			fail_msg("%s: not UTF-8", r->file);
	}
	arena_free(a);
	return bad;
}

static void test_corpus(void **state)
{
	int bad = 0;

	(void)state;
	assert_true(COUNT(rows) >= 60);
	for (size_t i = 0; i < COUNT(rows); i++)
		bad += check_row(&rows[i]);
	assert_int_equal(bad, 0);
}

/* The corpus and the table are the same set. */
static void test_every_mail_has_a_row(void **state)
{
	DIR *d = opendir(getenv("MAIL_CORPUS"));
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += str_ends(str_of(e->d_name), S(".eml"));
	closedir(d);
	assert_int_equal(n, COUNT(rows));
}

/* Bounces: which of our mails, to whom, and why. */
/* clang-format off */
static const struct {
	const char *file, *original, *recipient, *action, *status, *diagnostic;
} reports[] = {
	{"bounce-postfix",      "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.1.1",  "User unknown"},
	{"bounce-exchange",     "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.1.10", "RecipientNotFound"},
	{"bounce-headers-only", "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.2.2",  "mailbox full"},
	{"bounce-delay",        "as.7.9.abc@shop.example", "gone@buyer.example", "delayed", "4.4.1",  "timed out"},
	{"bounce-exim",         "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.1.1",  "no such user"},
	{"bounce-qmail",        "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.1.1",  "no mailbox here"},
	{"bounce-163",          "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.0.0",  "User not found"},
	{"bounce-yahoo",        "as.7.9.abc@shop.example", "gone@buyer.example", "failed",  "5.0.0",  "have an account"},
	{"bounce-qq",           "",                        "gone@buyer.example", "failed",  "5.0.0",  "Mailbox not found"},
	{"bounce-japanese",     "",                        "gone@buyer.example", "failed",  "5.0.0",  "Unknown user"},
};
/* clang-format on */

static void test_reports(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(reports); i++) {
		struct arena *a = arena_new();
		struct row one = {.file = reports[i].file}, *r = &one;
		struct email_message m;
		const char *key;

		assert_int_equal(email_parse(a, slurp(a, r->file), &m, &key), E_OK);
		assert_int_equal(m.report.kind, EMAIL_DSN);
		assert_int_equal(m.report.n, 1);
		SAME("original", m.report.original_id, reports[i].original);
		SAME("recipient", m.report.deliveries[0].recipient, reports[i].recipient);
		SAME("action", m.report.deliveries[0].action, reports[i].action);
		SAME("status", m.report.deliveries[0].status, reports[i].status);
		if (str_find(m.report.deliveries[0].diagnostic, str_of(reports[i].diagnostic)) < 0)
			fail_msg("%s: %.*s", r->file, STR(m.report.deliveries[0].diagnostic));
		arena_free(a);
	}
	assert_int_equal(bad, 0);
}

static void test_fields(void **state)
{
	struct arena *a = arena_new();
	struct email_message m;
	const char *key;

	(void)state;
	assert_int_equal(email_parse(a, slurp(a, "odd-addresses"), &m, &key), E_OK);
	assert_int_equal(m.to.n, 3);
	assert_true(str_eq(m.to.v[1].name, S("B, C")));
	assert_int_equal(m.cc.n, 2);
	assert_true(str_eq(m.cc.v[1].address, S("d@x.example")));
	assert_true(str_eq(m.reply_to.v[0].name, S("\xe5\xae\x89")));
	assert_true(m.date == 1794299400000);
	assert_int_equal(email_parse(a, slurp(a, "reply-gmail"), &m, &key), E_OK);
	assert_int_equal(m.references.n, 2);
	assert_true(str_eq(m.references.v[0], S("first@buyer.example")));
	assert_true(str_eq(m.in_reply_to.v[0], S("as.1.2.x@shop.example")));
	assert_true(str_find(m.quoted, S("on its way")) >= 0);
	assert_int_equal(email_parse(a, slurp(a, "odd-no-message-id"), &m, &key), E_OK);
	assert_false(m.has_id);
	assert_true(str_starts(m.id, S("none-")) && m.id.n == 69);
	assert_int_equal(email_parse(a, slurp(a, "inline-picture"), &m, &key), E_OK);
	assert_true(m.files[0].is_inline && str_eq(m.files[0].cid, S("pic1@x")));
	assert_int_equal(email_parse(a, slurp(a, "odd-bad-date"), &m, &key), E_OK);
	assert_true(m.date == 0);
	arena_free(a);
}

/* Large hostile mails, made here: each is read or refused in good time. */
static void put_headers(struct buf *b)
{
	for (int i = 0; i < 20000; i++)
		buf_z(b, "X: y\r\n");
}

static void put_huge_header(struct buf *b)
{
	buf_z(b, "X-Big: ");
	for (int i = 0; i < 1 << 20; i++)
		buf_char(b, 'a');
	buf_z(b, "\r\n");
}

static void put_parts(struct buf *b)
{
	buf_z(b, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 2000; i++)
		buf_z(b, "--b\r\n\r\nx\r\n");
	buf_z(b, "--b--\r\n");
}

static void put_nested(struct buf *b, int depth)
{
	buf_z(b, "Content-Type: multipart/mixed; boundary=b0\r\n\r\n");
	for (int i = 1; i <= depth; i++)
		buf_fmt(b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i - 1,
			i);
	buf_z(b, "x\r\n");
}

static void put_deep(struct buf *b)
{
	put_nested(b, 1000);
}

static void put_deeper(struct buf *b)
{
	put_nested(b, 40000);
}

static void put_messages(struct buf *b)
{
	for (int i = 0; i < 5000; i++)
		buf_z(b, "Content-Type: message/rfc822\r\n\r\n");
}

static void put_words(struct buf *b)
{
	buf_z(b, "Subject: ");
	for (int i = 0; i < 25000; i++)
		buf_z(b, "=?a?b?x\r\n ");
	buf_z(b, "\r\n");
}

static void put_recipients(struct buf *b)
{
	buf_z(b, "To: ");
	for (int i = 0; i < 12000; i++)
		buf_fmt(b, "a%d@x.example,\r\n ", i);
	buf_z(b, "\r\n");
}

static void put_parameters(struct buf *b)
{
	buf_z(b, "Content-Type: text/plain");
	for (int i = 0; i < 15000; i++)
		buf_z(b, "; charset*0=u");
	buf_z(b, "\r\n\r\nx");
}

static void put_long_text(struct buf *b)
{
	buf_z(b, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
	for (int i = 0; i < 200000; i++)
		buf_z(b, "\xe5\xa5\xbd many words\r\n");
}

static void put_too_much(struct buf *b)
{
	static char chunk[1 << 16];

	memset(chunk, 'x', sizeof chunk);
	buf_z(b, "\r\n");
	while (b->n <= EMAIL_SIZE_MAX)
		buf_add(b, (struct str){chunk, sizeof chunk});
}

/* clang-format off */
static const struct {
	const char *what;
	void (*put)(struct buf *);
	const char *key; /* NULL: is read */
} hostile[] = {
	{"20,000 header lines",     put_headers,     NULL},
	{"1 MB header",             put_huge_header, "email.header_too_large"},
	{"2,000 parts",             put_parts,       "email.too_many_parts"},
	{"1,000 deep",              put_deep,        "email.too_deep"},
	{"40,000 deep",             put_deeper,      "email.too_deep"},
	{"5,000 messages deep",     put_messages,    NULL},
	{"25,000 broken words",     put_words,       NULL},
	{"12,000 recipients",       put_recipients,  NULL},
	{"15,000 parameters",       put_parameters,  NULL},
	{"3 MB of text",            put_long_text,   NULL},
	{"41 MB",                   put_too_much,    "email.too_large"},
};
/* clang-format on */

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct email_message m;
		const char *key = NULL;
		clock_t began = clock();

		buf_z(&b, "From: ann@buyer.example\r\n");
		hostile[i].put(&b);
		enum err e = email_parse(a, buf_str(&b), &m, &key);
		if (!str_eq(str_of(key), str_of(hostile[i].key)) || (e == E_OK) != !key)
			fail_msg("%s: %s", hostile[i].what, key ? key : "read");
		if (e == E_OK && m.text.n > EMAIL_TEXT_MAX)
			fail_msg("%s: %zu bytes of text", hostile[i].what, m.text.n);
		if (clock() - began > 4 * CLOCKS_PER_SEC)
			fail_msg("%s: too slow", hostile[i].what);
		arena_free(a);
	}
}

/* Any prefix of any mail of the corpus is read or refused. */
static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct str raw = slurp(a, rows[i].file);

		for (size_t n = 0; n < raw.n; n += 1 + raw.n / 23) {
			struct arena *one = arena_new();
			struct email_message m;
			const char *key;

			if (email_parse(one, str_slice(raw, 0, n), &m, &key) != E_OK)
				assert_non_null(key);
			else if (!str_utf8_ok(m.text) || !str_utf8_ok(m.from.name))
				fail_msg("%s cut at %zu", rows[i].file, n);
			arena_free(one);
		}
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_corpus),  cmocka_unit_test(test_every_mail_has_a_row),
	    cmocka_unit_test(test_reports), cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_hostile), cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
