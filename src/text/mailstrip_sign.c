/* mailstrip_sign.c - how a mail is signed: a sign-off, names and addresses, device lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip_line.h"

#include <string.h>

enum { SIGN_LINES = 10, SIGN_WIDTH = 90, NAME_WIDTH = 40, FRAME_LINES = 12, FRAME_MARKS = 3 };

/* Patterns are matched against folded text: small letters, no accents. */

/* clang-format off */
/* Sign-offs: the line is this, or this and a name after a comma. */
static const char *const closings[] = {
	"best", "best regards", "best wishes", "kind regards", "kindest regards", "warm regards", "regards",
	"many thanks", "thanks", "thank you", "thanks and regards", "thanks & regards", "thanks in advance",
	"thank you in advance", "sincerely", "yours sincerely", "yours faithfully", "yours truly", "cheers",
	"respectfully", "all the best", "with best regards", "with kind regards", "br", "rgds", "kr",
	"mit freundlichen grussen", "mit freundlichem gruss", "freundliche grusse", "viele grusse", "liebe grusse",
	"beste grusse", "herzliche grusse", "mfg", "lg", "vg", "gruss", "schone grusse", "hochachtungsvoll",
	"cordialement", "bien cordialement", "salutations", "meilleures salutations", "bonne journee", "cdlt",
	"sinceres salutations", "bien a vous", "merci d'avance", "merci",
	"saludos", "un saludo", "saludos cordiales", "atentamente", "un cordial saludo", "gracias", "muchas gracias",
	"gracias de antemano", "cordiales saludos",
	"atenciosamente", "cumprimentos", "com os melhores cumprimentos", "obrigado", "obrigada", "abracos", "att",
	"cordiali saluti", "distinti saluti", "saluti", "un saluto", "grazie", "grazie mille",
	"met vriendelijke groet", "met vriendelijke groeten", "groeten", "mvg", "vriendelijke groet", "alvast bedankt",
	"z powazaniem", "pozdrawiam", "serdecznie pozdrawiam", "med vanlig halsning", "vanliga halsningar", "mvh",
	"med venlig hilsen", "venlig hilsen", "med vennlig hilsen", "hilsen", "ystavallisin terveisin",
	"saygilarimla", "iyi calismalar", "tesekkurler", "с уважением", "с наилучшими пожеланиями", "спасибо",
	"此致", "此致敬礼", "祝好", "顺祝商祺", "谢谢", "祝商祺", "敬上", "敬礼", "顺颂商祺", "祝您工作顺利", "多谢",
	"よろしくお願いいたします", "よろしくお願いします", "よろしくお願い致します", "敬具", "以上よろしくお願いいたします",
	"何卒よろしくお願いいたします", "宜しくお願い致します", "宜しくお願いいたします", "宜しくお願いします",
	"감사합니다", "안녕히 계세요", "مع تحياتي", "مع خالص التحيات", "تحياتي", "شكرا",
};

/* Lines that programs and companies add: all from here on is signature. */
static const char *const device[] = {
	"sent from my ", "sent from outlook", "sent from yahoo", "sent from mail for", "sent via ", "get outlook for",
	"sent with proton", "sent from samsung", "von meinem ", "gesendet von ", "gesendet mit ", "von meinem iphone",
	"diese nachricht wurde von meinem", "envoye de mon ", "envoye depuis ", "envoye a partir de", "obtenez outlook",
	"enviado desde mi ", "enviado desde ", "enviado do meu ", "enviado a partir d", "inviato da ", "verstuurd vanaf ",
	"verzonden vanaf ", "wyslane z ", "skickat fran ", "sendt fra ", "lahetetty ", "отправлено с ", "отправлено из ",
	"发自我的", "从我的", "来自我的", "发自", "iphoneから送信", "androidから送信", "나의 iphone에서 보냄", "iphone'umdan gonderildi",
	"this e-mail and any", "this email and any", "this message and any", "this e-mail is confidential",
	"this email is confidential", "this message is confidential", "confidentiality notice", "disclaimer:",
	"diese e-mail enthalt", "diese e-mail kann", "ce message et", "este correo electronico", "este mensaje",
	"questo messaggio", "本邮件及其附件", "本電子郵件", "このメールは", "please consider the environment",
};

/* What only an address of a person or a company has. */
static const char *const contacts[] = {
	"@", "http", "www.", "tel", "fax", "phone", "mobile", "whatsapp", "wechat", "〒", "電話", "携帯", "电话", "手机",
	"微信", "株式会社", "有限会社", "有限公司", "co., ltd", "co.,ltd", "gmbh", "тел.", "전화",
};

/* After these an address is what was asked for, not a signature. */
static const char *const announces[] = {
	"address", "e-mail", "email", "my mail", "adresse", "direccion", "correo", "endereco", "indirizzo", "адрес", "почт",
	"地址", "邮箱", "郵箱", "以下", "如下", "下記", "住所", "アドレス", "주소", "below", "following", "unten",
	"folgend",
};

static const char *const titles[] = {"先生", "女士", "小姐"};

/* Surnames that a name of three characters begins with, and characters that make it a sentence. */
static const char surnames[] =
	"王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣"
	"蔡贾賈丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范石姚谭譚廖邹鄒熊陆陸郝孔崔康毛邱秦江史顾顧侯邵孟段雷钱錢汤湯尹黎武贺賀赖賴龚龔";
static const char sentence[] =
	"的了吗嗎呢吧不没沒是有我你您他她在要来來到么麼色款码碼号號件个個元块块年日月时時点點收发發货貨单單退换換买買快好请請谢謝感急多少"
	"大长長短高低旧舊用能会會可已还還再就都也很太这這那哪什怎";
/* clang-format on */

static bool is_closing(const char *s)
{
	for (size_t i = 0; i < COUNT(closings); i++) {
		if (!mail_starts(s, closings[i]))
			continue;
		const char *rest = s + strlen(closings[i]);
		if (rest[strspn(rest, " ,.!;:-")] == 0 || mail_starts(rest, "。") ||
		    mail_starts(rest, "！") || mail_starts(rest, "，"))
			return strlen(rest) < 12;
		if (*rest == ',' && strlen(rest) < 30)
			return true;
	}
	return false;
}

/* Is what follows a sign-off short enough, and no more prose, to be a name and an address? */
static bool only_a_name(struct mail_lines *ls, size_t i)
{
	size_t n = 0;

	for (; i < ls->n; i++) {
		if (ls->v[i].part != MAIL_BODY || mail_line_blank(ls, i))
			continue;
		const char *s = mail_look(ls, i)->folded;
		if (mail_starts_any(s, device, COUNT(device)) || strcmp(s, "--") == 0)
			return true;
		if (++n > SIGN_LINES || ls->v[i].text.n > SIGN_WIDTH || strchr(s, '?') ||
		    mail_starts(s, "ps") || mail_starts(s, "p.s"))
			return false;
	}
	return true;
}

static bool has_any(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(s, list[i]))
			return true;
	return false;
}

/* Does what was said before lead to what follows, an address that was asked for say? */
static bool is_announced(struct mail_lines *ls, size_t i)
{
	while (i > 0 && (ls->v[i - 1].part != MAIL_BODY || mail_line_blank(ls, i - 1)))
		i--;
	if (i == 0)
		return true;
	const struct mail_look *l = mail_look(ls, i - 1);
	return mail_ends(l->tail, ":") || has_any(l->folded, announces, COUNT(announces));
}

/* A line of dashes, stars or drawn signs and nothing else. */
static bool is_frame(const char *s)
{
	size_t marks;

	return !*mail_past_marks(s, &marks) && marks >= FRAME_MARKS;
}

static bool ends_sentence(const char *tail)
{
	return mail_ends(tail, ".") || mail_ends(tail, "!") || mail_ends(tail, "。");
}

static bool is_last(struct mail_lines *ls, size_t i)
{
	size_t next = mail_skip_blank(ls, i + 1);

	return next >= ls->n || ls->v[next].part != MAIL_BODY;
}

/* What a frame holds: who can be reached where, or between two lines a name in few words, with
 * a place or a firm when the mail ends there. */
static bool frames_contact(struct mail_lines *ls, size_t i)
{
	size_t words = 0;

	for (size_t k = i + 1; k < ls->n && k <= i + FRAME_LINES; k++) {
		if (ls->v[k].part != MAIL_BODY || mail_line_blank(ls, k))
			continue;
		const struct mail_look *l = mail_look(ls, k);
		if (has_any(l->folded, contacts, COUNT(contacts)))
			return true;
		if (is_frame(l->folded))
			return words == 1 || (words && words <= 3 && is_last(ls, k));
		words++;
		if (ends_sentence(l->tail) || strpbrk(l->folded, "0123456789") ||
		    ls->v[k].text.n > NAME_WIDTH || (unsigned char)l->folded[0] < 0x80)
			words += FRAME_LINES;
	}
	return false;
}

/* Only an address of mail, right above what is quoted: some programs sign so by themselves. */
static bool is_lone_address(struct mail_lines *ls, size_t i)
{
	struct str s = str_trim(ls->v[i].text);
	size_t next = mail_skip_blank(ls, i + 1);

	return s.n <= NAME_WIDTH && str_find_char(s, '@') > 0 && str_find_char(s, ' ') < 0 &&
	       next < ls->n && ls->v[next].part == MAIL_QUOTED && !is_announced(ls, i);
}

static bool has_char(const char *list, const char *c, size_t n)
{
	for (const char *p = list; *p; p += 3)
		if (!strncmp(p, c, n))
			return true;
	return false;
}

/* In Chinese: a name of three characters, of two that say how friends call one, or with a
 * title. */
static bool is_chinese_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 6 && (mail_starts(s, "小") || mail_starts(s, "老") || mail_starts(s, "阿")))
		return has_char(surnames, s + 3, 3);
	if (n < 9 || n > 12 || !has_char(surnames, s, 3))
		return false;
	for (size_t i = 0; i < COUNT(titles); i++)
		if (mail_ends(s, titles[i]))
			return true;
	return n == 9 && (unsigned char)s[3] >= 0xe4 && (unsigned char)s[3] <= 0xe9 &&
	       (unsigned char)s[6] >= 0xe4 && (unsigned char)s[6] <= 0xe9 &&
	       !has_char(sentence, s + 3, 3) && !has_char(sentence, s + 6, 3);
}

/* A name in its own paragraph, then at most a day or an address of mail. */
static bool is_name_at_end(struct mail_lines *ls, size_t i)
{
	if (i == 0 || !mail_line_blank(ls, i - 1) || !is_chinese_name(mail_look(ls, i)->folded))
		return false;
	size_t next = mail_skip_blank(ls, i + 1);
	if (next < ls->n && ls->v[next].part == MAIL_BODY && ls->v[next].text.n <= NAME_WIDTH &&
	    strpbrk(mail_look(ls, next)->folded, "0123456789@"))
		next = mail_skip_blank(ls, next + 1);
	return (next >= ls->n || ls->v[next].part != MAIL_BODY) && !is_announced(ls, i);
}

/* Few words without a number, the first in a capital or of a script that has none. */
static bool like_a_name(struct mail_lines *ls, size_t i)
{
	const struct mail_look *l = mail_look(ls, i);
	struct str s = str_trim(ls->v[i].text);
	int blanks = 0;

	for (size_t k = 0; k < s.n; k++)
		blanks += s.p[k] == ' ';
	bool first = s.n && !(s.p[0] >= 'a' && s.p[0] <= 'z');
	return first && s.n <= NAME_WIDTH && blanks <= 3 && !strpbrk(l->folded, "0123456789*#:?");
}

/* Two hyphens part a signature when a blank follows them, as the rule says.  Without it they
 * may part anything: then a name or a way to reach someone must follow. */
static bool parts_signature(struct mail_lines *ls, size_t i)
{
	struct str s = ls->v[i].text;
	size_t next = mail_skip_blank(ls, i + 1);

	if (str_starts(s, S("--")) && s.n > 2)
		return true;
	if (next >= ls->n || ls->v[next].part != MAIL_BODY || like_a_name(ls, next))
		return true;
	for (size_t k = next; k < ls->n && k <= next + SIGN_LINES; k++)
		if (ls->v[k].part == MAIL_BODY &&
		    (has_any(mail_look(ls, k)->folded, contacts, COUNT(contacts)) ||
		     mail_starts_any(mail_look(ls, k)->folded, device, COUNT(device))))
			return true;
	return false;
}

static bool is_signature(struct mail_lines *ls, size_t i)
{
	char s[MAIL_FOLDED];

	memcpy(s, mail_look(ls, i)->folded, sizeof s);
	if (strcmp(s, "--") == 0 || strcmp(s, "—") == 0)
		return only_a_name(ls, i + 1) && parts_signature(ls, i);
	if (mail_is_rule(s))
		return only_a_name(ls, i + 1);
	if (mail_starts_any(s, device, COUNT(device)))
		return strlen(s) > 60 || only_a_name(ls, i + 1);
	if (is_closing(s))
		return only_a_name(ls, i + 1);
	if (is_frame(s))
		return only_a_name(ls, i + 1) && frames_contact(ls, i) && !is_announced(ls, i);
	return strchr(s, '@') ? is_lone_address(ls, i) : is_name_at_end(ls, i);
}

/* The first line may itself be "Thanks": a mail keeps at least one line of body. */
void mail_mark_signature(struct mail_lines *ls)
{
	bool any = false;

	for (size_t i = 0; i < ls->n; i++) {
		if (ls->v[i].part != MAIL_BODY || mail_line_blank(ls, i))
			continue;
		if (any && is_signature(ls, i)) {
			mail_mark_from(ls, i, MAIL_SIGNATURE);
			return;
		}
		any = true;
	}
}
