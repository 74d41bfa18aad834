// What the composer offers while one types: "/" canned replies, "{{" variables, "@" people.

export type Kind = 'canned' | 'variable' | 'mention'

export interface Trigger {
  kind: Kind
  /** Where the sign stands; the text from here to the caret is replaced by what is chosen. */
  from: number
  words: string
}

const RULES: [Kind, RegExp][] = [
  ['variable', /\{\{\s*([\w.]*)$/],
  ['canned', /(?<=^|\s)\/([^\s/]*)$/],
  // Chinese and Japanese write no space before it; an address has a letter there.
  ['mention', /(?<![\w.+-])@([^\s@]*)$/],
]

export function findTrigger(text: string, caret: number, note: boolean): Trigger | undefined {
  const before = text.slice(0, caret)
  for (const [kind, rule] of RULES) {
    if (kind === 'mention' && !note) continue
    const found = rule.exec(before)
    if (found) return { kind, from: found.index, words: found[1] ?? '' }
  }
  return undefined
}

const VARIABLE = /\{\{([^{}]*)\}\}/g

/** The variables in a text that will have no value when it is sent. */
export function unresolved(text: string, values: Map<string, string | null>) {
  const missing = new Set<string>()
  for (const [, inside = ''] of text.matchAll(VARIABLE)) {
    const [path = '', ...filters] = inside.split('|').map((part) => part.trim())
    const kept = filters.some((f) => f.startsWith('fallback'))
    if (!kept && !values.get(path)) missing.add(path || inside)
  }
  return [...missing]
}

/** The text of a canned reply in the customer's language, else in the inbox's, else the first. */
export function textFor<T extends { language: string }>(
  texts: T[],
  wanted: (string | null | undefined)[],
) {
  for (const code of wanted) {
    const same = code && texts.find((x) => x.language.toLowerCase() === code.toLowerCase())
    if (same) return same
    const base = code?.split('-')[0]
    const near = base && texts.find((x) => x.language.split('-')[0] === base)
    if (near) return near
  }
  return texts[0]
}
