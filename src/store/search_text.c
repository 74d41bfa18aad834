/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_text.h"

#include "text/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- the index ---- */

static void add_lexeme(struct buf *b, struct str token)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '\'' || token.p[i] == '\\')
			buf_char(b, token.p[i]);
		buf_char(b, token.p[i]);
	}
	buf_char(b, '\'');
}

/* A tsvector holds 1,048,575 bytes, of which a lexeme takes no more than it does written out. */
enum { VECTOR_MAX = 1000 * 1000 };

/* PostgreSQL joins equal lexemes itself; its places end at 16383.  What a few characters unfold to
 * may be more than a tsvector holds: the text is then found by its beginning. */
static bool add_vector(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct buf *b = arg;

	(void)from, (void)to;
	if (b->n + 2 * token.n + sizeof "'':16383 " > VECTOR_MAX)
		return false;
	add_lexeme(b, token);
	buf_char(b, ':');
	buf_int(b, place < 16382 ? (int64_t)place + 1 : 16383);
	buf_char(b, ' ');
	return true;
}

struct str search_vector(struct arena *a, struct str text)
{
	struct buf b = BUF(a);

	search_tokens(text, add_vector, &b);
	return buf_str(&b);
}

/* ---- queries ---- */

/* A piece of a query as an index would have it, to know which tokens follow each other. */
struct seen {
	struct arena *a;
	struct {
		struct str token;
		size_t from, place;
	} * v;
	size_t n, cap;
};

struct parse {
	struct arena *a;
	struct search_terms *terms;
	struct seen seen;
	struct str piece;
	bool phrase;
	size_t first, last_to; /* of this piece */
	size_t alt_end;        /* the term after the last that has another form */
};

static bool see(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct seen *s = arg;

	(void)to;
	if (s->n == s->cap)
		return false;
	s->v[s->n].token = str_dup(s->a, token);
	s->v[s->n].from = from;
	s->v[s->n++].place = place;
	return true;
}

static size_t place_of(const struct seen *s, struct str token, size_t from)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].from == from && str_eq(s->v[i].token, token))
			return s->v[i].place;
	return (size_t)-1;
}

/* One character of a script without spaces. */
static bool one_dense(struct str token)
{
	struct fold f;
	size_t at = 0;

	return str_chars(token) == 1 && fold_next(token, &at, &f) && f.n == 1 &&
	       fold_class(f.c[0]) >= FOLD_HAN && fold_class(f.c[0]) <= FOLD_MYANMAR;
}

/* The form the index has a query's word in. */
static struct str index_form(struct str token, char plain[TEXT_TOKEN_MAX])
{
	size_t whole, n = search_number(token, plain, &whole);

	if (n) /* 1,299.00 is 1299 */
		return (struct str){plain, str_ends((struct str){plain, n}, S(".00")) ? whole : n};
	return search_stem(search_simple(token, plain), true);
}

static bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Are the words before and after the gap written as one: shop@mail, 12/05? */
static bool glued(struct str text, size_t from, size_t to)
{
	bool digits = from && one_of(text.p[from - 1], "0123456789") && to < text.n &&
		      one_of(text.p[to], "0123456789");

	for (size_t i = from; i < to; i++)
		if (!one_of(text.p[i], digits ? "-._:#@/" : "-._:#@"))
			return false;
	return to - from <= 3;
}

static bool add_term(void *arg, struct str raw, size_t from, size_t to)
{
	struct parse *p = arg;
	struct search_terms *t = p->terms;
	char plain[TEXT_TOKEN_MAX];

	if (t->n == SEARCH_TERMS_MAX)
		return false;
	struct str token = index_form(raw, plain);
	struct search_term *new = &t->v[t->n];
	size_t place = place_of(&p->seen, token, from);
	bool near = t->n > p->first && place != (size_t)-1 && place == new[-1].place + 1;
	bool one = from < p->last_to || glued(p->piece, p->last_to, from);

	*new = (struct search_term){
	    .token = str_dup(p->a, token), .place = place, .from = from, .to = to};
	new->prefix = one_dense(token);
	new->follows = near && (p->phrase || one) && !new[-1].prefix;
	p->last_to = to;
	t->n++;
	return true;
}

/* A number written in groups may stand in one. */
static bool add_run(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct parse *p = arg;
	struct search_term *v = p->terms->v;
	size_t n = p->terms->n, i = p->first, j;

	(void)place;
	while (i < n && v[i].from < from)
		i++;
	for (j = i; j < n && v[j].to <= to;)
		j++;
	if (j == i || v[i].follows || (j < n && (v[j].follows || v[j].from < to)))
		return true;
	/* Two runs may share digits; what the first covers is not open to the second. */
	if (i >= p->alt_end && (j > i + 1 || !str_eq(v[i].token, token))) {
		v[i].alt = str_dup(p->a, token);
		v[i].alt_n = j - i;
		p->alt_end = j;
	}
	return true;
}

/* The piece with spaces for what joins words of their own, wide or not. */
static struct str part_words(struct arena *a, struct str piece)
{
	char *p = str_z(a, piece);
	struct fold f;
	size_t at = 0;

	while (fold_next(piece, &at, &f))
		if (f.n == 1 && f.c[0] < 0x80 && one_of((char)f.c[0], SEARCH_WORD_JOINERS))
			memset(p + f.from, ' ', f.to - f.from);
	return (struct str){p, piece.n};
}

static void parse_piece(struct parse *p, struct str piece, bool phrase)
{
	p->seen.n = 0;
	p->piece = piece;
	p->phrase = phrase;
	p->first = p->terms->n;
	p->last_to = 0;
	search_tokens(piece, see, &p->seen);
	text_tokens(part_words(p->a, piece), TEXT_QUERY, add_term, p);
	if (!phrase)
		search_runs(piece, add_run, p);
}

/* Who types on sees what the word may become; two letters may become anything. */
static void open_end(struct search_terms *t, struct str text)
{
	struct search_term *last = t->n ? &t->v[t->n - 1] : NULL;
	char end = text.n ? text.p[text.n - 1] : ' ';
	struct fold f;
	size_t at = 0;

	if (!last || end == ' ' || end == '"')
		return;
	for (size_t i = 0; i < t->n; i++)
		t->v[i].alt_prefix = i + t->v[i].alt_n == t->n;
	if (str_chars(last->token) >= 3 && fold_next(last->token, &at, &f) && f.n &&
	    fold_class(f.c[0]) <= FOLD_DIGIT)
		last->prefix = true;
}

void search_parse(struct arena *a, struct str text, struct search_terms *t)
{
	struct str all = str_clip(text, SEARCH_QUERY_MAX), rest = all, piece;
	struct parse p = {.a = a, .terms = t, .seen = {.a = a, .cap = SEARCH_QUERY_MAX}};
	bool quoted = false;

	t->n = 0;
	p.seen.v = arena_alloc(a, sizeof *p.seen.v * p.seen.cap);
	while (str_cut(&rest, '"', &piece)) {
		/* a quote that is never closed is none */
		parse_piece(&p, piece, quoted && rest.p);
		quoted = !quoted;
	}
	open_end(t, all);
}

static void add_quoted(struct buf *b, struct str token, bool prefix, bool pgsql)
{
	if (pgsql) {
		add_lexeme(b, token);
		buf_z(b, prefix ? ":*" : "");
		return;
	}
	buf_char(b, '"');
	buf_add(b, token);
	buf_z(b, prefix ? "\" *" : "\"");
}

/* The other way to write this term and those after it it covers. */
static void add_alt(struct buf *b, const struct search_term *t, bool pgsql)
{
	buf_char(b, '(');
	add_quoted(b, t->alt, t->alt_prefix, pgsql);
	buf_z(b, pgsql ? " | (" : " OR (");
}

static void add_head(struct buf *b, char what, int64_t id, bool pgsql)
{
	const char *quote = pgsql ? "'" : "\"";

	buf_fmt(b, "%s%c%c%lld%s", quote, SEARCH_HEAD, what, (long long)id, quote);
}

static void add_scope(struct buf *b, const struct search_query *q, bool pgsql)
{
	const char *and = pgsql ? " & " : " AND ", * or = pgsql ? " | " : " OR ";

	if (q->kind) {
		buf_z(b, and);
		add_head(b, 'k', q->kind, pgsql);
	}
	if (q->inboxes.n > SEARCH_INBOXES_MAX)
		return;
	buf_z(b, and);
	buf_char(b, '(');
	for (size_t i = 0; i < q->inboxes.n; i++) {
		buf_z(b, i ? or : "");
		add_head(b, 'i', q->inboxes.v[i], pgsql);
	}
	if (q->customers) {
		buf_z(b, q->inboxes.n ? or : "");
		add_head(b, 'k', SEARCH_CUSTOMER, pgsql);
	}
	buf_char(b, ')');
}

struct str search_match(struct arena *a, const struct search_terms *t, const struct search_query *q,
			bool pgsql)
{
	const char *and = pgsql ? " & " : " AND ", *then = pgsql ? " <-> " : " + ";
	struct buf b = BUF(a);
	size_t alt_end = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool starts = !t->v[i].follows, ends = i + 1 == t->n || !t->v[i + 1].follows;

		if (i)
			buf_z(&b, starts ? and : then);
		if (t->v[i].alt_n) {
			add_alt(&b, &t->v[i], pgsql);
			alt_end = i + t->v[i].alt_n;
		}
		buf_z(&b, starts && !ends ? "(" : "");
		add_quoted(&b, t->v[i].token, t->v[i].prefix, pgsql);
		buf_z(&b, !starts && ends ? ")" : "");
		buf_z(&b, i + 1 == alt_end ? "))" : "");
	}
	add_scope(&b, q, pgsql);
	return buf_str(&b);
}

/* ---- snippets ---- */

enum { HITS_MAX = 256, BEFORE = 40 };

struct hit {
	size_t from, to, term;
};

struct hits {
	const struct search_terms *terms;
	struct hit v[HITS_MAX];
	size_t n;
};

static bool term_is(const struct search_term *t, struct str token)
{
	if (t->alt_n && (t->alt_prefix ? str_starts(token, t->alt) : str_eq(token, t->alt)))
		return true;
	return t->prefix ? str_starts(token, t->token) : str_eq(token, t->token);
}

static bool note_hit(void *arg, struct str token, size_t place, size_t from, size_t to)
{
	struct hits *h = arg;

	(void)place;
	for (size_t i = 0; i < h->terms->n; i++)
		if (term_is(&h->terms->v[i], token)) {
			h->v[h->n++] = (struct hit){from, to, i};
			break;
		}
	return h->n < HITS_MAX;
}

/* A telephone number comes after its groups. */
static int by_start(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;

	return a->from != b->from ? (a->from > b->from) - (a->from < b->from)
				  : (a->to < b->to) - (a->to > b->to);
}

/* The hit from which on the most terms stand within one snippet. */
static size_t best_hit(const struct hits *h)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < h->n; i++) {
		uint64_t terms = 0;

		for (size_t j = i; j < h->n && h->v[j].to < h->v[i].from + SEARCH_SNIPPET - BEFORE;
		     j++)
			terms |= 1ULL << h->v[j].term;
		size_t count = (size_t)__builtin_popcountll(terms);

		if (count > most) {
			most = count;
			best = i;
		}
	}
	return best;
}

static size_t char_start(struct str s, size_t i)
{
	while (i > 0 && i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80)
		i--;
	return i;
}

/* One line: what would end it or could be taken for a mark becomes a space. */
static void add_line(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_char(b, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

/* Two marks that nothing or only a joiner parts are one. */
static bool touches(struct str text, size_t end, size_t from)
{
	for (size_t i = end; i < from; i++)
		if (!one_of(text.p[i], "-._:#@/&+"))
			return false;
	return true;
}

struct str search_snippet(struct arena *a, const struct search_terms *t, struct str text)
{
	struct hits *h = NEW(a, struct hits);
	struct buf b = BUF(a);
	size_t from = 0, to, at;

	h->terms = t;
	search_tokens(text, note_hit, h);
	qsort(h->v, h->n, sizeof *h->v, by_start);
	size_t i = best_hit(h);

	if (h->n && h->v[i].from > BEFORE)
		from = char_start(text, h->v[i].from - BEFORE);
	to = from + SEARCH_SNIPPET < text.n ? char_start(text, from + SEARCH_SNIPPET) : text.n;
	buf_z(&b, from ? "…" : "");
	for (at = from; i < h->n && h->v[i].from < to;) {
		size_t start = h->v[i].from, end = h->v[i].to;

		for (i++; i < h->n && touches(text, end, h->v[i].from); i++)
			end = h->v[i].to > end ? h->v[i].to : end;
		end = end < to ? end : to;
		add_line(&b, str_slice(text, at, start));
		buf_char(&b, '\1');
		add_line(&b, str_slice(text, start, end));
		buf_char(&b, '\2');
		at = end;
	}
	add_line(&b, str_slice(text, at, to));
	buf_z(&b, to < text.n ? "…" : "");
	return buf_str(&b);
}
