/* hours.h - when a desk is open, what is due when, and the clocks that count it.
 *
 * A calendar says which wall-clock times of which dates are open in one time zone.  An instant
 * is open when the clock on the wall of that zone then shows an open time: an hour that a zone
 * repeats counts twice, an hour or a day that it leaps over does not exist.  A span belongs to
 * the date on which it begins and may run past midnight; a special day replaces the spans that
 * begin on it, so the night shift of the evening before a holiday still ends in the morning.
 *
 * hours_open() builds a table of the open intervals of some years; every question after that is
 * a binary search in it.  A question beyond the table makes it longer (1900 to 2200 at most), so
 * a struct hours belongs to one thread at a time.  Instants are milliseconds since 1970 UTC. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum {
	HOURS_YEAR_MIN = 1900,
	HOURS_YEAR_MAX = 2200,
	HOURS_DAYS_MAX = 120000,      /* special days in one calendar: more than there are dates */
	HOURS_CLOSED_MAX = 500000,    /* closed times in one calendar */
	HOURS_ICAL_MAX = 16 << 20,    /* bytes of one iCalendar file */
	HOURS_SPANS_MAX = 48,         /* spans of one day */
	HOURS_MINUTES_MAX = 2 * 1440, /* a span ends at the latest with the next day */
};

/* "It never happens": the calendar has no such hour. */
#define HOURS_NEVER INT64_MAX

/* Minutes after midnight on the wall; 0 <= from < 1440, from < to <= HOURS_MINUTES_MAX. */
struct hours_span {
	int32_t from, to;
};

struct hours_spans {
	struct hours_span *v;
	size_t n; /* 0: closed all day */
};

/* A date with hours of its own; year 0 is every year.  The last one given for a date holds,
 * and one with a year beats one without. */
struct hours_day {
	int16_t year;
	uint8_t month, day;
	struct hours_spans open;
	struct str name;
};

/* A time in which the desk is closed whatever its hours are: the wall clock's milliseconds since
 * 1970-01-01T00:00.  It may begin and end in the middle of an open span. */
struct hours_closed {
	int64_t from, to;
};

struct hours_calendar {
	struct str zone;            /* IANA name, of the machine's tz database */
	struct hours_spans week[7]; /* Monday first */
	struct hours_day *days;
	size_t n_days;
	struct hours_closed *closed; /* in any order; may overlap */
	size_t n_closed;
};

/* Why a calendar was refused: an i18n key and what it is about; in the arena. */
struct hours_why {
	const char *key, *arg;
};

/* Read a calendar from JSON:
 *   {"zone": "Europe/Berlin",
 *    "week": {"mon": ["09:00-12:30", "13:30-18:00"], "fri": ["22:00-06:00"]},
 *    "days": [{"date": "2026-12-24", "open": ["09:00-13:00"]}, {"date": "12-25", "open": []}]}
 * "24:00" ends a day; an end at or before its start is on the next day. */
enum err hours_read(struct arena *, struct str json, struct hours_calendar *,
		    struct hours_why *) MUST;

/* Add what an iCalendar file closes between the two years: whole days as special days without
 * hours, events with times as closed times.  The calendar must have its zone by then: it is the
 * clock of times that name none.  All or nothing: E_MALFORMED for a file that is cut or is no
 * calendar, E_INVALID for what could only be obeyed in part, E_TOOLARGE; `arg` is the line. */
enum err hours_read_ical(struct arena *, struct str ical, int from_year, int to_year,
			 struct hours_calendar *, struct hours_why *) MUST;

struct hours;

/* Build the table of the years given (others are added when asked for); it and the calendar's
 * own copy live in the arena.  E_INVALID for a zone that does not exist and for spans or dates
 * that are none; overlapping spans count once.  E_INTERNAL: the machine has no tz database. */
enum err hours_open(struct arena *, const struct hours_calendar *, int from_year, int to_year,
		    struct hours **, struct hours_why *) MUST;

bool hours_is_open(struct hours *, int64_t at);
/* The first open instant at or after; the first closed one; HOURS_NEVER when there is none. */
int64_t hours_next_open(struct hours *, int64_t at);
int64_t hours_next_close(struct hours *, int64_t at);
/* The earliest instant at or after `from` with `ms` of open time since then; ms <= 0 is `from`. */
int64_t hours_add(struct hours *, int64_t from, int64_t ms);
/* Open time from one instant to the other, negative when they are the wrong way round. */
int64_t hours_between(struct hours *, int64_t from, int64_t to);
/* What the zone adds to UTC at that instant, in milliseconds. */
int64_t hours_zone_offset(struct hours *, int64_t at);
/* The next instant after `at` at which the zone's clock is put forward or back, or HOURS_NEVER. */
int64_t hours_zone_change(struct hours *, int64_t at);
/* The instant at which the zone's clock shows `wall` (milliseconds as if it were UTC).  A time that
 * comes twice is the earlier; one that is leapt over is as much later as the leap. */
int64_t hours_at_wall(struct hours *, int64_t wall);

/* ---- response clocks ---- */

enum clock_event_kind {
	CLOCK_ACTIVATE, /* the promise begins; again after an end: a new promise */
	CLOCK_PAUSE,    /* waiting for the customer */
	CLOCK_RESUME,
	CLOCK_FULFIL, /* it was kept, or late */
	CLOCK_BREACH, /* somebody noted that the due time passed */
	CLOCK_CANCEL,
};

struct clock_event {
	int64_t at;
	enum clock_event_kind kind;
};

enum clock_state {
	CLOCK_IDLE,
	CLOCK_RUNNING,
	CLOCK_PAUSED,
	CLOCK_BREACHED, /* due time passed, not fulfilled yet */
	CLOCK_MET,
	CLOCK_LATE, /* fulfilled after the due time */
	CLOCK_CANCELLED,
};

/* What was promised; hours NULL counts around the clock. */
struct clock_rule {
	struct hours *hours;
	int64_t budget_ms; /* open time until due */
	int64_t warn_ms;   /* open time before due at which to warn; 0: never */
};

struct clock_now {
	enum clock_state state;
	int64_t due;  /* HOURS_NEVER while paused, idle or when no hour is left to count */
	int64_t warn; /* when to warn, HOURS_NEVER when never, or no more since a pause */
	int64_t used_ms, left_ms; /* open time counted, and left until due (negative: over) */
	int64_t breached_at;      /* HOURS_NEVER when it did not */
	size_t ignored;           /* events that made no sense in their state */
};

/* Fold a clock's events, in the order they were written, into what holds at `now`.  An event
 * whose time lies before its predecessor's counts at the predecessor's: time never runs back. */
struct clock_now clock_fold(const struct clock_rule *, const struct clock_event *, size_t n,
			    int64_t now);

/* "running", "paused", ... */
const char *clock_state_name(enum clock_state);
