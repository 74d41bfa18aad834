/* fault.h - say where the program was when a fault ended it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From now on a fault (abort, a wrong address) leaves the frames on stderr before it ends the
 * process as it would have.  Once, before threads start. */
void fault_watch(void);
