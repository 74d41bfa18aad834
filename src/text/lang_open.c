/* Opening the language table: nothing in its bytes is believed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/lang_file.h"
#include "text/mapfile.h"
#include "text/model_file.h"

#include <string.h>

/* Which of the scripts that several languages share a code belongs to. */
static enum script home(const char *code)
{
	static const char *const cyrillic[] = {"ru", "uk", "bg", "be", "kk"};

	for (size_t i = 0; i < COUNT(cyrillic); i++)
		if (strcmp(code, cyrillic[i]) == 0)
			return S_CYRILLIC;
	if (!strcmp(code, "ar") || !strcmp(code, "fa") || !strcmp(code, "ur"))
		return S_ARABIC;
	return S_LATIN;
}

/* Languages that few customers write and that look like another: they must earn it. */
static float rarity(const char *code)
{
	static const char *const rare[] = {"tl", "eu", "sq", "is", "et", "az", "be",
					   "ca", "sl", "lv", "ur", "fa", "sk", "hr"};

	for (size_t i = 0; i < COUNT(rare); i++)
		if (strcmp(code, rare[i]) == 0)
			return 0.9f;
	return 1;
}

static int number_of(const struct lang_table *t, const char *code)
{
	for (uint32_t i = 0; i < t->h->langs; i++)
		if (strcmp(t->code[i], code) == 0)
			return (int)i;
	return -1;
}

static void describe(struct lang_table *t)
{
	for (uint32_t i = 0; i < t->h->langs; i++) {
		t->home[i] = home(t->code[i]);
		t->rarity[i] = rarity(t->code[i]);
	}
	t->und = number_of(t, "und");
	t->en = number_of(t, "en");
	t->hi = number_of(t, "hi");
	t->kk = number_of(t, "kk");
}

enum err lang_open(struct arena *a, struct str b, const struct lang_table **out, const char **why)
{
	struct lang_table *t = NEW(a, struct lang_table);
	const struct lang_head *h = (const struct lang_head *)b.p;

	*why = "this is no language table, or a damaged one; make it anew";
	if (b.n < sizeof *h || (uintptr_t)b.p % 8 || memcmp(h->magic, lang_magic, 8) != 0 ||
	    h->version != LANG_VERSION || h->size != b.n ||
	    h->sum != model_sum(b.p + sizeof *h, b.n - sizeof *h))
		return E_MALFORMED;
	size_t codes = (h->langs * 4ul + 7) / 8 * 8;
	if (h->langs == 0 || h->langs > LANG_MAX || h->slots == 0 || h->slots > 1u << 26 ||
	    (h->slots & (h->slots - 1)) ||
	    b.n != sizeof *h + codes + h->slots * 8ul + h->votes * 2ul)
		return E_MALFORMED;
	*t = (struct lang_table){.h = h, .code = (const char(*)[4])(b.p + sizeof *h)};
	t->slot = (const struct lang_slot *)(b.p + sizeof *h + codes);
	t->vote = (const struct lang_vote *)(t->slot + h->slots);
	size_t empty = 0;
	for (size_t i = 0; i < h->slots; i++) {
		empty += t->slot[i].at == 0;
		if (t->slot[i].at && (t->slot[i].at >> 5) + (t->slot[i].at & 31) > h->votes)
			return E_MALFORMED;
	}
	for (size_t i = 0; i < h->votes; i++)
		if (t->vote[i].lang >= h->langs)
			return E_MALFORMED;
	for (size_t i = 0; i < h->langs; i++)
		if (t->code[i][3])
			return E_MALFORMED;
	if (!empty)
		return E_MALFORMED;
	describe(t);
	*why = NULL;
	*out = t;
	return E_OK;
}

enum err lang_map(struct arena *a, const char *path, const struct lang_table **out,
		  const char **why)
{
	struct str bytes;

	*why = "the language table's file cannot be read";
	TRY(text_map_file(a, path, &bytes));
	return lang_open(a, bytes, out, why);
}
