/* date.h - days of the Gregorian calendar, counted from 1970-01-01. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct date {
	int year, month, day;
};

int64_t date_to_days(struct date);
struct date date_from_days(int64_t);
bool date_ok(struct date);
int date_month_days(int year, int month);
int date_weekday(int64_t days); /* 0 is Monday */

/* Division that rounds down, so that days before 1970 work. */
static inline int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}
