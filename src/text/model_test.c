/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"
#include "text/model_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *label, *text;
} rows[] = {
	{"parcel", "where is my parcel"},       {"parcel", "my parcel has not arrived"},
	{"parcel", "when does the box come"},   {"parcel", "the courier lost my parcel"},
	{"refund", "i want my money back"},     {"refund", "when is my refund paid"},
	{"refund", "please refund my order"},   {"refund", "give me back my money"},
	{"broken", "the lamp does not work"},   {"broken", "my lamp is broken"},
	{"broken", "it stopped working today"}, {"broken", "the screen broke"},
	{"parcel", "我的包裹在哪里"},           {"refund", "什么时候退款"},
	{"broken", "灯坏了"},                   {"", "what is the weather"},
};
/* clang-format on */

static struct str names[] = {{"broken", 6}, {"parcel", 6}, {"refund", 6}};

static struct fit_set small_set(struct arena *a)
{
	struct fit_set s = {.rows = COUNT(rows), .labels = {names, COUNT(names)}};

	s.texts = NEWN(a, struct str, s.rows);
	s.y = NEWN(a, uint8_t, s.rows * COUNT(names));
	for (size_t i = 0; i < s.rows; i++) {
		s.texts[i] = str_of(rows[i].text);
		for (size_t k = 0; k < COUNT(names); k++)
			s.y[i * COUNT(names) + k] = str_eq(names[k], str_of(rows[i].label));
	}
	return s;
}

static struct str small_model(struct arena *a, enum model_kind kind)
{
	struct fit_set s = small_set(a);
	struct fit_options o = fit_defaults(kind);
	struct str bytes;

	o.layers = 1;
	o.folds = 2;
	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
	return bytes;
}

static size_t best_of(const struct text_model *m, struct arena *a, const char *text)
{
	float p[8];
	size_t best = 0;

	text_model_predict(m, NEW(a, struct feats), str_of(text), p);
	for (size_t i = 1; i < text_model_labels(m); i++)
		best = p[i] > p[best] ? i : best;
	return best;
}

static void learns_and_predicts(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m;
	const char *why;
	float p[8], sum = 0;

	assert_int_equal(text_model_open(a, small_model(a, MODEL_ONE), NULL, &m, &why), E_OK);
	assert_int_equal(text_model_labels(m), 3);
	size_t right = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		right +=
		    str_eq(text_model_label(m, best_of(m, a, rows[i].text)), str_of(rows[i].label));
	assert_true(right >= 13); /* of the 15 that have a label */
	assert_int_equal(best_of(m, a, "Where's the PARCEL?!"), text_model_find(m, S("parcel")));
	assert_int_equal(text_model_find(m, S("nothing")), -1);
	text_model_predict(m, NEW(a, struct feats), S("\xff\xfe"), p);
	for (size_t i = 0; i < 3; i++)
		sum += p[i];
	assert_true(fabsf(sum - 1) < 1e-4f);
	arena_free(a);
}

static void gives_the_same_bytes_again(void **state)
{
	(void)state;
	struct arena *a = arena_new();

	assert_true(str_eq(small_model(a, MODEL_ONE), small_model(a, MODEL_ONE)));
	assert_true(str_eq(small_model(a, MODEL_SEVERAL), small_model(a, MODEL_SEVERAL)));
	arena_free(a);
}

/* The other linear learner, alone: rows without a label teach it what no label is. */
static void learns_by_margin(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct fit_set s = small_set(a);
	struct fit_options o = fit_defaults(MODEL_ONE);
	struct str bytes, again, rest;
	const struct text_model *m;
	const char *why;
	size_t right = 0;

	o.layers = 0;
	o.folds = 2;
	assert_int_equal(fit_model(a, &s, NULL, &o, &rest), E_OK);
	o.margin = true;
	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
	assert_int_equal(fit_model(a, &s, NULL, &o, &again), E_OK);
	assert_true(str_eq(bytes, again));
	assert_false(str_eq(bytes, rest));
	assert_int_equal(text_model_open(a, bytes, NULL, &m, &why), E_OK);
	assert_int_equal(text_model_labels(m), 3);
	for (size_t i = 0; i < COUNT(rows); i++)
		right +=
		    str_eq(text_model_label(m, best_of(m, a, rows[i].text)), str_of(rows[i].label));
	assert_true(right >= 14);
	arena_free(a);
}

/* Rows that come after the thresholds are learned from, and move no threshold. */
static void learns_from_more_rows(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct fit_set s = small_set(a), more = {.rows = 1, .labels = s.labels};
	struct fit_options o = fit_defaults(MODEL_ONE);
	struct str text = S("zwieback"), bytes;
	const struct text_model *plain, *m;
	const char *why;

	o.layers = 0;
	o.folds = 2;
	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
	assert_int_equal(text_model_open(a, bytes, NULL, &plain, &why), E_OK);
	more.texts = &text;
	for (size_t k = 0; k < 3; k++) {
		more.y = NEWN(a, uint8_t, 3);
		more.y[k] = 1;
		o.also = &more;
		assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
		assert_int_equal(text_model_open(a, bytes, NULL, &m, &why), E_OK);
		assert_int_equal(best_of(m, a, "zwieback"), k);
		assert_true(text_model_answer_at(m) == text_model_answer_at(plain));
	}
	arena_free(a);
}

/* Of two labels exactly one is said, and the rarer one sooner than at one half. */
static void two_labels_part_at_one_threshold(void **state)
{
	enum { ROWS = 120 };
	(void)state;
	struct arena *a = arena_new();
	struct str two[] = {S("rare"), S("usual")}, bytes;
	struct fit_set s = {.rows = ROWS, .labels = {two, 2}};
	struct fit_options o = fit_defaults(MODEL_ONE);
	const struct text_model *m;
	const char *why;

	s.texts = NEWN(a, struct str, ROWS);
	s.y = NEWN(a, uint8_t, ROWS * 2);
	for (size_t i = 0; i < ROWS; i++) {
		bool odd = i % 3 == 0, rare = odd ? i % 9 < 4 : i % 40 == 1;
		s.texts[i] = odd ? S("odd thing") : S("plain thing");
		s.y[i * 2 + !rare] = 1;
	}
	o.layers = 0;
	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
	assert_int_equal(text_model_open(a, bytes, NULL, &m, &why), E_OK);
	assert_true(fabsf(text_model_label_at(m, 0) + text_model_label_at(m, 1) - 1) < 1e-6f);
	assert_true(text_model_label_at(m, 0) > 0.1f && text_model_label_at(m, 0) < 0.5f);
	arena_free(a);
}

static void refuses_nothing_to_learn(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct fit_set s = {0};
	struct fit_options o = fit_defaults(MODEL_ONE);
	struct str bytes;

	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_INVALID);
	arena_free(a);
}

static void refuses_cut_and_changed_files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str good = small_model(a, MODEL_ONE);
	const struct text_model *m;
	const char *why;

	for (size_t n = 0; n < good.n; n += n < 200 ? 1 : 997) {
		assert_int_equal(text_model_open(a, (struct str){good.p, n}, NULL, &m, &why),
				 E_MALFORMED);
		assert_non_null(why);
	}
	for (size_t i = 0; i < good.n; i += i < 200 ? 1 : 499) {
		char *copy = NEWN(a, char, good.n);
		memcpy(copy, good.p, good.n);
		copy[i] ^= 0x5a;
		enum err e = text_model_open(a, (struct str){copy, good.n}, NULL, &m, &why);
		assert_true(e == E_MALFORMED || i < sizeof(struct model_head));
	}
	arena_free(a);
}

/* A forger makes the checksum too: whatever opens must be safe to predict with. */
static void survives_forged_files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str good = small_model(a, MODEL_ONE);
	struct feats *f = NEW(a, struct feats);
	float *p = NEWN(a, float, MODEL_LABELS_MAX);
	uint32_t seed = 7;
	int opened = 0;

	for (int round = 0; round < 600; round++) {
		const struct text_model *m;
		const char *why;
		char *copy = NEWN(a, char, good.n);
		struct model_head *h = (struct model_head *)copy;
		memcpy(copy, good.p, good.n);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1664525u + 1013904223u;
			size_t at =
			    round % 2 ? (seed >> 8) % good.n : 24 + (seed >> 8) % (sizeof *h - 24);
			copy[at] = (char)(seed >> 24);
		}
		h->sum = model_sum(copy + sizeof *h, good.n - sizeof *h);
		h->size = good.n;
		if (text_model_open(a, (struct str){copy, good.n}, NULL, &m, &why) == E_OK) {
			text_model_predict(m, f, S("where is my parcel 包裹"), p);
			opened++;
		}
	}
	assert_true(opened > 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(learns_and_predicts),
	    cmocka_unit_test(gives_the_same_bytes_again),
	    cmocka_unit_test(learns_by_margin),
	    cmocka_unit_test(learns_from_more_rows),
	    cmocka_unit_test(two_labels_part_at_one_threshold),
	    cmocka_unit_test(refuses_nothing_to_learn),
	    cmocka_unit_test(refuses_cut_and_changed_files),
	    cmocka_unit_test(survives_forged_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
