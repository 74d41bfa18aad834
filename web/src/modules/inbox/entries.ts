// Lays a thread out: days between entries, where the new ones begin, and events that say what
// happened in one line.
import type { Entry } from '@/api/types'
import { people, tags, teams } from '@/shared/directory'
import { dateTime, dayKey } from '@/shared/format'
import { t, tOr } from '@/shared/i18n'
import { PRIORITIES, STATUSES } from './query'

export type Line =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'entry'; key: string; entry: Entry; joined: boolean }

const JOIN_MS = 120_000

/** Two messages of one person shortly after one another stand together. */
function joins(a: Entry | undefined, b: Entry) {
  return (
    !!a &&
    a.kind === b.kind &&
    a.kind !== 'event' &&
    a.direction === b.direction &&
    a.person_id === b.person_id &&
    b.at - a.at < JOIN_MS
  )
}

export function linesOf(entries: Entry[], readTo: number): Line[] {
  const lines: Line[] = []
  let before: Entry | undefined
  let marked = readTo === 0
  for (const entry of entries) {
    const newDay = !before || dayKey(before.at) !== dayKey(entry.at)
    if (newDay) lines.push({ kind: 'day', key: `day ${entry.at} ${entry.id}`, at: entry.at })
    const isNew = !marked && entry.id > readTo && entry.direction === 'in'
    if (isNew) lines.push({ kind: 'new', key: 'new' })
    marked ||= isNew
    const joined = !newDay && !isNew && joins(before, entry)
    lines.push({ kind: 'entry', key: `entry ${entry.id}`, entry, joined })
    before = entry
  }
  return lines
}

type Named = (value: string) => string
const byId = (get: (id: number) => { name: string } | undefined): Named => {
  return (value) => get(Number(value))?.name ?? value
}
const inList = (list: readonly string[], prefix: string): Named => {
  return (value) => (list.includes(value) ? t(`${prefix}.${value}`) : value)
}

/** How the values of each kind of event read; others are shown as they are. */
const named: Record<string, Named> = {
  assigned: byId(people.get),
  unassigned: byId(people.get),
  team: byId(teams.get),
  tagged: byId(tags.get),
  untagged: byId(tags.get),
  status: inList(STATUSES, 'inbox.status'),
  priority: inList(PRIORITIES, 'inbox.priority'),
  snoozed: (value) => (Number(value) > 1e9 ? dateTime(Number(value)) : value),
}

interface Happening {
  kind: string
  from?: string | null
  to?: string | null
}

const textOf = (value: unknown) => (value ? String(value) : null)

/** An entry's event as the desk wrote it. */
export function happeningOf(event: unknown): Happening {
  const e = (event ?? {}) as Record<string, unknown>
  return { kind: String(e['kind'] ?? ''), from: textOf(e['from']), to: textOf(e['to']) }
}

/** The log's kinds, told in the words of the thread's lines. */
const LOGGED: Record<string, string> = {
  conversation_created: 'created',
  status_changed: 'status',
  team_changed: 'team',
  priority_changed: 'priority',
  subject_changed: 'subject',
}

/** One row of the log; a change of tags is one line for each. */
export function happeningsOf(kind: string, data: unknown): Happening[] {
  const d = (data ?? {}) as Record<string, unknown>
  if (kind !== 'tags_changed') return [happeningOf({ ...d, kind: LOGGED[kind] ?? kind })]
  const list = (of: string, as: string, where: string) =>
    ((d[of] as number[] | undefined) ?? []).map((id) => happeningOf({ kind: as, [where]: id }))
  return [...list('added', 'tagged', 'to'), ...list('removed', 'untagged', 'from')]
}

export function sayEvent(event: Happening, who: string) {
  const name = named[event.kind] ?? ((value: string) => value)
  const nobody = event.kind === 'assigned' && !Number(event.to)
  const from = event.from ? name(event.from) : t('event.none')
  const to = Number(event.to) !== 0 && event.to ? name(event.to) : t('event.none')
  const kind = nobody ? 'unassigned' : event.kind
  return tight(tOr(`event.${kind}`, 'event.other', { who, from, to, kind }))
}

/** A space parts Latin from Chinese, but not Chinese from Chinese. */
const tight = (text: string) => text.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
