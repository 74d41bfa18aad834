// The word pieces of the package eld as lines: bytes in hex<TAB>language:weight ...
// Usage: node pieces.mjs PACKAGE_DIRECTORY > pieces.tsv
import { pathToFileURL } from 'node:url'

const from = pathToFileURL(process.argv[2] + '/src/').href
const { ngramsData } = await import(from + 'ngrams/large.js')
const { dictionary } = await import(from + 'dictionary.js')

// The package writes each byte above 127 as a character of its own.
const byteOf = new Map()
dictionary.forEach((character, byte) => {
  if (byte >= 0x80 && character !== ' ') byteOf.set(character, byte)
})

// The package keeps weights less this much.
const LEAST = 53

for (const [piece, votes] of Object.entries(ngramsData.ngrams)) {
  const bytes = [...piece].map((c) => byteOf.get(c) ?? c.charCodeAt(0))
  const list = Object.entries(votes).map(([n, weight]) => `${ngramsData.languages[n]}:${weight + LEAST}`)
  process.stdout.write(Buffer.from(bytes).toString('hex') + '\t' + list.join(' ') + '\n')
}
