// Messages not yet answered for. They live in storage, so a reload or a dead network loses none, and each carries
// a client_id under which the desk stores it at most once, so sending again doubles none. Order is kept: the next
// goes out only when the one before it is settled. A Web Lock lets one tab at a time send.
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
  drop(client_id: string): void
}

export function createOutbox(o: OutboxOptions): Outbox {
  let tries = 0
  let running = false
  let asked = false

  const list = () => o.storage.get<Pending[]>('outbox') ?? []
  const save = (all: Pending[]) => o.storage.set('outbox', all)

  function change(client_id: string, how: (p: Pending) => Pending | undefined) {
    save(list().flatMap((p) => (p.client_id === client_id ? (how(p) ?? []) : p)))
  }

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
    if ('ok' in done) change(next.client_id, () => undefined)
    else change(next.client_id, (p) => ({ ...p, failed: done.refused }))
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
      const p: Pending = { client_id: o.newId(), text, files, at: o.now() }
      save([...list(), p])
      o.onChange()
      return p
    },
    again(client_id) {
      change(client_id, ({ failed: _, ...p }) => p)
      o.onChange()
      void drain()
    },
    drop(client_id) {
      change(client_id, () => undefined)
      o.onChange()
    },
  }
}
