/* SPDX-License-Identifier: Apache-2.0 */
#include "modules/routing/engine_in.h"

#include <string.h>

enum { FIRST_CAP = 1024 };

static size_t home(const struct table *t, uint64_t key)
{
	uint64_t h = key * 0x9E3779B97F4A7C15u;

	return (size_t)((h ^ (h >> 29)) & (t->cap - 1));
}

uint32_t *table_find(const struct table *t, uint64_t key)
{
	if (!t->cap || !key)
		return NULL;
	for (size_t i = home(t, key); t->key[i]; i = (i + 1) & (t->cap - 1))
		if (t->key[i] == key)
			return &t->value[i];
	return NULL;
}

static void grow(struct arena *a, struct table *t)
{
	struct table old = *t;

	t->cap = old.cap ? old.cap * 2 : FIRST_CAP;
	t->n = 0;
	t->key = NEWN(a, uint64_t, t->cap);
	t->value = NEWN(a, uint32_t, t->cap);
	for (size_t i = 0; i < old.cap; i++)
		if (old.key[i])
			table_put(a, t, old.key[i], old.value[i]);
}

void table_put(struct arena *a, struct table *t, uint64_t key, uint32_t value)
{
	if (2 * (t->n + 1) > t->cap)
		grow(a, t);
	size_t i = home(t, key);
	while (t->key[i] && t->key[i] != key)
		i = (i + 1) & (t->cap - 1);
	t->n += t->key[i] == 0;
	t->key[i] = key;
	t->value[i] = value;
}

/* What follows is moved up, so that no marks of the dead pile up. */
void table_drop(struct table *t, uint64_t key)
{
	uint32_t *v = table_find(t, key);

	if (!v)
		return;
	size_t hole = (size_t)(v - t->value), i = hole;
	for (;;) {
		i = (i + 1) & (t->cap - 1);
		if (!t->key[i])
			break;
		size_t want = home(t, t->key[i]);
		if (((i - want) & (t->cap - 1)) >= ((i - hole) & (t->cap - 1))) {
			t->key[hole] = t->key[i];
			t->value[hole] = t->value[i];
			hole = i;
		}
	}
	t->key[hole] = 0;
	t->n--;
}
