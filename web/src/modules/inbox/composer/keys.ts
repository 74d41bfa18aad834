// What the composer's own field answers. The help sheet lists it: the map is written once.
import { computed } from 'vue'

import type { Binding } from '@/shared/keys'
import { session } from '@/shared/session'

export type ComposerAct = 'send' | 'send_resolve' | 'attach' | 'leave'

const group = 'keys.group.composer'

export const composerKeys: { keys: string; label: string; act: ComposerAct }[] = [
  { keys: 'mod+enter', label: 'keys.send', act: 'send' },
  { keys: 'mod+shift+enter', label: 'keys.send_resolve', act: 'send_resolve' },
  { keys: 'mod+alt+a', label: 'keys.attach', act: 'attach' },
  { keys: 'escape', label: 'keys.leave', act: 'leave' },
]

/** Signs that open a menu while one writes. */
const signs = [
  { keys: '/', label: 'keys.canned' },
  { keys: '{ {', label: 'keys.variable' },
  { keys: '@', label: 'keys.mention' },
]

/** What sends, as each person wants it. */
export const sendKeys = computed(() =>
  session.value?.person.send_key === 'enter' ? 'enter' : 'mod+enter',
)

export const composerHelp = computed<Pick<Binding, 'keys' | 'label' | 'group'>[]>(() =>
  [...composerKeys, ...signs].map(({ keys, label }) => ({
    keys: label === 'keys.send' ? sendKeys.value : keys,
    label,
    group,
  })),
)
