import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distance, nearest } from '../../src/codec/nearest.js'

const word = fc.string({ maxLength: 8 })

describe('the nearest word', () => {
  it('counts edits', () => {
    expect(distance('kitten', 'sitting')).toBe(3)
    expect(distance('', 'abc')).toBe(3)
    expect(distance('abc', '')).toBe(3)
  })

  it('is a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(distance(a, a)).toBe(0)
        expect(distance(a, b)).toBe(distance(b, a))
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c))
      }),
    )
  })

  it('is found when it is near or begun, and not invented', () => {
    const known = ['digits', 'mnist', 'saddles', 'autoencoder']
    expect(nearest('digts', known)).toBe('digits')
    expect(nearest('AutoEncodr', known)).toBe('autoencoder')
    expect(nearest('auto', known)).toBe('autoencoder')
    expect(nearest('banana', known)).toBeUndefined()
  })
})
