import { describe, expect, it } from 'vitest'
import { below, permutationEntries, threefryWords } from '../../../src/kernel/reference/threefry.js'

const pair = (text: string): readonly [number, number] => {
  const [a = '', b = ''] = text.split(' ')
  return [Number.parseInt(a, 16), Number.parseInt(b, 16)]
}

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, '0')).join(' ')

describe('threefry2x32 with 20 rounds', () => {
  it.each([
    // The known answers of the reference implementation, Random123 (kat_vectors).
    ['00000000 00000000', '00000000 00000000', '6b200159 99ba4efe'],
    ['ffffffff ffffffff', 'ffffffff ffffffff', '1cb996fc bb002be7'],
    ['13198a2e 03707344', '243f6a88 85a308d3', 'c4923a9c 483df7a0'],
    // jax.extend.random.threefry_2x32 of JAX 0.10.2 for random keys and counters.
    ['abb8e5a8 ce14abee', '05cc99f5 ced53525', '37bc0eca ac1a1f14'],
    ['7806adc0 83ec603f', 'a1570476 492a477c', '7ac6d8c6 9d2de4b8'],
    ['fac210ed 0dce670a', '4726028f 62247685', '9a8601ba 327f63da'],
    ['923923c4 6891b332', '218d35ce 0b9727b5', 'd062785a a32bd5fb'],
    ['00428ab4 0c7b62a5', '2618b890 ffca0181', 'd743d98f 4e78600d'],
    ['30e43655 a701a97f', 'c010f76d 3c08dc4e', 'a2591258 dc0fc843'],
    ['4840b5bd 6f58b908', '43638abf f9644430', '0a9f16ff 4b21441f'],
    ['2d7f2843 e5ce3321', 'cc3555d9 d81f8678', 'f4b3419e b167f16a'],
    ['1da07f0e 6474a1d0', 'a0c69753 7e36c1ad', 'b5c88c7e a6b0f6b6'],
    ['aa76397e ad3b836b', 'a9b58b34 0f90c43f', 'fe5d0f4d ed85095d'],
    ['f587898a 8e3b8c0f', 'e74c8cfc 457dda33', 'a5903f30 3dc50f16'],
    ['5c8c7597 e130d1bd', '2fd8d947 10705b7c', '33f62c3b 3f860bd5'],
  ])('key %s, counter %s gives %s', (key, counter, words) => {
    const [key0, key1] = pair(key)
    const [first, purpose] = pair(counter)
    expect(hex(threefryWords(key0, key1, first, purpose, 1))).toBe(words)
  })

  it('makes each block of a run from its counter alone', () => {
    const run = threefryWords(1, 2, 5, 0, 10)
    expect(hex(run.slice(8, 10))).toBe(hex(threefryWords(1, 2, 9, 0, 1)))
    expect(threefryWords(1, 2, 5, 0, 0)).toHaveLength(0)
  })

  it('is a bijection of the counter: no block occurs twice', () => {
    const blocks = [0, 1, 2].flatMap((purpose) => {
      const words = threefryWords(7, 8, 0, purpose, 20_000)
      return Array.from({ length: 20_000 }, (_, i) => `${words[2 * i]} ${words[2 * i + 1]}`)
    })
    expect(new Set(blocks).size).toBe(60_000)
  })
})

describe('permutationEntries', () => {
  it('uses many chunks of words', () => {
    const order = permutationEntries(3, 4, 10_000)
    expect(new Set(order).size).toBe(10_000)
    expect(Math.min(...order)).toBe(0)
    expect(Math.max(...order)).toBe(9_999)
  })
})

describe('below', () => {
  it.each([
    [1, 1 - 2 ** -53],
    [2, 2 - 2 ** -52],
    [0, -5e-324],
    [-1, -1 - 2 ** -52],
    [5e-324, 0],
    [1e300, 1e300 * (1 - 2 ** -53)],
  ])('%d is followed downwards by %d', (x, expected) => {
    expect(below(x)).toBe(expected)
    expect(below(x)).toBeLessThan(x)
  })
})
