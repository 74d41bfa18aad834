// A few values kept in the shop's own localStorage, or in memory where the browser refuses it.

export interface Storage {
  get<T>(name: string): T | undefined
  set(name: string, value: unknown): void
  remove(name: string): void
  /** The names that begin so. */
  names(prefix: string): string[]
}

type Area = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

function memory(): Area {
  const map = new Map<string, string>()
  return {
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
    key: (i) => [...map.keys()][i] ?? null,
    get length() {
      return map.size
    },
  }
}

function namesIn(area: Area, start: string): string[] {
  const keys = Array.from({ length: area.length }, (_, i) => area.key(i) ?? '')
  return keys.filter((k) => k.startsWith(start))
}

function usable(): Area {
  try {
    const area = window.localStorage
    area.setItem('aftersail:probe', '1')
    area.removeItem('aftersail:probe')
    return area
  } catch {
    return memory()
  }
}

/** Values of one inbox. What is not the JSON we wrote counts as absent. */
export function createStorage(inbox: string, area: Area = usable()): Storage {
  const spare = memory()
  const key = (name: string) => `aftersail:${inbox}:${name}`

  function read(from: Area, name: string): string | null {
    try {
      return from.getItem(key(name))
    } catch {
      return null
    }
  }

  return {
    get<T>(name: string) {
      try {
        const text = read(spare, name) ?? read(area, name)
        return text === null ? undefined : (JSON.parse(text) as T)
      } catch {
        return undefined
      }
    },
    set(name, value) {
      const text = JSON.stringify(value)
      try {
        area.setItem(key(name), text)
        spare.removeItem(key(name))
      } catch {
        spare.setItem(key(name), text) // full: this tab at least remembers
      }
    },
    remove(name) {
      spare.removeItem(key(name))
      area.removeItem(key(name))
    },
    names(prefix) {
      const keys = [...namesIn(area, key(prefix)), ...namesIn(spare, key(prefix))]
      return [...new Set(keys)].map((k) => k.slice(key('').length))
    },
  }
}
