/* client_loop.h - the inside of the outbound loop, for client.c and client_wire.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "net/client_internal.h"

#include <curl/curl.h>
#include <pthread.h>

struct task {
	struct task *next;
	void (*run)(void *arg);
	void *arg;
};

/* What an easy handle's private pointer leads to. */
struct transfer {
	void (*ended)(struct transfer *, CURLcode);
};

struct net {
	CURLM *multi;
	int epoll;
	pthread_t thread;
	pthread_mutex_t lock; /* of the tasks, the number and quit */
	struct task *first, *last;
	uint64_t number;
	bool quit;
	char *ca_file, *agent;
	struct net_timer *timers; /* soonest first */
	struct net_service *services;
	struct http_call *calls;
	struct http_host *hosts;
	unsigned most, most_a_host, active; /* HTTP calls at once, and how many are */
	struct wire *wires;
	void *smtp;
};

/* A handle with what holds for all of them: TLS checked, no signals, our certificates. */
CURL *net_easy(struct net *, struct transfer *, char *error_text);

enum net_fault { FAULT_CONNECT, FAULT_TLS, FAULT_AUTH, FAULT_TIMEOUT, FAULT_PROTOCOL };
enum net_fault net_fault_of(CURLcode);

/* client_http.c: all calls end with NET_CANCELLED. */
void net_http_cancel_all(struct net *);

/* Events of the wires' sockets; true when one wants another turn at once. */
bool wires_poll(struct net *);
/* Close what broke, free what was closed. */
void wires_sweep(struct net *);
