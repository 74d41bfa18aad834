/* mail.h - mailboxes at work: answers leave as mail, automatic answers, connections shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

extern const struct module mail_module;
