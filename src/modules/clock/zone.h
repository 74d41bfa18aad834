/* zone.h - what a time zone adds to UTC, and from when, out of the system's tz database.
 *
 * The files of the package tzdata are read (TZif, RFC 8536), so the rules are as new as that
 * package and no second copy of them can disagree. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct hours_why;

/* From this instant on, until the next row's, local time is UTC plus offset; milliseconds. */
struct zone_part {
	int64_t from, offset;
};

struct zone_table {
	struct zone_part *v;
	size_t n;
};

/* One zone's file, read. */
struct zone;

/* The zone of an IANA name.  Only names of the database are taken: neither "CST" and other letters
 * that mean several zones, nor paths.  E_INVALID: no such zone; E_INTERNAL: the machine has no tz
 * database, or this file of it is damaged. */
enum err zone_open(struct arena *, struct str name, struct zone **, struct hours_why *) MUST;
/* The same of a file's bytes.  E_MALFORMED. */
enum err zone_parse(struct arena *, struct str tzif, struct zone **) MUST;

/* The parts that cover [from, to); the first row begins at `from`. */
void zone_parts(struct arena *, const struct zone *, int64_t from, int64_t to, struct zone_table *);

/* The row that holds at an instant; the first one before the table, the last one after it. */
size_t zone_row(const struct zone_table *, int64_t at);
/* The instant at which the clock on the wall shows `wall` (milliseconds as if it were UTC).  A time
 * that comes twice is the earlier; one that is leapt over is as much later as the leap. */
int64_t zone_instant(const struct zone_table *, int64_t wall);

/* Where the database lies, instead of /usr/share/zoneinfo; before any thread begins. */
void zone_set_folder(const char *);
