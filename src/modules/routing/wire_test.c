/* The protocol: odd lines, odd desks, names of any script. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define INIT                                                                                       \
	"{\"type\":\"init\",\"protocol\":1,\"t\":0,\"name\":\"x\",\"model\":{\"beta\":0.3},"       \
	"\"markets\":{\"DE\":{\"region\":\"EU\",\"tz\":1}},\"regions\":[\"EU\"],\"tick_s\":2,"     \
	"\"horizon\":86400,\"agents\":[{\"id\":3,\"region\":\"EU\",\"markets\":[\"DE\"],"          \
	"\"langs\":{\"de\":5,\"en\":9},\"skills\":{\"tax\":4},\"channels\":[\"chat\",\"email\"],"  \
	"\"max_chat\":2,\"on\":[[0,3600]]}]}"
#define ARRIVE(id, more)                                                                           \
	"{\"type\":\"arrive\",\"t\":5.25,\"contact\":{\"id\":" id ",\"case\":1,\"attempt\":0,"     \
	"\"kind\":\"first\",\"t\":5.25,\"market\":\"DE\",\"lang\":\"de\",\"langs\":{\"de\":5},"    \
	"\"channel\":\"chat\",\"issue\":\"tax\",\"complex\":0,\"vip\":0,\"emotion\":0,"            \
	"\"prev_agent\":null,\"need_lang\":3,\"need_skill\":2,\"target_s\":30" more "}}"

/* clang-format off */
static const struct line {
	const char *in, *out;
} lines[] = {
	{"", "{}"},
	{"nonsense", "{}"},
	{"{\"type\":\"tick\",\"t\":1}", "{}"}, /* before there is a desk */
	{INIT, "{}"},
	{INIT, "{}"}, /* a second one changes nothing */
	{"{\"type\":\"agent_on\",\"t\":0,\"agent\":77}", "{}"},
	{ARRIVE("10", ""), "{}"}, /* nobody there yet */
	{"{\"type\":\"agent_on\",\"t\":8.25,\"agent\":3}", "{\"assign\":[[10,3,\"de 5 vs need 3, tax 4 vs 2, waited 3 s, load 0/2; nothing that fits better waits\"]]}"},
	{ARRIVE("10", ""), "{}"}, /* the same arrival twice */
	{ARRIVE("11", ",\"unknown\":[1,{\"a\":[null,true]}]"), "{\"assign\":[[11,3,\"de 5 vs need 3, tax 4 vs 2, waited 3 s, load 1/2; nobody who fits better is free\"]]}"},
	{ARRIVE("12", ""), "{}"}, /* full */
	{ARRIVE("-4", ""), "{}"},
	{"{\"type\":\"arrive\",\"t\":9,\"contact\":{\"id\":20}}", "{}"},
	{"{\"type\":\"arrive\",\"t\":9}", "{}"},
	{"{\"type\":\"free\",\"t\":9,\"agent\":3,\"id\":12,\"handle_s\":3}", "{}"}, /* not hers */
	{"{\"type\":\"free\",\"t\":9,\"agent\":3,\"id\":10,\"handle_s\":3}", "{\"assign\":[[12,3,\"de 5 vs need 3, tax 4 vs 2, waited 4 s, load 1/2; nothing that fits better waits\"]]}"},
	{"{\"type\":\"free\",\"t\":9,\"agent\":3,\"id\":10}", "{}"},
	{"{\"type\":\"free\",\"t\":9,\"agent\":3,\"id\":11}", "{}"},
	/* with a place free, too: no ids, no channel, no time */
	{ARRIVE("1e300", ""), "{}"},
	{ARRIVE("0.5", ""), "{}"},
	{ARRIVE("\"x\"", ""), "{}"},
	{ARRIVE("null", ""), "{}"},
	{"{\"type\":\"arrive\",\"t\":9,\"contact\":{\"id\":20}}", "{}"},
	{"{\"type\":\"tick\",\"t\":1e300}", "{}"},
	/* odd values become the nearest that make sense */
	{ARRIVE("21", ",\"need_lang\":7,\"vip\":2,\"emotion\":-1,\"target_s\":0,\"issue\":\"\\u7269\\u6d41 \\ud83d\\ude9a\""), "{\"assign\":[[21,3,\"de 5 vs need 6, 物流 🚚 0 vs 2, waited 4 s, load 1/2, VIP; nobody who fits better is free\"]]}"},
	{"{\"type\":\"free\",\"t\":9,\"agent\":3,\"id\":11", "{}"}, /* cut */
	{"{\"type\":\"end\"", "{}"},
	{"{\"type\":\"free\",\"t\":10,\"agent\":3,\"id\":12}", "{}"},
	{ARRIVE("22", ""), "{\"assign\":[[22,3,\"de 5 vs need 3, tax 4 vs 2, waited 5 s, load 1/2, desk amber; nobody who fits better is free\"]]}"},
	{"{\"type\":\"end\",\"t\":9}", "{}"},
};
/* clang-format on */

static void test_protocol(void **state)
{
	struct arena *a = arena_new();
	struct wire w = {.a = a, .weights = route_weights_default};
	(void)state;

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct buf out = BUF(a);
		wire_line(&w, str_of(lines[i].in), &out);
		if (strcmp(out.p, lines[i].out) != 0)
			fail_msg("line %zu: %s", i, out.p);
	}
	assert_true(w.ended);
	arena_free(a);
}

/* A desk with one odd value in it is a desk all the same. */
static const char *const odd[][2] = {
    {"\"de\":5", "\"de\":5.5"},
    {"\"en\":9", "\"en\":null"},
    {"\"en\":9", "\"\\u82f1\":\"5\""},
    {"\"tax\":4", "\"tax\":4,\"\\u7269\\u6d41\":5"},
    {"\"tax\":4", "\"tax\":4,\"x\":null"},
    {"\"horizon\":86400", "\"horizon\":null"},
    {"\"beta\":0.3", "\"beta\":null"},
    {"\"tick_s\":2", "\"tick_s\":\"2\""},
    {"\"agents\":[", "\"agents\":[{\"id\":\"a1\",\"langs\":{\"de\":5}},"},
};

static void takes_odd_desks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct arena *a = arena_new();
		struct wire w = {.a = a, .weights = route_weights_default};
		struct buf line = BUF(a), out = BUF(a);
		const char *at = strstr(INIT, odd[i][0]);
		assert_non_null(at);
		buf_add(&line, (struct str){INIT, (size_t)(at - INIT)});
		buf_z(&line, odd[i][1]);
		buf_z(&line, at + strlen(odd[i][0]));
		wire_line(&w, buf_str(&line), &out);
		assert_non_null(w.engine);
		wire_line(&w, S("{\"type\":\"agent_on\",\"t\":0,\"agent\":3}"), &out);
		out.n = 0;
		wire_line(&w, str_of(ARRIVE("10", "")), &out);
		assert_non_null(strstr(out.p, "[10,3,"));
		arena_free(a);
	}
}

/* More topics and markets than there is room for: all are served. */
static void serves_every_topic(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct wire w = {.a = a, .weights = route_weights_default};
	struct buf out = BUF(a);

	wire_line(&w, str_of(INIT), &out);
	wire_line(&w, S("{\"type\":\"agent_on\",\"t\":0,\"agent\":3}"), &out);
	for (int i = 0; i < 200; i++) {
		out.n = 0;
		wire_line(
		    &w,
		    str_fmt(
			a,
			"{\"type\":\"arrive\",\"t\":1,\"contact\":{\"id\":%d,\"channel\":"
			"\"chat\",\"langs\":{\"de\":5},\"issue\":\"topic %d\",\"market\":\"M%d\"}}",
			i, i, i),
		    &out);
		assert_non_null(strstr(out.p, str_fmt(a, "[%d,3,", i).p));
		wire_line(&w, str_fmt(a, "{\"type\":\"free\",\"t\":1,\"agent\":3,\"id\":%d}", i),
			  &out);
	}
	arena_free(a);
}

static void says_that_it_is_no_desk(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct wire w = {.a = a, .weights = route_weights_default};
	struct buf out = BUF(a);

	wire_line(&w, S("{\"type\":\"init\",\"agents\":[{\"id\":3"), &out);
	assert_true(w.refused && !w.engine);
	wire_line(&w, str_of(INIT), &out);
	assert_true(!w.refused && w.engine);
	arena_free(a);
}

/* clang-format off */
static const struct { const char *in, *out; } texts[] = {
	{"plain", "plain"}, {"", ""}, {"a\\n\\\"b\\\\", "a\n\"b\\"},
	{"\\u7269\\u6d41", "物流"}, {"\\ud83d\\ude9a", "🚚"}, {"\\u00e9", "é"},
	{"\\ud83d", "\xef\xbf\xbd"}, {"\\ude9a", "\xef\xbf\xbd"}, {"\\ud83d\\u0041", "\xef\xbf\xbd" "A"},
	{"\\u12", "\xef\xbf\xbd" "12"}, {"\\q", "\xef\xbf\xbd"}, {"x\\", "x\xef\xbf\xbd"},
};
/* clang-format on */

static void decodes_escapes(void **state)
{
	(void)state;
	char z[32];

	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t n = pull_decode(str_of(texts[i].in), z, sizeof z);
		assert_true(str_eq((struct str){z, n}, str_of(texts[i].out)));
	}
	assert_int_equal(pull_decode(S("\\u7269\\u6d41"), z, 5), 3); /* never half a character */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_protocol),      cmocka_unit_test(takes_odd_desks),
	    cmocka_unit_test(serves_every_topic), cmocka_unit_test(says_that_it_is_no_desk),
	    cmocka_unit_test(decodes_escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
