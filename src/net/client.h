/* client.h - everything that leaves the machine, on one thread.
 *
 * net_start() makes the outbound thread.  HTTP requests (here), mail out (smtp.h) and mailboxes
 * (imap.h) all run on it, without blocking it; callbacks come on it and must not block either:
 * they note the result and wake somebody.  Everything handed in is copied. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

struct net;

struct net_options {
	const char *ca_file;    /* certificates to trust besides the system's; NULL for none */
	const char *user_agent; /* NULL: "Aftersail/VERSION" */
	unsigned most;          /* HTTP connections at once; 0: 64 */
	unsigned most_a_host;   /* the same to one host, port and scheme; 0: 6 */
};

struct net *net_start(const struct net_options *);

/* Ends the thread: whatever has not ended is cancelled (its callback comes), mailboxes close. */
void net_stop(struct net *);

enum net_tls {
	NET_TLS_IMPLICIT, /* from the first byte: imaps, smtps */
	NET_TLS_REQUIRED, /* STARTTLS, or nothing */
	NET_TLS_OPTIONAL, /* STARTTLS when it is offered */
	NET_TLS_NONE,     /* never; for servers on this machine */
};

/* ---- HTTP ---- */

struct net_pair {
	struct str name, value;
};

struct net_request {
	struct str method; /* empty: GET */
	struct str url;    /* https://..., and http://... with `plain` */
	const struct net_pair *headers;
	size_t n_headers;
	struct str body;
	int timeout_ms;     /* for all of it; 0: 30 s */
	size_t reply_max;   /* bytes of the reply's body; 0: 1 MB */
	unsigned redirects; /* most to follow, never from https to http; 0: none */
	bool plain;         /* http:// too */
	bool public_only;   /* refuse addresses of this machine and of private networks */
};

enum net_outcome {
	NET_ANSWERED,  /* status, headers and body are there, whatever the status */
	NET_FAILED,    /* no answer: key and detail say why; it may have arrived all the same when
			  `sent` is set */
	NET_CANCELLED, /* net_cancel() or net_stop() */
};

struct net_result {
	enum net_outcome outcome;
	int status;
	const struct net_pair *headers; /* in order, of the last reply */
	size_t n_headers;
	struct str body;
	const char *key;    /* net.error.connect, .tls, .timeout, .too_large, .refused, .protocol */
	const char *detail; /* English, for the log */
	bool sent;          /* the request, or a part of it, had left */
	int64_t retry_after; /* ms, from Retry-After; 0 when it does not say */
};

/* Everything in the result lives until the callback returns. */
typedef void net_done(void *arg, const struct net_result *);

/* From any thread, callbacks too.  Gives a number for net_cancel(). */
uint64_t net_http(struct net *, const struct net_request *, net_done *, void *arg);

/* The callback comes soon with NET_CANCELLED, unless it was on its way already. */
void net_cancel(struct net *, uint64_t);

/* The header of a result by name, or the empty string with p NULL. */
struct str net_header(const struct net_result *, const char *name);
