// Where the visitor writes: text that survives a reload, files by button, paste and drop, their size said first.
import { Refused } from './api'
import { h, icon } from './dom'
import { formatSize } from './format'
import type { View } from './messages'
import type { FileInfo } from './types'

interface Chip {
  file: File
  done?: FileInfo
  failed?: boolean
}

export interface Composer {
  el: HTMLElement
  focus(): void
  take(files: Iterable<File>): void
  /** Called when the chat changed. */
  refresh(): void
}

const MOST_FILES = 10
const TEXT_MAX = 10_000
const coarse = () => window.matchMedia('(pointer: coarse)').matches

export function createComposer(v: View): Composer {
  const { chat, t, language } = v
  const max = chat.config?.attachment_max ?? 0
  let chips: Chip[] = []

  const text = h('textarea', { rows: '1', dir: 'auto', maxlength: String(TEXT_MAX), placeholder: t('message'), 'aria-label': t('message'), enterkeyhint: 'send' })
  const picker = h('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1' })
  const attach = h('button', { type: 'button', class: 'round', 'aria-label': t('attach'), title: t('attach'), click: () => picker.click() }, icon('clip'))
  const send = h('button', { type: 'submit', class: 'round go', 'aria-label': t('send'), title: t('send') }, icon('send'))
  const tray = h('ul', { class: 'tray' })
  const problem = h('p', { class: 'problem', role: 'alert' })
  const el = h('form', { class: 'composer', submit: submit }, problem, tray, h('div', { class: 'line' }, attach, text, send), picker)

  function ready(): boolean {
    return (text.value.trim() !== '' || chips.length > 0) && chips.every((c) => c.done)
  }

  function refresh() {
    send.disabled = !ready()
    text.style.height = 'auto'
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`
  }

  function submit(e?: Event) {
    e?.preventDefault()
    if (!ready()) return
    const files = chips.flatMap((c) => c.done ?? [])
    chat.say(text.value.trim(), files)
    text.value = ''
    chips = []
    chat.storage.remove('draft')
    problem.textContent = ''
    drawTray()
    text.focus()
  }

  function chipOf(c: Chip): HTMLElement {
    const state = c.failed ? 'failed' : c.done ? '' : 'uploading'
    const off = () => {
      chips = chips.filter((x) => x !== c)
      drawTray()
    }
    return h('li', { class: state },
      icon('file'), h('bdi', {}, c.file.name), h('span', { class: 'meta' }, state ? t(state as 'uploading') : formatSize(language, c.file.size)),
      c.failed && h('button', { type: 'button', class: 'plain', click: () => void upload(c) }, t('retry')),
      h('button', { type: 'button', class: 'bare', 'aria-label': `${t('remove')}: ${c.file.name}`, click: off }, icon('close')))
  }

  function drawTray() {
    tray.replaceChildren(...chips.map(chipOf))
    refresh()
  }

  async function upload(c: Chip) {
    c.failed = false
    drawTray()
    try {
      c.done = await chat.upload(c.file)
    } catch (e) {
      c.failed = true
      const large = e instanceof Refused && e.status === 413
      problem.textContent = large ? tooLarge(c.file) : t('upload_failed', { name: c.file.name })
    }
    drawTray()
  }

  const tooLarge = (f: File) =>
    t('too_large', { name: f.name, size: formatSize(language, f.size), max: formatSize(language, max) })

  function take(files: Iterable<File>) {
    problem.textContent = ''
    for (const file of files) {
      if (chips.length >= MOST_FILES) break
      if (file.size === 0) problem.textContent = t('empty_file', { name: file.name })
      else if (max > 0 && file.size > max) problem.textContent = tooLarge(file)
      else {
        const chip: Chip = { file }
        chips.push(chip)
        void upload(chip)
      }
    }
    drawTray()
  }

  text.addEventListener('input', () => {
    chat.storage.set('draft', text.value)
    chat.type(text.value !== '')
    refresh()
  })
  text.addEventListener('blur', () => chat.type(false))
  text.addEventListener('keydown', (e) => {
    // While a word is being composed (Chinese, Japanese, Korean) Enter belongs to the input method.
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing || e.keyCode === 229 || coarse()) return
    submit(e)
  })
  text.addEventListener('paste', (e) => {
    const files = [...(e.clipboardData?.files ?? [])]
    if (files.length === 0) return
    e.preventDefault()
    take(files)
  })
  picker.addEventListener('change', () => {
    take([...(picker.files ?? [])])
    picker.value = ''
  })
  text.value = chat.storage.get<string>('draft') ?? ''
  return { el, take, refresh, focus: () => text.focus() }
}
