import { describe, expect, it } from 'vitest'

import { reachable } from './links'

describe('a link for others', () => {
  const way = '/set-password#7.ab12'
  it.each([
    ['http://0.0.0.0:8080', 'http://192.168.1.9:8080'],
    ['http://[::]:8080', 'http://192.168.1.9:8080'],
    ['http://127.0.0.1:8080', 'http://192.168.1.9:8080'],
    ['https://desk.shop.example', 'https://desk.shop.example'],
    ['https://127.shop.example', 'https://127.shop.example'],
  ])('made at %s', (from, to) => {
    expect(reachable(from + way, 'http://192.168.1.9:8080')).toBe(to + way)
  })
  it('is left alone when it is none', () => expect(reachable('')).toBe(''))
})
