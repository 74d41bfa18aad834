/* Any bytes that arrive as a mail are read into valid UTF-8 or refused with a reason; what is
 * read can be classified and its HTML cleaned. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/classify.h"
#include "channels/email/clean.h"
#include "channels/email/thread.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct arena *a, const struct email_message *m)
{
	const struct email_self self = {S("desk"), NULL, 0};
	const struct email_key key = {S("0123456789abcdef"), 1};
	struct email_verdict verdict;
	struct email_clean clean;

	if (!str_utf8_ok(m->text) || !str_utf8_ok(m->html) || !str_utf8_ok(m->subject) ||
	    !str_utf8_ok(m->from.name) || !email_address_ok(m->from.address) || !m->id.n)
		abort();
	for (size_t i = 0; i < m->files_n; i++)
		if (!m->files[i].name.n || m->files[i].name.n > EMAIL_NAME_MAX ||
		    str_find_char(m->files[i].name, '/') >= 0 || !str_utf8_ok(m->files[i].name))
			abort();
	email_classify(a, m, &self, &verdict);
	email_find_clues(a, &key, m);
	email_clean(a, m->html, &clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct email_message m;
	const char *key;

	if (email_parse(a, (struct str){(const char *)data, size}, &m, &key) == E_OK)
		use(a, &m);
	else if (!key)
		abort();
	arena_free(a);
	return 0;
}
