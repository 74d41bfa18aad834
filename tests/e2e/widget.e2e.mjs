// SPDX-License-Identifier: Apache-2.0
// The chat window on pages that are not ours: a strict policy, signed and forged visitors, limits; and the demo
// shop in its twelve languages on a phone and a desktop, with axe.
import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openBrowser, openChat, openDesk, PASSWORD, report, still, until } from './desk.mjs'

const check = report()
const SECRET = 'a secret of the shop and the desk'
const LANGUAGES = ['en', 'zh', 'de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru', 'th', 'ar']
const axe = readFileSync(
  new URL('../../web/node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
)
const own = (page) => page.locator('.said.visitor .text').allTextContents()
const sign = (who) => createHmac('sha256', SECRET).update(who).digest('hex')

async function setSecret(desk) {
  const json = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  const who = JSON.stringify({ email: 'chen.yu@dengyu.example', password: PASSWORD })
  const session = await fetch(`${desk.url}/api/v1/session`, {
    method: 'POST',
    headers: json,
    body: who,
  })
  const headers = { ...json, cookie: session.headers.get('set-cookie').split(';')[0] }
  const { items } = await (await fetch(`${desk.url}/api/v1/inboxes`, { headers })).json()
  const { id, version } = items.find((i) => i.channel === 'chat')
  const body = JSON.stringify({ version, settings: { identity_secret: SECRET } })
  const done = await fetch(`${desk.url}/api/v1/inboxes/${id}`, { method: 'PATCH', headers, body })
  check(done.ok, 'the chat inbox takes a secret')
}

/** A shop of another origin that allows the desk's script and connections, and nothing else. */
function openForeignShop(desk) {
  const policy = `default-src 'none'; script-src ${desk.url}; connect-src ${desk.url}; require-trusted-types-for 'script'`
  const server = createServer((q, r) => {
    const { searchParams: ask } = new URL(q.url, 'http://shop.example')
    const who = ask.get('who')
    const hash = ask.get('forged') ? '00' : who && sign(who)
    const signed = who ? `data-identity="${who}" data-identity-hash="${hash}"` : ''
    r.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
    r.end(`<!doctype html><html lang="fr"><title>Boutique</title><body><h1>Boutique</h1>
<script src="${desk.url}/widget.js" data-inbox="demo-shop" ${signed} async></script>`)
  })
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () =>
      done({ server, url: `http://127.0.0.1:${server.address().port}/` }),
    )
  })
}

async function visit(context, url) {
  const page = await context.newPage()
  check.watch(page, url)
  page.on(
    'console',
    (m) => /Content Security Policy|Trusted/.test(m.text()) && check(false, m.text()),
  )
  await page.goto(url)
  await openChat(page)
  return page
}

async function say(page, text) {
  await page.locator('textarea').fill(text)
  await page.locator('textarea').press('Enter')
}

const stored = (page) =>
  until(() => page.locator('.said.visitor:not(.waiting):not(.failed) .meta').count())

async function strangers(browser, desk) {
  const shop = await openForeignShop(desk)
  const context = await browser.newContext()
  let page = await visit(context, `${shop.url}?who=customer-118`)
  await say(page, 'signé')
  check(await stored(page), 'a signed visitor writes from another origin under a strict policy')
  check((await context.cookies()).length === 0, 'no cookie')
  await page.close()

  page = await visit(context, `${shop.url}?who=customer-119`)
  check((await own(page)).length === 0, 'another customer on the same browser does not see it')
  await page.close()

  page = await visit(context, `${shop.url}?who=customer-1&forged=1`)
  await say(page, 'forgé')
  check(
    await until(() => page.locator('.failed').count()),
    'a forged identity is refused, and the text kept',
  )
  await page.close()

  page = await visit(context, shop.url)
  const big = join(process.env.AFTERSAIL_TEST_DIR ?? tmpdir(), `big-${process.pid}.bin`)
  writeFileSync(big, Buffer.alloc(27_000_000))
  await page.locator('input[type=file]').setInputFiles(big)
  check(
    await until(async () => /27/.test(await page.locator('.composer > .problem').textContent())),
    'a file too large is refused before it is sent',
  )
  const odd = {
    name: '<img src=x>.html',
    mimeType: 'text/html',
    buffer: Buffer.from('<script>alert(1)</script>'),
  }
  await page.locator('input[type=file]').setInputFiles(odd)
  check(
    await until(() => page.locator('.tray li:not(.uploading)').count()),
    'a hostile name is a name',
  )
  await say(page, '<b>gras</b> javascript:alert(1)')
  check(await stored(page), 'and what looks like markup is text')
  check(
    (await own(page)).includes('<b>gras</b> javascript:alert(1)') &&
      !(await page.locator('.text b, .text a').count()),
    'shown as it was written',
  )
  rmSync(big)
  await context.close()
  shop.server.close()
}

async function serious(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id)
}

async function shopIn(browser, desk, language, width) {
  const name = `shop ${language} ${width}`
  const dark = language === 'ja' || language === 'ar'
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    bypassCSP: true,
    colorScheme: dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  check.watch(page, name)
  await page.goto(`${desk.url}/demo/shop?lang=${language}`)
  await page.locator('.launcher').waitFor()
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  check(over <= 0, `${name}: nothing overflows`)
  await page.locator('.launcher').click()
  await page.locator('.panel').waitFor()
  await still(page)
  const found = await serious(page)
  check(found.length === 0, `${name}: axe finds nothing serious ${found}`)
  const inside = await page.evaluate(() => {
    const panel = document.querySelector('#aftersail-chat').shadowRoot.querySelector('.panel')
    return [...panel.querySelectorAll('*')].every(
      (x) =>
        x.scrollWidth <= x.clientWidth + 1 ||
        !x.clientWidth ||
        getComputedStyle(x).textOverflow === 'ellipsis',
    )
  })
  check(inside, `${name}: the chat's words fit`)
  await context.close()
}

const desk = await openDesk()
const browser = await openBrowser()
try {
  await setSecret(desk)
  await strangers(browser, desk)
  for (const [i, language] of LANGUAGES.entries())
    await shopIn(browser, desk, language, i % 2 ? 1280 : 390)
} catch (e) {
  check(false, e.stack)
}
await browser.close()
await desk.close()
check.end()
