/* emotion.h - the mood of a message and of a conversation. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/model.h"

/* clang-format off */
#define MOOD_LIST(X) X(ANGRY, "angry") X(DISAPPOINTED, "disappointed") X(WORRIED, "worried") \
	X(NEUTRAL, "neutral") X(PLEASED, "pleased")
/* clang-format on */

#define X(name, text) MOOD_##name,
enum mood { MOOD_LIST(X) MOODS };
#undef X

struct emotion {
	enum mood best;
	float p[MOODS];
	float negative;  /* p of angry, disappointed or worried together, 0 to 1 */
	float intensity; /* 0 calm to 1 beside oneself */
};

const char *mood_name(enum mood);

/* The model must have the five moods as labels: E_INVALID otherwise.  f is scratch. */
enum err emotion_read(const struct text_model *, struct feats *f, struct str text,
		      struct emotion *out) MUST;

/* A conversation's mood after one more message from the customer: `before` (NULL for the first)
 * fades with the hours between them, a strong message weighs more than a calm one. */
void emotion_smooth(const struct emotion *before, const struct emotion *now, double hours,
		    struct emotion *out);
