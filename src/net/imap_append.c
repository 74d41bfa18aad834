/* Own copies into the Sent folder, between two looks at the mailbox. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap_session.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 3, FLAGS_MAX = 1000 };

static char *copy(struct str s)
{
	char *made = malloc(s.n + 1);

	if (!made)
		abort();
	if (s.n > 0)
		memcpy(made, s.p, s.n);
	made[s.n] = '\0';
	return made;
}

static void end_first(struct imap *m, bool ok, const char *key)
{
	struct imap_append_job *j = m->appends;

	m->appends = j->next;
	if (!m->appends)
		m->appends_last = NULL;
	j->done(j->arg, ok, key);
	free(j->folder);
	free(j->bytes);
	free(j);
}

static void send_command(struct imap *m)
{
	struct imap_append_job *j = m->appends;
	struct arena *a = arena_new();
	const char *folder = j->folder ? j->folder : m->sent_folder;

	imap_command(m, PHASE_APPEND, str_fmt(a, "APPEND %s (\\Seen) {%zu}", folder, j->n));
	arena_free(a);
}

void imap_append_next(struct imap *m)
{
	if (!m->appends->folder && !m->sent_folder)
		imap_command(m, PHASE_LIST, S("LIST \"\" \"*\""));
	else
		send_command(m);
}

void imap_append_listed(struct imap *m, struct str rest)
{
	struct arena *a = arena_new();
	struct str flags, folder, flag;

	if (!m->sent_folder && imap_read_list(a, rest, &flags, &folder))
		while (str_cut(&flags, ' ', &flag))
			if (str_eq_nocase(flag, S("\\Sent")) && !m->sent_folder)
				m->sent_folder = copy(imap_quote(a, folder));
	arena_free(a);
}

/* The server wants the bytes. */
void imap_append_go_on(struct imap *m)
{
	struct imap_append_job *j = m->appends;

	imap_arm(m, IMAP_COMMAND_MS + (int64_t)(j->n / 16)); /* 16 kB a second at least */
	wire_write(m->wire, (struct str){j->bytes, j->n});
	wire_write(m->wire, S("\r\n"));
}

void imap_append_answered(struct imap *m, enum imap_status status, struct str code)
{
	struct imap_append_job *j = m->appends;
	struct arena *a = arena_new();

	if (m->phase == PHASE_LIST) {
		if (!m->sent_folder)
			m->sent_folder = copy(S("\"Sent\""));
		send_command(m);
	} else if (m->phase == PHASE_CREATE) {
		send_command(m);
	} else if (status == IMAP_ST_OK) {
		end_first(m, true, NULL);
		imap_next_step(m);
	} else if (str_eq_nocase(code, S("TRYCREATE")) && !j->created) {
		j->created = true;
		imap_command(m, PHASE_CREATE,
			     str_fmt(a, "CREATE %s", j->folder ? j->folder : m->sent_folder));
	} else {
		end_first(m, false, "mail.error.folder");
		imap_next_step(m);
	}
	arena_free(a);
}

void imap_append_lost(struct imap *m)
{
	if (m->appends && m->phase == PHASE_APPEND && ++m->appends->tries == TRIES)
		end_first(m, false, "mail.error.connect");
}

void imap_append_end_all(struct imap *m)
{
	while (m->appends)
		end_first(m, false, "mail.error.connect");
}

/* ---- handing in ---- */

struct hand_in {
	struct net *net;
	struct imap *m;
	struct imap_append_job *job;
};

static void arrive(void *arg)
{
	struct hand_in *h = arg;
	struct imap *m = h->m;

	if (!net_service_alive(h->net, &m->service)) {
		h->job->done(h->job->arg, false, "mail.error.connect");
		free(h->job->folder);
		free(h->job->bytes);
		free(h->job);
		free(h);
		return;
	}
	if (m->appends_last)
		m->appends_last->next = h->job;
	else
		m->appends = h->job;
	m->appends_last = h->job;
	free(h);
	imap_news(m);
}

/* A mail in a mailbox has CR LF at the end of each line. */
static void set_bytes(struct imap_append_job *j, struct str mail)
{
	size_t room = mail.n;

	for (size_t i = 0; i < mail.n; i++)
		room += mail.p[i] == '\n';
	j->bytes = malloc(room + 1);
	if (!j->bytes)
		abort();
	for (size_t i = 0; i < mail.n; i++) {
		if (mail.p[i] == '\n' && (i == 0 || mail.p[i - 1] != '\r'))
			j->bytes[j->n++] = '\r';
		j->bytes[j->n++] = mail.p[i];
	}
}

void imap_append(struct imap *m, struct str folder, struct str mail,
		 void (*done)(void *arg, bool ok, const char *key), void *arg)
{
	struct imap_append_job *j = calloc(1, sizeof *j);
	struct hand_in *h = calloc(1, sizeof *h);
	struct arena *a = arena_new();

	if (!j || !h)
		abort();
	j->done = done;
	j->arg = arg;
	if (folder.n > 0)
		j->folder = copy(imap_quote_folder(a, folder));
	set_bytes(j, mail);
	*h = (struct hand_in){m->net, m, j};
	net_post(m->net, arrive, h);
	arena_free(a);
}
