/* SPDX-License-Identifier: Apache-2.0 */
#include "core/perms.h"

static const struct {
	const char *name, *text;
} rows[] = {
#define X(name, outside, text) {outside, text},
    PERM_LIST(X)
#undef X
};

void perm_add(struct perms *s, enum perm p)
{
	s->w[p / 64] |= (uint64_t)1 << p % 64;
}

bool perm_has(const struct perms *s, enum perm p)
{
	return s->w[p / 64] >> p % 64 & 1;
}

const char *perm_name(enum perm p)
{
	return rows[p].name;
}

const char *perm_text(enum perm p)
{
	return rows[p].text;
}

enum perm perm_find(struct str name)
{
	for (int p = P__FIRST; p < P__MAX; p++)
		if (str_eq(str_of(rows[p].name), name))
			return (enum perm)p;
	return P__MAX;
}
