// What of a conversation this person has read: by looking at it, or unread again by hand.
import { api, must } from '@/api/client'
import { attempt } from '@/shared/toast'
import { touchCard } from './useList'
import { loadConversation, newestIn, newestOf, type Open } from './useThread'

/** Where reading stopped when this was opened: what is unread stands after our last answer. */
export function markStart(open: Open) {
  if (!open.conversation?.unread || open.readTo) return
  const lastOurs = open.entries.findLast((e) => e.direction === 'out' || e.kind === 'note')
  open.readTo = lastOurs?.id ?? 0
}

let turn: Promise<unknown> = Promise.resolve()

/** Marks go to the desk one after the other: what was pressed last is what it keeps. */
async function mark(open: Open, unread: boolean, tell: () => Promise<unknown>) {
  if (open.conversation) open.conversation.unread = unread
  touchCard(open.id, { unread })
  open.marks++
  turn = turn.then(tell, tell)
  try {
    await turn
  } finally {
    open.marks++
  }
}

/** What she marked unread by hand stays so while she only looks; a new message is one she sees. */
const held = (open: Open) => open.keptUnread !== undefined && newestIn(open) <= open.keptUnread

export async function markRead(open: Open) {
  const up_to = newestOf(open)
  const c = open.conversation
  if (!up_to || !(c?.unread || c?.mentioned) || held(open)) return
  open.keptUnread = undefined
  c.mentioned = false
  const params = { path: { id: open.id } }
  // One that does not arrive leaves it unread on the desk: the next look tells it.
  await mark(open, false, () =>
    api.POST('/conversations/{id}/read', { params, body: { up_to } }),
  ).catch(() => undefined)
}

export async function markUnread(open: Open) {
  const params = { path: { id: open.id } }
  open.keptUnread = newestIn(open)
  const tell = () => must(api.POST('/conversations/{id}/unread', { params }))
  const done = await attempt(async () => (await mark(open, true, tell), true))
  if (!done) void loadConversation(open).catch(() => undefined)
}

/** This person marked it, perhaps in another window: 0 is unread. */
export function markHeard(open: Open, upTo: number) {
  if (upTo === 0 && open.conversation) {
    open.keptUnread ??= newestIn(open)
    open.conversation.unread = true
  } else if (upTo > 0 && open.keptUnread !== undefined) {
    // Perhaps only the echo of what was read before: the desk knows which came last.
    void loadConversation(open).catch(() => undefined)
  }
}
