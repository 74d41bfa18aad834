/* SPDX-License-Identifier: Apache-2.0 */
#include "core/desk_folder.h"
#include "base/crypto.h"
#include "core/blob.h"
#include "core/work.sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err problem(struct arena *a, const char **why, const char *what, const char *path)
{
	*why = str_fmt(a, "%s %s: %s", what, path, strerror(errno)).p;
	return E_BUSY;
}

static enum err make_folder(struct arena *a, const char *path, const char **why)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return problem(a, why, "cannot make the folder", path);
	return E_OK;
}

/* One program a data folder; the lock ends with the process. */
static enum err take_lock(struct arena *a, struct str data, const char **why)
{
	struct str path = str_fmt(a, "%.*s/lock", STR(data));
	int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return problem(a, why, "cannot open", path.p);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		*why =
		    str_fmt(a, "the data folder %.*s is in use by another aftersail; stop it first",
			    STR(data))
			.p;
		return E_CONFLICT;
	}
	return E_OK;
}

static bool sync_folder(struct arena *a, struct str folder)
{
	int fd = open(str_z(a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A file of n random bytes, made once, whole or not at all. */
static enum err read_bytes(struct desk *d, const char *name, unsigned char *v, size_t n,
			   const char **why)
{
	struct str path = str_fmt(d->a, "%.*s/%s", STR(d->config->data), name);
	struct str tmp = str_fmt(d->a, "%s.new", path.p);
	int fd = open(path.p, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd >= 0) {
		ok = read(fd, v, n) == (ssize_t)n;
		close(fd);
		return ok ? E_OK : problem(d->a, why, "cannot read", path.p);
	}
	if (errno != ENOENT)
		return problem(d->a, why, "cannot read", path.p);
	crypto_random(v, n);
	fd = open(tmp.p, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, v, n) == (ssize_t)n && fsync(fd) == 0 &&
	     rename(tmp.p, path.p) == 0 && sync_folder(d->a, d->config->data);
	if (fd >= 0)
		close(fd);
	return ok ? E_OK : problem(d->a, why, "cannot write", path.p);
}

/* Leases and running jobs carry this name.  It stays with the folder, so that after a crash a node
 * knows its own work again, and no two nodes share one, whatever their machines are called. */
static enum err read_node(struct desk *d, const char **why)
{
	unsigned char id[9];
	char host[100] = "";

	gethostname(host, sizeof host - 1);
	TRY(read_bytes(d, "node", id, sizeof id, why));
	d->node = str_fmt(d->a, "%s/%.*s", host, STR(str_base64url(d->a, id, sizeof id)));
	return E_OK;
}

static enum err open_files(struct desk *d, const char **why)
{
	const struct config *c = d->config;
	bool shared = c->files.n > 0;
	struct str files = shared ? c->files : str_fmt(d->a, "%.*s/blobs", STR(c->data));

	d->blobs = blobs_open(d->a, files, why);
	if (!d->blobs)
		return E_BUSY;
	/* An upload becomes a file by a rename, which does not go from one file system to another.
	 */
	d->temporary = str_fmt(d->a, "%.*s/tmp", STR(shared ? files : c->data));
	return make_folder(d->a, d->temporary.p, why);
}

enum err desk_folder_open(struct desk *d, const char **why)
{
	struct str data = d->config->data;

	TRY(make_folder(d->a, str_z(d->a, data), why));
	TRY(take_lock(d->a, data, why));
	TRY(read_bytes(d, "secret", d->secret, sizeof d->secret, why));
	TRY(read_node(d, why));
	return open_files(d, why);
}

/* What the database keeps to know the secret by, without telling it. */
static struct str secret_mark(struct ctx *c)
{
	unsigned char mac[32];

	desk_sign(c->desk, "mark of the secret", S("desk"), mac);
	return str_base64url(c->a, mac, sizeof mac);
}

enum mark { MARK_NONE, MARK_SAME, MARK_OTHER };

static enum err read_mark(struct ctx *c, void *arg)
{
	enum mark *mark = arg;
	struct list list;

	*mark = MARK_NONE;
	TRY(setting_all(c, &list));
	const struct setting_all_row *row = list.v;
	for (size_t i = 0; i < list.n; i++)
		if (str_eq(row[i].name, S("core.secret_mark")))
			*mark =
			    str_eq_secret(row[i].value, secret_mark(c)) ? MARK_SAME : MARK_OTHER;
	return E_OK;
}

static enum err put_mark(struct ctx *c, void *arg)
{
	(void)arg;
	return setting_put(c, S("core.secret_mark"), secret_mark(c));
}

enum err desk_folder_check(struct desk *d, const char **why)
{
	enum mark mark = MARK_NONE;

	*why = "the database cannot be written";
	TRY(desk_read(d, read_mark, &mark));
	if (mark == MARK_SAME)
		return E_OK;
	if (mark == MARK_NONE || d->config->new_secret)
		return desk_write(d, put_mark, NULL);
	*why =
	    str_fmt(d->a,
		    "%.*s/secret is not the secret that the database was made with; copy that file "
		    "from the first machine's data folder or from the backup (if it is lost, start "
		    "once with --new-secret true)",
		    STR(d->config->data))
		.p;
	return E_CONFLICT;
}
