/* SPDX-License-Identifier: Apache-2.0 */
#include "store/testing.h"

#include "base/clock.h"
#include "store/store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *pgsql_url(void)
{
	const char *url = getenv("AFTERSAIL_TEST_PGSQL");

	return url && *url ? url : NULL;
}

int store_engines(void)
{
	return pgsql_url() ? 2 : 1;
}

static void must(bool ok, const char *what, const char *why)
{
	if (ok)
		return;
	fprintf(stderr, "testing: %s: %s\n", what, why);
	abort();
}

static void on_server(struct arena *a, const char *sql)
{
	const char *why = "";
	struct db *db = pgsql_connect(a, pgsql_url(), DB_OTHER, &why);

	must(db != NULL, "PostgreSQL", why);
	must(db_script(db, sql) == E_OK, sql, db_error(db));
	db_close(db);
}

struct store *store_testing(struct arena *a, int engine, const struct store_options *given)
{
	static int count;
	struct store_options o =
	    given ? *given : (struct store_options){.readers = 2, .writers = 4};
	struct store *s;
	const char *why;

	o.url = S("sqlite::memory:");
	if (engine == 1) {
		struct str name =
		    str_fmt(a, "test_%d_%lld_%d", (int)getpid(), (long long)clock_ticks(), ++count);
		on_server(a, str_fmt(a, "CREATE SCHEMA %.*s", STR(name)).p);
		o.url = str_fmt(a, "%s%coptions=-csearch_path%%3D%.*s", pgsql_url(),
				strchr(pgsql_url(), '?') ? '&' : '?', STR(name));
	}
	must(store_open(a, &o, &s, &why) == E_OK, "store_open", why);
	return s;
}

struct str store_testing_url(struct arena *a, const struct store *s)
{
	return str_fmt(a, "%s%s", s->pgsql ? "" : "sqlite:", s->path);
}

void store_testing_end(struct store *s)
{
	struct arena *a = arena_new();
	const char *name = s->pgsql ? strstr(s->path, "search_path%3D") : NULL;
	struct str sql = {0};

	if (name)
		sql = str_fmt(a, "DROP SCHEMA %s CASCADE", name + strlen("search_path%3D"));
	store_close(s);
	if (name)
		on_server(a, sql.p);
	arena_free(a);
}
