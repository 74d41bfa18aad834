/* SPDX-License-Identifier: Apache-2.0 */
#include "text/lang_file.h"
#include "text/mapfile.h"

#include "text/cld2.h"
#include "text/fold.h"
#include "text/lang_marks.h"
#include "text/model_file.h"

#include <math.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

enum { TEXT_CHARS = 4096, WORD_BYTES = 72, SEEN = 4096, SEGMENTS = 64, SEGMENT_LETTERS = 12 };

/* clang-format off */
static const struct {
	UScriptCode script;
	char code[4];
} alone[] = {
	{USCRIPT_HANGUL, "ko"},   {USCRIPT_THAI, "th"},     {USCRIPT_HEBREW, "he"},
	{USCRIPT_GREEK, "el"},    {USCRIPT_DEVANAGARI, "hi"},{USCRIPT_ARMENIAN, "hy"},
	{USCRIPT_GEORGIAN, "ka"}, {USCRIPT_BENGALI, "bn"},  {USCRIPT_TAMIL, "ta"},
	{USCRIPT_TELUGU, "te"},   {USCRIPT_GUJARATI, "gu"}, {USCRIPT_GURMUKHI, "pa"},
	{USCRIPT_KANNADA, "kn"},  {USCRIPT_MALAYALAM, "ml"},{USCRIPT_LAO, "lo"},
	{USCRIPT_KHMER, "km"},    {USCRIPT_MYANMAR, "my"},  {USCRIPT_ETHIOPIC, "am"},
	{USCRIPT_SINHALA, "si"},
};
/* clang-format on */

static enum script script_of(UChar32 c)
{
	UErrorCode e = U_ZERO_ERROR;

	if (c < 0x250)
		return S_LATIN;
	UScriptCode s = uscript_getScript(c, &e);
	switch (s) {
	case USCRIPT_CYRILLIC: return S_CYRILLIC;
	case USCRIPT_ARABIC: return S_ARABIC;
	case USCRIPT_HAN: return S_HAN;
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA: return S_KANA;
	default: break;
	}
	for (size_t i = 0; i < COUNT(alone); i++)
		if (alone[i].script == s)
			return (enum script)(S_ALONE + i);
	return S_LATIN;
}

/* What languages say of one piece. */
struct votes {
	const struct lang_vote *v;
	uint32_t n;
	bool fresh; /* met for the first time */
};

/* What was read of one stretch of text. */
struct reading {
	const struct lang_table *t;
	float script[SCRIPTS]; /* letters, weighed */
	float score[LANG_MAX]; /* votes of pieces */
	float small[LANG_MAX]; /* votes of small words */
	float told;            /* words of some language, names weighed as such */
	size_t letters, words, pieces;
	size_t plain, lower, small_words; /* words: no brands, in small letters, in the lists */
	uint32_t seen[SEEN];              /* pieces counted already */
	bool kazakh, persian, urdu, serbian;
	struct lang_han han;
};

/* The votes for a piece that was not met before; none otherwise. */
static struct votes votes_of(struct reading *r, const char *p, size_t n)
{
	uint32_t hash = lang_hash(p, n), at = hash % SEEN;

	for (size_t k = 0; r->seen[at]; k++, at = (at + 1) % SEEN)
		if (r->seen[at] == hash || k == 64)
			return (struct votes){0};
	r->seen[at] = hash | (hash == 0);
	uint32_t mask = r->t->h->slots - 1;
	for (at = hash & mask; r->t->slot[at].at; at = (at + 1) & mask)
		if (r->t->slot[at].hash == hash)
			return (struct votes){r->t->vote + (r->t->slot[at].at >> 5),
					      r->t->slot[at].at & 31, true};
	return (struct votes){.fresh = true};
}

static void add_votes(const struct votes *v, float by, float *to)
{
	for (uint32_t i = 0; i < v->n; i++)
		to[v->v[i].lang] += by * (float)v->v[i].weight;
}

static void count_piece(struct reading *r, const char *p, size_t n, float by)
{
	struct votes v = votes_of(r, p, n);

	r->pieces += v.fresh;
	add_votes(&v, by, r->score);
}

/* The pieces of a word: four bytes every three, and the last four, with marks at both ends. */
static void count_pieces(struct reading *r, const char *w, size_t n, float by)
{
	char piece[WORD_BYTES + 2];
	size_t at = 0;

	for (; at + 4 < n; at += 3) {
		size_t k = 0;
		if (at == 0)
			piece[k++] = ' ';
		memcpy(piece + k, w + at, 4);
		count_piece(r, piece, k + 4, by);
	}
	size_t k = 0, from = n > 4 ? n - 4 : 0;
	if (at == 0)
		piece[k++] = ' ';
	memcpy(piece + k, w + from, n - from);
	k += n - from;
	piece[k++] = ' ';
	count_piece(r, piece, k, by);
}

/* So many pieces of words tell a language, and so many when they tell it clearly. */
enum { PIECES = 6, FEW_PIECES = 5 };

/* A name inside a sentence says little about the language around it. */
static const float NAME = 0.35f;

/* Script weights: one Han character says as much as two letters, and Latin words are often
 * names inside other scripts. */
static float script_weight(enum script s)
{
	return s == S_LATIN ? 0.35f : s == S_HAN || s == S_KANA || s == S_ALONE ? 2.2f : 1;
}

struct word {
	char p[WORD_BYTES + 4];
	size_t n, before, letters, uppers; /* bytes, those before the last letter, letters */
	UChar32 last;
	int run; /* how often the last letter stood in a row */
	bool code, drawn;
	float script[3];
};

/* A letter alone that is part of a name or a number, or held down; English writes "I". */
static bool is_lone(const struct word *w, bool first)
{
	if (w->letters == 1)
		return w->code || (w->uppers && !first && w->p[0] != 'i');
	return w->drawn && w->letters <= 2;
}

/* Part of an article number, an abbreviation, or nothing that a language has: no word. */
static bool is_code(const struct word *w)
{
	return w->code || w->letters > 40 ||
	       (w->letters > 1 && w->letters < 5 && w->uppers == w->letters);
}

static void count_word(struct reading *r, const struct word *w)
{
	float by = w->uppers && r->words > 0 ? NAME : 1;
	char piece[WORD_BYTES + 5] = {LANG_WORD};

	memcpy(piece + 1, w->p, w->n);
	struct votes v = votes_of(r, piece, w->n + 1);
	bool brand = false;
	for (uint32_t i = 0; i < v.n; i++)
		brand |= v.v[i].lang == r->t->und;
	bool name = brand && v.n == 1;
	by = brand ? NAME : by;
	if (!name)
		r->script[S_LATIN] += w->script[0] * script_weight(S_LATIN) * by;
	bool first = r->words++ == 0;
	if (!v.fresh || name || is_lone(w, first) || (!v.n && is_code(w)))
		return;
	r->told += by;
	r->plain += !brand;
	r->lower += w->uppers == 0;
	r->small_words += v.n > 0;
	/* a word of one language alone weighs as much as the longest */
	add_votes(&v, v.n == 1 ? by * WORD_MOST / fmaxf(v.v->weight, 1) : by, r->small);
	count_pieces(r, w->p, w->n > 70 ? 70 : w->n, by);
}

static void end_word(struct reading *r, struct word *w)
{
	if (w->n)
		count_word(r, w);
	*w = (struct word){0};
}

/* Letters that only one language of a script writes. */
static void note_letter(struct reading *r, UChar32 c)
{
	if (c == 0x4d9 || c == 0x493 || c == 0x49b || c == 0x4a3 || c == 0x4b1 || c == 0x4af ||
	    c == 0x4bb || c == 0x4e9)
		r->kazakh = true;
	if (c == 0x452 || c == 0x458 || c == 0x459 || c == 0x45a || c == 0x45b || c == 0x45f)
		r->serbian = true;
	if (c == 0x67e || c == 0x686 || c == 0x698 || c == 0x6af)
		r->persian = true;
	if (c == 0x679 || c == 0x688 || c == 0x691 || c == 0x6d2)
		r->urdu = true;
}

static bool is_letter(UChar32 c)
{
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

static void read_letter(struct reading *r, struct word *w, UChar32 c, const char *p, size_t n)
{
	enum script s = script_of(c);
	UChar32 low = u_tolower(c);

	w->run = low == w->last ? w->run + 1 : 1;
	w->last = low;
	if (w->run > 2 && s <= S_ARABIC) { /* held down: once is enough */
		w->n = w->run == 3 ? w->before : w->n;
		w->drawn = true;
		return;
	}
	r->letters++;
	note_letter(r, low);
	if (s == S_HAN)
		lang_han_note(&r->han, (struct str){p, n});
	if (s > S_ARABIC) {
		end_word(r, w);
		r->script[s] += script_weight(s);
		return;
	}
	w->letters++;
	w->uppers += low != c;
	if (s == S_LATIN)
		w->script[0]++;
	else
		r->script[s] += script_weight(s);
	w->before = w->n;
	if (w->n + 4 <= WORD_BYTES)
		w->n += fold_utf8((uint32_t)low, w->p + w->n);
}

static bool apostrophe(UChar32 c)
{
	return c == '\'' || c == '`' || c == 0x2019;
}

/* Where a link or an address that stands at `at` ends; `at` if there is none. */
static size_t link_end(struct str t, size_t at)
{
	static const char *const begins[] = {"@", "http://", "https://", "www."};
	struct str rest = str_slice(t, at, t.n);
	bool found = false;

	for (size_t i = 0; i < COUNT(begins); i++)
		found |= str_starts(rest, str_of(begins[i]));
	while (found && at < t.n && t.p[at] > ' ' && t.p[at] < 0x7f)
		at++;
	return at;
}

static void read_text(struct reading *r, const struct lang_table *t, struct str text)
{
	const uint8_t *p = (const uint8_t *)text.p;
	struct word w = {0};
	size_t chars = 0;

	memset(r, 0, sizeof *r);
	r->t = t;
	for (size_t i = 0; i < text.n && chars < TEXT_CHARS; chars++) {
		size_t from = i;
		UChar32 c;
		U8_NEXT(p, i, text.n, c);
		bool may_link = c == '@' || (w.n == 0 && (c == 'h' || c == 'w'));
		if (may_link && link_end(text, from) > from) {
			w = (struct word){0};
			i = link_end(text, from);
		} else if (c >= 0 && is_letter(c)) {
			read_letter(r, &w, c, text.p + from, i - from);
		} else if (c >= 0 && apostrophe(c) && w.n && w.n + 4 <= WORD_BYTES) {
			w.n += fold_utf8((uint32_t)c, w.p + w.n);
		} else {
			bool digit = c >= '0' && c <= '9';
			w.code |= digit;
			end_word(r, &w);
			w.code = digit;
		}
	}
	end_word(r, &w);
}

static void set_code(struct lang_guess *g, const char *code, float p)
{
	size_t n = strnlen(code, sizeof g->code - 1);

	memset(g->code, 0, sizeof g->code);
	memcpy(g->code, code, n);
	g->p = p;
}

static float prior_of(const struct lang_priors *p, const char *code)
{
	float rest = 1;

	if (!p || p->n == 0)
		return 1;
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->v[i].code, code) == 0)
			return p->v[i].p > 1e-6f ? p->v[i].p : 1e-6f;
		rest -= p->v[i].p;
	}
	if (p->only)
		return 0;
	return rest > 0.03f ? rest / 20 : 0.0015f;
}

/* What small words say for a language: among the languages', and how much of the message they
 * are; the longer the message, the less the latter, and less for English, which names are in. */
static float weigh_small(const struct reading *r, size_t lang, float most)
{
	float small = r->small[lang], told = fmaxf(r->told, 1);
	float few = told <= 3 ? 1 : 3 / told * ((int)lang == r->t->en ? 0.5f : 1);

	small *= r->t->rarity[lang];
	return 0.1f * small / (most + 400) + 1.2f * few * small / (200 * told);
}

/* Hindi in Latin letters has no pieces in the table: its small words stand for them. */
static float romanised(const struct reading *r, size_t lang)
{
	return (int)lang == r->t->hi ? r->small[lang] / (200 * fmaxf(r->told, 1)) : 0;
}

/* No language of this script, or ruled out. */
static const float NEVER = -1e9f;

/* The log odds of two languages above which CLD2 is not asked. */
static const float CLEAR = 1;

/* Asked where the first two languages are near each other: it takes longer than all the rest. */
static void ask_cld2(const struct reading *r, struct str text, float sharp, float *p)
{
	float first = NEVER, second = NEVER;
	struct cld2_guess cld[3];
	size_t n = r->t->h->langs;

	for (size_t i = 0; i < n; i++) {
		second = p[i] > first ? first : p[i] > second ? p[i] : second;
		first = p[i] > first ? p[i] : first;
	}
	if (first - second > CLEAR)
		return;
	cld2_guess(text.p, text.n, cld);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 3 && p[i] > NEVER; k++)
			if (cld[k].code[0] && strcmp(cld[k].code, r->t->code[i]) == 0)
				p[i] += 0.1f * sharp * (float)cld[k].percent / 100;
}

/* Scores as shares of the best, small words and CLD2 added, and made probabilities: the more
 * pieces were read, the more a difference means. */
static void weigh_languages(const struct reading *r, struct str text, enum script s,
			    const struct lang_priors *priors, float *p)
{
	size_t n = r->t->h->langs;
	float top = 1, sum = 0, best = NEVER, most = 1;

	for (size_t i = 0; i < n; i++) {
		bool here = r->t->home[i] == s && (int)i != r->t->und;
		p[i] = here ? r->score[i] * r->t->rarity[i] : -1;
		top = p[i] > top ? p[i] : top;
		most = r->small[i] > most ? r->small[i] : most;
	}
	float sharp = 9 + 3 * sqrtf((float)r->pieces);
	for (size_t i = 0; i < n; i++) {
		float prior = prior_of(priors, r->t->code[i]);
		if (p[i] < 0 || prior <= 0) {
			p[i] = NEVER;
			continue;
		}
		p[i] = p[i] / top + romanised(r, i) + weigh_small(r, i, most);
		if (s == S_CYRILLIC && r->kazakh && (int)i == r->t->kk)
			p[i] += 2;
		p[i] = p[i] * sharp + logf(prior);
	}
	ask_cld2(r, text, sharp, p);
	for (size_t i = 0; i < n; i++)
		best = p[i] > best ? p[i] : best;
	for (size_t i = 0; i < n; i++)
		sum += p[i] = p[i] > NEVER ? expf(p[i] - best) : 0;
	for (size_t i = 0; i < n && sum > 0; i++)
		p[i] /= sum;
}

static void best_two(const struct reading *r, const float *p, struct lang_result *out)
{
	size_t a = 0, b = 0;

	for (size_t i = 1; i < r->t->h->langs; i++)
		a = p[i] > p[a] ? i : a;
	b = a == 0;
	for (size_t i = 0; i < r->t->h->langs; i++)
		b = i != a && p[i] > p[b] ? i : b;
	set_code(&out->main, r->t->code[a], p[a]);
	set_code(&out->second, r->t->code[b], p[b]);
}

static float small_of(const struct reading *r, const char *code)
{
	for (size_t i = 0; i < r->t->h->langs; i++)
		if (strcmp(r->t->code[i], code) == 0)
			return r->small[i];
	return 0;
}

static bool ruled_out(const struct lang_priors *priors, const char *code)
{
	return code[0] && prior_of(priors, code) <= 0;
}

/* What the pieces cannot tell apart, small words and letters do. */
static void tell_neighbours(const struct reading *r, enum script s, struct lang_result *out)
{
	const char *code = out->main.code;

	if (s == S_LATIN && strcmp(code, "sr") == 0 && small_of(r, "hr") > small_of(r, "sr"))
		set_code(&out->main, "hr", out->main.p);
	if (s == S_CYRILLIC && r->serbian && !r->kazakh)
		set_code(&out->main, "sr", 0.95f);
	if (s == S_ARABIC && r->persian && strcmp(code, "ar") == 0)
		set_code(&out->main, r->urdu ? "ur" : "fa", 0.8f);
}

/* What the caller rules out is not said: the next one is, if it is likely enough. */
static void obey(const struct lang_priors *priors, struct lang_result *out)
{
	if (ruled_out(priors, out->main.code))
		out->main = out->second;
	if (ruled_out(priors, out->second.code) || strcmp(out->main.code, out->second.code) == 0)
		set_code(&out->second, "und", 0);
	if (out->main.p < 0.2f || ruled_out(priors, out->main.code))
		set_code(&out->main, "und", 0);
}

static enum script main_script(const struct reading *r)
{
	enum script best = S_LATIN;

	for (int s = 1; s < SCRIPTS; s++)
		if (r->script[s] > r->script[best])
			best = (enum script)s;
	return best;
}

/* Kana tell Japanese from Chinese; without any, characters and words do. */
static void tell_han(const struct reading *r, struct str text, const struct lang_priors *priors,
		     struct lang_result *out)
{
	float odds = 5, ja;

	if (r->script[S_KANA] <= 0.1f * r->script[S_HAN])
		odds = lang_han_japanese(&r->han, text, r->letters);
	odds += logf(fmaxf(prior_of(priors, "ja"), 1e-3f) / fmaxf(prior_of(priors, "zh"), 1e-3f));
	ja = fminf(fmaxf(1 / (1 + expf(-odds)), 0.01f), 0.99f);
	set_code(&out->main, ja > 0.5f ? "ja" : "zh", fmaxf(ja, 1 - ja));
	set_code(&out->second, ja > 0.5f ? "zh" : "ja", fminf(ja, 1 - ja));
}

static void detect(struct reading *r, const struct lang_table *t, struct str text,
		   const struct lang_priors *priors, struct lang_result *out)
{
	float p[LANG_MAX];

	read_text(r, t, text);
	set_code(&out->main, "und", 0);
	set_code(&out->second, "und", 0);
	enum script s = main_script(r);
	if (r->letters == 0 || (s <= S_ARABIC && r->plain == 0))
		return;
	if (s == S_HAN || s == S_KANA) {
		tell_han(r, text, priors, out);
	} else if (s >= S_ALONE) {
		set_code(&out->main, alone[s - S_ALONE].code, 0.99f);
	} else {
		weigh_languages(r, text, s, priors, p);
		best_two(r, p, out);
		struct lang_guess before = out->main;
		tell_neighbours(r, s, out);
		if (ruled_out(priors, out->main.code))
			out->main = before;
	}
	obey(priors, out);
}

static void set_variant(const struct reading *r, struct str text, struct lang_result *out)
{
	const char *name = lang_variant(out->main.code, &r->han, str_clip(text, TEXT_CHARS));

	memset(out->variant, 0, sizeof out->variant);
	memcpy(out->variant, name, strnlen(name, sizeof out->variant - 1));
}

/* The end of the sentence or line that begins at from. */
static size_t segment_end(struct str t, size_t from)
{
	static const char *const ends[] = {"。", "！", "？", "；"};

	for (size_t i = from; i < t.n; i++) {
		if (t.p[i] == '\n' || ((t.p[i] == '.' || t.p[i] == '!' || t.p[i] == '?') &&
				       (i + 1 == t.n || t.p[i + 1] == ' ')))
			return i + 1;
		for (size_t k = 0; k < COUNT(ends); k++)
			if (t.n - i >= 3 && memcmp(t.p + i, ends[k], 3) == 0)
				return i + 3;
	}
	return t.n;
}

static void add_share(struct lang_guess *v, size_t *n, const char *code, float letters)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(v[i].code, code) == 0) {
			v[i].p += letters;
			return;
		}
	if (*n < SEGMENTS)
		set_code(&v[(*n)++], code, letters);
}

/* Sentences read one by one: languages other than the main one that fill a sixth or more. */
static void find_others(struct reading *r, const struct lang_table *t, struct str text,
			const struct lang_priors *priors, struct lang_result *out)
{
	struct lang_guess share[SEGMENTS];
	size_t n = 0, segments = 0;
	float all = 0;

	text = str_clip(text, TEXT_CHARS);
	for (size_t at = 0; at < text.n && segments < SEGMENTS; segments++) {
		size_t to = segment_end(text, at);
		struct lang_result one;
		detect(r, t, str_slice(text, at, to), priors, &one);
		bool telling =
		    r->letters >= SEGMENT_LETTERS || (r->letters >= 4 && main_script(r) > S_ARABIC);
		if (telling && one.main.p > 0.8f)
			add_share(share, &n, one.main.code, (float)(to - at));
		all += (float)(to - at);
		at = to;
	}
	for (size_t i = 0; i < n && out->other_count < LANG_OTHERS; i++)
		if (strcmp(share[i].code, out->main.code) != 0 && share[i].p > all / 6)
			set_code(&out->others[out->other_count++], share[i].code, share[i].p / all);
}

/* Whether there was enough to tell by: letters, and in scripts of several languages small words
 * that the language has and the next has not, or word pieces that are not all of names. */
static bool enough(const struct reading *r, const struct lang_result *g)
{
	if (r->letters < 2 || main_script(r) > S_ARABIC)
		return r->letters > 1 && (main_script(r) != S_HAN || g->main.p >= 0.85f);
	float small = small_of(r, g->main.code);
	if (r->told >= 1 && small >= 80 * r->told && small > 1.05f * small_of(r, g->second.code))
		return true;
	float p = r->pieces >= PIECES ? 0.7f : r->pieces >= FEW_PIECES ? 0.95f : 2;
	return g->main.p >= p && (r->small_words > 0 || r->lower > 0);
}

void lang_detect(const struct lang_table *t, struct str text, const struct lang_priors *priors,
		 struct lang_result *out)
{
	struct reading r;

	memset(out, 0, sizeof *out);
	text = str_clip(text, TEXT_CHARS * 4);
	detect(&r, t, text, priors, out);
	if (r.letters == 0)
		return;
	set_variant(&r, text, out);
	out->sure = out->main.p >= 0.7f && enough(&r, out);
	if (segment_end(text, 0) < text.n)
		find_others(&r, t, text, priors, out);
}

const char *lang_code(const struct lang_table *t, size_t i)
{
	static const char *const dense[] = {"zh", "ja"};
	size_t own = t->h->langs, by_script = own + COUNT(alone);

	if (i < own)
		return t->code[i];
	if (i < by_script)
		return alone[i - own].code;
	return i - by_script < COUNT(dense) ? dense[i - by_script] : NULL;
}
