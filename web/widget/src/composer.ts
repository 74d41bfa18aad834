// Where the visitor writes: text that survives a reload, files by button, paste and drop, their
// size said first.
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

const MOST_FILES = 10
const TEXT_MAX = 10_000
const TALLEST_PX = 140

const touched = () => window.matchMedia('(pointer: coarse)').matches

export class Composer {
  readonly el: HTMLElement
  private chips: Chip[] = []
  private readonly text: HTMLTextAreaElement
  private readonly send: HTMLButtonElement
  private readonly picker = h('input', { type: 'file', multiple: true, hidden: true })
  private readonly tray = h('ul', { class: 'tray' })
  private readonly problem = h('p', { class: 'problem', role: 'alert' })

  constructor(private readonly v: View) {
    const { t } = v
    this.text = h('textarea', {
      rows: '1',
      dir: 'auto',
      maxlength: String(TEXT_MAX),
      placeholder: t('message'),
      'aria-label': t('message'),
    })
    const pick = () => this.picker.click()
    const attach = this.round('attach', 'clip', { type: 'button', click: pick })
    this.send = this.round('send', 'send', { type: 'submit' })
    this.send.classList.add('go')
    this.el = h(
      'form',
      { class: 'composer', submit: (e: Event) => this.submit(e) },
      this.problem,
      this.tray,
      h('div', { class: 'line' }, attach, this.text, this.send),
      this.picker,
    )
    this.text.value = v.chat.storage.get<string>('draft') ?? ''
    this.wire()
  }

  private round(word: 'attach' | 'send', name: 'clip' | 'send', more: Parameters<typeof h>[1]) {
    const says = this.v.t(word)
    const attrs = { class: 'round', 'aria-label': says, title: says, ...more }
    return h('button', attrs, icon(name))
  }

  private wire() {
    const { chat } = this.v
    this.text.addEventListener('input', () => {
      chat.storage.set('draft', this.text.value)
      chat.type(this.text.value !== '')
      this.refresh()
    })
    this.text.addEventListener('blur', () => chat.type(false))
    this.text.addEventListener('keydown', (e) => this.key(e))
    this.text.addEventListener('paste', (e) => {
      const files = [...(e.clipboardData?.files ?? [])]
      if (files.length === 0) return
      e.preventDefault()
      this.take(files)
    })
    this.picker.addEventListener('change', () => {
      this.take([...(this.picker.files ?? [])])
      this.picker.value = ''
    })
  }

  /** While a word is being composed (Chinese, Japanese) Enter belongs to the input method. */
  private key(e: KeyboardEvent) {
    const composing = e.isComposing || e.keyCode === 229
    if (e.key === 'Enter' && !e.shiftKey && !composing && !touched()) this.submit(e)
  }

  private ready(): boolean {
    const something = this.text.value.trim() !== '' || this.chips.length > 0
    return something && this.chips.every((c) => c.done)
  }

  private submit(e: Event) {
    e.preventDefault()
    if (!this.ready()) return
    const files = this.chips.flatMap((c) => c.done ?? [])
    const said = this.text.value.trim()
    this.text.value = ''
    this.chips = []
    this.problem.textContent = ''
    this.v.chat.storage.remove('draft')
    this.v.chat.say(said, files)
    this.drawTray()
    this.text.focus()
  }

  private chip(c: Chip): HTMLElement {
    const { t, language } = this.v
    const state = c.failed ? 'failed' : c.done ? '' : 'uploading'
    const size = formatSize(language, c.file.size)
    const off = () => {
      this.chips = this.chips.filter((x) => x !== c)
      this.drawTray()
    }
    const again = { type: 'button', class: 'plain', click: () => void this.upload(c) }
    const remove = `${t('remove')}: ${c.file.name}`
    return h(
      'li',
      { class: state },
      icon('file'),
      h('bdi', {}, c.file.name),
      h('span', { class: 'meta' }, state ? `${size} · ${t(state)}` : size),
      c.failed && h('button', again, t('retry')),
      h(
        'button',
        { type: 'button', class: 'bare', 'aria-label': remove, click: off },
        icon('close'),
      ),
    )
  }

  private drawTray() {
    this.tray.replaceChildren(...this.chips.map((c) => this.chip(c)))
    this.refresh()
  }

  private async upload(c: Chip) {
    c.failed = false
    this.drawTray()
    try {
      c.done = await this.v.chat.upload(c.file)
    } catch (e) {
      c.failed = true
      const large = e instanceof Refused && e.status === 413
      const name = c.file.name
      this.problem.textContent = large ? this.tooLarge(c.file) : this.v.t('upload_failed', { name })
    }
    this.drawTray()
  }

  private tooLarge(file: File): string {
    const { t, language, chat } = this.v
    const max = formatSize(language, chat.config?.attachment_max ?? 0)
    return t('too_large', { name: file.name, size: formatSize(language, file.size), max })
  }

  take(files: Iterable<File>) {
    const max = this.v.chat.config?.attachment_max ?? 0
    this.problem.textContent = ''
    for (const file of files) {
      if (this.chips.length >= MOST_FILES) break
      if (file.size === 0) this.problem.textContent = this.v.t('empty_file', { name: file.name })
      else if (max > 0 && file.size > max) this.problem.textContent = this.tooLarge(file)
      else {
        const chip: Chip = { file }
        this.chips.push(chip)
        void this.upload(chip)
      }
    }
    this.drawTray()
  }

  refresh() {
    this.send.disabled = !this.ready()
    this.text.style.height = 'auto'
    this.text.style.height = `${Math.min(this.text.scrollHeight, TALLEST_PX)}px`
  }

  focus() {
    this.text.focus()
  }
}
