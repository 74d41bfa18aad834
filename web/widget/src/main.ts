// <script src="https://desk.example/widget.js" data-inbox="KEY" async></script>
//
// Optional: data-lang, data-theme="light|dark", and who the visitor is, in data-identity, data-
// identity-hash, data-name, data-email or in window.aftersailSettings = {identity, identityHash,
// name, email} set before this script runs. window.Aftersail has open() and close().
import { Chat } from './chat'
import { chooseLanguage, translator, wishes } from './language'
import { Panel } from './panel'
import type { Settings } from './types'

declare global {
  interface Window {
    aftersailSettings?: Settings
    Aftersail?: { open(): void; close(): void }
  }
}

function tag(): HTMLScriptElement | null {
  const own = document.currentScript
  return own instanceof HTMLScriptElement ? own : document.querySelector('script[data-inbox]')
}

function settingsOf(data: DOMStringMap): Settings {
  const { identity, identityHash, name, email } = data
  return { identity, identityHash, name, email, ...window.aftersailSettings }
}

async function run(script: HTMLScriptElement, inbox: string) {
  const data = script.dataset
  const language = chooseLanguage(wishes(data['lang']))
  const settings = () => settingsOf(data)
  let panel: Panel | undefined
  const chat = new Chat({
    desk: new URL(script.src).origin,
    inbox,
    language,
    settings,
    onChange: () => panel?.refresh(),
  })
  if (!(await chat.boot())) {
    console.warn(`aftersail: there is no chat inbox "${inbox}"`)
    return
  }
  const made = new Panel({ chat, language, t: translator(language) }, settings, data['theme'])
  panel = made
  window.Aftersail = { open: () => made.open(), close: () => made.close() }
}

const script = tag()
const inbox = script?.dataset['inbox']
if (script && inbox && !window.Aftersail) {
  window.Aftersail = { open: () => undefined, close: () => undefined }
  const go = () => void run(script, inbox)
  if (document.body) go()
  else document.addEventListener('DOMContentLoaded', go)
}
