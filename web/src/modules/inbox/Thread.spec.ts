import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation, Entry } from '@/api/types'
import { entryOf, type Parcel } from './composer/outbox'
import { markHeard, markUnread } from './reading'
import Thread from './Thread.vue'
import { loadConversation, openThread, putEntry, threadHeard, type Open } from './useThread'

const posted: string[] = []
let answer: Record<string, unknown> = {}
vi.stubGlobal('fetch', async (request: Request) => {
  const path = new URL(request.url).pathname.split('/').at(-1)!
  if (request.method === 'POST') posted.push(path)
  const body = request.method === 'POST' ? null : JSON.stringify(answer)
  return new Response(body, { status: body ? 200 : 204 })
})

/** What a browser does when the thread grows: tells those who watch its size. */
let grow: () => void = () => undefined
vi.stubGlobal(
  'ResizeObserver',
  class {
    constructor(tell: () => void) {
      grow = tell
    }
    observe() {}
    disconnect() {}
  },
)
vi.spyOn(document, 'hasFocus').mockReturnValue(true)
// Bare of a picture, which would ask the desk for it; the thread's own parts are all real.
const HEIGHT = 400

const customer = { id: 1, name: 'Ann', email: 'ann@ann.example', language: 'en', zone: 'UTC' }
const conversation = (unread: boolean) =>
  ({ id: 7, version: 1, unread, mentioned: false, channel: 'chat', customer }) as Conversation
function entry(id: number, more: Partial<Entry>): Entry {
  const parcel = { conversationId: 7, body: { kind: 'reply', text: `text ${id}` } }
  const message = entryOf({ ...parcel, attachments: [], at: id, localId: id } as unknown as Parcel)
  return { ...message, direction: 'in', state: 'received', ...more }
}
const reopened = { code: 'reopened', old: null, new: null } as unknown as Entry['event']
const event = (id: number) =>
  entry(id, { kind: 'event', direction: null, text: '', event: reopened })

let open: Open
let page: ReturnType<typeof mount>
let height = 0

/** Scrolling is told of after it happened, whoever did it. */
async function scrolled(to?: number) {
  const box = page.get('.thread').element
  if (to !== undefined) box.scrollTop = to
  box.dispatchEvent(new Event('scroll'))
  await flushPromises()
}

async function grows(by: number) {
  height += by
  grow()
  await scrolled()
}

beforeEach(async () => {
  height = 1000
  posted.length = 0
  open = openThread(7)
  Object.assign(open, { conversation: conversation(true), entries: [entry(1, {}), entry(2, {})] })
  page = mount(Thread, { props: { open } })
  const box = page.get('.thread').element
  Object.defineProperty(box, 'scrollHeight', { get: () => height })
  Object.defineProperty(box, 'clientHeight', { get: () => HEIGHT })
  let top = 0
  const most = () => height - HEIGHT
  Object.defineProperty(box, 'scrollTop', {
    get: () => top,
    set: (to: number) => (top = Math.max(0, Math.min(to, most()))),
  })
  await flushPromises()
})
afterEach(() => page.unmount())

describe('reading', () => {
  it('opening it reads it', () => expect(posted).toEqual(['read']))

  it('what is marked unread by hand stays so, whatever the desk adds and wherever it scrolls', async () => {
    void markUnread(open)
    putEntry(open, event(3))
    await flushPromises()
    await grows(40)
    await scrolled(100)
    await scrolled(height)
    dispatchEvent(new Event('focus'))
    await flushPromises()
    expect(posted).toEqual(['read', 'unread'])
    expect(open.conversation?.unread).toBe(true)
  })

  it('until the customer writes anew before one’s eyes', async () => {
    void markUnread(open)
    threadHeard(open, { seq: 1, topic: 'conversation:7', id: 7, entry: entry(4, {}) })
    await flushPromises()
    expect(posted).toEqual(['read', 'unread', 'read'])
    expect(open.conversation?.unread).toBe(false)
  })

  it('or it is opened again', async () => {
    void markUnread(open)
    await flushPromises()
    page.unmount()
    page = mount(Thread, { props: { open: openThread(7) } })
    await flushPromises()
    expect(posted).toEqual(['read', 'unread', 'read'])
  })

  it('the thread going to its end by itself is not the reader', async () => {
    const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(false)
    open.conversation!.unread = true
    await flushPromises()
    focus.mockReturnValue(true)
    await grows(40)
    expect(posted).toEqual(['read'])
    await scrolled(100)
    expect(posted).toEqual(['read'])
    await scrolled(height)
    expect(posted).toEqual(['read', 'read'])
  })

  it('a mention that comes to an open thread is seen', async () => {
    open.conversation!.mentioned = true
    await flushPromises()
    expect(posted).toEqual(['read', 'read'])
    expect(open.conversation?.mentioned).toBe(false)
  })

  it('marked unread in another window holds here too, until the desk says it is read', async () => {
    markHeard(open, 0)
    await grows(40)
    await scrolled(100)
    await scrolled(height)
    expect(posted).toEqual(['read'])
    answer = conversation(false)
    markHeard(open, 2)
    await flushPromises()
    expect(open.conversation?.unread).toBe(false)
    expect(open.keptUnread).toBeUndefined()
  })

  it('an answer from before the mark does not undo it', async () => {
    answer = conversation(false)
    const asked = loadConversation(open)
    void markUnread(open)
    await asked
    await flushPromises()
    expect(open.conversation?.unread).toBe(true)
    expect(open.keptUnread).toBe(2)
  })
})
