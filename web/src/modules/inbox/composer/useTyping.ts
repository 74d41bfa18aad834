import { onBeforeUnmount } from 'vue'

import { api } from '@/api/client'
import type { Kind } from './drafts'

const EVERY_MS = 4_000
const QUIET_MS = 6_000

/** Tells the others that somebody writes here: seldom, and once more when it ends. */
export function useTyping(id: number) {
  let last = 0
  let kind: Kind = 'reply'
  let quiet: ReturnType<typeof setTimeout> | undefined

  const tell = (typing: boolean) =>
    void api
      .POST('/conversations/{id}/typing', {
        params: { path: { id } },
        body: { typing, kind },
      })
      .catch(() => undefined)

  function stop() {
    clearTimeout(quiet)
    if (last) tell(false)
    last = 0
  }

  function typed(what: Kind) {
    clearTimeout(quiet)
    quiet = setTimeout(stop, QUIET_MS)
    if (Date.now() - last < EVERY_MS && what === kind) return
    last = Date.now()
    kind = what
    tell(true)
  }

  onBeforeUnmount(stop)
  return { typed, stop }
}
