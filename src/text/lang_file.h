/* lang_file.h - the bytes of the language table. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/lang.h"

enum { LANG_VERSION = 1, LANG_PIECE_MAX = 48 };

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

static const char lang_magic[8] = "AFTXLNG";

static inline uint32_t lang_hash(const char *p, size_t n)
{
	uint32_t h = 0x811c9dc5u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x01000193u;
	h ^= h >> 15;
	return h * 0x85ebca6bu;
}
