// The people, teams, tags, inboxes and canned replies that many pages name. Read once, kept fresh.
import { computed, shallowRef, type ShallowRef } from 'vue'

import { api, must } from '@/api/client'
import type { Canned, Inbox, Person, Tag, Team } from '@/api/types'
import { listen } from './live'

interface Row {
  id: number
}
interface Page<T> {
  items: T[]
  next?: string | null
}

function keep<T extends Row>(read: (after?: string) => Promise<Page<T>>) {
  const list = shallowRef<T[]>([])
  const byId = computed(() => new Map(list.value.map((row) => [row.id, row])))
  async function load() {
    const all: T[] = []
    let after: string | undefined
    do {
      const page = await read(after)
      all.push(...page.items)
      after = page.next ?? undefined
    } while (after)
    list.value = all
  }
  return { list, byId, load, get: (id: number | null | undefined) => byId.value.get(id ?? 0) }
}

type Query = { params: { query: never } }
const query = (after?: string): Query => ({ params: { query: { after, limit: 100 } as never } })

export const people = keep<Person>((after) => must(api.GET('/people', query(after))))
export const teams = keep<Team>((after) => must(api.GET('/teams', query(after) as never)))
export const tags = keep<Tag>((after) => must(api.GET('/tags', query(after) as never)))
export const inboxes = keep<Inbox>((after) => must(api.GET('/inboxes', query(after) as never)))
export const canned = keep<Canned>((after) => must(api.GET('/canned', query(after) as never)))

export async function loadDirectory() {
  await Promise.allSettled([people, teams, tags, inboxes, canned].map((one) => one.load()))
}

export function put<T extends Row>(list: ShallowRef<T[]>, row: T) {
  const known = list.value.some((one) => one.id === row.id)
  list.value = known
    ? list.value.map((one) => (one.id === row.id ? row : one))
    : [...list.value, row]
}

export function drop<T extends Row>(list: ShallowRef<T[]>, id: number) {
  list.value = list.value.filter((one) => one.id !== id)
}

let soon: ReturnType<typeof setTimeout> | undefined

listen({
  change: ({ topic }) => {
    if (topic === 'inboxes') void inboxes.load().catch(() => undefined)
    if (topic !== 'people') return
    clearTimeout(soon)
    soon = setTimeout(() => void people.load().catch(() => undefined), 500)
  },
  reset: () => void loadDirectory(),
})
