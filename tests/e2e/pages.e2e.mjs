// SPDX-License-Identifier: Apache-2.0
// Every page of the console as its people see it: Chinese and English, light and dark, wide, on a tablet and on a
// phone; what opens over a page; and the shop's chat in its states. Nothing overflows, axe finds nothing serious, no
// text is a key, the browser's log has no error. Pictures go to tests/out/pages.
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import {
  openBrowser,
  openChat,
  openDesk,
  PASSWORD,
  report,
  still,
  until,
  watchCalls,
} from './desk.mjs'

const check = report()
const axe = readFileSync(
  new URL('../../web/node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
)
const out = fileURLToPath(new URL('../out/pages/', import.meta.url))
mkdirSync(out, { recursive: true })

const PAGES = [
  ['sign-in', '/sign-in', { signedOut: true }],
  ['forgot-password', '/forgot-password', { signedOut: true }],
  ['set-password', '/set-password#used', { signedOut: true }],
  ['inbox', '/inbox/mine'],
  ['mentions', '/inbox/mentions'],
  ['conversation-mail', '/inbox/all/325'],
  ['conversation-chat', '/inbox/all/399'],
  ['customers', '/customers'],
  ['customer', '/customers/29'],
  ['search', '/search?q=lamp'],
  ['profile', '/settings/profile'],
  ['people', '/settings/people'],
  ['roles', '/settings/roles'],
  ['teams', '/settings/teams'],
  ['inboxes', '/settings/inboxes'],
  ['inbox-chat', '/settings/inboxes/1'],
  ['inbox-new', '/settings/inboxes/new'],
  ['canned', '/settings/canned'],
  ['macros', '/settings/macros'],
  ['tags', '/settings/tags'],
  ['desk', '/settings/desk'],
  ['quarantine', '/settings/quarantine'],
  ['failed', '/settings/failed'],
  ['system', '/settings/system'],
  ['nothing', '/no/such/page'],
  ['denied', '/denied'],
]
const MAIN = [
  'inbox',
  'conversation-mail',
  'conversation-chat',
  'customer',
  'search',
  'people',
  'roles',
]
const LOOKS = [
  { name: 'en', locale: 'en', theme: 'light', width: 1440, height: 900 },
  { name: 'zh-dark', locale: 'zh-CN', theme: 'dark', width: 1440, height: 900 },
  { name: 'zh-phone', locale: 'zh-CN', theme: 'light', width: 390, height: 844 },
  { name: 'zh', locale: 'zh-CN', theme: 'light', width: 1440, height: 900, only: MAIN },
  { name: 'en-dark', locale: 'en', theme: 'dark', width: 1440, height: 900, only: MAIN },
  { name: 'en-wide', locale: 'en', theme: 'light', width: 1920, height: 1080, only: MAIN },
  { name: 'en-tablet', locale: 'en', theme: 'light', width: 768, height: 1024, only: MAIN },
]
/** What opens over a conversation: the keys that open it. */
const STATES = [
  ['status', ['h']],
  ['assign', ['a']],
  ['priority', ['p']],
  ['tags', ['t']],
  ['macros', ['Control+m']],
  ['filter', ['f']],
  ['help', ['?']],
  ['commands', ['Control+k']],
  ['new', ['c']],
  ['canned', ['r', '/']],
  ['variables', ['r', '{', '{']],
  ['mention', ['n', '@']],
]

async function serious(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes[0].target.join(' ')}`)
}

/** What is wider than the window, and texts that are keys nobody translated. */
const faults = () => {
  const width = document.documentElement.clientWidth
  const wide = document.documentElement.scrollWidth > width + 1 ? ['the page overflows'] : []
  // The composer's menu offers variables by their paths.
  const variables = document.querySelector('#complete-menu')?.innerText ?? ''
  const keys =
    document.body.innerText
      .replace(variables, '')
      .replace(/\{\{.*?\}\}/g, '')
      .match(/\b(?:account|inbox|error|settings|customer|action|event)\.[a-z_]+\b/g) ?? []
  return [...wide, ...keys.map((k) => `a key: ${k}`)]
}

/** What the page itself logs as wrong; a call the desk refuses on purpose is the browser's own line. */
function watchLog(page, name) {
  check.watch(page, name)
  page.on('console', (m) => {
    if (m.type() !== 'error' && m.type() !== 'warning') return
    if (!m.text().startsWith('Failed to load resource')) check(false, `${name}: ${m.text()}`)
  })
}

async function judge(page, name) {
  await still(page)
  await page.screenshot({ path: `${out}${name}.png` })
  const found = [...(await page.evaluate(faults)), ...(await serious(page))]
  check(found.length === 0, `${name} ${found.join('; ')}`)
}

async function look(context, desk, name, path, view) {
  const page = await context.newPage()
  watchLog(page, `${name} ${view.name}`)
  const calls = watchCalls(page)
  await page.goto(desk.url + path)
  const settled = () =>
    page.evaluate(
      () =>
        !document.querySelector('[aria-busy=true]') && document.body.innerText.trim().length > 10,
    )
  // Twice: what one answer brings may ask for the next.
  for (let i = 0; i < 2; i++) {
    const there = await until(async () => !calls() && (await settled()))
    if (!there) check(false, `${name} ${view.name} is there after ${calls()} calls`)
    await still(page)
  }
  await judge(page, `${name}-${view.name}`)
  await page.close()
}

/** Menus, dialogs, a message taken back, one that waits for the network. */
async function states(context, desk, view) {
  const page = await context.newPage()
  watchLog(page, `states ${view.name}`)
  await page.goto(`${desk.url}/inbox/all/398`)
  await page.locator('textarea[dir=auto]').last().waitFor()
  for (const [name, keys] of STATES) {
    for (const key of keys) await page.keyboard.press(key)
    const opened = () => page.locator('[role=listbox], dialog[open]').count()
    check(await until(opened), `${name} opens by keyboard, ${view.name}`)
    await judge(page, `state-${name}-${view.name}`)
    await page.keyboard.press('Escape')
    for (let n = 0; n < keys.length - 1; n++) await page.keyboard.press('Backspace')
    await page.keyboard.press('Escape')
    await until(async () => !(await opened()))
  }
  await page.locator('a.picture').first().click()
  await page.locator('dialog[open] img').waitFor()
  await judge(page, `state-picture-${view.name}`)
  await page.keyboard.press('Escape')
  const done = page.locator('.record-head .chip.good')
  await page.keyboard.press('e')
  await done.waitFor()
  await page.keyboard.press('z')
  check(await until(async () => !(await done.count())), `z takes back, ${view.name}`)
  await page.keyboard.press('e')
  await page.locator('.toast .do').waitFor()
  await judge(page, `state-undo-${view.name}`)
  await page.keyboard.press('e')
  await until(async () => !(await done.count()))
  await context.setOffline(true)
  await page.keyboard.press('r')
  await page.keyboard.type('On its way.')
  await page.keyboard.press('Control+Enter')
  await page.locator('.line-down').waitFor()
  await judge(page, `state-offline-${view.name}`)
  await context.setOffline(false)
  check(
    await until(async () => !(await page.locator('.message.waiting').count())),
    `what waited goes out, ${view.name}`,
  )
  await page.close()
}

/** The shop's chat: closed, asking, in talk with a picture, without a network. */
async function chat(browser, desk, language, width, theme) {
  const name = (what) => `chat-${what}-${language}-${width}`
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: theme,
    bypassCSP: true,
  })
  const page = await context.newPage()
  watchLog(page, `chat ${language}`)
  await page.goto(`${desk.url}/demo/shop?lang=${language}`)
  await page.locator('.launcher').waitFor()
  await judge(page, name('closed'))
  await page.locator('.launcher').click()
  await page.locator('.panel').waitFor()
  await judge(page, name('asks'))
  await page.keyboard.press('Escape')
  await openChat(page)
  const buffer = readFileSync(new URL('../../demo/files/shade-crack-v1.jpg', import.meta.url))
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: '1.jpg', mimeType: 'image/jpeg', buffer })
  await until(() => page.locator('.tray li:not(.uploading)').count())
  await page.locator('textarea').fill('DY-UK-45168')
  await page.locator('textarea').press('Enter')
  check(await until(() => page.locator('.picture canvas').count()), name('shows its picture'))
  await judge(page, name('talk'))
  await context.setOffline(true)
  await page.locator('textarea').fill('DY-UK-45169')
  await page.locator('textarea').press('Enter')
  await page.locator('.waiting').waitFor()
  await judge(page, name('offline'))
  await context.close()
}

const desk = await openDesk()
const browser = await openBrowser()
try {
  for (const view of LOOKS) {
    const shape = {
      viewport: { width: view.width, height: view.height },
      locale: view.locale,
      colorScheme: view.theme,
    }
    const inside = await browser.newContext(shape)
    const outside = await browser.newContext(shape)
    const email = 'chen.yu@dengyu.example'
    await inside.request.post(`${desk.url}/api/v1/session`, {
      data: { email, password: PASSWORD },
    })
    await inside.request.patch(`${desk.url}/api/v1/me`, {
      data: { locale: view.locale, theme: view.theme },
    })
    for (const [name, path, how] of PAGES)
      if (!view.only || view.only.includes(name))
        await look(how?.signedOut ? outside : inside, desk, name, path, view)
    if (view.name === 'en' || view.name === 'zh-dark') await states(inside, desk, view)
    await inside.close()
    await outside.close()
  }
  await chat(browser, desk, 'en', 1280, 'light')
  await chat(browser, desk, 'ar', 1280, 'dark')
  await chat(browser, desk, 'zh', 390, 'light')
} catch (e) {
  check(false, e.stack)
} finally {
  await browser.close()
  await desk.close()
}
check.end()
