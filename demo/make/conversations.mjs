// Four hundred conversations: which script, whose, how far it has come, and what state that
// leaves it in.
import { play, setTimes, teller } from './talk.mjs'

const PLAN = [
  ['open', 92],
  ['pending', 40],
  ['snoozed', 20],
  ['resolved', 230],
]
const TRADE = { team: 'logistics', agents: ['jonas-becker', 'sara-mansour'] }

const NUDGES = {
  en: ['Any news on this?', 'Just checking whether you saw my message.', 'Hello? Still waiting.'],
  de: [
    'Gibt es schon etwas Neues?',
    'Ich wollte nur nachfragen, ob meine Nachricht angekommen ist.',
  ],
  fr: ['Avez-vous du nouveau ?', 'Je me permets de vous relancer.'],
  es: ['¿Hay alguna novedad?', 'Sigo a la espera de su respuesta.'],
  it: ['Ci sono novità?', 'Resto in attesa di un riscontro.'],
  pt: ['Alguma novidade?', 'Oi, conseguiram ver minha mensagem?'],
  ja: ['その後いかがでしょうか。', '念のため再度ご連絡いたします。'],
  ko: ['확인 부탁드립니다.', '혹시 진행 상황을 알 수 있을까요?'],
  ru: ['Есть ли новости?', 'Напоминаю о своём вопросе.'],
  ar: ['هل من جديد؟', 'ما زلت بانتظار ردكم.'],
  th: ['มีความคืบหน้าไหม$q', 'ยังรออยู่นะ$x'],
}

const isMessage = (e) => e.kind === 'message' || e.kind === 'in' || e.kind === 'out'

/** Deals scripts like cards: each language's pile is shuffled again only when it is used up. */
function dealer(scripts, r) {
  let pile = []
  return () => {
    if (pile.length === 0) pile = r.shuffle(scripts)
    return pile.pop()
  }
}

/** The turns a conversation in this state has had so far. */
function cut(script, state, r) {
  const wanted = state === 'open' && r.yes(0.72) ? 'in' : 'out'
  if (state === 'resolved' && r.yes(0.8)) return script.turns
  const ends = script.turns.map((t, i) => (t.kind === wanted ? i : -1)).filter((i) => i >= 0)
  const last = state === 'open' && wanted === 'in' && r.yes(0.35) ? ends[0] : r.pick(ends)
  return script.turns.slice(0, last + 1)
}

function whose(desk, r, script, mail, used) {
  const fits = desk.customers.filter(
    (c) =>
      c.language === script.language && (mail ? c.email : true) && (script.mode !== 't' || c.email),
  )
  const least = Math.min(...fits.map((c) => used.get(c.key) ?? 0))
  const who = r.pick(fits.filter((c) => (used.get(c.key) ?? 0) <= least))
  used.set(who.key, (used.get(who.key) ?? 0) + 1)
  if (!mail) who.visitor = true
  return who
}

/** Where it came in and who is to answer. */
function route(desk, r, script, customer, mail) {
  const place = desk.places[customer.country]
  const trade = script.mode === 't'
  const agents = trade ? TRADE.agents : place.agents
  const inbox = trade ? 'trade-mail' : mail ? place.inbox : 'shop-chat'
  const key = r.pick(agents)
  return {
    inbox,
    team: trade ? TRADE.team : place.team,
    person: desk.people.find((p) => p.key === key),
  }
}

function withNudge(t, entries, mail) {
  const last = entries.at(-1)
  if (
    entries.filter(isMessage).length > 1 ||
    last.direction !== 'in' ||
    !t.r.yes(mail ? 0.7 : 0.85)
  )
    return entries
  return [
    ...entries,
    {
      kind: 'message',
      direction: 'in',
      text: t.fill(t.r.pick(NUDGES[t.language])),
      nudge: true,
    },
  ]
}

/** A remark for colleagues; one in four calls somebody by name. */
function extraNote(t, c) {
  const text = t.r.pick(t.words.extra_notes)
  const leads = t.people.filter((p) => p.all_inboxes && p.key !== c.assignee)
  const called = t.r.yes(0.25) ? t.r.pick(leads) : undefined
  const note = { kind: 'note', person: c.assignee }
  return called
    ? { ...note, text: `@${called.name} ${text}`, mentions: [called.key] }
    : { ...note, text }
}

/** The desk's own marks around the talk: created, assigned, snoozed, resolved, written about again. */
function frame(t, c, entries, again) {
  const first = entries.findIndex((e) => e.kind === 'message')
  const out = [{ kind: 'event', event: 'created' }, entries[first]]
  if (c.assignee) out.push({ kind: 'event', event: 'assigned', to: c.assignee })
  if (c.assignee && t.r.yes(0.16)) out.push(extraNote(t, c))
  out.push(...entries.slice(first + 1))
  if (again)
    out.push(
      {
        kind: 'event',
        event: 'status',
        person: c.assignee,
        from: 'open',
        to: 'resolved',
      },
      { kind: 'event', event: 'reopened' },
      ...again,
    )
  if (c.status === 'snoozed') out.push({ kind: 'event', event: 'snoozed', person: c.assignee })
  if (c.status === 'resolved' || c.status === 'pending')
    out.push({
      kind: 'event',
      event: 'status',
      person: c.assignee,
      from: 'open',
      to: c.status,
    })
  return out
}

function lastTime(r, status, waiting, unassigned) {
  if (status === 'open' && unassigned) return r.int(1, 55)
  if (status === 'open')
    return waiting ? (r.yes(0.8) ? r.int(2, 540) : r.int(540, 1700)) : r.int(3, 900)
  if (status === 'pending') return r.int(60, 4300)
  if (status === 'snoozed') return r.int(120, 5800)
  return Math.floor(r.int(40, 110000) * (0.15 + 0.85 * r.next()))
}

function finalPriority(r, script, entries) {
  const moved = entries.findLast((e) => e.event === 'priority')
  if (moved) return moved.to
  const cooled = { medium: 'none', low: 'none', urgent: 'high' }[script.priority]
  return cooled && (script.priority === 'urgent' ? script.mode === 'e' : r.yes(0.5))
    ? cooled
    : script.priority
}

/** A second matter of the same customer in the same thread, for some that were resolved before. */
function secondMatter(desk, r, t, c, deal) {
  const script = deal()
  if (script.mode === 't' || script.mode === (t.mail ? 'c' : 'e')) return undefined
  const { customer, person, mail } = t
  const next = { ...t, ...teller(desk, r, { customer, script, person, mail }) }
  c.tags.push(...script.tags.filter((tag) => !c.tags.includes(tag)))
  return play(desk, next, cut(script, c.status, r)).filter((e) => e.event !== 'priority')
}

function addTags(c, script, entries) {
  const said = entries.filter((e) => e.event === 'tagged').map((e) => e.to)
  const all = c.assignee ? script.tags : script.tags.slice(0, 1)
  c.tags.push(...new Set([...all, ...said]))
}

function oneConversation(desk, r, { status, script, deal, used, key }) {
  const mail = script.mode === 'e' || script.mode === 't' || (script.mode === 'a' && r.yes(0.52))
  const customer = whose(desk, r, script, mail, used)
  const { inbox, team, person } = route(desk, r, script, customer, mail)
  const t = {
    ...teller(desk, r, { customer, script, person, mail }),
    customer,
    people: desk.people,
  }
  // One that comes back with something else has its first matter behind it.
  const twice = r.yes({ resolved: 0.1, open: 0.16, pending: 0.2 }[status] ?? 0)
  const turns = twice ? script.turns : cut(script, status, r)
  let entries = withNudge(t, play(desk, t, turns), mail)
  const answered = entries.some((e) => e.direction === 'out')
  const unassigned = status === 'open' && !answered && r.yes(0.6)
  const c = {
    key,
    inbox,
    customer: customer.key,
    subject: t.fill(r.pick(script.subjects)),
    language: script.language,
    status,
    snoozed_for: status === 'snoozed' ? r.int(30, 7000) : undefined,
    priority: 'none',
    assignee: unassigned ? undefined : person.key,
    team,
    tags: [],
  }
  addTags(c, script, entries)
  c.priority = finalPriority(r, script, entries)
  const again = twice ? secondMatter(desk, r, t, c, deal[script.language]) : undefined
  entries = frame(t, c, entries, again)
  const last = entries.findLast(isMessage)
  const waits = status === 'open' && last.direction === 'in'
  setTimes(r, entries, lastTime(r, status, waits, unassigned), mail)
  finish(r, c, entries, waits, unassigned)
  return c
}

function finish(r, c, entries, waits, unassigned) {
  c.created = entries[0].at
  if (waits) {
    const answered = entries.findLastIndex((e) => e.direction === 'out' || e.event === 'reopened')
    c.waiting = entries.slice(answered + 1).find((e) => e.direction === 'in').at
    c.unread = unassigned || r.yes(0.6) || undefined
  }
  c.entries = entries
}

/** A handful of senders nobody asked to write. */
function spamSenders(desk, r) {
  for (let i = 1; i <= 6; i++)
    desk.customers.push({
      key: `spam-${i}`,
      name: `Offers ${i}`,
      country: 'US',
      language: 'en',
      zone: 'America/New_York',
      email: `offers${i}@bulk.example`,
      created: r.int(60000, 90000),
      blocked: i % 3 === 0 || undefined,
    })
}

function spamOne(desk, r, i) {
  const { subject, text, language } = desk.spam[i % desk.spam.length]
  const created = r.int(200, 60000)
  return {
    key: `s-${i + 1}`,
    inbox: r.pick(['europe-mail', 'world-mail', 'trade-mail']),
    customer: `spam-${1 + (i % 6)}`,
    subject,
    language,
    status: 'spam',
    priority: 'none',
    tags: [],
    created,
    entries: [
      { kind: 'event', at: created, event: 'created' },
      { kind: 'message', at: created - 1, direction: 'in', text },
      {
        kind: 'event',
        at: created - 2,
        event: 'status',
        from: 'open',
        to: 'spam',
      },
    ],
  }
}

/** A customer is known at least since his first conversation. */
function ageCustomers(desk, list) {
  for (const c of list) {
    const who = desk.customers.find((x) => x.key === c.customer)
    who.created = Math.max(who.created, c.created)
  }
}

export function makeConversations(desk, r) {
  const languages = [...new Set(desk.scripts.map((s) => s.language))]
  const all = dealer(desk.scripts, r)
  const deal = Object.fromEntries(
    languages.map((l) => [
      l,
      dealer(
        desk.scripts.filter((s) => s.language === l),
        r,
      ),
    ]),
  )
  const used = new Map()
  const list = []
  for (const [status, n] of PLAN)
    for (let i = 0; i < n; i++)
      list.push(
        oneConversation(desk, r, {
          status,
          script: all(),
          deal,
          used,
          key: `t-${list.length + 1}`,
        }),
      )
  spamSenders(desk, r)
  for (let i = 0; i < 18; i++) list.push(spamOne(desk, r, i))
  ageCustomers(desk, list)
  return list.sort((a, b) => b.created - a.created)
}
