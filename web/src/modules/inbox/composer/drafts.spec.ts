import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Conversation, Entry } from '@/api/types'
import { clearSent, draftOf, keepDraft, settleOther, takeBack, type Draft } from './drafts'

/** What live.ts would pass on: two windows are two copies of this module beside one desk. */
interface Window {
  drafts: { draftOf: typeof draftOf; keepDraft: typeof keepDraft }
  d: Draft
  hear: (version: number) => void
  clear: typeof clearSent
  settle: typeof settleOther
  back: typeof takeBack
}

type Kept = NonNullable<Conversation['draft']>
let kept: Kept | null = null
let sent: Entry[] = []
let version = 0
/** What becomes of the answer to a draft that was kept. */
let answer = async (body: Response) => body
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  })
const conversation = (id: number) =>
  ({
    ...{ id, can_reply: true, last_in_id: 1, reply_to: [], reply_cc: [], draft: kept },
  }) as unknown as Conversation

vi.stubGlobal('fetch', async (request: Request) => {
  if (request.url.includes('/thread')) return json(200, { items: sent, next: null })
  if (request.method === 'GET') return json(200, conversation(1))
  const body = (await request.clone().json()) as Kept
  if (kept && body.version !== kept.version) return json(409, { key: 'error.version', status: 409 })
  kept = { ...body, attachments: [], at: 1, version: ++version }
  return answer(json(200, kept))
})

let windows: Window[] = []
let id = 0

async function openWindow(): Promise<Window> {
  vi.resetModules()
  const heard: ((told: object) => void)[] = []
  vi.doMock('@/shared/live', () => ({
    listen: (on: { draft: (told: object) => void }) => heard.push(on.draft),
  }))
  const drafts = await import('./drafts')
  const d = drafts.draftOf(conversation(id))
  const hear = (now: number) => heard.forEach((h) => h({ conversation_id: id, version: now }))
  const { clearSent: clear, settleOther: settle, takeBack: back } = drafts
  const one = { drafts, d, hear, clear, settle, back }
  windows.push(one)
  return one
}

/** All that was told and saved has settled. */
async function settled() {
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(1000)
    windows.forEach((w) => w.hear(kept?.version ?? 0))
  }
  await vi.advanceTimersByTimeAsync(1000)
}

function type(w: Window, text: string) {
  w.d.reply = text
  w.drafts.keepDraft(w.d)
}

beforeEach(() => {
  vi.useFakeTimers()
  kept = null
  sent = []
  windows = []
  answer = async (body) => body
  id++
  localStorage.clear()
})

describe('two windows of one person', () => {
  it('one that has nothing of its own shows what the other writes', async () => {
    const [a, b] = [await openWindow(), await openWindow()]
    type(a, 'Dear Ann')
    await settled()
    expect(b.d).toMatchObject({ reply: 'Dear Ann', saved: 'saved' })
    type(b, 'Dear Ann, hello')
    await settled()
    expect(a.d.reply).toBe('Dear Ann, hello')
  })

  it('one that has tells it, and writes nothing over until somebody chose', async () => {
    const [a, b] = [await openWindow(), await openWindow()]
    type(a, 'from here')
    type(b, 'from there')
    await settled()
    const [won, lost] = a.d.other ? [b, a] : [a, b]
    expect(kept?.text).toBe(won.d.reply)
    expect(lost.d.other?.text).toBe(won.d.reply)
    const both = [won.d.reply, lost.d.reply].join('\n\n')
    lost.settle(lost.d, 'both')
    await settled()
    expect([kept?.text, won.d.reply, lost.d.reply]).toEqual([both, both, both])
    expect(lost.d.other).toBeUndefined()
  })

  it('keeping one’s own puts it into the other', async () => {
    const [a, b] = [await openWindow(), await openWindow()]
    type(a, 'from here')
    await vi.advanceTimersByTimeAsync(900)
    type(b, 'from there')
    await vi.advanceTimersByTimeAsync(900)
    b.settle(b.d, 'mine')
    await settled()
    expect([kept?.text, a.d.reply]).toEqual(['from there', 'from there'])
  })

  it('sending while the other’s text waits brings that up', async () => {
    const [a, b] = [await openWindow(), await openWindow()]
    type(a, 'from here')
    await vi.advanceTimersByTimeAsync(900)
    type(b, 'from there')
    await vi.advanceTimersByTimeAsync(900)
    b.clear(b.d)
    expect(b.d.reply).toBe('from here')
  })

  it('what was sent from one goes from the other, what was not stays', async () => {
    const [a, b] = [await openWindow(), await openWindow()]
    type(a, 'Dear Ann')
    await settled()
    a.clear(a.d)
    kept = null
    sent = [{ person_id: 0, text: 'Dear Ann' } as Entry]
    await settled()
    expect(b.d.reply).toBe('')
    type(b, 'Something else')
    await settled()
    kept = null
    await settled()
    expect(b.d.reply).toBe('Something else')
  })

  it('one’s own text is no other’s, though the answer that it was kept was lost', async () => {
    const a = await openWindow()
    type(a, 'Dear')
    await settled()
    kept = { ...kept!, version: ++version }
    type(a, 'Dear Ann')
    await settled()
    expect(a.d.other).toBeUndefined()
    expect(kept.text).toBe('Dear Ann')
  })
})

describe('a line that is slow or lost', () => {
  it('one’s own words are no other’s though the answer to them was lost', async () => {
    const a = await openWindow()
    answer = () => Promise.reject(new TypeError('lost'))
    for (const text of ['Dear', 'Dear Ann']) {
      type(a, text)
      await vi.advanceTimersByTimeAsync(900)
    }
    type(a, 'Dear Ann, hello')
    answer = async (body) => body
    await settled()
    expect(a.d.other).toBeUndefined()
    expect(kept?.text).toBe('Dear Ann, hello')
  })

  it.each([100, 2000])('what is kept after it was sent goes again (%d ms)', async (late) => {
    const a = await openWindow()
    answer = (body) => new Promise((done) => setTimeout(() => done(body), late))
    type(a, 'Dear Ann')
    await vi.advanceTimersByTimeAsync(850)
    a.clear(a.d)
    expect(kept?.text).toBe('Dear Ann')
    await vi.advanceTimersByTimeAsync(9000)
    expect(kept?.text).toBe('')
    expect(a.d.saved).toBe('clean')
  })
})

describe('a sending taken back', () => {
  /** The desk's draft is the text that was not sent, whatever it was since. */
  const undone = (text: string) =>
    (kept = { kind: 'reply', text, attachments: [], to: [], cc: [], at: 2, version: ++version })

  it('stands before what was typed since, and both are kept', async () => {
    const a = await openWindow()
    type(a, 'And one more')
    await settled()
    a.back(a.d, { text: 'Dear Ann', attachments: [], version: undone('Dear Ann').version })
    await settled()
    expect(a.d.other).toBeUndefined()
    expect(kept?.text).toBe('Dear Ann\n\nAnd one more')
  })

  it('is no other’s while what was typed since is on its way', async () => {
    const a = await openWindow()
    type(a, 'And one more')
    const { version: _none, ...back } = undone('Dear Ann')
    a.back(a.d, { kind: 'reply', text: back.text, attachments: [] })
    await settled()
    expect(a.d.other).toBeUndefined()
    expect(kept?.text).toBe('Dear Ann\n\nAnd one more')
  })

  it('is there once though the stream told of it first', async () => {
    const a = await openWindow()
    const { version: now } = undone('Dear Ann')
    await settled()
    a.back(a.d, { text: 'Dear Ann', attachments: [], version: now })
    expect(a.d.reply).toBe('Dear Ann')
  })
})

describe('coming back', () => {
  it('what did not reach the desk meets what another window kept there', async () => {
    const a = await openWindow()
    a.d.reply = 'offline'
    a.drafts.keepDraft(a.d)
    kept = { kind: 'reply', text: 'elsewhere', attachments: [], to: [], cc: [], at: 9, version: 7 }
    windows = []
    const again = await openWindow()
    await settled()
    expect(again.d).toMatchObject({ reply: 'offline', other: { text: 'elsewhere' } })
  })

  it('the text of the other kind stands in this browser and stays there', async () => {
    const a = await openWindow()
    type(a, 'An answer')
    await settled()
    a.d.kind = 'note'
    a.d.note = 'A note'
    a.drafts.keepDraft(a.d)
    await settled()
    expect(kept?.text).toBe('A note')
    windows = []
    expect((await openWindow()).d).toMatchObject({ reply: 'An answer', note: 'A note' })
  })

  it('nor does another window’s take its place without a word', async () => {
    const a = await openWindow()
    a.d.note = 'A note'
    type(a, 'An answer')
    await settled()
    const b = await openWindow()
    b.d.kind = 'note'
    b.d.note = 'Another note'
    b.drafts.keepDraft(b.d)
    await settled()
    expect(a.d).toMatchObject({ note: 'A note', other: { text: 'Another note' } })
  })

  it('what was sent meanwhile from elsewhere does not come back', async () => {
    type(await openWindow(), 'Dear Ann')
    await settled()
    kept = null
    windows = []
    expect((await openWindow()).d).toMatchObject({ reply: '', saved: 'clean' })
  })
})
