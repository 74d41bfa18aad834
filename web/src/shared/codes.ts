// Countries, languages and zones to choose from, named in the reader's language.
import { countryName, languageName } from './format'
import { locale } from './i18n'

interface Code {
  code: string
  name: string
}

const COUNTRIES =
  'AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IT JP KR KW LT LU LV MA MO MX MY NL NO NZ PE PH PL PT QA RO RS RU SA SE SG SI SK TH TR TW UA US UY VN ZA'
const LANGUAGES =
  'ar bg cs da de el en es et fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv th tr uk vi zh zh-TW'

const named = (codes: string, name: (code: string) => string): Code[] =>
  codes
    .split(' ')
    .map((code) => ({ code, name: name(code) }))
    .sort((a, b) => a.name.localeCompare(b.name, locale.value))

export const countries = () => named(COUNTRIES, countryName)

/** With the one chosen, though it be a rare one. */
export function languages(chosen = '') {
  const known = LANGUAGES.split(' ').includes(chosen) || !chosen
  return named(known ? LANGUAGES : `${LANGUAGES} ${chosen}`, languageName)
}

export function zones(chosen = '') {
  const all = Intl.supportedValuesOf('timeZone')
  return chosen && !all.includes(chosen) ? [chosen, ...all] : all
}
