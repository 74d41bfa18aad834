// Names for what the desk answers, read off the paths so that they cannot drift from them.
import type { Paths } from './paths'

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Answers<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never
type Answer<P extends keyof Paths, M extends keyof Paths[P]> = Answers<Paths[P][M]>
type Item<P extends keyof Paths> =
  Answer<P, 'get' & keyof Paths[P]> extends { items: (infer T)[] } ? T : never
type Asked<P extends keyof Paths, M extends keyof Paths[P]> = Paths[P][M] extends {
  requestBody?: { content: { 'application/json': infer T } }
}
  ? T
  : never

export type Welcome = Answer<'/welcome', 'get'>
export type Session = Answer<'/session', 'get'>
export type Person = Item<'/people'>
export type Invitation = Answer<'/people/{id}/invite', 'post'>
export type LinkView = Answer<'/session/link', 'post'>
export type Role = Item<'/roles'>
export type Permission = Item<'/permissions'>
export type Team = Item<'/teams'>
export type Channel = Item<'/channels'>
/** One row of a form, as the desk checks it; the document leaves such rows open. */
export interface Field {
  name: string
  type: string
  flags: string[]
  min: number
  max: number
  /** The values of a choice, parted by "|". */
  values: string | null
  text: string | null
  default: unknown
}
export type Inbox = Item<'/inboxes'>
export type CustomerRow = Item<'/customers'>
export type Customer = Answer<'/customers/{id}', 'get'>
export type Duplicate = Item<'/customers/{id}/duplicates'>
export type CustomerMerge = Item<'/customers/{id}/merges'>
export type TimelineItem = Item<'/customers/{id}/timeline'>
export type Card = Item<'/conversations'>
export type Counts = Answer<'/conversations/counts', 'get'>
export type Conversation = Answer<'/conversations/{id}', 'get'>
export type ConversationPatch = Asked<'/conversations/{id}', 'patch'>
export type Entry = Item<'/conversations/{id}/thread'>
export type FileInfo = Entry['attachments'][number]
export type MailHtml = Answer<'/conversations/{id}/messages/{id2}/html', 'get'>
export type NewMessage = Asked<'/conversations/{id}/messages', 'post'>
export type Draft = Answer<'/conversations/{id}/draft', 'put'>
export type HistoryItem = Item<'/conversations/{id}/history'>
export type Hit = Item<'/search'>
export type Canned = Item<'/canned'>
export type Macro = Item<'/macros'>
export type NewMacro = Asked<'/macros', 'post'>
export type Variable = Item<'/conversations/{id}/variables'>
export type Tag = Item<'/tags'>
export type Quarantined = Item<'/quarantine'>
export type Failed = Item<'/failed'>
export type System = Answer<'/system', 'get'>
export type SettingsGroup = Item<'/settings'>
