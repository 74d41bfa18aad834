/* Holidays from an iCalendar file (RFC 5545): whole days, with yearly repetition.
 *
 * What a public-holiday feed holds is read: VEVENT with DTSTART, DTEND or DURATION in days or
 * weeks, RRULE with FREQ=YEARLY (INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, one BYDAY with an
 * ordinal), RDATE, EXDATE, STATUS:CANCELLED.  Another rule is refused rather than half obeyed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"

#include <string.h>

enum { EVENT_DAYS_MAX = 366, LIST_DATES_MAX = 256, YEAR_FIRST = 1800 };

struct rule {
	bool set;
	int interval, count, month, month_day, ordinal, weekday;
	int64_t until;
};

struct event {
	bool has_start, has_end, cancelled;
	int64_t start, end, duration; /* days; end is exclusive */
	struct rule rule;
	struct str name;
	int64_t extra[LIST_DATES_MAX], except[LIST_DATES_MAX];
	size_t n_extra, n_except;
};

struct reader {
	struct arena *a;
	struct hours_why *why;
	struct str rest;
	int line, from_year, to_year, depth;
	bool in_event, began, ended;
	int nested; /* components inside an event, such as alarms */
	struct event ev;
	struct hours_day *v;
	size_t n, cap;
};

static enum err refuse(struct reader *r, enum err e, const char *key)
{
	r->why->key = key;
	r->why->arg = str_z(r->a, str_fmt(r->a, "line %d", r->line));
	return e;
}

/* ---- lines ---- */

static bool raw_line(struct reader *r, struct str *out)
{
	if (r->rest.n == 0)
		return false;
	if (!str_cut(&r->rest, '\n', out))
		return false;
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	r->line++;
	return true;
}

static bool folded(const struct reader *r)
{
	return r->rest.n && (r->rest.p[0] == ' ' || r->rest.p[0] == '\t');
}

/* The next line with its folded continuations; copied only when there are some. */
static bool next_line(struct reader *r, struct str *out)
{
	struct str more;

	if (!raw_line(r, out))
		return false;
	if (!folded(r))
		return true;
	struct buf b = BUF(r->a);
	buf_add(&b, *out);
	while (folded(r) && raw_line(r, &more))
		buf_add(&b, str_slice(more, 1, more.n));
	*out = buf_str(&b);
	return true;
}

/* NAME;PARAM=...:VALUE, the name and the value; a colon may stand in a quoted parameter. */
static bool split(struct str line, struct str *name, struct str *value)
{
	bool quoted = false;
	size_t i = 0, end = line.n;

	for (; i < line.n; i++) {
		char c = line.p[i];
		if (c == '"')
			quoted = !quoted;
		if (!quoted && c == ';' && end == line.n)
			end = i;
		if (!quoted && c == ':')
			break;
	}
	if (i == line.n)
		return false;
	*name = str_slice(line, 0, end < i ? end : i);
	*value = str_trim(str_slice(line, i + 1, line.n));
	return true;
}

/* ---- values ---- */

static bool number(struct str s, size_t at, size_t n, int *out)
{
	int v = 0;

	if (at + n > s.n)
		return false;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* 20261225 or 20261225T090000[Z]; *timed when it has a time that is not midnight. */
static bool read_date(struct str s, int64_t *days, bool *timed)
{
	struct date d;

	*timed = false;
	if (!number(s, 0, 4, &d.year) || !number(s, 4, 2, &d.month) || !number(s, 6, 2, &d.day) ||
	    !date_ok(d) || d.year < YEAR_FIRST)
		return false;
	if (s.n > 8) {
		int clock;
		if (s.p[8] != 'T' || !number(s, 9, 6, &clock))
			return false;
		*timed = clock != 0;
	}
	*days = date_to_days(d);
	return true;
}

static bool read_dates(struct str s, int64_t *v, size_t *n)
{
	struct str one;
	bool timed;

	while (str_cut(&s, ',', &one)) {
		if (*n == LIST_DATES_MAX || !read_date(str_trim(one), &v[*n], &timed))
			return false;
		(*n)++;
	}
	return true;
}

/* P1D, P2W, PT24H (a whole day at most matters). */
static bool read_duration(struct str s, int64_t *days)
{
	int64_t v;

	if (s.n < 3 || s.p[0] != 'P')
		return false;
	if (s.p[1] == 'T') {
		*days = 1;
		return true;
	}
	if (!str_int(str_slice(s, 1, s.n - 1), &v) || v < 1 || v > EVENT_DAYS_MAX)
		return false;
	*days = s.p[s.n - 1] == 'W' ? v * 7 : v;
	return s.p[s.n - 1] == 'W' || s.p[s.n - 1] == 'D';
}

/* "4TH", "-1MO": which weekday of the month. */
static bool read_weekday(struct str s, struct rule *r)
{
	static const char names[] = "MOTUWETHFRSASU";
	int64_t v;

	if (s.n < 3 || s.n > 4)
		return false;
	struct str ordinal = str_slice(s, s.p[0] == '+', s.n - 2);
	if (!str_int(ordinal, &v) || v == 0 || v < -5 || v > 5)
		return false;
	for (int i = 0; i < 7; i++)
		if (memcmp(names + 2 * i, s.p + s.n - 2, 2) == 0) {
			r->weekday = i;
			r->ordinal = (int)v;
			return true;
		}
	return false;
}

static bool small(struct str s, int64_t lo, int64_t hi, int *out)
{
	int64_t v;

	if (!str_int(s, &v) || v < lo || v > hi)
		return false;
	*out = (int)v;
	return true;
}

static bool rule_part(struct rule *r, struct str key, struct str v)
{
	bool timed;

	if (str_eq(key, S("FREQ")))
		return str_eq(v, S("YEARLY"));
	if (str_eq(key, S("INTERVAL")))
		return small(v, 1, 1000, &r->interval);
	if (str_eq(key, S("COUNT")))
		return small(v, 1, 100000, &r->count);
	if (str_eq(key, S("UNTIL")))
		return read_date(v, &r->until, &timed);
	if (str_eq(key, S("BYMONTH")))
		return small(v, 1, 12, &r->month);
	if (str_eq(key, S("BYMONTHDAY")))
		return small(v, 1, 31, &r->month_day);
	if (str_eq(key, S("BYDAY")))
		return read_weekday(v, r);
	return str_eq(key, S("WKST"));
}

static bool read_rule(struct str s, struct rule *r)
{
	struct str part;

	*r = (struct rule){.set = true, .interval = 1, .until = INT64_MAX};
	while (str_cut(&s, ';', &part)) {
		ptrdiff_t eq = str_find_char(part, '=');
		if (eq < 0 || !rule_part(r, str_slice(part, 0, (size_t)eq),
					 str_slice(part, (size_t)eq + 1, part.n)))
			return false;
	}
	return !(r->ordinal && r->month_day);
}

/* ---- events into days ---- */

static enum err put(struct reader *r, int64_t day)
{
	struct date d = date_from_days(day);

	if (d.year < r->from_year || d.year > r->to_year)
		return E_OK;
	if (r->n == HOURS_DAYS_MAX)
		return refuse(r, E_TOOLARGE, "hours.too_many_days");
	if (r->n == r->cap) {
		struct hours_day *v = NEWN(r->a, struct hours_day, r->cap * 2 + 64);
		if (r->n)
			memcpy(v, r->v, r->n * sizeof *v);
		r->v = v;
		r->cap = r->cap * 2 + 64;
	}
	r->v[r->n++] = (struct hours_day){.year = (int16_t)d.year,
					  .month = (uint8_t)d.month,
					  .day = (uint8_t)d.day,
					  .name = r->ev.name};
	return E_OK;
}

static bool excepted(const struct event *e, int64_t day)
{
	for (size_t i = 0; i < e->n_except; i++)
		if (e->except[i] == day)
			return true;
	return false;
}

static enum err put_run(struct reader *r, int64_t start)
{
	if (excepted(&r->ev, start))
		return E_OK;
	for (int64_t i = 0; i < r->ev.end - r->ev.start; i++)
		TRY(put(r, start + i));
	return E_OK;
}

/* The day the rule means in a year; false when that year has none (29 February, a 5th Monday). */
static bool rule_day(const struct rule *r, struct date start, int year, int64_t *out)
{
	struct date d = {year, r->month ? r->month : start.month,
			 r->month_day ? r->month_day : start.day};
	int last = date_month_days(year, d.month);

	if (r->ordinal) {
		d.day = r->ordinal > 0 ? 1 : last;
		int is = date_weekday(date_to_days(d));
		if (r->ordinal > 0)
			d.day = 1 + (r->weekday - is + 7) % 7 + 7 * (r->ordinal - 1);
		else
			d.day = last - (is - r->weekday + 7) % 7 + 7 * (r->ordinal + 1);
	}
	if (d.day < 1 || d.day > last)
		return false;
	*out = date_to_days(d);
	return true;
}

static enum err put_rule(struct reader *r)
{
	const struct event *e = &r->ev;
	struct date start = date_from_days(e->start);
	int done = 0;

	for (int y = start.year; y <= r->to_year; y += e->rule.interval) {
		int64_t day;
		if (!rule_day(&e->rule, start, y, &day) || day < e->start)
			continue;
		if (day > e->rule.until || (e->rule.count && done >= e->rule.count))
			break;
		done++;
		TRY(put_run(r, day));
	}
	return E_OK;
}

static enum err end_event(struct reader *r)
{
	struct event *e = &r->ev;

	r->in_event = false;
	if (!e->has_start)
		return refuse(r, E_MALFORMED, "hours.ical_no_start");
	if (e->cancelled)
		return E_OK;
	if (!e->has_end)
		e->end = e->start + e->duration;
	if (e->end <= e->start)
		e->end = e->start + 1;
	if (e->end - e->start > EVENT_DAYS_MAX)
		return refuse(r, E_INVALID, "hours.ical_long_event");
	if (e->rule.set)
		TRY(put_rule(r));
	else
		TRY(put_run(r, e->start));
	for (size_t i = 0; i < e->n_extra; i++)
		TRY(put_run(r, e->extra[i]));
	return E_OK;
}

static bool event_value(struct reader *r, struct str name, struct str v)
{
	struct event *e = &r->ev;
	bool timed;

	if (str_eq_nocase(name, S("DTSTART")))
		return e->has_start = read_date(v, &e->start, &timed);
	if (str_eq_nocase(name, S("DTEND"))) {
		e->has_end = read_date(v, &e->end, &timed);
		e->end += timed; /* ends during that day: it belongs to the holiday */
		return e->has_end;
	}
	if (str_eq_nocase(name, S("DURATION")))
		return read_duration(v, &e->duration);
	if (str_eq_nocase(name, S("RRULE")))
		return read_rule(v, &e->rule);
	if (str_eq_nocase(name, S("RDATE")))
		return read_dates(v, e->extra, &e->n_extra);
	if (str_eq_nocase(name, S("EXDATE")))
		return read_dates(v, e->except, &e->n_except);
	if (str_eq_nocase(name, S("STATUS")))
		e->cancelled = str_eq_nocase(v, S("CANCELLED"));
	if (str_eq_nocase(name, S("SUMMARY")) && str_utf8_ok(v))
		e->name = str_dup(r->a, str_clip(v, 200));
	return true;
}

static enum err begin_end(struct reader *r, bool begin, struct str what)
{
	if (str_eq_nocase(what, S("VCALENDAR"))) {
		if (begin ? r->began && !r->ended : !r->began || r->ended || r->in_event)
			return refuse(r, E_MALFORMED, "hours.ical_malformed");
		r->began = true;
		r->ended = !begin;
		return E_OK;
	}
	if (!r->began || r->ended)
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	if (str_eq_nocase(what, S("VEVENT")) && r->nested == 0) {
		if (begin == r->in_event)
			return refuse(r, E_MALFORMED, "hours.ical_malformed");
		if (!begin)
			return end_event(r);
		r->in_event = true;
		memset(&r->ev, 0, offsetof(struct event, extra));
		r->ev.n_extra = r->ev.n_except = 0;
		return E_OK;
	}
	r->nested += begin ? 1 : -1;
	return r->nested < 0 ? refuse(r, E_MALFORMED, "hours.ical_malformed") : E_OK;
}

static enum err read_line(struct reader *r, struct str line)
{
	struct str name, value;

	if (str_trim(line).n == 0)
		return E_OK;
	if (!split(line, &name, &value))
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	bool begin = str_eq_nocase(name, S("BEGIN"));
	if (begin || str_eq_nocase(name, S("END")))
		return begin_end(r, begin, value);
	if (!r->began || r->ended)
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	if (r->in_event && r->nested == 0 && !event_value(r, name, value))
		return refuse(r, E_INVALID, "hours.ical_value");
	return E_OK;
}

enum err hours_read_ical(struct arena *a, struct str ical, int from_year, int to_year,
			 struct hours_calendar *c, struct hours_why *why)
{
	struct reader *r = NEW(a, struct reader);
	struct str line;

	*r = (struct reader){
	    .a = a, .why = why, .rest = ical, .from_year = from_year, .to_year = to_year};
	if (ical.n > HOURS_ICAL_MAX)
		return refuse(r, E_TOOLARGE, "hours.ical_large");
	if (str_starts(ical, S("\xEF\xBB\xBF")))
		r->rest = str_slice(ical, 3, ical.n);
	if (from_year < HOURS_YEAR_MIN || to_year > HOURS_YEAR_MAX)
		return refuse(r, E_INVALID, "hours.bad_years");
	while (next_line(r, &line))
		TRY(read_line(r, line));
	if (!r->ended)
		return refuse(r, E_MALFORMED, "hours.ical_cut");
	if (c->n_days + r->n > HOURS_DAYS_MAX)
		return refuse(r, E_TOOLARGE, "hours.too_many_days");

	struct hours_day *all = NEWN(a, struct hours_day, c->n_days + r->n + 1);
	if (c->n_days)
		memcpy(all, c->days, c->n_days * sizeof *all);
	if (r->n)
		memcpy(all + c->n_days, r->v, r->n * sizeof *all);
	c->days = all;
	c->n_days += r->n;
	return E_OK;
}
