/* header.h - the parts of a mail's header lines: words, addresses, ids, parameters, dates.
 *
 * All of it reads foreign bytes and is forgiving: what cannot be understood comes out as text
 * or is left out, never as an error.  Results are valid UTF-8 on one line, in the arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

struct email_address {
	struct str name;    /* as shown; may be empty */
	struct str address; /* local@domain, the domain in lower case */
};

struct email_addresses {
	struct email_address *v;
	size_t n;
};

enum { EMAIL_ADDRESSES_MAX = 500, EMAIL_IDS_MAX = 100, EMAIL_NAME_MAX = 120 };

/* Encoded words decoded, also when a character was cut in two by them; raw 8-bit bytes too,
 * where hint is the charset of the rest of the mail. */
struct str email_words(struct arena *, struct str raw, struct str hint);

/* The addresses of a From, To, Cc line; groups are opened, what has no @ is left out. */
struct email_addresses email_addresses(struct arena *, struct str raw, struct str hint);

/* Whether it can be written to: one @, no white space or control character, a domain. */
bool email_address_ok(struct str);

/* Message ids without their angle brackets, in the order of the line. */
struct strs email_ids(struct arena *, struct str raw);

/* The value before the first ';' in lower case; a parameter, decoded by RFC 2231 or 2047. */
struct str email_value(struct arena *, struct str raw);
struct str email_parameter(struct arena *, struct str raw, const char *name, struct str hint);

/* A name that is safe to show and to save as: the last path part, no control, bidi or shell
 * hostile characters, at most EMAIL_NAME_MAX bytes with the extension kept; "" stays "". */
struct str email_file_name(struct arena *, struct str utf8);
