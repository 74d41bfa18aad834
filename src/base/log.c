/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic int least = LOG_INFO;

void log_set_level(enum log_level level)
{
	least = (int)level;
}

static void add_time(struct buf *b)
{
	int64_t now = clock_now();
	time_t s = (time_t)(now / 1000);
	struct tm tm;
	char t[40];

	gmtime_r(&s, &tm);
	size_t n = strftime(t, sizeof t, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(t + n, sizeof t - n, ".%03dZ", (int)(now % 1000));
	buf_fmt(b, "{\"time\":\"%s\"", t);
}

void log_line(enum log_level level, const char *what, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	va_list ap;

	if ((int)level < least)
		return;
	struct arena *a = arena_new();
	struct buf b = {.a = a, .max = 16384};
	add_time(&b);
	buf_fmt(&b, ",\"level\":\"%s\",\"what\":", names[level]);
	buf_json(&b, str_of(what));
	va_start(ap, what);
	for (const char *key; (key = va_arg(ap, const char *));) {
		buf_char(&b, ',');
		buf_json(&b, str_of(key));
		buf_char(&b, ':');
		buf_json(&b, str_clip(str_of(va_arg(ap, const char *)), 2000));
	}
	va_end(ap);
	buf_z(&b, "}\n");
	/* One write a line, so that lines of several threads do not mix. */
	if (write(STDERR_FILENO, b.p, b.n) < 0)
		(void)0;
	arena_free(a);
}
