/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/thread.h"

#include "base/buf.h"

#include <glib.h>
#include <string.h>

/* 60 bits in 12 letters of 32: short enough for a local part, long enough that guessing
 * one over mail takes longer than the desk will live. */
enum { MARK_LENGTH = 12, LOCAL_MAX = 64 };

/* Lower-case letters and digits only: some servers fold the case of local parts. */
static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";

static void sign(const struct email_key *key, const char *what, int64_t conversation,
		 int64_t message, char mark[MARK_LENGTH + 1])
{
	GHmac *h = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)key->secret.p, key->secret.n);
	int64_t numbers[] = {key->inbox, conversation, message};
	guint8 sum[32];
	gsize n = sizeof sum;

	g_hmac_update(h, (const guchar *)what, (gssize)strlen(what) + 1);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		guchar bytes[8];
		for (int k = 0; k < 8; k++)
			bytes[k] = (guchar)((uint64_t)numbers[i] >> (8 * k));
		g_hmac_update(h, bytes, sizeof bytes);
	}
	g_hmac_get_digest(h, sum, &n);
	g_hmac_unref(h);
	for (size_t i = 0; i < MARK_LENGTH; i++)
		mark[i] = letters[sum[i] & 31];
	mark[MARK_LENGTH] = 0;
}

static struct str local_of(struct str address)
{
	ptrdiff_t at = str_find_char(address, '@');

	return str_slice(address, 0, at < 0 ? address.n : (size_t)at);
}

static struct str domain_of(struct str address)
{
	ptrdiff_t at = str_find_char(address, '@');

	return at < 0 ? S("") : str_slice(address, (size_t)at + 1, address.n);
}

struct str email_token_address(struct arena *a, const struct email_key *key, struct str address,
			       int64_t conversation)
{
	char mark[MARK_LENGTH + 1];
	struct str local = local_of(address), made;

	if (!email_address_ok(address) || str_find_char(local, '+') >= 0)
		return address;
	sign(key, "address", conversation, 0, mark);
	made = str_fmt(a, "%.*s+c%lld-%s", STR(local), (long long)conversation, mark);
	if (made.n > LOCAL_MAX)
		return address;
	return str_fmt(a, "%.*s@%.*s", STR(made), STR(domain_of(address)));
}

struct str email_message_id(struct arena *a, const struct email_key *key, int64_t conversation,
			    int64_t message, struct str domain)
{
	char mark[MARK_LENGTH + 1];

	sign(key, "id", conversation, message, mark);
	return str_fmt(a, "as.%lld.%lld.%s@%.*s", (long long)conversation, (long long)message, mark,
		       STR(domain));
}

static bool same_mark(struct str given, const char mark[MARK_LENGTH + 1])
{
	char lower[MARK_LENGTH];

	if (given.n != MARK_LENGTH)
		return false;
	for (size_t i = 0; i < MARK_LENGTH; i++)
		lower[i] =
		    given.p[i] >= 'A' && given.p[i] <= 'Z' ? (char)(given.p[i] + 32) : given.p[i];
	return str_eq_secret((struct str){lower, MARK_LENGTH}, str_of(mark));
}

int64_t email_token_conversation(const struct email_key *key, struct str address)
{
	struct str local = local_of(address), number;
	ptrdiff_t plus = str_find_char(local, '+');
	char mark[MARK_LENGTH + 1];
	int64_t conversation;

	if (plus < 0)
		return 0;
	local = str_slice(local, (size_t)plus + 1, local.n);
	if (!local.n || (local.p[0] | 0x20) != 'c')
		return 0;
	local = str_slice(local, 1, local.n);
	if (!str_cut(&local, '-', &number) || !str_int(number, &conversation) || conversation <= 0)
		return 0;
	sign(key, "address", conversation, 0, mark);
	return same_mark(local, mark) ? conversation : 0;
}

int64_t email_id_conversation(const struct email_key *key, struct str id, int64_t *message)
{
	struct str rest = local_of(id), head, number, second;
	char mark[MARK_LENGTH + 1];
	int64_t conversation;

	*message = 0;
	if (!str_cut(&rest, '.', &head) || !str_eq(head, S("as")) ||
	    !str_cut(&rest, '.', &number) || !str_cut(&rest, '.', &second) ||
	    !str_int(number, &conversation) || !str_int(second, message) || conversation <= 0)
		return 0;
	sign(key, "id", conversation, *message, mark);
	return same_mark(rest, mark) ? conversation : 0;
}

struct gather {
	const struct email_key *key;
	struct email_clues clues;
	size_t cap;
};

static void add_clue(struct gather *g, struct email_clue clue)
{
	if (g->clues.n < g->cap)
		g->clues.v[g->clues.n++] = clue;
}

static void add_addresses(struct gather *g, struct email_addresses list)
{
	for (size_t i = 0; i < list.n; i++) {
		int64_t c = email_token_conversation(g->key, list.v[i].address);
		if (c)
			add_clue(g, (struct email_clue){.conversation = c});
	}
}

static void add_id(struct gather *g, struct str id)
{
	int64_t message;

	if (id.n)
		add_clue(g, (struct email_clue){.conversation =
						    email_id_conversation(g->key, id, &message),
						.id = id});
}

static void add_newest_first(struct gather *g, struct strs ids)
{
	for (size_t i = ids.n; i > 0; i--)
		add_id(g, ids.v[i - 1]);
}

struct email_clues email_find_clues(struct arena *a, const struct email_key *key,
				    const struct email_message *m)
{
	struct gather g = {.key = key};

	g.cap = m->to.n + m->cc.n + m->delivered_to.n + m->in_reply_to.n + m->references.n +
		m->report.original_threads.n + 1;
	g.clues.v = NEWN(a, struct email_clue, g.cap);
	add_id(&g, m->report.original_id);
	add_addresses(&g, m->delivered_to);
	add_addresses(&g, m->to);
	add_addresses(&g, m->cc);
	add_newest_first(&g, m->in_reply_to);
	add_newest_first(&g, m->references);
	add_newest_first(&g, m->report.original_threads);
	return g.clues;
}

bool email_same_mailbox(struct str address, struct str mailbox)
{
	struct str local = local_of(address);
	ptrdiff_t plus = str_find_char(local, '+');

	if (str_eq_nocase(address, mailbox))
		return true;
	if (plus <= 0)
		return false;
	return str_eq_nocase(str_slice(local, 0, (size_t)plus), local_of(mailbox)) &&
	       str_eq_nocase(domain_of(address), domain_of(mailbox));
}
