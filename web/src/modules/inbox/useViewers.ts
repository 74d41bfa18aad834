// Who else has a conversation open. Each window says so when it opens one, seldom again, and when it
// leaves; whoever is there answers one that comes. Only the windows keep it, the desk does not.
import { computed, onBeforeUnmount, onMounted, reactive, watch } from 'vue'

import { api } from '@/api/client'
import { people } from '@/shared/directory'
import { liveState, useLive, type Change, type Viewing } from '@/shared/live'
import { myId } from '@/shared/session'

const AGAIN_MS = 60_000
/** A window that went without saying so, with its node or its network, is forgotten. */
const GONE_MS = 150_000
/** Until this window hears itself its stream may not follow yet, and miss the answers. */
const PAUSES_MS = [400, 1_500, 5_000]

export function useViewers(id: number) {
  const seen = reactive(new Map<number, number>())
  let heardMe = false
  let left = false
  let asking: ReturnType<typeof setTimeout> | undefined
  let ticking: ReturnType<typeof setInterval> | undefined

  const tell = (viewing: boolean, ask = false) =>
    void api
      .POST('/conversations/{id}/viewing', {
        params: { path: { id } },
        body: { viewing, ask },
        keepalive: !viewing,
      })
      .catch(() => undefined)

  function ask(times = 0) {
    clearTimeout(asking)
    left = heardMe = false
    tell(true, true)
    const pause = PAUSES_MS[times]
    if (pause) asking = setTimeout(() => heardMe || ask(times + 1), pause)
  }

  function heard({ conversation_id, person_id, viewing, ask: asked }: Viewing) {
    if (conversation_id !== id) return
    if (person_id === myId.value) {
      heardMe = true
      // Another window of one's own left; this one has not.
      if (!viewing && !left) tell(true)
      return
    }
    if (!viewing) seen.delete(person_id)
    else seen.set(person_id, Date.now())
    if (asked && !left) tell(true)
  }

  /** Whoever's last stream ended has nothing open. */
  const gone = ({ topic, id: person, presence }: Change) =>
    topic === 'people' && presence === 'offline' && seen.delete(person)

  function leave() {
    clearTimeout(asking)
    left = true
    tell(false)
  }

  function tick() {
    tell(true)
    for (const [person, at] of seen) if (Date.now() - at > GONE_MS) seen.delete(person)
  }

  const back = (e: PageTransitionEvent) => e.persisted && ask()

  useLive([], { viewing: heard, change: gone })
  watch(liveState, (state) => state === 'open' && ask())
  onMounted(() => {
    ask()
    ticking = setInterval(tick, AGAIN_MS)
    addEventListener('pagehide', leave)
    addEventListener('pageshow', back)
  })
  onBeforeUnmount(() => {
    clearInterval(ticking)
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', back)
    leave()
  })

  return computed(() => [...seen.keys()].map((one) => people.get(one)).filter((p) => !!p))
}
