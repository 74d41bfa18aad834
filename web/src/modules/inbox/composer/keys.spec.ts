import { describe, expect, it } from 'vitest'

import type { Session } from '@/api/types'
import { session } from '@/shared/session'
import { composerHelp } from './keys'

describe('the sheet names what sends', () => {
  it.each([
    ['enter', 'enter'],
    ['mod_enter', 'mod+enter'],
  ])('for one who sends with %s', (send_key, keys) => {
    session.value = { person: { send_key } } as unknown as Session
    expect(composerHelp.value.find((k) => k.label === 'keys.send')?.keys).toBe(keys)
  })
})
