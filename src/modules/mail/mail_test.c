/* The module on a real desk, on both engines; the network is not there, so sendings wait. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/mail/mail.h"

#include "core/desk.h"
#include "core/mail.h"
#include "core/operate.h"
#include "core/testing.h"
#include "core/work.sql.h"
#include "core/worker.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static enum err compose(struct arena *a, const struct channel_at *at, const struct outgoing *o,
			const char *const *paths, struct composed *out, struct json_why *why)
{
	(void)a, (void)at, (void)o, (void)paths, (void)out, (void)why;
	return E_OK; /* nothing serves here: it is never asked */
}

static const struct channel email = {.name = "email",
				     .settings = &mail_settings_shape,
				     .defaults = &mail_defaults,
				     .compose = compose};
static const struct channel *const channels[] = {&email, NULL};
static const struct module *const modules[] = {&core_module,  &account_module, &customer_module,
					       &inbox_module, &mail_module,    NULL};

struct world {
	struct desk *desk;
	int64_t inbox, silent, conversation;
	const char *id, *sender;
	bool may_answer;
	enum incoming_kind kind;
	size_t ours;
	struct str state, key;
};

static enum err make(struct ctx *c, void *arg)
{
	struct world *w = arg;

	TRY(account_seed(c));
	TRY(inbox_add(
	    c,
	    &(struct inbox_new){
		.name = S("Support"),
		.channel = S("email"),
		.settings = S("{\"smtp_host\":\"localhost\",\"address\":\"support@shop.example\","
			      "\"auto_answer\":\"We have it.\"}")},
	    &w->inbox));
	return inbox_add(
	    c,
	    &(struct inbox_new){
		.name = S("Silent"),
		.channel = S("email"),
		.settings = S("{\"smtp_host\":\"localhost\",\"address\":\"silent@shop.example\"}")},
	    &w->silent);
}

/* Sendings that wait; each is of another conversation. */
static enum err count(struct ctx *c, size_t *n)
{
	struct job_due_row rows[50];

	return job_due(c, c->now + DAY_MS, COUNT(rows), rows, COUNT(rows), n);
}

static enum err arrive(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct incoming_address to = {S(""), S("support@shop.example")};
	struct incoming in = {.inbox_id = w->inbox,
			      .kind = w->kind,
			      .at = c->now,
			      .external_id = str_of(w->id),
			      .from = {S("Ann"), str_of(w->sender)},
			      .to = &to,
			      .n_to = 1,
			      .subject = S("Hello"),
			      .text = S("Hello"),
			      .may_answer = w->may_answer};
	size_t before, after;
	int64_t entry;
	bool first;

	TRY(count(c, &before));
	TRY(inbox_receive(c, &in));
	TRY(mail_module.receive(c, &in));
	TRY(count(c, &after));
	w->ours = after - before;
	return inbox_of_message(c, w->inbox, in.external_id, &w->conversation, &entry, &first);
}

/* Mails in the order in which they come, and how many automatic answers each is given. */
/* clang-format off */
static const struct {
	const char *what, *id, *sender;
	enum incoming_kind kind;
	bool may_answer;
	size_t ours;
} mails[] = {
	{"the first of the day",      "1@x", "ann@buyer.example", INCOMING_MESSAGE, true,  1},
	{"the same mail again",       "1@x", "ann@buyer.example", INCOMING_MESSAGE, true,  0},
	{"another, the same day",     "2@x", "ann@buyer.example", INCOMING_MESSAGE, true,  0},
	{"her address in capitals",   "3@x", "ANN@buyer.example", INCOMING_MESSAGE, true,  0},
	{"somebody else",             "4@x", "bob@buyer.example", INCOMING_MESSAGE, true,  1},
	{"a machine",                 "5@x", "bot@buyer.example", INCOMING_MESSAGE, false, 0},
	{"an automatic answer",       "6@x", "out@buyer.example", INCOMING_AUTO,    true,  0},
};
/* clang-format on */

static enum err look_links(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct ids ids;
	struct inbox_link link;

	TRY(mail_module.links(c, &ids));
	assert_int_equal(ids.n, 2);
	TRY(mail_module.link_put(c, w->silent, "oauth_refresh_token", S("new \"token\"")));
	TRY(inbox_link_of(c, w->silent, &link));
	const struct mail_settings *set = link.settings;
	assert_true(str_eq(set->oauth_refresh_token, S("new \"token\"")));
	assert_true(str_eq(set->address, S("silent@shop.example")));
	TRY(mail_module.link_note(
	    c, w->silent, &(struct link_note){LINK_FAILING, "mail.error.auth", S("no"), 0}));
	return mail_module.link_note(c, w->silent, &(struct link_note){.state = LINK_OK});
}

static enum err look_state(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct list messages;

	TRY(inbox_messages(c, w->conversation, 0, 100, &messages));
	const struct inbox_message *m = messages.v;
	w->state = str_dup(w->desk->a, m[messages.n - 1].state);
	return E_OK;
}

static void run_on(int engine)
{
	struct testing t;
	struct world w = {0};

	testing_open(&t, engine, modules, channels);
	t.config.undo_seconds = 0; /* a sending starts at once */
	w.desk = t.desk;
	assert_int_equal(desk_write(w.desk, make, &w), E_OK);
	assert_int_equal(desk_write(w.desk, look_links, &w), E_OK);
	for (size_t i = 0; i < COUNT(mails); i++) {
		w.id = mails[i].id;
		w.sender = mails[i].sender;
		w.kind = mails[i].kind;
		w.may_answer = mails[i].may_answer;
		assert_int_equal(desk_write(w.desk, arrive, &w), E_OK);
		if (w.ours != mails[i].ours)
			fail_msg("%s: %zu automatic answers", mails[i].what, w.ours);
	}
	/* Nothing serves, so the answer waits for its next try and says so. */
	w.id = "4@x", w.sender = "bob@buyer.example", w.kind = INCOMING_MESSAGE;
	assert_int_equal(desk_write(w.desk, arrive, &w), E_OK);
	job_round(w.desk);
	for (int i = 0; i < 500; i++) {
		assert_int_equal(desk_read(w.desk, look_state, &w), E_OK);
		if (str_eq(w.state, S("queued")))
			break;
		usleep(10000);
	}
	assert_true(str_eq(w.state, S("queued")));
	testing_close(&t);
}

static void test_automatic_answers_and_links(void **state)
{
	(void)state;
	for (int i = 0; i < testing_engines(); i++)
		run_on(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_automatic_answers_and_links)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
