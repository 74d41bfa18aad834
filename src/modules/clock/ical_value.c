/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/ical.h"

#include "base/clock.h"
#include "modules/clock/date.h"

#include <string.h>

bool ical_read_time(struct str s, struct ical_time *out)
{
	struct date d;
	int h = 0, m = 0, sec = 0;

	*out = (struct ical_time){.timed = s.n > 8, .utc = s.n == 16 && s.p[15] == 'Z'};
	if ((s.n != 8 && s.n != 15 && !out->utc) || !date_digits(s, 0, 4, &d.year) ||
	    !date_digits(s, 4, 2, &d.month) || !date_digits(s, 6, 2, &d.day) || !date_ok(d) ||
	    d.year < ICAL_YEAR_FIRST)
		return false;
	if (out->timed && (s.p[8] != 'T' || !date_digits(s, 9, 2, &h) ||
			   !date_digits(s, 11, 2, &m) || !date_digits(s, 13, 2, &sec)))
		return false;
	/* 60 is a leap second. */
	if (h > 23 || m > 59 || sec > 60)
		return false;
	out->wall = date_to_days(d) * DAY_MS + h * (int64_t)HOUR_MS + m * (int64_t)MINUTE_MS +
		    sec * (int64_t)SECOND_MS;
	return true;
}

/* clang-format off */
static const struct unit {
	char letter;
	bool time;  /* stands behind the T */
	int64_t ms;
} units[] = {
	{'W', false, 7 * (int64_t)DAY_MS},
	{'D', false, DAY_MS},
	{'H', true,  HOUR_MS},
	{'M', true,  MINUTE_MS},
	{'S', true,  SECOND_MS},
};
/* clang-format on */

/* One "12H": the unit must come after the last one in the table. */
static bool read_part(struct str *s, bool time, size_t *next, struct ical_length *to)
{
	size_t n = 0;
	int v;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (n == 0 || n > 8 || n == s->n || !date_digits(*s, 0, n, &v))
		return false;
	for (size_t i = *next; i < COUNT(units); i++)
		if (units[i].letter == s->p[n] && units[i].time == time) {
			*(time ? &to->exact : &to->nominal) += v * units[i].ms;
			*next = i + 1;
			*s = str_slice(*s, n + 1, s->n);
			return true;
		}
	return false;
}

bool ical_read_duration(struct str s, struct ical_length *to)
{
	size_t next = 0;
	bool time = false;

	s = str_slice(s, str_starts(s, S("+")), s.n);
	if (!str_starts(s, S("P")) || s.n < 3)
		return false;
	s = str_slice(s, 1, s.n);
	*to = (struct ical_length){0};
	while (s.n) {
		if (s.p[0] == 'T' && !time) {
			time = true;
			s = str_slice(s, 1, s.n);
		}
		if (!read_part(&s, time, &next, to))
			return false;
	}
	return to->nominal + to->exact <= ICAL_EVENT_DAYS_MAX * (int64_t)DAY_MS;
}

/* "4TH", "-1MO": which weekday of the month. */
static bool read_weekday(struct str s, struct ical_rule *r)
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

static bool rule_part(struct ical_rule *r, struct str key, struct str v)
{
	if (str_eq(key, S("FREQ")))
		return r->set = str_eq(v, S("YEARLY"));
	if (str_eq(key, S("INTERVAL")))
		return small(v, 1, 1000, &r->interval);
	if (str_eq(key, S("COUNT")))
		return small(v, 1, 100000, &r->count);
	if (str_eq(key, S("UNTIL")))
		return r->ends = ical_read_time(v, &r->until);
	if (str_eq(key, S("BYMONTH")))
		return small(v, 1, 12, &r->month);
	if (str_eq(key, S("BYMONTHDAY")))
		return small(v, 1, 31, &r->month_day);
	if (str_eq(key, S("BYDAY")))
		return read_weekday(v, r);
	return str_eq(key, S("WKST"));
}

bool ical_read_rule(struct str s, struct ical_rule *r)
{
	struct str part;

	*r = (struct ical_rule){.interval = 1};
	while (str_cut(&s, ';', &part)) {
		ptrdiff_t eq = str_find_char(part, '=');
		if (eq < 0 || !rule_part(r, str_slice(part, 0, (size_t)eq),
					 str_slice(part, (size_t)eq + 1, part.n)))
			return false;
	}
	/* Without a month these mean days of every month, or weekdays of the year. */
	return r->set && !(r->ordinal && r->month_day) &&
	       (r->month || !(r->ordinal || r->month_day));
}

bool ical_rule_day(const struct ical_rule *r, int64_t start, int year, int64_t *out)
{
	struct date s = date_from_days(start);
	struct date d = {year, r->month ? r->month : s.month, r->month_day ? r->month_day : s.day};
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
