/* assets.h - files inside the program: the console, the widget, the demo company. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

struct asset {
	const char *address, *type, *etag;
	bool served; /* to browsers; otherwise for the program itself */
	const char *raw, *raw_end, *gz, *gz_end, *br, *br_end;
};

/* Ended by address NULL. */
extern const struct asset assets[];

const struct asset *asset_find(struct str address);
struct str asset_text(const struct asset *);
