// The end of a thread: held while things grow above it, and read when the reader is there.
import { nextTick, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

import { markRead } from './reading'
import { keepScroll, loadEarlier, type Open } from './useThread'

const NEAR_PX = 80
const FAR_PX = 400
type Part = Ref<HTMLElement | undefined>

/** Where a box stands, and who put it there: arriving where it was put is no reading. */
function usePlace(box: Part) {
  let placed = -1
  return {
    fromEnd: () => {
      const b = box.value
      return b ? b.scrollHeight - b.scrollTop - b.clientHeight : 0
    },
    put(top: number) {
      if (!box.value) return
      box.value.scrollTop = top
      placed = box.value.scrollTop
    },
    /** Asked at each scrolling. */
    byReader() {
      const moved = box.value?.scrollTop !== placed
      if (moved) placed = -1
      return moved
    },
    glide() {
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches
      placed = -1
      box.value?.scrollTo({ top: box.value.scrollHeight, behavior: still ? 'auto' : 'smooth' })
    },
  }
}

/** `box` scrolls, `inner` grows in it. */
export function useEnd(open: Open, box: Part, inner: Part) {
  const below = ref(false)
  const { fromEnd, put, byReader, glide } = usePlace(box)

  let stuck = true
  function toEnd() {
    stuck = true
    put(box.value?.scrollHeight ?? 0)
  }

  function onScroll() {
    const gap = fromEnd()
    const read = byReader()
    if (read) stuck = gap < NEAR_PX
    below.value = gap > FAR_PX
    keepScroll(open, stuck ? 0 : gap)
    if (stuck && read) seen()
    if (box.value && box.value.scrollTop < 300) void loadEarlier(open)
  }

  function seen() {
    if (document.visibilityState === 'visible' && document.hasFocus()) void markRead(open)
  }

  /** Pictures and mail frames grow after they are drawn: hold the end, or the distance from it. */
  const grown = new ResizeObserver(() => {
    if (stuck) toEnd()
  })

  onMounted(async () => {
    await nextTick()
    const b = box.value
    if (b && open.scroll) {
      stuck = false
      put(b.scrollHeight - b.clientHeight - open.scroll)
    } else toEnd()
    if (inner.value) grown.observe(inner.value)
    if (box.value) grown.observe(box.value)
    seen()
    document.addEventListener('visibilitychange', seen)
    addEventListener('focus', seen)
  })
  onBeforeUnmount(() => {
    grown.disconnect()
    document.removeEventListener('visibilitychange', seen)
    removeEventListener('focus', seen)
  })

  watch(
    () => open.entries.at(-1)?.id,
    async (id) => {
      await nextTick()
      if (stuck || (id !== undefined && id < 0)) toEnd()
      if (stuck) seen()
    },
  )
  // Being named, too, is seen when it happens before one's eyes.
  watch(
    () => open.conversation?.unread || open.conversation?.mentioned,
    (waits) => waits && stuck && seen(),
  )
  watch(
    () => open.entries[0]?.id,
    async () => {
      const b = box.value
      if (!b || stuck) return
      const was = b.scrollHeight - b.scrollTop
      await nextTick()
      put(b.scrollHeight - was)
    },
    { flush: 'pre' },
  )

  return { below, goEnd: glide, onScroll }
}
