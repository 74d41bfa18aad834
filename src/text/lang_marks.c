/* SPDX-License-Identifier: Apache-2.0 */
#include "text/lang_marks.h"

#include "text/lang_han.h"

#include <string.h>
#include <strings.h>

enum { HAN_BYTES = 3, HAN_ENTRY = HAN_BYTES + 1 };

/* The class of lang_han.h, or 0.  Characters of three bytes stand in the order of their bytes. */
static char han_class(const char *c)
{
	size_t from = 0, to = (sizeof han_classes - 1) / HAN_ENTRY;

	while (from < to) {
		size_t mid = (from + to) / 2;
		int order = memcmp(c, han_classes + mid * HAN_ENTRY, HAN_BYTES);
		if (order == 0)
			return han_classes[mid * HAN_ENTRY + HAN_BYTES];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return 0;
}

void lang_han_note(struct lang_han *h, struct str c)
{
	static const char often[] = "我你您她的是吧呢啊怎哪很要能想";

	if (c.n != HAN_BYTES)
		return;
	char class = han_class(c.p);
	h->simple += class == 's' || class == 'S';
	h->full += class == 't' || class == 'T';
	h->simple_zh += class == 's';
	h->full_zh += class == 't';
	h->ja += class == 'j';
	h->zh += memmem(often, sizeof often - 1, c.p, c.n) != NULL;
}

/* Words that Japanese writes without kana and Chinese seldom has, and the other way about. */
/* clang-format off */
static const char *const ja_words[] = {
	"注文", "返品", "返金", "発送", "配達", "未着", "荷物", "未届", "在庫", "領収", "請求書", "送料",
	"変更", "追跡", "至急", "御社", "弊社", "支払", "割引", "代引", "宅配便", "急便", "受取", "引換",
	"番号", "住所", "相違", "不具合", "欠品", "品切", "売切", "入荷", "納期", "見積", "明細", "日時",
	"不在票", "問合", "取消希望", "交換希望", "連絡希望", "了承", "承知", "失礼", "御願", "何時", "何日",
	"何処", "昨日", "写真", "返事", "返信", "返答", "税込", "税抜", "送付", "郵便", "郵送", "有料",
};
static const char *const zh_words[] = {
	"退款", "退貨", "客服", "快遞", "物流", "多久", "多少", "可以", "收到", "什", "取消訂", "尺寸",
	"没有", "沒有", "不了", "了嗎", "了没", "謝",
};
/* clang-format on */

static int words_in(struct str text, const char *const *v, size_t n)
{
	int found = 0;

	for (size_t i = 0; i < n; i++)
		found += memmem(text.p, text.n, v[i], strlen(v[i])) != NULL;
	return found;
}

float lang_han_japanese(const struct lang_han *h, struct str text, size_t letters)
{
	int zh_alone = h->simple_zh + h->full_zh, ja = 4 * h->ja, zh = 3 * zh_alone + 2 * h->zh;

	if (letters <= 64) { /* longer texts without kana are not Japanese */
		ja += 4 * words_in(text, ja_words, COUNT(ja_words));
		zh += 3 * words_in(text, zh_words, COUNT(zh_words));
		/* Japanese ends with what is wished, Chinese goes on */
		text = str_trim(text);
		ja += str_ends(text, S("希望")) ? 3 : 0;
		/* simplified and traditional at once, by the measure of Chinese */
		if (zh_alone == 0 && h->simple && h->full)
			ja += 3;
	}
	return (float)(ja - zh) - 0.8f - 0.2f * (float)letters;
}

/* Words, phrases and endings that one side of an ocean writes: `*` stands for the beginning of a
 * word, a first `+` counts twice. */
/* clang-format off */
static const struct {
	const char *code, *variant, *marks[80];
} variants[] = {
	{"pt", "pt-BR", {
		"você", "vocês", "+celular", "+ônibus", "+cadê", "+tô", "tá", "pra", "pro", "frete", "+cpf", "+cnpj",
		"+boleto", "+rastreio", "+rastreamento", "+nota fiscal", "+econômico", "+eletrônico", "+oi",
		"+estorno", "+estornar", "tela", "a gente", "+pix", "+cep", "usuário", "+tênis", "+bebê", "equipe",
		"+caminhão", "+geladeira", "+trem", "+sedex", "+mercado livre", "+parcelar", "+parcelado",
		"+estou *ndo", "+está *ndo", "+estão *ndo", "+estava *ndo", "+to *ndo", "minha encomenda",
		"+caixa eletrônico", "+xícara", "+banheiro", "+maiô", "+camiseta", "+né", "+r$",
	}},
	{"pt", "pt-PT", {
		"encomenda", "a minha encomenda", "+telemóvel", "+telemóveis", "+autocarro", "+comboio", "+portes",
		"+contacto", "+contactar", "+contactei", "vossa", "vosso", "vossas", "vossos", "+facto", "+connosco",
		"+convosco", "+nif", "+receção", "+económico", "+eletrónico", "+electrónico", "+morada", "+ecrã", "+multibanco",
		"+mbway", "+mb way", "+ctt", "+estafeta", "+utilizador", "+palavra-passe", "+ténis", "+bebé", "equipa",
		"+registo", "+estou a *ar", "+estou a *er", "+estou a *ir", "+está a *ar", "+está a *er", "+está a *ir",
		"+estão a *ar", "+estão a *er", "+estava a *ar", "+estava a *er", "estou à espera", 
		"+gostava de *ar", "+gostava de *er", "+frigorífico", "+casa de banho", "+pequeno-almoço",
		"camisola", "+fato de banho", "+gajo", "+fixe", "+rapariga", "+iva",
	}},
	{"es", "es-MX", {
		"+celular", "+celulares", "+computadora", "+ahorita", "+ahoritita", "+checar", "+platicar", "+rfc",
		"+curp", "+oxxo", "+spei", "+mxn", "+cdmx", "+número de guía", "guía de rastreo", "+enojado", "+enojada",
		"+meses sin intereses", "+playera", "+chamarra", "+refacción", "+refacciones", "audífonos",
		"+güey", "+wey", "+chido", "+órale", "+nomás", "+mis tenis", "+unos tenis", "+los tenis", "+aretes",
		"mi carro", "+laptop", "+cajuela",
	}},
	{"es", "es-ES", {
		"+vosotros", "+vosotras", "+vuestra", "+vuestro", "+vuestras", "+vuestros", "+os", "+mi móvil", "+el móvil",
		"+un móvil", "+del móvil", "+móviles", "+ordenador", "+ordenadores", "+*áis", "+*éis", "+*steis", "+sois",
		"+carro de la compra", "+cesta de la compra", "coger", "cogido", "+enfadado", "+enfadada", "+enfado",
		"+bañador", "+chándal", "+bizum", "+seur", "+guay", "+mola", "+*adme", "+*edme", "+*idme", "+zumo", "dni",
		"+vale,",
	}},
};
/* clang-format on */

static bool letter(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t word_end(struct str t, size_t at)
{
	while (at < t.n && letter(t.p[at]))
		at++;
	return at;
}

/* Whether the mark, which may hold one `*`, stands at `at`, where a word begins. */
static bool mark_at(struct str t, size_t at, const char *mark)
{
	const char *star = strchr(mark, '*');
	size_t n = star ? (size_t)(star - mark) : strlen(mark);

	if (at + n > t.n || strncasecmp(t.p + at, mark, n) != 0)
		return false;
	if (!star)
		return at + n == t.n || !letter(t.p[at + n]) || !letter(mark[n - 1]);
	size_t end = word_end(t, at + n), tail = strlen(star + 1);
	return end > at + n + tail && strncasecmp(t.p + end - tail, star + 1, tail) == 0;
}

/* How much the marks of a variant weigh in the text; each counts once. */
static int weigh_marks(struct str t, const char *const *marks, size_t n)
{
	uint64_t seen[2] = {0};
	int weight = 0;

	for (size_t at = 0; at < t.n; at++) {
		if (!letter(t.p[at]) || (at && letter(t.p[at - 1])))
			continue;
		for (size_t k = 0; k < n && marks[k]; k++) {
			const char *mark = marks[k] + (marks[k][0] == '+');
			if ((mark[0] != '*' && ((mark[0] ^ t.p[at]) & 0xdf)) ||
			    seen[k / 64] >> k % 64 & 1 || !mark_at(t, at, mark))
				continue;
			seen[k / 64] |= 1ull << k % 64;
			weight += 1 + (marks[k][0] == '+');
		}
	}
	return weight;
}

const char *lang_variant(const char *code, const struct lang_han *h, struct str text)
{
	int best = 0, next = 0;
	const char *name = "";

	if (strcmp(code, "zh") == 0)
		return h->simple == h->full ? "" : h->simple > h->full ? "zh-Hans" : "zh-Hant";
	for (size_t i = 0; i < COUNT(variants); i++) {
		if (strcmp(variants[i].code, code) != 0)
			continue;
		int weight = weigh_marks(text, variants[i].marks, COUNT(variants[i].marks));
		if (weight > best) {
			next = best;
			best = weight;
			name = variants[i].variant;
		} else if (weight > next) {
			next = weight;
		}
	}
	return best > next ? name : "";
}
