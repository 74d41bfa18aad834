/* SPDX-License-Identifier: Apache-2.0 */
#include "core/filter.h"

#include <string.h>

static const struct {
	enum filter_op op;
	const char *name;
} ops[] = {{FILTER_IS, "is"},         {FILTER_NOT, "not"},     {FILTER_IN, "in"},
	   {FILTER_BEFORE, "before"}, {FILTER_AFTER, "after"}, {FILTER_CONTAINS, "contains"},
	   {FILTER_EMPTY, "empty"}};

/* ---- reading ---- */

struct condition_in {
	struct str field;
	struct opt_str values[COUNT(ops)];
};
struct filter_in {
	struct list all;
	struct str order;
};

/* Every operator's value is taken as JSON text first: its type is the field's business. */
#define OP(i, op_name)                                                                             \
	{                                                                                          \
		.name = (op_name), .type = F_JSON, .flags = FIELD_OPTIONAL,                        \
		.at = offsetof(struct condition_in, values) + (i) * sizeof(struct opt_str),        \
		.max = 2000                                                                        \
	}
static const struct field condition_fields[] = {
    FIELD(struct condition_in, field, F_TEXT, FIELD_REQUIRED, 1, 40, NULL),
    OP(0, "is"),
    OP(1, "not"),
    OP(2, "in"),
    OP(3, "before"),
    OP(4, "after"),
    OP(5, "contains"),
    OP(6, "empty"),
};
static SHAPE(condition_shape, "FilterCondition", struct condition_in, condition_fields);
static const struct field filter_fields[] = {
    FIELD_LIST(struct filter_in, all, 0, FILTER_CONDITIONS, &condition_shape, "All of these hold"),
    FIELD(struct filter_in, order, F_TEXT, 0, 0, 40, NULL),
};
static SHAPE(filter_shape, "Filter", struct filter_in, filter_fields);

static const struct filter_field *find_field(const struct filter_table *t, struct str name)
{
	for (const struct filter_field *f = t->fields; f->name; f++)
		if (str_eq(str_of(f->name), name))
			return f;
	return NULL;
}

static const struct filter_order *find_order(const struct filter_table *t, struct str name)
{
	if (!name.n)
		return t->orders;
	for (const struct filter_order *o = t->orders; o->name; o++)
		if (str_eq(str_of(o->name), name))
			return o;
	return NULL;
}

/* "open" without its quotes; false for what is no plain string. */
static bool plain_text(struct ctx *c, struct str json, struct str *out)
{
	struct opt_str s = json_get_str(c->a, str_fmt(c->a, "{\"v\":%.*s}", STR(json)), "v");

	*out = s.v;
	return s.is == GIVEN && str_chars(s.v) <= 200;
}

static bool read_number(const struct filter_field *f, struct str json, struct db_value *v)
{
	int64_t n;

	if (f->type == F_BOOL) {
		n = str_eq(json, S("true"));
		if (!n && !str_eq(json, S("false")))
			return false;
	} else if (!str_int(json, &n)) {
		return false;
	}
	*v = (struct db_value){.type = f->type, .i = SOME_INT(n)};
	return true;
}

static bool read_list(struct ctx *c, struct str text, struct filter_condition *k)
{
	struct str one;

	k->words.v = NEWN(c->a, struct str, FILTER_IN_MAX);
	k->value.ids.v = NEWN(c->a, int64_t, FILTER_IN_MAX);
	while (str_cut(&text, ',', &one)) {
		bool number = k->field->type == F_INT;
		if (k->words.n == FILTER_IN_MAX ||
		    (number && !str_int(str_trim(one), &k->value.ids.v[k->value.ids.n++])))
			return false;
		if (k->field->type == F_ENUM && !field_enum_has(k->field->values, str_trim(one)))
			return false;
		k->words.v[k->words.n++] = str_trim(one);
	}
	k->value.type = F_IDS;
	return true;
}

static bool read_value(struct ctx *c, struct str json, struct filter_condition *k)
{
	const struct filter_field *f = k->field;
	struct str text;

	if (k->op == FILTER_EMPTY)
		return read_number(&(struct filter_field){.type = F_BOOL}, json, &k->value);
	if (k->op == FILTER_IN)
		return plain_text(c, json, &text) && read_list(c, text, k);
	if (f->type == F_INT || f->type == F_TIME || f->type == F_BOOL)
		return read_number(f, json, &k->value);
	if (!plain_text(c, json, &text) || (f->type == F_ENUM && !field_enum_has(f->values, text)))
		return false;
	k->value = (struct db_value){.type = F_TEXT, .s = SOME_STR(text)};
	return true;
}

static enum err read_condition(struct ctx *c, const struct filter_table *t,
			       const struct condition_in *in, struct filter *out)
{
	const struct filter_field *f = find_field(t, in->field);
	bool any = false;

	if (!f)
		return fail_str(c, E_INVALID, "filter.field", in->field);
	for (size_t i = 0; i < COUNT(ops); i++) {
		if (in->values[i].is != GIVEN)
			continue;
		struct filter_condition *k = &out->conditions[out->n];
		any = true;
		if (out->n == FILTER_CONDITIONS)
			return fail(c, E_INVALID, "error.list_long", "all");
		*k = (struct filter_condition){.field = f, .op = ops[i].op};
		if (!(f->ops & ops[i].op))
			return fail(c, E_INVALID, "filter.operator", ops[i].name);
		if (!read_value(c, in->values[i].v, k))
			return fail(c, E_INVALID, "filter.value", f->name);
		out->n++;
	}
	return any ? E_OK : fail(c, E_INVALID, "filter.operator", f->name);
}

enum err filter_read(struct ctx *c, const struct filter_table *t, struct str json,
		     struct filter *out)
{
	struct filter_in in = {0};
	struct json_why why = {0};
	enum err e = json_read(c->a, json, &filter_shape, &in, &why);

	if (e != E_OK)
		return fail(c, e, why.key, why.arg);
	*out = (struct filter){.table = t, .order = find_order(t, in.order)};
	if (!out->order)
		return fail_str(c, E_INVALID, "filter.order", in.order);
	const struct condition_in *k = in.all.v;
	for (size_t i = 0; i < in.all.n; i++)
		TRY(read_condition(c, t, &k[i], out));
	return E_OK;
}

/* ---- the only SQL put together at run time ---- */

enum { VALUES_MAX = 30 };

struct composer {
	struct ctx *c;
	struct buf sql;
	struct db_value values[VALUES_MAX];
	size_t n;
};

/* A parameter for the value. */
static void place(struct composer *k, struct db_value v)
{
	if (k->n == VALUES_MAX)
		return;
	k->values[k->n++] = v;
	buf_fmt(&k->sql, "$%zu", k->n);
}

static void place_ids(struct composer *k, struct ids ids)
{
	bool pgsql = db_is_pgsql(k->c->db);

	buf_z(&k->sql, pgsql ? " = ANY(" : " IN (SELECT value FROM json_each(");
	place(k, (struct db_value){.type = F_IDS, .ids = ids});
	buf_z(&k->sql, pgsql ? "::bigint[])" : "))");
}

/* % and _ of the user's text mean themselves. */
static struct str like(struct ctx *c, struct str text)
{
	struct buf b = BUF(c->a);

	buf_char(&b, '%');
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("%_\\", text.p[i]))
			buf_char(&b, '\\');
		buf_char(&b, text.p[i]);
	}
	buf_char(&b, '%');
	return buf_str(&b);
}

static void add_in(struct composer *k, const struct filter_condition *cond)
{
	if (cond->field->type == F_INT) {
		place_ids(k, cond->value.ids);
		return;
	}
	buf_z(&k->sql, " IN (");
	for (size_t i = 0; i < cond->words.n && i < 12; i++) {
		if (i)
			buf_char(&k->sql, ',');
		place(k, (struct db_value){.type = F_TEXT, .s = SOME_STR(cond->words.v[i])});
	}
	buf_char(&k->sql, ')');
}

static void add_empty(struct composer *k, const struct filter_condition *cond)
{
	const struct filter_field *f = cond->field;
	const char *none = f->type == F_TEXT || f->type == F_ENUM ? "''" : "0";

	buf_fmt(&k->sql,
		cond->value.i.v ? " AND (%s IS NULL OR %s = %s)"
				: " AND NOT (%s IS NULL OR %s = %s)",
		f->column, f->column, none);
}

static void add_condition(struct composer *k, const struct filter_condition *cond)
{
	if (cond->op == FILTER_EMPTY) {
		add_empty(k, cond);
		return;
	}
	buf_fmt(&k->sql, " AND %s", cond->field->column);
	switch (cond->op) {
	case FILTER_IN: add_in(k, cond); return;
	case FILTER_CONTAINS:
		buf_z(&k->sql, " LIKE ");
		place(k, (struct db_value){.type = F_TEXT,
					   .s = SOME_STR(like(k->c, cond->value.s.v))});
		buf_z(&k->sql, " ESCAPE '\\'");
		return;
	case FILTER_NOT: buf_z(&k->sql, " <> "); break;
	case FILTER_BEFORE: buf_z(&k->sql, " < "); break;
	case FILTER_AFTER: buf_z(&k->sql, " > "); break;
	default: buf_z(&k->sql, " = "); break;
	}
	place(k, cond->value);
}

static void add_after(struct composer *k, const struct filter_order *o,
		      const struct filter_row *after)
{
	buf_fmt(&k->sql, " AND (%s, id) %s (", o->column, o->descending ? "<" : ">");
	place(k, (struct db_value){.type = F_INT, .i = SOME_INT(after->key)});
	buf_z(&k->sql, ", ");
	place(k, (struct db_value){.type = F_INT, .i = SOME_INT(after->id)});
	buf_char(&k->sql, ')');
}

/* The rows looked at are bounded first, in the order's own index; the conditions hold on those. */
static void compose(struct composer *k, const struct filter *f, const struct filter_row *after,
		    size_t cap)
{
	const struct filter_order *o = f->order;
	const char *way = o->descending ? " DESC" : "";

	buf_fmt(&k->sql,
		"SELECT id, sort_key FROM (SELECT *, %s AS sort_key FROM %s WHERE %s IS NOT NULL",
		o->column, f->table->table, o->column);
	if (f->table->scope) {
		buf_fmt(&k->sql, " AND +%s", f->table->scope);
		place_ids(k, k->c->actor.scope);
	}
	if (after)
		add_after(k, o, after);
	buf_fmt(&k->sql, " ORDER BY %s%s, id%s LIMIT %d) seen WHERE 1 = 1", o->column, way, way,
		FILTER_ROWS_MAX);
	for (size_t i = 0; i < f->n; i++)
		add_condition(k, &f->conditions[i]);
	buf_fmt(&k->sql, " ORDER BY sort_key%s, id%s LIMIT %zu", way, way, cap);
}

static const struct field row_fields[] = {
    FIELD(struct filter_row, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct filter_row, key, F_INT, 0, 0, 0, NULL),
};
static SHAPE(row_shape, "FilterRow", struct filter_row, row_fields);

/* Whether the bound was what ended it: one more row stands behind the last one looked at. */
static enum err look_past(struct ctx *c, const struct filter *f, const struct filter_row *after,
			  bool *more)
{
	struct composer k = {.c = c, .sql = BUF(c->a)};
	struct filter_row row;
	size_t n;

	buf_fmt(&k.sql, "SELECT id, %s FROM %s WHERE %s IS NOT NULL", f->order->column,
		f->table->table, f->order->column);
	if (after)
		add_after(&k, f->order, after);
	const char *way = f->order->descending ? " DESC" : "";
	buf_fmt(&k.sql, " ORDER BY %s%s, id%s LIMIT 1 OFFSET %d", f->order->column, way, way,
		FILTER_ROWS_MAX);
	TRY(db_composed(c->db, c->a, buf_str(&k.sql).p, k.values, k.n, &row_shape, &row, 1, &n));
	*more = n > 0;
	return E_OK;
}

enum err filter_run(struct ctx *c, const struct filter *f, const struct filter_row *after,
		    struct filter_row *rows, size_t cap, size_t *n, bool *more)
{
	struct composer k = {.c = c, .sql = BUF(c->a)};

	*more = false;
	compose(&k, f, after, cap);
	if (k.n == VALUES_MAX)
		return fail(c, E_INVALID, "error.list_long", "all");
	TRY(db_composed(c->db, c->a, buf_str(&k.sql).p, k.values, k.n, &row_shape, rows, cap, n));
	return *n < cap ? look_past(c, f, after, more) : E_OK;
}

void filter_form(struct buf *b, const struct filter_table *t)
{
	static const char *const types[] = {"int", "time", "real", "bool", "text", "enum"};

	buf_char(b, '[');
	for (const struct filter_field *f = t->fields; f->name; f++) {
		bool first = true;
		buf_fmt(b, "%s{\"name\":\"%s\",\"type\":\"%s\",\"ops\":[",
			f == t->fields ? "" : ",", f->name, types[f->type]);
		for (size_t i = 0; i < COUNT(ops); i++) {
			if (!(f->ops & ops[i].op))
				continue;
			buf_fmt(b, "%s\"%s\"", first ? "" : ",", ops[i].name);
			first = false;
		}
		buf_z(b, "],\"values\":");
		if (f->values)
			buf_json(b, str_of(f->values));
		else
			buf_z(b, "null");
		buf_char(b, '}');
	}
	buf_char(b, ']');
}
