/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/clean.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *in, *html, *quoted;
} rows[] = {
	{"<p>Hello</p>", "<p>Hello</p>", ""},
	{"a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>", ""},
	{"<b onclick=x()>a</b>", "<b>a</b>", ""},
	{"<script>alert(1)</script><p>a</p>", "<p>a</p>", ""},
	{"<style>p{}</style><p>a", "<p>a</p>", ""},
	{"<form action=x><input name=y>Text<button>z</button></form>", "Text", ""},
	{"<iframe src=x>in</iframe><object>o</object><p>a", "<p>a</p>", ""},
	{"<svg><script>alert(1)</script></svg>a", "a", ""},
	{"<math><mtext><style><img src=x onerror=y></style></mtext></math>b", "b", ""},
	{"<a href='javascript:alert(1)'>x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<a href='java\nscript:alert(1)'>x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<a href=' &#1;javascript:alert(1)'>x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<a href='data:text/html,x'>x</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<a href='https://x.example/?a=1&amp;b=\"'>x</a>",
	 "<a href=\"https://x.example/?a=1&amp;b=&quot;\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<a href='mailto:a@x.example' target=_top rel=opener>x</a>",
	 "<a href=\"mailto:a@x.example\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"<img src='http://t.example/p.gif' width=1>", "<img data-remote=\"http://t.example/p.gif\" width=\"1\">", ""},
	{"<img src='//t.example/p.gif'>", "<img data-remote=\"https://t.example/p.gif\">", ""},
	{"<img src='cid:p1@x' onerror=y alt=\"a>b\">", "<img data-cid=\"p1@x\" alt=\"a&gt;b\">", ""},
	{"<img src='data:image/png;base64,AA=='>", "<img src=\"data:image/png;base64,AA==\">", ""},
	{"<img src='data:image/svg+xml;base64,AA=='>", "<img>", ""},
	{"<img src='file:///etc/passwd' srcset='http://t.example/x 2x'>", "<img>", ""},
	{"<p style='color:red;position:fixed;background:url(http://x)'>a</p>", "<p style=\"color:red\">a</p>", ""},
	{"<p style='width:expression(alert(1));COLOR:RGB(1,2,3)'>a</p>", "<p style=\"color:rgb(1,2,3)\">a</p>", ""},
	{"<p style='color:red\\3b x;margin:0/**/1px'>a</p>", "<p>a</p>", ""},
	{"<p style='behavior:url(x);-moz-binding:x;background-image:url(x)'>a</p>", "<p>a</p>", ""},
	{"<base href=http://x><meta http-equiv=refresh content=0><link rel=stylesheet href=x><p>a", "<p>a</p>", ""},
	{"<p id=x class=y name=z data-remote=q>a</p>", "<p>a</p>", ""},
	{"<p dir=rtl lang=ar>\xd9\x85</p>", "<p dir=\"rtl\" lang=\"ar\">\xd9\x85</p>", ""},
	{"<unknown>a<b>b</unknown>", "a<b>b</b>", ""},
	{"<table><tr><td colspan=2 background=http://x>a</td></tr></table>",
	 "<table><tr><td colspan=\"2\">a</td></tr></table>", ""},
	{"<!--[if mso]><script>x</script><![endif]-->a", "<p>a</p>", ""},
	{"<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>a", "a", ""},
	{"<textarea><p>x</textarea><p>a", "<p>a</p>", ""},
	{"<p>new</p><blockquote type=cite>old</blockquote>", "<p>new</p>", "<blockquote type=\"cite\">old</blockquote>"},
	{"<p>new</p><div>On Tue, 10 Nov 2026 at 9:00, Ann wrote:</div><blockquote type=cite>old</blockquote>",
	 "<p>new</p>", "<div>On Tue, 10 Nov 2026 at 9:00, Ann wrote:</div><blockquote type=\"cite\">old</blockquote>"},
	{"<blockquote type=cite>q1</blockquote><p>a1</p><blockquote type=cite>q2</blockquote><p>a2</p>",
	 "<blockquote type=\"cite\">q1</blockquote><p>a1</p><blockquote type=\"cite\">q2</blockquote><p>a2</p>", ""},
	{"<p>new</p><div id=divRplyFwdMsg>From: x</div><p>old</p>", "<p>new</p>", "<div>From: x</div><p>old</p>"},
	{"<blockquote type=cite>all quoted</blockquote>", "<blockquote type=\"cite\">all quoted</blockquote>", ""},
	{"<blockquote>own citation</blockquote><p>x", "<blockquote>own citation</blockquote><p>x</p>", ""},
	/* what nothing closes swallows nothing */
	{"<p>a</p><noscript>b<p>c</p>", "<p>a</p>b<p>c</p>", ""},
	{"<title>a<p>b</p>", "<p>a</p><p>b</p>", ""},
	{"<p>a</p><select><option>b<p>c</p>", "<p>a</p>b<p>c</p>", ""},
	{"<head><meta charset=x>a<b>b</b><p>c", "<p>a<b>b</b></p><p>c</p>", ""},
	{"<p>a</p></body></html><p>b</p>", "<p>a</p><p>b</p>", ""},
	{"<p title='a>b'>c</p>", "<p title=\"a&gt;b\">c</p>", ""},
	{"<a href=https://x.example/>x</a>",
	 "<a href=\"https://x.example/\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>", ""},
	{"", "", ""},
};
/* clang-format on */

static void test_rows(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct email_clean out;

		email_clean(a, str_of(rows[i].in), &out);
		if (!str_eq(out.html, str_of(rows[i].html)) ||
		    !str_eq(out.quoted, str_of(rows[i].quoted))) {
			print_error("%s\n  got  %.*s | %.*s\n  want %s | %s\n", rows[i].in,
				    STR(out.html), STR(out.quoted), rows[i].html, rows[i].quoted);
			bad++;
		}
		arena_free(a);
	}
	assert_int_equal(bad, 0);
}

static void test_findings(void **state)
{
	struct arena *a = arena_new();
	struct email_clean out;

	(void)state;
	email_clean(a, S("<img src='cid:a@x'><img src=https://t.example/1>"), &out);
	assert_true(out.has_remote);
	assert_int_equal(out.cids.n, 1);
	assert_true(str_eq(out.cids.v[0], S("a@x")));
	email_clean(a, S("<img src='cid:a@x'>"), &out);
	assert_false(out.has_remote);
	arena_free(a);
}

/* One start, many times one middle: markup nobody wrote by hand. */
/* clang-format off */
static const struct {
	const char *start, *again;
	int times;
	bool cut;
} wild[] = {
	{"",    "<div>",          100000, true},
	{"",    "<b><i>",          50000, true},
	{"<p ", "a1=2 ",          100000, true},
	{"<p ", "a=\"1\"",         50000, true},
	/* the quote is none where a value has begun: the second tag is one */
	{"<div a=x=\"><p ", "a1 ", 100000, true},
	{"",    "<html a1=2>",     50000, false},
	{"<div ", "a1/",          100000, true},
	{"",    "<p>word ",       100000, false},
	{"",    "<br>",           100000, false},
	{"",    "<blockquote type=cite>x</blockquote>", 20000, false},
	{"",    "<div></div>",    100000, false},
	{"",    "<table><tr><td>", 20000, true},
	{"",    "&amp;",          200000, false},
	{"",    "<",              500000, false},
	{"",    "words and words ", 200000, true},
};
/* clang-format on */

static void test_wild(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wild); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct email_clean out;
		clock_t began = clock();

		buf_z(&b, wild[i].start);
		for (int k = 0; k < wild[i].times; k++)
			buf_z(&b, wild[i].again);
		email_clean(a, buf_str(&b), &out);
		if (out.cut != wild[i].cut)
			fail_msg("%s: %s", wild[i].again, out.cut ? "cut" : "not cut");
		if (clock() - began > 3 * CLOCKS_PER_SEC)
			fail_msg("%s: too slow", wild[i].again);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
					   cmocka_unit_test(test_findings),
					   cmocka_unit_test(test_wild)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
