/* code.h - which codes of countries and languages there are. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* ISO 3166-1 alpha-2, in capitals. */
bool code_country_ok(struct str);

/* A BCP 47 tag of a language that ISO 639 knows: "zh", "pt-BR", "zh-Hant-TW". */
bool code_language_ok(struct str);
