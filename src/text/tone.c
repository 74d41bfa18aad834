/* SPDX-License-Identifier: Apache-2.0 */
#include "text/tone.h"

#include "text/fold.h"
#include "text/spot.h"
#include "text/tone_words.h"

#include <math.h>
#include <string.h>

enum { DRAFT = 4096, FACT_CHARS = 60, CODES = 64 };

/* What moves the log odds of a harsh draft: nothing known, courtesy, a number (who states one
 * states a fact), the model; and a language whose manners are not known here. */
static const float BIAS = 1, COURTESY = -1.3f, FACT = -0.5f, MODEL = 0.7f, FOREIGN = -1;
/* A short sentence about the goods that points at nobody: the model must be very sure. */
static const float PLAIN = -3;
/* Where a harsh phrase was found, the model may doubt it no more than so. */
static const float DOUBT = -1.5f;

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
				/* what looks for phrases stops at a zero */
				size_t w = fold_utf8(bare[j] ? bare[j] : ' ', out->p + out->n);
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

/* Courtesy that a friendly sentence mostly carries, and the words that point at the customer. */
/* clang-format off */
static const struct manners {
	const char *language, *courtesy[34], *you[8], *goods[16];
} manners[] = {
	{"en", {"please", "sorry", "thank", "afraid", "apolog", "unfortunately", "happy", "glad", "i will", "we will", "let me",
		"could you", "would you", "may i", "understand", "i have", "we have", "you can", "attached", "welcome", "regret", "wish", "would", "excuse", "of course", "certainly", "i hope", "we hope", "appreciate", "feel free", "no problem"},
	       {"you", "your", "yourself", "you're", "you've"},
	       {"ship to", "deliver to", "in stock", "out of stock", "sold out", "available", "runs small", "runs large",
		"comes in", "is made of", "days", "warranty covers"}},
	{"de", {"bitte", "danke", "dank", "leider", "tut mir leid", "entschuldig", "gern", "verstehe", "konnten sie", "wurden sie", "darf ich",
		"ich habe", "wir haben", "ich frage", "sie konnen", "anbei", "bedauern", "passt ihnen", "grusse", "schon,", "ihnen gern", "sicherheit", "wunsche", "erhalten", "selbstverstandlich", "hoffe", "verzeih", "kein problem", "keine sorge"},
	       {"sie", "ihr", "ihre", "ihren", "ihnen"},
	       {"liefern nicht nach", "liefern nur", "liefern nach", "versenden nicht nach", "versenden nur", "auf lager", "vorratig", "ausverkauft",
		"verfugbar", "fallt klein aus", "fallt gross aus", "tage", "meter", "zentimeter", "lieferbar"}},
	{"es", {"por favor", "gracias", "lament", "disculpe", "siento", "perdon", "por desgracia", "gusto", "entiendo", "comprendo", "podria", "puedo",
		"hemos", "le escribo", "le ayudo", "adjunto", "me temo", "puede", "me alegra", "no se preocupe", "no hace falta", "seguridad", "recibira", "agradec", "recomend", "sentimos", "ayudar", "alegra", "espero que", "por supuesto", "sin problema"},
	       {"usted", "su", "sus"},
	       {"stock", "existencias", "agotad", "disponible", "enviamos", "no enviamos", "talla es", "talla pequen", "talla grande", "color es", "dias", "la garantia"}},
	{"zh", {"请", "您", "麻烦", "抱歉", "谢谢", "感谢", "不好意思", "帮您", "祝", "好吗", "可以为", "理解", "欢迎", "遗憾", "为您", "我们会", "已经", "放心", "没问题", "希望", "由我们", "马上", "给您"},
	       {"你"},
	       {"没货", "没有货", "缺货", "有货", "现货", "断货", "售完", "不发", "偏小", "偏大", "到货", "包邮", "保修", "发往"}},
	{"ja", {"いたします", "いたしました", "ございます", "ございません", "申し訳", "恐れ入り", "ありがとう", "いただけ", "いただき", "お願い", "あいにく", "ご確認",
		"お知らせ", "承り", "お待ち", "お手数", "でしょうか", "どうぞ", "いかが", "ご理解", "存じ", "お届け", "ください", "できます", "おります", "かしこまり", "承知", "させてい", "ご案内", "お送り", "問題ありません"},
	       {"あなた", "そちら", "そっち", "しろ", "言い訳", "だから"},
	       {"在庫", "売り切れ", "完売", "サイズは", "小さめ", "大きめ", "色は", "送料は", "発送", "素材", "配送", "営業日"}},
};
/* clang-format on */

static const struct manners *manners_of(const char *language)
{
	for (size_t i = 0; i < COUNT(manners); i++)
		if (strcmp(manners[i].language, language) == 0)
			return &manners[i];
	return NULL;
}

static bool says_you(const struct folded *t, const struct manners *m)
{
	for (size_t k = 0; k < COUNT(m->you) && m->you[k]; k++)
		if (find(t, m->you[k]))
			return true;
	return false;
}

static bool has_number(const struct folded *t)
{
	for (size_t i = 0; i + 1 < t->n; i++)
		if (t->p[i] >= '0' && t->p[i] <= '9' && t->p[i + 1] >= '0' && t->p[i + 1] <= '9')
			return true;
	return false;
}

/* 0, and below for courtesy and facts. */
static float manner_of(const struct folded *t, const struct manners *m, bool codes)
{
	int kind = 0;

	for (size_t k = 0; k < COUNT(m->courtesy) && m->courtesy[k]; k++)
		kind += strstr(t->p, m->courtesy[k]) != NULL;
	return COURTESY * (float)(kind > 2 ? 2 : kind) + (codes || has_number(t) ? FACT : 0);
}

/* Insults and accusations weigh more than an impatient word. */
static float weight_of(enum tone_reason r)
{
	return r == TONE_INSULT || r == TONE_DOUBT ? 2.6f : r == TONE_REPEAT ? 1.4f : 1.8f;
}

/* The model's opinion as log odds, for or against harsh; 0 without a model or without words. */
static float heard(const struct text_model *m, struct feats *f, struct str text)
{
	float p[MODEL_LABELS_MAX];
	ptrdiff_t harsh = m ? text_model_find(m, S("harsh")) : -1;

	feat_read(f, text, m ? text_model_flags(m) : FEAT_WORDS);
	if (harsh < 0 || !feat_has_letters(f))
		return 0;
	text_model_predict_feats(m, f, p);
	float q = p[harsh] < 0.01f ? 0.01f : p[harsh] > 0.99f ? 0.99f : p[harsh];
	return logf(q / (1 - q));
}

/* Where the clause that begins at `from` ends: before a mark that parts clauses, but not before
 * one inside a number. */
static size_t clause_end(struct str t, size_t from)
{
	static const char *const wide[] = {"。", "，", "！", "？", "；", "、", "…"};

	for (size_t i = from; i < t.n; i++) {
		struct str rest = str_slice(t, i, t.n);
		bool digits =
		    i && i + 1 < t.n && letter(t.p[i - 1] | 32) && letter(t.p[i + 1] | 32);
		if (strchr(".,;:!?\n", t.p[i]) && t.p[i] && !digits)
			return i;
		for (size_t k = 0; k < COUNT(wide); k++)
			if (str_starts(rest, str_of(wide[k])))
				return i;
	}
	return t.n;
}

/* One clause of few words about the goods, not about the one who reads. */
static bool plain_fact(const struct folded *t, struct str draft, const struct feats *f,
		       const struct manners *m)
{
	enum { FULL_STOP = 4 };
	bool goods = false;

	if (clause_end(draft, 0) + FULL_STOP < draft.n)
		return false;

	for (size_t k = 0; k < COUNT(m->goods) && m->goods[k]; k++)
		goods |= strstr(t->p, m->goods[k]) != NULL;
	return goods && f->chars <= FACT_CHARS && !says_you(t, m);
}

/* Why a clause that holds no known phrase sounds harsh: it points at the customer, it is over
 * after a few words, or it merely shows no care. */
static enum tone_reason reason_of(const struct feats *f, struct str clause, const struct manners *m)
{
	struct folded t;

	fold_draft(clause, &t);
	if (m && says_you(&t, m))
		return TONE_BLAME;
	return f->words <= 4 ? TONE_CURT : TONE_COLD;
}

/* The clause that the model hears as harshest. */
static void add_clause(const struct text_model *model, struct feats *f, struct str draft,
		       const struct manners *m, struct tone *out)
{
	enum { CLAUSES = 32 };
	float worst = -1e9f;
	struct tone_hit hit = {0, draft.n, TONE_COLD};

	for (size_t at = 0, n = 0; at < draft.n && n < CLAUSES; at++) {
		size_t to = clause_end(draft, at);
		while (at < to && strchr(" \t\r", draft.p[at]))
			at++;
		struct str clause = str_slice(draft, at, to);
		float z = heard(model, f, clause);
		if (feat_has_letters(f) && z > worst) {
			worst = z;
			hit = (struct tone_hit){at, to, reason_of(f, clause, m)};
		}
		n += to > at;
		at = to;
		while (at + 1 < draft.n && ((unsigned char)draft.p[at + 1] & 0xc0) == 0x80)
			at++;
	}
	add_hit(out, hit.from, hit.to, hit.reason);
}

/* The draft with blanks for addresses and codes, which have no manners; *n is how many. */
static struct str hide_codes(struct str draft, char *room, size_t *n)
{
	struct spot v[CODES];
	size_t found = spot_find(draft, v, CODES);

	*n = 0;
	if (draft.n)
		memcpy(room, draft.p, draft.n);
	for (size_t i = 0; i < found; i++) {
		if (v[i].kind == SPOT_AMOUNT || v[i].kind == SPOT_DATE)
			continue;
		memset(room + v[i].from, ' ', v[i].to - v[i].from);
		++*n;
	}
	return (struct str){room, draft.n};
}

const char *tone_language(const struct lang_table *langs, struct str draft)
{
	enum { FIVE = COUNT(manners) };
	struct lang_prior prior[FIVE];
	struct lang_result r;

	for (size_t i = 0; i < FIVE; i++)
		prior[i] = (struct lang_prior){manners[i].language, 0.19f};
	lang_detect(langs, draft, &(struct lang_priors){prior, FIVE, false}, &r);
	const struct manners *m = manners_of(r.main.code);
	return m ? m->language : "";
}

void tone_read(const struct text_model *model, struct feats *f, struct str draft,
	       const char *language, struct tone *out)
{
	const struct manners *m = manners_of(language);
	struct folded t;
	char room[DRAFT * 2];
	size_t codes;
	float z = BIAS;

	memset(out, 0, sizeof *out);
	draft = str_clip(draft, sizeof room);
	float whole = heard(model, f, draft);
	draft = hide_codes(draft, room, &codes);
	float said = codes ? heard(model, f, draft) : whole;
	if (!feat_has_letters(f))
		return;
	said = said < whole ? said : whole; /* without its code a sentence is cut short */
	fold_draft(draft, &t);
	find_phrases(&t, language, out);
	find_shouting(draft, out);
	if (codes && f->words <= 2 && out->hits == 0)
		return;
	for (size_t i = 0; i < out->hits; i++)
		z += weight_of(out->hit[i].reason);
	z += MODEL * (out->hits && said < DOUBT ? DOUBT : said);
	z += m ? manner_of(&t, m, codes) : FOREIGN;
	z += m && out->hits == 0 && plain_fact(&t, draft, f, m) ? PLAIN : 0;
	out->p = 1 / (1 + expf(-z));
	out->harsh = out->p >= 0.5f;
	if (out->harsh && out->hits == 0 && m)
		add_clause(model, f, draft, m, out);
}
