import { describe, expect, it } from 'vitest'

import type { Card } from '@/api/types'
import { fits, place, readQuery, writeQuery, type ListQuery } from './query'

const ME = 7
const card = (id: number, more: Partial<Card> = {}) =>
  ({
    id,
    status: 'open',
    assignee_id: ME,
    inbox_id: 1,
    team_id: null,
    tag_ids: [],
    priority: 'none',
    last_at: id * 10,
    waiting_since: null,
    ...more,
  }) as Card
const mine: ListQuery = { list: 'mine', status: 'open', order: 'newest' }

describe('an address says which list is shown', () => {
  it.each([
    ['mine', {}, mine],
    [
      'all',
      { status: 'spam', order: 'waiting' },
      { list: 'all', status: 'spam', order: 'waiting' },
    ],
    ['mentions', {}, { list: 'mentions', status: 'any', order: 'newest' }],
    ['mentions', { status: 'open' }, { list: 'mentions', status: 'open' }],
    ['nonsense', { status: 'nonsense', order: '', inbox: 'x' }, mine],
    ['mine', { inbox: '3', team: '4', tag: '5' }, { ...mine, inbox_id: 3, team_id: 4, tag_id: 5 }],
  ])('%s %o', (list, query, expected) => {
    expect(readQuery(list, query)).toMatchObject(expected)
  })

  it('is read back as it was written', () => {
    const q: ListQuery = { list: 'all', status: 'any', order: 'priority', inbox_id: 2, tag_id: 9 }
    expect(readQuery('all', writeQuery(q) as never)).toMatchObject(q)
  })

  it('leaves out what is usual', () => {
    expect(Object.values(writeQuery(mine)).every((v) => v === undefined)).toBe(true)
  })
})

describe('which conversations belong to a list', () => {
  it.each([
    ['mine', card(1), mine, true],
    ['somebody else has it', card(1, { assignee_id: 8 }), mine, false],
    ['resolved', card(1, { status: 'resolved' }), mine, false],
    ['any status', card(1, { status: 'resolved' }), { ...mine, status: 'any' }, true],
    ['unassigned', card(1, { assignee_id: null }), { ...mine, list: 'unassigned' }, true],
    ['another inbox', card(1), { ...mine, inbox_id: 2 }, false],
    ['with the tag', card(1, { tag_ids: [4, 5] }), { ...mine, tag_id: 5 }, true],
    ['without the tag', card(1, { tag_ids: [4] }), { ...mine, tag_id: 5 }, false],
    ['of another team', card(1, { team_id: 2 }), { ...mine, team_id: 3 }, false],
  ] as [string, Card, ListQuery, boolean][])('%s', (_what, one, q, expected) => {
    expect(fits(one, q, ME)).toBe(expected)
  })
})

describe('a changed card lands where a reload would put it', () => {
  const list = [card(5), card(4), card(2)]
  const ids = (cards: Card[]) => cards.map((c) => c.id)
  it.each([
    ['new and newest', list, card(9), mine, false, [9, 5, 4, 2]],
    ['in the middle', list, card(3), mine, false, [5, 4, 3, 2]],
    ['moves up', list, card(2, { last_at: 99 }), mine, false, [2, 5, 4]],
    ['leaves', list, card(4, { status: 'resolved' }), mine, false, [5, 2]],
    ['older than the last, all read', list, card(1), mine, false, [5, 4, 2, 1]],
    ['older than the last, more to come', list, card(1), mine, true, [5, 4, 2]],
    ['oldest first', [card(2), card(4)], card(3), { ...mine, order: 'oldest' }, false, [2, 3, 4]],
    [
      'where it was, for the mentions tell the order',
      list,
      card(2, { last_at: 99 }),
      { ...mine, list: 'mentions', status: 'any' },
      false,
      [5, 4, 2],
    ],
    [
      'urgent first',
      [card(5), card(4)],
      card(1, { priority: 'urgent' }),
      { ...mine, order: 'priority' },
      false,
      [1, 5, 4],
    ],
    [
      'longest waiting first',
      [card(5, { waiting_since: 50 }), card(4)],
      card(1, { waiting_since: 10 }),
      { ...mine, order: 'waiting' },
      false,
      [1, 5, 4],
    ],
  ] as [string, Card[], Card, ListQuery, boolean, number[]][])(
    '%s',
    (_what, cards, one, q, more, expected) => {
      expect(ids(place(cards, one, q, ME, more))).toEqual(expected)
    },
  )
})
