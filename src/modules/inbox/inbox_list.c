/* A page of the list: each inbox and status is one index read, merged and cut to the page.
 *
 * So a page costs as much as the inboxes one sees, whatever stands in the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/inbox/inbox_rules.h"

#include <stdlib.h>
#include <string.h>

/* ---- orders ---- */

static int by(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_newest(const void *x, const void *y)
{
	const struct conversation_page_row *a = x, *b = y;

	return a->key != b->key ? by(b->key, a->key) : by(b->id, a->id);
}

static int by_oldest(const void *x, const void *y)
{
	return by_newest(y, x);
}

static int by_priority(const void *x, const void *y)
{
	const struct conversation_page_row *a = x, *b = y;

	return a->priority != b->priority ? by(b->priority, a->priority) : by_newest(x, y);
}

static int (*set_order(struct conversation_page_in *p, struct str order))(const void *,
									  const void *)
{
	if (str_eq(order, S("oldest"))) {
		p->oldest = SOME_BOOL(true);
		return by_oldest;
	}
	if (str_eq(order, S("waiting"))) {
		p->waiting = SOME_BOOL(true);
		return by_oldest; /* of another key */
	}
	if (str_eq(order, S("priority"))) {
		p->priority = SOME_BOOL(true);
		return by_priority;
	}
	p->newest = SOME_BOOL(true);
	return by_newest;
}

/* ---- where a page begins and ends ---- */

/* "key.id" or "priority.at.id" of the last row. */
static enum err read_after(struct ctx *c, struct str after, struct conversation_page_in *p)
{
	struct str parts[3], rest = after;
	int64_t v[3] = {0};
	size_t n = 0;

	if (!after.n)
		return E_OK;
	while (n < 3 && str_cut(&rest, '.', &parts[n])) {
		if (!str_int(parts[n], &v[n]))
			return fail(c, E_INVALID, "error.cursor", "after");
		n++;
	}
	p->after_id = v[n - 1];
	if (p->priority.is == GIVEN && n == 3) {
		p->priority_key = SOME_INT(v[0]);
		p->priority_at = SOME_INT(v[1]);
	} else if (n != 2) {
		return fail(c, E_INVALID, "error.cursor", "after");
	} else if (p->newest.is == GIVEN) {
		p->newest_key = SOME_INT(v[0]);
	} else if (p->oldest.is == GIVEN) {
		p->oldest_key = SOME_INT(v[0]);
	} else {
		p->waiting_key = SOME_INT(v[0]);
	}
	return E_OK;
}

static struct str next_after(struct ctx *c, const struct conversation_page_in *p,
			     const struct conversation_page_row *rows, size_t n, size_t most)
{
	if (n < most)
		return S("");
	const struct conversation_page_row *last = rows + n - 1;
	if (p->priority.is == GIVEN)
		return str_fmt(c->a, "%lld.%lld.%lld", (long long)last->priority,
			       (long long)last->key, (long long)last->id);
	return str_fmt(c->a, "%lld.%lld", (long long)last->key, (long long)last->id);
}

/* ---- reading ---- */

/* What one inbox and status give. */
struct part {
	int64_t inbox_id;
	struct str status;
	struct list rows;
	size_t asked;
};

struct page {
	struct conversation_page_in p;
	int (*order)(const void *, const void *);
	struct part *parts;
	size_t parts_n, most;
	struct opt_int tag_id;
	struct conversation_page_row *rows;
	size_t n;
};

static enum err read_part(struct ctx *c, struct page *page, struct part *part, size_t most)
{
	struct conversation_page_in *p = &page->p;

	part->asked = most;
	p->inbox_id = part->inbox_id;
	p->status = part->status;
	p->most = (int64_t)most;
	if (page->tag_id.is != GIVEN)
		return conversation_page(c, p, &part->rows);
	struct conversation_tagged_in tagged = {
	    p->inbox_id,     p->status,      p->assignee_id, p->team_id,
	    page->tag_id.v,  p->newest,      p->oldest,      p->waiting,
	    p->priority,     p->newest_key,  p->oldest_key,  p->waiting_key,
	    p->priority_key, p->priority_at, p->after_id,    p->most,
	};

	/* Both rows have the same columns. */
	return conversation_tagged(c, &tagged, &part->rows);
}

static void merge(struct ctx *c, struct page *page)
{
	size_t all = 0;

	for (size_t i = 0; i < page->parts_n; i++)
		all += page->parts[i].rows.n;
	page->rows = NEWN(c->a, struct conversation_page_row, all + 1);
	page->n = 0;
	for (size_t i = 0; i < page->parts_n; i++) {
		const struct list *rows = &page->parts[i].rows;
		if (rows->n)
			memcpy(page->rows + page->n, rows->v, rows->n * sizeof *page->rows);
		page->n += rows->n;
	}
	qsort(page->rows, page->n, sizeof *page->rows, page->order);
	page->n = page->n < page->most ? page->n : page->most;
}

/* Whether what a part has not shown yet may stand on the page too. */
static bool has_more(const struct page *page, const struct part *part)
{
	const struct conversation_page_row *rows = part->rows.v;

	if (part->rows.n < part->asked || part->asked == page->most)
		return false;
	return page->n < page->most ||
	       page->order(&rows[part->rows.n - 1], &page->rows[page->n - 1]) < 0;
}

/* A little of each first: together that is mostly a page already. */
static enum err read_parts(struct ctx *c, struct page *page)
{
	size_t little = 2 * page->most / (page->parts_n + 1) + 2;
	bool again = false;

	little = little < page->most ? little : page->most;
	for (size_t i = 0; i < page->parts_n; i++)
		TRY(read_part(c, page, &page->parts[i], little));
	merge(c, page);
	for (size_t i = 0; i < page->parts_n; i++) {
		if (!has_more(page, &page->parts[i]))
			continue;
		TRY(read_part(c, page, &page->parts[i], page->most));
		again = true;
	}
	if (again)
		merge(c, page);
	return E_OK;
}

static void make_parts(struct ctx *c, struct page *page, struct ids inboxes, struct str status)
{
	static const char *const all[] = {"open", "pending", "snoozed", "resolved", "spam"};
	bool any = str_eq(status, S("any"));

	page->parts = NEWN(c->a, struct part, inboxes.n * COUNT(all) + 1);
	for (size_t i = 0; i < inboxes.n; i++)
		for (size_t k = 0; k < (any ? COUNT(all) : 1); k++)
			page->parts[page->parts_n++] = (struct part){
			    .inbox_id = inboxes.v[i], .status = any ? str_of(all[k]) : status};
}

enum err inbox_list(struct ctx *c, const struct inbox_list *want, struct ids *ids, struct str *next)
{
	struct page page = {.p = {.assignee_id = want->assignee_id, .team_id = want->team_id},
			    .tag_id = want->tag_id,
			    .most = want->most};
	struct ids inboxes = c->actor.scope;

	page.order = set_order(&page.p, want->order);
	TRY(read_after(c, want->after, &page.p));
	if (want->inbox_id.is == GIVEN)
		inboxes = (struct ids){(int64_t *)&want->inbox_id.v,
				       ctx_sees(c, want->inbox_id.v) ? 1 : 0};
	make_parts(c, &page, inboxes, want->status);
	TRY(read_parts(c, &page));
	*next = next_after(c, &page.p, page.rows, page.n, page.most);
	*ids = (struct ids){NEWN(c->a, int64_t, page.n + 1), page.n};
	for (size_t i = 0; i < page.n; i++)
		ids->v[i] = page.rows[i].id;
	return E_OK;
}
