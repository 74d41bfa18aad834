/* Streams have left the HTTP library: each owns a socket of its own.  Whoever sends writes
 * straight to the socket; only what does not fit is queued, and the stream thread goes on with
 * it when the socket takes more.  Every end of a stream, whatever its cause, is a shutdown() of
 * the socket that the stream thread then sees; so closed() has one caller. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/http_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET_BUFFER = 64 * 1024, EVENTS = 256, TICK_MS = 1000, STOP_MS = 500 };

struct http_chunk {
	_Atomic size_t refs;
	size_t n;
	char bytes[];
};

struct part {
	struct part *next;
	struct http_chunk *chunk;
	size_t sent; /* bytes of it */
};

struct http_stream {
	struct http_streams *set;
	struct http_stream *prev, *next; /* of the set, under its lock */
	int fd;
	void (*closed)(void *arg, struct http_stream *);
	void *arg;

	pthread_mutex_t lock; /* of what follows */
	struct part *first, *last;
	size_t held; /* bytes queued */
	bool ending; /* takes nothing more */
	bool down;   /* its socket was shut down */
};

struct http_streams {
	struct http_streams_options o;
	int epoll, wake;
	pthread_t thread;
	pthread_mutex_t lock; /* of the list */
	pthread_cond_t empty;
	struct http_stream *list;
	_Atomic int count;
	_Atomic int64_t overflowed;
	_Atomic bool stopping, quit;
};

struct http_chunk *http_chunk_new(struct str s)
{
	struct http_chunk *c = malloc(sizeof *c + s.n);

	if (!c)
		abort();
	atomic_init(&c->refs, 1);
	c->n = s.n;
	if (s.n > 0)
		memcpy(c->bytes, s.p, s.n);
	return c;
}

void http_chunk_release(struct http_chunk *c)
{
	if (c && atomic_fetch_sub(&c->refs, 1) == 1)
		free(c);
}

static void queue_add(struct http_stream *s, struct http_chunk *c, size_t sent)
{
	struct part *p = malloc(sizeof *p);

	if (!p)
		abort();
	atomic_fetch_add(&c->refs, 1);
	*p = (struct part){NULL, c, sent};
	if (s->last)
		s->last->next = p;
	else
		s->first = p;
	s->last = p;
	s->held += c->n - sent;
}

static void queue_pop(struct http_stream *s)
{
	struct part *p = s->first;

	s->first = p->next;
	if (!s->first)
		s->last = NULL;
	s->held -= p->chunk->n - p->sent;
	http_chunk_release(p->chunk);
	free(p);
}

/* The end of a stream, seen by the stream thread as a hang-up. */
static void take_down(struct http_stream *s)
{
	s->ending = true;
	if (!s->down)
		shutdown(s->fd, SHUT_RDWR);
	s->down = true;
}

/* Bytes the socket took, 0 when it is full, -1 when it is broken. */
static ssize_t write_some(int fd, const char *p, size_t n)
{
	ssize_t put;

	do
		put = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (put < 0 && errno == EINTR);
	if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return put;
}

bool http_stream_send(struct http_stream *s, struct http_chunk *c)
{
	bool ok = false;
	ssize_t put = 0;

	pthread_mutex_lock(&s->lock);
	if (s->ending) {
		pthread_mutex_unlock(&s->lock);
		return false;
	}
	if (!s->first)
		put = write_some(s->fd, c->bytes, c->n);
	if (put < 0) {
		take_down(s);
	} else if (s->held + c->n - (size_t)put > s->set->o.queue) {
		atomic_fetch_add(&s->set->overflowed, 1);
		take_down(s);
	} else {
		if ((size_t)put < c->n)
			queue_add(s, c, (size_t)put);
		ok = true;
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

void http_stream_close(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	if (!s->first)
		take_down(s);
	pthread_mutex_unlock(&s->lock);
}

/* Go on with the queue. */
static void drain(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->first) {
		struct part *p = s->first;
		ssize_t put = write_some(s->fd, p->chunk->bytes + p->sent, p->chunk->n - p->sent);

		if (put < 0)
			take_down(s);
		if (put <= 0)
			break;
		p->sent += (size_t)put;
		s->held -= (size_t)put;
		if (p->sent == p->chunk->n)
			queue_pop(s);
	}
	if (!s->first && s->ending)
		take_down(s);
	pthread_mutex_unlock(&s->lock);
}

/* Whatever a client says on a stream is thrown away; false when it has left. */
static bool swallow(int fd)
{
	char waste[4096];

	for (;;) {
		ssize_t got = recv(fd, waste, sizeof waste, MSG_DONTWAIT);

		if (got == 0)
			return false;
		if (got < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
	}
}

static void unlist(struct http_streams *set, struct http_stream *s)
{
	pthread_mutex_lock(&set->lock);
	if (s->prev)
		s->prev->next = s->next;
	else
		set->list = s->next;
	if (s->next)
		s->next->prev = s->prev;
	if (atomic_fetch_sub(&set->count, 1) == 1)
		pthread_cond_broadcast(&set->empty);
	pthread_mutex_unlock(&set->lock);
}

static void finish(struct http_streams *set, struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->ending = s->down = true;
	while (s->first)
		queue_pop(s);
	pthread_mutex_unlock(&s->lock);
	epoll_ctl(set->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	s->closed(s->arg, s);
	close(s->fd);
	unlist(set, s);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void on_event(struct http_streams *set, const struct epoll_event *e)
{
	struct http_stream *s = e->data.ptr;
	uint64_t n;

	if (!s) {
		while (read(set->wake, &n, sizeof n) > 0)
			;
		return;
	}
	if (e->events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP) ||
	    (e->events & EPOLLIN && !swallow(s->fd)))
		finish(set, s);
	else if (e->events & EPOLLOUT)
		drain(s);
}

static void *stream_thread(void *arg)
{
	struct http_streams *set = arg;
	struct epoll_event events[EVENTS];
	int64_t next = clock_ticks() + TICK_MS * 1000;

	while (!atomic_load(&set->quit)) {
		int n = epoll_wait(set->epoll, events, EVENTS, TICK_MS);

		for (int i = 0; i < n; i++)
			on_event(set, &events[i]);
		if (clock_ticks() < next)
			continue;
		next = clock_ticks() + TICK_MS * 1000;
		if (set->o.tick)
			set->o.tick(set->o.arg);
	}
	return NULL;
}

struct http_streams *http_streams_start(const struct http_streams_options *o)
{
	struct http_streams *set = calloc(1, sizeof *set);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	sigset_t all, old;

	if (!set)
		abort();
	set->o = *o;
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	set->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&set->lock, NULL);
	pthread_cond_init(&set->empty, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (set->epoll < 0 || set->wake < 0 ||
	    epoll_ctl(set->epoll, EPOLL_CTL_ADD, set->wake, &e) != 0 ||
	    pthread_create(&set->thread, NULL, stream_thread, set) != 0)
		abort(); /* no descriptor or thread at the very start: nothing would work */
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return set;
}

/* The kernel gives a client up that acknowledges nothing for so long, idle or not. */
static void set_socket(int fd, unsigned seconds)
{
	int on = 1, buffer = SOCKET_BUFFER, ms = (int)seconds * 1000;
	int idle = seconds > 10 ? (int)seconds - 5 : 5, every = 2, tries = 3;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
}

static bool enlist(struct http_streams *set, struct http_stream *s)
{
	bool room;

	pthread_mutex_lock(&set->lock);
	room = !atomic_load(&set->stopping) && (unsigned)atomic_load(&set->count) < set->o.max;
	if (room) {
		s->next = set->list;
		if (s->next)
			s->next->prev = s;
		set->list = s;
		atomic_fetch_add(&set->count, 1);
	}
	pthread_mutex_unlock(&set->lock);
	return room;
}

struct http_stream *http_streams_adopt(struct http_streams *set, int fd, struct str head,
				       void (*closed)(void *arg, struct http_stream *), void *arg)
{
	struct http_stream *s = calloc(1, sizeof *s);
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
	struct http_chunk *first;

	if (!s)
		abort();
	s->set = set;
	s->fd = fd;
	s->closed = closed;
	s->arg = arg;
	pthread_mutex_init(&s->lock, NULL);
	if (!enlist(set, s)) {
		pthread_mutex_destroy(&s->lock);
		free(s);
		close(fd);
		return NULL;
	}
	set_socket(fd, set->o.seconds);
	first = http_chunk_new(head);
	http_stream_send(s, first);
	http_chunk_release(first);
	e.data.ptr = s;
	if (epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		abort(); /* only a wrong descriptor or no kernel memory leads here */
	return s;
}

static void close_all(struct http_streams *set, bool now)
{
	pthread_mutex_lock(&set->lock);
	for (struct http_stream *s = set->list; s; s = s->next) {
		http_stream_close(s);
		if (!now)
			continue;
		pthread_mutex_lock(&s->lock);
		take_down(s);
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&set->lock);
}

static void await_empty(struct http_streams *set, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&set->lock);
	while (atomic_load(&set->count) > 0)
		if (ms == 0)
			pthread_cond_wait(&set->empty, &set->lock);
		else if (pthread_cond_timedwait(&set->empty, &set->lock, &until) == ETIMEDOUT)
			break;
	pthread_mutex_unlock(&set->lock);
}

void http_streams_stop(struct http_streams *set)
{
	uint64_t one = 1;

	atomic_store(&set->stopping, true);
	close_all(set, false);
	await_empty(set, STOP_MS);
	close_all(set, true);
	await_empty(set, 0);
	atomic_store(&set->quit, true);
	if (write(set->wake, &one, sizeof one) < 0)
		abort();
	pthread_join(set->thread, NULL);
	close(set->epoll);
	close(set->wake);
	pthread_cond_destroy(&set->empty);
	pthread_mutex_destroy(&set->lock);
	free(set);
}

int http_streams_count(struct http_streams *set)
{
	return atomic_load(&set->count);
}

int64_t http_streams_overflowed(struct http_streams *set)
{
	return atomic_load(&set->overflowed);
}
