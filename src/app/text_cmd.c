/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "aftersail text - what a message says, in what language, in what mood\n"
    "\n"
    "Messages come one a line from files or standard input; answers go out one a line, as\n"
    "columns between tabs, or with --json as one object a line.\n"
    "\n"
    "  lang     [--langs de,en,zh]   language, probability, sure yes|no, variant, other languages\n"
    "  emotion                       angry disappointed worried neutral pleased, probability,\n"
    "                                p(negative), intensity\n"
    "  tone     [--langs de]         an agent's draft: harsh or ok, probability, then why: words:\n"
    "                                a better way (zh en de es ja)\n"
    "  classify [--model FILE]       answer|suggest|pass, then three labels with probabilities;\n"
    "                                without --model the topic of a service message\n"
    "  similar                       line of the nearest message before it, and how near, 0 to 1\n"
    "  spot                          order and waybill numbers, SKUs, money, dates, e-mails,\n"
    "                                phones, cards, IBANs, links: kind, bytes from-to, text\n"
    "  train    --train T.tsv [--dev D.tsv] [--task intent|emotion] --out FILE\n"
    "                                a model from rows label<TAB>text (emotion: labels a,b);\n"
    "                                a small dev set chooses thresholds, then is learned from\n"
    "  eval     --task intent|emotion|offensive --train T.tsv [--dev D.tsv] --test X.tsv\n"
    "           [--shots N] [--target-wrong 0.05] [--seed S] [--no-titles] [--no-vectors] "
    "[--linear]\n"
    "  eval     --task lang|mood|topic|tone|pairs|mails|spans --test X.tsv [--langs de]\n"
    "                                figures, one `name value` a line\n"
    "  make     --task lang|emotion|topic|tone --data DIR --out models   (see make models)\n"
    "\n"
    "Rows of labels none, oos, out_of_scope, other or empty belong to no label. Models are\n"
    "looked for in --models DIR, else in $AFTERSAIL_MODELS, else in models/.\n";

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
	{"--no-vectors",   FLAG,   offsetof(struct text_opts, no_vectors)},
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
		if (strcmp(argv[i], "-") == 0 || strncmp(argv[i], "--", 2) != 0) {
			o->files = argv + i;
			o->file_count = argc - i;
			return true;
		}
		const struct option *p = NULL;
		for (size_t k = 0; k < COUNT(options); k++)
			if (strcmp(argv[i], options[k].name) == 0)
				p = &options[k];
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

	if (argc < 2 || !read_options(argc, argv, &o)) {
		fputs(help, stderr);
		return 2;
	}
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
	else if (strcmp(argv[1], "train") == 0)
		rc = text_train(a, &o);
	else
		rc = text_run(a, argv[1], &o);
	if (rc == 2)
		fputs("aftersail text --help says how\n", stderr);
	arena_free(a);
	return rc;
}
