/** What a form changed: a stored value that would not be taken today is then in nobody's way. */
export function changed<T extends object>(before: { [K in keyof T]?: unknown }, after: T) {
  const same = (key: keyof T) => JSON.stringify(before[key]) === JSON.stringify(after[key])
  return Object.fromEntries(
    Object.entries(after).filter(([key]) => !same(key as keyof T)),
  ) as Partial<T>
}
