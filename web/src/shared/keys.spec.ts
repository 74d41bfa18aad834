import { effectScope } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { onKeydown, showKeys, useKeys } from './keys'

const scope = effectScope()
const heard = vi.fn()
const bind = (keys: string, typing = false) => ({
  keys,
  label: keys,
  group: 'test',
  typing,
  run: () => heard(keys),
})
scope.run(() =>
  useKeys([
    bind('j'),
    bind('shift+e'),
    bind('mod+k', true),
    bind('g c'),
    bind('?'),
    bind('alt+j', true),
  ]),
)

function press(key: string, more: KeyboardEventInit = {}, target: HTMLElement = document.body) {
  const e = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  target.dispatchEvent(e)
  return e
}
addEventListener('keydown', onKeydown)
afterEach(() => heard.mockClear())

describe('the keyboard map', () => {
  it.each([
    ['j', {}, 'j'],
    ['J', { shiftKey: true }, undefined],
    ['E', { shiftKey: true }, 'shift+e'],
    ['k', { ctrlKey: true }, 'mod+k'],
    ['?', { shiftKey: true }, '?'],
    ['ˆ', { altKey: true, code: 'KeyJ' }, 'alt+j'],
  ])('%s %j', (key, more, expected) => {
    press(key, more)
    expect(heard.mock.calls.flat()).toEqual(expected ? [expected] : [])
  })

  it('takes two keys one after the other', () => {
    press('g')
    press('c')
    expect(heard).toHaveBeenCalledWith('g c')
  })

  it('leaves letters alone while one types, but not what works there too', () => {
    const field = document.body.appendChild(document.createElement('textarea'))
    press('j', {}, field)
    press('k', { ctrlKey: true }, field)
    expect(heard.mock.calls.flat()).toEqual(['mod+k'])
  })

  it('leaves an input method alone', () => {
    press('j', { isComposing: true })
    expect(heard).not.toHaveBeenCalled()
  })

  it('shows keys as they are printed', () => {
    expect(showKeys('mod+shift+enter')).toEqual(['Ctrl Shift ↵'])
    expect(showKeys('g c')).toEqual(['G', 'C'])
  })
})
