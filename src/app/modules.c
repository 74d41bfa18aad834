/* SPDX-License-Identifier: Apache-2.0 */
#include "app/modules.h"
#include "app/demo.h"
#include "core/operate.h"
#include "modules/account/account.h"
#include "modules/customer/customer.h"
#include "modules/inbox/inbox.h"
#include "modules/mail/mail.h"
#include "modules/webchat/webchat.h"

/* In dependency order: a module may include the header of those above it. */
const struct module *const modules[] = {
    &core_module, &account_module, &customer_module, &inbox_module,
    &mail_module, &webchat_module, &demo_module,     NULL,
};
