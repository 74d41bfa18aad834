/* tone.h - is an agent's draft harsh, where, why, and how to say it better.
 *
 * Phrases of five languages (zh, en, de, es, ja) say where and why; a small model (tone.model)
 * hears what no list holds, and its harshest clause is named then.  It warns; it never forbids. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/lang.h"
#include "text/model.h"

enum { TONE_HITS = 8 };

/* clang-format off */
#define TONE_LIST(X)                                                                      \
	X(BLAME, "blame") X(DISMISS, "dismiss") X(REPEAT, "repeat") X(INSULT, "insult")   \
	X(COMMAND, "command") X(SARCASM, "sarcasm") X(FINAL, "final") X(DOUBT, "doubt")   \
	X(LOUD, "loud") X(COLD, "cold") X(CURT, "curt")
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
	float p;                        /* 0 to 1; 0 for codes and signs without words */
	struct tone_hit hit[TONE_HITS]; /* at least one when it is harsh, in the five languages */
	size_t hits;
};

/* model may be NULL: phrases alone.  f is scratch.  language: ISO 639-1, others than the five
 * are judged by the model and by shouting only. */
void tone_read(const struct text_model *model, struct feats *f, struct str draft,
	       const char *language, struct tone *out);

const char *tone_reason_name(enum tone_reason);

/* The language of a draft among the five, or "" where it is another or cannot be told. */
const char *tone_language(const struct lang_table *, struct str draft);

/* A sentence that says such a thing kindly, in the language; NULL for other languages. */
const char *tone_better(const char *language, enum tone_reason);
