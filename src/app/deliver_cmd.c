/* SPDX-License-Identifier: Apache-2.0 */
#include "app/deliver_cmd.h"

#include "base/buf.h"
#include "core/local.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

/* What the serving program says, what that is to an MTA, and in words. */
static const struct {
	const char *said;
	int code;
	const char *words;
} answers[] = {
    {"ok", EX_OK, NULL},
    {"unknown", EX_NOUSER, "there is no active mailbox of that name or address"},
    {"large", EX_DATAERR, "the mail is larger than 40 MB"},
    {"bad", EX_USAGE, "name the mailbox: aftersail deliver --inbox NAME"},
    {"busy", EX_TEMPFAIL, "it could not be stored now; try again"},
};

static int end(int code, const char *words)
{
	if (words)
		fprintf(stderr, "aftersail: %s\n", words);
	return code;
}

static int open_socket(struct arena *a, struct str data)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct str path = local_path(a, data);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (path.n >= sizeof at.sun_path)
		return -1;
	memcpy(at.sun_path, path.p, path.n);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool send_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = str_slice(s, (size_t)n, s.n);
	}
	return true;
}

static int ask(struct arena *a, int fd, struct str inbox, struct str mail)
{
	char line[64] = "";
	size_t n = 0;

	if (!send_all(fd, str_fmt(a, "deliver %zu %.*s\n", mail.n, STR(inbox))) ||
	    !send_all(fd, mail))
		return end(EX_TEMPFAIL, "the connection to the program was lost");
	while (n + 1 < sizeof line && read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	for (size_t i = 0; i < COUNT(answers); i++)
		if (str_eq((struct str){line, n}, str_of(answers[i].said)))
			return end(answers[i].code, answers[i].words);
	return end(EX_TEMPFAIL, "no answer from the program");
}

int deliver_cmd(const struct config *config, struct str inbox)
{
	struct arena *a = arena_new();
	struct buf mail = {.a = a, .max = INBOUND_MAX};
	char chunk[65536];
	ssize_t got;
	int code, fd;

	if (!inbox.n || inbox.n > 300 || str_find_char(inbox, '\n') >= 0) {
		arena_free(a);
		return end(EX_USAGE, "name the mailbox: aftersail deliver --inbox NAME");
	}
	while ((got = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
		buf_add(&mail, (struct str){chunk, (size_t)got});
	if (got < 0 || mail.over || !mail.n) {
		arena_free(a);
		return end(got < 0 ? EX_IOERR : EX_DATAERR,
			   mail.over ? "the mail is larger than 40 MB" : "the mail is empty");
	}
	fd = open_socket(a, config->data);
	if (fd < 0) {
		code = end(EX_TEMPFAIL, "nothing serves this data folder now");
	} else {
		code = ask(a, fd, inbox, buf_str(&mail));
		close(fd);
	}
	arena_free(a);
	return code;
}
