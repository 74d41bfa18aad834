import type { IconName } from './icons'

export interface Option {
  value: string | number | null
  text: string
  hint?: string
  icon?: IconName
  colour?: string
  /** Also found by these words. */
  also?: string
  disabled?: boolean
  /** A line above it. */
  split?: boolean
}

const fold = (s: string) => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** Every word typed begins, or lies somewhere in, the option. */
export function matches(option: Option, typed: string) {
  const text = fold(`${option.text} ${option.also ?? ''} ${option.hint ?? ''}`)
  return fold(typed)
    .split(/\s+/)
    .every((word) => text.includes(word))
}
