// Lists that go on: first page, more pages, and the three states every list has.
import { computed, ref, shallowRef, type Ref } from 'vue'

import { asApiError, type ApiError } from '@/api/client'

interface Page<T> {
  items: T[]
  next?: string | null
}

export function usePage<T>(read: (after?: string) => Promise<Page<T>>) {
  const items = ref<T[]>([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const loading = ref(true)
  const loadingMore = ref(false)
  const problem = shallowRef<ApiError>()
  let turn = 0

  /** Reads the first page anew; an answer overtaken by a later question is dropped. */
  async function load(quiet = false) {
    const mine = ++turn
    if (!quiet) loading.value = true
    try {
      const page = await read()
      if (mine !== turn) return
      items.value = page.items
      next.value = page.next || null
      problem.value = undefined
    } catch (e) {
      if (mine === turn) problem.value = asApiError(e)
    }
    if (mine === turn) loading.value = false
  }

  async function more() {
    if (!next.value || loadingMore.value) return
    const mine = turn
    loadingMore.value = true
    try {
      const page = await read(next.value)
      if (mine === turn) {
        items.value = items.value.concat(page.items)
        next.value = page.next || null
      }
    } catch (e) {
      problem.value = asApiError(e)
    }
    loadingMore.value = false
  }

  const empty = computed(() => !loading.value && !problem.value && items.value.length === 0)
  return { items, next, loading, loadingMore, problem, empty, load, more }
}

/** One thing that is read, with its states. */
export function useOne<T>(read: () => Promise<T>) {
  const value = shallowRef<T>()
  const loading = ref(true)
  const problem = shallowRef<ApiError>()
  async function load() {
    loading.value = value.value === undefined
    try {
      value.value = await read()
      problem.value = undefined
    } catch (e) {
      problem.value = asApiError(e)
    }
    loading.value = false
  }
  return { value, loading, problem, load }
}
