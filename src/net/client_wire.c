/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client_loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
	OPEN_MS = 30000,
	PIECE = 16 * 1024,
	PIECES_A_TURN = 32,
	EVENTS = 64,
	LINE_MAX_KEPT = 300,
};

struct wire {
	struct transfer transfer; /* first: the handle's private pointer is both */
	struct wire *prev, *next;
	struct net *net;
	struct wire_events on;
	CURL *easy;
	int fd; /* -1 until it is open */
	bool watched, want_out, closed, again;
	const char *broken; /* key of why */
	char error[CURL_ERROR_SIZE];
	char last[LINE_MAX_KEPT]; /* the server's last line before it was open */
	char *out;
	size_t n, cap, sent;
};

static const char *const fault_keys[] = {
    [FAULT_CONNECT] = "mail.error.connect",   [FAULT_TLS] = "mail.error.tls",
    [FAULT_AUTH] = "mail.error.auth",         [FAULT_TIMEOUT] = "mail.error.timeout",
    [FAULT_PROTOCOL] = "mail.error.protocol",
};

static void keep_text(char *to, size_t size, struct str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n > 0)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

static void fail_wire(struct wire *w, const char *key, const char *detail)
{
	if (w->broken)
		return;
	w->broken = key;
	if (detail && !w->error[0])
		keep_text(w->error, sizeof w->error, str_of(detail));
}

static void watch(struct wire *w, bool out)
{
	struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = w};

	if (w->watched && w->want_out == out)
		return;
	if (epoll_ctl(w->net->epoll, w->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, w->fd, &e) != 0)
		fail_wire(w, "mail.error.connect", "the socket cannot be watched");
	w->watched = true;
	w->want_out = out;
}

static void flush(struct wire *w)
{
	CURLcode code = CURLE_OK;

	while (w->sent < w->n && code == CURLE_OK) {
		size_t put = 0;

		code = curl_easy_send(w->easy, w->out + w->sent, w->n - w->sent, &put);
		if (code == CURLE_OK)
			w->sent += put;
	}
	if (code != CURLE_OK && code != CURLE_AGAIN)
		fail_wire(w, "mail.error.connect", curl_easy_strerror(code));
	if (w->sent == w->n) {
		w->n = w->sent = 0;
		if (w->cap > 4 * PIECE) { /* a mail has gone: its room too */
			free(w->out);
			w->out = NULL;
			w->cap = 0;
		}
	}
	watch(w, w->sent < w->n);
}

void wire_write(struct wire *w, struct str s)
{
	if (w->n + s.n > w->cap) {
		w->cap = w->n + s.n > 2 * w->cap ? w->n + s.n : 2 * w->cap;
		w->out = realloc(w->out, w->cap);
		if (!w->out)
			abort();
	}
	if (s.n > 0)
		memcpy(w->out + w->n, s.p, s.n);
	w->n += s.n;
	if (!w->broken && !w->closed)
		flush(w);
}

size_t wire_unsent(const struct wire *w)
{
	return w->n - w->sent;
}

/* Read until there is nothing more, which is the only sure sign with TLS; long streams wait
 * for the next turn of the loop in between. */
static void read_wire(struct wire *w)
{
	char piece[PIECE];

	w->again = false;
	for (int i = 0; i < PIECES_A_TURN; i++) {
		size_t got = 0;
		CURLcode code = curl_easy_recv(w->easy, piece, sizeof piece, &got);

		if (code == CURLE_AGAIN)
			return;
		if (code != CURLE_OK || got == 0) {
			fail_wire(w, "mail.error.connect",
				  code == CURLE_OK ? "the server closed the connection"
						   : curl_easy_strerror(code));
			return;
		}
		w->on.data(w->on.arg, piece, got);
		if (w->closed || w->broken)
			return;
	}
	w->again = true;
}

static size_t on_line(char *p, size_t one, size_t size, void *arg)
{
	struct wire *w = arg;
	struct str line = str_trim((struct str){p, size * one});

	keep_text(w->last, sizeof w->last, line);
	return size * one;
}

static void wire_ended(struct transfer *t, CURLcode code)
{
	struct wire *w = (struct wire *)t;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (w->closed)
		return;
	if (code == CURLE_OK)
		curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		/* What the server said is better than the library's "Login denied". */
		if (code == CURLE_LOGIN_DENIED && w->last[0])
			w->error[0] = '\0';
		fail_wire(w, fault_keys[net_fault_of(code)],
			  code == CURLE_LOGIN_DENIED && w->last[0] ? w->last
								   : curl_easy_strerror(code));
		return;
	}
	w->fd = fd;
	w->error[0] = '\0';
	watch(w, false);
	w->on.open(w->on.arg);
	/* At once: from here on the library counts the connection as used and keeps it. */
	if (!w->closed)
		read_wire(w);
}

static void set_sign_in(struct wire *w, const struct wire_options *o, struct arena *a)
{
	if (o->user.n == 0)
		return;
	curl_easy_setopt(w->easy, CURLOPT_USERNAME, str_z(a, o->user));
	if (o->bearer.n > 0) {
		curl_easy_setopt(w->easy, CURLOPT_XOAUTH2_BEARER, str_z(a, o->bearer));
		curl_easy_setopt(w->easy, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
	} else {
		curl_easy_setopt(w->easy, CURLOPT_PASSWORD, str_z(a, o->password));
	}
}

static bool host_ok(struct str host)
{
	if (host.n == 0 || host.n > 255)
		return false;
	for (size_t i = 0; i < host.n; i++)
		if ((unsigned char)host.p[i] <= ' ' || strchr("/?#@\\%", host.p[i]))
			return false;
	return true;
}

struct wire *wire_open(struct net *n, const struct wire_options *o, const struct wire_events *on)
{
	static const long use_ssl[] = {[NET_TLS_IMPLICIT] = CURLUSESSL_ALL,
				       [NET_TLS_REQUIRED] = CURLUSESSL_ALL,
				       [NET_TLS_OPTIONAL] = CURLUSESSL_TRY,
				       [NET_TLS_NONE] = CURLUSESSL_NONE};
	struct wire *w = calloc(1, sizeof *w);
	struct arena *a = arena_new();
	struct str url = str_fmt(a, "%s%s://%.*s:%d/", o->scheme,
				 o->tls == NET_TLS_IMPLICIT ? "s" : "", STR(o->host), o->port);

	if (!w)
		abort();
	w->transfer.ended = wire_ended;
	w->net = n;
	w->on = *on;
	w->fd = -1;
	w->easy = net_easy(n, &w->transfer, w->error);
	w->next = n->wires;
	if (w->next)
		w->next->prev = w;
	n->wires = w;
	if (!host_ok(o->host))
		fail_wire(w, "mail.error.connect", "this is not the name of a server");
	curl_easy_setopt(w->easy, CURLOPT_URL, url.p);
	curl_easy_setopt(w->easy, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps");
	curl_easy_setopt(w->easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(w->easy, CURLOPT_USE_SSL, use_ssl[o->tls]);
	curl_easy_setopt(w->easy, CURLOPT_TIMEOUT_MS,
			 (long)(o->timeout_ms ? o->timeout_ms : OPEN_MS));
	curl_easy_setopt(w->easy, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(w->easy, CURLOPT_HEADERDATA, w);
	curl_easy_setopt(w->easy, CURLOPT_WRITEFUNCTION, on_line);
	curl_easy_setopt(w->easy, CURLOPT_WRITEDATA, w);
	set_sign_in(w, o, a);
	if (!w->broken && curl_multi_add_handle(n->multi, w->easy) != CURLM_OK)
		abort();
	arena_free(a);
	return w;
}

void wire_close(struct wire *w)
{
	w->closed = true;
}

static void free_wire(struct wire *w)
{
	if (w->prev)
		w->prev->next = w->next;
	else
		w->net->wires = w->next;
	if (w->next)
		w->next->prev = w->prev;
	if (w->watched)
		epoll_ctl(w->net->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	curl_multi_remove_handle(w->net->multi, w->easy);
	curl_easy_cleanup(w->easy);
	free(w->out);
	free(w);
}

void wires_sweep(struct net *n)
{
	struct wire *next;

	for (struct wire *w = n->wires; w; w = w->next) {
		if (!w->broken || w->closed)
			continue;
		w->closed = true;
		w->on.closed(w->on.arg, w->broken, w->error);
	}
	for (struct wire *w = n->wires; w; w = next) {
		next = w->next;
		if (w->closed)
			free_wire(w);
	}
}

bool wires_poll(struct net *n)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(n->epoll, events, EVENTS, 0);
	bool again = count == EVENTS;

	for (int i = 0; i < count; i++) {
		struct wire *w = events[i].data.ptr;

		if (w->closed || w->broken)
			continue;
		if (events[i].events & EPOLLOUT)
			flush(w);
		if (!w->closed && !w->broken && events[i].events & ~(uint32_t)EPOLLOUT)
			read_wire(w);
	}
	for (struct wire *w = n->wires; w; w = w->next) {
		if (w->again && !w->closed && !w->broken)
			read_wire(w);
		again |= w->again || w->broken;
	}
	return again;
}
