// Messages on their way to the desk. They go one after the other and stay in this browser until the
// desk has them, so that a lost line or a reload loses none and doubles none.
import { reactive, watch } from 'vue'

import { api, ApiError, asApiError, must, newKey } from '@/api/client'
import type { Entry, FileInfo, NewMessage } from '@/api/types'
import { liveState } from '@/shared/live'
import { myId, session } from '@/shared/session'
import { sayProblem } from '@/shared/toast'
import { dropEntry, loadConversation, newestOf, putEntry, threadOf } from '../useThread'
import { draftById, putBack, type Draft, type Kind } from './drafts'

export interface Parcel {
  conversationId: number
  body: NewMessage
  attachments: FileInfo[]
  at: number
  /** Stands in the thread under this id until the desk gives its own. */
  localId: number
}

const AGAIN_MS = 5_000
export const outbox = reactive<Parcel[]>([])
/** The conversations whose last message was held back: a new one had come in, a colleague had answered. */
export const collisions = reactive(new Map<number, 'new' | 'answered'>())
const storeKey = () => `aftersail.outbox.${myId.value}`
let sending = false
let timer: ReturnType<typeof setTimeout> | undefined

const keep = () => localStorage.setItem(storeKey(), JSON.stringify(outbox))

/** How it stands in the thread until then. */
export function entryOf(p: Parcel): Entry {
  return {
    conversation_id: p.conversationId,
    client_id: p.body.client_id ?? '',
    has_raw: false,
    id: p.localId,
    kind: p.body.kind === 'note' ? 'note' : 'message',
    at: p.at,
    version: 0,
    direction: p.body.kind === 'note' ? null : 'out',
    person_id: myId.value,
    person_name: session.value?.person.name ?? '',
    customer_id: null,
    text: p.body.text,
    html: false,
    quoted: null,
    language: null,
    state: 'queued',
    state_key: null,
    state_arg: null,
    send_at: null,
    from: null,
    to: p.body.to ?? [],
    cc: p.body.cc ?? [],
    subject: '',
    attachments: p.attachments,
    mentions: [],
    automatic: false,
    event: null,
  }
}

function take(p: Parcel) {
  const at = outbox.indexOf(p)
  if (at >= 0) outbox.splice(at, 1)
  keep()
  dropEntry(threadOf(p.conversationId), p.localId)
}

/** Said once: whoever sends again has read it. */
function answered(p: Parcel, draft?: Draft) {
  if (draft) draft.began = 0
  collisions.set(p.conversationId, 'answered')
}

function refused(p: Parcel, e: ApiError) {
  take(p)
  const draft = draftById(p.conversationId)
  const kind: Kind = p.body.kind === 'note' ? 'note' : 'reply'
  if (draft) putBack(draft, { kind, text: p.body.text, attachments: p.attachments })
  if (e.key === 'inbox.new_messages') collisions.set(p.conversationId, 'new')
  else if (e.key === 'inbox.answered_meanwhile') answered(p, draft)
  else sayProblem(e)
}

async function deliver(p: Parcel) {
  const made = await must(
    api.POST('/conversations/{id}/messages', {
      params: { path: { id: p.conversationId } },
      headers: { 'Idempotency-Key': p.body.client_id ?? '' },
      body: p.body,
    }),
  )
  take(p)
  const open = threadOf(p.conversationId)
  putEntry(open, made as Entry)
  void loadConversation(open).catch(() => undefined)
}

const passes = (e: ApiError) => e.offline || e.status === 503 || e.status === 429

export async function flush() {
  if (sending) return
  sending = true
  clearTimeout(timer)
  for (let p = outbox[0]; p; p = outbox[0]) {
    try {
      await deliver(p)
    } catch (cause) {
      const e = asApiError(cause)
      if (passes(e)) {
        timer = setTimeout(() => void flush(), AGAIN_MS)
        break
      }
      refused(p, e)
    }
  }
  sending = false
}

let lastLocal = 0
export function post(
  conversationId: number,
  body: Omit<NewMessage, 'client_id'>,
  attachments: FileInfo[],
) {
  lastLocal = Math.min(lastLocal - 1, -Date.now())
  const p: Parcel = {
    conversationId,
    body: { ...body, client_id: newKey() } as NewMessage,
    attachments,
    at: Date.now(),
    localId: lastLocal,
  }
  outbox.push(p)
  keep()
  const open = threadOf(conversationId)
  // Whoever answers has read it.
  open.keptUnread = undefined
  open.readTo = newestOf(open)
  putEntry(open, entryOf(p))
  void flush()
}

/** What an earlier visit left unsent. */
export function resumeOutbox() {
  try {
    const kept = JSON.parse(localStorage.getItem(storeKey()) ?? '[]') as Parcel[]
    if (!outbox.length) outbox.push(...kept)
  } catch {
    localStorage.removeItem(storeKey())
  }
  for (const p of outbox) putEntry(threadOf(p.conversationId), entryOf(p))
  void flush()
}

addEventListener('online', () => void flush())
watch(liveState, (state) => state === 'open' && void flush())
