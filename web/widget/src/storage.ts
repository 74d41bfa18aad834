// A few values kept in the shop's own localStorage, or in memory where the browser refuses it.

export interface Storage {
  get<T>(name: string): T | undefined
  set(name: string, value: unknown): void
  remove(name: string): void
}

type Area = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>

function memory(): Area {
  const map = new Map<string, string>()
  return {
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
  }
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
  }
}
