// SPDX-License-Identifier: Apache-2.0
// A real desk with the demo company on a temporary folder, a browser, and a list of what was checked.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core')
// A relative path starts at the root of the repository.
const program = resolve(root, process.env.AFTERSAIL_BIN ?? 'build/aftersail')

export const PASSWORD = 'aftersail-demo'
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/** True as soon as `fact` is, false when it is not within the time, which a slow machine may need. */
export async function until(fact, ms = 40_000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(60))
    if (await Promise.resolve(fact()).catch(() => false)) return true
  return false
}

/** Below the ports the system takes for outgoing connections: nobody may have it while the desk is down. */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const s = createServer()
    const free = await new Promise((done) => {
      s.once('error', () => done(false))
      s.listen(port, '127.0.0.1', () => s.close(() => done(true)))
    })
    if (free) return port
  }
}

export async function openDesk() {
  const at = mkdtempSync(join(process.env.AFTERSAIL_TEST_DIR ?? tmpdir(), 'aftersail-e2e-'))
  const data = join(at, 'data')
  const made = spawnSync(program, ['demo', '--data', data], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`aftersail demo: ${made.stdout}${made.stderr}`)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const desk = { url, port, child: undefined }
  const healthy = () => fetch(`${url}/healthz`).then((r) => r.ok)

  desk.start = async () => {
    const log = openSync(join(at, 'server.log'), 'a')
    const listen = ['serve', '--data', data, '--listen', `127.0.0.1:${port}`]
    desk.child = spawn(program, listen, { stdio: ['ignore', log, log] })
    if (await until(healthy)) return
    throw new Error(`no answer from the desk:\n${readFileSync(join(at, 'server.log'), 'utf8')}`)
  }
  /** SIGKILL unless told otherwise. */
  desk.stop = async (signal = 'SIGKILL') => {
    const gone = new Promise((done) => desk.child.once('exit', done))
    desk.child.kill(signal)
    await gone
  }
  desk.close = async () => {
    await desk.stop('SIGTERM')
    rmSync(at, { recursive: true, force: true })
  }
  await desk.start()
  return desk
}

export const openBrowser = (args = []) =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...args] })

/** Waits until what moves on the page has arrived; what goes round for ever does not count. */
export const still = (page) =>
  until(() =>
    page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      const chat = document.querySelector('#aftersail-chat')?.shadowRoot
      return [...document.getAnimations(), ...(chat?.getAnimations() ?? [])].every(
        (a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity,
      )
    }),
  )

/** How many calls of a page have no answer yet; the stream, which never ends, is none of them. */
export function watchCalls(page) {
  const going = new Set()
  page.on('request', (r) => r.url().includes('/stream?') || going.add(r))
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => going.delete(r))
  return () => going.size
}

/** Opens the shop's chat window and goes past what it asks first. */
export async function openChat(page) {
  await page.locator('.launcher').click()
  const skip = page.locator('.prechat button[type=submit]')
  await skip.or(page.locator('.composer textarea')).first().waitFor()
  if (await skip.isVisible()) await skip.click()
}

/** Counts what holds; a page's own errors count too. */
export function report() {
  const sums = { passed: 0, failed: 0 }
  const check = (ok, what) => {
    sums[ok ? 'passed' : 'failed']++
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`)
    return ok
  }
  // A call that was cut off because the desk was killed on purpose is no fault of the page.
  check.watch = (page, name) =>
    page.on('pageerror', (e) => {
      if (e.message !== 'Failed to fetch') check(false, `${name}: ${e.message}`)
    })
  check.end = () => {
    console.log(`${sums.passed} passed, ${sums.failed} failed, 0 skipped`)
    process.exitCode = sums.failed ? 1 : 0
  }
  return check
}
