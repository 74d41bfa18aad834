/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *html, *text, *quoted;
} rows[] = {
	{"",                                        "",                  ""},
	{"plain",                                   "plain",             ""},
	{"<p>One</p><p>Two</p>",                    "One\n\nTwo",        ""},
	{"<div>a</div><div>b<br>c</div>",           "a\nb\nc",           ""},
	{"a  \n  b&nbsp;&amp;&lt;c",                "a b &<c",           ""},
	{"<ul><li>x<li>y</ul>",                     "- x\n- y",          ""},
	{"<table><tr><td>k</td><td>v</td></tr></table>", "k v",          ""},
	{"<b>bo</b>ld",                             "bold",              ""},
	{"<script>alert(1)</script>ok",             "ok",                ""},
	{"<style>p{}</style>ok",                    "ok",                ""},
	{"<div style='display: none'>no</div>ok",   "ok",                ""},
	{"<span hidden>no</span>ok",                "ok",                ""},
	{"<head><title>t</title></head><body>b",    "b",                 ""},
	{"<img src=x alt='a cup'>",                 "[a cup]",           ""},
	{"<pre>a\n  b</pre>",                       "a\nb",              ""},
	{"new<blockquote>old</blockquote>",         "new",               "old"},
	{"up<blockquote>q</blockquote>down",        "up\n\ndown",        "q"},
	{"hi<div class=gmail_quote>On x wrote:<p>z</div>", "hi",         "On x wrote:\n\nz"},
	{"hi<div id=divRplyFwdMsg>From: a</div><div>old</div>", "hi",    "From: a\nold"},
	{"<p>没有收到包裹</p>",                     "没有收到包裹",      ""},
	{"a\xff\xfe""b",                            "a b",               ""},
	{"<a href='",                               "",                  ""},
	{"1 < 2",                                   "1 < 2",             ""},
	{"<!-- c -->y",                "y",                 ""},
};
/* clang-format on */

static void reads_what_is_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct html_text t;

		html_to_text(a, str_of(rows[i].html), &t);
		assert_string_equal(str_z(a, t.text), rows[i].text);
		assert_string_equal(str_z(a, t.quoted), rows[i].quoted);
		arena_free(a);
	}
}

static void keeps_links(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct html_text t;

	html_to_text(a,
		     S("<a href='https://shop.example/a?b=1&amp;c=2'>my <b>order</b></a>"
		       "<a href='javascript:x()'>no</a><a href='mailto:ann@shop.example'>m</a>"),
		     &t);
	assert_int_equal(t.link_count, 2);
	assert_string_equal(str_z(a, t.links[0].href), "https://shop.example/a?b=1&c=2");
	assert_string_equal(str_z(a, t.links[0].text), "my order");
	arena_free(a);
}

/* Hostile sizes: each stays within bounds and still gives its text. */
static void bounds_hostile_markup(void **state)
{
	(void)state;
	static const char *const units[] = {"<b>",        "<div>", "<table><tr><td>",
					    "<a href=x>", "</i>",  "<p",
					    "&amp",       "<!--",  "<![CDATA["};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct html_text t;

		buf_z(&b, "first ");
		while (b.n < 300000)
			buf_z(&b, units[i]);
		html_to_text(a, buf_str(&b), &t);
		assert_true(str_starts(t.text, S("first")));
		arena_free(a);
	}
}

static void cuts_what_is_too_long(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct html_text t;

	while (b.n < HTML_MAX + 10)
		buf_z(&b, "word ");
	html_to_text(a, buf_str(&b), &t);
	assert_true(t.cut && t.text.n > HTML_MAX / 2);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_is_seen),
	    cmocka_unit_test(keeps_links),
	    cmocka_unit_test(bounds_hostile_markup),
	    cmocka_unit_test(cuts_what_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
