// Server-sent events read by hand: EventSource cannot carry the visitor's token in a header.

export interface StreamEvent {
  event: string
  data: string
}

/** Feed it what arrives, cut anywhere; it calls back once for each whole event. */
export function createSseParser(onEvent: (e: StreamEvent) => void): (chunk: string) => void {
  let rest = ''
  let event = ''
  let data: string[] = []

  function dispatch() {
    if (data.length > 0) onEvent({ event: event || 'message', data: data.join('\n') })
    event = ''
    data = []
  }

  function line(text: string) {
    if (text === '') return dispatch()
    if (text.startsWith(':')) return
    const colon = text.indexOf(':')
    const name = colon < 0 ? text : text.slice(0, colon)
    const raw = colon < 0 ? '' : text.slice(colon + 1)
    const value = raw.startsWith(' ') ? raw.slice(1) : raw
    if (name === 'event') event = value
    if (name === 'data') data.push(value)
  }

  return (chunk) => {
    rest += chunk
    // A lone CR at the end may be half of a CRLF: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    lines.forEach(line)
  }
}
