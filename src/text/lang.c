/* SPDX-License-Identifier: Apache-2.0 */
#include "text/lang_file.h"
#include "text/mapfile.h"

#include "text/cld2.h"
#include "text/fold.h"
#include "text/model_file.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

enum { TEXT_CHARS = 4096, WORD_BYTES = 72, SEEN = 4096, SEGMENTS = 64, SEGMENT_LETTERS = 12 };

struct lang_table {
	const struct lang_head *h;
	const char (*code)[4];
	const struct lang_slot *slot;
	const struct lang_vote *vote;
};

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

/* Scripts that are told apart; those after S_LATIN..S_ARABIC name one language each. */
enum script { S_LATIN, S_CYRILLIC, S_ARABIC, S_HAN, S_KANA, S_ALONE, SCRIPTS = S_ALONE + 20 };

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

/* What was read of one stretch of text. */
struct reading {
	const struct lang_table *t;
	float script[SCRIPTS]; /* letters, weighed */
	float score[LANG_MAX]; /* votes of pieces */
	float small[LANG_MAX]; /* votes of small words */
	size_t letters, words, pieces;
	uint32_t seen[SEEN]; /* pieces counted already */
	bool kazakh, persian, urdu, serbian;
	int han_simple, han_full;
};

static void count_piece(struct reading *r, const char *p, size_t n, float by, float *to)
{
	uint32_t hash = lang_hash(p, n), at = hash % SEEN;

	for (size_t k = 0; r->seen[at]; k++, at = (at + 1) % SEEN)
		if (r->seen[at] == hash || k == 64)
			return;
	r->seen[at] = hash | (hash == 0);
	r->pieces += to == r->score;
	uint32_t mask = r->t->h->slots - 1;
	for (at = hash & mask; r->t->slot[at].at; at = (at + 1) & mask) {
		if (r->t->slot[at].hash != hash)
			continue;
		const struct lang_vote *v = r->t->vote + (r->t->slot[at].at >> 5);
		for (uint32_t i = 0; i < (r->t->slot[at].at & 31); i++)
			to[v[i].lang] += by * (float)v[i].weight;
		return;
	}
}

/* The pieces of a word: four bytes every three, and the last four, with marks at both ends. */
static void count_word(struct reading *r, const char *w, size_t n, float by)
{
	char piece[WORD_BYTES + 2];
	size_t at = 0;

	if (n > 70)
		n = 70;
	piece[0] = 1;
	memcpy(piece + 1, w, n);
	count_piece(r, piece, n + 1, by, r->small);
	for (; at + 4 < n; at += 3) {
		size_t k = 0;
		if (at == 0)
			piece[k++] = ' ';
		memcpy(piece + k, w + at, 4);
		count_piece(r, piece, k + 4, by, r->score);
	}
	size_t k = 0, from = n > 4 ? n - 4 : 0;
	if (at == 0)
		piece[k++] = ' ';
	memcpy(piece + k, w + from, n - from);
	k += n - from;
	piece[k++] = ' ';
	count_piece(r, piece, k, by, r->score);
}

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
	size_t n;
	bool upper;
	float script[3];
};

static void end_word(struct reading *r, struct word *w)
{
	if (w->n) {
		float by = w->upper && r->words > 0 ? NAME : 1;
		count_word(r, w->p, w->n, by);
		r->script[S_LATIN] += w->script[0] * script_weight(S_LATIN) * by;
		r->words++;
	}
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

/* Characters that differ between the two ways of writing Chinese, pair after pair. */
static const char simple_han[] = "们这个来时说国对会发后样开还问过么样东车长门间见贝页马鸟鱼龙风飞"
				 "应单订货买卖运费质坏换产联系谢请帮给错订没双图让办号码钱税";
static const char full_han[] = "們這個來時說國對會發後樣開還問過麼樣東車長門間見貝頁馬鳥魚龍風飛"
			       "應單訂貨買賣運費質壞換產聯繫謝請幫給錯訂沒雙圖讓辦號碼錢稅";

static void note_han(struct reading *r, const char *p, size_t n)
{
	r->han_simple += memmem(simple_han, sizeof simple_han - 1, p, n) != NULL;
	r->han_full += memmem(full_han, sizeof full_han - 1, p, n) != NULL;
}

static bool is_letter(UChar32 c)
{
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

static void read_letter(struct reading *r, struct word *w, UChar32 c, const char *p, size_t n)
{
	enum script s = script_of(c);
	UChar32 low = u_tolower(c);

	r->letters++;
	note_letter(r, low);
	if (s == S_HAN)
		note_han(r, p, n);
	if (s > S_ARABIC) {
		end_word(r, w);
		r->script[s] += script_weight(s);
		return;
	}
	if (w->n == 0)
		w->upper = low != c;
	if (s == S_LATIN)
		w->script[0]++;
	else
		r->script[s] += script_weight(s);
	if (w->n + 4 <= WORD_BYTES)
		w->n += fold_utf8((uint32_t)low, w->p + w->n);
}

static bool apostrophe(UChar32 c)
{
	return c == '\'' || c == '`' || c == 0x2019;
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
		if (c >= 0 && is_letter(c))
			read_letter(r, &w, c, text.p + from, i - from);
		else if (c >= 0 && apostrophe(c) && w.n && w.n + 4 <= WORD_BYTES)
			w.n += fold_utf8((uint32_t)c, w.p + w.n);
		else
			end_word(r, &w);
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

/* Scores as shares of the best, small words and CLD2 added, and made probabilities: the more
 * pieces were read, the more a difference means. */
static void weigh_languages(const struct reading *r, struct str text, enum script s,
			    const struct lang_priors *priors, float *p)
{
	size_t n = r->t->h->langs;
	float top = 1, sum = 0, best = -1e9f, small = 1;
	struct cld2_guess cld[3];

	cld2_guess(text.p, text.n, cld);
	for (size_t i = 0; i < n; i++) {
		const char *code = r->t->code[i];
		p[i] = home(code) == s ? r->score[i] * rarity(code) : -1;
		top = p[i] > top ? p[i] : top;
		small = r->small[i] > small ? r->small[i] : small;
	}
	float sharp = 9 + 3 * sqrtf((float)r->pieces);
	for (size_t i = 0; i < n; i++) {
		float prior = prior_of(priors, r->t->code[i]);
		if (p[i] < 0 || prior <= 0) {
			p[i] = -1e9f;
			continue;
		}
		p[i] = p[i] / top + 0.45f * r->small[i] / (small + 400);
		for (int k = 0; k < 3; k++)
			if (cld[k].code[0] && strcmp(cld[k].code, r->t->code[i]) == 0)
				p[i] += 0.1f * (float)cld[k].percent / 100;
		if (s == S_CYRILLIC && r->kazakh && strcmp(r->t->code[i], "kk") == 0)
			p[i] += 2;
		p[i] = p[i] * sharp + logf(prior);
		best = p[i] > best ? p[i] : best;
	}
	for (size_t i = 0; i < n; i++)
		sum += p[i] = p[i] > -1e8f ? expf(p[i] - best) : 0;
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

static enum script main_script(const struct reading *r)
{
	enum script best = S_LATIN;

	for (int s = 1; s < SCRIPTS; s++)
		if (r->script[s] > r->script[best])
			best = (enum script)s;
	return best;
}

static void detect(struct reading *r, const struct lang_table *t, struct str text,
		   const struct lang_priors *priors, struct lang_result *out)
{
	float p[LANG_MAX];

	read_text(r, t, text);
	set_code(&out->main, "und", 0);
	set_code(&out->second, "und", 0);
	if (r->letters == 0)
		return;
	enum script s = main_script(r);
	if (s == S_HAN || s == S_KANA) {
		bool ja = r->script[S_KANA] > 0.1f * r->script[S_HAN];
		set_code(&out->main, ja ? "ja" : "zh", ja || r->letters > 4 ? 0.99f : 0.85f);
		set_code(&out->second, ja ? "zh" : "ja", 0.01f);
	} else if (s >= S_ALONE) {
		set_code(&out->main, alone[s - S_ALONE].code, 0.99f);
	} else {
		weigh_languages(r, text, s, priors, p);
		best_two(r, p, out);
		tell_neighbours(r, s, out);
	}
}

/* Words and endings that one side of an ocean writes. */
/* clang-format off */
static const struct {
	char code[4];
	const char *variant, *words[24];
} variants[] = {
	{"pt", "pt-BR", {"você", "vocês", "celular", "fatura", "ônibus", "reembolso", "cadê", "tô",
			 "pra", "frete", "cpf", "boleto", "rastreio", "rastreamento", "nota", "econômico", "oi", "estorno", "chegando"}},
	{"pt", "pt-PT", {"encomenda", "telemóvel", "autocarro", "portes", "contacto", "vossa", "vosso", "facto", "reembolsem",
			 "olá", "connosco", "convosco", "nif", "estou", "fiquei", "receção", "económico", "iva"}},
	{"es", "es-MX", {"ustedes", "celular", "computadora", "ahorita", "checar", "reembolsen", "platicar", "mande", "rfc",
			 "oxxo", "paquetería", "guía", "carro", "enojado", "enojada", "pena"}},
	{"es", "es-ES", {"vosotros", "vuestra", "vuestro", "os", "móvil", "ordenador", "habéis", "podéis", "tenéis", "vale",
			 "coger", "iva", "sois", "queréis", "dni", "enfadado", "enfadada"}},
};
/* clang-format on */

static bool has_word(struct str text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++) {
		bool begins = i == 0 || !((unsigned char)text.p[i - 1] >= 0x80 ||
					  u_isalpha((UChar32)text.p[i - 1]));
		bool ends = i + n == text.n || !((unsigned char)text.p[i + n] >= 0x80 ||
						 u_isalpha((UChar32)text.p[i + n]));
		if (begins && ends && strncasecmp(text.p + i, word, n) == 0)
			return true;
	}
	return false;
}

static void set_variant(const struct reading *r, struct str text, struct lang_result *out)
{
	int best = 0, next = 0;
	const char *name = "";

	memset(out->variant, 0, sizeof out->variant);
	if (strcmp(out->main.code, "zh") == 0) {
		if (r->han_simple != r->han_full)
			name = r->han_full > r->han_simple ? "zh-Hant" : "zh-Hans";
		best = 1;
	}
	text = str_clip(text, TEXT_CHARS);
	for (size_t i = 0; i < COUNT(variants); i++) {
		int n = 0;
		if (strcmp(variants[i].code, out->main.code) != 0)
			continue;
		for (size_t k = 0; k < COUNT(variants[i].words) && variants[i].words[k]; k++)
			n += has_word(text, variants[i].words[k]);
		if (n > best) {
			next = best;
			best = n;
			name = variants[i].variant;
		} else if (n > next) {
			next = n;
		}
	}
	if (best > next)
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
	out->sure = out->main.p >= 0.7f && r.letters >= 3;
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
