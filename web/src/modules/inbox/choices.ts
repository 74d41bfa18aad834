// What the menus of the inbox offer.
import { computed } from 'vue'

import { inboxes, people, tags, teams } from '@/shared/directory'
import { dayTime, zone } from '@/shared/format'
import { t } from '@/shared/i18n'
import { myId } from '@/shared/session'
import type { IconName } from '@/ui/icons'
import type { Option } from '@/ui/pick'
import { ORDERS, PRIORITIES, STATUSES } from './query'
import { snoozes } from './snooze'

export const statusIcons: Record<string, IconName> = {
  open: 'inbox',
  pending: 'clock',
  snoozed: 'bell',
  resolved: 'check',
  spam: 'block',
  any: 'sliders',
}

export const channelIcons: Record<string, IconName> = { email: 'email', chat: 'chat' }
export const channelIcon = (channel: string): IconName => channelIcons[channel] ?? 'chat'

export const statusChoices = computed<Option[]>(() =>
  STATUSES.map((s) => ({ value: s, text: t(`inbox.status.${s}`), icon: statusIcons[s] })),
)

export const orderChoices = computed<Option[]>(() =>
  ORDERS.map((o) => ({ value: o, text: t(`inbox.order.${o}`) })),
)

export const priorityChoices = computed<Option[]>(() =>
  PRIORITIES.toReversed().map((p) => ({ value: p, text: t(`inbox.priority.${p}`), icon: 'flag' })),
)

/** Who may see an inbox. */
export const reach = (inboxId: number) => (p: { all_inboxes: boolean; inbox_ids: number[] }) =>
  p.all_inboxes || p.inbox_ids.includes(inboxId)

/** Me first, then those who are online, of those who may see the inbox. */
export function assigneeChoices(inboxId: number): Option[] {
  const place = { online: 0, away: 1, offline: 2 } as Record<string, number>
  const found = people.list.value
    .filter((p) => p.active && reach(inboxId)(p))
    .sort(
      (a, b) => (place[a.presence] ?? 2) - (place[b.presence] ?? 2) || a.name.localeCompare(b.name),
    )
  const me = found.filter((p) => p.id === myId.value)
  const rest = found.filter((p) => p.id !== myId.value)
  return [
    ...[...me, ...rest].map((p) => ({
      value: p.id,
      text: p.id === myId.value ? t('inbox.me', { name: p.name }) : p.name,
      hint: t(`presence.${p.presence}`),
      also: p.email,
    })),
    { value: null, text: t('inbox.nobody'), split: true },
  ]
}

export const teamChoices = computed<Option[]>(() => [
  ...teams.list.value.map((team) => ({ value: team.id, text: team.name })),
  { value: null, text: t('inbox.no_team'), split: true },
])

export const tagChoices = computed<Option[]>(() =>
  tags.list.value.map((tag) => ({ value: tag.id, text: tag.name, colour: tag.color })),
)

export const inboxChoices = computed<Option[]>(() =>
  inboxes.list.value.map((i) => ({ value: i.id, text: i.name, icon: channelIcon(i.channel) })),
)

export const snoozeChoices = (now: number): Option[] =>
  snoozes(now, zone.value).map((s) => ({
    value: s.at,
    text: t(`inbox.snooze.${s.key}`),
    hint: dayTime(s.at),
    icon: 'bell',
  }))
