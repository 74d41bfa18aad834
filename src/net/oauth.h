/* oauth.h - access tokens from a refresh token, asked for when they are about to expire. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/client.h"

/* Providers whose endpoints are known: "gmail", "microsoft". */
struct oauth_provider {
	const char *name;
	const char *token_url;
	const char *scope;
	const char *imap_host, *smtp_host;
};
const struct oauth_provider *oauth_provider(struct str name); /* or NULL */

struct oauth_account {
	struct str token_url; /* https, or http to this machine */
	struct str client_id, client_secret, refresh_token, scope;
	/* The provider gave a new refresh token, to be stored.  On the outbound thread. */
	void (*renewed)(void *arg, struct str refresh_token);
	void *arg;
};

struct oauth;

/* One for each account; copies. */
struct oauth *oauth_new(struct net *, const struct oauth_account *);
/* Before net_stop().  It goes once what was asked of it before has been answered. */
void oauth_free(struct oauth *);

/* The token, at once when it holds for two more minutes.  On failure token is empty, key is
 * "mail.error.auth" (the refresh token is no longer good) or "mail.error.connect". */
typedef void oauth_done(void *arg, struct str token, const char *key, const char *detail);
void oauth_get(struct oauth *, oauth_done *, void *arg);
/* A server said no to the token: ask for a new one next time. */
void oauth_forget(struct oauth *);
