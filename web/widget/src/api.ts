// The desk's chat routes, with the visitor's token in a header and no cookie.
import type { Config, FileInfo, History, Message } from './types'

/** The desk answered, and the answer is no. `key` is its reason. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly key: string,
  ) {
    super(key)
  }

  /** Worth another try: the desk is busy or away, not against us. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408
  }
}

export interface Start {
  client_id: string
  language: string
  zone?: string
  page?: string
  name?: string
  email?: string
  identity?: string
  identity_hash?: string
}

export interface Api {
  config(language: string): Promise<Config>
  start(body: Start): Promise<{ token: string }>
  history(after: number | string): Promise<History>
  post(body: { client_id: string; text: string; attachment_ids?: number[] }): Promise<Message>
  tell(what: 'typing' | 'seen' | 'email', body: object): Promise<void>
  upload(file: File): Promise<FileInfo>
  file(id: number, thumb: boolean): Promise<Blob>
  stream(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

/** After which a call counts as lost on the way; files take what they take. */
const PATIENCE_MS = 25_000

async function refusal(answer: Response): Promise<Refused> {
  const body = (await answer.json().catch(() => ({}))) as { key?: string }
  return new Refused(answer.status, body.key ?? 'error.generic')
}

export function createApi(desk: string, inbox: string, token: () => string | undefined): Api {
  const base = `${desk}/api/v1/chat/`
  const own = encodeURIComponent(inbox)

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const bearer = token()
    if (bearer && path.startsWith('me/')) headers.set('authorization', `Bearer ${bearer}`)
    const answer = await fetch(base + path, {
      ...init,
      headers,
      signal: init.signal ?? (init.body instanceof File ? null : AbortSignal.timeout(PATIENCE_MS)),
      credentials: 'omit',
      cache: 'no-store',
    })
    if (!answer.ok) throw await refusal(answer)
    return answer
  }

  const json = async <T>(path: string, init?: RequestInit) =>
    (await (await call(path, init)).json()) as T
  const send = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  return {
    config: (language) => json(`${own}/config?language=${language}`),
    start: (body) => json(`${own}/start`, send(body)),
    history: (after) => json(`me/messages?limit=100&after=${after}`),
    post: (body) => json('me/messages', send(body)),
    tell: async (what, body) => void (await call(`me/${what}`, send(body))),
    upload: (file) =>
      json(`me/uploads?name=${encodeURIComponent(file.name)}`, {
        method: 'POST',
        headers: { 'content-type': file.type || 'application/octet-stream' },
        body: file,
      }),
    file: async (id, thumb) => {
      const { signal } = new AbortController() // a picture takes what it takes
      return (await call(`me/files/${id}${thumb ? '?thumb=1' : ''}`, { signal })).blob()
    },
    async stream(signal) {
      const answer = await call('me/stream', { signal, headers: { accept: 'text/event-stream' } })
      if (!answer.body) throw new Error('no stream')
      return answer.body
    },
  }
}
