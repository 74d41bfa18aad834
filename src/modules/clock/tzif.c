/* The files of the tz database: RFC 8536's TZif, version 2 and later, and the rule at their end
 * ("CET-1CEST,M3.5.0,M10.5.0/3") for the time after the last change they list. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/date.h"
#include "modules/clock/hours.h"
#include "modules/clock/zone.h"

#include <string.h>

enum {
	HEAD_BYTES = 44,
	HOUR_S = 3600,
	DAY_S = 86400,
	OFFSET_MAX_S = 26 * HOUR_S,
	RULE_HOURS_MAX = 167
};

/* A day of the year: Mm.w.d, Jn (29 February never counted) or n (from 0, counted). */
struct rule_day {
	char kind; /* 'M', 'J' or '0' */
	int month, week, day;
	int32_t time; /* seconds after its midnight */
};

struct rule {
	bool daylight; /* otherwise nothing changes after the last change listed */
	int32_t std, dst;
	struct rule_day start, end;
};

struct zone {
	int64_t *at;     /* seconds since 1970, ascending */
	int32_t *offset; /* seconds, from at[i] on */
	size_t n;
	int32_t first; /* before all of them */
	struct rule rule;
};

/* ---- the bytes ---- */

struct counts {
	uint64_t isut, isstd, leap, time, type, chars;
};

static uint32_t big32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool take(struct str *rest, uint64_t n, struct str *out)
{
	if (n > rest->n)
		return false;
	*out = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return true;
}

static bool read_head(struct str *rest, struct counts *c)
{
	struct str h;

	if (!take(rest, HEAD_BYTES, &h) || !str_starts(h, S("TZif")) || h.p[4] < '2')
		return false;
	*c = (struct counts){big32(h.p + 20), big32(h.p + 24), big32(h.p + 28),
			     big32(h.p + 32), big32(h.p + 36), big32(h.p + 40)};
	return true;
}

static bool read_types(struct str types, int32_t *offset)
{
	for (size_t i = 0; i < types.n / 6; i++) {
		offset[i] = (int32_t)big32(types.p + 6 * i);
		if (offset[i] < -OFFSET_MAX_S || offset[i] > OFFSET_MAX_S)
			return false;
	}
	return true;
}

static bool read_block(struct arena *a, struct str *rest, struct zone *z)
{
	struct counts c;
	struct str times, which, types, unused;
	int32_t offset[256];

	/* Leap seconds count another time than ours. */
	if (!read_head(rest, &c) || c.leap != 0 || c.type == 0 || c.type > COUNT(offset) ||
	    !take(rest, c.time * 8, &times) || !take(rest, c.time, &which) ||
	    !take(rest, c.type * 6, &types) || !take(rest, c.chars + c.isstd + c.isut, &unused) ||
	    !read_types(types, offset))
		return false;
	z->n = c.time;
	z->at = NEWN(a, int64_t, z->n + 1);
	z->offset = NEWN(a, int32_t, z->n + 1);
	z->first = offset[0];
	for (size_t i = 0; i < z->n; i++) {
		const char *p = times.p + 8 * i;
		uint8_t type = (uint8_t)which.p[i];
		z->at[i] = (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
		if (type >= c.type || (i > 0 && z->at[i] <= z->at[i - 1]))
			return false;
		z->offset[i] = offset[type];
	}
	return true;
}

/* ---- the rule at the end ---- */

static char look(struct str s)
{
	return s.n ? s.p[0] : 0;
}

static bool skip(struct str *s, char c)
{
	if (look(*s) != c)
		return false;
	*s = str_slice(*s, 1, s->n);
	return true;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool number(struct str *s, int lo, int hi, int *out)
{
	int v = 0;
	size_t n = 0;

	for (; n < s->n && n < 3 && digit(s->p[n]); n++)
		v = v * 10 + (s->p[n] - '0');
	*s = str_slice(*s, n, s->n);
	*out = v;
	return n > 0 && v >= lo && v <= hi;
}

/* [+-]h[:mm[:ss]] in seconds. */
static bool clock_time(struct str *s, int hours_max, int32_t *out)
{
	bool minus = skip(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		skip(s, '+');
	if (!number(s, 0, hours_max, &h))
		return false;
	if (skip(s, ':') && (!number(s, 0, 59, &m) || (skip(s, ':') && !number(s, 0, 59, &sec))))
		return false;
	*out = h * HOUR_S + m * 60 + sec;
	if (minus)
		*out = -*out;
	return true;
}

/* "CET" or "<+03>": at least three characters. */
static bool abbreviation(struct str *s)
{
	bool quoted = skip(s, '<');
	size_t n = 0;

	for (; n < s->n; n++) {
		char c = s->p[n];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (!letter && !(quoted && (digit(c) || c == '+' || c == '-')))
			break;
	}
	*s = str_slice(*s, n, s->n);
	return n >= 3 && (!quoted || skip(s, '>'));
}

static bool rule_day(struct str *s, struct rule_day *d)
{
	bool ok;

	*d = (struct rule_day){.kind = '0', .time = 2 * HOUR_S};
	if (skip(s, 'M')) {
		d->kind = 'M';
		ok = number(s, 1, 12, &d->month) && skip(s, '.') && number(s, 1, 5, &d->week) &&
		     skip(s, '.') && number(s, 0, 6, &d->day);
	} else if (skip(s, 'J')) {
		d->kind = 'J';
		ok = number(s, 1, 365, &d->day);
	} else {
		ok = number(s, 0, 365, &d->day);
	}
	return ok && (!skip(s, '/') || clock_time(s, RULE_HOURS_MAX, &d->time));
}

/* Offsets are written as what must be added to come to UTC: west is positive. */
static bool read_rule(struct str s, struct rule *r)
{
	if (s.n == 0)
		return true;
	if (!abbreviation(&s) || !clock_time(&s, 24, &r->std))
		return false;
	r->std = -r->std;
	if (s.n == 0)
		return true;
	r->daylight = true;
	r->dst = r->std + HOUR_S;
	if (!abbreviation(&s))
		return false;
	if (look(s) != ',') {
		if (!clock_time(&s, 24, &r->dst))
			return false;
		r->dst = -r->dst;
	}
	return skip(&s, ',') && rule_day(&s, &r->start) && skip(&s, ',') && rule_day(&s, &r->end) &&
	       s.n == 0;
}

enum err zone_parse(struct arena *a, struct str rest, struct zone **out)
{
	struct zone *z = NEW(a, struct zone);
	struct counts c;
	struct str old, rule;

	/* First what readers of 32 bits want, then the same in 64 bits, then the rule in a line. */
	if (!read_head(&rest, &c) ||
	    !take(&rest, c.time * 5 + c.type * 6 + c.chars + c.leap * 8 + c.isstd + c.isut, &old) ||
	    !read_block(a, &rest, z) || !skip(&rest, '\n') || !str_cut(&rest, '\n', &rule) ||
	    !rest.p || !read_rule(rule, &z->rule))
		return E_MALFORMED;
	*out = z;
	return E_OK;
}

/* ---- the table ---- */

struct parts {
	struct arena *a;
	struct zone_table *t;
	int64_t from, to;
	size_t cap;
};

static void push(struct parts *p, struct zone_part row)
{
	struct zone_table *t = p->t;

	if (t->n == p->cap) {
		struct zone_part *v = NEWN(p->a, struct zone_part, p->cap * 2);
		memcpy(v, t->v, t->n * sizeof *v);
		t->v = v;
		p->cap *= 2;
	}
	t->v[t->n++] = row;
}

/* Seconds as milliseconds, far ends cut: files put their first row at the beginning of the world.
 */
static int64_t millis(int64_t s)
{
	const int64_t far = (int64_t)DAY_S * 366 * 10000;

	return (s < -far ? -far : s > far ? far : s) * 1000;
}

/* The next change, in order of time.  Two at one instant: the later one holds. */
static void change(struct parts *p, int64_t at, int32_t offset_s)
{
	int64_t offset = offset_s * (int64_t)1000;
	struct zone_table *t = p->t;

	if (at >= p->to || at < t->v[t->n - 1].from) {
		if (at < p->from)
			t->v[0].offset = offset;
		return;
	}
	if (at == t->v[t->n - 1].from && t->n > 1)
		t->n--;
	if (at <= p->from)
		t->v[0].offset = offset;
	else if (t->v[t->n - 1].offset != offset)
		push(p, (struct zone_part){at, offset});
}

static int64_t rule_at(const struct rule_day *d, int year, int32_t offset)
{
	int64_t first = date_to_days((struct date){year, d->kind == 'M' ? d->month : 1, 1});
	int64_t day = first + d->day;

	if (d->kind == 'J' && !(d->day >= 60 && date_month_days(year, 2) == 29))
		day--;
	if (d->kind == 'M') {
		/* Sunday is 0 here, 6 there. */
		int on = (d->day + 6) % 7;
		day = first + (on - date_weekday(first) + 7) % 7 + 7 * (d->week - 1);
		if (day - first >= date_month_days(year, d->month))
			day -= 7;
	}
	return day * DAY_S + d->time - offset;
}

static int year_of(int64_t ms)
{
	return date_from_days(floor_div(ms, DAY_S * (int64_t)1000)).year;
}

/* The rule's changes after `last`. */
static void follow_rule(struct parts *p, const struct rule *r, int64_t last)
{
	int first = year_of(last > p->from ? last : p->from) - 1;

	for (int y = first; y <= year_of(p->to) + 1; y++) {
		int64_t start = rule_at(&r->start, y, r->std) * 1000;
		int64_t end = rule_at(&r->end, y, r->dst) * 1000;
		bool south = end < start;
		if (south && end > last)
			change(p, end, r->std);
		if (start > last)
			change(p, start, r->dst);
		if (!south && end > last)
			change(p, end, r->std);
	}
}

void zone_parts(struct arena *a, const struct zone *z, int64_t from, int64_t to,
		struct zone_table *out)
{
	struct parts p = {a, out, from, to, 64};

	*out = (struct zone_table){NEWN(a, struct zone_part, p.cap), 0};
	push(&p, (struct zone_part){from, z->first * (int64_t)1000});
	for (size_t i = 0; i < z->n; i++)
		change(&p, millis(z->at[i]), z->offset[i]);
	if (z->rule.daylight)
		follow_rule(&p, &z->rule, z->n ? millis(z->at[z->n - 1]) : millis(INT64_MIN));
}
