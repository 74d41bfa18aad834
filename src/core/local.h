/* local.h - data/aftersail.sock: what commands on this machine ask of the program that serves.
 *
 * One line asks, one line answers:
 *
 *   deliver SIZE INBOX   then SIZE bytes of a mail      ok | unknown | large | bad | busy
 *
 * Only the folder's owner can open it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

struct local;

/* NULL when the socket cannot be made; *why says why. */
struct local *local_start(struct desk *, const char **why);
void local_stop(struct local *);

/* The socket of a data folder, NUL-terminated. */
struct str local_path(struct arena *, struct str data);
