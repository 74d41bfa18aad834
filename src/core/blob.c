/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "base/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct blobs {
	const char *folder;
};

struct blobs *blobs_open(struct arena *a, struct str folder, const char **why)
{
	struct blobs *b = NEW(a, struct blobs);

	b->folder = str_z(a, folder);
	if (mkdir(b->folder, 0700) < 0 && errno != EEXIST) {
		*why = str_fmt(a, "cannot make the folder %s: %s", b->folder, strerror(errno)).p;
		return NULL;
	}
	return b;
}

static bool is_hash(struct str h)
{
	if (h.n != 64)
		return false;
	for (size_t i = 0; i < h.n; i++)
		if (!((h.p[i] >= '0' && h.p[i] <= '9') || (h.p[i] >= 'a' && h.p[i] <= 'f')))
			return false;
	return true;
}

enum err blob_path(const struct blobs *b, struct arena *a, struct str hash, const char **path)
{
	if (!is_hash(hash))
		return E_INVALID;
	*path = str_fmt(a, "%s/%.2s/%.62s", b->folder, hash.p, hash.p + 2).p;
	return E_OK;
}

static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Move the finished file to its place, durably. */
static enum err settle(struct blobs *b, struct arena *a, const char *from, struct str hash)
{
	struct str folder = str_fmt(a, "%s/%.2s", b->folder, hash.p);
	const char *to;

	TRY(blob_path(b, a, hash, &to));
	if (mkdir(folder.p, 0700) == 0) {
		if (!sync_folder(b->folder))
			return E_BUSY;
	} else if (errno != EEXIST) {
		return E_BUSY;
	}
	if (rename(from, to) < 0 || !sync_folder(folder.p))
		return E_BUSY;
	return E_OK;
}

static bool write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_slice(s, (size_t)n, s.n);
	}
	return true;
}

/* Whether it is stored already; its time is renewed so that the cleanup leaves it alone. */
static bool have(const struct blobs *b, struct arena *a, struct str hash)
{
	const char *path;

	return blob_path(b, a, hash, &path) == E_OK && utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

enum err blob_put(struct blobs *b, struct arena *a, struct str bytes, struct str *hash)
{
	*hash = crypto_sha256_hex(a, bytes);
	if (have(b, a, *hash))
		return E_OK;
	struct str tmp = str_fmt(a, "%s/new-%.*s", b->folder, STR(crypto_token(a, 12)));
	int fd = open(tmp.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return E_BUSY;
	bool ok = write_all(fd, bytes) && fsync(fd) == 0;
	close(fd);
	if (ok && settle(b, a, tmp.p, *hash) == E_OK)
		return E_OK;
	unlink(tmp.p);
	return E_BUSY;
}

enum err blob_take(struct blobs *b, struct arena *a, struct str file,
		   const unsigned char sha256[32], struct str *hash)
{
	const char *from = str_z(a, file);

	*hash = str_hex(a, sha256, 32);
	if (have(b, a, *hash))
		return E_OK;
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok ? settle(b, a, from, *hash) : E_BUSY;
}

enum err blob_read(const struct blobs *b, struct arena *a, struct str hash, int64_t max,
		   struct str *out)
{
	const char *path;
	struct stat st;
	size_t n = 0;

	TRY(blob_path(b, a, hash, &path));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? E_NOTFOUND : E_BUSY;
	if (fstat(fd, &st) < 0 || st.st_size > max) {
		close(fd);
		return E_TOOLARGE;
	}
	char *p = arena_alloc(a, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	*out = (struct str){p, n};
	return n == (size_t)st.st_size ? E_OK : E_BUSY;
}

void blob_remove(const struct blobs *b, struct str hash)
{
	struct arena *a = arena_new();
	const char *path;

	if (blob_path(b, a, hash, &path) == E_OK)
		unlink(path);
	arena_free(a);
}

struct walk {
	int64_t before;
	void (*each)(void *, struct str);
	void *arg;
	int64_t bytes;
};

static void walk_folder(const char *folder, const char *prefix, struct walk *w)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	struct stat st;
	char hash[80];

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, 0) < 0)
			continue;
		w->bytes += st.st_size;
		snprintf(hash, sizeof hash, "%.2s%.64s", prefix, e->d_name);
		if (w->each && is_hash(str_of(hash)) && st.st_mtime * (int64_t)1000 < w->before)
			w->each(w->arg, str_of(hash));
	}
	if (d)
		closedir(d);
}

static void walk_all(const struct blobs *b, struct walk *w)
{
	struct arena *a = arena_new();
	DIR *d = opendir(b->folder);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && strlen(e->d_name) == 2)
			walk_folder(str_fmt(a, "%s/%s", b->folder, e->d_name).p, e->d_name, w);
	if (d)
		closedir(d);
	arena_free(a);
}

void blobs_walk(const struct blobs *b, unsigned part, int64_t before,
		void (*each)(void *, struct str), void *arg)
{
	struct walk w = {before, each, arg, 0};
	struct arena *a = arena_new();
	struct str prefix = str_fmt(a, "%02x", part % 256);

	walk_folder(str_fmt(a, "%s/%s", b->folder, prefix.p).p, prefix.p, &w);
	arena_free(a);
}

int64_t blobs_size(const struct blobs *b)
{
	struct walk w = {0};

	walk_all(b, &w);
	return w.bytes;
}

int64_t blobs_free_space(const struct blobs *b)
{
	struct statvfs v;

	return statvfs(b->folder, &v) == 0 ? (int64_t)v.f_bavail * (int64_t)v.f_frsize : 0;
}

/* ---- what a file is ---- */

static const struct {
	const char *magic;
	size_t n, at;
	const char *type;
} magics[] = {
    {"\x89PNG\r\n\x1a\n", 8, 0, "image/png"},
    {"\xFF\xD8\xFF", 3, 0, "image/jpeg"},
    {"GIF8", 4, 0, "image/gif"},
    {"WEBP", 4, 8, "image/webp"},
    {"%PDF-", 5, 0, "application/pdf"},
    {"PK\x03\x04", 4, 0, "application/zip"},
    {"OggS", 4, 0, "audio/ogg"},
    {"ID3", 3, 0, "audio/mpeg"},
    {"ftyp", 4, 4, "video/mp4"},
    {"\x1A\x45\xDF\xA3", 4, 0, "video/webm"},
};

/* Claims we repeat though the bytes do not show them: they do nothing in a browser. */
static const char *const harmless[] = {
    "text/plain",
    "text/csv",
    "application/json",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "message/rfc822",
};

struct str blob_sniff(struct str head, struct str claimed)
{
	const char *found = NULL;

	for (size_t i = 0; i < COUNT(magics) && !found; i++)
		if (head.n >= magics[i].at + magics[i].n &&
		    memcmp(head.p + magics[i].at, magics[i].magic, magics[i].n) == 0)
			found = magics[i].type;
	ptrdiff_t semi = str_find_char(claimed, ';');
	if (semi >= 0)
		claimed = str_slice(claimed, 0, (size_t)semi);
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (str_eq_nocase(str_of(harmless[i]), str_trim(claimed)) &&
		    (!found || strcmp(found, "application/zip") == 0))
			return str_of(harmless[i]);
	return str_of(found ? found : "application/octet-stream");
}

/* Code points that turn or hide text: bidi controls, zero width, line separators. */
static size_t trick(struct str s)
{
	static const char *const points[] = {
	    "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE",
	    "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xE2\x80\x8B",
	    "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF"};

	for (size_t i = 0; i < COUNT(points); i++)
		if (str_starts(s, str_of(points[i])))
			return 3;
	return (unsigned char)s.p[0] < 0x20 || s.p[0] == 0x7F ? 1 : 0;
}

struct str blob_name(struct arena *a, struct str name)
{
	struct buf b = {.a = a, .max = 600};

	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] != '/' && name.p[i - 1] != '\\')
			continue;
		name = str_slice(name, i, name.n);
		break;
	}
	while (name.n) {
		size_t skip = trick(name);
		if (skip == 0)
			buf_char(&b, name.p[0] && strchr("<>:\"|?*", name.p[0]) ? '_' : name.p[0]);
		name = str_slice(name, skip ? skip : 1, name.n);
	}
	struct str s = str_clip(str_trim(buf_str(&b)), 180);
	while (s.n && s.p[0] == '.')
		s = str_slice(s, 1, s.n);
	return s.n ? s : S("file");
}

static int64_t be16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static bool jpeg_size(const unsigned char *p, size_t n, int64_t *w, int64_t *h)
{
	for (size_t i = 2; i + 9 < n && p[i] == 0xFF;) {
		if (p[i + 1] >= 0xC0 && p[i + 1] <= 0xCF && p[i + 1] != 0xC4 && p[i + 1] != 0xC8 &&
		    p[i + 1] != 0xCC) {
			*h = be16(p + i + 5);
			*w = be16(p + i + 7);
			return true;
		}
		i += 2 + (size_t)be16(p + i + 2);
	}
	return false;
}

bool blob_image_size(struct str head, int64_t *w, int64_t *h)
{
	const unsigned char *p = (const unsigned char *)head.p;
	struct str type = blob_sniff(head, S(""));

	if (str_eq(type, S("image/png")) && head.n >= 24) {
		*w = be16(p + 16) << 16 | be16(p + 18);
		*h = be16(p + 20) << 16 | be16(p + 22);
		return true;
	}
	if (str_eq(type, S("image/gif")) && head.n >= 10) {
		*w = p[6] | p[7] << 8;
		*h = p[8] | p[9] << 8;
		return true;
	}
	if (str_eq(type, S("image/webp")) && head.n >= 30 && memcmp(p + 12, "VP8 ", 4) == 0) {
		*w = (p[26] | p[27] << 8) & 0x3FFF;
		*h = (p[28] | p[29] << 8) & 0x3FFF;
		return true;
	}
	return str_eq(type, S("image/jpeg")) && jpeg_size(p, head.n, w, h);
}
