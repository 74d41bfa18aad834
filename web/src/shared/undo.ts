// What can be taken back right now, the newest last: one key takes back the newest.

const offers: (() => void)[] = []

/** Stands until it is taken, or withdrawn by calling what this returns. */
export function offerUndo(run: () => void) {
  offers.push(run)
  return () => {
    const at = offers.indexOf(run)
    if (at >= 0) offers.splice(at, 1)
  }
}

export const undoLast = () => offers.at(-1)?.()
