/* Orders, waybills and articles: codes by their form and by the words before them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot_scan.h"

#include <string.h>
#include <strings.h>

enum { TOKEN_MAX = 80 };

/* A code: letters, digits and inner hyphens; counts of each. */
struct code {
	size_t end, letters, digits, groups, first_letters, last_letters, lower;
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
		c.lower += lower(k);
		c.first_letters += !digit(k) && c.digits == 0;
		c.last_letters = digit(k) ? 0 : c.last_letters + 1;
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

static bool among(const char *p, size_t n, const char *const *v, size_t count)
{
	for (size_t k = 0; k < count; k++)
		if (strlen(v[k]) == n && strncasecmp(v[k], p, n) == 0)
			return true;
	return false;
}

static bool among_words(struct str w, const char *const *v, size_t count)
{
	return w.n && among(w.p, w.n, v, count);
}

/* What everyone knows under such a name: norms, an illness, sizes, and quantities with a unit. */
static bool common_name(const char *p, const struct code *c, size_t n)
{
	static const char *const heads[] = {"COVID", "SARS", "ISO",  "DIN",  "EN",   "IEC",
					    "IEEE",  "ANSI", "ASTM", "UTF",  "SHA",  "AES",
					    "RFC",   "USB",  "HDMI", "MPEG", "UL",   "BS",
					    "JIS",   "GB",   "CE",   "ROHS", "REACH"};
	static const char *const sizes[] = {"US", "EU", "UK", "EUR", "FR", "CN",
					    "JP", "IT", "XS", "XL",  "XXL"};
	static const char *const units[] = {"MAH", "WH", "KWH", "MM",  "CM",  "ML",  "KG",  "GB",
					    "TB",  "MB", "MHZ", "GHZ", "DPI", "RPM", "PCS", "LBS",
					    "FPS", "LM", "KM",  "KPA", "PSI", "PX",  "BTU", "MBPS"};

	if (among(p, c->first_letters, heads, COUNT(heads)))
		return true;
	if (c->digits <= 3 && among(p, c->first_letters, sizes, COUNT(sizes)))
		return true;
	return c->last_letters == c->letters &&
	       among(p + n - c->last_letters, c->last_letters, units, COUNT(units));
}

static bool sku_shape(const char *p, const struct code *c, size_t n)
{
	return c->lower == 0 && c->letters >= 2 && c->digits >= 2 && c->digits < 13 &&
	       (c->groups >= 2 || c->letters + c->digits >= 6) && !common_name(p, c, n);
}

/* The word that ends at *end, which moves before it and what stands there. */
static struct str word_back(const struct scan *s, size_t *end)
{
	size_t to = *end;

	while (to && strchr(" ,.:#", s->t.p[to - 1]) && s->t.p[to - 1])
		to--;
	size_t from = to;
	while (from && to - from < 16 &&
	       ((unsigned char)s->t.p[from - 1] >= 0x80 || alnum(s->t.p[from - 1])))
		from--;
	*end = from;
	return str_slice(s->t, from, to);
}

/* "order from yesterday, number 55667788": only words of time between. */
static bool order_told_before(const struct scan *s)
{
	static const char *const names[] = {"number", "nummer", "numéro", "número", "numero"};
	static const char *const orders[] = {"order",  "bestellung", "commande",  "pedido",
					     "ordine", "encomenda",  "bestelling"};
	static const char *const between[] = {
	    "from",   "dated",     "of",        "on",       "placed", "made",     "last",
	    "the",    "yesterday", "today",     "week",     "month",  "night",    "morning",
	    "monday", "tuesday",   "wednesday", "thursday", "friday", "saturday", "sunday",
	    "vom",    "von",       "gestern",   "heute",    "letzte", "woche",    "du",
	    "hier",   "de",        "del",       "ayer",     "hoy",    "di",       "ieri",
	    "van",    "gisteren",  "ontem"};
	enum { WORDS = 7 };
	size_t end = s->at;

	if (!among_words(word_back(s, &end), names, COUNT(names)))
		return false;
	for (int n = 0; n < WORDS && end; n++) {
		struct str w = word_back(s, &end);
		if (!w.n || among_words(w, orders, COUNT(orders)))
			return w.n;
		struct scan at = {.t = s->t, .at = end};
		if (!digit(*w.p) && !spot_word(&at, end, WORDS_MONTH) &&
		    !among_words(w, between, COUNT(between)))
			return false;
	}
	return false;
}

/* What the words before make of the code; SPOT_KINDS for nothing. */
static enum spot_kind kind_by_words(struct scan *s, const struct code *c)
{
	bool plain = c->letters == 0 && c->groups == 1, phone = spot_after(s, WORDS_PHONE);

	if (c->digits < 3)
		return SPOT_KINDS;
	if (c->digits >= 4 && spot_after(s, WORDS_WAYBILL))
		return SPOT_WAYBILL;
	if (c->digits >= 10 && c->digits != 11 && spot_after(s, WORDS_CARRIER) && !phone)
		return SPOT_WAYBILL;
	if (spot_after(s, WORDS_SKU) && (c->letters || (plain && c->digits >= 5)))
		return SPOT_SKU;
	if (c->digits >= 4 && spot_after(s, WORDS_ORDER))
		return SPOT_ORDER;
	if (plain && c->digits >= 5 && c->digits <= 13 && order_told_before(s))
		return SPOT_ORDER;
	bool number = spot_after(s, WORDS_NUMBER) && !spot_after(s, WORDS_OTHER) && !phone;
	return number && plain && c->digits >= 5 && c->digits <= 13 ? SPOT_ORDER : SPOT_KINDS;
}

static enum spot_kind code_kind(struct scan *s, const struct code *c)
{
	const char *p = s->t.p + s->at;
	size_t n = c->end - s->at;

	if (c->digits < 2 || n < 4 || peek(s, c->end) == '@')
		return SPOT_KINDS;
	if (carrier_shape(p, c, n))
		return SPOT_WAYBILL;
	enum spot_kind told = kind_by_words(s, c);
	if (told != SPOT_KINDS)
		return told;
	if (order_shape(p, c, n) && !common_name(p, c, n))
		return SPOT_ORDER;
	if (s->at && s->t.p[s->at - 1] == '#' && c->digits >= 3)
		return SPOT_ORDER;
	if (sku_shape(p, c, n) && !spot_after(s, WORDS_OTHER))
		return SPOT_SKU;
	if (c->letters || c->groups > 1 || c->digits < 14)
		return SPOT_KINDS;
	if (c->digits == 22 && p[0] == '9' && p[1] >= '2' && p[1] <= '5') /* USPS */
		return SPOT_WAYBILL;
	return c->digits <= 20 ? SPOT_ORDER : SPOT_KINDS;
}

/* The last of FedEx's twelve digits. */
static bool fedex(const char *d)
{
	static const int by[] = {3, 1, 7};
	int sum = 0;

	for (int i = 0; i < 11; i++)
		sum += (d[i] - '0') * by[i % 3];
	return d[11] - '0' == sum % 11 % 10;
}

/* A waybill in groups: 9400 1118 9922 3197 4280 00 by itself, others behind a word. */
static size_t end_groups(struct scan *s)
{
	char d;

	if (!spot_digit(s, s->at, &d))
		return 0;
	const struct digits *g = spot_digits(s, s->at);
	size_t n = 0, k = 0;
	bool fours = true;
	for (; k < g->tight_groups && g->len[k] >= 2; n += g->len[k++]) {
		if (k && g->len[k - 1] < 3)
			break;
		fours &= k == 0 || g->len[k - 1] == 4;
	}
	if (k < 2 || n < 10 || n > 22 || n > g->plain || alnum(peek(s, g->end[n - 1])))
		return 0;
	bool phone = spot_after(s, WORDS_PHONE);
	bool usps =
	    fours && (n == 20 || n == 22) && g->d[0] == '9' && g->d[1] >= '2' && g->d[1] <= '5';
	bool bare = fours && n == 12 && k == 3 && fedex(g->d) && !phone;
	bool carrier = n >= 12 || (g->d[0] != '0' && !phone);
	bool told = spot_after(s, WORDS_WAYBILL) || (carrier && spot_after(s, WORDS_CARRIER));
	return usps || bare || told ? g->end[n - 1] : 0;
}

/* 1Z 999 AA1 01 2345 6784 */
static size_t end_ups(const struct scan *s)
{
	static const size_t groups[] = {2, 3, 3, 2, 4, 4};
	size_t i = s->at, gap = 0;

	if (peek(s, i) != '1' || peek(s, i + 1) != 'Z')
		return 0;
	for (size_t k = 0; k < COUNT(groups); k++, i += gap) {
		for (size_t n = 0; n < groups[k]; n++, i++)
			if (!digit(peek(s, i)) && !(upper(peek(s, i)) && k < 3))
				return 0;
		gap = k + 1 < COUNT(groups) ? spot_blank(s, i) : 0;
		if (!gap && k + 1 < COUNT(groups))
			return 0;
	}
	return alnum(peek(s, i)) ? 0 : i;
}

size_t spot_end_code(struct scan *s, enum spot_kind *kind)
{
	*kind = SPOT_WAYBILL;
	size_t end = end_ups(s);
	if (!end)
		end = end_groups(s);
	if (end)
		return end;
	struct code c = read_code(s);
	*kind = code_kind(s, &c);
	return *kind == SPOT_KINDS ? 0 : c.end;
}

size_t spot_end_carrier(struct scan *s)
{
	struct code c = read_code(s);
	size_t n = c.end - s->at;

	return c.digits >= 2 && n >= 4 && carrier_shape(s->t.p + s->at, &c, n) ? c.end : 0;
}
