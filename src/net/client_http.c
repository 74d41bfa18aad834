/* HTTP requests: each an easy handle of curl's, in line with the others to its host. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/client_loop.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 30000, REPLY_MAX = 1 << 20, HEADERS_MAX = 100 };

/* Calls to one host wait for each other here: curl's own limit left some waiting for ever. */
struct http_host {
	struct http_host *prev, *next;
	unsigned active;
	size_t n_calls; /* active and waiting */
	struct http_call *first, *last;
	char name[]; /* scheme, host and port as in the address */
};

struct http_call {
	struct transfer transfer; /* first: the handle's private pointer is both */
	struct http_call *prev, *next;
	struct http_call *after; /* in its host's line */
	struct http_host *host;
	bool active;
	struct str place; /* its host's name */
	struct net *net;
	uint64_t number;
	CURL *easy;
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	struct arena *a;
	struct buf body;
	struct net_pair got[HEADERS_MAX];
	size_t n_got;
	bool too_large, refused, public_only;
	const char *mistake; /* in the request itself: never sent */
	net_done *done;
	void *arg;
};

static size_t on_header(char *p, size_t one, size_t size, void *arg)
{
	struct http_call *c = arg;
	struct str line = str_trim((struct str){p, size * one});
	ptrdiff_t colon = str_find_char(line, ':');

	if (str_starts(line, S("HTTP/"))) { /* of a redirect, or the final one: begin anew */
		c->n_got = 0;
		c->body.n = 0;
	} else if (colon > 0 && c->n_got < HEADERS_MAX) {
		struct net_pair *h = &c->got[c->n_got++];

		h->name = str_dup(c->a, str_slice(line, 0, (size_t)colon));
		h->value = str_dup(c->a, str_trim(str_slice(line, (size_t)colon + 1, line.n)));
	}
	return size * one;
}

static size_t on_body(char *p, size_t one, size_t size, void *arg)
{
	struct http_call *c = arg;

	buf_add(&c->body, (struct str){p, size * one});
	c->too_large = c->body.over;
	return c->too_large ? 0 : size * one;
}

static bool four_is_public(const unsigned char *b)
{
	return !(b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224 ||
		 (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254) ||
		 (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
		 (b[0] == 192 && b[1] == 0 && b[2] == 0) || (b[0] == 198 && (b[1] & 0xfe) == 18));
}

static bool six_is_public(const struct in6_addr *six)
{
	static const unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
	const unsigned char *b = six->s6_addr;

	if (IN6_IS_ADDR_V4MAPPED(six) || memcmp(b, nat64, sizeof nat64) == 0)
		return four_is_public(b + 12);
	return (b[0] & 0xe0) == 0x20; /* global unicast */
}

static bool is_public(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return four_is_public(
		    (const unsigned char *)&((const struct sockaddr_in *)(const void *)sa)
			->sin_addr);
	if (sa->sa_family == AF_INET6)
		return six_is_public(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
	return false;
}

/* Looked at after the name was resolved, so a name that leads inside is refused too. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct http_call *c = arg;

	(void)purpose;
	if (c->public_only && !is_public(&address->addr)) {
		c->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static struct http_host *host_of(struct net *n, struct str name)
{
	struct http_host *h = n->hosts;

	while (h && !str_eq(str_of(h->name), name))
		h = h->next;
	if (h)
		return h;
	h = calloc(1, sizeof *h + name.n + 1);
	if (!h)
		abort();
	memcpy(h->name, name.p, name.n);
	h->next = n->hosts;
	if (h->next)
		h->next->prev = h;
	n->hosts = h;
	return h;
}

static void start_waiting(struct net *n, struct http_host *h)
{
	while (h->first && h->active < n->most_a_host && n->active < n->most) {
		struct http_call *c = h->first;

		h->first = c->after;
		if (!h->first)
			h->last = NULL;
		c->active = true;
		h->active++;
		n->active++;
		if (curl_multi_add_handle(n->multi, c->easy) != CURLM_OK)
			abort();
	}
}

static void unqueue(struct http_host *h, struct http_call *c)
{
	struct http_call **at = &h->first, *before = NULL;

	while (*at && *at != c) {
		before = *at;
		at = &before->after;
	}
	if (!*at)
		return;
	*at = c->after;
	if (h->last == c)
		h->last = before;
}

/* The call has ended; whoever waited for its place goes on. */
static void leave_host(struct http_call *c)
{
	struct net *n = c->net;
	struct http_host *h = c->host, *next;
	bool full = n->active == n->most;

	if (!h)
		return;
	unqueue(h, c);
	h->n_calls--;
	if (c->active) {
		curl_multi_remove_handle(n->multi, c->easy);
		h->active--;
		n->active--;
	}
	for (h = full ? n->hosts : h; h; h = next) {
		next = full ? h->next : NULL;
		start_waiting(n, h);
		if (h->n_calls > 0)
			continue;
		if (h->prev)
			h->prev->next = h->next;
		else
			n->hosts = h->next;
		if (h->next)
			h->next->prev = h->prev;
		free(h);
	}
}

static void free_call(struct http_call *c)
{
	leave_host(c);
	if (c->prev)
		c->prev->next = c->next;
	else if (c->net->calls == c)
		c->net->calls = c->next;
	if (c->next)
		c->next->prev = c->prev;
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	arena_free(c->a);
	free(c);
}

static const char *why_failed(const struct http_call *c, CURLcode code)
{
	static const char *const keys[] = {
	    [FAULT_CONNECT] = "net.error.connect",   [FAULT_TLS] = "net.error.tls",
	    [FAULT_AUTH] = "net.error.protocol",     [FAULT_TIMEOUT] = "net.error.timeout",
	    [FAULT_PROTOCOL] = "net.error.protocol",
	};

	if (c->too_large)
		return "net.error.too_large";
	if (c->refused || c->mistake)
		return "net.error.refused";
	return keys[net_fault_of(code)];
}

static void call_ended(struct transfer *t, CURLcode code)
{
	struct http_call *c = (struct http_call *)t;
	struct net_result r = {.headers = c->got, .n_headers = c->n_got};
	curl_off_t seconds = 0, ready = 0;
	long status = 0;

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &seconds);
	curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	r.status = (int)status;
	r.body = c->body.p ? buf_str(&c->body) : S("");
	r.retry_after = (int64_t)seconds * SECOND_MS;
	r.sent = ready > 0;
	if (code != CURLE_OK || c->mistake) {
		r.outcome = NET_FAILED;
		r.key = why_failed(c, code);
		r.detail = c->mistake    ? c->mistake
			   : c->error[0] ? c->error
					 : curl_easy_strerror(code);
	}
	c->done(c->arg, &r);
	free_call(c);
}

static void cancel(struct http_call *c)
{
	struct net_result r = {.outcome = NET_CANCELLED};

	c->done(c->arg, &r);
	free_call(c);
}

void net_http_cancel_all(struct net *n)
{
	while (n->calls)
		cancel(n->calls);
}

static void start_call(void *arg)
{
	struct http_call *c = arg;

	c->next = c->net->calls;
	if (c->next)
		c->next->prev = c;
	c->net->calls = c;
	if (c->mistake) {
		call_ended(&c->transfer, CURLE_URL_MALFORMAT);
		return;
	}
	c->host = host_of(c->net, c->place);
	c->host->n_calls++;
	if (c->host->last)
		c->host->last->after = c;
	else
		c->host->first = c;
	c->host->last = c;
	start_waiting(c->net, c->host);
}

/* "https://host:port" of an address. */
static struct str place_of(struct str url)
{
	ptrdiff_t at = str_find(url, S("://"));
	size_t end = at < 0 ? 0 : (size_t)at + 3;

	while (end < url.n && !strchr("/?#", url.p[end]))
		end++;
	return str_slice(url, 0, end);
}

static bool has_break(struct str s)
{
	return str_find_char(s, '\r') >= 0 || str_find_char(s, '\n') >= 0;
}

static void set_headers(struct http_call *c, const struct net_request *q)
{
	c->headers = curl_slist_append(c->headers, "Expect:");
	for (size_t i = 0; i < q->n_headers; i++) {
		struct str name = q->headers[i].name, value = q->headers[i].value;
		if (has_break(name) || has_break(value))
			c->mistake = "a header holds a line break";
		struct str line = value.n ? str_fmt(c->a, "%.*s: %.*s", STR(name), STR(value))
					  : str_fmt(c->a, "%.*s;", STR(name));
		c->headers = curl_slist_append(c->headers, line.p);
	}
	curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
}

static void set_target(struct http_call *c, const struct net_request *q)
{
	bool secure = str_starts(q->url, S("https://"));
	const char *schemes = q->plain && !secure ? "http,https" : "https";

	if (!secure && !(q->plain && str_starts(q->url, S("http://"))))
		c->mistake = "the address must begin with https://";
	c->place = str_dup(c->a, place_of(q->url));
	curl_easy_setopt(c->easy, CURLOPT_URL, str_z(c->a, q->url));
	curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, schemes);
	curl_easy_setopt(c->easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
	curl_easy_setopt(c->easy, CURLOPT_FOLLOWLOCATION, q->redirects > 0 ? 1L : 0L);
	curl_easy_setopt(c->easy, CURLOPT_MAXREDIRS, (long)q->redirects);
	curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c);
	/* A kept connection was checked for the caller that opened it, perhaps not as strictly. */
	curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, q->public_only ? 1L : 0L);
}

static void set_method(struct http_call *c, const struct net_request *q)
{
	struct str method = q->method.n ? q->method : S("GET");

	for (size_t i = 0; i < method.n; i++)
		if (method.p[i] < 'A' || method.p[i] > 'Z')
			c->mistake = "no such method";
	if (q->body.n > 0 || str_eq(method, S("POST")) || str_eq(method, S("PUT"))) {
		curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
		curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, str_dup(c->a, q->body).p);
	}
	if (str_eq(method, S("HEAD")))
		curl_easy_setopt(c->easy, CURLOPT_NOBODY, 1L);
	else if (!(str_eq(method, S("GET")) && q->body.n == 0))
		curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, str_z(c->a, method));
}

uint64_t net_http(struct net *n, const struct net_request *q, net_done *done, void *arg)
{
	struct http_call *c = calloc(1, sizeof *c);
	uint64_t number;

	if (!c)
		abort();
	c->transfer.ended = call_ended;
	c->net = n;
	c->a = arena_new();
	c->body = (struct buf){.a = c->a, .max = q->reply_max ? q->reply_max : REPLY_MAX};
	c->done = done;
	c->arg = arg;
	c->public_only = q->public_only;
	c->easy = net_easy(n, &c->transfer, c->error);
	set_target(c, q);
	set_method(c, q);
	set_headers(c, q);
	curl_easy_setopt(c->easy, CURLOPT_USERAGENT, n->agent);
	curl_easy_setopt(c->easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS,
			 (long)(q->timeout_ms ? q->timeout_ms : TIMEOUT_MS));
	curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	pthread_mutex_lock(&n->lock);
	number = c->number = ++n->number;
	pthread_mutex_unlock(&n->lock);
	net_post(n, start_call, c);
	return number;
}

struct cancelling {
	struct net *net;
	uint64_t number;
};

static void cancel_one(void *arg)
{
	struct cancelling *k = arg;
	struct http_call *c = k->net->calls;

	while (c && c->number != k->number)
		c = c->next;
	if (c)
		cancel(c);
	free(k);
}

void net_cancel(struct net *n, uint64_t number)
{
	struct cancelling *k = malloc(sizeof *k);

	if (!k)
		abort();
	*k = (struct cancelling){n, number};
	net_post(n, cancel_one, k);
}

struct str net_header(const struct net_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_eq_nocase(r->headers[i].name, str_of(name)))
			return r->headers[i].value;
	return (struct str){0};
}
