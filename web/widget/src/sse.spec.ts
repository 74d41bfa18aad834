import { describe, expect, it } from 'vitest'

import { createSseParser, type StreamEvent } from './sse'

function read(...chunks: string[]): StreamEvent[] {
  const got: StreamEvent[] = []
  const feed = createSseParser((e) => got.push(e))
  chunks.forEach(feed)
  return got
}

const cases: { what: string; chunks: string[]; gives: StreamEvent[] }[] = [
  {
    what: 'one event',
    chunks: ['event: typing\ndata: {"a":1}\n\n'],
    gives: [{ event: 'typing', data: '{"a":1}' }],
  },
  {
    what: 'without a name it is a message',
    chunks: ['data: x\n\n'],
    gives: [{ event: 'message', data: 'x' }],
  },
  {
    what: 'lines of data are joined',
    chunks: ['data: a\ndata: b\n\n'],
    gives: [{ event: 'message', data: 'a\nb' }],
  },
  {
    what: 'comments are dropped',
    chunks: [': hello\n\ndata: x\n\n'],
    gives: [{ event: 'message', data: 'x' }],
  },
  { what: 'no data, no event', chunks: ['event: beat\n\n'], gives: [] },
  { what: 'an event that has not ended waits', chunks: ['data: x\n'], gives: [] },
  { what: 'CRLF', chunks: ['event: a\r\ndata: x\r\n\r\n'], gives: [{ event: 'a', data: 'x' }] },
  {
    what: 'CRLF cut in the middle',
    chunks: ['data: x\r', '\n\r', '\ndata: y\n\n'],
    gives: [
      { event: 'message', data: 'x' },
      { event: 'message', data: 'y' },
    ],
  },
  {
    what: 'lone CR',
    chunks: ['data: x\r\rdata: y\r\r', '\n'],
    gives: [
      { event: 'message', data: 'x' },
      { event: 'message', data: 'y' },
    ],
  },
  {
    what: 'one space after the colon goes',
    chunks: ['data:  x\n\n'],
    gives: [{ event: 'message', data: ' x' }],
  },
  {
    what: 'the name does not leak into the next',
    chunks: ['event: a\ndata: 1\n\ndata: 2\n\n'],
    gives: [
      { event: 'a', data: '1' },
      { event: 'message', data: '2' },
    ],
  },
]

describe('createSseParser', () => {
  it.each(cases)('$what', ({ chunks, gives }) => {
    expect(read(...chunks)).toEqual(gives)
  })

  it('gives the same however the bytes are cut', () => {
    const text =
      'event: message\ndata: {"t":"العربية"}\n\n: beat\n\nevent: seen\r\ndata: 7\r\n\r\ndata: x\n\n'
    const whole = read(text)
    for (let i = 1; i < text.length; i++)
      expect(read(text.slice(0, i), text.slice(i))).toEqual(whole)
    expect(read(...text)).toEqual(whole)
  })
})
