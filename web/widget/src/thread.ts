// The conversation as the visitor's browser knows it: no network, no page.
import type { Message } from './types'

export interface Thread {
  list(): readonly Message[]
  /** Puts a message in its place, over the one of its id if there is one. True when it is new. */
  put(m: Message): boolean
  /** Its writer took it back. */
  remove(id: number): void
  lastId(): number
  /** The id after which the newest `n` stand; 0 when there are no more than those. */
  before(n: number): number
  /** Of the agents' between the two, only these are still there: others were taken back unheard. */
  keepOnly(after: number, upTo: number, ids: ReadonlySet<number>): number[]
  unread(seen: number): number
  clear(): void
}

export function createThread(): Thread {
  let all: Message[] = []
  let newest = 0 // also of what was taken back: it is not to be read again

  return {
    list: () => all,
    put(m) {
      newest = Math.max(newest, m.id)
      if (m.state === 'undone') return false
      const known = all.findIndex((x) => x.id === m.id)
      if (known >= 0) {
        all = all.map((x, i) => (i === known ? m : x))
        return false
      }
      const at = all.findLastIndex((x) => x.id < m.id) + 1
      all = [...all.slice(0, at), m, ...all.slice(at)]
      return true
    },
    remove(id) {
      all = all.filter((m) => m.id !== id)
    },
    lastId: () => newest,
    before: (n) => all.at(-n - 1)?.id ?? 0,
    keepOnly(after, upTo, ids) {
      const gone = all.filter(
        (m) => m.from === 'agent' && m.id > after && m.id <= upTo && !ids.has(m.id),
      )
      all = all.filter((m) => !gone.includes(m))
      return gone.map((m) => m.id)
    },
    unread: (seen) => all.filter((m) => m.from !== 'visitor' && m.id > seen).length,
    clear() {
      all = []
      newest = 0
    },
  }
}
