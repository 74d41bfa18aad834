/* The chat window's side: one start is one visitor, one word is one message, and nobody reads
 * another's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "core/operate.h"
#include "core/testing.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/webchat/webchat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct module *const modules[] = {
    &core_module, &account_module, &customer_module, &inbox_module, &webchat_module, NULL,
};
static const struct channel *const channels[] = {&webchat_channel, NULL};
static const struct actor nobody;

static enum err begin(struct ctx *c, void *arg)
{
	int64_t *inbox = arg;

	TRY(account_seed(c));
	return inbox_add(
	    c,
	    &(struct inbox_new){
		.name = S("shop"),
		.channel = S("chat"),
		.key = S("key"),
		.settings = S("{\"identity_secret\":\"s3cret\",\"prechat_name\":\"required\"}")},
	    inbox);
}

static struct actor visitor(struct testing *t, int64_t id, int64_t inbox)
{
	struct actor who = {.kind = ACTOR_VISITOR, .id = id, .scope = {NEWN(t->a, int64_t, 1), 1}};

	who.scope.v[0] = inbox;
	return who;
}

static void hex_of(struct testing *t, const char *text, char out[65])
{
	unsigned char mac[32];

	crypto_hmac_sha256(S("s3cret"), str_of(text), mac);
	memcpy(out, str_hex(t->a, mac, sizeof mac).p, 65);
}

static void starts_and_speaks(void **state)
{
	/* clang-format off */
	static const struct {
		int visitor; /* 0: nobody yet */
		const char *method, *path, *body;
		int status;
		const char *has;
	} steps[] = {
		{0, "GET",  "/chat/key/config",   "", 200, "\"prechat\":{\"name\":\"required\""},
		{0, "GET",  "/chat/nokey/config", "", 404, "inbox.inbox_unknown"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"0123456789abcdef\",\"language\":\"ja\"}", 422, "error.field_missing name"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"short\",\"language\":\"ja\",\"name\":\"Yuki\"}", 422, "error.text_short client_id"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"0123456789abcdef\",\"language\":\"ja\",\"name\":\"Yuki\",\"email\":\"x\"}", 422, "error.email"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"0123456789abcdef\",\"language\":\"ja\",\"name\":\"Yuki\"}", 201, "\"visitor_id\":1,\"conversation_id\":null"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"0123456789abcdef\",\"language\":\"ja\",\"name\":\"Yuki\"}", 201, "\"visitor_id\":1"},
		{0, "POST", "/chat/key/start",    "{\"client_id\":\"fedcba9876543210\",\"language\":\"ar\",\"name\":\"Nour\"}", 201, "\"visitor_id\":2"},
		{0, "GET",  "/chat/me/messages",  "", 401, ""},
		{1, "GET",  "/chat/me/messages",  "", 200, "\"items\":[]"},
		{1, "POST", "/chat/me/messages",  "{\"client_id\":\"message-1\",\"text\":\"ランプが割れました\"}", 201, "\"from\":\"visitor\""},
		{1, "POST", "/chat/me/messages",  "{\"client_id\":\"message-1\",\"text\":\"ランプが割れました\"}", 201, "\"id\":1"},
		{1, "POST", "/chat/me/messages",  "{\"client_id\":\"message-2\",\"text\":\"  \"}", 422, "error.field_empty"},
		{1, "POST", "/chat/me/messages",  "{\"client_id\":\"message-2\",\"text\":\"x\",\"attachment_ids\":[9]}", 404, "inbox.file_unknown"},
		{1, "POST", "/chat/me/email",     "{\"email\":\"nobody\"}", 422, "error.email"},
		{1, "POST", "/chat/me/email",     "{\"email\":\"yuki@buyer.example\"}", 204, ""},
		{1, "POST", "/chat/me/seen",      "{\"up_to\":1}", 204, ""},
		{1, "POST", "/chat/me/typing",    "{\"typing\":true}", 204, ""},
		{2, "GET",  "/chat/me/messages",  "", 200, "\"items\":[]"},
		{2, "GET",  "/chat/me/files/1",   "", 404, "inbox.file_unknown"},
		{2, "GET",  "/conversations",     "", 403, ""},
		{1, "GET",  "/chat/me/messages",  "", 200, "\"client_id\":\"message-1\""},
	};
	/* clang-format on */

	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		int64_t inbox = 0;
		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, begin, &inbox), E_OK);
		for (size_t i = 0; i < COUNT(steps); i++) {
			struct actor who =
			    steps[i].visitor ? visitor(&t, steps[i].visitor, inbox) : nobody;
			int status =
			    testing_call(&t, &who, steps[i].method, steps[i].path, steps[i].body);
			if (status != steps[i].status || !testing_has(&t, steps[i].has))
				fail_msg("engine %d, %s %s: %d %.*s", e, steps[i].path,
					 steps[i].body, status, STR(t.body));
		}
		testing_close(&t);
	}
}

/* Who the shop signed for is one customer on every device; a forged signature is nobody. */
static void trusts_only_signatures(void **state)
{
	(void)state;
	for (int e = 0; e < testing_engines(); e++) {
		struct testing t;
		int64_t inbox = 0;
		char mac[65], body[400];
		testing_open(&t, e, modules, channels);
		assert_int_equal(testing_do(&t, begin, &inbox), E_OK);
		hex_of(&t, "customer-17", mac);
		for (int device = 0; device < 2; device++) {
			snprintf(body, sizeof body,
				 "{\"client_id\":\"device-number-%d-x\",\"language\":\"en\","
				 "\"identity\":\"customer-17\",\"identity_hash\":\"%s\"}",
				 device, mac);
			assert_int_equal(testing_call(&t, &nobody, "POST", "/chat/key/start", body),
					 201);
		}
		struct actor agent = testing_agent(&t, 1, &inbox, 1);
		testing_call(&t, &agent, "GET", "/customers", "");
		assert_true(testing_has(&t, "\"id\":1"));
		assert_false(testing_has(&t, "\"id\":2"));
		/* Another one signs in on the first one's browser: a chat of his own. */
		hex_of(&t, "customer-18", mac);
		snprintf(body, sizeof body,
			 "{\"client_id\":\"device-number-0-x\",\"language\":\"en\",\"identity\":"
			 "\"customer-18\",\"identity_hash\":\"%s\"}",
			 mac);
		assert_int_equal(testing_call(&t, &nobody, "POST", "/chat/key/start", body), 201);
		assert_true(testing_has(&t, "\"visitor_id\":3"));
		hex_of(&t, "customer-17", mac);
		mac[5] = mac[5] == 'a' ? 'b' : 'a';
		snprintf(body, sizeof body,
			 "{\"client_id\":\"device-number-9-x\",\"language\":\"en\",\"identity\":"
			 "\"customer-17\",\"identity_hash\":\"%s\"}",
			 mac);
		assert_int_equal(testing_call(&t, &nobody, "POST", "/chat/key/start", body), 403);
		assert_true(testing_has(&t, "chat.identity_forged"));
		testing_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starts_and_speaks),
	    cmocka_unit_test(trusts_only_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
