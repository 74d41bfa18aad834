// Names for what the desk answers, read off the paths so that they cannot drift from them.
import type { paths } from './schema'

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Answers<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never
type Answer<P extends keyof paths, M extends keyof paths[P]> = Answers<paths[P][M]>
type Item<P extends keyof paths> =
  Answer<P, 'get' & keyof paths[P]> extends { items: (infer T)[] } ? T : never
type Asked<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody?: { content: { 'application/json': infer T } }
}
  ? T
  : never

export type Session = Answer<'/session', 'get'>
export type Person = Item<'/people'>
export type Role = Item<'/roles'>
export type Permission = Item<'/permissions'>
export type Team = Item<'/teams'>
export type Channel = Item<'/channels'>
export type Field = Channel['fields'][number]
export type Inbox = Item<'/inboxes'>
export type CustomerRow = Item<'/customers'>
export type Customer = Answer<'/customers/{id}', 'get'>
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
export type Variable = Item<'/conversations/{id}/variables'>
export type Tag = Item<'/tags'>
export type Quarantined = Item<'/quarantine'>
export type Failed = Item<'/failed'>
export type System = Answer<'/system', 'get'>
export type Settings = Answer<'/settings', 'get'>
