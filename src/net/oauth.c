/* SPDX-License-Identifier: Apache-2.0 */
#include "net/oauth.h"

#include "base/clock.h"
#include "base/json.h"
#include "net/client_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	EARLY_MS = 2 * MINUTE_MS, /* ask anew so long before a token expires */
	LIFE_SECONDS = 3600,      /* when the provider does not say */
	REPLY_MAX = 64 * 1024,
};

/* clang-format off */
static const struct oauth_provider providers[] = {
	{"gmail",     "https://oauth2.googleapis.com/token",
	 "https://mail.google.com/", "imap.gmail.com", "smtp.gmail.com"},
	{"microsoft", "https://login.microsoftonline.com/common/oauth2/v2.0/token",
	 "https://outlook.office.com/IMAP.AccessAsUser.All "
	 "https://outlook.office.com/SMTP.Send offline_access",
	 "outlook.office365.com", "smtp.office365.com"},
};
/* clang-format on */

struct waiter {
	struct waiter *next;
	oauth_done *done;
	void *arg;
};

struct oauth {
	struct net *net;
	struct arena *a;
	struct oauth_account account;
	struct arena *secrets; /* of refresh and token */
	struct str refresh, token;
	int64_t expires;   /* clock_ticks() in ms */
	bool asking, dead; /* dead: freed when the reply has come */
	struct waiter *waiters;
};

const struct oauth_provider *oauth_provider(struct str name)
{
	for (size_t i = 0; i < COUNT(providers); i++)
		if (str_eq(name, str_of(providers[i].name)))
			return &providers[i];
	return NULL;
}

struct oauth *oauth_new(struct net *n, const struct oauth_account *o)
{
	struct oauth *x = calloc(1, sizeof *x);

	if (!x)
		abort();
	x->net = n;
	x->a = arena_new();
	x->secrets = arena_new();
	x->account = *o;
	x->account.token_url = str_dup(x->a, o->token_url);
	x->account.client_id = str_dup(x->a, o->client_id);
	x->account.client_secret = str_dup(x->a, o->client_secret);
	x->account.scope = str_dup(x->a, o->scope);
	x->refresh = str_dup(x->secrets, o->refresh_token);
	return x;
}

static void free_now(struct oauth *x)
{
	arena_free(x->secrets);
	arena_free(x->a);
	free(x);
}

static void retire(void *arg)
{
	struct oauth *x = arg;

	if (x->asking)
		x->dead = true;
	else
		free_now(x);
}

void oauth_free(struct oauth *x)
{
	if (x)
		net_post(x->net, retire, x);
}

static void add_field(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	if (b->n > 0)
		buf_char(b, '&');
	buf_z(b, name);
	buf_char(b, '=');
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || memchr("-._~", c, 4);

		if (plain)
			buf_char(b, (char)c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

static void answer_all(struct oauth *x, const char *key, const char *detail)
{
	struct waiter *w = x->waiters;
	struct arena *a = arena_new();
	struct str token = key ? S("") : str_dup(a, x->token);

	x->waiters = NULL;
	x->asking = false;
	while (w) {
		struct waiter *next = w->next;

		w->done(w->arg, token, key, detail);
		free(w);
		w = next;
	}
	arena_free(a);
}

/* Keep the new token, and the new refresh token when the provider changes it. */
static void keep_tokens(struct oauth *x, struct arena *from, struct str token, struct str body)
{
	struct opt_str fresh = json_get_str(from, body, "refresh_token");
	struct opt_int life = json_get_int(from, body, "expires_in");
	struct arena *secrets = arena_new();
	bool changed = fresh.is == GIVEN && fresh.v.n > 0 && !str_eq(fresh.v, x->refresh);
	struct str refresh = str_dup(secrets, changed ? fresh.v : x->refresh);

	x->token = str_dup(secrets, token);
	x->refresh = refresh;
	arena_free(x->secrets);
	x->secrets = secrets;
	x->expires = clock_ticks() / 1000 +
		     (life.is == GIVEN && life.v > 0 ? life.v : LIFE_SECONDS) * SECOND_MS;
	if (changed && x->account.renewed)
		x->account.renewed(x->account.arg, x->refresh);
}

static void on_reply(void *arg, const struct net_result *r)
{
	struct oauth *x = arg;
	struct arena *a = arena_new();
	struct opt_str token = {0};

	if (r->outcome == NET_ANSWERED && r->status == 200)
		token = json_get_str(a, r->body, "access_token");
	if (token.is == GIVEN && token.v.n > 0) {
		keep_tokens(x, a, token.v, r->body);
		answer_all(x, NULL, NULL);
	} else if (r->outcome != NET_ANSWERED) {
		answer_all(x, "mail.error.connect", r->detail ? r->detail : "cancelled");
	} else if (r->status >= 500 || r->status == 429) {
		answer_all(x, "mail.error.connect", "the token endpoint is busy");
	} else {
		struct opt_str why = json_get_str(a, r->body, "error");

		answer_all(x, "mail.error.auth",
			   why.is == GIVEN ? str_z(a, why.v) : "no token in the reply");
	}
	arena_free(a);
	if (x->dead)
		free_now(x);
}

static void ask_provider(struct oauth *x)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);
	struct net_pair type = {S("Content-Type"), S("application/x-www-form-urlencoded")};

	add_field(&b, "grant_type", S("refresh_token"));
	add_field(&b, "refresh_token", x->refresh);
	add_field(&b, "client_id", x->account.client_id);
	add_field(&b, "client_secret", x->account.client_secret);
	add_field(&b, "scope", x->account.scope);
	x->asking = true;
	net_http(x->net,
		 &(struct net_request){
		     .method = S("POST"),
		     .url = x->account.token_url,
		     .headers = &type,
		     .n_headers = 1,
		     .body = buf_str(&b),
		     .reply_max = REPLY_MAX,
		     .plain = str_starts(x->account.token_url, S("http://127.0.0.1:"))},
		 on_reply, x);
	arena_free(a);
}

struct get {
	struct oauth *x;
	struct waiter *w;
};

static void get_token(void *arg)
{
	struct get *g = arg;
	struct oauth *x = g->x;

	g->w->next = x->waiters;
	x->waiters = g->w;
	free(g);
	if (x->token.n > 0 && clock_ticks() / 1000 < x->expires - EARLY_MS)
		answer_all(x, NULL, NULL);
	else if (!x->asking)
		ask_provider(x);
}

void oauth_get(struct oauth *x, oauth_done *done, void *arg)
{
	struct get *g = malloc(sizeof *g);

	if (!g)
		abort();
	*g = (struct get){x, malloc(sizeof *g->w)};
	if (!g->w)
		abort();
	*g->w = (struct waiter){NULL, done, arg};
	net_post(x->net, get_token, g);
}

static void forget(void *arg)
{
	struct oauth *x = arg;

	x->token = S("");
}

void oauth_forget(struct oauth *x)
{
	net_post(x->net, forget, x);
}
