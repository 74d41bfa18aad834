// Draws the thread: days, bubbles, pictures, receipts, what is still on its way.
import type { Chat } from './chat'
import { h, icon } from './dom'
import { formatDay, formatSize, formatTime, splitLinks } from './format'
import type { Language, Translate } from './language'
import type { FileInfo, Message, Pending } from './types'

export interface View {
  chat: Chat
  language: Language
  t: Translate
  /** The thread became taller by itself. */
  grown?: () => void
}

const isPicture = (f: FileInfo) => /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(f.type)
const drawn = new Map<number, { m: Message; el: HTMLElement }>()

function textOf(text: string): HTMLElement {
  const p = h('p', { dir: 'auto', class: 'text' })
  for (const piece of splitLinks(text))
    p.append(
      piece.href
        ? h(
            'a',
            { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' },
            piece.text,
          )
        : piece.text,
    )
  return p
}

async function save(v: View, f: FileInfo) {
  const url = URL.createObjectURL(await v.chat.file(f.id, false))
  h('a', { href: url, download: f.name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** A canvas, because the shop's policy may forbid pictures from elsewhere and from blobs. */
async function paint(v: View, f: FileInfo, canvas: HTMLCanvasElement, thumb: boolean) {
  const picture = await createImageBitmap(await v.chat.file(f.id, thumb))
  canvas.width = picture.width
  canvas.height = picture.height
  canvas.getContext('2d')?.drawImage(picture, 0, 0)
  picture.close()
  v.grown?.()
}

function lookAt(v: View, f: FileInfo, from: HTMLElement) {
  const canvas = h('canvas', { role: 'img', 'aria-label': v.t('picture', { name: f.name }) })
  const end = () => {
    box.remove()
    from.focus()
  }
  const keep = h(
    'button',
    { type: 'button', class: 'plain', click: () => void save(v, f) },
    icon('save'),
    v.t('download', { name: f.name }),
  )
  const back = h(
    'button',
    { type: 'button', class: 'plain', click: end },
    icon('close'),
    v.t('back'),
  )
  const box = h(
    'div',
    { class: 'look', role: 'dialog', 'aria-modal': 'true', 'aria-label': f.name },
    h('div', { class: 'bar' }, back, keep),
    canvas,
  )
  box.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape') return
    e.stopPropagation()
    end()
  })
  from.closest('.panel')?.append(box)
  back.focus()
  paint(v, f, canvas, false).catch(() => void save(v, f))
}

function fileOf(v: View, f: FileInfo): HTMLElement {
  const size = formatSize(v.language, f.size)
  const row = () =>
    h(
      'button',
      {
        type: 'button',
        class: 'file',
        'aria-label': v.t('download', { name: f.name }),
        click: () => void save(v, f),
      },
      icon('file'),
      h('bdi', {}, f.name),
      h('span', { class: 'meta' }, size),
    )
  if (!isPicture(f)) return row()
  const canvas = h('canvas', { 'aria-hidden': 'true' })
  if (f.width && f.height) canvas.style.aspectRatio = `${f.width} / ${f.height}`
  const button = h(
    'button',
    {
      type: 'button',
      class: 'picture',
      'aria-label': v.t('picture', { name: f.name }),
      click: () => lookAt(v, f, button),
    },
    canvas,
  )
  paint(v, f, canvas, true).catch(() => button.replaceWith(row()))
  return button
}

function bubble(v: View, m: Message): HTMLElement {
  const kept = drawn.get(m.id)
  if (kept?.m.text === m.text && kept.m.attachments.length === m.attachments.length) return kept.el
  const el = h('div', { class: `said ${m.from}` })
  if (m.from === 'agent' && m.author) el.append(h('span', { class: 'who', dir: 'auto' }, m.author))
  if (m.text) el.append(textOf(m.text))
  for (const f of m.attachments) el.append(fileOf(v, f))
  drawn.set(m.id, { m, el })
  return el
}

function waiting(v: View, p: Pending): HTMLElement {
  const { chat, t } = v
  const el = h('div', { class: `said visitor ${p.failed ? 'failed' : 'waiting'}` })
  if (p.text) el.append(textOf(p.text))
  if (p.files.length > 0)
    el.append(h('p', { class: 'text' }, t('attached', { n: String(p.files.length) })))
  if (!p.failed) {
    el.append(h('span', { class: 'meta' }, icon('wait'), t(chat.connected ? 'sending' : 'queued')))
    return el
  }
  el.append(
    h('span', { class: 'meta bad' }, `${t('failed')}. ${t('refused')}`),
    h(
      'span',
      { class: 'acts' },
      h(
        'button',
        { type: 'button', class: 'plain', click: () => chat.outbox.again(p.client_id) },
        t('retry'),
      ),
      h(
        'button',
        { type: 'button', class: 'plain', click: () => chat.outbox.drop(p.client_id) },
        t('remove'),
      ),
    ),
  )
  return el
}

/** Where the day changes, and the time under the last of a run. */
function withDays(v: View, list: readonly Message[]): HTMLElement[] {
  const out: HTMLElement[] = []
  let day = ''
  list.forEach((m, i) => {
    const today = formatDay(v.language, m.at, Date.now())
    if (today !== day) out.push(h('div', { class: 'day' }, today))
    day = today
    const next = list[i + 1]
    const el = bubble(v, m)
    const last = !next || next.from !== m.from || next.at - m.at > 300_000
    el.classList.toggle('last', last)
    el.querySelector(':scope > .meta')?.remove()
    if (last && m.from !== 'system') el.append(h('span', { class: 'meta' }, stamp(v, m)))
    out.push(el)
  })
  return out
}

function stamp(v: View, m: Message): string {
  const time = formatTime(v.language, m.at)
  if (m.from !== 'visitor') return time
  return `${time} · ${v.t(m.id <= v.chat.agentSeen ? 'read' : 'sent')}`
}

function greeting(v: View): HTMLElement {
  const said = v.chat.config?.greeting
  const own = typeof said === 'string' ? said : said?.[v.language]
  return h('div', { class: 'said agent last' }, textOf(own || v.t('greeting')))
}

/** What the list shows now, oldest first. */
export function drawMessages(v: View): HTMLElement[] {
  const { chat, t } = v
  if (!chat.started) drawn.clear()
  const rows = [greeting(v)]
  if (!chat.loaded) rows.push(h('div', { class: 'day' }, t('loading')))
  rows.push(...withDays(v, chat.thread.list()))
  // One that has come back on the stream before its answer did is not shown twice.
  const known = new Set(chat.thread.list().map((m) => m.client_id))
  rows.push(
    ...chat.outbox
      .list()
      .filter((p) => !known.has(p.client_id))
      .map((p) => waiting(v, p)),
  )
  if (chat.config && !chat.config.online) rows.push(h('div', { class: 'note' }, t('away_text')))
  if (chat.typing)
    rows.push(
      h(
        'div',
        { class: 'said agent typing' },
        h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
        h(
          'span',
          { class: 'meta' },
          t('typing', { name: chat.typing === '?' ? t('someone') : chat.typing }),
        ),
      ),
    )
  return rows
}
