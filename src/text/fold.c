/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

static bool plain(uint32_t c)
{
	return c < 0x80 || (c >= 0x4e00 && c <= 0x9fff);
}

/* A code point before which text may be cut without changing how it normalises. */
static bool starts_cluster(const UNormalizer2 *norm, uint32_t c)
{
	return c < 0x300 || (c >= 0x4e00 && c <= 0x9fff) ||
	       unorm2_hasBoundaryBefore(norm, (UChar32)c);
}

static void normalise(const UNormalizer2 *norm, const UChar *in, int32_t n, struct fold *f)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar out[FOLD_OUT];
	int32_t got = unorm2_normalize(norm, in, n, out, FOLD_OUT, &e);

	f->n = 0;
	if (U_FAILURE(e)) {
		f->c[f->n++] = ' ';
		return;
	}
	for (int32_t i = 0; i < got;) {
		UChar32 c;
		U16_NEXT(out, i, got, c);
		f->c[f->n++] = (uint32_t)c;
	}
}

bool fold_next(struct str text, size_t *at, struct fold *f)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *norm = unorm2_getNFKCCasefoldInstance(&e);
	const uint8_t *p = (const uint8_t *)text.p;
	UChar units[FOLD_IN * 2];
	int32_t n = 0;
	UChar32 c, next;

	if (*at >= text.n || U_FAILURE(e))
		return false;
	f->from = *at;
	U8_NEXT(p, *at, text.n, c);
	f->n = 1;
	f->to = *at;
	if (c < 0) {
		f->c[0] = ' ';
		return true;
	}
	U16_APPEND_UNSAFE(units, n, c);
	while (*at < text.n && n < FOLD_IN * 2 - 2) {
		size_t after = *at;
		if (p[after] < 0x80)
			break;
		U8_NEXT(p, after, text.n, next);
		if (next < 0 || starts_cluster(norm, (uint32_t)next))
			break;
		U16_APPEND_UNSAFE(units, n, next);
		*at = f->to = after;
	}
	f->c[0] = (uint32_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	if (n > 1 || !plain((uint32_t)c))
		normalise(norm, units, n, f);
	return true;
}

static enum fold_class letter_class(uint32_t c)
{
	UErrorCode e = U_ZERO_ERROR;

	switch (uscript_getScript((UChar32)c, &e)) {
	case USCRIPT_HAN:
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA:
	case USCRIPT_BOPOMOFO: return FOLD_HAN;
	case USCRIPT_HANGUL: return FOLD_HANGUL;
	case USCRIPT_THAI: return FOLD_THAI;
	case USCRIPT_LAO: return FOLD_LAO;
	case USCRIPT_KHMER: return FOLD_KHMER;
	case USCRIPT_MYANMAR: return FOLD_MYANMAR;
	default: break;
	}
	/* the long-vowel mark of Katakana belongs to no script */
	return c == 0x30fc ? FOLD_HAN : FOLD_LETTER;
}

static enum fold_class ascii_class(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return FOLD_DIGIT;
	return (c | 32) >= 'a' && (c | 32) <= 'z' ? FOLD_LETTER : FOLD_GAP;
}

enum fold_class fold_class(uint32_t c)
{
	if (c < 0x80)
		return ascii_class(c);
	if (c >= 0x4e00 && c <= 0x9fff)
		return FOLD_HAN;
	if (c == 0x200b) /* the zero-width space does part words */
		return FOLD_GAP;
	uint32_t mask = U_GET_GC_MASK((UChar32)c);
	if (mask & U_GC_L_MASK)
		return letter_class(c);
	if (mask & U_GC_ND_MASK)
		return FOLD_DIGIT;
	if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
	    mask & U_GC_CF_MASK)
		return FOLD_NOTHING;
	if (mask & U_GC_M_MASK)
		return FOLD_MARK;
	return mask & (U_GC_SO_MASK | U_GC_SK_MASK) ? FOLD_SYMBOL : FOLD_GAP;
}

/* Letters that Unicode does not take apart, and variants read as one letter. */
/* clang-format off */
static const struct variant {
	uint32_t c, to[3];
} variants[] = {
	{0xe6,   {'a', 'e'}}, {0xf0,   {'d'}},      {0xf8,   {'o'}},      {0xfe,   {'t', 'h'}},
	{0x111,  {'d'}},      {0x131,  {'i'}},      {0x142,  {'l'}},      {0x153,  {'o', 'e'}},
	{0x259,  {'e'}},      {0x451,  {0x435}},    {0x640,  {0}},        {0x649,  {0x64a}},
	{0x629,  {0x647}},    {0x6a9,  {0x643}},    {0x6cc,  {0x64a}},
};
/* clang-format on */

static bool sheds_accents(uint32_t c)
{
	UErrorCode e = U_ZERO_ERROR;
	UScriptCode s = uscript_getScript((UChar32)c, &e);

	return s == USCRIPT_LATIN || s == USCRIPT_GREEK || s == USCRIPT_ARABIC ||
	       s == USCRIPT_HEBREW || s == USCRIPT_INHERITED;
}

static size_t take_apart(uint32_t c, uint32_t out[3])
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&e);
	UChar d[16];
	int32_t n = U_FAILURE(e) ? -1 : unorm2_getDecomposition(nfd, (UChar32)c, d, 16, &e);
	size_t got = 0;

	if (n < 0 || U_FAILURE(e)) {
		out[0] = c;
		return u_charType((UChar32)c) == U_NON_SPACING_MARK ? 0 : 1;
	}
	for (int32_t i = 0; i < n && got < 3;) {
		UChar32 k;
		U16_NEXT(d, i, n, k);
		if (u_charType(k) != U_NON_SPACING_MARK)
			out[got++] = (uint32_t)k;
	}
	return got;
}

size_t fold_bare(uint32_t c, uint32_t out[3])
{
	out[0] = c;
	if (c < 0xc0 || (c >= 0x4e00 && c <= 0x9fff))
		return 1;
	for (size_t i = 0; i < COUNT(variants); i++)
		if (variants[i].c == c) {
			size_t n = 0;
			while (n < 3 && variants[i].to[n]) {
				out[n] = variants[i].to[n];
				n++;
			}
			return n;
		}
	return sheds_accents(c) ? take_apart(c, out) : 1;
}

size_t fold_utf8(uint32_t c, char *to)
{
	size_t n = 0;

	U8_APPEND_UNSAFE((uint8_t *)to, n, c);
	return n;
}
