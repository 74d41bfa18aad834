/* A model file that a forger made, checksum and all, is refused or is safe to predict with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fit.h"
#include "text/model_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str good(struct arena *a)
{
	static struct str texts[] = {
	    {"where is it", 11}, {"give my money back", 18}, {"not there", 9}, {"refund", 6}};
	static uint8_t y[] = {1, 0, 0, 1, 1, 0, 0, 1};
	static struct str names[] = {{"a", 1}, {"b", 1}};
	struct fit_set s = {.rows = 4, .texts = texts, .y = y, .labels = {names, 2}};
	struct fit_options o = fit_defaults(MODEL_ONE);
	struct str bytes;

	o.layers = 1;
	o.layer_epochs = 1;
	o.folds = 2;
	if (fit_model(a, &s, NULL, &o, &bytes) != E_OK)
		abort();
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *kept;
	static struct str base;
	static struct feats f;
	static float p[MODEL_LABELS_MAX];
	const struct text_model *m;
	const char *why;

	if (!kept)
		base = good(kept = arena_new());
	struct arena *a = arena_new();
	char *copy = NEWN(a, char, base.n);
	struct model_head *h = (struct model_head *)copy;
	memcpy(copy, base.p, base.n);
	for (size_t i = 0; i + 3 < size; i += 4)
		copy[(size_t)(data[i] << 16 | data[i + 1] << 8 | data[i + 2]) % base.n] =
		    (char)data[i + 3];
	h->sum = model_sum(copy + sizeof *h, base.n - sizeof *h);
	h->size = base.n;
	if (text_model_open(a, (struct str){copy, base.n}, NULL, &m, &why) == E_OK)
		text_model_predict(m, &f, S("where is my money"), p);
	arena_free(a);
	return 0;
}
