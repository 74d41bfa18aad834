import { afterEach, describe, expect, it, vi } from 'vitest'

import { copy } from './copy'
import { toasts } from './toast'

afterEach(() => {
  vi.unstubAllGlobals()
  toasts.splice(0)
})

/** A browser where the page came without TLS. */
function withoutClipboard(works: boolean) {
  const taken: unknown[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
  document.execCommand = () => {
    taken.push((document.activeElement as HTMLTextAreaElement).value)
    return works
  }
  return taken
}

describe('copying', () => {
  it('works without a clipboard to write to, inside a dialog, and gives the focus back', async () => {
    const taken = withoutClipboard(true)
    document.body.innerHTML = '<dialog open><button>Copy</button></dialog>'
    const button = document.querySelector('button')!
    button.focus()
    expect(await copy('https://desk.example/x', 'Link copied')).toBe(true)
    expect(taken).toEqual(['https://desk.example/x'])
    expect(document.activeElement).toBe(button)
    expect(document.querySelector('textarea')).toBeNull()
    expect(toasts.map((one) => one.text)).toEqual(['Link copied'])
  })

  it('says nothing when it could not', async () => {
    withoutClipboard(false)
    expect(await copy('x')).toBe(false)
    expect(toasts).toHaveLength(0)
  })

  it('goes the old way when the new one is refused', async () => {
    const taken = withoutClipboard(true)
    vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('no')) } })
    expect(await copy('text')).toBe(true)
    expect(taken).toEqual(['text'])
  })
})
