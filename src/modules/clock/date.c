/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/date.h"

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
