import { t } from './i18n'
import { say } from './toast'

/** As before there was a clipboard to write to; inside an open dialog nothing else can be chosen from. */
function copyChosen(text: string) {
  const was = document.activeElement as HTMLElement | null
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'hidden-label'
  const home = was?.closest('dialog') ?? document.body
  home.append(area)
  area.focus()
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  was?.focus()
  return done
}

/** Puts a text on the clipboard, without TLS too, where browsers have none; says so. False: it cannot. */
export async function copy(text: string, done = t('action.copied')) {
  const written = navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  )
  const ok = (await written) || copyChosen(text)
  if (ok) say(done)
  return ok
}
