// What the menu of settings shows to the one who is signed in.
import type { RouteRecordRaw } from 'vue-router'

import { settings as account } from '@/modules/account'
import { settings as inbox } from '@/modules/inbox'
import { settings as operator } from '@/modules/operator'
import { canAny } from '@/shared/session'
import type { IconName } from '@/ui/icons'

export const settingsRoutes: RouteRecordRaw[] = [...account, ...inbox, ...operator]

/** In the order of their groups; a page opened from another has none. */
export const GROUPS = ['mine', 'people', 'work', 'desk'] as const

export interface SettingsEntry {
  path: string
  title: string
  icon: IconName
  group: string
}

export function settingsEntries(): SettingsEntry[] {
  return settingsRoutes
    .filter((r) => r.meta?.group && (!r.meta.needs || canAny(r.meta.needs)))
    .map((r) => ({
      path: `/settings/${r.path}`,
      title: r.meta?.title ?? '',
      icon: (r.meta?.icon ?? 'settings') as IconName,
      group: r.meta?.group ?? '',
    }))
}
