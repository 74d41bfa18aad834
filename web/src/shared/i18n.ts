import { createI18n } from 'vue-i18n'

export type Locale = 'en' | 'zh-CN'
export const LOCALES: Locale[] = ['en', 'zh-CN']

const files = {
  en: () => import('@i18n/en.json'),
  'zh-CN': () => import('@i18n/zh-CN.json'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as string,
  fallbackLocale: false,
  missingWarn: false,
  fallbackWarn: false,
  // Keys are flat: "inbox.reply" is one name, not a path.
  messageResolver: (messages, key) => (messages as Record<string, never>)[key] ?? null,
})

export const { t, te } = i18n.global
export const locale = i18n.global.locale

/** The language a newcomer is greeted in: what was chosen here last, else the browser's. */
export function firstLocale(): Locale {
  const kept = localStorage.getItem('aftersail.locale')
  if (kept === 'en' || kept === 'zh-CN') return kept
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

const loaded = new Set<Locale>()

export async function setLocale(wanted: string) {
  const name: Locale = wanted === 'zh-CN' ? 'zh-CN' : 'en'
  if (!loaded.has(name)) {
    const messages = (await files[name]()) as { default: Record<string, string> }
    i18n.global.setLocaleMessage(name, messages.default as never)
    loaded.add(name)
  }
  locale.value = name
  document.documentElement.lang = name
  localStorage.setItem('aftersail.locale', name)
}

/** A text for a key the desk sent; one this console does not know yet is told apart. */
export function tOr(key: string, fallback: string, args: Record<string, unknown> = {}) {
  return te(key) ? t(key, args) : t(fallback, args)
}
