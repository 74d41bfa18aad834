/* routing_cmd.h - the subcommands routing-engine and routing; argv[0] is the subcommand. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

int routing_engine_main(int argc, char **argv);
int routing_main(int argc, char **argv);
int routing_replay_main(int argc, char **argv);
