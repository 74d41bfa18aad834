import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { chooseLanguage, isRtl, languages, translator, type Word } from './language'

const cases = [
  { wishes: ['de'], gives: 'de' },
  { wishes: ['pt-BR'], gives: 'pt' },
  { wishes: ['zh-Hant-TW'], gives: 'zh' },
  { wishes: ['ZH_cn'], gives: 'zh' },
  { wishes: ['', 'ja'], gives: 'ja' },
  { wishes: [null, undefined, 'ar-SA', 'en'], gives: 'ar' },
  { wishes: ['sv', 'fi', 'ko-KR'], gives: 'ko' },
  { wishes: ['sv'], gives: 'en' },
  { wishes: [], gives: 'en' },
  { wishes: ['english'], gives: 'en' },
  { wishes: ['deutsch', 'fr'], gives: 'fr' },
]

const words = (language: string) =>
  JSON.parse(
    readFileSync(`${import.meta.dirname}/../../../i18n/widget/${language}.json`, 'utf8'),
  ) as Record<string, string>
const marks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort()

describe('language', () => {
  it.each(cases)('$wishes gives $gives', ({ wishes, gives }) => {
    expect(chooseLanguage(wishes)).toBe(gives)
  })

  it('speaks twelve, one of them right to left', () => {
    expect(languages).toHaveLength(12)
    expect(languages.filter(isRtl)).toEqual(['ar'])
  })

  it.each(languages)('%s has every word, with the same places in it', (language) => {
    const en = words('en')
    const here = words(language)
    expect(Object.keys(here).sort()).toEqual(Object.keys(en).sort())
    for (const [key, text] of Object.entries(en)) {
      expect(here[key], key).not.toBe('')
      expect(marks(here[key] ?? ''), key).toEqual(marks(text))
    }
  })

  it('puts the values in', () => {
    expect(translator('en')('typing' as Word, { name: 'Mei' })).toBe('Mei is typing')
  })
})
