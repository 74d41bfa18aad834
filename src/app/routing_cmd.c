/* aftersail routing-engine, aftersail routing replay: the routing engine on the command line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/routing_cmd.h"

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
	if (!to || *end || end == arg + eq + 1 || v < 0 || v > 1e6)
		return false;
	*to = v;
	return true;
}

/* ---- routing-engine ---- */

int routing_engine_main(int argc, char **argv)
{
	struct wire w = {.weights = route_weights_default};
	struct arena *scratch;
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
		arena_reset(scratch);
	}
	free(line);
	arena_free(scratch);
	arena_free(w.a);
	return 0;
}

/* ---- routing replay ---- */

struct column {
	const char *name;
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

static bool read_file(struct arena *a, const char *path, struct str *out)
{
	FILE *f = fopen(path, "rb");
	long n;

	if (!f)
		return false;
	bool ok = fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 && n <= DAY_BYTES_MAX;
	if (ok) {
		char *p = arena_alloc(a, (size_t)n + 1);
		rewind(f);
		*out = (struct str){p, fread(p, 1, (size_t)n, f)};
		ok = out->n == (size_t)n;
	}
	fclose(f);
	return ok;
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
			r->v[r->n++] = (struct column){argv[++i], route_weights_default, {0}};
		} else if (strcmp(argv[i], "--weight") == 0 && more) {
			if (r->n == 0)
				r->v[r->n++] = (struct column){"tide", route_weights_default, {0}};
			if (!set_weight(&r->v[r->n - 1].weights, argv[++i]))
				return false;
		} else if (argv[i][0] != '-' && !r->file) {
			r->file = argv[i];
		} else {
			return false;
		}
	}
	if (r->n == 0)
		r->v[r->n++] = (struct column){"tide", route_weights_default, {0}};
	return r->file != NULL;
}

/* The log is the benchmark's: it can be scored again. */
static void log_decision(void *self, size_t n, double t, const struct route_decision *d)
{
	FILE *f = self;

	if (d->act == ROUTE_CALLBACK)
		fprintf(f, "{\"n\": %zu, \"t\": %.3f, \"id\": %lld, \"callback\": 1}\n", n, t,
			(long long)d->contact);
	else
		fprintf(
		    f,
		    "{\"n\": %zu, \"t\": %.3f, \"id\": %lld, \"agent\": %lld, \"reason\": \"\"}\n",
		    n, t, (long long)d->contact, (long long)d->agent);
}

static bool play(struct replay *r, const struct day *d, struct column *c)
{
	struct arena *a = arena_new();
	FILE *log = NULL;
	bool ok = true;

	if (strcmp(c->name, "tide") != 0) {
		ok = replay_peer(a, d, str_of(c->name), &c->f);
	} else {
		if (r->log && !(log = fopen(r->log, "w"))) {
			fprintf(stderr, "%s: cannot be written\n", r->log);
			ok = false;
		}
		if (ok)
			c->f = replay_engine(a, d, &c->weights, log ? log_decision : NULL, log);
		if (log)
			ok = fclose(log) == 0 && ok;
	}
	arena_free(a);
	return ok;
}

static void print_table(const struct replay *r)
{
	printf("%-18s", "");
	for (size_t k = 0; k < r->n; k++)
		printf(" %12s", r->v[k].name);
	for (size_t i = 0; figure_name(i); i++) {
		printf("\n%-18s", figure_name(i));
		for (size_t k = 0; k < r->n; k++)
			printf(" %12.6g", figure_value(&r->v[k].f, i));
	}
	putchar('\n');
}

static void print_json(const struct replay *r)
{
	putchar('[');
	for (size_t k = 0; k < r->n; k++) {
		printf("%s{\"policy\": \"%s\"", k ? ",\n " : "", r->v[k].name);
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
	} else if (!read_file(a, r.file, &text)) {
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
