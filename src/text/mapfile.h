/* mapfile.h - a file's bytes, mapped read-only until the arena ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* E_NOTFOUND when it is no file that can be read, or is empty. */
enum err text_map_file(struct arena *, const char *path, struct str *out) MUST;
