/* Pages of the list: the same whatever is merged, and each read is one index, in its order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/testing.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/inbox/inbox_rules.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct module *const modules[] = {&core_module, &account_module, &customer_module,
					       &inbox_module, NULL};

struct no_settings {
	int64_t none;
};
static const struct field no_fields[] = {FIELD(struct no_settings, none, F_INT, 0, 0, 0, NULL)};
static SHAPE(no_shape, "NoSettings", struct no_settings, no_fields);
static const struct no_settings nothing;
static const struct channel chat = {.name = "chat", .settings = &no_shape, .defaults = &nothing};
static const struct channel *const channels[] = {&chat, NULL};

enum { EACH = 40, TAG = 7 };

struct desk_of_three {
	int64_t inboxes[3];
};

/* Forty in each of three inboxes, in no order of anything; some of one moment. */
static enum err fill(struct ctx *c, void *arg)
{
	static const char *const statuses[] = {"open", "pending", "snoozed", "resolved", "spam"};
	static const char *const names[] = {"one", "two", "three"};
	struct desk_of_three *w = arg;

	TRY(account_seed(c));
	for (size_t b = 0; b < 3; b++)
		TRY(inbox_add(c,
			      &(struct inbox_new){.name = str_of(names[b]), .channel = S("chat")},
			      &w->inboxes[b]));
	TRY(db_script(c->db, "INSERT INTO tag (id, name) VALUES (7, 'late')"));
	for (int i = 0; i < 3 * EACH; i++) {
		int x = i * 37 % 101;
		TRY(db_script(
		    c->db,
		    str_fmt(c->a,
			    "INSERT INTO conversation (id, inbox_id, channel, customer_id, status,"
			    " priority, assignee_id, team_id, last_at, waiting_since, created_at)"
			    " VALUES (%d, %lld, 'chat', 1, '%s', %d, %d, %d, %d, %s, 1)",
			    i + 1, (long long)w->inboxes[i % 3], statuses[i / 3 % 5], x % 5,
			    i % 4 ? 0 : 5, i % 2 ? 9 : 0, 1000 + x / 2,
			    x % 3 ? str_fmt(c->a, "%d", 500 + x / 3).p : "NULL")
			.p));
		if (i % 6 == 0)
			TRY(db_script(c->db,
				      str_fmt(c->a,
					      "INSERT INTO conversation_tag (conversation_id, "
					      "tag_id, inbox_id) VALUES (%d, %d, %lld)",
					      i + 1, TAG, (long long)w->inboxes[i % 3])
					  .p));
	}
	/* The tags' rows follow their conversations. */
	return db_script(c->db, "UPDATE conversation SET last_at = last_at + 0");
}

struct walk {
	struct inbox_list want;
	struct ids scope;
	int64_t seen[3 * EACH];
	size_t n;
};

/* The whole list, `most` at a time. */
static enum err walk(struct ctx *c, void *arg)
{
	struct walk *w = arg;
	struct ids page;

	c->actor.scope = w->scope;
	w->n = 0;
	w->want.after = S("");
	do {
		TRY(inbox_list(c, &w->want, &page, &w->want.after));
		for (size_t i = 0; i < page.n && w->n < COUNT(w->seen); i++)
			w->seen[w->n++] = page.v[i];
	} while (w->want.after.n && w->n < COUNT(w->seen));
	return E_OK;
}

/* clang-format off */
static const struct {
	const char *order, *status;
	struct opt_int assignee, team, tag;
	size_t n; /* in the first two inboxes */
} lists[] = {
	{"newest",   "open",     {0},         {0},         {0},           16},
	{"oldest",   "any",      {0},         {0},         {0},           80},
	{"newest",   "any",      {0},         {0},         {0},           80},
	{"priority", "any",      {0},         {0},         {0},           80},
	{"priority", "resolved", {0},         {0},         {0},           16},
	{"newest",   "any",      {GIVEN, 5},  {0},         {0},           20},
	{"priority", "any",      {GIVEN, 5},  {0},         {0},           20},
	{"newest",   "any",      {GIVEN, 0},  {0},         {0},           60},
	{"newest",   "any",      {0},         {GIVEN, 9},  {0},           40},
	{"oldest",   "any",      {0},         {0},         {GIVEN, TAG},  20},
	{"priority", "any",      {0},         {0},         {GIVEN, TAG},  20},
	{"newest",   "open",     {GIVEN, 5},  {0},         {GIVEN, TAG},   2},
};
/* clang-format on */

/* Read by threes it is the same list as read at once, with nothing twice and of no other inbox. */
static void merges_what_it_reads(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		struct desk_of_three d;
		struct walk by_three, whole;

		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, fill, &d), E_OK);
		for (size_t i = 0; i < COUNT(lists); i++) {
			whole = (struct walk){.want = {.order = str_of(lists[i].order),
						       .status = str_of(lists[i].status),
						       .assignee_id = lists[i].assignee,
						       .team_id = lists[i].team,
						       .tag_id = lists[i].tag,
						       .most = 100},
					      .scope = {d.inboxes, 2}};
			by_three = whole;
			by_three.want.most = 3;
			assert_int_equal(testing_do(&t, walk, &whole), E_OK);
			assert_int_equal(testing_do(&t, walk, &by_three), E_OK);
			assert_int_equal(whole.n, lists[i].n);
			assert_int_equal(by_three.n, whole.n);
			assert_memory_equal(by_three.seen, whole.seen, whole.n * sizeof(int64_t));
		}
		testing_close(&t);
	}
}

/* ---- plans ---- */

static uint64_t bit(const struct query *q, const char *name)
{
	for (size_t i = 0; name && i < q->in->n; i++)
		if (str_eq(str_of(q->in->fields[i].name), str_of(name)))
			return 1ULL << i;
	return 0;
}

/* What the plan must name, on both engines. */
static const struct {
	const char *order, *key, *filter, *index;
} plans[] = {
    {"newest", NULL, NULL, "conversation_inbox"},
    {"newest", "newest_key", NULL, "conversation_inbox"},
    {"oldest", "oldest_key", NULL, "conversation_inbox"},
    {"waiting", NULL, NULL, "conversation_inbox_waiting"},
    {"waiting", "waiting_key", NULL, "conversation_inbox_waiting"},
    {"priority", NULL, NULL, "conversation_inbox_priority"},
    {"priority", "priority_key", NULL, "conversation_inbox_priority"},
    {"newest", "newest_key", "assignee_id", "conversation_mine"},
    {"waiting", "waiting_key", "assignee_id", "conversation_mine_waiting"},
    {"priority", "priority_key", "assignee_id", "conversation_mine_priority"},
    {"newest", NULL, "team_id", "conversation_team"},
};

static void check_plan(struct testing *t, const struct query *q, uint64_t mask, const char *index)
{
	struct str plan = testing_plan(t, q, mask);

	if (str_find(plan, str_of(index)) < 0 || str_find(plan, S("TEMP B-TREE")) >= 0 ||
	    str_find(plan, S("SCAN conversation")) >= 0 || str_find(plan, S("Seq Scan")) >= 0 ||
	    str_find(plan, S("Sort")) >= 0)
		fail_msg("%s without %s:\n%.*s", q->name, index, STR(plan));
}

static const struct {
	const char *order, *key, *index;
} tag_plans[] = {
    {"newest", NULL, "conversation_tag_newest"},
    {"newest", "newest_key", "conversation_tag_newest"},
    {"oldest", "oldest_key", "conversation_tag_newest"},
    {"waiting", "waiting_key", "conversation_tag_waiting"},
    {"priority", NULL, "conversation_tag_priority"},
    {"priority", "priority_key", "conversation_tag_priority"},
};

static void reads_in_the_order_of_an_index(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		const struct query *q = &conversation_page_query;
		struct testing t;

		testing_open(&t, e, modules, channels);
		for (size_t i = 0; i < COUNT(plans); i++)
			check_plan(&t, q,
				   bit(q, plans[i].order) | bit(q, plans[i].key) |
				       bit(q, plans[i].filter),
				   plans[i].index);
		for (size_t i = 0; i < COUNT(tag_plans); i++)
			check_plan(&t, &conversation_tagged_query,
				   bit(&conversation_tagged_query, tag_plans[i].order) |
				       bit(&conversation_tagged_query, tag_plans[i].key),
				   tag_plans[i].index);
		check_plan(&t, &conversation_count_query, 0, "conversation_inbox");
		check_plan(&t, &conversation_count_of_query, 0, "conversation_mine");
		check_plan(&t, &conversation_count_unread_query, 0, "conversation_mine");
		testing_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(merges_what_it_reads),
	    cmocka_unit_test(reads_in_the_order_of_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
