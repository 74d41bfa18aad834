/* The outbound loop: curl's multi interface for all transfers, an epoll of its own for wires
 * (curl waits on the epoll's descriptor too), timers, and work posted by other threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/client_loop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	MOST = 64,
	MOST_A_HOST = 6,
	CONNECT_MS = 10000,
	TURN_MS = 10000, /* longest wait of the loop */
};

/* ---- the loop ---- */

void net_post(struct net *n, void (*run)(void *), void *arg)
{
	struct task *t = malloc(sizeof *t);

	if (!t)
		abort();
	*t = (struct task){NULL, run, arg};
	pthread_mutex_lock(&n->lock);
	if (n->last)
		n->last->next = t;
	else
		n->first = t;
	n->last = t;
	pthread_mutex_unlock(&n->lock);
	curl_multi_wakeup(n->multi);
}

static bool run_tasks(struct net *n)
{
	struct task *t;
	bool quit;

	pthread_mutex_lock(&n->lock);
	t = n->first;
	n->first = n->last = NULL;
	quit = n->quit;
	pthread_mutex_unlock(&n->lock);
	while (t) {
		struct task *next = t->next;

		t->run(t->arg);
		free(t);
		t = next;
	}
	return quit;
}

void net_timer_stop(struct net *n, struct net_timer *t)
{
	if (!t->armed)
		return;
	if (t->prev)
		t->prev->next = t->next;
	else
		n->timers = t->next;
	if (t->next)
		t->next->prev = t->prev;
	t->prev = t->next = NULL;
	t->armed = false;
}

void net_timer_set(struct net *n, struct net_timer *t, int64_t ms)
{
	struct net_timer *before = NULL, *after = n->timers;

	net_timer_stop(n, t);
	after = n->timers;
	t->at = clock_ticks() + ms * 1000;
	while (after && after->at <= t->at) {
		before = after;
		after = after->next;
	}
	t->prev = before;
	t->next = after;
	if (before)
		before->next = t;
	else
		n->timers = t;
	if (after)
		after->prev = t;
	t->armed = true;
}

static void run_timers(struct net *n)
{
	int64_t now = clock_ticks();

	while (n->timers && n->timers->at <= now) {
		struct net_timer *t = n->timers;

		net_timer_stop(n, t);
		t->run(t->arg);
	}
}

static int wait_ms(const struct net *n)
{
	int64_t ms;

	if (!n->timers)
		return TURN_MS;
	ms = (n->timers->at - clock_ticks()) / 1000 + 1;
	return ms < 0 ? 0 : ms > TURN_MS ? TURN_MS : (int)ms;
}

void net_service_add(struct net *n, struct net_service *s)
{
	s->prev = NULL;
	s->next = n->services;
	if (s->next)
		s->next->prev = s;
	n->services = s;
}

void net_service_remove(struct net *n, struct net_service *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		n->services = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

bool net_service_alive(struct net *n, const struct net_service *s)
{
	for (const struct net_service *o = n->services; o; o = o->next)
		if (o == s)
			return true;
	return false;
}

void **net_smtp_pool(struct net *n)
{
	return &n->smtp;
}

static void read_messages(struct net *n)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(n->multi, &left))) {
		struct transfer *t = NULL;
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		t->ended(t, result);
	}
}

static void *net_thread(void *arg)
{
	struct net *n = arg;
	bool again = false;

	while (!run_tasks(n)) {
		struct curl_waitfd wires = {.fd = n->epoll, .events = CURL_WAIT_POLLIN};
		int running;

		run_timers(n);
		curl_multi_perform(n->multi, &running);
		read_messages(n);
		wires_sweep(n);
		curl_multi_poll(n->multi, &wires, 1, again ? 0 : wait_ms(n), NULL);
		again = wires_poll(n);
		wires_sweep(n);
	}
	while (n->services)
		n->services->stop(n->services->arg);
	net_http_cancel_all(n);
	run_tasks(n);
	wires_sweep(n);
	return NULL;
}

static char *copy_z(const char *z)
{
	char *made = z ? strdup(z) : NULL;

	if (z && !made)
		abort();
	return made;
}

struct net *net_start(const struct net_options *o)
{
	struct net *n = calloc(1, sizeof *n);
	sigset_t all, old;

	if (!n || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	n->multi = curl_multi_init();
	n->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!n->multi || n->epoll < 0)
		abort();
	n->ca_file = copy_z(o->ca_file);
	n->agent = copy_z(o->user_agent ? o->user_agent : "Aftersail/" AFTERSAIL_VERSION);
	n->most = o->most ? o->most : MOST;
	n->most_a_host = o->most_a_host ? o->most_a_host : MOST_A_HOST;
	curl_multi_setopt(n->multi, CURLMOPT_MAXCONNECTS, (long)n->most);
	pthread_mutex_init(&n->lock, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&n->thread, NULL, net_thread, n) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return n;
}

void net_stop(struct net *n)
{
	pthread_mutex_lock(&n->lock);
	n->quit = true;
	pthread_mutex_unlock(&n->lock);
	curl_multi_wakeup(n->multi);
	pthread_join(n->thread, NULL);
	curl_multi_cleanup(n->multi);
	close(n->epoll);
	pthread_mutex_destroy(&n->lock);
	free(n->ca_file);
	free(n->agent);
	free(n);
}

/* ---- what all handles share ---- */

CURL *net_easy(struct net *n, struct transfer *t, char *error_text)
{
	CURL *e = curl_easy_init();

	if (!e)
		abort();
	curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, error_text);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, 60L);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPINTVL, 15L);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	if (n->ca_file)
		curl_easy_setopt(e, CURLOPT_CAINFO, n->ca_file);
	return e;
}

enum net_fault net_fault_of(CURLcode code)
{
	/* clang-format off */
	static const struct { CURLcode code; enum net_fault fault; } faults[] = {
		{CURLE_COULDNT_RESOLVE_HOST,    FAULT_CONNECT},
		{CURLE_COULDNT_CONNECT,         FAULT_CONNECT},
		{CURLE_GOT_NOTHING,             FAULT_CONNECT},
		{CURLE_RECV_ERROR,              FAULT_CONNECT},
		{CURLE_SEND_ERROR,              FAULT_CONNECT},
		{CURLE_SSL_CONNECT_ERROR,       FAULT_TLS},
		{CURLE_PEER_FAILED_VERIFICATION, FAULT_TLS},
		{CURLE_SSL_CERTPROBLEM,         FAULT_TLS},
		{CURLE_SSL_CACERT_BADFILE,      FAULT_TLS},
		{CURLE_SSL_ISSUER_ERROR,        FAULT_TLS},
		{CURLE_USE_SSL_FAILED,          FAULT_TLS},
		{CURLE_LOGIN_DENIED,            FAULT_AUTH},
		{CURLE_AUTH_ERROR,              FAULT_AUTH},
		{CURLE_OPERATION_TIMEDOUT,      FAULT_TIMEOUT},
	};
	/* clang-format on */
	for (size_t i = 0; i < COUNT(faults); i++)
		if (faults[i].code == code)
			return faults[i].fault;
	return FAULT_PROTOCOL;
}
