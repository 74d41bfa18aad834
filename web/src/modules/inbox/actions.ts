// What a press does to a conversation: shown at once, undone with the reason when refused.
import { toRaw } from 'vue'

import { api, ApiError, asApiError, must } from '@/api/client'
import type { Card, Conversation, ConversationPatch } from '@/api/types'
import { customerName } from '@/shared/customers'
import { t } from '@/shared/i18n'
import { can, myId } from '@/shared/session'
import { dismiss, say, sayProblem, sayUndo } from '@/shared/toast'
import { countsChanged, placeCard, touchCard } from './useList'
import { loadConversation, newestIn, takeConversation, type Open } from './useThread'

type Change = Omit<ConversationPatch, 'version'>

/** Changes of one conversation go one after the other: each needs the version the last one made. */
const queues = new Map<number, Promise<unknown>>()

function inTurn<T>(id: number, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(id) ?? Promise.resolve()).then(work, work)
  queues.set(id, turn)
  void turn.finally(() => queues.get(id) === turn && queues.delete(id)).catch(() => undefined)
  return turn
}

const pickOld = (c: Conversation, change: Change) =>
  Object.fromEntries(Object.keys(change).map((k) => [k, c[k as keyof Conversation]])) as Change

const same = (a: Change, b: Change) => JSON.stringify(a) === JSON.stringify(b)
const seenIn = (open: Open) => Math.max(open.conversation?.last_in_id ?? 0, newestIn(open))
const TRIES = 3

interface Wanted {
  change: Change
  /** What stood there, and the customer's newest message on the screen, when it was pressed. */
  old: Change
  seen: number
}

async function tell(open: Open, change: Change) {
  const { marks } = open
  const body = { ...change, version: open.conversation?.version ?? 0 }
  const params = { path: { id: open.id } }
  const found = await must(api.PATCH('/conversations/{id}', { params, body }))
  return () => takeConversation(open, found as Conversation, marks)
}

/** The version moves with every note and answer too: only what touches the change itself is refused. */
async function tellAgain(open: Open, { change, old, seen }: Wanted) {
  for (let left = TRIES; ; left--) {
    try {
      return await tell(open, change)
    } catch (e) {
      if (!left || asApiError(e).key !== 'error.version') throw e
      const params = { path: { id: open.id } }
      const { marks } = open
      const found = await must(api.GET('/conversations/{id}', { params }))
      if (found.last_in_id > seen || !same(pickOld(found, change), old)) throw e
      takeConversation(open, found, marks)
    }
  }
}

export async function patch(open: Open, change: Change): Promise<boolean> {
  const c = open.conversation
  if (!c) return false
  const wanted = { change, old: pickOld(c, change), seen: seenIn(open) }
  const shown = { ...change } as Partial<Conversation>
  open.pending.push(shown)
  Object.assign(c, shown)
  touchCard(open.id, change as Partial<Card>)
  const settle = () =>
    open.pending.splice(
      open.pending.findIndex((p) => toRaw(p) === shown),
      1,
    )
  try {
    await inTurn(open.id, async () => (await tellAgain(open, wanted).finally(settle))())
    countsChanged()
    return true
  } catch (e) {
    Object.assign(open.conversation ?? c, wanted.old, ...open.pending)
    placeCard((open.conversation ?? c) as unknown as Card)
    sayProblem(e)
    void loadConversation(open).catch(() => undefined)
    return false
  }
}

/** What leads back to where it stood, as far as this person may go there. */
function wayBack(c: Conversation, change: Change) {
  const back = pickOld(c, change)
  delete back.snoozed_until
  if (back.status === 'snoozed') back.snoozed_until = c.snoozed_until ?? undefined
  const others = back.assignee_id && back.assignee_id !== myId.value
  if (others && !can('conversation.assign')) delete back.assignee_id
  return back
}

const sorted = (c: Change): Change =>
  c.tag_ids ? { ...c, tag_ids: [...c.tag_ids].sort((a, b) => a - b) } : c

/** Goes back, unless that would write over what somebody did or the customer wrote since. */
function undo(open: Open, change: Change, back: Change, seen: number) {
  const c = open.conversation
  if (c && seenIn(open) <= seen && same(sorted(pickOld(c, change)), sorted(change)))
    return void patch(open, back)
  sayProblem(new ApiError('error.version', '', 409))
  void loadConversation(open).catch(() => undefined)
}

/** Changes it, and offers the way back for ten seconds: from the press on, as it shows from then. */
export async function patchWithUndo(open: Open, change: Change, done: string) {
  const c = open.conversation
  if (!c) return false
  const back = wayBack(c, change)
  const seen = seenIn(open)
  const some = Object.keys(back).length > 0
  const offer = some ? sayUndo(done, () => undo(open, change, back, seen)) : say(done)
  const made = await patch(open, change)
  if (!made) dismiss(offer)
  return made
}

export async function setStatus(open: Open, status: Conversation['status'], snoozedUntil?: number) {
  const c = open.conversation
  if (!c || (c.status === status && !snoozedUntil)) return
  const change: Change = snoozedUntil ? { status, snoozed_until: snoozedUntil } : { status }
  const done = t(`inbox.moved.${status}`, { name: customerName(c.customer) })
  await patchWithUndo(open, change, done)
}
