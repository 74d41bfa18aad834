/* Customers: found by what they are known by, never mixed up, found again by search. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operate.h"
#include "core/testing.h"
#include "modules/customer/customer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct module *const modules[] = {&core_module, &customer_module, NULL};
static const struct channel *const channels[] = {NULL};

/* clang-format off */
static const struct step {
	const char *method, *path, *body;
	int status;
	const char *has;
} steps[] = {
	{"POST",   "/customers",                "{\"name\":\"山本 由香\",\"email\":\"Yuka@buyer.example\",\"country\":\"JP\",\"language\":\"ja\"}", 201, "\"value\":\"yuka@buyer.example\""},
	{"POST",   "/customers",                "{\"name\":\"Other\",\"email\":\"yuka@buyer.example\"}", 409, "customer.identity_taken"},
	{"POST",   "/customers",                "{\"name\":\"Other\",\"email\":\"a b@buyer.example\"}", 422, "error.email"},
	{"GET",    "/customers",                "", 200, "\"country\":\"JP\""},
	{"PATCH",  "/customers/1",              "{\"version\":9,\"name\":\"X\"}", 409, "error.version"},
	{"PATCH",  "/customers/1",              "{\"version\":2,\"blocked\":true}", 200, "\"blocked\":true"},
	{"POST",   "/customers/1/identities",   "{\"kind\":\"phone\",\"value\":\"+81 90 1234\"}", 201, "+81 90 1234"},
	{"POST",   "/customers/1/identities",   "{\"kind\":\"visitor\",\"value\":\"x\"}", 422, "error.not_a_choice"},
	{"POST",   "/customers/1/notes",        "{\"text\":\"prefers mail\"}", 201, "prefers mail"},
	{"POST",   "/customers/1/notes",        "{\"text\":\"\"}", 422, "error.field_empty"},
	{"DELETE", "/customers/1/notes/1",      "", 204, ""},
	{"DELETE", "/customers/1/notes/1",      "", 404, "customer.note_unknown"},
	{"DELETE", "/customers/1/identities/1", "", 204, ""},
	{"GET",    "/customers/1",              "", 200, "\"email\":\"\""},
	{"GET",    "/customers/77",             "", 404, "customer.unknown"},
};
/* clang-format on */

static void follows_the_rules(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		testing_open(&t, e, modules, channels);
		struct actor who = testing_agent(&t, 1, NULL, 0);
		for (size_t i = 0; i < COUNT(steps); i++) {
			const struct step *s = &steps[i];
			int status = testing_call(&t, &who, s->method, s->path, s->body);
			if (status != s->status || !testing_has(&t, s->has))
				fail_msg("engine %d, %s %s %s: %d %.*s", e, s->method, s->path,
					 s->body, status, STR(t.body));
		}
		testing_close(&t);
	}
}

static enum err resolve_twice(struct ctx *c, void *arg)
{
	struct customer_known k = {
	    .kind = S("email"), .value = S("a@buyer.example"), .verified = true};
	struct customer_view v;
	int64_t first, second, other;
	bool blocked, taken;

	(void)arg;
	TRY(customer_resolve(c, &k, &first, &blocked));
	k.name = S("Ana");
	k.country = S("ES");
	TRY(customer_resolve(c, &k, &second, &blocked));
	assert_int_equal(first, second);
	k.name = S("Somebody else");
	TRY(customer_resolve(c, &k, &second, &blocked));
	TRY(customer_view(c, first, &v));
	assert_true(
	    str_eq(v.name, S("Ana"))); /* what was unknown was filled in, what was there stays */
	assert_true(str_eq(v.country, S("ES")));
	k.value = S("b@buyer.example");
	TRY(customer_resolve(c, &k, &other, &blocked));
	assert_int_not_equal(first, other);
	TRY(customer_add_identity(c, other, S("email"), S("a@buyer.example"), false, &taken));
	assert_true(taken);
	TRY(customer_add_identity(c, first, S("email"), S("a@buyer.example"), false, &taken));
	assert_false(taken);
	/* A mere claim does not catch the owner's mail. */
	TRY(customer_add_identity(c, first, S("email"), S("owner@buyer.example"), false, &taken));
	k.value = S("owner@buyer.example");
	TRY(customer_resolve(c, &k, &other, &blocked));
	assert_int_not_equal(first, other);
	return E_OK;
}

static void resolves_to_one(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, resolve_twice, NULL), E_OK);
		testing_close(&t);
	}
}

static void knows_addresses(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {{"a@b.example", true}, {"a+b@c.example", true}, {"", false},
		    {"a", false},          {"@b", false},           {"a@", false},
		    {"a@b@c", false},      {"a b@c", false},        {"<a@b>", false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (customer_email_ok(str_of(rows[i].text)) != rows[i].ok)
			fail_msg("%s", rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_the_rules),
	    cmocka_unit_test(resolves_to_one),
	    cmocka_unit_test(knows_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
