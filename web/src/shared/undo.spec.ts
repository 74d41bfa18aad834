import { describe, expect, it } from 'vitest'

import { offerUndo, undoLast } from './undo'

describe('taking back', () => {
  it('takes the newest that still stands', () => {
    const heard: string[] = []
    const offer = (name: string) => {
      const withdraw = offerUndo(() => {
        heard.push(name)
        withdraw()
      })
      return withdraw
    }
    offer('first')
    const second = offer('second')
    offer('third')
    second()
    undoLast()
    undoLast()
    undoLast()
    expect(heard).toEqual(['third', 'first'])
  })
})
