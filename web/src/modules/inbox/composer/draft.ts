// One draft: as it stands in the composer, in this browser's store and on the desk.
import type { Conversation, FileInfo } from '@/api/types'
import { myId } from '@/shared/session'

export type Kind = 'reply' | 'note'

export interface Draft {
  id: number
  kind: Kind
  reply: string
  note: string
  attachments: FileInfo[]
  to: string
  cc: string
  /** People named with "@", by the name as written. */
  mentions: Record<string, number>
  version: number
  saved: 'clean' | 'local' | 'saved'
  /** The customer's newest entry when a key was last pressed. */
  seen: number
  /** The newest entry when the first key of this answer was pressed; 0: nothing is begun. */
  began: number
  at: number
  /** What the desk last kept for this window: finding it there again is no surprise. */
  known: string
  /** What was sent to be kept since then: it may have arrived although no answer came. */
  tried: string[]
  /** Which of the two texts that is: the desk keeps one, this browser both. */
  keptKind: Kind
  /** What another window keeps there meanwhile; neither is written over until somebody chose. */
  other?: Other
}

export type Other = Pick<Draft, 'kind' | 'attachments' | 'version'> & { text: string }

export const storeKey = (id: number) => `aftersail.draft.${myId.value}.${id}`

export function fromStore(id: number): Partial<Draft> | undefined {
  try {
    return JSON.parse(localStorage.getItem(storeKey(id)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

export type Kept = NonNullable<Conversation['draft']>
export const kindOf = (kept: Kept): Kind => (kept.kind === 'note' ? 'note' : 'reply')

export const fromDesk = (kept: Kept): Partial<Draft> => ({
  kind: kindOf(kept),
  [kindOf(kept)]: kept.text,
  attachments: kept.attachments,
  to: kept.to.join(', '),
  cc: kept.cc.join(', '),
  version: kept.version,
  known: kept.text,
  keptKind: kindOf(kept),
  at: kept.at,
})

export const otherOf = (kept: Kept): Other => ({
  kind: kindOf(kept),
  text: kept.text,
  attachments: kept.attachments,
  version: kept.version,
})

export const holds = (kept: Kept | null | undefined) =>
  Boolean(kept?.text.trim() || kept?.attachments.length)

/** Another text than the one in this window, and not one this window itself has kept there. */
export const foreign = (d: Draft, kept: Kept) =>
  holds(kept) && ![d.known, d[kindOf(kept)], ...d.tried].includes(kept.text)

/** The bare addresses of a line such as "Ann Lee <ann@a.example>, bo@b.example". */
export const addresses = (line: string) =>
  line
    .split(/[,;，；]+/)
    .map((one) => (/<([^<>]+)>/.exec(one)?.[1] ?? one).trim())
    .filter(Boolean)

export const isEmpty = (d: Draft) => !d.reply.trim() && !d.note.trim() && !d.attachments.length

export const textOf = (d: Draft) => d[d.kind]

export function bodyOf(d: Draft) {
  return {
    kind: d.kind,
    text: textOf(d),
    attachment_ids: d.attachments.map((f) => f.id),
    to: addresses(d.to),
    cc: addresses(d.cc),
    version: d.version,
  }
}

export function keepHere(d: Draft) {
  const { seen: _seen, other: _other, tried: _tried, ...kept } = d
  if (isEmpty(d)) localStorage.removeItem(storeKey(d.id))
  else localStorage.setItem(storeKey(d.id), JSON.stringify(kept))
}

/** The text of the kind the desk does not keep stands in this browser alone. */
export function onlyHere(stored?: Partial<Draft>): Partial<Draft> {
  const kind: Kind = (stored?.keptKind ?? stored?.kind) === 'note' ? 'reply' : 'note'
  return stored?.[kind]?.trim() ? { [kind]: stored[kind] } : {}
}

/** Would it take the place of a text that stands in this browser alone? */
export const hides = (d: Draft, kept: Kept) => {
  const kind = kindOf(kept)
  return kind !== d.keptKind && holds(kept) && Boolean(d[kind].trim()) && d[kind] !== kept.text
}
