/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* clang-format off */
static const struct {
	const char *text, *found;
} rows[] = {
	{"", ""},
	{"no numbers here", ""},
	{"order DE-88120 please", "order=DE-88120"},
	{"302-1234567-7654321", "order=302-1234567-7654321"},
	{"订单号：88120345 没到", "order=88120345"},
	{"my order number is 55012", "order=55012"},
	{"#10234 is late", "order=10234"},
	{"tracking RB123456785CN", "waybill=RB123456785CN"},
	{"RB123456784CN", "sku=RB123456784CN"},
	{"1Z999AA10123456784", "waybill=1Z999AA10123456784"},
	{"运单号 YT2312345678901234", "waybill=YT2312345678901234"},
	{"Sendungsnummer 00340434161094", "waybill=00340434161094"},
	{"model HX-200B broke", "sku=HX-200B"},
	{"SKU: TSH-RED-42", "sku=TSH-RED-42"},
	{"it cost €29.99 and 12,50 EUR", "amount=€29.99 amount=12,50 EUR"},
	{"退我 35.5元", "amount=35.5元"},
	{"$1,299.00!", "amount=$1,299.00"},
	{"on 3.2.2025 or 2025-02-03", "date=3.2.2025 date=2025-02-03"},
	{"2025年2月3日下单", "date=2025年2月3日"},
	{"am 3. März 2025 bestellt", "date=3. März 2025"},
	{"on February 3rd, 2025 it", "date=February 3rd, 2025"},
	{"el 3 de febrero de 2025", "date=3 de febrero de 2025"},
	{"write ann.lee@shop.example.", "email=ann.lee@shop.example"},
	{"call +44 20 7946 0958 now", "phone=+44 20 7946 0958"},
	{"手机 13800138000", "phone=13800138000"},
	{"4111 1111 1111 1111", "card=4111 1111 1111 1111"},
	{"4111 1111 1111 1112", ""},
	{"4111111111111111 5500000000000004", "card=4111111111111111 card=5500000000000004"},
	{"4111 1111 1111 1111 5500 0000 0000 0004", "card=4111 1111 1111 1111 card=5500 0000 0000 0004"},
	{"4111 1111 1111 1111 123", "card=4111 1111 1111 1111"},
	{"4111 1111 1111 11115", ""},
	{"IBAN DE89 3704 0044 0532 0130 00 ok", "iban=DE89 3704 0044 0532 0130 00"},
	{"see https://shop.example/o/1.", "url=https://shop.example/o/1"},
	{"size 42, 3 pieces, 100%", ""},
	{"within 24/7", ""},
	{"in 2025", ""},
};
/* clang-format on */

static void finds_spans(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct spot v[16];
		struct buf b = BUF(a);
		struct str t = str_of(rows[i].text);
		size_t n = spot_find(t, v, 16);

		for (size_t k = 0; k < n; k++)
			buf_fmt(&b, "%s%s=%.*s", k ? " " : "", spot_name(v[k].kind),
				STR(str_slice(t, v[k].from, v[k].to)));
		assert_string_equal(b.p ? b.p : "", rows[i].found);
		arena_free(a);
	}
}

static void masks_what_is_private(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str m =
	    spot_mask(a, S("card 4111 1111 1111 1111, order DE-88120, ann@shop.example"));

	assert_string_equal(str_z(a, m),
			    "card **** **** **** 1111, order DE-88120, ****************");
	arena_free(a);
}

static void bounds_hostile_text(void **state)
{
	(void)state;
	static const char *const units[] = {"1",  "1 ",   "A1-",  "+",      "€",
					    "a@", "1.1.", "\xff", "order ", "DE12"};
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct buf b = BUF(a);
		struct spot v[64];
		size_t end = 0;

		while (b.n < 100000)
			buf_z(&b, units[i]);
		size_t n = spot_find(buf_str(&b), v, 64);
		for (size_t k = 0; k < n; k++) {
			assert_true(v[k].from >= end && v[k].to > v[k].from && v[k].to <= b.n);
			end = v[k].to;
		}
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_spans),
	    cmocka_unit_test(masks_what_is_private),
	    cmocka_unit_test(bounds_hostile_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
