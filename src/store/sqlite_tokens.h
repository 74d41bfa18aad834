/* sqlite_tokens.h - text/token.h as FTS5's tokenizer "aftersail". */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct sqlite3;

/* Make it known to a connection; an SQLite result code. */
int sqlite_tokens_register(struct sqlite3 *);
