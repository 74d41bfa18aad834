/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/hours.h"

#include "base/clock.h"
#include "modules/clock/date.h"
#include "modules/clock/zone.h"

#include <stdlib.h>
#include <string.h>

/* An open stretch of time, and the open time before it in the table. */
struct stretch {
	int64_t from, to, before;
};

struct special {
	int64_t key; /* days since 1970, or 32 * month + day for every year */
	struct hours_spans open;
};

struct hours {
	struct arena *a;
	struct zone *zone;
	struct hours_spans week[7];
	struct special *dated, *yearly; /* sorted by key */
	size_t n_dated, n_yearly;
	struct hours_closed *closed; /* sorted, apart */
	size_t n_closed;
	bool any_weekly;
	struct zone_table offsets;
	int first_year, last_year;
	int64_t from, to; /* what the table covers */
	struct stretch *v;
	size_t n, cap;
};

/* ---- checking and copying a calendar ---- */

static enum err refuse(struct arena *a, struct hours_why *why, const char *key, struct str arg)
{
	why->key = key;
	why->arg = str_z(a, arg);
	return E_INVALID;
}

static bool spans_ok(struct hours_spans s)
{
	if (s.n > HOURS_SPANS_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i].from < 0 || s.v[i].from >= 1440 || s.v[i].to <= s.v[i].from ||
		    s.v[i].to > HOURS_MINUTES_MAX)
			return false;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct hours_span *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static struct hours_spans copy_spans(struct arena *a, struct hours_spans s)
{
	struct hours_spans out = {NEWN(a, struct hours_span, s.n + 1), s.n};

	if (s.n) {
		memcpy(out.v, s.v, s.n * sizeof *s.v);
		qsort(out.v, out.n, sizeof *out.v, by_start);
	}
	return out;
}

static int by_key(const void *a, const void *b)
{
	const struct special *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Sorted, the last one given for a key kept: a stable order needs the index, so walk backwards
 * and drop what is already there after sorting by (key, order) through a merge of equals. */
static size_t sort_specials(struct special *v, size_t n, struct special *scratch)
{
	size_t out = 0;

	for (size_t width = 1; width < n; width *= 2) {
		for (size_t lo = 0; lo < n; lo += 2 * width) {
			size_t mid = lo + width < n ? lo + width : n;
			size_t hi = lo + 2 * width < n ? lo + 2 * width : n;
			size_t i = lo, j = mid;
			for (size_t k = lo; k < hi; k++)
				scratch[k] = i < mid && (j == hi || by_key(&v[i], &v[j]) <= 0)
						 ? v[i++]
						 : v[j++];
		}
		memcpy(v, scratch, n * sizeof *v);
	}
	for (size_t i = 0; i < n; i++) {
		if (out && v[out - 1].key == v[i].key)
			out--;
		v[out++] = v[i];
	}
	return out;
}

static enum err copy_days(struct hours *h, const struct hours_calendar *c, struct hours_why *why)
{
	if (c->n_days > HOURS_DAYS_MAX)
		return refuse(h->a, why, "hours.too_many_days", S("days"));
	h->dated = NEWN(h->a, struct special, c->n_days + 1);
	h->yearly = NEWN(h->a, struct special, c->n_days + 1);
	for (size_t i = 0; i < c->n_days; i++) {
		const struct hours_day *d = &c->days[i];
		/* 2000 was a leap year, so 29 February may be given for every year. */
		struct date date = {d->year ? d->year : 2000, d->month, d->day};
		if (!date_ok(date))
			return refuse(h->a, why, "hours.bad_date", d->name);
		if (!spans_ok(d->open))
			return refuse(h->a, why, "hours.bad_span", d->name);
		struct special s = {.open = copy_spans(h->a, d->open)};
		s.key = d->year ? date_to_days(date) : 32 * d->month + d->day;
		if (d->year)
			h->dated[h->n_dated++] = s;
		else
			h->yearly[h->n_yearly++] = s;
	}
	struct special *scratch = NEWN(h->a, struct special, c->n_days + 1);
	h->n_dated = sort_specials(h->dated, h->n_dated, scratch);
	h->n_yearly = sort_specials(h->yearly, h->n_yearly, scratch);
	return E_OK;
}

static int by_from(const void *a, const void *b)
{
	const struct hours_closed *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static enum err copy_closed(struct hours *h, const struct hours_calendar *c, struct hours_why *why)
{
	struct hours_closed *v = NEWN(h->a, struct hours_closed, c->n_closed + 1);
	size_t n = 0;

	if (c->n_closed > HOURS_CLOSED_MAX)
		return refuse(h->a, why, "hours.too_many_days", S("closed"));
	if (c->n_closed) {
		memcpy(v, c->closed, c->n_closed * sizeof *v);
		qsort(v, c->n_closed, sizeof *v, by_from);
	}
	for (size_t i = 0; i < c->n_closed; i++) {
		if (n && v[i].from <= v[n - 1].to)
			v[n - 1].to = v[i].to > v[n - 1].to ? v[i].to : v[n - 1].to;
		else if (v[i].from < v[i].to)
			v[n++] = v[i];
	}
	h->closed = v;
	h->n_closed = n;
	return E_OK;
}

/* ---- building the table ---- */

static const struct special *find(const struct special *v, size_t n, int64_t key)
{
	struct special want = {.key = key};

	return bsearch(&want, v, n, sizeof *v, by_key);
}

static struct hours_spans spans_of(const struct hours *h, int64_t day)
{
	const struct special *s = find(h->dated, h->n_dated, day);

	if (!s && h->n_yearly) {
		struct date d = date_from_days(day);
		s = find(h->yearly, h->n_yearly, 32 * d.month + d.day);
	}
	return s ? s->open : h->week[date_weekday(day)];
}

struct local {
	struct stretch *v;
	size_t n;
};

/* The open stretches by the clock on the wall, in order and without overlaps.  Spans begin in
 * the order of their days, so a stretch can only touch the one before it. */
static struct local local_stretches(struct hours *h, int64_t first_day, int64_t last_day)
{
	size_t total = 0;
	struct local l = {0};

	for (int64_t d = first_day; d <= last_day; d++)
		total += spans_of(h, d).n;
	l.v = NEWN(h->a, struct stretch, total + 1);
	for (int64_t d = first_day; d <= last_day; d++) {
		struct hours_spans s = spans_of(h, d);
		for (size_t i = 0; i < s.n; i++) {
			int64_t from = d * DAY_MS + (int64_t)s.v[i].from * MINUTE_MS;
			int64_t to = d * DAY_MS + (int64_t)s.v[i].to * MINUTE_MS;
			if (l.n == 0 || from > l.v[l.n - 1].to)
				l.v[l.n++] = (struct stretch){.from = from, .to = to};
			else if (to > l.v[l.n - 1].to)
				l.v[l.n - 1].to = to;
		}
	}
	return l;
}

/* What the closed times leave of them. */
static struct local without_closed(struct hours *h, struct local l)
{
	struct local out = {NEWN(h->a, struct stretch, l.n + h->n_closed + 1), 0};
	size_t first = 0;

	for (size_t i = 0; i < l.n; i++) {
		int64_t from = l.v[i].from, to = l.v[i].to;
		while (first < h->n_closed && h->closed[first].to <= from)
			first++;
		for (size_t k = first; k < h->n_closed && h->closed[k].from < to; k++) {
			if (h->closed[k].from > from)
				out.v[out.n++] =
				    (struct stretch){.from = from, .to = h->closed[k].from};
			from = h->closed[k].to;
		}
		if (from < to)
			out.v[out.n++] = (struct stretch){.from = from, .to = to};
	}
	return out;
}

static void add_stretch(struct hours *h, int64_t from, int64_t to)
{
	if (from < h->from)
		from = h->from;
	if (to > h->to)
		to = h->to;
	if (from >= to)
		return;
	struct stretch *last = h->n ? &h->v[h->n - 1] : NULL;
	if (last && last->to == from) {
		last->to = to;
		return;
	}
	if (h->n == h->cap) {
		struct stretch *v = NEWN(h->a, struct stretch, h->cap * 2 + 64);
		if (h->n)
			memcpy(v, h->v, h->n * sizeof *v);
		h->v = v;
		h->cap = h->cap * 2 + 64;
	}
	int64_t before = last ? last->before + last->to - last->from : 0;
	h->v[h->n++] = (struct stretch){from, to, before};
}

/* First local stretch that ends after `at`. */
static size_t first_after(const struct local *l, int64_t at)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (l->v[mid].to > at)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Between two changes of the zone the wall clock runs evenly: cut the local stretches there and
 * move them to UTC. */
static void build(struct hours *h, int first_year, int last_year)
{
	h->first_year = first_year;
	h->last_year = last_year;
	h->from = date_to_days((struct date){first_year, 1, 1}) * DAY_MS;
	h->to = date_to_days((struct date){last_year + 1, 1, 1}) * DAY_MS;
	h->n = 0;
	/* Wide enough for the clock on the wall, whose years begin up to a day sooner or later. */
	zone_parts(h->a, h->zone, h->from - 2 * DAY_MS, h->to + 2 * DAY_MS, &h->offsets);
	int64_t wall_from = zone_instant(&h->offsets, h->from);
	int64_t wall_to = zone_instant(&h->offsets, h->to);
	if (first_year == HOURS_YEAR_MIN && wall_from < h->from)
		h->from = wall_from;
	if (last_year == HOURS_YEAR_MAX && wall_to > h->to)
		h->to = wall_to;

	int64_t day0 = h->from / DAY_MS - 4, day1 = h->to / DAY_MS + 2;
	struct local l = local_stretches(h, day0, day1);
	if (h->n_closed)
		l = without_closed(h, l);
	for (size_t z = 0; z < h->offsets.n; z++) {
		struct zone_part p = h->offsets.v[z];
		int64_t end = z + 1 < h->offsets.n ? h->offsets.v[z + 1].from : h->to;
		for (size_t i = first_after(&l, p.from + p.offset); i < l.n; i++) {
			int64_t from = l.v[i].from - p.offset, to = l.v[i].to - p.offset;
			if (from >= end)
				break;
			add_stretch(h, from > p.from ? from : p.from, to < end ? to : end);
		}
	}
}

enum err hours_open(struct arena *a, const struct hours_calendar *c, int from_year, int to_year,
		    struct hours **out, struct hours_why *why)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct hours *h = NEW(a, struct hours);

	h->a = a;
	TRY(zone_open(a, c->zone, &h->zone, why));
	if (from_year < HOURS_YEAR_MIN || to_year > HOURS_YEAR_MAX || from_year > to_year)
		return refuse(a, why, "hours.bad_years", S("years"));
	for (int i = 0; i < 7; i++) {
		if (!spans_ok(c->week[i]))
			return refuse(a, why, "hours.bad_span", str_of(days[i]));
		h->week[i] = copy_spans(a, c->week[i]);
		h->any_weekly = h->any_weekly || c->week[i].n > 0;
	}
	TRY(copy_days(h, c, why));
	TRY(copy_closed(h, c, why));
	build(h, from_year, to_year);
	*out = h;
	return E_OK;
}

/* ---- questions ---- */

/* The table to where `at` is, when it can be: twice as long each time, so that asking further
 * and further costs as much as asking once. */
static void reach(struct hours *h, int64_t at)
{
	if (at >= h->from && at < h->to)
		return;
	int64_t day = floor_div(at, DAY_MS), far = date_to_days((struct date){2300, 1, 1});
	int y = at > far * DAY_MS    ? HOURS_YEAR_MAX
		: at < -far * DAY_MS ? HOURS_YEAR_MIN
				     : date_from_days(day).year;
	int size = h->last_year - h->first_year + 1;
	int first = h->first_year, last = h->last_year;
	if (y < first)
		first = y - 1 < first - size ? y - 1 : first - size;
	if (y > last)
		last = y + 1 > last + size ? y + 1 : last + size;
	first = first < HOURS_YEAR_MIN ? HOURS_YEAR_MIN : first;
	last = last > HOURS_YEAR_MAX ? HOURS_YEAR_MAX : last;
	if (first != h->first_year || last != h->last_year)
		build(h, first, last);
}

/* One period more at the end; false when there is nothing there to find. */
static bool reach_on(struct hours *h)
{
	bool more = h->any_weekly || h->n_yearly > 0 ||
		    (h->n_dated > 0 && h->dated[h->n_dated - 1].key * DAY_MS >= h->to - 2 * DAY_MS);

	if (!more || h->last_year >= HOURS_YEAR_MAX)
		return false;
	reach(h, h->to);
	return true;
}

/* The first stretch that ends after `at`; h->n when none does. */
static size_t stretch_after(const struct hours *h, int64_t at)
{
	size_t lo = 0, hi = h->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (h->v[mid].to > at)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Open time in the table before `at`. */
static int64_t open_before(const struct hours *h, int64_t at)
{
	size_t i = stretch_after(h, at);

	if (i == h->n)
		return i ? h->v[i - 1].before + h->v[i - 1].to - h->v[i - 1].from : 0;
	return h->v[i].before + (at > h->v[i].from ? at - h->v[i].from : 0);
}

bool hours_is_open(struct hours *h, int64_t at)
{
	reach(h, at);
	size_t i = stretch_after(h, at);

	return i < h->n && h->v[i].from <= at;
}

int64_t hours_next_open(struct hours *h, int64_t at)
{
	reach(h, at);
	size_t i;
	while ((i = stretch_after(h, at)) == h->n)
		if (!reach_on(h))
			return HOURS_NEVER;
	return h->v[i].from > at ? h->v[i].from : at;
}

int64_t hours_next_close(struct hours *h, int64_t at)
{
	if (!hours_is_open(h, at))
		return at;
	/* A stretch that ends with the table may go on after it. */
	for (;;) {
		size_t i = stretch_after(h, at);
		if (h->v[i].to < h->to)
			return h->v[i].to;
		if (!reach_on(h))
			return HOURS_NEVER;
	}
}

int64_t hours_add(struct hours *h, int64_t from, int64_t ms)
{
	if (ms <= 0)
		return from;
	reach(h, from);
	for (;;) {
		int64_t base = open_before(h, from);
		size_t lo = 0, hi = h->n;
		/* The first stretch whose end brings the total to base + ms, without overflow. */
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			if (h->v[mid].before + h->v[mid].to - h->v[mid].from - base >= ms)
				hi = mid;
			else
				lo = mid + 1;
		}
		if (lo < h->n)
			return h->v[lo].from + (base + ms - h->v[lo].before);
		if (!reach_on(h))
			return HOURS_NEVER;
	}
}

int64_t hours_between(struct hours *h, int64_t from, int64_t to)
{
	reach(h, from);
	reach(h, to);
	return open_before(h, to) - open_before(h, from);
}

int64_t hours_zone_offset(struct hours *h, int64_t at)
{
	reach(h, at);
	return h->offsets.v[zone_row(&h->offsets, at)].offset;
}

int64_t hours_zone_change(struct hours *h, int64_t at)
{
	reach(h, at);
	for (;;) {
		size_t i = zone_row(&h->offsets, at) + (at >= h->offsets.v[0].from);
		if (i < h->offsets.n)
			return h->offsets.v[i].from;
		if (h->last_year >= HOURS_YEAR_MAX)
			return HOURS_NEVER;
		reach(h, h->to);
	}
}

int64_t hours_at_wall(struct hours *h, int64_t wall)
{
	/* The table must hold the hours around it, on whichever side of UTC the zone lies. */
	reach(h, wall - 2 * DAY_MS);
	reach(h, wall + 2 * DAY_MS);
	return zone_instant(&h->offsets, wall);
}
