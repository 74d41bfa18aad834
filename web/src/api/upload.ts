// Uploads go by XMLHttpRequest: fetch cannot tell how far it is.
import { ApiError, BASE, newKey } from './client'
import type { FileInfo } from './types'

export interface Upload {
  done: Promise<FileInfo>
  abort: () => void
}

function refused(xhr: XMLHttpRequest) {
  try {
    const p = JSON.parse(xhr.responseText) as { key?: string; arg?: string; request_id?: string }
    return new ApiError(p.key ?? 'error.generic', p.arg ?? '', xhr.status, p.request_id ?? '')
  } catch {
    return new ApiError('error.generic', '', xhr.status)
  }
}

/** Sends one file as it is; `progress` hears 0 to 1. */
export function upload(file: File, progress: (part: number) => void): Upload {
  const xhr = new XMLHttpRequest()
  const query = new URLSearchParams({ name: file.name })
  const done = new Promise<FileInfo>((resolve, reject) => {
    xhr.upload.onprogress = (e) => progress(e.lengthComputable ? e.loaded / e.total : 0)
    xhr.onload = () =>
      xhr.status < 300 ? resolve(JSON.parse(xhr.responseText) as FileInfo) : reject(refused(xhr))
    xhr.onerror = () => reject(new ApiError('error.unreachable'))
    xhr.onabort = () => reject(new ApiError('error.cancelled'))
    xhr.open('POST', `${BASE}/uploads?${query}`)
    xhr.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    xhr.setRequestHeader('Idempotency-Key', newKey())
    xhr.send(file)
  })
  return { done, abort: () => xhr.abort() }
}

export const fileUrl = (id: number, how?: 'download') =>
  `${BASE}/files/${id}${how ? '?download=true' : ''}`
export const rawMailUrl = (conversation: number, message: number) =>
  `${BASE}/conversations/${conversation}/messages/${message}/raw`
export const rawQuarantineUrl = (id: number) => `${BASE}/quarantine/${id}/raw`
