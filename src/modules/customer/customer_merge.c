/* Two records of one person: found, joined, and parted again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer_merge.sql.h"
#include "modules/customer/customer_rules.h"

/* ---- what may be the same ---- */

/* Upper and lower case, "+word" before the "@": one box. */
static struct str email_key(struct ctx *c, struct str value)
{
	struct str mail = str_lower(c->a, str_trim(value));
	ptrdiff_t at = str_find_char(mail, '@'), plus = str_find_char(mail, '+');

	if (at <= 0)
		return S("");
	size_t end = plus > 0 && plus < at ? (size_t)plus : (size_t)at;
	return str_fmt(c->a, "email:%.*s%.*s", STR(str_slice(mail, 0, end)),
		       STR(str_slice(mail, (size_t)at, mail.n)));
}

/* How a country is dialled and how digits are grouped differs; the last nine seldom do. */
static struct str phone_key(struct ctx *c, struct str value)
{
	struct buf digits = BUF(c->a);

	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] >= '0' && value.p[i] <= '9')
			buf_char(&digits, value.p[i]);
	struct str d = buf_str(&digits);
	if (d.n < 7)
		return S("");
	return str_fmt(c->a, "phone:%.*s", STR(str_slice(d, d.n > 9 ? d.n - 9 : 0, d.n)));
}

static struct str key_of(struct ctx *c, struct str kind, struct str value)
{
	if (str_eq(kind, S("email")))
		return email_key(c, value);
	return str_eq(kind, S("phone")) ? phone_key(c, value) : S("");
}

enum err customer_note_key(struct ctx *c, int64_t id, struct str kind, struct str value)
{
	struct str key = key_of(c, kind, value);

	return key.n ? key_put(c, id, key) : E_OK;
}

enum err customer_forget_key(struct ctx *c, const struct customer_view *v, struct str kind,
			     struct str value)
{
	const struct identity_list_row *i = v->identities.v;
	struct str key = key_of(c, kind, value);

	for (size_t k = 0; k < v->identities.n; k++)
		if (str_eq(key_of(c, i[k].kind, i[k].value), key))
			return E_OK;
	return key.n ? key_drop(c, v->id, key) : E_OK;
}

/* What two customers shared while they were one may have gone with an address of the other's. */
static enum err note_keys(struct ctx *c, const struct customer_view *v)
{
	const struct identity_list_row *i = v->identities.v;

	for (size_t k = 0; k < v->identities.n; k++)
		TRY(customer_note_key(c, v->id, i[k].kind, i[k].value));
	return E_OK;
}

struct same_view {
	int64_t id, conversation_count, version;
	struct str name, email, country, reason;
	struct opt_int last_seen_at;
};
static const struct field same_fields[] = {
    FIELD(struct same_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct same_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct same_view, email, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct same_view, country, F_TEXT, 0, 0, 0, NULL),
    FIELD_ENUM(struct same_view, reason, 0, "email|phone|name", "What they have in common"),
    FIELD(struct same_view, conversation_count, F_INT, 0, 0, 0, NULL),
    FIELD(struct same_view, last_seen_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct same_view, version, F_INT, 0, 0, 0, NULL),
};
static SHAPE(same_shape, "CustomerDuplicate", struct same_view, same_fields);

enum { SAME_MAX = 40 };

static enum err add_same(struct ctx *c, struct list *out, int64_t id, struct str reason)
{
	struct same_view *v = out->v;
	struct customer_get_row row;
	size_t n;

	for (size_t i = 0; i < out->n; i++)
		if (v[i].id == id)
			return E_OK;
	TRY(customer_get(c, id, &row, 1, &n));
	if (n && !row.merged_into && out->n < SAME_MAX)
		v[out->n++] = (struct same_view){.id = id,
						 .name = row.name,
						 .email = row.email,
						 .country = row.country,
						 .reason = reason,
						 .conversation_count = row.conversation_count,
						 .last_seen_at = row.last_seen_at,
						 .version = row.version};
	return E_OK;
}

static enum err get_duplicates(struct ctx *c, const struct req *q, struct reply *r)
{
	struct customer_view who;
	struct list keys, names, out = {NEWN(c->a, struct same_view, SAME_MAX), 0};

	TRY(customer_standing(c, q->id, &who));
	TRY(same_by_key(c, q->id, &keys));
	const struct same_by_key_row *k = keys.v;
	for (size_t i = 0; i < keys.n; i++)
		TRY(add_same(c, &out, k[i].id,
			     str_starts(k[i].key, S("email:")) ? S("email") : S("phone")));
	if (who.name.n && who.country.n) {
		TRY(same_by_name(c, q->id, who.name, who.country, &names));
		const struct same_by_name_row *n = names.v;
		for (size_t i = 0; i < names.n; i++)
			TRY(add_same(c, &out, n[i].id, S("name")));
	}
	reply_many(r, out.v, out.n, S(""));
	return E_OK;
}

/* ---- for the hooks ---- */

enum err customer_moved(struct ctx *c, const struct merging *m, const char *table, struct ids ids)
{
	struct buf list = BUF(c->a);

	for (size_t i = 0; i < ids.n; i++)
		buf_fmt(&list, "%s%lld", i ? "," : "", (long long)ids.v[i]);
	return merge_moved_put(c, m->id, str_of(table), buf_str(&list));
}

enum err customer_to_move_back(struct ctx *c, const struct merging *m, const char *table,
			       struct ids *ids)
{
	struct merge_moved_get_row row;
	struct str one;
	size_t n;

	*ids = (struct ids){NULL, 0};
	TRY(merge_moved_get(c, m->id, str_of(table), &row, 1, &n));
	if (n == 0 || !row.ids.n)
		return E_OK;
	ids->v = NEWN(c->a, int64_t, row.ids.n / 2 + 1);
	while (str_cut(&row.ids, ',', &one))
		if (str_int(one, &ids->v[ids->n]))
			ids->n++;
	return E_OK;
}

/* A list of rows of one id each. */
static struct ids ids_of(const struct list *rows)
{
	return (struct ids){rows->v, rows->n};
}

static enum err move_own(struct ctx *c, const struct merging *m)
{
	struct list rows;

	TRY(identity_move(c, m->from, m->to, &rows));
	TRY(customer_moved(c, m, "identity", ids_of(&rows)));
	TRY(note_move(c, m->from, m->to, &rows));
	TRY(customer_moved(c, m, "customer_note", ids_of(&rows)));
	TRY(key_move(c, m->from, m->to, &rows));
	return customer_moved(c, m, "customer_key", ids_of(&rows));
}

enum err customer_merge_own(struct ctx *c, const struct merging *m)
{
	struct ids ids;

	if (!m->undo)
		return move_own(c, m);
	TRY(customer_to_move_back(c, m, "identity", &ids));
	TRY(identity_move_back(c, ids, m->to, m->from));
	TRY(customer_to_move_back(c, m, "customer_note", &ids));
	TRY(note_move_back(c, ids, m->to, m->from));
	TRY(customer_to_move_back(c, m, "customer_key", &ids));
	return key_move_back(c, ids, m->to, m->from);
}

static enum err all_modules(struct ctx *c, const struct merging *m)
{
	for (size_t i = 0; c->desk->modules[i]; i++)
		if (c->desk->modules[i]->merge)
			TRY(c->desk->modules[i]->merge(c, m));
	return E_OK;
}

/* ---- joining ---- */

/* Fields that fill what is unknown; the order is that of fills(). */
static const char *const fill_names[] = {"name", "email", "country", "language", "zone"};

struct fills {
	struct str *v[COUNT(fill_names)];
};

static struct fills fills_of(struct customer_view *v)
{
	return (struct fills){{&v->name, &v->email, &v->country, &v->language, &v->zone}};
}

static enum err put_customer(struct ctx *c, const struct customer_view *v)
{
	struct merge_fill_row row;
	size_t n;

	TRY(merge_fill(c,
		       &(struct merge_fill_in){.id = v->id,
					       .version = v->version,
					       .name = v->name,
					       .email = v->email,
					       .country = v->country,
					       .language = v->language,
					       .zone = v->zone,
					       .blocked = v->blocked,
					       .conversation_count = v->conversation_count,
					       .last_seen_at = v->last_seen_at},
		       &row, 1, &n));
	return n ? E_OK : fail(c, E_CONFLICT, "error.version", NULL);
}

/* What was unknown is filled in, what was known stays; whoever is blocked on one side stays so. */
static struct str fill_in(struct ctx *c, struct customer_view *into, struct customer_view *from)
{
	struct fills a = fills_of(into), b = fills_of(from);
	struct buf filled = BUF(c->a);

	for (size_t i = 0; i < COUNT(fill_names); i++) {
		if (a.v[i]->n || !b.v[i]->n)
			continue;
		*a.v[i] = *b.v[i];
		buf_fmt(&filled, "%s,", fill_names[i]);
	}
	if (from->blocked && !into->blocked)
		buf_z(&filled, "blocked,");
	into->blocked |= from->blocked;
	into->conversation_count += from->conversation_count;
	if (from->last_seen_at.is == GIVEN &&
	    (into->last_seen_at.is != GIVEN || into->last_seen_at.v < from->last_seen_at.v))
		into->last_seen_at = from->last_seen_at;
	return buf_str(&filled);
}

/* On the timelines of both: the one who was joined has his own again after parting. */
static enum err note_merge(struct ctx *c, enum event_kind kind, const struct merging *m)
{
	struct str data = str_fmt(c->a, "{\"merge\":%lld,\"from\":%lld,\"to\":%lld}",
				  (long long)m->id, (long long)m->from, (long long)m->to);

	TRY(event_add(c, &(struct event){.kind = kind, .customer_id = m->to, .data = data}));
	return event_add(c, &(struct event){.kind = kind, .customer_id = m->from, .data = data});
}

static enum err reply_customer(struct ctx *c, int64_t id, struct reply *r)
{
	struct customer_view v;

	TRY(customer_view(c, id, &v));
	reply_one(r, &v);
	return E_OK;
}

struct merge_in {
	int64_t from_id, version, from_version;
};
static const struct field merge_fields[] = {
    FIELD(struct merge_in, from_id, F_INT, FIELD_REQUIRED, 1, INT64_MAX,
	  "Who is joined to this one"),
    FIELD(struct merge_in, version, F_INT, FIELD_REQUIRED, 1, INT64_MAX, "This one's, as seen"),
    FIELD(struct merge_in, from_version, F_INT, FIELD_REQUIRED, 1, INT64_MAX,
	  "The other's, as seen"),
};
static SHAPE(merge_shape, "CustomerMergeIn", struct merge_in, merge_fields);

static enum err post_merge(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct merge_in *in = q->in;
	struct customer_view into, from;
	struct merge_insert_row row;
	size_t n;

	if (in->from_id == q->id)
		return fail(c, E_INVALID, "customer.merge_self", NULL);
	TRY(customer_standing(c, q->id, &into));
	TRY(customer_standing(c, in->from_id, &from));
	if (into.version != in->version || from.version != in->from_version)
		return fail(c, E_CONFLICT, "error.version", NULL);
	bool blocks = from.blocked && !into.blocked;
	struct str filled = fill_in(c, &into, &from);
	TRY(merge_insert(c, &(struct merge_insert_in){q->id, from.id, c->actor.id, c->now, filled},
			 &row, 1, &n));
	struct merging m = {.id = row.id, .from = from.id, .to = q->id};
	TRY(put_customer(c, &into));
	TRY(merge_into(c, from.id, q->id));
	TRY(all_modules(c, &m));
	TRY(search_remove(c->db, SEARCH_CUSTOMER, from.id));
	TRY(customer_index(c, q->id));
	TRY(note_merge(c, EV_CUSTOMER_MERGED, &m));
	if (blocks)
		TRY(customer_note_blocked(c, q->id, true));
	return reply_customer(c, q->id, r);
}

/* ---- parting ---- */

static bool was_filled(struct str filled, const char *name)
{
	struct str one;

	while (str_cut(&filled, ',', &one))
		if (str_eq(one, str_of(name)))
			return true;
	return false;
}

/* What was taken from the other and is still the same becomes unknown again. */
static void empty_out(struct customer_view *into, struct customer_view *from, struct str filled)
{
	struct fills a = fills_of(into), b = fills_of(from);

	for (size_t i = 0; i < COUNT(fill_names); i++)
		if (was_filled(filled, fill_names[i]) && str_eq(*a.v[i], *b.v[i]))
			*a.v[i] = S("");
	if (was_filled(filled, "blocked"))
		into->blocked = false;
	into->conversation_count -= from->conversation_count;
	if (into->conversation_count < 0)
		into->conversation_count = 0;
}

/* What one of them is known by, now that each has their own again. */
static enum err settle(struct ctx *c, int64_t id)
{
	struct customer_view v;

	TRY(customer_view(c, id, &v));
	TRY(customer_settle_email(c, &v));
	TRY(note_keys(c, &v));
	return customer_index(c, id);
}

static enum err post_undo(struct ctx *c, const struct req *q, struct reply *r)
{
	struct customer_view into, from;
	struct merge_get_row row;
	size_t n;

	TRY(merge_get(c, q->id2, &row, 1, &n));
	if (n == 0 || row.into_id != q->id)
		return fail(c, E_NOTFOUND, "customer.merge_unknown", NULL);
	if (row.undone_at.is == GIVEN)
		return fail(c, E_CONFLICT, "customer.merge_undone", NULL);
	TRY(customer_view(c, row.into_id, &into));
	if (into.merged_into.is == GIVEN) /* the later one must be taken back first */
		return fail(c, E_CONFLICT, "customer.merge_later", NULL);
	TRY(customer_view(c, row.from_id, &from));
	struct merging m = {.id = row.id, .from = row.from_id, .to = row.into_id, .undo = true};
	TRY(merge_end(c, row.id, c->now));
	TRY(merge_into(c, row.from_id, 0));
	TRY(all_modules(c, &m));
	bool was_blocked = into.blocked;
	empty_out(&into, &from, row.filled);
	TRY(put_customer(c, &into));
	TRY(settle(c, row.from_id));
	TRY(settle(c, row.into_id));
	TRY(note_merge(c, EV_CUSTOMER_PARTED, &m));
	if (was_blocked && !into.blocked)
		TRY(customer_note_blocked(c, row.into_id, false));
	return reply_customer(c, q->id, r);
}

/* ---- what was joined ---- */

struct merge_view {
	int64_t id, from_id, at;
	struct str from_name, person_name;
	struct opt_int undone_at;
};
static const struct field view_fields[] = {
    FIELD(struct merge_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct merge_view, from_id, F_INT, 0, 0, 0, "Who was joined to this customer"),
    FIELD(struct merge_view, from_name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct merge_view, person_name, F_TEXT, 0, 0, 0, "By whom"),
    FIELD(struct merge_view, at, F_TIME, 0, 0, 0, NULL),
    FIELD(struct merge_view, undone_at, F_TIME, FIELD_NULLABLE, 0, 0, "null: it can be undone"),
};
static SHAPE(view_shape, "CustomerMerge", struct merge_view, view_fields);

static enum err get_merges(struct ctx *c, const struct req *q, struct reply *r)
{
	struct customer_view who;
	struct list rows;

	TRY(customer_view(c, q->id, &who));
	TRY(merge_list(c, q->id, &rows));
	const struct merge_list_row *m = rows.v;
	struct merge_view *out = NEWN(c->a, struct merge_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct account_brief by = {0};
		enum err e = account_brief(c, m[i].person_id, &by);
		if (e != E_OK && e != E_NOTFOUND)
			return e;
		out[i] = (struct merge_view){.id = m[i].id,
					     .from_id = m[i].from_id,
					     .from_name = m[i].from_name,
					     .person_name = by.name,
					     .at = m[i].at,
					     .undone_at = m[i].undone_at};
	}
	reply_many(r, out, rows.n, S(""));
	return E_OK;
}

/* clang-format off */
const struct route customer_merge_routes[] = {
	{GET,  "/customers/{id}/duplicates",        P_CUSTOMER_READ, get_duplicates, NULL,         &same_shape,     MANY, "Who may be the same person: an address or number in another form, or the same name in the same country"},
	{GET,  "/customers/{id}/merges",            P_CUSTOMER_READ, get_merges,     NULL,         &view_shape,     MANY, "Who was merged into this customer, newest first"},
	{POST, "/customers/{id}/merge",             P_CUSTOMER_EDIT, post_merge,     &merge_shape, &customer_shape, ONE,  "Merge another customer into this one"},
	{POST, "/customers/{id}/merges/{id2}/undo", P_CUSTOMER_EDIT, post_undo,      NULL,         &customer_shape, ONE,  "Take a merge back: what it moved goes back, what came since stays"},
	{0},
};
/* clang-format on */
