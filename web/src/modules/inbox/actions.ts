// What a press does to a conversation: shown at once, undone with the reason when refused.
import { api, must } from '@/api/client'
import type { Card, Conversation, ConversationPatch } from '@/api/types'
import { customerName } from '@/shared/customers'
import { t } from '@/shared/i18n'
import { attempt, sayProblem, sayUndo } from '@/shared/toast'
import { countsChanged, placeCard, touchCard } from './useList'
import { loadConversation, takeConversation, type Open } from './useThread'

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

export async function patch(open: Open, change: Change): Promise<boolean> {
  const c = open.conversation
  if (!c) return false
  const old = pickOld(c, change)
  Object.assign(c, change)
  touchCard(open.id, change as Partial<Card>)
  try {
    const found = await inTurn(open.id, () =>
      must(
        api.PATCH('/conversations/{id}', {
          params: { path: { id: open.id } },
          body: { ...change, version: open.conversation?.version ?? c.version },
        }),
      ),
    )
    takeConversation(open, found as Conversation)
    countsChanged()
    return true
  } catch (e) {
    Object.assign(c, old)
    placeCard(c as unknown as Card)
    sayProblem(e)
    void loadConversation(open).catch(() => undefined)
    return false
  }
}

/** Moves it, and offers the way back for ten seconds. */
export async function setStatus(open: Open, status: Conversation['status'], snoozedUntil?: number) {
  const c = open.conversation
  if (!c || (c.status === status && !snoozedUntil)) return
  const before = { status: c.status, snoozed_until: c.snoozed_until }
  const change: Change = snoozedUntil ? { status, snoozed_until: snoozedUntil } : { status }
  if (!(await patch(open, change))) return
  const back: Change = { status: before.status }
  if (before.status === 'snoozed') back.snoozed_until = before.snoozed_until ?? undefined
  sayUndo(
    t(`inbox.moved.${status}`, { name: customerName(c.customer) }),
    () => void patch(open, back),
  )
}

export async function markUnread(open: Open) {
  const params = { path: { id: open.id } }
  if (open.conversation) open.conversation.unread = true
  touchCard(open.id, { unread: true })
  await attempt(() => must(api.POST('/conversations/{id}/unread', { params })))
}
