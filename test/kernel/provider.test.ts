import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type Provider, provider, reference, useProvider, wasm } from '../../src/kernel/provider.js'

const initial = provider()
afterEach(() => {
  useProvider(initial)
})

/** The definition: one entry after the other, one term after the other. */
const naive: Provider['matmul'] = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) {
        const left = a[aOffset + (transposeA ? p * m + i : i * k + p)] ?? NaN
        const right = b[bOffset + (transposeB ? j * k + p : p * n + j)] ?? NaN
        sum += left * right
      }
      c[cOffset + i * n + j] = sum
    }
  }
}

const ordinary = fc.double({ min: -8, max: 8, noNaN: true })
const special = fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, 1e-200)

interface Problem {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Float64Array
  readonly aOffset: number
  readonly transposeA: boolean
  readonly b: Float64Array
  readonly bOffset: number
  readonly transposeB: boolean
  readonly cOffset: number
}

const filled = (length: number, entries: ReadonlyArray<number>): Float64Array =>
  Float64Array.from({ length }, (_, i) => entries[(i * 7 + (i >> 3)) % entries.length] ?? 0)

const problem = (size: number, entry: fc.Arbitrary<number>): fc.Arbitrary<Problem> =>
  fc
    .record({
      m: fc.nat(size),
      n: fc.nat(size),
      k: fc.nat(size),
      aOffset: fc.nat(3),
      bOffset: fc.nat(3),
      cOffset: fc.nat(3),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      entriesA: fc.array(entry, { minLength: 1, maxLength: 97 }),
      entriesB: fc.array(entry, { minLength: 1, maxLength: 89 }),
    })
    .map(({ entriesA, entriesB, ...rest }) => ({
      ...rest,
      a: filled(rest.aOffset + rest.m * rest.k + 2, entriesA),
      b: filled(rest.bOffset + rest.k * rest.n + 2, entriesB),
    }))

/** C starts full of a marker, so that an entry left unwritten or written outside of C shows. */
const run = (matmul: Provider['matmul'], p: Problem): Float64Array => {
  const c = new Float64Array(p.cOffset + p.m * p.n + 3).fill(-77)
  matmul(p.m, p.n, p.k, p.a, p.aOffset, p.transposeA, p.b, p.bOffset, p.transposeB, c, p.cOffset)
  return c
}

const difference = (left: Float64Array, right: Float64Array): number =>
  left.findIndex((value, i) => !Object.is(value, right[i]))

const sameBits = (chosen: Provider, p: Problem): void => {
  expect(difference(run(chosen.matmul, p), run(naive, p))).toBe(-1)
}

const chooser = provider()
const paths: ReadonlyArray<readonly [string, Provider]> = [
  ['reference', reference],
  ['default', chooser],
  ...(wasm === undefined ? [] : ([['wasm', wasm]] as const)),
]

describe.each(paths)('matmul of %s has the bits of the naive triple loop', (_, chosen) => {
  it('on small products', () => {
    fc.assert(
      fc.property(problem(9, ordinary), (p) => sameBits(chosen, p)),
      { numRuns: 400 },
    )
  })
  it('on medium products', () => {
    fc.assert(
      fc.property(problem(70, ordinary), (p) => sameBits(chosen, p)),
      { numRuns: 100 },
    )
  })
  it('on NaN, infinities, signed zeros, overflow and subnormals', () => {
    fc.assert(
      fc.property(problem(14, fc.oneof(ordinary, special)), (p) => sameBits(chosen, p)),
      { numRuns: 400 },
    )
  })
  it.each([
    [1, 1, 1000],
    [1, 40, 700],
    [40, 1, 700],
    [2, 33, 600],
    [33, 3, 600],
    [3, 2, 600],
    [100, 50, 500],
    [37, 300, 530],
    [130, 270, 260],
    [5, 7, 1100],
    [0, 5, 4],
    [5, 0, 4],
    [5, 4, 0],
  ])('on %d × %d with inner dimension %d, in all four transposes', (m, n, k) => {
    const entries = Array.from({ length: 101 }, (_, i) => Math.sin(i * i + 1) * 10 ** (i % 3))
    const a = filled(m * k + 1, entries)
    const b = filled(k * n + 2, entries.slice(3))
    ;[false, true].forEach((transposeA) => {
      ;[false, true].forEach((transposeB) => {
        sameBits(chosen, { m, n, k, a, aOffset: 1, transposeA, b, bOffset: 2, transposeB, cOffset: 1 })
      })
    })
  })
  it('leaves its operands alone', () => {
    fc.assert(
      fc.property(problem(20, ordinary), (p) => {
        const before = [p.a.slice(), p.b.slice()] as const
        run(chosen.matmul, p)
        expect(difference(p.a, before[0])).toBe(-1)
        expect(difference(p.b, before[1])).toBe(-1)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the WebAssembly provider', () => {
  it('is there on every engine this project supports', () => {
    expect(wasm?.name).toBe('wasm')
  })
  it('gives back the memory of a huge product and goes on', () => {
    const k = 2_200_000
    const x = Float64Array.from({ length: k }, (_, i) => 1 / (i + 1))
    const huge = { m: 1, n: 1, k, a: x, aOffset: 0, transposeA: false, b: x, bOffset: 0, transposeB: false, cOffset: 0 }
    const small = { ...huge, m: 5, n: 6, k: 7, a: x.slice(0, 35), b: x.slice(0, 42) }
    sameBits(wasm ?? reference, huge)
    sameBits(wasm ?? reference, small)
  })
})

describe('useProvider', () => {
  it('switches the provider in use', () => {
    useProvider(reference)
    expect(provider()).toBe(reference)
  })
})
