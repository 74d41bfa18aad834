/* SPDX-License-Identifier: Apache-2.0 */
#include "text/emotion.h"

#include <math.h>

const char *mood_name(enum mood m)
{
#define X(name, text) text,
	static const char *const names[] = {MOOD_LIST(X)};
#undef X
	return names[m];
}

static void settle(struct emotion *e)
{
	e->best = MOOD_ANGRY;
	for (int i = 1; i < MOODS; i++)
		if (e->p[i] > e->p[e->best])
			e->best = (enum mood)i;
	e->negative = e->p[MOOD_ANGRY] + e->p[MOOD_DISAPPOINTED] + e->p[MOOD_WORRIED];
}

/* How loudly a thing is said: shouting, marks in a row. */
static float loudness(struct str t)
{
	size_t upper = 0, lower = 0, marks = 0;

	for (size_t i = 0; i < t.n && i < FEAT_CHARS; i++) {
		upper += t.p[i] >= 'A' && t.p[i] <= 'Z';
		lower += t.p[i] >= 'a' && t.p[i] <= 'z';
		marks += t.p[i] == '!';
		marks += i + 3 <= t.n && (unsigned char)t.p[i] == 0xef &&
			 (unsigned char)t.p[i + 1] == 0xbc && (unsigned char)t.p[i + 2] == 0x81;
	}
	float loud = marks > 3 ? 0.5f : (float)marks / 6;
	return upper > 10 && upper > lower ? loud + 0.5f : loud;
}

enum err emotion_read(const struct text_model *m, struct feats *f, struct str text,
		      struct emotion *out)
{
	float p[MODEL_LABELS_MAX];

	text_model_predict(m, f, text, p);
	for (int i = 0; i < MOODS; i++) {
		ptrdiff_t at = text_model_find(m, str_of(mood_name((enum mood)i)));
		if (at < 0)
			return E_INVALID;
		out->p[i] = p[at];
	}
	if (f->words == 0)
		for (int i = 0; i < MOODS; i++)
			out->p[i] = i == MOOD_NEUTRAL;
	settle(out);
	float away = 1 - out->p[MOOD_NEUTRAL];
	out->intensity = away * (0.5f + 0.3f * out->p[MOOD_ANGRY] + 0.4f * loudness(text));
	out->intensity = out->intensity > 1 ? 1 : out->intensity;
	return E_OK;
}

void emotion_smooth(const struct emotion *before, const struct emotion *now, double hours,
		    struct emotion *out)
{
	if (!before) {
		*out = *now;
		return;
	}
	/* half of what was felt is left after a day */
	float old = (float)(0.6 * exp2(-(hours < 0 ? 0 : hours) / 24)) * (0.4f + before->intensity);
	float new = 0.5f + now->intensity;
	struct emotion e = *now;
	for (int i = 0; i < MOODS; i++)
		e.p[i] = (before->p[i] * old + now->p[i] * new) / (old + new);
	e.intensity = (before->intensity * old + now->intensity * new) / (old + new);
	settle(&e);
	*out = e;
}
