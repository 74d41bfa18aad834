// One stream a browser: the tab that holds the lock reads it and passes everything on. Each tab says
// what it follows; when the leader goes, the next tab goes on from the last event it saw itself.
import { onScopeDispose, ref } from 'vue'

import { api, newKey, tellSignedOut } from '@/api/client'
import { Stream, type StreamEvent, type StreamState } from '@/api/stream'
import type { Card, Entry } from '@/api/types'

export interface Change {
  seq: number
  topic: string
  id: number
  version?: number
  card?: Card
  entry?: Entry
  removed?: boolean
  presence?: string
}

export interface Typing {
  conversation_id: number
  person_id: number | null
  visitor: boolean
  kind: string
  typing: boolean
}

export interface Viewing {
  conversation_id: number
  person_id: number
  viewing: boolean
  /** Who has it open, too, says so again. */
  ask: boolean
}

type Handler = (event: StreamEvent) => void
type Note =
  | { type: 'want'; tab: string; topics: string[] }
  | { type: 'who' }
  | { type: 'bye'; tab: string }
  | { type: 'event'; event: StreamEvent }
  | { type: 'state'; state: StreamState }

/** Hidden tabs wake once a minute; one silent for three has gone without saying so. */
const TELL_MS = 60_000
const GONE_MS = 200_000

export const liveState = ref<StreamState>('connecting')

const me = newKey()
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('aftersail') : undefined
const handlers = new Set<Handler>()
const wanted = new Map<string, number>()
const others = new Map<string, { topics: string[]; at: number }>()
let stream: Stream | undefined
let lastSeen = 0
let running = false
let release: (() => void) | undefined
let ticking: ReturnType<typeof setInterval> | undefined

const post = (note: Note) => channel?.postMessage(note)
const myTopics = () => [...wanted.keys()].sort()

function allTopics() {
  const all = new Set(myTopics())
  for (const [tab, other] of others) {
    if (Date.now() - other.at > GONE_MS) others.delete(tab)
    else other.topics.forEach((t) => all.add(t))
  }
  return [...all].sort()
}

function deliver(event: StreamEvent) {
  if (typeof event.data['seq'] === 'number') lastSeen = Math.max(lastSeen, event.data['seq'])
  if (event.name === 'signed-out') tellSignedOut()
  handlers.forEach((handler) => handler(event))
}

function setState(state: StreamState) {
  liveState.value = state
  if (state === 'waiting') void checkSession()
}

/** A stream that will not open may mean that the session ended; its own error does not say. */
async function checkSession() {
  const reply = await api.GET('/session').catch(() => undefined)
  if (reply?.response.status === 401) tellSignedOut()
}

function lead() {
  stream = new Stream(
    (event) => {
      deliver(event)
      post({ type: 'event', event })
    },
    (state) => {
      setState(state)
      post({ type: 'state', state })
    },
  )
  stream.last = lastSeen
  post({ type: 'who' })
  stream.follow(allTopics())
}

function tellWants() {
  post({ type: 'want', tab: me, topics: myTopics() })
  stream?.follow(allTopics())
}

let soon: ReturnType<typeof setTimeout> | undefined
function wantsChanged() {
  clearTimeout(soon)
  if (running) soon = setTimeout(tellWants, 50)
}

function hear(note: Note) {
  if (note.type === 'event' && !stream) deliver(note.event)
  else if (note.type === 'state' && !stream) liveState.value = note.state
  else if (note.type === 'who') post({ type: 'want', tab: me, topics: myTopics() })
  else if (note.type === 'bye') others.delete(note.tab)
  else if (note.type === 'want') others.set(note.tab, { topics: note.topics, at: Date.now() })
  if (!stream || (note.type !== 'want' && note.type !== 'bye')) return
  stream.follow(allTopics())
  post({ type: 'state', state: liveState.value })
}

/** Runs `lead` once this tab is the one; without Web Locks (no TLS) each tab is. */
function compete() {
  if (!navigator.locks) return lead()
  void navigator.locks.request('aftersail-live', () => {
    if (!running) return
    lead()
    return new Promise<void>((done) => (release = done))
  })
}

export function startLive() {
  if (running) return
  running = true
  if (channel) channel.onmessage = (e: MessageEvent<Note>) => hear(e.data)
  addEventListener('online', () => stream?.hurry())
  addEventListener('pagehide', () => post({ type: 'bye', tab: me }))
  ticking = setInterval(tellWants, TELL_MS)
  compete()
  tellWants()
}

export function stopLive() {
  running = false
  clearInterval(ticking)
  stream?.close()
  stream = undefined
  release?.()
  post({ type: 'bye', tab: me })
}

/** Follow a topic for as long as the component lives. Returns the way out. */
export function follow(topic: string) {
  wanted.set(topic, (wanted.get(topic) ?? 0) + 1)
  wantsChanged()
  return () => {
    const left = (wanted.get(topic) ?? 1) - 1
    if (left > 0) wanted.set(topic, left)
    else wanted.delete(topic)
    wantsChanged()
  }
}

export interface LiveHandlers {
  change?: (change: Change) => void
  typing?: (typing: Typing) => void
  viewing?: (viewing: Viewing) => void
  presence?: (presence: { person_id: number; presence: string }) => void
  /** This person read a conversation, perhaps in another window; up to 0: marked it unread. */
  read?: (read: { conversation_id: number; up_to: number }) => void
  /** Another window of this person keeps another draft; version 0: none any more. */
  draft?: (draft: { conversation_id: number; version: number }) => void
  mention?: (mention: { conversation_id: number; entry_id: number }) => void
  /** Events were missed: read everything again. */
  reset?: () => void
}

export function listen(on: LiveHandlers) {
  const handler: Handler = ({ name, data }) => {
    const hear = on[name as keyof LiveHandlers] as ((data: unknown) => void) | undefined
    hear?.(data)
  }
  handlers.add(handler)
  return () => handlers.delete(handler)
}

/** `listen` and `follow` for the life of a component. */
export function useLive(topics: string[], on: LiveHandlers) {
  const ends = [...topics.map(follow), listen(on)]
  onScopeDispose(() => ends.forEach((end) => end()))
}
