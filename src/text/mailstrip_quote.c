/* mailstrip_quote.c - where a mail quotes: '>', "wrote:" lines, header blocks, separators. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mailstrip_line.h"

#include <string.h>

enum { BLOCK_LINES = 9, BLOCK_OTHERS = 3, TEXT_LOOK = 400 };

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
	{"", "написала:"},       {"", "写到:"},             {"", "撰寫:"},          {"", "kirjoitti:"},
	{"---- ", "wrote ----"}, {"---- ", "wrote ---"},    {"---- ", "写到 ----"}, {"", "napsal(a):"},
};

/* What stands between dashes above an earlier mail. */
static const char *const separators[] = {
	"original message", "original email", "original e-mail", "original mail", "forwarded message",
	"forwarded mail", "forwarded by", "begin forwarded message", "reply message",
	"ursprungliche nachricht", "urspruengliche nachricht", "ursprungliche mail", "ursprungliche e-mail",
	"originalnachricht", "original-nachricht", "weitergeleitete nachricht", "mensaje original",
	"correo original", "mensaje reenviado", "message d'origine", "message original", "mail original",
	"e-mail d'origine", "message transfere", "messaggio originale", "messaggio inoltrato",
	"mensagem original", "mensagem encaminhada", "mensagem reencaminhada", "oorspronkelijk bericht",
	"origineel bericht", "doorgestuurd bericht", "oprindelig meddelelse", "videresendt meddelelse",
	"opprinnelig melding", "ursprungligt meddelande", "vidarebefordrat meddelande", "alkuperainen viesti",
	"исходное сообщение", "пересылаемое сообщение", "пересланное сообщение", "оригинальное сообщение",
	"wiadomosc oryginalna", "oryginalna wiadomosc", "przekazana wiadomosc", "orijinal mesaj", "iletilen mesaj",
	"ozgun mesaj", "puvodni zprava", "puvodni e-mail", "preposlana zprava", "eredeti uzenet", "mesaj original",
	"原始邮件", "原始郵件", "原邮件", "回复的原邮件", "回复的邮件", "邮件原件", "转发的邮件", "转发邮件", "转发的原邮件",
	"轉寄的郵件", "元のメッセージ", "元のメール", "オリジナルメッセージ", "転送されたメッセージ", "転送メッセージ", "転送メール",
	"原文", "원본 메시지", "원본메시지", "원본 메일", "원본메일", "전달된 메시지",
};

/* The same without dashes. */
static const char *const bare_separators[] = {
	"begin forwarded message", "anfang der weitergeleiteten", "debut du message transfere",
	"debut du message reexpedie", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
	"inicio da mensagem reencaminhada", "начало пересылаемого сообщения", "##- please type your reply above",
	"以下是转发的邮件", "开始转发的邮件", "下記のメールを転送",
};

/* Words of the header lines that stand above what is answered. */
enum header { NONE = 0, FROM = 1, TO = 2, SUBJECT = 4, SENT = 8, DATE = 16, COPY = 32 };

static const struct {
	const char *word;
	enum header kind;
} headers[] = {
	{"from", FROM}, {"von", FROM}, {"de", FROM}, {"da", FROM}, {"van", FROM}, {"fra", FROM}, {"fran", FROM},
	{"od", FROM}, {"kimden", FROM}, {"gonderen", FROM}, {"от", FROM}, {"от кого", FROM}, {"发件人", FROM},
	{"寄件者", FROM}, {"寄件人", FROM}, {"發件人", FROM}, {"差出人", FROM}, {"送信者", FROM}, {"送信元", FROM},
	{"보낸 사람", FROM}, {"보낸사람", FROM}, {"من", FROM}, {"lahettaja", FROM}, {"expediteur", FROM},
	{"to", TO}, {"an", TO}, {"a", TO}, {"para", TO}, {"aan", TO}, {"do", TO}, {"kime", TO}, {"кому", TO},
	{"收件人", TO}, {"收件者", TO}, {"宛先", TO}, {"받는 사람", TO}, {"받는사람", TO}, {"till", TO}, {"til", TO},
	{"komu", TO}, {"destinataire", TO},
	{"subject", SUBJECT}, {"betreff", SUBJECT}, {"objet", SUBJECT}, {"asunto", SUBJECT}, {"oggetto", SUBJECT},
	{"onderwerp", SUBJECT}, {"assunto", SUBJECT}, {"temat", SUBJECT}, {"konu", SUBJECT}, {"тема", SUBJECT},
	{"主题", SUBJECT}, {"主旨", SUBJECT}, {"主題", SUBJECT}, {"件名", SUBJECT}, {"제목", SUBJECT}, {"amne", SUBJECT},
	{"emne", SUBJECT}, {"predmet", SUBJECT}, {"aihe", SUBJECT},
	{"sent", SENT}, {"gesendet", SENT}, {"envoye", SENT}, {"enviado", SENT}, {"enviado el", SENT},
	{"enviada em", SENT}, {"enviado em", SENT}, {"inviato", SENT}, {"verzonden", SENT}, {"wyslano", SENT},
	{"gonderildi", SENT}, {"отправлено", SENT}, {"发送时间", SENT}, {"发送日期", SENT}, {"寄件日期", SENT},
	{"傳送時間", SENT}, {"發送時間", SENT}, {"送信日時", SENT}, {"보낸 날짜", SENT}, {"보낸날짜", SENT},
	{"skickat", SENT}, {"sendt", SENT}, {"odeslano", SENT}, {"lahetetty", SENT},
	{"date", DATE}, {"datum", DATE}, {"fecha", DATE}, {"data", DATE}, {"дата", DATE}, {"日期", DATE}, {"日時", DATE},
	{"日付", DATE}, {"时间", DATE}, {"時間", DATE}, {"tarih", DATE}, {"dato", DATE}, {"날짜", DATE},
	{"cc", COPY}, {"kopie", COPY}, {"抄送", COPY}, {"副本", COPY}, {"копия", COPY}, {"importance", COPY},
	{"reply-to", COPY}, {"antwort an", COPY},
};
/* clang-format on */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What a line has of a mail: how many numbers, an address, a clock. */
struct numbers {
	size_t groups, first; /* first: where the first one stands */
	bool at, clock;
};

static struct numbers count_numbers(struct str text)
{
	struct numbers n = {.first = TEXT_LOOK};

	for (size_t i = 0; i < text.n && i < TEXT_LOOK; i++) {
		char c = text.p[i];

		n.at |= c == '@';
		if (is_digit(c) && (i == 0 || !is_digit(text.p[i - 1]))) {
			n.first = n.groups++ ? n.first : i;
			n.clock |= i > 1 && text.p[i - 1] == ':' && is_digit(text.p[i - 2]);
		}
	}
	return n;
}

/* A date, an address or a clock: what a "wrote:" line names beside the writer. */
static bool names_a_mail(struct str line)
{
	struct numbers n = count_numbers(line);

	return n.groups || n.at;
}

static bool says_wrote(struct mail_lines *ls, size_t from, size_t to)
{
	static const char *const verbs[] = {"schrieb", "schreef", "wrote"};
	const struct mail_look *first = mail_look(ls, from), *last = mail_look(ls, to);

	if (!names_a_mail(ls->v[from].text) && !names_a_mail(ls->v[to].text))
		return false;
	for (size_t i = 0; i < COUNT(wrote); i++) {
		const char *end = wrote[i].ends;
		if (!mail_ends(last->tail, end) || !mail_starts(first->folded, wrote[i].begins))
			continue;
		if (strcmp(end, ":") != 0)
			return true;
		for (size_t k = 0; k < COUNT(verbs); k++)
			if (strstr(first->folded, verbs[k]) || strstr(last->folded, verbs[k]))
				return true;
	}
	return false;
}

/* In any language: an address, a colon at the end, and quoted lines right after. */
static bool leads_quote(struct mail_lines *ls, size_t i)
{
	size_t next = i + 1;

	while (next < ls->n && next < i + 3 && mail_line_blank(ls, next))
		next++;
	return mail_ends(mail_look(ls, i)->tail, ":") && count_numbers(ls->v[i].text).at &&
	       next < ls->n && mail_look(ls, next)->folded[0] == '>';
}

/* In any language, whatever follows: day and clock, somebody, an address, a colon. */
static bool names_writer(struct mail_lines *ls, size_t from, size_t to)
{
	struct numbers first = count_numbers(ls->v[from].text);
	const char *tail = mail_look(ls, to)->tail;

	return first.clock && first.groups >= 3 && first.first < 40 &&
	       count_numbers(ls->v[to].text).at &&
	       (mail_ends(tail, ">:") || mail_ends(tail, "> :") || mail_ends(tail, "):"));
}

/* How many lines the introduction at i takes: 0, 1, or 2 and 3 when it was wrapped. */
static size_t wrote_lines(struct mail_lines *ls, size_t i)
{
	for (size_t n = 1; n <= 3 && i + n <= ls->n; n++) {
		const char *last = mail_look(ls, i + n - 1)->folded;
		if (!last[0] || last[0] == '>')
			return 0;
		if (n > 1 && !names_a_mail(ls->v[i].text))
			return 0;
		if (says_wrote(ls, i, i + n - 1) || leads_quote(ls, i + n - 1) ||
		    names_writer(ls, i, i + n - 1))
			return n;
	}
	return 0;
}

/* The kind of a header line, and what stands behind its colon. */
static enum header header_of(struct mail_lines *ls, size_t i, const char **value)
{
	const char *s = mail_look(ls, i)->folded;

	s += strspn(s, "*| ");
	for (size_t k = 0; k < COUNT(headers); k++) {
		const char *rest, *end;

		if (!mail_starts(s, headers[k].word))
			continue;
		rest = s + strlen(headers[k].word);
		end = rest + strspn(rest, "* ");
		/* tables of mail programs that write Chinese have no colon */
		if (*end != ':' && *end != '|' && !((unsigned char)*s >= 0x80 && end > rest))
			continue;
		*value = end + strspn(end, ":|* ");
		return headers[k].kind;
	}
	return NONE;
}

/* What the header lines that follow one another say together. */
struct block {
	unsigned kinds;
	bool address, dated;
};

static void add_header(struct block *b, enum header kind, const char *value, struct str line)
{
	b->kinds |= kind;
	b->address |= kind & (FROM | TO | COPY) && count_numbers(line).at;
	b->dated |= kind == SENT && *value;
	b->dated |= kind == DATE && strpbrk(value, "0123456789");
}

static bool is_whole(const struct block *b)
{
	unsigned others = b->kinds & ~(unsigned)FROM;

	/* at least two beside the sender, of which one bit alone is one */
	if (!(b->kinds & FROM) || !(others & (others - 1)))
		return false;
	return b->address || (b->dated && b->kinds & SUBJECT);
}

/* A sender, two more header lines, and an address or a day: a gift card says "From" and "To"
 * too, and a journey "Von" and "An".  Without the sender in front they must stand together. */
static bool is_header_block(struct mail_lines *ls, size_t i)
{
	struct block b = {0};
	const char *value = "";
	enum header kind = header_of(ls, i, &value);
	int others = kind == FROM ? BLOCK_OTHERS : 0;

	for (size_t k = i; kind && k < ls->n && k < i + BLOCK_LINES; k++) {
		enum header next = header_of(ls, k, &value);

		if (next)
			add_header(&b, next, value, ls->v[k].text);
		else if ((kind != FROM || !mail_line_blank(ls, k)) && --others < 0)
			break;
		if (is_whole(&b))
			return true;
	}
	return false;
}

static bool is_separator(const char *s)
{
	size_t marks, after;
	const char *words = mail_past_marks(s, &marks);

	if (mail_starts_any(s, bare_separators, COUNT(bare_separators)))
		return true;
	if (marks < 2)
		return false;
	if (mail_starts(words, "original") && !*mail_past_marks(words + 8, &after))
		return true;
	for (size_t i = 0; i < COUNT(separators); i++) {
		const char *rest = words + strlen(separators[i]);

		if (mail_starts(words, separators[i]) && (!*rest || strchr(" -=_*:~", *rest)))
			return true;
	}
	return false;
}

static bool ends_body(struct mail_lines *ls, size_t i)
{
	const char *s = mail_look(ls, i)->folded;

	if (is_separator(s) || is_header_block(ls, i))
		return true;
	if (!mail_is_rule(mail_look(ls, i)->folded))
		return false;
	i = mail_skip_blank(ls, i + 1);
	return i < ls->n && is_header_block(ls, i);
}

void mail_mark_quotes(struct mail_lines *ls)
{
	for (size_t i = 0; i < ls->n; i++) {
		const char *s = mail_look(ls, i)->folded;

		if (s[0] == '>')
			ls->v[i].part = MAIL_QUOTED;
		if (!s[0] || s[0] == '>')
			continue;
		if (ends_body(ls, i)) {
			mail_mark_from(ls, i, MAIL_QUOTED);
			return;
		}
		size_t n = wrote_lines(ls, i);
		if (n == 0)
			continue;
		size_t next = mail_skip_blank(ls, i + n);
		if (next < ls->n && mail_look(ls, next)->folded[0] != '>') {
			mail_mark_from(ls, i, MAIL_QUOTED);
			return;
		}
		for (size_t k = i; k < i + n; k++)
			ls->v[k].part = MAIL_QUOTED;
		i += n - 1;
	}
}
