/* Files of the text command: read whole or line by line, written whole or not at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LINE_BYTES = 64 << 20 };

int text_open(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fprintf(stderr, "aftersail text: cannot read %s: %s\n", path, strerror(errno));
	return fd;
}

void text_close(int fd)
{
	if (fd > STDIN_FILENO)
		close(fd);
}

static ssize_t read_some(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

bool text_read_file(struct arena *a, const char *path, struct str *out)
{
	struct buf b = {.a = a, .max = 1ul << 30};
	char piece[PIECE];
	int fd = text_open(path);
	ssize_t n = -1;

	while (fd >= 0 && (n = read_some(fd, piece, sizeof piece)) > 0)
		buf_add(&b, (struct str){piece, (size_t)n});
	if (fd >= 0 && (n < 0 || b.over))
		fprintf(stderr, "aftersail text: cannot read %s: %s\n", path,
			n < 0 ? strerror(errno) : "more than a gigabyte");
	text_close(fd);
	*out = buf_str(&b);
	return n == 0 && !b.over;
}

struct str text_no_mark(struct str s)
{
	return str_starts(s, S("\xef\xbb\xbf")) ? str_slice(s, 3, s.n) : s;
}

/* Reads more of the input; what was answered goes out first, as this may take long.  Of a line
 * of more than LINE_BYTES only the beginning and the end are kept. */
static bool more(struct text_lines *l)
{
	if (l->end || !text_flush())
		return false;
	if (l->from) {
		memmove(l->p, l->p + l->from, l->n - l->from);
		l->n -= l->from;
		l->from = 0;
	}
	if (l->n >= LINE_BYTES)
		l->n = LINE_BYTES - PIECE;
	if (l->n + PIECE > l->cap) {
		l->cap = l->cap ? l->cap * 2 : 2 * PIECE;
		l->p = realloc(l->p, l->cap);
		if (!l->p)
			abort();
	}
	ssize_t got = read_some(l->fd, l->p + l->n, PIECE);
	l->failed = got < 0 ? errno : 0;
	l->end = got <= 0;
	l->n += got > 0 ? (size_t)got : 0;
	return got > 0;
}

bool text_next_line(struct text_lines *l, struct str *out)
{
	size_t looked = 0;
	char *end = NULL;

	for (;;) {
		if (l->n > l->from + looked)
			end = memchr(l->p + l->from + looked, '\n', l->n - l->from - looked);
		if (end)
			break;
		looked = l->n - l->from;
		if (looked >= LINE_BYTES)
			looked = LINE_BYTES - PIECE;
		if (!more(l))
			break;
	}
	if (!end && (l->n == l->from || !l->end))
		return false;
	size_t to = end ? (size_t)(end - l->p) : l->n;
	*out = (struct str){l->p + l->from, to - l->from};
	l->from = end ? to + 1 : to;
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	if (!l->begun)
		*out = text_no_mark(*out);
	l->begun = true;
	return true;
}

bool text_flush(void)
{
	static bool said;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	if (!said)
		fprintf(stderr, "aftersail text: cannot write the answers: %s\n", strerror(errno));
	said = true;
	return false;
}

static bool write_whole(int fd, struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		ssize_t n = write(fd, s.p + at, s.n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* Beside the old file, which others may have mapped, and then in its place; a name that stands
 * for a device is written to as it is. */
bool text_write_file(const char *path, struct str s)
{
	char *real = realpath(path, NULL);
	const char *place = real ? real : path;
	struct stat is;
	bool whole = stat(place, &is) != 0 || S_ISREG(is.st_mode);
	struct arena *a = arena_new();
	const char *beside = str_fmt(a, "%s.%d.new", place, (int)getpid()).p;
	int fd = open(whole ? beside : place, O_WRONLY | O_CLOEXEC | (whole ? O_CREAT | O_EXCL : 0),
		      0666);
	bool ok = fd >= 0 && write_whole(fd, s) && (!whole || fsync(fd) == 0);
	int why = errno;

	if (fd >= 0 && close(fd) != 0 && ok)
		ok = false, why = errno;
	if (ok && whole && rename(beside, place) != 0)
		ok = false, why = errno;
	if (!ok && whole && fd >= 0)
		unlink(beside);
	if (!ok)
		fprintf(stderr, "aftersail text: cannot write %s: %s\n", path, strerror(why));
	arena_free(a);
	free(real);
	return ok;
}
