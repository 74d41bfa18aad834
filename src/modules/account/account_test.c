/* People, roles and teams: who may change whom, and what is refused with which words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/testing.h"
#include "modules/account/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct module *const modules[] = {&core_module, &account_module, NULL};
static const struct channel *const channels[] = {NULL};

static enum err begin(struct ctx *c, void *arg)
{
	int64_t *id = arg;

	TRY(account_seed(c));
	TRY(account_add(c,
			&(struct account_new){.name = S("Ada"),
					      .email = S("Ada@Desk.example"),
					      .role = S("administrator"),
					      .all_inboxes = true},
			id));
	return account_inbox_added(c, 7);
}

/* Each row stands on what the rows before it did. */
/* clang-format off */
static const struct step {
	const char *method, *path, *body;
	int status;
	const char *has;
} steps[] = {
	{"GET",    "/people",     "", 200, "\"email\":\"ada@desk.example\""},
	{"GET",    "/roles",      "", 200, "\"name\":\"administrator\""},
	{"POST",   "/people",     "{\"name\":\"Ben\",\"email\":\"ben@desk.example\",\"role_id\":4}", 201, "\"role_name\":\"agent\""},
	{"POST",   "/people",     "{\"name\":\"Ben\",\"email\":\"BEN@desk.example\",\"role_id\":4}", 409, "account.email_taken"},
	{"POST",   "/people",     "{\"name\":\"Cy\",\"email\":\"nobody\",\"role_id\":4}", 422, "error.email"},
	{"POST",   "/people",     "{\"name\":\"Cy\",\"email\":\"cy@desk.example\",\"role_id\":99}", 422, "account.role_unknown"},
	{"POST",   "/people",     "{\"name\":\"Cy\",\"email\":\"cy@desk.example\",\"role_id\":4,\"zone\":\"Nowhere\"}", 422, "account.zone_unknown"},
	{"POST",   "/people",     "{\"name\":\"Cy\",\"email\":\"cy@desk.example\",\"role_id\":4,\"password\":\"short\"}", 422, "account.password_short"},
	{"PATCH",  "/people/2",   "{\"version\":1,\"inbox_ids\":[7,8],\"languages\":[{\"code\":\"de\",\"grade\":5}]}", 200, "\"inbox_ids\":[7]"},
	{"PATCH",  "/people/2",   "{\"version\":2,\"inbox_ids\":[9]}", 403, "account.grant_beyond_own inbox_ids"},
	{"PATCH",  "/people/2",   "{\"version\":1,\"name\":\"Late\"}", 409, "error.version"},
	{"PATCH",  "/people/2",   "{\"version\":2,\"languages\":[{\"code\":\"de\",\"grade\":9}]}", 422, "error.number_range languages.grade"},
	{"PATCH",  "/people/1",   "{\"version\":1,\"active\":false}", 409, "account.last_administrator"},
	{"PATCH",  "/people/1",   "{\"version\":1,\"role_id\":4}", 409, "account.last_administrator"},
	{"PATCH",  "/people/99",  "{\"version\":1}", 404, "account.unknown"},
	{"POST",   "/roles",      "{\"name\":\"editor\",\"permissions\":[\"canned.edit\"]}", 201, "\"permissions\":[\"canned.edit\"]"},
	{"POST",   "/roles",      "{\"name\":\"editor\",\"permissions\":[]}", 409, "account.role_taken"},
	{"POST",   "/roles",      "{\"name\":\"odd\",\"permissions\":[\"fly\"]}", 422, "account.permission_unknown fly"},
	{"PATCH",  "/roles/1",    "{\"version\":1,\"name\":\"x\",\"permissions\":[]}", 409, "account.role_builtin"},
	{"PATCH",  "/roles/9",    "{\"version\":1,\"name\":\"editor\",\"permissions\":[\"tag.edit\"]}", 200, "tag.edit"},
	{"PATCH",  "/people/2",   "{\"version\":2,\"role_id\":9}", 200, "\"role_name\":\"editor\""},
	{"DELETE", "/roles/9",    "", 409, "account.role_in_use"},
	{"POST",   "/teams",      "{\"name\":\"North\",\"member_ids\":[1,2]}", 201, "\"member_ids\":[1,2]"},
	{"POST",   "/teams",      "{\"name\":\"North\"}", 409, "account.team_taken"},
	{"PATCH",  "/teams/1",    "{\"version\":1,\"member_ids\":[2]}", 200, "\"member_ids\":[2]"},
	{"DELETE", "/teams/1",    "", 204, ""},
	{"DELETE", "/teams/1",    "", 404, "account.team_unknown"},
	{"PATCH",  "/me",         "{\"locale\":\"zh-CN\",\"theme\":\"dark\"}", 200, "\"locale\":\"zh-CN\""},
	{"PATCH",  "/me",         "{\"locale\":\"tlh\"}", 422, "error.not_a_choice locale"},
	{"PUT",    "/me/presence", "{\"presence\":\"away\"}", 204, ""},
	{"POST",   "/teams",      "{\"name\":\"South\",\"member_ids\":[1,2,99]}", 422, "account.unknown"},
};
/* clang-format on */

static void follows_the_rules(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		int64_t id = 0;
		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, begin, &id), E_OK);
		struct actor ada = testing_agent(&t, id, (int64_t[]){7, 8}, 2);
		for (size_t i = 0; i < COUNT(steps); i++) {
			const struct step *s = &steps[i];
			int status = testing_call(&t, &ada, s->method, s->path, s->body);
			if (status != s->status || !testing_has(&t, s->has))
				fail_msg("engine %d, %s %s %s: %d %.*s", e, s->method, s->path,
					 s->body, status, STR(t.body));
		}
		testing_close(&t);
	}
}

static void grants_no_more_than_one_holds(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		int64_t id = 0;
		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, begin, &id), E_OK);
		struct actor who = {.kind = ACTOR_AGENT, .id = id};
		perm_add(&who.perms, P_PERSON_EDIT);
		perm_add(&who.perms, P_ROLE_EDIT);
		assert_int_equal(
		    testing_call(&t, &who, "POST", "/people",
				 "{\"name\":\"X\",\"email\":\"x@desk.example\",\"role_id\":1}"),
		    403);
		assert_true(testing_has(&t, "account.grant_beyond_own"));
		assert_int_equal(testing_call(&t, &who, "POST", "/roles",
					      "{\"name\":\"x\",\"permissions\":[\"inbox.edit\"]}"),
				 403);
		assert_int_equal(testing_call(&t, &who, "POST", "/roles",
					      "{\"name\":\"x\",\"permissions\":[\"person.edit\"]}"),
				 201);
		assert_int_equal(testing_call(&t, &who, "POST", "/teams", "{\"name\":\"x\"}"), 403);
		testing_close(&t);
	}
}

static void knows_zones(void **state)
{
	static const struct {
		const char *zone;
		bool ok;
	} rows[] = {{"UTC", true},
		    {"Europe/Berlin", true},
		    {"Asia/Kathmandu", true},
		    {"", false},
		    {"/etc/passwd", false},
		    {"..", false},
		    {"Europe/Ber lin", false},
		    {"Nowhere", false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (account_zone_ok(str_of(rows[i].zone)) != rows[i].ok)
			fail_msg("%s", rows[i].zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_the_rules),
	    cmocka_unit_test(grants_no_more_than_one_holds),
	    cmocka_unit_test(knows_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
