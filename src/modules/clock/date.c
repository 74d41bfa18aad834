/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/date.h"

#include "base/clock.h"

/* Days before year y, counted as if the calendar began with year 1. */
static int64_t before_year(int64_t y)
{
	int64_t p = y - 1;

	return p * 365 + floor_div(p, 4) - floor_div(p, 100) + floor_div(p, 400);
}

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

int date_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && leap(year));
}

int64_t date_to_days(struct date d)
{
	int64_t n = before_year(d.year) - before_year(1970) + d.day - 1;

	for (int m = 1; m < d.month; m++)
		n += date_month_days(d.year, m);
	return n;
}

struct date date_from_days(int64_t n)
{
	struct date d = {.year = (int)(1970 + floor_div(n, 366)), .month = 1};

	while (before_year(d.year + 1) - before_year(1970) <= n)
		d.year++;
	while (before_year(d.year) - before_year(1970) > n)
		d.year--;
	int64_t left = n - (before_year(d.year) - before_year(1970));
	while (left >= date_month_days(d.year, d.month))
		left -= date_month_days(d.year, d.month++);
	d.day = (int)left + 1;
	return d;
}

bool date_ok(struct date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= date_month_days(d.year, d.month);
}

int date_weekday(int64_t days)
{
	return (int)(days + 3 - 7 * floor_div(days + 3, 7));
}

bool date_digits(struct str s, size_t at, size_t n, int *out)
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

/* The separators of "2026-12-24T09:30:00", each at its place. */
static bool separated(struct str s)
{
	static const char form[] = "    -  -  T  :  :  ";

	for (size_t i = 0; i < s.n; i++)
		if (form[i] != ' ' && form[i] != s.p[i])
			return false;
	return true;
}

bool date_read_moment(struct str s, int64_t *ms, bool *utc)
{
	struct date d;
	int h, m, sec = 0;

	*utc = str_ends(s, S("Z"));
	s.n -= *utc;
	if ((s.n != 16 && s.n != 19) || !separated(s) || !date_digits(s, 0, 4, &d.year) ||
	    !date_digits(s, 5, 2, &d.month) || !date_digits(s, 8, 2, &d.day) ||
	    !date_digits(s, 11, 2, &h) || !date_digits(s, 14, 2, &m) ||
	    (s.n == 19 && !date_digits(s, 17, 2, &sec)))
		return false;
	if (!date_ok(d) || h > 23 || m > 59 || sec > 59)
		return false;
	*ms = date_to_days(d) * DAY_MS + h * (int64_t)HOUR_MS + m * (int64_t)MINUTE_MS +
	      sec * (int64_t)SECOND_MS;
	return true;
}

struct str date_write_moment(struct arena *a, int64_t ms)
{
	int64_t day = floor_div(ms, DAY_MS), left = ms - day * DAY_MS;
	struct date d = date_from_days(day);

	return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day,
		       (int)(left / HOUR_MS), (int)(left / MINUTE_MS % 60),
		       (int)(left / SECOND_MS % 60));
}
