// The people, teams, tags, inboxes, canned replies and macros that many pages name. Read once, kept fresh.
import { computed, shallowRef, type ShallowRef } from 'vue'

import { api, must } from '@/api/client'
import type { Canned, Inbox, Macro, Person, Tag, Team } from '@/api/types'
import { listen } from './live'
import { myId, resume, session } from './session'

interface Row {
  id: number
}
function keep<T extends Row>(read: () => Promise<{ items: T[] }>) {
  const list = shallowRef<T[]>([])
  const byId = computed(() => new Map(list.value.map((row) => [row.id, row])))
  const load = async () => void (list.value = (await read()).items)
  return { list, byId, load, get: (id: number | null | undefined) => byId.value.get(id ?? 0) }
}

export const people = keep<Person>(() => must(api.GET('/people')))
export const teams = keep<Team>(() => must(api.GET('/teams')))
export const tags = keep<Tag>(() => must(api.GET('/tags')))
export const inboxes = keep<Inbox>(() => must(api.GET('/inboxes')))
export const canned = keep<Canned>(() => must(api.GET('/canned')))
export const macros = keep<Macro>(() => must(api.GET('/macros')))

/** Mine as the others see it: offline while no console is open. */
export const myPresence = computed(
  () => people.get(myId.value)?.presence ?? session.value?.person.presence ?? 'offline',
)

export async function loadDirectory() {
  await Promise.allSettled([people, teams, tags, inboxes, canned, macros].map((one) => one.load()))
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
  change: ({ topic, id, presence }) => {
    if (topic === 'inboxes') void inboxes.load().catch(() => undefined)
    if (topic !== 'people') return
    const person = people.get(id)
    if (person && presence)
      put(people.list, { ...person, presence: presence as Person['presence'] })
    clearTimeout(soon)
    soon = setTimeout(() => void people.load().catch(() => undefined), 500)
  },
  // what this person may do may have changed, too
  reset: () => {
    void resume().catch(() => undefined)
    void loadDirectory()
  },
})
