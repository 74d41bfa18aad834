/* SPDX-License-Identifier: Apache-2.0 */
#include "text/topic.h"

#include "base/buf.h"
#include "text/fold.h"
#include "text/spot.h"
#include "text/topic_words.h"

#include <string.h>

/* clang-format off */
static const struct {
	const char *leaf;
	enum topic_parent parent;
} tree[] = {
	{"delivery", TOPIC_SHIPMENT},  {"customs", TOPIC_SHIPMENT},   {"damaged", TOPIC_GOODS},    {"defect", TOPIC_GOODS},
	{"return", TOPIC_AFTER_SALES}, {"refund", TOPIC_AFTER_SALES}, {"order", TOPIC_PURCHASE},   {"payment", TOPIC_PURCHASE},
	{"product", TOPIC_PRESALE},    {"promotion", TOPIC_PRESALE},  {"account", TOPIC_CUSTOMER}, {"service", TOPIC_CUSTOMER},
};
/* clang-format on */

const char *topic_parent_name(enum topic_parent p)
{
#define X(name, text) text,
	static const char *const names[] = {TOPIC_PARENT_LIST(X)};
#undef X
	return p < TOPIC_PARENTS ? names[p] : "";
}

enum topic_parent topic_parent_of(struct str leaf)
{
	for (size_t i = 0; i < COUNT(tree); i++)
		if (str_eq(leaf, str_of(tree[i].leaf)))
			return tree[i].parent;
	return TOPIC_PARENTS;
}

/* The folded message as words with one space between and at both ends. */
static const char *plain(struct arena *a, const struct feats *f)
{
	char *z = NEWN(a, char, f->chars * 12 + 4);
	size_t n = 0;
	uint32_t bare[3];

	z[n++] = ' ';
	for (size_t i = 0; i < f->chars; i++) {
		enum fold_class cls = (enum fold_class)f->cls[i];
		if (cls == FOLD_GAP || cls == FOLD_SYMBOL) {
			if (z[n - 1] != ' ')
				z[n++] = ' ';
			continue;
		}
		for (size_t k = 0, m = fold_bare(f->cps[i], bare); k < m; k++)
			n += fold_utf8(bare[k], z + n);
	}
	if (z[n - 1] != ' ')
		z[n++] = ' ';
	z[n] = 0;
	return z;
}

static bool harmless(const char *at)
{
	for (size_t i = 0; i < COUNT(topic_harmless); i++)
		if (strncmp(at, topic_harmless[i], strlen(topic_harmless[i])) == 0)
			return true;
	return false;
}

static int found(const char *text, const char *const *words, size_t n)
{
	int hits = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = strstr(text, words[i]);
		while (at && harmless(at))
			at = strstr(at + 1, words[i]);
		hits += at != NULL;
	}
	return hits;
}

/* Law and harm are complex by themselves; a doctor or a fire nearly so. */
static int grave_points(struct arena *a, const struct feats *f)
{
	const char *text = plain(a, f);
	int care = found(text, topic_care, COUNT(topic_care));

	if (found(text, topic_law, COUNT(topic_law)) || found(text, topic_harm, COUNT(topic_harm)))
		return 4;
	return care > 1 ? 4 : care * 3;
}

/* Points for what makes a case long; two make it medium, four complex. */
static enum complexity weigh(int points, const struct feats *f, const struct topic *t,
			     const struct emotion *mood)
{
	points += f->words > 60;
	points += f->words > 150;
	points += t->count > 1 && t->p[0] < 0.55f && f->words > 4;
	points += t->count > 1 && t->p[1] > 0.25f && f->words > 25;
	points += mood && mood->p[MOOD_ANGRY] > 0.6f;
	points += mood && mood->negative > 0.6f && f->words > 40;
	return points >= 4   ? COMPLEXITY_COMPLEX
	       : points >= 2 ? COMPLEXITY_MEDIUM
			     : COMPLEXITY_SIMPLE;
}

static void find_parent(const struct text_model *m, const float *p, struct topic *out)
{
	float sum[TOPIC_PARENTS + 1] = {0};
	size_t n = text_model_labels(m);
	bool foreign = false;

	for (size_t i = 0; i < n; i++) {
		enum topic_parent k = topic_parent_of(text_model_label(m, i));
		sum[k] += p[i];
		foreign |= k == TOPIC_PARENTS;
	}
	out->parent = TOPIC_PARENTS;
	if (foreign)
		return;
	for (int k = 0; k < TOPIC_PARENTS; k++)
		if (sum[k] > out->parent_p) {
			out->parent = (enum topic_parent)k;
			out->parent_p = sum[k];
		}
}

static enum topic_say what_to_say(const struct text_model *m, const struct feats *f,
				  const struct topic *t)
{
	if (!feat_has_letters(f) || t->count == 0)
		return TOPIC_SAY_NOTHING;
	if (t->p[0] >= text_model_answer_at(m))
		return TOPIC_SAY_LEAF;
	if (t->parent_p >= text_model_answer_at(m))
		return TOPIC_SAY_PARENT;
	return t->p[0] >= text_model_suggest_at(m) ? TOPIC_SAY_SUGGEST : TOPIC_SAY_NOTHING;
}

void topic_rank(const struct text_model *m, const struct feats *f, const float *p,
		struct topic *out)
{
	size_t n = text_model_labels(m);

	*out = (struct topic){.count = n < TOPIC_BEST ? n : TOPIC_BEST};
	for (size_t k = 0; k < out->count; k++) {
		size_t best = n;
		for (size_t i = 0; i < n; i++) {
			bool taken = false;
			for (size_t j = 0; j < k; j++)
				taken |= out->label[j] == i;
			best = !taken && (best == n || p[i] > p[best]) ? i : best;
		}
		out->label[k] = best;
		out->p[k] = p[best];
	}
	find_parent(m, p, out);
	out->say = what_to_say(m, f, out);
}

void topic_read(struct arena *a, const struct text_model *m, struct feats *f, struct str subject,
		struct str body, const struct emotion *mood, struct topic *out)
{
	float p[MODEL_LABELS_MAX];
	struct buf b = BUF(a);
	struct spot v[8];

	subject = str_clip(str_trim(subject), 300);
	body = str_clip(body, FEAT_CHARS * 4);
	for (int i = 0; i < 2 && subject.n; i++) {
		buf_add(&b, subject);
		buf_char(&b, '\n');
	}
	buf_add(&b, body);
	text_model_predict(m, f, buf_str(&b), p);
	topic_rank(m, f, p, out);
	/* As written: many codes stand in capitals.  The subject's count once. */
	size_t spots = spot_find(subject, v, COUNT(v)) + spot_find(body, v, COUNT(v));
	out->complexity = weigh(grave_points(a, f) + (spots > 3), f, out, mood);
}
