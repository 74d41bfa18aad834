/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/code.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Deepest nesting outside strings: jansson recurses, so the depth is bounded before it starts. */
static bool depth_ok(struct str s)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return false;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return true;
}

static void release(void *j)
{
	json_decref(j);
}

static json_t *parse(struct arena *a, struct str body, size_t flags)
{
	json_t *j = json_loadb(body.p, body.n, flags | JSON_REJECT_DUPLICATES, NULL);

	if (j)
		arena_defer(a, release, j);
	return j;
}

bool json_ok(struct str s)
{
	if (s.n > JSON_SIZE_MAX || !depth_ok(s))
		return false;
	json_t *j = json_loadb(s.p, s.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	json_decref(j);
	return j != NULL;
}

/* ---- reading ---- */

struct reader {
	struct arena *a;
	struct json_why *why;
	char path[128];
	bool lines; /* a text is one line, unless its field says otherwise */
};

static enum err refuse(struct reader *r, enum err e, const char *key)
{
	r->why->key = key;
	r->why->arg = str_z(r->a, str_of(r->path));
	return e;
}

static enum err read_object(struct reader *, json_t *, const struct shape *, void *);

static struct str text_of(struct arena *a, const json_t *j)
{
	return str_dup(a, (struct str){json_string_value(j), json_string_length(j)});
}

static enum err check_text(struct reader *r, const struct field *f, struct str s)
{
	int64_t max = f->max ? f->max : TEXT_MAX;
	int64_t n = (int64_t)str_chars(s);

	if (!str_utf8_ok(s))
		return refuse(r, E_INVALID, "error.text_invalid");
	if (f->type == F_ENUM)
		return field_enum_has(f->values, s) ? E_OK
						    : refuse(r, E_INVALID, "error.not_a_choice");
	if (n > max)
		return refuse(r, E_INVALID, "error.text_long");
	if (n < f->min)
		return refuse(r, E_INVALID, n ? "error.text_short" : "error.field_empty");
	if (f->min && str_blank(s))
		return refuse(r, E_INVALID, "error.field_empty");
	if (r->lines && !(f->flags & FIELD_LONG) && !str_one_line(s))
		return refuse(r, E_INVALID, "error.text_lines");
	if (n && f->flags & FIELD_COUNTRY && !code_country_ok(s))
		return refuse(r, E_INVALID, "error.country");
	if (n && f->flags & FIELD_LANGUAGE && !code_language_ok(s))
		return refuse(r, E_INVALID, "error.language");
	return E_OK;
}

static enum err check_int(struct reader *r, const struct field *f, int64_t v)
{
	if ((f->min || f->max) && (v < f->min || v > f->max))
		return refuse(r, E_INVALID, "error.number_range");
	return E_OK;
}

static enum err put_int(struct reader *r, const struct field *f, int64_t v, char *to)
{
	TRY(check_int(r, f, v));
	if (field_is_opt(f))
		*(struct opt_int *)to = (struct opt_int){GIVEN, v};
	else
		*(int64_t *)to = v;
	return E_OK;
}

static enum err put_text(struct reader *r, const struct field *f, struct str s, char *to)
{
	if (f->type != F_JSON) {
		if (!(f->flags & FIELD_LONG))
			s = str_trim(s);
		TRY(check_text(r, f, s));
	}
	if (field_is_opt(f))
		*(struct opt_str *)to = (struct opt_str){GIVEN, s};
	else
		*(struct str *)to = s;
	return E_OK;
}

static enum err read_list(struct reader *r, const json_t *j, const struct field *f, struct list *to)
{
	size_t n = json_array_size(j), max = (size_t)(f->max ? f->max : LIST_MAX);

	if (!json_is_array(j))
		return refuse(r, E_INVALID, "error.type_list");
	if (n > max)
		return refuse(r, E_INVALID, "error.list_long");
	to->v = arena_alloc(r->a, n * f->of->size);
	for (to->n = 0; to->n < n; to->n++)
		TRY(read_object(r, json_array_get(j, to->n), f->of,
				(char *)to->v + to->n * f->of->size));
	return E_OK;
}

static enum err read_texts(struct reader *r, const json_t *j, const struct field *f,
			   struct strs *to)
{
	size_t n = json_array_size(j);
	struct field one = {.name = f->name, .type = F_TEXT, .max = TEXT_MAX};

	if (!json_is_array(j))
		return refuse(r, E_INVALID, "error.type_list");
	if (n > (size_t)(f->max ? f->max : LIST_MAX))
		return refuse(r, E_INVALID, "error.list_long");
	to->v = NEWN(r->a, struct str, n);
	for (to->n = 0; to->n < n; to->n++) {
		const json_t *item = json_array_get(j, to->n);
		if (!json_is_string(item))
			return refuse(r, E_INVALID, "error.type_text");
		TRY(put_text(r, &one, text_of(r->a, item), (char *)&to->v[to->n]));
	}
	return E_OK;
}

static enum err read_ids(struct reader *r, const json_t *j, const struct field *f, char *to)
{
	size_t n = json_array_size(j);
	struct ids ids = {NEWN(r->a, int64_t, n), n};

	if (!json_is_array(j))
		return refuse(r, E_INVALID, "error.type_list");
	if (n > (size_t)(f->max ? f->max : LIST_MAX))
		return refuse(r, E_INVALID, "error.list_long");
	for (size_t i = 0; i < n; i++) {
		if (!json_is_integer(json_array_get(j, i)))
			return refuse(r, E_INVALID, "error.type_int");
		ids.v[i] = json_integer_value(json_array_get(j, i));
	}
	if (field_is_opt(f))
		*(struct opt_ids *)to = (struct opt_ids){GIVEN, ids};
	else
		*(struct ids *)to = ids;
	return E_OK;
}

static void free_text(void *p)
{
	free(p);
}

static enum err read_raw(struct reader *r, const json_t *j, const struct field *f, char *to)
{
	char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text)
		return refuse(r, E_INVALID, "error.text_invalid");
	arena_defer(r->a, free_text, text);
	if (strlen(text) > (size_t)(f->max ? f->max : 65536))
		return refuse(r, E_INVALID, "error.text_long");
	return put_text(r, f, str_of(text), to);
}

static enum err read_value(struct reader *r, json_t *j, const struct field *f, char *to)
{
	switch (f->type) {
	case F_INT:
	case F_TIME:
		if (!json_is_integer(j))
			return refuse(r, E_INVALID, "error.type_int");
		return put_int(r, f, json_integer_value(j), to);
	case F_REAL:
		if (!json_is_number(j))
			return refuse(r, E_INVALID, "error.type_number");
		if (field_is_opt(f))
			*(struct opt_real *)to = (struct opt_real){GIVEN, json_number_value(j)};
		else
			*(double *)to = json_number_value(j);
		return E_OK;
	case F_BOOL:
		if (!json_is_boolean(j))
			return refuse(r, E_INVALID, "error.type_bool");
		if (field_is_opt(f))
			*(struct opt_bool *)to = (struct opt_bool){GIVEN, json_is_true(j)};
		else
			*(bool *)to = json_is_true(j);
		return E_OK;
	case F_TEXT:
	case F_ENUM:
		if (!json_is_string(j))
			return refuse(r, E_INVALID, "error.type_text");
		return put_text(r, f, text_of(r->a, j), to);
	case F_JSON: return read_raw(r, j, f, to);
	case F_IDS: return read_ids(r, j, f, to);
	case F_TEXTS: return read_texts(r, j, f, (struct strs *)to);
	case F_LIST: return read_list(r, j, f, (struct list *)to);
	case F_OBJ:
		*(void **)to = arena_alloc(r->a, f->of->size);
		return read_object(r, j, f->of, *(void **)to);
	}
	return refuse(r, E_INVALID, "error.field_unknown");
}

static enum err read_null(struct reader *r, const struct field *f, char *to)
{
	if (f->type == F_OBJ && !(f->flags & FIELD_REQUIRED))
		return E_OK;
	if (!(f->flags & FIELD_NULLABLE))
		return refuse(r, E_INVALID, "error.field_null");
	*(enum given *)to = NULLED;
	return E_OK;
}

/* Append ".name" to the path for the time of one member; returns the length to go back to. */
static size_t enter(struct reader *r, const char *name)
{
	size_t n = strlen(r->path);

	snprintf(r->path + n, sizeof r->path - n, "%s%.60s", n ? "." : "", name);
	return n;
}

static enum err read_members(struct reader *r, json_t *j, const struct shape *s, char *to)
{
	const char *name;
	json_t *value;

	json_object_foreach(j, name, value)
	{
		const struct field *f = shape_find(s, str_of(name));
		size_t back = enter(r, name);
		if (!f)
			return refuse(r, E_INVALID, "error.field_unknown");
		if (json_is_null(value))
			TRY(read_null(r, f, to + f->at));
		else
			TRY(read_value(r, value, f, to + f->at));
		r->path[back] = 0;
	}
	return E_OK;
}

static enum err read_object(struct reader *r, json_t *j, const struct shape *s, void *to)
{
	if (!json_is_object(j))
		return refuse(r, E_INVALID, "error.type_object");
	TRY(read_members(r, j, s, to));
	for (size_t i = 0; i < s->n; i++) {
		if (!(s->fields[i].flags & FIELD_REQUIRED) || json_object_get(j, s->fields[i].name))
			continue;
		enter(r, s->fields[i].name);
		return refuse(r, E_INVALID, "error.field_missing");
	}
	return E_OK;
}

enum err json_read(struct arena *a, struct str body, const struct shape *s, void *out,
		   struct json_why *why)
{
	struct reader r = {.a = a, .why = why, .path = "", .lines = true};

	if (body.n > JSON_SIZE_MAX)
		return refuse(&r, E_TOOLARGE, "error.body_large");
	if (!depth_ok(body))
		return refuse(&r, E_MALFORMED, "error.json_deep");
	if (body.n == 0)
		body = S("{}");
	json_t *j = parse(a, body, 0);
	if (!j)
		return refuse(&r, E_MALFORMED, "error.json_malformed");
	return read_object(&r, j, s, out);
}

static enum err read_word_ids(struct reader *r, struct str word, const struct field *f, char *to)
{
	struct ids ids = {NEWN(r->a, int64_t, LIST_MAX), 0};
	struct str one;

	while (str_cut(&word, ',', &one)) {
		if (ids.n == LIST_MAX)
			return refuse(r, E_INVALID, "error.list_long");
		if (!str_int(one, &ids.v[ids.n++]))
			return refuse(r, E_INVALID, "error.type_int");
	}
	if (field_is_opt(f))
		*(struct opt_ids *)to = (struct opt_ids){GIVEN, ids};
	else
		*(struct ids *)to = ids;
	return E_OK;
}

static enum err read_word_texts(struct reader *r, struct str word, const struct field *f, char *to)
{
	struct strs *list = (struct strs *)to;
	struct field one = {.name = f->name, .type = F_TEXT, .max = TEXT_MAX};
	struct str piece;

	list->v = NEWN(r->a, struct str, LIST_MAX);
	while (str_cut(&word, ',', &piece)) {
		if (list->n == LIST_MAX)
			return refuse(r, E_INVALID, "error.list_long");
		TRY(put_text(r, &one, piece, (char *)&list->v[list->n++]));
	}
	return E_OK;
}

enum err json_read_word(struct arena *a, struct str word, const struct field *f, void *out,
			struct json_why *why)
{
	struct reader r = {.a = a, .why = why, .path = ""};
	char *to = (char *)out + f->at;
	int64_t v;

	enter(&r, f->name);
	switch (f->type) {
	case F_INT:
	case F_TIME:
		if (!str_int(word, &v))
			return refuse(&r, E_INVALID, "error.type_int");
		return put_int(&r, f, v, to);
	case F_BOOL:
		if (!field_enum_has("true|false|1|0", word))
			return refuse(&r, E_INVALID, "error.type_bool");
		bool on = word.p[0] == 't' || word.p[0] == '1';
		if (field_is_opt(f))
			*(struct opt_bool *)to = (struct opt_bool){GIVEN, on};
		else
			*(bool *)to = on;
		return E_OK;
	case F_TEXT:
	case F_ENUM: return put_text(&r, f, str_dup(a, word), to);
	case F_IDS: return read_word_ids(&r, word, f, to);
	case F_TEXTS: return read_word_texts(&r, word, f, to);
	default: return refuse(&r, E_INVALID, "error.field_unknown");
	}
}

/* ---- writing ---- */

static void write_ids(struct buf *b, struct ids ids)
{
	buf_char(b, '[');
	for (size_t i = 0; i < ids.n; i++) {
		if (i)
			buf_char(b, ',');
		buf_int(b, ids.v[i]);
	}
	buf_char(b, ']');
}

static void write_texts(struct buf *b, const struct strs *s)
{
	buf_char(b, '[');
	for (size_t i = 0; i < s->n; i++) {
		if (i)
			buf_char(b, ',');
		buf_json(b, s->v[i]);
	}
	buf_char(b, ']');
}

static void write_real(struct buf *b, double v)
{
	char t[40];

	buf_add(b, (struct str){t, (size_t)snprintf(t, sizeof t, "%.10g", v)});
}

/* The value itself; an optional one has been looked at already. */
static void write_value(struct buf *b, const struct field *f, const char *at)
{
	bool opt = field_is_opt(f);

	switch (f->type) {
	case F_INT:
	case F_TIME:
		buf_int(b, opt ? ((const struct opt_int *)at)->v : *(const int64_t *)at);
		break;
	case F_REAL:
		write_real(b, opt ? ((const struct opt_real *)at)->v : *(const double *)at);
		break;
	case F_BOOL:
		buf_z(b, (opt ? ((const struct opt_bool *)at)->v : *(const bool *)at) ? "true"
										      : "false");
		break;
	case F_TEXT:
	case F_ENUM:
		buf_json(b, opt ? ((const struct opt_str *)at)->v : *(const struct str *)at);
		break;
	case F_JSON: {
		struct str raw = opt ? ((const struct opt_str *)at)->v : *(const struct str *)at;
		buf_add(b, raw.n ? raw : S("null"));
		break;
	}
	case F_IDS:
		write_ids(b, opt ? ((const struct opt_ids *)at)->v : *(const struct ids *)at);
		break;
	case F_TEXTS: write_texts(b, (const struct strs *)at); break;
	case F_OBJ: json_write(b, f->of, *(const void *const *)at); break;
	case F_LIST:
		json_write_all(b, f->of, ((const struct list *)at)->v,
			       ((const struct list *)at)->n);
		break;
	}
}

static bool is_null(const struct field *f, const char *at)
{
	if (f->type == F_OBJ)
		return *(const void *const *)at == NULL;
	return field_is_opt(f) && *(const enum given *)at != GIVEN;
}

void json_write(struct buf *b, const struct shape *s, const void *row)
{
	bool first = true;

	buf_char(b, '{');
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->fields[i];
		const char *at = (const char *)row + f->at;
		if (f->flags & FIELD_SECRET)
			continue;
		if (!first)
			buf_char(b, ',');
		first = false;
		buf_char(b, '"');
		buf_z(b, f->name);
		buf_z(b, "\":");
		if (is_null(f, at))
			buf_z(b, "null");
		else
			write_value(b, f, at);
	}
	buf_char(b, '}');
}

void json_write_all(struct buf *b, const struct shape *s, const void *rows, size_t n)
{
	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		json_write(b, s, (const char *)rows + i * s->size);
	}
	buf_char(b, ']');
}

/* ---- single members ---- */

static const json_t *member(struct arena *a, struct str object, const char *name)
{
	if (object.n > JSON_SIZE_MAX || !depth_ok(object))
		return NULL;
	const json_t *j = parse(a, object, 0);
	return j ? json_object_get(j, name) : NULL;
}

struct opt_int json_get_int(struct arena *a, struct str object, const char *name)
{
	const json_t *v = member(a, object, name);

	return json_is_integer(v) ? SOME_INT(json_integer_value(v)) : (struct opt_int){ABSENT, 0};
}

struct opt_str json_get_str(struct arena *a, struct str object, const char *name)
{
	const json_t *v = member(a, object, name);

	return json_is_string(v) ? SOME_STR(text_of(a, v)) : (struct opt_str){ABSENT, {"", 0}};
}

struct opt_bool json_get_bool(struct arena *a, struct str object, const char *name)
{
	const json_t *v = member(a, object, name);

	return json_is_boolean(v) ? SOME_BOOL(json_is_true(v)) : (struct opt_bool){ABSENT, false};
}
