/* The course of a conversation: what comes in, what it changes, what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/testing.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

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

struct world {
	struct testing t;
	struct actor agent;
	int64_t inbox, other, person;
};

static enum err begin(struct ctx *c, void *arg)
{
	struct world *w = arg;

	TRY(account_seed(c));
	TRY(account_add(c,
			&(struct account_new){.name = S("Ada Lin"),
					      .email = S("ada@desk.example"),
					      .role = S("lead"),
					      .all_inboxes = true},
			&w->person));
	TRY(inbox_add(c, &(struct inbox_new){.name = S("one"), .channel = S("chat")}, &w->inbox));
	return inbox_add(c, &(struct inbox_new){.name = S("two"), .channel = S("chat")}, &w->other);
}

static void open_world(struct world *w, int engine)
{
	testing_open(&w->t, engine, modules, channels);
	assert_int_equal(testing_do(&w->t, begin, w), E_OK);
	w->agent = testing_agent(&w->t, w->person, &w->inbox, 1);
}

struct arrival {
	struct world *w;
	struct incoming in;
	struct str client_id;
	int64_t visitor;
	struct inbox_taken out;
	bool spam;
};

static enum err arrive(struct ctx *c, void *arg)
{
	struct arrival *a = arg;
	struct customer_known k = {
	    .kind = S("email"), .value = a->in.from.address, .name = a->in.from.name};
	int64_t customer;
	bool blocked;

	if (!a->in.inbox_id)
		a->in.inbox_id = a->w->inbox;
	a->in.at = c->now;
	TRY(customer_resolve(c, &k, &customer, &blocked));
	return inbox_take(c, &a->in, customer, a->visitor, a->client_id, a->spam || blocked,
			  &a->out);
}

static struct inbox_taken say(struct world *w, struct arrival a)
{
	a.w = w;
	if (!a.in.from.address.n)
		a.in.from = (struct incoming_address){S("Ana Gil"), S("ana@buyer.example")};
	assert_int_equal(testing_do(&w->t, arrive, &a), E_OK);
	return a.out;
}

static void one_delivery_is_one_message(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		struct arrival first = {.in = {.external_id = S("a@x"), .text = S("hello")}};
		struct inbox_taken one = say(&w, first), again = say(&w, first);
		assert_true(one.fresh && one.new_conversation);
		assert_false(again.fresh);
		assert_int_equal(one.entry_id, again.entry_id);
		/* The same id in another inbox is another mail. */
		first.in.inbox_id = w.other;
		assert_int_not_equal(say(&w, first).conversation_id, one.conversation_id);
		/* And a client's id holds within its conversation. */
		struct arrival chatted = {
		    .in = {.conversation_id = one.conversation_id, .text = S("hi")},
		    .client_id = S("c1")};
		assert_int_equal(say(&w, chatted).entry_id, say(&w, chatted).entry_id);
		testing_close(&w.t);
	}
}

/* A mail finds its thread by what it refers to, in its inbox only, never by its subject. */
static void finds_its_thread(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		struct str known[] = {S("nobody@x"), S("a@x")};
		open_world(&w, e);
		struct inbox_taken one = say(
		    &w, (struct arrival){
			    .in = {.external_id = S("a@x"), .subject = S("Lamp"), .text = S("1")}});
		struct inbox_taken same = say(&w, (struct arrival){.in = {.external_id = S("b@x"),
									  .subject = S("Other"),
									  .text = S("2"),
									  .references = known,
									  .n_references = 2}});
		assert_int_equal(same.conversation_id, one.conversation_id);
		struct inbox_taken subject =
		    say(&w, (struct arrival){.in = {.external_id = S("c@x"),
						    .subject = S("Re: Lamp"),
						    .text = S("3")}});
		assert_int_not_equal(subject.conversation_id, one.conversation_id);
		struct inbox_taken far = say(&w, (struct arrival){.in = {.inbox_id = w.other,
									 .external_id = S("d@x"),
									 .text = S("4"),
									 .references = known,
									 .n_references = 2}});
		assert_int_not_equal(far.conversation_id, one.conversation_id);
		struct inbox_taken token =
		    say(&w, (struct arrival){.in = {.inbox_id = w.other,
						    .external_id = S("e@x"),
						    .text = S("5"),
						    .conversation_id = one.conversation_id}});
		assert_int_not_equal(token.conversation_id, one.conversation_id);
		testing_close(&w.t);
	}
}

/* A mail to another inbox that goes on with a chat, fetched twice, is still one message. */
static void a_chat_goes_on_by_mail_once(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		struct inbox_taken one = say(
		    &w,
		    (struct arrival){.in = {.text = S("hi")}, .client_id = S("c1"), .visitor = 7});
		struct arrival mail = {.in = {.inbox_id = w.other,
					      .external_id = S("m@x"),
					      .text = S("by mail"),
					      .conversation_id = one.conversation_id}};
		struct inbox_taken first = say(&w, mail), again = say(&w, mail);
		assert_int_equal(first.conversation_id, one.conversation_id);
		assert_true(first.fresh);
		assert_false(again.fresh);
		assert_int_equal(again.entry_id, first.entry_id);
		testing_call(&w.t, &w.agent, "GET", "/conversations/1", "");
		assert_true(testing_has(&w.t, "\"message_count\":2"));
		testing_close(&w.t);
	}
}

/* What was taken back is no longer what the list shows of the conversation. */
static void is_not_shown_when_taken_back(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		say(&w, (struct arrival){.in = {.external_id = S("a@x"), .text = S("hello")}});
		assert_int_equal(testing_call(&w.t, &w.agent, "POST", "/conversations/1/messages",
					      "{\"kind\":\"reply\",\"text\":\"oh no\"}"),
				 201);
		assert_int_equal(
		    testing_call(&w.t, &w.agent, "DELETE", "/conversations/1/messages/2", ""), 200);
		testing_call(&w.t, &w.agent, "GET", "/conversations/1", "");
		assert_true(testing_has(&w.t, "\"snippet\":\"hello\""));
		assert_true(testing_has(&w.t, "\"last_direction\":\"in\""));
		testing_close(&w.t);
	}
}

/* Each new time is an event: the waking is planned by it. */
static void may_be_put_off_again(void **state)
{
	static const char *const puts[] = {
	    "{\"version\":2,\"status\":\"snoozed\",\"snoozed_until\":2000000}",
	    "{\"version\":3,\"status\":\"snoozed\",\"snoozed_until\":3000000}"};

	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		say(&w, (struct arrival){.in = {.external_id = S("a@x"), .text = S("hello")}});
		w.t.now = 1000000;
		for (size_t i = 0; i < COUNT(puts); i++)
			assert_int_equal(
			    testing_call(&w.t, &w.agent, "PATCH", "/conversations/1", puts[i]),
			    200);
		testing_call(&w.t, &w.agent, "GET", "/conversations/1/history", "");
		/* PostgreSQL writes JSON its own way. */
		assert_true(testing_has(&w.t, "{\"from\":\"snoozed\",\"to\":\"snoozed\"}") ||
			    testing_has(&w.t, "{\"to\": \"snoozed\", \"from\": \"snoozed\"}"));
		testing_close(&w.t);
	}
}

/* clang-format off */
static const struct step {
	const char *method, *path, *body;
	int status;
	const char *has;
} steps[] = {
	{"GET",    "/conversations/1",          "", 200, "\"status\":\"open\""},
	{"PATCH",  "/conversations/1",          "{\"version\":2,\"assignee_id\":1,\"priority\":\"high\"}", 200, "\"assignee_id\":1"},
	{"PATCH",  "/conversations/1",          "{\"version\":2,\"priority\":\"low\"}", 409, "error.version"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"assignee_id\":99}", 422, "inbox.assignee_blind"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"team_id\":99}", 422, "account.team_unknown"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"status\":\"snoozed\",\"snoozed_until\":5}", 422, "inbox.snooze_past"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"status\":\"lost\"}", 422, "error.not_a_choice"},
	{"POST",   "/tags",                     "{\"name\":\"broken\"}", 201, "\"id\":1"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"tag_ids\":[1,77]}", 422, "inbox.tag_unknown"},
	{"PATCH",  "/conversations/1",          "{\"version\":3,\"tag_ids\":[1,1]}", 200, "\"tag_ids\":[1]"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"Dear {{customer.first_name}}, {{agent.first_name}}\",\"client_id\":\"r1\"}", 201, "Dear Ana, Ada"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"twice\",\"client_id\":\"r1\"}", 201, "Dear Ana, Ada"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"{{customer.nickname | fallback: \\\"friend\\\"}}\",\"client_id\":\"r2\"}", 201, "friend"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"{{customer.nickname}}\"}", 422, "inbox.unresolved_variable customer.nickname"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"  \"}", 422, "error.field_empty text"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"x\",\"attachment_ids\":[5]}", 422, "inbox.file_unknown"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"x\",\"seen_version\":0}", 409, "inbox.new_messages"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"note\",\"text\":\"{{not.filled}} in a note\"}", 201, "\"kind\":\"note\""},
	{"PUT",    "/conversations/1/draft",    "{\"kind\":\"reply\",\"text\":\"half a\",\"version\":0}", 200, "half a"},
	{"PUT",    "/conversations/1/draft",    "{\"kind\":\"reply\",\"text\":\"another\",\"version\":0}", 409, "error.version"},
	{"PUT",    "/conversations/1/draft",    "{\"kind\":\"reply\",\"text\":\"half an answer\"}", 200, "half an answer"},
	{"GET",    "/conversations/1",          "", 200, "half an answer"},
	{"POST",   "/conversations/1/messages", "{\"kind\":\"reply\",\"text\":\"done\",\"then\":\"resolve\"}", 201, "\"state\":\"sent\""},
	{"GET",    "/conversations/1",          "", 200, "\"status\":\"resolved\""},
	{"GET",    "/conversations/1",          "", 200, "\"draft\":null"},
	{"GET",    "/conversations/1/thread",   "", 200, "\"kind\":\"event\""},
	{"GET",    "/conversations/2",          "", 404, "inbox.unknown"},
	{"GET",    "/conversations/1/history",  "", 200, "status_changed"},
	{"POST",   "/canned",                   "{\"shortcut\":\"hi\",\"title\":\"Hi\",\"texts\":[{\"language\":\"de\",\"text\":\"Hallo {{customer.first_name}}\"},{\"language\":\"en\",\"text\":\"Hello\"}]}", 201, "\"id\":1"},
	{"POST",   "/canned",                   "{\"shortcut\":\"hi\",\"title\":\"Hi\",\"texts\":[]}", 409, "inbox.canned_taken"},
	{"GET",    "/conversations/1/canned/1", "", 200, "Hallo Ana"},
	{"POST",   "/macros",                   "{\"name\":\"Later\",\"status\":\"snoozed\",\"snooze_hours\":72,\"canned_id\":1,\"tag_ids\":[1,1]}", 201, "\"tag_ids\":[1]"},
	{"POST",   "/macros",                   "{\"name\":\"Later\",\"priority\":\"low\"}", 409, "inbox.macro_taken Later"},
	{"POST",   "/macros",                   "{\"name\":\"Nothing\"}", 422, "inbox.macro_empty"},
	{"POST",   "/macros",                   "{\"name\":\"When\",\"status\":\"snoozed\"}", 422, "inbox.macro_snooze"},
	{"POST",   "/macros",                   "{\"name\":\"When\",\"status\":\"open\",\"snooze_hours\":2}", 422, "inbox.macro_snooze"},
	{"POST",   "/macros",                   "{\"name\":\"X\",\"team_id\":99}", 422, "account.team_unknown"},
	{"POST",   "/macros",                   "{\"name\":\"X\",\"canned_id\":99}", 422, "inbox.canned_unknown"},
	{"POST",   "/macros",                   "{\"name\":\"X\",\"tag_ids\":[99]}", 422, "inbox.tag_unknown"},
	{"POST",   "/macros",                   "{\"name\":\"X\",\"assignee\":\"boss\"}", 422, "error.not_a_choice"},
	{"PUT",    "/macros/1",                 "{\"version\":1,\"name\":\"Close\",\"status\":\"resolved\",\"tag_ids\":[1],\"canned_id\":1}", 200, "\"snooze_hours\":null"},
	{"PUT",    "/macros/1",                 "{\"version\":1,\"name\":\"Close\",\"status\":\"open\"}", 409, "error.version"},
	{"PUT",    "/macros/9",                 "{\"version\":1,\"name\":\"Close\",\"status\":\"open\"}", 404, "inbox.macro_unknown"},
	{"DELETE", "/canned/1",                 "", 204, ""},
	{"DELETE", "/tags/1",                   "", 204, ""},
	{"GET",    "/macros",                   "", 200, "\"canned_id\":null,\"status\":\"resolved\",\"snooze_hours\":null,\"priority\":null,\"assignee\":null,\"team_id\":null,\"tag_ids\":[]"},
	{"DELETE", "/macros/1",                 "", 204, ""},
	{"DELETE", "/macros/1",                 "", 404, "inbox.macro_unknown"},
};
/* clang-format on */

/* The customer had the last word: opened again, the conversation waits since then, not since never.
 */
static void resolves_and_takes_it_back(struct world *w)
{
	static const char *const course[] = {"resolved", "open"};
	struct opt_int waits = json_get_int(w->t.a, w->t.body, "waiting_since");

	assert_true(waits.is == GIVEN && waits.v > 0);
	for (size_t i = 0; i < COUNT(course); i++) {
		struct opt_int version = json_get_int(w->t.a, w->t.body, "version");
		struct str body = str_fmt(w->t.a, "{\"version\":%lld,\"status\":\"%s\"}",
					  (long long)version.v, course[i]);
		assert_int_equal(
		    testing_call(&w->t, &w->agent, "PATCH", "/conversations/1", body.p), 200);
		bool resolved = i == 0;
		assert_int_equal(resolved, testing_has(&w->t, "\"waiting_since\":null"));
	}
	assert_true(json_get_int(w->t.a, w->t.body, "waiting_since").v == waits.v);
}

static void takes_its_course(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		say(&w, (struct arrival){.in = {.external_id = S("a@x"),
						.text = S("Meine Lampe ist kaputt"),
						.language = S("de")}});
		say(&w,
		    (struct arrival){
			.in = {.inbox_id = w.other, .external_id = S("b@x"), .text = S("hidden")}});
		for (size_t i = 0; i < COUNT(steps); i++) {
			const struct step *s = &steps[i];
			int status = testing_call(&w.t, &w.agent, s->method, s->path, s->body);
			if (status != s->status || !testing_has(&w.t, s->has))
				fail_msg("engine %d, %s %s %s: %d %.*s", e, s->method, s->path,
					 s->body, status, STR(w.t.body));
		}
		/* The customer's word brings it back; an automatic answer does not. */
		struct arrival robot = {.in = {.kind = INCOMING_AUTO,
					       .conversation_id = 1,
					       .external_id = S("auto@x"),
					       .text = S("away")}};
		say(&w, robot);
		testing_call(&w.t, &w.agent, "GET", "/conversations/1", "");
		assert_true(testing_has(&w.t, "\"status\":\"resolved\""));
		say(&w, (struct arrival){.in = {.conversation_id = 1,
						.external_id = S("c@x"),
						.text = S("still broken")}});
		testing_call(&w.t, &w.agent, "GET", "/conversations/1", "");
		assert_true(testing_has(&w.t, "\"status\":\"open\""));
		resolves_and_takes_it_back(&w);
		testing_close(&w.t);
	}
}

struct moved {
	int64_t entry;
	const char *to;
};

static enum err move_state(struct ctx *c, void *arg)
{
	const struct moved *m = arg;

	return inbox_entry_state(c, m->entry, m->to, NULL, S(""));
}

/* Whatever the order in which the news arrive, a state never goes back from a later success. */
static void states_only_go_forward(void **state)
{
	static const struct {
		const char *from, *to, *then;
	} rows[] = {{"queued", "sending", "sending"}, {"sending", "queued", "queued"},
		    {"sent", "sending", "sent"},      {"delivered", "sent", "delivered"},
		    {"read", "delivered", "read"},    {"failed", "queued", "queued"},
		    {"unknown", "sent", "sent"},      {"sent", "bounced", "bounced"},
		    {"bounced", "sent", "bounced"},   {"sent", "failed", "sent"},
		    {"undone", "sent", "undone"}};

	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct world w;
		open_world(&w, e);
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct inbox_taken t = say(
			    &w, (struct arrival){.in = {.external_id = str_fmt(w.t.a, "%zu@x", i),
							.text = S("x")}});
			struct moved steps_[] = {{t.entry_id, rows[i].from},
						 {t.entry_id, rows[i].to}};
			for (size_t k = 0; k < 2; k++)
				assert_int_equal(testing_do(&w.t, move_state, &steps_[k]), E_OK);
			struct str path = str_fmt(w.t.a, "/conversations/%lld/thread",
						  (long long)t.conversation_id);
			testing_call(&w.t, &w.agent, "GET", path.p, "");
			if (!testing_has(&w.t, str_fmt(w.t.a, "\"state\":\"%s\"", rows[i].then).p))
				fail_msg("%s, then %s: %.*s", rows[i].from, rows[i].to,
					 STR(w.t.body));
		}
		testing_close(&w.t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_delivery_is_one_message),  cmocka_unit_test(finds_its_thread),
	    cmocka_unit_test(a_chat_goes_on_by_mail_once),  cmocka_unit_test(may_be_put_off_again),
	    cmocka_unit_test(is_not_shown_when_taken_back), cmocka_unit_test(takes_its_course),
	    cmocka_unit_test(states_only_go_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
