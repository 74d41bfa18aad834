// Invoices in the buyers' languages, a return label, a refund slip and a data sheet, printed to
// PDF.
import { barcode } from './scenes.mjs'

const style = `<style>
@page{margin:14mm}body{font:13px/1.5 "Noto Sans CJK SC","Noto Sans","Noto Sans Arabic","DejaVu Sans",sans-serif;color:#10293a}
h1{font-size:22px;margin:0 0 18px}header{display:flex;justify-content:space-between;border-bottom:2px solid #10293a;padding-bottom:10px;margin-bottom:22px}
b.brand{font-size:19px;letter-spacing:.06em}table{width:100%;border-collapse:collapse;margin:18px 0}th,td{padding:7px 4px;border-bottom:1px solid #ddd8cc;text-align:start}
td:last-child,th:last-child{text-align:end}tfoot td{font-weight:600}small{color:#4a6170}.two{display:flex;gap:40px}</style>`

const sheet = (lang, body) =>
  `<!doctype html><html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8">${style}<body><header><b class="brand">DENGYU 灯屿</b><small>Dengyu Home Co., Ningbo<br>care@dengyu.example</small></header>${body}</body></html>`

// language: title, number, buyer, item, amount columns, net, tax, total, thanks
const words = {
  en: [
    'Invoice',
    'Number',
    'Fernhill Studio Ltd<br>3 Quay Lane',
    ['Item', 'Pcs', 'Price'],
    'Table lamp Kiri S',
    'Net',
    'VAT 20 %',
    'Total',
    ['£61.67', '£12.33', '£74.00'],
    'Paid by card. Thank you.',
  ],
  de: [
    'Rechnung',
    'Nummer',
    'Atelier Lindgrün GmbH<br>Am Speicher 4',
    ['Artikel', 'Stück', 'Preis'],
    'Tischleuchte Kiri S',
    'Netto',
    'MwSt. 19 %',
    'Gesamt',
    ['62,18 €', '11,82 €', '74,00 €'],
    'Bezahlt mit Karte. Vielen Dank.',
  ],
  fr: [
    'Facture',
    'Numéro',
    'Atelier des Tilleuls',
    ['Article', 'Qté', 'Prix'],
    'Lampe de table Kiri S',
    'Total HT',
    'TVA 20 %',
    'Total TTC',
    ['61,67 €', '12,33 €', '74,00 €'],
    'Réglée par carte. Merci.',
  ],
  es: [
    'Factura',
    'Número',
    'Estudio Almendro S.L.',
    ['Artículo', 'Uds.', 'Precio'],
    'Lámpara de mesa Kiri S',
    'Base imponible',
    'IVA 21 %',
    'Total',
    ['61,16 €', '12,84 €', '74,00 €'],
    'Pagada con tarjeta. Gracias.',
  ],
  it: [
    'Fattura',
    'Numero',
    'Studio Ginepro S.r.l.',
    ['Articolo', 'Qtà', 'Prezzo'],
    'Lampada da tavolo Kiri S',
    'Imponibile',
    'IVA 22 %',
    'Totale',
    ['60,66 €', '13,34 €', '74,00 €'],
    'Pagata con carta. Grazie.',
  ],
  pt: [
    'Fatura',
    'Número',
    'Ateliê Jacarandá Ltda.',
    ['Item', 'Qtd.', 'Preço'],
    'Luminária de mesa Kiri S',
    'Subtotal',
    'Impostos',
    'Total',
    ['R$ 366,30', 'R$ 77,70', 'R$ 444,00'],
    'Pago com cartão. Obrigado.',
  ],
  ja: [
    '領収書',
    '番号',
    '合同会社ひなた設計 御中',
    ['品名', '数量', '金額'],
    'テーブルランプ Kiri S',
    '税抜',
    '消費税 10 %',
    '合計',
    ['¥11,100', '¥1,110', '¥12,210'],
    '上記の金額を正に領収いたしました。',
  ],
  ko: [
    '거래명세서',
    '번호',
    '온실 디자인 귀중',
    ['품목', '수량', '금액'],
    '테이블 램프 Kiri S',
    '공급가액',
    '부가세 10 %',
    '합계',
    ['100,900원', '10,090원', '110,990원'],
    '카드로 결제되었습니다. 감사합니다.',
  ],
  ar: [
    'فاتورة ضريبية',
    'الرقم',
    'مؤسسة واحة النخيل',
    ['الصنف', 'العدد', 'السعر'],
    'مصباح طاولة Kiri S',
    'المبلغ قبل الضريبة',
    'ضريبة القيمة المضافة 15٪',
    'الإجمالي',
    ['264 ر.س', '39 ر.س', '303 ر.س'],
    'دُفعت بالبطاقة. شكراً لكم.',
  ],
}

function invoice(lang, extra = '') {
  const [title, number, buyer, heads, item, net, tax, total, sums, thanks] = words[lang]
  return sheet(
    lang,
    `<h1>${title}</h1><div class="two"><div>${buyer}</div><div>${number}: DY-R-${20240 + title.length * 7}${extra}</div></div>` +
      `<table><thead><tr>${heads.map((h) => `<th>${h}</th>`).join('')}</tr></thead><tbody><tr><td>${item}</td><td>1</td><td>${sums[2]}</td></tr></tbody>` +
      `<tfoot><tr><td colspan="2">${net}</td><td>${sums[0]}</td></tr><tr><td colspan="2">${tax}</td><td>${sums[1]}</td></tr><tr><td colspan="2">${total}</td><td>${sums[2]}</td></tr></tfoot></table><small>${thanks}</small>`,
  )
}

const label = sheet(
  'en',
  `<h1>RETURN</h1><div class="two"><div><small>From</small><br>Order label 1 of 1<br>Weight 3.4 kg</div><div><small>To</small><br>Dengyu returns desk<br>Hall 7, Quay 12<br>28217 Bremen</div></div>` +
    `<svg width="420" height="120" style="margin-top:26px">${barcode(10, 10, 390, 90, 31)}</svg><p>LX 4419 0027 65 DY</p><small>Put the goods in their box, stick this on the longest side, hand it in at any pick-up point.</small>`,
)
const slip = sheet(
  'pt',
  `<h1>Comprovante de estorno</h1><table><tbody><tr><td>Operação</td><td>Crédito no cartão final 4417</td></tr><tr><td>Código da operadora</td><td>RF 7740 2215 903</td></tr><tr><td>Situação</td><td>Enviado ao banco emissor</td></tr></tbody></table><small>O crédito aparece na fatura seguinte à do fechamento.</small>`,
)
const proforma = sheet(
  'en',
  `<h1>Pro forma invoice</h1><table><thead><tr><th>Item</th><th>HS code</th><th>Pcs</th><th>USD</th></tr></thead><tbody><tr><td>Table lamp Muyu, linen</td><td>9405.21</td><td>90</td><td>3,294.00</td></tr><tr><td>Glass shade, spare</td><td>7013.99</td><td>40</td><td>412.00</td></tr></tbody><tfoot><tr><td colspan="3">Total DAP</td><td>3,706.00</td></tr><tr><td colspan="3">Deposit 30 %</td><td>1,111.80</td></tr></tfoot></table><small>Valid 30 days. Lead time five weeks from the deposit.</small>`,
)
const data = sheet(
  'en',
  `<h1>Muyu table lamp</h1><table><tbody><tr><td>Size</td><td>28 × 28 × 46 cm</td></tr><tr><td>Weight</td><td>2.1 kg</td></tr><tr><td>Light source</td><td>E27, LED 8 W, 2700 K, 806 lm</td></tr><tr><td>Supply</td><td>100–240 V, plug by country</td></tr><tr><td>Materials</td><td>ash, linen, powder-coated steel</td></tr><tr><td>Shade</td><td>flame test report on request</td></tr><tr><td>Carton</td><td>34 × 34 × 52 cm, 2 per master carton</td></tr></tbody></table>`,
)

const a5 = (html) => ({ html, format: 'A5' })
export const documents = {
  ...Object.fromEntries(Object.keys(words).map((l) => [`invoice-${l}.pdf`, a5(invoice(l))])),
  'invoice-en2.pdf': a5(invoice('en', '<br>PO 7741')),
  'invoice-proforma.pdf': a5(proforma),
  'return-label.pdf': a5(label),
  'refund-slip.pdf': a5(slip),
  'datasheet.pdf': a5(data),
}
