// One open conversation: its fields, its entries, who else is here. The last few opened are kept, so
// that going back shows at once what was there and then what is new.
import { reactive } from 'vue'

import { api, asApiError, must, type ApiError } from '@/api/client'
import type { Card, Conversation, Entry } from '@/api/types'
import type { Change, Typing } from '@/shared/live'
import { myId } from '@/shared/session'
import { placeCard } from './useList'

export interface Open {
  id: number
  conversation?: Conversation
  entries: Entry[]
  previous: string | null
  loading: boolean
  loadingMore: boolean
  problem?: ApiError
  /** The last entry read when this was opened; what follows is new. */
  readTo: number
  typing: Map<string, Typing & { at: number }>
  /** Where the thread was scrolled to, from its end; 0 is the end. */
  scroll: number
  /** Marked unread by hand: the customer's newest message then. Looking at it reads nothing until more comes. */
  keptUnread?: number
  /** Grows with every mark set here and again when the desk has it. */
  marks: number
  /** What was changed here and the desk has not yet agreed to: it shows, whatever else is heard. */
  pending: Partial<Conversation>[]
}

const KEPT = 12
const opened = new Map<number, Open>()

/** The one of this id, shown or not. */
export function threadOf(id: number): Open {
  const open =
    opened.get(id) ??
    reactive<Open>({
      id,
      entries: [],
      previous: null,
      loading: true,
      loadingMore: false,
      readTo: 0,
      typing: new Map(),
      scroll: 0,
      marks: 0,
      pending: [],
    })
  opened.delete(id)
  opened.set(id, open)
  const oldest = opened.keys().next().value
  if (opened.size > KEPT && oldest !== undefined) opened.delete(oldest)
  return open
}

/** Somebody opens it to read. */
export function openThread(id: number): Open {
  const open = threadOf(id)
  // What came while this was closed is new; what is kept has been seen.
  open.readTo = newestOf(open)
  open.keptUnread = undefined
  return open
}

/** `marks` as they stood when it was asked for: an answer from before a mark does not know of it. */
export function takeConversation(open: Open, found: Conversation, marks: number) {
  const c = open.conversation
  if (c && c.version > found.version) return
  if (c && marks !== open.marks) Object.assign(found, { unread: c.unread, mentioned: c.mentioned })
  else if (!found.unread) open.keptUnread = undefined
  open.conversation = Object.assign(found, ...open.pending)
  placeCard(found as unknown as Card)
}

export async function loadConversation(open: Open) {
  const params = { path: { id: open.id } }
  const { marks } = open
  takeConversation(open, await must(api.GET('/conversations/{id}', { params })), marks)
}

/** The newest page joins what is kept when they overlap, and takes its place when they do not. */
function joinNewest(open: Open, items: Entry[], previous: string | null) {
  const oldest = items[0]?.id ?? 0
  const overlap = open.entries.some((e) => e.id === oldest)
  const kept = overlap ? open.entries.filter((e) => e.id > 0 && e.id < oldest) : []
  const waiting = open.entries.filter((e) => e.id < 0)
  if (!overlap) open.previous = previous
  open.entries = [...kept, ...items, ...waiting]
}

export async function loadThread(open: Open) {
  const path = { id: open.id }
  const { marks } = open
  try {
    const [found, page] = await Promise.all([
      must(api.GET('/conversations/{id}', { params: { path } })),
      must(api.GET('/conversations/{id}/thread', { params: { path, query: { limit: 40 } } })),
    ])
    takeConversation(open, found, marks)
    joinNewest(open, page.items, ('previous' in page ? page.previous : null) ?? null)
    open.problem = undefined
  } catch (e) {
    open.problem = asApiError(e)
  }
  open.loading = false
}

export async function loadEarlier(open: Open) {
  if (!open.previous || open.loadingMore) return
  open.loadingMore = true
  try {
    const page = await must(
      api.GET('/conversations/{id}/thread', {
        params: { path: { id: open.id }, query: { before: open.previous, limit: 40 } },
      }),
    )
    const known = new Set(open.entries.map((e) => e.id))
    open.entries = [...page.items.filter((e) => !known.has(e.id)), ...open.entries]
    open.previous = ('previous' in page ? page.previous : null) ?? null
  } catch (e) {
    open.problem = asApiError(e)
  }
  open.loadingMore = false
}

/** Entries stand by id; those still on their way to the desk (negative) stay last. */
export function putEntry(open: Open, entry: Entry) {
  const rest = open.entries.filter((e) => e.id !== entry.id)
  const known = open.entries.find((e) => e.id === entry.id)
  if (known && known.version > entry.version) return
  if (entry.state === 'undone') {
    open.entries = rest
    return
  }
  const at = entry.id < 0 ? -1 : rest.findIndex((e) => e.id < 0 || e.id > entry.id)
  open.entries = at < 0 ? [...rest, entry] : [...rest.slice(0, at), entry, ...rest.slice(at)]
}

export function dropEntry(open: Open, id: number) {
  open.entries = open.entries.filter((e) => e.id !== id)
}

let again: ReturnType<typeof setTimeout> | undefined

function cameIn(open: Open, entry: Entry) {
  open.typing.delete('visitor')
  if (open.conversation && entry.id > newestIn(open)) open.conversation.unread = true
}

export function threadHeard(open: Open, change: Change) {
  if (change.card && change.card.id === open.id && open.conversation) {
    const { customer, unread: _everybodys, ...fields } = change.card
    if (change.card.version >= open.conversation.version)
      Object.assign(
        open.conversation,
        fields,
        {
          customer: { ...open.conversation.customer, name: customer.name },
        },
        ...open.pending,
      )
  }
  if (change.topic !== `conversation:${open.id}`) return
  if (change.removed && change.entry) dropEntry(open, change.entry.id)
  else if (change.entry) {
    if (change.entry.direction === 'in') cameIn(open, change.entry)
    putEntry(open, change.entry)
  }
  clearTimeout(again)
  again = setTimeout(() => void loadQuietly(open, !change.entry), change.entry ? 300 : 40)
}

/** A change without its entry may be a new one: read the end of the thread too. */
async function loadQuietly(open: Open, entries: boolean) {
  try {
    if (entries) await loadThread(open)
    else await loadConversation(open)
  } catch {
    // The stream or the next press will say so.
  }
}

const TYPING_MS = 8_000

export function typingHeard(open: Open, typing: Typing) {
  if (typing.conversation_id !== open.id || typing.person_id === myId.value) return
  const who = typing.visitor ? 'visitor' : String(typing.person_id)
  if (!typing.typing) open.typing.delete(who)
  else {
    const at = Date.now()
    open.typing.set(who, { ...typing, at })
    setTimeout(() => open.typing.get(who)?.at === at && open.typing.delete(who), TYPING_MS)
  }
}

export function keepScroll(open: Open, fromEnd: number) {
  open.scroll = fromEnd
}

/** The customer's newest message on this screen. */
export const newestIn = (open: Open) =>
  open.entries.findLast((e) => e.id > 0 && e.direction === 'in')?.id ?? 0

/** The newest of all on this screen that the desk has. */
export const newestOf = (open: Open) => open.entries.findLast((e) => e.id > 0)?.id ?? 0
