// Chance with a fixed seed, the scripts' little language, and money as each country writes it.

/** A small generator: the same seed gives the same company every time. */
export function chance(seed) {
  let s = seed >>> 0
  const next = () => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (lo, hi) => lo + Math.floor(next() * (hi - lo + 1))
  const pick = (list) => list[int(0, list.length - 1)]
  const shuffle = (list) => {
    const out = [...list]
    for (let i = out.length - 1; i > 0; i--) {
      const j = int(0, i)
      ;[out[i], out[j]] = [out[j], out[i]]
    }
    return out
  }
  return { next, int, pick, shuffle, yes: (p) => next() < p }
}

const KINDS = { '<': 'in', '>': 'out', '!': 'note', '~': 'event' }

/** One language's scripts: a head line `= goods | tags | priority | mode | subjects`, then its turns. */
export function readScripts(language, text) {
  const scripts = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('= ')) {
      const [goods, tags, priority, mode, subjects] = line.slice(2).split(' | ')
      const list = tags.split(', ')
      scripts.push({
        language,
        goods,
        tags: list,
        priority,
        mode,
        subjects: subjects.split(' / '),
        turns: [],
      })
      continue
    }
    scripts.at(-1).turns.push(readTurn(line))
  }
  return scripts
}

function readTurn(line) {
  const kind = KINDS[line[0]]
  if (!kind) throw new Error(`a line of no kind: ${line}`)
  if (kind === 'event') {
    const [event, a, b] = line.slice(2).split(' ')
    return event === 'tagged' ? { kind, event, to: a } : { kind, event, from: a, to: b }
  }
  const files = []
  const text = line
    .slice(2)
    .replace(/ @([a-z0-9-]+):(\S+)/g, (_, file, name) => (files.push({ file, name }), ''))
  return { kind, text, files }
}

/** Choose between {a|b}, (his~hers), then put the values in for $x. */
export function fill(text, r, values, male) {
  return text
    .replace(/\{([^{}]*\|[^{}]*)\}/g, (_, all) => r.pick(all.split('|')))
    .replace(/\(([^()~]*)~([^()~]*)\)/g, (_, his, hers) => (male ? his : hers))
    .replace(/\$([a-zA-Z])/g, (whole, name) => values[name] ?? whole)
}

const LOCALES = {
  US: 'en-US',
  GB: 'en-GB',
  DE: 'de-DE',
  FR: 'fr-FR',
  ES: 'es-ES',
  IT: 'it-IT',
  BR: 'pt-BR',
}

/** An amount in euros as the country's shop shows it. */
export function money(country, place, euros) {
  const [sign, rate, digits, where] = place.money
  const step = digits < 0 ? 10 ** -digits : 1
  const amount = Math.round((euros * rate) / step) * step
  const figure = new Intl.NumberFormat(LOCALES[country] ?? 'en-US', {
    minimumFractionDigits: Math.max(digits, 0),
    maximumFractionDigits: Math.max(digits, 0),
  }).format(digits > 0 ? Math.round(euros * rate) - 0.1 : amount)
  const body = country === 'KZ' ? figure.replaceAll(',', '\u00a0') : figure
  return where === 'before' ? sign + body : body + (where === 'after' ? '\u00a0' : '') + sign
}
