import { computed, reactive } from 'vue'

import { asApiError, newKey } from '@/api/client'
import { upload, type Upload } from '@/api/upload'
import { bytes } from '@/shared/format'
import { t } from '@/shared/i18n'
import { session } from '@/shared/session'
import { reason } from '@/shared/toast'
import { keepDraft, type Draft } from './drafts'

export interface Uploading {
  key: string
  name: string
  size: number
  part: number
  problem: string
}

/** By conversation: they go on while another one is looked at, and are there when one comes back. */
const kept = new Map<number, Uploading[]>()
const running = new Map<string, Upload>()

/** A reload would cut them off: the browser asks first. What has arrived is in the draft. */
addEventListener('beforeunload', (e) => {
  if (running.size) e.preventDefault()
})

function filesOf(id: number) {
  const files = kept.get(id) ?? reactive<Uploading[]>([])
  kept.set(id, files)
  return files
}

/** Files on their way up for a draft; what is too large is said before anything is sent. */
export function useUploads(draft: () => Draft) {
  const files = filesOf(draft().id)
  const busy = computed(() => files.some((f) => !f.problem))

  function remove(key: string) {
    running.get(key)?.abort()
    running.delete(key)
    const at = files.findIndex((f) => f.key === key)
    if (at >= 0) files.splice(at, 1)
  }

  async function add(file: File) {
    const max = session.value?.desk.attachment_max ?? 0
    const target = draft()
    const row = reactive<Uploading>({
      key: newKey(),
      name: file.name,
      size: file.size,
      part: 0,
      problem: '',
    })
    files.push(row)
    if (max && file.size > max) {
      row.problem = t('composer.too_large', { max: bytes(max) })
      return
    }
    const going = upload(file, (part) => (row.part = part))
    running.set(row.key, going)
    try {
      target.attachments = [...target.attachments, await going.done]
      keepDraft(target)
      remove(row.key)
    } catch (e) {
      running.delete(row.key)
      row.problem = reason(asApiError(e))
    }
  }

  return {
    files,
    busy,
    remove,
    addAll: (list: Iterable<File>) => [...list].forEach((f) => void add(f)),
  }
}
