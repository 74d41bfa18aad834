// The two small forms: who you are before the first message, and the address for answers by e-mail.
import { h } from './dom'
import { looksLikeEmail } from './format'
import type { Translate } from './language'
import type { View } from './messages'
import type { Ask } from './types'

interface Field {
  el: HTMLElement
  input: HTMLInputElement
  /** Says what is wrong under the field; true when nothing is. */
  check(): boolean
}

let made = 0

function field(t: Translate, what: 'name' | 'email', ask: Ask, value: string): Field {
  const id = `f${++made}`
  const must = ask === 'required'
  const input = h('input', {
    id,
    name: what,
    type: what === 'email' ? 'email' : 'text',
    autocomplete: what,
    maxlength: '200',
    dir: 'auto',
    'aria-required': String(must),
    'aria-describedby': `${id}p`,
  })
  input.value = value
  const problem = h('span', { class: 'problem', id: `${id}p` })
  const el = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, t(what), !must && h('span', { class: 'meta' }, t('optional'))),
    input,
    problem,
  )

  function check() {
    const text = input.value.trim()
    const bad =
      text === ''
        ? must
          ? t('need')
          : ''
        : what === 'email' && !looksLikeEmail(text)
          ? t('bad_email')
          : ''
    problem.textContent = bad
    input.setAttribute('aria-invalid', String(bad !== ''))
    return bad === ''
  }
  return { el, input, check }
}

/** Asks what the inbox wants to know and the shop has not said; undefined when that is nothing. */
export function createPrechat(
  v: View,
  known: { name?: string; email?: string },
  done: () => void,
): HTMLElement | undefined {
  const { chat, t } = v
  const ask = chat.config?.prechat
  if (!ask || chat.started || chat.visit.asked) return undefined
  const fields = (['name', 'email'] as const)
    .filter((what) => ask[what] !== 'hidden' && !known[what])
    .map((what) => [what, field(t, what, ask[what], chat.visit[what] ?? '')] as const)
  if (fields.length === 0) return undefined

  function submit(e: Event) {
    e.preventDefault()
    const bad = fields.filter(([, f]) => !f.check())
    if (bad[0]) return bad[0][1].input.focus()
    const said = Object.fromEntries(
      fields.map(([what, f]) => [what, f.input.value.trim() || undefined]),
    )
    chat.remember({ ...said, asked: true })
    done()
  }
  return h(
    'form',
    { class: 'prechat', novalidate: true, submit },
    ...fields.map(([, f]) => f.el),
    h('button', { type: 'submit', class: 'main' }, t('start')),
  )
}

/** Takes an address for the answers. */
export function createMailForm(v: View, done: () => void): HTMLElement {
  const { chat, t } = v
  const f = field(t, 'email', 'required', chat.visit.email ?? '')
  const problem = h('p', { class: 'problem', role: 'alert' })

  async function submit(e: Event) {
    e.preventDefault()
    if (!f.check()) return f.input.focus()
    try {
      await chat.mailTo(f.input.value.trim())
      done()
    } catch {
      problem.textContent = t('unreachable')
    }
  }
  return h(
    'form',
    { class: 'mail', novalidate: true, submit: (e: Event) => void submit(e) },
    h('p', {}, t('by_mail_text')),
    f.el,
    problem,
    h(
      'div',
      { class: 'acts' },
      h('button', { type: 'submit', class: 'main' }, t('by_mail_send')),
      h('button', { type: 'button', class: 'plain', click: done }, t('back')),
    ),
  )
}
