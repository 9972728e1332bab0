import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstOutside, gatherEntries, scatterEntries } from '../../../src/kernel/reference/movement.js'
import { argmaxAxis, cumsumAxis, maxAxis, minAxis, sumAxis } from '../../../src/kernel/reference/reduce.js'
import { instantiateWalks } from '../../../src/kernel/wasm/emitWalk.js'
import type { AxisWalk, IndexedWalk, Walk } from '../../../src/kernel/wasm/Walk.js'

const memory = new WebAssembly.Memory({ initial: 12 })
const view = new Float64Array(memory.buffer)
const [from, indicesAt, to] = [3, 45_001, 45_103]
const UNTOUCHED = 7.25

/** What a walk returns and leaves at `to`, with nothing else changed. */
const walked = (
  kind: Walk['kind'],
  operands: ReadonlyArray<Float64Array>,
  length: number,
): { readonly wrong: number | undefined; readonly result: Float64Array } => {
  view.fill(UNTOUCHED)
  const places = operands.length === 2 ? [from, indicesAt] : [from]
  operands.forEach((operand, i) => {
    view.set(operand, places[i])
  })
  const before = view.slice()
  const wrong = instantiateWalks([{ kind, places: [...places, to] }], memory)?.[0]?.()
  const result = view.slice(to, to + length)
  view.set(before.subarray(to, to + length), to)
  const changed = view.findIndex((x, i) => !Object.is(x, before[i]))
  expect(changed).toBe(-1)
  return { wrong, result }
}

const expectSame = (actual: Float64Array, expected: Float64Array): void => {
  const other = expected.findIndex((x, i) => !Object.is(x, actual[i]))
  expect([other, actual[other]]).toEqual([other, expected[other]])
}

const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 5e-324, 1e308, -1e308]

const entry = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
)

/** Entries by drawing again and again from a few, which gives ties. */
const entriesOf = (length: number, drawn: ReadonlyArray<number>): Float64Array =>
  Float64Array.from({ length }, (_, i) => drawn[(i * 7919 + (i >> 3)) % drawn.length] ?? 0)

const block = fc.record({
  outer: fc.integer({ min: 1, max: 9 }),
  n: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 130 })),
  inner: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 35 })),
  drawn: fc.array(entry, { minLength: 1, maxLength: 40 }),
})

const allocated = (
  kernel: (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array) => void,
): ((walk: AxisWalk, x: Float64Array) => Float64Array) => {
  return ({ outer, n, inner }, x) => {
    const out = new Float64Array(outer * inner)
    kernel(outer, n, inner, x, out)
    return out
  }
}

const running =
  (isBack: boolean) =>
  ({ outer, n, inner }: AxisWalk, x: Float64Array): Float64Array => {
    const out = new Float64Array(x.length)
    cumsumAxis(outer, n, inner, x, out, isBack)
    return out
  }

const exact = {
  Max: allocated(maxAxis),
  Min: allocated(minAxis),
  Argmax: allocated(argmaxAxis),
  Cumulate: running(false),
  CumulateBack: running(true),
} as const

describe('walks along an axis', () => {
  it.each(['Max', 'Min', 'Argmax', 'Cumulate', 'CumulateBack'] as const)(
    '%s has the bits of the eager loop',
    (_tag) => {
      fc.assert(
        fc.property(block, ({ drawn, ...sizes }) => {
          const walk: AxisWalk = { _tag, ...sizes }
          const x = entriesOf(sizes.outer * sizes.n * sizes.inner, drawn)
          const expected = exact[_tag](walk, x)
          const { wrong, result } = walked(walk, [x], expected.length)
          expect(wrong).toBe(-1)
          expectSame(result, expected)
        }),
        { numRuns: 250 },
      )
    },
  )

  it('running sums of nothing write nothing', () => {
    for (const sizes of [
      { outer: 0, n: 3, inner: 2 },
      { outer: 2, n: 0, inner: 2 },
      { outer: 2, n: 3, inner: 0 },
    ])
      expect(walked({ _tag: 'Cumulate', ...sizes }, [new Float64Array(0)], 0).wrong).toBe(-1)
  })

  it('a sum is off by at most the rounding of blocks of √n terms and of their sums', () => {
    fc.assert(
      fc.property(block, ({ drawn, ...sizes }) => {
        const walk: AxisWalk = { _tag: 'Sum', ...sizes }
        const { outer, n, inner } = sizes
        const x = entriesOf(outer * n * inner, drawn)
        const expected = allocated(sumAxis)(walk, x)
        const { result } = walked(walk, [x], expected.length)
        expected.forEach((sum, i) => {
          const actual = result[i] ?? UNTOUCHED
          const [o, j] = [Math.floor(i / inner), i % inner]
          const sizeOfTerms = Array.from({ length: n }, (_, h) => Math.abs(x[(o * n + h) * inner + j] ?? 0)).reduce(
            (total, each) => total + each,
            0,
          )
          // Terms near the largest double may overflow in one order and not in another.
          if (!(sizeOfTerms < 1e307)) return
          const units = 2 * Math.max(16, Math.ceil(Math.sqrt(n)))
          expect(Math.abs(actual - sum)).toBeLessThanOrEqual(2 * units * 2 ** -53 * sizeOfTerms)
        })
      }),
      { numRuns: 250 },
    )
  })

  it('NaN and infinities among the terms of a sum come through', () => {
    const x = Float64Array.of(1, NaN, 2, Infinity, 3, -Infinity, 4, 5)
    const { result } = walked({ _tag: 'Sum', outer: 1, n: 2, inner: 4 }, [x], 4)
    expect([...result]).toEqual([4, NaN, 6, Infinity])
  })
})

const indexedBlock = fc
  .record({
    _tag: fc.constantFrom<IndexedWalk['_tag']>('Gather', 'Scatter'),
    batch: fc.integer({ min: 0, max: 4 }),
    outer: fc.integer({ min: 0, max: 4 }),
    n: fc.integer({ min: 0, max: 9 }),
    inner: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 45 })),
    count: fc.integer({ min: 0, max: 12 }),
    drawn: fc.array(entry, { minLength: 1, maxLength: 40 }),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 48 }),
    wrong: fc.option(
      fc.record({
        at: fc.nat(),
        index: fc.constantFrom(-1, 0.5, NaN, Infinity, -Infinity, 2 ** 32, 2 ** 32 + 1, 9, 1e300, -1e-300),
      }),
      { freq: 3, nil: undefined },
    ),
  })
  .map(({ picks, drawn, wrong, ...sizes }) => {
    const { batch, outer, n, inner, count, _tag } = sizes
    const indices = Float64Array.from({ length: batch * count }, (_, i) => {
      const pick = (picks[i % picks.length] ?? 0) % Math.max(n, 1)
      return wrong !== undefined && i === wrong.at % (batch * count)
        ? wrong.index
        : pick === 0 && i % 3 === 0
          ? -0
          : pick
    })
    const walk: IndexedWalk = { ...sizes, checks: true }
    return { walk, indices, x: entriesOf(batch * outer * inner * (_tag === 'Gather' ? n : count), drawn) }
  })

describe('walks by indices', () => {
  it('have the bits of the eager loops, and find the first wrong index before anything is written', () => {
    fc.assert(
      fc.property(indexedBlock, ({ walk, indices, x }) => {
        const { batch, outer, n, inner, count } = walk
        const length = batch * outer * inner * (walk._tag === 'Gather' ? count : n)
        const { wrong, result } = walked(walk, [x, indices], length)
        const expectedWrong = firstOutside(indices, n)
        expect(wrong).toBe(expectedWrong)
        const eager = walk._tag === 'Gather' ? gatherEntries : scatterEntries
        expectSame(
          result,
          expectedWrong === -1
            ? eager(batch, outer, n, inner, count, indices, x)
            : new Float64Array(length).fill(UNTOUCHED),
        )
        if (expectedWrong === -1) expectSame(walked({ ...walk, checks: false }, [x, indices], length).result, result)
      }),
      { numRuns: 600 },
    )
  })
})

describe('a module of walks', () => {
  it('shares the code of equal kinds, and is undefined where the engine refuses', () => {
    const kind: AxisWalk = { _tag: 'Cumulate', outer: 1, n: 3, inner: 1 }
    const walks = [0, 10].map((place): Walk => ({ kind, places: [place, place + 4] }))
    view.fill(1)
    for (const walk of instantiateWalks(walks, memory) ?? []) walk()
    expect([...view.subarray(0, 17)]).toEqual([1, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3])
    expect(instantiateWalks(walks, memory, () => new Uint8Array(3))).toBeUndefined()
    expect(instantiateWalks([], memory)).toEqual([])
  })
})
