/* aftersail hours: questions to a calendar, answered in its zone and in UTC. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/hours_cmd.h"

#include "base/clock.h"
#include "modules/clock/hours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 20 << 20, YEAR_NOW = 2026 };

static int usage(FILE *to)
{
	fputs("aftersail hours CALENDAR.json [--ical FILE] QUESTION\n"
	      "  open AT             is it open then?\n"
	      "  next AT             the next open moment at or after\n"
	      "  close AT            when it closes next\n"
	      "  add AT DURATION     the moment by which so much open time has passed\n"
	      "  between AT AT       open time from one to the other\n"
	      "AT is 2026-12-24T09:30[:00]Z, or the same without Z by the calendar's own clock;\n"
	      "DURATION is 90m, 8h or 2h30m.  FILE: public holidays as iCalendar, all closed.\n",
	      to);
	return to == stderr ? 2 : 0;
}

static bool read_file(struct arena *a, const char *path, struct str *out)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	char *p = arena_alloc(a, FILE_MAX + 1);
	*out = (struct str){p, fread(p, 1, FILE_MAX + 1, f)};
	bool ok = !ferror(f);
	fclose(f);
	return ok;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* A wall-clock time is sought with the offset that holds there; in an hour that comes twice it is
 * the first, in one that is leapt over it is as much later as the leap. */
static bool read_at(struct hours *h, const char *s, int64_t *out)
{
	int y, mo, d, hh, mi, ss = 0, used = 0;

	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d%n", &y, &mo, &d, &hh, &mi, &used) < 5)
		return false;
	s += used;
	used = 0;
	if (sscanf(s, ":%2d%n", &ss, &used) == 1)
		s += used;
	if (y < HOURS_YEAR_MIN || y > HOURS_YEAR_MAX || mo < 1 || mo > 12 || d < 1 || d > 31 ||
	    hh < 0 || hh > 24 || mi < 0 || mi > 59 || ss < 0 || ss > 59)
		return false;
	int64_t local = days_of(y, mo, d) * DAY_MS + hh * (int64_t)HOUR_MS +
			mi * (int64_t)MINUTE_MS + ss * (int64_t)SECOND_MS;
	if (strcmp(s, "Z") == 0) {
		*out = local;
		return true;
	}
	*out = local - hours_zone_offset(h, local - hours_zone_offset(h, local));
	int64_t before = local - hours_zone_offset(h, *out - DAY_MS);
	if (before < *out && before + hours_zone_offset(h, before) == local)
		*out = before;
	return *s == 0;
}

static bool read_duration(const char *s, int64_t *ms)
{
	*ms = 0;
	while (*s) {
		char *end;
		long n = strtol(s, &end, 10);
		if (end == s || n < 0 || n > 10000000 || (*end != 'h' && *end != 'm'))
			return false;
		*ms += n * (*end == 'h' ? HOUR_MS : MINUTE_MS);
		s = end + 1;
	}
	return *ms > 0;
}

static void print_one(int64_t at, const char *end)
{
	int64_t day = at / DAY_MS - (at % DAY_MS < 0), ms = at - day * DAY_MS;
	int y = (int)(1970 + day / 366), m = 1;

	while (days_of(y + 1, 1, 1) <= day)
		y++;
	while (days_of(y, 1, 1) > day)
		y--;
	while (m < 12 && days_of(y, m + 1, 1) <= day)
		m++;
	printf("%04d-%02d-%02dT%02d:%02d:%02d%s", y, m, (int)(day - days_of(y, m, 1) + 1),
	       (int)(ms / HOUR_MS), (int)(ms / MINUTE_MS % 60), (int)(ms / SECOND_MS % 60), end);
}

static void print_at(struct hours *h, int64_t at)
{
	if (at == HOURS_NEVER) {
		puts("never");
		return;
	}
	print_one(at + hours_zone_offset(h, at), " here, ");
	print_one(at, "Z\n");
}

static int answer(struct hours *h, int argc, char **argv)
{
	int64_t at, other, ms;
	const char *q = argv[0];

	if (argc < 2 || !read_at(h, argv[1], &at))
		return usage(stderr);
	if (strcmp(q, "open") == 0 && argc == 2) {
		puts(hours_is_open(h, at) ? "open" : "closed");
	} else if (strcmp(q, "next") == 0 && argc == 2) {
		print_at(h, hours_next_open(h, at));
	} else if (strcmp(q, "close") == 0 && argc == 2) {
		print_at(h, hours_next_close(h, at));
	} else if (strcmp(q, "add") == 0 && argc == 3 && read_duration(argv[2], &ms)) {
		print_at(h, hours_add(h, at, ms));
	} else if (strcmp(q, "between") == 0 && argc == 3 && read_at(h, argv[2], &other)) {
		int64_t total = hours_between(h, at, other), size = total < 0 ? -total : total;
		printf("%s%lld:%02lld:%02lld\n", total < 0 ? "-" : "", (long long)(size / HOUR_MS),
		       (long long)(size / MINUTE_MS % 60), (long long)(size / SECOND_MS % 60));
	} else {
		return usage(stderr);
	}
	return 0;
}

/* The calendar of the files, ready to be asked; false when one of them is none, having said which.
 */
static bool open_files(struct arena *a, const char *file, const char *ical, struct hours **h)
{
	struct hours_calendar c;
	struct hours_why why = {0};
	struct str text, days = {0};
	bool calendar = read_file(a, file, &text);

	if (!calendar || (ical && !read_file(a, ical, &days))) {
		fprintf(stderr, "%s: cannot be read\n", calendar ? ical : file);
		return false;
	}
	bool ok = hours_read(a, text, &c, &why) == E_OK;
	if (ok && ical &&
	    hours_read_ical(a, days, YEAR_NOW - 10, YEAR_NOW + 20, &c, &why) != E_OK) {
		file = ical;
		ok = false;
	}
	ok = ok && hours_open(a, &c, YEAR_NOW - 1, YEAR_NOW + 2, h, &why) == E_OK;
	if (!ok)
		fprintf(stderr, "%s: %s: %s\n", file, why.key, why.arg ? why.arg : "");
	return ok;
}

int hours_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct hours *h;
	bool ical = argc > 4 && strcmp(argv[2], "--ical") == 0;
	int from = ical ? 4 : 2, status = 1;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		status = usage(stdout);
	else if (argc < from + 1)
		status = usage(stderr);
	else if (open_files(a, argv[1], ical ? argv[3] : NULL, &h))
		status = answer(h, argc - from, argv + from);
	arena_free(a);
	return status;
}
