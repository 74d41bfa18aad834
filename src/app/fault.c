/* Where the program ended, when it ends by a fault: a line in the log for whoever looks in the
 * morning. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fault.h"

#include <execinfo.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 40 };

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

/* Only what may be called in a signal's handler; the frames were loaded by fault_watch(). */
static void on_fault(int signal)
{
	void *frames[DEPTH];

	say("{\"level\":\"error\",\"what\":\"ended by a fault; what follows are the places in the "
	    "program\"}\n");
	backtrace_symbols_fd(frames, backtrace(frames, DEPTH), STDERR_FILENO);
	raise(signal); /* the handler is gone: this time it ends, with a core where one is kept */
}

void fault_watch(void)
{
	static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	struct sigaction act = {.sa_handler = on_fault, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
	void *frame;

	backtrace(&frame, 1);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction there;
		/* A sanitizer has its own, which says more. */
		if (sigaction(signals[i], NULL, &there) == 0 && there.sa_handler == SIG_DFL)
			sigaction(signals[i], &act, NULL);
	}
}
