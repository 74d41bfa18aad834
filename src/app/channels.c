/* SPDX-License-Identifier: Apache-2.0 */
#include "app/modules.h"
#include "channels/email/email.h"
#include "modules/webchat/webchat.h"

const struct channel *const channels[] = {
    &email_channel,
    &webchat_channel,
    NULL,
};
