// The launcher and the dialog: opens, closes, keeps the focus where a person expects it.
import { createComposer, type Composer } from './composer'
import { dress, h, icon, inkOn } from './dom'
import { createMailForm, createPrechat } from './forms'
import { isRtl } from './language'
import { drawMessages, type View } from './messages'
import css from './style.css?inline'
import type { Settings } from './types'

export interface Panel {
  open(): void
  close(): void
  refresh(): void
}

const phone = () => window.matchMedia('(max-width: 480px)').matches

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

export function createPanel(v: View, settings: () => Settings, theme: string | undefined): Panel {
  const { chat, t } = v
  const host = h('div', { id: 'aftersail-chat', lang: v.language, dir: isRtl(v.language) ? 'rtl' : 'ltr' })
  const root = host.attachShadow({ mode: 'open' })
  dress(root, css)
  const color = /^#[0-9a-f]{6}$/i.test(chat.config?.color ?? '') ? (chat.config?.color ?? '') : '#0b716d'
  host.style.setProperty('--brand', color)
  host.style.setProperty('--on-brand', inkOn(color))
  if (theme === 'dark' || theme === 'light') host.dataset['theme'] = theme

  const badge = h('span', { class: 'badge', hidden: true })
  const launcher = h('button', { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', click: () => (opened ? close() : open()) }, icon('chat'), icon('down'), badge)
  const name = chat.config?.name ?? ''
  const presence = h('span', { class: 'presence' })
  const mail = h('button', { type: 'button', class: 'bare', 'aria-label': t('by_mail'), title: t('by_mail'), click: showMail }, icon('mail'))
  const head = h('header', {}, h('div', { class: 'mark', 'aria-hidden': 'true' }, icon('chat')), h('div', { class: 'name' }, h('h2', { id: 'title' }, h('bdi', {}, name)), presence), mail,
    h('button', { type: 'button', class: 'bare', 'aria-label': t('close'), title: t('close'), click: () => close() }, icon('close')))
  const list = h('ol', { class: 'list', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-labelledby': 'title', tabindex: '0' })
  const notice = h('p', { class: 'notice', role: 'status' })
  const drop = h('div', { class: 'drop', hidden: true }, t('drop'))
  const foot = h('div', { class: 'foot' })
  const panel = h('div', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true }, head, list, notice, foot, drop)
  let composer: Composer | undefined
  let opened = false
  let stick = true
  let pageOverflow = ''

  // A picture that has come takes room: whoever was reading the end stays there.
  v.grown = () => opened && stick && toEnd()
  list.addEventListener('scroll', () => (stick = atEnd()))
  root.append(panel, launcher)
  document.body.append(host)
  panel.addEventListener('keydown', keys)
  wireDrop()
  followViewport(panel)
  window.addEventListener('focus', () => opened && refresh())

  function showComposer() {
    composer ??= createComposer(v)
    foot.replaceChildren(composer.el)
    composer.refresh()
  }

  function showMail() {
    const done = () => {
      showComposer()
      refresh()
      composer?.focus()
    }
    const form = createMailForm(v, done)
    foot.replaceChildren(form)
    form.querySelector('input')?.focus()
  }

  function fillFoot() {
    if (foot.firstChild) return
    const s = settings()
    if (chat.config?.identity_required && !s.identity) {
      foot.replaceChildren(h('p', { class: 'only' }, t('sign_in')))
      return
    }
    const form = createPrechat(v, s, () => {
      showComposer()
      composer?.focus()
    })
    if (form) foot.replaceChildren(form)
    else showComposer()
  }

  function open() {
    if (opened) return
    opened = true
    panel.hidden = false
    launcher.setAttribute('aria-expanded', 'true')
    if (phone()) {
      panel.setAttribute('aria-modal', 'true')
      pageOverflow = document.documentElement.style.overflow
      document.documentElement.style.overflow = 'hidden'
    }
    fillFoot()
    refresh()
    toEnd()
    const first = foot.querySelector<HTMLElement>('input, textarea')
    const quiet = window.matchMedia('(pointer: coarse)').matches
    ;(quiet ? list : (first ?? list)).focus({ preventScroll: true })
  }

  function close() {
    if (!opened) return
    opened = false
    panel.hidden = true
    panel.removeAttribute('aria-modal')
    document.documentElement.style.overflow = pageOverflow
    launcher.setAttribute('aria-expanded', 'false')
    chat.type(false)
    refresh()
    launcher.focus()
  }

  function keys(e: KeyboardEvent) {
    if (e.key === 'Escape' && !e.isComposing) {
      e.preventDefault()
      return close()
    }
    if (e.key !== 'Tab' || !panel.hasAttribute('aria-modal')) return
    const stops = [...panel.querySelectorAll<HTMLElement>('button:not(:disabled), input:not([hidden]), textarea, a, [tabindex="0"]')].filter((x) => x.checkVisibility?.() ?? true)
    const edge = e.shiftKey ? stops[0] : stops.at(-1)
    if (root.activeElement !== edge) return
    e.preventDefault()
    ;(e.shiftKey ? stops.at(-1) : stops[0])?.focus()
  }

  function wireDrop() {
    const over = (e: DragEvent, on: boolean) => {
      if (!composer || !e.dataTransfer?.types.includes('Files')) return
      e.preventDefault()
      drop.hidden = !on
    }
    panel.addEventListener('dragover', (e) => over(e, true))
    drop.addEventListener('dragleave', (e) => over(e, false))
    panel.addEventListener('drop', (e) => {
      over(e, false)
      composer?.take([...(e.dataTransfer?.files ?? [])])
    })
  }

  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80
  const toEnd = () => (list.scrollTop = list.scrollHeight)

  function drawList() {
    const rows = drawMessages(v)
    // Only what differs is touched, so that a screen reader hears the new and nothing else.
    rows.forEach((row, i) => {
      const there = list.children[i]
      if (there === row || there?.isEqualNode(row)) return
      if (there && !rows.includes(there as HTMLElement)) there.replaceWith(row)
      else list.insertBefore(row, there ?? null)
    })
    while (list.children.length > rows.length) list.lastElementChild?.remove()
    if (stick) toEnd()
  }

  function refresh() {
    const { unread, config } = chat
    badge.hidden = opened || unread === 0
    badge.textContent = unread > 9 ? '9+' : String(unread)
    const says = t(opened ? 'close' : 'open')
    launcher.setAttribute('aria-label', unread > 0 && !opened ? `${says}, ${t('unread', { n: String(unread) })}` : says)
    if (!opened) return
    presence.textContent = t(config?.online ? 'online' : 'away')
    presence.classList.toggle('on', config?.online === true)
    mail.hidden = !chat.started
    const { mailed } = chat.visit
    notice.textContent = chat.refused ? t('refused') : !chat.connected ? t(navigator.onLine ? 'unreachable' : 'offline') : mailed ? t('by_mail_done', { email: mailed }) : ''
    notice.classList.toggle('warn', !chat.connected)
    drawList()
    if (!document.hidden && document.hasFocus()) chat.see()
  }

  refresh()
  return { open, close, refresh }
}
