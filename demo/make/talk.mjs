// One conversation out of one script: the slots filled, the turns dressed as mail or chat, the
// times set.
import { fill, money } from './text.mjs'

const GREETS =
  /^(hi|hello|good|dear|guten|hallo|bonjour|hola|buen[ao]s|buongiorno|ciao|salve|oi|olá|здрав|добр|السلام|مرحب|وعليكم|สวัสดี|안녕|お世話|お待たせ|dies|hiermit)/i
const THANKS =
  /gra[cz]i|thank|dank|merci|obrigad|감사|спасибо|благодар|شكر|ขอบคุณ|ありがとう|お願い/i
const CLOSED = new Set(
  (
    'die der das danke gern gut bei heute für zwei bestellt es ich wir unsere meine natürlich ist ja nein ' +
    'stimmt und wie haben könnte am auf dann in unser mein vielen'
  ).split(' '),
)

/** The values of one conversation's slots. */
export function slots(desk, r, { customer, script, person }) {
  const { places, words } = desk
  const place = places[customer.country]
  const product = r.pick(
    words.products[script.goods] ?? words.products[r.pick(['table', 'floor', 'pendant', 'vase'])],
  )
  const share = { mug: 1 / 3, blanket: 1 / 2 }[script.goods] ?? 1
  const who = customer._
  const language = script.language
  const particle = words.particle[who.male ? 'm' : 'f']
  return {
    p: product,
    o: `DY-${place.prefix}-${r.int(41000, 98999)}`,
    t: `${r.pick(['LX', 'YD', 'CN'])}${r.int(100000000, 999999999)}${place.prefix}`,
    c: r.pick(place.carriers),
    k: r.pick(place.cities),
    w: r.pick(words.weekdays[language]),
    m: money(customer.country, place, words.prices[product] * share),
    n: who.given,
    N: who.name,
    L: who.family,
    G: (words.title[language]?.[who.male ? 0 : 1] ?? '') + who.family,
    a: words.signed[language] ?? person.name.split(' ')[0],
    x: language === 'th' && words.particle ? particle[0] : '',
    q: language === 'th' && words.particle ? particle[1] : '',
  }
}

function lowerFirst(language, open, text) {
  const first = text.split(/[\s,.]/)[0]
  const lower = language === 'de' && open.endsWith(',') && CLOSED.has(first.toLowerCase())
  return lower ? text[0].toLowerCase() + text.slice(1) : text
}

function dressMail(t, turn, text, nth) {
  const { r, words, language } = t
  const opens = words[`${turn.kind}_open`][language]
  const closes = words[`${turn.kind}_close`][language]
  const out = turn.kind === 'out'
  const greet = !GREETS.test(text) && (nth === 0 || r.yes(out ? 0.6 : 0.25))
  const open = greet ? t.fill(r.pick(opens)) : ''
  const body = greet ? lowerFirst(language, open, text) : text
  const own = THANKS.test(text) ? t.values.N : t.fill(r.pick(closes))
  const sign = out ? `${r.pick(closes)}\n${t.values.a}` : own
  const close = out || nth === 0 || r.yes(0.4) ? sign : ''
  return [open, body, close].filter(Boolean).join('\n\n')
}

const ENDS = /(?<=[.!?]) (?=\S{2})|(?<=[。？！])(?=\S)/u

/** In chat people send a thought in two bubbles now and then. */
function bubbles(t, text) {
  const parts = text.split(ENDS)
  if (parts.length < 2 || !t.r.yes(0.4)) return [text]
  const cut = t.r.int(1, parts.length - 1)
  const joint = /[。？！]$/.test(parts[0]) ? '' : ' '
  return [parts.slice(0, cut).join(joint), parts.slice(cut).join(joint)]
}

function filesOf(turn, desk, r) {
  if (!turn.files?.length) return undefined
  return turn.files.map(({ file, name }) => {
    const fits = desk.files.filter((f) => f.replace(/(-v\d)?\.\w+$/, '') === file)
    if (fits.length === 0) throw new Error(`no file for @${file}`)
    return { file: r.pick(fits), name }
  })
}

function messages(t, turn, count, desk) {
  const text = t.fill(turn.text)
  const attachments = filesOf(turn, desk, t.r)
  const base = {
    kind: 'message',
    direction: turn.kind,
    person: turn.kind === 'out' ? t.person.key : undefined,
  }
  if (t.mail) return [{ ...base, text: dressMail(t, turn, text, count), attachments }]
  const parts = turn.kind === 'in' ? bubbles(t, text) : [text]
  return parts.map((text, i) => ({
    ...base,
    text,
    attachments: i === parts.length - 1 ? attachments : undefined,
  }))
}

/** The entries of the script's first `upto` turns, without times. */
export function play(desk, t, turns) {
  const entries = []
  const count = { in: 0, out: 0 }
  for (const turn of turns) {
    if (turn.kind === 'event') {
      const { event, from, to } = turn
      entries.push({ kind: 'event', event, person: t.person.key, from, to })
    } else if (turn.kind === 'note') {
      entries.push({ kind: 'note', person: t.person.key, text: turn.text })
    } else {
      entries.push(...messages(t, turn, count[turn.kind]++, desk))
    }
  }
  return entries
}

/** What play() needs to know of one conversation. */
export function teller(desk, r, { customer, script, person, mail }) {
  const values = slots(desk, r, { customer, script, person })
  const bind = (text) => {
    const once = fill(text, r, values, customer._.male)
    return once.replaceAll('$x', values.x).replaceAll('$q', values.q)
  }
  return {
    r,
    words: desk.words,
    language: script.language,
    values,
    person,
    mail,
    fill: bind,
  }
}

/** Minutes that pass before an entry. */
function gap(r, entry, before, mail) {
  if (!before) return 0
  if (entry.event === 'reopened') return r.int(2000, 26000)
  if (before.event === 'reopened') return 1
  if (entry.nudge) return mail ? r.int(120, 700) : r.int(6, 30)
  if (entry.kind !== 'message') return mail ? r.int(1, 25) : 1
  if (before.kind === 'event' && before.event === 'created') return 1
  if (entry.direction === before.direction) return mail ? r.int(300, 1500) : 1
  if (entry.direction === 'in' && entry.late) return r.int(1200, 4200)
  if (mail) return entry.direction === 'out' ? r.int(18, 420) : r.int(25, 900)
  return entry.direction === 'out' ? r.int(1, 7) : r.int(1, 6)
}

/** Set `at` from the last entry (minutes ago) back to the first. */
export function setTimes(r, entries, last, mail) {
  let incoming = 0
  for (const e of entries)
    if (e.kind === 'message' && e.direction === 'in') e.late = ++incoming > 2 && r.yes(0.6)
  let at = last
  for (let i = entries.length - 1; i >= 0; i--) {
    entries[i].at = at
    at += Math.max(1, gap(r, entries[i], entries[i - 1], mail))
  }
  for (const e of entries) {
    delete e.late
    delete e.nudge
  }
  return entries
}
