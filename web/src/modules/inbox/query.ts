// Which conversations a list shows, and in which order: kept in the address, so that it can be
// shared. The rules here repeat the desk's, so that a live change lands where a reload would put it.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { Card } from '@/api/types'

export const LISTS = ['mine', 'unassigned', 'all', 'mentions'] as const
export const STATUSES = ['open', 'pending', 'snoozed', 'resolved', 'spam'] as const
export const ORDERS = ['newest', 'oldest', 'waiting', 'priority'] as const
export const PRIORITIES = ['none', 'low', 'medium', 'high', 'urgent'] as const

export type List = (typeof LISTS)[number]
export type Status = (typeof STATUSES)[number] | 'any'
export type Order = (typeof ORDERS)[number]

export interface ListQuery {
  list: List
  status: Status
  order: Order
  inbox_id?: number
  team_id?: number
  tag_id?: number
}

const oneOf = <T extends string>(all: readonly T[], value: unknown, fallback: T) =>
  all.find((one) => one === value) ?? fallback
const idOf = (value: unknown) => (Number(value) > 0 ? Number(value) : undefined)

/** What one was named in is shown whatever became of it; in the other lists work waits. */
export const usualStatus = (list: List): Status => (list === 'mentions' ? 'any' : 'open')

export function readQuery(name: unknown, query: LocationQuery): ListQuery {
  const list = oneOf(LISTS, name, 'mine')
  return {
    list,
    status: oneOf<Status>([...STATUSES, 'any'], query['status'], usualStatus(list)),
    order: oneOf(ORDERS, query['order'], 'newest'),
    inbox_id: idOf(query['inbox']),
    team_id: idOf(query['team']),
    tag_id: idOf(query['tag']),
  }
}

/** Only what differs from the usual is written, so that addresses stay short. */
export function writeQuery(q: ListQuery): LocationQueryRaw {
  return {
    status: q.status === usualStatus(q.list) ? undefined : q.status,
    order: q.order === 'newest' ? undefined : q.order,
    inbox: q.inbox_id,
    team: q.team_id,
    tag: q.tag_id,
  }
}

export function fits(card: Card, q: ListQuery, me: number) {
  const list = {
    mine: card.assignee_id === me,
    unassigned: card.assignee_id === null,
    all: true,
    mentions: true,
  }
  return (
    list[q.list] &&
    (q.status === 'any' || q.status === card.status) &&
    (!q.inbox_id || q.inbox_id === card.inbox_id) &&
    (!q.team_id || q.team_id === card.team_id) &&
    (!q.tag_id || card.tag_ids.includes(q.tag_id))
  )
}

const rank = (card: Card) => (PRIORITIES as readonly string[]).indexOf(card.priority)
const FAR = Number.MAX_SAFE_INTEGER

const compare: Record<Order, (a: Card, b: Card) => number> = {
  newest: (a, b) => b.last_at - a.last_at || b.id - a.id,
  oldest: (a, b) => a.last_at - b.last_at || a.id - b.id,
  waiting: (a, b) =>
    (a.waiting_since ?? FAR) - (b.waiting_since ?? FAR) || b.last_at - a.last_at || b.id - a.id,
  priority: (a, b) => rank(b) - rank(a) || b.last_at - a.last_at || b.id - a.id,
}

/**
 * The list after one card changed. A card that would stand below the last one read waits for the
 * next page when there is one.
 */
export function place(cards: Card[], card: Card, q: ListQuery, me: number, more: boolean) {
  const rest = cards.filter((c) => c.id !== card.id)
  if (!fits(card, q, me)) return rest
  // In the order of the mentions, which a card does not tell: it keeps its place.
  if (q.list === 'mentions') return cards.map((c) => (c.id === card.id ? card : c))
  const before = compare[q.order]
  let at = rest.findIndex((c) => before(card, c) < 0)
  if (at < 0) at = rest.length
  if (at === rest.length && more && rest.length === cards.length) return rest
  return [...rest.slice(0, at), card, ...rest.slice(at)]
}
