/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite_tokens.h"

#include "store/search_text.h"

#include <sqlite3.h>

struct give {
	void *ctx;
	int (*token)(void *, int, const char *, int, int, int);
	int rc;
	size_t place;
};

static bool give(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct give *g = arg;
	bool same = place == g->place;

	g->place = place;
	g->rc = g->token(g->ctx, same ? FTS5_TOKEN_COLOCATED : 0, token.p, (int)token.n, (int)from,
			 (int)to);
	return g->rc == SQLITE_OK;
}

/* A query comes as tokens already, one a string. */
static int tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n,
		    int (*token)(void *, int, const char *, int, int, int))
{
	struct give g = {.ctx = ctx, .token = token, .place = (size_t)-1};

	(void)t;
	if (flags & FTS5_TOKENIZE_QUERY)
		return n ? token(ctx, 0, text, n, 0, n) : SQLITE_OK;
	search_tokens((struct str){text, (size_t)n}, give, &g);
	return g.rc;
}

static int create(void *arg, const char **args, int n, Fts5Tokenizer **made)
{
	(void)args, (void)n;
	*made = arg;
	return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *t)
{
	(void)t;
}

/* FTS5 gives its interface as a pointer bound to a statement. */
static fts5_api *api_of(sqlite3 *h)
{
	fts5_api *api = NULL;
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(h, "SELECT fts5(?1)", -1, &s, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
		sqlite3_step(s);
	}
	sqlite3_finalize(s);
	return api;
}

int sqlite_tokens_register(sqlite3 *h)
{
	static fts5_tokenizer tokenizer = {create, destroy, tokenize};
	static char self; /* some address that is not NULL */
	fts5_api *api = api_of(h);

	return api ? api->xCreateTokenizer(api, "aftersail", &self, &tokenizer, NULL)
		   : SQLITE_ERROR;
}
