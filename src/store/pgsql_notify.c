/* Word between nodes: one connection that listens, and sends after commits.
 *
 * NOTIFY inside a transaction would make all commits wait for each other.  What cannot be
 * delivered is dropped: whoever is woken by it polls too. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store_impl.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { WAITING_MAX = 10000, RECONNECT_MS = 1000 };

struct note {
	struct note *next;
	char text[];
};

struct notifier {
	PGconn *c;
	int wake;
	bool stop;
	size_t waiting;
	struct note *head, **tail;
	void (*heard)(void *, const char *, struct str);
	void *arg;
	pthread_mutex_t lock;
	pthread_t thread;
};

static struct note *take(struct notifier *n)
{
	pthread_mutex_lock(&n->lock);
	struct note *first = n->head;

	n->head = NULL;
	n->tail = &n->head;
	n->waiting = 0;
	pthread_mutex_unlock(&n->lock);
	return first;
}

static void send_all(struct notifier *n)
{
	struct note *note = take(n);

	while (note) {
		struct note *next = note->next;
		const char *const values[] = {note->text};

		PQclear(PQexecParams(n->c, "SELECT pg_notify('aftersail', $1)", 1, NULL, values,
				     NULL, NULL, 0));
		free(note);
		note = next;
	}
}

/* What comes is "channel text"; our own comes back too. */
static void hear(struct notifier *n, const PGnotify *got)
{
	char *text = strchr(got->extra, ' ');

	if (!text || got->be_pid == PQbackendPID(n->c))
		return;
	*text++ = 0;
	pthread_mutex_lock(&n->lock);
	void (*heard)(void *, const char *, struct str) = n->heard;
	void *arg = n->arg;

	pthread_mutex_unlock(&n->lock);
	if (heard)
		heard(arg, got->extra, str_of(text));
}

static void listen_again(struct notifier *n)
{
	if (PQstatus(n->c) != CONNECTION_OK)
		PQreset(n->c);
	PQclear(PQexec(n->c, "LISTEN aftersail"));
}

static void *notify_main(void *arg)
{
	struct notifier *n = arg;
	PGnotify *got;
	uint64_t count;

	while (!__atomic_load_n(&n->stop, __ATOMIC_ACQUIRE)) {
		bool lost = PQstatus(n->c) != CONNECTION_OK;
		struct pollfd fds[] = {{n->wake, POLLIN, 0},
				       {lost ? -1 : PQsocket(n->c), POLLIN, 0}};

		poll(fds, 2, lost ? RECONNECT_MS : -1);
		if (fds[0].revents && read(n->wake, &count, sizeof count) < 0)
			continue;
		if (lost)
			listen_again(n);
		send_all(n);
		PQconsumeInput(n->c);
		while ((got = PQnotifies(n->c))) {
			hear(n, got);
			PQfreemem(got);
		}
	}
	return NULL;
}

struct notifier *notifier_start(struct arena *a, const char *url, const char **why)
{
	struct notifier *n = calloc(1, sizeof *n);
	sigset_t all, old;

	if (!n)
		abort();
	n->tail = &n->head;
	pthread_mutex_init(&n->lock, NULL);
	n->c = PQconnectdb(url);
	n->wake = eventfd(0, EFD_CLOEXEC);
	if (PQstatus(n->c) != CONNECTION_OK) {
		*why = str_fmt(a, "cannot reach PostgreSQL: %s", PQerrorMessage(n->c)).p;
		PQfinish(n->c);
		close(n->wake);
		free(n);
		return NULL;
	}
	listen_again(n);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	if (pthread_create(&n->thread, NULL, notify_main, n) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return n;
}

static void poke(struct notifier *n)
{
	uint64_t one = 1;

	if (write(n->wake, &one, sizeof one) < 0)
		abort();
}

void notifier_send(struct notifier *n, const char *channel, struct str text)
{
	size_t size = strlen(channel) + text.n + 2;
	struct note *note = malloc(sizeof *note + size);

	if (!note)
		abort();
	note->next = NULL;
	snprintf(note->text, size, "%s %.*s", channel, STR(text));
	pthread_mutex_lock(&n->lock);
	bool room = n->waiting < WAITING_MAX;

	if (room) {
		*n->tail = note;
		n->tail = &note->next;
		n->waiting++;
	}
	pthread_mutex_unlock(&n->lock);
	if (!room)
		free(note);
	poke(n);
}

void notifier_on(struct notifier *n, void (*heard)(void *, const char *, struct str), void *arg)
{
	pthread_mutex_lock(&n->lock);
	n->heard = heard;
	n->arg = arg;
	pthread_mutex_unlock(&n->lock);
}

void notifier_stop(struct notifier *n)
{
	if (!n)
		return;
	__atomic_store_n(&n->stop, true, __ATOMIC_RELEASE);
	poke(n);
	pthread_join(n->thread, NULL);
	for (struct note *note = take(n); note;) {
		struct note *next = note->next;

		free(note);
		note = next;
	}
	PQfinish(n->c);
	close(n->wake);
	free(n);
}
