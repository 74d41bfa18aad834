/* zone.h - what a time zone added to UTC, and from when: ICU's rules as a plain table. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* From this instant on, until the next row's, local time is UTC plus offset; milliseconds. */
struct zone_part {
	int64_t from, offset;
};

struct zone_table {
	struct zone_part *v;
	size_t n;
};

/* Whether the name is a zone of the IANA database. */
bool zone_exists(struct str name);

/* The parts that cover [from, to); the first row begins at `from`.  E_INVALID: no such zone. */
enum err zone_read(struct arena *, struct str name, int64_t from, int64_t to,
		   struct zone_table *) MUST;
