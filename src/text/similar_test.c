/* SPDX-License-Identifier: Apache-2.0 */
#include "text/similar.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *a, *b;
	float low, high; /* of similar_near */
} rows[] = {
	{"Where is my parcel?", "where is my PARCEL", 1, 1},
	{"Where is my parcel?", "Hello, where is my parcel? Thanks", 0.6f, 1},
	{"Where is my parcel?", "The charger is broken", 0, 0.35f},
	{"我的包裹在哪里", "你好，我的包裹在哪里？", 0.5f, 1},
	{"我的包裹在哪里", "充电器坏了", 0, 0.2f},
	{"", "", 0, 0},
	{"", "hello", 0, 0},
};
/* clang-format on */

static void finds_repeats(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct similar_sketch x, y;

	for (size_t i = 0; i < COUNT(rows); i++) {
		similar_sketch(f, str_of(rows[i].a), &x);
		similar_sketch(f, str_of(rows[i].b), &y);
		float near = similar_near(&x, &y);
		assert_true(near >= rows[i].low && near <= rows[i].high);
		assert_true(near == similar_near(&y, &x));
	}
	arena_free(a);
}

static void orders_pairs(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats), *g = NEW(a, struct feats);
	float same =
	    similar_pair(f, g, S("Where is order DE-88120?"), S("where is my order DE-88120"));
	float other =
	    similar_pair(f, g, S("Where is order DE-88120?"), S("Where is order DE-99001?"));
	float far = similar_pair(f, g, S("Where is order DE-88120?"), S("the lamp does not work"));

	assert_true(same > other && other > far && same <= 1 && far >= 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_repeats),
	    cmocka_unit_test(orders_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
