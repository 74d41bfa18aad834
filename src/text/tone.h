/* tone.h - is an agent's draft harsh, where, why, and how to say it better.
 *
 * Phrases of five languages (zh, en, de, es, ja) say where and why; a small model (tone.model)
 * hears what no list holds.  It warns; it never forbids. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/model.h"

enum { TONE_HITS = 8 };

/* clang-format off */
#define TONE_LIST(X)                                                                      \
	X(BLAME, "blame") X(DISMISS, "dismiss") X(REPEAT, "repeat") X(INSULT, "insult")   \
	X(COMMAND, "command") X(SARCASM, "sarcasm") X(FINAL, "final") X(DOUBT, "doubt")   \
	X(LOUD, "loud")
/* clang-format on */

#define X(name, text) TONE_##name,
enum tone_reason { TONE_LIST(X) TONE_REASONS };
#undef X

struct tone_hit {
	size_t from, to; /* bytes of the draft */
	enum tone_reason reason;
};

struct tone {
	bool harsh;
	float p; /* 0 to 1 */
	struct tone_hit hit[TONE_HITS];
	size_t hits;
};

/* model may be NULL: phrases alone.  f is scratch.  language: ISO 639-1, others than the five
 * are judged by the model and by shouting only. */
void tone_read(const struct text_model *model, struct feats *f, struct str draft,
	       const char *language, struct tone *out);

const char *tone_reason_name(enum tone_reason);

/* A friendlier way to begin such a sentence, in the language; NULL for other languages. */
const char *tone_better(const char *language, enum tone_reason);
