// Dates, names of languages and countries, sizes: in the reader's language and zone.
import { computed } from 'vue'

import { locale, t } from './i18n'
import { session } from './session'

const DAY_MS = 86_400_000

export const zone = computed(() => session.value?.person.zone || undefined)

const cache = new Map<string, Intl.DateTimeFormat>()
function format(at: number, options: Intl.DateTimeFormatOptions, timeZone = zone.value) {
  const key = `${locale.value} ${timeZone} ${JSON.stringify(options)}`
  let made = cache.get(key)
  if (!made) {
    made = makeFormat({ ...options, timeZone })
    cache.set(key, made)
  }
  return made.format(at)
}

function makeFormat(options: Intl.DateTimeFormatOptions) {
  try {
    return new Intl.DateTimeFormat(locale.value, options)
  } catch {
    return new Intl.DateTimeFormat(locale.value, { ...options, timeZone: undefined })
  }
}

const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const DATE = { year: 'numeric', month: 'short', day: 'numeric' } as const

export const timeOf = (at: number) => format(at, TIME)
export const dateTime = (at: number) => format(at, { ...DATE, ...TIME })
/** A moment of the next days: which day of the week, and when. */
export const dayTime = (at: number) =>
  format(at, { weekday: 'short', month: 'short', day: 'numeric', ...TIME })
export const dateOf = (at: number) => format(at, DATE)
export const dayKey = (at: number) =>
  format(at, { year: 'numeric', month: '2-digit', day: '2-digit' })

export function dayLabel(at: number, now = Date.now()) {
  if (dayKey(at) === dayKey(now)) return t('time.today')
  if (dayKey(at) === dayKey(now - DAY_MS)) return t('time.yesterday')
  const year = now - at > 300 * DAY_MS ? ({ year: 'numeric' } as const) : {}
  return format(at, { ...year, month: 'long', day: 'numeric', weekday: 'short' })
}

/** For a list: the time today, the day before that. */
export function shortTime(at: number, now = Date.now()) {
  if (dayKey(at) === dayKey(now)) return timeOf(at)
  if (now - at < 300 * DAY_MS) return format(at, { month: 'short', day: 'numeric' })
  return format(at, { year: 'numeric', month: 'numeric', day: 'numeric' })
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [DAY_MS, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]

export function ago(at: number, now = Date.now()) {
  const names = new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto', style: 'short' })
  for (const [size, unit] of STEPS)
    if (Math.abs(at - now) >= size) return names.format(Math.round((at - now) / size), unit)
  return t('time.now')
}

/** How long somebody has waited, as short as it goes: 4 m, 3 h, 2 d. */
export function span(ms: number) {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 60) return t('time.minutes', { n: minutes })
  if (minutes < 48 * 60) return t('time.hours', { n: Math.floor(minutes / 60) })
  return t('time.days', { n: Math.floor(minutes / 1440) })
}

/** The clock on somebody's wall, or nothing when their zone is unknown here. */
export function timeThere(timeZone: string | null | undefined, now: number) {
  if (!timeZone) return ''
  try {
    return new Intl.DateTimeFormat(locale.value, { ...TIME, timeZone }).format(now)
  } catch {
    return ''
  }
}

export const cityOf = (timeZone: string) => timeZone.split('/').pop()?.replaceAll('_', ' ') ?? ''

function displayName(type: 'language' | 'region', code: string) {
  try {
    return new Intl.DisplayNames([locale.value], { type, fallback: 'code' }).of(code) ?? code
  } catch {
    return code
  }
}

export const languageName = (code: string) => displayName('language', code)
export const countryName = (code: string) => displayName('region', code)

export function bytes(n: number) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let step = 0
  let size = n
  while (size >= 1000 && step < units.length - 1) {
    size /= 1000
    step++
  }
  return `${size.toLocaleString(locale.value, { maximumFractionDigits: size < 10 && step ? 1 : 0 })} ${units[step]}`
}

export const number = (n: number) => n.toLocaleString(locale.value)
