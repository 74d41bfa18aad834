/* aftersail hours: questions to a calendar, answered in its zone and in UTC. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/hours_cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "core/i18n.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"
#include "modules/clock/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALENDAR_BYTES_MAX = 1 << 20 };

static const char help[] =
    "aftersail hours CALENDAR.json [--ical FILE] [--chinese] QUESTION\n"
    "  open AT             is it open then?\n"
    "  next AT             the next open moment at or after\n"
    "  close AT            when it closes next\n"
    "  add AT DURATION     the moment by which so much open time has passed\n"
    "  between AT AT       open time from one to the other\n"
    "  changes AT AT       when the zone's clock is put forward or back, and its distance from "
    "UTC\n"
    "AT is 2026-12-24T09:30[:00]Z, or the same without Z by the calendar's own clock: a time that\n"
    "comes twice is the earlier, one that is leapt over as much later as the leap. DURATION is\n"
    "90m, 8h or 2h30m. Years 1900 to 2200; \"never\" is not within them.\n"
    "FILE: public holidays as iCalendar. --chinese: errors in Chinese.\n"
    "\n"
    "CALENDAR.json, for example:\n"
    "  {\"zone\": \"Asia/Shanghai\",\n"
    "   \"week\": {\"mon\": [\"09:00-12:30\", \"13:30-18:00\"], \"fri\": [\"22:00-06:00\"]},\n"
    "   \"days\": [{\"date\": \"2026-10-01\"}, {\"date\": \"12-24\", \"open\": "
    "[\"09:00-13:00\"]}]}\n"
    "A weekday that is not there is closed; a day's own hours replace its weekday's; a date "
    "without\n"
    "a year is every year's. Zones are IANA names; docs/hours.md says more.\n";

struct ask {
	struct arena *a;
	enum i18n language;
	const char *calendar, *ical;
	const char *words[3]; /* the question, its moment, what else it wants */
	int n_words;
	bool help;
	int64_t at, other, ms; /* the moments by their own clock */
	bool utc, other_utc;
};

/* ---- answers ---- */

static void print_at(struct ask *q, struct hours *h, int64_t at)
{
	if (at == HOURS_NEVER) {
		puts("never");
		return;
	}
	printf("%s here, %sZ\n", date_write_moment(q->a, at + hours_zone_offset(h, at)).p,
	       date_write_moment(q->a, at).p);
}

static void print_span(int64_t ms)
{
	int64_t size = ms < 0 ? -ms : ms;

	printf("%s%lld:%02lld:%02lld", ms < 0 ? "-" : "", (long long)(size / HOUR_MS),
	       (long long)(size / MINUTE_MS % 60), (long long)(size / SECOND_MS % 60));
}

static void say_open(struct ask *q, struct hours *h)
{
	puts(hours_is_open(h, q->at) ? "open" : "closed");
}

static void say_next(struct ask *q, struct hours *h)
{
	print_at(q, h, hours_next_open(h, q->at));
}

static void say_close(struct ask *q, struct hours *h)
{
	print_at(q, h, hours_next_close(h, q->at));
}

static void say_add(struct ask *q, struct hours *h)
{
	print_at(q, h, hours_add(h, q->at, q->ms));
}

static void say_between(struct ask *q, struct hours *h)
{
	print_span(hours_between(h, q->at, q->other));
	putchar('\n');
}

static void say_changes(struct ask *q, struct hours *h)
{
	for (int64_t at = q->at; at < q->other; at = hours_zone_change(h, at)) {
		printf("%sZ ", date_write_moment(q->a, at).p);
		print_span(hours_zone_offset(h, at));
		putchar('\n');
	}
}

enum more { NOTHING, MOMENT, DURATION };

static const struct question {
	const char *name;
	enum more more;
	void (*say)(struct ask *, struct hours *);
} questions[] = {
    {"open", NOTHING, say_open}, {"next", NOTHING, say_next},      {"close", NOTHING, say_close},
    {"add", DURATION, say_add},  {"between", MOMENT, say_between}, {"changes", MOMENT, say_changes},
};

/* ---- the command line ---- */

static int complain(const struct ask *q, const char *about, const char *key, const char *arg)
{
	struct str text = i18n_say(q->a, q->language, key, arg);

	fprintf(stderr, "%s: %.*s\n", about, STR(text));
	return 1;
}

static int slip(const struct ask *q, const char *key, const char *arg)
{
	complain(q, "aftersail hours", key, arg);
	fputs("aftersail hours --help\n", stderr);
	return 2;
}

static bool read_duration(const char *s, int64_t *ms)
{
	*ms = 0;
	do {
		char *end;
		long n = *s >= '0' && *s <= '9' ? strtol(s, &end, 10) : -1;
		if (n < 0 || n > 10000000 || (*end != 'h' && *end != 'm'))
			return false;
		*ms += n * (*end == 'h' ? HOUR_MS : MINUTE_MS);
		s = end + 1;
	} while (*s);
	return true;
}

static int read_moment(const struct ask *q, const char *s, int64_t *at, bool *utc)
{
	if (!date_read_moment(str_of(s), at, utc))
		return slip(q, "hours.bad_moment", s);
	int year = date_from_days(floor_div(*at, DAY_MS)).year;
	return year < HOURS_YEAR_MIN || year > HOURS_YEAR_MAX ? slip(q, "hours.bad_years", NULL)
							      : 0;
}

static int read_question(struct ask *q, const struct question **out)
{
	const struct question *k = NULL;

	for (size_t i = 0; i < COUNT(questions) && q->n_words > 0; i++)
		if (strcmp(questions[i].name, q->words[0]) == 0)
			k = &questions[i];
	int want = k && k->more == NOTHING ? 2 : 3;
	if (!k || q->n_words < want)
		return slip(q, "hours.bad_question", q->n_words ? q->words[0] : "");
	if (q->n_words > want)
		return slip(q, "hours.word_too_many", q->words[want]);
	*out = k;
	int status = read_moment(q, q->words[1], &q->at, &q->utc);
	if (status == 0 && k->more == MOMENT)
		status = read_moment(q, q->words[2], &q->other, &q->other_utc);
	if (status == 0 && k->more == DURATION && !read_duration(q->words[2], &q->ms))
		status = slip(q, "hours.bad_duration", q->words[2]);
	return status;
}

/* Before anything else: a slip is explained in the language asked for, wherever that is said. */
static void read_switches(struct ask *q, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--chinese") == 0)
			q->language = I18N_ZH;
		q->help = q->help || strcmp(argv[i], "--help") == 0;
	}
}

/* Options may stand anywhere. */
static int read_words(struct ask *q, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--chinese") == 0)
			continue;
		if (strcmp(argv[i], "--ical") == 0) {
			if (i + 1 == argc || q->ical)
				return slip(q, "hours.one_ical", NULL);
			q->ical = argv[++i];
		} else if (strncmp(argv[i], "--", 2) == 0)
			return slip(q, "hours.unknown_option", argv[i]);
		else if (!q->calendar)
			q->calendar = argv[i];
		else if (q->n_words < 3)
			q->words[q->n_words++] = argv[i];
		else
			return slip(q, "hours.word_too_many", argv[i]);
	}
	return q->calendar ? 0 : slip(q, "hours.no_calendar", NULL);
}

/* ---- the files ---- */

/* The table begins where the question does and grows from there by itself. */
static enum err open_hours(struct ask *q, struct hours_calendar *c, struct hours **h,
			   struct hours_why *why)
{
	int year = date_from_days(floor_div(q->at, DAY_MS)).year;

	return hours_open(q->a, c, year, year, h, why);
}

/* Zero when the file's bytes are there. */
static int read_file(const struct ask *q, const char *path, size_t max, struct str *text)
{
	*text = S("");
	if (file_read(q->a, path, max, text))
		return 0;
	/* What came before it was too much. */
	return complain(q, path, text->n ? "hours.ical_large" : "hours.no_file", NULL);
}

/* Zero when the calendar of the files is ready to be asked. */
static int open_files(struct ask *q, struct hours **h)
{
	struct hours_calendar c;
	struct hours_why why = {0};
	struct str text;

	if (read_file(q, q->calendar, CALENDAR_BYTES_MAX, &text) != 0)
		return 1;
	if (hours_read(q->a, text, &c, &why) != E_OK || open_hours(q, &c, h, &why) != E_OK)
		return complain(q, q->calendar, why.key, why.arg);
	if (!q->ical)
		return 0;
	if (read_file(q, q->ical, HOURS_ICAL_MAX, &text) != 0)
		return 1;
	/* All the years there are: an answer may lie far from the question. */
	if (hours_read_ical(q->a, text, HOURS_YEAR_MIN, HOURS_YEAR_MAX, &c, &why) != E_OK ||
	    open_hours(q, &c, h, &why) != E_OK)
		return complain(q, q->ical, why.key, why.arg);
	return 0;
}

static int answer(struct ask *q)
{
	const struct question *k = NULL;
	struct hours *h;
	int status = read_question(q, &k);

	if (status == 0)
		status = open_files(q, &h);
	if (status != 0)
		return status;
	if (!q->utc)
		q->at = hours_at_wall(h, q->at);
	if (k->more == MOMENT && !q->other_utc)
		q->other = hours_at_wall(h, q->other);
	k->say(q, h);
	return 0;
}

int hours_main(int argc, char **argv)
{
	struct ask q = {.a = arena_new()};
	const char *zones = getenv("TZDIR");
	int status;

	if (zones && *zones)
		zone_set_folder(zones);
	read_switches(&q, argc, argv);
	if (q.help)
		status = fputs(help, stdout) < 0;
	else if ((status = read_words(&q, argc, argv)) == 0)
		status = answer(&q);
	arena_free(q.a);
	return status;
}
