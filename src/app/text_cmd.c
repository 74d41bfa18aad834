/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "aftersail text - what a message says, in what language, in what mood\n"
    "\n"
    "aftersail text COMMAND [OPTIONS] [FILE...]: messages one a line from files or standard "
    "input,\n"
    "answers one a line as they come: columns between tabs (in them \\t \\n \\r \\\\ for a tab, "
    "line\n"
    "ends and a backslash), or with --json one object a line.\n"
    "\n"
    "  lang     [--langs de,en,zh]   language, probability, sure yes|no, variant, other "
    "languages;\n"
    "                                --langs: no others are thought of\n"
    "  emotion                       angry disappointed worried neutral pleased, probability,\n"
    "                                p(negative), intensity\n"
    "  tone     [--langs de]         an agent's draft: harsh or ok, probability, then why: words:\n"
    "                                a better way (zh en de es ja); its language is told from the\n"
    "                                draft where it is not given\n"
    "  classify [--model FILE]       answer|parent|suggest|pass, then three labels with\n"
    "                                probabilities; without --model the topic of a service "
    "message,\n"
    "                                how hard it will be: simple|medium|complex, and the topic's\n"
    "                                parent: shipment goods after-sales purchase presale customer\n"
    "  similar                       line of the nearest of the last 100,000 before it that "
    "differ,\n"
    "                                and how near, 0 to 1 (50 MB at most)\n"
    "  spot     [--mask]             order and waybill numbers, SKUs, money, dates, e-mails,\n"
    "                                phones, cards, IBANs, links: kind, bytes from-to, text; or "
    "the\n"
    "                                message with what is private made unreadable\n"
    "\n"
    "Each FILE, or standard input, one mail:\n"
    "  plain                         HTML: its visible text; --json: links and what is quoted too\n"
    "  strip                         a mail's text: its new words, what is quoted, the signature\n"
    "\n"
    "  train    --train T.tsv [--dev D.tsv] [--task intent|emotion|offensive] --out FILE\n"
    "                                a model from rows label<TAB>text (emotion: labels a,b);\n"
    "                                a small dev set chooses thresholds, then is learned from\n"
    "  eval     --task intent|emotion|offensive --train T.tsv [--dev D.tsv] --test X.tsv\n"
    "           [--shots N] [--target-wrong 0.05] [--seed S] [--no-titles] [--no-vectors] "
    "[--linear]\n"
    "  eval     --task lang|mood|topic|tone|pairs|mails|spans --test X.tsv\n"
    "                                what ships, measured: figures, one `name value` a line\n"
    "  make     --task lang|emotion|topic|tone --data DIR --out models   (see make models)\n"
    "\n"
    "Test rows: label<TAB>text; lang: code<TAB>text, or --langs da when all are in one language;\n"
    "mood, topic: mood<TAB>topic<TAB>text; tone: harsh|ok<TAB>draft, --langs its language;\n"
    "pairs: 0|1<TAB>a<TAB>b; mails: mail<TAB>its new words, \\n for line ends;\n"
    "spans: text<TAB>kind=span|kind=span.  Rows of labels none, oos, out_of_scope, other or empty\n"
    "belong to no label: they are out of scope.  A label that train has not counts as wrong.  In\n"
    "intents a label's name is one example more (not with --no-titles).\n"
    "\n"
    "  accuracy, top3                right of the rows in scope; right among the first three\n"
    "  answered                      of those, the share at or over the model's threshold\n"
    "  correct_of_all, wrong_of_all  of the rows in scope, answered and right, and wrong\n"
    "  wrong_of_all_with_out_of_scope  of all rows, answered and wrong or out of scope\n"
    "  out_of_scope_rejected         of the rows out of scope, those not answered\n"
    "  macro_f1, micro_f1            F1: mean over labels; of all label decisions together\n"
    "  calibration_error             mean gap of probability and accuracy, 15 bins\n"
    "  train_seconds, model_bytes    processor time of training; the model's size\n"
    "  microseconds_median, _p95     processor time to read one message\n"
    "  auc, accuracy_best_threshold  pairs: area under the curve; the best that 0.5 could be\n"
    "\n"
    "Models are looked for in --models DIR, else in $AFTERSAIL_MODELS, else in models/.\n";

#define FITS  " train eval-intent eval-emotion eval-offensive "
#define READS " lang emotion tone classify similar spot plain strip "

/* clang-format off */
enum kind { TEXT, NUMBER, SEED, SHARE, FLAG };
static const struct option {
	const char *name;
	enum kind kind;
	size_t at;
	const char *of; /* commands that take it, NULL all; of eval with the task */
} options[] = {
	{"--task",         TEXT,   offsetof(struct text_opts, task),         " make eval " FITS},
	{"--train",        TEXT,   offsetof(struct text_opts, train),        " make " FITS},
	{"--dev",          TEXT,   offsetof(struct text_opts, dev),          FITS},
	{"--test",         TEXT,   offsetof(struct text_opts, test),         " eval "},
	{"--model",        TEXT,   offsetof(struct text_opts, model),
	 " make lang emotion tone classify eval-lang eval-mood eval-topic eval-tone "},
	{"--models",       TEXT,   offsetof(struct text_opts, models),       NULL},
	{"--data",         TEXT,   offsetof(struct text_opts, data),         " make "},
	{"--out",          TEXT,   offsetof(struct text_opts, out),          " make train "},
	{"--langs",        TEXT,   offsetof(struct text_opts, langs),        " lang tone eval-lang eval-tone "},
	{"--shots",        NUMBER, offsetof(struct text_opts, shots),        FITS},
	{"--target-wrong", SHARE,  offsetof(struct text_opts, target_wrong), FITS},
	{"--seed",         SEED,   offsetof(struct text_opts, seed),         FITS},
	{"--json",         FLAG,   offsetof(struct text_opts, json),         READS " eval-spans eval-mails "},
	{"--mask",         FLAG,   offsetof(struct text_opts, mask),         " spot "},
	{"--no-titles",    FLAG,   offsetof(struct text_opts, titles),       FITS},
	{"--no-vectors",   FLAG,   offsetof(struct text_opts, no_vectors),   " emotion tone classify eval-mood eval-topic eval-tone " FITS},
	{"--linear",       FLAG,   offsetof(struct text_opts, linear_only),  " eval-tone " FITS},
	{"--help",         FLAG,   offsetof(struct text_opts, help),         NULL},
	{"-h",             FLAG,   offsetof(struct text_opts, help),         NULL},
};

static const char eval_tasks[] = "intent emotion offensive lang mood topic tone pairs mails spans",
		  train_tasks[] = "intent emotion offensive";
/* clang-format on */

static bool complain(const char *what, const char *value, const char *how)
{
	fprintf(stderr, "aftersail text: %s %s%s\n", what, value, how);
	return false;
}

/* Does the list, words between blanks, have the word? */
static bool listed(const char *list, const char *word)
{
	struct str rest = str_of(list), one;

	while (rest.n && str_cut(&rest, ' ', &one))
		if (one.n && str_eq(one, str_of(word)))
			return true;
	return false;
}

static bool set_option(const struct option *p, const char *value, struct text_opts *o)
{
	char *at = (char *)o + p->at, *end = NULL;
	int64_t n;

	switch (p->kind) {
	case TEXT: *(const char **)at = value; return true;
	case FLAG: *(bool *)at = p->at != offsetof(struct text_opts, titles); return true;
	case SHARE:
		*(double *)at = strtod(value, &end);
		return (*value && !*end && *(double *)at >= 0 && *(double *)at <= 1) ||
		       complain(p->name, "wants a share from 0 to 1, as 0.05, not ", value);
	case SEED:
		if (!str_int(str_of(value), &n) || n < 0)
			return complain(p->name, "wants a whole number from 0 on, not ", value);
		*(uint64_t *)at = (uint64_t)n;
		return true;
	case NUMBER:
		if (!str_int(str_of(value), &n) || n < 1 || n > INT_MAX)
			return complain(p->name, "wants a whole number from 1 on, not ", value);
		*(int *)at = (int)n;
		return true;
	}
	return false;
}

/* The option of that name if the command has such a one. */
static const struct option *find_option(const char *name)
{
	const char *names[COUNT(options)], *near;

	for (size_t k = 0; k < COUNT(options); k++) {
		names[k] = options[k].name;
		if (strcmp(name, names[k]) == 0)
			return &options[k];
	}
	near = str_nearest(str_of(name), names, COUNT(options));
	fprintf(stderr, "aftersail text: there is no option %s%s%s\n", name,
		near ? "; is it meant to be " : "", near ? near : "");
	return NULL;
}

/* Options and files in any order; after -- there are files only.  Files are moved together at
 * the beginning of argv.  given: bit k says that options[k] was. */
static bool read_options(int argc, char **argv, struct text_opts *o, unsigned *given)
{
	bool more = true;

	*o = (struct text_opts){.task = "intent", .target_wrong = 0.05, .seed = 1, .titles = true};
	o->files = argv + 2;
	*given = 0;
	for (int i = 2; i < argc; i++) {
		if (more && strcmp(argv[i], "--") == 0) {
			more = false;
			continue;
		}
		if (!more || argv[i][0] != '-' || !argv[i][1]) {
			o->files[o->file_count++] = argv[i];
			continue;
		}
		const struct option *p = find_option(argv[i]);
		if (!p)
			return false;
		if (p->kind != FLAG && i + 1 == argc)
			return complain(p->name, "needs a value", "");
		if (!set_option(p, p->kind == FLAG ? "" : argv[++i], o))
			return false;
		*given |= 1u << (p - options);
	}
	return true;
}

static bool no_task(const char *task, const char *tasks)
{
	fprintf(stderr, "aftersail text: there is no task %s; there are: %s\n", task, tasks);
	return false;
}

/* Is each option one that the command, with this task, looks at? */
static bool fits(const char *command, const struct text_opts *o, unsigned given)
{
	bool eval = strcmp(command, "eval") == 0, train = strcmp(command, "train") == 0;
	char with_task[64];

	if (eval && !listed(eval_tasks, o->task))
		return no_task(o->task, eval_tasks);
	if (train && !listed(train_tasks, o->task))
		return no_task(o->task, train_tasks);
	snprintf(with_task, sizeof with_task, "%s-%s", command, o->task);
	for (size_t k = 0; k < COUNT(options); k++) {
		const char *of = options[k].of;
		if (!(given >> k & 1) || !of || listed(of, command) ||
		    (eval && listed(of, with_task)))
			continue;
		fprintf(stderr, "aftersail text: %s%s%s does not use %s\n", command,
			eval ? " --task " : "", eval ? o->task : "", options[k].name);
		return false;
	}
	if (o->file_count && (eval || train || strcmp(command, "make") == 0))
		return complain(command, "takes no files beside its options:", o->files[0]);
	return true;
}

static int run(struct arena *a, const char *command, const struct text_opts *o)
{
	if (strcmp(command, "eval") == 0)
		return text_eval(a, o);
	if (strcmp(command, "make") == 0)
		return text_make(a, o);
	if (strcmp(command, "train") == 0)
		return text_train(a, o);
	if (strcmp(command, "plain") == 0 || strcmp(command, "strip") == 0)
		return text_mail(command, o);
	return text_run(a, command, o);
}

int text_main(int argc, char **argv)
{
	static const char commands[] = READS " train eval make ";
	struct text_opts o;
	unsigned given = 0;
	int rc = 2;

	if (argc < 2) {
		fputs(help, stderr);
		return 2;
	}
	bool asked = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		     strcmp(argv[1], "help") == 0;
	if (!asked && !listed(commands, argv[1]))
		complain("there is no command", argv[1], "");
	else if (!asked && !read_options(argc, argv, &o, &given))
		asked = false;
	else if (asked || o.help) {
		fputs(help, stdout);
		return !text_flush();
	} else if (fits(argv[1], &o, given)) {
		struct arena *a = arena_new();
		if (o.langs) /* codes in any case */
			o.langs = str_z(a, str_lower(a, str_of(o.langs)));
		rc = run(a, argv[1], &o);
		arena_free(a);
		if (!text_flush() && !rc)
			rc = 1;
	}
	if (rc == 2)
		fputs("aftersail text --help says how\n", stderr);
	return rc;
}
