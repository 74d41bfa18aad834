/* log.h - one structured line (JSON) an event, on standard error.
 *
 *   log_line(LOG_INFO, "request", "route", "GET /x", "status", "200", NULL);
 *
 * Keys and values alternate; a NULL key ends them.  No user's words above debug. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

void log_set_level(enum log_level);
void log_line(enum log_level, const char *what, ...) __attribute__((sentinel));
