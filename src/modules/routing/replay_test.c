/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/peers.h"
#include "modules/routing/replay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 8, CASES = 900 };

#define HEAD                                                                                       \
	"{\"protocol\":1,\"name\":\"small\",\"seed\":4611686018427387905,\"horizon\":28800,"       \
	"\"drain\":7200,\"tick_s\":2,\"model\":{\"beta\":0.3},\"regions\":[\"EU\",\"APAC\"],"      \
	"\"markets\":{\"DE\":{\"region\":\"EU\",\"tz\":1},\"JP\":{\"region\":\"APAC\",\"tz\":9}}," \
	"\"profiles\":[{\"de\":5,\"en\":3},{\"ja\":5}],"

/* Eight people of two languages, some nine hundred customers of both, on every channel. */
static struct str small_day(struct arena *a)
{
	static const char *const channels[] = {"chat", "phone", "email", "whatsapp", "telegram"};
	struct buf b = BUF(a);

	buf_z(&b, HEAD "\"agents\":[");
	for (int i = 0; i < PEOPLE; i++)
		buf_fmt(&b,
			"%s{\"id\":%d,\"region\":\"%s\",\"markets\":[\"%s\"],\"langs\":{\"%s\":5,"
			"\"en\":4},\"skills\":{\"tax\":%d,\"returns\":%d},\"channels\":[\"chat\","
			"\"email\",\"phone\"],\"max_chat\":3,\"on\":[[%d,30000]]}",
			i ? "," : "", i, i % 2 ? "EU" : "APAC", i % 2 ? "DE" : "JP",
			i % 2 ? "de" : "ja", 1 + i % 5, 5 - i % 5, i * 60);
	buf_z(&b,
	      "],\"hidden\":{\"speed\":[1,0.9,1.1,1,1,1.2,0.8,1],\"quality\":[1,1,1,1,1,1,1,1]},"
	      "\"cases\":[");
	for (int i = 0; i < CASES; i++)
		buf_fmt(&b, "%s[%d.25,\"%s\",%d,\"%s\",\"%s\",%d,%d,%d]", i ? "," : "", i * 31,
			i % 3 ? "DE" : "JP", i % 3 == 0, channels[i % 5], i % 4 ? "tax" : "returns",
			i % 4 == 1, i % 11 == 0, i % 7 == 0);
	buf_z(&b, "]}");
	return buf_str(&b);
}

static struct day *read_day(struct arena *a)
{
	struct day *d = NEW(a, struct day);
	const char *why = "";

	if (day_read(a, small_day(a), d, &why) != E_OK)
		fail_msg("%s", why);
	return d;
}

struct trail {
	uint64_t hash;
	size_t n;
};

static void follow(void *self, size_t n, double t, const struct route_decision *d,
		   struct str reason)
{
	struct trail *x = self;

	x->n++;
	x->hash = (x->hash ^ (uint64_t)(d->contact * 131 + d->agent) ^ n) * 0x100000001B3;
	assert_true(t >= 0 && reason.n > 20 && reason.n < 300);
}

static void test_same_day_twice(void **state)
{
	struct arena *a = arena_new();
	struct day *d = read_day(a);
	struct trail x = {0}, y = {0};
	(void)state;

	struct figures f = replay_engine(a, d, &route_weights_default, follow, &x);
	struct figures g = replay_engine(a, d, &route_weights_default, follow, &y);
	assert_int_equal(d->n_cases, CASES);
	assert_int_equal(d->told.n_people, PEOPLE);
	assert_true(d->seed == 4611686018427387905u);
	assert_int_equal(x.hash, y.hash);
	assert_true(x.n > CASES / 2);
	for (size_t i = 0; figure_name(i); i++)
		assert_true(figure_value(&f, i) == figure_value(&g, i));
	assert_int_equal(f.invalid, 0);
	double parts =
	    f.cost_wait + f.cost_abandoned + f.cost_unresolved + f.cost_mail + f.cost_callback;
	assert_true(fabs(parts - f.cost_per_case) < 1e-9);
	arena_free(a);
}

/* Every rule plays the day without one refused assignment.  On a day this small luck decides
 * among those that look at skills at all; the blind ones lose. */
static void test_peers(void **state)
{
	struct arena *a = arena_new();
	struct day *d = read_day(a);
	struct figures ours = replay_engine(a, d, &route_weights_default, NULL, NULL), f;
	(void)state;

	for (size_t i = 0; peer_name(i); i++) {
		assert_true(replay_peer(a, d, str_of(peer_name(i)), &f));
		assert_int_equal(f.invalid, 0);
		assert_true(f.contacts >= CASES);
		bool blind = strcmp(peer_name(i), "region") == 0 ||
			     strcmp(peer_name(i), "roundrobin") == 0 ||
			     strcmp(peer_name(i), "fifo") == 0;
		if (blind && !(ours.cost_per_case < f.cost_per_case))
			fail_msg("%s: %f, ours %f", peer_name(i), f.cost_per_case,
				 ours.cost_per_case);
	}
	assert_false(replay_peer(a, d, S("nobody"), &f));
	arena_free(a);
}

/* Other weights give another day: a desk that never minds waiting lets people wait. */
static void test_weights_matter(void **state)
{
	struct arena *a = arena_new();
	struct day *d = read_day(a);
	struct route_weights w = route_weights_default;
	(void)state;

	w.hold = 0.01;
	struct figures f = replay_engine(a, d, &w, NULL, NULL);
	struct figures g = replay_engine(a, d, &route_weights_default, NULL, NULL);
	assert_true(f.fr_mean > g.fr_mean);
	assert_true(f.lang_match >= g.lang_match);
	arena_free(a);
}

/* clang-format off */
static const struct { const char *json; enum err err; } broken[] = {
	{"", E_MALFORMED},
	{"[]", E_MALFORMED},
	{HEAD "\"agents\":[]}", E_INVALID}, /* nothing hidden */
	{HEAD "\"agents\":[],\"hidden\":{\"speed\":[1],\"quality\":[]},\"cases\":[]}", E_MALFORMED},
	{HEAD "\"agents\":[{\"id\":4}],\"hidden\":{\"speed\":[1],\"quality\":[1]},\"cases\":[]}", E_INVALID},
	{HEAD "\"agents\":[{\"id\":0}],\"hidden\":{\"speed\":[1],\"quality\":[1]},\"cases\":[[5,\"DE\",9,\"chat\",\"tax\",0,0,0]]}", E_INVALID},
	{HEAD "\"agents\":[{\"id\":0}],\"hidden\":{\"speed\":[1],\"quality\":[1]},\"cases\":[[5,\"DE\",0,\"fax\",\"tax\",0,0,0]]}", E_MALFORMED},
	{HEAD "\"agents\":[{\"id\":0}],\"hidden\":{\"speed\":[1],\"quality\":[1]},\"cases\":[[5,\"DE\",0,\"chat\",\"tax\",0,0,0],[4,\"DE\",0,\"chat\",\"tax\",0,0,0]]}", E_INVALID},
	{HEAD "\"agents\":[{\"id\":0}],\"hidden\":{\"speed\":[1],\"quality\":[1]},\"cases\":[[5,\"DE\",0,\"chat\",\"tax\",0,0,0]]}", E_OK},
};
/* clang-format on */

static void test_broken_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct arena *a = arena_new();
		struct day *d = NEW(a, struct day);
		const char *why = NULL;
		enum err e = day_read(a, str_of(broken[i].json), d, &why);
		if (e != broken[i].err)
			fail_msg("row %zu: %s, %s", i, err_name(e), why ? why : "");
		assert_true((e == E_OK) == (why == NULL));
		arena_free(a);
	}
}

/* The people in two lists, the second longer than what was made ready for the first. */
static void test_people_twice(void **state)
{
	struct arena *a = arena_new();
	struct day *d = NEW(a, struct day);
	struct buf b = BUF(a), speed = BUF(a);
	const char *why;
	(void)state;

	buf_z(&b, "{\"horizon\":60,\"agents\":[{\"id\":0}],\"agents\":[");
	for (int i = 1; i < 300; i++) {
		buf_fmt(&b, "%s{\"id\":%d}", i > 1 ? "," : "", i);
		buf_z(&speed, "1,");
	}
	buf_fmt(&b, "],\"hidden\":{\"speed\":[%s1],\"quality\":[%s1]}}", speed.p, speed.p);
	assert_int_equal(day_read(a, buf_str(&b), d, &why), E_OK);
	assert_int_equal(d->told.n_people, 300);
	assert_int_equal(d->told.people[299].id, 299);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_same_day_twice), cmocka_unit_test(test_peers),
	    cmocka_unit_test(test_weights_matter), cmocka_unit_test(test_broken_days),
	    cmocka_unit_test(test_people_twice),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
