// The keyboard map. A page says which keys it answers while it lives; the help sheet lists what is
// answered now. Keys are written "j", "shift+e", "mod+k", "alt+j" or "g c" (one after the other).
import { onScopeDispose, reactive } from 'vue'

export interface Binding {
  keys: string
  label: string
  group: string
  run: () => void
  /** Also while typing; plain letters never are. */
  typing?: boolean
}

export const bindings = reactive<Binding[]>([]) as Binding[]
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)
const SEQUENCE_MS = 1200
let first = ''
let firstAt = 0

export function useKeys(list: Binding[]) {
  bindings.push(...list)
  onScopeDispose(() => {
    for (const one of list) bindings.splice(bindings.indexOf(one), 1)
  })
}

export function isTyping(target: EventTarget | null) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

/** What was pressed, written as bindings write it. Alt on a Mac changes the letter: read the key. */
export function nameOf(e: KeyboardEvent) {
  const mod = isMac ? e.metaKey : e.ctrlKey
  let key = e.key.toLowerCase()
  if (e.altKey && /^Key[A-Z]$/.test(e.code)) key = e.code.slice(3).toLowerCase()
  const letter = /^[a-z]$/.test(key) || key.length > 1
  return [mod && 'mod', e.altKey && 'alt', e.shiftKey && letter && 'shift', key]
    .filter(Boolean)
    .join('+')
}

/** For people: ⌘K on a Mac, Ctrl K elsewhere. */
export function showKeys(keys: string) {
  const names: Record<string, string> = isMac
    ? { mod: '⌘', alt: '⌥', shift: '⇧', enter: '↵', escape: 'Esc' }
    : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift', enter: '↵', escape: 'Esc' }
  const one = (part: string) =>
    part
      .split('+')
      .map((p) => names[p] ?? (p.length === 1 ? p.toUpperCase() : p))
      .join(isMac ? '' : ' ')
  return keys.split(' ').map(one)
}

function find(name: string, typing: boolean) {
  return bindings.findLast((b) => b.keys === name && (!typing || b.typing))
}

export function onKeydown(e: KeyboardEvent) {
  if (e.defaultPrevented || e.isComposing || document.querySelector('dialog[open]')) return
  const name = nameOf(e)
  const typing = isTyping(e.target)
  const pair = e.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${name}` : ''
  const hit = (pair && !typing && find(pair, false)) || find(name, typing)
  first = hit ? '' : name
  firstAt = e.timeStamp
  if (!hit) return
  e.preventDefault()
  hit.run()
}
