/* json.h - JSON in by shape, checked; JSON out by shape, with no tree between.
 *
 * json_read() refuses what the shape does not have and says which field it was and why:
 * `key` is an entry of i18n ("error.field_missing", ...), `arg` the field's path. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/field.h"

enum { JSON_DEPTH_MAX = 16, JSON_SIZE_MAX = 1 << 20 };

struct json_why {
	const char *key;
	const char *arg; /* NUL-terminated, in the arena */
};

/* Fill the zeroed struct at out from a JSON object.  Texts are slices copied into the arena.
 * E_MALFORMED for what is not JSON, E_TOOLARGE, E_INVALID for what does not fit the shape. */
enum err json_read(struct arena *, struct str body, const struct shape *, void *out,
		   struct json_why *) MUST;

/* One value of a query string or form ("25", "true", "1,2,3") into its member. */
enum err json_read_word(struct arena *, struct str word, const struct field *, void *out,
			struct json_why *) MUST;

/* Whether the text is one JSON value within the limits. */
bool json_ok(struct str);

/* Append the struct as a JSON object; n structs as an array. */
void json_write(struct buf *, const struct shape *, const void *row);
void json_write_all(struct buf *, const struct shape *, const void *rows, size_t n);

/* Member of a JSON object kept as text: events' data, settings.  ABSENT when it is not there
 * or of another type; the strings are copies in the arena. */
struct opt_int json_get_int(struct arena *, struct str object, const char *name);
struct opt_str json_get_str(struct arena *, struct str object, const char *name);
struct opt_bool json_get_bool(struct arena *, struct str object, const char *name);
