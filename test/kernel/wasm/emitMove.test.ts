import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantiateMoves } from '../../../src/kernel/wasm/emitMove.js'
import type { Box, Move } from '../../../src/kernel/wasm/Move.js'

/** What a move says, entry by entry. */
const moved = (view: Float64Array, { zeros, boxes, addsZero }: Move): void => {
  if (zeros !== undefined) view.fill(0, zeros.at, zeros.at + zeros.length)
  for (const { from, to, shape, fromStrides, toStrides } of boxes) {
    const visit = (axis: number, source: number, target: number): void => {
      if (axis === shape.length) {
        const x = view[source] ?? Number.NaN
        view[target] = addsZero ? x + 0 : x
        return
      }
      for (let i = 0; i < (shape[axis] ?? 0); i++)
        visit(axis + 1, source + i * (fromStrides[axis] ?? 0), target + i * (toStrides[axis] ?? 0))
    }
    visit(0, from, to)
  }
}

const half = 32_768

/** Sources in the lower half of the memory, in any order of axes, reversed or repeated; targets in the upper half. */
const arbitraryBox: fc.Arbitrary<Box> = fc
  .record({
    shape: fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 30, max: 75 })), { maxLength: 2 }),
    small: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    kinds: fc.array(fc.constantFrom('forward', 'forward', 'backward', 'repeated'), { minLength: 4, maxLength: 4 }),
    gap: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ shape: large, small, order, kinds, gap }) => {
    const shape = [...small, ...large]
    const dense = (axes: ReadonlyArray<number>, extra: number): ReadonlyArray<number> => {
      const strides = shape.map(() => 0)
      axes.reduceRight((stride, axis) => {
        strides[axis] = stride
        return stride * (shape[axis] ?? 1) + extra
      }, 1)
      return strides
    }
    const axes = shape.map((_, axis) => axis)
    const shuffled = [...axes].sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0))
    const plain = dense(shuffled, 0)
    const fromStrides = plain.map((stride, axis) =>
      kinds[axis] === 'repeated' ? 0 : kinds[axis] === 'backward' ? -stride : stride,
    )
    const from = axes.reduce(
      (at, axis) => at + (kinds[axis] === 'backward' ? ((shape[axis] ?? 1) - 1) * (plain[axis] ?? 0) : 0),
      0,
    )
    return { from, to: half + gap, shape, fromStrides, toStrides: dense(axes, gap) }
  })

const arbitraryMove: fc.Arbitrary<Move> = fc.record({
  zeros: fc.option(fc.record({ at: fc.constant(half), length: fc.integer({ min: 0, max: 99 }) }), { nil: undefined }),
  boxes: fc.array(arbitraryBox, { minLength: 1, maxLength: 3 }),
  addsZero: fc.boolean(),
})

const bits = (view: Float64Array): BigUint64Array => new BigUint64Array(view.buffer)

describe('emitted moves', () => {
  it('lay every number where the box says, to the bit, and touch no other', () => {
    // Targets start in the middle and may take 3·3·75·75 numbers, and the gaps between them.
    const memory = new WebAssembly.Memory({ initial: 12 })
    const view = new Float64Array(memory.buffer)
    fc.assert(
      fc.property(fc.array(arbitraryMove, { minLength: 1, maxLength: 3 }), (moves) => {
        const runs = instantiateMoves(moves, memory)
        expect(runs).toHaveLength(moves.length)
        for (const [i, move] of moves.entries()) {
          view.forEach((_, at) => {
            view[at] = at % 5 === 0 ? -0 : at % 7 === 0 ? Number.NaN : at
          })
          const expected = view.slice()
          moved(expected, move)
          runs?.[i]?.()
          expect(bits(view).every((each, at) => each === bits(expected)[at])).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('that are alike share the code of their boxes', async () => {
    const { emitMoves } = await import('../../../src/kernel/wasm/emitMove.js')
    const slice = (i: number): Move => ({
      zeros: undefined,
      addsZero: false,
      boxes: [{ from: 100 * i, to: half + 100 * i, shape: [3, 5], fromStrides: [20, 1], toStrides: [5, 1] }],
    })
    const size = (count: number): number => emitMoves(Array.from({ length: count }, (_, i) => slice(i))).length
    expect(size(40) - size(20)).toBeLessThan(20 * 30)
  })
})
