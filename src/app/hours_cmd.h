/* hours_cmd.h - the subcommand hours; argv[0] is the subcommand. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

int hours_main(int argc, char **argv);
