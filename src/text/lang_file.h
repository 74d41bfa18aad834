/* lang_file.h - the bytes of the language table. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/lang.h"

enum { LANG_VERSION = 1, LANG_PIECE_MAX = 48 };

/* Small words are pieces that begin with this byte, as no other piece does. */
#define LANG_WORD '\1'
#define WORD_MOST 220

/* Scripts that are told apart; those after S_LATIN..S_ARABIC name one language each. */
enum script { S_LATIN, S_CYRILLIC, S_ARABIC, S_HAN, S_KANA, S_ALONE, SCRIPTS = S_ALONE + 20 };

/* Then: char code[langs][4], struct lang_slot[slots], struct lang_vote[votes]. */
struct lang_head {
	char magic[8];
	uint64_t size, sum;
	uint32_t version, langs, slots, votes;
};

struct lang_slot {
	uint32_t hash;
	uint32_t at; /* of the first vote, times 32, plus the number of votes; 0: empty */
};

struct lang_vote {
	uint8_t lang, weight;
};

/* What comes with a language: read once, when the table is opened. */
struct lang_table {
	const struct lang_head *h;
	const char (*code)[4];
	const struct lang_slot *slot;
	const struct lang_vote *vote;
	enum script home[LANG_MAX];
	float rarity[LANG_MAX];
	int und, en, hi, kk; /* their numbers, -1 where the table has none */
};

static const char lang_magic[8] = "AFTXLNG";

static inline uint32_t lang_hash(const char *p, size_t n)
{
	uint32_t h = 0x811c9dc5u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x01000193u;
	h ^= h >> 15;
	return h * 0x85ebca6bu;
}
