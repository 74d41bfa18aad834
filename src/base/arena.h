/* arena.h - memory that lives exactly as long as one request or one job.
 *
 * Allocation never fails (the process aborts when the machine is out of memory),
 * is zeroed, and nothing is freed one by one.  A resource that is not memory
 * hangs its release on the arena with arena_defer(); releases run newest first.
 * An arena belongs to one thread at a time.  A job that loops uses one child
 * arena an item, or arena_reset() between items. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);

/* Run what was deferred and forget all memory, keeping one block for reuse. */
void arena_reset(struct arena *);

void *arena_alloc(struct arena *, size_t) __attribute__((returns_nonnull, malloc));
void arena_defer(struct arena *, void (*release)(void *), void *);

/* Bytes handed out since the arena was made or reset. */
size_t arena_used(const struct arena *);

#define NEW(a, type)     ((type *)arena_alloc((a), sizeof(type)))
#define NEWN(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))
#define COUNT(array)     (sizeof(array) / sizeof *(array))
