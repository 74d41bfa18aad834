// One stream a browser: the tab that holds the Web Lock reads it and passes it on to the others.
import { createSseParser } from './sse'

/** Silence after which the line counts as dead; the desk beats every 15 s. */
const SILENCE_MS = 40_000
const LONGEST_WAIT_MS = 30_000

/** Doubles from one second, with a spread so that ten thousand shops do not come back at once. */
export function backoff(tries: number, random = Math.random()): number {
  return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(tries, 5)) * (0.5 + random / 2)
}

/** Waits, but not longer than until the network is back or nobody waits any more. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer)
      window.removeEventListener('online', end)
      signal?.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, ms)
    window.addEventListener('online', end)
    signal?.addEventListener('abort', end)
  })
}

/** Runs work in one tab at a time; without locks at once, and the desk sorts doubles out. */
export function exclusive<T>(
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!('locks' in navigator)) return work()
  return navigator.locks.request(name, signal ? { signal } : {}, work) as Promise<T>
}

export interface StreamOptions {
  open: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
  onOpen: () => void
  onEvent: (event: string, data: unknown) => void
  /** The line broke; true ends the loop (the desk no longer knows the visitor). */
  onBroken: (why: unknown) => boolean
}

async function readOnce(o: StreamOptions, stop: AbortSignal): Promise<void> {
  const line = new AbortController()
  const end = () => line.abort()
  stop.addEventListener('abort', end)
  let watch = setTimeout(end, SILENCE_MS)
  try {
    const reader = (await o.open(line.signal)).getReader()
    const decoder = new TextDecoder()
    const feed = createSseParser((e) => o.onEvent(e.event, parse(e.data)))
    o.onOpen()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(watch)
      watch = setTimeout(end, SILENCE_MS)
      feed(decoder.decode(value, { stream: true }))
    }
  } finally {
    clearTimeout(watch)
    stop.removeEventListener('abort', end)
    line.abort()
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return {}
  }
}

/** Reads the stream again and again until stopped. */
export async function follow(o: StreamOptions, stop: AbortSignal): Promise<void> {
  let tries = 0
  const onOpen = () => {
    tries = 0
    o.onOpen()
  }
  while (!stop.aborted) {
    try {
      await readOnce({ ...o, onOpen }, stop)
    } catch (why) {
      if (stop.aborted || o.onBroken(why)) return
    }
    await pause(backoff(tries++), stop)
  }
}

/** What tabs tell each other. */
export function createChannel(name: string, onMessage: (m: unknown) => void): (m: unknown) => void {
  if (!('BroadcastChannel' in window)) return () => undefined
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', (e: MessageEvent<unknown>) => onMessage(e.data))
  return (m) => channel.postMessage(m)
}
