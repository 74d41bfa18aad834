// How the fields of settings and channels are named: by a key of their own, else in the desk's words.
import type { Field } from '@/api/types'
import { t, te } from './i18n'

export const choicesOf = (f: Field) => f.values?.split('|') ?? []

export function labelOf(f: Field) {
  const key = `setting.${f.name}`
  return te(key) ? t(key) : f.text || f.name.replaceAll('_', ' ')
}

export function hintOf(f: Field) {
  const key = `setting.${f.name}.hint`
  return te(key) ? t(key) : undefined
}

export function valueLabel(f: Field, value: string) {
  for (const key of [`setting.${f.name}.${value}`, `setting.value.${value}`])
    if (te(key)) return t(key)
  return value
}

/** What a new form begins with. */
export function defaultsOf(fields: Field[]) {
  const values: Record<string, unknown> = {}
  for (const f of fields) {
    const given = f.default || choicesOf(f)[0]
    if (f.type === 'bool') values[f.name] = given === true
    else if (given) values[f.name] = given
  }
  return values
}

/** Only what was changed; an untouched secret is not sent. */
export function changesOf(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  fields: Field[],
) {
  const changes: Record<string, unknown> = {}
  for (const f of fields) {
    const secret = f.flags.includes('secret')
    if (
      secret
        ? Boolean(after[f.name])
        : JSON.stringify(after[f.name]) !== JSON.stringify(before[f.name])
    )
      changes[f.name] = after[f.name]
  }
  return changes
}

/** Secrets come as "there is one"; a form begins with them empty. */
export function valuesOf(settings: Record<string, unknown>, fields: Field[]) {
  return Object.fromEntries(
    fields.map((f) => [f.name, f.flags.includes('secret') ? undefined : settings[f.name]]),
  )
}
