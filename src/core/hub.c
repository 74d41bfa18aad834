/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/desk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	JOIN_MS = 250,
	GATHER_MS = 5, /* what comes together is rendered together */
	ROUND = 64,    /* changes rendered in one snapshot */
	BEAT_MS = 15000,
	RING = 4096,
	TOPICS_MAX = 40,
	FOLLOWED = 16384,
	NOTIFY_MAX = 7000
};

/* A change that waits for its time to go out. */
struct pending {
	struct pending *next;
	struct live l; /* texts owned, see copy_live() */
	int64_t due;
	struct last *last; /* that points back here */
	bool wanted, bare; /* bare: its card cannot be read */
	struct buf out;    /* what it shows, while it is being sent */
};

/* A message already sent, for streams that come back; without a chunk nobody was there to hear
 * it, and who should have is told to read again. */
struct sent {
	int64_t seq;
	enum live_topic topic;
	int64_t id, inbox_id;
	struct http_chunk *chunk;
};

struct topic {
	enum live_topic topic;
	int64_t id; /* 0 for topics that have none */
};

struct member {
	struct member *next;
	struct hub *hub;
	struct http_stream *stream;
	char id[24];
	enum actor_kind kind;
	int64_t actor_id, session_id;
	bool may_list; /* conversation.read */
	int64_t *scope;
	size_t n_scope;
	struct topic topics[TOPICS_MAX];
	size_t n_topics;
};

/* When a topic's id last went out, to join what follows: a small cache, collisions only delay. */
struct last {
	uint64_t key;
	int64_t at;
	struct pending *waits; /* the one that later changes are joined with */
};

struct hub {
	struct desk *desk;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stopping;
	struct pending *pending, **pending_end;
	struct member *members;
	size_t n_members;
	struct sent ring[RING];
	int64_t seq; /* of the newest message */
	int64_t first_seq;
	struct last last[FOLLOWED];
};

static const char *const topic_names[] = {"list", "conversation", "people", "inboxes",
					  "me",   "chat",         "end"};

/* ---- topics ---- */

static bool has_id(enum live_topic t)
{
	return t == LIVE_CONVERSATION || t == LIVE_CHAT;
}

static bool topic_read(struct str word, struct topic *t)
{
	ptrdiff_t colon = str_find_char(word, ':');
	struct str name = colon < 0 ? word : str_slice(word, 0, (size_t)colon);

	t->id = 0;
	for (size_t i = 0; i < COUNT(topic_names); i++) {
		if (i == LIVE_END || !str_eq(name, str_of(topic_names[i])))
			continue;
		t->topic = (enum live_topic)i;
		if (has_id(t->topic))
			return colon > 0 &&
			       str_int(str_slice(word, (size_t)colon + 1, word.n), &t->id);
		return colon < 0;
	}
	return false;
}

static void member_follow(struct member *m, struct str topics)
{
	struct str one;

	m->n_topics = 0;
	while (m->n_topics < TOPICS_MAX && str_cut(&topics, ',', &one)) {
		struct topic t;
		if (!topic_read(str_trim(one), &t))
			continue;
		/* A visitor follows its own chat and nothing else. */
		if ((m->kind == ACTOR_VISITOR) != (t.topic == LIVE_CHAT))
			continue;
		if (t.topic == LIVE_CHAT)
			t.id = m->actor_id;
		m->topics[m->n_topics++] = t;
	}
}

static bool sees(const struct member *m, int64_t inbox_id)
{
	if (inbox_id == 0 || m->kind == ACTOR_VISITOR)
		return true;
	for (size_t i = 0; i < m->n_scope; i++)
		if (m->scope[i] == inbox_id)
			return true;
	return false;
}

static bool wants(const struct member *m, enum live_topic topic, int64_t id, int64_t inbox_id)
{
	if (!sees(m, inbox_id))
		return false;
	if ((topic == LIVE_LIST || topic == LIVE_CONVERSATION) && !m->may_list)
		return false;
	if (topic == LIVE_ME)
		return m->kind == ACTOR_AGENT && m->actor_id == id;
	for (size_t i = 0; i < m->n_topics; i++)
		if (m->topics[i].topic == topic && (!has_id(topic) || m->topics[i].id == id))
			return true;
	return false;
}

/* ---- sending ---- */

static struct http_chunk *make_chunk(struct hub *h, const struct live *l, struct str data)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	buf_fmt(&b, "id: %lld\nevent: %.*s\ndata: {\"seq\":%lld,\"topic\":\"%s", (long long)h->seq,
		STR(l->kind.n ? l->kind : S("change")), (long long)h->seq, topic_names[l->topic]);
	if (has_id(l->topic))
		buf_fmt(&b, ":%lld", (long long)l->id);
	buf_char(&b, '"');
	/* What has a kind of its own brings all its members along. */
	if (!l->kind.n || !data.n)
		buf_fmt(&b, ",\"id\":%lld,\"version\":%lld", (long long)l->id,
			(long long)l->version);
	if (data.n) {
		buf_char(&b, ',');
		buf_add(&b, data);
	}
	buf_z(&b, "}\n\n");
	struct http_chunk *chunk = http_chunk_new(buf_str(&b));
	arena_free(a);
	return chunk;
}

static void ring_put(struct hub *h, const struct live *l, struct http_chunk *chunk)
{
	struct sent *s = &h->ring[h->seq % RING];

	if (s->chunk)
		http_chunk_release(s->chunk);
	*s = (struct sent){h->seq, l->topic, l->id, l->inbox_id, chunk};
	if (h->seq - h->first_seq >= RING)
		h->first_seq = h->seq - RING + 1;
}

static void send_text(struct member *m, struct str text)
{
	struct http_chunk *chunk = http_chunk_new(text);

	http_stream_send(m->stream, chunk);
	http_chunk_release(chunk);
}

static bool ends(const struct member *m, const struct live *l)
{
	if (m->kind != ACTOR_AGENT || m->actor_id != l->id)
		return false;
	return l->version == 0 || m->session_id == l->version ||
	       (l->version < 0 && m->session_id != -l->version);
}

/* With the lock held. */
static void end_streams(struct hub *h, const struct live *l)
{
	for (struct member *m = h->members; m; m = m->next) {
		if (!ends(m, l) || (l->inbox_id && sees(m, l->inbox_id)))
			continue;
		send_text(m, str_eq(l->kind, S("reset")) ? S("event: reset\ndata: {}\n\n")
							 : S("event: signed-out\ndata: {}\n\n"));
		/* Nothing more may reach it, whatever is still on its way out. */
		m->n_topics = 0;
		m->n_scope = 0;
		m->may_list = false;
		http_stream_close(m->stream);
	}
}

static bool anybody_wants(const struct hub *h, const struct live *l)
{
	for (const struct member *m = h->members; m; m = m->next)
		if (m->stream && wants(m, l->topic, l->id, l->inbox_id))
			return true;
	return false;
}

/* With the lock held. */
static void broadcast(struct hub *h, const struct live *l, struct str data)
{
	h->seq++;
	struct http_chunk *chunk = make_chunk(h, l, data);
	for (struct member *m = h->members; m; m = m->next)
		if (m->stream && wants(m, l->topic, l->id, l->inbox_id))
			http_stream_send(m->stream, chunk);
	ring_put(h, l, chunk);
}

static const struct live_source *source_of(const struct desk *desk, enum live_topic topic)
{
	for (size_t m = 0; desk->modules[m]; m++)
		for (const struct live_source *s = desk->modules[m]->live; s && s->render; s++)
			if (s->topic == topic)
				return s;
	return NULL;
}

/* The changes of a round, in the order they go out. */
struct round {
	struct desk *desk;
	struct pending *all[ROUND];
	size_t n;
	bool renders; /* some are to be read from the database */
	size_t at;    /* the one that is being read */
};

static enum err render(void *arg, struct db *db, int attempt)
{
	struct round *r = arg;

	(void)attempt;
	for (r->at = 0; r->at < r->n; r->at++) {
		struct pending *p = r->all[r->at];
		const struct live_source *s = source_of(r->desk, p->l.topic);

		if (!p->wanted || p->bare || p->l.data.n || !s)
			continue;
		struct ctx c = ctx_system(r->desk, p->out.a, db);

		p->out.n = 0;
		enum err e = s->render(&c, p->l.id, &p->out);
		if (e == E_NOTFOUND) {
			p->out.n = 0;
			buf_z(&p->out, "\"removed\":true");
		} else if (e != E_OK) {
			p->out.n = 0; /* without its card: who follows reads it */
			return e;
		}
	}
	return E_OK;
}

/* One that fails takes the others' snapshot along on PostgreSQL: it goes out without its card, and
 * they are read again. */
static void render_all(struct hub *h, struct round *r)
{
	for (size_t bad = 0; bad < r->n; bad++) {
		r->at = r->n;
		enum err e = store_read_wait(h->desk->store, render, r);
		if (e == E_OK || r->at == r->n)
			return; /* or the database is away: all are told without their cards */
		char id[24];
		snprintf(id, sizeof id, "%lld", (long long)r->all[r->at]->l.id);
		log_line(LOG_ERROR, "live update not shown", "topic",
			 topic_names[r->all[r->at]->l.topic], "id", id, "error", err_name(e), NULL);
		r->all[r->at]->bare = true;
	}
}

/* With the lock held: what nobody follows is only noted. */
static void look_who_wants(struct hub *h, struct round *r, struct arena *a)
{
	for (size_t i = 0; i < r->n; i++) {
		struct pending *p = r->all[i];

		p->out = BUF(a);
		p->wanted = p->l.topic == LIVE_END || anybody_wants(h, &p->l);
		if (p->wanted && p->l.data.n)
			buf_add(&p->out, p->l.data);
		r->renders |= p->wanted && !p->l.data.n && source_of(h->desk, p->l.topic);
	}
}

/* With the lock held. */
static void note_unheard(struct hub *h, const struct live *l)
{
	h->seq++;
	ring_put(h, l, NULL);
}

/* With the lock held, but not while the cards are read. */
static void send_round(struct hub *h, struct round *r)
{
	struct arena *a = arena_new();

	look_who_wants(h, r, a);
	if (r->renders) {
		pthread_mutex_unlock(&h->lock);
		render_all(h, r);
		pthread_mutex_lock(&h->lock);
	}
	for (size_t i = 0; i < r->n; i++) {
		struct pending *p = r->all[i];

		/* Who came meanwhile hears of it too, without the card. */
		if (p->l.topic == LIVE_END)
			end_streams(h, &p->l);
		else if (p->wanted || anybody_wants(h, &p->l))
			broadcast(h, &p->l, buf_str(&p->out));
		else
			note_unheard(h, &p->l);
		/* Who publishes need not wait for all of them. */
		pthread_mutex_unlock(&h->lock);
		pthread_mutex_lock(&h->lock);
		free(p);
	}
	arena_free(a);
}

/* ---- queueing ---- */

static uint64_t key_of(const struct live *l)
{
	uint64_t k = (uint64_t)l->id * 0x9E3779B97F4A7C15u + (uint64_t)l->topic + 1;

	return k ^ k >> 29;
}

/* One block with its texts behind it, so that one free() ends it. */
static struct pending *copy_live(const struct live *l)
{
	struct pending *p = malloc(sizeof *p + l->kind.n + l->data.n);
	char *text;

	if (!p)
		abort();
	text = (char *)(p + 1);
	*p = (struct pending){.l = *l};
	if (l->kind.n)
		memcpy(text, l->kind.p, l->kind.n);
	if (l->data.n)
		memcpy(text + l->kind.n, l->data.p, l->data.n);
	p->l.kind.p = text;
	p->l.data.p = text + l->kind.n;
	return p;
}

static bool same(const struct live *a, const struct live *b)
{
	return a->topic == b->topic && a->id == b->id && !a->kind.n && !b->kind.n && !a->data.n &&
	       !b->data.n;
}

static void append(struct hub *h, struct pending *p)
{
	p->next = NULL;
	*h->pending_end = p;
	h->pending_end = &p->next;
	pthread_cond_signal(&h->wake);
}

/* With the lock held. */
static void queue(struct hub *h, const struct live *l)
{
	int64_t now = clock_ticks() / 1000;
	struct last *last = &h->last[key_of(l) % FOLLOWED];

	if (!h->members && l->topic != LIVE_END) {
		note_unheard(h, l);
		return;
	}
	if (last->waits && same(&last->waits->l, l)) {
		last->waits->l.version = l->version;
		return;
	}
	struct pending *p = copy_live(l);

	if (l->kind.n) {
		p->due = now;
	} else if (last->key == key_of(l) && last->at + JOIN_MS > now) {
		p->due = last->at + JOIN_MS;
	} else {
		p->due = now + GATHER_MS;
	}
	if (!l->kind.n && !last->waits) {
		last->key = key_of(l);
		last->at = p->due;
		last->waits = p;
		p->last = last;
	}
	append(h, p);
}

/* topic, id, inbox, version, kind, data in one short text. */
static void tell_others(struct hub *h, const struct live *l)
{
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	buf_fmt(&b, "%d %lld %lld %lld %.*s\n%.*s", (int)l->topic, (long long)l->id,
		(long long)l->inbox_id, (long long)l->version, STR(l->kind), STR(l->data));
	if (b.n > NOTIFY_MAX) { /* too long to pass on: those who follow read it again */
		b.n = 0;
		buf_fmt(&b, "%d %lld %lld %lld reset\n", (int)l->topic, (long long)l->id,
			(long long)l->inbox_id, (long long)l->version);
	}
	store_notify(h->desk->store, "live", buf_str(&b));
	arena_free(a);
}

void hub_publish(struct hub *h, const struct live *l)
{
	bool several = store_is_pgsql(h->desk->store);

	if (!l)
		return;
	pthread_mutex_lock(&h->lock);
	for (const struct live *one = l; one; one = one->next)
		queue(h, one);
	pthread_mutex_unlock(&h->lock);
	for (; several && l; l = l->next)
		tell_others(h, l);
}

static void heard(void *arg, const char *channel, struct str text)
{
	struct hub *h = arg;
	int topic;
	long long id, inbox, version;
	ptrdiff_t line = str_find_char(text, '\n');
	int used = 0;
	struct arena *a;

	if (strcmp(channel, "live") != 0 || line < 0)
		return;
	a = arena_new();
	if (sscanf(str_z(a, text), "%d %lld %lld %lld %n", &topic, &id, &inbox, &version, &used) >=
		4 &&
	    topic >= 0 && topic < (int)COUNT(topic_names)) {
		struct live l = {.topic = (enum live_topic)topic,
				 .id = id,
				 .inbox_id = inbox,
				 .version = version,
				 .kind = str_slice(text, (size_t)used, (size_t)line),
				 .data = str_slice(text, (size_t)line + 1, text.n)};
		pthread_mutex_lock(&h->lock);
		queue(h, &l);
		pthread_mutex_unlock(&h->lock);
	}
	arena_free(a);
}

/* ---- streams ---- */

static void member_free(struct member *m)
{
	free(m->scope);
	free(m);
}

/* Somebody came or went; with the lock held. */
static void tell_presence(struct hub *h, const struct member *m)
{
	if (m->kind == ACTOR_AGENT)
		queue(h, &(struct live){.topic = LIVE_PEOPLE, .id = m->actor_id});
}

static void closed(void *arg, struct http_stream *s)
{
	struct member *gone = arg;
	struct hub *h = gone->hub;

	(void)s;
	pthread_mutex_lock(&h->lock);
	for (struct member **at = &h->members; *at; at = &(*at)->next) {
		if (*at == gone) {
			*at = gone->next;
			h->n_members--;
			break;
		}
	}
	tell_presence(h, gone);
	pthread_mutex_unlock(&h->lock);
	member_free(gone);
}

/* Whether the ring still holds all that the member should have heard after `last`. */
static bool can_catch_up(const struct hub *h, const struct member *m, int64_t last)
{
	if (last < h->first_seq - 1 || last > h->seq)
		return false;
	for (int64_t n = last + 1; n <= h->seq; n++) {
		const struct sent *s = &h->ring[n % RING];
		bool own = s->topic == LIVE_PEOPLE && s->id == m->actor_id; /* that he was away */
		if (s->seq == n && !s->chunk && !own && wants(m, s->topic, s->id, s->inbox_id))
			return false;
	}
	return true;
}

/* What was missed since `last`, or reset.  With the lock held. */
static void catch_up(struct hub *h, struct member *m, int64_t last)
{
	if (!can_catch_up(h, m, last)) {
		send_text(m, S("event: reset\ndata: {}\n\n"));
		return;
	}
	for (int64_t n = last + 1; n <= h->seq; n++) {
		struct sent *s = &h->ring[n % RING];
		if (s->seq == n && s->chunk && wants(m, s->topic, s->id, s->inbox_id))
			http_stream_send(m->stream, s->chunk);
	}
}

static struct member *member_new(struct hub *h, const struct ctx *c)
{
	struct member *m = calloc(1, sizeof *m);

	if (!m)
		abort();
	m->hub = h;
	m->kind = c->actor.kind;
	m->actor_id = c->actor.id;
	m->session_id = c->actor.session_id;
	m->may_list = ctx_may(c, P_CONVERSATION_READ);
	m->n_scope = c->actor.scope.n;
	m->scope = calloc(m->n_scope + 1, sizeof *m->scope);
	if (!m->scope)
		abort();
	if (m->n_scope)
		memcpy(m->scope, c->actor.scope.v, m->n_scope * sizeof *m->scope);
	snprintf(m->id, sizeof m->id, "%.*s", STR(crypto_token(c->a, 15)));
	return m;
}

void hub_open(struct ctx *c, struct reply *r, struct http_req *http)
{
	struct hub *h = c->desk->hub;
	struct member *m = member_new(h, c);
	struct http_pair headers[] = {{S("Content-Type"), S("text/event-stream")},
				      {S("Cache-Control"), S("no-store")},
				      {S("X-Accel-Buffering"), S("no")},
				      {S("Access-Control-Allow-Origin"), S("*")}};
	struct str seen = http_query(http, "last");
	int64_t last = 0;
	char hello[120];

	(void)r;
	if (!seen.p)
		seen = http_header(http, "Last-Event-ID");
	member_follow(m, m->kind == ACTOR_VISITOR ? S("chat:1") : http_query(http, "topics"));
	pthread_mutex_lock(&h->lock);
	m->stream = http_stream_open(http, headers, COUNT(headers), closed, m);
	if (!m->stream) { /* too many, a HEAD, or the client has left: answered already */
		pthread_mutex_unlock(&h->lock);
		member_free(m);
		return;
	}
	m->next = h->members;
	h->members = m;
	h->n_members++;
	tell_presence(h, m);
	snprintf(hello, sizeof hello, "event: hello\ndata: {\"stream_id\":\"%s\",\"seq\":%lld}\n\n",
		 m->id, (long long)h->seq);
	send_text(m, str_of(hello));
	if (seen.n && str_int(seen, &last))
		catch_up(h, m, last);
	pthread_mutex_unlock(&h->lock);
}

bool hub_follow(struct hub *h, const struct actor *actor, struct str stream_id, struct str topics)
{
	bool found = false;

	pthread_mutex_lock(&h->lock);
	for (struct member *m = h->members; m && !found; m = m->next) {
		found = str_eq(str_of(m->id), stream_id) && m->kind == actor->kind &&
			m->actor_id == actor->id;
		if (found)
			member_follow(m, topics);
	}
	pthread_mutex_unlock(&h->lock);
	return found;
}

void hub_end(struct ctx *c, int64_t person_id, int64_t session_id)
{
	/* With a kind of its own it waits for nothing and is joined with nothing. */
	ctx_live(c, (struct live){.topic = LIVE_END,
				  .id = person_id,
				  .version = session_id,
				  .kind = S("signed-out")});
}

void hub_renew(struct ctx *c, int64_t person_id, int64_t inbox_id)
{
	ctx_live(c,
		 (struct live){
		     .topic = LIVE_END, .id = person_id, .inbox_id = inbox_id, .kind = S("reset")});
}

bool hub_present(struct hub *h, enum actor_kind kind, int64_t actor_id)
{
	bool found = false;

	pthread_mutex_lock(&h->lock);
	for (struct member *m = h->members; m && !found; m = m->next)
		found = m->kind == kind && m->actor_id == actor_id;
	pthread_mutex_unlock(&h->lock);
	return found;
}

size_t hub_streams(struct hub *h)
{
	pthread_mutex_lock(&h->lock);
	size_t n = h->n_members;
	pthread_mutex_unlock(&h->lock);
	return n;
}

/* ---- the hub's thread ---- */

/* The pending changes whose time has come; *next is when the next one is due. */
static void take_due(struct hub *h, int64_t now, struct round *r, int64_t *next)
{
	struct pending **at = &h->pending;

	while (*at && r->n < ROUND) {
		struct pending *p = *at;

		if (p->due > now) {
			*next = p->due < *next ? p->due : *next;
			at = &p->next;
			continue;
		}
		*at = p->next;
		if (p->last)
			p->last->waits = NULL;
		r->all[r->n++] = p;
	}
	if (!*at)
		h->pending_end = at;
}

static void beat(struct hub *h)
{
	struct http_chunk *chunk = http_chunk_new(S("event: beat\ndata: {}\n\n"));

	for (struct member *m = h->members; m; m = m->next)
		http_stream_send(m->stream, chunk);
	http_chunk_release(chunk);
}

static void wait_until(struct hub *h, int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	pthread_cond_timedwait(&h->wake, &h->lock, &t);
}

static void *run(void *arg)
{
	struct hub *h = arg;
	int64_t next_beat = clock_ticks() / 1000 + BEAT_MS;

	pthread_mutex_lock(&h->lock);
	while (!h->stopping) {
		int64_t now = clock_ticks() / 1000, next = next_beat;
		struct round r = {.desk = h->desk};

		take_due(h, now, &r, &next);
		if (r.n) {
			send_round(h, &r);
		} else if (now >= next_beat) {
			beat(h);
			next_beat = now + BEAT_MS;
		} else {
			wait_until(h, next);
		}
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct hub *hub_new(struct desk *desk)
{
	struct hub *h = calloc(1, sizeof *h);
	pthread_condattr_t attr;

	if (!h)
		abort();
	h->desk = desk;
	h->pending_end = &h->pending;
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &attr);
	/* Numbers grow over restarts, so that a stream from before is told to read again. */
	h->seq = clock_now() * 1000;
	h->first_seq = h->seq + 1;
	store_on_notify(desk->store, heard, h);
	return h;
}

void hub_start(struct hub *h)
{
	pthread_create(&h->thread, NULL, run, h);
}

void hub_stop(struct hub *h)
{
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
}

void hub_free(struct hub *h)
{
	while (h->pending) {
		struct pending *p = h->pending;
		h->pending = p->next;
		free(p);
	}
	for (size_t i = 0; i < RING; i++)
		if (h->ring[i].chunk)
			http_chunk_release(h->ring[i].chunk);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->wake);
	free(h);
}
