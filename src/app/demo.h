/* demo.h - the demo company: people, customers and conversations to try the desk with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

extern const struct module demo_module;

/* Load it into an empty desk, in one transaction, its times relative to now.  E_CONFLICT when it is
 * there already. */
enum err demo_load(struct desk *, const char **why) MUST;
/* Take all of it away again, in one step. */
enum err demo_remove(struct desk *, const char **why) MUST;
