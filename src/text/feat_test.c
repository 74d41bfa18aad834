/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "text/feat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct feat *)a)->id, y = ((const struct feat *)b)->id;

	return (x > y) - (x < y);
}

static struct feats *read_text(struct arena *a, const char *text, unsigned flags)
{
	struct feats *f = NEW(a, struct feats);

	feat_read(f, str_of(text), flags);
	qsort(f->v, f->n, sizeof *f->v, by_id);
	return f;
}

static bool same(const char *x, const char *y, unsigned flags)
{
	struct arena *a = arena_new();
	struct feats *f = read_text(a, x, flags), *g = read_text(a, y, flags);
	bool is = f->n == g->n && memcmp(f->v, g->v, f->n * sizeof *f->v) == 0;

	arena_free(a);
	return is;
}

static void signs_are_style(void **state)
{
	/* clang-format off */
	static const struct {
		const char *x, *y;
		bool same;
	} table[] = {
		{"жаль(((", "жаль", false}, {"жаль(((", "жаль)))", false}, {"жаль(", "жаль((", false},
		{"ok...", "ok…", true},     {"好！", "好!", true},      {"жаль(((", "жаль((((((", true},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(same(table[i].x, table[i].y, FEAT_WORDS | FEAT_STYLE),
				 table[i].same);
	assert_true(same("жаль(((", "жаль", FEAT_WORDS));
}

static void names_stand_for_any(void **state)
{
	/* clang-format off */
	static const struct {
		const char *x, *y;
		bool same;
	} table[] = {
		{"@ann hello", "@bob_2 hello", true},       {"@ann hello", "hello", false},
		{"ann@shop.example", "bob@shop.example", false}, {"see https://a.example/1", "see http://b.example", true},
		{"fine &#33; &amp;", "fine ! &", true},     {"fine &#x", "fine &amp;#x", true},
		{"a&#65039; b", "a b", true},               {"@", "&#64;", true},
		{"&#99999999;", "&#1;", false},             {"nohttp://a.example", "nohttp://b.example", false},
	};
	/* clang-format on */
	unsigned flags = FEAT_WORDS | FEAT_GRAMS | FEAT_STYLE | FEAT_NAMES;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		if (same(table[i].x, table[i].y, flags) != table[i].same)
			fail_msg("%s against %s", table[i].x, table[i].y);
	assert_false(same("@ann hello", "@bob hello", FEAT_WORDS | FEAT_GRAMS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_are_style),
	    cmocka_unit_test(names_stand_for_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
