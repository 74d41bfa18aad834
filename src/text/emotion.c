/* SPDX-License-Identifier: Apache-2.0 */
#include "text/emotion.h"

#include "text/fold.h"

#include <math.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

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

/* Is the character that begins at t a mark of shouting or of asking, also the wide one? */
static bool is_mark(struct str t)
{
	return t.n &&
	       (t.p[0] == '!' || t.p[0] == '?' || str_starts(t, S("！")) || str_starts(t, S("？")));
}

struct noise {
	size_t upper, lower, marks, questions;
};

static struct noise noise_of(struct str text)
{
	struct noise v = {0};
	const unsigned char *p = (const unsigned char *)text.p;

	for (size_t i = 0; i < text.n;) {
		struct str rest = str_slice(text, i, text.n);
		int32_t c;
		U8_NEXT(p, i, text.n, c);
		v.upper += c > 0 && u_isupper(c);
		v.lower += c > 0 && u_islower(c);
		v.marks += is_mark(rest);
		v.questions += c == '?' || c == 0xff1f;
	}
	return v;
}

/* How loudly a thing is said, 0 to 1: capitals, marks, pictures and letters over and over.  A
 * single question mark is a question, a single picture a picture. */
static float loudness(const struct feats *f, struct str text)
{
	struct noise v = noise_of(str_clip(text, FEAT_CHARS));
	size_t pictures = 0, drawn = 0;

	for (size_t i = 0; i < f->chars; i++) {
		pictures += f->cls[i] == FOLD_SYMBOL;
		drawn += i >= 2 && feat_word(f, i) && f->cls[i] != FOLD_DIGIT &&
			 f->cps[i] == f->cps[i - 1] && f->cps[i] == f->cps[i - 2];
	}
	float x =
	    0.25f * (float)(v.marks - (v.questions > 0)) + 0.2f * (float)(drawn > 3 ? 3 : drawn);
	x += pictures > 1 ? 0.35f * (float)(pictures - 1) : 0;
	x += v.upper > 8 && v.upper > v.lower ? 0.9f : 0;
	return 1 - expf(-x);
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
	float felt = (1 - out->p[MOOD_NEUTRAL]) * (0.5f + 0.3f * out->p[MOOD_ANGRY]);
	out->intensity = felt + (1 - felt) * 0.6f * loudness(f, text);
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
