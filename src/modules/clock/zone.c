/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/clock/zone.h"

#include "base/file.h"
#include "modules/clock/hours.h"

enum { NAME_BYTES_MAX = 63, SAID_BYTES_MAX = 200, FILE_BYTES_MAX = 256 << 10 };

static const char *folder = "/usr/share/zoneinfo";

void zone_set_folder(const char *path)
{
	folder = path;
}

/* Letters, digits and _ + - between single slashes: without a dot no path leaves the folder, and
 * its lists (zone.tab, tzdata.zi) are no zones. */
static bool letters_ok(struct str name)
{
	char before = '/';

	if (name.n > NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
		if (!word && (c != '/' || before == '/'))
			return false;
		before = c;
	}
	return name.n > 0 && before != '/';
}

/* Copies of the database that count otherwise, and what this machine calls its own. */
static bool aside(struct str name)
{
	return str_starts(name, S("posix/")) || str_starts(name, S("right/")) ||
	       str_eq(name, S("posixrules")) || str_eq(name, S("localtime"));
}

static bool read_file(struct arena *a, struct str name, struct str *out)
{
	return file_read(a, str_fmt(a, "%s/%.*s", folder, STR(name)).p, FILE_BYTES_MAX, out) &&
	       str_starts(*out, S("TZif"));
}

static enum err refuse(struct hours_why *why, enum err e, const char *key, const char *arg)
{
	*why = (struct hours_why){key, arg};
	return e;
}

enum err zone_open(struct arena *a, struct str name, struct zone **out, struct hours_why *why)
{
	struct str bytes;

	if (!letters_ok(name) || aside(name))
		return refuse(why, E_INVALID, "hours.unknown_zone",
			      str_z(a, str_clip(name, SAID_BYTES_MAX)));
	if (!read_file(a, name, &bytes)) {
		if (!read_file(a, S("UTC"), &bytes))
			return refuse(why, E_INTERNAL, "hours.no_zones", folder);
		return refuse(why, E_INVALID, "hours.unknown_zone", str_z(a, name));
	}
	if (zone_parse(a, bytes, out) != E_OK)
		return refuse(why, E_INTERNAL, "hours.zone_damaged", str_z(a, name));
	return E_OK;
}

size_t zone_row(const struct zone_table *t, int64_t at)
{
	size_t lo = 0, hi = t->n;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (t->v[mid].from <= at)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int64_t zone_instant(const struct zone_table *t, int64_t wall)
{
	const int64_t far = 26 * 3600 * 1000; /* no zone is further from UTC */
	int64_t later = wall - t->v[t->n - 1].offset;
	bool leapt = false;

	for (size_t i = zone_row(t, wall - far); i < t->n && t->v[i].from <= wall + far; i++) {
		int64_t at = wall - t->v[i].offset;
		if (i + 1 < t->n && at >= t->v[i + 1].from)
			continue;
		if (at >= t->v[i].from || i == 0)
			return at;
		if (!leapt)
			later = wall - t->v[i - 1].offset;
		leapt = true;
	}
	return later;
}
