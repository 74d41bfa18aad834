/* The text command as a program of its own, for building the text engine without the rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/text_cmd.h"

int main(int argc, char **argv)
{
	return text_main(argc, argv);
}
