/* aftersail routing-engine, aftersail routing replay: the routing engine on the command line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/routing_cmd.h"

#include "base/file.h"
#include "modules/routing/peers.h"
#include "modules/routing/replay.h"
#include "modules/routing/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_BYTES_MAX = 256 << 20, POLICIES_MAX = 12 };

static int usage(FILE *to)
{
	fputs("aftersail routing-engine [--weight name=value]... [--chinese]\n"
	      "    one JSON event a line on standard input, one answer a line on standard output\n"
	      "aftersail routing replay DAY.json [--policy NAME]... [--weight name=value]...\n"
	      "                         [--log FILE] [--json]\n"
	      "    play a day and print its figures side by side; policies: tide",
	      to);
	for (size_t i = 0; peer_name(i); i++)
		fprintf(to, " %s", peer_name(i));
	fputs("\n    tide with other weights is a second column: --weight after --policy tide\n",
	      to);
	return to == stderr ? 2 : 0;
}

static bool set_weight(struct route_weights *w, const char *arg)
{
	struct str s = str_of(arg);
	ptrdiff_t eq = str_find_char(s, '=');
	char *end;

	if (eq < 0)
		return false;
	double *to = route_weight_find(w, str_slice(s, 0, (size_t)eq));
	double v = strtod(arg + eq + 1, &end);
	if (!to || *end || end == arg + eq + 1 || !(v >= 0 && v <= 1e6))
		return false;
	*to = v;
	return true;
}

/* ---- routing-engine ---- */

int routing_engine_main(int argc, char **argv)
{
	struct wire w = {.weights = route_weights_default};
	struct arena *scratch;
	bool told = false;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--chinese") == 0)
			w.chinese = true;
		else if (strcmp(argv[i], "--help") == 0)
			return usage(stdout);
		else if (strcmp(argv[i], "--weight") != 0 || i + 1 == argc ||
			 !set_weight(&w.weights, argv[++i]))
			return usage(stderr);
	}
	w.a = arena_new();
	scratch = arena_new();
	while (!w.ended && (n = getline(&line, &cap, stdin)) > 0) {
		struct buf out = BUF(scratch);
		wire_line(&w, (struct str){line, (size_t)n}, &out);
		buf_char(&out, '\n');
		fwrite(out.p, 1, out.n, stdout);
		fflush(stdout);
		if (!w.engine && !told)
			fputs(w.refused
				  ? "routing-engine: the init line is cut or no JSON: no desk, all "
				    "answers are empty\n"
				  : "routing-engine: the first line is no init: no desk yet\n",
			      stderr);
		told = !w.engine;
		arena_reset(scratch);
	}
	bool served = w.engine && !ferror(stdout);
	free(line);
	arena_free(scratch);
	arena_free(w.a);
	return served ? 0 : 1;
}

/* ---- routing replay ---- */

struct column {
	const char *name;
	char title[24];     /* the name, and which of several it is */
	const char *set[8]; /* its --weight arguments */
	size_t n_set;
	struct route_weights weights;
	struct figures f;
};

struct replay {
	struct arena *a;
	const char *file, *log;
	struct column v[POLICIES_MAX];
	size_t n;
	bool json;
};

static void add_column(struct replay *r, const char *name)
{
	struct column *c = &r->v[r->n++];
	size_t same = 1;

	*c = (struct column){.name = name, .weights = route_weights_default};
	for (size_t k = 0; k + 1 < r->n; k++)
		same += strcmp(r->v[k].name, name) == 0;
	snprintf(c->title, sizeof c->title, same > 1 ? "%.12s (%zu)" : "%.12s", name, same);
}

static bool weigh_column(struct column *c, const char *arg)
{
	if (!set_weight(&c->weights, arg) || c->n_set == COUNT(c->set))
		return false;
	c->set[c->n_set++] = arg;
	return true;
}

static bool read_args(struct replay *r, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--json") == 0) {
			r->json = true;
		} else if (strcmp(argv[i], "--log") == 0 && more) {
			r->log = argv[++i];
		} else if (strcmp(argv[i], "--policy") == 0 && more && r->n < POLICIES_MAX) {
			add_column(r, argv[++i]);
		} else if (strcmp(argv[i], "--weight") == 0 && more) {
			if (r->n == 0)
				add_column(r, "tide");
			if (!weigh_column(&r->v[r->n - 1], argv[++i]))
				return false;
		} else if (argv[i][0] != '-' && !r->file) {
			r->file = argv[i];
		} else {
			return false;
		}
	}
	if (r->n == 0)
		add_column(r, "tide");
	size_t ours = 0;
	for (size_t k = 0; k < r->n; k++)
		ours += strcmp(r->v[k].name, "tide") == 0;
	if (r->log && ours != 1)
		fputs("--log writes the decisions of one column of tide\n", stderr);
	return r->file != NULL && (!r->log || ours == 1);
}

struct decision_log {
	FILE *f;
	struct arena *scratch;
};

/* The log is the benchmark's: it can be scored again. */
static void log_decision(void *self, size_t n, double t, const struct route_decision *d,
			 struct str reason)
{
	struct decision_log *l = self;
	struct buf said = BUF(l->scratch);
	FILE *f = l->f;

	if (d->act == ROUTE_CALLBACK)
		fprintf(f, "{\"n\": %zu, \"t\": %.3f, \"id\": %lld, \"callback\": 1}\n", n, t,
			(long long)d->contact);
	else {
		buf_json(&said, reason);
		fprintf(
		    f, "{\"n\": %zu, \"t\": %.3f, \"id\": %lld, \"agent\": %lld, \"reason\": %s}\n",
		    n, t, (long long)d->contact, (long long)d->agent, said.p);
	}
	arena_reset(l->scratch);
}

static bool play_ours(struct replay *r, const struct day *d, struct column *c, struct arena *a)
{
	struct decision_log log = {NULL, arena_new()};
	bool ok = true;

	if (r->log && !(log.f = fopen(r->log, "w"))) {
		fprintf(stderr, "%s: cannot be written\n", r->log);
		ok = false;
	}
	if (ok)
		c->f = replay_engine(a, d, &c->weights, log.f ? log_decision : NULL, &log);
	if (log.f)
		ok = fclose(log.f) == 0 && ok;
	arena_free(log.scratch);
	return ok;
}

static bool play(struct replay *r, const struct day *d, struct column *c)
{
	struct arena *a = arena_new();
	bool ours = strcmp(c->name, "tide") == 0;
	bool ok = ours ? play_ours(r, d, c, a) : replay_peer(a, d, str_of(c->name), &c->f);

	arena_free(a);
	return ok;
}

static void print_table(const struct replay *r)
{
	printf("%-18s", "");
	for (size_t k = 0; k < r->n; k++)
		printf(" %12s", r->v[k].title);
	for (size_t i = 0; figure_name(i); i++) {
		printf("\n%-18s", figure_name(i));
		for (size_t k = 0; k < r->n; k++)
			printf(" %12.6g", figure_value(&r->v[k].f, i));
	}
	putchar('\n');
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < r->v[k].n_set; i++)
			printf("%s: %s\n", r->v[k].title, r->v[k].set[i]);
}

static void print_json(const struct replay *r)
{
	putchar('[');
	for (size_t k = 0; k < r->n; k++) {
		printf("%s{\"policy\": \"%s\", \"weights\": [", k ? ",\n " : "", r->v[k].name);
		for (size_t i = 0; i < r->v[k].n_set; i++)
			printf("%s\"%s\"", i ? ", " : "", r->v[k].set[i]);
		putchar(']');
		for (size_t i = 0; figure_name(i); i++)
			printf(", \"%s\": %.10g", figure_name(i), figure_value(&r->v[k].f, i));
		putchar('}');
	}
	puts("]");
}

int routing_replay_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct replay r = {.a = a};
	struct day *d = NEW(a, struct day);
	struct str text;
	const char *why;
	int status = 1;

	if (!read_args(&r, argc, argv)) {
		status = usage(stderr);
	} else if (!file_read(a, r.file, DAY_BYTES_MAX, &text)) {
		fprintf(stderr, "%s: cannot be read\n", r.file);
	} else if (day_read(a, text, d, &why) != E_OK) {
		fprintf(stderr, "%s: %s\n", r.file, why);
	} else {
		status = 0;
		for (size_t k = 0; k < r.n && status == 0; k++)
			if (!play(&r, d, &r.v[k])) {
				fprintf(stderr, "policy %s could not be played\n", r.v[k].name);
				status = 2;
			}
		if (status == 0 && r.json)
			print_json(&r);
		else if (status == 0)
			print_table(&r);
	}
	arena_free(a);
	return status;
}

int routing_main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "replay") == 0)
		return routing_replay_main(argc - 1, argv + 1);
	return usage(argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
}
