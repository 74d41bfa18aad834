/* One mail once more: by hand, when the server would not give it or it was too large. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap_session.h"

#include <stdlib.h>

enum { TRIES_MAX = 3 };

static void drop_first(struct imap *m)
{
	struct imap_wanted *w = m->wanted;

	m->wanted = w->next;
	free(w);
}

static void tell(struct imap *m, struct imap_mail mail)
{
	mail.at = m->wanted->at;
	drop_first(m);
	if (m->on.again)
		m->on.again(m->on.arg, &mail);
}

/* True when it is asked for; what is of an older UIDVALIDITY is no longer there. */
void imap_again_next(struct imap *m)
{
	struct arena *a;

	if (m->wanted->at.uidvalidity != m->cursor.uidvalidity) {
		tell(m, (struct imap_mail){0});
		imap_next_step(m);
		return;
	}
	a = arena_new();
	imap_command(
	    m, PHASE_AGAIN,
	    str_fmt(a, "UID FETCH %lu (UID FLAGS BODY.PEEK[])", (unsigned long)m->wanted->at.uid));
	arena_free(a);
}

void imap_again_fetched(struct imap *m, const struct imap_fetched *f)
{
	if (!m->wanted || f->uid != m->wanted->at.uid || !f->has_body)
		return;
	tell(m, (struct imap_mail){.flags = f->flags,
				   .size = (int64_t)f->body.n,
				   .too_large = f->cut,
				   .raw = f->cut ? S("") : f->body});
	m->again_told = true;
}

void imap_again_done(struct imap *m, enum imap_status status, struct str text)
{
	if (m->again_told)
		m->again_told = false;
	else if (m->wanted)
		tell(m, (struct imap_mail){.failed = status == IMAP_ST_OK ? S("")
						     : text.n             ? text
									  : S("no reason given")});
	imap_next_step(m);
}

void imap_again_lost(struct imap *m)
{
	m->again_told = false;
	if (m->phase == PHASE_AGAIN && m->wanted && ++m->wanted->tries >= TRIES_MAX)
		tell(m, (struct imap_mail){.failed =
					       S("the connection broke each time it was fetched")});
}

void imap_again_drop(struct imap *m)
{
	while (m->wanted)
		drop_first(m);
}
