// SPDX-License-Identifier: Apache-2.0
// One person in several windows, a colleague in the same conversation, a desk without TLS under another name: a draft
// goes along and is written over by none, who has it open is shown, a link names the address one came by.
import { openBrowser, openDesk, PASSWORD, report, until } from './desk.mjs'

const check = report()
const desk = await openDesk()
const NAME = 'desk.shop.example'
const plain = `http://${NAME}:${desk.port}`
const browser = await openBrowser([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

async function signIn(context, url, email = 'chen.yu@dengyu.example') {
  const page = await context.newPage()
  check.watch(page, url)
  await page.goto(`${url}/`)
  await page.locator('input[type=email]').fill(email)
  await page.locator('input[type=password]').fill(PASSWORD)
  await page.locator('input[type=password]').press('Enter')
  await page.waitForURL(/\/inbox\//)
  return page
}

const area = (page) => page.locator('.composer textarea')
const text = (page, wanted) => until(async () => (await area(page).inputValue()) === wanted)
const saved = (page) =>
  page.waitForResponse((r) => r.url().endsWith('/draft') && r.request().method() === 'PUT')

async function type(page, words) {
  const done = saved(page)
  await area(page).pressSequentially(words)
  return done
}

async function openBoth(contexts) {
  const pages = []
  for (const context of contexts) {
    const known = (await context.cookies()).length
    const page = known ? await context.newPage() : await signIn(context, desk.url)
    await page.goto(`${desk.url}/inbox/all/398`)
    await area(page).waitFor()
    pages.push(page)
  }
  return pages
}

async function drafts(contexts, what) {
  const [a, b] = await openBoth(contexts)
  const say = (ok, words) => check(ok, `${what}: ${words}`)
  await type(a, 'Dear customer')
  say(await text(b, 'Dear customer'), 'the other window shows what was typed here')
  await type(b, ', hello')
  say(await text(a, 'Dear customer, hello'), 'and the reverse')

  // Cut off, each types something of its own.
  await contexts[1].setOffline(true)
  if (contexts[0] !== contexts[1]) {
    await type(a, ' from here')
    await area(b).pressSequentially(' from there')
    await contexts[1].setOffline(false)
    const done = saved(b)
    await area(b).pressSequentially('.')
    await done
    const both = b.getByRole('button', { name: /Take both|合并两份/ })
    say(await until(() => both.count()), 'what differs is told')
    say(await text(b, 'Dear customer, hello from there.'), 'and nothing typed is gone')
    await both.click()
    const joined = 'Dear customer, hello from here\n\nDear customer, hello from there.'
    say(await text(b, joined), 'both can be taken')
    say(await text(a, joined), 'then both windows have both')
  }
  await contexts[1].setOffline(false)
  const words = await area(a).inputValue()
  await area(a).press('Control+Enter')
  say(await text(a, ''), 'sent')
  say(await text(b, ''), 'from one it is gone from the other')
  say(await until(() => b.locator('.message.ours', { hasText: words }).count()), 'where it stands')
}

/** Who has it open, too, is shown while it is so, live and in both windows. */
async function viewers() {
  const shape = { locale: 'en', viewport: { width: 1440, height: 900 } }
  const [ours, theirs] = [await browser.newContext(shape), await browser.newContext(shape)]
  const me = await signIn(ours, desk.url)
  const mei = await signIn(theirs, desk.url, 'mei.lin@dengyu.example')
  const who = (page) => page.locator('.viewers')
  const shows = (page, name) => until(async () => (await who(page).innerText()).includes(name))
  const empty = (page) => until(async () => (await who(page).innerText()).trim() === '')
  await me.goto(`${desk.url}/inbox/all/398`)
  await area(me).waitFor()
  check((await who(me).innerText()).trim() === '', 'nobody else has it open')
  await mei.goto(`${desk.url}/inbox/all/398`)
  check(await shows(me, 'Mei Lin'), 'who opens it, too, is shown')
  check(await shows(mei, 'Chen Yu'), 'and sees who was there')
  const second = await ours.newPage()
  await second.goto(`${desk.url}/inbox/all/398`)
  check(await shows(second, 'Mei Lin'), 'a second window of one’s own knows it, too')
  await second.close()
  await mei.goto(`${desk.url}/inbox/all`)
  check(await empty(me), 'who leaves is gone')
  await mei.goto(`${desk.url}/inbox/all/398`)
  await shows(me, 'Mei Lin')
  check(await shows(mei, 'Chen Yu'), 'a window that was closed leaves the other there')
  await theirs.close()
  check(await empty(me), 'whose stream ends is gone')
  await ours.close()
}

async function links() {
  const context = await browser.newContext()
  const page = await signIn(context, plain)
  check(await page.evaluate(() => !isSecureContext && !navigator.clipboard), 'no clipboard here')
  await page.goto(`${plain}/settings/inboxes/1`)
  await page.locator('.snippet button').click()
  check(await until(() => page.locator('.toast').count()), 'a snippet is copied without TLS')
  await page.goto(`${plain}/settings/people`)
  await page.getByText('Mei Lin').first().click()
  await page.locator('dialog[open] .section button').last().click()
  const link = page.locator('dialog[open] input[readonly]').last()
  await until(async () => (await link.inputValue()).includes('/set-password'))
  const url = await link.inputValue()
  check(url.startsWith(`${plain}/set-password#`), `an invitation names ${plain}`)
  await link.locator('xpath=following-sibling::button').click()
  await page.locator('dialog[open] input[type=password]').first().focus()
  await page.keyboard.press('Control+v')
  const pasted = await page.locator('dialog[open] input[type=password]').first().inputValue()
  check(pasted === url, 'and is copied out of a dialog')
  await context.close()
}

try {
  const shape = { locale: 'en', viewport: { width: 1280, height: 800 } }
  const [one, two] = [await browser.newContext(shape), await browser.newContext(shape)]
  await drafts([one, one], 'tabs')
  await drafts([one, two], 'browsers')
  await viewers()
  await links()
} catch (e) {
  check(false, e.stack)
}
await browser.close()
await desk.close()
check.end()
