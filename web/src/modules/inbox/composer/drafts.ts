// What is being written, a draft a conversation: kept here while pages change, in this browser at
// every key, and on the desk shortly after.
import { reactive } from 'vue'

import { api, must } from '@/api/client'
import type { Conversation, FileInfo } from '@/api/types'
import { myId } from '@/shared/session'

export type Kind = 'reply' | 'note'

export interface Draft {
  id: number
  kind: Kind
  reply: string
  note: string
  attachments: FileInfo[]
  to: string
  cc: string
  /** People named with "@", by the name as written. */
  mentions: Record<string, number>
  version: number
  saved: 'clean' | 'local' | 'saved'
  /** The customer's newest entry when a key was last pressed. */
  seen: number
  /** The newest entry when the first key of this answer was pressed; 0: nothing is begun. */
  began: number
  at: number
}

const SAVE_MS = 800
const drafts = new Map<number, Draft>()
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const storeKey = (id: number) => `aftersail.draft.${myId.value}.${id}`

function fromStore(id: number): Partial<Draft> | undefined {
  try {
    return JSON.parse(localStorage.getItem(storeKey(id)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function fromDesk(c: Conversation): Partial<Draft> | undefined {
  const d = c.draft
  if (!d) return undefined
  return {
    kind: d.kind === 'note' ? 'note' : 'reply',
    [d.kind === 'note' ? 'note' : 'reply']: d.text,
    attachments: d.attachments,
    to: d.to.join(', '),
    cc: d.cc.join(', '),
    version: d.version,
    at: d.at,
  }
}

/** The newer of what this browser and the desk have kept. */
export function draftOf(c: Conversation): Draft {
  const known = drafts.get(c.id)
  if (known) return known
  const [here, there] = [fromStore(c.id), fromDesk(c)]
  const newer = here && (here.at ?? 0) >= (there?.at ?? 0) ? here : there
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
    ...newer,
    version: there?.version ?? 0,
    saved: newer ? 'saved' : 'clean',
  })
  drafts.set(c.id, draft)
  return draft
}

/** The bare addresses of a line such as "Ann Lee <ann@a.example>, bo@b.example". */
export const addresses = (line: string) =>
  line
    .split(/[,;，；]+/)
    .map((one) => (/<([^<>]+)>/.exec(one)?.[1] ?? one).trim())
    .filter(Boolean)

export const isEmpty = (d: Draft) => !d.reply.trim() && !d.note.trim() && !d.attachments.length

async function save(d: Draft) {
  const params = { path: { id: d.id } }
  if (isEmpty(d)) {
    if (d.version) await must(api.DELETE('/conversations/{id}/draft', { params }))
    d.version = 0
    d.saved = 'clean'
    return
  }
  const body = {
    kind: d.kind,
    text: d[d.kind],
    attachment_ids: d.attachments.map((f) => f.id),
    to: addresses(d.to),
    cc: addresses(d.cc),
  }
  const at = d.at
  const kept = await must(api.PUT('/conversations/{id}/draft', { params, body }))
  d.version = (kept as { version: number }).version
  if (d.at === at) d.saved = 'saved'
}

export function keepDraft(d: Draft) {
  d.at = Date.now()
  d.saved = 'local'
  const { saved: _saved, seen: _seen, ...kept } = d
  if (isEmpty(d)) localStorage.removeItem(storeKey(d.id))
  else localStorage.setItem(storeKey(d.id), JSON.stringify(kept))
  clearTimeout(timers.get(d.id))
  // What cannot be kept on the desk now is kept here, and goes there with the next key.
  const attempt = () => void save(d).catch(() => undefined)
  timers.set(d.id, setTimeout(attempt, SAVE_MS))
}

/** Empties what was sent; the other kind stays. The desk forgets its draft when it takes a message. */
export function clearSent(d: Draft) {
  d[d.kind] = ''
  if (d.kind === 'reply') d.began = 0
  if (d.kind === 'reply') d.attachments = []
  else d.mentions = {}
  keepDraft(d)
}

export interface Returned {
  kind?: Kind
  text: string
  attachments: FileInfo[]
}

/** Puts a text back that was not sent after all, before whatever has been written since. */
export function putBack(d: Draft, { kind = 'reply', text, attachments }: Returned) {
  d.kind = kind
  d[kind] = d[kind].trim() ? `${text}\n\n${d[kind]}` : text
  const known = new Set(d.attachments.map((f) => f.id))
  d.attachments = [...attachments.filter((f) => !known.has(f.id)), ...d.attachments]
  keepDraft(d)
}

export const draftById = (id: number) => drafts.get(id)
