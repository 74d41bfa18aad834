/* spot_words.h - the words that tell what a number is, by list.  Included by spot_scan.c alone.
 *
 * Letters are compared without case, but for the lists called exact. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* clang-format off */
static const char *const order_words[] = {
	"order", "order no", "order no.", "order number", "order id", "order #", "ord", "bestellung", "bestellnummer",
	"bestell-nr", "bestell-nr.", "auftrag", "auftragsnummer", "commande", "numéro de commande", "n° de commande",
	"commande n°", "pedido", "número de pedido", "pedido n.º", "pedido nº", "nº de pedido", "pedido número", "ordine",
	"numero ordine", "numero d'ordine", "ordine n.", "ordine n°", "encomenda", "encomenda n.º", "bestelling",
	"bestelnummer", "ordernummer", "zamówienie", "numer zamówienia", "zamówienia", "zamówienie nr", "sipariş",
	"sipariş no", "sipariş numarası", "sipariş numaram", "заказ", "заказа", "номер заказа", "заказ №", "заказа №",
	"заказу", "замовлення", "订单", "订单号", "订单编号", "訂單", "訂單編號", "单号", "注文", "注文番号", "ご注文番号",
	"オーダー番号", "주문", "주문번호", "주문 번호", "طلب", "الطلب", "رقم الطلب", "طلبي رقم", "أوردر", "beställning", "tilaus",
	"ordre", "objednávka", "rendelés", "comanda", "reference", "ref", "bestellung nr.", "order nr", "order nr.",
	"bestellnr", "bestellnr.", "best.-nr.", "auftragsnr", "auftragsnr.", "auftrags-nr.", "bestellcode", "n.º de pedido",
	"numero di ordine", "número de orden", "orden", "nr zamówienia", "nr. zamówienia", "objednávky", "číslo objednávky",
	"nº de encomenda", "mã đơn hàng", "đơn hàng", "คำสั่งซื้อ", "pesanan", "nomor pesanan", "注文no", "受注番号", "order-id",
	"order-no", "order-nr", "订单编码", "ordrenummer", "tilausnumero", "tilausnumeroni", "číslo obj.", "rendelésszám",
};

/* A number of something; of an order unless another word says otherwise. */
static const char *const number_words[] = {"nr", "nr.", "no.", "№", "n°", "nº", "n.º"};

static const char *const other_words[] = {
	"customer", "client", "cliente", "kunden", "kunde", "kundennummer", "haus", "steuer", "invoice", "rechnung", "rechnungs",
	"клиента", "дом", "客户", "发票", "postal", "zip", "code", "coupon", "promo", "voucher", "gutschein", "код", "优惠码", "plz", "room", "zimmer", "konto", "account",
};

static const char *const waybill_words[] = {
	"tracking", "tracking number", "tracking no", "tracking no.", "tracking id", "tracking code", "awb", "waybill",
	"sendungsnummer", "paketnummer", "trackingnummer", "sendung", "numéro de suivi", "suivi", "colis", "seguimiento",
	"número de seguimiento", "guía", "número de guía", "rastreio", "código de rastreio", "rastreamento",
	"código de rastreamento", "tracciamento", "numero di tracking", "numero di spedizione", "spedizione",
	"track & trace", "takip", "takip no", "kargo takip no", "takip numarası", "трек", "трек-номер", "трек номер",
	"накладная", "отслеживания", "номер отслеживания", "运单号", "运单", "快递单号", "物流单号", "物流号", "追踪号", "跟踪号",
	"追跡番号", "伝票番号", "お問い合わせ番号", "송장", "송장번호", "운송장", "운송장번호", "رقم التتبع", "التتبع", "رقم الشحنة",
	"numer przesyłki", "przesyłki", "shipment", "parcel number", "parcel no",
	"paket-nr.", "paketnr.", "sendungsnr", "sendungsnr.", "sendungs-nr.", "nr przesyłki", "n° de suivi", "no de suivi",
	"spårningsnummer", "sporingsnummer", "mã vận đơn", "resi", "no resi", "nomor resi", "track no", "track number",
};

/* Carriers and the like: a long number behind them is a waybill. */
static const char *const carrier_words[] = {
	"fedex", "usps", "ups", "dhl", "dpd", "gls", "hermes", "evri", "ems", "royal mail", "colissimo", "correos", "poczta",
	"track", "parcel", "package", "paket", "paczka", "paczki", "顺丰", "圆通", "中通", "申通", "韵达", "京东", "快递", "посылка", "ヤマト",
	"佐川", "aramex", "tnt", "j&t", "cdek", "сдэк",
};

static const char *const sku_words[] = {
	"sku", "item", "item no", "item no.", "item number", "model", "article", "artikel", "artikelnummer", "art.-nr.",
	"art.nr.", "référence", "réf.", "ref.", "modelo", "referencia", "modello", "codice articolo", "modell", "asin",
	"型号", "货号", "商品编号", "款号", "型番", "品番", "商品番号", "모델", "품번", "артикул", "модель", "الموديل", "part number", "part no",
	"ürün kodu", "model no", "kod produktu",
	"art. nr.", "art-nr.", "artikelnr.", "artikel-nr.", "product code", "producto", "codice", "商品コード", "sản phẩm",
};

static const char *const phone_words[] = {
	"phone", "tel", "tel.", "telephone", "mobile", "cell", "whatsapp", "call me", "call me at", "call me on", "telefon",
	"handy", "telefonnummer", "téléphone", "tél", "tél.", "portable", "teléfono", "móvil", "celular", "telefone",
	"telemóvel", "telefono", "cellulare", "telefoon", "телефон", "тел", "тел.", "电话", "手机", "手机号", "联系电话", "電話",
	"電話番号", "携帯", "전화", "전화번호", "휴대폰", "연락처", "هاتف", "الهاتف", "جوال", "رقم الهاتف", "wechat", "微信", "number", "numer telefonu",
	"rufen sie mich an", "erreichbar unter", "my number is", "numara", "numaram", "telefonum",
	"tel.nr.", "tel. nr.", "call", "text me at", "fax", "zalo", "sđt", "điện thoại", "โทร", "hp", "wa", "звоните",
	"позвоните", "номер телефона", "ligue", "ligar", "appelez", "llámame", "llame", "chiamatemi", "numéro de téléphone",
};

/* Before a day such as 5/11. */
static const char *const day_words[] = {
	"on", "by", "until", "till", "til", "since", "from", "before", "after", "due", "dated", "date", "delivered", "arrived",
	"ordered", "shipped", "received", "placed", "bought", "paid", "sent", "returned", "am", "bis", "seit", "vom", "zum", "ab",
	"le", "du", "au", "depuis", "avant", "el", "del", "hasta", "desde", "il", "dal", "entro", "em", "até", "op", "sinds",
	"voor", "до", "с", "от", "после", "dnia", "od", "den", "d.", "日期", "于", "从", "截至", "tarih",
};

static const char *const expiry_words[] = {
	"exp", "exp.", "expires", "expiry", "expiration", "exp date", "expiry date", "expiring", "valid", "valid thru",
	"valid until", "valid to", "thru", "gültig bis", "expire", "expire le", "scadenza", "scade", "caduca", "vence",
	"vencimiento", "validade", "geldig tot", "ważna do", "срок", "годен до", "срок действия", "有效期", "有效期至", "有効期限", "期限",
};

static const char *const version_words[] = {
	"version", "ver", "ver.", "v", "v.", "firmware", "fw", "build", "ios", "android", "rev", "rev.", "release", "sdk",
	"versión", "versione", "версия", "版本", "固件", "バージョン", "ip",
};

/* What may stand between such a word and the number. */
static const char *const filler_words[] = {
	"number", "no.", "no", "nr.", "nr", "id", "is", "was", "nº", "n°", "№", "n.º", "numéro", "número", "numero", "ist",
	"est", "es", "è", "号是", "是", "は", "code", "номер", "رقم", "number is", "my", "the", "у",
};

static const char *const months[] = {
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
	"december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
	"januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "janvier", "février", "mars", "avril",
	"juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril",
	"mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "janeiro", "fevereiro",
	"março", "maio", "junho", "julho", "setembro", "outubro", "novembro", "dezembro", "gennaio", "febbraio", "aprile",
	"maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "января", "февраля", "марта", "апреля", "мая",
	"июня", "июля", "августа", "сентября", "октября", "ноября", "декабря", "stycznia", "lutego", "marca", "kwietnia",
	"maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia", "ocak", "şubat", "mart",
	"nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım", "aralık", "januari", "februari", "maart",
	"mei", "augustus", "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
};

/* After a day such as 5/11. */
static const char *const day_back_words[] = {
	"下单", "下的单", "发货", "发的货", "收到", "签收", "到货", "之前", "前", "以前", "まで", "までに", "に注文", "に届", "까지", "에",
};

static const char *const han_date_words[] = {"年", "月", "日", "号", "號", "년", "월", "일"};

/* Money before a number. */
static const char *const front_words[] = {
	"EUR", "USD", "GBP", "CNY", "RMB", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "BRL", "MXN", "AUD",
	"NZD", "SGD", "HKD", "TWD", "euro", "US$", "R$", "A$", "AU$", "C$", "CA$", "HK$", "NT$", "S$", "SG$", "MX$", "NZ$", "RD$",
	"AR$", "CL$", "US $", "CA $", "AU $", "HK $", "NT $", "MX $", "USD$", "CAD$", "AUD$", "RMB¥", "CO$", "MOP$", "€", "$", "£", "¥", "￥", "₽", "₩", "₺", "₴", "₹", "₫", "฿", "₱", "₦", "₪", "₸", "＄",
	"kr", "kr.", "Kč", "Rs.", "Rs", "Rp", "Rp.", "руб", "руб.",
};

static const char *const front_exact_words[] = {
	"RON", "TRY", "CAD", "KRW", "INR", "RUB", "UAH", "AED", "SAR", "ILS", "THB", "VND", "IDR", "MYR", "PHP", "ZAR", "ARS",
	"CLP", "COP", "PEN", "KZT", "BGN", "EGP", "MAD", "NGN", "KES", "PKR", "QAR", "KWD", "Fr.", "SFr.", "sFr.", "S/", "S/.", "TL", "RM",
};

/* Money after a number. */
static const char *const back_words[] = {
	"EUR", "USD", "GBP", "CNY", "RMB", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "KRW", "INR", "RUB",
	"UAH", "AED", "SAR", "THB", "VND", "IDR", "MYR", "ZAR", "ARS", "CLP", "BRL", "MXN", "AUD", "NZD", "SGD", "HKD",
	"TWD", "KZT", "BGN", "EGP", "NGN", "PKR", "US$", "R$", "A$", "C$", "HK$", "NT$", "S$", "$US", "$CA", "$CAN",
	"€", "$", "£", "¥", "￥", "₽", "₩", "₺", "₴", "₹", "₫", "฿", "₱", "₦", "₪", "₸", "zł", "zl", "złotych", "złote", "Kč", "kr",
	"lei", "euros", "euro", "dollars", "dollar", "pounds", "quid", "yuan", "yen", "reais", "pesos", "rubles", "roubles",
	"rupees", "ringgit", "rupiah", "baht", "dong", "đồng", "đ", "vnđ", "soles", "lira", "liras", "dólares", "libras", "kronor",
	"kroner", "forint", "korun", "元", "块钱", "块", "円", "圆", "欧元", "美元", "美金", "英镑", "日元", "人民币", "港币", "港元", "台币", "원",
	"บาท", "руб", "рублей", "рубля", "р", "евро", "долларов", "гривен", "грн", "тенге", "тг", "сум", "лв", "Pfund", "TL",
	"يورو", "دولار", "ريال", "درهم",
};

static const char *const back_exact_words[] = {"RON", "TRY", "PHP", "COP", "PEN", "MAD", "Ft", "RM", "Rs", "Rp", "KES", "ILS"};

static const char *const times_words[] = {
	"k", "m", "mln", "mio", "mio.", "mrd", "tys", "tys.", "тыс", "тыс.", "млн", "mil", "lakh", "万", "萬", "千", "億", "만", "천",
};
/* clang-format on */
