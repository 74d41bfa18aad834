import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { h, nextTick } from 'vue'

import { matches } from './pick'
import PickMenu from './PickMenu.vue'

const options = [
  { value: 1, text: 'Mei Lin', also: 'mei@a.example' },
  { value: 2, text: 'Zoë Brandt' },
  { value: null, text: 'Nobody' },
]

async function opened(props: Record<string, unknown> = {}) {
  const menu = mount(PickMenu, {
    props: { options, label: 'Assignee', find: 'Find', ...props },
    slots: {
      button: ({ toggle }: { toggle: () => void }) => h('button', { onClick: toggle }, 'open'),
    },
    attachTo: document.body,
  })
  await menu.get('button').trigger('click')
  await nextTick()
  return menu
}

describe('a menu to choose from', () => {
  it.each([
    [['Enter'], 1],
    [['ArrowDown', 'Enter'], 2],
    [['ArrowUp', 'Enter'], null],
    [['End', 'Enter'], null],
    [['ArrowDown', 'Home', 'Enter'], 1],
  ])('%j', async (keys, expected) => {
    const menu = await opened()
    for (const key of keys) await menu.get('.panel').trigger('keydown', { key })
    expect(menu.emitted('pick')).toEqual([[expected]])
    expect(menu.find('.panel').exists()).toBe(false)
  })

  it('narrows as one types', async () => {
    const menu = await opened()
    await menu.get('input').setValue('zoe')
    expect(menu.findAll('[role=option]').map((o) => o.text())).toEqual(['Zoë Brandt'])
  })

  it('stays open when several may be chosen', async () => {
    const menu = await opened({ many: true })
    await menu.get('.panel').trigger('keydown', { key: 'Enter' })
    expect(menu.find('.panel').exists()).toBe(true)
  })

  it('closes on Escape and chooses nothing', async () => {
    const menu = await opened()
    await menu.get('.panel').trigger('keydown', { key: 'Escape' })
    expect(menu.find('.panel').exists()).toBe(false)
    expect(menu.emitted('pick')).toBeUndefined()
  })
})

describe('finding an option', () => {
  it.each([
    ['', true],
    ['mei', true],
    ['LIN', true],
    ['a.example', true],
    ['mei example', true],
    ['mei bo', false],
  ])('%s', (words, expected) => {
    expect(matches(options[0]!, words)).toBe(expected)
  })
})
