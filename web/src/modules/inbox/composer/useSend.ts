import type { Conversation } from '@/api/types'
import type { Open } from '../useThread'
import { addresses, clearSent, type Draft } from './drafts'
import { collisions, post } from './outbox'

export type Then = 'resolve' | 'pending'

/** Those named with "@" whose names still stand in the note. */
const mentioned = (d: Draft) =>
  Object.entries(d.mentions)
    .filter(([name]) => d.note.includes(`@${name}`))
    .map(([, id]) => id)

function bodyOf(d: Draft, c: Conversation, then?: Then, insist = false) {
  const reply = d.kind === 'reply'
  return {
    kind: d.kind,
    text: d[d.kind].trim(),
    attachment_ids: d.attachments.map((f) => f.id),
    ...(reply && c.channel === 'email' && { to: addresses(d.to), cc: addresses(d.cc) }),
    ...(!reply && { mention_ids: mentioned(d) }),
    ...(reply && !insist && { seen_version: d.seen }),
    ...(reply && !insist && d.began && { seen_reply: d.began }),
    ...(then && { then }),
  }
}

/** Hands the draft to the outbox and leaves the field empty. */
export function sendDraft(open: Open, d: Draft, then?: Then, insist = false) {
  const c = open.conversation
  if (!c) return
  post(open.id, bodyOf(d, c, then, insist), d.attachments)
  collisions.delete(open.id)
  d.attachments = []
  clearSent(d)
}
