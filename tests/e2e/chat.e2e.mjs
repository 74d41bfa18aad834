// SPDX-License-Identifier: Apache-2.0
// A buyer in the demo shop, an agent in the console by keyboard alone, in Japanese and in Arabic: both ways, a
// picture, a reload, the desk killed and the network cut, ten tabs. Nothing lost, nothing twice, in order.
import { readFileSync } from 'node:fs'

import { openBrowser, openChat, openDesk, PASSWORD, report, sleep, until } from './desk.mjs'

const check = report()
const picture = readFileSync(new URL('../../demo/files/shade-crack-v1.jpg', import.meta.url))
const TALKS = [
  {
    language: 'ja',
    agent: 'aiko.tanabe@dengyu.example',
    buyer: [
      'ランプが割れて届きました。',
      '写真をお送りします。',
      '注文はDY-JP-52359です。',
      '接続が切れても届きますか。',
      '最後の質問です。',
    ],
    answers: ['ご不便をおかけしております。', '新しいシェードをお送りします。'],
  },
  {
    language: 'ar',
    agent: 'sara.mansour@dengyu.example',
    buyer: [
      'وصلني المصباح مكسوراً.',
      'هذه صورة.',
      'رقم الطلب DY-SA-75799.',
      'هل تصل الرسائل بعد الانقطاع؟',
      'سؤال أخير.',
    ],
    answers: ['أعتذر عن ذلك.', 'سنرسل لك غطاءً جديداً.'],
  },
]

const own = (page) => page.locator('.said.visitor .text').allTextContents()
const theirs = (page) => page.locator('.said.agent .text').allTextContents()
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

async function write(page, text) {
  await page.locator('textarea').fill(text)
  await page.locator('textarea').press('Enter')
}

async function openShop(context, desk, language) {
  const page = await context.newPage()
  check.watch(page, `shop ${language}`)
  await page.goto(`${desk.url}/demo/shop?lang=${language}`)
  await openChat(page)
  return page
}

/** Signs in and opens the newest conversation without touching the mouse. */
async function openConsole(browser, desk, email) {
  const page = await (
    await browser.newContext({ viewport: { width: 1440, height: 900 } })
  ).newPage()
  check.watch(page, `console ${email}`)
  await page.goto(`${desk.url}/`)
  await until(() => page.evaluate(() => document.activeElement?.matches('input[type=email]')))
  await page.keyboard.type(email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/inbox\//)
  await page.locator('nav').first().waitFor()
  return page
}

/** Goes down the list of all conversations until the buyer's words stand in the thread. */
async function findByKeyboard(page, text) {
  const thread = page.locator('.entry, article, [role=log]').filter({ hasText: text })
  await until(async () => {
    await page.keyboard.press('3')
    return page.waitForURL(/\/inbox\/all/, { timeout: 500 }).then(() => true)
  })
  const card = page.locator('.card-row').filter({ hasText: text }).first()
  await card.waitFor()
  const href = await card.getAttribute('href')
  for (let i = 0; i < 5 && new URL(page.url()).pathname !== href; i++) {
    const before = page.url()
    await page.keyboard.press('j')
    await until(() => page.url() !== before)
  }
  return until(() => thread.count())
}

async function answer(page, text) {
  await page.keyboard.press('Escape')
  await page.keyboard.press('r')
  await page.keyboard.type(text)
  await page.keyboard.press('Control+Enter')
}

async function talk(browser, desk, { language, agent, buyer, answers }) {
  const say = (ok, what) => check(ok, `${language}: ${what}`)
  const context = await browser.newContext({
    locale: language,
    viewport: { width: 1280, height: 800 },
  })
  const shop = await openShop(context, desk, language)
  say(
    (await shop.evaluate(() => document.documentElement.dir)) ===
      (language === 'ar' ? 'rtl' : 'ltr'),
    'direction',
  )
  await write(shop, buyer[0])
  say(
    await until(() => shop.locator('.said.visitor:not(.waiting) .meta').count()),
    'the first message is stored',
  )

  const seat = await openConsole(browser, desk, agent)
  say(await findByKeyboard(seat, buyer[0]), 'the agent finds it by keyboard')
  await answer(seat, answers[0])
  say(
    await until(async () => (await theirs(shop)).includes(answers[0])),
    'the answer reaches the shop',
  )

  const file = { name: 'IMG_4471.jpg', mimeType: 'image/jpeg', buffer: picture }
  await shop.locator('input[type=file]').setInputFiles(file)
  say(
    await until(() => shop.locator('.tray li:not(.uploading)').count()),
    'the picture is uploaded',
  )
  await write(shop, buyer[1])
  say(
    await until(() => shop.locator('.picture canvas').count()),
    'the picture is shown in the shop',
  )
  say(await until(() => seat.getByText(buyer[1]).count()), 'and its message in the console')

  await shop.reload()
  await shop.locator('.launcher').click()
  say(
    await until(async () => same(await own(shop), buyer.slice(0, 2))),
    'a reload brings the thread back',
  )

  await context.setOffline(true)
  await write(shop, buyer[2])
  await until(() => shop.locator('.waiting').count())
  await sleep(500)
  say((await shop.locator('.waiting').count()) === 1, 'without a network it waits')
  await context.setOffline(false)
  say(
    await until(
      async () =>
        same(await own(shop), buyer.slice(0, 3)) && !(await shop.locator('.waiting').count()),
    ),
    'and goes out after',
  )

  await desk.stop()
  await write(shop, buyer[3])
  await sleep(700)
  await desk.start()
  say(
    await until(
      async () =>
        same(await own(shop), buyer.slice(0, 4)) && !(await shop.locator('.waiting').count()),
    ),
    'a killed desk loses and doubles nothing',
  )

  const tabs = []
  for (let i = 0; i < 9; i++) tabs.push(await openShop(context, desk, language))
  say(
    await until(async () => same(await own(tabs[8]), buyer.slice(0, 4))),
    'the tenth tab shows the thread',
  )
  await write(tabs[4], buyer[4])
  say(
    await until(async () => same(await own(shop), buyer)),
    'what one tab sends the first shows',
  )
  await until(() => seat.getByText(buyer[4]).count())
  await answer(seat, answers[1])
  for (const [i, tab] of [shop, ...tabs].entries())
    say(
      await until(async () => (await theirs(tab)).includes(answers[1])),
      `tab ${i + 1} has the answer live`,
    )
  say(await until(async () => same(await own(tabs[8]), buyer)), 'each message once, in order')
  await context.close()
  await seat.context().close()
}

const desk = await openDesk()
const browser = await openBrowser()
try {
  for (const one of TALKS) await talk(browser, desk, one)
} catch (e) {
  check(false, e.stack)
}
await browser.close()
await desk.close()
check.end()
