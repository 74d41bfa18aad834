/* SPDX-License-Identifier: Apache-2.0 */
#include "core/settings.h"
#include "core/desk.h"
#include "core/work.sql.h"

#include <string.h>

static struct str key_of(struct arena *a, const struct module *m, const char *field)
{
	return str_fmt(a, "%s.%s", m->name, field);
}

enum err settings_get(struct ctx *c, const struct module *m, void *out)
{
	struct list rows;
	struct json_why why;

	memcpy(out, m->settings_default, m->settings->size);
	TRY(setting_all(c, &rows));
	const struct setting_all_row *row = rows.v;
	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < m->settings->n; k++) {
			const struct field *f = &m->settings->fields[k];
			/* A value that no longer fits its row leaves the default. */
			if (str_eq(row[i].name, key_of(c->a, m, f->name)) &&
			    json_read_word(c->a, row[i].value, f, out, &why) != E_OK)
				continue;
		}
	return E_OK;
}

enum err settings_put(struct ctx *c, const struct module *m, const char *field, struct str value)
{
	const struct field *f = shape_find(m->settings, str_of(field));
	void *scratch = arena_alloc(c->a, m->settings->size);
	struct json_why why = {0};

	if (!f)
		return fail(c, E_INVALID, "error.field_unknown", field);
	enum err e = json_read_word(c->a, value, f, scratch, &why);
	if (e != E_OK)
		return fail(c, e, why.key, why.arg);
	return setting_put(c, key_of(c->a, m, field), value);
}

static void write_flags(struct buf *b, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {{FIELD_REQUIRED, "required"},
		     {FIELD_SECRET, "secret"},
		     {FIELD_LONG, "long"},
		     {FIELD_NULLABLE, "nullable"}};
	bool first = true;

	buf_char(b, '[');
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!(flags & names[i].flag))
			continue;
		buf_fmt(b, "%s\"%s\"", first ? "" : ",", names[i].name);
		first = false;
	}
	buf_char(b, ']');
}

static void write_plain(struct buf *b, const struct field *f, const void *values)
{
	struct field one = *f;
	struct shape s = {"one", &one, 1, 0};
	struct buf t = BUF(b->a);

	one.flags &= ~(unsigned)FIELD_SECRET;
	json_write(&t, &s, values);
	/* {"name":VALUE} without the rest */
	size_t head = strlen(f->name) + 4;
	buf_add(b, str_slice(buf_str(&t), head, t.n - 1));
}

void settings_form(struct buf *b, const struct shape *s, const void *defaults)
{
	static const char *const types[] = {"int",  "time", "real",  "bool", "text", "enum",
					    "json", "ids",  "texts", "obj",  "list"};

	buf_char(b, '[');
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->fields[i];
		buf_fmt(b, "%s{\"name\":\"%s\",\"type\":\"%s\",\"flags\":", i ? "," : "", f->name,
			types[f->type]);
		write_flags(b, f->flags);
		buf_fmt(b, ",\"min\":%lld,\"max\":%lld,\"values\":", (long long)f->min,
			(long long)f->max);
		if (f->values)
			buf_json(b, str_of(f->values));
		else
			buf_z(b, "null");
		buf_z(b, ",\"text\":");
		buf_json(b, str_of(f->text));
		buf_z(b, ",\"default\":");
		if (defaults)
			write_plain(b, f, defaults);
		else
			buf_z(b, "null");
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void settings_values(struct buf *b, const struct shape *s, const void *values)
{
	buf_char(b, '{');
	for (size_t i = 0; i < s->n; i++) {
		const struct field *f = &s->fields[i];
		const struct str *text = (const struct str *)((const char *)values + f->at);
		buf_fmt(b, "%s\"%s\":", i ? "," : "", f->name);
		if (f->flags & FIELD_SECRET)
			buf_z(b, text->n ? "true" : "false");
		else
			write_plain(b, f, values);
	}
	buf_char(b, '}');
}

enum err settings_merge(struct ctx *c, const struct shape *s, void *values, struct str object)
{
	struct json_why why = {0};
	struct field *fields = NEWN(c->a, struct field, s->n);
	struct shape loose = {s->name, fields, s->n, s->size};

	/* Nothing is required of a change, and what it does not name stays. */
	for (size_t i = 0; i < s->n; i++) {
		fields[i] = s->fields[i];
		fields[i].flags &= ~(unsigned)FIELD_REQUIRED;
	}
	enum err e = json_read(c->a, object, &loose, values, &why);
	return e == E_OK ? E_OK : fail(c, e, why.key, why.arg);
}
