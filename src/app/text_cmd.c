/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "aftersail text - what a message says\n"
    "\n"
    "  aftersail text eval --task intent --train T.tsv --dev D.tsv --test X.tsv [--shots N]\n"
    "                      [--target-wrong 0.05] [--seed S]\n"
    "  aftersail text train --task intent --train T.tsv [--dev D.tsv] --out M.model\n";

/* clang-format off */
enum kind { TEXT, NUMBER, REAL, FLAG };
static const struct option {
	const char *name;
	enum kind kind;
	size_t at;
} options[] = {
	{"--task",         TEXT,   offsetof(struct text_opts, task)},
	{"--train",        TEXT,   offsetof(struct text_opts, train)},
	{"--dev",          TEXT,   offsetof(struct text_opts, dev)},
	{"--test",         TEXT,   offsetof(struct text_opts, test)},
	{"--model",        TEXT,   offsetof(struct text_opts, model)},
	{"--models",       TEXT,   offsetof(struct text_opts, models)},
	{"--data",         TEXT,   offsetof(struct text_opts, data)},
	{"--out",          TEXT,   offsetof(struct text_opts, out)},
	{"--langs",        TEXT,   offsetof(struct text_opts, langs)},
	{"--shots",        NUMBER, offsetof(struct text_opts, shots)},
	{"--target-wrong", REAL,   offsetof(struct text_opts, target_wrong)},
	{"--seed",         NUMBER, offsetof(struct text_opts, seed)},
	{"--json",         FLAG,   offsetof(struct text_opts, json)},
	{"--no-titles",    FLAG,   offsetof(struct text_opts, titles)},
	{"--linear",       FLAG,   offsetof(struct text_opts, linear_only)},
	{"--help",         FLAG,   offsetof(struct text_opts, help)},
};
/* clang-format on */

static bool set_option(const struct option *p, const char *value, struct text_opts *o)
{
	char *at = (char *)o + p->at, *end = NULL;

	switch (p->kind) {
	case TEXT: *(const char **)at = value; return true;
	case FLAG: *(bool *)at = !*(bool *)at; return true;
	case REAL: *(double *)at = strtod(value, &end); return *value && !*end;
	case NUMBER: *(int *)at = (int)strtol(value, &end, 10); return *value && !*end;
	}
	return false;
}

static bool read_options(int argc, char **argv, struct text_opts *o)
{
	*o = (struct text_opts){.task = "intent", .target_wrong = 0.05, .seed = 1, .titles = true};
	for (int i = 2; i < argc; i++) {
		const struct option *p = NULL;
		for (size_t k = 0; k < COUNT(options); k++)
			if (strcmp(argv[i], options[k].name) == 0)
				p = &options[k];
		if (!p && strncmp(argv[i], "--", 2) != 0) {
			o->files = argv + i;
			o->file_count = argc - i;
			return true;
		}
		const char *value = p && p->kind != FLAG && i + 1 < argc ? argv[++i] : "";
		if (!p || !set_option(p, value, o)) {
			fprintf(stderr, "aftersail text: cannot use %s %s\n", argv[i], value);
			return false;
		}
	}
	return true;
}

int text_main(int argc, char **argv)
{
	struct text_opts o;

	if (argc < 2 || !read_options(argc, argv, &o))
		return 2;
	if (o.help || strcmp(argv[1], "--help") == 0) {
		fputs(help, stdout);
		return 0;
	}
	struct arena *a = arena_new();
	int rc = 2;
	if (strcmp(argv[1], "eval") == 0)
		rc = text_eval(a, &o);
	else if (strcmp(argv[1], "make") == 0)
		rc = text_make(a, &o);
	else
		fputs(help, stderr);
	arena_free(a);
	return rc;
}
