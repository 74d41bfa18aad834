/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/charset.h"

#include "base/buf.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>

/* What a label means in practice: each superset that senders really use. */
/* clang-format off */
static const struct {
	const char *label, *means;
	bool wide; /* characters of several bytes */
} aliases[] = {
	{"gb2312",          "gb18030",      true},
	{"gb_2312-80",      "gb18030",      true},
	{"csgb2312",        "gb18030",      true},
	{"hz-gb-2312",      "HZ",           true},
	{"gbk",             "gb18030",      true},
	{"x-gbk",           "gb18030",      true},
	{"cp936",           "gb18030",      true},
	{"ms936",           "gb18030",      true},
	{"gb18030",         "gb18030",      true},
	{"big5",            "Big5-HKSCS",   true},
	{"cn-big5",         "Big5-HKSCS",   true},
	{"big5-hkscs",      "Big5-HKSCS",   true},
	{"cp950",           "windows-950",  true},
	{"shift_jis",       "windows-31j",  true},
	{"shift-jis",       "windows-31j",  true},
	{"sjis",            "windows-31j",  true},
	{"x-sjis",          "windows-31j",  true},
	{"cp932",           "windows-31j",  true},
	{"windows-31j",     "windows-31j",  true},
	{"euc-jp",          "EUC-JP",       true},
	{"x-euc-jp",        "EUC-JP",       true},
	{"iso-2022-jp",     "ISO-2022-JP-2",true},
	{"iso-2022-jp-ms",  "ISO-2022-JP-2",true},
	{"cp50220",         "ISO-2022-JP-2",true},
	{"iso-2022-kr",     "ISO-2022-KR",  true},
	{"euc-kr",          "windows-949",  true},
	{"ks_c_5601-1987",  "windows-949",  true},
	{"ks_c_5601",       "windows-949",  true},
	{"cp949",           "windows-949",  true},
	{"uhc",             "windows-949",  true},
	{"iso-8859-1",      "windows-1252", false},
	{"latin1",          "windows-1252", false},
	{"iso8859-1",       "windows-1252", false},
	{"iso-8859-9",      "windows-1254", false},
	{"iso-8859-8-i",    "iso-8859-8",   false},
	{"tis-620",         "windows-874",  false},
	{"iso-8859-11",     "windows-874",  false},
	{"cp1251",          "windows-1251", false},
	{"koi8-r",          "KOI8-R",       false},
};

/* Labels that say nothing; UTF-7 is one because it hides markup from every filter. */
static const char *const empty[] = {"us-ascii", "ascii", "ansi_x3.4-1968", "utf-8", "utf8",
	"utf-7", "unicode-1-1-utf-7", "x-unknown", "unknown", "unknown-8bit", "default",
	"8bit", "binary", "x-user-defined", "default_charset", "charset"};
/* clang-format on */

static bool says_nothing(struct str label)
{
	for (size_t i = 0; i < COUNT(empty); i++)
		if (str_eq_nocase(label, str_of(empty[i])))
			return true;
	return label.n == 0 || label.n > 40;
}

static const char *converter_of(struct arena *a, struct str label, bool *wide)
{
	*wide = false;
	for (size_t i = 0; i < COUNT(aliases); i++)
		if (str_eq_nocase(label, str_of(aliases[i].label))) {
			*wide = aliases[i].wide;
			return aliases[i].means;
		}
	return str_z(a, label);
}

/* Bytes above 127, or the escapes of the ISO-2022 family. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80 || s.p[i] == 0x1b || s.p[i] == 0)
			return false;
	return true;
}

/* Convert; how many characters could not be read goes to *bad.  False: no such charset. */
static bool convert(struct arena *a, struct str in, const char *name, struct str *out, size_t *bad)
{
	UErrorCode e = U_ZERO_ERROR;
	UConverter *c = ucnv_open(name, &e);
	int32_t cap = (int32_t)in.n * 2 + 16, n, n8 = 0;

	if (U_FAILURE(e) || !c)
		return false;
	UChar *wide = arena_alloc(a, sizeof *wide * (size_t)cap);
	n = ucnv_toUChars(c, wide, cap, in.p, (int32_t)in.n, &e);
	ucnv_close(c);
	if (U_FAILURE(e))
		return false;
	*bad = 0;
	for (int32_t i = 0; i < n; i++)
		if (wide[i] == 0xfffd || wide[i] == 0x1a)
			++*bad;
	char *utf8 = arena_alloc(a, (size_t)n * 3 + 1);
	u_strToUTF8WithSub(utf8, n * 3 + 1, &n8, wide, n, 0xfffd, NULL, &e);
	*out = (struct str){utf8, U_FAILURE(e) ? 0 : (size_t)n8};
	return !U_FAILURE(e);
}

/* What ICU thinks it is; short texts are told apart by bytes a language really uses. */
static const char *guess(struct arena *a, struct str in)
{
	UErrorCode e = U_ZERO_ERROR;
	UCharsetDetector *d = ucsdet_open(&e);
	const UCharsetMatch *m;
	const char *name = NULL;

	if (U_FAILURE(e))
		return "windows-1252";
	ucsdet_setText(d, in.p, (int32_t)(in.n > 16384 ? 16384 : in.n), &e);
	m = ucsdet_detect(d, &e);
	if (m && U_SUCCESS(e))
		name = ucsdet_getName(m, &e);
	name = name && U_SUCCESS(e) ? str_z(a, str_of(name)) : "windows-1252";
	ucsdet_close(d);
	return name;
}

/* Whether valid UTF-8 holds a character of three bytes: no legacy text does so by chance. */
static bool has_three_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0xe0)
			return true;
	return false;
}

static struct str without_nul(struct arena *a, struct str s)
{
	char *p;

	if (!s.n || !memchr(s.p, 0, s.n))
		return s;
	s = str_dup(a, s);
	p = (char *)s.p;
	for (size_t i = 0; i < s.n; i++)
		if (!p[i])
			p[i] = ' ';
	return s;
}

static struct str with_bom(struct arena *a, struct str in, bool *done)
{
	struct str out;
	size_t bad;

	*done = true;
	if (str_starts(in, S("\xef\xbb\xbf")) && str_utf8_ok(str_slice(in, 3, in.n)))
		return str_slice(in, 3, in.n);
	if (in.n >= 4 && (!memcmp(in.p, "\xff\xfe", 2) || !memcmp(in.p, "\xfe\xff", 2)) &&
	    convert(a, in, "UTF-16", &out, &bad))
		return without_nul(a, out);
	*done = false;
	return in;
}

static struct str by_label(struct arena *a, struct str in, struct str label, struct str hint)
{
	struct str tries[] = {label, hint}, out, best = {0};
	size_t bad, least = SIZE_MAX;
	bool wide;

	for (size_t i = 0; i < COUNT(tries); i++) {
		if (says_nothing(tries[i]))
			continue;
		if (!convert(a, in, converter_of(a, tries[i], &wide), &out, &bad))
			continue;
		if (bad * 20 <= str_chars(out))
			return out;
		if (bad < least) {
			least = bad;
			best = out;
		}
	}
	if (convert(a, in, guess(a, in), &out, &bad) && bad < least)
		return out;
	if (best.p)
		return best;
	return convert(a, in, "windows-1252", &out, &bad) ? out : S("");
}

struct str email_utf8(struct arena *a, struct str in, struct str label, struct str hint)
{
	bool wide = false, done;
	struct str out;

	label = str_trim(label);
	if (str_starts(str_lower(a, label), S("utf-16")) && in.n >= 2) {
		size_t bad;
		if (convert(a, in, str_z(a, label), &out, &bad))
			return without_nul(a, out);
	}
	if (is_plain(in) && !str_eq_nocase(label, S("hz-gb-2312")))
		return str_dup(a, in);
	out = with_bom(a, in, &done);
	if (done)
		return out;
	in = without_nul(a, in);
	if (!says_nothing(label))
		converter_of(a, label, &wide);
	if (!memchr(in.p, 0x1b, in.n) && str_utf8_ok(in) && (!wide || has_three_bytes(in)))
		return str_dup(a, in);
	out = without_nul(a, by_label(a, in, label, hint));
	return str_utf8_ok(out) ? out : S("");
}

/* Length of the invisible character at s that may turn the reading direction or hide, or 0. */
static size_t bidi_length(struct str s)
{
	unsigned char b = s.n > 2 ? (unsigned char)s.p[2] : 0;

	if (s.n < 3 || (unsigned char)s.p[0] != 0xe2)
		return 0;
	if ((unsigned char)s.p[1] == 0x80 && (b == 0x8e || b == 0x8f || (b >= 0xa8 && b <= 0xae)))
		return 3;
	if ((unsigned char)s.p[1] == 0x81 && b >= 0xa6 && b <= 0xa9)
		return 3;
	return 0;
}

/* Length of a C1 control character (U+0080 to U+009F) at s, or 0. */
static size_t c1_length(struct str s)
{
	return s.n > 1 && (unsigned char)s.p[0] == 0xc2 && (unsigned char)s.p[1] < 0xa0 ? 2 : 0;
}

struct str email_line(struct arena *a, struct str s)
{
	struct buf b = BUF(a);
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_slice(s, i, s.n);
		size_t hidden = bidi_length(rest) + c1_length(rest);

		if (hidden) {
			i += hidden - 1;
		} else if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127) {
			space = b.n > 0;
		} else {
			if (space)
				buf_char(&b, ' ');
			space = false;
			buf_char(&b, s.p[i]);
		}
	}
	return buf_str(&b);
}

struct str email_lines(struct arena *a, struct str s)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
			buf_char(&b, '\n');
		else if (ch == '\n' || ch == '\t' || (ch >= ' ' && ch != 127))
			buf_char(&b, (char)ch);
	}
	return buf_str(&b);
}
