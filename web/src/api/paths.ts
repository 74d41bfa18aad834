// The paths of openapi.json without the prefix they all share.
import type { paths } from './schema'

export type Paths = {
  [P in keyof paths as P extends `/api/v1${infer Rest}` ? Rest : never]: paths[P]
}
