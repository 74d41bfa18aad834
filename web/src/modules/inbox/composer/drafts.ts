// What is being written, a draft a conversation: kept here while pages change, in this browser at
// every key, and on the desk shortly after.
import { reactive } from 'vue'

import { api, asApiError, must } from '@/api/client'
import type { Conversation, FileInfo } from '@/api/types'
import { listen } from '@/shared/live'
import { myId } from '@/shared/session'
import {
  bodyOf,
  foreign,
  fromDesk,
  fromStore,
  holds,
  isEmpty,
  hides,
  keepHere,
  onlyHere,
  otherOf,
  type Draft,
  type Kept,
  type Kind,
} from './draft'

export { addresses, isEmpty, type Draft, type Kind } from './draft'

const SAVE_MS = 800
const TRIED = 8
const drafts = new Map<number, Draft>()
const timers = new Map<number, ReturnType<typeof setTimeout>>()
/** What the desk keeps; what this browser could not take there yet goes before it. */
export function draftOf(c: Conversation): Draft {
  const known = drafts.get(c.id)
  if (known) {
    draftHeard(c.id, c.draft?.version ?? 0)
    return known
  }
  const there = c.draft ?? undefined
  const stored = fromStore(c.id)
  const unsaved = stored && stored.saved !== 'saved' ? stored : undefined
  const found = unsaved ?? (there && fromDesk(there))
  const draft = reactive<Draft>({
    id: c.id,
    kind: c.can_reply ? 'reply' : 'note',
    reply: '',
    note: '',
    attachments: [],
    to: c.reply_to.join(', '),
    cc: c.reply_cc.join(', '),
    mentions: {},
    seen: c.last_in_id,
    began: 0,
    at: 0,
    version: 0,
    known: '',
    keptKind: 'reply',
    ...onlyHere(stored),
    ...found,
    tried: [],
    saved: unsaved ? 'local' : holds(there) ? 'saved' : 'clean',
  })
  drafts.set(c.id, draft)
  if (unsaved) void save(draft).catch(() => undefined)
  else if (!there) keepHere(draft)
  return draft
}

const params = (d: Draft) => ({ params: { path: { id: d.id } } })

async function onDesk(d: Draft): Promise<Kept | undefined> {
  const found = await must(api.GET('/conversations/{id}', params(d)))
  return found.draft ?? undefined
}

/** The desk keeps another version than the one this window goes on from. */
async function meet(d: Draft) {
  const kept = await onDesk(d)
  heard.delete(d.id)
  d.other = kept && foreign(d, kept) ? otherOf(kept) : undefined
  if (d.other) return
  d.version = kept?.version ?? 0
  await save(d)
}

async function save(d: Draft) {
  if (d.other) return
  const empty = isEmpty(d)
  const body = bodyOf(d)
  const { at } = d
  // What was never kept there needs no emptying.
  if (empty && !d.version) {
    d.saved = 'clean'
    return
  }
  d.tried = [...d.tried.slice(1 - TRIED), body.text]
  try {
    const kept = (await must(api.PUT('/conversations/{id}/draft', { ...params(d), body }))) as Kept
    const { text: known, version } = kept
    Object.assign(d, { known, version, keptKind: body.kind, tried: [] })
  } catch (e) {
    if (asApiError(e).key !== 'error.version') throw e
    return meet(d)
  }
  // Sent meanwhile: kept after the message took the draft away, it would stay there for ever.
  if (d.at !== at && d.saved === 'clean' && !empty) keepDraft(d)
  if (d.at !== at) return
  d.saved = empty ? 'clean' : 'saved'
  keepHere(d)
  if (heard.get(d.id) !== undefined) void look(d)
}

/** Versions told by the stream that this window does not have. */
const heard = new Map<number, number>()
const LOOK_MS = 250
const looks = new Map<number, ReturnType<typeof setTimeout>>()

/** Another window of this person kept, emptied or sent it. */
function draftHeard(id: number, version: number) {
  const d = drafts.get(id)
  if (!d || version === d.version) return
  heard.set(id, version)
  clearTimeout(looks.get(id))
  looks.set(
    id,
    setTimeout(() => void look(d), LOOK_MS),
  )
}

/** Shows what the other window has, when this one has nothing of its own that the desk lacks. */
async function look(d: Draft) {
  if (d.other) return meet(d).catch(() => undefined)
  if (d.saved === 'local') return
  if (heard.get(d.id) === d.version) return void heard.delete(d.id)
  const kept = await onDesk(d).catch(() => null)
  if (kept === null) return
  // Typed while it was asked for: the next saving meets it.
  if ((d.saved as Draft['saved']) === 'local') return
  heard.delete(d.id)
  if (kept) adopt(d, kept)
  else await sentElsewhere(d)
}

/** Under the hand that writes, a note does not turn into an answer: the kind stays. */
function adopt(d: Draft, kept: Kept) {
  if (hides(d, kept)) {
    d.other = otherOf(kept)
    return
  }
  const { kind: _kind, ...rest } = fromDesk(kept)
  Object.assign(d, rest, { saved: holds(kept) ? 'saved' : 'clean' })
  keepHere(d)
}

/** Sent from another window it goes from here too; what was not the text that went stays. */
async function sentElsewhere(d: Draft) {
  d.version = 0
  const text = d[d.keptKind].trim()
  if (!text) return
  const query = { limit: 20 }
  const page = await must(
    api.GET('/conversations/{id}/thread', { params: { path: { id: d.id }, query } }),
  ).catch(() => undefined)
  const sent = page?.items.some((e) => e.person_id === myId.value && e.text?.trim() === text)
  if (sent) clearSent(d, d.keptKind)
  else if (page) keepDraft(d)
}

/** Neither is lost: both texts into one, or this one in the place of the other. */
export function settleOther(d: Draft, how: 'both' | 'mine') {
  const other = d.other
  if (!other) return
  d.other = undefined
  d.version = other.version
  d.known = other.text
  if (how === 'both') putBack(d, { ...other, kind: other.kind })
  else keepDraft(d)
}

export function keepDraft(d: Draft) {
  d.at = Date.now()
  d.saved = 'local'
  keepHere(d)
  clearTimeout(timers.get(d.id))
  // What cannot be kept on the desk now is kept here, and goes there with the next key.
  const attempt = () => void save(d).catch(() => undefined)
  timers.set(d.id, setTimeout(attempt, SAVE_MS))
}

listen({
  draft: (told) => draftHeard(told.conversation_id, told.version),
  reset: () => drafts.forEach((d) => d.version && draftHeard(d.id, -1)),
})

// Closing the window would leave only the other's text.
addEventListener('beforeunload', (e) => {
  if ([...drafts.values()].some((d) => d.other && !isEmpty(d))) e.preventDefault()
})

/** Empties what was sent; the other kind stays. The desk forgets its draft when it takes a message. */
export function clearSent(d: Draft, kind = d.kind) {
  d[kind] = ''
  if (kind === 'reply') d.began = 0
  if (kind === 'reply') d.attachments = []
  else d.mentions = {}
  // The desk forgets its draft with the message; another window's text comes up in its place.
  const other = d.other
  d.other = undefined
  d.version = 0
  if (other) putBack(d, other)
  else keepDraft(d)
}

export interface Returned {
  kind?: Kind
  text: string
  attachments: FileInfo[]
  /** Of the desk's draft, when that is this text again. */
  version?: number
}

/** Puts a text back that was not sent after all, before whatever has been written since. */
export function putBack(d: Draft, { kind = 'reply', text, attachments }: Returned) {
  d.kind = kind
  d[kind] = d[kind].trim() ? `${text}\n\n${d[kind]}` : text
  const known = new Set(d.attachments.map((f) => f.id))
  d.attachments = [...attachments.filter((f) => !known.has(f.id)), ...d.attachments]
  keepDraft(d)
}

/** A sending taken back: the desk keeps that text again, in the place of what it kept since. */
export function takeBack(d: Draft, back: Returned) {
  const { other } = d
  // Its news on the stream may have been faster than the answer.
  const shown = back.version !== undefined && d.version === back.version
  d.other = undefined
  if (other && other.version !== back.version) putBack(d, other)
  const { text: known, version = d.version, kind: keptKind = 'reply' } = back
  Object.assign(d, { known, version, keptKind })
  if (!shown) putBack(d, back)
}

export const draftById = (id: number) => drafts.get(id)
