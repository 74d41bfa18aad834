/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW(m, ty, fl, lo, hi, tx) FIELD(struct config, m, ty, fl, lo, hi, tx)

/* clang-format off */
static const struct field rows[] = {
	ROW(data,            F_TEXT, 0, 1, 1000, "Folder of the database, the files and the secret (./data)"),
	ROW(database,        F_TEXT, 0, 0, 1000, "sqlite:PATH or postgresql://user:password@host/name (sqlite: in the data folder)"),
	ROW(files,           F_TEXT, 0, 0, 1000, "Folder of attachments and raw mail, shared by all machines of one database (blobs in the data folder)"),
	ROW(listen,          F_TEXT, 0, 3, 100,  "ADDRESS:PORT to serve on (127.0.0.1:8080)"),
	ROW(public_url,      F_TEXT, 0, 0, 500,  "How the world reaches this desk; used in links (http://LISTEN)"),
	ROW(trusted_proxies, F_TEXT, 0, 0, 1000, "Comma list of proxies whose X-Forwarded-* are believed (none)"),
	{.name = "log_level", .type = F_ENUM, .at = offsetof(struct config, log_level), .values = "debug|info|warn|error|off", .text = "What is logged (info)"},
	ROW(ca_file,         F_TEXT, 0, 0, 1000, "More certificate authorities for outgoing connections (the system's)"),
	ROW(readers,         F_INT,  0, 0, 64,   "Database readers; 0: twice the cores, 16 on PostgreSQL (0)"),
	ROW(attachment_max,  F_INT,  0, 1024, 1073741824, "Largest attachment in bytes (26214400)"),
	ROW(undo_seconds,    F_INT,  0, 0, 60,   "How long a sending can be undone (5)"),
	ROW(chat_rate,       F_INT,  0, 0, 100000, "Messages a visitor of the chat may send in a minute; 0: any number (60)"),
	ROW(new_secret,      F_BOOL, 0, 0, 0,   "The old secret is lost: go on with this folder's; all sign in again, mailbox passwords are asked again (false)"),
	ROW(sync_off,        F_BOOL, 0, 0, 0,   "Do not wait for the disk; loses data, for the test that shows it (false)"),
	ROW(group_commit_off, F_BOOL, 0, 0, 0,   "One commit a request, for the benchmark (false)"),
	ROW(flush_delay_us,  F_INT,  0, 0, 1000000, "Added to each commit, for the benchmark (0)"),
};
/* clang-format on */

static SHAPE(shape, "Config", struct config, rows);

static void defaults(struct config *c)
{
	*c = (struct config){.data = S("data"),
			     .listen = S("127.0.0.1:8080"),
			     .log_level = S("info"),
			     .attachment_max = 25 << 20,
			     .undo_seconds = 5,
			     .chat_rate = 60};
}

static enum err unknown(struct arena *a, struct str name, const char **why)
{
	const char *names[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		names[i] = rows[i].name;
	const char *near = str_nearest(name, names, COUNT(rows));
	*why = near ? str_fmt(a, "unknown setting '%.*s'; did you mean '%s'?", STR(name), near).p
		    : str_fmt(a, "unknown setting '%.*s'; see aftersail config --doc", STR(name)).p;
	return E_INVALID;
}

static enum err set(struct arena *a, struct config *c, struct str name, struct str value,
		    const char **why)
{
	char *key = str_z(a, name);

	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	const struct field *f = shape_find(&shape, str_of(key));
	if (!f)
		return unknown(a, name, why);
	int64_t v;
	char *at = (char *)c + f->at;
	bool ok = true;
	if (f->type == F_INT) {
		ok = str_int(value, &v) && v >= f->min && v <= f->max;
		if (ok)
			*(int64_t *)at = v;
	} else if (f->type == F_BOOL) {
		ok = field_enum_has("true|false|yes|no|on|off", value);
		*(bool *)at =
		    str_eq(value, S("true")) || str_eq(value, S("yes")) || str_eq(value, S("on"));
	} else {
		ok = str_utf8_ok(value) && (f->type == F_ENUM ? field_enum_has(f->values, value)
							      : (int64_t)value.n <= f->max);
		*(struct str *)at = str_dup(a, value);
	}
	if (!ok)
		*why = str_fmt(a, "'%.*s' is no value for %s: %s", STR(value), f->name, f->text).p;
	return ok ? E_OK : E_INVALID;
}

static enum err read_line(struct arena *a, struct config *c, struct str line, const char **why)
{
	line = str_trim(line);
	if (!line.n || line.p[0] == '#')
		return E_OK;
	ptrdiff_t eq = str_find_char(line, '=');
	if (eq < 0) {
		*why = str_fmt(a, "'%.*s' is not 'key = value'", STR(line)).p;
		return E_INVALID;
	}
	return set(a, c, str_trim(str_slice(line, 0, (size_t)eq)),
		   str_trim(str_slice(line, (size_t)eq + 1, line.n)), why);
}

static enum err read_file(struct arena *a, struct config *c, const char **why)
{
	struct str path = str_fmt(a, "%.*s/aftersail.conf", STR(c->data));
	FILE *f = fopen(path.p, "r");
	char line[4096];
	int n = 0;
	enum err e = E_OK;

	if (!f && errno == ENOENT)
		return E_OK;
	if (!f) {
		*why = str_fmt(a, "cannot read %s: %s", path.p, strerror(errno)).p;
		return E_INVALID;
	}
	while (e == E_OK && fgets(line, sizeof line, f)) {
		n++;
		e = read_line(a, c, str_of(line), why);
		if (e != E_OK)
			*why = str_fmt(a, "%s, line %d: %s", path.p, n, *why).p;
	}
	fclose(f);
	return e;
}

/* "--name value" or "--name=value"; the flag's position moves past both. */
static enum err read_flag(struct arena *a, struct config *c, int argc, char **argv, int *i,
			  const char **why)
{
	struct str flag = str_of(argv[*i]), value;

	if (!str_starts(flag, S("--"))) {
		*why = str_fmt(a, "'%.*s' is no option; options begin with --", STR(flag)).p;
		return E_INVALID;
	}
	flag = str_slice(flag, 2, flag.n);
	ptrdiff_t eq = str_find_char(flag, '=');
	if (eq >= 0) {
		value = str_slice(flag, (size_t)eq + 1, flag.n);
		flag = str_slice(flag, 0, (size_t)eq);
	} else if (*i + 1 < argc) {
		value = str_of(argv[++*i]);
	} else {
		struct config scratch = *c;
		enum err e = set(a, &scratch, flag, S(""), why);
		if (e == E_OK || shape_find(&shape, flag))
			*why = str_fmt(a, "--%.*s needs a value", STR(flag)).p;
		return E_INVALID;
	}
	return set(a, c, flag, value, why);
}

/* ADDRESS:PORT, [ADDRESS]:PORT; port 0 lets the system choose. */
static bool listen_ok(struct str listen)
{
	size_t colon = listen.n;
	int64_t port;

	while (colon > 0 && listen.p[colon - 1] != ':')
		colon--;
	return colon > 1 && str_int(str_slice(listen, colon, listen.n), &port) && port >= 0 &&
	       port <= 65535;
}

enum err config_read(struct arena *a, int argc, char **argv, struct config *c, const char **why)
{
	struct config flags;

	defaults(c);
	/* The data folder decides which file is read, so the flags are read before and after. */
	flags = *c;
	for (int i = 0; i < argc; i++)
		TRY(read_flag(a, &flags, argc, argv, &i, why));
	c->data = flags.data;
	TRY(read_file(a, c, why));
	for (int i = 0; i < argc; i++)
		TRY(read_flag(a, c, argc, argv, &i, why));
	if (!listen_ok(c->listen)) {
		*why = str_fmt(a,
			       "'%.*s' is no ADDRESS:PORT to listen on, as in 127.0.0.1:8080; a "
			       "port is at most 65535",
			       STR(c->listen))
			   .p;
		return E_INVALID;
	}
	if (!c->database.n)
		c->database = str_fmt(a, "sqlite:%.*s/aftersail.db", STR(c->data));
	if (!c->public_url.n)
		c->public_url = str_fmt(a, "http://%.*s", STR(c->listen));
	return E_OK;
}

bool config_knows(struct arena *a, struct str name)
{
	char *key = str_z(a, name);

	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	return shape_find(&shape, str_of(key)) != NULL;
}

/* postgresql://user:password@host/name without the password. */
static void print_address(struct buf *b, struct str url)
{
	ptrdiff_t user = str_find(url, S("://")), at = str_find_char(url, '@');
	struct str name =
	    user >= 0 && at > user ? str_slice(url, (size_t)user + 3, (size_t)at) : S("");
	ptrdiff_t colon = str_find_char(name, ':');

	if (colon < 0) {
		buf_add(b, url);
		return;
	}
	buf_add(b, str_slice(url, 0, (size_t)(user + 3 + colon)));
	buf_z(b, ":(set)");
	buf_add(b, str_slice(url, (size_t)at, url.n));
}

void config_print(struct buf *b, const struct config *c, bool doc)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct field *f = &rows[i];
		const char *at = (const char *)c + f->at;
		if (doc)
			buf_fmt(b, "# %s\n", f->text);
		buf_fmt(b, "%s = ", f->name);
		if (f->flags & FIELD_SECRET)
			buf_z(b, ((const struct str *)at)->n ? "(set)" : "");
		else if (f->type == F_INT)
			buf_int(b, *(const int64_t *)at);
		else if (f->type == F_BOOL)
			buf_z(b, *(const bool *)at ? "true" : "false");
		else if (at == (const char *)&c->database)
			print_address(b, c->database);
		else
			buf_add(b, *(const struct str *)at);
		buf_z(b, doc ? "\n\n" : "\n");
	}
}
