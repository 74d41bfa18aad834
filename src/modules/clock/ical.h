/* ical.h - the values of an iCalendar file (RFC 5545): dates, times, durations, yearly rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "modules/clock/zone.h"

enum { ICAL_YEAR_FIRST = 1800, ICAL_EVENT_DAYS_MAX = 366 };

/* A DATE or a DATE-TIME. */
struct ical_time {
	int64_t
	    wall; /* milliseconds since 1970-01-01T00:00 of its clock; a date's is its midnight */
	bool timed, utc;
	const struct zone_table *zone; /* its TZID; NULL for UTC and for the calendar's own clock */
};

/* How long an event is, in milliseconds: first so much by the clock on the wall (weeks and days),
 * then so much of time itself, whatever the clock does meanwhile. */
struct ical_length {
	int64_t nominal, exact;
};

/* FREQ=YEARLY with what else is understood; 0 is "not given". */
struct ical_rule {
	bool set;
	int interval, count, month, month_day, ordinal, weekday;
	bool ends;
	struct ical_time until;
};

/* 20261225, 20261225T090000, 20261225T090000Z; `zone` is left to the caller. */
bool ical_read_time(struct str, struct ical_time *);
/* P1D, P2W, PT48H, P1DT12H, +P2D; not below zero, at most ICAL_EVENT_DAYS_MAX. */
bool ical_read_duration(struct str, struct ical_length *);
/* False for every rule that could only be obeyed in part. */
bool ical_read_rule(struct str, struct ical_rule *);

/* The day the rule means in a year, for an event that begins on day `start`; false when that year
 * has none (29 February, a 5th Monday). */
bool ical_rule_day(const struct ical_rule *, int64_t start, int year, int64_t *day);
