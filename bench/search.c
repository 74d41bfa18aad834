/* search COUNT [URL]: fill the index with made-up messages and time queries of each kind.
 *
 * Words follow Zipf's law, a third of the texts is Chinese; 20 inboxes, the last of them small. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/clock.h"
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 1000, ROUNDS = 9, WORDS = 50000, SMALL_INBOX = 20 };

static const struct migration no_schema[] = {{NULL, 0, NULL}};
static uint64_t seed = 88172645463325252ULL;

static double chance(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static int zipf(int n)
{
	return (int)pow(n, chance());
}

static void add_text(struct buf *b)
{
	int n = 8 + (int)(chance() * 40);
	bool chinese = chance() < 0.33;

	for (int i = 0; i < n; i++) {
		unsigned w = (unsigned)zipf(chinese ? 3000 : WORDS);

		if (chinese)
			buf_fmt(b, "%c%c%c%s", 0xe4 + (int)(w >> 12), 0x80 | (int)(w >> 6 & 63),
				0x80 | (int)(w & 63), i % 9 == 8 ? "，" : "");
		else
			buf_fmt(b, "w%uo%c ", w, 'a' + (int)(w % 26));
	}
}

struct fill {
	struct arena *a;
	int64_t next;
};

static enum err fill(void *arg, struct db *db, int attempt)
{
	struct fill *f = arg;

	(void)attempt;
	arena_reset(f->a);
	for (int i = 0; i < BATCH; i++) {
		struct buf b = BUF(f->a);
		int64_t id = f->next + i;

		add_text(&b);
		if (id % 7919 == 0)
			buf_z(&b, " rareword");
		const struct search_doc d = {.kind = SEARCH_MESSAGE,
					     .id = id,
					     .conversation_id = id / 10,
					     .inbox_id = id % 1000 == 0 ? SMALL_INBOX : 1 + id % 19,
					     .at = id,
					     .text = buf_str(&b)};
		TRY(search_put(db, f->a, &d));
	}
	return E_OK;
}

struct ask {
	struct arena *a;
	struct search_query q;
	struct search_hit hits[25];
	size_t n;
};

static enum err ask(void *arg, struct db *db, int attempt)
{
	struct ask *k = arg;

	(void)attempt;
	return search_find(db, k->a, &k->q, k->hits, &k->n);
}

/* clang-format off */
static const struct {
	const char *what, *text;
	bool small; /* only the small inbox */
} asks[] = {
	{"commonest word",            "w1ob ",                 false},
	{"common word, small inbox",  "w1ob ",                 true},
	{"two common words",          "w1ob w2oc ",            false},
	{"common phrase",             "\"w1ob w2oc\"",         false},
	{"rare word",                 "rareword ",             false},
	{"rare and common",           "rareword w1ob ",        false},
	{"two middling words",        "w300oo w700oy ",        false},
	{"prefix of few",             "w4999",                 false},
	{"prefix of many",            "w1o",                   false},
	{"prefix of very many",       "w12",                   false},
	{"prefix, small inbox",       "w12",                   true},
	{"one Han character",         "\xe4\x80\x81",          false},
	{"one Han, small inbox",      "\xe4\x80\x81",          true},
	{"common Han pair",           "\xe4\x80\x81\xe4\x80\x81", false},
	{"Han run of four",           "\xe4\x80\x81\xe4\x80\x82\xe4\x80\x83\xe4\x80\x84", false},
	{"nothing there",             "absentword ",           false},
};
/* clang-format on */

static int by_size(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

static void time_ask(struct store *s, struct arena *a, size_t i)
{
	static int64_t inboxes[19] = {1,  2,  3,  4,  5,  6,  7,  8,  9, 10,
				      11, 12, 13, 14, 15, 16, 17, 18, 19};
	static int64_t small = SMALL_INBOX;
	int64_t us[ROUNDS];
	struct ask k = {.a = a, .q = {.text = str_of(asks[i].text), .limit = 25}};

	k.q.inboxes = asks[i].small ? (struct ids){&small, 1} : (struct ids){inboxes, 19};
	for (int r = 0; r < ROUNDS; r++) {
		int64_t from = clock_ticks();

		if (store_read_wait(s, ask, &k) != E_OK) {
			printf("%-28s failed\n", asks[i].what);
			return;
		}
		us[r] = clock_ticks() - from;
	}
	int64_t first = us[0];

	qsort(us, ROUNDS, sizeof *us, by_size);
	printf("%-28s %2zu hits  %8.2f ms  (first %.2f)\n", asks[i].what, k.n,
	       (double)us[ROUNDS / 2] / 1000, (double)first / 1000);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int64_t count = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
	const struct store_options o = {.url = str_of(argc > 2 ? argv[2] : "sqlite::memory:")};
	struct fill f = {.a = arena_new(), .next = 1};
	const char *why;
	struct store *s;

	if (store_open(a, &o, &s, &why) != E_OK || store_migrate(s, a, no_schema, &why) != E_OK) {
		fprintf(stderr, "search: %s\n", why);
		return 1;
	}
	int64_t from = clock_ticks();

	for (; f.next <= count; f.next += BATCH) {
		if (store_write_wait(s, fill, &f) != E_OK)
			return 1;
		if (f.next % 100000 == 1)
			fprintf(stderr, "%lld\n", (long long)f.next);
	}
	printf("%lld documents, %.0f a second\n", (long long)count,
	       (double)count * 1e6 / (double)(clock_ticks() - from));
	for (size_t i = 0; i < COUNT(asks); i++)
		time_ask(s, a, i);
	store_close(s);
	arena_free(f.a);
	arena_free(a);
	return 0;
}
