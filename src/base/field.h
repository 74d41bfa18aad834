/* field.h - shapes: what a struct's members are called outside, and what they may hold.
 *
 * One table serves for reading requests (required, bounds), writing replies, binding SQL
 * parameters, reading rows, drawing settings forms and describing all that in OpenAPI.
 * tools/sqlgen.py writes shapes for queries; requests' are written by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* type      member            member when OPTIONAL or NULLABLE
 * F_INT     int64_t           struct opt_int
 * F_TIME    int64_t           struct opt_int      milliseconds since 1970 UTC
 * F_REAL    double            struct opt_real
 * F_BOOL    bool              struct opt_bool
 * F_TEXT    struct str        struct opt_str
 * F_ENUM    struct str        struct opt_str      one of `values`, "a|b|c"
 * F_JSON    struct str        struct opt_str      kept as text, written raw
 * F_IDS     struct ids        struct opt_ids
 * F_TEXTS   struct strs       -                   absent is empty
 * F_OBJ     const void *      -                   of shape `of`; NULL is null
 * F_LIST    struct list       -                   of shape `of`; absent is empty */
enum field_type {
	F_INT,
	F_TIME,
	F_REAL,
	F_BOOL,
	F_TEXT,
	F_ENUM,
	F_JSON,
	F_IDS,
	F_TEXTS,
	F_OBJ,
	F_LIST
};

enum field_flag {
	FIELD_REQUIRED = 1, /* a request without it is refused; a reply always has it */
	FIELD_OPTIONAL = 2, /* the member is a struct opt_*: absent, null or given */
	FIELD_NULLABLE = 4, /* the member is a struct opt_*; null is a value it takes */
	FIELD_SECRET = 8,   /* never written out; a form shows whether it is set */
	FIELD_LONG = 16,    /* a form draws a text area; white space, lines and controls are kept */
	FIELD_COUNTRY = 32, /* a country's code, or nothing */
	FIELD_LANGUAGE = 64 /* a language's tag, or nothing */
};

enum given { ABSENT, NULLED, GIVEN };

struct opt_int {
	enum given is;
	int64_t v;
};
struct opt_real {
	enum given is;
	double v;
};
struct opt_bool {
	enum given is;
	bool v;
};
struct opt_str {
	enum given is;
	struct str v;
};
struct ids {
	int64_t *v;
	size_t n;
};
struct opt_ids {
	enum given is;
	struct ids v;
};
struct list {
	void *v;
	size_t n;
};

#define SOME_INT(x)  ((struct opt_int){GIVEN, (x)})
#define SOME_STR(x)  ((struct opt_str){GIVEN, (x)})
#define SOME_BOOL(x) ((struct opt_bool){GIVEN, (x)})
#define NULL_INT     ((struct opt_int){NULLED, 0})
#define NULL_STR     ((struct opt_str){NULLED, {0}})

struct shape;

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t at;        /* offset of the member */
	int64_t min, max; /* number: bounds; text: characters; lists: items; 0, 0 is the default */
	const char *values; /* F_ENUM */
	const struct shape *of;
	const char *text; /* what it is, for OpenAPI and forms; may be NULL */
};

struct shape {
	const char *name; /* unique; the schema's name in OpenAPI */
	const struct field *fields;
	size_t n, size; /* size of the struct in bytes */
};

/* The bounds that hold when a field gives none. */
enum { TEXT_MAX = 200, LIST_MAX = 100 };

/* Make a shape of a table: SHAPE(ask_shape, "Ask", struct ask, ask_fields); */
#define SHAPE(var, title, type, table)                                                             \
	const struct shape var = {title, table, sizeof table / sizeof *table, sizeof(type)}

/* Rows for the tables; the last argument is the describing text. */
#define FIELD(st, m, ty, fl, lo, hi, tx)                                                           \
	{                                                                                          \
		.name = #m, .type = (ty), .flags = (fl), .at = offsetof(st, m), .min = (lo),       \
		.max = (hi), .text = (tx)                                                          \
	}
#define FIELD_ENUM(st, m, fl, vals, tx)                                                            \
	{                                                                                          \
		.name = #m, .type = F_ENUM, .flags = (fl), .at = offsetof(st, m),                  \
		.values = (vals), .text = (tx)                                                     \
	}
#define FIELD_OBJ(st, m, fl, shp, tx)                                                              \
	{                                                                                          \
		.name = #m, .type = F_OBJ, .flags = (fl), .at = offsetof(st, m), .of = (shp),      \
		.text = (tx)                                                                       \
	}
#define FIELD_LIST(st, m, fl, hi, shp, tx)                                                         \
	{                                                                                          \
		.name = #m, .type = F_LIST, .flags = (fl), .at = offsetof(st, m), .max = (hi),     \
		.of = (shp), .text = (tx)                                                          \
	}

/* Whether value is one of "a|b|c". */
bool field_enum_has(const char *values, struct str value);
/* The field of that name, or NULL. */
const struct field *shape_find(const struct shape *, struct str name);
/* Whether the member is a struct opt_*. */
static inline bool field_is_opt(const struct field *f)
{
	return (f->flags & (FIELD_OPTIONAL | FIELD_NULLABLE)) != 0 && f->type <= F_IDS;
}
