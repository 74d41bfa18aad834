/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/clock.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CAL(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define DATES_10                                                                                   \
	",20260701T090000,20260701T090000,20260701T090000,20260701T090000,20260701T090000,"        \
	"20260701T090000,20260701T090000,20260701T090000,20260701T090000,20260701T090000"
#define DATES_50    DATES_10 DATES_10 DATES_10 DATES_10 DATES_10
#define DATES_200   DATES_50 DATES_50 DATES_50 DATES_50
#define EVENT(body) "BEGIN:VEVENT\r\n" body "END:VEVENT\r\n"

/* clang-format off */
static const struct feed {
	const char *what, *text;
	enum err err;
	const char *days; /* what it closes of 2026 and 2027 */
} feeds[] = {
	{"one day", CAL(EVENT("DTSTART;VALUE=DATE:20261003\r\nSUMMARY:Tag der Einheit\r\n")), E_OK, "2026-10-03 "},
	{"two days", CAL(EVENT("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n")), E_OK, "2026-12-25 2026-12-26 "},
	{"duration, before its start", CAL(EVENT("DURATION:P3D\r\nDTSTART:20260217\r\n")), E_OK, "2026-02-17 2026-02-18 2026-02-19 "},
	{"each year", CAL(EVENT("DTSTART:20200101\r\nRRULE:FREQ=YEARLY\r\n")), E_OK, "2026-01-01 2027-01-01 "},
	{"until", CAL(EVENT("DTSTART:20200101\r\nRRULE:FREQ=YEARLY;UNTIL=20260601\r\n")), E_OK, "2026-01-01 "},
	{"count", CAL(EVENT("DTSTART:20250101\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n")), E_OK, "2026-01-01 "},
	{"every other year", CAL(EVENT("DTSTART:20210704\r\nRRULE:FREQ=YEARLY;INTERVAL=2\r\n")), E_OK, "2027-07-04 "},
	{"fourth Thursday", CAL(EVENT("DTSTART:20001123\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n")), E_OK, "2026-11-26 2027-11-25 "},
	{"last Monday", CAL(EVENT("DTSTART:20000529\r\nRRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5\r\n")), E_OK, "2026-05-25 2027-05-31 "},
	{"leap day", CAL(EVENT("DTSTART:20240229\r\nRRULE:FREQ=YEARLY\r\n")), E_OK, ""},
	{"except", CAL(EVENT("DTSTART:20200501\r\nRRULE:FREQ=YEARLY\r\nEXDATE:20260501\r\n")), E_OK, "2027-05-01 "},
	{"more dates", CAL(EVENT("DTSTART:20260501\r\nRDATE:20260509,20270510\r\n")), E_OK, "2026-05-01 2026-05-09 2027-05-10 "},
	{"cancelled", CAL(EVENT("DTSTART:20260501\r\nSTATUS:CANCELLED\r\n")), E_OK, ""},
	{"folded", CAL(EVENT("DTSTART;VALUE=DATE:2026\r\n 0501\r\nSUMMARY:a\r\n\tb\r\n")), E_OK, "2026-05-01 "},
	{"alarm inside", CAL(EVENT("DTSTART:20260501\r\nBEGIN:VALARM\r\nDURATION:PT1H\r\nDTSTART:20260601\r\nEND:VALARM\r\n")), E_OK, "2026-05-01 "},
	{"bare newlines", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260501\nEND:VEVENT\nEND:VCALENDAR\n", E_OK, "2026-05-01 "},
	{"empty calendar", CAL(""), E_OK, ""},
	{"nothing", "", E_MALFORMED, ""},
	{"cut", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260501\r\n", E_MALFORMED, ""},
	{"cut after an event", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260501\r\nEND:VEVENT\r\n", E_MALFORMED, ""},
	{"a task left open", "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\n" EVENT("DTSTART:20260501\r\n") "END:VCALENDAR\r\n", E_MALFORMED, ""},
	{"a task left open at the end", CAL(EVENT("DTSTART:20260501\r\n") "BEGIN:VTODO\r\n"), E_MALFORMED, ""},
	{"an alarm left open", CAL("BEGIN:VEVENT\r\nBEGIN:VALARM\r\nDTSTART:20260501\r\nEND:VEVENT\r\n"), E_MALFORMED, ""},
	{"an event in a task", CAL("BEGIN:VTODO\r\n" EVENT("DTSTART:20260501\r\n") "END:VTODO\r\n"), E_MALFORMED, ""},
	{"a calendar in a calendar", CAL("BEGIN:VTODO\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VTODO\r\n"), E_MALFORMED, ""},
	{"a task beside it", CAL("BEGIN:VTODO\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VTODO\r\n" EVENT("DTSTART:20260501\r\n")), E_OK, "2026-05-01 "},
	{"two calendars", CAL(EVENT("DTSTART:20260501\r\n")) CAL(EVENT("DTSTART:20260502\r\n")), E_OK, "2026-05-01 2026-05-02 "},
	{"no start", CAL(EVENT("SUMMARY:x\r\n")), E_MALFORMED, ""},
	{"no such day", CAL(EVENT("DTSTART:20260231\r\n")), E_INVALID, ""},
	{"a rule we do not know", CAL(EVENT("DTSTART:20260501\r\nRRULE:FREQ=WEEKLY\r\n")), E_INVALID, ""},
	{"event in event", CAL("BEGIN:VEVENT\r\n" EVENT("DTSTART:20260501\r\n")), E_MALFORMED, ""},
	{"no calendar", "hello\r\n", E_MALFORMED, ""},
	{"a year long and more", CAL(EVENT("DTSTART:20260101\r\nDTEND:20280101\r\n")), E_INVALID, ""},
	/* lengths */
	{"two days as hours", CAL(EVENT("DTSTART:20260501\r\nDURATION:PT48H\r\n")), E_OK, "2026-05-01 2026-05-02 "},
	{"an hour more", CAL(EVENT("DTSTART:20260501\r\nDURATION:P1DT1H\r\n")), E_OK, "2026-05-01 2026-05-02 "},
	{"zeros behind", CAL(EVENT("DTSTART:20260501\r\nDURATION:P1DT0H0M0S\r\n")), E_OK, "2026-05-01 "},
	{"a plus before", CAL(EVENT("DTSTART:20260501\r\nDURATION:+P2D\r\n")), E_OK, "2026-05-01 2026-05-02 "},
	{"a week", CAL(EVENT("DTSTART:20260501\r\nDURATION:P1W\r\n")), E_OK, "2026-05-01 2026-05-02 2026-05-03 2026-05-04 2026-05-05 2026-05-06 2026-05-07 "},
	{"end is start", CAL(EVENT("DTSTART:20260501\r\nDTEND:20260501\r\n")), E_OK, "2026-05-01 "},
	{"a minus before", CAL(EVENT("DTSTART:20260501\r\nDURATION:-P2D\r\n")), E_INVALID, ""},
	{"units astray", CAL(EVENT("DTSTART:20260501\r\nDURATION:PT1D\r\n")), E_INVALID, ""},
	{"units backwards", CAL(EVENT("DTSTART:20260501\r\nDURATION:PT1S1H\r\n")), E_INVALID, ""},
	{"no unit", CAL(EVENT("DTSTART:20260501\r\nDURATION:P1\r\n")), E_INVALID, ""},
	{"nothing behind T", CAL(EVENT("DTSTART:20260501\r\nDURATION:P1DT\r\n")), E_INVALID, ""},
	{"end before start", CAL(EVENT("DTSTART:20260501\r\nDTEND:20260430\r\n")), E_INVALID, ""},
	{"day to time", CAL(EVENT("DTSTART:20260501\r\nDTEND:20260501T120000\r\n")), E_INVALID, ""},
	/* times; the calendar's zone is Asia/Shanghai */
	{"a day in Shanghai, told in UTC", CAL(EVENT("DTSTART:20260930T160000Z\r\nDTEND:20261001T160000Z\r\n")), E_OK, "[2026-10-01T00:00 2026-10-02T00:00] "},
	{"an afternoon", CAL(EVENT("DTSTART:20260501T130000\r\nDTEND:20260501T180000\r\n")), E_OK, "[2026-05-01T13:00 2026-05-01T18:00] "},
	{"in another zone", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20260701T090000\r\nDURATION:PT2H\r\n")), E_OK, "[2026-07-01T15:00 2026-07-01T17:00] "},
	{"its winter", CAL(EVENT("DTSTART;TZID=\"Europe/Berlin\":20260101T090000\r\nDURATION:PT2H\r\n")), E_OK, "[2026-01-01T16:00 2026-01-01T18:00] "},
	{"two zones", CAL(EVENT("DTSTART;TZID=Asia/Tokyo:20260701T090000\r\nDTEND:20260701T020000Z\r\n")), E_OK, "[2026-07-01T08:00 2026-07-01T10:00] "},
	{"a zone with a prefix", CAL(EVENT("DTSTART;X-A=\";:\";TZID=/some.example/Asia/Tokyo:20260701T090000\r\nDURATION:PT1H\r\n")), E_OK, "[2026-07-01T08:00 2026-07-01T09:00] "},
	{"a zone before its date", CAL(EVENT("DTSTART;VALUE=DATE;TZID=Europe/Berlin:20260701\r\n")), E_OK, "2026-07-01 "},
	{"each year in UTC", CAL(EVENT("DTSTART:20201231T160000Z\r\nDTEND:20210101T160000Z\r\nRRULE:FREQ=YEARLY\r\n")), E_OK, "[2026-01-01T00:00 2026-01-02T00:00] [2027-01-01T00:00 2027-01-02T00:00] "},
	{"until an instant", CAL(EVENT("DTSTART:20200101T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;UNTIL=20260101T010000Z\r\n")), E_OK, "[2026-01-01T09:00 2026-01-01T10:00] "},
	{"until the instant before", CAL(EVENT("DTSTART:20200101T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;UNTIL=20260101T005959Z\r\n")), E_OK, ""},
	{"except an instant", CAL(EVENT("DTSTART:20260101T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY\r\nEXDATE:20260101T010000Z\r\n")), E_OK, "[2027-01-01T09:00 2027-01-01T10:00] "},
	{"except its day", CAL(EVENT("DTSTART:20260101T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20260101\r\n")), E_OK, "[2027-01-01T09:00 2027-01-01T10:00] "},
	{"a time without an end", CAL(EVENT("DTSTART:20260501T090000Z\r\n")), E_OK, ""},
	{"an end in the leap", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20260329T013000\r\nDTEND;TZID=Europe/Berlin:20260329T023000\r\n")), E_OK, "[2026-03-29T08:30 2026-03-29T09:30] "},
	{"hours, winter comes", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20261024T220000\r\nDURATION:PT9H\r\n")), E_OK, "[2026-10-25T04:00 2026-10-25T13:00] "},
	{"a day, winter comes", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20261024T220000\r\nDURATION:P1D\r\n")), E_OK, "[2026-10-25T04:00 2026-10-26T05:00] "},
	{"day and hours, winter comes", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20261024T120000\r\nDURATION:P1DT12H\r\n")), E_OK, "[2026-10-24T18:00 2026-10-26T07:00] "},
	{"24 hours, summer comes", CAL(EVENT("DTSTART;TZID=Europe/Berlin:20270327T220000\r\nDURATION:PT24H\r\n")), E_OK, "[2027-03-28T05:00 2027-03-29T05:00] "},
	{"no such zone", CAL(EVENT("DTSTART;TZID=Mars/Olympus:20260701T090000\r\nDURATION:PT2H\r\n")), E_INVALID, ""},
	{"a zone of letters", CAL(EVENT("DTSTART;TZID=CST:20260701T090000\r\nDURATION:PT2H\r\n")), E_INVALID, ""},
	{"25 o'clock", CAL(EVENT("DTSTART:20260701T250000\r\n")), E_INVALID, ""},
	{"half a time", CAL(EVENT("DTSTART:20260701T0900\r\n")), E_INVALID, ""},
	{"something behind", CAL(EVENT("DTSTART:20260701T090000ZZ\r\n")), E_INVALID, ""},
	{"a period", CAL(EVENT("DTSTART:20260701\r\nRDATE;VALUE=PERIOD:20260801T000000Z/P1D\r\n")), E_INVALID, ""},
	/* moved */
	{"moved", CAL(EVENT("UID:a\r\nDTSTART:20250501\r\nRRULE:FREQ=YEARLY\r\n") EVENT("UID:a\r\nRECURRENCE-ID:20260501\r\nDTSTART:20260504\r\n")), E_OK, "2026-05-04 2027-05-01 "},
	{"moved, told before", CAL(EVENT("RECURRENCE-ID:20260501\r\nDTSTART:20260504\r\nUID:a\r\n") EVENT("UID:a\r\nDTSTART:20250501\r\nRRULE:FREQ=YEARLY\r\n")), E_OK, "2026-05-04 2027-05-01 "},
	{"one of them cancelled", CAL(EVENT("UID:a\r\nDTSTART:20250501\r\nRRULE:FREQ=YEARLY\r\n") EVENT("UID:a\r\nRECURRENCE-ID:20260501\r\nDTSTART:20260501\r\nSTATUS:CANCELLED\r\n")), E_OK, "2027-05-01 "},
	{"another's moved", CAL(EVENT("UID:a\r\nDTSTART:20250501\r\nRRULE:FREQ=YEARLY\r\n") EVENT("UID:b\r\nRECURRENCE-ID:20260501\r\nDTSTART:20260504\r\n")), E_OK, "2026-05-01 2026-05-04 2027-05-01 "},
	{"a time moved", CAL(EVENT("UID:a\r\nDTSTART;TZID=Asia/Tokyo:20250501T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY\r\n") EVENT("UID:a\r\nRECURRENCE-ID:20260501T000000Z\r\nDTSTART:20260504T100000\r\nDURATION:PT1H\r\n")), E_OK, "[2027-05-01T08:00 2027-05-01T09:00] [2026-05-04T10:00 2026-05-04T11:00] "},
	{"this and the rest moved", CAL(EVENT("UID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260501\r\nDTSTART:20260504\r\n")), E_INVALID, ""},
	/* rules that say more than is understood */
	{"a weekday of the year", CAL(EVENT("DTSTART:20000529\r\nRRULE:FREQ=YEARLY;BYDAY=-1MO\r\n")), E_INVALID, ""},
	{"a day of every month", CAL(EVENT("DTSTART:20000529\r\nRRULE:FREQ=YEARLY;BYMONTHDAY=3\r\n")), E_INVALID, ""},
	{"how often it is not said", CAL(EVENT("DTSTART:20260501\r\nRRULE:COUNT=2\r\n")), E_INVALID, ""},
	{"two rules", CAL(EVENT("DTSTART:20260501\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=YEARLY\r\n")), E_INVALID, ""},
	{"counted from long ago", CAL(EVENT("DTSTART:18000101\r\nRRULE:FREQ=YEARLY;COUNT=227\r\n")), E_OK, "2026-01-01 "},
	{"every third year from long ago", CAL(EVENT("DTSTART:18020101\r\nRRULE:FREQ=YEARLY;INTERVAL=3\r\n")), E_OK, "2027-01-01 "},
	{"a year long, over the new year", CAL(EVENT("DTSTART:20250101\r\nDTEND:20260102\r\n")), E_OK, "2026-01-01 "},
	{"each year, over the new year", CAL(EVENT("DTSTART:20151231\r\nDTEND:20160103\r\nRRULE:FREQ=YEARLY\r\n")), E_OK, "2026-01-01 2026-01-02 2026-12-31 2027-01-01 2027-01-02 2027-12-31 "},
	{"counted, over the new year", CAL(EVENT("DTSTART:20151231\r\nDTEND:20160103\r\nRRULE:FREQ=YEARLY;COUNT=11\r\n")), E_OK, "2026-01-01 2026-01-02 "},
	{"one day twice", CAL(EVENT("DTSTART:20260501\r\nDTEND:20260503\r\n") EVENT("DTSTART:20260502\r\nDTEND:20260504\r\n")), E_OK, "2026-05-01 2026-05-02 2026-05-03 "},
};
/* clang-format on */

/* The days closed, then the times as they come. */
static void write_closed(struct buf *b, struct hours_calendar *c)
{
	struct arena *a = b->a;

	for (size_t d = 0; d < c->n_days; d++)
		buf_fmt(b, "%04d-%02d-%02d ", c->days[d].year, c->days[d].month, c->days[d].day);
	for (size_t i = 0; i < c->n_closed; i++)
		buf_fmt(b, "[%.16s %.16s] ", date_write_moment(a, c->closed[i].from).p,
			date_write_moment(a, c->closed[i].to).p);
	buf_char(b, 0);
}

static void test_feeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(feeds); i++) {
		struct arena *a = arena_new();
		struct hours_calendar c = {.zone = S("Asia/Shanghai")};
		struct hours_why why = {0};
		struct buf got = BUF(a);
		enum err e = hours_read_ical(a, str_of(feeds[i].text), 2026, 2027, &c, &why);

		if (e != feeds[i].err)
			fail_msg("%s: %s (%s %s)", feeds[i].what, err_name(e), why.key, why.arg);
		assert_true(e == E_OK || (why.key && c.n_days == 0 && c.n_closed == 0));
		write_closed(&got, &c);
		if (strcmp(got.p, feeds[i].days) != 0)
			fail_msg("%s: %s", feeds[i].what, got.p);
		arena_free(a);
	}
}

/* ---- what a desk then does ---- */

#define DESK                                                                                       \
	"{\"zone\":\"Asia/Shanghai\",\"week\":{\"wed\":[\"09:00-18:00\",\"22:00-06:00\"],"         \
	"\"thu\":[\"09:00-18:00\",\"22:00-06:00\"],\"fri\":[\"09:00-18:00\"]}}"

/* clang-format off */
static const struct desk {
	const char *what, *event, *from, *to; /* Thursday is 1 October 2026 */
	int64_t minutes;
} desks[] = {
	{"nothing",              "DTSTART:20270101\r\n", "2026-09-30T00:00", "2026-10-03T00:00", 3 * 540 + 2 * 480},
	{"a day, its shifts",    "DTSTART:20261001\r\n", "2026-09-30T00:00", "2026-10-03T00:00", 2 * 540 + 480},
	{"its day alone",        "DTSTART:20261001\r\n", "2026-10-01T00:00", "2026-10-02T00:00", 360},
	{"24 hours in UTC",      "DTSTART:20260930T160000Z\r\nDTEND:20261001T160000Z\r\n", "2026-10-01T00:00", "2026-10-02T00:00", 0},
	{"nothing else of it",   "DTSTART:20260930T160000Z\r\nDTEND:20261001T160000Z\r\n", "2026-09-30T00:00", "2026-10-03T00:00", 2 * 540 + 120 + 360},
	{"an afternoon",         "DTSTART:20261001T130000\r\nDTEND:20261001T180000\r\n", "2026-10-01T06:00", "2026-10-01T22:00", 240},
	{"lunch",                "DTSTART:20261001T120000\r\nDURATION:PT45M\r\n", "2026-10-01T06:00", "2026-10-01T22:00", 495},
	{"a part of the night",  "DTSTART:20261001T230000\r\nDURATION:PT2H\r\n", "2026-10-01T20:00", "2026-10-02T08:00", 360},
};
/* clang-format on */

static int64_t shanghai(const char *moment)
{
	int64_t ms;
	bool utc;

	assert_true(date_read_moment(str_of(moment), &ms, &utc));
	return ms - 8 * (int64_t)HOUR_MS;
}

static void test_desks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(desks); i++) {
		struct arena *a = arena_new();
		struct hours_calendar c;
		struct hours_why why;
		struct hours *h;
		struct str feed =
		    str_fmt(a, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n%sEND:VEVENT\nEND:VCALENDAR\n",
			    desks[i].event);

		assert_int_equal(hours_read(a, S(DESK), &c, &why), E_OK);
		assert_int_equal(hours_read_ical(a, feed, 1900, 2200, &c, &why), E_OK);
		assert_int_equal(hours_open(a, &c, 2026, 2026, &h, &why), E_OK);
		int64_t got = hours_between(h, shanghai(desks[i].from), shanghai(desks[i].to));
		if (got != desks[i].minutes * MINUTE_MS)
			fail_msg("%s: %lld minutes", desks[i].what, (long long)(got / MINUTE_MS));
		arena_free(a);
	}
}

/* ---- nights in which the clock is changed, by the clock itself ---- */

/* clang-format off */
static const struct night {
	const char *event, *closed;
} nights[] = {
	{"DTSTART;TZID=Europe/Berlin:20261024T220000\nDTEND:20261025T050000Z\n", "[2026-10-24T22:00 2026-10-25T06:00] "},
	{"DTSTART;TZID=Europe/Berlin:20261024T220000\nDTEND;TZID=Europe/Berlin:20261025T060000\n", "[2026-10-24T22:00 2026-10-25T06:00] "},
	{"DTSTART;TZID=Europe/Berlin:20261024T220000\nDURATION:PT9H\n",   "[2026-10-24T22:00 2026-10-25T06:00] "},
	{"DTSTART:20261024T220000\nDURATION:PT9H\n",                      "[2026-10-24T22:00 2026-10-25T06:00] "},
	{"DTSTART:20261024T200000Z\nDURATION:PT9H\n",                     "[2026-10-24T22:00 2026-10-25T06:00] "},
	{"DTSTART;TZID=Europe/Berlin:20270327T220000\nDURATION:PT8H\n",   "[2027-03-27T22:00 2027-03-28T07:00] "},
	{"DTSTART:20270327T220000\nDURATION:PT8H\n",                      "[2027-03-27T22:00 2027-03-28T07:00] "},
	{"DTSTART:20270327T220000\nDURATION:P1D\n",                       "[2027-03-27T22:00 2027-03-28T22:00] "},
	{"DTSTART:20270327T060000\nDURATION:P1DT1H\n",                    "[2027-03-27T06:00 2027-03-28T07:00] "},
	{"DTSTART:20270327T010000\nDURATION:P1DT1H\n",                    "[2027-03-27T01:00 2027-03-28T03:00] "},
	{"DTSTART:20261024T220000\nDURATION:P1W\n",                       "[2026-10-24T22:00 2026-10-31T22:00] "},
	/* each year exactly as long */
	{"DTSTART:20251024T220000\nDURATION:PT9H\nRRULE:FREQ=YEARLY\n",   "[2026-10-24T22:00 2026-10-25T06:00] [2027-10-24T22:00 2027-10-25T07:00] "},
	{"DTSTART:20251024T220000\nDTEND:20251025T070000\nRRULE:FREQ=YEARLY\n", "[2026-10-24T22:00 2026-10-25T07:00] [2027-10-24T22:00 2027-10-25T07:00] "},
};
/* clang-format on */

static void test_nights(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(nights); i++) {
		struct arena *a = arena_new();
		struct hours_calendar c = {.zone = S("Europe/Berlin")};
		struct hours_why why = {0};
		struct buf got = BUF(a);
		struct str feed = str_fmt(a,
					  "BEGIN:VCALENDAR\nBEGIN:VEVENT\n%sEND:VEVENT\n"
					  "END:VCALENDAR\n",
					  nights[i].event);

		if (hours_read_ical(a, feed, 2026, 2027, &c, &why) != E_OK)
			fail_msg("%s: %s %s", nights[i].event, why.key, why.arg);
		write_closed(&got, &c);
		if (strcmp(got.p, nights[i].closed) != 0)
			fail_msg("%s: %s", nights[i].event, got.p);
		arena_free(a);
	}
}

/* ---- large and slow ones ---- */

/* clang-format off */
static const struct long_line {
	const char *what, *before; /* `times` of a part follow it, then `after` */
	size_t times;
	const char *part, *after;
	enum err err;
} long_lines[] = {
	{"a name as long as a book",   "DTSTART;TZID=/",        100000, "a/", "Asia/Tokyo:20260701T090000", E_INVALID},
	{"one too long",               "DTSTART;TZID=/",        123, "a/", "Asia/Tokyo:20260701T090000", E_INVALID},
	{"as long as it may be",       "DTSTART;TZID=/",        122, "a/", "Asia/Tokyo:20260701T090000", E_OK},
	{"one zone, often prefixed",   "DTSTART:20260701T090000\r\n", 60000, "COMMENT:x\r\nRDATE;TZID=/a.example/b/c/d/Asia/Tokyo:20260701T090000\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260701T090000\r\n", "", E_OK},
	{"a book before 200 dates",    "DTSTART:20260701T090000\r\nRDATE;X=", 1500000, "0123456789", ":20260701T090000" DATES_200, E_OK},
};
/* clang-format on */

static void test_long_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(long_lines); i++) {
		const struct long_line *m = &long_lines[i];
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct hours_calendar c = {.zone = S("Asia/Shanghai")};
		struct hours_why why = {0};

		buf_z(&b, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
		buf_z(&b, m->before);
		for (size_t n = 0; n < m->times; n++)
			buf_z(&b, m->part);
		buf_z(&b, m->after);
		buf_z(&b, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
		clock_t t0 = clock();
		enum err e = hours_read_ical(a, buf_str(&b), 2026, 2026, &c, &why);
		double s = (double)(clock() - t0) / CLOCKS_PER_SEC;
		if (e != m->err || (e != E_OK && strcmp(why.key, "hours.ical_zone") != 0))
			fail_msg("%s: %s (%s)", m->what, err_name(e), why.key);
		if (s >= 2)
			fail_msg("%s: %.2f s", m->what, s);
		arena_free(a);
	}
}

/* Four hundred names and then the first again is no work; names that never come again are. */
static void test_many_zones(void **state)
{
	static const char *const names[] = {"Asia/Tokyo", "Europe/Berlin", "UTC"};
	static const enum err want[] = {E_OK, E_TOOLARGE};
	(void)state;

	for (size_t k = 0; k < COUNT(want); k++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct hours_calendar c = {.zone = S("Asia/Shanghai")};
		struct hours_why why = {0};

		buf_z(&b, "BEGIN:VCALENDAR\r\n");
		for (int i = 0; b.n < HOURS_ICAL_MAX - 2000; i++)
			buf_fmt(&b, EVENT("DTSTART;TZID=/a%d/b/c/%s:20260701T090000\r\n"),
				k || i < 400 ? i : 0, names[k || i < 400 ? i % 3 : 0]);
		buf_z(&b, "END:VCALENDAR\r\n");
		clock_t t0 = clock();
		enum err e = hours_read_ical(a, buf_str(&b), 2026, 2026, &c, &why);
		double s = (double)(clock() - t0) / CLOCKS_PER_SEC;
		print_message("zones %zu: %.2f s: %s\n", k, s, err_name(e));
		assert_string_equal(err_name(e), err_name(want[k]));
		assert_true(s < 2);
		arena_free(a);
	}
}

/* Ten megabytes of events are read, cut anywhere they are refused. */
static void test_large_feed(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct hours_calendar c = {.zone = S("UTC")};
	struct hours_why why;
	(void)state;

	buf_z(&b, "BEGIN:VCALENDAR\r\n");
	for (int i = 0; b.n < 10 << 20; i++)
		buf_fmt(&b, EVENT("DTSTART:2026%02d%02d\r\nSUMMARY:%0200d\r\n"), i % 12 + 1,
			i % 28 + 1, i);
	struct str cut = buf_str(&b);
	buf_z(&b, "END:VCALENDAR\r\n");
	assert_int_equal(hours_read_ical(a, str_slice(cut, 0, cut.n / 2), 2026, 2026, &c, &why),
			 E_MALFORMED);
	assert_int_equal(c.n_days, 0);
	assert_int_equal(hours_read_ical(a, buf_str(&b), 2026, 2026, &c, &why), E_OK);
	assert_int_equal(c.n_days, 84); /* so often do 12 and 28 meet */
	b.n = HOURS_ICAL_MAX + 1;
	assert_int_equal(hours_read_ical(a, (struct str){b.p, b.n}, 2030, 2031, &c, &why),
			 E_TOOLARGE);
	arena_free(a);
}

#define LONG_AGO "DTSTART:18000101\r\nDTEND:18010101\r\nRRULE:FREQ=YEARLY;COUNT="
#define EXCEPT                                                                                     \
	"EXDATE:20010101T000000Z,20020101T000000Z,20030101T000000Z,20040101T000000Z,"              \
	"20050101T000000Z,20060101T000000Z,20070101T000000Z,20080101T000000Z\r\n"

/* clang-format off */
static const struct slow {
	const char *what, *event; /* `times` of it, 1900 to 2200 */
	int times;
	enum err err;
} slows[] = {
	{"over before the first year",  LONG_AGO "100\r\n", 3000, E_OK},
	{"a hundred years of years",    LONG_AGO "200\r\n", 3000, E_OK},
	{"too many of the first",       LONG_AGO "100\r\n", 200000, E_TOOLARGE},
	{"counted to the end",          LONG_AGO "401\r\n", 200000, E_TOOLARGE},
	{"not counted",                 "DTSTART:18000101\r\nDTEND:18010101\r\nRRULE:FREQ=YEARLY\r\n", 200000, E_TOOLARGE},
	{"times and exceptions",        "DTSTART;TZID=Europe/Berlin:18000101T000000\r\nDURATION:P1D\r\nRRULE:FREQ=YEARLY\r\n" EXCEPT, 50000, E_TOOLARGE},
	{"all moved, all the same",     "UID:a\r\nRECURRENCE-ID:20260101\r\nDTSTART:20260101\r\n", 200000, E_OK},
	{"moved ones of one series",    "UID:a\r\nRECURRENCE-ID:20260101\r\nDTSTART:20260101\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:18000101\r\nRRULE:FREQ=YEARLY\r\n", 100000, E_TOOLARGE},
	{"open ends",                   "END:VEVENT\r\nBEGIN:VALARM\r\nEND:VALARM\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\n", 1, E_MALFORMED},
};
/* clang-format on */

/* Whatever a file of the largest size says, it is answered in a second or two; a hundred times the
 * work would be seen even on a busy machine. */
static void test_slow_feeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(slows); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct hours_calendar c = {.zone = S("America/New_York")};
		struct hours_why why = {0};

		buf_z(&b, "BEGIN:VCALENDAR\r\n");
		for (int n = 0; n < slows[i].times && b.n < HOURS_ICAL_MAX - 2000; n++)
			buf_fmt(&b, EVENT("%s"), slows[i].event);
		buf_z(&b, "END:VCALENDAR\r\n");
		clock_t t0 = clock();
		enum err e = hours_read_ical(a, buf_str(&b), 1900, 2200, &c, &why);
		double s = (double)(clock() - t0) / CLOCKS_PER_SEC;
		print_message("%s: %zu bytes, %.2f s: %s %s\n", slows[i].what, b.n, s, err_name(e),
			      why.key ? why.key : "");
		assert_string_equal(err_name(e), err_name(slows[i].err));
		assert_true(s < 5);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_feeds),      cmocka_unit_test(test_desks),
	    cmocka_unit_test(test_nights),     cmocka_unit_test(test_large_feed),
	    cmocka_unit_test(test_slow_feeds), cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_many_zones),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
