/* SPDX-License-Identifier: Apache-2.0 */
#include "text/tone.h"

#include "text/fold.h"
#include "text/tone_words.h"

#include <math.h>
#include <string.h>

enum { DRAFT = 4096 };

const char *tone_reason_name(enum tone_reason r)
{
#define X(name, text) text,
	static const char *const names[] = {TONE_LIST(X)};
#undef X
	return names[r];
}

const char *tone_better(const char *language, enum tone_reason r)
{
	for (size_t i = 0; i < COUNT(tone_ways); i++)
		if (strcmp(tone_ways[i].language, language) == 0)
			return tone_ways[i].better[r];
	return NULL;
}

/* The draft folded and bare, each byte with the place it came from. */
struct folded {
	char p[DRAFT + 16];
	uint32_t from[DRAFT + 16], to[DRAFT + 16];
	size_t n;
};

static void fold_draft(struct str draft, struct folded *out)
{
	struct fold f;
	size_t at = 0;
	uint32_t bare[3];

	out->n = 0;
	while (out->n < DRAFT && fold_next(draft, &at, &f))
		for (size_t i = 0; i < f.n && out->n < DRAFT; i++) {
			uint32_t c = f.c[i] == 0x2019 ? '\'' : f.c[i];
			size_t k = fold_bare(c, bare);
			for (size_t j = 0; j < k && out->n < DRAFT; j++) {
				size_t w = fold_utf8(bare[j], out->p + out->n);
				for (size_t b = 0; b < w; b++) {
					out->from[out->n] = (uint32_t)f.from;
					out->to[out->n++] = (uint32_t)f.to;
				}
			}
		}
	out->p[out->n] = 0;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The phrase as folding leaves it (kana loses its voicing marks nowhere, so this is itself). */
static const char *find(const struct folded *t, const char *phrase)
{
	size_t n = strlen(phrase);

	for (const char *at = t->p; (at = strstr(at, phrase)); at++) {
		bool begins = at == t->p || !letter(*phrase) || !letter(at[-1]);
		bool ends = !letter(phrase[n - 1]) || !letter(at[n]) || n > 8;
		if (begins && ends)
			return at;
	}
	return NULL;
}

static void add_hit(struct tone *out, size_t from, size_t to, enum tone_reason reason)
{
	if (out->hits < TONE_HITS)
		out->hit[out->hits++] = (struct tone_hit){from, to, reason};
}

static void find_phrases(const struct folded *t, const char *language, struct tone *out)
{
	for (size_t i = 0; i < COUNT(tone_phrases); i++) {
		const struct tone_phrase *p = &tone_phrases[i];
		const char *at = strcmp(p->language, language) == 0 ? find(t, p->text) : NULL;
		if (!at)
			continue;
		size_t from = (size_t)(at - t->p), last = from + strlen(p->text) - 1;
		add_hit(out, t->from[from], t->to[last], p->reason);
	}
}

/* Three exclamation marks in a row, or a sentence in capitals. */
static void find_shouting(struct str d, struct tone *out)
{
	size_t run = 0, upper = 0, lower = 0;

	for (size_t i = 0; i < d.n && i < DRAFT; i++) {
		bool wide = i + 3 <= d.n && memcmp(d.p + i, "！", 3) == 0;
		run = d.p[i] == '!' || wide ? run + 1 : 0;
		if (run == 3)
			add_hit(out, i > 2 ? i - 2 : 0, i + (wide ? 3 : 1), TONE_LOUD);
		i += wide ? 2 : 0;
		upper += d.p[i] >= 'A' && d.p[i] <= 'Z';
		lower += d.p[i] >= 'a' && d.p[i] <= 'z';
	}
	if (upper > 12 && upper > lower * 2)
		add_hit(out, 0, d.n, TONE_LOUD);
}

/* Courtesy that a friendly sentence mostly carries, and the bare "you" of one that is not. */
/* clang-format off */
static const struct {
	const char *language, *courtesy[30], *bare[6];
} manners[] = {
	{"en", {"please", "sorry", "thank", "afraid", "apolog", "unfortunately", "happy", "glad", "i will", "we will", "let me",
		"could you", "would you", "may i", "understand", "i have", "we have", "you can", "attached", "welcome", "regret", "wish", "would"},
	       {"you", "your"}},
	{"de", {"bitte", "danke", "dank", "leider", "tut mir leid", "entschuldig", "gern", "verstehe", "konnten sie", "wurden sie", "darf ich",
		"ich habe", "wir haben", "ich frage", "sie konnen", "anbei", "bedauern", "passt ihnen", "grusse", "schon,", "ihnen gern", "sicherheit", "wunsche", "erhalten"},
	       {"sie", "ihr", "ihre", "ihren"}},
	{"es", {"por favor", "gracias", "lament", "disculpe", "siento", "perdon", "por desgracia", "gusto", "entiendo", "comprendo", "podria", "puedo",
		"hemos", "le escribo", "le ayudo", "adjunto", "me temo", "puede", "me alegra", "no se preocupe", "no hace falta", "seguridad", "recibira", "agradec", "recomend", "sentimos", "ayudar", "alegra"},
	       {"usted"}},
	{"zh", {"请", "您", "麻烦", "抱歉", "谢谢", "感谢", "不好意思", "帮您", "祝", "好吗", "可以为", "理解", "欢迎", "遗憾", "为您", "我们会", "已经"},
	       {"你"}},
	{"ja", {"いたします", "いたしました", "ございます", "ございません", "申し訳", "恐れ入り", "ありがとう", "いただけ", "いただき", "お願い", "あいにく", "ご確認",
		"お知らせ", "承り", "お待ち", "お手数", "でしょうか", "どうぞ", "いかが", "ご理解", "存じ", "お届け", "ください", "できます"},
	       {"あなた", "しろ", "言い訳", "だから"}},
};
/* clang-format on */

/* Below 0 for courtesy, above 0 for a sentence that only says "you". */
static float manner_of(const struct folded *t, const char *language)
{
	for (size_t i = 0; i < COUNT(manners); i++) {
		int kind = 0, bare = 0;
		if (strcmp(manners[i].language, language) != 0)
			continue;
		for (size_t k = 0; k < COUNT(manners[i].courtesy) && manners[i].courtesy[k]; k++)
			kind += strstr(t->p, manners[i].courtesy[k]) != NULL;
		for (size_t k = 0; k < COUNT(manners[i].bare) && manners[i].bare[k]; k++)
			bare += find(t, manners[i].bare[k]) != NULL;
		return (kind > 2 ? -2 : -(float)kind) + (kind == 0) * 0.8f +
		       (bare && kind == 0) * 0.5f;
	}
	return 0;
}

/* Insults and accusations weigh more than an impatient word. */
static float weight_of(enum tone_reason r)
{
	return r == TONE_INSULT || r == TONE_DOUBT ? 2.6f : r == TONE_REPEAT ? 1.4f : 1.8f;
}

void tone_read(const struct text_model *model, struct feats *f, struct str draft,
	       const char *language, struct tone *out)
{
	struct folded t;
	float p[MODEL_LABELS_MAX], z = -0.2f;

	memset(out, 0, sizeof *out);
	draft = str_clip(draft, DRAFT * 2);
	fold_draft(draft, &t);
	find_phrases(&t, language, out);
	find_shouting(draft, out);
	for (size_t i = 0; i < out->hits; i++)
		z += weight_of(out->hit[i].reason);
	z += manner_of(&t, language);
	ptrdiff_t harsh = model ? text_model_find(model, S("harsh")) : -1;
	if (harsh >= 0 && draft.n) {
		text_model_predict(model, f, draft, p);
		float m = p[harsh] < 0.01f ? 0.01f : p[harsh] > 0.99f ? 0.99f : p[harsh];
		z += 0.7f * logf(m / (1 - m));
	}
	out->p = 1 / (1 + expf(-z));
	out->harsh = out->p >= 0.5f;
}
