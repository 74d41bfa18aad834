/* SPDX-License-Identifier: Apache-2.0 */
#include "text/fold.h"
#include "text/lang_file.h"
#include "text/model_file.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/utf8.h>

enum { LETTERS = 4, BARE_PERCENT = 80 };

/* What a small word weighs by its letters: short ones mean something in many languages. */
static const uint8_t weights[LETTERS + 1] = {0, 80, 140, 180, WORD_MOST};

/* One vote of a language for a piece, while they are gathered. */
struct entry {
	uint32_t hash;
	uint8_t lang, weight;
};

struct pack {
	struct arena *a;
	char code[LANG_MAX][4];
	uint32_t langs;
	struct entry *v;
	size_t n;
};

/* Languages that share a script with others, Hindi when it is typed in Latin letters, and `und` for
 * words of none; the rest is told by script alone.  Serbian and
 * Croatian share the pieces (under sr) and are told apart by small words. */
static const char *const kept[] = {
    "ar", "az", "be", "bg", "ca", "cs", "da", "de", "en", "es", "et", "eu", "fa",  "fi", "fr",
    "hr", "hu", "is", "it", "kk", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro",  "ru", "sk",
    "sl", "sq", "sv", "tl", "tr", "uk", "ur", "vi", "id", "nb", "sr", "hi", "und",
};

/* Names in the source that are other names here. */
static struct str renamed(struct str code)
{
	if (str_eq(code, S("no")))
		return S("nb");
	if (str_eq(code, S("hr")))
		return S("sr");
	return str_eq(code, S("ms")) ? S("id") : code;
}

static int lang_number(struct pack *p, struct str code)
{
	bool ours = false;

	for (size_t i = 0; i < COUNT(kept); i++)
		ours |= str_eq(code, str_of(kept[i]));
	if (!ours || code.n > 3)
		return -1;
	for (uint32_t i = 0; i < p->langs; i++)
		if (str_eq(code, str_of(p->code[i])))
			return (int)i;
	if (p->langs == LANG_MAX)
		return -1;
	memcpy(p->code[p->langs], code.p, code.n);
	return (int)p->langs++;
}

static size_t from_hex(struct str hex, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < hex.n && n < LANG_PIECE_MAX; i += 2) {
		char two[3] = {hex.p[i], hex.p[i + 1], 0};
		to[n++] = (char)strtol(two, NULL, 16);
	}
	return n;
}

static void add_pieces(struct pack *p, struct str source)
{
	struct str line, hex, vote, code;
	char piece[LANG_PIECE_MAX];

	while (str_cut(&source, '\n', &line)) {
		if (!str_cut(&line, '\t', &hex) || !line.n)
			continue;
		uint32_t hash = lang_hash(piece, from_hex(hex, piece));
		while (str_cut(&line, ' ', &vote)) {
			int64_t weight;
			if (!str_cut(&vote, ':', &code) || !str_int(vote, &weight))
				continue;
			int lang = lang_number(p, renamed(code));
			if (lang >= 0 && weight > 0 && weight < 256)
				p->v[p->n++] = (struct entry){hash, (uint8_t)lang, (uint8_t)weight};
		}
	}
}

/* The word as it is typed without its accents; its length, 0 if it is too long. */
static size_t bare_word(struct str word, char to[LANG_PIECE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < word.n;) {
		UChar32 c;
		uint32_t out[3];
		U8_NEXT((const uint8_t *)word.p, i, word.n, c);
		size_t k = fold_bare((uint32_t)(c < 0 ? (UChar32)32 : c), out);
		for (size_t j = 0; j < k && n + 4 < LANG_PIECE_MAX; j++)
			n += fold_utf8(out[j], to + n);
	}
	return n + 4 < LANG_PIECE_MAX ? n : 0;
}

static void add_word(struct pack *p, int lang, struct str word, size_t percent)
{
	char piece[LANG_PIECE_MAX] = {LANG_WORD};
	size_t letters = 0;

	if (word.n == 0 || word.n + 1 > LANG_PIECE_MAX)
		return;
	memcpy(piece + 1, word.p, word.n);
	for (size_t i = 0; i < word.n; i++)
		letters += ((unsigned char)word.p[i] & 0xc0) != 0x80;
	p->v[p->n++] = (struct entry){
	    lang_hash(piece, word.n + 1), (uint8_t)lang,
	    (uint8_t)(weights[letters < LETTERS ? letters : LETTERS] * percent / 100)};
}

/* Small words of a language: each in Latin letters also as it is typed without accents. */
static void add_words(struct pack *p, struct str source)
{
	struct str line, code, word;

	while (str_cut(&source, '\n', &line)) {
		if (str_starts(line, S("#")) || !str_cut(&line, '\t', &code))
			continue;
		int lang = lang_number(p, code);
		while (lang >= 0 && str_cut(&line, ' ', &word)) {
			add_word(p, lang, word, 100);
			char bare[LANG_PIECE_MAX];
			size_t n = bare_word(word, bare);
			if (n > 1 && !str_eq(word, (struct str){bare, n}))
				add_word(p, lang, (struct str){bare, n}, BARE_PERCENT);
		}
	}
}

static int by_hash(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->lang != y->lang ? (x->lang < y->lang ? -1 : 1) : x->weight - y->weight;
}

static void fill(struct pack *p, struct lang_head *h, struct lang_slot *slot,
		 struct lang_vote *vote)
{
	uint32_t votes = 1; /* so that no slot in use is 0 */

	for (size_t i = 0; i < p->n;) {
		uint32_t hash = p->v[i].hash, first = votes, at = hash & (h->slots - 1);
		for (; i < p->n && p->v[i].hash == hash; i++) {
			bool again = i + 1 < p->n && p->v[i + 1].hash == hash &&
				     p->v[i + 1].lang == p->v[i].lang;
			if (votes - first < 31 && !again) /* the last is the heaviest */
				vote[votes++] = (struct lang_vote){p->v[i].lang, p->v[i].weight};
		}
		while (slot[at].at)
			at = (at + 1) & (h->slots - 1);
		slot[at] = (struct lang_slot){hash, first << 5 | (votes - first)};
	}
	h->votes = votes;
}

enum err lang_pack(struct arena *a, struct str pieces, struct str words, struct str *out)
{
	struct pack p = {.a = a};
	struct lang_head h = {.version = LANG_VERSION, .slots = 1 << 10};
	size_t room = 1;

	for (size_t i = 0; i < pieces.n; i++)
		room += pieces.p[i] == ':';
	for (size_t i = 0; i < words.n; i++)
		room += 2ul * (words.p[i] == ' ' || words.p[i] == '\n');
	p.v = NEWN(a, struct entry, room + 64);
	for (size_t i = 0; i < COUNT(kept); i++)
		(void)lang_number(&p, str_of(kept[i]));
	add_pieces(&p, pieces);
	add_words(&p, words);
	if (p.n == 0)
		return E_INVALID;
	qsort(p.v, p.n, sizeof *p.v, by_hash);
	size_t distinct = 0;
	for (size_t i = 0; i < p.n; i++)
		distinct += i == 0 || p.v[i].hash != p.v[i - 1].hash;
	while (h.slots < distinct * 5 / 4)
		h.slots *= 2;
	h.langs = p.langs;
	size_t most = sizeof h + p.langs * 4ul + h.slots * 8ul + (p.n + 1) * 2 + 8;
	char *b = NEWN(a, char, most);
	struct lang_slot *slot = (struct lang_slot *)(b + sizeof h + (p.langs * 4ul + 7) / 8 * 8);
	memcpy(b + sizeof h, p.code, p.langs * 4ul);
	fill(&p, &h, slot, (struct lang_vote *)(slot + h.slots));
	h.size = (size_t)((char *)(slot + h.slots) - b) + h.votes * 2ul;
	memcpy(h.magic, lang_magic, sizeof h.magic);
	h.sum = model_sum(b + sizeof h, h.size - sizeof h);
	memcpy(b, &h, sizeof h);
	*out = (struct str){b, h.size};
	return E_OK;
}
