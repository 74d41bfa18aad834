// The longest texts the API takes, out of its document, for the fields that send them: src/api/limits.ts.
import { readFileSync, writeFileSync } from 'node:fs'

const at = (path) => new URL(`../${path}`, import.meta.url)
const { paths, components } = JSON.parse(readFileSync(at('openapi.json'), 'utf8'))
const limits = {}

function take(name, schema) {
  for (const [field, { maxLength }] of Object.entries(schema?.properties ?? {}))
    if (maxLength) (limits[name] ??= {})[field] = maxLength
}

for (const [path, methods] of Object.entries(paths))
  for (const { requestBody } of Object.values(methods))
    if (!/\/(chat|stream)\//.test(path))
      take(path.replace('/api/v1', ''), requestBody?.content['application/json']?.schema)
for (const [name, schema] of Object.entries(components.schemas)) take(name, schema)

writeFileSync(
  at('src/api/limits.ts'),
  `// Made of openapi.json by scripts/limits.mjs: the longest texts, by path or by shape.
export const limits = ${JSON.stringify(limits)} as const
`,
)
