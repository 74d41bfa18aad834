// Elements and icons made one by one: no markup strings, so a page with the strictest policy lets
// them be.

type Attrs = Record<string, string | boolean | ((e: never) => void) | undefined>
type Child = Node | string | undefined | false

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attrs: Attrs = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag)
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') el.addEventListener(name, value as EventListener)
    else el.setAttribute(name, value === true ? '' : value)
  }
  for (const child of children) if (child) el.append(child)
  return el
}

/** Strokes of a 24 by 24 grid. */
// prettier-ignore
const icons = {
  chat: 'M4 19.5V7a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H8zM8.5 9h7M8.5 12.5h4.5',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M5 9l7 7 7-7',
  send: 'M12 19V5M5.5 11.5L12 5l6.5 6.5',
  clip: 'M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L9.8 17.3a1.7 1.7 0 0 1-2.4-2.4L15 7.3',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  save: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  wait: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
}

export function icon(name: keyof typeof icons): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', icons[name])
  svg.append(path)
  return svg
}

/** Puts a stylesheet on a shadow root without a style element where the browser can. */
export function dress(root: ShadowRoot, css: string) {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } else {
    root.append(h('style', {}, css))
  }
}

/** Black or white, whichever is easier to read on the colour. */
export function inkOn(color: string): string {
  const n = parseInt(color.slice(1), 16)
  const part = (shift: number) => {
    const c = ((n >> shift) & 255) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  const light = 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
  return 1.05 / (light + 0.05) >= 4.5 ? '#ffffff' : '#10293a'
}
