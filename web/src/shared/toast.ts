// Short messages at the foot of the page, some with a way back.
import { shallowReactive } from 'vue'

import { asApiError } from '@/api/client'
import { t, tOr } from './i18n'
import { offerUndo } from './undo'

export interface Toast {
  /** Called when it goes, by itself or because somebody closed it. */
  gone?: () => void
  id: number
  text: string
  tone: 'plain' | 'bad'
  action?: { label: string; run: () => void }
  detail?: string
}

/** Long enough to read, think and press. */
export const UNDO_MS = 10_000
const PLAIN_MS = 4_000
const BAD_MS = 9_000

export const toasts = shallowReactive<Toast[]>([])
let next = 1

export function dismiss(id: number) {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1).forEach((toast) => toast.gone?.())
}

function show(toast: Omit<Toast, 'id' | 'gone'>, ms: number, gone?: () => void) {
  const id = next++
  toasts.push({ ...toast, id, gone })
  if (toasts[0] && toasts.length > 4) dismiss(toasts[0].id)
  setTimeout(() => dismiss(id), ms)
  return id
}

export const say = (text: string) => show({ text, tone: 'plain' }, PLAIN_MS)

export function sayLink(text: string, label: string, go: () => void) {
  const id = show(
    { text, tone: 'plain', action: { label, run: () => (dismiss(id), go()) } },
    UNDO_MS,
  )
}

export function sayUndo(text: string, undo: () => void) {
  const run = () => {
    withdraw()
    dismiss(id)
    undo()
  }
  const withdraw = offerUndo(run)
  const action = { label: t('action.undo'), run }
  const id = show({ text, tone: 'plain', action }, UNDO_MS, withdraw)
  return id
}

/** What a refusal says to a person. */
export function reason(cause: unknown) {
  const e = asApiError(cause)
  return tOr(e.key, e.status >= 500 ? 'error.internal' : 'error.generic', { arg: e.arg })
}

export function sayProblem(cause: unknown) {
  const e = asApiError(cause)
  if (e.status === 401) return
  const detail = e.requestId ? t('error.request_id', { id: e.requestId }) : undefined
  show({ text: reason(cause), tone: 'bad', detail }, BAD_MS)
}

/** Runs it; a refusal is said instead of thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (e) {
    sayProblem(e)
    return undefined
  }
}

const waiting = new Map<number, () => void>()
addEventListener('pagehide', () => waiting.forEach((run) => run()))

/** A destructive act that waits ten seconds for "undo" before it is done. */
export function later(text: string, act: () => Promise<unknown>, undone: () => void) {
  const run = () => {
    clearTimeout(timer)
    waiting.delete(id)
    act().catch((e: unknown) => {
      sayProblem(e)
      undone()
    })
  }
  const timer = setTimeout(run, UNDO_MS)
  const id = sayUndo(text, () => {
    clearTimeout(timer)
    waiting.delete(id)
    undone()
  })
  waiting.set(id, run)
}
