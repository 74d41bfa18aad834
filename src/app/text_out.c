/* What the text command says: figures, and answers as columns or JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void text_print(const char *name, double value)
{
	printf("%s %.6g\n", name, value);
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void text_print_times(double *v, size_t n)
{
	if (n == 0)
		return;
	qsort(v, n, sizeof *v, by_double);
	text_print("microseconds_median", v[n / 2]);
	text_print("microseconds_p95", v[n * 95 / 100]);
}

void text_print_f1(double hit, double said, double is)
{
	text_print("precision", said > 0 ? hit / said : 0);
	text_print("recall", is > 0 ? hit / is : 0);
	text_print("f1", said + is > 0 ? 2 * hit / (said + is) : 0);
}

size_t text_best(const float *p, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		best = p[i] > p[best] ? i : best;
	return best;
}

/* A tab or a line's end inside a value would make two of it. */
static void escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		char as = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? c : 0;
		if (as)
			buf_char(b, '\\');
		buf_char(b, as ? as : c);
	}
}

/* What stands between the last value and this one. */
static void begin(struct answer *x, const char *name)
{
	char last = x->b.n ? x->b.p[x->b.n - 1] : 0;

	if (!x->json) {
		if (x->begun)
			buf_char(&x->b, '\t');
		x->begun = true;
		return;
	}
	if (!last)
		buf_char(&x->b, '{');
	else if (last != '{' && last != '[')
		buf_char(&x->b, ',');
	if (!name)
		return;
	buf_json(&x->b, str_of(name));
	buf_char(&x->b, ':');
}

/* JSON is UTF-8: each byte that is not stands as the sign for what cannot be read. */
static struct str readable(struct arena *a, struct str s)
{
	struct buf b = {.a = a, .max = 1ul << 30};

	if (str_utf8_ok(s))
		return s;
	for (size_t i = 0, n; i < s.n; i += n) {
		for (n = 1; n < 4 && i + n < s.n && !str_utf8_ok(str_slice(s, i, i + n)); n++)
			;
		bool ok = str_utf8_ok(str_slice(s, i, i + n)) || !s.p[i];
		n = ok && s.p[i] ? n : 1;
		buf_add(&b, ok ? str_slice(s, i, i + n) : S("\xef\xbf\xbd"));
	}
	return buf_str(&b);
}

void answer_text(struct answer *x, const char *name, struct str value)
{
	begin(x, name);
	if (x->json)
		buf_json(&x->b, readable(x->b.a, value));
	else
		escape(&x->b, value);
}

void answer_share(struct answer *x, const char *name, double v)
{
	begin(x, name);
	buf_fmt(&x->b, "%.3f", isfinite(v) ? v : 0);
}

void answer_count(struct answer *x, const char *name, uint64_t n)
{
	begin(x, name);
	buf_fmt(&x->b, "%llu", (unsigned long long)n);
}

void answer_yes(struct answer *x, const char *name, bool yes)
{
	begin(x, name);
	buf_z(&x->b, x->json ? (yes ? "true" : "false") : (yes ? "yes" : "no"));
}

void answer_open(struct answer *x, const char *name, char bracket)
{
	if (!x->json)
		return;
	begin(x, name);
	buf_char(&x->b, bracket);
}

void answer_close(struct answer *x, char bracket)
{
	if (x->json)
		buf_char(&x->b, bracket);
}

bool answer_end(struct answer *x)
{
	if (x->json)
		buf_z(&x->b, x->b.n ? "}" : "{}");
	buf_char(&x->b, '\n');
	return fwrite(x->b.p, 1, x->b.n, stdout) == x->b.n || text_flush();
}
