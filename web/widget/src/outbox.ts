// Messages not yet answered for. They live in storage, so a reload or a dead network loses none,
// and each carries a client_id under which the desk stores it at most once, so sending again
// doubles none. Order is kept: the next goes out only when the one before it is settled. A Web
// Lock lets one tab at a time send. Each message has a key of its own: tabs that write at the
// same moment would overwrite each other's list.
import type { Storage } from './storage'
import type { FileInfo, Message, Pending } from './types'

/** What sending one message can end in. */
export type Sent = { ok: Message } | { refused: string } | 'later'

export interface OutboxOptions {
  storage: Storage
  send: (p: Pending) => Promise<Sent>
  /** The list changed; `settled` is what the desk made of the one that left it. */
  onChange: (settled?: Message) => void
  /** Runs one at a time over all tabs. */
  exclusive: (work: () => Promise<void>) => Promise<void>
  newId: () => string
  now: () => number
  /** Call `again` in this many tries' time. */
  retry: (again: () => void, tries: number) => void
}

export interface Outbox {
  list(): Pending[]
  add(text: string, files: FileInfo[]): Pending
  /** Send what waits; safe to call at any time. */
  drain(): Promise<void>
  again(client_id: string): void
  /** Takes it out: given up, or known to have arrived. */
  drop(client_id: string): void
}

const nameOf = (client_id: string) => `out:${client_id}`

export function createOutbox(o: OutboxOptions): Outbox {
  let tries = 0
  let running = false
  let asked = false

  let latest = 0

  const list = () =>
    o.storage
      .names(nameOf(''))
      .flatMap((name) => o.storage.get<Pending>(name) ?? [])
      .sort((a, b) => a.at - b.at)
  const save = (p: Pending) => o.storage.set(nameOf(p.client_id), p)
  const remove = (client_id: string) => o.storage.remove(nameOf(client_id))

  /** True while there may be more to send at once. */
  async function sendNext(): Promise<boolean> {
    const next = list().find((p) => p.failed === undefined)
    if (!next) return false
    const done = await o.send(next)
    if (done === 'later') {
      o.retry(() => void drain(), ++tries)
      return false
    }
    tries = 0
    if ('ok' in done) remove(next.client_id)
    else save({ ...next, failed: done.refused })
    o.onChange('ok' in done ? done.ok : undefined)
    return true
  }

  async function drain(): Promise<void> {
    asked = true
    if (running) return
    running = true
    try {
      while (asked) {
        asked = false
        await o.exclusive(async () => {
          while (await sendNext());
        })
      }
    } finally {
      running = false
    }
  }

  return {
    list,
    drain,
    add(text, files) {
      latest = Math.max(latest + 1, o.now()) // two in one millisecond keep their order
      const p: Pending = { client_id: o.newId(), text, files, at: latest }
      save(p)
      o.onChange()
      return p
    },
    again(client_id) {
      const p = o.storage.get<Pending>(nameOf(client_id))
      if (p) save({ ...p, failed: undefined })
      o.onChange()
      void drain()
    },
    drop(client_id) {
      remove(client_id)
      o.onChange()
    },
  }
}
