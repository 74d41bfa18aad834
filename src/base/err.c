/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

static const struct {
	int http;
	const char *name, *text;
} rows[] = {
#define X(n, h, t) {h, #n, t},
    ERR_LIST(X)
#undef X
};

int err_http(enum err e)
{
	return rows[e].http;
}

const char *err_name(enum err e)
{
	return rows[e].name;
}

const char *err_text(enum err e)
{
	return rows[e].text;
}
