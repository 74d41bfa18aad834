// The launcher and the dialog: opens, closes, keeps the focus where a person expects it.
import { Composer } from './composer'
import { dress, h, icon, inkOn } from './dom'
import { createMailForm, createPrechat } from './forms'
import { isRtl } from './language'
import { drawMessages, type View } from './messages'
import css from './style.css?inline'
import type { Settings } from './types'

const NEAR_THE_END_PX = 80
const STOPS = 'button:not(:disabled), input:not([hidden]), textarea, a, [tabindex="0"]'

const phone = () => window.matchMedia('(max-width: 480px)').matches
const touched = () => window.matchMedia('(pointer: coarse)').matches

/** On a phone the keyboard shrinks what can be seen; the dialog follows it. */
function followViewport(panel: HTMLElement) {
  const seen = window.visualViewport
  if (!seen) return
  const fit = () => {
    panel.style.height = phone() ? `${seen.height}px` : ''
    panel.style.top = phone() ? `${seen.offsetTop}px` : ''
  }
  seen.addEventListener('resize', fit)
  seen.addEventListener('scroll', fit)
  fit()
}

function createHost(v: View, theme: string | undefined): { host: HTMLElement; root: ShadowRoot } {
  const dir = isRtl(v.language) ? 'rtl' : 'ltr'
  const host = h('div', { id: 'aftersail-chat', lang: v.language, dir })
  const root = host.attachShadow({ mode: 'open' })
  dress(root, css)
  const wanted = v.chat.config?.color ?? ''
  const color = /^#[0-9a-f]{6}$/i.test(wanted) ? wanted : '#0b716d'
  host.style.setProperty('--brand', color)
  host.style.setProperty('--on-brand', inkOn(color))
  if (theme === 'dark' || theme === 'light') host.dataset['theme'] = theme
  return { host, root }
}

export class Panel {
  private readonly root: ShadowRoot
  private readonly badge = h('span', { class: 'badge', hidden: true })
  private readonly launcher: HTMLElement
  private readonly presence = h('span', { class: 'presence' })
  private readonly mail: HTMLElement
  private readonly list: HTMLElement
  private readonly notice = h('p', { class: 'notice', role: 'status' })
  private readonly foot = h('div', { class: 'foot' })
  private readonly drop: HTMLElement
  private readonly panel: HTMLElement
  private composer?: Composer
  private opened = false
  /** The reader is at the end and stays there. */
  private stick = true
  private pageOverflow = ''

  constructor(
    private readonly v: View,
    private readonly settings: () => Settings,
    theme: string | undefined,
  ) {
    const { t } = v
    const toggle = () => (this.opened ? this.close() : this.open())
    const { host, root } = createHost(v, theme)
    this.root = root
    this.launcher = h(
      'button',
      { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog', click: toggle },
      icon('chat'),
      icon('down'),
      this.badge,
    )
    this.mail = this.headButton('by_mail', 'mail', () => this.showMail())
    this.list = h('div', {
      class: 'list',
      role: 'log',
      'aria-live': 'polite',
      'aria-relevant': 'additions',
      'aria-labelledby': 'title',
      tabindex: '0',
    })
    this.drop = h('div', { class: 'drop', hidden: true }, t('drop'))
    this.panel = h(
      'div',
      { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true },
      this.head(),
      this.list,
      this.notice,
      this.foot,
      this.drop,
    )
    root.append(this.panel, this.launcher)
    document.body.append(host)
    this.wire()
    this.refresh()
  }

  private headButton(word: 'by_mail' | 'close', name: 'mail' | 'close', click: () => void) {
    const says = this.v.t(word)
    return h(
      'button',
      { type: 'button', class: 'bare', 'aria-label': says, title: says, click },
      icon(name),
    )
  }

  private head(): HTMLElement {
    const name = this.v.chat.config?.name ?? ''
    return h(
      'div',
      { class: 'head' },
      h('div', { class: 'mark', 'aria-hidden': 'true' }, icon('chat')),
      h('div', { class: 'name' }, h('h2', { id: 'title' }, h('bdi', {}, name)), this.presence),
      this.mail,
      this.headButton('close', 'close', () => this.close()),
    )
  }

  private wire() {
    this.panel.addEventListener('keydown', (e) => this.key(e))
    this.panel.addEventListener('dragover', (e) => this.dragged(e, true))
    this.drop.addEventListener('dragleave', (e) => this.dragged(e, false))
    this.panel.addEventListener('drop', (e) => {
      this.dragged(e, false)
      this.composer?.take([...(e.dataTransfer?.files ?? [])])
    })
    this.list.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.list
      this.stick = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX
    })
    // A picture that has come takes room: whoever was reading the end stays there.
    this.v.grown = () => this.stick && this.toEnd()
    window.addEventListener('focus', () => this.opened && this.refresh())
    followViewport(this.panel)
  }

  private dragged(e: DragEvent, over: boolean) {
    if (!this.composer || !e.dataTransfer?.types.includes('Files')) return
    e.preventDefault()
    this.drop.hidden = !over
  }

  private key(e: KeyboardEvent) {
    if (e.key === 'Escape' && !e.isComposing) {
      e.preventDefault()
      return this.close()
    }
    if (e.key !== 'Tab' || !this.panel.hasAttribute('aria-modal')) return
    const stops = [...this.panel.querySelectorAll<HTMLElement>(STOPS)]
    const seen = stops.filter((x) => x.getClientRects().length > 0)
    const [edge, next] = e.shiftKey ? [seen[0], seen.at(-1)] : [seen.at(-1), seen[0]]
    if (this.root.activeElement !== edge) return
    e.preventDefault()
    next?.focus()
  }

  private showComposer(focus: boolean) {
    this.composer ??= new Composer(this.v)
    this.foot.replaceChildren(this.composer.el)
    this.composer.refresh()
    this.refresh()
    if (focus) this.composer.focus()
  }

  private showMail() {
    const form = createMailForm(this.v, () => this.showComposer(true))
    this.foot.replaceChildren(form)
    form.querySelector('input')?.focus()
  }

  private fillFoot() {
    if (this.foot.firstChild) return
    const who = this.settings()
    if (this.v.chat.config?.identity_required && !who.identity) {
      this.foot.replaceChildren(h('p', { class: 'only' }, this.v.t('sign_in')))
      return
    }
    const form = createPrechat(this.v, who, () => this.showComposer(true))
    if (form) this.foot.replaceChildren(form)
    else this.showComposer(false)
  }

  open() {
    if (this.opened) return
    this.opened = true
    this.panel.hidden = false
    const page = document.documentElement.style
    if (phone()) {
      this.panel.setAttribute('aria-modal', 'true')
      this.pageOverflow = page.overflow
      page.overflow = 'hidden'
    }
    this.fillFoot()
    this.refresh()
    this.toEnd()
    void this.v.chat.lookIn()
    // On a touch screen the keyboard would cover what there is to read.
    const first = touched() ? null : this.foot.querySelector<HTMLElement>('input, textarea')
    ;(first ?? this.list).focus({ preventScroll: true })
  }

  close() {
    if (!this.opened) return
    this.opened = false
    this.panel.hidden = true
    if (this.panel.hasAttribute('aria-modal'))
      document.documentElement.style.overflow = this.pageOverflow
    this.panel.removeAttribute('aria-modal')
    this.v.chat.type(false)
    this.refresh()
    this.launcher.focus()
  }

  private toEnd() {
    this.list.scrollTop = this.list.scrollHeight
  }

  private drawList() {
    const rows = drawMessages(this.v)
    // Only what differs is touched, so that a screen reader hears the new and nothing else.
    rows.forEach((row, i) => {
      const there = this.list.children[i]
      if (there === row || there?.isEqualNode(row)) return
      if (there && !rows.includes(there as HTMLElement)) there.replaceWith(row)
      else this.list.insertBefore(row, there ?? null)
    })
    while (this.list.children.length > rows.length) this.list.lastElementChild?.remove()
    if (this.stick) this.toEnd()
  }

  private noticeText(): string {
    const { chat, t } = this.v
    const { mailed } = chat.visit
    if (chat.refused) return t('refused')
    if (!chat.connected) return t(navigator.onLine ? 'unreachable' : 'offline')
    return mailed ? t('by_mail_done', { email: mailed }) : ''
  }

  private drawLauncher() {
    const { chat, t } = this.v
    const news = this.opened ? 0 : chat.unread
    this.badge.hidden = news === 0
    this.badge.textContent = news > 9 ? '9+' : String(news)
    const says = t(this.opened ? 'close' : 'open')
    const label = news > 0 ? `${says}, ${t('unread', { n: String(news) })}` : says
    this.launcher.setAttribute('aria-label', label)
    this.launcher.setAttribute('aria-expanded', String(this.opened))
  }

  refresh() {
    const { chat, t } = this.v
    this.drawLauncher()
    if (!this.opened) return
    const here = chat.config?.online === true
    this.presence.textContent = t(here ? 'online' : 'away')
    this.presence.classList.toggle('on', here)
    this.mail.hidden = !chat.started
    this.notice.textContent = this.noticeText()
    this.notice.classList.toggle('warn', !chat.connected)
    this.drawList()
    if (!document.hidden && document.hasFocus()) chat.see()
  }
}
