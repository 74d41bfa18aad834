/* Calendars as JSON: the form in which settings and the command line give them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "modules/clock/hours.h"

enum { MINUTES_DAY = 1440 };

struct week_in {
	struct strs mon, tue, wed, thu, fri, sat, sun;
};

struct day_in {
	struct str date, name;
	struct strs open;
};

struct calendar_in {
	struct str zone;
	const struct week_in *week;
	struct list days;
};

/* clang-format off */
static const struct field week_fields[] = {
	FIELD(struct week_in, mon, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Monday's hours"),
	FIELD(struct week_in, tue, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Tuesday's hours"),
	FIELD(struct week_in, wed, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Wednesday's hours"),
	FIELD(struct week_in, thu, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Thursday's hours"),
	FIELD(struct week_in, fri, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Friday's hours"),
	FIELD(struct week_in, sat, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Saturday's hours"),
	FIELD(struct week_in, sun, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Sunday's hours"),
};
static const SHAPE(week_shape, "HoursWeek", struct week_in, week_fields);

static const struct field day_fields[] = {
	FIELD(struct day_in, date, F_TEXT, FIELD_REQUIRED, 5, 10, "2026-12-25, or 12-25 for every year"),
	FIELD(struct day_in, name, F_TEXT, 0, 0, 200, "What the day is called"),
	FIELD(struct day_in, open, F_TEXTS, 0, 0, HOURS_SPANS_MAX, "Its hours; none: closed"),
};
static const SHAPE(day_shape, "HoursDay", struct day_in, day_fields);

static const struct field calendar_fields[] = {
	FIELD(struct calendar_in, zone, F_TEXT, FIELD_REQUIRED, 1, 64, "IANA time zone"),
	FIELD_OBJ(struct calendar_in, week, 0, &week_shape, "The hours of each weekday"),
	FIELD_LIST(struct calendar_in, days, 0, HOURS_DAYS_MAX, &day_shape, "Holidays and special days"),
};
static const SHAPE(calendar_shape, "HoursCalendar", struct calendar_in, calendar_fields);
/* clang-format on */

static enum err refuse(struct arena *a, struct hours_why *why, const char *key, struct str arg)
{
	why->key = key;
	why->arg = str_z(a, arg);
	return E_INVALID;
}

static bool digits(struct str s, int64_t *out)
{
	return s.n == 2 && s.p[0] >= '0' && s.p[0] <= '9' && str_int(s, out);
}

/* "09:30" as minutes after midnight. */
static bool minutes(struct str s, int32_t *out)
{
	int64_t h, m;

	if (s.n != 5 || s.p[2] != ':' || !digits(str_slice(s, 0, 2), &h) ||
	    !digits(str_slice(s, 3, 5), &m) || m > 59 || h > 24 || h * 60 + m > MINUTES_DAY)
		return false;
	*out = (int32_t)(h * 60 + m);
	return true;
}

static bool span(struct str s, struct hours_span *out)
{
	ptrdiff_t dash = str_find_char(s, '-');

	if (dash < 0 || !minutes(str_slice(s, 0, (size_t)dash), &out->from) ||
	    !minutes(str_slice(s, (size_t)dash + 1, s.n), &out->to) || out->from == MINUTES_DAY)
		return false;
	if (out->to <= out->from)
		out->to += MINUTES_DAY;
	return true;
}

static enum err spans(struct arena *a, struct strs in, struct hours_spans *out,
		      struct hours_why *why)
{
	*out = (struct hours_spans){NEWN(a, struct hours_span, in.n + 1), in.n};
	for (size_t i = 0; i < in.n; i++)
		if (!span(in.v[i], &out->v[i]))
			return refuse(a, why, "hours.bad_span", in.v[i]);
	return E_OK;
}

static enum err special(struct arena *a, const struct day_in *in, struct hours_day *out,
			struct hours_why *why)
{
	struct str s = in->date;
	int64_t year = 0, month, day;
	bool dated = s.n == 10 && s.p[4] == '-' && str_int(str_slice(s, 0, 4), &year) && year > 0;
	struct str rest = dated ? str_slice(s, 5, 10) : s;

	if ((s.n == 10 && !dated) || rest.n != 5 || rest.p[2] != '-' ||
	    !digits(str_slice(rest, 0, 2), &month) || !digits(str_slice(rest, 3, 5), &day))
		return refuse(a, why, "hours.bad_date", s);
	*out = (struct hours_day){.year = (int16_t)year,
				  .month = (uint8_t)month,
				  .day = (uint8_t)day,
				  .name = in->name.n ? in->name : s};
	return spans(a, in->open, &out->open, why);
}

enum err hours_read(struct arena *a, struct str json, struct hours_calendar *out,
		    struct hours_why *why)
{
	struct calendar_in in = {0};
	struct json_why jw = {0};
	enum err e = json_read(a, json, &calendar_shape, &in, &jw);

	*out = (struct hours_calendar){0};
	if (e != E_OK) {
		*why =
		    (struct hours_why){jw.key ? jw.key : "error.malformed", jw.arg ? jw.arg : ""};
		return e;
	}
	out->zone = in.zone;
	if (in.week) {
		const struct strs week[7] = {in.week->mon, in.week->tue, in.week->wed, in.week->thu,
					     in.week->fri, in.week->sat, in.week->sun};
		for (int i = 0; i < 7; i++)
			TRY(spans(a, week[i], &out->week[i], why));
	}
	out->n_days = in.days.n;
	out->days = NEWN(a, struct hours_day, in.days.n + 1);
	const struct day_in *days = in.days.v;
	for (size_t i = 0; i < in.days.n; i++)
		TRY(special(a, &days[i], &out->days[i], why));
	return E_OK;
}
