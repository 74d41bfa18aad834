import { describe, expect, it } from 'vitest'

import { splitHits } from './highlight'
import { splitText } from './linkify'

describe('web addresses in a text', () => {
  it.each([
    ['nothing here', []],
    ['see https://a.example/x?y=1.', ['https://a.example/x?y=1']],
    ['(https://a.example)', ['https://a.example']],
    ['看 https://a.example/包裹。', ['https://a.example/包裹']],
    ['javascript:alert(1) data:text/html,x', []],
    ['http://a.example and https://b.example!', ['http://a.example', 'https://b.example']],
  ])('%s', (text, links) => {
    const parts = splitText(text)
    expect(parts.filter((p) => p.href).map((p) => p.href)).toEqual(links)
    expect(parts.map((p) => p.text).join('')).toBe(text)
  })
})

describe('words found', () => {
  it.each([
    ['plain', [['plain', false]]],
    [
      'a \u0001b\u0002 c',
      [
        ['a ', false],
        ['b', true],
        [' c', false],
      ],
    ],
    [
      '\u0001灯\u0002罩\u0001裂\u0002',
      [
        ['灯', true],
        ['罩', false],
        ['裂', true],
      ],
    ],
    [
      '<b>\u0001<i>\u0002',
      [
        ['<b>', false],
        ['<i>', true],
      ],
    ],
  ])('%j', (snippet, expected) => {
    expect(splitHits(snippet).map((p) => [p.text, p.hit])).toEqual(expected)
  })
})
