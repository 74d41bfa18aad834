/* search_han.h - traditional Chinese characters read as simplified ones, so that each script finds
 * the other; only src/store includes it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* The simplified character, or c itself; from any thread. */
uint32_t search_han_simple(uint32_t c);
