// The pictures, drawn as SVG with light, grain and shadow so that they read as phone photographs.

const defs = `<defs>
<filter id="grain"><feTurbulence baseFrequency=".8" numOctaves="2" seed="4"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .45 0 0 0 0 .4 0 0 0 .16 0"/></filter>
<filter id="wood" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency=".006 .16" numOctaves="3" seed="8"/><feColorMatrix values="0 0 0 0 .28 0 0 0 0 .17 0 0 0 0 .09 0 0 0 .75 -.18"/></filter>
<filter id="soft"><feGaussianBlur stdDeviation="14"/></filter><filter id="soft2"><feGaussianBlur stdDeviation="5"/></filter>
<filter id="rough"><feTurbulence baseFrequency=".03" numOctaves="3" seed="3"/><feDisplacementMap in="SourceGraphic" scale="9"/></filter>
<radialGradient id="vig" cx=".5" cy=".45" r=".75"><stop offset=".6" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".42"/></radialGradient>
<radialGradient id="glow"><stop offset="0" stop-color="#ffe9b8"/><stop offset="1" stop-color="#ffd48a" stop-opacity="0"/></radialGradient>
<linearGradient id="wall" x2="0" y2="1"><stop stop-color="#cfc7b8"/><stop offset="1" stop-color="#b7ad9b"/></linearGradient>
<linearGradient id="card" x2="1" y2=".4"><stop stop-color="#c99b66"/><stop offset="1" stop-color="#a97a48"/></linearGradient>
<linearGradient id="card2" x2="1"><stop stop-color="#8d6437"/><stop offset="1" stop-color="#a2763f"/></linearGradient>
<linearGradient id="linen" x2="1"><stop stop-color="#b9ab90"/><stop offset=".4" stop-color="#efe6d2"/><stop offset="1" stop-color="#a89876"/></linearGradient>
<linearGradient id="glaze" x2="1"><stop stop-color="#35605f"/><stop offset=".35" stop-color="#8db3aa"/><stop offset="1" stop-color="#27494a"/></linearGradient>
<linearGradient id="cup" x2="1"><stop stop-color="#c5beb0"/><stop offset=".35" stop-color="#f4efe4"/><stop offset="1" stop-color="#a9a191"/></linearGradient>
<linearGradient id="metal" x2="1"><stop stop-color="#23282b"/><stop offset=".4" stop-color="#6b7478"/><stop offset="1" stop-color="#15191b"/></linearGradient>
<linearGradient id="dusk" x2="0" y2="1"><stop stop-color="#26394a"/><stop offset="1" stop-color="#4f4a4c"/></linearGradient></defs>`

const photo = (body) =>
  `<svg viewBox="0 0 800 600" xmlns="http://www.w3.org/2000/svg">${defs}${body}` +
  `<rect width="800" height="600" filter="url(#grain)" opacity=".45"/><rect width="800" height="600" fill="url(#vig)"/></svg>`

const table = (y, tone = '#8f6a45') =>
  `<rect y="${y}" width="800" height="${600 - y}" fill="${tone}"/><rect y="${y}" width="800" height="${600 - y}" filter="url(#wood)"/>`
const wall = `<rect width="800" height="600" fill="url(#wall)"/>`
const shadow = (cx, cy, rx, ry, o = 0.5) =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="#1a120a" opacity="${o}" filter="url(#soft)"/>`
const crack = (d, w = 4) =>
  `<path d="${d}" fill="none" stroke="#2a2119" stroke-width="${w}" stroke-linejoin="bevel"/>` +
  `<path d="${d}" fill="none" stroke="#fff8e6" stroke-width="1.4" transform="translate(3 1)" opacity=".8"/>`

/** Black bars as a reader would scan them; the same seed gives the same code. */
export function barcode(x, y, w, h, seed) {
  let s = seed
  let out = ''
  for (let at = 0; at < w;) {
    s = (s * 1103515245 + 12345) % 2147483648
    const bar = 1 + ((s >> 8) % 4)
    out += `<rect x="${x + at}" y="${y}" width="${bar}" height="${h}" fill="#1c1c1c"/>`
    at += bar + 1 + ((s >> 16) % 4)
  }
  return out
}

const lines = (x, y, widths, step = 22) =>
  widths
    .map(
      (w, i) =>
        `<rect x="${x}" y="${y + i * step}" width="${w}" height="7" rx="3" fill="#6d6a66" opacity=".75"/>`,
    )
    .join('')

const box = (extra) =>
  `${shadow(410, 500, 270, 46, 0.6)}<path d="M170 210 L400 250 L400 520 L170 450Z" fill="url(#card2)"/>` +
  `<path d="M400 250 L640 200 L640 440 L400 520Z" fill="url(#card)"/><path d="M170 210 L410 165 L640 200 L400 250Z" fill="#d7ad78"/>` +
  `<path d="M275 190 L520 225 L520 262 L505 266 L505 232 L262 193Z" fill="#e8d9b8" opacity=".75"/>` +
  `<path d="M455 320 L600 285 L600 375 L455 415Z" fill="#f3efe6"/><g transform="matrix(1 -.24 0 1 0 0)">${barcode(470, 470, 110, 34, 77)}` +
  `${lines(470, 448, [70, 96], 10)}</g>${extra}`

const shade = (extra) =>
  `${wall}<rect x="0" y="0" width="250" height="600" fill="#e9e0cd" opacity=".35"/>${table(505, '#7b5a3a')}${shadow(400, 540, 130, 16)}` +
  `<rect x="393" y="330" width="14" height="205" fill="url(#metal)"/><ellipse cx="400" cy="538" rx="92" ry="14" fill="#202426"/>` +
  `<path d="M270 110 L530 110 L585 345 L215 345Z" fill="url(#linen)"/><ellipse cx="400" cy="345" rx="185" ry="20" fill="#94866a"/>` +
  `<ellipse cx="400" cy="110" rx="130" ry="13" fill="#d9ceb6"/>${extra}`

const globe =
  `${wall}${table(470, '#6e5640')}${shadow(400, 500, 190, 30)}<circle cx="400" cy="290" r="200" fill="#e8eceb" opacity=".92"/>` +
  `<circle cx="340" cy="220" r="120" fill="#fff" opacity=".7" filter="url(#soft)"/><path d="M330 470 h140 l10 40 h-160z" fill="url(#metal)"/>` +
  crack('M430 92 L415 160 L452 205 L428 262 L470 318 L440 372') +
  crack('M452 205 L520 190 L560 214', 3) +
  crack('M428 262 L372 290 L350 340', 3) +
  `<path d="M430 92 l44 22 -22 40 -34 -20z" fill="#a69c8b"/>`

const shards = [
  'M180 430 l70 -60 60 40 -30 70 -80 10z',
  'M330 400 l60 -110 70 20 20 110 -80 40z',
  'M500 430 l40 -70 70 10 10 60 -60 40z',
  'M300 490 l60 -20 30 40 -70 20z',
  'M430 490 l50 -14 30 34 -60 14z',
  'M590 500 l40 -24 24 30 -44 16z',
  'M220 520 l30 -16 26 22 -36 14z',
]
const vase =
  `${table(0, '#94714c')}${shadow(400, 470, 300, 70, 0.55)}<path d="M90 470 L200 300 L420 250 L640 320 L720 480 L520 560 L240 560Z" fill="#e9e4d8" filter="url(#rough)"/>` +
  shards
    .map(
      (d, i) =>
        `<path d="${d}" fill="#1c2a2a" opacity=".5" transform="translate(5 9)" filter="url(#soft2)"/><path d="${d}" fill="${i % 3 === 1 ? '#d8d2c3' : 'url(#glaze)'}" stroke="#e9e2d0" stroke-width="3"/>`,
    )
    .join('') +
  `<path d="M340 300 q50 -50 120 0 l-8 30 q-50 -30 -104 0z" fill="url(#glaze)" stroke="#e9e2d0" stroke-width="4"/>`

const mug = (x, chip) =>
  `${shadow(x + 80, 462, 110, 18)}<path d="M${x + 150} 290 q85 0 78 70 q-8 62 -84 52" fill="none" stroke="url(#cup)" stroke-width="22"/>` +
  `<path d="M${x} 245 L${x + 165} 245 L${x + 150} 450 Q${x + 82} 478 ${x + 15} 450Z" fill="url(#cup)"/>` +
  `<ellipse cx="${x + 82}" cy="245" rx="83" ry="20" fill="#8b8375"/><ellipse cx="${x + 82}" cy="249" rx="72" ry="15" fill="#5f594f"/>` +
  `<path d="M${x + 3} 300 q80 26 158 0" stroke="#4d7f8a" stroke-width="7" fill="none"/>` +
  (chip
    ? `<path d="M${x + 30} 262 l14 24 20 -6 16 14 14 -30 -20 6z" fill="#fffdf6" stroke="#98856b" stroke-width="2"/>`
    : '')

const paper = (angle, body) =>
  `${table(0, '#7d6248')}<g transform="rotate(${angle} 400 300)">${shadow(410, 320, 250, 190, 0.55)}${body}</g>`
const cardBody =
  `<rect x="170" y="130" width="460" height="330" fill="#f6efdc"/><rect x="170" y="130" width="460" height="58" fill="#2c6b8a"/>` +
  `<circle cx="210" cy="159" r="16" fill="#f6efdc"/><path d="M202 165 l8 -16 8 16z" fill="#2c6b8a"/>${lines(240, 148, [150, 90], 16)}` +
  `${lines(195, 215, [200, 250, 180])}<rect x="470" y="208" width="130" height="64" fill="none" stroke="#b03a2a" stroke-width="3"/>` +
  `<text x="535" y="249" font-family="DejaVu Sans" font-size="26" fill="#b03a2a" text-anchor="middle">TAX</text>` +
  `${lines(195, 300, [330, 300, 360])}${barcode(195, 385, 260, 50, 4211)}<path d="M500 430 q20 -50 40 -10 t40 -14" stroke="#27408b" stroke-width="3" fill="none"/>`
const formBody =
  `<rect x="190" y="30" width="420" height="560" fill="#fbfaf4"/><g fill="none" stroke="#3d4a55" stroke-width="2"><path d="M215 110h370M215 190h370M215 270h370M215 350h370M215 430h370M400 190v160"/><rect x="215" y="60" width="370" height="460"/></g>` +
  `<text x="230" y="94" font-family="DejaVu Sans" font-size="20" fill="#26323b">CN 23</text>${lines(330, 78, [180, 120], 14)}` +
  `${lines(228, 128, [180, 240], 20)}${lines(228, 208, [120, 90])}${lines(415, 208, [110, 140])}${lines(228, 288, [140])}${lines(415, 288, [90, 120])}${lines(228, 368, [280, 200])}` +
  `${barcode(228, 452, 200, 44, 909)}<g transform="rotate(-14 510 470)" fill="none" stroke="#9c2f52" stroke-width="4" opacity=".8"><circle cx="510" cy="470" r="46"/><circle cx="510" cy="470" r="34"/></g>`
const receiptBody =
  `<path d="M270 40 h260 v500 l-20 -12 -20 12 -20 -12 -20 12 -20 -12 -20 12 -20 -12 -20 12 -20 -12 -20 12 -20 -12 -20 12z" fill="#faf8f2"/>` +
  `<circle cx="400" cy="90" r="22" fill="none" stroke="#333" stroke-width="4"/><path d="M388 96 l12 -22 12 22z" fill="#333"/>${lines(300, 135, [200, 150, 180])}` +
  `${lines(300, 230, [90, 120, 70])}${lines(450, 230, [50, 50, 50])}<path d="M300 310h200" stroke="#555" stroke-dasharray="6 5"/>${lines(300, 335, [120])}` +
  `${lines(440, 335, [60])}${barcode(300, 390, 200, 56, 5150)}<text x="400" y="480" font-family="DejaVu Sans Mono" font-size="17" text-anchor="middle" fill="#333">OK · 16:42</text>`

const foot =
  `<rect width="800" height="600" fill="#c9c2b4"/>${shadow(400, 330, 280, 240, 0.4)}<circle cx="400" cy="300" r="240" fill="#2a3033"/><circle cx="400" cy="300" r="226" fill="#3b4347"/>` +
  `<g fill="#22282b"><circle cx="250" cy="210" r="20"/><circle cx="550" cy="210" r="20"/><circle cx="400" cy="470" r="20"/></g><circle cx="400" cy="150" r="26" fill="#191d1f"/>` +
  `<rect x="285" y="225" width="230" height="150" rx="6" fill="#eceae3"/><text x="300" y="258" font-family="Noto Sans CJK SC, DejaVu Sans" font-size="22" font-weight="bold" fill="#1d2b33">DENGYU 灯屿</text>` +
  `<text x="300" y="286" font-family="DejaVu Sans" font-size="14" fill="#1d2b33">100–240 V ~ 50/60 Hz · 8 W · IP20</text>${barcode(300, 298, 120, 30, 240)}` +
  `<text x="300" y="358" font-family="DejaVu Sans Mono" font-size="23" font-weight="bold" fill="#1d2b33">2406-A</text>` +
  `<rect x="292" y="334" width="108" height="32" rx="6" fill="none" stroke="#d9482f" stroke-width="5"/><path d="M560 480 C520 470 450 440 408 372" fill="none" stroke="#d9482f" stroke-width="7"/><path d="M400 362 l4 26 22 -14z" fill="#d9482f"/>`

const kitchen =
  `<rect width="800" height="600" fill="url(#dusk)"/><rect x="520" y="80" width="210" height="250" fill="#3c5a73"/><path d="M520 205h210M625 80v250" stroke="#1e2b36" stroke-width="8"/>` +
  `<circle cx="300" cy="270" r="330" fill="url(#glow)" opacity=".75"/><path d="M300 0v150" stroke="#15191b" stroke-width="4"/><path d="M190 240 Q200 150 300 148 Q400 150 410 240Z" fill="#e9dcc0"/>` +
  `<path d="M190 240 Q200 150 300 148 Q300 200 260 240Z" fill="#fff3d4"/><ellipse cx="300" cy="240" rx="110" ry="14" fill="#fff6dd"/>${table(430, '#6b4a2f')}` +
  `<ellipse cx="300" cy="455" rx="240" ry="30" fill="#ffdf9f" opacity=".4" filter="url(#soft)"/><ellipse cx="360" cy="470" rx="70" ry="16" fill="#e9e3d6"/><ellipse cx="360" cy="462" rx="58" ry="16" fill="#4d7f5a"/>` +
  `<rect x="190" y="390" width="40" height="80" rx="8" fill="#8fb3ad"/><path d="M205 392 q-30 -60 -6 -100 M212 392 q10 -70 40 -90" stroke="#3f6b48" stroke-width="6" fill="none"/>`

const pins = [
  ['EU · KR · KZ', '<circle cx="-18" r="8"/><circle cx="18" r="8"/>'],
  [
    'US · JP · TH',
    '<rect x="-24" y="-16" width="9" height="32"/><rect x="15" y="-16" width="9" height="32"/>',
  ],
  [
    'UK · SA',
    '<rect x="-6" y="-34" width="12" height="24"/><rect x="-30" y="8" width="22" height="11"/><rect x="8" y="8" width="22" height="11"/>',
  ],
  ['BR', '<circle cx="-24" cy="4" r="7"/><circle cx="24" cy="4" r="7"/><circle cy="-8" r="7"/>'],
]
const plugs =
  `<svg viewBox="0 0 800 600" xmlns="http://www.w3.org/2000/svg"><rect width="800" height="600" fill="#f7f5f0"/>` +
  pins
    .map(
      ([name, shape], i) =>
        `<g transform="translate(${220 + (i % 2) * 360} ${160 + Math.floor(i / 2) * 280})"><rect x="-90" y="-90" width="180" height="180" rx="46" fill="#fff" stroke="#10293a" stroke-width="4"/>` +
        `<g fill="#10293a" transform="scale(1.5)">${shape}</g><text y="130" font-family="DejaVu Sans" font-size="24" text-anchor="middle" fill="#10293a">${name}</text></g>`,
    )
    .join('') +
  '</svg>'

export const scenes = {
  'shade-crack-v1.jpg': photo(
    shade(
      crack('M410 112 L396 170 L424 214 L402 262 L430 300 L418 346', 6) +
        crack('M424 214 L470 236 L492 280', 4),
    ),
  ),
  'shade-crack-v2.jpg': photo(globe),
  'parcel-dent-v1.jpg': photo(
    `${wall}<rect width="800" height="330" fill="#8a938f"/>${table(330, '#6a675f')}${box('<path d="M640 200 L560 214 L585 262 L622 286 L640 330Z" fill="#6d4a24"/><path d="M560 214 L602 238 L585 262 L625 262 L622 290" stroke="#3f2a12" stroke-width="4" fill="none"/><path d="M640 200 L596 222 L640 260Z" fill="#c9945a"/>')}`,
  ),
  'parcel-dent-v2.jpg': photo(
    `<rect width="800" height="600" fill="#b9b4aa"/><path d="M0 300h800M0 450h800M200 300v300M520 300v300" stroke="#8f8a80" stroke-width="5"/>${box('<path d="M200 330 L290 350 L310 430 L250 420 L215 400Z" fill="#2d1d0d" filter="url(#rough)"/><path d="M196 326 L292 346 L300 372 L230 352Z" fill="#c59a64" filter="url(#rough)"/>')}`,
  ),
  'parcel-wet.jpg': photo(
    `<rect width="800" height="600" fill="#77817f"/>${table(340, '#5b5147')}${box('<path d="M400 400 Q470 340 540 410 Q600 380 640 410 L640 440 L400 520Z" fill="#4a3115" opacity=".72" filter="url(#rough)"/><path d="M170 380 Q240 360 300 430 L400 440 L400 520 L170 450Z" fill="#3d2810" opacity=".7" filter="url(#rough)"/>')}`,
  ),
  'vase-broken.jpg': photo(vase),
  'customs-card.jpg': photo(paper(-6, cardBody)),
  'customs-form.jpg': photo(paper(4, formBody)),
  'mug-chip.jpg': photo(`${wall}${table(400, '#8a6a4a')}${mug(130, true)}${mug(450, false)}`),
  'label-foot.jpg': photo(foot),
  'lamp-mounted.jpg': photo(kitchen),
  'receipt.jpg': photo(paper(3, receiptBody)),
  'plug.png': plugs,
}
