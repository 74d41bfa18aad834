import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation } from '@/api/types'
import { undoLast } from '@/shared/undo'
import { patch, setStatus } from './actions'
import { loadConversation, openThread, threadHeard, type Open } from './useThread'

/** A desk of one conversation that checks versions as the real one does. */
let desk: Conversation
let hold: Promise<unknown> | undefined
const asked: Record<string, unknown>[] = []
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  })

vi.stubGlobal('fetch', async (request: Request) => {
  if (request.method === 'GET') return json(200, { ...desk })
  const change = (await request.clone().json()) as Partial<Conversation>
  asked.push(change)
  await hold
  if (change.version !== desk.version) return json(409, { key: 'error.version', status: 409 })
  desk = { ...desk, ...change, version: desk.version + 1 }
  return json(200, { ...desk })
})

let open: Open
const status = () => open.conversation?.status

beforeEach(() => {
  const customer = { id: 1, name: 'Ann' }
  desk = {
    ...{ id: 7, version: 1, status: 'open', priority: 'none', last_in_id: 2, unread: false },
    customer,
  } as Conversation
  open = openThread(7)
  open.conversation = { ...desk }
  open.pending = []
  asked.length = 0
  hold = undefined
})

describe('what a press does', () => {
  it('can be taken back from the press on, before the desk has agreed', async () => {
    let go = () => {}
    hold = new Promise<void>((done) => (go = done))
    const done = setStatus(open, 'resolved')
    expect(status()).toBe('resolved')
    undoLast()
    expect(status()).toBe('open')
    go()
    await done
    await vi.waitFor(() => expect(desk.version).toBe(3))
    expect([status(), desk.status]).toEqual(['open', 'open'])
  })

  it('shows on, whatever is heard of the time before', async () => {
    let go = () => {}
    hold = new Promise<void>((done) => (go = done))
    const done = patch(open, { status: 'resolved' })
    await loadConversation(open)
    threadHeard(open, { seq: 1, topic: 'list', id: 7, card: { ...desk } })
    expect(status()).toBe('resolved')
    go()
    expect(await done).toBe(true)
    expect(open.pending).toEqual([])
  })

  it('stands although a note of one’s own moved the version', async () => {
    desk.version = 5
    expect(await patch(open, { priority: 'high' })).toBe(true)
    expect(asked.map((a) => a['version'])).toEqual([1, 5])
    expect(open.conversation).toMatchObject({ priority: 'high', version: 6 })
  })

  it.each([
    ['a colleague changed the same', { priority: 'low' }, { priority: 'high' }],
    ['the customer wrote meanwhile', { last_in_id: 9 }, { status: 'resolved' }],
  ] as const)('is taken back when %s', async (_, theirs, mine) => {
    desk = { ...desk, ...theirs, version: 2 }
    expect(await patch(open, mine)).toBe(false)
    await vi.waitFor(() => expect(open.conversation).toMatchObject({ ...theirs, version: 2 }))
    expect(asked).toHaveLength(1)
    expect(status()).toBe('open')
  })
})
