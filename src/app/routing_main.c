/* The routing commands as a program of their own, for benchmarks that drive a child process:
 * `routing-engine` and `routing replay ...` behave as the same words after `aftersail` do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/routing_cmd.h"

#include <string.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "replay") == 0)
		return routing_main(argc, argv);
	return routing_engine_main(argc, argv);
}
