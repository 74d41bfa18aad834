/* Holidays from an iCalendar file (RFC 5545).
 *
 * An event of whole days closes the shifts that begin on them; an event with times closes just that
 * time, by the calendar's own wall clock.  Read are VEVENT with DTSTART, DTEND or DURATION, yearly
 * RRULEs, RDATE, EXDATE, RECURRENCE-ID and STATUS:CANCELLED; what could only be obeyed in part is
 * refused, and the file with it.  docs/hours.md has the rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/ical.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"

#include <stdlib.h>
#include <string.h>

enum {
	LIST_TIMES_MAX = 256,
	/* Years walked, days and times compared, in the whole file: some hundred milliseconds. */
	WORK_MAX = 5000000,
	OPEN_STEPS = 200, /* what looking for a zone's file counts as */
	ZONE_NAME_MAX = 256,
	UID_HASH_BYTES = 16
};

struct times {
	struct ical_time v[LIST_TIMES_MAX];
	size_t n;
};

struct event {
	bool has_start, has_end, has_uid, moved, cancelled;
	struct ical_time start, end, was; /* was: RECURRENCE-ID */
	struct ical_length length;
	struct ical_rule rule;
	struct str name;
	unsigned char uid[UID_HASH_BYTES];
	struct times extra, except;
};

/* What an occurrence is known by: its instant, or its day when one of two has no time. */
struct mark {
	bool timed;
	int64_t at, day;
};

struct moved {
	unsigned char uid[UID_HASH_BYTES];
	struct mark mark;
};

/* A run of closed days or a closed time; `to` is exclusive. */
struct run {
	int64_t from, to;
	size_t order;
	struct str name;
};

struct runs {
	struct run *v;
	size_t n, cap;
};

struct named_zone {
	struct str name; /* as the file writes it, or without what stands before it */
	const struct zone_table *table;
	struct named_zone *next;
};

struct reader {
	struct arena *a;
	struct hours_why *why;
	struct str rest;
	int line, from_year, to_year;
	bool in_event, began, ended;
	bool putting; /* the second reading; the first one only learns which occurrences moved */
	int nested;   /* components inside an event, such as alarms */
	struct event ev;
	int64_t from, to; /* the years as wall-clock milliseconds */
	struct str home_name;
	const struct zone_table *home;
	struct named_zone *zones;
	struct moved *moved;
	size_t n_moved, cap_moved;
	struct runs days, closed;
	size_t work;
};

static enum err refuse(struct reader *r, enum err e, const char *key)
{
	r->why->key = key;
	r->why->arg = str_fmt(r->a, "%d", r->line).p;
	return e;
}

static enum err spend(struct reader *r, size_t work)
{
	r->work += work;
	return r->work > WORK_MAX ? refuse(r, E_TOOLARGE, "hours.ical_much") : E_OK;
}

/* ---- lines ---- */

static bool raw_line(struct reader *r, struct str *out)
{
	if (r->rest.n == 0)
		return false;
	if (!str_cut(&r->rest, '\n', out))
		return false;
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	r->line++;
	return true;
}

static bool folded(const struct reader *r)
{
	return r->rest.n && (r->rest.p[0] == ' ' || r->rest.p[0] == '\t');
}

/* The next line with its folded continuations; copied only when there are some. */
static bool next_line(struct reader *r, struct str *out)
{
	struct str more;

	if (!raw_line(r, out))
		return false;
	if (!folded(r))
		return true;
	struct buf b = BUF(r->a);
	buf_add(&b, *out);
	while (folded(r) && raw_line(r, &more))
		buf_add(&b, str_slice(more, 1, more.n));
	*out = buf_str(&b);
	return true;
}

/* NAME;PARAM=...:VALUE; a colon may stand in a quoted parameter. */
static bool split(struct str line, struct str *name, struct str *params, struct str *value)
{
	bool quoted = false;
	size_t i = 0, end = line.n;

	for (; i < line.n; i++) {
		char c = line.p[i];
		if (c == '"')
			quoted = !quoted;
		if (!quoted && c == ';' && end == line.n)
			end = i;
		if (!quoted && c == ':')
			break;
	}
	if (i == line.n)
		return false;
	end = end < i ? end : i;
	*name = str_slice(line, 0, end);
	*params = str_slice(line, end, i);
	*value = str_trim(str_slice(line, i + 1, line.n));
	return true;
}

/* A parameter's value without its quotes; empty when it is not there. */
static struct str param(struct str params, struct str name)
{
	while (params.n) {
		bool quoted = false;
		size_t n = 1;
		for (; n < params.n && (quoted || params.p[n] != ';'); n++)
			quoted ^= params.p[n] == '"';
		struct str one = str_slice(params, 1, n), key = str_slice(one, 0, name.n);
		if (str_eq_nocase(key, name) && one.n > name.n && one.p[name.n] == '=') {
			struct str v = str_slice(one, name.n + 1, one.n);
			return v.n >= 2 && v.p[0] == '"' ? str_slice(v, 1, v.n - 1) : v;
		}
		params = str_slice(params, n, params.n);
	}
	return S("");
}

/* ---- zones ---- */

/* Among those named before; it comes to the front, for files name the same one again and again.
 * NULL when it is new. */
static enum err known_zone(struct reader *r, struct str name, const struct zone_table **out)
{
	size_t steps = 0;

	*out = NULL;
	for (struct named_zone **at = &r->zones; *at && !*out; steps++) {
		struct named_zone *k = *at;
		if (!str_eq(k->name, name)) {
			at = &k->next;
			continue;
		}
		*out = k->table;
		*at = k->next;
		k->next = r->zones;
		r->zones = k;
	}
	return spend(r, steps);
}

static void know_zone(struct reader *r, struct str name, const struct zone_table *table)
{
	struct named_zone *k = NEW(r->a, struct named_zone);

	*k = (struct named_zone){str_dup(r->a, name), table, r->zones};
	r->zones = k;
}

static enum err open_zone(struct reader *r, struct str name, const struct zone_table **out)
{
	struct zone *z;

	TRY(known_zone(r, name, out));
	if (*out)
		return E_OK;
	TRY(spend(r, OPEN_STEPS));
	TRY(zone_open(r->a, name, &z, r->why));
	struct zone_table *table = NEW(r->a, struct zone_table);
	zone_parts(r->a, z, date_to_days((struct date){HOURS_YEAR_MIN, 1, 1}) * DAY_MS,
		   date_to_days((struct date){HOURS_YEAR_MAX + 1, 1, 1}) * DAY_MS, table);
	know_zone(r, name, table);
	*out = table;
	return E_OK;
}

/* Some programs write "/their.name/Europe/Berlin". */
static enum err find_zone(struct reader *r, struct str name, const struct zone_table **out)
{
	bool prefixed = str_starts(name, S("/"));
	struct str rest = str_slice(name, prefixed, name.n);
	enum err e;

	if (name.n > ZONE_NAME_MAX)
		return refuse(r, E_INVALID, "hours.ical_zone");
	TRY(known_zone(r, name, out));
	if (*out)
		return E_OK;
	while ((e = open_zone(r, rest, out)) == E_INVALID && prefixed) {
		ptrdiff_t slash = str_find_char(rest, '/');
		if (slash < 0)
			break;
		rest = str_slice(rest, (size_t)slash + 1, rest.n);
	}
	if (e == E_INVALID)
		return refuse(r, e, "hours.ical_zone");
	if (e == E_OK && prefixed)
		know_zone(r, name, *out);
	return e;
}

static int64_t instant(const struct reader *r, const struct ical_time *t)
{
	if (t->utc)
		return t->wall;
	return zone_instant(t->zone ? t->zone : r->home, t->wall);
}

/* What the calendar's own wall clock shows so much time after. */
static int64_t home_wall(const struct reader *r, const struct ical_time *t, int64_t after)
{
	if (!t->utc && !t->zone && after == 0)
		return t->wall;
	int64_t at = instant(r, t) + after;
	return at + r->home->v[zone_row(r->home, at)].offset;
}

static struct mark mark(const struct reader *r, const struct ical_time *t)
{
	return (struct mark){t->timed, t->timed ? instant(r, t) : 0, floor_div(t->wall, DAY_MS)};
}

/* ---- events into runs ---- */

/* As far as it lies in the years asked for. */
static enum err put(struct reader *r, struct runs *to, int64_t from, int64_t end)
{
	from = from > r->from ? from : r->from;
	end = end < r->to ? end : r->to;
	TRY(spend(r, 1));
	if (from >= end)
		return E_OK;
	if (to->n >= HOURS_CLOSED_MAX)
		return refuse(r, E_TOOLARGE, "hours.ical_much");
	if (to->n == to->cap) {
		struct run *v = NEWN(r->a, struct run, to->cap * 2 + 64);
		if (to->n)
			memcpy(v, to->v, to->n * sizeof *v);
		to->v = v;
		to->cap = to->cap * 2 + 64;
	}
	to->v[to->n] = (struct run){from, end, to->n, r->ev.name};
	to->n++;
	return E_OK;
}

static bool same(struct mark a, struct mark b)
{
	return a.timed && b.timed ? a.at == b.at : a.day == b.day;
}

static int by_uid(const void *a, const void *b)
{
	return memcmp(((const struct moved *)a)->uid, ((const struct moved *)b)->uid,
		      UID_HASH_BYTES);
}

/* Whether the occurrence is excepted, or was moved elsewhere. */
static enum err gone(struct reader *r, const struct ical_time *t, bool *yes)
{
	const struct event *e = &r->ev;
	struct mark of = mark(r, t);
	size_t lo = 0, hi = e->has_uid ? r->n_moved : 0;

	*yes = false;
	for (size_t i = 0; i < e->except.n; i++)
		*yes = *yes || same(mark(r, &e->except.v[i]), of);
	TRY(spend(r, e->except.n));
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (memcmp(r->moved[mid].uid, e->uid, UID_HASH_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (;
	     e->has_uid && lo < r->n_moved && memcmp(r->moved[lo].uid, e->uid, UID_HASH_BYTES) == 0;
	     lo++) {
		*yes = *yes || same(r->moved[lo].mark, of);
		TRY(spend(r, 1));
	}
	return E_OK;
}

/* The occurrence that begins then, of the event's length. */
static enum err put_one(struct reader *r, struct ical_time t)
{
	const struct event *e = &r->ev;
	bool is_gone = false;

	if (!e->moved)
		TRY(gone(r, &t, &is_gone));
	if (is_gone)
		return E_OK;
	struct ical_time end = t;
	end.wall += e->length.nominal;
	if (!t.timed)
		return put(r, &r->days, t.wall, end.wall);
	return put(r, &r->closed, home_wall(r, &t, 0), home_wall(r, &end, e->length.exact));
}

static bool over(const struct reader *r, const struct ical_time *t)
{
	const struct ical_rule *rule = &r->ev.rule;

	if (!rule->ends)
		return false;
	if (t->timed && rule->until.timed)
		return instant(r, t) > instant(r, &rule->until);
	return floor_div(t->wall, DAY_MS) > floor_div(rule->until.wall, DAY_MS);
}

static enum err put_rule(struct reader *r)
{
	const struct event *e = &r->ev;
	int64_t first = floor_div(e->start.wall, DAY_MS);
	int y = date_from_days(first).year, done = 0;

	/* Counting must begin at the beginning; other rules may begin where the years asked for do,
	 * but for what lasts into them. */
	if (!e->rule.count && y < r->from_year - 2)
		y += (r->from_year - 2 - y) / e->rule.interval * e->rule.interval;
	for (; y <= r->to_year + 1; y += e->rule.interval) {
		struct ical_time t = e->start;
		int64_t day;
		TRY(spend(r, 1));
		if (!ical_rule_day(&e->rule, first, y, &day) || day < first)
			continue;
		t.wall += (day - first) * DAY_MS;
		if (over(r, &t) || (e->rule.count && done >= e->rule.count))
			break;
		done++;
		if (y >= r->from_year - 2)
			TRY(put_one(r, t));
	}
	return E_OK;
}

static enum err note_moved(struct reader *r)
{
	if (r->n_moved == r->cap_moved) {
		struct moved *v = NEWN(r->a, struct moved, r->cap_moved * 2 + 16);
		if (r->n_moved)
			memcpy(v, r->moved, r->n_moved * sizeof *v);
		r->moved = v;
		r->cap_moved = r->cap_moved * 2 + 16;
	}
	struct moved *m = &r->moved[r->n_moved++];
	memcpy(m->uid, r->ev.uid, UID_HASH_BYTES);
	m->mark = mark(r, &r->ev.was);
	return E_OK;
}

/* The event's length.  From a clock to the same clock it is nominal: a night shift's end stays at
 * its hour in the years in which the clock is put back that night. */
static enum err measure(struct reader *r)
{
	struct event *e = &r->ev;
	struct ical_length *l = &e->length;

	if (!e->has_start)
		return refuse(r, E_MALFORMED, "hours.ical_no_start");
	if (e->has_end && e->end.timed != e->start.timed)
		return refuse(r, E_INVALID, "hours.ical_value");
	bool one_clock =
	    !e->start.timed || (e->end.utc == e->start.utc && e->end.zone == e->start.zone);
	if (e->has_end && one_clock)
		*l = (struct ical_length){.nominal = e->end.wall - e->start.wall};
	else if (e->has_end)
		*l = (struct ical_length){.exact = instant(r, &e->end) - instant(r, &e->start)};
	int64_t total = l->nominal + l->exact;
	if (total < 0)
		return refuse(r, E_INVALID, "hours.ical_value");
	if (total > ICAL_EVENT_DAYS_MAX * (int64_t)DAY_MS)
		return refuse(r, E_INVALID, "hours.ical_long_event");
	/* Whole days are at least one; a time without an end closes nothing. */
	if (!e->start.timed)
		l->nominal = total ? -floor_div(-total, DAY_MS) * (int64_t)DAY_MS : DAY_MS;
	return E_OK;
}

static enum err end_event(struct reader *r)
{
	struct event *e = &r->ev;

	r->in_event = false;
	TRY(measure(r));
	if (!r->putting)
		return e->moved && e->has_uid ? note_moved(r) : E_OK;
	if (e->cancelled)
		return E_OK;
	if (e->rule.set)
		TRY(put_rule(r));
	else
		TRY(put_one(r, e->start));
	for (size_t i = 0; i < e->extra.n; i++) {
		struct ical_time t = e->extra.v[i];
		if (t.timed != e->start.timed)
			return refuse(r, E_INVALID, "hours.ical_value");
		TRY(put_one(r, t));
	}
	return E_OK;
}

/* ---- properties ---- */

static enum err read_time(struct reader *r, struct str zone, struct str v, struct ical_time *t)
{
	if (!ical_read_time(str_trim(v), t))
		return refuse(r, E_INVALID, "hours.ical_value");
	if (t->timed && !r->home)
		TRY(open_zone(r, r->home_name, &r->home));
	return t->timed && !t->utc && zone.n ? find_zone(r, zone, &t->zone) : E_OK;
}

static enum err read_times(struct reader *r, struct str params, struct str v, struct times *to)
{
	struct str one, zone = param(params, S("TZID"));

	while (str_cut(&v, ',', &one)) {
		if (to->n == LIST_TIMES_MAX)
			return refuse(r, E_TOOLARGE, "hours.ical_much");
		TRY(read_time(r, zone, one, &to->v[to->n++]));
	}
	return E_OK;
}

static enum err read_rule(struct reader *r, struct str v)
{
	struct ical_rule *rule = &r->ev.rule;

	if (rule->set || !ical_read_rule(v, rule))
		return refuse(r, E_INVALID, "hours.ical_rule");
	if (rule->until.timed && !r->home)
		TRY(open_zone(r, r->home_name, &r->home));
	return E_OK;
}

static enum err read_moved(struct reader *r, struct str params, struct str v)
{
	/* THISANDFUTURE moves the rest of a series. */
	if (param(params, S("RANGE")).n)
		return refuse(r, E_INVALID, "hours.ical_rule");
	r->ev.moved = true;
	return read_time(r, param(params, S("TZID")), v, &r->ev.was);
}

static enum err event_value(struct reader *r, struct str name, struct str params, struct str v)
{
	struct event *e = &r->ev;

	if (str_eq_nocase(name, S("DTSTART"))) {
		e->has_start = true;
		return read_time(r, param(params, S("TZID")), v, &e->start);
	}
	if (str_eq_nocase(name, S("DTEND"))) {
		e->has_end = true;
		return read_time(r, param(params, S("TZID")), v, &e->end);
	}
	if (str_eq_nocase(name, S("DURATION"))) {
		return ical_read_duration(v, &e->length) ? E_OK
							 : refuse(r, E_INVALID, "hours.ical_value");
	}
	if (str_eq_nocase(name, S("RRULE")))
		return read_rule(r, v);
	if (str_eq_nocase(name, S("EXRULE")))
		return refuse(r, E_INVALID, "hours.ical_rule");
	if (str_eq_nocase(name, S("RDATE")))
		return read_times(r, params, v, &e->extra);
	if (str_eq_nocase(name, S("EXDATE")))
		return read_times(r, params, v, &e->except);
	if (str_eq_nocase(name, S("RECURRENCE-ID")))
		return read_moved(r, params, v);
	if (str_eq_nocase(name, S("UID"))) {
		e->has_uid = true;
		crypto_short_hash(v, S(""), e->uid);
	}
	if (str_eq_nocase(name, S("STATUS")))
		e->cancelled = str_eq_nocase(v, S("CANCELLED"));
	if (r->putting && str_eq_nocase(name, S("SUMMARY")) && str_utf8_ok(v))
		e->name = str_dup(r->a, str_clip(v, 200));
	return E_OK;
}

static enum err begin_end(struct reader *r, bool begin, struct str what)
{
	if (str_eq_nocase(what, S("VCALENDAR"))) {
		bool out = begin ? !r->began || r->ended : r->began && !r->ended;
		if (!out || r->in_event || r->nested)
			return refuse(r, E_MALFORMED, "hours.ical_malformed");
		r->began = true;
		r->ended = !begin;
		return E_OK;
	}
	if (!r->began || r->ended)
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	if (str_eq_nocase(what, S("VEVENT"))) {
		/* Within something else it would go unseen. */
		if (begin == r->in_event || r->nested)
			return refuse(r, E_MALFORMED, "hours.ical_malformed");
		if (!begin)
			return end_event(r);
		r->in_event = true;
		memset(&r->ev, 0, offsetof(struct event, extra));
		r->ev.extra.n = r->ev.except.n = 0;
		return E_OK;
	}
	r->nested += begin ? 1 : -1;
	return r->nested < 0 ? refuse(r, E_MALFORMED, "hours.ical_malformed") : E_OK;
}

static enum err read_line(struct reader *r, struct str line)
{
	struct str name, params, value;

	if (str_trim(line).n == 0)
		return E_OK;
	if (!split(line, &name, &params, &value))
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	bool begin = str_eq_nocase(name, S("BEGIN"));
	if (begin || str_eq_nocase(name, S("END")))
		return begin_end(r, begin, value);
	if (!r->began || r->ended)
		return refuse(r, E_MALFORMED, "hours.ical_malformed");
	return r->in_event && r->nested == 0 ? event_value(r, name, params, value) : E_OK;
}

static enum err read_all(struct reader *r, struct str text, bool putting)
{
	struct str line;

	r->rest = text;
	r->putting = putting;
	r->line = r->nested = 0;
	r->in_event = r->began = r->ended = false;
	while (next_line(r, &line))
		TRY(read_line(r, line));
	return r->ended ? E_OK : refuse(r, E_MALFORMED, "hours.ical_cut");
}

/* ---- runs into the calendar ---- */

static int by_from(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Each day once, by the name of the run that reached it first, behind those in the calendar. */
static enum err take_days(struct reader *r, struct hours_calendar *c)
{
	int64_t next = INT64_MIN;
	size_t n = c->n_days, max = c->n_days;

	if (r->days.n)
		qsort(r->days.v, r->days.n, sizeof *r->days.v, by_from);
	for (size_t i = 0; i < r->days.n; i++) {
		struct run *x = &r->days.v[i];
		x->from = x->from > next ? x->from : next;
		next = x->to > next ? x->to : next;
		max += x->to > x->from ? (size_t)((x->to - x->from) / DAY_MS) : 0;
	}
	if (max > HOURS_DAYS_MAX)
		return refuse(r, E_TOOLARGE, "hours.too_many_days");
	struct hours_day *all = NEWN(r->a, struct hours_day, max + 1);
	if (n)
		memcpy(all, c->days, n * sizeof *all);
	for (size_t i = 0; i < r->days.n; i++)
		for (int64_t at = r->days.v[i].from; at < r->days.v[i].to; at += DAY_MS) {
			struct date d = date_from_days(floor_div(at, DAY_MS));
			all[n++] = (struct hours_day){.year = (int16_t)d.year,
						      .month = (uint8_t)d.month,
						      .day = (uint8_t)d.day,
						      .name = r->days.v[i].name};
		}
	c->days = all;
	c->n_days = n;
	return E_OK;
}

static enum err take_closed(struct reader *r, struct hours_calendar *c)
{
	size_t n = c->n_closed;

	if (n + r->closed.n > HOURS_CLOSED_MAX)
		return refuse(r, E_TOOLARGE, "hours.ical_much");
	struct hours_closed *all = NEWN(r->a, struct hours_closed, n + r->closed.n + 1);
	if (n)
		memcpy(all, c->closed, n * sizeof *all);
	for (size_t i = 0; i < r->closed.n; i++)
		all[n++] = (struct hours_closed){r->closed.v[i].from, r->closed.v[i].to};
	c->closed = all;
	c->n_closed = n;
	return E_OK;
}

enum err hours_read_ical(struct arena *a, struct str ical, int from_year, int to_year,
			 struct hours_calendar *c, struct hours_why *why)
{
	struct reader *r = NEW(a, struct reader);
	struct hours_calendar all = *c;

	*r = (struct reader){.a = a,
			     .why = why,
			     .home_name = c->zone,
			     .from_year = from_year,
			     .to_year = to_year,
			     .from = date_to_days((struct date){from_year, 1, 1}) * DAY_MS,
			     .to = date_to_days((struct date){to_year + 1, 1, 1}) * DAY_MS};
	if (ical.n > HOURS_ICAL_MAX)
		return refuse(r, E_TOOLARGE, "hours.ical_large");
	if (from_year < HOURS_YEAR_MIN || to_year > HOURS_YEAR_MAX)
		return refuse(r, E_INVALID, "hours.bad_years");
	if (str_starts(ical, S("\xEF\xBB\xBF")))
		ical = str_slice(ical, 3, ical.n);
	TRY(read_all(r, ical, false));
	if (r->n_moved)
		qsort(r->moved, r->n_moved, sizeof *r->moved, by_uid);
	TRY(read_all(r, ical, true));
	TRY(take_days(r, &all));
	TRY(take_closed(r, &all));
	*c = all;
	return E_OK;
}
