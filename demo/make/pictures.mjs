// Draws the pictures and documents customers and agents attach. Run where playwright-core is
// installed: `cd web && node ../demo/make/pictures.mjs`. The results are committed; nothing else
// needs a browser.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { documents } from './documents.mjs'
import { scenes } from './scenes.mjs'

const { chromium } = createRequire(`${process.cwd()}/`)('playwright-core')
const out = new URL('../files/', import.meta.url)
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const page = await browser.newPage({ viewport: { width: 800, height: 600 } })
const index = []

for (const [file, svg] of Object.entries(scenes)) {
  const png = file.endsWith('.png')
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:800px;height:600px}</style>${svg}`,
  )
  const shot = await page.screenshot(png ? { type: 'png' } : { type: 'jpeg', quality: 68 })
  writeFileSync(new URL(file, out), shot)
  index.push({
    file,
    type: png ? 'image/png' : 'image/jpeg',
    width: 800,
    height: 600,
    size: shot.length,
  })
}
for (const [file, { html, format }] of Object.entries(documents)) {
  await page.setContent(html)
  const pdf = await page.pdf({ format, printBackground: true })
  writeFileSync(new URL(file, out), pdf)
  index.push({
    file,
    type: 'application/pdf',
    size: statSync(new URL(file, out)).size,
  })
}
await browser.close()

const rows = index.map((row) => JSON.stringify(row)).join(',\n')
writeFileSync(new URL('index.json', out), `{"files": [\n${rows}\n]}\n`)
console.log(readFileSync(new URL('index.json', out), 'utf8'))
