/* SPDX-License-Identifier: Apache-2.0 */
#include "core/local.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/blob.h"
#include "core/mail_internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_S = 20, LINE_LONGEST = 400 };

struct local {
	struct desk *desk;
	pthread_t thread;
	int fd, wake[2];
	struct str path;
};

struct str local_path(struct arena *a, struct str data)
{
	return str_fmt(a, "%.*s/aftersail.sock", STR(data));
}

/* ---- deliver ---- */

struct delivery {
	struct str name, hash, id;
	int64_t size, inbox_id;
};

static enum err store(struct ctx *c, void *arg)
{
	struct delivery *d = arg;
	bool fresh;

	return inbound_add(c, d->inbox_id, d->id, d->hash, d->size, &fresh);
}

/* By the inbox's name, or by its address. */
static int64_t inbox_of(struct desk *desk, struct arena *a, struct str name)
{
	struct inbox_link *links;
	size_t n = 0;

	if (!desk->mail || mail_read_links(desk->mail, a, &links, &n) != E_OK)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (str_eq(links[i].name, name) || str_eq_nocase(links[i].address, name))
			return links[i].id;
	return 0;
}

/* The same bytes twice are one mail: an MTA that was not answered in time asks again. */
static const char *deliver(struct desk *desk, struct arena *a, struct str name, struct str raw)
{
	struct delivery d = {.name = name, .size = (int64_t)raw.n};

	d.inbox_id = inbox_of(desk, a, name);
	if (d.inbox_id <= 0)
		return d.inbox_id == 0 ? "unknown" : "busy";
	d.id = str_fmt(a, "deliver:%.*s", STR(crypto_sha256_hex(a, raw)));
	if (blob_put(desk->blobs, a, raw, &d.hash) != E_OK)
		return "busy";
	return desk_write(desk, store, &d) == E_OK ? "ok" : "busy";
}

/* ---- one connection ---- */

static bool read_line(int fd, char *line)
{
	size_t n = 0;

	while (n + 1 < LINE_LONGEST && read(fd, line + n, 1) == 1) {
		if (line[n] == '\n') {
			line[n] = 0;
			return true;
		}
		n++;
	}
	return false;
}

static bool read_bytes(int fd, char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static const char *answer(struct desk *desk, struct arena *a, int fd, char *line)
{
	struct str rest = str_of(line), verb, size;
	int64_t n;

	if (!str_cut(&rest, ' ', &verb) || !str_eq(verb, S("deliver")) ||
	    !str_cut(&rest, ' ', &size) || !str_int(size, &n) || n <= 0 || !rest.n)
		return "bad";
	if (n > INBOUND_MAX)
		return "large";
	char *bytes = arena_alloc(a, (size_t)n);
	if (!read_bytes(fd, bytes, (size_t)n))
		return NULL; /* it went away: nothing was taken, nothing is answered */
	return deliver(desk, a, rest, (struct str){bytes, (size_t)n});
}

static void serve(struct desk *desk, int fd)
{
	struct timeval patience = {.tv_sec = PATIENCE_S};
	struct arena *a = arena_new();
	char line[LINE_LONGEST];
	const char *said = NULL;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (read_line(fd, line))
		said = answer(desk, a, fd, line);
	if (said) {
		struct str reply = str_fmt(a, "%s\n", said);
		if (send(fd, reply.p, reply.n, MSG_NOSIGNAL) < 0)
			log_line(LOG_DEBUG, "a command left early", NULL);
	}
	arena_free(a);
	close(fd);
}

static void *run(void *arg)
{
	struct local *l = arg;
	struct pollfd fds[] = {{.fd = l->fd, .events = POLLIN},
			       {.fd = l->wake[0], .events = POLLIN}};

	for (;;) {
		if (poll(fds, COUNT(fds), -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		int fd = fds[0].revents ? accept4(l->fd, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd >= 0)
			serve(l->desk, fd);
	}
}

struct local *local_start(struct desk *d, const char **why)
{
	struct local *l = NEW(d->a, struct local);
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	l->desk = d;
	l->path = local_path(d->a, d->config->data);
	if (l->path.n >= sizeof at.sun_path) {
		*why = "the path of the data folder is too long for its socket";
		return NULL;
	}
	memcpy(at.sun_path, l->path.p, l->path.n);
	/* The lock on the folder is ours: what lies there is left from a former life. */
	unlink(l->path.p);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(077);
	bool ok = l->fd >= 0 && bind(l->fd, (struct sockaddr *)&at, sizeof at) == 0 &&
		  listen(l->fd, 64) == 0 && pipe(l->wake) == 0;
	umask(before);
	if (!ok) {
		*why = str_fmt(d->a, "cannot listen on %s: %s", l->path.p, strerror(errno)).p;
		return NULL;
	}
	pthread_create(&l->thread, NULL, run, l);
	return l;
}

void local_stop(struct local *l)
{
	if (write(l->wake[1], "x", 1) < 0)
		return;
	pthread_join(l->thread, NULL);
	close(l->fd);
	close(l->wake[0]);
	close(l->wake[1]);
	unlink(l->path.p);
}
