/* powercut.c - an LD_PRELOAD library that knows what a power cut would leave.
 *
 * Below the folder POWERCUT_DIR every file operation goes to the disk as always, and what has been
 * made durable is repeated in POWERCUT_SHADOW.  Kill the program, put the shadow in the folder's
 * place, and it is as if the power had gone: only what was fsynced is there.
 *
 * The model, which is ext4's at its least generous: fsync(file) keeps the file's bytes, its length
 * and its name; fsync(folder) keeps the folder's list of names (a file never synced is then empty);
 * a rename or link is kept when the file, or a folder it touches, is synced; everything else is
 * lost.  Writes through write, pwrite and their kin are followed range by range; a file that was
 * also changed in other ways (mapped for writing, fallocate, stdio) is copied whole at its fsync.
 * One process: what another process wrote is not known here unless POWERCUT_WHOLE is set.  With
 * POWERCUT_NO_SYNC no fsync keeps anything, as if the program had made none: a test that still
 * passes then proves nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
/* Both names of each call are defined here; on a 64-bit system they are the same. */
#undef _FILE_OFFSET_BITS
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 65536, PATH_SIZE = PATH_MAX };

struct range {
	off_t from, to;
};

/* One file below the folder, as this process knows it since it first opened it. */
struct file {
	struct file *next;
	char *path;          /* absolute; empty once unlinked */
	struct range *dirty; /* written since the last fsync */
	size_t n, room;
	bool whole; /* changed in ways not followed: copy all of it */
};

/* A rename or link that no fsync has made durable yet, oldest first. */
struct move {
	struct move *next;
	char *from, *to;
	bool link;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files, *by_fd[FDS];
static struct move *moves;
static char root[PATH_SIZE], shadow[PATH_SIZE];
static size_t root_n;
static bool always_whole, no_sync;

/* ---- the real calls ---- */

#define REAL(type, name, ...)                                                                      \
	static type (*real_##name)(__VA_ARGS__);                                                   \
	static void find_##name(void)                                                              \
	{                                                                                          \
		*(void **)&real_##name = dlsym(RTLD_NEXT, #name);                                  \
	}
/* Looked up at the first use: other libraries open files before our constructor has run. */
#define R(name) (real_##name ? real_##name : (find_##name(), real_##name))
/* clang-format off */
#define CALLS(X)                                                                                   \
	X(int, openat, int, const char *, int, ...)                                                \
	X(int, close, int)                                                                         \
	X(int, fcntl, int, int, ...)                                                               \
	X(int, dup, int)                                                                           \
	X(int, dup2, int, int)                                                                     \
	X(int, dup3, int, int, int)                                                                \
	X(ssize_t, write, int, const void *, size_t)                                               \
	X(ssize_t, pwrite, int, const void *, size_t, off_t)                                       \
	X(ssize_t, writev, int, const struct iovec *, int)                                         \
	X(ssize_t, pwritev, int, const struct iovec *, int, off_t)                                 \
	X(int, ftruncate, int, off_t)                                                              \
	X(int, fallocate, int, int, off_t, off_t)                                                  \
	X(int, posix_fallocate, int, off_t, off_t)                                                 \
	X(ssize_t, copy_file_range, int, off_t *, int, off_t *, size_t, unsigned)                  \
	X(void *, mmap, void *, size_t, int, int, int, off_t)                                      \
	X(int, fsync, int)                                                                         \
	X(int, fdatasync, int)                                                                     \
	X(int, renameat, int, const char *, int, const char *)                                     \
	X(int, linkat, int, const char *, int, const char *, int)                                  \
	X(int, unlinkat, int, const char *, int)
/* clang-format on */
CALLS(REAL)

static void die(const char *what)
{
	dprintf(2, "powercut: %s: %s\n", what, strerror(errno));
	_exit(70);
}

static void *must_have(void *p)
{
	if (!p)
		die("no memory");
	return p;
}

__attribute__((constructor)) static void begin(void)
{
	const char *dir = getenv("POWERCUT_DIR"), *keep = getenv("POWERCUT_SHADOW");
	if (!dir || !keep)
		return;
	if (!realpath(dir, root))
		die(dir);
	if (!realpath(keep, shadow))
		die(keep);
	root_n = strlen(root);
	always_whole = getenv("POWERCUT_WHOLE") != NULL;
	no_sync = getenv("POWERCUT_NO_SYNC") != NULL;
}

/* ---- paths ---- */

static bool inside(const char *path)
{
	return root_n && strncmp(path, root, root_n) == 0 &&
	       (path[root_n] == '/' || path[root_n] == '\0');
}

static void shadow_of(char *out, const char *path)
{
	if (snprintf(out, PATH_SIZE, "%s%s", shadow, path + root_n) >= PATH_SIZE)
		die("a path is too long");
}

static bool path_of_fd(int fd, char *out)
{
	char name[64];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, out, PATH_SIZE - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return inside(out);
}

/* The absolute path of a name below a folder, its last part not followed. */
static bool path_of_name(int at, const char *name, char *out)
{
	char whole[PATH_SIZE], folder[PATH_SIZE] = "";
	if (name[0] != '/' && at != AT_FDCWD && !path_of_fd(at, folder))
		return false;
	if (name[0] != '/' && at == AT_FDCWD && !getcwd(folder, sizeof folder))
		return false;
	if (snprintf(whole, sizeof whole, "%s%s%s", name[0] == '/' ? "" : folder,
		     name[0] == '/' ? "" : "/", name) >= PATH_SIZE)
		return false;
	char *slash = strrchr(whole, '/');
	*slash = '\0';
	char real[PATH_SIZE];
	if (!realpath(whole[0] ? whole : "/", real) ||
	    snprintf(out, PATH_SIZE, "%s/%s", real, slash + 1) >= PATH_SIZE)
		return false;
	return inside(out);
}

static bool in_folder(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return strncmp(path, folder, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

/* ---- what is known of files; all under the lock ---- */

static struct file *file_at(const char *path)
{
	for (struct file *f = files; f; f = f->next)
		if (strcmp(f->path, path) == 0)
			return f;
	struct file *f = must_have(calloc(1, sizeof *f));
	f->path = must_have(strdup(path));
	f->whole = always_whole;
	f->next = files;
	return files = f;
}

static void file_rename(struct file *f, const char *path)
{
	free(f->path);
	f->path = must_have(strdup(path));
}

static void mark(struct file *f, off_t from, off_t to)
{
	if (f->n && from <= f->dirty[f->n - 1].to && to >= f->dirty[f->n - 1].to &&
	    from >= f->dirty[f->n - 1].from) {
		f->dirty[f->n - 1].to = to;
		return;
	}
	if (f->n == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->dirty = must_have(realloc(f->dirty, f->room * sizeof *f->dirty));
	}
	f->dirty[f->n++] = (struct range){from, to};
}

/* ---- keeping: the real file's bytes into the shadow; all under the lock ---- */

static void make_folders(char *path)
{
	for (char *p = path + strlen(shadow) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			die(path);
	}
}

static void copy_range(int from, int to, off_t at, off_t end)
{
	static char block[1 << 16];
	while (at < end) {
		size_t want = (size_t)(end - at) < sizeof block ? (size_t)(end - at) : sizeof block;
		ssize_t n = pread(from, block, want, at);
		if (n <= 0)
			return; /* shorter by now: the length below says so */
		if (R(pwrite)(to, block, (size_t)n, at) != n)
			die("the shadow cannot be written");
		at += n;
	}
}

static void keep_moves(const char *path, bool folder);

static void keep_file(struct file *f, int fd)
{
	char path[PATH_SIZE];
	struct stat st;
	if (!f->path[0] || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	int from = R(openat)(AT_FDCWD, f->path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return; /* unlinked: nothing of it is to be kept */
	keep_moves(f->path, false);
	shadow_of(path, f->path);
	make_folders(path);
	int to = R(openat)(AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, st.st_mode & 0777);
	if (to < 0)
		die(path);
	if (f->whole)
		copy_range(from, to, 0, st.st_size);
	for (size_t i = 0; !f->whole && i < f->n; i++)
		copy_range(from, to, f->dirty[i].from, f->dirty[i].to);
	if (R(ftruncate)(to, st.st_size))
		die(path);
	R(close)(from);
	R(close)(to);
	f->n = 0;
}

static void keep_move(const struct move *m)
{
	char from[PATH_SIZE], to[PATH_SIZE];
	shadow_of(from, m->from);
	shadow_of(to, m->to);
	make_folders(to);
	if (m->link)
		R(linkat)(AT_FDCWD, from, AT_FDCWD, to, 0);
	else
		R(renameat)(AT_FDCWD, from, AT_FDCWD, to);
	/* A file that was never synced has no bytes to move: the name is made by keep_folder. */
}

/* Make the moves durable that touch this file, or (folder) lie in this folder, oldest first. */
static void keep_moves(const char *path, bool folder)
{
	for (struct move **at = &moves; *at;) {
		struct move *m = *at;
		bool wanted = folder ? in_folder(m->to, path) || in_folder(m->from, path)
				     : strcmp(m->to, path) == 0;
		if (!wanted) {
			at = &m->next;
			continue;
		}
		keep_move(m);
		*at = m->next;
		free(m->from);
		free(m->to);
		free(m);
	}
}

/* Names that are gone from the folder go; names that are new come, as empty files or folders. */
static void keep_names(const char *list, const char *other, bool remove)
{
	DIR *d = opendir(list);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		char there[PATH_SIZE];
		struct stat st;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    snprintf(there, sizeof there, "%s/%s", other, e->d_name) >= PATH_SIZE ||
		    lstat(there, &st) == 0)
			continue;
		char here[PATH_SIZE];
		if (snprintf(here, sizeof here, "%s/%s", list, e->d_name) >= PATH_SIZE ||
		    lstat(here, &st))
			continue;
		if (remove) {
			R(unlinkat)(AT_FDCWD, here, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
		} else if (S_ISDIR(st.st_mode)) {
			mkdir(there, 0700);
		} else if (S_ISREG(st.st_mode)) {
			int fd = R(openat)(AT_FDCWD, there, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
			if (fd >= 0)
				R(close)(fd);
		}
	}
	if (d)
		closedir(d);
}

static void keep_folder(const char *path)
{
	char kept[PATH_SIZE];
	keep_moves(path, true);
	shadow_of(kept, path);
	make_folders(kept);
	mkdir(kept, 0700);
	keep_names(kept, path, true);
	keep_names(path, kept, false);
}

static void keep(int fd)
{
	char path[PATH_SIZE];
	struct stat st;
	if (!root_n || no_sync || !path_of_fd(fd, path) || fstat(fd, &st))
		return;
	pthread_mutex_lock(&lock);
	if (S_ISDIR(st.st_mode)) {
		keep_folder(path);
	} else {
		bool known = fd < FDS && by_fd[fd];
		struct file *f = known ? by_fd[fd] : file_at(path);
		bool whole = f->whole;
		f->whole = whole || !known;
		keep_file(f, fd);
		f->whole = whole;
	}
	pthread_mutex_unlock(&lock);
}

/* ---- the calls as the program sees them ---- */

static void opened(int fd, int flags)
{
	char path[PATH_SIZE];
	struct stat st;
	if (fd < 0 || fd >= FDS || !root_n || !path_of_fd(fd, path) || fstat(fd, &st) ||
	    !S_ISREG(st.st_mode))
		return;
	int saved = errno;
	pthread_mutex_lock(&lock);
	by_fd[fd] = file_at(path);
	if (flags & O_TRUNC)
		by_fd[fd]->whole = true;
	pthread_mutex_unlock(&lock);
	errno = saved;
}

static void wrote(int fd, off_t from, ssize_t n)
{
	if (n <= 0 || fd < 0 || fd >= FDS || !by_fd[fd])
		return;
	int saved = errno;
	pthread_mutex_lock(&lock);
	if (by_fd[fd])
		mark(by_fd[fd], from, from + n);
	pthread_mutex_unlock(&lock);
	int flags = R(fcntl)(fd, F_GETFL);
	if (flags >= 0 && flags & (O_SYNC | O_DSYNC))
		keep(fd);
	errno = saved;
}

static void whole(int fd)
{
	pthread_mutex_lock(&lock);
	if (fd >= 0 && fd < FDS && by_fd[fd])
		by_fd[fd]->whole = true;
	pthread_mutex_unlock(&lock);
}

static void same(int old, int new)
{
	pthread_mutex_lock(&lock);
	if (new >= 0 && new < FDS)
		by_fd[new] = old >= 0 && old < FDS ? by_fd[old] : NULL;
	pthread_mutex_unlock(&lock);
}

static int open_any(int at, const char *path, int flags, mode_t mode)
{
	int fd = R(openat)(at, path, flags, mode);
	opened(fd, flags);
	return fd;
}

#define MODE(flags, mode)                                                                          \
	do {                                                                                       \
		if ((flags) & (O_CREAT | __O_TMPFILE)) {                                           \
			va_list args;                                                              \
			va_start(args, flags);                                                     \
			mode = va_arg(args, mode_t);                                               \
			va_end(args);                                                              \
		}                                                                                  \
	} while (0)

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	MODE(flags, mode);
	return open_any(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int openat(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;
	MODE(flags, mode);
	return open_any(at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) __attribute__((alias("openat")));

int creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) __attribute__((alias("creat")));

/* What a program built with _FORTIFY_SOURCE calls for open without a mode. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}
int __open64_2(const char *path, int flags) __attribute__((alias("__open_2")));

int __openat_2(int at, const char *path, int flags);
int __openat_2(int at, const char *path, int flags)
{
	return open_any(at, path, flags, 0);
}
int __openat64_2(int at, const char *path, int flags) __attribute__((alias("__openat_2")));

int close(int fd)
{
	same(-1, fd);
	return R(close)(fd);
}

int fcntl(int fd, int command, ...)
{
	va_list args;
	va_start(args, command);
	void *arg = va_arg(args, void *);
	va_end(args);
	int got = R(fcntl)(fd, command, arg);
	if (got >= 0 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC))
		same(fd, got);
	return got;
}
int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));

int dup(int old)
{
	int new = R(dup)(old);
	same(old, new);
	return new;
}

int dup2(int old, int new)
{
	int got = R(dup2)(old, new);
	if (got >= 0 && old != new)
		same(old, got);
	return got;
}

int dup3(int old, int new, int flags)
{
	int got = R(dup3)(old, new, flags);
	if (got >= 0)
		same(old, got);
	return got;
}

/* Where a write without an offset began: the place after it, less what it wrote. */
static void wrote_here(int fd, ssize_t n)
{
	if (n > 0 && fd >= 0 && fd < FDS && by_fd[fd]) {
		off_t end = lseek(fd, 0, SEEK_CUR);
		wrote(fd, end - n, n);
	}
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t done = R(write)(fd, p, n);
	wrote_here(fd, done);
	return done;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t done = R(writev)(fd, v, n);
	wrote_here(fd, done);
	return done;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t done = R(pwrite)(fd, p, n, at);
	wrote(fd, at, done);
	return done;
}
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) __attribute__((alias("pwrite")));

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	ssize_t done = R(pwritev)(fd, v, n, at);
	wrote(fd, at, done);
	return done;
}
ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at) __attribute__((alias("pwritev")));

/* The length is taken at the fsync; bytes that come back after growing again are zeroes then. */
int ftruncate(int fd, off_t size)
{
	struct stat st;
	bool shorter = fd >= 0 && fd < FDS && by_fd[fd] && fstat(fd, &st) == 0 && st.st_size > size;
	int got = R(ftruncate)(fd, size);
	if (shorter && got == 0)
		wrote(fd, size, (ssize_t)(st.st_size - size));
	return got;
}
int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));

int fallocate(int fd, int mode, off_t at, off_t n)
{
	whole(fd);
	return R(fallocate)(fd, mode, at, n);
}
int fallocate64(int fd, int mode, off_t at, off_t n) __attribute__((alias("fallocate")));

int posix_fallocate(int fd, off_t at, off_t n)
{
	whole(fd);
	return R(posix_fallocate)(fd, at, n);
}
int posix_fallocate64(int fd, off_t at, off_t n) __attribute__((alias("posix_fallocate")));

ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t n, unsigned flags)
{
	whole(out);
	return R(copy_file_range)(in, in_at, out, out_at, n, flags);
}

void *mmap(void *p, size_t n, int prot, int flags, int fd, off_t at)
{
	if (fd >= 0 && prot & PROT_WRITE && flags & MAP_SHARED)
		whole(fd);
	return R(mmap)(p, n, prot, flags, fd, at);
}
void *mmap64(void *p, size_t n, int prot, int flags, int fd, off_t at)
    __attribute__((alias("mmap")));

int fsync(int fd)
{
	int got = R(fsync)(fd);
	if (got == 0)
		keep(fd);
	return got;
}

int fdatasync(int fd)
{
	int got = R(fdatasync)(fd);
	if (got == 0)
		keep(fd);
	return got;
}

static void moved(const char *from, const char *to, bool link)
{
	struct move *m = must_have(calloc(1, sizeof *m)), **end = &moves;
	m->from = must_have(strdup(from));
	m->to = must_have(strdup(to));
	m->link = link;
	while (*end)
		end = &(*end)->next;
	*end = m;
	for (struct file *f = files; f && !link; f = f->next) {
		if (strcmp(f->path, to) == 0)
			file_rename(f, "");
		else if (strcmp(f->path, from) == 0)
			file_rename(f, to);
	}
}

int renameat(int at, const char *from, int at2, const char *to)
{
	char a[PATH_SIZE], b[PATH_SIZE];
	bool ours = root_n && path_of_name(at, from, a) && path_of_name(at2, to, b);
	pthread_mutex_lock(&lock);
	int got = R(renameat)(at, from, at2, to);
	if (got == 0 && ours)
		moved(a, b, false);
	pthread_mutex_unlock(&lock);
	return got;
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int linkat(int at, const char *from, int at2, const char *to, int flags)
{
	char a[PATH_SIZE], b[PATH_SIZE];
	bool ours = root_n && path_of_name(at, from, a) && path_of_name(at2, to, b);
	pthread_mutex_lock(&lock);
	int got = R(linkat)(at, from, at2, to, flags);
	if (got == 0 && ours)
		moved(a, b, true);
	pthread_mutex_unlock(&lock);
	return got;
}

int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int at, const char *name, int flags)
{
	char path[PATH_SIZE];
	bool ours = root_n && path_of_name(at, name, path);
	pthread_mutex_lock(&lock);
	int got = R(unlinkat)(at, name, flags);
	for (struct file *f = files; f && got == 0 && ours; f = f->next)
		if (strcmp(f->path, path) == 0)
			file_rename(f, "");
	pthread_mutex_unlock(&lock);
	return got;
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}
