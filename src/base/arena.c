/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192, ALIGN = 16 };

/* Blocks of the usual size wait here for the next arena.  A request's memory is often given back
 * by another thread than the one that took it, which costs malloc() dearly.  Not under the address
 * sanitizer, which then sees who writes where he no longer may. */
#ifdef __SANITIZE_ADDRESS__
enum { KEPT_MAX = 0 };
#else
enum { KEPT_MAX = 512 };
#endif

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct release {
	struct release *next;
	void (*run)(void *);
	void *arg;
};

struct arena {
	struct block *top;
	struct release *releases;
	size_t used;
};

static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *kept;
static size_t kept_n;

static struct block *take_kept(void)
{
	pthread_mutex_lock(&kept_lock);
	struct block *b = kept;

	if (b) {
		kept = b->next;
		kept_n--;
	}
	pthread_mutex_unlock(&kept_lock);
	return b;
}

static struct block *block_new(size_t size)
{
	struct block *b = size == BLOCK ? take_kept() : NULL;

	if (!b)
		b = malloc(sizeof *b + size);
	if (!b)
		abort();
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a)
		abort();
	return a;
}

static void run_releases(struct arena *a)
{
	while (a->releases) {
		struct release *r = a->releases;
		a->releases = r->next;
		r->run(r->arg);
	}
}

static bool keep(struct block *b)
{
	pthread_mutex_lock(&kept_lock);
	bool room = kept_n < KEPT_MAX;

	if (room) {
		b->next = kept;
		kept = b;
		kept_n++;
	}
	pthread_mutex_unlock(&kept_lock);
	return room;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		if (b->size != BLOCK || !keep(b))
			free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_releases(a);
	free_blocks(a->top);
	free(a);
}

void arena_reset(struct arena *a)
{
	run_releases(a);
	if (a->top) {
		free_blocks(a->top->next);
		a->top->next = NULL;
		a->top->used = 0;
	}
	a->used = 0;
}

/* A large piece gets a block of its own below the top one, so that the rest of the top block
 * stays in use. */
static void *alloc_large(struct arena *a, size_t n)
{
	struct block *b = block_new(n);

	b->used = n;
	if (a->top) {
		b->next = a->top->next;
		a->top->next = b;
	} else {
		a->top = b;
	}
	return b->bytes;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX - sizeof(struct block) - ALIGN)
		abort();
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (n == 0)
		n = ALIGN;
	a->used += n;
	if (n > BLOCK / 4) {
		p = alloc_large(a, n);
	} else {
		if (!a->top || a->top->size - a->top->used < n) {
			struct block *b = block_new(BLOCK);
			b->next = a->top;
			a->top = b;
		}
		p = a->top->bytes + a->top->used;
		a->top->used += n;
	}
	memset(p, 0, n);
	return p;
}

void arena_defer(struct arena *a, void (*run)(void *), void *arg)
{
	struct release *r = NEW(a, struct release);

	r->run = run;
	r->arg = arg;
	r->next = a->releases;
	a->releases = r;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
