/* SPDX-License-Identifier: Apache-2.0 */
#include "text/topic.h"

#include "base/buf.h"
#include "text/spot.h"

/* Words that bring in law, authorities, health or money of others; parts of words will do. */
static const char *const grave[] = {
    "lawyer",
    "court",
    "legal",
    "sue ",
    "chargeback",
    "police",
    "injur",
    "hospital",
    "anwalt",
    "gericht",
    "verbraucherzentrale",
    "polizei",
    "verletz",
    "krankenhaus",
    "avocat",
    "tribunal",
    "abogado",
    "denuncia",
    "advogado",
    "procon",
    "avvocato",
    "advocaat",
    "prawnik",
    "rzecznik konsument",
    "адвокат",
    "суд ",
    "полици",
    "avukat",
    "mahkeme",
    "savcı",
    "律师",
    "法院",
    "起诉",
    "消费者协会",
    "报警",
    "受伤",
    "医院",
    "弁護士",
    "消費者センター",
    "警察",
    "けが",
    "病院",
};

static int grave_words(struct str text)
{
	int n = 0;

	for (size_t i = 0; i < COUNT(grave); i++)
		n += str_find(text, str_of(grave[i])) >= 0;
	return n;
}

/* Points for what makes a case long; two make it medium, four complex. */
static enum complexity weigh(struct str text, size_t words, const struct topic *t,
			     const struct emotion *mood)
{
	struct spot v[24];
	int points = 0;

	points += words > 60;
	points += words > 150;
	points += 3 * (grave_words(text) > 0);
	points += t->count > 1 && t->p[0] < 0.55f;
	points += t->count > 1 && t->p[1] > 0.25f && words > 25;
	points += spot_find(text, v, COUNT(v)) > 3;
	points += mood && mood->p[MOOD_ANGRY] > 0.6f;
	points += mood && mood->negative > 0.6f && words > 40;
	return points >= 4   ? COMPLEXITY_COMPLEX
	       : points >= 2 ? COMPLEXITY_MEDIUM
			     : COMPLEXITY_SIMPLE;
}

void topic_read(struct arena *a, const struct text_model *m, struct feats *f, struct str subject,
		struct str body, const struct emotion *mood, struct topic *out)
{
	float p[MODEL_LABELS_MAX];
	struct buf b = BUF(a);
	size_t n = text_model_labels(m);

	subject = str_clip(str_trim(subject), 300);
	body = str_clip(body, FEAT_CHARS * 4);
	for (int i = 0; i < 2 && subject.n; i++) {
		buf_add(&b, subject);
		buf_char(&b, '\n');
	}
	buf_add(&b, body);
	text_model_predict(m, f, buf_str(&b), p);
	*out = (struct topic){.count = n < TOPIC_BEST ? n : TOPIC_BEST};
	for (size_t k = 0; k < out->count; k++) {
		size_t best = 0;
		for (size_t i = 1; i < n; i++)
			best = p[i] > p[best] ? i : best;
		out->label[k] = best;
		out->p[k] = p[best];
		p[best] = -1;
	}
	out->complexity = weigh(str_lower(a, buf_str(&b)), f->words, out, mood);
}
