/* search_text.h - queries as what each engine's index is asked, and snippets; only src/store
 * includes it.
 *
 * A document's text is preceded by a head that names its inbox and kind as tokens no text can
 * hold, so that the index itself keeps to what somebody may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "store/search_tokens.h"

enum {
	SEARCH_QUERY_MAX = 1024, /* bytes of a query that are looked at */
	SEARCH_TERMS_MAX = 32,   /* tokens of a query that are looked at */
	SEARCH_INBOXES_MAX = 32, /* more are left to the table's column */
	SEARCH_SNIPPET = 160,    /* bytes, about */
};

/* The text of a PostgreSQL tsvector. */
struct str search_vector(struct arena *, struct str text);

struct search_term {
	struct str token;
	size_t place, from, to;
	bool prefix;
	bool follows; /* right after the one before it: a phrase or a run without spaces */

	/* what may stand instead of this term and those after it, alt_n in all; else empty */
	struct str alt;
	size_t alt_n;
	bool alt_prefix;
};

struct search_terms {
	struct search_term v[SEARCH_TERMS_MAX];
	size_t n;
};

/* The text of a query as terms; none when there is nothing to look for. */
void search_parse(struct arena *, struct str text, struct search_terms *);

/* What the index is asked: FTS5's language, or a tsquery. */
struct str search_match(struct arena *, const struct search_terms *, const struct search_query *,
			bool pgsql);

/* The stretch around the first hit, with \1 and \2 around what matched. */
struct str search_snippet(struct arena *, const struct search_terms *, struct str text);
