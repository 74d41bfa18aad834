import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Person, Session } from '@/api/types'
import { people } from '@/shared/directory'
import { session } from '@/shared/session'
import Viewers from './Viewers.vue'

type Told = Record<string, unknown>
let hear: (name: string, data: Told) => void = () => undefined
const told: Told[] = []

vi.mock('@/shared/live', async (original) => {
  const live = await original<typeof import('@/shared/live')>()
  const useLive = (_: string[], on: Record<string, (data: Told) => void>) => {
    hear = (name, data) => on[name]?.(data)
  }
  return { ...live, useLive }
})
vi.stubGlobal('fetch', async (request: Request) => {
  told.push((await request.clone().json()) as Told)
  return new Response(null, { status: 204 })
})

const ME = 1
const viewing = (person_id: number, on = true, ask = false, conversation_id = 7) =>
  hear('viewing', { conversation_id, person_id, viewing: on, ask })
let page: ReturnType<typeof mount>
const said = async () => {
  await flushPromises()
  return page.text()
}

beforeEach(async () => {
  vi.useFakeTimers()
  session.value = { person: { id: ME } } as Session
  people.list.value = [
    { id: ME, name: 'Chen Yu' },
    { id: 2, name: 'Mei Lin' },
    { id: 3, name: 'Sara' },
  ] as Person[]
  page = mount(Viewers, { props: { id: 7 } })
  await flushPromises()
  expect(told.splice(0)).toEqual([{ viewing: true, ask: true }])
})
afterEach(async () => {
  page.unmount()
  await flushPromises()
  told.length = 0
})

describe('who else has it open', () => {
  it('asks until it hears itself, since its stream may not follow yet', async () => {
    await vi.advanceTimersByTimeAsync(500)
    expect(told).toEqual([{ viewing: true, ask: true }])
    viewing(ME, true, true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toHaveLength(1)
  })

  it('shows who says so, and answers one who asks', async () => {
    viewing(ME)
    viewing(2, true, true)
    expect(await said()).toContain('inbox.viewers_one')
    expect(told).toEqual([{ viewing: true, ask: false }])
    viewing(3)
    expect(await said()).toContain('inbox.viewers_many')
    viewing(2, true, false, 8)
    viewing(ME)
    expect(page.findAll('.avatar')).toHaveLength(2)
  })

  it.each([
    ['says that she leaves', () => viewing(2, false)],
    [
      'has no stream any more',
      () => hear('change', { topic: 'people', id: 2, presence: 'offline' }),
    ],
    ['is silent for long', () => vi.advanceTimersByTimeAsync(240_000)],
  ])('forgets one who %s', async (_, go) => {
    viewing(2)
    expect(await said()).not.toBe('')
    await go()
    expect(await said()).toBe('')
  })

  it('says that it leaves, and stays while another window of one’s own left', async () => {
    viewing(ME, false)
    await flushPromises()
    expect(told).toEqual([{ viewing: true, ask: false }])
    page.unmount()
    await flushPromises()
    expect(told.at(-1)).toEqual({ viewing: false, ask: false })
    viewing(ME, false)
    await flushPromises()
    expect(told).toHaveLength(2)
  })
})
