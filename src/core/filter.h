/* filter.h - lists that a user composes: views, rules, bulk selections.
 *
 * A module's table says which fields there are, of what type, with which operators, in which
 * orders.  filter_read() checks a user's JSON against it; filter_run() makes the only SQL that is
 * put together at run time, out of that closed list; every value is a parameter.
 *
 *   {"all":[{"field":"status","is":"open"},{"field":"last_at","before":1790000000000}],"order":"newest"}
 *
 * Operators: is, not, in (a comma list), before, after, contains, empty (true or false). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctx.h"

enum filter_op {
	FILTER_IS = 1,
	FILTER_NOT = 2,
	FILTER_IN = 4,
	FILTER_BEFORE = 8,
	FILTER_AFTER = 16,
	FILTER_CONTAINS = 32,
	FILTER_EMPTY = 64,
};

struct filter_field {
	const char *name, *column; /* the column, or an expression of the table's own */
	enum field_type type;      /* F_INT, F_TIME, F_TEXT, F_ENUM, F_BOOL */
	unsigned ops;
	const char *values; /* F_ENUM */
};

/* A page goes on after (key, id) of its last row. */
struct filter_order {
	const char *name, *column;
	bool descending;
};

struct filter_table {
	const char *table; /* with a column id */
	const char *scope; /* the column that the actor's scope holds for; NULL: none */
	const struct filter_field *fields; /* ended by name NULL */
	const struct filter_order *orders; /* ended by name NULL; the first is the usual one */
};

enum { FILTER_CONDITIONS = 12, FILTER_IN_MAX = 50, FILTER_ROWS_MAX = 20000 };

struct filter_condition {
	const struct filter_field *field;
	enum filter_op op;
	struct db_value value;
	struct strs words; /* FILTER_IN on text */
};

struct filter {
	const struct filter_table *table;
	const struct filter_order *order;
	struct filter_condition conditions[FILTER_CONDITIONS];
	size_t n;
};

/* Check a user's filter; E_INVALID with filter.field, filter.operator, filter.value, ... */
enum err filter_read(struct ctx *, const struct filter_table *, struct str json,
		     struct filter *) MUST;

struct filter_row {
	int64_t id, key;
};
/* A page of ids in the filter's order, after the row given (NULL: from the beginning).  *more: the
 * search stopped at FILTER_ROWS_MAX rows looked at, and there may be others. */
enum err filter_run(struct ctx *, const struct filter *, const struct filter_row *after,
		    struct filter_row *rows, size_t cap, size_t *n, bool *more) MUST;

/* The fields, as a form needs them: [{name,type,ops,values}]. */
void filter_form(struct buf *, const struct filter_table *);
