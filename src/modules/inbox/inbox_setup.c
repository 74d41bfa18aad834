/* Connected channels: their settings, their state, and the form they are set up with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/desk.h"
#include "core/settings.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

#include <string.h>

/* ---- settings: sealed as a whole, because they hold passwords ---- */

static enum err open_settings(struct ctx *c, const struct channel *ch, struct str sealed,
			      void **out)
{
	struct str json;

	*out = arena_alloc(c->a, ch->settings->size);
	memcpy(*out, ch->defaults, ch->settings->size);
	if (!sealed.n)
		return E_OK;
	if (desk_unseal(c->desk, c->a, sealed, &json) != E_OK)
		return fail(c, E_INTERNAL, "inbox.settings_sealed", NULL);
	return settings_merge(c, ch->settings, *out, json);
}

/* Secrets are written too: this text is sealed at once. */
static struct str seal_settings(struct ctx *c, const struct channel *ch, const void *settings)
{
	struct field *fields = NEWN(c->a, struct field, ch->settings->n);
	struct shape open = {ch->settings->name, fields, ch->settings->n, ch->settings->size};
	struct buf b = BUF(c->a);

	for (size_t i = 0; i < open.n; i++) {
		fields[i] = ch->settings->fields[i];
		fields[i].flags &= ~(unsigned)FIELD_SECRET;
	}
	json_write(&b, &open, settings);
	return desk_seal(c->desk, c->a, buf_str(&b));
}

static enum err link_from(struct ctx *c, const struct inbox_rows_row *row, struct inbox_link *out)
{
	void *settings;

	*out = (struct inbox_link){.id = row->id,
				   .channel = channel_find(c->desk, row->channel),
				   .name = row->name,
				   .address = row->address,
				   .key = row->key,
				   .color = row->color,
				   .language = row->language,
				   .active = row->active};
	if (!out->channel)
		return fail_str(c, E_INTERNAL, "inbox.channel_unknown", row->channel);
	TRY(open_settings(c, out->channel, row->settings, &settings));
	out->settings = settings;
	return E_OK;
}

enum err inbox_link_of(struct ctx *c, int64_t id, struct inbox_link *out)
{
	struct list rows;

	TRY(inbox_rows(c, SOME_INT(id), &rows));
	if (rows.n == 0)
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	return link_from(c, rows.v, out);
}

enum err inbox_of_key(struct ctx *c, struct str key, struct inbox_link *out)
{
	struct inbox_by_key_row row;
	size_t n;

	TRY(inbox_by_key(c, key, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	return inbox_link_of(c, row.id, out);
}

enum err inbox_named(struct ctx *c, struct str name, struct inbox_link *out)
{
	struct inbox_by_name_row row;
	size_t n;

	TRY(inbox_by_name(c, name, &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_NOTFOUND, "inbox.inbox_unknown", name);
	return inbox_link_of(c, row.id, out);
}

enum err inbox_of_channel(struct ctx *c, const char *channel, struct list *out)
{
	struct list rows;
	size_t n = 0;

	TRY(inbox_rows(c, (struct opt_int){0}, &rows));
	const struct inbox_rows_row *row = rows.v;
	struct inbox_link *links = NEWN(c->a, struct inbox_link, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		if (row[i].active && str_eq(row[i].channel, str_of(channel)))
			TRY(link_from(c, &row[i], &links[n++]));
	*out = (struct list){links, n};
	return E_OK;
}

/* ---- state ---- */

enum err inbox_connected(struct ctx *c, int64_t id, bool ok)
{
	TRY(inbox_link_ok(c, id, ok ? S("ok") : S("connecting"), c->now));
	ctx_live(c, (struct live){.topic = LIVE_INBOXES, .id = id, .inbox_id = id});
	return E_OK;
}

enum err inbox_disconnected(struct ctx *c, int64_t id, const char *key, struct str arg,
			    int64_t next_try_at)
{
	TRY(inbox_link_failed(
	    c, &(struct inbox_link_failed_in){id, c->now, str_of(key), str_clip(arg, 500),
					      next_try_at ? SOME_INT(next_try_at) : NULL_INT}));
	ctx_live(c, (struct live){.topic = LIVE_INBOXES, .id = id, .inbox_id = id});
	return E_OK;
}

enum err inbox_put_setting(struct ctx *c, int64_t id, const char *field, struct str value)
{
	struct list rows;
	struct buf json = BUF(c->a);
	void *settings;

	TRY(inbox_rows(c, SOME_INT(id), &rows));
	if (rows.n == 0)
		return E_OK;
	const struct inbox_rows_row *row = rows.v;
	const struct channel *ch = channel_find(c->desk, row->channel);
	TRY(open_settings(c, ch, row->settings, &settings));
	buf_fmt(&json, "{\"%s\":", field);
	buf_json(&json, value);
	buf_char(&json, '}');
	TRY(settings_merge(c, ch->settings, settings, buf_str(&json)));
	return inbox_settings_put(c, id, seal_settings(c, ch, settings));
}

/* ---- adding and changing ---- */

static enum err check_color(struct ctx *c, struct str color)
{
	bool ok = color.n == 7 && color.p[0] == '#';

	for (size_t i = 1; ok && i < 7; i++)
		ok = (color.p[i] >= '0' && color.p[i] <= '9') ||
		     ((color.p[i] | 32) >= 'a' && (color.p[i] | 32) <= 'f');
	return ok ? E_OK : fail_str(c, E_INVALID, "inbox.color", color);
}

/* A mailbox's own address is the member of that name in its channel's settings. */
static struct str address_in(struct ctx *c, const struct channel *ch, const void *settings)
{
	const struct field *f = shape_find(ch->settings, S("address"));

	return f ? str_lower(c->a, *(const struct str *)((const char *)settings + f->at)) : S("");
}

static enum err check_required(struct ctx *c, const struct channel *ch, const void *settings)
{
	for (size_t i = 0; i < ch->settings->n; i++) {
		const struct field *f = &ch->settings->fields[i];
		const struct str *text = (const struct str *)((const char *)settings + f->at);
		if ((f->flags & FIELD_REQUIRED) && (f->type == F_TEXT || f->type == F_ENUM) &&
		    !text->n)
			return fail(c, E_INVALID, "error.field_missing", f->name);
	}
	return E_OK;
}

enum err inbox_add(struct ctx *c, const struct inbox_new *in, int64_t *id)
{
	const struct channel *ch = channel_find(c->desk, in->channel);
	struct inbox_insert_row row;
	void *settings;
	size_t n;

	if (!ch)
		return fail_str(c, E_INVALID, "inbox.channel_unknown", in->channel);
	TRY(open_settings(c, ch, S(""), &settings));
	if (in->settings.n)
		TRY(settings_merge(c, ch->settings, settings, in->settings));
	TRY(check_required(c, ch, settings));
	if (in->color.n)
		TRY(check_color(c, in->color));
	TRY(inbox_insert(
	    c,
	    &(struct inbox_insert_in){.name = in->name,
				      .channel = in->channel,
				      .address = in->address.n ? str_lower(c->a, in->address)
							       : address_in(c, ch, settings),
				      .key = in->key.n ? in->key : crypto_token(c->a, 12),
				      .color = in->color.n ? in->color : S("#0B716D"),
				      .language = in->language.n ? in->language : S("en"),
				      .settings = seal_settings(c, ch, settings)},
	    &row, 1, &n));
	if (n == 0)
		return fail_str(c, E_CONFLICT, "inbox.inbox_taken", in->name);
	*id = row.id;
	TRY(account_inbox_added(c, row.id));
	ctx_live(c, (struct live){.topic = LIVE_INBOXES, .id = row.id});
	return event_add(c, &(struct event){.kind = EV_INBOX_CHANGED, .inbox_id = row.id});
}

/* ---- views ---- */

struct state_view {
	struct str state;
	struct opt_int last_ok_at, last_error_at, next_try_at;
	struct opt_str last_error_key, last_error_arg;
};
static const struct field state_fields[] = {
    FIELD_ENUM(struct state_view, state, 0, "ok|connecting|failing|off", NULL),
    FIELD(struct state_view, last_ok_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct state_view, last_error_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct state_view, last_error_key, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct state_view, last_error_arg, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct state_view, next_try_at, F_TIME, FIELD_NULLABLE, 0, 0, NULL),
};
static SHAPE(state_shape, "InboxState", struct state_view, state_fields);

struct inbox_view {
	int64_t id, version;
	struct str name, channel, key, color, language;
	struct opt_str address, settings;
	bool active;
	const void *state;
	struct ids member_ids;
};
static const struct field inbox_fields[] = {
    FIELD(struct inbox_view, id, F_INT, 0, 0, 0, NULL),
    FIELD(struct inbox_view, name, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct inbox_view, channel, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct inbox_view, address, F_TEXT, FIELD_NULLABLE, 0, 0, NULL),
    FIELD(struct inbox_view, key, F_TEXT, 0, 0, 0, "Public, for data-inbox"),
    FIELD(struct inbox_view, color, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct inbox_view, active, F_BOOL, 0, 0, 0, NULL),
    FIELD(struct inbox_view, language, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct inbox_view, settings, F_JSON, FIELD_NULLABLE, 0, 0,
	  "For those who may change it; a secret is true when set"),
    FIELD_OBJ(struct inbox_view, state, FIELD_REQUIRED, &state_shape, NULL),
    FIELD(struct inbox_view, member_ids, F_IDS, 0, 0, 0, "Who sees it, beside those who see all"),
    FIELD(struct inbox_view, version, F_INT, 0, 0, 0, NULL),
};
static SHAPE(inbox_shape, "Inbox", struct inbox_view, inbox_fields);

static struct opt_str text_or_null(struct str s)
{
	return s.n ? SOME_STR(s) : NULL_STR;
}

static enum err view_of(struct ctx *c, const struct inbox_rows_row *row, struct inbox_view *out)
{
	struct state_view *st = NEW(c->a, struct state_view);
	struct inbox_link link;
	struct buf values = BUF(c->a);

	*st = (struct state_view){.state = row->active ? row->link_state : S("off"),
				  .last_ok_at = row->last_ok_at,
				  .last_error_at = row->last_error_at,
				  .next_try_at = row->next_try_at,
				  .last_error_key = text_or_null(row->last_error_key),
				  .last_error_arg = text_or_null(row->last_error_arg)};
	*out = (struct inbox_view){.id = row->id,
				   .version = row->version,
				   .name = row->name,
				   .channel = row->channel,
				   .key = row->key,
				   .color = row->color,
				   .language = row->language,
				   .address = text_or_null(row->address),
				   .settings = NULL_STR,
				   .active = row->active,
				   .state = st};
	TRY(account_people_of_inbox(c, row->id, &out->member_ids));
	if (!ctx_may(c, P_INBOX_EDIT))
		return E_OK;
	TRY(link_from(c, row, &link));
	settings_values(&values, link.channel->settings, link.settings);
	out->settings = SOME_STR(buf_str(&values));
	return E_OK;
}

static enum err get_inboxes(struct ctx *c, const struct req *q, struct reply *r)
{
	struct list rows;
	size_t n = 0;

	(void)q;
	TRY(inbox_rows(c, (struct opt_int){0}, &rows));
	const struct inbox_rows_row *row = rows.v;
	struct inbox_view *out = NEWN(c->a, struct inbox_view, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		if (ctx_sees(c, row[i].id))
			TRY(view_of(c, &row[i], &out[n++]));
	reply_many(r, out, n, S(""));
	return E_OK;
}

static enum err reply_inbox(struct ctx *c, int64_t id, bool created, struct reply *r)
{
	struct list rows;
	struct inbox_view v;

	TRY(inbox_rows(c, SOME_INT(id), &rows));
	if (rows.n == 0)
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	TRY(view_of(c, rows.v, &v));
	if (created)
		reply_created(r, &v, id);
	else
		reply_one(r, &v);
	return E_OK;
}

static enum err check_seen(struct ctx *c, int64_t id)
{
	return ctx_sees(c, id) ? E_OK : fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
}

static enum err get_inbox(struct ctx *c, const struct req *q, struct reply *r)
{
	TRY(check_seen(c, q->id));
	return reply_inbox(c, q->id, false, r);
}

struct inbox_in {
	struct opt_str name, color, language, settings;
	struct str channel;
	struct opt_bool active;
	struct opt_ids member_ids;
	int64_t version;
};
static const struct field post_fields[] = {
    FIELD(struct inbox_in, name, F_TEXT, FIELD_OPTIONAL | FIELD_REQUIRED, 1, 80, NULL),
    FIELD(struct inbox_in, channel, F_TEXT, FIELD_REQUIRED, 1, 40, NULL),
    FIELD(struct inbox_in, color, F_TEXT, FIELD_OPTIONAL, 7, 7, "#RRGGBB"),
    FIELD(struct inbox_in, language, F_TEXT, FIELD_OPTIONAL | FIELD_LANGUAGE, 2, 20, "BCP 47"),
    FIELD(struct inbox_in, settings, F_JSON, FIELD_OPTIONAL, 0, 65536, "By the channel's fields"),
    FIELD(struct inbox_in, member_ids, F_IDS, FIELD_OPTIONAL, 0, 500, NULL),
};
static const struct field patch_fields[] = {
    FIELD(struct inbox_in, version, F_INT, FIELD_REQUIRED, 0, 0, NULL),
    FIELD(struct inbox_in, name, F_TEXT, FIELD_OPTIONAL, 1, 80, NULL),
    FIELD(struct inbox_in, color, F_TEXT, FIELD_OPTIONAL, 7, 7, "#RRGGBB"),
    FIELD(struct inbox_in, language, F_TEXT, FIELD_OPTIONAL | FIELD_LANGUAGE, 2, 20, "BCP 47"),
    FIELD(struct inbox_in, active, F_BOOL, FIELD_OPTIONAL, 0, 0, NULL),
    FIELD(struct inbox_in, settings, F_JSON, FIELD_OPTIONAL, 0, 65536, "Only what changes"),
    FIELD(struct inbox_in, member_ids, F_IDS, FIELD_OPTIONAL, 0, 500, NULL),
};
static SHAPE(post_shape, "InboxNew", struct inbox_in, post_fields);
static SHAPE(patch_shape, "InboxChange", struct inbox_in, patch_fields);

static enum err post_inbox(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct inbox_in *in = q->in;
	int64_t id;

	TRY(inbox_add(c,
		      &(struct inbox_new){.name = in->name.v,
					  .channel = in->channel,
					  .color = in->color.v,
					  .language = in->language.v,
					  .settings = in->settings.v},
		      &id));
	if (in->member_ids.is == GIVEN)
		TRY(account_inbox_people(c, id, in->member_ids.v));
	return reply_inbox(c, id, true, r);
}

static enum err change_settings(struct ctx *c, const struct inbox_rows_row *row, struct str json,
				struct inbox_update_in *up)
{
	const struct channel *ch = channel_find(c->desk, row->channel);
	void *settings;

	TRY(open_settings(c, ch, row->settings, &settings));
	TRY(settings_merge(c, ch->settings, settings, json));
	TRY(check_required(c, ch, settings));
	up->settings = SOME_STR(seal_settings(c, ch, settings));
	up->address = SOME_STR(address_in(c, ch, settings));
	return E_OK;
}

static enum err patch_inbox(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct inbox_in *in = q->in;
	struct inbox_update_in up = {.id = q->id,
				     .version = in->version,
				     .name = in->name,
				     .color = in->color,
				     .language = in->language,
				     .active = in->active};
	struct inbox_by_name_row same;
	struct inbox_update_row row;
	struct list rows;
	size_t n = 0;

	TRY(check_seen(c, q->id));
	TRY(inbox_rows(c, SOME_INT(q->id), &rows));
	if (rows.n == 0)
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	if (in->color.is == GIVEN)
		TRY(check_color(c, in->color.v));
	if (in->name.is == GIVEN)
		TRY(inbox_by_name(c, in->name.v, &same, 1, &n));
	if (n && same.id != q->id)
		return fail_str(c, E_CONFLICT, "inbox.inbox_taken", in->name.v);
	if (in->settings.is == GIVEN)
		TRY(change_settings(c, rows.v, in->settings.v, &up));
	TRY(inbox_update(c, &up, &row, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "error.version", NULL);
	if (in->member_ids.is == GIVEN)
		TRY(account_inbox_people(c, q->id, in->member_ids.v));
	TRY(event_add(c, &(struct event){.kind = EV_INBOX_CHANGED, .inbox_id = q->id}));
	ctx_live(
	    c, (struct live){
		   .topic = LIVE_INBOXES, .id = q->id, .inbox_id = q->id, .version = row.version});
	return reply_inbox(c, q->id, false, r);
}

/* ---- channels, as a form needs them ---- */

struct channel_view {
	struct str channel, fields;
	struct strs capabilities;
};
static const struct field channel_fields[] = {
    FIELD(struct channel_view, channel, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct channel_view, capabilities, F_TEXTS, 0, 0, 0, NULL),
    FIELD(struct channel_view, fields, F_JSON, 0, 0, 0, "Rows for the form"),
};
static SHAPE(channel_shape, "Channel", struct channel_view, channel_fields);

static enum err get_channels(struct ctx *c, const struct req *q, struct reply *r)
{
	static const char *const names[] = {"media", "receipts", "typing", "cc", "start", "html"};
	struct channel_view out[16];
	size_t n = 0;

	(void)q;
	for (; c->desk->channels[n] && n < COUNT(out); n++) {
		const struct channel *ch = c->desk->channels[n];
		struct buf form = BUF(c->a);
		struct strs can = {NEWN(c->a, struct str, COUNT(names)), 0};
		for (size_t i = 0; i < COUNT(names); i++)
			if (ch->can >> i & 1)
				can.v[can.n++] = str_of(names[i]);
		settings_form(&form, ch->settings, ch->defaults);
		out[n] = (struct channel_view){str_of(ch->name), buf_str(&form), can};
	}
	reply_many(r, out, n, S(""));
	return E_OK;
}

/* clang-format off */
const struct route inbox_setup_routes[] = {
	{GET,   "/channels",     P_SIGNED_IN,  get_channels, NULL,         &channel_shape, MANY, "Kinds of channel and their settings"},
	{GET,   "/inboxes",      P_SIGNED_IN,  get_inboxes,  NULL,         &inbox_shape,   MANY, "The connected channels one sees"},
	{POST,  "/inboxes",      P_INBOX_EDIT, post_inbox,   &post_shape,  &inbox_shape,   ONE,  "Connect a channel"},
	{GET,   "/inboxes/{id}", P_SIGNED_IN,  get_inbox,    NULL,         &inbox_shape,   ONE,  "One connected channel and its state"},
	{PATCH, "/inboxes/{id}", P_INBOX_EDIT, patch_inbox,  &patch_shape, &inbox_shape,   ONE,  "Change a connected channel"},
	{0},
};
/* clang-format on */
