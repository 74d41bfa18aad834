/* aftersail: the command line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/deliver_cmd.h"
#include "app/demo.h"
#include "app/fault.h"
#include "app/hours_cmd.h"
#include "app/modules.h"
#include "app/pages.h"
#include "app/routing_cmd.h"
#include "app/text_cmd.h"
#include "base/crypto.h"
#include "base/log.h"
#include "core/i18n.h"
#include "core/openapi.h"
#include "core/settings.h"
#include "modules/account/account.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

struct command {
	const char *name, *usage, *text;
	/* Flags the command takes itself, "a|b"; the rest are the configuration's. */
	const char *own, *switches;
	int (*run)(struct arena *, struct config *, const struct command *);
};

/* What a command's own flags said. */
static struct {
	struct str email, name, password, role, inbox;
	bool remove, doc, list;
} given;

static enum i18n own_language(void)
{
	const char *lang = getenv("LC_ALL");

	if (!lang || !*lang)
		lang = getenv("LANG");
	return i18n_of(str_of(lang ? lang : ""));
}

static int complain(const char *what)
{
	fprintf(stderr, "aftersail: %s\n", what);
	return 1;
}

static int usage(const char *what)
{
	complain(what);
	return EX_USAGE;
}

/* ---- opening ---- */

static struct desk *open_desk(struct arena *a, const struct config *c)
{
	struct desk *d;
	const char *why = "it cannot be opened";

	if (desk_open(a, c, modules, channels, &d, &why) == E_OK)
		return d;
	complain(why);
	return NULL;
}

/* Before the signals are taken by one thread, none may end another half-way. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run_serve(struct arena *a, struct config *c, const struct command *cmd)
{
	struct desk *d;
	const char *why = "it cannot serve";
	sigset_t set;
	int sig;

	(void)cmd;
	fault_watch();
	block_signals(&set);
	d = open_desk(a, c);
	if (!d)
		return 1;
	d->page = pages_answer;
	if (desk_serve(d, &why) != E_OK) {
		complain(why);
		desk_stop(d);
		desk_close(d);
		return 1;
	}
	char port[16];
	snprintf(port, sizeof port, "%d", http_port(d->http));
	log_line(LOG_INFO, "serving", "listen", str_z(a, c->listen), "port", port, NULL);
	sigwait(&set, &sig);
	log_line(LOG_INFO, "stopping", NULL);
	desk_stop(d);
	desk_close(d);
	return 0;
}

/* ---- people ---- */

static struct str read_password(struct arena *a)
{
	struct termios old, quiet;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
	char line[256] = "";

	if (terminal) {
		fputs("Password (10 characters or more): ", stderr);
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
	}
	if (!fgets(line, sizeof line, stdin))
		line[0] = 0;
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
		fputc('\n', stderr);
	}
	line[strcspn(line, "\n")] = 0;
	return str_dup(a, str_of(line));
}

struct person_job {
	struct account_new in;
	bool first; /* only on a desk that nobody has yet */
	const char *key;
	char arg[200];
};

static enum err add_to(struct ctx *c, struct person_job *j, int64_t *id)
{
	int64_t administrators;

	TRY(account_administrators(c, &administrators));
	if (j->first && administrators)
		return fail(c, E_CONFLICT, "account.desk_has_people", NULL);
	return account_add(c, &j->in, id);
}

static enum err add_person(struct ctx *c, void *arg)
{
	struct person_job *j = arg;
	int64_t id;

	TRY(account_seed(c));
	enum err e = add_to(c, j, &id);
	j->key = c->key;
	snprintf(j->arg, sizeof j->arg, "%s", c->arg ? c->arg : "");
	return e;
}

static int person(struct arena *a, struct config *c, const char *role, bool first)
{
	struct person_job j = {.first = first};

	if (!given.email.n)
		return usage("--email is missing");
	crypto_init();
	struct str password = given.password.n ? given.password : read_password(a);
	if (str_chars(password) < 10)
		return usage("the password needs 10 characters or more");
	j.in = (struct account_new){.name = given.name.n ? given.name : given.email,
				    .email = given.email,
				    .password_hash = crypto_password_hash(a, password),
				    .role = given.role.n ? given.role : str_of(role),
				    .all_inboxes = true};
	struct desk *d = open_desk(a, c);
	if (!d)
		return 1;
	log_set_level(LOG_ERROR); /* a refusal is said in words, below */
	enum err e = desk_write(d, add_person, &j);
	desk_close(d);
	if (e != E_OK) {
		complain(i18n_say(a, own_language(), j.key ? j.key : "error.generic", j.arg).p);
		return 1;
	}
	printf("%.*s can sign in as %s\n", STR(given.email), str_z(a, j.in.role));
	return 0;
}

static int run_init(struct arena *a, struct config *c, const struct command *cmd)
{
	(void)cmd;
	return person(a, c, "administrator", true);
}

static int run_user(struct arena *a, struct config *c, const struct command *cmd)
{
	(void)cmd;
	return person(a, c, "agent", false);
}

/* ---- data ---- */

static int run_demo(struct arena *a, struct config *c, const struct command *cmd)
{
	struct desk *d = open_desk(a, c);
	const char *why = "it could not be done";

	(void)cmd;
	if (!d)
		return 1;
	enum err e = given.remove ? demo_remove(d, &why) : demo_load(d, &why);
	desk_close(d);
	if (e != E_OK)
		return complain(why);
	puts(given.remove ? "the demo company is gone" : "the demo company is here");
	return 0;
}

static int run_migrate(struct arena *a, struct config *c, const struct command *cmd)
{
	struct desk *d = open_desk(a, c);

	(void)cmd;
	if (!d)
		return 1;
	desk_close(d);
	puts("the database is up to date");
	return 0;
}

static int run_deliver(struct arena *a, struct config *c, const struct command *cmd)
{
	(void)a;
	(void)cmd;
	return deliver_cmd(c, given.inbox);
}

/* ---- telling ---- */

static int run_openapi(struct arena *a, struct config *c, const struct command *cmd)
{
	struct buf b = BUF(a);

	(void)c;
	(void)cmd;
	openapi_write(&b, modules);
	puts(buf_str(&b).p);
	return 0;
}

static int run_config(struct arena *a, struct config *c, const struct command *cmd)
{
	struct buf b = BUF(a);

	(void)cmd;
	config_print(&b, c, given.doc);
	fputs(buf_str(&b).p, stdout);
	return 0;
}

static int run_version(struct arena *a, struct config *c, const struct command *cmd)
{
	(void)a;
	(void)c;
	(void)cmd;
	puts("aftersail " AFTERSAIL_VERSION);
	return 0;
}

/* clang-format off */
static const struct command commands[] = {
	{"init",    "init --email ADDRESS [--name NAME] [--data DIR]", "Make an empty desk with its first administrator; asks for the password, or reads it from standard input.", "email|name|password", "", run_init},
	{"serve",   "serve [--data DIR] [--listen ADDRESS:PORT] [--database URL]", "Serve the console, the API, the chat and the mailboxes until SIGTERM.", "", "", run_serve},
	{"demo",    "demo [--remove] [--data DIR]", "Load the demo company into a desk, or take it away again.", "", "remove", run_demo},
	{"migrate", "migrate [--data DIR] [--database URL]", "Bring the database up to date; serve does it too.", "", "", run_migrate},
	{"user",    "user --email ADDRESS [--name NAME] [--role ROLE] [--data DIR]", "Add somebody who can sign in.", "email|name|password|role", "", run_user},
	{"deliver", "deliver --inbox NAME [--data DIR] < mail", "Hand a mail to the desk that serves DIR, for an MTA's pipe; exits as sysexits.h says.", "inbox", "", run_deliver},
	{"openapi", "openapi", "Print the OpenAPI 3.1 document.", "", "", run_openapi},
	{"config",  "config [--doc] [--data DIR]", "Print the settings in force, or with --doc what each means.", "", "doc", run_config},
	{"version", "version", "Print the version.", "", "", run_version},
};
/* clang-format on */

/* Commands with a command line of their own. */
static const struct {
	const char *name, *text;
	int (*main)(int argc, char **argv);
} engines[] = {
    {"text", "What messages say: language, emotion, topic, spotting; see aftersail text --help.",
     text_main},
    {"hours", "When a desk is open, and what is due when, by a calendar.", hours_main},
    {"routing", "Replay a recorded day under a routing policy.", routing_main},
    {"routing-engine", "The routing engine on standard input and output.", routing_engine_main},
};

static const struct command *find(struct str name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (str_eq(str_of(commands[i].name), name))
			return &commands[i];
	return NULL;
}

static int help(struct str topic)
{
	const struct command *one = find(topic);

	for (size_t i = 0; i < COUNT(engines); i++)
		if (str_eq(str_of(engines[i].name), topic)) {
			char *argv[] = {(char *)(uintptr_t)engines[i].name, "--help", NULL};
			engines[i].main(2, argv);
			return 0;
		}
	if (one) {
		printf("aftersail %s\n\n%s\n\nSettings are flags too: --data, --database, --listen "
		       "...; see aftersail config --doc\n",
		       one->usage, one->text);
		return 0;
	}
	puts("aftersail: an after-sales service desk\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		printf("  %-15s %s\n", commands[i].name, commands[i].text);
	for (size_t i = 0; i < COUNT(engines); i++)
		printf("  %-15s %s\n", engines[i].name, engines[i].text);
	puts("\naftersail help COMMAND says more.");
	return 0;
}

static int unknown(struct arena *a, struct str name)
{
	const char *names[COUNT(commands) + COUNT(engines) + 1];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(commands); i++)
		names[n++] = commands[i].name;
	for (size_t i = 0; i < COUNT(engines); i++)
		names[n++] = engines[i].name;
	const char *near = str_nearest(name, names, n);
	complain(
	    near ? str_fmt(a, "there is no command '%.*s'; did you mean '%s'?", STR(name), near).p
		 : str_fmt(a, "there is no command '%.*s'; see aftersail help", STR(name)).p);
	return 64;
}

/* ---- flags ---- */

static struct str *own_flag(struct str name)
{
	return str_eq(name, S("email"))      ? &given.email
	       : str_eq(name, S("name"))     ? &given.name
	       : str_eq(name, S("password")) ? &given.password
	       : str_eq(name, S("role"))     ? &given.role
					     : &given.inbox;
}

static void set_switch(struct str name)
{
	given.remove |= str_eq(name, S("remove"));
	given.doc |= str_eq(name, S("doc"));
}

/* The one of the command's own flags that an unknown one is nearest to, or NULL. */
static const char *near_own(struct arena *a, const struct command *cmd, struct str key)
{
	struct str all = str_fmt(a, "%s|%s", cmd->own, cmd->switches), one;
	const char *names[16];
	size_t n = 0;

	while (n < COUNT(names) && str_cut(&all, '|', &one))
		if (one.n)
			names[n++] = str_z(a, one);
	return config_knows(a, key) ? NULL : str_nearest(key, names, n);
}

/* Take the command's own flags out; what is left is the configuration's. */
static int split_flags(struct arena *a, const struct command *cmd, int argc, char **argv,
		       char **rest, const char **why)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		struct str flag = str_of(argv[i]);
		struct str name = str_starts(flag, S("--")) ? str_slice(flag, 2, flag.n) : S("");
		ptrdiff_t eq = str_find_char(name, '=');
		struct str key = eq >= 0 ? str_slice(name, 0, (size_t)eq) : name;
		const char *near = key.n ? near_own(a, cmd, key) : NULL;
		if (key.n && cmd->switches[0] && field_enum_has(cmd->switches, key)) {
			set_switch(key);
		} else if (key.n && cmd->own[0] && field_enum_has(cmd->own, key)) {
			if (eq < 0 && i + 1 == argc) {
				*why = "the last option needs a value";
				return -1;
			}
			*own_flag(key) =
			    eq >= 0 ? str_slice(name, (size_t)eq + 1, name.n) : str_of(argv[++i]);
		} else if (near) {
			*why = str_fmt(a, "unknown option '--%.*s'; did you mean '--%s'?", STR(key),
				       near)
				   .p;
			return -1;
		} else {
			rest[n++] = argv[i];
		}
	}
	return n;
}

static enum log_level level_of(struct str name)
{
	static const char *const names[] = {"debug", "info", "warn", "error", "off"};

	for (int i = 0; i < 5; i++)
		if (str_eq(name, str_of(names[i])))
			return (enum log_level)i;
	return LOG_INFO;
}

static int run(struct arena *a, const struct command *cmd, int argc, char **argv)
{
	struct config *c = NEW(a, struct config);
	char **rest = NEWN(a, char *, (size_t)argc + 1);
	const char *why = "the options cannot be read";
	int n = split_flags(a, cmd, argc, argv, rest, &why);

	if (n < 0 || config_read(a, n, rest, c, &why) != E_OK) {
		complain(why);
		return 64;
	}
	log_set_level(cmd->run == run_serve ? level_of(c->log_level) : LOG_WARN);
	return cmd->run(a, c, cmd);
}

static bool is_help(struct str word)
{
	return str_eq(word, S("--help")) || str_eq(word, S("-h"));
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (is_help(str_of(argv[i])))
			return true;
	return false;
}

static bool known(struct str name)
{
	for (size_t i = 0; i < COUNT(engines); i++)
		if (str_eq(str_of(engines[i].name), name))
			return true;
	return find(name) != NULL;
}

int main(int argc, char **argv)
{
	struct str name = argc > 1 ? str_of(argv[1]) : S("help");

	for (size_t i = 0; i < COUNT(engines); i++)
		if (str_eq(str_of(engines[i].name), name))
			return engines[i].main(argc - 1, argv + 1);
	struct str topic = argc > 2 ? str_of(argv[2]) : S("");
	struct arena *a = arena_new();
	bool asked = str_eq(name, S("help")) || is_help(name);
	const struct command *cmd = find(str_eq(name, S("--version")) ? S("version") : name);
	int status;

	if (asked && topic.n && !known(topic))
		status = unknown(a, topic);
	else if (asked || (cmd && wants_help(argc, argv)))
		status = help(asked ? topic : name);
	else
		status = cmd ? run(a, cmd, argc - 2, argv + 2) : unknown(a, name);
	arena_free(a);
	return status;
}
