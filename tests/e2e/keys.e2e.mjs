// SPDX-License-Identifier: Apache-2.0
// An agent's whole job without a mouse: open, take, read on, answer with a canned reply, note, mention, tag, put off,
// resolve and go on, take back, search; and the help sheet lists what is answered, no more and no less.
import { openBrowser, openDesk, PASSWORD, report, until } from './desk.mjs'

const check = report()
const desk = await openDesk()
const browser = await openBrowser()
const context = await browser.newContext({
  viewport: { width: 1440, height: 900 },
  locale: 'en',
})
const page = await context.newPage()
check.watch(page, 'console')

const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key)
}
const here = () => Number(/\/inbox\/\w+\/(\d+)/.exec(page.url())?.[1] ?? 0)
const facts = () => page.locator('.record-head .facts').innerText()
const sees = (text) => until(() => page.getByText(text, { exact: false }).count())
const focused = (what) => page.evaluate((s) => Boolean(document.activeElement?.matches(s)), what)
const gone = (selector) => until(async () => !(await page.locator(selector).count()))

async function signIn() {
  const own = `${desk.url}/api/v1`
  const email = 'chen.yu@dengyu.example'
  await context.request.post(`${own}/session`, {
    data: { email, password: PASSWORD },
  })
  await context.request.patch(`${own}/me`, { data: { locale: 'en' } })
  await context.clearCookies()
  await page.goto(`${desk.url}/`)
  await until(() => focused('input[type=email]'))
  await page.keyboard.type(email)
  await press('Tab')
  await page.keyboard.type(PASSWORD)
  await press('Enter')
  check(
    await until(() => page.url().includes('/inbox/unassigned')),
    'nothing of one’s own: the desk opens at what nobody has taken',
  )
  check(await sees('Open the shop'), 'and says where the demo can be tried')
}

async function walk() {
  await until(() => page.locator('.card-row').count())
  await press('j')
  check(await until(() => page.locator('.record-head .facts').count()), 'j opens the first')
  const first = here()
  await press('j')
  check(await until(() => here() !== first && here() > 0), 'j goes on')
  await press('k')
  check(await until(() => here() === first), 'k goes back')
}

async function take() {
  await press('a')
  await until(() => focused('.panel input'))
  await until(() => page.locator('.panel [role=option]', { hasText: 'Chen Yu' }).count())
  await press('Enter')
  check(
    await until(async () => (await facts()).includes('Chen Yu')),
    'a and Enter take it: me first',
  )
  await press('p')
  await until(() => focused('[role=listbox]'))
  await press('Home', 'Enter')
  check(await until(async () => (await facts()).includes('Urgent')), 'p sets the priority')
  await press('t')
  await until(() => focused('.panel input'))
  await page.keyboard.type('complaint')
  await until(() => page.locator('.panel [role=option]', { hasText: 'Complaint' }).count())
  await press('Enter', 'Escape')
  check(await until(async () => (await facts()).includes('Complaint')), 't finds and sets a tag')
  check(await gone('.panel'), 'Escape closes the menu')
}

async function write() {
  await press('r')
  check(await until(() => focused('.composer textarea')), 'r writes a reply')
  await page.keyboard.type('/number')
  await until(() => page.locator('#complete-menu [role=option]').count())
  await press('Enter')
  const area = page.locator('.composer textarea')
  check(
    await until(async () => (await area.inputValue()).length > 40),
    'a canned reply is put in by / and its name',
  )
  await press('Control+Enter')
  check(await until(async () => (await area.inputValue()) === ''), 'Ctrl Enter sends')
  await press('Escape')
  await until(() => page.locator('.message.ours .link', { hasText: 'Undo' }).count())
  await press('z')
  check(
    await until(async () => (await area.inputValue()).length > 40),
    'z takes it back, the text is there again',
  )
  await press('Control+a', 'Delete', 'Escape', 'n')
  check(await until(() => page.locator('.composer.note').count()), 'n writes a note')
  await page.keyboard.type('Please look, @mei')
  await until(() => page.locator('#complete-menu [role=option]').count())
  await press('Enter', 'Control+Enter')
  check(await sees('Please look, @Mei Lin'), 'with a mention')
  await press('Escape')
}

async function finish() {
  const done = here()
  await press('h')
  await until(() => focused('[role=listbox]'))
  await press('Enter')
  check(
    await until(async () => (await facts()).includes('Snoozed')),
    'h and Enter put it off an hour',
  )
  await press('z')
  check(
    await until(async () => !(await facts()).includes('Snoozed')),
    'z brings it back from there',
  )
  await press('Shift+E')
  check(await until(() => here() !== done && here() > 0), 'Shift E resolves and goes on')
  await press('e')
  check(await until(async () => (await facts()).includes('Resolved')), 'e resolves')
  await press('e')
  check(await until(async () => !(await facts()).includes('Resolved')), 'e opens again')
  await unread()
}

/** Stays unread whatever the desk adds to the thread; opening it again reads it. */
async function unread() {
  const at = here()
  const on = page.locator('.card-row.on')
  const told = page.waitForResponse((r) => r.url().endsWith(`/${at}/unread`))
  await press('u')
  check(await until(() => page.locator('.card-row.on.unread').count()), 'u marks unread')
  await told
  await press('p')
  await until(() => focused('[role=listbox]'))
  await press('Home', 'Enter')
  await until(async () => (await facts()).includes('Urgent'))
  const href = await on.getAttribute('href')
  await press('j')
  check(await until(() => here() !== at && here() > 0), 'j leaves it')
  const card = page.locator(`.card-row[href="${href}"]`)
  check(await until(() => card.evaluate((e) => e.matches('.unread'))), 'and it is still unread')
  await press('k')
  check(await until(() => card.evaluate((e) => !e.matches('.unread'))), 'opening it reads it')
}

/** Several changes in one step, and back in one. */
async function macro() {
  await page.goto(`${desk.url}/inbox/all/325`)
  await page.locator('.record-head .facts').waitFor()
  await press('Control+m')
  await until(() => focused('input[role=combobox]'))
  await page.keyboard.type('ask for pictures')
  await press('Enter')
  const all = async () => (await facts()).includes('Pending') && (await facts()).includes('Chen Yu')
  check(await until(all), 'Ctrl M and words use a macro')
  const text = () => page.locator('.composer textarea').inputValue()
  check(await until(async () => (await text()).includes('picture')), 'its canned reply is there')
  await press('Escape', 'z')
  check(await until(async () => !(await facts()).includes('Pending')), 'z takes it all back')
  check((await facts()).includes('Mei Lin'), 'the assignee, too')
}

async function find() {
  await press('/')
  await until(() => focused('input[type=search]'))
  await page.keyboard.type('lamp')
  const found = () => page.locator('.hit', { hasText: /lamp/i }).count()
  await until(async () => page.url().endsWith('q=lamp') && (await found()))
  await press('ArrowDown', 'Enter')
  check(await until(() => here() > 0), 'what / finds opens by arrow and Enter')
  await press('g', 'p')
  check(await until(() => page.url().includes('/customers')), 'g p goes to the customers')
  await press('g', 'c')
  await until(() => page.url().includes('/inbox'))
  await press('Control+k')
  await until(() => focused('[role=combobox]'))
  await page.keyboard.type('canned')
  await press('Enter')
  check(await until(() => page.url().endsWith('/settings/canned')), 'the commands go anywhere')
}

/** Every key of the sheet does something here; a key that is bound and not listed would be a secret. */
async function help() {
  await page.goto(`${desk.url}/inbox/all/398`)
  await page.locator('.record-head .facts').waitFor()
  await press('?')
  const sheet = page.locator('dialog[open]')
  await sheet.waitFor()
  const labels = await sheet.locator('dt').allTextContents()
  for (const label of [
    'Send',
    'Canned reply',
    'Undo the last act',
    'Mark unread',
    'Leave the text',
  ])
    check(labels.includes(label), `the sheet names: ${label}`)
  check(new Set(labels).size === labels.length, 'each once')
  await press('Escape')
  check(await gone('dialog[open]'), 'Escape closes the sheet')
  await press('g', 's')
  await until(() => page.url().includes('/settings'))
  await press('?')
  await sheet.waitFor()
  const there = await sheet.locator('dt').allTextContents()
  check(!there.includes('Send') && there.includes('Search'), 'elsewhere it lists what works there')
}

try {
  for (const part of [signIn, walk, take, write, finish, macro, find, help]) await part()
} catch (e) {
  check(false, e.stack)
}
await browser.close()
await desk.close()
check.end()
