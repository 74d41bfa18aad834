import { describe, expect, it } from 'vitest'

import en from '@i18n/en.json'
import zh from '@i18n/zh-CN.json'

const texts = (file: Record<string, string>) => Object.entries(file)

describe('the words people read', () => {
  it('take Chinese marks beside Chinese', () => {
    const half = /\p{Script=Han}\s?[,;:?!()]|[,;?!(]\s?\p{Script=Han}/u
    expect(texts(zh).filter(([, text]) => half.test(text))).toEqual([])
  })

  it('do not shout', () => {
    expect([...texts(en), ...texts(zh)].filter(([, text]) => /[!！]/.test(text))).toEqual([])
  })
})
