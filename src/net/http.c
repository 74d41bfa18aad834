/* The library's threads call on_access() several times a request: once with its headers, once
 * a piece of its body, once at its end, and once more when it was parked and is woken.  A
 * request is parked (suspended) until http_send(), which may come before the parking is done:
 * `state` settles who wakes whom.  A request has two owners, the library's side and the handler;
 * the last one to leave frees it, so a reply after http_stop() does no harm. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "net/http_internal.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	CONNECTIONS = 4000,
	STREAMS = 10000,
	HEADER_BYTES = 32 * 1024,
	IDLE_SECONDS = 60,
	HEADER_SECONDS = 20,
	STREAM_SECONDS = 15,
	STREAM_QUEUE = 256 * 1024,
	FILES_APART = 256,              /* descriptors for all that is not a connection */
	DISCARD_MAX = 64 * 1024 * 1024, /* a refused body is read to its end up to here */
	DROP_ROUNDS = 10,
	DROP_MS = 20,
};

/* Servers that were stopped while somebody still worked for them: kept until the program ends. */
static struct http_server *kept;

/* Waking a parked request and dropping it exclude each other, also after the server is gone. */
static pthread_mutex_t wake_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- a request's life ---- */

static void list_add(struct http_server *s, struct http_conn *c)
{
	pthread_mutex_lock(&s->lock);
	c->next = s->running;
	if (c->next)
		c->next->prev = c;
	s->running = c;
	s->n_running++;
	pthread_mutex_unlock(&s->lock);
}

static void list_remove(struct http_server *s, struct http_conn *c)
{
	pthread_mutex_lock(&s->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->running = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->n_running--;
	pthread_mutex_unlock(&s->lock);
}

/* Called by the library at a request's first line. */
static void *on_first_line(void *arg, const char *uri, struct MHD_Connection *mhd)
{
	struct http_server *s = arg;
	struct arena *a = arena_new();
	struct http_conn *c = NEW(a, struct http_conn);
	const union MHD_ConnectionInfo *info;
	int64_t number = atomic_fetch_add(&s->requests, 1) + 1;
	struct str id = str_fmt(a, "%s-%llx", s->boot, (unsigned long long)number);

	c->q.a = a;
	c->q.conn = c;
	c->q.started = clock_ticks();
	c->q.path = str_dup(a, str_of(uri)); /* raw until on_access() splits it */
	memcpy(c->q.id, id.p, id.n < sizeof c->q.id ? id.n : sizeof c->q.id - 1);
	c->server = s;
	c->mhd = mhd;
	c->fd = -1;
	atomic_init(&c->state, RUNNING);
	atomic_init(&c->owners, 1);
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	c->wire = info ? info->socket_context : NULL;
	http_conn_deadline(c, s->o.header_seconds);
	list_add(s, c);
	return c;
}

static void drop_owner(struct http_conn *c)
{
	if (atomic_fetch_sub(&c->owners, 1) != 1)
		return;
	if (c->response)
		MHD_destroy_response(c->response);
	if (c->fd >= 0)
		close(c->fd);
	if (c->q.body_file.n > 0)
		unlink(c->q.body_file.p); /* gone already when the handler renamed it */
	free(c->body);
	arena_free(c->q.a);
}

/* Called by the library when a request's reply has left, or its client. */
static void on_completed(void *arg, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode code)
{
	struct http_server *s = arg;
	struct http_conn *c = *context;

	(void)mhd;
	(void)code;
	if (!c)
		return;
	*context = NULL;
	http_conn_deadline(c, s->o.idle_seconds);
	list_remove(s, c);
	drop_owner(c);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = arg;
	struct wire *w = *context;
	const union MHD_ConnectionInfo *info;

	pthread_mutex_lock(&s->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		w = calloc(1, sizeof *w);
		if (!w)
			abort();
		info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		w->fd = info ? info->connect_fd : -1;
		atomic_init(&w->deadline, clock_ticks() + (int64_t)s->o.idle_seconds * 1000000);
		w->next = s->wires;
		if (w->next)
			w->next->prev = w;
		s->wires = w;
		s->n_wires++;
		*context = w;
	} else if (w) {
		if (w->prev)
			w->prev->next = w->next;
		else
			s->wires = w->next;
		if (w->next)
			w->next->prev = w->prev;
		s->n_wires--;
		free(w);
		*context = NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

/* Each second: connections past their deadline are cut; the library then sees them closed. */
static void cut_slow_wires(void *arg)
{
	struct http_server *s = arg;
	int64_t now = clock_ticks();

	pthread_mutex_lock(&s->lock);
	for (struct wire *w = s->wires; w; w = w->next) {
		int64_t deadline = atomic_load(&w->deadline);

		if (deadline != 0 && deadline < now && w->fd >= 0)
			shutdown(w->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&s->lock);
}

/* ---- reading a request ---- */

static enum MHD_Result add_header(void *arg, enum MHD_ValueKind kind, const char *name,
				  size_t n_name, const char *value, size_t n_value)
{
	struct http_conn *c = arg;
	struct http_pair *h = &c->headers[c->n_headers];

	(void)kind;
	if (c->n_headers == HTTP_HEADERS_MAX) {
		http_conn_refuse(c, 431, "error.header_too_large");
		return MHD_NO;
	}
	h->name = str_dup(c->q.a, (struct str){name, n_name});
	h->value = str_dup(c->q.a, (struct str){value, value ? n_value : 0});
	if (!str_utf8_ok(h->value))
		http_conn_refuse(c, 400, "error.malformed");
	if (!http_is_token(h->name))
		http_conn_break(c);
	c->n_headers++;
	return MHD_YES;
}

static void read_headers(struct http_conn *c)
{
	int n = MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, NULL, NULL);

	if (n > HTTP_HEADERS_MAX)
		n = HTTP_HEADERS_MAX;
	c->headers = NEWN(c->q.a, struct http_pair, (size_t)(n > 0 ? n : 1));
	MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, add_header, c);
}

/* ---- replying ---- */

static void finish_headers(struct http_conn *c, struct MHD_Response *r)
{
	MHD_add_response_header(r, "X-Request-Id", c->q.id);
	if (c->broken || atomic_load(&c->server->stopping))
		MHD_add_response_header(r, "Connection", "close");
}

static enum MHD_Result queue_refusal(struct http_conn *c)
{
	struct buf b = BUF(c->q.a);
	struct MHD_Response *r;
	enum MHD_Result result;

	buf_fmt(&b, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"key\":\"%s\",",
		MHD_get_reason_phrase_for((unsigned)c->refuse), c->refuse, c->refuse_key);
	buf_fmt(&b, "\"arg\":\"\",\"request_id\":\"%s\"}\n", c->q.id);
	r = MHD_create_response_from_buffer(b.n, b.p, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "application/problem+json");
	finish_headers(c, r);
	result = MHD_queue_response(c->mhd, (unsigned)c->refuse, r);
	MHD_destroy_response(r);
	return result;
}

/* The handler's side is done: publish the reply and leave. */
static void hand_back(struct http_conn *c)
{
	pthread_mutex_lock(&wake_lock);
	if (atomic_load(&c->state) != DROPPED && atomic_exchange(&c->state, REPLIED) == PARKED)
		MHD_resume_connection(c->mhd);
	pthread_mutex_unlock(&wake_lock);
	drop_owner(c);
}

static struct str find_pair(const struct http_pair *pairs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(pairs[i].name, str_of(name)))
			return pairs[i].value;
	return (struct str){0};
}

static bool etag_listed(struct str list, struct str etag)
{
	struct str one;

	if (str_eq(str_trim(list), S("*")))
		return true;
	while (str_cut(&list, ',', &one)) {
		one = str_trim(one);
		if (str_starts(one, S("W/")))
			one = str_slice(one, 2, one.n);
		if (str_eq(one, etag))
			return true;
	}
	return false;
}

static bool not_modified(const struct http_conn *c, const struct http_reply *r)
{
	struct str etag = find_pair(r->headers, r->n_headers, "ETag");

	if (str_starts(etag, S("W/")))
		etag = str_slice(etag, 2, etag.n);
	return r->status == 200 && etag.n > 0 && str_eq(c->q.method, S("GET")) &&
	       etag_listed(http_header(&c->q, "If-None-Match"), etag);
}

static struct MHD_Response *file_part(struct http_conn *c, const struct http_reply *r)
{
	struct str range = http_header(&c->q, "Range"), only = http_header(&c->q, "If-Range");
	struct str content = {0};
	int64_t from = 0, to = r->fd_size - 1;
	struct MHD_Response *made;
	int take = 0;

	if (r->status == 200 && str_eq(c->q.method, S("GET")) &&
	    (!only.p || str_eq(only, find_pair(r->headers, r->n_headers, "ETag"))))
		take = http_read_range(range, r->fd_size, &from, &to);
	if (take < 0) {
		close(r->fd);
		c->status = 416;
		made = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
		content = str_fmt(c->q.a, "bytes */%lld", (long long)r->fd_size);
	} else {
		if (take > 0) {
			c->status = 206;
			content = str_fmt(c->q.a, "bytes %lld-%lld/%lld", (long long)from,
					  (long long)to, (long long)r->fd_size);
		}
		made = MHD_create_response_from_fd_at_offset64((uint64_t)(to - from + 1), r->fd,
							       (uint64_t)from);
		if (!made)
			close(r->fd);
	}
	if (made && content.n > 0)
		MHD_add_response_header(made, "Content-Range", content.p);
	if (made && r->status == 200)
		MHD_add_response_header(made, "Accept-Ranges", "bytes");
	return made;
}

static struct MHD_Response *make_response(struct http_conn *c, const struct http_reply *r)
{
	enum MHD_ResponseMemoryMode mode =
	    r->fixed ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY;

	c->status = r->status;
	if (not_modified(c, r)) {
		if (r->fd > 0)
			close(r->fd);
		c->status = 304;
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	}
	if (r->fd > 0)
		return file_part(c, r);
	return MHD_create_response_from_buffer(r->body.n, (void *)(uintptr_t)r->body.p, mode);
}

void http_send(struct http_req *q, const struct http_reply *r)
{
	struct http_conn *c = q->conn;

	if (atomic_load(&c->state) == DROPPED) {
		if (r->fd > 0)
			close(r->fd);
		drop_owner(c);
		return;
	}
	c->response = make_response(c, r);
	for (size_t i = 0; c->response && i < r->n_headers; i++)
		MHD_add_response_header(c->response, str_z(q->a, r->headers[i].name),
					str_z(q->a, r->headers[i].value));
	if (c->response)
		finish_headers(c, c->response);
	hand_back(c);
}

/* ---- streams ---- */

static struct str stream_head(struct http_req *q, const struct http_pair *headers, size_t n)
{
	struct buf b = BUF(q->a);

	buf_z(&b, "HTTP/1.1 200 OK\r\nConnection: close\r\nX-Request-Id: ");
	buf_z(&b, q->id);
	for (size_t i = 0; i < n; i++) {
		if (memchr(headers[i].value.p ? headers[i].value.p : "", '\n', headers[i].value.n))
			continue;
		buf_z(&b, "\r\n");
		buf_add(&b, headers[i].name);
		buf_z(&b, ": ");
		buf_add(&b, headers[i].value);
	}
	buf_z(&b, "\r\n\r\n");
	return buf_str(&b);
}

struct http_stream *http_stream_open(struct http_req *q, const struct http_pair *headers, size_t n,
				     void (*closed)(void *arg, struct http_stream *), void *arg)
{
	struct http_conn *c = q->conn;
	struct http_stream *made = NULL;
	const union MHD_ConnectionInfo *info;
	int fd = -1;

	pthread_mutex_lock(&wake_lock);
	if (atomic_load(&c->state) != DROPPED && !c->head) {
		info = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		fd = info ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0) : -1;
	}
	pthread_mutex_unlock(&wake_lock);
	if (fd >= 0)
		made = http_streams_adopt(c->server->streams, fd, stream_head(q, headers, n),
					  closed, arg);
	if (!made) {
		struct http_pair later = {S("Retry-After"), S("5")};
		http_send(q, &(struct http_reply){.status = c->head ? 200 : 503,
						  .headers = c->head ? headers : &later,
						  .n_headers = c->head ? n : 1});
		return NULL;
	}
	hand_back(c);
	return made;
}

/* ---- the library's calls ---- */

static void begin(struct http_conn *c, const char *method)
{
	const union MHD_ConnectionInfo *info;

	c->seen = true;
	c->head = strcmp(method, "HEAD") == 0;
	c->q.method = str_dup(c->q.a, c->head ? S("GET") : str_of(method));
	read_headers(c);
	info = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	c->q.peer = http_show_address(c->q.a, info ? info->client_addr : NULL);
	http_conn_read(c);
}

/* A body that is refused is read to its end, when it is not too long, so that the client reads the
 * answer instead of a broken connection; answering before the end closes it. */
static bool refuse_at_once(const struct http_conn *c)
{
	if (c->announced == 0)
		return false;
	/* After a 400 nobody knows where the body ends. */
	return c->refuse == 400 || c->announced > DISCARD_MAX || http_header(&c->q, "Expect").p;
}

static enum MHD_Result queue_reply(struct http_conn *c)
{
	enum MHD_Result result;

	if (!c->response)
		return MHD_NO; /* also how a stream's socket leaves: no reply, no shutdown */
	result = MHD_queue_response(c->mhd, (unsigned)c->status, c->response);
	MHD_destroy_response(c->response);
	c->response = NULL;
	return result;
}

/* The request is whole: give it away, and park it unless it was answered meanwhile. */
static enum MHD_Result hand_over(struct http_conn *c)
{
	int running = RUNNING;

	c->handed = true;
	http_conn_deadline(c, 0);
	http_body_end(c);
	if (!c->refuse && atomic_load(&c->server->stopping))
		http_conn_refuse(c, 503, "error.stopping");
	if (c->refuse)
		return queue_refusal(c);
	atomic_fetch_add(&c->owners, 1);
	c->server->o.handle(c->server->o.arg, &c->q);
	if (atomic_load(&c->state) == REPLIED)
		return queue_reply(c);
	MHD_suspend_connection(c->mhd);
	if (!atomic_compare_exchange_strong(&c->state, &running, PARKED))
		MHD_resume_connection(c->mhd); /* answered in between */
	return MHD_YES;
}

static enum MHD_Result on_access(void *arg, struct MHD_Connection *mhd, const char *url,
				 const char *method, const char *version, const char *data,
				 size_t *n, void **context)
{
	struct http_conn *c = *context;

	(void)arg;
	(void)mhd;
	(void)url;
	(void)version;
	if (!c)
		return MHD_NO;
	if (!c->seen) {
		begin(c, method);
		return c->refuse && refuse_at_once(c) ? queue_refusal(c) : MHD_YES;
	}
	if (*n > 0) {
		http_body_take(c, data, *n);
		*n = 0;
		return MHD_YES;
	}
	if (!c->handed)
		return hand_over(c);
	return atomic_load(&c->state) == REPLIED ? queue_reply(c) : MHD_NO;
}

/* Query values are decoded by read_query(); the library must leave them alone. */
static size_t keep_escapes(void *arg, struct MHD_Connection *mhd, char *z)
{
	(void)arg;
	(void)mhd;
	return strlen(z);
}

/* ---- starting and stopping ---- */

static unsigned or_default(unsigned given, unsigned otherwise)
{
	return given ? given : otherwise;
}

/* Raise the limit of open files, then fit connections and streams below it. */
static void fit_files(struct http_options *o)
{
	struct rlimit files;
	uint64_t room, want = (uint64_t)o->connections + o->streams;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_NOFILE, &files);
	room = files.rlim_cur > 2 * FILES_APART ? files.rlim_cur - FILES_APART : FILES_APART;
	if (want <= room)
		return;
	o->connections = (unsigned)(room * o->connections / want);
	o->streams = (unsigned)(room * o->streams / want);
}

static bool read_options(struct arena *a, struct http_server *s, const char **why)
{
	struct http_options *o = &s->o;

	o->threads = o->threads > 0 ? o->threads : 2;
	o->connections = or_default(o->connections, CONNECTIONS);
	o->streams = or_default(o->streams, STREAMS);
	o->header_bytes = or_default(o->header_bytes, HEADER_BYTES);
	o->idle_seconds = or_default(o->idle_seconds, IDLE_SECONDS);
	o->header_seconds = or_default(o->header_seconds, HEADER_SECONDS);
	o->stream_seconds = or_default(o->stream_seconds, STREAM_SECONDS);
	o->stream_queue = o->stream_queue ? o->stream_queue : STREAM_QUEUE;
	fit_files(o);
	s->temporary = strdup(o->temporary.n ? str_z(a, o->temporary) : "/tmp");
	for (size_t i = 0; i < o->trusted_proxies.n; i++) {
		*why = "a trusted proxy must be an address or a network like 10.0.0.0/8";
		if (s->n_proxies == HTTP_PROXIES_MAX ||
		    !http_read_network(o->trusted_proxies.v[i], &s->proxies[s->n_proxies++]))
			return false;
	}
	return true;
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
	const struct http_options *o = &s->o;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
	struct MHD_OptionItem options[] = {
	    {MHD_OPTION_LISTEN_SOCKET, s->listen_fd, NULL},
	    {MHD_OPTION_THREAD_POOL_SIZE, o->threads, NULL},
	    {MHD_OPTION_CONNECTION_LIMIT, o->connections, NULL},
	    {MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds, NULL},
	    {MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->header_bytes, NULL},
	    {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
	    {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_first_line, s},
	    {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s},
	    {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s},
	    {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL},
	    {MHD_OPTION_END, 0, NULL},
	};
	sigset_t all, old;
	struct MHD_Daemon *d;

	if (o->threads == 1) /* the library takes a pool of one for a mistake */
		options[1] =
		    (struct MHD_OptionItem){MHD_OPTION_CONNECTION_LIMIT, o->connections, NULL};
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	d = MHD_start_daemon(flags, 0, NULL, NULL, on_access, s, MHD_OPTION_ARRAY, options,
			     MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return d;
}

static void free_server(struct http_server *s)
{
	pthread_mutex_destroy(&s->lock);
	free(s->temporary);
	free(s);
}

enum err http_start(struct arena *a, const struct http_options *o, struct http_server **out,
		    const char **why)
{
	struct http_server *s = calloc(1, sizeof *s);
	unsigned char boot[4];

	if (!s || sodium_init() < 0)
		abort();
	s->o = *o;
	pthread_mutex_init(&s->lock, NULL);
	randombytes_buf(boot, sizeof boot);
	sodium_bin2hex(s->boot, sizeof s->boot, boot, sizeof boot);
	s->listen_fd = -1;
	if (read_options(a, s, why))
		s->listen_fd = http_listen(o->listen, &s->port, why);
	if (s->listen_fd < 0) {
		free_server(s);
		return E_INVALID;
	}
	s->streams =
	    http_streams_start(&(struct http_streams_options){.max = s->o.streams,
							      .seconds = s->o.stream_seconds,
							      .queue = s->o.stream_queue,
							      .tick = cut_slow_wires,
							      .arg = s});
	s->daemon = start_daemon(s);
	if (!s->daemon) {
		*why = "the HTTP threads cannot be started";
		http_streams_stop(s->streams);
		close(s->listen_fd);
		free_server(s);
		return E_INTERNAL;
	}
	*out = s;
	return E_OK;
}

int http_port(const struct http_server *s)
{
	return s->port;
}

void http_stats_get(struct http_server *s, struct http_stats *out)
{
	pthread_mutex_lock(&s->lock);
	out->running = s->n_running;
	out->connections = s->n_wires;
	pthread_mutex_unlock(&s->lock);
	out->requests = atomic_load(&s->requests);
	out->refused = atomic_load(&s->refused);
	out->streams = http_streams_count(s->streams);
	out->overflowed = http_streams_overflowed(s->streams);
}

static bool await_idle(struct http_server *s, int ms)
{
	struct http_stats now;
	int64_t until = clock_ticks() + (int64_t)ms * 1000;

	for (;;) {
		http_stats_get(s, &now);
		if (now.running == 0)
			return true;
		if (clock_ticks() >= until)
			return false;
		usleep(2000);
	}
}

/* Parked requests that nobody answered in time: the library refuses to stop with them. */
static bool drop_parked(struct http_server *s)
{
	bool dropped = false;

	pthread_mutex_lock(&s->lock);
	pthread_mutex_lock(&wake_lock);
	for (struct http_conn *c = s->running; c; c = c->next) {
		int parked = PARKED;

		if (atomic_compare_exchange_strong(&c->state, &parked, DROPPED)) {
			MHD_resume_connection(c->mhd);
			dropped = true;
		}
	}
	pthread_mutex_unlock(&wake_lock);
	pthread_mutex_unlock(&s->lock);
	return dropped;
}

void http_stop(struct http_server *s, int ms)
{
	bool dropped = false;

	atomic_store(&s->stopping, true);
	MHD_quiesce_daemon(s->daemon);
	close(s->listen_fd);
	for (int i = 0; i < DROP_ROUNDS && !await_idle(s, i == 0 ? ms : DROP_MS); i++)
		dropped |= drop_parked(s);
	http_streams_stop(s->streams);
	MHD_stop_daemon(s->daemon);
	if (dropped) { /* a late reply may be looking at it this very moment */
		s->next_kept = kept;
		kept = s;
	} else {
		free_server(s);
	}
}
