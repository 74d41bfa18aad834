/* `aftersail hours` as a program of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/hours_cmd.h"

int main(int argc, char **argv)
{
	return hours_main(argc, argv);
}
