/* Routes of a thread: messages, drafts, files, canned replies filled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/desk.h"
#include "core/work.sql.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox_rules.h"

#include <fcntl.h>
#include <unistd.h>

enum { PAGE = 50, TEXT_LIMIT = 100000 };

/* ---- the thread ---- */

struct page_in {
	struct str before;
	int64_t limit;
};
static const struct field page_fields[] = {
    FIELD(struct page_in, before, F_TEXT, 0, 0, 30, "The page's previous"),
    FIELD(struct page_in, limit, F_INT, 0, 1, 100, NULL),
};
static SHAPE(page_shape, "ThreadQuery", struct page_in, page_fields);

struct thread_view {
	struct list items;
	struct opt_str previous;
};
static const struct field thread_fields[] = {
    FIELD_LIST(struct thread_view, items, 0, 0, &entry_shape, "Oldest first"),
    FIELD(struct thread_view, previous, F_TEXT, FIELD_NULLABLE, 0, 0,
	  "Ask before this for the page above"),
};
static SHAPE(thread_shape, "Thread", struct thread_view, thread_fields);

static enum err get_thread(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct page_in *in = q->in;
	struct conversation_rows_row v;
	struct thread_view t = {.previous = NULL_STR};
	int64_t before, first;

	TRY(inbox_row(c, q->id, &v));
	TRY(req_cursor(c, in->before, INT64_MAX, &before));
	TRY(inbox_thread(c, q->id, before, in->limit ? (size_t)in->limit : PAGE, &t.items, &first));
	if (first)
		t.previous = SOME_STR(str_fmt(c->a, "%lld", (long long)first));
	reply_one(r, &t);
	return E_OK;
}

/* An entry of this conversation, if the actor may see it. */
static enum err find_entry(struct ctx *c, const struct req *q, struct entry_get_row *e)
{
	struct conversation_rows_row v;
	size_t n;

	TRY(inbox_row(c, q->id, &v));
	TRY(entry_get(c, q->id2, e, 1, &n));
	if (n == 0 || e->conversation_id != q->id)
		return fail(c, E_NOTFOUND, "inbox.entry_unknown", NULL);
	return E_OK;
}

static enum err reply_entry(struct ctx *c, int64_t id, bool created, struct reply *r)
{
	void *view;

	TRY(inbox_entry(c, id, &view));
	if (created)
		reply_created(r, view, id);
	else
		reply_one(r, view);
	return E_OK;
}

/* ---- mail's HTML and source ---- */

struct inline_view {
	struct str cid;
	int64_t file_id;
};
static const struct field inline_fields[] = {
    FIELD(struct inline_view, cid, F_TEXT, 0, 0, 0, NULL),
    FIELD(struct inline_view, file_id, F_INT, 0, 0, 0, NULL),
};
static SHAPE(inline_shape, "InlineFile", struct inline_view, inline_fields);

struct html_view {
	struct str html;
	struct opt_str quoted_html;
	bool has_remote;
	struct list inlines;
};
static const struct field html_fields[] = {
    FIELD(struct html_view, html, F_TEXT, 0, 0, 0, "Cleaned, for /frame.html"),
    FIELD(struct html_view, quoted_html, F_TEXT, FIELD_NULLABLE, 0, 0,
	  "The mail it answers, to be folded"),
    FIELD(struct html_view, has_remote, F_BOOL, 0, 0, 0,
	  "It has pictures from elsewhere, shown when asked"),
    FIELD_LIST(struct html_view, inlines, 0, 0, &inline_shape, NULL),
};
static SHAPE(html_shape, "MessageHtml", struct html_view, html_fields);

static enum err get_html(struct ctx *c, const struct req *q, struct reply *r)
{
	struct entry_get_row e;
	struct entry_html_get_row row;
	struct html_view h = {0};
	struct list files;
	size_t n;

	TRY(find_entry(c, q, &e));
	TRY(entry_html_get(c, e.id, &row, 1, &n));
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.no_html", NULL);
	ptrdiff_t fold = str_find(row.html, S(INCOMING_FOLD));
	h.html = fold < 0 ? row.html : str_slice(row.html, 0, (size_t)fold);
	h.quoted_html = fold < 0
			    ? NULL_STR
			    : SOME_STR(str_slice(row.html, (size_t)fold + sizeof INCOMING_FOLD - 1,
						 row.html.n));
	h.has_remote = str_find(row.html, S("data-remote=")) >= 0;
	TRY(attachment_rows(c, (struct ids){&e.id, 1}, &files));
	const struct attachment_rows_row *f = files.v;
	struct inline_view *v = NEWN(c->a, struct inline_view, files.n + 1);
	for (size_t i = 0; i < files.n; i++)
		if (f[i].cid.n)
			v[h.inlines.n++] = (struct inline_view){f[i].cid, f[i].id};
	h.inlines.v = v;
	reply_one(r, &h);
	return E_OK;
}

static enum err get_raw(struct ctx *c, const struct req *q, struct reply *r)
{
	struct entry_get_row e;
	const char *path;

	TRY(find_entry(c, q, &e));
	if (!e.raw_hash.n)
		return fail(c, E_NOTFOUND, "inbox.no_source", NULL);
	TRY(blob_path(c->desk->blobs, c->a, e.raw_hash, &path));
	reply_file(r, path, S("text/plain; charset=utf-8"), S("message.eml"), false);
	return E_OK;
}

/* ---- writing ---- */

struct message_in {
	struct str kind, text, client_id, then;
	struct ids attachment_ids, mention_ids;
	struct strs to, cc;
	struct opt_int seen_version, seen_reply, canned_id;
};
static const struct field message_fields[] = {
    FIELD_ENUM(struct message_in, kind, FIELD_REQUIRED, "reply|note", NULL),
    FIELD(struct message_in, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 0, TEXT_LIMIT, NULL),
    FIELD(struct message_in, client_id, F_TEXT, 0, 0, 64, "The same one twice is one message"),
    FIELD(struct message_in, attachment_ids, F_IDS, 0, 0, 20, NULL),
    FIELD(struct message_in, mention_ids, F_IDS, 0, 0, 20, "People named in a note"),
    FIELD(struct message_in, to, F_TEXTS, 0, 0, 20, NULL),
    FIELD(struct message_in, cc, F_TEXTS, 0, 0, 20, NULL),
    FIELD(struct message_in, seen_version, F_INT, FIELD_OPTIONAL, 0, 0,
	  "The customer's newest entry the writer saw (last_in_id)"),
    FIELD(struct message_in, seen_reply, F_INT, FIELD_OPTIONAL, 0, 0,
	  "The newest entry when the draft began: a colleague's answer after it is refused once"),
    FIELD(struct message_in, canned_id, F_INT, FIELD_OPTIONAL, 0, 0,
	  "The canned reply it began from"),
    FIELD_ENUM(struct message_in, then, 0, "resolve|pending", NULL),
};
static SHAPE(message_shape, "MessageNew", struct message_in, message_fields);

/* Each is one address, bare or behind a name. */
static enum err check_addresses(struct ctx *c, const struct strs *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str one = list->v[i], bare = one;
		ptrdiff_t open = str_find_char(one, '<');

		if (open >= 0 && str_ends(one, S(">")))
			bare = str_slice(one, (size_t)open + 1, one.n - 1);
		if (str_find_char(one, ',') >= 0 || !customer_email_ok(bare))
			return fail_str(c, E_INVALID, "error.email", one);
	}
	return E_OK;
}

/* Two who answer the same thing: the second is told before it goes out. */
static enum err check_answered(struct ctx *c, const struct message_in *in,
			       const struct conversation_rows_row *v)
{
	struct entry_answered_row row;
	size_t n;

	if (in->seen_reply.is != GIVEN)
		return E_OK;
	TRY(entry_answered(c, v->id, in->seen_reply.v, c->actor.id, &row, 1, &n));
	return n ? fail(c, E_CONFLICT, "inbox.answered_meanwhile", NULL) : E_OK;
}

/* What the writer had not seen when he began, and what nobody filled in. */
static enum err check_message(struct ctx *c, const struct message_in *in,
			      const struct conversation_rows_row *v, struct str *text)
{
	struct strs missing = {0};

	if (str_blank(in->text) && !in->attachment_ids.n)
		return fail(c, E_INVALID, "error.field_empty", "text");
	TRY(check_addresses(c, &in->to));
	TRY(check_addresses(c, &in->cc));
	*text = in->text;
	if (str_eq(in->kind, S("note")))
		return E_OK;
	if (in->seen_version.is == GIVEN && in->seen_version.v < v->last_in_id)
		return fail(c, E_CONFLICT, "inbox.new_messages", NULL);
	TRY(check_answered(c, in, v));
	TRY(inbox_fill(c, v, in->text, text, &missing));
	if (missing.n)
		return fail_str(c, E_INVALID, "inbox.unresolved_variable", missing.v[0]);
	return E_OK;
}

static enum err after_sending(struct ctx *c, const struct message_in *in, int64_t id)
{
	struct inbox_change ch = {0};

	if (str_eq(in->then, S("resolve")))
		ch.status = SOME_STR(S("resolved"));
	else if (str_eq(in->then, S("pending")))
		ch.status = SOME_STR(S("pending"));
	else
		return E_OK;
	return inbox_change(c, id, 0, &ch);
}

/* The person's other windows: what is kept there now, 0 when nothing is. */
static void draft_live(struct ctx *c, int64_t id, int64_t version)
{
	ctx_live(c, (struct live){.topic = LIVE_ME,
				  .id = c->actor.id,
				  .kind = S("draft"),
				  .data = str_fmt(c->a, "\"conversation_id\":%lld,\"version\":%lld",
						  (long long)id, (long long)version)});
}

static enum err post_message(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct message_in *in = q->in;
	struct conversation_rows_row v;
	struct str text;
	int64_t id;
	bool fresh;

	TRY(inbox_row(c, q->id, &v));
	TRY(check_message(c, in, &v, &text));
	TRY(inbox_check_mentions(c, in->kind, in->mention_ids, v.inbox_id));
	TRY(inbox_write(c,
			&(struct inbox_write){.conversation_id = q->id,
					      .kind = in->kind,
					      .text = text,
					      .files = in->attachment_ids,
					      .to = inbox_join(c->a, &in->to),
					      .cc = inbox_join(c->a, &in->cc),
					      .client_id = in->client_id},
			&id, &fresh));
	if (fresh) {
		TRY(inbox_mention(c, id, in->mention_ids));
		TRY(draft_delete(c, q->id, c->actor.id));
		draft_live(c, q->id, 0);
		if (in->canned_id.is == GIVEN)
			TRY(canned_use(c, in->canned_id.v));
		TRY(mark_read(c, q->id, c->actor.id, v.last_in_id));
		TRY(after_sending(c, in, q->id));
	}
	return reply_entry(c, id, true, r);
}

static enum err delete_message(struct ctx *c, const struct req *q, struct reply *r)
{
	struct entry_get_row e;
	struct draft_put_row put;
	struct draft_view d = {.kind = S("reply")};
	struct list rows;
	struct buf ids = BUF(c->a);
	size_t n;

	TRY(find_entry(c, q, &e));
	if (e.person_id != c->actor.id)
		return fail(c, E_DENIED, "inbox.not_yours", NULL);
	TRY(inbox_undo(c, &e));
	/* Its text goes back to where it was written. */
	TRY(attachment_rows(c, (struct ids){&e.id, 1}, &rows));
	const struct attachment_rows_row *f = rows.v;
	for (size_t i = 0; i < rows.n; i++)
		buf_fmt(&ids, "%s%lld", i ? "," : "", (long long)f[i].id);
	TRY(draft_put(c,
		      &(struct draft_put_in){q->id, c->actor.id, d.kind, e.text, buf_str(&ids),
					     e.recipients, e.cc, c->now},
		      &put, 1, &n));
	draft_live(c, q->id, put.version);
	d = (struct draft_view){.kind = d.kind,
				.text = e.text,
				.at = c->now,
				.version = put.version,
				.to = inbox_split(c->a, e.recipients),
				.cc = inbox_split(c->a, e.cc)};
	TRY(inbox_files_of(c, buf_str(&ids), &d.attachments));
	reply_one(r, &d);
	return E_OK;
}

static enum err post_retry(struct ctx *c, const struct req *q, struct reply *r)
{
	struct entry_get_row e;
	struct job_of_subject_row job;
	size_t n;

	TRY(find_entry(c, q, &e));
	TRY(job_of_subject(c, S("mail"), e.id, &job, 1, &n));
	if (n == 0)
		return fail(c, E_CONFLICT, "job.not_failed", NULL);
	TRY(job_retry(c, job.id));
	TRY(inbox_entry_state(c, e.id, "queued", NULL, S("")));
	return reply_entry(c, e.id, false, r);
}

struct settle_in {
	bool sent;
};
static const struct field settle_fields[] = {
    FIELD(struct settle_in, sent, F_BOOL, FIELD_REQUIRED, 0, 0,
	  "true: it arrived; false: it did not"),
};
static SHAPE(settle_shape, "SettleIn", struct settle_in, settle_fields);

static enum err post_settle(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct settle_in *in = q->in;
	struct entry_get_row e;
	struct job_of_subject_row job;
	struct job_drop_row dropped;
	size_t n;

	TRY(find_entry(c, q, &e));
	if (!str_eq(e.state, S("unknown")))
		return fail(c, E_CONFLICT, "inbox.not_unknown", NULL);
	TRY(job_of_subject(c, S("mail"), e.id, &job, 1, &n));
	if (n && in->sent)
		TRY(job_drop(c, job.id, &dropped, 1, &n));
	else if (n)
		TRY(job_state(c, &(struct job_state_in){.id = job.id,
							.state = S("failed"),
							.error_key = S("inbox.said_not_sent")}));
	TRY(inbox_entry_state(c, e.id, in->sent ? "sent" : "failed",
			      in->sent ? NULL : "inbox.said_not_sent", S("")));
	return reply_entry(c, e.id, false, r);
}

/* ---- drafts ---- */

struct draft_in {
	struct str kind, text;
	struct ids attachment_ids;
	struct strs to, cc;
	struct opt_int version;
};
static const struct field draft_fields[] = {
    FIELD_ENUM(struct draft_in, kind, FIELD_REQUIRED, "reply|note", NULL),
    FIELD(struct draft_in, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 0, TEXT_LIMIT, NULL),
    FIELD(struct draft_in, attachment_ids, F_IDS, 0, 0, 20, NULL),
    FIELD(struct draft_in, to, F_TEXTS, 0, 0, 20, NULL),
    FIELD(struct draft_in, cc, F_TEXTS, 0, 0, 20, NULL),
    FIELD(struct draft_in, version, F_INT, FIELD_OPTIONAL, 0, 0,
	  "The one it goes on from, 0 for none: another in its place is not written over"),
};
static SHAPE(draft_in_shape, "DraftIn", struct draft_in, draft_fields);

static enum err check_draft(struct ctx *c, int64_t id, struct opt_int from)
{
	struct draft_get_row now;
	size_t n;

	if (from.is != GIVEN)
		return E_OK;
	TRY(draft_get(c, id, c->actor.id, &now, 1, &n));
	if (n && now.version != from.v)
		return fail(c, E_CONFLICT, "error.version", NULL);
	return E_OK;
}

static enum err put_draft(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct draft_in *in = q->in;
	struct conversation_rows_row v;
	struct draft_put_row row;
	struct buf ids = BUF(c->a);
	const void *view;
	size_t n;

	TRY(inbox_row(c, q->id, &v));
	TRY(check_draft(c, q->id, in->version));
	for (size_t i = 0; i < in->attachment_ids.n; i++)
		buf_fmt(&ids, "%s%lld", i ? "," : "", (long long)in->attachment_ids.v[i]);
	TRY(draft_put(c,
		      &(struct draft_put_in){q->id, c->actor.id, in->kind, in->text, buf_str(&ids),
					     inbox_join(c->a, &in->to), inbox_join(c->a, &in->cc),
					     c->now},
		      &row, 1, &n));
	TRY(inbox_draft(c, q->id, &view));
	draft_live(c, q->id, row.version);
	reply_one(r, view);
	return E_OK;
}

static enum err delete_draft(struct ctx *c, const struct req *q, struct reply *r)
{
	struct conversation_rows_row v;

	TRY(inbox_row(c, q->id, &v));
	TRY(draft_delete(c, q->id, c->actor.id));
	draft_live(c, q->id, 0);
	reply_none(r);
	return E_OK;
}

/* ---- files ---- */

struct upload_in {
	struct str name;
};
static const struct field upload_fields[] = {
    FIELD(struct upload_in, name, F_TEXT, FIELD_REQUIRED, 1, 255, "What the file is called"),
};
static SHAPE(upload_shape, "UploadQuery", struct upload_in, upload_fields);

static struct str read_head(struct arena *a, const char *path)
{
	char *head = arena_alloc(a, 65536);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, 65536) : 0;

	if (fd >= 0)
		close(fd);
	return (struct str){head, n > 0 ? (size_t)n : 0};
}

enum err inbox_keep_upload(struct ctx *c, const struct req *q, struct str name, struct upload **out)
{
	struct http_req *h = q->http;
	struct upload *u = NEW(c->a, struct upload);

	*out = u;
	if (!h->body_file.n || h->body_size == 0)
		return fail(c, E_INVALID, "inbox.file_empty", NULL);
	struct str head = read_head(c->a, str_z(c->a, h->body_file));
	struct str claimed = http_header(h, "Content-Type");
	u->type = blob_sniff(head, claimed.p ? claimed : S(""));
	if (!blob_image_size(head, &u->width, &u->height))
		u->width = u->height = 0;
	u->size = h->body_size;
	u->name = blob_name(c->a, name);
	enum err e = blob_take(c->desk->blobs, c->a, h->body_file, h->body_sha256, &u->hash);
	return e == E_OK ? E_OK : fail(c, e, "error.disk", NULL);
}

enum err inbox_add_file(struct ctx *c, const struct upload *u, int64_t inbox_id,
			struct file_view *out)
{
	struct file_insert_row row;
	size_t n;

	TRY(file_insert(
	    c,
	    &(struct file_insert_in){.hash = u->hash,
				     .name = u->name,
				     .type = u->type,
				     .size = u->size,
				     .width = u->width ? SOME_INT(u->width) : NULL_INT,
				     .height = u->height ? SOME_INT(u->height) : NULL_INT,
				     .actor_kind = c->actor.kind,
				     .actor_id = c->actor.id,
				     .inbox_id = inbox_id,
				     .at = c->now},
	    &row, 1, &n));
	*out = inbox_file_view(c, row.id, u->name, u->type, u->size,
			       u->width ? SOME_INT(u->width) : NULL_INT,
			       u->height ? SOME_INT(u->height) : NULL_INT);
	return E_OK;
}

static enum err prepare_upload(struct ctx *c, const struct req *q, void **made)
{
	return inbox_keep_upload(c, q, ((const struct upload_in *)q->in)->name,
				 (struct upload **)made);
}

static enum err post_upload(struct ctx *c, const struct req *q, struct reply *r)
{
	struct file_view f;

	TRY(inbox_add_file(c, q->made, 0, &f));
	reply_created(r, &f, f.id);
	return E_OK;
}

struct file_in {
	bool download;
};
static const struct field file_in_fields[] = {
    FIELD(struct file_in, download, F_BOOL, 0, 0, 0, "Save instead of show"),
};
static SHAPE(file_in_shape, "FileQuery", struct file_in, file_in_fields);

static enum err get_file(struct ctx *c, const struct req *q, struct reply *r)
{
	struct file_get_row f;
	const char *path;
	size_t n;

	TRY(file_get(c, q->id, &f, 1, &n));
	bool own = n && f.actor_kind == (int64_t)c->actor.kind && f.actor_id == c->actor.id &&
		   f.inbox_id == 0;
	if (n == 0 || (!own && !(f.inbox_id && ctx_sees(c, f.inbox_id))))
		return fail(c, E_NOTFOUND, "inbox.file_unknown", NULL);
	TRY(blob_path(c->desk->blobs, c->a, f.hash, &path));
	bool shown = str_starts(f.type, S("image/")) || str_eq(f.type, S("application/pdf"));
	reply_file(r, path, f.type, f.name, ((const struct file_in *)q->in)->download || !shown);
	return E_OK;
}

enum err inbox_file_of_conversation(struct ctx *c, int64_t file_id, int64_t conversation_id,
				    struct upload *out)
{
	struct file_get_row f;
	struct attachment_conversation_row hangs;
	size_t n;

	TRY(file_get(c, file_id, &f, 1, &n));
	bool own = n && f.actor_kind == (int64_t)c->actor.kind && f.actor_id == c->actor.id;
	if (n == 0)
		return fail(c, E_NOTFOUND, "inbox.file_unknown", NULL);
	TRY(attachment_conversation(c, file_id, conversation_id, &hangs, 1, &n));
	if (!own && hangs.n == 0)
		return fail(c, E_NOTFOUND, "inbox.file_unknown", NULL);
	*out = (struct upload){.hash = f.hash, .name = f.name, .type = f.type, .size = f.size};
	return E_OK;
}

/* ---- starting one ---- */

struct start_in {
	int64_t inbox_id;
	struct opt_int customer_id;
	struct opt_str email, name;
	struct str subject, text;
	struct ids attachment_ids;
};
static const struct field start_fields[] = {
    FIELD(struct start_in, inbox_id, F_INT, FIELD_REQUIRED, 1, INT64_MAX, NULL),
    FIELD(struct start_in, customer_id, F_INT, FIELD_OPTIONAL, 0, 0, "Or an e-mail"),
    FIELD(struct start_in, email, F_TEXT, FIELD_OPTIONAL, 3, 320, NULL),
    FIELD(struct start_in, name, F_TEXT, FIELD_OPTIONAL, 0, 200, NULL),
    FIELD(struct start_in, subject, F_TEXT, FIELD_REQUIRED, 1, 500, NULL),
    FIELD(struct start_in, text, F_TEXT, FIELD_REQUIRED | FIELD_LONG, 1, TEXT_LIMIT, NULL),
    FIELD(struct start_in, attachment_ids, F_IDS, 0, 0, 20, NULL),
};
static SHAPE(start_shape, "ConversationNew", struct start_in, start_fields);

static enum err start_customer(struct ctx *c, const struct start_in *in, int64_t *id,
			       struct str *email)
{
	struct customer_view v;
	bool blocked;

	if (in->customer_id.is == GIVEN) {
		*id = in->customer_id.v;
		TRY(customer_view(c, *id, &v));
		if (v.merged_into.is == GIVEN)
			return fail(c, E_CONFLICT, "customer.merged", NULL);
		*email = v.email;
	} else {
		*email = str_lower(c->a, in->email.v);
		if (!customer_email_ok(*email))
			return fail_str(c, E_INVALID, "error.email", in->email.v);
		TRY(customer_resolve(c,
				     &(struct customer_known){
					 .kind = S("email"), .value = *email, .name = in->name.v},
				     id, &blocked));
	}
	return email->n ? E_OK : fail(c, E_INVALID, "inbox.no_address", NULL);
}

static enum err post_start(struct ctx *c, const struct req *q, struct reply *r)
{
	const struct start_in *in = q->in;
	struct inbox_link link;
	struct conversation_insert_row row;
	struct conversation_rows_row v;
	struct str email;
	int64_t customer, entry;
	void *full;
	bool fresh;
	size_t n;

	if (!ctx_sees(c, in->inbox_id))
		return fail(c, E_NOTFOUND, "inbox.inbox_unknown", NULL);
	TRY(inbox_link_of(c, in->inbox_id, &link));
	if (!(link.channel->can & CAN_START))
		return fail(c, E_INVALID, "inbox.cannot_start", NULL);
	TRY(start_customer(c, in, &customer, &email));
	TRY(conversation_insert(
	    c,
	    &(struct conversation_insert_in){.inbox_id = in->inbox_id,
					     .channel = str_of(link.channel->name),
					     .customer_id = customer,
					     .subject = in->subject,
					     .status = S("open"),
					     .language = S(""),
					     .at = c->now},
	    &row, 1, &n));
	TRY(customer_counted(c, customer));
	TRY(inbox_row(c, row.id, &v));
	TRY(inbox_index_subject(c, &v, in->subject));
	TRY(inbox_event(c, &v, EV_CONVERSATION_CREATED,
			str_fmt(c->a, "{\"channel\":\"%s\"}", link.channel->name)));
	TRY(inbox_change(c, row.id, 0,
			 &(struct inbox_change){.assignee_id = SOME_INT(c->actor.id)}));
	TRY(inbox_write(c,
			&(struct inbox_write){.conversation_id = row.id,
					      .kind = S("reply"),
					      .text = in->text,
					      .files = in->attachment_ids,
					      .to = email},
			&entry, &fresh));
	TRY(inbox_full(c, row.id, &full));
	reply_created(r, full, row.id);
	return E_OK;
}

/* clang-format off */
const struct route inbox_message_routes[] = {
	{POST,   "/conversations",                             P_CONVERSATION_REPLY, post_start,     &start_shape,    &conversation_shape, ONE,  "Start a conversation by mail"},
	{GET,    "/conversations/{id}/thread",                 P_CONVERSATION_READ,  get_thread,     &page_shape,     &thread_shape,       ONE,  "Messages, notes and events, a page from the end"},
	{POST,   "/conversations/{id}/messages",               P_CONVERSATION_REPLY, post_message,   &message_shape,  &entry_shape,        ONE,  "Answer, or write a note"},
	{DELETE, "/conversations/{id}/messages/{id2}",         P_CONVERSATION_REPLY, delete_message, NULL,            &draft_shape,        ONE,  "Take an answer back while it can be; its text is the draft again"},
	{POST,   "/conversations/{id}/messages/{id2}/retry",   P_CONVERSATION_REPLY, post_retry,     NULL,            &entry_shape,        ONE,  "Send a failed one again"},
	{POST,   "/conversations/{id}/messages/{id2}/settle",  P_CONVERSATION_REPLY, post_settle,    &settle_shape,   &entry_shape,        ONE,  "Say whether an unknown one arrived"},
	{GET,    "/conversations/{id}/messages/{id2}/html",    P_CONVERSATION_READ,  get_html,       NULL,            &html_shape,         ONE,  "A mail's cleaned HTML"},
	{GET,    "/conversations/{id}/messages/{id2}/raw",     P_CONVERSATION_READ,  get_raw,        NULL,            NULL,                NONE, "A message's source"},
	{PUT,    "/conversations/{id}/draft",                  P_CONVERSATION_REPLY, put_draft,      &draft_in_shape, &draft_shape,        ONE,  "Keep what is being written"},
	{DELETE, "/conversations/{id}/draft",                  P_CONVERSATION_REPLY, delete_draft,   NULL,            NULL,                NONE, "Throw the draft away"},
	{POST,   "/uploads",                                   P_CONVERSATION_REPLY, post_upload,    &upload_shape,   &file_shape,         ONE,  "Upload a file, as the body", ROUTE_UPLOAD | ROUTE_SLOW, prepare_upload},
	{GET,    "/files/{id}",                                P_CONVERSATION_READ,  get_file,       &file_in_shape,  NULL,                NONE, "A file"},
	{0},
};
/* clang-format on */
