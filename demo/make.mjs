// Writes the demo company's JSON files out of source/. `node demo/make.mjs`
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

import { makeConversations } from './make/conversations.mjs'
import { makeCustomers } from './make/people.mjs'
import { chance, readScripts } from './make/text.mjs'

const here = (name) => new URL(name, import.meta.url)
const text = (name) => readFileSync(here(name), 'utf8')
const json = (name) => JSON.parse(text(name))

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru', 'ar', 'th']

/** One record a line: small, and a difference is easy to read. */
function write(name, list, head = {}) {
  const clean = (key, value) => (key === '_' ? undefined : value)
  const rows = list.map((row) => JSON.stringify(row, clean)).join(',\n')
  const top = Object.entries(head).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)},\n`)
  writeFileSync(here(`${name}.json`), `{${top.join('')}"${name}": [\n${rows}\n]}\n`)
}

function canned() {
  const list = []
  for (const line of text('source/canned.txt').split('\n').filter(Boolean)) {
    if (line.startsWith('= ')) {
      const [key, shortcut, title, folder, team] = line.slice(2).split(' | ')
      const teams = team === 'trade' ? ['europe', 'americas'] : undefined
      list.push({ key, shortcut, title, folder, teams, texts: [] })
    } else {
      const at = line.indexOf(': ')
      list.at(-1).texts.push({ language: line.slice(0, at), text: line.slice(at + 2) })
    }
  }
  return list
}

/** Three lines each: language, subject, text. */
function spam() {
  const lines = text('source/spam.txt').split('\n').filter(Boolean)
  const starts = lines.map((_, i) => i).filter((i) => i % 3 === 0)
  return starts.map((i) => ({
    language: lines[i],
    subject: lines[i + 1],
    text: lines[i + 2],
  }))
}

const source = json('source/desk.json')
const people = source.people.map((p) => ({
  ...p,
  email: `${p.key.replace('-', '.')}@dengyu.example`,
  languages: p.languages.map(([code, grade]) => ({ code, grade })),
}))
const r = chance(20261121)
const desk = {
  people,
  words: json('source/words.json'),
  places: json('source/places.json'),
  scripts: LANGUAGES.flatMap((l) => readScripts(l, text(`source/${l}.txt`))),
  spam: spam(),
  files: readdirSync(here('files')).filter((f) => !f.endsWith('.json')),
}
desk.customers = makeCustomers(desk.places, desk.words, r)

write('people', people, { password: source.password })
write('teams', source.teams)
write(
  'inboxes',
  source.inboxes.map((i) => (i.channel === 'chat' ? { ...i, greeting: source.greeting } : i)),
)
write(
  'tags',
  source.tags.map(([key, name, color]) => ({ key, name, color })),
)
write('canned', canned())
write('macros', source.macros)
const conversations = makeConversations(desk, r)
// Who wrote last comes last: a list that shows the newest first begins with people who write today.
const lastWord = new Map()
for (const c of conversations)
  for (const e of c.entries)
    if (e.direction === 'in')
      lastWord.set(c.customer, Math.min(e.at, lastWord.get(c.customer) ?? Infinity))
const last = (c) => lastWord.get(c.key) ?? c.created
write(
  'customers',
  desk.customers.toSorted((a, b) => last(b) - last(a)),
)
write('conversations', conversations)
