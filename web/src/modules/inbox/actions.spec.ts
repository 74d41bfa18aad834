import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation, Session } from '@/api/types'
import { session } from '@/shared/session'
import { toasts } from '@/shared/toast'
import { undoLast } from '@/shared/undo'
import { patch, patchWithUndo, setStatus } from './actions'
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
  toasts.length = 0
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

describe('the way back', () => {
  const signIn = (permissions: string[]) =>
    (session.value = { person: { id: 3 }, permissions } as unknown as Session)
  const said = () => toasts.map((toast) => toast.tone)

  it.each([
    ['by whom may assign', ['conversation.assign'], 4, { status: 'open', assignee_id: 4 }],
    ['to a colleague is not tried', [], 4, { status: 'open', assignee_id: 3 }],
    ['to oneself', [], 3, { status: 'open', assignee_id: 3 }],
    ['to nobody', [], null, { status: 'open', assignee_id: null }],
  ])('of who has it: %s', async (_, permissions, assignee_id, after) => {
    signIn(permissions)
    desk.assignee_id = assignee_id
    open.conversation = { ...desk }
    await patchWithUndo(open, { status: 'pending', assignee_id: 3 }, 'Done')
    undoLast()
    await vi.waitFor(() => expect(desk).toMatchObject({ ...after, version: 3 }))
  })

  it('is not offered when none of it can be', async () => {
    signIn([])
    desk.assignee_id = 4
    open.conversation = { ...desk }
    expect(await patchWithUndo(open, { assignee_id: 3 }, 'Done')).toBe(true)
    expect(toasts.map((toast) => toast.action)).toEqual([undefined])
  })

  it.each([
    ['a colleague changed it again', { status: 'open', snoozed_until: null }],
    ['it was put off until another time', { snoozed_until: 99 }],
    ['the customer wrote', { last_in_id: 9 }],
  ] as const)('writes over nothing when %s since', async (_, theirs) => {
    await patchWithUndo(open, { status: 'snoozed', snoozed_until: 50 }, 'Done')
    desk = { ...desk, ...theirs, version: 9 }
    Object.assign(open.conversation!, theirs)
    undoLast()
    expect(said()).toEqual(['bad'])
    await vi.waitFor(() => expect(open.conversation).toMatchObject({ ...theirs, version: 9 }))
    expect(asked).toHaveLength(1)
  })

  it('minds tags, not their order', async () => {
    desk.tag_ids = [5]
    open.conversation = { ...desk }
    await patchWithUndo(open, { tag_ids: [5, 2] }, 'Done')
    open.conversation.tag_ids = [2, 5]
    undoLast()
    await vi.waitFor(() => expect(desk.tag_ids).toEqual([5]))
  })
})
