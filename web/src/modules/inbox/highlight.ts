export interface Piece {
  text: string
  hit: boolean
}

const OPEN = '\u0001'
const CLOSE = '\u0002'

/** A snippet with the words found between two control signs, taken apart. */
export function splitHits(snippet: string): Piece[] {
  const pieces: Piece[] = []
  for (const [n, part] of snippet.split(OPEN).entries()) {
    const [head = '', ...tail] = part.split(CLOSE)
    if (head) pieces.push({ text: head, hit: n > 0 })
    const rest = tail.join('')
    if (rest) pieces.push({ text: rest, hit: false })
  }
  return pieces
}
