/* operate.h - the operator's side: streams, jobs, quarantine, failed work, sizes, settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

extern const struct module core_module;
