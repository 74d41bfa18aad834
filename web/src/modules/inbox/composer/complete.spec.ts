import { describe, expect, it } from 'vitest'

import { findTrigger, textFor, unresolved } from './complete'
import { addresses } from './drafts'

describe('what opens a menu while typing', () => {
  it.each([
    ['/re', false, 'canned', 0, 're'],
    ['Hello /', false, 'canned', 6, ''],
    ['https://a.example/x', false, undefined, 0, ''],
    ['1/2', false, undefined, 0, ''],
    ['Dear {{cust', false, 'variable', 5, 'cust'],
    ['{{ customer.na', false, 'variable', 0, 'customer.na'],
    ['{{customer.name}} ', false, undefined, 0, ''],
    ['@mei', true, 'mention', 0, 'mei'],
    ['请看@林', true, 'mention', 2, '林'],
    ['@mei', false, undefined, 0, ''],
    ['write to a@b', true, undefined, 0, ''],
  ] as const)('%s (note: %s)', (text, note, kind, from, words) => {
    const found = findTrigger(text, text.length, note)
    expect(found?.kind).toBe(kind)
    if (kind) expect(found).toMatchObject({ from, words })
  })
})

describe('variables that block sending', () => {
  const values = new Map([
    ['customer.name', 'Ann'],
    ['customer.country', null],
  ])
  it.each([
    ['Dear {{customer.name}}', []],
    ['Dear {{ customer.name | upper }}', []],
    ['To {{customer.country}}', ['customer.country']],
    ['To {{customer.country | fallback: "you"}}', []],
    ['{{nothing.known}} {{nothing.known}}', ['nothing.known']],
    ['no braces', []],
  ])('%s', (text, expected) => {
    expect(unresolved(text, values)).toEqual(expected)
  })
})

describe('the language of a canned reply', () => {
  const texts = [
    { language: 'en', text: 'Hello' },
    { language: 'pt', text: 'Olá' },
    { language: 'zh-TW', text: '您好' },
  ]
  it.each([
    [['pt'], 'pt'],
    [['pt-BR'], 'pt'],
    [['zh'], 'zh-TW'],
    [['ja', 'pt'], 'pt'],
    [[null, undefined, 'ja'], 'en'],
  ])('%j', (wanted, expected) => {
    expect(textFor(texts, wanted)?.language).toBe(expected)
  })
})

describe('addresses as people write them', () => {
  it.each([
    ['a@a.example', ['a@a.example']],
    ['Ann Lee <ann@a.example>, b@b.example;', ['ann@a.example', 'b@b.example']],
    ['a@a.example；b@b.example，c@c.example', ['a@a.example', 'b@b.example', 'c@c.example']],
    ['', []],
  ])('%s', (line, expected) => {
    expect(addresses(line)).toEqual(expected)
  })
})
