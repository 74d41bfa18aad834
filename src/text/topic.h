/* topic.h - what a mail or chat message is about, and how hard it will be.
 *
 * The subject line counts twice.  Give the body without quotes and signature (mailstrip.h). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "text/emotion.h"

enum { TOPIC_BEST = 3 };

/* Simple: one matter, answered by a standard text.  Medium: needs a look at the case.  Complex:
 * several matters, law or authorities, or a long angry history. */
enum complexity { COMPLEXITY_SIMPLE, COMPLEXITY_MEDIUM, COMPLEXITY_COMPLEX };

struct topic {
	size_t label[TOPIC_BEST]; /* of the model, likeliest first */
	float p[TOPIC_BEST];
	size_t count; /* at most the model's labels */
	enum complexity complexity;
};

/* mood may be NULL.  f is scratch; a holds the joined text for the call's sake. */
void topic_read(struct arena *a, const struct text_model *, struct feats *f, struct str subject,
		struct str body, const struct emotion *mood, struct topic *out);
