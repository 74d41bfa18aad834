/* What agents work with: tags, canned replies and the variables in them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

#include <string.h>
#include <time.h>

/* ---- variables: {{ path | filter | filter:"x" }} ---- */

struct values {
	struct str path[16], value[16];
	size_t n;
};

static struct str first_word(struct str s)
{
	ptrdiff_t space = str_find_char(s, ' ');

	return space > 0 ? str_slice(s, 0, (size_t)space) : s;
}

static void add_value(struct values *v, const char *path, struct str value)
{
	v->path[v->n] = str_of(path);
	v->value[v->n++] = value;
}

static enum err read_values(struct ctx *c, const struct conversation_rows_row *row,
			    struct values *v)
{
	struct customer_view who;
	struct inbox_link link;
	struct account_brief me = {0};

	TRY(customer_view(c, row->customer_id, &who));
	TRY(inbox_link_of(c, row->inbox_id, &link));
	if (c->actor.kind == ACTOR_AGENT)
		TRY(account_brief(c, c->actor.id, &me));
	v->n = 0;
	add_value(v, "customer.name", who.name);
	add_value(v, "customer.first_name", first_word(who.name));
	add_value(v, "customer.email", who.email);
	add_value(v, "customer.country", who.country);
	add_value(v, "conversation.id", str_fmt(c->a, "%lld", (long long)row->id));
	add_value(v, "conversation.subject", row->subject);
	add_value(v, "inbox.name", link.name);
	add_value(v, "agent.name", me.name);
	add_value(v, "agent.first_name", first_word(me.name));
	add_value(v, "agent.email", me.email);
	add_value(v, "now", str_fmt(c->a, "%lld", (long long)c->now));
	return E_OK;
}

static bool value_of(const struct values *v, struct str path, struct str *out)
{
	for (size_t i = 0; i < v->n; i++) {
		if (!str_eq(v->path[i], path))
			continue;
		*out = v->value[i];
		return out->n > 0;
	}
	return false;
}

static struct str change_case(struct arena *a, struct str s, bool upper)
{
	char *p = str_z(a, s);

	for (size_t i = 0; i < s.n; i++) {
		if (upper && p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 32);
		if (!upper && p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + 32);
	}
	return (struct str){p, s.n};
}

static struct str as_date(struct arena *a, struct str ms)
{
	char t[32];
	int64_t v;
	struct tm tm;

	if (!str_int(ms, &v))
		return ms;
	time_t s = (time_t)(v / 1000);
	gmtime_r(&s, &tm);
	return str_dup(a, (struct str){t, strftime(t, sizeof t, "%Y-%m-%d", &tm)});
}

/* fallback:"dear customer" */
static struct str argument(struct str filter)
{
	ptrdiff_t open = str_find_char(filter, '"');
	struct str rest = open >= 0 ? str_slice(filter, (size_t)open + 1, filter.n) : S("");
	ptrdiff_t close = str_find_char(rest, '"');

	return close >= 0 ? str_slice(rest, 0, (size_t)close) : S("");
}

static bool apply(struct ctx *c, struct str filter, struct str *value, bool *known)
{
	filter = str_trim(filter);
	if (str_starts(filter, S("fallback"))) {
		if (!*known)
			*value = argument(filter);
		*known = *known || value->n > 0;
		return true;
	}
	if (str_eq(filter, S("upper")) || str_eq(filter, S("lower")))
		*value = change_case(c->a, *value, filter.p[0] == 'u');
	else if (str_eq(filter, S("first")))
		*value = first_word(*value);
	else if (str_eq(filter, S("date")))
		*value = as_date(c->a, *value);
	else
		return false;
	return true;
}

/* One expression between the braces; false when it cannot be filled. */
static bool evaluate(struct ctx *c, const struct values *v, struct str expression, struct str *out)
{
	struct str rest = expression, piece;
	bool known = false, first = true;

	while (str_cut(&rest, '|', &piece)) {
		if (first)
			known = value_of(v, str_trim(piece), out);
		else if (!apply(c, piece, out, &known))
			return false;
		first = false;
	}
	return known;
}

enum err inbox_fill(struct ctx *c, const struct conversation_rows_row *row, struct str text,
		    struct str *out, struct strs *missing)
{
	struct values v;
	struct buf b = BUF(c->a);

	*out = text;
	*missing = (struct strs){NEWN(c->a, struct str, 20), 0};
	if (str_find(text, S("{{")) < 0)
		return E_OK;
	TRY(read_values(c, row, &v));
	for (;;) {
		ptrdiff_t open = str_find(text, S("{{"));
		ptrdiff_t close =
		    open < 0 ? -1 : str_find(str_slice(text, (size_t)open, text.n), S("}}"));
		if (open >= 0 && close < 0 && missing->n < 20) /* begun and not ended */
			missing->v[missing->n++] =
			    str_trim(str_clip(str_slice(text, (size_t)open + 2, text.n), 60));
		if (open < 0 || close < 0)
			break;
		struct str inside = str_slice(text, (size_t)open + 2, (size_t)(open + close)),
			   value = S("");
		buf_add(&b, str_slice(text, 0, (size_t)open));
		if (evaluate(c, &v, inside, &value)) {
			buf_add(&b, value);
		} else {
			buf_add(&b, str_slice(text, (size_t)open, (size_t)(open + close + 2)));
			if (missing->n < 20)
				missing->v[missing->n++] = str_trim(inside);
		}
		text = str_slice(text, (size_t)(open + close + 2), text.n);
	}
	buf_add(&b, text);
	*out = buf_str(&b);
	return E_OK;
}

struct variable {
	struct str path;
	struct opt_str value;
};
static const struct field variable_fields[] = {
    FIELD(struct variable, path, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct variable, value, F_TEXT, FIELD_NULLABLE, 0, 0, "null: unknown here"),
};
static SHAPE(variable_shape, "Variable", struct variable, variable_fields);

static enum err get_variables(struct ctx *c, const struct req *q, struct reply *r)
{
	struct conversation_rows_row row;
	struct values v;
	struct variable out[16];

	TRY(inbox_row(c, q->id, &row));
	TRY(read_values(c, &row, &v));
	for (size_t i = 0; i < v.n; i++)
		out[i] =
		    (struct variable){v.path[i], v.value[i].n ? SOME_STR(v.value[i]) : NULL_STR};
	reply_many(r, out, v.n, S(""));
	return E_OK;
}

/* ---- tags ---- */

struct tag_in {
	struct str name, color;
	int64_t version;
};
static const struct field tag_post_fields[] = {
    FIELD(struct tag_in, name, F_TEXT, FIELD_REQUIRED, 1, 60, NULL),
    FIELD(struct tag_in, color, F_TEXT, 0, 7, 7, "#RRGGBB"),
};
static const struct field tag_patch_fields[] = {
    FIELD(struct tag_in, name, F_TEXT, FIELD_REQUIRED, 1, 60, NULL),
    FIELD(struct tag_in, color, F_TEXT, FIELD_REQUIRED, 7, 7, "#RRGGBB"),
    FIELD(struct tag_in, version, F_INT, FIELD_REQUIRED, 0, 0, NULL),
};
static SHAPE(tag_post_shape, "TagNew", struct tag_in, tag_post_fields);
static SHAPE(tag_patch_shape, "TagChange", struct tag_in, tag_patch_fields);

static enum err get_tags(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list rows;

	(void)q;
	TRY(tag_rows(c, &rows));
	reply_many(r, rows.v, rows.n, S(""));
	return E_OK;
}

enum err inbox_add_tag(struct ctx *c, struct str name, struct str color, int64_t *id)
{
	struct tag_insert_row row;
	size_t n;

	TRY(tag_insert(c, name, color.n ? color : S("#6B7F8C"), &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "inbox.tag_taken", name);
	*id = row.id;
	return E_OK;
}

static enum err post_tag(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct tag_in *in = q->in;
	int64_t id;

	TRY(inbox_add_tag(c, in->name, in->color, &id));
	reply_created(
	    r, &(struct tag_rows_row){id, in->name, in->color.n ? in->color : S("#6B7F8C"), 1}, id);
	return E_OK;
}

static enum err patch_tag(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct tag_in *in = q->in;
	struct tag_named_row same;
	struct tag_update_row row;
	size_t n;

	TRY(tag_named(c, in->name, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "inbox.tag_taken", in->name);
	TRY(tag_update(c, &(struct tag_update_in){q->id, in->version, in->name, in->color}, &row, 1,
		       &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	reply_one(r, &(struct tag_rows_row){q->id, in->name, in->color, row.version});
	return E_OK;
}

static enum err delete_tag(struct ctx *c, const struct req *q, struct reply *r)
{
	struct tag_delete_row row;
	size_t n;

	TRY(tag_delete(c, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.tag_unknown", NULL);
	reply_none(r);
	return E_OK;
}

/* ---- canned replies ---- */

struct canned_text_view {
	struct str language, text;
};
static const struct field canned_text_fields[] = {
    FIELD(struct canned_text_view, language, F_TEXT, FIELD_REQUIRED | FIELD_LANGUAGE, 2, 20,
	  "BCP 47"),
    FIELD(struct canned_text_view, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, 20000, NULL),
};
static SHAPE(canned_text_shape, "CannedText", struct canned_text_view, canned_text_fields);

struct canned_view {
	int64_t id, used, version;
	struct str shortcut, title, folder;
	struct ids team_ids;
	struct list texts;
};
static const struct field canned_fields[] = {
    FIELD(struct canned_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct canned_view, shortcut, F_TEXT, 0, 0, 0, "Typed after /"),
    FIELD(struct canned_view, title, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct canned_view, folder, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct canned_view, team_ids, F_IDS, 0, 0, 0, "Empty: for all"),
    FIELD_LIST(struct canned_view, texts, 0, 0, &canned_text_shape, NULL),
    FIELD(struct canned_view, used, F_INT, 0, 0, 0, "How often"),
    FIELD(struct canned_view, version, F_INT, 0, 0, 0, NULL),
};
static SHAPE(canned_shape, "Canned", struct canned_view, canned_fields);

static enum err read_canned(struct ctx *c, struct opt_int id, struct list *out)
{
	struct list rows, texts, teams;

	TRY(canned_rows(c, id, &rows));
	TRY(canned_texts(c, id, &texts));
	TRY(canned_teams(c, &teams));
	const struct canned_rows_row *row = rows.v;
	const struct canned_texts_row *t = texts.v;
	const struct canned_teams_row *m = teams.v;
	struct canned_view *views = NEWN(c->a, struct canned_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct canned_text_view *tv = NEWN(c->a, struct canned_text_view, texts.n + 1);
		struct ids team_ids = {NEWN(c->a, int64_t, teams.n + 1), 0};
		size_t k = 0;
		for (size_t j = 0; j < texts.n; j++)
			if (t[j].canned_id == row[i].id)
				tv[k++] = (struct canned_text_view){t[j].language, t[j].text};
		for (size_t j = 0; j < teams.n; j++)
			if (m[j].canned_id == row[i].id)
				team_ids.v[team_ids.n++] = m[j].team_id;
		views[i] = (struct canned_view){row[i].id,       row[i].used,  row[i].version,
						row[i].shortcut, row[i].title, row[i].folder,
						team_ids,        {tv, k}};
	}
	*out = (struct list){views, rows.n};
	return E_OK;
}

static enum err get_canned(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list all;

	(void)q;
	TRY(read_canned(c, (struct opt_int){0}, &all));
	reply_many(r, all.v, all.n, S(""));
	return E_OK;
}

struct canned_in {
	struct opt_str shortcut, title, folder;
	struct opt_ids team_ids;
	struct list texts;
	int64_t version;
};
static const struct field canned_post_fields[] = {
    FIELD(struct canned_in, shortcut, F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 40, NULL),
    FIELD(struct canned_in, title, F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 120, NULL),
    FIELD(struct canned_in, folder, F_TEXT, FIELD_OPTIONAL, 0, 60, NULL),
    FIELD(struct canned_in, team_ids, F_IDS, FIELD_OPTIONAL, 0, 50, NULL),
    FIELD_LIST(struct canned_in, texts, FIELD_REQUIRED, 40, &canned_text_shape, NULL),
};
static const struct field canned_patch_fields[] = {
    FIELD(struct canned_in, version, F_INT, FIELD_REQUIRED, 0, 0, NULL),
    FIELD(struct canned_in, shortcut, F_TEXT, FIELD_OPTIONAL, 1, 40, NULL),
    FIELD(struct canned_in, title, F_TEXT, FIELD_OPTIONAL, 1, 120, NULL),
    FIELD(struct canned_in, folder, F_TEXT, FIELD_OPTIONAL, 0, 60, NULL),
    FIELD(struct canned_in, team_ids, F_IDS, FIELD_OPTIONAL, 0, 50, NULL),
    FIELD_LIST(struct canned_in, texts, 0, 40, &canned_text_shape, NULL),
};
static SHAPE(canned_post_shape, "CannedNew", struct canned_in, canned_post_fields);
static SHAPE(canned_patch_shape, "CannedChange", struct canned_in, canned_patch_fields);

enum err inbox_add_canned(struct ctx *c, struct str shortcut, struct str title, struct str folder,
			  int64_t *id)
{
	struct canned_insert_row row;
	size_t n;

	TRY(canned_insert(c, shortcut, title, folder, &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "inbox.canned_taken", shortcut);
	*id = row.id;
	return E_OK;
}

enum err inbox_add_canned_text(struct ctx *c, int64_t id, struct str language, struct str text)
{
	return canned_text_put(c, id, language, text);
}

static enum err put_parts(struct ctx *c, int64_t id, const struct canned_in *in)
{
	const struct canned_text_view *t = in->texts.v;

	if (in->texts.v)
		TRY(canned_text_clear(c, id));
	for (size_t i = 0; i < in->texts.n; i++)
		TRY(canned_text_put(c, id, t[i].language, t[i].text));
	if (in->team_ids.is == GIVEN)
		TRY(canned_team_clear(c, id));
	for (size_t i = 0; i < in->team_ids.v.n; i++)
		TRY(canned_team_put(c, id, in->team_ids.v.v[i]));
	return E_OK;
}

static enum err reply_canned(struct ctx *c, int64_t id, bool created, struct reply *r)
{
	struct list one;

	TRY(read_canned(c, SOME_INT(id), &one));
	if (one.n == 0)
		return fail(c, E_NOTFOUND, "inbox.canned_unknown", NULL);
	if (created)
		reply_created(r, one.v, id);
	else
		reply_one(r, one.v);
	return E_OK;
}

static enum err post_canned(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct canned_in *in = q->in;
	int64_t id;

	TRY(inbox_add_canned(c, in->shortcut.v, in->title.v, in->folder.v, &id));
	TRY(put_parts(c, id, in));
	return reply_canned(c, id, true, r);
}

static enum err patch_canned(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct canned_in *in = q->in;
	struct canned_named_row same;
	struct canned_update_row row;
	size_t n = 0;

	if (in->shortcut.is == GIVEN)
		TRY(canned_named(c, in->shortcut.v, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "inbox.canned_taken", in->shortcut.v);
	TRY(canned_update(
	    c, &(struct canned_update_in){q->id, in->version, in->shortcut, in->title, in->folder},
	    &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	TRY(put_parts(c, q->id, in));
	return reply_canned(c, q->id, false, r);
}

static enum err delete_canned(struct ctx *c, const struct req *q, struct reply *r)
{
	struct canned_delete_row row;
	size_t n;

	TRY(canned_delete(c, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.canned_unknown", NULL);
	reply_none(r);
	return E_OK;
}

struct filled {
	struct str text, language;
	struct strs missing;
};
static const struct field filled_fields[] = {
    FIELD(struct filled, text, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct filled, language, F_TEXT, 0, 0, 0, "Of the text that was taken"),
    FIELD(struct filled, missing, F_TEXTS, 0, 0, 0,
	  "Variables nobody could fill; they block sending"),
};
static SHAPE(filled_shape, "CannedFilled", struct filled, filled_fields);

/* The customer's language, then its main part, then the inbox's, then English, then the first. */
static const struct canned_text_view *choose_text(const struct canned_view *v, struct str language)
{
	const struct canned_text_view *t = v->texts.v;
	struct str wanted[3] = {language, str_slice(language, 0, 2), S("en")};

	for (size_t w = 0; w < COUNT(wanted); w++)
		for (size_t i = 0; i < v->texts.n && wanted[w].n; i++)
			if (str_eq_nocase(t[i].language, wanted[w]) ||
			    (w == 1 && str_eq_nocase(str_slice(t[i].language, 0, 2), wanted[w])))
				return &t[i];
	return v->texts.n ? t : NULL;
}

static enum err get_filled(struct ctx *c, const struct req *q, struct reply *r)
{
	struct conversation_rows_row row;
	struct customer_view who;
	struct list one;
	struct filled f;

	TRY(inbox_row(c, q->id, &row));
	TRY(read_canned(c, SOME_INT(q->id2), &one));
	if (one.n == 0)
		return fail(c, E_NOTFOUND, "inbox.canned_unknown", NULL);
	TRY(customer_view(c, row.customer_id, &who));
	const struct canned_text_view *t =
	    choose_text(one.v, row.language.n ? row.language : who.language);
	if (!t)
		return fail(c, E_NOTFOUND, "inbox.canned_unknown", NULL);
	f.language = t->language;
	TRY(inbox_fill(c, &row, t->text, &f.text, &f.missing));
	reply_one(r, &f);
	return E_OK;
}

/* clang-format off */
const struct route inbox_library_routes[] = {
	{GET,    "/tags",                                P_SIGNED_IN,          get_tags,      NULL,                &tag_rows_shape, MANY, "Tags"},
	{POST,   "/tags",                                P_TAG_EDIT,           post_tag,      &tag_post_shape,     &tag_rows_shape, ONE,  "Add a tag"},
	{PATCH,  "/tags/{id}",                           P_TAG_EDIT,           patch_tag,     &tag_patch_shape,    &tag_rows_shape, ONE,  "Change a tag"},
	{DELETE, "/tags/{id}",                           P_TAG_EDIT,           delete_tag,    NULL,                NULL,            NONE, "Remove a tag"},
	{GET,    "/canned",                              P_CONVERSATION_READ,  get_canned,    NULL,                &canned_shape,   MANY, "Canned replies"},
	{POST,   "/canned",                              P_CANNED_EDIT,        post_canned,   &canned_post_shape,  &canned_shape,   ONE,  "Add a canned reply"},
	{PATCH,  "/canned/{id}",                         P_CANNED_EDIT,        patch_canned,  &canned_patch_shape, &canned_shape,   ONE,  "Change a canned reply"},
	{DELETE, "/canned/{id}",                         P_CANNED_EDIT,        delete_canned, NULL,                NULL,            NONE, "Remove a canned reply"},
	{GET,    "/conversations/{id}/canned/{id2}",     P_CONVERSATION_READ,  get_filled,    NULL,                &filled_shape,   ONE,  "A canned reply filled in, in the customer's language"},
	{GET,    "/conversations/{id}/variables",        P_CONVERSATION_READ,  get_variables, NULL,                &variable_shape, MANY, "What variables are here"},
	{0},
};
/* clang-format on */
