/* scratch.h - large locals that are written before they are read. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Not worth zeroing at each message, as -ftrivial-auto-var-init would. */
#if defined(__has_attribute) && __has_attribute(uninitialized)
#define SCRATCH __attribute__((uninitialized))
#else
#define SCRATCH
#endif
