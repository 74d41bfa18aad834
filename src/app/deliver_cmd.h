/* deliver_cmd.h - `aftersail deliver --inbox NAME < mail`, for an MTA's pipe. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/config.h"

/* Hands standard input to the program that serves this data folder.  Returns the process' exit
 * code, of sysexits.h: 0 taken, 64 usage, 65 empty or too large, 67 no such inbox, 75 not now:
 * nothing serves, or it could not be stored. */
int deliver_cmd(const struct config *, struct str inbox);
