/* openapi.h - the OpenAPI 3.1 document, out of the route table and its shapes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/module.h"

void openapi_write(struct buf *, const struct module *const *modules);
