// The calls by which a list of what went wrong is read and worked off.

export interface Work {
  id: number | string
}

type Reply = { data?: unknown; error?: unknown; response: Response }

export interface WorkCalls<T extends Work> {
  list: (after?: string) => Promise<{ items: T[]; next?: string | null }>
  retry: (row: T) => Promise<Reply>
  remove: (row: T) => Promise<Reply>
}
