/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/zone.h"

#include <string.h>
#include <unicode/ucal.h>

enum { NAME_MAX_CHARS = 63, PARTS_FIRST = 64 };

/* The name in ICU's characters; 0 when it cannot be a zone's.  ICU itself takes any text for a
 * zone and quietly counts in UTC, and it makes zones of "GMT+5:07", which are not IANA's. */
static int32_t name_chars(struct str name, UChar *out)
{
	if (name.n == 0 || name.n > NAME_MAX_CHARS)
		return 0;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if ((unsigned char)c >= 128 || c <= ' ' || c == ':')
			return 0;
		out[i] = (UChar)c;
	}
	out[name.n] = 0;
	return (int32_t)name.n;
}

/* "GMT+5" and "GMT-0530" are ICU's own inventions; the database has GMT+0, GMT-0 and GMT0. */
static bool made_up(struct str name)
{
	return str_starts(name, S("GMT")) && name.n > 3 && !str_eq(name, S("GMT0")) &&
	       !str_eq(name, S("GMT+0")) && !str_eq(name, S("GMT-0"));
}

bool zone_exists(struct str name)
{
	UChar id[NAME_MAX_CHARS + 1], canonical[128];
	UBool system = 0;
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = name_chars(name, id);

	if (n == 0 || made_up(name) || str_eq(name, S("Etc/Unknown")))
		return false;
	ucal_getCanonicalTimeZoneID(id, n, canonical, 128, &system, &e);
	return U_SUCCESS(e) && system;
}

static int64_t offset_at(UCalendar *cal, int64_t at, UErrorCode *e)
{
	ucal_setMillis(cal, (UDate)at, e);
	return ucal_get(cal, UCAL_ZONE_OFFSET, e) + ucal_get(cal, UCAL_DST_OFFSET, e);
}

static void push(struct arena *a, struct zone_table *t, struct zone_part p, size_t *cap)
{
	if (t->n && t->v[t->n - 1].offset == p.offset)
		return;
	if (t->n == *cap) {
		struct zone_part *v = NEWN(a, struct zone_part, *cap * 2);
		memcpy(v, t->v, t->n * sizeof *v);
		t->v = v;
		*cap *= 2;
	}
	t->v[t->n++] = p;
}

static void close_calendar(void *cal)
{
	ucal_close(cal);
}

enum err zone_read(struct arena *a, struct str name, int64_t from, int64_t to,
		   struct zone_table *out)
{
	UChar id[NAME_MAX_CHARS + 1];
	UErrorCode e = U_ZERO_ERROR;
	size_t cap = PARTS_FIRST;

	if (!zone_exists(name))
		return E_INVALID;
	UCalendar *cal = ucal_open(id, name_chars(name, id), "", UCAL_GREGORIAN, &e);
	if (U_FAILURE(e))
		return E_INTERNAL;
	arena_defer(a, close_calendar, cal);

	*out = (struct zone_table){.v = NEWN(a, struct zone_part, cap)};
	int64_t at = from;
	while (U_SUCCESS(e) && at < to) {
		UDate next;
		push(a, out, (struct zone_part){at, offset_at(cal, at, &e)}, &cap);
		if (!ucal_getTimeZoneTransitionDate(cal, UCAL_TZ_TRANSITION_NEXT, &next, &e))
			break;
		at = (int64_t)next;
	}
	return U_SUCCESS(e) ? E_OK : E_INTERNAL;
}
