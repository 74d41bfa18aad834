export interface Part {
  text: string
  href?: string
}

const LINK = /https?:\/\/[^\s<>"'“”‘’「」()（）]+/g
const TAIL = /[.,;:!?。，、；：！？…]+$/

/** Web addresses in a plain text, told apart; nothing else becomes a link. */
export function splitText(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const found of text.matchAll(LINK)) {
    const href = found[0].replace(TAIL, '')
    if (found.index > at) parts.push({ text: text.slice(at, found.index) })
    parts.push({ text: href, href })
    at = found.index + href.length
  }
  if (at < text.length) parts.push({ text: text.slice(at) })
  return parts
}
