/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "modules/clock/date.h"
#include "modules/clock/hours.h"
#include "modules/clock/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t at(const char *moment)
{
	int64_t ms;
	bool utc;

	assert_true(date_read_moment(str_of(moment), &ms, &utc));
	return ms;
}

static struct zone_table table(struct arena *a, const char *name)
{
	struct zone *z;
	struct zone_table t;
	struct hours_why why = {0};

	if (zone_open(a, str_of(name), &z, &why) != E_OK)
		fail_msg("%s: %s %s", name, why.key, why.arg);
	zone_parts(a, z, at("1900-01-01T00:00"), at("2200-12-31T00:00"), &t);
	return t;
}

/* ---- moments as text ---- */

/* clang-format off */
static const struct moment {
	const char *text;
	bool ok, utc;
	const char *again;
} moments[] = {
	{"2026-12-24T09:30",       true,  false, "2026-12-24T09:30:00"},
	{"2026-12-24T09:30:15Z",   true,  true,  "2026-12-24T09:30:15"},
	{"2024-02-29T23:59:59",    true,  false, "2024-02-29T23:59:59"},
	{"1905-01-01T00:00Z",      true,  true,  "1905-01-01T00:00:00"},
	{"2026-02-31T10:00",       false, false, NULL},
	{"2026-02-29T10:00",       false, false, NULL},
	{"2026-13-01T10:00",       false, false, NULL},
	{"2026-00-10T10:00",       false, false, NULL},
	{"2026-12-24T24:00",       false, false, NULL},
	{"2026-12-24T24:30",       false, false, NULL},
	{"2026-12-24T09:60",       false, false, NULL},
	{"2026-12-24T09:30:60",    false, false, NULL},
	{"2026- 1- 2T 1: 2Z",      false, false, NULL},
	{"2026-12-24 09:30",       false, false, NULL},
	{"2026-12-24T09:30:15ZZ",  false, false, NULL},
	{"2026-12-24T09:30z",      false, false, NULL},
	{"2026-12-24T9:30",        false, false, NULL},
	{"2026-12-24T09:30:",      false, false, NULL},
	{"2026-12-24",             false, false, NULL},
	{"+026-12-24T09:30",       false, false, NULL},
	{"0000-12-24T09:30",       false, false, NULL},
	{"",                       false, false, NULL},
	{"Z",                      false, false, NULL},
};
/* clang-format on */

static void test_moments(void **state)
{
	struct arena *a = arena_new();
	(void)state;

	for (size_t i = 0; i < COUNT(moments); i++) {
		const struct moment *m = &moments[i];
		int64_t ms;
		bool utc;
		if (date_read_moment(str_of(m->text), &ms, &utc) != m->ok)
			fail_msg("%s", m->text);
		if (!m->ok)
			continue;
		assert_int_equal(utc, m->utc);
		assert_string_equal(date_write_moment(a, ms).p, m->again);
	}
	arena_free(a);
}

/* ---- names ---- */

static const char *const zones[] = {
    "UTC",
    "Etc/GMT+5",
    "GMT0",
    "America/Ciudad_Juarez",
    "EST5EDT",
    "America/Coyhaique",
    "PRC",
    "America/Argentina/Buenos_Aires",
    "Asia/Almaty",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "America/Port-au-Prince",
};
static const char *const no_zones[] = {
    "CST",
    "BST",
    "IST",
    "PST",
    "AST",
    "JST",
    "ACT",
    "Mars/Olympus",
    "Etc/Unknown",
    "GMT+5",
    "GMT+5:07",
    "Europe",
    "Europe/",
    "/Europe/Berlin",
    "Europe//Berlin",
    "",
    " UTC",
    "UTC ",
    "../zoneinfo/UTC",
    "Europe/../UTC",
    "./UTC",
    "..",
    "/etc/localtime",
    "/usr/share/zoneinfo/UTC",
    "posix/UTC",
    "right/UTC",
    "posix/Europe/Berlin",
    "right/Europe/Berlin",
    "localtime",
    "posixrules",
    "leapseconds",
    "leap-seconds.list",
    "tzdata.zi",
    "zone.tab",
    "iso3166.tab",
    "europe/berlin",
    "Europe/Zürich",
    "Europe/Berlin\n",
    "A234567890123456789012345678901234567890123456789012345678901234567890",
};

static void test_names(void **state)
{
	struct arena *a = arena_new();
	struct zone *z;
	(void)state;

	for (size_t i = 0; i < COUNT(zones); i++)
		table(a, zones[i]);
	for (size_t i = 0; i < COUNT(no_zones); i++) {
		struct hours_why why = {0};
		if (zone_open(a, str_of(no_zones[i]), &z, &why) != E_INVALID)
			fail_msg("%s was taken", no_zones[i]);
		assert_string_equal(why.key, "hours.unknown_zone");
		assert_string_equal(why.arg, no_zones[i]);
	}
	struct hours_why why = {0};
	assert_int_equal(zone_open(a, (struct str){"UTC\0x", 5}, &z, &why), E_INVALID);
	arena_free(a);
}

static void test_no_database(void **state)
{
	struct arena *a = arena_new();
	struct hours_why why = {0};
	struct zone *z;
	(void)state;

	zone_set_folder("/nowhere");
	assert_int_equal(zone_open(a, S("UTC"), &z, &why), E_INTERNAL);
	assert_string_equal(why.key, "hours.no_zones");
	assert_string_equal(why.arg, "/nowhere");
	zone_set_folder("/usr/share/zoneinfo");
	arena_free(a);
}

/* ---- files made here ---- */

static void big(struct buf *b, uint64_t v, int bytes)
{
	while (bytes--)
		buf_char(b, bytes < 8 ? (char)(v >> 8 * bytes) : 0);
}

static void head(struct buf *b, char version, uint32_t times, uint32_t leaps)
{
	buf_z(b, "TZif");
	buf_char(b, version);
	big(b, 0, 15);
	big(b, 0, 8); /* isut, isstd */
	big(b, leaps, 4);
	big(b, times, 4);
	big(b, 2, 4); /* types */
	big(b, 4, 4); /* characters */
}

static void types(struct buf *b)
{
	big(b, 3600, 4);
	big(b, 0, 2);
	big(b, 7200, 4);
	big(b, 0x0100, 2);
	big(b, 0x41424300, 4);
}

/* Two types, UTC+1 and UTC+2; changes to +2 at `first` and to +1 a day later. */
static struct str file(struct arena *a, char version, int64_t first, uint32_t leaps,
		       const char *rule)
{
	struct buf b = BUF(a);

	head(&b, version, 0, 0);
	types(&b);
	head(&b, version, 2, leaps);
	big(&b, (uint64_t)first, 8);
	big(&b, (uint64_t)first + 86400, 8);
	big(&b, 0x0100, 2);
	types(&b);
	for (uint32_t i = 0; i < leaps; i++)
		big(&b, 0, 12);
	buf_fmt(&b, "\n%s\n", rule);
	return buf_str(&b);
}

/* clang-format off */
static const struct rule {
	const char *rule, *at;
	int minutes; /* the offset from then on; -1: the file is refused */
} rules[] = {
	{"CET-1CEST,M3.5.0,M10.5.0/3",      "2050-03-27T00:59Z", 60},
	{"CET-1CEST,M3.5.0,M10.5.0/3",      "2050-03-27T01:00Z", 120},
	{"CET-1CEST,M3.5.0,M10.5.0/3",      "2050-10-30T00:59Z", 120},
	{"CET-1CEST,M3.5.0,M10.5.0/3",      "2050-10-30T01:00Z", 60},
	{"NZST-12NZDT,M9.5.0,M4.1.0/3",     "2100-01-01T00:00Z", 780},
	{"NZST-12NZDT,M9.5.0,M4.1.0/3",     "2100-06-01T00:00Z", 720},
	{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59Z", -120},
	{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00Z", -60},
	{"IST-2IDT,M3.4.4/26,M10.5.0",      "2050-03-24T23:59Z", 120},
	{"IST-2IDT,M3.4.4/26,M10.5.0",      "2050-03-25T00:00Z", 180},
	{"IST-1GMT0,M10.5.0,M3.5.0/1",      "2050-01-01T00:00Z", 0},
	{"IST-1GMT0,M10.5.0,M3.5.0/1",      "2050-07-01T00:00Z", 60},
	{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01T00:00Z", 660},
	{"XXX3EDT4,0/0,J365/23",            "2050-01-01T00:00Z", -240},
	{"XXX3EDT4,0/0,J365/23",            "2050-07-01T00:00Z", -240},
	{"AAA0BBB,J60,J61/2:30:30",         "2052-03-01T01:59Z", 0},
	{"AAA0BBB,J60,J61",                 "2052-03-01T02:00Z", 60},
	{"AAA0BBB,59,J61",                  "2052-02-29T02:00Z", 60},
	{"AAA0BBB,59,J61",                  "2053-02-28T23:00Z", 0},
	{"<+03>-3",                         "2050-01-01T00:00Z", 60}, /* as the last change says */
	{"",                                "2050-01-01T00:00Z", 60},
	{"CET",                             "", -1},
	{"CE-1",                            "", -1},
	{"<CET-1",                          "", -1},
	{"CET-25",                          "", -1},
	{"CET-1CEST",                       "", -1},
	{"CET-1CEST,M3.5.0",                "", -1},
	{"CET-1CEST,M13.5.0,M10.5.0",       "", -1},
	{"CET-1CEST,M3.6.0,M10.5.0",        "", -1},
	{"CET-1CEST,M3.5.7,M10.5.0",        "", -1},
	{"CET-1CEST,J0,M10.5.0",            "", -1},
	{"CET-1CEST,366,M10.5.0",           "", -1},
	{"CET-1CEST,M3.5.0/168,M10.5.0",    "", -1},
	{"CET-1CEST,M3.5.0,M10.5.0/3x",     "", -1},
	{"CET-1:60",                        "", -1},
};
/* clang-format on */

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct arena *a = arena_new();
		struct zone *z;
		struct zone_table t;
		enum err e = zone_parse(a, file(a, '3', 0, 0, rules[i].rule), &z);
		if (e != (rules[i].minutes == -1 ? E_MALFORMED : E_OK))
			fail_msg("%s: %s", rules[i].rule, err_name(e));
		if (e == E_OK) {
			zone_parts(a, z, at("1960-01-01T00:00"), at("2200-01-01T00:00"), &t);
			assert_int_equal(t.v[zone_row(&t, 0)].offset, 120 * MINUTE_MS);
			for (size_t k = 1; k < t.n; k++)
				assert_true(t.v[k].from > t.v[k - 1].from &&
					    t.v[k].offset != t.v[k - 1].offset);
			int64_t got = t.v[zone_row(&t, at(rules[i].at))].offset;
			if (got != rules[i].minutes * MINUTE_MS)
				fail_msg("%s at %s: %lld", rules[i].rule, rules[i].at,
					 (long long)got);
		}
		arena_free(a);
	}
}

static void test_damaged_files(void **state)
{
	struct arena *a = arena_new();
	struct zone *z;
	struct str whole = file(a, '2', 0, 0, "CET-1");
	(void)state;

	assert_int_equal(zone_parse(a, whole, &z), E_OK);
	for (size_t n = 0; n < whole.n; n++)
		if (zone_parse(a, str_slice(whole, 0, n), &z) != E_MALFORMED)
			fail_msg("cut at %zu", n);
	assert_int_equal(zone_parse(a, file(a, 0, 0, 0, "CET-1"), &z), E_MALFORMED);
	assert_int_equal(zone_parse(a, file(a, '2', 0, 1, "CET-1"), &z), E_MALFORMED);
	/* Changes out of order: the second one runs past the end of the numbers. */
	assert_int_equal(zone_parse(a, file(a, '2', INT64_MAX - 5, 0, "CET-1"), &z), E_MALFORMED);
	/* A type that is not there, too many of them, an offset of more than 26 hours. */
	const struct {
		size_t byte;
		char is;
	} broken[] = {{0, 'X'},
		      {44 + 16 + 44 + 16, 2},
		      {44 + 16 + 36, 127},
		      {44 + 16 + 39, 0},
		      {44 + 16 + 44 + 18 + 1, 2}};
	for (size_t i = 0; i < COUNT(broken); i++) {
		char *copy = str_z(a, whole);
		copy[broken[i].byte] = broken[i].is;
		if (zone_parse(a, (struct str){copy, whole.n}, &z) != E_MALFORMED)
			fail_msg("byte %zu", broken[i].byte);
	}
	arena_free(a);
}

/* ---- the system's files ---- */

/* clang-format off */
static const struct offset {
	const char *zone, *at;
	int minutes;
} offsets[] = {
	{"America/Mexico_City",   "2026-07-01T12:00Z", -360},
	{"America/Monterrey",     "2026-07-01T12:00Z", -360},
	{"America/Chihuahua",     "2026-01-15T12:00Z", -360},
	{"America/Ciudad_Juarez", "2026-07-01T12:00Z", -360},
	{"America/Ciudad_Juarez", "2026-01-15T12:00Z", -420},
	{"Africa/Cairo",          "2026-07-01T12:00Z", 180},
	{"America/Asuncion",      "2026-07-01T12:00Z", -180},
	{"America/Nuuk",          "2026-07-01T12:00Z", -60},
	{"Asia/Almaty",           "2026-07-01T12:00Z", 300},
	{"America/Coyhaique",     "2026-07-01T12:00Z", -180},
	{"Asia/Shanghai",         "1988-07-01T12:00Z", 540},
	{"Pacific/Apia",          "2011-12-29T12:00Z", -600},
	{"Pacific/Apia",          "2011-12-31T12:00Z", 840},
	{"Europe/Berlin",         "2199-07-01T12:00Z", 120},
	{"Etc/GMT+5",             "2026-07-01T12:00Z", -300},
};

static const struct wall {
	const char *zone, *wall, *utc;
} walls[] = {
	{"Asia/Shanghai",       "2026-01-01T08:00", "2026-01-01T00:00"},
	{"America/Sao_Paulo",   "2018-11-04T00:00", "2018-11-04T03:00"}, /* leapt over: shown as 01:00 */
	{"America/Sao_Paulo",   "2018-11-03T23:59", "2018-11-04T02:59"},
	{"America/Sao_Paulo",   "2018-02-17T23:30", "2018-02-18T01:30"}, /* twice: the earlier */
	{"America/Los_Angeles", "2026-03-08T02:30", "2026-03-08T10:30"},
	{"America/Los_Angeles", "2026-03-08T02:00", "2026-03-08T10:00"},
	{"America/Los_Angeles", "2026-03-08T03:00", "2026-03-08T10:00"},
	{"America/Los_Angeles", "2026-11-01T01:30", "2026-11-01T08:30"},
	{"America/Los_Angeles", "2026-11-01T02:00", "2026-11-01T10:00"},
	{"Europe/Berlin",       "2026-03-29T02:30", "2026-03-29T01:30"},
	{"Europe/Berlin",       "2026-10-25T02:30", "2026-10-25T00:30"},
	{"Pacific/Apia",        "2011-12-30T10:00", "2011-12-30T20:00"}, /* no such day: 31 December */
	{"Pacific/Kwajalein",   "1969-09-30T10:00", "1969-09-29T23:00"},
	{"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"},
};
/* clang-format on */

static void test_system_zones(void **state)
{
	struct arena *a = arena_new();
	(void)state;

	for (size_t i = 0; i < COUNT(offsets); i++) {
		struct zone_table t = table(a, offsets[i].zone);
		int64_t got = t.v[zone_row(&t, at(offsets[i].at))].offset / MINUTE_MS;
		if (got != offsets[i].minutes)
			fail_msg("%s at %s: %lld", offsets[i].zone, offsets[i].at, (long long)got);
	}
	for (size_t i = 0; i < COUNT(walls); i++) {
		struct zone_table t = table(a, walls[i].zone);
		int64_t got = zone_instant(&t, at(walls[i].wall));
		if (got != at(walls[i].utc))
			fail_msg("%s %s: %s", walls[i].zone, walls[i].wall,
				 date_write_moment(a, got).p);
	}
	arena_free(a);
}

/* Each zone of the database from 1900 to 2200 against the C library's own reader. */
static void against_libc(const char *name)
{
	struct arena *a = arena_new();
	struct zone_table t = table(a, name);
	const int64_t step = (26 * 24 + 5) * (int64_t)HOUR_MS + 61 * SECOND_MS;

	setenv("TZ", name, 1);
	tzset();
	for (int64_t ms = at("1900-01-01T00:00"); ms < at("2200-01-01T00:00"); ms += step) {
		time_t s = floor_div(ms, SECOND_MS);
		struct tm tm;
		localtime_r(&s, &tm);
		if (t.v[zone_row(&t, ms)].offset != tm.tm_gmtoff * (int64_t)SECOND_MS)
			fail_msg("%s at %s: %lld, not %ld", name, date_write_moment(a, ms).p,
				 (long long)t.v[zone_row(&t, ms)].offset, tm.tm_gmtoff);
	}
	arena_free(a);
}

static void test_every_zone(void **state)
{
	struct arena *a = arena_new();
	struct str all, line, kind, target, name;
	int n = 0;
	(void)state;

	assert_true(file_read(a, "/usr/share/zoneinfo/tzdata.zi", 1 << 20, &all));
	while (str_cut(&all, '\n', &line)) {
		if (!str_cut(&line, ' ', &kind) || !str_cut(&line, ' ', &target))
			continue;
		if (str_eq(kind, S("L")) && str_cut(&line, ' ', &name))
			target = name;
		else if (!str_eq(kind, S("Z")))
			continue;
		against_libc(str_z(a, target));
		n++;
	}
	print_message("%d zones as the C library reads them\n", n);
	assert_true(n > 500);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_moments),       cmocka_unit_test(test_names),
	    cmocka_unit_test(test_no_database),   cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_damaged_files), cmocka_unit_test(test_system_zones),
	    cmocka_unit_test(test_every_zone),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
