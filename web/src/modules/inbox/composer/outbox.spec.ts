import { beforeEach, describe, expect, it, vi } from 'vitest'

import { openThread } from '../useThread'
import { collisions, flush, outbox, post } from './outbox'

type Answer = () => Response
const answers: Answer[] = []
const sent: { key: string | null; text: string }[] = []

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
const accepted =
  (id: number): Answer =>
  () =>
    json(201, { id, version: 1, kind: 'message', direction: 'out', state: 'held', at: 1 })
const lost: Answer = () => {
  throw new TypeError('Failed to fetch')
}

vi.stubGlobal('fetch', async (request: Request) => {
  if (request.method !== 'POST') return json(404, { key: 'error.notfound' })
  const body = (await request.clone().json()) as { text: string }
  sent.push({ key: request.headers.get('Idempotency-Key'), text: body.text })
  return (answers.shift() ?? lost)()
})

const write = (text: string) => post(1, { kind: 'reply', text, attachment_ids: [] }, [])
const settled = () => vi.waitFor(() => expect(answers).toHaveLength(0))

beforeEach(() => {
  outbox.splice(0)
  answers.splice(0)
  sent.splice(0)
  collisions.clear()
  localStorage.clear()
  openThread(1).entries = []
})

describe('messages on their way to the desk', () => {
  it('stand in the thread at once and take the desk’s id when it has them', async () => {
    answers.push(accepted(41))
    write('one')
    expect(openThread(1).entries.map((e) => e.text)).toEqual(['one'])
    await vi.waitFor(() => expect(openThread(1).entries.map((e) => e.id)).toEqual([41]))
    expect(outbox).toHaveLength(0)
  })

  it('wait when the line is lost, and go out in order with the same key', async () => {
    answers.push(lost)
    write('one')
    await settled()
    await vi.waitFor(() => expect(outbox).toHaveLength(1))
    write('two')
    expect(localStorage.length).toBe(1)
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(1))
    answers.push(accepted(41), accepted(42))
    await vi.waitFor(async () => {
      await flush()
      expect(outbox).toHaveLength(0)
    })
    const texts = sent.map((s) => s.text)
    expect(texts.indexOf('two')).toBe(texts.length - 1)
    expect(new Set(sent.filter((s) => s.text === 'one').map((s) => s.key)).size).toBe(1)
  })

  it('leave the thread when a colleague answered first', async () => {
    answers.push(() => json(409, { key: 'inbox.answered_meanwhile', status: 409 }))
    write('twice')
    await vi.waitFor(() => expect(collisions.get(1)).toBe('answered'))
    expect(outbox).toHaveLength(0)
  })

  it('leave the thread when something new came in first', async () => {
    answers.push(() => json(409, { key: 'inbox.new_messages', status: 409 }))
    write('too soon')
    await vi.waitFor(() => expect(collisions.has(1)).toBe(true))
    expect(outbox).toHaveLength(0)
    expect(openThread(1).entries).toHaveLength(0)
  })
})
