/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fold.h"
#include "text/similar.h"
#include "text/similar_words.h"

#include "base/buf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

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

/* clang-format off */
static const struct {
	const char *a, *b;
	bool repeat;
} pairs[] = {
	{"Where is my parcel?", "Hello, where's my parcel? Thank you", true},
	{"Where is my parcel?", "Where is my refund?", false},
	{"Where is order DE-88120?", "where is my order DE-88120", true},
	{"Where is order DE-88120?", "Where is order DE-88121?", false},
	{"the parcel is here", "the parcel isn't here", false},
	{"Où est l'article ?", "Bonjour, où est mon article s'il vous plaît", true},
	{"灯不亮了", "你好，我的灯不亮了", true},
	{"什么时候发货？", "什么时候退款？", false},
	{"可以退货", "不可以退货", false},
	{"返品したい", "返金したい", false},
	{"Hello", "Thank you", false},
	{"", "", false},
	{"", "Where is my parcel?", false},
};
/* clang-format on */

static void tells_repeats_from_look_alikes(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats), *g = NEW(a, struct feats);

	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct str x = str_of(pairs[i].a), y = str_of(pairs[i].b);
		float p = similar_pair(f, g, x, y);
		assert_int_equal(p >= 0.5f, pairs[i].repeat);
		assert_true(fabsf(p - similar_pair(f, g, y, x)) < 1e-5f);
	}
	arena_free(a);
}

/* A word that is not written as it is folded would never be found. */
static void is_folded(struct feats *f, struct str word)
{
	size_t at = 0;
	char c[4];

	feat_read(f, word, FEAT_BARE);
	for (size_t i = 0; i < f->chars; i++) {
		size_t n = fold_utf8(f->cps[i], c);
		assert_true(at + n <= word.n && memcmp(word.p + at, c, n) == 0);
		at += n;
	}
	assert_int_equal(at, word.n);
}

static void lists_words_as_they_are_folded(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats);
	struct str rest = str_of(small_words), word;

	while (str_cut(&rest, ' ', &word))
		is_folded(f, word);
	for (size_t i = 0; i < COUNT(small_dense); i++)
		is_folded(f, str_of(small_dense[i]));
	for (size_t i = 0; i < COUNT(dense_negations); i++)
		is_folded(f, str_of(dense_negations[i]));
	arena_free(a);
}

/* As many words, or dense characters, as are compared at all: no more than a moment. */
static void bounds_its_work(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct feats *f = NEW(a, struct feats), *g = NEW(a, struct feats);
	struct buf b = BUF(a), d = BUF(a);

	for (size_t i = 0; i < 100000; i++) {
		buf_fmt(&b, "word%zu ", i);
		buf_z(&d, i & 1 ? "退" : "换");
	}
	clock_t before = clock();
	assert_true(similar_pair(f, g, buf_str(&b), buf_str(&b)) > 0.5f);
	assert_true(similar_pair(f, g, buf_str(&d), buf_str(&d)) > 0.5f);
	assert_true(similar_pair(f, g, buf_str(&b), buf_str(&d)) < 0.5f);
	assert_true(clock() - before < CLOCKS_PER_SEC);
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
	    cmocka_unit_test(tells_repeats_from_look_alikes),
	    cmocka_unit_test(lists_words_as_they_are_folded),
	    cmocka_unit_test(bounds_its_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
