// One stream from the desk: opens, resumes after the last event seen, opens again with growing
// pauses. It knows nothing of tabs; live.ts shares one among them.
import { api, BASE } from './client'

export type StreamState = 'connecting' | 'open' | 'waiting'

export interface StreamEvent {
  name: string
  data: Record<string, unknown>
}

const EVENTS = [
  'hello',
  'change',
  'typing',
  'viewing',
  'presence',
  'beat',
  'reset',
  'signed-out',
  'mention',
  'read',
  'draft',
]
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** The desk beats every 15 s; two missed and a bit means the line is dead. */
const SILENCE_MS = 35_000

export class Stream {
  private source?: EventSource
  private streamId = ''
  private topics: string[] = []
  private pause = FIRST_PAUSE_MS
  private retry?: ReturnType<typeof setTimeout>
  private silence?: ReturnType<typeof setTimeout>
  private stopped = false
  last = 0

  constructor(
    private readonly hear: (event: StreamEvent) => void,
    private readonly tell: (state: StreamState) => void,
  ) {}

  /** Follow these topics from now on. */
  follow(topics: string[]) {
    const same = topics.join() === this.topics.join()
    this.topics = topics
    if (this.stopped || (same && this.source)) return
    if (!this.source) this.open()
    else if (this.streamId) void this.change()
  }

  close() {
    this.stopped = true
    this.drop()
    clearTimeout(this.retry)
  }

  /** Try at once, as when the browser says it is online again. */
  hurry() {
    if (this.stopped || this.source?.readyState === EventSource.OPEN) return
    this.pause = FIRST_PAUSE_MS
    this.open()
  }

  private async change() {
    const body = { stream_id: this.streamId, topics: this.topics.join() }
    const { response } = await api
      .PUT('/stream/topics', { body })
      .catch(() => ({ response: undefined }))
    if (!response?.ok) this.again()
  }

  private open() {
    this.drop()
    clearTimeout(this.retry)
    this.tell('connecting')
    const query = new URLSearchParams({ topics: this.topics.join() })
    if (this.last) query.set('last', String(this.last))
    const asked = this.topics.join()
    const source = new EventSource(`${BASE}/stream?${query}`)
    this.source = source
    source.onerror = () => this.again()
    source.onopen = () => {
      this.pause = FIRST_PAUSE_MS
      this.tell('open')
      this.watch()
    }
    for (const name of EVENTS)
      source.addEventListener(name, (e) => this.take(name, e as MessageEvent<string>, asked))
  }

  private take(name: string, e: MessageEvent<string>, asked: string) {
    this.watch()
    const data = e.data ? (JSON.parse(e.data) as Record<string, unknown>) : {}
    if (typeof data['seq'] === 'number') this.last = Math.max(this.last, data['seq'])
    if (name === 'hello') {
      this.streamId = String(data['stream_id'] ?? '')
      if (asked !== this.topics.join()) void this.change()
    }
    if (name === 'signed-out') this.close()
    if (name !== 'beat') this.hear({ name, data })
  }

  private watch() {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.again(), SILENCE_MS)
  }

  private drop() {
    clearTimeout(this.silence)
    this.source?.close()
    this.source = undefined
    this.streamId = ''
  }

  private again() {
    if (this.stopped) return
    this.drop()
    this.tell('waiting')
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.open(), this.pause * (0.75 + Math.random() / 2))
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS)
  }
}
