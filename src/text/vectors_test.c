/* Word vectors: what is learned, what is refused, what a forged file may not do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"
#include "text/vectors_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { DIMS = 2, TIMES = 32 };

/* Two meanings, parcels and money, each said in several ways. */
static const char *const parcels[] = {"where is my parcel", "my box is late", "the courier is late",
				      "where is my box"};
static const char *const money[] = {"refund my money", "pay me back", "i want my money back",
				    "refund me now"};

static struct str small_file(struct arena *a, bool turned)
{
	struct strs texts = {NEWN(a, struct str, 8 * TIMES), 8 * TIMES};
	float *target = NEWN(a, float, texts.n *DIMS);
	struct str bytes;

	for (size_t i = 0; i < texts.n; i++) {
		bool parcel = i % 2 == 0;
		texts.v[i] = str_of(parcel ? parcels[i / 2 % 4] : money[i / 2 % 4]);
		target[i * DIMS + turned] = parcel ? 1 : -1;
		target[i * DIMS + !turned] = parcel ? 0.5f : -0.5f;
	}
	assert_int_equal(text_vectors_fit(a, &texts, target, DIMS, &bytes), E_OK);
	return bytes;
}

static const struct text_vectors *small(struct arena *a, bool turned)
{
	const struct text_vectors *v;
	const char *why;

	assert_int_equal(text_vectors_open(a, small_file(a, turned), &v, &why), E_OK);
	return v;
}

static void vector_of(const struct text_vectors *v, struct arena *a, const char *text, float *out)
{
	struct feats *f = NEW(a, struct feats);

	feat_read(f, str_of(text), FEAT_WORDS | FEAT_GRAMS);
	text_vectors_read(v, f, out);
}

static void brings_the_same_meaning_together(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_vectors *v = small(a, false);
	float box[DIMS], courier[DIMS], pay[DIMS], none[DIMS];

	assert_int_equal(text_vectors_dims(v), DIMS);
	vector_of(v, a, "my box", box);
	vector_of(v, a, "the courier", courier);
	vector_of(v, a, "pay me", pay);
	assert_true(box[0] * courier[0] + box[1] * courier[1] > 0.9f);
	assert_true(box[0] * pay[0] + box[1] * pay[1] < 0.5f);
	assert_true(fabsf(box[0] * box[0] + box[1] * box[1] - 1) < 1e-4f);
	vector_of(v, a, "我的包裹", none);
	assert_true(none[0] == 0 && none[1] == 0);
	vector_of(v, a, "", none);
	assert_true(none[0] == 0 && none[1] == 0);
	arena_free(a);
}

static void gives_the_same_bytes_again(void **state)
{
	(void)state;
	struct arena *a = arena_new();

	assert_true(str_eq(small_file(a, true), small_file(a, true)));
	arena_free(a);
}

static void refuses_cut_and_changed_files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str good = small_file(a, false);
	const struct text_vectors *v;
	const char *why;

	for (size_t n = 0; n < good.n; n += n < 200 ? 1 : 97) {
		assert_int_equal(text_vectors_open(a, (struct str){good.p, n}, &v, &why),
				 E_MALFORMED);
		assert_non_null(why);
	}
	for (size_t i = 0; i < good.n; i += i < 300 ? 1 : 37) {
		char *copy = NEWN(a, char, good.n);
		memcpy(copy, good.p, good.n);
		copy[i] ^= 0x5a;
		enum err e = text_vectors_open(a, (struct str){copy, good.n}, &v, &why);
		assert_true(e == E_MALFORMED || i < sizeof(struct vectors_head));
	}
	assert_int_equal(text_vectors_map(a, "/no/such/file", &v, &why), E_NOTFOUND);
	assert_int_equal(text_vectors_fit(a, &(struct strs){0}, NULL, DIMS, &good), E_INVALID);
	arena_free(a);
}

/* A forger makes the checksum too: whatever opens must be safe to read with. */
static void survives_forged_files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str good = small_file(a, false);
	uint32_t seed = 11;
	int opened = 0, refused = 0;

	for (int round = 0; round < 600; round++) {
		const struct text_vectors *v;
		const char *why;
		float out[VECTORS_DIMS_MAX];
		char *copy = NEWN(a, char, good.n);
		struct vectors_head *h = (struct vectors_head *)copy;
		memcpy(copy, good.p, good.n);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1664525u + 1013904223u;
			size_t at =
			    round % 2 ? (seed >> 8) % good.n : 24 + (seed >> 8) % (sizeof *h - 24);
			copy[at] = (char)(seed >> 24);
		}
		h->sum = model_sum(copy + sizeof *h, good.n - sizeof *h);
		h->size = good.n;
		bool ok = text_vectors_open(a, (struct str){copy, good.n}, &v, &why) == E_OK;
		if (ok)
			vector_of(v, a, "where is my money", out);
		opened += ok;
		refused += !ok;
	}
	assert_true(opened > 0 && refused > 0);
	arena_free(a);
}

static struct str model_with(struct arena *a, const struct text_vectors *v)
{
	static struct str texts[] = {
	    {"where is my parcel", 18}, {"my box is late", 14}, {"pay me back", 11}, {"refund", 6}};
	static uint8_t y[] = {1, 0, 1, 0, 0, 1, 0, 1};
	static struct str names[] = {{"parcel", 6}, {"money", 5}};
	struct fit_set s = {.rows = 4, .texts = texts, .y = y, .labels = {names, 2}};
	struct fit_options o = fit_defaults(MODEL_ONE);
	struct str bytes;

	o.vectors = v;
	o.layers = 1;
	o.folds = 2;
	assert_int_equal(fit_model(a, &s, NULL, &o, &bytes), E_OK);
	return bytes;
}

static void a_model_keeps_to_its_vectors(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_vectors *v = small(a, false), *other = small(a, true);
	struct str with = model_with(a, v), without = model_with(a, NULL);
	const struct text_model *m;
	const char *why;
	float p[2];

	assert_int_equal(text_model_open(a, with, NULL, &m, &why), E_INVALID);
	assert_non_null(strstr(why, "words.vectors"));
	assert_int_equal(text_model_open(a, with, other, &m, &why), E_INVALID);
	assert_non_null(strstr(why, "other word vectors"));
	assert_int_equal(text_model_open(a, without, NULL, &m, &why), E_OK);
	assert_int_equal(text_model_open(a, without, other, &m, &why), E_OK);
	assert_int_equal(text_model_open(a, with, v, &m, &why), E_OK);
	/* "courier" is in no row; the vectors know that it goes with parcels */
	text_model_predict(m, NEW(a, struct feats), S("the courier"), p);
	assert_true(p[0] > p[1]);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(brings_the_same_meaning_together),
	    cmocka_unit_test(gives_the_same_bytes_again),
	    cmocka_unit_test(refuses_cut_and_changed_files),
	    cmocka_unit_test(survives_forged_files),
	    cmocka_unit_test(a_model_keeps_to_its_vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
