/* client_internal.h - the outbound loop as mail sees it: work, timers, and wires.
 *
 * A wire is a connection that libcurl made, secured and signed in on, and that then belongs to
 * a protocol of ours.  All of this is used on the outbound thread only, but for net_post(). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/client.h"

/* Run on the outbound thread, in order; after net_stop() began it runs still, once. */
void net_post(struct net *, void (*run)(void *), void *arg);

struct net_timer {
	struct net_timer *prev, *next;
	int64_t at; /* clock_ticks() */
	bool armed;
	void (*run)(void *arg);
	void *arg;
};
void net_timer_set(struct net *, struct net_timer *, int64_t ms);
void net_timer_stop(struct net *, struct net_timer *);

/* Something that net_stop() ends: stop() runs on the outbound thread and unlinks itself. */
struct net_service {
	struct net_service *prev, *next;
	void (*stop)(void *arg);
	void *arg;
};
void net_service_add(struct net *, struct net_service *);
void net_service_remove(struct net *, struct net_service *);
/* Whether it is still there; it may have been freed already. */
bool net_service_alive(struct net *, const struct net_service *);

/* The pool of connections to mail servers, smtp.c's own. */
void **net_smtp_pool(struct net *);

struct wire;

struct wire_options {
	const char *scheme; /* "imap" or "smtp" */
	struct str host;
	int port;
	enum net_tls tls;
	struct str user, password, bearer;
	int timeout_ms; /* until it is open; 0: 30 s */
};

struct wire_events {
	void (*open)(void *arg);
	void (*data)(void *arg, const char *, size_t);
	/* Last call: by the other side, or a failure.  Not after wire_close(). */
	void (*closed)(void *arg, const char *key, const char *detail);
	void *arg;
};

struct wire *wire_open(struct net *, const struct wire_options *, const struct wire_events *);
/* Queue the bytes (copied); failures come as closed(), later. */
void wire_write(struct wire *, struct str);
size_t wire_unsent(const struct wire *);
/* No event any more; the memory goes at the end of the loop's turn. */
void wire_close(struct wire *);
