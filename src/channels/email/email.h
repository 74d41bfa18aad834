/* email.h - e-mail as a channel: the row for app/channels.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/channel.h"

extern const struct channel email_channel;
