// Proves what README.md promises about the files. `node demo/check.mjs` exits 1 and says what is
// wrong.
import { existsSync, readFileSync, statSync } from 'node:fs'

const here = (name) => new URL(name, import.meta.url)
const read = (name) => JSON.parse(readFileSync(here(`${name}.json`), 'utf8'))[name]
const NAMES = ['people', 'teams', 'inboxes', 'tags', 'canned', 'macros', 'customers', 'conversations']
const all = Object.fromEntries(NAMES.map((n) => [n, read(n)]))
const by = Object.fromEntries(NAMES.map((n) => [n, new Map(all[n].map((x) => [x.key, x]))]))
const wrong = []
const want = (ok, what) => ok || wrong.push(what)

for (const name of NAMES) {
  want(by[name].size === all[name].length, `${name}: a key is there twice`)
  for (const x of all[name]) want(/^[a-z0-9-]{1,40}$/.test(x.key), `${name}: bad key ${x.key}`)
}
for (const p of all.people) {
  for (const t of p.teams) want(by.teams.has(t), `${p.key}: no team ${t}`)
  for (const i of p.inboxes ?? []) want(by.inboxes.has(i), `${p.key}: no inbox ${i}`)
}

const sees = (person, inbox) => person.all_inboxes || person.inboxes?.includes(inbox)

function checkEntry(c, e, seen) {
  const at = `${c.key} at ${e.at}`
  want(Number.isInteger(e.at) && e.at >= 1 && e.at < seen, `${at}: time out of order`)
  if (e.person)
    want(
      by.people.has(e.person) && sees(by.people.get(e.person), c.inbox),
      `${at}: ${e.person} may not`,
    )
  if (e.kind !== 'event') want(e.text?.length > 0, `${at}: empty text`)
  if (e.kind === 'message') want((e.direction === 'out') === !!e.person, `${at}: who wrote it`)
  want(!/\$[a-zA-Z]|[{}|]|\([^)]*~/.test(e.text ?? ''), `${at}: a slot is left: ${e.text}`)
  for (const a of e.attachments ?? [])
    want(existsSync(here(`files/${a.file}`)), `${at}: no file ${a.file}`)
}

function checkConversation(c) {
  want(by.inboxes.has(c.inbox) && by.customers.has(c.customer), `${c.key}: inbox or customer`)
  for (const t of c.tags) want(by.tags.has(t), `${c.key}: no tag ${t}`)
  if (c.team) want(by.teams.has(c.team), `${c.key}: no team ${c.team}`)
  if (c.assignee)
    want(sees(by.people.get(c.assignee), c.inbox), `${c.key}: ${c.assignee} cannot see it`)
  want(c.created === c.entries[0].at, `${c.key}: created`)
  want((c.status === 'snoozed') === c.snoozed_for > 0, `${c.key}: snoozed_for`)
  let seen = Infinity
  for (const e of c.entries) {
    checkEntry(c, e, seen)
    seen = e.at
  }
  const said = c.entries.filter((e) => e.kind === 'message')
  want(said.length >= 1 && said.length <= 16, `${c.key}: ${said.length} messages`)
  want(!c.waiting || (c.status === 'open' && said.at(-1).direction === 'in'), `${c.key}: waiting`)
  want((c.waiting ?? 0) < 6 * 1440, `${c.key}: has waited too long to be believed`)
  const customer = by.customers.get(c.customer)
  want(customer.created >= c.created, `${c.key}: older than its customer`)
  want(
    c.inbox === 'shop-chat' ? customer.visitor : customer.email,
    `${c.key}: no way to reach the customer`,
  )
}

all.conversations.forEach(checkConversation)
want(all.people.length === 12 && all.teams.length === 4, 'twelve people, four teams')
want(
  all.customers.length === 200 && all.conversations.length === 400,
  '200 customers, 400 conversations',
)
want(
  all.canned.every((c) => c.texts.length >= 4) && all.canned.length >= 15,
  '15 canned replies in 4 languages',
)
const bytes = NAMES.reduce((n, name) => n + statSync(here(`${name}.json`)).size, 0)
want(bytes < 2_500_000, `${bytes} bytes of JSON`)

const tally = (list) => JSON.stringify(list.reduce((n, x) => ({ ...n, [x]: (n[x] ?? 0) + 1 }), {}))
console.log(
  'status',
  tally(all.conversations.map((c) => c.status)),
  'inbox',
  tally(all.conversations.map((c) => c.inbox)),
)
console.log('language', tally(all.conversations.map((c) => c.language)))
console.log(
  'messages',
  all.conversations.flatMap((c) => c.entries).filter((e) => e.kind === 'message').length,
  'with files',
  all.conversations.filter((c) => c.entries.some((e) => e.attachments)).length,
  'waiting',
  all.conversations.filter((c) => c.waiting).length,
  'bytes',
  bytes,
)
for (const line of wrong) console.error(line)
process.exit(wrong.length ? 1 : 0)
