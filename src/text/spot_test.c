/* SPDX-License-Identifier: Apache-2.0 */
#include "text/spot.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

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
	/* amounts in the ways of many countries */
	{"1 234,56 €", "amount=1 234,56 €"},
	{"1\u00a0234,56\u00a0€", "amount=1\u00a0234,56\u00a0€"},
	{"1\u202f234,56 zł", "amount=1\u202f234,56 zł"},
	{"12 500 руб. мне", "amount=12 500 руб"},
	{"100 000 ₫", "amount=100 000 ₫"},
	{"2025 100 EUR", "amount=100 EUR"},
	{"CHF 1’234.50", "amount=CHF 1’234.50"},
	{"CHF 1'234.50", "amount=CHF 1'234.50"},
	{"฿350 or 350 บาท", "amount=฿350 amount=350 บาท"},
	{"RM 12.90, Rp 5.000, Rs. 300, S/ 20", "amount=RM 12.90 amount=Rp 5.000 amount=Rs. 300 amount=S/ 20"},
	{"199:- kr", "amount=199:- kr"},
	{"199:- for it", "amount=199:-"},
	{"top 10:-)", ""},
	{"5,- EUR", "amount=5,- EUR"},
	{"1.5k USD", "amount=1.5k USD"},
	{"3 тыс. руб", "amount=3 тыс. руб"},
	{"MX$200 CA$5 US$6 A$7 HK$8 NT$9", "amount=MX$200 amount=CA$5 amount=US$6 amount=A$7 amount=HK$8 amount=NT$9"},
	{"-15 EUR, -$3, \u221220 USD", "amount=-15 EUR amount=-$3 amount=\u221220 USD"},
	{"5-10 EUR", "amount=10 EUR"},
	{"$20 USD", "amount=$20 USD"},
	{"US $20, 20$US, Rs 500/-", "amount=US $20 amount=20$US amount=Rs 500/-"},
	{"89€90, 5€ 90, 1.200.000 VNĐ", "amount=89€90 amount=5€ amount=1.200.000 VNĐ"},
	{"３０００円", "amount=３０００円"},
	{"cost 5 р", "amount=5 р"},
	{"5 раз, try 5, 6 ft, 5 điểm", ""},
	/* telephones without a word before them */
	{"555-123-4567", "phone=555-123-4567"},
	{"(555) 123-4567", "phone=(555) 123-4567"},
	{"138-0013-8000", "phone=138-0013-8000"},
	{"0033612345678", "phone=0033612345678"},
	{"(11) 91234-5678", "phone=(11) 91234-5678"},
	{"8 (916) 123-45-67", "phone=8 (916) 123-45-67"},
	{"020 7946 0958 - 24/7", "phone=020 7946 0958"},
	{"１３８００１３８０００", "phone=１３８００１３８０００"},
	{"DE89 3704 0044 0532 0130 01", ""},
	{"300 400 5000", ""},
	{"86-13800138000, 86 138 0013 8000", "phone=86-13800138000 phone=86 138 0013 8000"},
	{"192.168.1.10 and 10.1.2.25", ""},
	/* days */
	{"3rd of February", "date=3rd of February"},
	{"12-Feb-2025", "date=12-Feb-2025"},
	{"12/Feb/25", "date=12/Feb/25"},
	{"on 5/11 it came", "date=5/11"},
	{"5/11", "date=5/11"},
	{"from 3/1 through 3/5", "date=3/1 date=3/5"},
	{"5/11下单", "date=5/11"},
	{"5/11 stars", ""},
	{"on 24/7", ""},
	{"exp 12/27", "date=12/27"},
	{"exp 09/49", "date=09/49"},
	{"until 12/2027", "date=12/2027"},
	{"march 2 stores", ""},
	{"since march 2 no news", "date=march 2"},
	{"march 2nd it", "date=march 2nd"},
	{"may 3 people", ""},
	{"March 2 stores", "date=March 2"},
	{"10年保修, 08年", "date=08年"},
	{"the may 11 event, march 4 to", "date=may 11 date=march 4"},
	{"version 1.2.10", ""},
	{"am 1.2.10", "date=1.2.10"},
	{"3 Şubat", "date=3 Şubat"},
	/* codes */
	{"9400 1118 9922 3197 4280 00", "waybill=9400 1118 9922 3197 4280 00"},
	{"9400111899223197428490", "waybill=9400111899223197428490"},
	{"FedEx tracking number 7712 3456 7890", "waybill=7712 3456 7890"},
	{"phone 9865 7878 8855", "phone=9865 7878 8855"},
	{"fedex 7712 3456 7890", "waybill=7712 3456 7890"},
	{"9865 7878 8855", "waybill=9865 7878 8855"},
	{"9865 7878 8856", ""},
	{"fedex 771234567890", "waybill=771234567890"},
	{"Bestellnr. 4711-0815", "order=4711-0815"},
	{"Nr. 471199", "order=471199"},
	{"Kunden-Nr. 471199", ""},
	{"with code SAVE15", ""},
	{"Заказ 88120", "order=88120"},
	{"COVID-19, ISO9001, UTF-16, 5000MAH, EU-42", ""},
	{"order from yesterday number 55667788", "order=55667788"},
	{"order dated 5 March, number 55667788", "date=5 March order=55667788"},
	{"Bestellung vom 5. März, Nummer 55667788", "date=5. März order=55667788"},
	{"about my order, my number is 55667788", "phone=55667788"},
	{"order late, contact number 55667788", "phone=55667788"},
	{"tracking no 1Z 999 AA1 01 2345 6784", "waybill=1Z 999 AA1 01 2345 6784"},
	{"1Z 999 AA1 01 2345 678", ""},
	{"Fr. 20.50, Fr. 1'200 and SFr. 20", "amount=Fr. 20.50 amount=Fr. 1'200 amount=SFr. 20"},
	{"Fr. 20.– bitte", "amount=Fr. 20.–"},
	{"Fr. 20.12. um, Fr. 14.30 Uhr, Fr. 20", "date=20.12."},
	/* links */
	{"https://ru.wiki.example/вики/Страница?x=1 вот", "url=https://ru.wiki.example/вики/Страница?x=1"},
	{"https://shop.example/café/été.", "url=https://shop.example/café/été"},
	{"(https://shop.example/Foo_(bar)).", "url=https://shop.example/Foo_(bar)"},
	{"(https://shop.example/a)", "url=https://shop.example/a"},
	{"看https://shop.example/a，谢谢", "url=https://shop.example/a"},
	{"https://shop.example/a؟", "url=https://shop.example/a"},
	/* cards and accounts, however they are written */
	{"card4111111111111111", "card=4111111111111111"},
	{"CARD4111111111111111", "card=4111111111111111"},
	{"4111.1111.1111.1111", "card=4111.1111.1111.1111"},
	{"4111  1111  1111  1111", "card=4111  1111  1111  1111"},
	{"4111\u00a01111\u00a01111\u00a01111", "card=4111\u00a01111\u00a01111\u00a01111"},
	{"4111\u20131111\u20131111\u20131111", "card=4111\u20131111\u20131111\u20131111"},
	{"４１１１１１１１１１１１１１１１", "card=４１１１１１１１１１１１１１１１"},
	{"25.12.2024 10.05.2026", "date=25.12.2024 date=10.05.2026"},
	{"de89 3704 0044 0532 0130 00", "iban=de89 3704 0044 0532 0130 00"},
	{"DE89-3704-0044-0532-0130-00", "iban=DE89-3704-0044-0532-0130-00"},
	{"DE89 3704 0044 0532 0130 00 12", "iban=DE89 3704 0044 0532 0130 00"},
	{"jöhn@shop.example", "email=jöhn@shop.example"},
	{"ömer@müller.example", "email=ömer@müller.example"},
	{"邮箱wang@mail.example吗", "email=wang@mail.example"},
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

/* clang-format off */
static const struct {
	const char *text, *masked;
} masks[] = {
	{"card 4111 1111 1111 1111, order DE-88120, ann@shop.example", "card **** **** **** 1111, order DE-88120, ****************"},
	{"card4111111111111111", "card************1111"},
	{"4111  1111  1111  1111", "****  ****  ****  1111"},
	{"4111.1111.1111.1111!", "***************1111!"},
	{"4111\u00a01111\u00a01111\u00a01111", "***************1111"},
	{"4111\u20131111\u20131111\u20131111", "***************1111"},
	{"号４１１１１１１１１１１１１１１１。", "号************１１１１。"},
	{"de89 3704 0044 0532 0130 00", "**** **** **** **** ***0 00"},
	{"(555) 123-4567 x", "***** ******** x"},
	{"jöhn@shop.example is me", "***************** is me"},
	/* the last four of one and what follows are a card again */
	{"5500000000024111 111111111111", "**************** ********1111"},
	/* a card in a longer order number */
	{"order 12345-4111111111111111", "order 12345-************1111"},
	/* a carrier's number whose digits happen to be a card's stays */
	{"YT2312345678901230", "YT2312345678901230"},
	{"\xff\xfe", "\xff\xfe"},
	{"to user@例え.example, please", "to ***************, please"},
	{"用户wang@mail.example吗", "用户*****************吗"},
	{"is \"first last\"@x.example ok", "is ****** *************** ok"},
	{"a \"quote\" @x.example", "a \"quote\" @x.example"},
	{"IBANDE89370400440532013000", "IBAN******************3000"},
	{"IbanDE89370400440532013001", "IbanDE89370400440532013001"},
	{"http://user:pass@x.example:8080/p", "http://*********@x.example:8080/p"},
	{"http://x.example/p?a@b", "http://x.example/p?a@b"},
	{"order from yesterday number 55667788", "order from yesterday number 55667788"},
};
/* clang-format on */

static void masks_what_is_private(void **state)
{
	(void)state;
	struct arena *a = arena_new();

	for (size_t i = 0; i < COUNT(masks); i++)
		assert_string_equal(str_z(a, spot_mask(a, str_of(masks[i].text))), masks[i].masked);
	arena_free(a);
}

static void masks_any_number_of_cards(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct buf b = BUF(a);

	for (int i = 0; i < 1000; i++)
		buf_z(&b, "4111 1111 1111 1111, ");
	struct str m = spot_mask(a, buf_str(&b));
	assert_int_equal(m.n, b.n);
	assert_true(str_find(m, S("4111")) < 0);
	arena_free(a);
}

/* What once cost, or could cost, more than its length. */
/* clang-format off */
static const struct str units[] = {
	S("1"), S("1 "), S("1-"), S("A1-"), S("+"), S("€"), S("a@"), S("a@b-"), S("1.1."), S("\xff"), S("order "), S("DE12"),
	S("                                                            1234"), S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "12345"),
	S("www."), S("www.,"), S("1 ("), S("(1)"), S("４"), S("ö"), S("ö@ö."), S("order:"), S("no. "), S("4111 "), S("#-"),
	S("5500000000024111 "), S("\""), S("\"a\"@"), S("http://("), S("www.é)"), S("iban"), S("ibande89"), S("a@例"), S("1Z 9"),
	S("number 12345 "), S("Fr. "), S("DE89 "), S("-1 "), S("1 000 "), S("5/1"), S("год "), S("订单"),
};
/* clang-format on */

static struct str repeat(struct arena *a, struct str unit, size_t n)
{
	struct buf b = BUF(a);

	while (b.n < n)
		buf_add(&b, unit);
	return buf_str(&b);
}

static void bounds_hostile_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		struct spot v[64];
		struct str t = repeat(a, units[i], 100000);
		size_t end = 0, n = spot_find(t, v, 64);

		for (size_t k = 0; k < n; k++) {
			assert_true(v[k].from >= end && v[k].to > v[k].from && v[k].to <= t.n);
			end = v[k].to;
		}
		arena_free(a);
	}
}

/* Processor seconds of masking, which looks at every place three times; the best of three. */
static double seconds(struct arena *a, struct str t)
{
	double best = 1e9;

	for (int i = 0; i < 3; i++) {
		struct timespec from, to;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		(void)spot_mask(a, t);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		double s =
		    (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
		best = s < best ? s : best;
	}
	return best;
}

static void takes_linear_time(void **state)
{
	enum { SMALL = 8000 };

	(void)state;
	for (size_t i = 0; i < COUNT(units); i++) {
		struct arena *a = arena_new();
		double once = seconds(a, repeat(a, units[i], SMALL));
		double four = seconds(a, repeat(a, units[i], 4 * SMALL));

		if (four >= 8 * once + 0.002)
			fail_msg("\"%s\": %.4f s, four times as long %.4f s", units[i].p, once,
				 four);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_spans),
	    cmocka_unit_test(masks_what_is_private),
	    cmocka_unit_test(masks_any_number_of_cards),
	    cmocka_unit_test(bounds_hostile_text),
	    cmocka_unit_test(takes_linear_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
