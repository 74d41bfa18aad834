/* SPDX-License-Identifier: Apache-2.0 */
#include "text/similar.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

/* clang-format off */
static const char *const things[] = {
	"parcel", "refund", "charger", "invoice", "order", "lamp", "shoes", "cable", "camera", "return label",
	"voucher", "battery", "tracking number", "keyboard", "blue jacket", "replacement screw", "customs paper",
};
static const char *const asks[] = {
	"Where is my", "I never received the", "Please cancel the", "How do I change the", "Who delivers the",
	"The seal was broken on the", "Can somebody explain the", "I would like to exchange the",
};
static const char *const ends[] = {
	"", "Thanks", "It has been three weeks now", "please answer today", "my neighbour has none either",
	"the colour is not what I saw", "I paid with my old card", "we leave for Spain on Friday",
};
/* clang-format on */

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* A message of a shop: few phrases, many numbers, and one in four almost as one before it. */
static struct str message(struct arena *a, uint64_t *seed)
{
	uint64_t number = next(seed) % 400;

	return str_fmt(a, "%s %s %llu, %s %llu", asks[next(seed) % COUNT(asks)],
		       things[next(seed) % COUNT(things)], (unsigned long long)(number * 7919),
		       ends[next(seed) % COUNT(ends)], (unsigned long long)(next(seed) % 100));
}

static void open_index(struct arena *a, struct similar_index *x, size_t cap)
{
	similar_index_init(x, cap, arena_alloc(a, similar_index_bytes(cap)));
}

/* How near the nearest of n is, by comparing with each. */
static float brute(const struct similar_sketch *all, size_t n, const struct similar_sketch *s)
{
	float best = 0;

	for (size_t i = 0; i < n; i++) {
		float near = similar_near(s, &all[i]);
		best = near > best ? near : best;
	}
	return best;
}

/* Share of the near ones (0.7 and more) for which the index finds one as near as the nearest, or
 * so little less. */
static double agreement(size_t rows, float within)
{
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct similar_sketch *all = NEWN(a, struct similar_sketch, rows);
	struct similar_index x;
	struct similar_found found;
	uint64_t seed = 7;
	double near = 0, equal = 0;

	open_index(a, &x, rows);
	for (size_t i = 0; i < rows; i++) {
		similar_sketch(f, message(a, &seed), &all[i]);
		float best = brute(all, i, &all[i]);
		similar_index_nearest(&x, &all[i], &found);
		assert_true(found.near <= best);
		if (found.near > 0)
			assert_true(similar_near(&all[i], &all[found.number]) == found.near);
		near += best >= 0.7f;
		equal += best >= 0.7f && found.near >= best - within;
		assert_int_equal(similar_index_add(&x, &all[i]), i);
	}
	assert_true(near > (double)rows / 10);
	arena_free(a);
	return equal / near;
}

static void finds_what_comparing_with_each_finds(void **state)
{
	(void)state;
	double few = agreement(300, 0), many = agreement(3000, 0.05f);

	print_message("as near as by comparing with each: %.3f of 300; nearly: %.3f of 3000\n", few,
		      many);
	assert_true(few > 0.99);
	assert_true(many > 0.9);
}

static void forgets_the_oldest(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct similar_index x;
	struct similar_found found;
	struct similar_sketch s[100];

	open_index(a, &x, 8);
	for (size_t i = 0; i < COUNT(s); i++) {
		similar_sketch(f, str_fmt(a, "%s %zu %s", asks[i % 8], i * 7919, things[i % 17]),
			       &s[i]);
		assert_int_equal(similar_index_add(&x, &s[i]), i);
		for (size_t k = 0; k <= i; k++) {
			bool held = k + 8 > i;
			bool has = similar_index_nearest(&x, &s[k], &found) && found.near == 1;
			assert_int_equal(has, held);
			if (held)
				assert_int_equal(found.number, k);
		}
	}
	arena_free(a);
}

static void finds_nothing_in_nothing(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct similar_index x;
	struct similar_found found;
	struct similar_sketch empty, some;

	open_index(a, &x, 0);
	similar_sketch(f, S(""), &empty);
	similar_sketch(f, S("where is it"), &some);
	assert_false(similar_index_nearest(&x, &some, &found));
	similar_index_add(&x, &empty);
	assert_false(similar_index_nearest(&x, &empty, &found));
	similar_index_add(&x, &some);
	assert_true(similar_index_nearest(&x, &some, &found) && found.number == 1);
	assert_false(similar_index_nearest(&x, &empty, &found));
	arena_free(a);
}

/* Everybody says nearly the same: the work for one does not grow with those before it. */
static void bounds_its_work(void **state)
{
	(void)state;
	enum { ROWS = 20000 };
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct similar_index x;
	struct similar_found found;
	struct similar_sketch s;
	clock_t took = 0;

	open_index(a, &x, ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		similar_sketch(f, str_fmt(a, "Where is my order %zu please?", i), &s);
		clock_t from = clock();
		similar_index_nearest(&x, &s, &found);
		similar_index_add(&x, &s);
		took += clock() - from;
		assert_true(i < 100 || found.near > 0.7f);
	}
	assert_true(took < 4 * CLOCKS_PER_SEC); /* each with each would be half a minute */
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_comparing_with_each_finds),
	    cmocka_unit_test(forgets_the_oldest),
	    cmocka_unit_test(finds_nothing_in_nothing),
	    cmocka_unit_test(bounds_its_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
