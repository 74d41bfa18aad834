import { describe, expect, it } from 'vitest'

import { changed } from './changed'

describe('what a form changed', () => {
  it.each([
    [{ name: 'Ann', zone: 'x/bad' }, { name: 'Anne', zone: 'x/bad' }, { name: 'Anne' }],
    [{ zone: 'x/bad' }, { zone: '' }, { zone: '' }],
    [{ ids: [1, 2] }, { ids: [1, 2] }, {}],
    [{ ids: [1, 2] }, { ids: [2, 1] }, { ids: [2, 1] }],
  ])('%j to %j', (before, after, expected) => {
    expect(changed<object>(before, after)).toEqual(expected)
  })
})
