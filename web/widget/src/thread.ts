// The conversation as the visitor's browser knows it: no network, no page.
import type { Message } from './types'

export interface Thread {
  list(): readonly Message[]
  /** Puts a message in its place, over the one of its id if there is one. True when it is new. */
  put(m: Message): boolean
  lastId(): number
  unread(seen: number): number
  clear(): void
}

export function createThread(): Thread {
  let all: Message[] = []

  return {
    list: () => all,
    put(m) {
      const known = all.findIndex((x) => x.id === m.id)
      if (known >= 0) {
        all = all.map((x, i) => (i === known ? m : x))
        return false
      }
      const at = all.findLastIndex((x) => x.id < m.id) + 1
      all = [...all.slice(0, at), m, ...all.slice(at)]
      return true
    },
    lastId: () => all.at(-1)?.id ?? 0,
    unread: (seen) => all.filter((m) => m.from !== 'visitor' && m.id > seen).length,
    clear() {
      all = []
    },
  }
}
