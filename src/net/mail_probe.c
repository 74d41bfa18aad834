/* mail_probe - the outbound mail code on a string, for tests/peers/net_test.py.
 *
 * Commands come a line each on standard input, words apart by spaces, "-" for an empty one; what
 * happens goes to standard output, a line each, its first word the kind:
 *   watch PORT TLS USER SECRET VALIDITY UID OPTIONS  SECRET is a password, or "oauth:PORT"
 *   send PORT TLS USER SECRET FILE FROM TO...        SECRET is a password, or "bearer:TOKEN"
 *   append FOLDER FILE | again VALIDITY UID | ack | nack | hold | now | close | quit */
/* SPDX-License-Identifier: Apache-2.0 */
#include "net/imap.h"
#include "net/smtp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 40 };

static struct {
	struct net *net;
	struct arena *a;
	struct imap *imap;
	struct oauth *oauth;
	pthread_mutex_t lock;
	bool hold; /* acknowledge by hand */
	struct imap_cursor last;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	pthread_mutex_lock(&t.lock);
	vprintf(format, list);
	putchar('\n');
	fflush(stdout);
	pthread_mutex_unlock(&t.lock);
	va_end(list);
}

/* ---- a mailbox ---- */

static void on_state(void *arg, enum imap_state state, const char *key, const char *detail,
		     int64_t next)
{
	static const char *const names[] = {"connecting", "ok", "failing", "closed"};

	(void)arg;
	(void)next;
	say("state %s %s %s", names[state], key ? key : "-", detail ? detail : "-");
}

static void on_mail(void *arg, const struct imap_mail *m)
{
	struct str subject = S("-");
	ptrdiff_t at = str_find(m->raw, S("Subject: "));

	(void)arg;
	if (at >= 0) {
		subject = str_slice(m->raw, (size_t)at + 9, m->raw.n);
		subject = str_trim(str_slice(subject, 0, (size_t)str_find_char(subject, '\n')));
	}
	if (m->failed.n)
		say("failed %u %zu %.*s", m->at.uid, m->raw.n, STR(m->failed));
	say("mail %u %u %u %lld %zu %d %.*s", m->at.uidvalidity, m->at.uid, m->flags,
	    (long long)m->size, m->raw.n, m->too_large, STR(subject));
	pthread_mutex_lock(&t.lock);
	t.last = m->at;
	if (!t.hold)
		imap_ack(t.imap, m->at);
	pthread_mutex_unlock(&t.lock);
}

static void on_cursor(void *arg, struct imap_cursor at)
{
	(void)arg;
	say("cursor %u %u", at.uidvalidity, at.uid);
}

static void on_again(void *arg, const struct imap_mail *m)
{
	(void)arg;
	say("again %u %zu %d %.*s", m->at.uid, m->raw.n, m->too_large, STR(m->failed));
}

static void on_appended(void *arg, bool ok, const char *key)
{
	(void)arg;
	say("appended %d %s", ok, key ? key : "-");
}

static void on_sent(void *arg, const struct smtp_result *r)
{
	static const char *const names[] = {"sent", "refused", "later", "unknown"};

	(void)arg;
	for (size_t i = 0; i < r->n_refusals; i++)
		say("refusal %.*s %d %.*s", STR(r->refusals[i].to), r->refusals[i].code,
		    STR(r->refusals[i].text));
	say("%s %d %s %.*s", names[r->outcome], r->code, r->key ? r->key : "-", STR(r->text));
}

static enum net_tls read_tls(struct str word)
{
	return str_eq(word, S("implicit"))   ? NET_TLS_IMPLICIT
	       : str_eq(word, S("required")) ? NET_TLS_REQUIRED
	       : str_eq(word, S("optional")) ? NET_TLS_OPTIONAL
					     : NET_TLS_NONE;
}

static int read_int(struct str word)
{
	int64_t n = 0;

	return str_int(word, &n) ? (int)n : 0;
}

static struct str read_file(struct str path)
{
	FILE *f = fopen(str_z(t.a, path), "rb");
	struct buf b = BUF(t.a);
	char piece[65536];
	size_t n;

	if (!f)
		abort();
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&b, (struct str){piece, n});
	fclose(f);
	return b.p ? buf_str(&b) : S("");
}

static void watch(const struct str *w)
{
	struct imap_account o = {.host = S("localhost"),
				 .port = read_int(w[1]),
				 .tls = read_tls(w[2]),
				 .user = w[3],
				 .cursor = {(uint32_t)read_int(w[5]), (uint32_t)read_int(w[6])}};
	struct imap_handler on = {on_state, on_mail, on_cursor, on_again, NULL};

	o.mark_seen = str_find(w[7], S("seen")) >= 0;
	o.from_now = str_find(w[7], S("from_now")) >= 0;
	o.size_max = str_find(w[7], S("small")) >= 0 ? 2000 : 0;
	o.poll_ms = 300;
	if (str_find(w[7], S("nowhere")) >= 0)
		o.folder = S("Nowhere");
	if (str_find(w[7], S("chinese")) >= 0)
		o.folder = S("客户 & 订单");
	if (str_starts(w[4], S("oauth:"))) {
		struct oauth_account x = {.client_id = S("client")};

		x.token_url =
		    str_fmt(t.a, "http://127.0.0.1:%.*s/token", STR(str_slice(w[4], 6, w[4].n)));
		x.refresh_token = str_fmt(t.a, "refresh-%.*s", STR(w[3]));
		t.oauth = o.oauth = oauth_new(t.net, &x);
	} else {
		o.password = w[4];
	}
	pthread_mutex_lock(&t.lock); /* on_mail() may come before it returns */
	t.imap = imap_open(t.net, &o, &on);
	pthread_mutex_unlock(&t.lock);
}

static void send_mail(const struct str *w, size_t n)
{
	struct smtp_account o = {
	    .host = S("localhost"), .port = read_int(w[1]), .tls = read_tls(w[2]), .user = w[3]};
	struct smtp_mail m = {.from = w[6], .to = w + 7, .n_to = n - 7};

	if (str_starts(w[4], S("bearer:")))
		o.bearer = str_slice(w[4], 7, w[4].n);
	else
		o.password = w[4];
	m.bytes = read_file(w[5]);
	smtp_send(t.net, &o, &m, on_sent, NULL);
}

static void ack_last(void)
{
	pthread_mutex_lock(&t.lock);
	imap_ack(t.imap, t.last);
	pthread_mutex_unlock(&t.lock);
}

static void toggle_hold(void)
{
	pthread_mutex_lock(&t.lock);
	t.hold = !t.hold;
	pthread_mutex_unlock(&t.lock);
}

static void close_box(void)
{
	imap_close(t.imap);
	oauth_free(t.oauth);
	t.oauth = NULL;
}

static void obey(struct str line)
{
	struct str w[WORDS_MAX], rest = line;
	size_t n = 0;

	while (n < WORDS_MAX && str_cut(&rest, ' ', &w[n])) {
		w[n] = str_eq(w[n], S("-")) ? S("") : str_dup(t.a, w[n]);
		n++;
	}
	if (n == 8 && str_eq(w[0], S("watch")))
		watch(w);
	else if (n >= 8 && str_eq(w[0], S("send")))
		send_mail(w, n);
	else if (n == 3 && str_eq(w[0], S("append")))
		imap_append(t.imap, w[1], read_file(w[2]), on_appended, NULL);
	else if (str_eq(w[0], S("ack")))
		ack_last();
	else if (str_eq(w[0], S("nack")))
		imap_nack(t.imap);
	else if (str_eq(w[0], S("hold")))
		toggle_hold();
	else if (n == 3 && str_eq(w[0], S("again")))
		imap_again(t.imap, (struct imap_cursor){(uint32_t)read_int(w[1]),
							(uint32_t)read_int(w[2])});
	else if (str_eq(w[0], S("now")))
		imap_try_now(t.imap);
	else if (str_eq(w[0], S("close")))
		close_box();
	else
		say("what? %.*s", STR(line));
}

int main(int argc, char **argv)
{
	char line[4096];

	t.a = arena_new();
	t.net = net_start(&(struct net_options){.ca_file = argc > 1 ? argv[1] : NULL});
	while (fgets(line, sizeof line, stdin)) {
		struct str s = str_trim(str_of(line));

		if (str_eq(s, S("quit")))
			break;
		obey(s);
	}
	if (t.oauth) {
		imap_close(t.imap);
		oauth_free(t.oauth);
	}
	net_stop(t.net);
	arena_free(t.a);
	return 0;
}
