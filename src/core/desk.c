/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/blob.h"
#include "core/call.h"
#include "core/desk_folder.h"
#include "core/hub.h"
#include "core/local.h"
#include "core/mail.h"
#include "core/worker.h"
#include "net/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* All modules' migrations, in module order. */
static const struct migration *all_migrations(struct desk *d)
{
	size_t n = 0, k = 0;

	for (size_t m = 0; d->modules[m]; m++)
		for (const struct migration *s = d->modules[m]->schema; s && s->module; s++)
			n++;
	struct migration *all = NEWN(d->a, struct migration, n + 1);
	for (size_t m = 0; d->modules[m]; m++)
		for (const struct migration *s = d->modules[m]->schema; s && s->module; s++)
			all[k++] = *s;
	return all;
}

static enum err open_parts(struct desk *d, const char **why)
{
	const struct config *c = d->config;
	struct store_options options = {.url = c->database,
					.readers = (int)c->readers,
					.group_commit_off = c->group_commit_off,
					.sync_off = c->sync_off,
					.flush_delay_us = (int)c->flush_delay_us};

	TRY(desk_folder_open(d, why));
	TRY(store_open(d->a, &options, &d->store, why));
	TRY(store_migrate(d->store, d->a, all_migrations(d), why));
	return E_OK;
}

enum err desk_open(struct arena *a, const struct config *config,
		   const struct module *const *modules, const struct channel *const *channels,
		   struct desk **out, const char **why)
{
	struct desk *d = NEW(a, struct desk);

	crypto_init();
	d->a = a;
	d->config = config;
	d->modules = modules;
	d->channels = channels;
	d->started_at = clock_now();
	d->routes = route_table_new(a, modules);
	size_t n_modules = 0;
	while (modules[n_modules])
		n_modules++;
	d->acts_at_once = NEWN(a, size_t, n_modules + 1);
	TRY(open_parts(d, why));
	d->hub = hub_new(d);
	*out = d;
	return desk_folder_check(d, why);
}

static struct strs proxies(struct desk *d)
{
	struct str rest = d->config->trusted_proxies, one;
	struct strs list = {NEWN(d->a, struct str, 32), 0};

	if (!rest.n)
		return list;
	while (list.n < 32 && str_cut(&rest, ',', &one))
		if (str_trim(one).n)
			list.v[list.n++] = str_trim(one);
	return list;
}

enum err desk_serve(struct desk *d, const char **why)
{
	struct http_options options = {.listen = d->config->listen,
				       .temporary = d->temporary,
				       .trusted_proxies = proxies(d),
				       .plan = call_plan,
				       .handle = call_handle,
				       .arg = d};

	const char *ca = d->config->ca_file.n ? str_z(d->a, d->config->ca_file) : NULL;

	TRY(job_recover(d));
	d->net = net_start(&(struct net_options){.ca_file = ca});
	hub_start(d->hub);
	d->mail = mail_start(d); /* before the reactors, who tell it what changed */
	worker_start(d);
	for (size_t m = 0; d->modules[m]; m++)
		if (d->modules[m]->start)
			TRY(d->modules[m]->start(d));
	d->local = local_start(d, why);
	if (!d->local)
		log_line(LOG_WARN, "no commands can be taken", "why", *why, NULL);
	return http_start(d->a, &options, &d->http, why);
}

void desk_stop(struct desk *d)
{
	if (d->http)
		http_stop(d->http, 5000);
	for (size_t m = 0; d->modules[m]; m++)
		if (d->modules[m]->stop)
			d->modules[m]->stop(d);
	if (d->local)
		local_stop(d->local);
	if (d->mail)
		mail_stop(d->mail);
	if (d->worker) {
		worker_stop(d->worker);
		/* What was being sent is told to its job while the store still listens. */
		net_stop(d->net);
		hub_stop(d->hub);
	}
}

void desk_close(struct desk *d)
{
	store_close(d->store);
	worker_free(d->worker);
	hub_free(d->hub);
}

/* ---- work of the system's own ---- */

struct own {
	struct desk *desk;
	struct arena *a;
	enum err (*fn)(struct ctx *, void *);
	void *arg;
	struct live *live;
	const char *key;
};

static enum err run_own(void *arg, struct db *db, int attempt)
{
	struct own *o = arg;

	(void)attempt;
	arena_reset(o->a);
	struct ctx c = ctx_system(o->desk, o->a, db);
	enum err e = o->fn(&c, o->arg);
	o->live = c.live;
	o->key = c.key;
	return e;
}

enum err desk_write(struct desk *d, enum err (*fn)(struct ctx *, void *), void *arg)
{
	struct own o = {d, arena_new(), fn, arg, NULL, NULL};
	enum err e = store_write_wait(d->store, run_own, &o);

	if (e == E_OK)
		hub_publish(d->hub, o.live);
	else if (o.key)
		log_line(LOG_WARN, "refused", "error", o.key, NULL);
	arena_free(o.a);
	return e;
}

enum err desk_read(struct desk *d, enum err (*fn)(struct ctx *, void *), void *arg)
{
	struct own o = {d, arena_new(), fn, arg, NULL, NULL};
	enum err e = store_read_wait(d->store, run_own, &o);

	arena_free(o.a);
	return e;
}

/* ---- signatures ---- */

void desk_sign(const struct desk *d, const char *purpose, struct str text, unsigned char mac[32])
{
	unsigned char key[32];

	crypto_derive(d->secret, purpose, key);
	crypto_hmac_sha256((struct str){(char *)key, sizeof key}, text, mac);
}

struct str desk_seal(const struct desk *d, struct arena *a, struct str secret)
{
	unsigned char key[32];

	crypto_derive(d->secret, "seal", key);
	return crypto_seal(a, key, secret);
}

enum err desk_unseal(const struct desk *d, struct arena *a, struct str sealed, struct str *secret)
{
	unsigned char key[32];

	crypto_derive(d->secret, "seal", key);
	return crypto_unseal(a, key, sealed, secret);
}

void channel_place(const struct desk *d, struct arena *a, const struct inbox_link *link,
		   struct channel_at *at)
{
	unsigned char key[32], mark[32];

	crypto_derive(d->secret, "channel", key);
	desk_sign(d, "instance", S("instance"), mark);
	*at = (struct channel_at){.inbox_id = link->id,
				  .name = link->name,
				  .address = link->address,
				  .settings = link->settings,
				  .secret = str_dup(a, (struct str){(char *)key, sizeof key}),
				  .instance = str_hex(a, mark, 8)};
}

const struct channel *channel_find(const struct desk *d, struct str name)
{
	for (size_t i = 0; d->channels[i]; i++)
		if (str_eq(str_of(d->channels[i]->name), name))
			return d->channels[i];
	return NULL;
}
