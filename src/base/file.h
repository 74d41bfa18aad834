/* file.h - a whole file in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* The bytes of a file, followed by a NUL, in the arena.  False when it cannot be read, is a folder
 * or holds more than max bytes. */
bool file_read(struct arena *, const char *path, size_t max, struct str *out);
