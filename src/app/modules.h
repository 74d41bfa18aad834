/* modules.h - the lists: every module in dependency order, every channel. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"
#include "core/module.h"

extern const struct module *const modules[];
extern const struct channel *const channels[];
