// What a newcomer's browser loads for sign-in and inbox in one language, brotli as served.
// Fails above the limit.
import { readFileSync, readdirSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const LIMIT = 350 * 1000
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

/** The entry, the two pages, one language, and everything these import. */
const roots = ['index.html', /SignIn\.vue$/, /InboxPage\.vue$/, /i18n\/zh-CN\.json$/]

function closure(keys) {
  const seen = new Set()
  const walk = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const next of manifest[key]?.imports ?? []) walk(next)
  }
  keys.forEach(walk)
  return [...seen].map((key) => manifest[key])
}

const keys = Object.keys(manifest).filter((k) =>
  roots.some((r) => (typeof r === 'string' ? r === k : r.test(k))),
)
if (keys.length < roots.length) throw new Error(`size: found only ${keys.join(', ')}`)
const files = new Set(['index.html'])
for (const chunk of closure(keys)) {
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
}
for (const name of readdirSync(new URL('assets/', dist)))
  if (/^inter-latin-[^e].*\.woff2$/.test(name)) files.add(`assets/${name}`)

const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
let total = 0
for (const name of [...files].sort()) {
  const raw = readFileSync(new URL(name, dist))
  const size = name.endsWith('.woff2') ? raw.length : brotliCompressSync(raw, quality).length
  total += size
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${name}`)
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  in all (limit ${LIMIT / 1000} kB)`)
if (total > LIMIT) process.exit(1)
