/* SPDX-License-Identifier: Apache-2.0 */
#include "text/html.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

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
	{"<style>a</styled>b</style>ok",            "ok",                ""},
	{"<style>a</style/>ok",                     "ok",                ""},
	{"<summary>S</summary>D",                   "S\nD",              ""},
	{"a<details><summary>S</summary>D</details>b", "a\nS\nD\nb",     ""},
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
	/* what nothing closes holds nothing */
	{"a<noscript>b<p>c",                        "ab\n\nc",          ""},
	{"a<select><option>b</option><p>c",         "a\nb\n\nc",         ""},
	{"<title>a<p>b",                            "a\n\nb",            ""},
	{"<textarea>a<p>b",                         "a\n\nb",            ""},
	{"<iframe src=x>a<p>b",                     "a\n\nb",            ""},
	{"<svg><object>a",                          "a",                 ""},
	{"<style>p{color:red}<p>b",                 "b",                 ""},
	{"a<noscript>no</noscript>b<noscript>c",    "abc",              ""},
	{"a<select><option>no</select>b",           "ab",                ""},
	{"<title>no</title>b<title>c",              "bc",                ""},
	{"a<!-- b <p>c",                            "ac",                ""},
	{"<a title=\"x>a<p>b",                      "a\n\nb",            ""},
	{"a</html>b</body>c<html><p>d",             "abc\n\nd",          ""},
	{"a</x-mail>b",                             "ab",                ""},
	/* tags as browsers read them */
	{"<p a=b/ c='d>e'>f</p>",                   "f",                 ""},
	{"a<p style='display:none'>no</p>b",        "ab",                ""},
	{"<p title='a>b'>c",                        "c",                 ""},
	{"<div a=x=\">seen</div>\">on",             "seen\n\">on",        ""},
	{"a <1 <> < b &lt;c",                       "a <1 <> < b <c",    ""},
	{"a<?php x ?>b<!x>c</ d>e",                 "abce",              ""},
	{"<SCRIPT>no</SCRIPT >b",                   "b",                 ""},
	{"<script>'</b>'<!--no</script>b",          "b",                 ""},
	/* hidden, and not */
	{"<p style='display:\nnone'>no</p>a",       "a",                 ""},
	{"<p style='DISPLAY : None !important'>no</p>a", "a",            ""},
	{"<p style='display:/**/none'>no</p>a",     "a",                 ""},
	{"<p style='opacity:0.0'>no</p>a",          "a",                 ""},
	{"<p style='opacity:0.5'>b</p>a",           "b\n\na",            ""},
	{"<p style='font-size:0pt'>no</p>a",        "a",                 ""},
	{"<p style='font-size:0.0em'>no</p>a",      "a",                 ""},
	{"<p style='font-size:0.8em'>b</p>a",       "b\n\na",            ""},
	{"<p style='font:0/0 a'>no</p>a",           "a",                 ""},
	{"<p style='height:0;overflow:hidden'>no</p>a", "a",             ""},
	{"<p style='overflow: hidden; width: 0px'>no</p>a", "a",         ""},
	{"<p style='height:0'>b</p>a",              "b\n\na",            ""},
	{"<p style='max-height:0'>no</p>a",         "a",                 ""},
	{"<p style='visibility:hidden'>no<b style='visibility:visible'>b</b></p>a", "b\n\na", ""},
	{"<p style='mso-hide:all'>no</p><a style='mso-hide:all'>a</a>", "a", ""},
	{"<p style='display:none;display:block'>a", "a",                 ""},
	/* a frame of no size whose parts have one, as newsletters are built */
	{"<td style='font-size:0px'><div style='font-size:13px'>a</div><b>no</b></td>", "a", ""},
	{"<div style='font-size:0'><b style='font-size:100%'>no</b><img src=x alt=cup></div>", "[cup]", ""},
};
/* clang-format on */

static void reads_what_is_seen(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct html_text t;

		html_to_text(a, str_of(rows[i].html), &t);
		if (!str_eq(t.text, str_of(rows[i].text)) ||
		    !str_eq(t.quoted, str_of(rows[i].quoted))) {
			print_error("%s\n  text %.*s\n  quoted %.*s\n", rows[i].html, STR(t.text),
				    STR(t.quoted));
			bad++;
		}
		arena_free(a);
	}
	assert_int_equal(bad, 0);
}

/* As many bytes of style as one likes before the word that counts. */
static void reads_long_styles(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct html_text t;

	buf_z(&b, "a<p style='");
	while (b.n < 5000)
		buf_z(&b, "margin: 0 0 0 0; font-family: \"A Very Long Name\", sans-serif;");
	buf_z(&b, "display:none'>no</p>");
	html_to_text(a, buf_str(&b), &t);
	assert_string_equal(str_z(a, t.text), "a");
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *html, *text, *href; /* NULL: no link */
} links[] = {
	{"<a href=' https://x.example/a\n b '>w</a>", "w", "https://x.example/a b"},
	{"<a href='\thttps://x.example/'>w</a>", "w", "https://x.example/"},
	{"<a href='//x.example/a'>w</a>", "w", "https://x.example/a"},
	{"<a href='HTTPS://x.example/a'>w</a>", "w", "HTTPS://x.example/a"},
	{"<a href=https://x.example/a/>w</a>", "w", "https://x.example/a/"},
	{"<a href='/a'>w</a>", NULL, NULL},
	{"<a href='javascript:x()'>w</a>", NULL, NULL},
	{"<p style='display:none'><a href=https://x.example/>w</a></p>", NULL, NULL},
	{"<a href=https://x.example/ style='display:none'>w</a>", NULL, NULL},
	{"<p style='visibility:hidden'><a href=https://x.example/>w</a></p>", NULL, NULL},
	{"<p style='font-size:0'><a href=https://x.example/>w</a></p>", NULL, NULL},
	{"<noscript><a href=https://x.example/>w</a></noscript>", NULL, NULL},
	{"<noscript><a href=https://x.example/>w</a>", "w", "https://x.example/"},
	{"<a href=https://x.example/><img src=y alt='Track it'></a>", "Track it", "https://x.example/"},
	{"<p style='font-size:0'><a href=https://x.example/><img src=y alt=Go></a>", "Go", "https://x.example/"},
	{"<p style='font-size:0'><a href=https://x.example/><img src=y></a>", "x.example", "https://x.example/"},
	{"<a href=https://x.example/ title='Our shop'><img src=y></a>", "Our shop", "https://x.example/"},
	{"<a href=https://x.example/a?b><img src=y></a>", "x.example", "https://x.example/a?b"},
	{"<a href=mailto:ann@x.example?subject=a><img src=y alt=' '></a>", "ann@x.example", "mailto:ann@x.example?subject=a"},
};
/* clang-format on */

static void reads_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(links); i++) {
		struct arena *a = arena_new();
		struct html_text t;

		html_to_text(a, str_of(links[i].html), &t);
		if (t.link_count != (links[i].href != NULL))
			fail_msg("%s: %zu links", links[i].html, t.link_count);
		if (links[i].href) {
			assert_string_equal(str_z(a, t.links[0].text), links[i].text);
			assert_string_equal(str_z(a, t.links[0].href), links[i].href);
		}
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

/* One start, then a middle again and again, with a number where it says %d. */
/* clang-format off */
static const struct {
	const char *start, *again;
} wild[] = {
	{"<div ", " a%d"},                {"<div ", " a%d=\"x\""},        {"<div a=x=\"><p ", " a%d"},
	{"", "<html a%d=b>"},             {"", "<body a%d=b>"},           {"", "<div>"},
	{"", "<b><i>"},                   {"<div><p><div><p>", "</i>"},   {"", "&"},
	{"", "&amp;"},                    {"", "&#65;"},                  {"", "&x"},
	{"", "<!--"},                     {"", "<!"},                     {"", "</"},
	{"", "<"},                        {"", "<!-- x -->"},             {"", "<a href=https://x.example/>x"},
	{"<a href=\"", "a "},             {"", "<a href='x"},             {"", "<a href=\"x"},
	{"<style>", "p{color:red}"},      {"", "<style>"},                {"", "<title>"},
	{"", "<script>"},                 {"", "<select>x"},              {"", "<svg></select>"},
	{"", "<p>x"},                     {"", "<li>x"},                  {"", "<table><tr><td>x"},
	{"<p style=\"", "color:red;"},    {"<p style=\"", "/*"},          {"<p style=\"", "x"},
	{"", "<p style='display:none'>x"}, {"", "<blockquote>x</blockquote>"}, {"<pre>", "\n"},
	{"", "<p<p"},                     {"", "<font><p>"},              {"", "&nbsp;"},
	{"<p title=\"", "&amp;"},         {"<p title='", "\""},           {"", "</p"},
};
/* clang-format on */

static double seconds_for(size_t row, size_t size)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct html_text t;
	clock_t began;

	buf_z(&b, wild[row].start);
	for (int i = 0; b.n < size; i++) {
		const char *number = strstr(wild[row].again, "%d");
		size_t n = number ? (size_t)(number - wild[row].again) : strlen(wild[row].again);

		buf_add(&b, (struct str){wild[row].again, n});
		if (number) {
			buf_int(&b, i);
			buf_z(&b, number + 2);
		}
	}
	began = clock();
	html_to_text(a, buf_str(&b), &t);
	arena_free(a);
	return (double)(clock() - began) / CLOCKS_PER_SEC;
}

/* Four times the mail takes about four times as long; some milliseconds are lost in noise. */
static void takes_linear_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wild); i++) {
		double quarter = seconds_for(i, 200000), whole = seconds_for(i, 800000);

		if (whole > 2 || whole > 8 * quarter + 0.2)
			fail_msg("%s%s: %.3f s, four times as much %.3f s", wild[i].start,
				 wild[i].again, quarter, whole);
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
	    cmocka_unit_test(reads_what_is_seen),    cmocka_unit_test(reads_long_styles),
	    cmocka_unit_test(reads_links),           cmocka_unit_test(keeps_links),
	    cmocka_unit_test(takes_linear_time),     cmocka_unit_test(bounds_hostile_markup),
	    cmocka_unit_test(cuts_what_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
