// What a macro does to a conversation, and how a person reads it.
import type { Conversation, ConversationPatch, Macro } from '@/api/types'
import { canned, tags, teams } from '@/shared/directory'
import { t } from '@/shared/i18n'

const HOUR_MS = 3_600_000
type Change = Omit<ConversationPatch, 'version'>

/** The change that is asked for; empty when all of it is so already. */
export function changeOf(macro: Macro, c: Conversation, me: number, now: number): Change {
  const change: Change = {}
  const added = macro.tag_ids.filter((id) => !c.tag_ids.includes(id))
  if (macro.status && (macro.status !== c.status || macro.snooze_hours))
    change.status = macro.status
  if (macro.snooze_hours) change.snoozed_until = now + macro.snooze_hours * HOUR_MS
  if (macro.priority && macro.priority !== c.priority) change.priority = macro.priority
  if (macro.team_id && macro.team_id !== c.team_id) change.team_id = macro.team_id
  const assignee = macro.assignee === 'me' ? me : null
  if (macro.assignee && assignee !== c.assignee_id) change.assignee_id = assignee
  if (added.length) change.tag_ids = [...c.tag_ids, ...added]
  return change
}

/** What it does, in words, part by part. */
export function partsOf(m: Macro): string[] {
  const status = m.snooze_hours
    ? t('macro.snooze', { n: m.snooze_hours })
    : m.status && t(`inbox.status.${m.status}`)
  return [
    status,
    m.assignee && t(`macro.assignee.${m.assignee}`),
    teams.get(m.team_id)?.name,
    m.priority && t(`inbox.priority.${m.priority}`),
    ...m.tag_ids.map((id) => tags.get(id)?.name),
    canned.get(m.canned_id) && `/${canned.get(m.canned_id)?.shortcut}`,
  ].filter((part): part is string => !!part)
}
