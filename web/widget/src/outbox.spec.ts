import { beforeEach, describe, expect, it } from 'vitest'

import { createOutbox, type Outbox, type Sent } from './outbox'
import { createStorage, type Storage } from './storage'
import type { Message, Pending } from './types'

/** A desk that stores by client_id, over a line that can fail before or after it has stored. */
function desk() {
  const stored: Message[] = []
  const line = { fails: [] as ('before' | 'after' | 'refuse')[] }
  async function send(p: Pending): Promise<Sent> {
    const how = line.fails.shift()
    await Promise.resolve()
    if (how === 'before') return 'later'
    if (how === 'refuse') return { refused: 'error.too_long' }
    let m = stored.find((x) => x.client_id === p.client_id)
    if (!m) {
      m = {
        id: stored.length + 1,
        client_id: p.client_id,
        from: 'visitor',
        text: p.text,
        at: p.at,
        attachments: p.files,
      }
      stored.push(m)
    }
    return how === 'after' ? 'later' : { ok: m }
  }
  return { stored, line, send, texts: () => stored.map((m) => m.text) }
}

/** One lock for all tabs of a test, as the browser has. */
function lock() {
  let last: Promise<void> = Promise.resolve()
  return (work: () => Promise<void>) => (last = last.then(work))
}

let n = 0
const kept = new Map<string, string>()
const area = {
  getItem: (k: string) => kept.get(k) ?? null,
  setItem: (k: string, v: string) => void kept.set(k, v),
  removeItem: (k: string) => void kept.delete(k),
  key: (i: number) => [...kept.keys()][i] ?? null,
  get length() {
    return kept.size
  },
}

function tab(
  d: ReturnType<typeof desk>,
  exclusive = lock(),
  storage: Storage = createStorage('k', area),
) {
  const waiting: (() => void)[] = []
  const box: Outbox = createOutbox({
    storage,
    send: d.send,
    onChange: () => undefined,
    exclusive,
    newId: () => `id-${++n}`,
    now: () => 1000 + n,
    retry: (again) => waiting.push(again),
  })
  return { box, waiting }
}

const settle = () => new Promise((r) => setTimeout(r, 5))

beforeEach(() => kept.clear())

describe('outbox', () => {
  it('sends in order and empties', async () => {
    const d = desk()
    const { box } = tab(d)
    for (const t of ['a', 'b', 'c']) box.add(t, [])
    await box.drain()
    expect(d.texts()).toEqual(['a', 'b', 'c'])
    expect(box.list()).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'a cut %s storing loses and doubles nothing',
    async (when) => {
      const d = desk()
      const { box, waiting } = tab(d)
      d.line.fails = [when, when]
      for (const t of ['a', 'b']) box.add(t, [])
      await box.drain()
      expect(box.list()).toHaveLength(2)
      waiting.shift()?.()
      await settle()
      waiting.shift()?.()
      await settle()
      expect(d.texts()).toEqual(['a', 'b'])
      expect(box.list()).toEqual([])
    },
  )

  it('a reload in the middle goes on where it was', async () => {
    const d = desk()
    const first = tab(d)
    d.line.fails = ['after']
    for (const t of ['a', 'b']) first.box.add(t, [])
    await first.box.drain()
    const second = tab(d)
    expect(second.box.list().map((p) => p.text)).toEqual(['a', 'b'])
    await second.box.drain()
    expect(d.texts()).toEqual(['a', 'b'])
  })

  it('two tabs draining at once send each message once, in order', async () => {
    const d = desk()
    const l = lock()
    const one = tab(d, l)
    const two = tab(d, l)
    for (const t of ['a', 'b', 'c', 'd']) (t < 'c' ? one : two).box.add(t, [])
    await Promise.all([one.box.drain(), two.box.drain(), one.box.drain()])
    expect(d.texts()).toEqual(['a', 'b', 'c', 'd'])
    expect(two.box.list()).toEqual([])
  })

  it('what the desk refuses stays, and does not hold up the rest', async () => {
    const d = desk()
    const { box } = tab(d)
    d.line.fails = ['refuse']
    const bad = box.add('bad', [])
    box.add('good', [])
    await box.drain()
    expect(d.texts()).toEqual(['good'])
    expect(box.list()).toMatchObject([{ text: 'bad', failed: 'error.too_long' }])
    box.again(bad.client_id)
    await settle()
    expect(d.texts()).toEqual(['good', 'bad'])
  })

  it('a message added while one is being sent goes out too', async () => {
    const d = desk()
    const { box } = tab(d)
    box.add('a', [])
    const running = box.drain()
    box.add('b', [])
    void box.drain()
    await running
    await settle()
    expect(d.texts()).toEqual(['a', 'b'])
  })

  it('two tabs that write in the same moment both keep their message', async () => {
    const d = desk()
    const before = new Map(kept) // what the second tab still reads after the first has written
    const late = {
      ...area,
      getItem: (k: string) => before.get(k) ?? null,
      key: () => null,
      length: 0,
    }
    const one = tab(d)
    const two = tab(d, lock(), createStorage('k', late))
    one.box.add('mine', [])
    two.box.add('yours', [])
    expect(one.box.list().map((p) => p.text)).toEqual(['mine', 'yours'])
    await one.box.drain()
    expect(d.texts()).toEqual(['mine', 'yours'])
  })

  it('what is known to have arrived is not sent again', async () => {
    const d = desk()
    const { box } = tab(d)
    const p = box.add('a', [])
    box.drop(p.client_id)
    await box.drain()
    expect(d.texts()).toEqual([])
  })

  it('a full storage still sends', async () => {
    const d = desk()
    const full = {
      getItem: () => null,
      removeItem: () => undefined,
      key: () => null,
      length: 0,
      setItem: () => {
        throw new Error('full')
      },
    }
    const { box } = tab(d, lock(), createStorage('k', full))
    box.add('a', [])
    await box.drain()
    expect(d.texts()).toEqual(['a'])
    expect(box.list()).toEqual([])
  })
})
