/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip.h"

#include "base/buf.h"
#include "text/fold.h"

#include <string.h>

enum { FOLDED = 160, LINES_MAX = 20000, SIGN_LINES = 10, SIGN_WIDTH = 90 };

enum part { BODY, QUOTED, SIGNATURE };

struct line {
	struct str text;     /* without its end */
	char folded[FOLDED]; /* the beginning, case and accents gone, white space trimmed */
	char tail[32];       /* the end of the folded line */
	enum part part;
};

struct lines {
	struct line *v;
	size_t n;
};

/* Patterns are matched against folded text: small letters, no accents. */

/* A line that introduces what another person wrote: begins so, ends so. */
/* clang-format off */
static const struct {
	const char *begins, *ends;
} wrote[] = {
	{"on ", "wrote:"},       {"on ", "writes:"},        {"am ", ":"},           {"le ", "a ecrit :"},
	{"le ", "a ecrit:"},     {"el ", "escribio:"},      {"il ", "ha scritto:"}, {"em ", "escreveu:"},
	{"op ", "het volgende geschreven:"}, {"op ", ":"}, {"den ", "skrev:"}, {"den ", "skrev"},
	{"w dniu ", "pisze:"},   {"w dniu ", "napisał:"},   {"dnia ", "napisał(a):"}, {"a ", "escreveu:"},
	{"pe ", "a scris:"},     {"", "napisal:"},          {"", "napsal:"},        {"", "пишет:"},
	{"", "написал:"},        {"", "написал(а):"},       {"", "<br />写道："},   {"", "写道:"},
	{"", "写道："},          {"", "寫道："},            {"", "寫道:"},          {"", "のメール:"},
	{"", "のメッセージ:"},   {"", "が書きました:"},     {"", "さんは書きました:"}, {"", "님이 작성:"},
	{"", "schrieb:"},        {"", "wrote:"},            {"", "a ecrit :"},      {"", "escribio:"},
	{"", "ha scritto:"},     {"", "escreveu:"},         {"", "yazdi:"},         {"", "كتب:"},
};

/* Lines after which all is an earlier mail. */
static const char *const separators[] = {
	"-----original message", "---- original message", "-------- original message",
	"-----ursprungliche nachricht", "-------- ursprungliche nachricht", "-----mensaje original",
	"-----message d'origine", "-------- message d'origine", "-----messaggio originale",
	"-----mensagem original", "-----oorspronkelijk bericht", "---------- forwarded message",
	"-------- forwarded message", "-----原始邮件", "------------------ 原始邮件", "------------------ original",
	"-----邮件原件", "-----元のメッセージ", "-----original email", "begin forwarded message",
	"-----oprindelig meddelelse", "-----исходное сообщение", "-------- исходное сообщение",
	"-------- пересылаемое сообщение", "---------- 转发的邮件", "-----转发邮件", "----- 원본 메시지",
	"-----wiadomosc oryginalna", "-----orijinal mesaj", "------ 原始邮件", "----回复的原邮件",
	"---- 回复的原邮件", "##- please type your reply above",
};

/* First words of the header lines that reply blocks carry; sender words and others. */
static const char *const from_words[] = {
	"from:", "von:", "de:", "de :", "da:", "van:", "fra:", "fran:", "od:", "kimden:", "от:", "发件人", "寄件者",
	"差出人", "보낸 사람", "보낸사람", "من:", "送信元",
};
static const char *const header_words[] = {
	"sent:", "to:", "subject:", "date:", "cc:", "gesendet:", "an:", "betreff:", "datum:", "envoye :",
	"envoye:", "a :", "a:", "objet :", "objet:", "enviado:", "enviado el:", "para:", "asunto:", "fecha:",
	"inviato:", "oggetto:", "data:", "verzonden:", "aan:", "onderwerp:", "assunto:", "wyslano:", "do:",
	"temat:", "gonderildi:", "kime:", "konu:", "отправлено:", "кому:", "тема:", "дата:", "发送时间", "发送日期",
	"收件人", "主题", "日期", "寄件日期", "收件者", "主旨", "送信日時", "宛先", "件名", "日時", "보낸 날짜",
	"받는 사람", "제목", "skickat:", "till:", "amne:", "sendt:", "til:", "emne:",
};

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
/* clang-format on */

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool starts_any(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts(s, list[i]))
			return true;
	return false;
}

static size_t add_folded(const struct fold *f, char *to)
{
	size_t n = 0;
	uint32_t bare[3];

	for (size_t i = 0; i < f->n; i++) {
		size_t k = fold_bare(f->c[i], bare);
		for (size_t j = 0; j < k && n < 64; j++)
			n += fold_utf8(bare[j], to + n);
	}
	return n;
}

/* The line's beginning, folded; runs of white space become one space. */
static void fold_line(struct line *l)
{
	struct fold f;
	size_t at = 0, n = 0;
	char piece[72];

	while (n < FOLDED - 73 && fold_next(l->text, &at, &f)) {
		size_t k = add_folded(&f, piece);
		bool space = k == 1 && ((unsigned char)piece[0] <= ' ' || piece[0] == 0x7f);
		if (space && (n == 0 || l->folded[n - 1] == ' '))
			continue;
		memcpy(l->folded + n, space ? " " : piece, k);
		n += k;
	}
	while (n && l->folded[n - 1] == ' ')
		n--;
	l->folded[n] = 0;
}

static void fold_tail(struct line *l)
{
	struct str t = str_trim(l->text);
	struct fold f;
	size_t at = t.n > 28 ? t.n - 28 : 0, n = 0;
	char piece[72];

	while (at < t.n && at && ((unsigned char)t.p[at] & 0xc0) == 0x80)
		at++;
	while (fold_next(t, &at, &f)) {
		size_t k = add_folded(&f, piece);
		if (n + k >= sizeof l->tail)
			break;
		memcpy(l->tail + n, piece, k);
		n += k;
	}
	l->tail[n] = 0;
}

static struct lines split(struct arena *a, struct str text)
{
	struct lines ls = {0};
	struct str rest = text, piece;

	for (size_t i = 0; i < text.n; i++)
		ls.n += text.p[i] == '\n';
	ls.n = ls.n + 1 > LINES_MAX ? LINES_MAX : ls.n + 1;
	ls.v = NEWN(a, struct line, ls.n);
	size_t n = 0;
	for (; n + 1 < ls.n && str_cut(&rest, '\n', &piece); n++)
		ls.v[n].text = piece;
	if (rest.n)
		ls.v[n++].text = rest;
	ls.n = n;
	for (size_t i = 0; i < n; i++) {
		struct line *l = &ls.v[i];
		if (l->text.n && l->text.p[l->text.n - 1] == '\r')
			l->text.n--;
		fold_line(l);
		fold_tail(l);
	}
	return ls;
}

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a >= b && strcmp(s + a - b, end) == 0;
}

/* A date, an address or a clock: what a "wrote:" line names beside the writer. */
static bool names_a_mail(const struct line *l)
{
	bool digit = false, at = false;

	for (size_t i = 0; i < l->text.n && i < 400; i++) {
		digit |= l->text.p[i] >= '0' && l->text.p[i] <= '9';
		at |= l->text.p[i] == '@';
	}
	return digit || at;
}

static bool says_wrote(const struct line *first, const struct line *last)
{
	if (!names_a_mail(first) && !names_a_mail(last))
		return false;
	for (size_t i = 0; i < COUNT(wrote); i++) {
		const char *end = wrote[i].ends;
		if (!starts(first->folded, wrote[i].begins) || !ends_with(last->tail, end))
			continue;
		if (strcmp(end, ":") != 0)
			return true;
		static const char *const verbs[] = {"schrieb", "schreef", "wrote"};
		for (size_t k = 0; k < COUNT(verbs); k++)
			if (strstr(first->folded, verbs[k]) || strstr(last->folded, verbs[k]))
				return true;
	}
	return false;
}

/* In any language: an address, a colon at the end, and quoted lines right after. */
static bool leads_quote(const struct lines *ls, size_t i)
{
	const struct line *l = &ls->v[i];
	size_t next = i + 1;

	while (next < ls->n && next < i + 3 && !ls->v[next].folded[0])
		next++;
	return ends_with(l->tail, ":") && str_find_char(str_clip(l->text, 400), '@') >= 0 &&
	       next < ls->n && ls->v[next].folded[0] == '>';
}

/* How many lines the introduction at i takes: 0, 1, or 2 and 3 when it was wrapped. */
static size_t wrote_lines(const struct lines *ls, size_t i)
{
	for (size_t n = 1; n <= 3 && i + n <= ls->n; n++) {
		const struct line *last = &ls->v[i + n - 1];
		if (!last->folded[0] || last->folded[0] == '>')
			return 0;
		if (n > 1 && !names_a_mail(&ls->v[i]))
			return 0;
		if (says_wrote(&ls->v[i], last) || leads_quote(ls, i + n - 1))
			return n;
	}
	return 0;
}

static const char *unstarred(const char *s)
{
	while (*s == '*' || *s == ' ')
		s++;
	return s;
}

/* A sender line with two more header lines in the four after it. */
static bool is_header_block(const struct lines *ls, size_t i)
{
	int others = 0;

	if (!starts_any(unstarred(ls->v[i].folded), from_words, COUNT(from_words)))
		return false;
	for (size_t k = i + 1; k < ls->n && k <= i + 5; k++)
		others += starts_any(unstarred(ls->v[k].folded), header_words, COUNT(header_words));
	return others >= 2;
}

static bool is_rule(const char *s)
{
	size_t n = strspn(s, "_");

	return n >= 10 && s[n] == 0;
}

static bool ends_body(const struct lines *ls, size_t i)
{
	const char *s = ls->v[i].folded;

	if (starts_any(s, separators, COUNT(separators)) || is_header_block(ls, i))
		return true;
	if (!is_rule(s))
		return false;
	while (++i < ls->n && !ls->v[i].folded[0])
		;
	return i < ls->n && is_header_block(ls, i);
}

static void mark_from(struct lines *ls, size_t i, enum part part)
{
	for (; i < ls->n; i++)
		if (ls->v[i].part == BODY)
			ls->v[i].part = part;
}

static size_t skip_blank(const struct lines *ls, size_t i)
{
	while (i < ls->n && !ls->v[i].folded[0])
		i++;
	return i;
}

static void mark_quotes(struct lines *ls)
{
	for (size_t i = 0; i < ls->n; i++) {
		struct line *l = &ls->v[i];
		if (l->folded[0] == '>') {
			l->part = QUOTED;
			continue;
		}
		if (ends_body(ls, i)) {
			mark_from(ls, i, QUOTED);
			return;
		}
		size_t n = wrote_lines(ls, i);
		if (n == 0)
			continue;
		size_t next = skip_blank(ls, i + n);
		if (next < ls->n && ls->v[next].folded[0] != '>') {
			mark_from(ls, i, QUOTED);
			return;
		}
		for (size_t k = i; k < i + n; k++)
			ls->v[k].part = QUOTED;
		i += n - 1;
	}
}

static bool is_closing(const char *s)
{
	char flat[FOLDED];
	size_t n = strlen(s);

	memcpy(flat, s, n + 1);
	for (size_t i = 0; i < COUNT(closings); i++) {
		size_t c = strlen(closings[i]);
		if (strncmp(flat, closings[i], c) != 0)
			continue;
		const char *rest = flat + c;
		if (rest[strspn(rest, " ,.!;:-")] == 0 || starts(rest, "。") ||
		    starts(rest, "！") || starts(rest, "，"))
			return strlen(rest) < 12;
		if (*rest == ',' && strlen(rest) < 30)
			return true;
	}
	return false;
}

/* Is what follows a sign-off short enough, and no more prose, to be a name and an address? */
static bool only_a_name(const struct lines *ls, size_t i)
{
	size_t n = 0;

	for (; i < ls->n; i++) {
		const struct line *l = &ls->v[i];
		if (l->part != BODY || !l->folded[0])
			continue;
		if (starts_any(l->folded, device, COUNT(device)) || strcmp(l->folded, "--") == 0)
			return true;
		if (++n > SIGN_LINES || l->text.n > SIGN_WIDTH || strchr(l->folded, '?') ||
		    starts(l->folded, "ps") || starts(l->folded, "p.s"))
			return false;
	}
	return true;
}

static bool is_signature(const struct lines *ls, size_t i)
{
	const struct line *l = &ls->v[i];

	if (strcmp(l->folded, "--") == 0 || strcmp(l->folded, "—") == 0 || is_rule(l->folded))
		return only_a_name(ls, i + 1);
	if (starts_any(l->folded, device, COUNT(device)))
		return only_a_name(ls, i + 1) || strlen(l->folded) > 60;
	return is_closing(l->folded) && only_a_name(ls, i + 1);
}

/* The first line may itself be "Thanks": a mail keeps at least one line of body. */
static void mark_signature(struct lines *ls)
{
	bool any = false;

	for (size_t i = 0; i < ls->n; i++) {
		if (ls->v[i].part != BODY || !ls->v[i].folded[0])
			continue;
		if (any && is_signature(ls, i)) {
			mark_from(ls, i, SIGNATURE);
			return;
		}
		any = true;
	}
}

static struct str join(struct arena *a, const struct lines *ls, enum part part)
{
	struct buf b = BUF(a);
	int blank = 0;

	for (size_t i = 0; i < ls->n; i++) {
		const struct line *l = &ls->v[i];
		if (!l->folded[0]) {
			blank++;
			continue;
		}
		if (l->part != part)
			continue;
		if (b.n)
			buf_z(&b, blank ? "\n\n" : "\n");
		blank = 0;
		buf_add(&b, l->text);
	}
	return str_trim(buf_str(&b));
}

void mail_strip(struct arena *a, struct str text, struct mail_parts *out)
{
	struct lines ls = split(a, text);

	mark_quotes(&ls);
	mark_signature(&ls);
	out->body = join(a, &ls, BODY);
	out->quoted = join(a, &ls, QUOTED);
	out->signature = join(a, &ls, SIGNATURE);
}
