/* pages.h - everything that is not below /api/v1: console, widget, shop, health, API document. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/desk.h"

bool pages_answer(struct desk *, struct http_req *);
