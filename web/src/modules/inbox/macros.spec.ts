import { describe, expect, it } from 'vitest'

import type { Conversation, Macro } from '@/api/types'
import { changeOf } from './macros'

const ME = 7
const NOW = 1_000_000
const c = {
  status: 'open',
  priority: 'none',
  assignee_id: null,
  team_id: 2,
  tag_ids: [1],
} as unknown as Conversation
const nothing: Macro = {
  id: 1,
  version: 1,
  name: 'x',
  canned_id: null,
  status: null,
  snooze_hours: null,
  priority: null,
  assignee: null,
  team_id: null,
  tag_ids: [],
}

describe('a macro', () => {
  const rows: [string, Partial<Macro>, object][] = [
    ['leaves what it does not name', {}, {}],
    ['leaves what is so already', { status: 'open', team_id: 2, tag_ids: [1] }, {}],
    ['adds tags to those there', { tag_ids: [1, 4] }, { tag_ids: [1, 4] }],
    ['gives it to who uses it', { assignee: 'me' }, { assignee_id: ME }],
    ['and to nobody, who has it already', { assignee: 'nobody' }, {}],
    [
      'snoozes from now',
      { status: 'snoozed', snooze_hours: 2 },
      { status: 'snoozed', snoozed_until: NOW + 7_200_000 },
    ],
    [
      'sets several things',
      { status: 'resolved', priority: 'low' },
      { status: 'resolved', priority: 'low' },
    ],
  ]
  it.each(rows)('%s', (_name, part, change) => {
    expect(changeOf({ ...nothing, ...part }, c, ME, NOW)).toEqual(change)
  })
})
