// Times and sizes as the visitor writes them, and links found in text.

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function formatSize(language: string, bytes: number): string {
  let n = bytes
  let i = 0
  for (; n >= 1000 && i < UNITS.length - 1; i++) n /= 1000
  const digits = i > 0 && n < 10 ? 1 : 0
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[i],
    maximumFractionDigits: digits,
  }).format(n)
}

export function formatTime(language: string, at: number): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/** "today", "yesterday", else the date. */
export function formatDay(language: string, at: number, now: number): string {
  const day = (t: number) => new Date(t).setHours(0, 0, 0, 0)
  const days = Math.round((day(at) - day(now)) / 86_400_000)
  if (days === 0 || days === -1)
    return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day')
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long' }).format(at)
}

export interface Piece {
  text: string
  href?: string
}

/** Only whole http addresses become links, and what ends a sentence is not part of them. */
export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    const href = found[0].replace(/[.,;:!?)\]}。，、！？]+$/u, '')
    if (!URL.canParse(href)) continue
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) })
    pieces.push({ text: href, href })
    from = found.index + href.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

export const looksLikeEmail = (text: string) =>
  /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text.trim()) && text.length <= 254
