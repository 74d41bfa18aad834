// What travels between the widget and the desk, as /api/openapi.json describes it.

export interface FileInfo {
  id: number
  name: string
  type: string
  size: number
  width?: number | null
  height?: number | null
}

export interface Message {
  id: number
  client_id?: string | null
  from: 'visitor' | 'agent' | 'system'
  author?: string | null
  text: string
  at: number
  attachments: FileInfo[]
  /** `undone`: its writer took it back. */
  state?: string
}

export type Ask = 'hidden' | 'optional' | 'required'

export interface Config {
  name: string
  color: string
  greeting: string | Record<string, string> | null
  online: boolean
  prechat: { name: Ask; email: Ask }
  attachment_max: number
  identity_required: boolean
}

export interface History {
  items: Message[]
  agent_seen_id: number | null
  next: string | number | null
}

/** Who the shop says the visitor is; the hash proves it. */
export interface Settings {
  identity?: string
  identityHash?: string
  name?: string
  email?: string
}

/** A message on its way: kept until the desk has answered for it. */
export interface Pending {
  client_id: string
  text: string
  at: number
  files: FileInfo[]
  /** The key of what the desk said against it, when it refused. */
  failed?: string
}
