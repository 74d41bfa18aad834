/* desk_folder.h - the data folder: its lock, its secret, its name among several, its files. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

/* Make what is missing, take the lock, read the secret, open the files.  Errors: E_CONFLICT when
 * another program has the folder, E_BUSY when the system refuses; *why says it in words. */
enum err desk_folder_open(struct desk *, const char **why) MUST;
/* With the store open: the secret must be the one the database was made with, or stored passwords
 * could not be opened and sign-ins would not hold from one node to the next.  E_CONFLICT when it
 * is another and the setting new_secret does not say to go on. */
enum err desk_folder_check(struct desk *, const char **why) MUST;
