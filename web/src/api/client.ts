// The only place that knows about HTTP. Types come from openapi.json, which comes from the server.
import createClient from 'openapi-fetch'

import type { Paths } from './paths'

/** A refusal, or a request that never reached the desk (status 0). */
export class ApiError extends Error {
  constructor(
    readonly key: string,
    readonly arg = '',
    readonly status = 0,
    readonly requestId = '',
  ) {
    super(key)
  }

  get offline() {
    return this.status === 0
  }
}

/** Random enough for keys; `crypto.randomUUID` is missing where the desk is served without TLS. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

const signedOutListeners = new Set<() => void>()
export function onSignedOut(listener: () => void) {
  signedOutListeners.add(listener)
}
export function tellSignedOut() {
  signedOutListeners.forEach((listener) => listener())
}

export const BASE = '/api/v1'

export const api = createClient<Paths>({
  baseUrl: new URL(BASE, location.origin).href,
  fetch: (request) => fetch(request),
})

api.use({
  onRequest({ request }) {
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key'))
      request.headers.set('Idempotency-Key', newKey())
    return request
  },
  onResponse({ response, request }) {
    if (response.status === 401 && !request.url.endsWith('/session')) tellSignedOut()
  },
})

interface Problem {
  key?: string
  arg?: string | null
  request_id?: string
}

export function refusal(problem: unknown, response?: Response) {
  const p = (typeof problem === 'object' && problem ? problem : {}) as Problem
  const status = response?.status ?? 0
  const fallback = status >= 500 ? 'error.internal' : 'error.generic'
  const id = p.request_id ?? response?.headers.get('X-Request-Id') ?? ''
  return new ApiError(p.key ?? fallback, p.arg ?? '', status, id)
}

type Reply<T> = { data?: T; error?: unknown; response: Response }

async function settle<T>(call: Promise<Reply<T>>) {
  try {
    return await call
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    throw new ApiError('error.unreachable')
  }
}

/** The data, or an ApiError whose key is an entry of i18n/en.json. */
export async function must<T>(call: Promise<Reply<T>>): Promise<T> {
  const { data, error, response } = await settle(call)
  if (!response.ok) throw refusal(error, response)
  return data as T
}

export function asApiError(cause: unknown) {
  if (cause instanceof ApiError) return cause
  console.error(cause)
  return new ApiError('error.generic', '', -1)
}
