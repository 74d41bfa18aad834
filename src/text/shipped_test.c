/* What ships works: the language table, mood, topic and tone on plain sentences and bad input. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/emotion.h"
#include "text/lang.h"
#include "text/tone.h"
#include "text/topic.h"

#include "base/buf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *text, *code, *variant;
} languages[] = {
	{"Where is my order?", "en", ""},           {"Wo ist mein Paket?", "de", ""},
	{"Où est ma commande ?", "fr", ""},         {"¿Dónde está mi pedido?", "es", ""},
	{"Jeg har ikke fået min pakke, hvad nu?", "da", ""}, {"Hvor er pakken min? Jeg har ikke fått den", "nb", ""},
	{"Var är mitt paket? Jag väntar fortfarande", "sv", ""},
	{"我的訂單還沒發貨", "zh", "zh-Hant"},      {"我的订单还没发货", "zh", "zh-Hans"},
	{"注文はどこですか", "ja", ""},             {"배송 언제 와요", "ko", ""},
	{"Где моя посылка?", "ru", ""},             {"Де моя посилка? Вона ще не прийшла", "uk", ""},
	{"أين طلبي؟", "ar", ""},                    {"Πού είναι το δέμα μου;", "el", ""},
	{"พัสดุอยู่ที่ไหน", "th", ""},                {"מתי תגיע החבילה", "he", ""},
	{"iPhone 15 手机壳到哪了", "zh", ""},       {"123 456", "und", ""},
	{"", "und", ""},                            {"😀😀", "und", ""},
	{"\xff\xfe\x80", "und", ""},                {"meu celular não chegou, cadê o frete que você cobrou", "pt", "pt-BR"},
	{"Hello", "en", ""}, {"Hellooooo", "en", ""}, {"hi", "en", ""}, {"thanks", "en", ""}, {"danke", "de", ""},
	{"merci", "fr", ""}, {"gracias", "es", ""}, {"obrigado", "pt", ""}, {"ciao", "it", ""}, {"takk", "nb", ""},
	{"refund pls", "en", ""}, {"ok thanks", "en", ""}, {"todavia nada", "es", ""}, {"nagot nytt?", "sv", ""},
	{"avbestill ordren", "nb", ""}, {"annuller ordren", "da", ""}, {"mera order kahan hai", "hi", ""},
	{"注文取消希望", "ja", ""}, {"再送希望", "ja", ""}, {"商品破損 返金希望", "ja", ""}, {"商品質量問題", "zh", "zh-Hant"},
	{"iPhone 15 Pro Max", "und", ""}, {"Amazon", "und", ""}, {"ok", "und", ""}, {"WH-1000XM5", "und", ""},
	{"help@shop.example", "und", ""}, {"https://shop.example/where-is-my-parcel", "und", ""},
	{"iPhone Hülle kaputt", "de", ""}, {"能退吗", "zh", "zh-Hans"}, {"可以退嗎", "zh", "zh-Hant"},
	{"裝置無法啟動", "zh", "zh-Hant"}, {"台灣寄送要多久", "zh", "zh-Hant"}, {"取消", "zh", "-"},
	{"Olá, meu produto não chegou", "pt", "-"}, {"Fiquei muito triste", "pt", "-"},
	{"Olá, estou aguardando o envio", "pt", "pt-BR"}, {"estou a aguardar o envio", "pt", "pt-PT"},
	{"a vossa morada está errada", "pt", "pt-PT"}, {"Gostava de devolver o telemóvel", "pt", "pt-PT"},
	{"Minha encomenda não chegou", "pt", "-"}, {"Qué pena", "es", "-"}, {"quiero mi dinero ya", "es", "-"},
	{"El carro de la compra no funciona", "es", "es-ES"}, {"¿cuándo me enviáis el paquete?", "es", "es-ES"},
	{"mi celular no llegó, chequen ahorita", "es", "es-MX"}, {"no vale la pena el ordenador", "es", "es-ES"},
};

/* Too little to tell by, or spelled alike in several languages: whatever is guessed is not sure. */
static const char *const unsure[] = {
	"moi", "godmorgen", "hej", "Amazon", "iPhone 15 Pro Max", "ok", "Anna Kowalska", "asdfghjkl", "XXL",
	"DHL Express", "黑色", "cancelar", "no", "si", "", "aaaaaaaaaaaaaaaaaaa",
};
/* clang-format on */

static void tells_languages(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why;
	struct lang_result r;

	assert_int_equal(lang_map(a, MODELS "/lang.table", &t, &why), E_OK);
	for (size_t i = 0; i < COUNT(languages); i++) {
		lang_detect(t, str_of(languages[i].text), NULL, &r);
		assert_string_equal(r.main.code, languages[i].code);
		if (languages[i].variant[0]) /* "-": none */
			assert_string_equal(r.variant, languages[i].variant +
							   (languages[i].variant[0] == '-'));
	}
	for (size_t i = 0; i < COUNT(unsure); i++) {
		lang_detect(t, str_of(unsure[i]), NULL, &r);
		assert_false(r.sure);
	}
	struct buf million = BUF(a);
	while (million.n < 1000000)
		buf_z(&million, "a");
	lang_detect(t, buf_str(&million), NULL, &r);
	assert_false(r.sure);
	arena_free(a);
}

/* A text at the end of a page that has none after it: CLD2 looked one character further. */
static void reads_no_further(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why;
	struct lang_result r;
	static const char *const ends[] = {"Croroo\357\274\237ro\345\204\200",
					   "ma commande 儀",
					   "está aqu\303\255",
					   "где она не",
					   "und ist 退款",
					   "my order 😀",
					   "Wo ist das Paket?"};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *room =
	    mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(room, MAP_FAILED);
	assert_int_equal(mprotect(room + page, page, PROT_NONE), 0);
	assert_int_equal(lang_map(a, MODELS "/lang.table", &t, &why), E_OK);
	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t n = strlen(ends[i]);
		char *text = memcpy(room + page - n, ends[i], n);
		lang_detect(t, (struct str){text, n}, NULL, &r);
	}
	munmap(room, 2 * page);
	arena_free(a);
}

static void hears_what_the_caller_knows(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why;
	struct lang_result r;
	const struct lang_prior nordic[] = {{"da", 0.9f}, {"en", 0.1f}};

	assert_int_equal(lang_map(a, MODELS "/lang.table", &t, &why), E_OK);
	lang_detect(t, S("Hvor er den?"), &(struct lang_priors){nordic, 2, true}, &r);
	assert_string_equal(r.main.code, "da");
	const struct lang_prior east[] = {{"ja", 0.9f}, {"zh", 0.1f}};
	lang_detect(t, S("取消"), &(struct lang_priors){east, 2, true}, &r);
	assert_string_equal(r.main.code, "ja");
	const struct lang_prior two[] = {{"en", 0.5f}, {"de", 0.5f}}, one[] = {{"ja", 1}},
				arab[] = {{"ar", 1}};
	const struct {
		const char *text, *code;
		struct lang_priors of;
	} only[] = {{"你好，我的包裹还没到", "und", {two, 2, true}},
		    {"你好，我的包裹还没到", "und", {one, 1, true}},
		    {"주문은 언제 와요", "und", {two, 2, true}},
		    {"پیام من گم شده", "ar", {arab, 1, true}}};
	for (size_t i = 0; i < COUNT(only); i++) {
		lang_detect(t, str_of(only[i].text), &only[i].of, &r);
		assert_string_equal(r.main.code, only[i].code);
		assert_true(strcmp(only[i].code, "und") != 0 || !r.sure);
	}
	lang_detect(t,
		    S("Hello, I have a question about my order. Wann kommt mein Paket endlich an?"),
		    NULL, &r);
	assert_true(r.other_count == 1);
	arena_free(a);
}

static void refuses_broken_tables(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct lang_table *t;
	const char *why;
	struct str b;

	assert_int_equal(
	    lang_pack(a, S("20746865\ten:100 de:60\n61\ten:70\n"), S("de\tund ist\n"), &b), E_OK);
	assert_int_equal(lang_open(a, b, &t, &why), E_OK);
	for (size_t n = 0; n < b.n; n += 7)
		assert_int_equal(lang_open(a, (struct str){b.p, n}, &t, &why), E_MALFORMED);
	assert_int_equal(lang_map(a, "/no/such/file", &t, &why), E_NOTFOUND);
	assert_int_equal(lang_pack(a, S(""), S(""), &b), E_INVALID);
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *text;
	enum mood mood;
} moods[] = {
	{"I am furious, this is unacceptable!!!", MOOD_ANGRY},
	{"Thank you so much, excellent service!", MOOD_PLEASED},
	{"I'm worried my parcel is lost", MOOD_WORRIED},
	{"Ich bin sehr enttäuscht", MOOD_DISAPPOINTED},
	{"非常感谢，很满意", MOOD_PLEASED},
	{"", MOOD_NEUTRAL},
	/* what is denied */
	{"not bad", MOOD_PLEASED}, {"不错", MOOD_PLEASED}, {"还不错，挺满意的", MOOD_PLEASED}, {"не плохо", MOOD_PLEASED},
	{"nicht schlecht", MOOD_PLEASED}, {"悪くないです、満足しています", MOOD_PLEASED}, {"pas mal", MOOD_PLEASED},
	{"no está mal", MOOD_PLEASED}, {"nada mal", MOOD_PLEASED},
	{"Je ne suis pas satisfaite", MOOD_DISAPPOINTED}, {"不满意", MOOD_DISAPPOINTED},
	{"I am not angry at all", MOOD_NEUTRAL}, {"thanks for nothing", MOOD_ANGRY},
	{"最悪の対応です、腹が立ちます", MOOD_ANGRY}, {"Péssimo atendimento", MOOD_ANGRY},
	{"Bitte schicken Sie die Rechnung", MOOD_NEUTRAL}, {"WHERE IS MY ORDER?!?!?!!!", MOOD_ANGRY},
};

/* Each is said more strongly than the one before. */
static const char *const louder[][3] = {
	{"😡", "😡😡", "😡😡😡"},
	{"Where is my order?", "Where is my order?!?!", "WHERE IS MY ORDER?!?!?!!!"},
	{"Ответьте уже", "Ответьте уже!!", "ОТВЕТЬТЕ УЖЕ!!!"},
	{"退款", "退款！！", "退款！！！！"},
};
/* clang-format on */

static void hears_moods(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct emotion e, calm, after;

	assert_int_equal(text_model_map(a, MODELS "/emotion.model", NULL, &m, &why), E_OK);
	for (size_t i = 0; i < COUNT(moods); i++) {
		assert_int_equal(emotion_read(m, f, str_of(moods[i].text), &e), E_OK);
		if (e.best != moods[i].mood)
			fail_msg("%s: %s", moods[i].text, mood_name(e.best));
		assert_true(e.intensity >= 0 && e.intensity <= 1);
	}
	for (size_t i = 0; i < COUNT(louder); i++)
		for (size_t k = 1; k < 3; k++) {
			assert_int_equal(emotion_read(m, f, str_of(louder[i][k - 1]), &calm), E_OK);
			assert_int_equal(emotion_read(m, f, str_of(louder[i][k]), &e), E_OK);
			assert_true(e.intensity > calm.intensity + 0.02f);
		}
	assert_int_equal(emotion_read(m, f, S("I am furious, this is unacceptable!!!"), &e), E_OK);
	assert_int_equal(emotion_read(m, f, S("the colour is blue"), &calm), E_OK);
	emotion_smooth(&e, &calm, 0.1, &after);
	assert_true(after.negative > calm.negative && after.negative < e.negative);
	emotion_smooth(&e, &calm, 2400, &after);
	assert_true(fabsf(after.negative - calm.negative) < 0.01f);
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *subject, *body, *label;
	enum complexity complexity;
} topics[] = {
	{"", "Where is my parcel? The tracking does not move.", "delivery", COMPLEXITY_SIMPLE},
	{"Refund", "When will I get it?", "refund", COMPLEXITY_SIMPLE},
	{"", "优惠券用不了", "promotion", COMPLEXITY_SIMPLE},
	/* four codes and anger are more than one look; what the subject names counts once */
	{"", "I am furious, this is unacceptable, refund HX-200B, TSH-RED-42, AB-CD-1234, ZX-900Q!!!", "delivery", COMPLEXITY_MEDIUM},
	{"Refund for #55012 and #55013", "I am furious, this is unacceptable!!! I want my money back!!!", "refund", COMPLEXITY_SIMPLE},
	{"Refund refused", "Where is my money? I was injured by the broken lamp, went to hospital and "
	 "my lawyer will take it to court if you do not refund me.", "refund", COMPLEXITY_COMPLEX},
};

/* What law and harm are in each language, and words that only look like them. */
static const struct {
	const char *body;
	enum complexity complexity;
} cases[] = {
	{"Your product injured my son, I will sue you and call the police", COMPLEXITY_COMPLEX},
	{"孩子被烫伤了，正在住院", COMPLEXITY_COMPLEX},
	{"Meine Tochter hat sich am Griff verbrannt und musste zum Arzt", COMPLEXITY_COMPLEX},
	{"Подам в суд, если не вернёте деньги", COMPLEXITY_COMPLEX},
	{"Vou ao Procon", COMPLEXITY_COMPLEX},
	{"Je me suis blessé avec la lame", COMPLEXITY_COMPLEX},
	{"Dziecko połknęło baterię", COMPLEXITY_COMPLEX},
	{"弁護士に相談します", COMPLEXITY_COMPLEX},
	{"The adapter caught fire", COMPLEXITY_MEDIUM},
	{"The lamp is on fire", COMPLEXITY_MEDIUM},
	{"is it on fire sale", COMPLEXITY_SIMPLE},
	{"The kettle from on fire sale is defective, it is on fire and does not work", COMPLEXITY_MEDIUM},
	{"There is an issue with my order, where is my parcel?", COMPLEXITY_SIMPLE},
	{"Thanks for the courtesy call about my delivery", COMPLEXITY_SIMPLE},
	{"Que legal, amei", COMPLEXITY_SIMPLE},
	{"色だけが違います", COMPLEXITY_SIMPLE},
	{"Где моя посуда?", COMPLEXITY_SIMPLE},
	{"Где моя кровать?", COMPLEXITY_SIMPLE},
	{"Le câble est trop court", COMPLEXITY_SIMPLE},
};

static const struct {
	const char *text;
	enum topic_say say;
	enum topic_parent parent;
} said[] = {
	{"", TOPIC_SAY_NOTHING, TOPIC_PARENTS},          {"a", TOPIC_SAY_NOTHING, TOPIC_PARENTS},
	{"asdf qwer", TOPIC_SAY_NOTHING, TOPIC_PARENTS}, {"👍", TOPIC_SAY_NOTHING, TOPIC_PARENTS},
	{"😡", TOPIC_SAY_NOTHING, TOPIC_PARENTS},        {"12345", TOPIC_SAY_NOTHING, TOPIC_PARENTS},
	{"你好", TOPIC_SAY_NOTHING, TOPIC_PARENTS},      {"Guten Tag", TOPIC_SAY_NOTHING, TOPIC_PARENTS},
	{"Where is my parcel?", TOPIC_SAY_LEAF, TOPIC_SHIPMENT},
};
/* clang-format on */

static void tells_topics(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m, *mood;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct topic t;
	struct emotion e;

	assert_int_equal(text_model_map(a, MODELS "/topic.model", NULL, &m, &why), E_OK);
	assert_int_equal(text_model_map(a, MODELS "/emotion.model", NULL, &mood, &why), E_OK);
	for (size_t i = 0; i < text_model_labels(m); i++)
		assert_true(topic_parent_of(text_model_label(m, i)) < TOPIC_PARENTS);
	for (size_t i = 0; i < COUNT(topics); i++) {
		assert_int_equal(emotion_read(mood, f, str_of(topics[i].body), &e), E_OK);
		topic_read(a, m, f, str_of(topics[i].subject), str_of(topics[i].body), &e, &t);
		assert_true(str_eq(text_model_label(m, t.label[0]), str_of(topics[i].label)));
		if (t.complexity != topics[i].complexity)
			fail_msg("%s: %d", topics[i].body, (int)t.complexity);
		assert_true(t.parent_p >= t.p[0] - 1e-4f);
	}
	for (size_t i = 0; i < COUNT(said); i++) {
		topic_read(a, m, f, S(""), str_of(said[i].text), NULL, &t);
		assert_int_equal(t.say, said[i].say);
		if (said[i].parent != TOPIC_PARENTS)
			assert_int_equal(t.parent, said[i].parent);
	}
	arena_free(a);
}

static void knows_grave_cases(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct topic t;

	assert_int_equal(text_model_map(a, MODELS "/topic.model", NULL, &m, &why), E_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		topic_read(a, m, f, S(""), str_of(cases[i].body), NULL, &t);
		if (t.complexity != cases[i].complexity)
			fail_msg("%s: %d", cases[i].body, (int)t.complexity);
	}
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *language, *draft;
	bool harsh;
} drafts[] = {
	{"en", "Tracking: LX123456785CN", false},              {"en", "www.shop.example", false},
	{"en", "", false},         {"en", "👍", false},         {"en", "12345", false},      {"en", "?!", false},
	{"en", "Your order number is 4471.", false},           {"en", "No problem at all, we'll replace it.", false},
	{"de", "Ihre Bestellnummer lautet 4471.", false},      {"ja", "問題ありません、交換します。", false},
	{"ja", "お待たせして申し訳ありません。", false},       {"fr", "Votre colis est parti.", false},
	/* plain facts have no manners */
	{"en", "We do not ship to Norway.", false},            {"de", "Wir liefern nicht nach Norwegen.", false},
	{"es", "No hay stock.", false},                        {"ja", "サイズは少し小さめです。", false},
	{"zh", "不发新疆。", false},                           {"ja", "在庫はありません。", false},
	{"en", "It is out of stock, deal with it.", true},     {"de", "Ausverkauft. Finden Sie sich damit ab.", true},
	{"en", "It is out of stock, stop complaining.", true}, {"en", "Learn to read: www.shop.example", true},
	{"en", "Write whatever review you like", true},        {"de", "Dann klagen Sie doch.", true},
	{"es", "Ni hablar.", true},                            {"zh", "有本事你去告。", true},
	{"ja", "ありえません。そっちの問題でしょ。", true},   {"fr", "Non.", true},
};
/* clang-format on */

/* What is harsh names its words, why, and a kinder way; what holds no word is not harsh. */
static void names_what_is_harsh(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct tone t;

	assert_int_equal(text_model_map(a, MODELS "/tone.model", NULL, &m, &why), E_OK);
	for (size_t i = 0; i < COUNT(drafts); i++) {
		struct str draft = str_of(drafts[i].draft);
		tone_read(m, f, draft, drafts[i].language, &t);
		if (t.harsh != drafts[i].harsh)
			fail_msg("%s: %g", drafts[i].draft, (double)t.p);
		bool known = tone_better(drafts[i].language, TONE_COLD) != NULL;
		assert_true(t.harsh && known ? t.hits > 0 : t.hits == 0);
		for (size_t k = 0; k < t.hits; k++) {
			assert_true(t.hit[k].from < t.hit[k].to && t.hit[k].to <= draft.n);
			assert_non_null(tone_better(drafts[i].language, t.hit[k].reason));
		}
	}
	char *zeros = NEWN(a, char, 1000000);
	tone_read(m, f, (struct str){zeros, 1000000}, "en", &t);
	assert_true(!t.harsh && t.p < 0.01f && t.hits == 0);
	arena_free(a);
}

static void tells_a_drafts_language(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct lang_table *langs;
	const char *why;

	assert_int_equal(lang_map(a, MODELS "/lang.table", &langs, &why), E_OK);
	for (size_t i = 6; i < COUNT(drafts); i++)
		assert_string_equal(tone_language(langs, str_of(drafts[i].draft)),
				    strcmp(drafts[i].language, "fr") == 0 ? ""
									  : drafts[i].language);
	assert_string_equal(tone_language(langs, S("12345")), "");
	arena_free(a);
}

static void warns_of_harsh_drafts(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct tone t;
	struct str draft = S("Well, that is YOUR problem.");

	assert_int_equal(text_model_map(a, MODELS "/tone.model", NULL, &m, &why), E_OK);
	tone_read(m, f, draft, "en", &t);
	assert_true(t.harsh && t.hits == 1 && t.hit[0].reason == TONE_BLAME);
	assert_true(str_eq(str_slice(draft, t.hit[0].from, t.hit[0].to), S("YOUR problem")));
	/* a zero hides nothing on either side of it */
	tone_read(m, f, S("Fine.\0 You are lying to us, stop complaining"), "en", &t);
	assert_true(t.harsh && t.hits == 2);
	tone_read(m, f, S("You are lying to us.\0 Stop complaining"), "en", &t);
	assert_true(t.harsh && t.hits == 2);
	tone_read(NULL, f, S("Thank you, I will check it right away."), "en", &t);
	assert_false(t.harsh);
	tone_read(m, f, S(""), "xx", &t);
	assert_true(t.hits == 0);
	assert_non_null(tone_better("ja", TONE_FINAL));
	assert_null(tone_better("xx", TONE_FINAL));
	arena_free(a);
}

/* A megabyte of one thing: bounded time, a sensible answer. */
static void bears_bad_input(void **state)
{
	(void)state;
	static const char *const units[] = {"a",    "退", "\xcc\x81", "😀",
					    "\xff", "!",  " a b",     "\xe2\x80\x8f"};
	struct arena *a = arena_new();
	const struct lang_table *t;
	const struct text_model *m;
	const char *why;
	struct feats *f = NEW(a, struct feats);
	struct lang_result r;
	struct emotion e;
	struct tone tone;

	assert_int_equal(lang_map(a, MODELS "/lang.table", &t, &why), E_OK);
	assert_int_equal(text_model_map(a, MODELS "/emotion.model", NULL, &m, &why), E_OK);
	for (size_t i = 0; i < COUNT(units); i++) {
		struct buf b = BUF(a);
		while (b.n < 1000000)
			buf_z(&b, units[i]);
		lang_detect(t, buf_str(&b), NULL, &r);
		assert_int_equal(emotion_read(m, f, buf_str(&b), &e), E_OK);
		tone_read(NULL, f, buf_str(&b), "en", &tone);
		assert_true(r.main.p >= 0 && r.main.p <= 1 && isfinite(e.negative));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_languages),     cmocka_unit_test(hears_what_the_caller_knows),
	    cmocka_unit_test(reads_no_further),    cmocka_unit_test(refuses_broken_tables),
	    cmocka_unit_test(hears_moods),         cmocka_unit_test(tells_topics),
	    cmocka_unit_test(knows_grave_cases),   cmocka_unit_test(warns_of_harsh_drafts),
	    cmocka_unit_test(names_what_is_harsh), cmocka_unit_test(tells_a_drafts_language),
	    cmocka_unit_test(bears_bad_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
