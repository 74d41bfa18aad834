// The visitor's language by itself, and the words in it.
import ar from '../../../i18n/widget/ar.json'
import de from '../../../i18n/widget/de.json'
import en from '../../../i18n/widget/en.json'
import es from '../../../i18n/widget/es.json'
import fr from '../../../i18n/widget/fr.json'
import it from '../../../i18n/widget/it.json'
import ja from '../../../i18n/widget/ja.json'
import ko from '../../../i18n/widget/ko.json'
import pt from '../../../i18n/widget/pt.json'
import ru from '../../../i18n/widget/ru.json'
import th from '../../../i18n/widget/th.json'
import zh from '../../../i18n/widget/zh.json'

const words = { zh, en, es, fr, de, pt, ja, ko, it, ru, th, ar }

export type Language = keyof typeof words
export type Word = keyof typeof en
export type Translate = (key: Word, args?: Record<string, string>) => string

export const languages = Object.keys(words) as Language[]

/** The first of the wishes we speak, by its primary tag (pt-BR is pt); English when none is. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const primary = (wish ?? '').trim().toLowerCase().split(/[-_]/)[0]
    const found = languages.find((l) => l === primary)
    if (found) return found
  }
  return 'en'
}

/** What the page and the browser say, strongest first. */
export function wishes(override: string | undefined): string[] {
  return [override ?? '', document.documentElement.lang, ...navigator.languages]
}

export const isRtl = (language: Language) => language === 'ar'

export function translator(language: Language): Translate {
  return (key, args = {}) =>
    words[language][key].replace(/\{(\w+)\}/g, (_, name: string) => args[name] ?? '')
}
