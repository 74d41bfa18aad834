/* SPDX-License-Identifier: Apache-2.0 */
#include "text/mapfile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mapping {
	void *p;
	size_t n;
};

static void unmap(void *arg)
{
	struct mapping *m = arg;

	munmap(m->p, m->n);
}

enum err text_map_file(struct arena *a, const char *path, struct str *out)
{
	struct mapping *m = NEW(a, struct mapping);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return E_NOTFOUND;
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
	m->n = ok ? (size_t)st.st_size : 0;
	m->p = ok ? mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (m->p == MAP_FAILED)
		return E_NOTFOUND;
	arena_defer(a, unmap, m);
	*out = (struct str){m->p, m->n};
	return E_OK;
}
