// The chat itself: who the visitor is, what was said, what is on its way. It draws nothing.
import { createApi, Refused, type Api } from './api'
import { backoff, createChannel, exclusive, follow, pause } from './live'
import { createOutbox, type Outbox, type Sent } from './outbox'
import { createStorage, type Storage } from './storage'
import { createThread, type Thread } from './thread'
import type { Config, FileInfo, Message, Pending, Settings } from './types'

/** What this browser remembers of the visitor. */
interface Visit {
  client_id: string
  token?: string
  name?: string
  email?: string
  identity?: string
  /** The form before the first message was answered. */
  asked?: boolean
  /** When the desk last heard that this browser still uses its token, which lapses otherwise. */
  renewed?: number
  /** The address answers go to as well. */
  mailed?: string
  seen: number
}

type TabNews =
  | { kind: 'message'; message: Message }
  | { kind: 'typing'; name: string }
  | { kind: 'seen'; id: number }
  | { kind: 'undone'; id: number }
  | { kind: 'look' }

export interface ChatOptions {
  desk: string
  inbox: string
  language: string
  settings: () => Settings
  onChange: () => void
}

const RENEWED_MS = 24 * 3600 * 1000
const TYPING_SHOWN_MS = 6000
const TYPING_TOLD_MS = 3000
/** So many are read again after a silence: what can be taken back is among the newest. */
const READ_AGAIN = 20

const uuid = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('')

export class Chat {
  config?: Config
  agentSeen = 0
  typing = ''
  loaded = false
  connected = true
  /** The desk will not have this visitor: the key of its reason. */
  refused = ''
  readonly thread: Thread = createThread()
  readonly outbox: Outbox
  readonly storage: Storage
  private readonly api: Api
  private readonly tell: (m: unknown) => void
  private line?: AbortController
  private liveToken?: string
  private typingTimer?: ReturnType<typeof setTimeout>
  private toldTyping = 0
  private syncing?: Promise<void>
  private again?: Promise<void>
  private anew = false

  constructor(private readonly o: ChatOptions) {
    this.storage = createStorage(o.inbox)
    this.api = createApi(o.desk, o.inbox, () => this.visit.token)
    const lock = `aftersail:${o.inbox}`
    this.outbox = createOutbox({
      storage: this.storage,
      send: (p) => this.sendOne(p),
      onChange: (settled) => this.outboxChanged(settled),
      exclusive: (work) => exclusive(`${lock}:send`, work),
      newId: uuid,
      now: Date.now,
      retry: (again, tries) => void pause(backoff(tries - 1)).then(again),
    })
    this.tell = createChannel(lock, (m) => this.fromOtherTab(m as TabNews))
  }

  /** Each part has a key of its own, so that two tabs never write over each other's. */
  get visit(): Visit {
    const part = <K extends keyof Visit>(name: K) => this.storage.get<Visit[K]>(`visit:${name}`)
    const client_id = part('client_id') ?? uuid()
    this.storage.set('visit:client_id', client_id)
    const rest = { token: part('token'), identity: part('identity'), asked: part('asked') }
    const who = { name: part('name'), email: part('email'), mailed: part('mailed') }
    return { client_id, ...rest, ...who, renewed: part('renewed'), seen: part('seen') ?? 0 }
  }

  remember(change: Partial<Visit>) {
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) this.storage.remove(`visit:${name}`)
      else this.storage.set(`visit:${name}`, value)
    }
  }

  get started(): boolean {
    return this.visit.token !== undefined
  }

  get unread(): number {
    return this.thread.unread(this.visit.seen)
  }

  /** Reads the inbox's configuration; false when there is no such inbox. */
  async boot(): Promise<boolean> {
    const { identity } = this.o.settings()
    const last = this.visit.identity
    // Somebody else has signed in to the shop: what the last one wrote is not his to read.
    if (last !== undefined && last !== identity) this.forget()
    this.remember({ identity })
    for (let tries = 0; !this.config; tries++) {
      try {
        this.config = await this.api.config(this.o.language)
      } catch (e) {
        if (e instanceof Refused && !e.passing) return false
        await pause(backoff(tries))
      }
    }
    // Who has signed in since he began to chat is still the same person.
    const signedIn = identity && last === undefined
    if (this.started && (signedIn || this.resting())) await this.enter().catch(() => undefined)
    if (this.started) this.goLive()
    else this.loaded = true
    if (this.outbox.list().length > 0) void this.outbox.drain()
    window.addEventListener('online', () => this.wake())
    window.addEventListener('offline', () => this.setConnected(false))
    document.addEventListener('visibilitychange', () => document.hidden || this.wake())
    return true
  }

  /** Is somebody at the desk by now? */
  async lookIn(): Promise<void> {
    const now = await this.api.config(this.o.language).catch(() => undefined)
    if (now) this.config = now
    this.o.onChange()
  }

  /** Whoever writes or types is there. */
  private somebody() {
    if (this.config) this.config = { ...this.config, online: true }
  }

  private wake() {
    this.setConnected(navigator.onLine)
    void this.outbox.drain()
    if (!this.started) return
    if (this.resting()) void this.enter().catch(() => undefined)
    void this.sync()
  }

  private resting(): boolean {
    return Date.now() - (this.visit.renewed ?? 0) > RENEWED_MS
  }

  private setConnected(now: boolean) {
    if (this.connected === now) return
    this.connected = now
    this.o.onChange()
  }

  forget() {
    this.line?.abort()
    this.line = undefined
    const all = ['visit:', 'out:', 'draft'].flatMap((prefix) => this.storage.names(prefix))
    for (const name of all) this.storage.remove(name)
    this.thread.clear()
  }

  /** The desk no longer knows the token: begin anew, keeping what is still to be sent. */
  private expired() {
    this.line?.abort()
    this.line = undefined
    this.thread.clear()
    const { token } = this.visit
    if (token && token !== this.liveToken) return this.goLive() // another tab has begun anew
    // Several calls may hear it: the first one begins anew.
    if (token) this.remember({ client_id: uuid(), seen: 0, token: undefined, mailed: undefined })
    this.loaded = true
    this.o.onChange()
  }

  /** Makes the desk know the visitor, in one tab only. */
  async start(): Promise<void> {
    if (this.started) return
    await exclusive(`aftersail:${this.o.inbox}:start`, async () => {
      if (!this.started) await this.enter()
    })
    this.goLive()
    this.tell({ kind: 'look' })
  }

  private async enter(): Promise<void> {
    const s = this.o.settings()
    const { client_id, name, email } = this.visit
    const { token } = await this.api.start({
      client_id,
      language: this.o.language,
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      page: location.origin + location.pathname,
      name: s.name ?? name,
      email: s.email ?? email,
      identity: s.identity,
      identity_hash: s.identityHash,
    })
    this.refused = ''
    this.remember({ client_id, token, identity: s.identity, renewed: Date.now() })
  }

  private goLive() {
    if (this.line) return
    const line = new AbortController()
    this.line = line
    this.liveToken = this.visit.token
    void this.sync()
    const work = () =>
      follow(
        {
          open: (signal) => this.api.stream(signal),
          onOpen: () => void this.sync().then(() => this.outbox.drain()),
          onEvent: (event, data) => this.heard(event, data),
          onBroken: (why) => this.broken(why),
        },
        line.signal,
      )
    exclusive(`aftersail:${this.o.inbox}:live`, work, line.signal).catch(() => undefined)
  }

  private broken(why: unknown): boolean {
    const gone = why instanceof Refused && why.status === 401
    if (gone) this.expired()
    else this.setConnected(false)
    return gone
  }

  private heard(event: string, data: unknown) {
    if (event === 'message') this.take(data as Message, true)
    if (event === 'typing') {
      const { typing, name } = data as { typing: boolean; name?: string | null }
      if (typing) this.somebody()
      this.showTyping(typing ? (name ?? '?') : '')
      this.tell({ kind: 'typing', name: this.typing })
    }
    if (event === 'seen') {
      this.agentSeen = Math.max(this.agentSeen, (data as { up_to: number }).up_to)
      this.tell({ kind: 'seen', id: this.agentSeen })
      this.o.onChange()
    }
    if (event === 'undone') {
      const id = (data as { message_id: number }).message_id
      this.thread.remove(id)
      this.tell({ kind: 'undone', id })
      this.o.onChange()
    }
    if (event === 'reset') void this.sync(true)
  }

  private fromOtherTab(m: TabNews) {
    if (m.kind === 'message') this.take(m.message, false)
    if (m.kind === 'typing') this.showTyping(m.name)
    if (m.kind === 'seen') this.agentSeen = Math.max(this.agentSeen, m.id)
    if (m.kind === 'undone') this.thread.remove(m.id)
    if (m.kind === 'look' && this.started) this.goLive()
    this.o.onChange()
  }

  private put(m: Message) {
    this.thread.put(m)
    // It may come back before the answer to its sending does, or instead of it.
    if (m.client_id && this.storage.get(`out:${m.client_id}`)) this.outbox.drop(m.client_id)
  }

  private take(m: Message, tell: boolean) {
    if (m.from === 'agent') {
      this.somebody()
      this.showTyping('')
    }
    this.put(m)
    if (tell) this.tell({ kind: 'message', message: m })
    this.o.onChange()
  }

  private showTyping(name: string) {
    clearTimeout(this.typingTimer)
    this.typing = name
    if (name) this.typingTimer = setTimeout(() => this.showTyping(''), TYPING_SHOWN_MS)
    this.o.onChange()
  }

  /** Reads what is new, and the newest known ones again: one may have been taken back unheard. */
  sync(anew = false): Promise<void> {
    this.anew ||= anew
    if (!this.syncing) {
      this.syncing = this.readHistory().finally(() => (this.syncing = undefined))
      return this.syncing
    }
    // What is being read was asked for before now, and may lack what has come since: once more.
    this.again ??= this.syncing.then(() => {
      this.again = undefined
      return this.sync()
    })
    return this.again
  }

  private async readHistory(): Promise<void> {
    if (this.anew) this.thread.clear()
    this.anew = false
    const from = this.thread.before(READ_AGAIN)
    const upTo = this.thread.lastId()
    const there = new Set<number>()
    try {
      for (let after: number | string | null = from; after !== null;) {
        const page: Awaited<ReturnType<Api['history']>> = await this.api.history(after)
        page.items.forEach((m) => (there.add(m.id), this.put(m)))
        this.agentSeen = Math.max(this.agentSeen, page.agent_seen_id ?? 0)
        after = page.next
      }
      for (const id of this.thread.keepOnly(from, upTo, there)) this.tell({ kind: 'undone', id })
      this.connected = true
      this.loaded = true
    } catch (e) {
      if (e instanceof Refused && e.status === 401) return this.expired()
      this.connected = false
    }
    this.o.onChange()
  }

  private async sendOne(p: Pending): Promise<Sent> {
    try {
      await this.start()
      const attachment_ids = p.files.map((f) => f.id)
      const ok = await this.api.post({ client_id: p.client_id, text: p.text, attachment_ids })
      this.setConnected(true)
      return { ok }
    } catch (e) {
      if (!(e instanceof Refused) || e.passing) {
        this.setConnected(false)
        return 'later'
      }
      if (e.status === 401) {
        this.expired()
        return 'later'
      }
      if (!this.started) this.refused = e.key
      return { refused: e.key }
    }
  }

  private outboxChanged(settled?: Message) {
    if (settled) this.take(settled, true)
    this.tell({ kind: 'look' })
    this.o.onChange()
  }

  say(text: string, files: FileInfo[]) {
    this.toldTyping = 0
    this.outbox.add(text, files)
    void this.outbox.drain()
  }

  /** Everything up to now is on the visitor's screen. */
  see() {
    const last = this.thread.lastId()
    if (!this.started || last <= this.visit.seen) return
    this.remember({ seen: last })
    this.api.tell('seen', { up_to: last }).catch(() => undefined)
    this.tell({ kind: 'look' })
  }

  type(typing: boolean) {
    const now = Date.now()
    if (!this.started || (typing ? now - this.toldTyping < TYPING_TOLD_MS : this.toldTyping === 0))
      return
    this.toldTyping = typing ? now : 0
    this.api.tell('typing', { typing }).catch(() => undefined)
  }

  async mailTo(email: string): Promise<void> {
    await this.start()
    await this.api.tell('email', { email })
    this.remember({ mailed: email, email })
    this.o.onChange()
  }

  async upload(file: File): Promise<FileInfo> {
    await this.start()
    return this.api.upload(file)
  }

  file(id: number, thumb: boolean): Promise<Blob> {
    return this.api.file(id, thumb)
  }
}
