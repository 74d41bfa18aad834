import { describe, expect, it } from 'vitest'

import { snoozes } from './snooze'

const at = (now: string, zone: string) =>
  Object.fromEntries(
    snoozes(Date.parse(now), zone).map((s) => [s.key, new Date(s.at).toISOString()]),
  )

describe('times to put a conversation off until', () => {
  it.each([
    // A Wednesday afternoon in Shanghai, which has no summer time.
    ['2026-03-11T06:20:30Z', 'Asia/Shanghai', 'hour', '2026-03-11T07:21:00.000Z'],
    ['2026-03-11T06:20:00Z', 'Asia/Shanghai', 'hours', '2026-03-11T10:20:00.000Z'],
    ['2026-03-11T06:20:00Z', 'Asia/Shanghai', 'tomorrow', '2026-03-12T01:00:00.000Z'],
    ['2026-03-11T06:20:00Z', 'Asia/Shanghai', 'monday', '2026-03-16T01:00:00.000Z'],
    // Already tomorrow in Shanghai.
    ['2026-03-11T18:00:00Z', 'Asia/Shanghai', 'tomorrow', '2026-03-13T01:00:00.000Z'],
    // The clocks go forward in Berlin in the night between.
    ['2026-03-28T12:00:00Z', 'Europe/Berlin', 'tomorrow', '2026-03-29T07:00:00.000Z'],
    ['2026-03-28T12:00:00Z', 'Europe/Berlin', 'week', '2026-04-04T07:00:00.000Z'],
    // On a Monday, "on Monday" is the next one; on a Sunday it is tomorrow.
    ['2026-03-30T12:00:00Z', 'Europe/Berlin', 'monday', '2026-04-06T07:00:00.000Z'],
    ['2026-03-29T12:00:00Z', 'Europe/Berlin', 'monday', '2026-03-30T07:00:00.000Z'],
  ])('%s in %s, %s', (now, zone, key, expected) => {
    expect(at(now, zone)[key]).toBe(expected)
  })
})
