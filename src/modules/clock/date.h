/* date.h - days of the Gregorian calendar, counted from 1970-01-01. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

struct date {
	int year, month, day;
};

int64_t date_to_days(struct date);
struct date date_from_days(int64_t);
bool date_ok(struct date);
int date_month_days(int year, int month);
int date_weekday(int64_t days); /* 0 is Monday */

/* The n digits from s.p[at] on as a number; false when there is anything else. */
bool date_digits(struct str s, size_t at, size_t n, int *out);
/* "2026-12-24T09:30", ":00" behind it or not, then "Z" or nothing: milliseconds since
 * 1970-01-01T00:00 of that clock.  Every field in full and in its bounds. */
bool date_read_moment(struct str, int64_t *ms, bool *utc);
/* "2026-12-24T09:30:00", in the arena. */
struct str date_write_moment(struct arena *, int64_t ms);

/* Division that rounds down, so that days before 1970 work. */
static inline int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}
