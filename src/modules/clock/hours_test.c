/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"
#include "modules/clock/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t at(const char *iso)
{
	struct date d = {0};
	int h = 0, m = 0, s = 0;

	assert_true(sscanf(iso, "%d-%d-%dT%d:%d:%d", &d.year, &d.month, &d.day, &h, &m, &s) >= 5);
	return date_to_days(d) * DAY_MS + h * HOUR_MS + m * MINUTE_MS + s * SECOND_MS;
}

static struct hours *open_json(struct arena *a, const char *json, int y0, int y1)
{
	struct hours_calendar c;
	struct hours_why why = {0};
	struct hours *h = NULL;

	enum err e = hours_read(a, str_of(json), &c, &why);
	if (e == E_OK)
		e = hours_open(a, &c, y0, y1, &h, &why);
	if (e != E_OK)
		fail_msg("%s: %s %s", json, why.key, why.arg);
	return h;
}

/* ---- dates ---- */

static void test_dates(void **state)
{
	(void)state;
	assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
	assert_int_equal(date_to_days((struct date){2000, 3, 1}), 11017);
	assert_int_equal(date_weekday(0), 3);
	for (int64_t d = -30000; d < 90000; d++) {
		struct date x = date_from_days(d);
		assert_true(date_ok(x));
		assert_int_equal(date_to_days(x), d);
	}
}

/* ---- questions with known answers ---- */

#define OFFICE                                                                                     \
	"{\"zone\":\"Europe/Berlin\",\"week\":{\"mon\":[\"09:00-12:30\",\"13:30-18:00\"],"         \
	"\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],\"thu\":[\"09:00-18:00\"],"           \
	"\"fri\":[\"09:00-16:00\"]},\"days\":[{\"date\":\"12-25\",\"open\":[]},"                   \
	"{\"date\":\"2026-12-24\",\"open\":[\"09:00-13:00\"]}]}"
#define NIGHT "{\"zone\":\"America/New_York\",\"week\":{\"sat\":[\"22:00-06:00\"]}}"
#define ROUND                                                                                      \
	"{\"zone\":\"Pacific/Apia\",\"week\":{\"mon\":[\"00:00-24:00\"],"                          \
	"\"tue\":[\"00:00-24:00\"],\"wed\":[\"00:00-24:00\"],\"thu\":[\"00:00-24:00\"],"           \
	"\"fri\":[\"09:00-17:00\"],\"sat\":[\"00:00-24:00\"],\"sun\":[\"00:00-24:00\"]}}"
#define SAMPA "{\"zone\":\"America/Sao_Paulo\",\"week\":{\"sun\":[\"00:00-02:00\"]}}"
#define NEPAL "{\"zone\":\"Asia/Kathmandu\",\"week\":{\"mon\":[\"10:00-17:00\"]}}"
#define EARLY "{\"zone\":\"Asia/Shanghai\",\"week\":{\"mon\":[\"00:00-08:00\"]}}"
#define LATE  "{\"zone\":\"America/New_York\",\"week\":{\"wed\":[\"16:00-24:00\"]}}"
#define NONE  "{\"zone\":\"Asia/Shanghai\",\"week\":{}}"
#define ONCE  "{\"zone\":\"UTC\",\"days\":[{\"date\":\"2031-05-05\",\"open\":[\"10:00-11:00\"]}]}"
#define NIGHTS                                                                                     \
	"{\"zone\":\"UTC\",\"week\":{\"fri\":[\"22:00-06:00\"],\"sat\":[\"04:00-08:00\"]},"        \
	"\"days\":[{\"date\":\"2026-11-28\",\"open\":[]}]}"

enum ask { OPEN, NEXT, CLOSE, ADD, BETWEEN };

/* clang-format off */
static const struct question {
	const char *what, *calendar;
	enum ask ask;
	const char *from, *to;  /* to: the answer, or BETWEEN's other end; "never" */
	int64_t minutes;        /* ADD's amount, the answer of OPEN and BETWEEN */
} questions[] = {
	{"open in the morning",         OFFICE, OPEN,    "2026-11-23T08:00", "", 1},
	{"closed at noon",              OFFICE, OPEN,    "2026-11-23T11:45", "", 0},
	{"the end is closed",           OFFICE, OPEN,    "2026-11-23T17:00", "", 0},
	{"after lunch",                 OFFICE, NEXT,    "2026-11-23T11:45", "2026-11-23T12:30", 0},
	{"over the week-end",           OFFICE, NEXT,    "2026-11-27T15:00", "2026-11-30T08:00", 0},
	{"over a holiday of every year",OFFICE, NEXT,    "2026-12-24T12:00", "2026-12-28T08:00", 0},
	{"half day ends",               OFFICE, CLOSE,   "2026-12-24T09:00", "2026-12-24T12:00", 0},
	{"4 hours on a split day",      OFFICE, ADD,     "2026-11-23T08:00", "2026-11-23T13:00", 240},
	{"due exactly at the end",      OFFICE, ADD,     "2026-11-23T08:00", "2026-11-23T17:00", 480},
	{"a minute into the next day",  OFFICE, ADD,     "2026-11-23T08:00", "2026-11-24T08:01", 481},
	{"nothing added is now",        OFFICE, ADD,     "2026-11-22T08:00", "2026-11-22T08:00", 0},
	{"a week",                      OFFICE, BETWEEN, "2026-11-23T00:00", "2026-11-30T00:00", 480 + 3 * 540 + 420},
	{"backwards",                   OFFICE, BETWEEN, "2026-11-30T00:00", "2026-11-23T00:00", -(480 + 3 * 540 + 420)},
	{"ten years on",                OFFICE, NEXT,    "2036-12-25T09:00", "2036-12-26T08:00", 0},
	{"summer time takes an hour",   NIGHT,  BETWEEN, "2026-03-07T12:00", "2026-03-09T12:00", 420},
	{"winter time gives one",       NIGHT,  BETWEEN, "2026-10-31T12:00", "2026-11-02T12:00", 540},
	{"an ordinary night",           NIGHT,  BETWEEN, "2026-11-14T12:00", "2026-11-16T12:00", 480},
	{"Samoa had no 30 December",    ROUND,  BETWEEN, "2011-12-29T10:00", "2011-12-31T10:00", 2880},
	{"and another Friday it has",   ROUND,  BETWEEN, "2012-01-05T10:00", "2012-01-06T10:00", 480},
	{"midnight that was not",       SAMPA,  BETWEEN, "2018-11-04T00:00", "2018-11-05T00:00", 60},
	{"midnight that came twice",    SAMPA,  BETWEEN, "2018-02-18T00:00", "2018-02-19T00:00", 120},
	{"the Saturday hour repeated",  SAMPA,  NEXT,    "2018-02-18T00:00", "2018-02-18T03:00", 0},
	{"three quarters of an hour",   NEPAL,  NEXT,    "2026-11-23T00:00", "2026-11-23T04:15", 0},
	/* the first and the last day of all by the clock on the wall */
	{"1900 begins in Shanghai",     EARLY,  BETWEEN, "1899-12-31T15:54:17", "1900-01-01T15:54:17", 480},
	{"it is open then",             EARLY,  OPEN,    "1899-12-31T15:54:17", "", 1},
	{"and in no earlier year",      EARLY,  OPEN,    "1899-12-31T15:54:16", "", 0},
	{"2200 ends in New York",       LATE,   BETWEEN, "2200-12-31T05:00", "2201-01-01T05:00", 480},
	{"its last hour",               LATE,   NEXT,    "2201-01-01T04:59", "2201-01-01T04:59", 0},
	{"and no year after it",        LATE,   NEXT,    "2201-01-01T05:00", "never", 0},
	{"no hours, open",              NONE,   OPEN,    "2026-11-23T00:00", "", 0},
	{"no hours, next",              NONE,   NEXT,    "2026-11-23T00:00", "never", 0},
	{"no hours, add",               NONE,   ADD,     "2026-11-23T00:00", "never", 1},
	{"no hours, between",           NONE,   BETWEEN, "2026-11-23T00:00", "2199-11-23T00:00", 0},
	{"one day years away",          ONCE,   NEXT,    "2026-11-23T00:00", "2031-05-05T10:00", 0},
	{"and no more after it",        ONCE,   ADD,     "2026-11-23T00:00", "never", 61},
	{"but just enough",             ONCE,   ADD,     "2026-11-23T00:00", "2031-05-05T11:00", 60},
	{"the night before a holiday",  NIGHTS, BETWEEN, "2026-11-27T12:00", "2026-11-29T12:00", 480},
	{"spans over midnight overlap", NIGHTS, BETWEEN, "2026-11-20T12:00", "2026-11-22T12:00", 600},
};
/* clang-format on */

static void ask(const struct question *q, struct hours *h)
{
	int64_t from = at(q->from), got = 0, want = q->minutes;

	if (q->ask == OPEN)
		got = hours_is_open(h, from);
	else if (q->ask == BETWEEN)
		got = hours_between(h, from, at(q->to)) / MINUTE_MS;
	else
		want = strcmp(q->to, "never") == 0 ? HOURS_NEVER : at(q->to);
	if (q->ask == NEXT)
		got = hours_next_open(h, from);
	if (q->ask == CLOSE)
		got = hours_next_close(h, from);
	if (q->ask == ADD)
		got = hours_add(h, from, q->minutes * MINUTE_MS);
	if (got != want)
		fail_msg("%s: got %lld, want %lld", q->what, (long long)got, (long long)want);
}

static void test_questions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(questions); i++) {
		struct arena *a = arena_new();
		int year = date_from_days(floor_div(at(questions[i].from), DAY_MS)).year;
		year = year < HOURS_YEAR_MIN ? HOURS_YEAR_MIN : year;
		year = year > HOURS_YEAR_MAX ? HOURS_YEAR_MAX : year;
		ask(&questions[i], open_json(a, questions[i].calendar, year, year));
		/* A table built for another year grows to the same answer. */
		ask(&questions[i], open_json(a, questions[i].calendar, 1980, 1981));
		arena_free(a);
	}
}

/* ---- refused calendars ---- */

/* clang-format off */
static const struct refusal {
	const char *json, *key, *arg;
} refusals[] = {
	{"{\"zone\":\"Mars/Olympus\"}", "hours.unknown_zone", "Mars/Olympus"},
	{"{\"zone\":\"Etc/Unknown\"}", "hours.unknown_zone", "Etc/Unknown"},
	{"{\"zone\":\"GMT+5:07\"}", "hours.unknown_zone", "GMT+5:07"},
	{"{\"zone\":\"Europe\"}", "hours.unknown_zone", "Europe"},
	{"{\"zone\":\"CST\"}", "hours.unknown_zone", "CST"},
	{"{\"zone\":\"posix/UTC\"}", "hours.unknown_zone", "posix/UTC"},
	{"{\"zone\":\"../zoneinfo/UTC\"}", "hours.unknown_zone", "../zoneinfo/UTC"},
	{"{\"zone\":\"UTC\",\"week\":{\"mon\":[\"9-17\"]}}", "hours.bad_span", "9-17"},
	{"{\"zone\":\"UTC\",\"week\":{\"mon\":[\"24:00-25:00\"]}}", "hours.bad_span", "24:00-25:00"},
	{"{\"zone\":\"UTC\",\"week\":{\"mon\":[\"09:60-17:00\"]}}", "hours.bad_span", "09:60-17:00"},
	{"{\"zone\":\"UTC\",\"week\":{\"mon\":[\"-1:00-17:00\"]}}", "hours.bad_span", "-1:00-17:00"},
	{"{\"zone\":\"UTC\",\"days\":[{\"date\":\"2026-02-29\"}]}", "hours.bad_date", "2026-02-29"},
	{"{\"zone\":\"UTC\",\"days\":[{\"date\":\"02-30\"}]}", "hours.bad_date", "02-30"},
	{"{\"zone\":\"UTC\",\"days\":[{\"date\":\"2026-2-3\"}]}", "hours.bad_date", "2026-2-3"},
	{"{\"week\":{}}", "error.field_missing", "zone"},
	{"{\"zone\":", NULL, NULL},
};
/* clang-format on */

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct arena *a = arena_new();
		struct hours_calendar c;
		struct hours_why why = {0};
		struct hours *h;
		enum err e = hours_read(a, str_of(refusals[i].json), &c, &why);
		if (e == E_OK)
			e = hours_open(a, &c, 2026, 2026, &h, &why);
		assert_int_not_equal(e, E_OK);
		assert_non_null(why.key);
		if (refusals[i].key) {
			assert_string_equal(why.key, refusals[i].key);
			assert_string_equal(why.arg, refusals[i].arg);
		}
		arena_free(a);
	}
}

/* ---- against a count minute by minute ---- */

static uint64_t draw(uint64_t *s, uint64_t n)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s % n;
}

static struct hours_spans random_spans(struct arena *a, uint64_t *s)
{
	struct hours_spans out = {NEWN(a, struct hours_span, 4), draw(s, 4)};

	for (size_t i = 0; i < out.n; i++) {
		int32_t from = (int32_t)draw(s, 1440);
		int32_t len = 1 + (int32_t)draw(s, draw(s, 3) ? 600 : 1440);
		out.v[i] = (struct hours_span){from, from + len};
	}
	return out;
}

static struct hours_calendar random_calendar(struct arena *a, uint64_t *s, int64_t first_day)
{
	struct hours_calendar c = {.n_days = 12};

	for (int i = 0; i < 7; i++)
		c.week[i] = random_spans(a, s);
	c.days = NEWN(a, struct hours_day, c.n_days);
	for (size_t i = 0; i < c.n_days; i++) {
		struct date d = date_from_days(first_day + (int64_t)draw(s, 40));
		bool leap_day = d.month == 2 && d.day == 29;
		c.days[i] = (struct hours_day){.year = leap_day || draw(s, 3) ? (int16_t)d.year : 0,
					       .month = (uint8_t)d.month,
					       .day = (uint8_t)d.day};
		c.days[i].open = draw(s, 2) ? random_spans(a, s) : (struct hours_spans){0};
	}
	c.n_closed = draw(s, 12);
	c.closed = NEWN(a, struct hours_closed, c.n_closed + 1);
	for (size_t i = 0; i < c.n_closed; i++) {
		int64_t from = (first_day * 1440 + (int64_t)draw(s, 40 * 1440)) * MINUTE_MS;
		c.closed[i].from = from;
		c.closed[i].to = from + (int64_t)draw(s, draw(s, 3) ? 300 : 4000) * MINUTE_MS;
	}
	return c;
}

/* The rule said slowly: the last special day of that date, else of every year, else the week. */
static struct hours_spans slow_spans(const struct hours_calendar *c, int64_t day)
{
	struct date d = date_from_days(day);
	const struct hours_day *best = NULL;

	for (size_t i = 0; i < c->n_days; i++) {
		const struct hours_day *x = &c->days[i];
		bool same = x->month == d.month && x->day == d.day;
		if (same && x->year == d.year)
			best = x;
		if (same && x->year == 0 && !(best && best->year))
			best = x;
	}
	return best ? best->open : c->week[date_weekday(day)];
}

static bool slow_open(const struct hours_calendar *c, int64_t local)
{
	int64_t day = floor_div(local, DAY_MS);
	int32_t minute = (int32_t)((local - day * DAY_MS) / MINUTE_MS);

	for (size_t i = 0; i < c->n_closed; i++)
		if (local >= c->closed[i].from && local < c->closed[i].to)
			return false;
	for (int back = 0; back < 2; back++) {
		struct hours_spans s = slow_spans(c, day - back);
		for (size_t i = 0; i < s.n; i++)
			if (minute + back * 1440 >= s.v[i].from && minute + back * 1440 < s.v[i].to)
				return true;
	}
	return false;
}

struct count {
	int64_t from;
	size_t n;
	uint32_t *before; /* open minutes before minute i; n + 1 of them */
};

/* The C library is asked at every minute what the wall shows; no table of ours takes part. */
static struct count count_minutes(struct arena *a, const struct hours_calendar *c, const char *zone,
				  int64_t from, size_t n)
{
	struct count k = {from, n, NEWN(a, uint32_t, n + 1)};

	setenv("TZ", zone, 1);
	tzset();
	for (size_t i = 0; i < n; i++) {
		time_t s = floor_div(from, SECOND_MS) + (int64_t)i * 60;
		struct tm t;
		localtime_r(&s, &t);
		struct date d = {t.tm_year + 1900, t.tm_mon + 1, t.tm_mday};
		int64_t local = date_to_days(d) * DAY_MS + t.tm_hour * (int64_t)HOUR_MS +
				t.tm_min * (int64_t)MINUTE_MS;
		k.before[i + 1] = k.before[i] + slow_open(c, local);
	}
	return k;
}

static void compare(struct hours *h, const struct count *k, uint64_t *s, const char *zone)
{
	for (size_t i = 0; i < k->n; i++) {
		bool open = k->before[i + 1] > k->before[i];
		if (hours_is_open(h, k->from + (int64_t)i * MINUTE_MS) != open)
			fail_msg("%s: minute %zu after %lld is %d", zone, i, (long long)k->from,
				 open);
	}
	for (int q = 0; q < 2000; q++) {
		size_t i = draw(s, k->n), j = draw(s, k->n + 1);
		int64_t from = k->from + (int64_t)i * MINUTE_MS;
		int64_t to = k->from + (int64_t)j * MINUTE_MS;
		int64_t open = (int64_t)k->before[j] - (int64_t)k->before[i];
		if (hours_between(h, from, to) != open * MINUTE_MS)
			fail_msg("%s: between %zu and %zu", zone, i, j);
		if (open <= 0)
			continue;
		while (k->before[j - 1] == k->before[j])
			j--;
		int64_t due = hours_add(h, from, open * MINUTE_MS);
		if (due != k->from + (int64_t)j * MINUTE_MS)
			fail_msg("%s: add %lld to %zu", zone, (long long)open, i);
		for (j = i; k->before[j + 1] == k->before[j];)
			j++;
		if (hours_next_open(h, from) != k->from + (int64_t)j * MINUTE_MS)
			fail_msg("%s: next open after %zu", zone, i);
	}
}

static struct zone_table parts(struct arena *a, const char *zone, int64_t from, int64_t to)
{
	struct hours_why why;
	struct zone *z;
	struct zone_table t;

	assert_int_equal(zone_open(a, str_of(zone), &z, &why), E_OK);
	zone_parts(a, z, from, to, &t);
	return t;
}

static bool whole_minutes(const struct zone_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].offset % MINUTE_MS != 0 || t->v[i].from % MINUTE_MS != 0)
			return false;
	return true;
}

/* One zone, one random calendar, `days` days of a random year around a change of its clock when
 * it has one.  False when seconds in its offset make minutes the wrong measure. */
static bool check_zone(const char *zone, uint64_t seed, int days)
{
	struct arena *a = arena_new();
	uint64_t s = seed * 0x9E3779B97F4A7C15u + 1;
	struct hours *h;
	struct hours_why why;

	int year = 1950 + (int)draw(&s, 90);
	int64_t day = date_to_days((struct date){year, 1, 1});
	struct zone_table t = parts(a, zone, day * DAY_MS, (day + 366) * DAY_MS);
	if (days < 300)
		day = floor_div(t.v[t.n - 1].from, DAY_MS) - days / 2;
	t = parts(a, zone, day * DAY_MS, (day + days) * DAY_MS);
	bool whole = whole_minutes(&t);
	if (whole) {
		struct hours_calendar c = random_calendar(a, &s, day);
		c.zone = str_of(zone);
		assert_int_equal(hours_open(a, &c, year, year, &h, &why), E_OK);
		struct count k = count_minutes(a, &c, zone, day * DAY_MS, (size_t)days * 1440);
		compare(h, &k, &s, zone);
	}
	arena_free(a);
	return whole;
}

static bool whole_run;

static void test_minute_by_minute(void **state)
{
	struct arena *a = arena_new();
	struct str all, line, kind, name;
	int n = 0, seen = 0, skipped = 0;
	(void)state;

	/* Every zone and every other name of one, as the database lists them itself. */
	assert_true(file_read(a, "/usr/share/zoneinfo/tzdata.zi", 1 << 20, &all));
	while (str_cut(&all, '\n', &line)) {
		if (!str_cut(&line, ' ', &kind) || !str_cut(&line, ' ', &name))
			continue;
		bool other = str_eq(kind, S("L")) && str_cut(&line, ' ', &name);
		if (!other && !str_eq(kind, S("Z")))
			continue;
		n++;
		if (!whole_run && n % 12 != 0)
			continue;
		if (check_zone(str_z(a, name), (uint64_t)n, whole_run ? 366 : 24))
			seen++;
		else
			skipped++;
	}
	print_message("%d zones compared, %d left out for offsets with seconds\n", seen, skipped);
	assert_true(seen >= (whole_run ? 400 : 30));
	arena_free(a);
}

/* ---- response clocks ---- */

/* clang-format off */
static const struct story {
	const char *what, *calendar; /* NULL: around the clock */
	int64_t budget, warn;        /* minutes */
	struct { const char *at; enum clock_event_kind kind; } e[6];
	const char *now;
	enum clock_state state;
	const char *due, *warns;
	int64_t used;
	size_t ignored;
} stories[] = {
	{"not begun", OFFICE, 60, 0, {{0}}, "2026-11-23T08:00", CLOCK_IDLE, "never", "never", 0, 0},
	{"runs", OFFICE, 60, 15, {{"2026-11-23T08:00", CLOCK_ACTIVATE}}, "2026-11-23T08:30", CLOCK_RUNNING, "2026-11-23T09:00", "2026-11-23T08:45", 30, 0},
	{"overnight", OFFICE, 60, 15, {{"2026-11-23T16:50", CLOCK_ACTIVATE}}, "2026-11-23T23:00", CLOCK_RUNNING, "2026-11-24T08:50", "2026-11-24T08:35", 10, 0},
	{"not yet at the due time", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}}, "2026-11-23T09:00", CLOCK_RUNNING, "2026-11-23T09:00", "never", 60, 0},
	{"breached after it", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}}, "2026-11-23T09:01", CLOCK_BREACHED, "2026-11-23T09:00", "never", 61, 0},
	{"met", OFFICE, 60, 5, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T09:00", CLOCK_FULFIL}}, "2026-11-24T09:00", CLOCK_MET, "2026-11-23T09:00", "never", 60, 0},
	{"late", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T09:01", CLOCK_FULFIL}}, "2026-11-24T09:00", CLOCK_LATE, "2026-11-23T09:00", "never", 61, 0},
	{"paused", OFFICE, 60, 5, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T08:20", CLOCK_PAUSE}}, "2026-11-25T09:00", CLOCK_PAUSED, "never", "never", 20, 0},
	{"resumed", OFFICE, 60, 5, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T08:20", CLOCK_PAUSE}, {"2026-11-24T08:10", CLOCK_RESUME}}, "2026-11-24T08:20", CLOCK_RUNNING, "2026-11-24T08:50", "2026-11-24T08:45", 30, 0},
	{"breach noted", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T09:01", CLOCK_BREACH}}, "2026-11-23T09:05", CLOCK_BREACHED, "2026-11-23T09:00", "never", 65, 0},
	{"breach noted too early", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T08:30", CLOCK_BREACH}}, "2026-11-23T08:35", CLOCK_RUNNING, "2026-11-23T09:00", "never", 35, 1},
	{"cancelled", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T08:30", CLOCK_CANCEL}}, "2026-11-23T12:00", CLOCK_CANCELLED, "never", "never", 30, 0},
	{"a new promise", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_ACTIVATE}, {"2026-11-23T09:30", CLOCK_FULFIL}, {"2026-11-24T08:00", CLOCK_ACTIVATE}}, "2026-11-24T08:10", CLOCK_RUNNING, "2026-11-24T09:00", "never", 10, 0},
	{"nonsense is counted", OFFICE, 60, 0, {{"2026-11-23T08:00", CLOCK_RESUME}, {"2026-11-23T08:00", CLOCK_PAUSE}, {"2026-11-23T08:00", CLOCK_FULFIL}}, "2026-11-23T08:10", CLOCK_IDLE, "never", "never", 0, 3},
	{"time stepping back", OFFICE, 60, 0, {{"2026-11-23T09:00", CLOCK_ACTIVATE}, {"2026-11-23T08:00", CLOCK_PAUSE}}, "2026-11-23T08:10", CLOCK_PAUSED, "never", "never", 0, 0},
	{"around the clock", NULL, 120, 30, {{"2026-11-28T23:00", CLOCK_ACTIVATE}}, "2026-11-28T23:30", CLOCK_RUNNING, "2026-11-29T01:00", "2026-11-29T00:30", 30, 0},
	{"no second warning", NULL, 100, 20, {{"2026-11-23T00:00", CLOCK_ACTIVATE}, {"2026-11-23T01:35", CLOCK_PAUSE}, {"2026-11-23T04:59", CLOCK_RESUME}}, "2026-11-23T05:00", CLOCK_RUNNING, "2026-11-23T05:04", "never", 96, 0},
	{"a warning still to come", NULL, 100, 20, {{"2026-11-23T00:00", CLOCK_ACTIVATE}, {"2026-11-23T01:19", CLOCK_PAUSE}, {"2026-11-23T04:00", CLOCK_RESUME}}, "2026-11-23T04:00", CLOCK_RUNNING, "2026-11-23T04:21", "2026-11-23T04:01", 79, 0},
	{"a warning at the pause itself", NULL, 100, 20, {{"2026-11-23T00:00", CLOCK_ACTIVATE}, {"2026-11-23T01:20", CLOCK_PAUSE}, {"2026-11-23T04:00", CLOCK_RESUME}}, "2026-11-23T04:00", CLOCK_RUNNING, "2026-11-23T04:20", "2026-11-23T04:00", 80, 0},
	{"warned from the beginning", NULL, 10, 20, {{"2026-11-23T00:00", CLOCK_ACTIVATE}}, "2026-11-23T00:01", CLOCK_RUNNING, "2026-11-23T00:10", "2026-11-23T00:00", 1, 0},
	{"no hours at all", NONE, 60, 5, {{"2026-11-23T08:00", CLOCK_ACTIVATE}}, "2027-11-23T08:10", CLOCK_RUNNING, "never", "never", 0, 0},
};
/* clang-format on */

static int64_t when(const char *iso)
{
	return strcmp(iso, "never") == 0 ? HOURS_NEVER : at(iso);
}

static void test_clocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		const struct story *s = &stories[i];
		struct arena *a = arena_new();
		struct clock_rule rule = {.budget_ms = s->budget * MINUTE_MS,
					  .warn_ms = s->warn * MINUTE_MS};
		struct clock_event e[6];
		size_t n = 0;

		if (s->calendar)
			rule.hours = open_json(a, s->calendar, 2026, 2027);
		for (; n < COUNT(s->e) && s->e[n].at; n++)
			e[n] = (struct clock_event){at(s->e[n].at), s->e[n].kind};
		struct clock_now c = clock_fold(&rule, e, n, at(s->now));
		print_message("clock: %s\n", s->what);
		assert_string_equal(clock_state_name(c.state), clock_state_name(s->state));
		assert_int_equal(c.due, when(s->due));
		assert_int_equal(c.warn, when(s->warns));
		assert_int_equal(c.used_ms, s->used * MINUTE_MS);
		assert_int_equal(c.left_ms, (s->budget - s->used) * MINUTE_MS);
		assert_int_equal(c.ignored, s->ignored);
		assert_true((c.breached_at != HOURS_NEVER) ==
			    (c.state == CLOCK_BREACHED || c.state == CLOCK_LATE));
		arena_free(a);
	}
}

/* At the ends of time nothing runs round; UBSan looks on. */
static void test_clocks_far_out(void **state)
{
	static const int64_t far[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
	struct arena *a = arena_new();
	struct hours *h = open_json(a, OFFICE, 2026, 2026);
	(void)state;

	for (size_t i = 0; i < 4 * COUNT(far) * COUNT(far) * COUNT(far); i++) {
		size_t k = i / 4, n = COUNT(far);
		struct clock_rule rule = {i & 1 ? h : NULL, far[k % n], i & 2 ? far[k / n % n] : 5};
		const struct clock_event e[] = {{far[k / n % n], CLOCK_ACTIVATE},
						{far[k / n / n], CLOCK_PAUSE},
						{far[n - 1], CLOCK_RESUME},
						{far[n - 1], CLOCK_FULFIL}};
		for (size_t m = 0; m <= COUNT(e); m++) {
			struct clock_now c = clock_fold(&rule, e, m, far[k / n / n]);
			assert_true(c.used_ms >= 0 && c.ignored <= m);
		}
	}
	arena_free(a);
}

int main(int argc, char **argv)
{
	whole_run = argc > 1 && strcmp(argv[1], "slow") == 0;
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_dates),          cmocka_unit_test(test_questions),
	    cmocka_unit_test(test_refusals),       cmocka_unit_test(test_clocks),
	    cmocka_unit_test(test_clocks_far_out), cmocka_unit_test(test_minute_by_minute),
	};
	const struct CMUnitTest slow[] = {cmocka_unit_test(test_minute_by_minute)};

	return whole_run ? cmocka_run_group_tests(slow, NULL, NULL)
			 : cmocka_run_group_tests(all, NULL, NULL);
}
