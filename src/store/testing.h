/* testing.h - databases for tests: a temporary SQLite file, and a schema of its own in the
 * PostgreSQL database that AFTERSAIL_TEST_PGSQL names (tools/with-postgres makes one). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "store/store.h"

/* 1, or 2 when there is a PostgreSQL to test with: for (int i = 0; i < store_engines(); i++) */
int store_engines(void);

/* Open an empty one on engine i (0 is SQLite); aborts with a message when that fails.  `o` may be
 * NULL; its url is not looked at. */
struct store *store_testing(struct arena *, int engine, const struct store_options *o);
/* Its address, for opening it a second time. */
struct str store_testing_url(struct arena *, const struct store *);
/* Close it and remove what it left. */
void store_testing_end(struct store *);
