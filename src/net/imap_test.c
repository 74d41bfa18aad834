/* What servers say, in one piece and byte by byte, and how names of folders are written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap.h"
#include "net/imap_reader.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BODY_MAX = 20 };

static bool describe(void *arg, const struct imap_response *r)
{
	struct buf *b = arg;
	const struct imap_fetched *f = &r->fetched;

	buf_fmt(b, "%d/%d %.*s|%lld %.*s|%.*s=%.*s|%.*s", r->kind, r->status, STR(r->tag),
		(long long)r->number, STR(r->name), STR(r->code), STR(r->code_arg), STR(r->rest));
	if (str_eq_nocase(r->name, S("FETCH")))
		buf_fmt(b, " uid %u flags %u size %lld body %d%d<%.*s>", f->uid, f->flags,
			(long long)f->size, f->has_body, f->cut, STR(f->body));
	buf_char(b, '\n');
	return true;
}

/* What was understood, and "!" when it was refused. */
static struct str read_all(struct arena *a, struct str in, size_t piece)
{
	struct imap_reader *r = imap_reader_new(BODY_MAX);
	struct buf b = BUF(a);
	bool ok = true;

	for (size_t i = 0; ok && i < in.n; i += piece) {
		struct str part = str_slice(in, i, i + piece);

		ok = imap_reader_feed(r, part.p, part.n, describe, &b);
	}
	if (!ok)
		buf_char(&b, '!');
	imap_reader_free(r);
	return b.p ? buf_str(&b) : S("");
}

/* clang-format off */
static const struct row { const char *what, *in, *has; } rows[] = {
	{"greeting",         "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n",      "0/1 *|-1 |CAPABILITY=IMAP4rev1 IDLE|ready"},
	{"tagged",           "A1 NO [TRYCREATE] no such folder\r\n",            "1/2 A1|-1 |TRYCREATE=|no such folder"},
	{"validity",         "* OK [UIDVALIDITY 4294967295] ok\r\n",            "|UIDVALIDITY=4294967295|ok"},
	{"exists",           "* 23 EXISTS\r\n",                                 "0/0 *|23 EXISTS|"},
	{"search",           "* SEARCH 2 3 5\r\n",                              "SEARCH|=|2 3 5"},
	{"empty search",     "* SEARCH\r\n",                                    "SEARCH|=|"},
	{"go on",            "+ idling\r\n",                                    "2/0 "},
	{"bare line feed",   "* 1 EXISTS\nA2 OK done\n",                        "1/1 A2"},
	{"sizes",            "* 1 FETCH (UID 7 FLAGS (\\Seen \\Draft $x) RFC822.SIZE 99)\r\n", "uid 7 flags 17 size 99 body 00<>"},
	{"literal",          "* 1 FETCH (UID 7 BODY[] {5}\r\na\r\nb) FLAGS ())\r\n", "uid 7 flags 0 size -1 body 10<a\r\nb)>"},
	{"literal first",    "* 1 FETCH (BODY[] {2}\r\nhi UID 8)\r\n",          "uid 8 flags 0 size -1 body 10<hi>"},
	{"empty literal",    "* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n",            "body 10<>"},
	{"no body",          "* 1 FETCH (UID 7 BODY[] NIL)\r\n",                "uid 7 flags 0 size -1 body 00<>"},
	{"a body of NIL",    "* 1 FETCH (UID 7 BODY[] \"NIL\")\r\n",            "body 10<NIL>"},
	{"quoted body",      "* 1 FETCH (UID 7 BODY[] \"x\\\"y\")\r\n",         "body 10<x\\\"y>"},
	{"body too large",   "* 1 FETCH (UID 7 BODY[] {21}\r\n123456789012345678901 RFC822.SIZE 21)\r\n* 2 EXISTS\r\n", "size 21 body 11<>\n0/0 *|2 EXISTS"},
	{"header fields",    "* 1 FETCH (UID 7 BODY[HEADER.FIELDS (\"A B\" C)]<0> {1}\r\nx)\r\n", "body 10<x>"},
	{"structure",        "* 1 FETCH (ENVELOPE (NIL (\"a)\" {2}\r\n() NIL)) UID 9)\r\n", "uid 9 "},
	{"status ends oddly", "* OK take {5}\r\n* 1 EXISTS\r\n",                "1 EXISTS"},
	{"uid too large",    "* 1 FETCH (UID 4294967296)\r\n",                  "uid 0 "},
	{"not IMAP",         "HTTP/1.1 400 Bad\r\n",                            "!"},
	{"open list",        "* 1 FETCH (UID 7\r\n",                            "!"},
	{"short literal",    "* 1 FETCH (UID {9}\r\n123)\r\n* 1\r\n",           "!"},
	{"words without end", "* 1 FETCH (((((((((((((((((((((((((((((((((((((((((((((((((\r\n", "!"},
};
/* clang-format on */

static void test_reader(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str in = str_of(rows[i].in);
		struct str whole = read_all(a, in, in.n), pieces = read_all(a, in, 1);

		if (str_find(whole, str_of(rows[i].has)) < 0 || !str_eq(whole, pieces))
			fail_msg("%s: %.*s\nin pieces: %.*s", rows[i].what, STR(whole),
				 STR(pieces));
	}
	arena_free(a);
}

static void test_numbers(void **state)
{
	struct str s = S(" 4 18446744073709551616 5");
	uint32_t n;

	(void)state;
	assert_true(imap_next_number(&s, &n) && n == 4);
	assert_false(imap_next_number(&s, &n));
}

static void test_folders(void **state)
{
	struct arena *a = arena_new();
	struct str flags, folder;

	(void)state;
	/* The example of RFC 3501, section 5.1.3, and one beyond the basic plane. */
	assert_true(str_eq(imap_quote_folder(a, S("~peter/mail/台北/日本語")),
			   S("\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"")));
	assert_true(str_eq(imap_quote_folder(a, S("a&b \"c\"")), S("\"a&-b \\\"c\\\"\"")));
	assert_true(str_eq(imap_quote_folder(a, S("\xf0\x9f\x93\xa8")), S("\"&2D3c6A-\"")));
	assert_true(
	    imap_read_list(a, S("(\\HasNoChildren \\Sent) \"/\" \"Se\\\"nt\""), &flags, &folder));
	assert_true(str_eq(folder, S("Se\"nt")) && str_find(flags, S("\\Sent")) > 0);
	assert_true(imap_read_list(a, S("() NIL INBOX"), &flags, &folder));
	assert_true(str_eq(folder, S("INBOX")) && flags.n == 0);
	assert_false(imap_read_list(a, S("(\\Sent \"/\""), &flags, &folder));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reader),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_folders),
	};

	return cmocka_run_group_tests_name("imap", tests, NULL, NULL);
}
