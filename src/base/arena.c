/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192, ALIGN = 16 };

/* Blocks of the usual size that no malloc() is asked for.  A request's memory is often given back
 * by another thread than the one that took it, which costs malloc() dearly.  Not under the address
 * sanitizer, which then sees who writes where he no longer may. */
#ifdef __SANITIZE_ADDRESS__
enum { POOL = 1, POOL_USED = 0 };
#else
enum { POOL = 512, POOL_USED = POOL };
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

struct place {
	struct block block;
	unsigned char bytes[BLOCK];
};

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct place pool[POOL]; /* its pages cost nothing before they are used */
static size_t pool_begun;       /* places ever used */
static struct block *pool_free;

static struct block *pool_take(void)
{
	pthread_mutex_lock(&pool_lock);
	struct block *b = pool_free;

	if (b)
		pool_free = b->next;
	else if (pool_begun + 1 <= POOL_USED) /* which may be none */
		b = &pool[pool_begun++].block;
	pthread_mutex_unlock(&pool_lock);
	return b;
}

static bool pool_give(struct block *b)
{
	uintptr_t at = (uintptr_t)b;

	if (at < (uintptr_t)pool || at >= (uintptr_t)(pool + POOL))
		return false;
	pthread_mutex_lock(&pool_lock);
	b->next = pool_free;
	pool_free = b;
	pthread_mutex_unlock(&pool_lock);
	return true;
}

static struct block *block_new(size_t size)
{
	struct block *b = size == BLOCK ? pool_take() : NULL;

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

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		if (!pool_give(b))
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
