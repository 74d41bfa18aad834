/* SPDX-License-Identifier: Apache-2.0 */
#include "text/token.h"

#include "text/fold.h"

#include <string.h>
#include <unicode/uchar.h>

enum { PARTS = 32, DENSE = 64, DENSE_BYTES = 24 };

/* A stretch of one kind (letters or digits) inside a chain. */
struct part {
	size_t at, n; /* bytes of the chain's text */
	size_t from, to;
	size_t letters; /* code points */
	char join;      /* what stands before it: a joiner, or 0 when only the kind changed */
};

struct dense {
	char p[DENSE_BYTES];
	size_t n, from, to;
};

struct run {
	enum text_tokens_for mode;
	text_token_fn fn;
	void *arg;
	bool stop;

	/* the chain being read; one of the two is empty */
	char text[TEXT_TOKEN_MAX];
	size_t n, parts;
	struct part part[PARTS];
	enum fold_class last; /* of the last code point in the chain */
	bool digits;
	char join; /* a joiner was read after the chain, not yet known to join */

	/* the dense run being read */
	enum fold_class cls;
	struct dense dense[DENSE];
	size_t chars;
	bool carried; /* the first of them was given already, as the end of a pair */
};

static void give(struct run *r, struct str token, size_t from, size_t to)
{
	if (!r->stop && token.n)
		r->stop = !r->fn(r->arg, token, from, to);
}

static void give_part(struct run *r, const struct part *p)
{
	give(r, (struct str){r->text + p->at, p->n}, p->from, p->to);
}

/* Is the part a word of its own?  Only what a joiner cuts off is, in words without digits. */
static void give_chain_index(struct run *r, size_t from, size_t to)
{
	give(r, (struct str){r->text, r->n}, from, to);
	for (size_t i = 0; r->parts > 1 && i < r->parts; i++) {
		struct part p = r->part[i];
		if (p.n == 1 && r->text[p.at] == '.')
			continue;
		give_part(r, &p);
	}
}

static void give_chain_query(struct run *r, size_t from, size_t to)
{
	bool whole = r->digits || r->parts == 1, shorty = false, other = false;

	for (size_t i = 0; i < r->parts; i++) {
		bool apostrophe =
		    r->part[i].join == '\'' || (i + 1 < r->parts && r->part[i + 1].join == '\'');
		shorty |= r->part[i].letters < 2 && !apostrophe;
		other |= r->part[i].letters >= 2;
	}
	if (whole || shorty || !other) {
		give(r, (struct str){r->text, r->n}, from, to);
		return;
	}
	for (size_t i = 0; i < r->parts; i++)
		if (r->part[i].letters >= 2)
			give_part(r, &r->part[i]);
}

static void end_chain(struct run *r)
{
	if (r->parts) {
		size_t from = r->part[0].from, to = r->part[r->parts - 1].to;
		if (r->mode == TEXT_INDEX)
			give_chain_index(r, from, to);
		else
			give_chain_query(r, from, to);
	}
	r->n = r->parts = 0;
	r->digits = false;
	r->join = 0;
	r->last = FOLD_GAP;
}

static void give_pairs(struct run *r)
{
	for (size_t i = 0; i + 1 < r->chars; i++) {
		const struct dense *a = &r->dense[i], *b = &r->dense[i + 1];
		char pair[DENSE_BYTES * 2];
		memcpy(pair, a->p, a->n);
		memcpy(pair + a->n, b->p, b->n);
		give(r, (struct str){pair, a->n + b->n}, a->from, b->to);
	}
}

static void give_hangul_word(struct run *r)
{
	char word[DENSE * DENSE_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < r->chars; i++) {
		memcpy(word + n, r->dense[i].p, r->dense[i].n);
		n += r->dense[i].n;
	}
	if (n <= TEXT_TOKEN_MAX)
		give(r, (struct str){word, n}, r->dense[0].from, r->dense[r->chars - 1].to);
}

static void end_dense(struct run *r)
{
	if (r->chars) {
		const struct dense *last = &r->dense[r->chars - 1];
		bool index = r->mode == TEXT_INDEX;
		if (index && r->cls == FOLD_HANGUL && r->chars > 1 && !r->carried)
			give_hangul_word(r);
		give_pairs(r);
		if (index || (r->chars == 1 && !r->carried))
			give(r, (struct str){last->p, last->n}, last->from, last->to);
	}
	r->chars = 0;
	r->carried = false;
}

/* The run is longer than the window: give what is there, keep the last character. */
static void slide_dense(struct run *r)
{
	give_pairs(r);
	r->dense[0] = r->dense[r->chars - 1];
	r->chars = 1;
	r->carried = true;
}

static void add_dense(struct run *r, uint32_t c, enum fold_class cls, const struct fold *f)
{
	end_chain(r);
	if (r->chars && r->cls != cls)
		end_dense(r);
	if (r->chars == DENSE)
		slide_dense(r);
	r->cls = cls;
	struct dense *d = &r->dense[r->chars++];
	d->from = f->from;
	d->to = f->to;
	d->n = fold_utf8(c, d->p);
}

static bool new_part(struct run *r, enum fold_class cls, const struct fold *f)
{
	bool decimal = r->join == '.' && r->last == FOLD_DIGIT && cls == FOLD_DIGIT;
	bool starts = r->parts == 0 || r->join || r->last != cls;

	if (!starts)
		return true;
	if (r->parts == PARTS)
		return false;
	if (decimal && r->n < sizeof r->text)
		r->text[r->n++] = '.';
	r->part[r->parts++] =
	    (struct part){.at = r->n, .from = f->from, .to = f->to, .join = r->join};
	r->join = 0;
	return true;
}

static void add_word(struct run *r, uint32_t c, enum fold_class cls, const struct fold *f)
{
	uint32_t bare[3];
	size_t n = fold_bare(c, bare);
	char bytes[12];
	size_t size = 0;

	end_dense(r);
	if (cls == FOLD_DIGIT && c >= 0x80) {
		bare[0] = (uint32_t)('0' + u_charDigitValue((UChar32)c));
		n = 1;
	}
	for (size_t i = 0; i < n; i++)
		size += fold_utf8(bare[i], bytes + size);
	if (size == 0)
		return;
	if (r->n + size + 1 > sizeof r->text || !new_part(r, cls, f)) {
		end_chain(r);
		(void)new_part(r, cls, f);
	}
	struct part *p = &r->part[r->parts - 1];
	memcpy(r->text + r->n, bytes, size);
	r->n += size;
	p->n += size;
	p->letters++;
	p->to = f->to;
	r->last = cls;
	r->digits |= cls == FOLD_DIGIT;
}

static void add_mark(struct run *r, uint32_t c, const struct fold *f)
{
	uint32_t bare[3];

	if (r->chars) {
		struct dense *d = &r->dense[r->chars - 1];
		if (d->n + 4 <= DENSE_BYTES)
			d->n += fold_utf8(c, d->p + d->n);
		d->to = f->to;
	} else if (r->parts && !r->join && fold_bare(c, bare)) {
		add_word(r, c, r->last, f);
	}
}

/* What holds a chain together, as one of - . ' (a comma only between digits), or 0. */
static char joiner(uint32_t c)
{
	switch (c) {
	case '-':
	case '/':
	case '_':
	case '#':
	case '@':
	case ':':
	case '&':
	case '+':
	case 0x2010:
	case 0x2011: return '-';
	case '.': return '.';
	case ',': return ',';
	case '\'':
	case 0x2019: return '\'';
	default: return 0;
	}
}

static void add_gap(struct run *r, uint32_t c)
{
	char j = joiner(c);

	end_dense(r);
	if (!j || !r->parts || r->join)
		end_chain(r);
	else
		r->join = j;
}

static void add(struct run *r, uint32_t c, const struct fold *f)
{
	enum fold_class cls = fold_class(c);

	switch (cls) {
	case FOLD_LETTER:
	case FOLD_DIGIT:
		if (r->join == ',' && !(cls == FOLD_DIGIT && r->last == FOLD_DIGIT))
			end_chain(r);
		if (r->join == ',')
			r->join = '.';
		add_word(r, c, cls, f);
		return;
	case FOLD_MARK: add_mark(r, c, f); return;
	case FOLD_NOTHING: return;
	case FOLD_GAP:
	case FOLD_SYMBOL: add_gap(r, c); return;
	case FOLD_HAN:
	case FOLD_HANGUL:
	case FOLD_THAI:
	case FOLD_LAO:
	case FOLD_KHMER:
	case FOLD_MYANMAR: add_dense(r, c, cls, f); return;
	}
}

void text_tokens(struct str text, enum text_tokens_for mode, text_token_fn fn, void *arg)
{
	struct run r;
	struct fold f;
	size_t at = 0;

	r.mode = mode;
	r.fn = fn;
	r.arg = arg;
	r.stop = r.digits = r.carried = false;
	r.n = r.parts = r.chars = 0;
	r.join = 0;
	r.last = r.cls = FOLD_GAP;
	while (!r.stop && fold_next(text, &at, &f))
		for (size_t i = 0; i < f.n; i++)
			add(&r, f.c[i], &f);
	end_chain(&r);
	end_dense(&r);
}
