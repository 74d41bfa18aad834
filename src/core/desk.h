/* desk.h - the running program: its store, its files, its network, its modules.
 *
 * One a process, made by app/; handed to everything through the context. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"
#include "core/config.h"
#include "core/module.h"
#include "net/http.h"

struct blobs;
struct hub;
struct worker;
struct net;
struct mail;
struct local;

struct desk {
	struct arena *a; /* lives as long as the desk */
	const struct config *config;
	const struct module *const *modules;
	const struct channel *const *channels;
	struct store *store;
	struct blobs *blobs;
	struct hub *hub;
	struct http_server *http;
	struct route_table *routes;
	struct worker *worker; /* reactors, jobs, inbound, tasks, cleanup */
	size_t *acts_at_once;  /* a module's reactor, in one transaction; the reactors' own */
	struct net *net;       /* everything outbound; NULL in commands */
	struct mail *mail;     /* the mailboxes; NULL in commands */
	struct local *local;   /* data/aftersail.sock; NULL in commands */
	int64_t started_at;
	unsigned char secret[32]; /* data/secret: signs tokens, seals stored passwords */
	struct str node;          /* this data folder, among several on one database */
	struct str temporary;     /* folder of uploads in flight, on the file system of the files */
	/* Pages and files that are not below /api: true when it answered. */
	bool (*page)(struct desk *, struct http_req *);
};

/* Open everything below the network: data folder, lock, secret, store, migrations, blobs. */
enum err desk_open(struct arena *, const struct config *, const struct module *const *,
		   const struct channel *const *, struct desk **, const char **why) MUST;
/* Serve until desk_stop(); *why as above. */
enum err desk_serve(struct desk *, const char **why) MUST;
void desk_stop(struct desk *);
void desk_close(struct desk *);

/* Run fn as the system in one write transaction and wait; commands and tests. */
enum err desk_write(struct desk *, enum err (*fn)(struct ctx *, void *arg), void *arg) MUST;
enum err desk_read(struct desk *, enum err (*fn)(struct ctx *, void *arg), void *arg) MUST;

/* The program's own signatures: HMAC-SHA256 under a key derived for this purpose. */
void desk_sign(const struct desk *, const char *purpose, struct str text, unsigned char mac[32]);
/* Seal and open a secret for the database (libsodium secretbox); opening a forged one is E_INVALID.
 */
struct str desk_seal(const struct desk *, struct arena *, struct str secret);
enum err desk_unseal(const struct desk *, struct arena *, struct str sealed,
		     struct str *secret) MUST;
