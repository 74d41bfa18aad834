/* spot.h - numbers and addresses in a message: what to look up, to mask, and not to translate.
 *
 * Spans do not overlap and come in the order of the text.  Card numbers pass the Luhn check and
 * IBANs theirs, in any spacing, and digits may be full-width or Arabic; waybills have the shape
 * (and, in the postal union's form, the check digit) of a carrier's number; an order number stands
 * after a word for it or has a shop's shape. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/str.h"

/* clang-format off */
#define SPOT_LIST(X)                                                       \
	X(ORDER, "order") X(WAYBILL, "waybill") X(SKU, "sku")              \
	X(AMOUNT, "amount") X(DATE, "date") X(EMAIL, "email")              \
	X(PHONE, "phone") X(CARD, "card") X(IBAN, "iban") X(URL, "url")
/* clang-format on */

#define X(name, text) SPOT_##name,
enum spot_kind { SPOT_LIST(X) SPOT_KINDS };
#undef X

struct spot {
	size_t from, to; /* bytes */
	enum spot_kind kind;
};

/* At most max spans; the number found.  Any bytes, linear time. */
size_t spot_find(struct str text, struct spot *out, size_t max);

const char *spot_name(enum spot_kind);

/* The text with every card number, IBAN, phone and e-mail made unreadable: each character becomes
 * one *, but for blanks and the last four characters of a card or IBAN.  In what comes back
 * spot_find() finds no card.  A card is hidden inside of a link or a longer code too, but for a
 * waybill in a carrier's form.  Linear time. */
struct str spot_mask(struct arena *, struct str text);
