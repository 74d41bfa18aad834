import { describe, expect, it } from 'vitest'

import { inkOn } from './dom'
import { formatDay, formatSize, looksLikeEmail, splitLinks } from './format'
import { backoff } from './live'
import { createThread } from './thread'
import type { Message } from './types'

const said = (id: number, from: Message['from'] = 'agent'): Message => ({
  id,
  from,
  text: `m${id}`,
  at: id,
  attachments: [],
})

describe('splitLinks', () => {
  it.each([
    { text: 'no link', gives: [{ text: 'no link' }] },
    {
      text: 'see https://shop.example/a?b=1.',
      gives: [
        { text: 'see ' },
        { text: 'https://shop.example/a?b=1', href: 'https://shop.example/a?b=1' },
        { text: '.' },
      ],
    },
    {
      text: 'https://a.example',
      gives: [{ text: 'https://a.example', href: 'https://a.example' }],
    },
    { text: 'javascript:alert(1)', gives: [{ text: 'javascript:alert(1)' }] },
    {
      text: '(http://a.example/x)',
      gives: [
        { text: '(' },
        { text: 'http://a.example/x', href: 'http://a.example/x' },
        { text: ')' },
      ],
    },
    { text: 'http://', gives: [{ text: 'http://' }] },
  ])('$text', ({ text, gives }) => {
    expect(splitLinks(text)).toEqual(gives)
    expect(
      splitLinks(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text)
  })
})

describe('formats', () => {
  it.each([
    { bytes: 0, gives: '0 byte' },
    { bytes: 999, gives: '999 byte' },
    { bytes: 1500, gives: '1.5 kB' },
    { bytes: 20_000_000, gives: '20 MB' },
  ])('$bytes', ({ bytes, gives }) => expect(formatSize('en', bytes)).toBe(gives))

  it('names the day', () => {
    const now = new Date(2026, 10, 21, 9).getTime()
    expect(formatDay('en', now - 3_600_000, now)).toBe('today')
    expect(formatDay('en', now - 86_400_000, now)).toBe('yesterday')
    expect(formatDay('de', new Date(2026, 10, 3).getTime(), now)).toBe('3. November')
  })

  it.each([
    { text: 'a@b.example', ok: true },
    { text: ' a@b.example ', ok: true },
    { text: 'a@b', ok: false },
    { text: 'a b@c.example', ok: false },
    { text: '', ok: false },
  ])('e-mail "$text": $ok', ({ text, ok }) => expect(looksLikeEmail(text)).toBe(ok))

  it.each([
    { color: '#0b716d', ink: '#ffffff' },
    { color: '#ffd54a', ink: '#10293a' },
    { color: '#3db8af', ink: '#10293a' },
  ])('ink on $color', ({ color, ink }) => expect(inkOn(color)).toBe(ink))
})

describe('thread', () => {
  it('keeps order however messages arrive, each once', () => {
    const t = createThread()
    expect([3, 1, 2, 3, 5, 4, 1].map((id) => t.put(said(id)))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      false,
    ])
    expect(t.list().map((m) => m.id)).toEqual([1, 2, 3, 4, 5])
    expect(t.lastId()).toBe(5)
  })

  it('drops what was taken back, and does not ask for it again', () => {
    const t = createThread()
    for (const m of [said(1), said(2), { ...said(3), state: 'undone' }]) t.put(m)
    t.remove(2)
    expect(t.list().map((m) => m.id)).toEqual([1])
    expect(t.lastId()).toBe(3)
  })

  it('drops what was taken back while nobody listened, and nothing else', () => {
    const t = createThread()
    for (let id = 1; id <= 6; id++) t.put(said(id, id === 4 ? 'visitor' : 'agent'))
    expect([t.before(4), t.before(6), t.before(20)]).toEqual([2, 0, 0])
    // 6 came while the answer was on its way; 4 is the visitor's own.
    expect(t.keepOnly(2, 5, new Set([3]))).toEqual([5])
    expect(t.list().map((m) => m.id)).toEqual([1, 2, 3, 4, 6])
  })

  it('counts what others wrote after the last seen', () => {
    const t = createThread()
    for (const m of [said(1), said(2, 'visitor'), said(3), said(4, 'system')]) t.put(m)
    expect([0, 1, 3, 4].map((seen) => t.unread(seen))).toEqual([3, 2, 1, 0])
  })
})

describe('backoff', () => {
  it('grows, spreads and has an end', () => {
    expect([0, 1, 2, 3].map((n) => backoff(n, 1))).toEqual([1000, 2000, 4000, 8000])
    expect(backoff(0, 0)).toBe(500)
    expect(backoff(99, 1)).toBe(30_000)
  })
})
