// Builds dist/widget.js, one classic script, and copies the demo shop beside it. Fails when the widget outgrows 25 kB.
import { cpSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

import { build } from 'vite'

const MOST_BYTES = 25_000
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  configFile: false,
  root: here('.'),
  publicDir: false,
  logLevel: 'warn',
  build: {
    target: ['chrome105', 'firefox110', 'safari16'],
    outDir: here('../dist'),
    emptyOutDir: false,
    lib: {
      entry: here('src/main.ts'),
      formats: ['iife'],
      name: 'aftersailWidget',
      fileName: () => 'widget.js',
    },
  },
})
cpSync(here('../shop'), here('../dist/demo/shop'), { recursive: true })

const size = brotliCompressSync(readFileSync(here('../dist/widget.js'))).length
console.log(`widget.js: ${size} bytes in brotli, at most ${MOST_BYTES}`)
if (size > MOST_BYTES) process.exit(1)
