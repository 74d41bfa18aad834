// The list in the middle and its counts. One copy for the whole console, so that it keeps its place
// while other pages are looked at.
import { computed, ref, shallowRef, watch } from 'vue'

import { api, must } from '@/api/client'
import type { Card, Counts } from '@/api/types'
import { customerName } from '@/shared/customers'
import { listen, type Change } from '@/shared/live'
import { myId } from '@/shared/session'
import { usePage } from '@/shared/usePage'
import { place, readQuery, type ListQuery } from './query'

export const query = ref<ListQuery>(readQuery('mine', {}))
export const counts = shallowRef<Counts>()
export const announcement = ref('')

function readPage({ list, order, ...filters }: ListQuery, after?: string) {
  const paging = { after, limit: 40 }
  if (list === 'mentions')
    return must(api.GET('/mentions', { params: { query: { ...filters, ...paging } } }))
  return must(
    api.GET('/conversations', { params: { query: { list, order, ...filters, ...paging } } }),
  )
}
const page = usePage<Card>((after) => readPage(query.value, after))
export const { items: cards, loading, loadingMore, problem, empty, load, more, next } = page

export const find = (id: number) => cards.value.find((card) => card.id === id)

let countSoon: ReturnType<typeof setTimeout> | undefined
export async function loadCounts() {
  try {
    counts.value = await must(api.GET('/conversations/counts'))
  } catch {
    // The old figures stay; the next change asks again.
  }
}
/** Where one begins: with one's own, or with what nobody has taken yet. */
export async function firstList() {
  await loadCounts()
  return counts.value && !counts.value.mine && counts.value.unassigned ? 'unassigned' : 'mine'
}
export function countsChanged() {
  clearTimeout(countSoon)
  countSoon = setTimeout(() => void loadCounts(), 400)
}

/** Puts a changed card where it now belongs. */
export function placeCard(card: Card) {
  cards.value = place(cards.value, card, query.value, myId.value, next.value !== null)
}

/** Changes some members of a card at once, before the desk has agreed. */
export function touchCard(id: number, change: Partial<Card>) {
  const card = find(id)
  if (card) placeCard({ ...card, ...change })
}

async function fetchCard(id: number) {
  const found = await must(api.GET('/conversations/{id}', { params: { path: { id } } }))
  placeCard(found as unknown as Card)
}

/** A live card is the same for everybody: whether it is unread for me is told by what came in. */
function takeLive(card: Card, known: Card | undefined) {
  if (known && known.version > card.version) return
  const cameIn = card.last_direction === 'in' && card.last_at > (known?.last_at ?? 0)
  if (cameIn) announcement.value = `${customerName(card.customer)}: ${card.snippet}`
  placeCard({ ...card, unread: cameIn || (known?.unread ?? false) })
}

function heard(change: Change) {
  if (change.topic !== 'list') return
  countsChanged()
  const known = find(change.card?.id ?? change.id)
  if (change.removed) cards.value = cards.value.filter((c) => c.id !== change.id)
  else if (change.card) takeLive(change.card, known)
  else if (change.id) void fetchCard(change.id).catch(() => undefined)
}

listen({
  change: heard,
  read: ({ conversation_id, up_to }) => {
    touchCard(conversation_id, { unread: up_to === 0 })
    countsChanged()
  },
  mention: () => {
    countsChanged()
    if (query.value.list === 'mentions') void load(true)
  },
  reset: () => {
    void load(true)
    countsChanged()
  },
})

watch(query, (now, before) => {
  if (JSON.stringify(now) !== JSON.stringify(before)) void load()
})

/** The conversation after or before one, in the order shown. */
export function neighbour(id: number | undefined, step: 1 | -1) {
  const at = cards.value.findIndex((card) => card.id === id)
  if (at < 0) return cards.value[0]
  return cards.value[at + step]
}

export const unreadMine = computed(() => counts.value?.mine_unread ?? 0)
