/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot.h"

#include "base/buf.h"

#include <string.h>
#include <strings.h>

enum { TOKEN_MAX = 80, BEFORE = 48 };

const char *spot_name(enum spot_kind k)
{
#define X(name, text) text,
	static const char *const names[] = {SPOT_LIST(X)};
#undef X
	return names[k];
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool alnum(char c)
{
	return digit(c) || upper(c) || (c >= 'a' && c <= 'z');
}

/* The text and where we are; everything below asks about `at` and says where a span ends. */
struct scan {
	struct str t;
	size_t at;
};

static char peek(const struct scan *s, size_t i)
{
	return i < s->t.n ? s->t.p[i] : 0;
}

static bool starts_token(const struct scan *s)
{
	return s->at == 0 || !alnum(s->t.p[s->at - 1]);
}

static size_t end_url(const struct scan *s)
{
	static const char *const heads[] = {"https://", "http://", "www."};
	size_t i = s->at;

	for (size_t k = 0; k < COUNT(heads); k++) {
		size_t n = strlen(heads[k]);
		if (s->t.n - i < n || strncasecmp(s->t.p + i, heads[k], n) != 0)
			continue;
		i += n;
		while (i < s->t.n && s->t.p[i] > ' ' && (unsigned char)s->t.p[i] < 0x7f &&
		       !strchr("<>\"", s->t.p[i]))
			i++;
		while (i > s->at && strchr(".,;:!?)'", s->t.p[i - 1]))
			i--;
		return i > s->at + n ? i : 0;
	}
	return 0;
}

static bool in_address(char c)
{
	return alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%';
}

static size_t end_email(const struct scan *s)
{
	size_t i = s->at, dot = 0;

	while (in_address(peek(s, i)) && i - s->at < 64)
		i++;
	if (i == s->at || peek(s, i) != '@' || !alnum(peek(s, i + 1)))
		return 0;
	for (i++; alnum(peek(s, i)) || peek(s, i) == '-' || peek(s, i) == '.'; i++)
		;
	while (s->t.p[i - 1] == '-' || s->t.p[i - 1] == '.')
		i--;
	for (size_t k = s->at; k < i; k++)
		dot = s->t.p[k] == '@' ? 0 : s->t.p[k] == '.' ? k : dot;
	return dot && i > dot + 2 ? i : 0;
}

/* Digits with single spaces or hyphens between, gathered; where they end. */
static size_t gather_digits(const struct scan *s, char *to, size_t max, size_t *n)
{
	size_t i = s->at, end = s->at;

	*n = 0;
	while (*n < max) {
		if (digit(peek(s, i))) {
			to[(*n)++] = s->t.p[i++];
			end = i;
		} else if ((peek(s, i) == ' ' || peek(s, i) == '-') && i == end &&
			   digit(peek(s, i + 1)) && *n) {
			i++;
		} else {
			break;
		}
	}
	return end;
}

static bool luhn(const char *d, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int v = d[n - 1 - i] - '0';
		v = i % 2 ? v * 2 : v;
		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

/* First digits and lengths of the card networks. */
static bool card_shape(const char *d, size_t n)
{
	int two = (d[0] - '0') * 10 + (d[1] - '0');

	if (d[0] == '4')
		return n == 16 || n == 13 || n == 19;
	if ((two >= 51 && two <= 55) || (two >= 22 && two <= 27))
		return n == 16;
	if (two == 34 || two == 37)
		return n == 15;
	if (two == 30 || two == 36 || two == 38)
		return n == 14;
	return (two == 35 || two == 62 || two == 60 || two == 64 || two == 65) && n >= 16;
}

/* The longest of the digits here that is a card's number and ends where a group ends: another
 * number, or the three digits of its back, may follow. */
static size_t end_card(const struct scan *s)
{
	char d[20];
	size_t n, i = gather_digits(s, d, 20, &n);

	if (digit(peek(s, i))) /* in the middle of a group */
		while (i > s->at && digit(peek(s, i)))
			n -= digit(s->t.p[--i]);
	for (; n >= 13; n -= digit(s->t.p[--i]))
		if (n <= 19 && !digit(peek(s, i)) && digit(s->t.p[i - 1]) && card_shape(d, n) &&
		    luhn(d, n))
			return i;
	return 0;
}

static int iban_mod(const char *v, size_t n)
{
	int mod = 0;

	for (size_t i = 0; i < n; i++) {
		char c = v[(i + 4) % n];
		mod = digit(c) ? (mod * 10 + c - '0') % 97 : (mod * 100 + c - 'A' + 10) % 97;
	}
	return mod;
}

static size_t end_iban(const struct scan *s)
{
	char v[36];
	size_t i = s->at, n = 0, good = 0;

	if (!upper(peek(s, i)) || !upper(peek(s, i + 1)) || !digit(peek(s, i + 2)) ||
	    !digit(peek(s, i + 3)))
		return 0;
	while (n < 34) {
		char c = peek(s, i);
		if (upper(c) || digit(c)) {
			v[n++] = c;
			i++;
			if (n >= 15 && !alnum(peek(s, i)) && iban_mod(v, n) == 1)
				good = i;
		} else if (c == ' ' && i > s->at &&
			   (upper(peek(s, i + 1)) || digit(peek(s, i + 1)))) {
			i++;
		} else {
			break;
		}
	}
	return good;
}

/* clang-format off */
static const char *const currencies[] = {
	"EUR", "USD", "GBP", "CNY", "RMB", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY",
	"BRL", "MXN", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "KRW", "INR", "RUB", "UAH", "AED", "SAR", "ILS",
	"THB", "VND", "IDR", "MYR", "PHP", "ZAR", "ARS", "CLP", "COP", "US$", "R$", "A$", "C$", "HK$", "NT$", "S$",
	"€", "$", "£", "¥", "￥", "₽", "₩", "₺", "₴", "₹", "₫", "฿", "zł", "Kč", "Ft", "kr", "lei",
	"euros", "euro", "dollars", "dollar", "pounds", "yuan", "yen", "reais", "pesos", "rubles",
	"元", "块钱", "块", "円", "圆", "欧元", "美元", "美金", "英镑", "日元", "人民币", "원", "руб", "рублей", "рубля", "евро",
	"долларов", "Euro", "Dollar", "Pfund", "يورو", "دولار", "ريال", "درهم",
};

static const char *const order_words[] = {
	"order", "order no", "order no.", "order number", "order id", "order #", "ord", "bestellung", "bestellnummer",
	"bestell-nr", "bestell-nr.", "auftrag", "auftragsnummer", "commande", "numéro de commande", "n° de commande",
	"commande n°", "pedido", "número de pedido", "pedido n.º", "pedido nº", "nº de pedido", "pedido número", "ordine",
	"numero ordine", "numero d'ordine", "ordine n.", "ordine n°", "encomenda", "encomenda n.º", "bestelling",
	"bestelnummer", "ordernummer", "zamówienie", "numer zamówienia", "zamówienia", "zamówienie nr", "sipariş",
	"sipariş no", "sipariş numarası", "sipariş numaram", "заказ", "заказа", "номер заказа", "заказ №", "заказа №",
	"заказу", "замовлення", "订单", "订单号", "订单编号", "訂單", "訂單編號", "单号", "注文", "注文番号", "ご注文番号",
	"オーダー番号", "주문", "주문번호", "주문 번호", "طلب", "الطلب", "رقم الطلب", "طلبي رقم", "أوردر", "beställning", "tilaus",
	"ordre", "objednávka", "rendelés", "comanda", "reference", "ref", "bestellung nr.", "order nr", "order nr.",
};

static const char *const waybill_words[] = {
	"tracking", "tracking number", "tracking no", "tracking no.", "tracking id", "tracking code", "awb", "waybill",
	"sendungsnummer", "paketnummer", "trackingnummer", "sendung", "numéro de suivi", "suivi", "colis", "seguimiento",
	"número de seguimiento", "guía", "número de guía", "rastreio", "código de rastreio", "rastreamento",
	"código de rastreamento", "tracciamento", "numero di tracking", "numero di spedizione", "spedizione",
	"track & trace", "takip", "takip no", "kargo takip no", "takip numarası", "трек", "трек-номер", "трек номер",
	"накладная", "отслеживания", "номер отслеживания", "运单号", "运单", "快递单号", "物流单号", "物流号", "追踪号", "跟踪号",
	"追跡番号", "伝票番号", "お問い合わせ番号", "송장", "송장번호", "운송장", "운송장번호", "رقم التتبع", "التتبع", "رقم الشحنة",
	"numer przesyłki", "przesyłki", "shipment", "parcel number", "parcel no",
};

static const char *const sku_words[] = {
	"sku", "item", "item no", "item no.", "item number", "model", "article", "artikel", "artikelnummer", "art.-nr.",
	"art.nr.", "référence", "réf.", "ref.", "modelo", "referencia", "modello", "codice articolo", "modell", "asin",
	"型号", "货号", "商品编号", "款号", "型番", "品番", "商品番号", "모델", "품번", "артикул", "модель", "الموديل", "part number", "part no",
	"ürün kodu", "model no", "kod produktu",
};

static const char *const phone_words[] = {
	"phone", "tel", "tel.", "telephone", "mobile", "cell", "whatsapp", "call me", "call me at", "call me on", "telefon",
	"handy", "telefonnummer", "téléphone", "tél", "tél.", "portable", "teléfono", "móvil", "celular", "telefone",
	"telemóvel", "telefono", "cellulare", "telefoon", "телефон", "тел", "тел.", "电话", "手机", "手机号", "联系电话", "電話",
	"電話番号", "携帯", "전화", "전화번호", "휴대폰", "연락처", "هاتف", "الهاتف", "جوال", "رقم الهاتف", "wechat", "微信", "number", "numer telefonu",
	"rufen sie mich an", "erreichbar unter", "my number is", "numara", "numaram", "telefonum",
};

static const char *const months[] = {
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
	"december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
	"januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "janvier", "février", "mars", "avril",
	"juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril",
	"mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "janeiro", "fevereiro",
	"março", "maio", "junho", "julho", "setembro", "outubro", "novembro", "dezembro", "gennaio", "febbraio", "aprile",
	"maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "января", "февраля", "марта", "апреля", "мая",
	"июня", "июля", "августа", "сентября", "октября", "ноября", "декабря", "stycznia", "lutego", "marca", "kwietnia",
	"maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia", "ocak", "şubat", "mart",
	"nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım", "aralık", "januari", "februari", "maart",
	"mei", "augustus", "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
};
/* clang-format on */

/* The longest of the words that stands at i, case of ASCII aside; 0 for none. */
static size_t word_at(const struct scan *s, size_t i, const char *const *list, size_t n, bool whole)
{
	size_t best = 0;
	char first = (char)(peek(s, i) | 32);

	for (size_t k = 0; k < n; k++) {
		if ((list[k][0] | 32) != first) /* most words end here; the rest costs more */
			continue;
		size_t w = strlen(list[k]);
		if (w <= best || i + w > s->t.n || strncasecmp(s->t.p + i, list[k], w) != 0)
			continue;
		bool cut = whole && alnum(list[k][w - 1]) && alnum(peek(s, i + w));
		best = cut ? best : w;
	}
	return best;
}

/* Does one of the words stand just before, with no more than separators (and a filler) between? */
static bool word_before(const struct scan *s, const char *const *list, size_t n)
{
	static const char *const fillers[] = {
	    "number", "no.",  "no",  "nr.",    "nr",     "id",     "is",  "#",         "nº",
	    "n°",     "№",    "n.º", "numéro", "número", "numero", "ist", "est",       "es",
	    "è",      "号是", "是",  "は",     "code",   "номер",  "رقم", "number is", "my"};
	size_t end = s->at;

	for (int round = 0; round < 3; round++) {
		while (end && (strchr(" :#-(\t", s->t.p[end - 1]) || s->at - end > BEFORE))
			end--;
		if (end >= 3 && memcmp(s->t.p + end - 3, "：", 3) == 0)
			end -= 3;
		for (size_t k = 0; k < n; k++) {
			size_t w = strlen(list[k]);
			if (w <= end && strncasecmp(s->t.p + end - w, list[k], w) == 0 &&
			    (w == end || !alnum(list[k][0]) || !alnum(s->t.p[end - w - 1])))
				return true;
		}
		size_t back = 0;
		for (size_t k = 0; k < COUNT(fillers); k++) {
			size_t w = strlen(fillers[k]);
			if (w > back && w <= end &&
			    strncasecmp(s->t.p + end - w, fillers[k], w) == 0)
				back = w;
		}
		if (!back)
			return false;
		end -= back;
	}
	return false;
}

/* A number with thousands and decimals: where it ends, or 0. */
static size_t end_number(const struct scan *s, size_t i)
{
	size_t from = i;

	if (!digit(peek(s, i)))
		return 0;
	while (i - from < 24) {
		char c = peek(s, i);
		if (digit(c))
			i++;
		else if ((c == '.' || c == ',' || c == '\'') && digit(peek(s, i + 1)))
			i++;
		else
			break;
	}
	return i;
}

static size_t skip_space(const struct scan *s, size_t i)
{
	if (peek(s, i) == ' ')
		return i + 1;
	return i + 2 <= s->t.n && memcmp(s->t.p + i, "\xc2\xa0", 2) == 0 ? i + 2 : i;
}

static size_t end_amount(const struct scan *s)
{
	size_t w = word_at(s, s->at, currencies, COUNT(currencies), false);

	if (w) {
		size_t end = end_number(s, skip_space(s, s->at + w));
		if (end && !alnum(peek(s, end)))
			return end;
	}
	size_t end = end_number(s, s->at);
	if (!end)
		return 0;
	size_t unit = skip_space(s, end);
	w = word_at(s, unit, currencies, COUNT(currencies), true);
	return w ? unit + w : 0;
}

static int value(const struct scan *s, size_t from, size_t to)
{
	int v = 0;

	for (size_t i = from; i < to && v < 100000; i++)
		v = v * 10 + (s->t.p[i] - '0');
	return v;
}

static size_t digits_end(const struct scan *s, size_t i)
{
	size_t from = i;

	while (digit(peek(s, i)) && i - from < 5)
		i++;
	return i;
}

/* 3.2.2025, 2025-02-03, 02/03/25, 2025年2月3日, 2月3日 */
static size_t end_plain_date(const struct scan *s)
{
	size_t a = digits_end(s, s->at), b, c;
	char sep = peek(s, a);

	if (a == s->at || digit(peek(s, a)))
		return 0;
	bool han =
	    s->t.n - a >= 3 && (!memcmp(s->t.p + a, "年", 3) || !memcmp(s->t.p + a, "月", 3) ||
				!memcmp(s->t.p + a, "년", 3) || !memcmp(s->t.p + a, "월", 3));
	if (han) {
		size_t i = a, end = 0;
		while (i + 3 <= s->t.n && i - s->at < 40) {
			static const char *const parts[] = {"年", "月", "日", "号",
							    "년", "월", "일"};
			size_t w = word_at(s, i, parts, COUNT(parts), false);
			if (!w)
				break;
			end = i += w;
			i = skip_space(s, i);
			size_t d = digits_end(s, i);
			if (d == i)
				break;
			i = d;
		}
		return end;
	}
	if (sep != '.' && sep != '/' && sep != '-')
		return 0;
	b = digits_end(s, a + 1);
	if (b == a + 1 || b - a > 3)
		return 0;
	int first = value(s, s->at, a), second = value(s, a + 1, b);
	bool year_first = a - s->at == 4 && first >= 1990 && first < 2100;
	c = peek(s, b) == sep ? digits_end(s, b + 1) : b;
	bool third = c > b + 1;
	if (!third)
		return sep == '.' && peek(s, b) == '.' && first >= 1 && first <= 31 &&
			       second >= 1 && second <= 12
			   ? b + 1
			   : 0;
	if (digit(peek(s, c)) || (!year_first && (a - s->at > 2 || (c - b != 3 && c - b != 5))))
		return 0;
	bool ok = year_first ? second >= 1 && second <= 12
			     : first >= 1 && first <= 31 && second >= 1 && second <= 31 &&
				   (first <= 12 || second <= 12);
	return ok ? c : 0;
}

/* 3 February 2025, 3. März, 3 de febrero de 2025, February 3rd, 2025 */
static size_t end_word_date(const struct scan *s)
{
	size_t i = s->at, w;

	if (digit(peek(s, i))) {
		size_t d = digits_end(s, i);
		if (d - i > 2 || value(s, i, d) > 31)
			return 0;
		i = d;
		static const char *const after[] = {"st", "nd", "rd", "th", ".", "er", "º"};
		i += word_at(s, i, after, COUNT(after), true);
		i = skip_space(s, i);
		if (s->t.n - i > 3 && strncasecmp(s->t.p + i, "de ", 3) == 0)
			i += 3;
		w = word_at(s, i, months, COUNT(months), true);
		if (!w)
			return 0;
		i += w;
	} else {
		w = word_at(s, i, months, COUNT(months), true);
		size_t d = w ? skip_space(s, i + w) : 0;
		size_t e = d ? digits_end(s, d) : 0;
		if (!w || d == i + w || e == d || e - d > 2)
			return 0;
		i = e;
		static const char *const after[] = {"st", "nd", "rd", "th"};
		i += word_at(s, i, after, COUNT(after), true);
	}
	size_t y = i;
	if (peek(s, y) == ',' || peek(s, y) == '.')
		y++;
	y = skip_space(s, y);
	if (s->t.n - y > 3 && strncasecmp(s->t.p + y, "de ", 3) == 0)
		y += 3;
	size_t end = digits_end(s, y);
	return end - y == 4 && value(s, y, end) >= 1990 && value(s, y, end) < 2100 ? end : i;
}

static size_t end_date(const struct scan *s)
{
	size_t end = end_plain_date(s);

	return end ? end : end_word_date(s);
}

/* A code: letters, digits and inner hyphens; counts of each. */
struct code {
	size_t end, letters, digits, groups, first_letters, lower;
};

static struct code read_code(const struct scan *s)
{
	struct code c = {.end = s->at, .groups = 1};

	for (size_t i = s->at; i < s->t.n && i - s->at < TOKEN_MAX; i++) {
		char k = s->t.p[i];
		if ((k == '-' || k == '_' || k == '/') && i > s->at && alnum(peek(s, i + 1))) {
			c.groups++;
			continue;
		}
		if (!alnum(k))
			break;
		c.digits += digit(k);
		c.letters += !digit(k);
		c.lower += k >= 'a' && k <= 'z';
		c.first_letters += !digit(k) && c.digits == 0;
		c.end = i + 1;
	}
	return c;
}

/* The postal union's form: two letters, eight digits, a check digit, two letters. */
static bool postal(const char *p)
{
	static const int by[] = {8, 6, 4, 2, 3, 5, 9, 7};
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += (p[2 + i] - '0') * by[i];
	int check = 11 - sum % 11;
	check = check == 10 ? 0 : check == 11 ? 5 : check;
	return p[10] - '0' == check;
}

/* clang-format off */
static const struct {
	const char *head;
	size_t min, max; /* digits after it */
} carriers[] = {
	{"1Z", 8, 16},    {"TBA", 12, 12},  {"YT", 16, 16},   {"SF", 12, 13},   {"JD", 11, 18},  {"JJD", 11, 18},
	{"LP", 14, 16},   {"4PX", 13, 15},  {"YD", 12, 15},   {"ZTO", 12, 12},  {"STO", 12, 13}, {"JT", 13, 13},
	{"GV", 9, 14},    {"CNG", 12, 16},  {"UG", 9, 9},     {"H0", 10, 19},   {"C0", 10, 14},  {"WNB", 10, 14},
};
/* clang-format on */

static bool carrier_shape(const char *p, const struct code *c, size_t n)
{
	if (n == 13 && c->letters == 4 && c->first_letters == 2 && c->lower == 0 && c->digits == 9)
		return postal(p);
	for (size_t k = 0; k < COUNT(carriers); k++) {
		size_t h = strlen(carriers[k].head);
		if (n > h && strncmp(p, carriers[k].head, h) == 0 && c->groups == 1 &&
		    n - h >= carriers[k].min && n - h <= carriers[k].max)
			return c->digits >= carriers[k].min || (p[0] == '1' && n == 18);
	}
	return false;
}

/* 302-1234567-1234567, and 3 to 4 letters or fewer, a hyphen, 4 digits or more. */
static bool order_shape(const char *p, const struct code *c, size_t n)
{
	if (n == 19 && p[3] == '-' && p[11] == '-' && c->digits == 17)
		return true;
	return c->groups == 2 && c->letters >= 1 && c->letters <= 4 &&
	       c->first_letters == c->letters && c->lower == 0 && c->digits >= 4 &&
	       p[c->letters] == '-';
}

static bool sku_shape(const struct code *c)
{
	return c->lower == 0 && c->letters >= 2 && c->digits >= 2 &&
	       (c->groups >= 2 || c->letters + c->digits >= 6);
}

static size_t end_phone(const struct scan *s)
{
	size_t i = s->at, n = 0, end = i, groups = 1;
	bool plus = peek(s, i) == '+';

	i += plus;
	while (i < s->t.n && n < 16) {
		char c = s->t.p[i];
		if (digit(c)) {
			n++;
			end = ++i;
			continue;
		}
		if (!strchr(" -.()/", c) || !(digit(peek(s, i + 1)) ||
					      strchr("( )", peek(s, i + 1) ? peek(s, i + 1) : 'x')))
			break;
		groups += i == end;
		i++;
	}
	if (n < 7 || n > 15 || alnum(peek(s, end)))
		return 0;
	if (plus || word_before(s, phone_words, COUNT(phone_words)))
		return end;
	bool mobile = n == 11 && peek(s, s->at) == '1' && peek(s, s->at + 1) >= '3' && groups == 1;
	bool local = peek(s, s->at) == '0' && n >= 9 && n <= 12 && groups >= 2;
	return mobile || local ? end : 0;
}

/* What the code at `at` is by its words and shape; SPOT_KINDS for nothing. */
static enum spot_kind code_kind(const struct scan *s, const struct code *c)
{
	const char *p = s->t.p + s->at;
	size_t n = c->end - s->at;

	if (c->digits < 2 || n < 4 || (unsigned char)peek(s, c->end) == '@')
		return SPOT_KINDS;
	if (carrier_shape(p, c, n))
		return SPOT_WAYBILL;
	if (c->digits >= 4 && word_before(s, waybill_words, COUNT(waybill_words)))
		return SPOT_WAYBILL;
	if (c->digits >= 3 && word_before(s, sku_words, COUNT(sku_words)) && c->letters)
		return SPOT_SKU;
	if (c->digits >= 4 && word_before(s, order_words, COUNT(order_words)))
		return SPOT_ORDER;
	if (order_shape(p, c, n))
		return SPOT_ORDER;
	if (s->at && s->t.p[s->at - 1] == '#' && c->digits >= 3)
		return SPOT_ORDER;
	if (sku_shape(c))
		return SPOT_SKU;
	return c->letters == 0 && c->groups == 1 && c->digits >= 14 && c->digits <= 20 ? SPOT_ORDER
										       : SPOT_KINDS;
}

static size_t find_code(const struct scan *s, enum spot_kind *kind)
{
	struct code c = read_code(s);

	*kind = code_kind(s, &c);
	return *kind == SPOT_KINDS ? 0 : c.end;
}

/* clang-format off */
static const struct {
	size_t (*end)(const struct scan *);
	enum spot_kind kind;
} finders[] = {
	{end_url, SPOT_URL},   {end_email, SPOT_EMAIL}, {end_iban, SPOT_IBAN}, {end_card, SPOT_CARD},
	{end_date, SPOT_DATE}, {end_amount, SPOT_AMOUNT},
};
/* clang-format on */

static size_t find_here(const struct scan *s, enum spot_kind *kind)
{
	size_t end = 0;

	for (size_t k = 0; k < COUNT(finders) && !end; k++) {
		end = finders[k].end(s);
		*kind = finders[k].kind;
	}
	if (end)
		return end;
	enum spot_kind code;
	size_t code_end = find_code(s, &code);
	if (code_end && code != SPOT_SKU) {
		*kind = code;
		return code_end;
	}
	*kind = SPOT_PHONE;
	end = end_phone(s);
	if (!end && code_end) {
		*kind = code;
		end = code_end;
	}
	return end;
}

static bool may_start(const struct scan *s)
{
	unsigned char c = (unsigned char)s->t.p[s->at];

	if (alnum((char)c))
		return starts_token(s);
	if (c == '+' || c == '$')
		return true;
	return c >= 0xc0 && (c == 0xc2 || c == 0xe2 || c == 0xef || c == 0xd0 || c == 0xd1 ||
			     c == 0xd8 || c == 0xd9);
}

size_t spot_find(struct str text, struct spot *out, size_t max)
{
	struct scan s = {text, 0};
	size_t n = 0;

	while (s.at < text.n && n < max) {
		enum spot_kind kind = SPOT_KINDS;
		size_t end = may_start(&s) ? find_here(&s, &kind) : 0;
		if (end > s.at) {
			out[n++] = (struct spot){s.at, end, kind};
			s.at = end;
		} else {
			s.at++;
		}
	}
	return n;
}

struct str spot_mask(struct arena *a, struct str text)
{
	enum { MANY = 256 };
	struct spot *v = NEWN(a, struct spot, MANY);
	size_t n = spot_find(text, v, MANY);
	struct str out = str_dup(a, text);
	char *p = (char *)out.p;

	for (size_t i = 0; i < n; i++) {
		bool tail = v[i].kind == SPOT_CARD || v[i].kind == SPOT_IBAN;
		if (!tail && v[i].kind != SPOT_EMAIL && v[i].kind != SPOT_PHONE)
			continue;
		size_t end = tail && v[i].to - v[i].from > 4 ? v[i].to - 4 : v[i].to;
		for (size_t k = v[i].from; k < end; k++)
			p[k] = p[k] == ' ' ? ' ' : '*';
	}
	return out;
}
