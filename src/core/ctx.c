/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ctx.h"

enum err fail(struct ctx *c, enum err e, const char *key, const char *arg)
{
	c->code = e;
	c->key = key;
	c->arg = arg ? str_z(c->a, str_clip(str_of(arg), 200)) : NULL;
	return e;
}

enum err fail_str(struct ctx *c, enum err e, const char *key, struct str arg)
{
	return fail(c, e, key, str_z(c->a, str_clip(arg, 200)));
}

bool ctx_sees(const struct ctx *c, int64_t inbox_id)
{
	for (size_t i = 0; i < c->actor.scope.n; i++)
		if (c->actor.scope.v[i] == inbox_id)
			return true;
	return c->actor.kind == ACTOR_SYSTEM;
}

bool ctx_may(const struct ctx *c, enum perm p)
{
	return c->actor.kind == ACTOR_SYSTEM || perm_has(&c->actor.perms, p);
}

struct ctx ctx_system(struct desk *desk, struct arena *a, struct db *db)
{
	return (struct ctx){
	    .a = a, .db = db, .desk = desk, .now = clock_now(), .actor = {.kind = ACTOR_SYSTEM}};
}

void ctx_live(struct ctx *c, struct live l)
{
	struct live *copy = NEW(c->a, struct live);

	*copy = l;
	copy->next = c->live;
	c->live = copy;
}
