/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/customer/customer.h"
#include "core/desk.h"
#include "modules/account/account.h"
#include "modules/customer/customer.schema.h"
#include "modules/customer/customer_merge.sql.h"
#include "modules/customer/customer_rules.h"

bool customer_email_ok(struct str e)
{
	ptrdiff_t at = str_find_char(e, '@');

	if (at <= 0 || (size_t)at + 1 >= e.n || e.n > 320)
		return false;
	for (size_t i = 0; i < e.n; i++)
		if ((unsigned char)e.p[i] <= ' ' || (i != (size_t)at && e.p[i] == '@') ||
		    e.p[i] == '<' || e.p[i] == '>')
			return false;
	return true;
}

/* ---- search ---- */

enum err customer_index(struct ctx *c, int64_t id)
{
	struct customer_view v;
	struct buf text = BUF(c->a);

	TRY(customer_view(c, id, &v));
	buf_add(&text, v.name);
	const struct identity_list_row *i = v.identities.v;
	for (size_t k = 0; k < v.identities.n; k++)
		buf_fmt(&text, " %.*s", STR(i[k].value));
	return search_put(c->db, c->a,
			  &(struct search_doc){.kind = SEARCH_CUSTOMER,
					       .id = id,
					       .customer_id = id,
					       .at = v.created_at,
					       .text = buf_str(&text)});
}

/* ---- for the channels ---- */

static enum err make_customer(struct ctx *c, const struct customer_known *k, int64_t *id)
{
	struct customer_insert_row row;
	struct identity_insert_row identity;
	bool mail = str_eq(k->kind, S("email"));
	size_t n;

	TRY(customer_insert(c,
			    &(struct customer_insert_in){.name = str_clip(k->name, 200),
							 .email = mail ? k->value : S(""),
							 .country = k->country,
							 .language = k->language,
							 .zone = k->zone,
							 .created_at = c->now},
			    &row, 1, &n));
	*id = row.id;
	TRY(identity_insert(
	    c, &(struct identity_insert_in){row.id, k->kind, k->value, k->verified, c->now},
	    &identity, 1, &n));
	TRY(customer_note_key(c, row.id, k->kind, k->value));
	TRY(event_add(c, &(struct event){.kind = EV_CUSTOMER_CREATED, .customer_id = row.id}));
	return customer_index(c, row.id);
}

/* Somebody typed this address and never proved it; now its owner writes from it. */
static enum err end_claim(struct ctx *c, const struct customer_known *k, int64_t claimant)
{
	TRY(customer_forget_email(c, claimant, k->value));
	return identity_drop_claim(c, k->kind, k->value);
}

enum err customer_resolve(struct ctx *c, const struct customer_known *k, int64_t *id, bool *blocked)
{
	struct identity_find_row row;
	size_t n;

	TRY(identity_find(c, k->kind, k->value, &row, 1, &n));
	if (n > 0 && k->verified && !row.verified) {
		TRY(end_claim(c, k, row.customer_id));
		n = 0;
	}
	*blocked = n > 0 && row.blocked;
	if (n == 0)
		TRY(make_customer(c, k, id));
	else
		*id = row.customer_id;
	return customer_learn(c, &(struct customer_learn_in){.id = *id,
							     .name = str_clip(k->name, 200),
							     .country = k->country,
							     .language = k->language,
							     .zone = k->zone,
							     .at = c->now});
}

enum err customer_add_identity(struct ctx *c, int64_t id, struct str kind, struct str value,
			       bool verified, bool *taken)
{
	struct identity_insert_row row;
	struct identity_find_row owner;
	struct customer_get_row customer;
	size_t n;

	*taken = false;
	TRY(customer_note_key(c, id, kind, value));
	TRY(identity_insert(c, &(struct identity_insert_in){id, kind, value, verified, c->now},
			    &row, 1, &n));
	if (n == 0) {
		TRY(identity_find(c, kind, value, &owner, 1, &n));
		*taken = n > 0 && owner.customer_id != id;
		return E_OK;
	}
	TRY(customer_get(c, id, &customer, 1, &n));
	if (n && !customer.email.n && str_eq(kind, S("email")))
		TRY(customer_set_email(c, id, value));
	return customer_index(c, id);
}

enum err customer_counted(struct ctx *c, int64_t id)
{
	return customer_count_conversation(c, id);
}

/* ---- views ---- */

#define F(m, ty, tx) FIELD(struct customer_view, m, ty, 0, 0, 0, tx)
static const struct field customer_fields[] = {
    F(id, F_INT, NULL),
    F(name, F_TEXT, NULL),
    F(email, F_TEXT, "Of the first mail identity; may be empty"),
    F(country, F_TEXT, "ISO 3166-1 alpha-2, or empty"),
    F(language, F_TEXT, "BCP 47, or empty"),
    F(zone, F_TEXT, "IANA time zone, or empty"),
    F(blocked, F_BOOL, NULL),
    F(conversation_count, F_INT, NULL),
    F(created_at, F_TIME, NULL),
    FIELD(struct customer_view, last_seen_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    F(version, F_INT, NULL),
    FIELD(struct customer_view, merged_into, F_INT, FIELD_NULLABLE, 0, 0,
	  "The customer who has all of this one's now"),
    FIELD_LIST(struct customer_view, identities, 0, 0, &identity_list_shape, NULL),
    FIELD_LIST(struct customer_view, notes, 0, 0, &note_list_shape, NULL),
};
#undef F
SHAPE(customer_shape, "Customer", struct customer_view, customer_fields);

static const struct field brief_fields[] = {
    FIELD(struct customer_brief, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct customer_brief, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct customer_brief, country, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct customer_brief, language, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct customer_brief, zone, F_TEXT, 0, 0, 0, NULL),
};
SHAPE(customer_brief_shape, "CustomerBrief", struct customer_brief, brief_fields);

enum err customer_view(struct ctx *c, int64_t id, struct customer_view *out)
{
	struct customer_get_row row;
	size_t n;

	TRY(customer_get(c, id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "customer.unknown", NULL);
	*out = (struct customer_view){.id = row.id,
				      .merged_into =
					  row.merged_into ? SOME_INT(row.merged_into) : NULL_INT,
				      .conversation_count = row.conversation_count,
				      .created_at = row.created_at,
				      .version = row.version,
				      .name = row.name,
				      .email = row.email,
				      .country = row.country,
				      .language = row.language,
				      .zone = row.zone,
				      .blocked = row.blocked,
				      .last_seen_at = row.last_seen_at};
	TRY(identity_list(c, id, &out->identities));
	return note_list(c, id, &out->notes);
}

enum err customer_standing(struct ctx *c, int64_t id, struct customer_view *out)
{
	TRY(customer_view(c, id, out));
	if (out->merged_into.is == GIVEN)
		return fail(c, E_CONFLICT, "customer.merged", NULL);
	return E_OK;
}

enum err customer_brief_list(struct ctx *c, struct ids ids, struct list *out)
{
	_Static_assert(sizeof(struct customer_briefs_row) == sizeof(struct customer_brief),
		       "a row of customer_briefs is a customer_brief");
	return customer_briefs(c, ids, out);
}

enum err customer_settle_email(struct ctx *c, const struct customer_view *v)
{
	const struct identity_list_row *i = v->identities.v;
	struct str first = S("");

	for (size_t k = 0; k < v->identities.n; k++) {
		if (!str_eq(i[k].kind, S("email")))
			continue;
		if (str_eq(i[k].value, v->email))
			return E_OK;
		first = first.n ? first : i[k].value;
	}
	return str_eq(first, v->email) ? E_OK : customer_set_email(c, v->id, first);
}

enum err customer_note_blocked(struct ctx *c, int64_t id, bool blocked)
{
	return event_add(c, &(struct event){.kind = EV_CUSTOMER_BLOCKED,
					    .customer_id = id,
					    .data = blocked ? S("{\"blocked\":true}")
							    : S("{\"blocked\":false}")});
}

/* ---- routes ---- */

struct list_in {
	struct str q, after;
	int64_t limit;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, q, F_TEXT, 0, 0, 200, "Words of the name or an identity"),
    FIELD(struct list_in, after, F_TEXT, 0, 0, 30, NULL),
    FIELD(struct list_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(list_shape, "CustomerQuery", struct list_in, list_fields);

static enum err find_customers(struct ctx *c, const struct list_in *in, size_t limit,
			       struct reply *r)
{
	struct search_hit *hits = NEWN(c->a, struct search_hit, limit);
	struct customer_view *out = NEWN(c->a, struct customer_view, limit);
	struct search_query q = {
	    .text = in->q, .customers = true, .kind = SEARCH_CUSTOMER, .limit = limit};
	size_t n, k = 0;

	TRY(req_cursor(c, in->after, 0, &q.before));
	TRY(search_find(c->db, c->a, &q, hits, &n));
	for (size_t i = 0; i < n; i++)
		TRY(customer_view(c, hits[i].id, &out[k++]));
	reply_many(r, out, k,
		   n == limit ? str_fmt(c->a, "%lld", (long long)hits[n - 1].doc) : S(""));
	return E_OK;
}

static enum err get_customers(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct list_in *in = q->in;
	size_t limit = in->limit ? (size_t)in->limit : 25;
	struct list rows;
	int64_t before;

	if (in->q.n)
		return find_customers(c, in, limit, r);
	TRY(req_cursor(c, in->after, INT64_MAX, &before));
	TRY(customer_page(c, before, (int64_t)limit, &rows));
	const struct customer_page_row *row = rows.v;
	struct customer_view *out = NEWN(c->a, struct customer_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		out[i] = (struct customer_view){.id = row[i].id,
						.conversation_count = row[i].conversation_count,
						.created_at = row[i].created_at,
						.version = row[i].version,
						.name = row[i].name,
						.email = row[i].email,
						.country = row[i].country,
						.language = row[i].language,
						.zone = row[i].zone,
						.blocked = row[i].blocked,
						.last_seen_at = row[i].last_seen_at};
	reply_many(r, out, rows.n,
		   rows.n == limit ? str_fmt(c->a, "%lld", (long long)out[rows.n - 1].id) : S(""));
	return E_OK;
}

static enum err reply_customer(struct ctx *c, int64_t id, struct reply *r)
{
	struct customer_view v;

	TRY(customer_view(c, id, &v));
	reply_one(r, &v);
	return E_OK;
}

static enum err get_customer(struct ctx *c, const struct req *q, struct reply *r)
{
	return reply_customer(c, q->id, r);
}

struct customer_in {
	struct opt_str name, email, country, language, zone;
	struct opt_bool blocked;
	int64_t version;
};
/* clang-format off */
#define F(m, ty, fl, lo, hi, tx) FIELD(struct customer_in, m, ty, fl, lo, hi, tx)
static const struct field post_fields[] = {
	F(name,     F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 200, NULL),
	F(email,    F_TEXT, FIELD_OPTIONAL, 3, 320, NULL),
	F(country,  F_TEXT, FIELD_OPTIONAL | FIELD_COUNTRY, 0, 2, "ISO 3166-1 alpha-2"),
	F(language, F_TEXT, FIELD_OPTIONAL | FIELD_LANGUAGE, 0, 20, "BCP 47"),
	F(zone,     F_TEXT, FIELD_OPTIONAL, 0, 64, "IANA time zone"),
};
static const struct field patch_fields[] = {
	F(version,  F_INT,  FIELD_REQUIRED, 0, 0, NULL),
	F(name,     F_TEXT, FIELD_OPTIONAL, 1, 200, NULL),
	F(country,  F_TEXT, FIELD_OPTIONAL | FIELD_COUNTRY, 0, 2, "ISO 3166-1 alpha-2"),
	F(language, F_TEXT, FIELD_OPTIONAL | FIELD_LANGUAGE, 0, 20, "BCP 47"),
	F(zone,     F_TEXT, FIELD_OPTIONAL, 0, 64, "IANA time zone"),
	F(blocked,  F_BOOL, FIELD_OPTIONAL, 0, 0, "What this customer writes goes to spam"),
};
#undef F
/* clang-format on */
static SHAPE(post_shape, "CustomerNew", struct customer_in, post_fields);
static SHAPE(patch_shape, "CustomerChange", struct customer_in, patch_fields);

static enum err check_zone(struct ctx *c, const struct opt_str *zone)
{
	if (zone->is == GIVEN && zone->v.n && !account_zone_ok(zone->v))
		return fail_str(c, E_INVALID, "account.zone_unknown", zone->v);
	return E_OK;
}

static enum err post_customer(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct customer_in *in = q->in;
	struct customer_insert_row row;
	struct customer_view v;
	size_t n;
	bool taken = false;

	if (in->email.v.n && !customer_email_ok(in->email.v))
		return fail_str(c, E_INVALID, "error.email", in->email.v);
	TRY(check_zone(c, &in->zone));
	TRY(customer_insert(c,
			    &(struct customer_insert_in){in->name.v, S(""), in->country.v,
							 in->language.v, in->zone.v, c->now},
			    &row, 1, &n));
	if (in->email.v.n)
		TRY(customer_add_identity(c, row.id, S("email"), str_lower(c->a, in->email.v), true,
					  &taken));
	else
		TRY(customer_index(c, row.id));
	if (taken)
		return fail_str(c, E_CONFLICT, "customer.identity_taken", in->email.v);
	TRY(event_add(c, &(struct event){.kind = EV_CUSTOMER_CREATED, .customer_id = row.id}));
	TRY(customer_view(c, row.id, &v));
	reply_created(r, &v, row.id);
	return E_OK;
}

static enum err patch_customer(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct customer_in *in = q->in;
	struct customer_get_row before;
	struct customer_update_row row;
	size_t n;

	TRY(check_zone(c, &in->zone));
	TRY(customer_get(c, q->id, &before, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "customer.unknown", NULL);
	if (before.merged_into)
		return fail(c, E_CONFLICT, "customer.merged", NULL);
	TRY(customer_update(c,
			    &(struct customer_update_in){.id = q->id,
							 .version = in->version,
							 .name = in->name,
							 .country = in->country,
							 .language = in->language,
							 .zone = in->zone,
							 .blocked = in->blocked},
			    &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	if (in->name.is == GIVEN)
		TRY(customer_index(c, q->id));
	if (in->blocked.is == GIVEN && in->blocked.v != before.blocked)
		TRY(customer_note_blocked(c, q->id, in->blocked.v));
	TRY(event_add(c, &(struct event){.kind = EV_CUSTOMER_CHANGED, .customer_id = q->id}));
	return reply_customer(c, q->id, r);
}

struct identity_in {
	struct str kind, value;
};
static const struct field identity_fields[] = {
    FIELD_ENUM(struct identity_in, kind, FIELD_REQUIRED, "email|phone|other", NULL),
    FIELD(struct identity_in, value, F_TEXT, FIELD_REQUIRED, 1, 320, NULL),
};
static SHAPE(identity_in_shape, "IdentityNew", struct identity_in, identity_fields);

static enum err post_identity(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct identity_in *in = q->in;
	struct customer_view v;
	struct str value = in->value;
	bool taken;

	TRY(customer_standing(c, q->id, &v));
	if (str_eq(in->kind, S("email"))) {
		if (!customer_email_ok(value))
			return fail_str(c, E_INVALID, "error.email", value);
		value = str_lower(c->a, value);
	}
	TRY(customer_add_identity(c, q->id, in->kind, value, true, &taken));
	if (taken)
		return fail_str(c, E_CONFLICT, "customer.identity_taken", value);
	TRY(customer_view(c, q->id, &v));
	reply_created(r, &v, q->id);
	return E_OK;
}

static enum err delete_identity(struct ctx *c, const struct req *q, struct reply *r)
{
	struct identity_delete_row row;
	struct customer_view v;
	size_t n;

	TRY(identity_delete(c, q->id2, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "customer.identity_unknown", NULL);
	TRY(customer_view(c, q->id, &v));
	TRY(customer_forget_key(c, &v, row.kind, row.value));
	TRY(customer_settle_email(c, &v));
	TRY(customer_index(c, q->id));
	reply_none(r);
	return E_OK;
}

struct note_in {
	struct str text;
};
static const struct field note_fields[] = {
    FIELD(struct note_in, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, 4000, NULL),
};
static SHAPE(note_in_shape, "CustomerNoteNew", struct note_in, note_fields);

static enum err post_note(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct note_in *in = q->in;
	struct customer_view v;
	struct note_insert_row row;
	size_t n;

	TRY(customer_standing(c, q->id, &v));
	TRY(note_insert(c, &(struct note_insert_in){q->id, c->actor.id, in->text, c->now}, &row, 1,
			&n));
	struct note_list_row note = {row.id, in->text, c->actor.id, c->now};
	reply_created(r, &note, row.id);
	return E_OK;
}

static enum err delete_note(struct ctx *c, const struct req *q, struct reply *r)
{
	struct note_delete_row row;
	size_t n;

	TRY(note_delete(c, q->id2, q->id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "customer.note_unknown", NULL);
	reply_none(r);
	return E_OK;
}

/* clang-format off */
static const struct route routes[] = {
	{GET,    "/customers",                       P_CUSTOMER_READ, get_customers,   &list_shape,        &customer_shape,  MANY, "Customers, newest first, or those that match"},
	{POST,   "/customers",                       P_CUSTOMER_EDIT, post_customer,   &post_shape,        &customer_shape,  ONE,  "Add a customer"},
	{GET,    "/customers/{id}",                  P_CUSTOMER_READ, get_customer,    NULL,               &customer_shape,  ONE,  "One customer with identities and notes"},
	{PATCH,  "/customers/{id}",                  P_CUSTOMER_EDIT, patch_customer,  &patch_shape,       &customer_shape,  ONE,  "Change a customer"},
	{POST,   "/customers/{id}/identities",       P_CUSTOMER_EDIT, post_identity,   &identity_in_shape, &customer_shape,  ONE,  "Tie an identity to a customer"},
	{DELETE, "/customers/{id}/identities/{id2}", P_CUSTOMER_EDIT, delete_identity, NULL,               NULL,             NONE, "Untie an identity"},
	{POST,   "/customers/{id}/notes",            P_CUSTOMER_EDIT, post_note,       &note_in_shape,     &note_list_shape, ONE,  "Note something about a customer"},
	{DELETE, "/customers/{id}/notes/{id2}",      P_CUSTOMER_EDIT, delete_note,     NULL,               NULL,             NONE, "Remove a note"},
	{0},
};
/* clang-format on */

const struct module customer_module = {
    .name = "customer",
    .schema = customer_schema,
    .queries = customer_queries,
    .more_queries = {customer_merge_queries},
    .routes = {routes, customer_merge_routes},
    .merge = customer_merge_own,
};
